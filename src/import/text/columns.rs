//! Lines that are rows of a table. In: the lines from one on; out: the rows at their start, if those are a table.

/// Rows at the start of lines.
pub(super) struct Rows {
    /// How many lines they take.
    pub lines: usize,
    /// The rows, each with the line on which it stands, from 0.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// The rows with which lines begin: at least two with as many bars, or with two tabs and more. One may only say that it parts the
/// head from the rest.
pub(super) fn rows(lines: &[&str]) -> Option<Rows> {
    bars(lines).or_else(|| tabs(lines))
}

/// A line without what nobody sees and spaces at its ends.
pub(super) fn clean(line: &str) -> String {
    let seen = |c: &char| {
        *c == '\t' || !c.is_control() && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let clean: String = line.chars().filter(seen).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
    clean.trim().to_owned()
}

/// Rows of Markdown.
fn bars(lines: &[&str]) -> Option<Rows> {
    let first = pieces(lines.first()?)?;
    let count = first.len();
    let more = lines.iter().skip(1).map_while(|line| pieces(line).filter(|pieces| pieces.len() == count));
    let rows: Vec<(usize, Vec<String>)> = std::iter::once(first).chain(more).enumerate().collect();
    let lines = rows.len();
    // Further down a dash is a value.
    let rows: Vec<_> =
        rows.into_iter().filter(|(line, row)| *line > 1 || !row.iter().all(|piece| is_rule(piece))).collect();
    (lines > 1 && !rows.is_empty()).then_some(Rows { lines, rows })
}

/// The pieces of a line between bars.
fn pieces(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    let mut pieces = vec![String::new()];
    let mut before = ' ';
    for c in inner.chars() {
        match (c, pieces.last_mut()) {
            ('|', Some(piece)) if before == '\\' => {
                piece.pop();
                piece.push(c);
            }
            ('|', _) => pieces.push(String::new()),
            (_, Some(piece)) => piece.push(c),
            _ => {}
        }
        before = c;
    }
    Some(pieces.iter().map(|piece| broken(piece)).collect())
}

/// A piece with its lines, which `<br>` parts.
fn broken(piece: &str) -> String {
    let piece = piece.replace("<br/>", "<br>").replace("<br />", "<br>");
    piece.split("<br>").map(clean).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether a piece parts the head from the rest.
fn is_rule(piece: &str) -> bool {
    let dashes = piece.strip_prefix(':').unwrap_or(piece);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
}

/// Rows as sheets are pasted. Tabs before words only move them to the right, so the first has words on both sides of one.
fn tabs(lines: &[&str]) -> Option<Rows> {
    let words = |line: &str| line.split('\t').filter(|piece| !piece.trim().is_empty()).count();
    lines.first().filter(|line| words(line) > 1)?;
    let is_row = |line: &&&str| line.bytes().filter(|byte| *byte == b'\t').count() > 1;
    let rows: Vec<(usize, Vec<String>)> =
        lines.iter().take_while(is_row).map(|line| line.split('\t').map(clean).collect()).enumerate().collect();
    (rows.len() > 1).then_some(Rows { lines: rows.len(), rows })
}
