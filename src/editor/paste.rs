//! A block of cells that is pasted into a table. In: the block as another program put it on the clipboard, and the field it is pasted into;
//! out: which text is meant for which key. Nothing is guessed: cells are placed by the labels of the form, or from that field on, and a block
//! that runs over an edge is refused whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::form::{Form, Key, NOT_APPLICABLE, Table};
use crate::import::align::monotone;
use crate::prose::half_width;

/// What is pasted, and where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasteRequest {
    /// The form.
    pub form: String,
    /// The key of the field.
    key: Key,
    /// The rows of a table, where the clipboard has one.
    rows: Option<Vec<Vec<PastedCell>>>,
    /// The text of the clipboard.
    text: String,
}

/// A cell of a table on the clipboard.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PastedCell {
    text: String,
    colspan: usize,
    rowspan: usize,
}

/// What is to become of a block; blank cells change nothing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Planned {
    /// What is to be written.
    changes: Vec<Placed>,
    /// What is no number and would have to be one.
    foreign: Vec<Placed>,
    /// Numbers of the block that no label leads to a field: they are told, since a figure that is left out in silence is lost.
    unplaced: Vec<String>,
    /// Whether labels said where the cells belong.
    by_labels: bool,
}

/// A text for a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Placed {
    key: Key,
    now: String,
}

/// A square of a block: the text of the cell that covers it, and whether the cell begins there.
#[derive(Clone, Debug, Default)]
struct Square {
    text: String,
    is_first: bool,
}

type Block = Vec<Vec<Square>>;

/// A field of a table, with the labels of its row and its column, outermost first.
struct Field<'a> {
    key: &'a Key,
    rows: Vec<&'a str>,
    columns: Vec<&'a str>,
}

/// Plans what becomes of a block; nothing where it does not fit or the form has no table with that field.
pub(super) fn plan(form: &Form, request: &PasteRequest) -> Option<Planned> {
    let block = request.rows.as_ref().map_or_else(|| of_text(&request.text), |rows| of_rows(rows));
    let holds = |table: &&Table| table.cells().any(|cell| cell.key == request.key);
    let grid = grid(form.tables.iter().find(holds)?);
    let is_like = |Placed { key, now }: &Placed| {
        let known = form.keys.get(key);
        known.is_none_or(|known| !known.kind.is_figure() || is_number(now) || known.has_option(now))
    };
    planned(&block, &grid, &request.key, is_like)
}

fn planned(block: &Block, grid: &[Vec<Field<'_>>], key: &Key, is_like: impl Fn(&Placed) -> bool) -> Option<Planned> {
    let labelled = by_labels(block, grid).filter(|labelled| !labelled.changes.is_empty());
    let by_labels = labelled.is_some();
    let Labelled { changes, taken } = match labelled {
        Some(labelled) => labelled,
        None => Labelled { changes: from_place(&without_labels(block, grid), grid, key)?, taken: BTreeSet::new() },
    };
    let (changes, foreign) = changes.into_iter().filter(|placed| !placed.now.is_empty()).partition(is_like);
    let unplaced = if by_labels { left(block, &taken) } else { Vec::new() };
    Some(Planned { changes, foreign, unplaced, by_labels })
}

/// What labels say of a block.
#[derive(Default)]
struct Labelled {
    changes: Vec<Placed>,
    /// The squares that were placed, each by its line and its column.
    taken: BTreeSet<(usize, usize)>,
}

/// The numbers of a block that were not placed.
fn left(block: &Block, taken: &BTreeSet<(usize, usize)>) -> Vec<String> {
    let squares = block.iter().enumerate().flat_map(|(line, cells)| cells.iter().enumerate().map(move |at| (line, at)));
    let left = squares.filter(|(line, (column, square))| {
        square.is_first && is_number(&square.text) && !taken.contains(&(*line, *column))
    });
    left.map(|(_, (_, square))| square.text.clone()).collect()
}

/// A block without the lines and the columns before its figures in which labels of the table stand and nothing else.
fn without_labels(block: &Block, grid: &[Vec<Field<'_>>]) -> Block {
    let fields = grid.iter().flatten();
    let known: BTreeSet<String> =
        fields.flat_map(|field| field.rows.iter().chain(&field.columns)).map(|text| label(text)).collect();
    let is_label = |square: &Square| known.contains(&label(&square.text));
    let is_bare = |squares: &mut dyn Iterator<Item = &Square>| {
        let mut squares = squares.filter(|square| !square.text.is_empty()).peekable();
        squares.peek().is_some() && squares.all(is_label)
    };
    let rows: Vec<&Vec<Square>> = block.iter().skip_while(|cells| is_bare(&mut cells.iter())).collect();
    let is_head = |column: usize| is_bare(&mut rows.iter().filter_map(|cells| cells.get(column)));
    let width = rows.iter().map(|cells| cells.len()).max().unwrap_or(0);
    let first = (0..width).find(|column| !is_head(*column)).unwrap_or(width);
    rows.iter().map(|cells| cells.get(first..).unwrap_or_default().to_vec()).collect()
}

/// The fields of a table, row by row.
fn grid(table: &Table) -> Vec<Vec<Field<'_>>> {
    let rows = table.grid.blocks.iter().flat_map(|block| block.body.iter().enumerate().map(move |row| (block, row)));
    let fields = rows.map(|(block, (row, cells))| {
        let field = |cell| {
            let [_, rows, columns] = block.heads(row, cell);
            Some(Field { key: cell.key.as_ref()?, rows, columns })
        };
        cells.iter().filter_map(field).collect::<Vec<_>>()
    });
    fields.filter(|row| !row.is_empty()).collect()
}

/// Text with tabs: cells may be quoted, and hold tabs and line ends then; the line end behind the last row makes no row.
fn of_text(text: &str) -> Block {
    let text = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r'])).unwrap_or(text);
    let mut rows: Block = vec![Vec::new()];
    let mut rest = text;
    loop {
        let (cell, behind) = quoted(rest).unwrap_or_else(|| {
            let (cell, behind) = rest.split_at(rest.find(['\t', '\r', '\n']).unwrap_or(rest.len()));
            (cell.to_owned(), behind)
        });
        if let Some(row) = rows.last_mut() {
            row.push(Square { text: tidy(&cell), is_first: true });
        }
        if let Some(next) = behind.strip_prefix('\t') {
            rest = next;
            continue;
        }
        let Some(next) = behind.strip_prefix("\r\n").or_else(|| behind.strip_prefix(['\r', '\n'])) else { return rows };
        rows.push(Vec::new());
        rest = next;
    }
}

/// A quoted cell and what stands behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut from = 0;
    loop {
        let quote = from + inner.get(from..)?.find('"')?;
        let behind = inner.get(quote + 1..)?;
        if behind.starts_with('"') {
            from = quote + 2;
        } else {
            let is_end = behind.is_empty() || behind.starts_with(['\t', '\r', '\n']);
            return is_end.then(|| (inner[..quote].replace("\"\"", "\""), behind));
        }
    }
}

/// The most squares of a block; real ones have some hundred.
const SQUARES: usize = 100_000;

/// The rows of a table with their spans laid out.
fn of_rows(rows: &[Vec<PastedCell>]) -> Block {
    let mut taken: BTreeMap<(usize, usize), Square> = BTreeMap::new();
    for (row, cells) in rows.iter().enumerate() {
        let mut column = 0;
        for cell in cells {
            while taken.contains_key(&(row, column)) {
                column += 1;
            }
            let text = tidy(&cell.text);
            // A cell that spans nothing stands in its own place.
            let (height, width) = (cell.rowspan.max(1).min(rows.len() - row), cell.colspan.max(1));
            for down in 0..height {
                for right in (0..width).take(SQUARES.saturating_sub(taken.len())) {
                    let is_first = down + right == 0;
                    taken.insert((row + down, column + right), Square { text: text.clone(), is_first });
                }
            }
            column += width;
        }
    }
    let width = |row| taken.range((row, 0)..(row + 1, 0)).next_back().map_or(0, |((_, column), _)| column + 1);
    let square = |row, column| taken.get(&(row, column)).cloned().unwrap_or_default();
    (0..rows.len()).map(|row| (0..width(row)).map(|column| square(row, column)).collect()).collect()
}

/// Where the block has labels of the table; nothing where they do not lead to one place each.
fn by_labels(block: &Block, grid: &[Vec<Field<'_>>]) -> Option<Labelled> {
    let rows: Vec<&[&str]> = grid.iter().map(|row| row[0].rows.as_slice()).collect();
    let row_texts: Vec<_> = block.iter().map(|cells| labels(cells.iter())).collect();
    let down = paired(&rows, &row_texts)?;
    let has_rows = rows.iter().any(|labels| !labels.is_empty());
    if has_rows && down.is_empty() {
        return None;
    }
    let width = block.iter().map(Vec::len).max().unwrap_or(0);
    let column_texts: Vec<_> =
        (0..width).map(|column| labels(block.iter().filter_map(|row| row.get(column)))).collect();
    // Columns by their heads, row by row of the form, since each of its blocks may have others.
    let mut known = BTreeMap::new();
    let mut labelled = Labelled::default();
    for (index, fields) in grid.iter().enumerate() {
        let heads: Vec<&[&str]> = fields.iter().map(|field| field.columns.as_slice()).collect();
        let across = known.entry(heads.clone()).or_insert_with(|| paired(&heads, &column_texts)).clone()?;
        let is_figures = |cells: &Vec<Square>| {
            across.values().any(|column| cells.get(*column).is_some_and(|square| is_number(&square.text)))
        };
        let line = if has_rows { down.get(&index).copied() } else { block.iter().position(is_figures) };
        let Some((line, cells)) = line.and_then(|line| Some((line, block.get(line)?))) else { continue };
        let mut take = |field: &Field<'_>, column: usize| {
            if let Some(square) = cells.get(column) {
                labelled.changes.push(placed(field, square));
                labelled.taken.insert((line, column));
            }
        };
        if across.is_empty() {
            // No heads: as many cells behind the labels as the form has, in its order.
            let is_label = |square: &Square| !square.text.is_empty() && !is_number(&square.text);
            let first = cells.iter().rposition(is_label).map_or(0, |last| last + 1);
            if cells.len() - first != fields.len() {
                return None;
            }
            fields.iter().zip(first..).for_each(|(field, column)| take(field, column));
        } else {
            let pairs = across.iter().filter_map(|(field, column)| Some((fields.get(*field)?, *column)));
            pairs.for_each(|(field, column)| take(field, column));
        }
    }
    Some(labelled)
}

/// From a field on, right and down.
fn from_place(block: &Block, grid: &[Vec<Field<'_>>], key: &Key) -> Option<Vec<Placed>> {
    let place = |row: &Vec<Field<'_>>| row.iter().position(|field| field.key == key);
    let (row, column) = grid.iter().enumerate().find_map(|(index, row)| Some((index, place(row)?)))?;
    let mut changes = Vec::new();
    for (down, cells) in block.iter().enumerate() {
        let fields = grid.get(row + down)?.get(column..)?;
        if fields.len() < cells.len() {
            return None;
        }
        changes.extend(fields.iter().zip(cells).map(|(field, square)| placed(field, square)));
    }
    Some(changes)
}

/// What covers a square from beside or above is no text for it.
fn placed(field: &Field<'_>, square: &Square) -> Placed {
    let now = if square.is_first { square.text.clone() } else { String::new() };
    Placed { key: field.key.clone(), now }
}

/// Labels of the form matched with lines of the block: in order, and in another order where all labels are met, and by one line only.
/// Nothing where a line may as well belong to labels that no line was left for.
fn paired(wanted: &[&[&str]], lines: &[BTreeSet<String>]) -> Option<BTreeMap<usize, usize>> {
    let wanted: Vec<Vec<String>> = wanted
        .iter()
        .map(|labels| labels.iter().map(|text| label(text)).filter(|text| !text.is_empty()).collect())
        .collect();
    let worth = |index: usize, line: usize| worth(&wanted[index], &lines[line]);
    let found = monotone(wanted.len(), lines.len(), worth, 1);
    let mut pairs: BTreeMap<usize, usize> =
        found.iter().enumerate().filter_map(|(index, pair)| Some((index, pair.as_ref()?.0))).collect();
    let mut used: BTreeSet<usize> = pairs.values().copied().collect();
    for (index, labels) in wanted.iter().enumerate().filter(|(_, labels)| !labels.is_empty()) {
        let mut fits =
            (0..lines.len()).filter(|line| !used.contains(line) && worth(index, *line) as usize == labels.len());
        let (Some(line), None, false) = (fits.next(), fits.next(), pairs.contains_key(&index)) else { continue };
        pairs.insert(index, line);
        used.insert(line);
    }
    let unmatched = || (0..wanted.len()).filter(|index| !pairs.contains_key(index));
    let is_doubtful =
        |(index, line): (&usize, &usize)| unmatched().any(|other| worth(other, *line) >= worth(*index, *line));
    (!pairs.iter().any(is_doubtful)).then_some(pairs)
}

/// How well labels of the form, innermost last, are met by the texts beside or over cells.
fn worth(labels: &[String], texts: &BTreeSet<String>) -> u32 {
    match labels.split_last() {
        Some((last, over)) if texts.contains(last) => {
            1 + over.iter().map(|text| u32::from(texts.contains(text))).sum::<u32>()
        }
        _ => 0,
    }
}

fn labels<'a>(squares: impl Iterator<Item = &'a Square>) -> BTreeSet<String> {
    let texts = squares.filter(|square| !is_number(&square.text)).map(|square| label(&square.text));
    texts.filter(|text| !text.is_empty()).collect()
}

/// Labels are the same without spaces, marks and the width of letters.
fn label(text: &str) -> String {
    const MARKS: &str = "（）()、.．。:：,，;；·-—_\u{200b}\u{ad}";
    let kept = text.chars().map(narrow).filter(|c| !c.is_whitespace() && !MARKS.contains(*c));
    kept.flat_map(char::to_lowercase).collect()
}

fn is_number(text: &str) -> bool {
    let text: String = text.chars().map(narrow).filter(|c| !c.is_whitespace()).collect();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "0"));
    let is_digit = |c: char| c.is_ascii_digit();
    text == NOT_APPLICABLE
        || whole.starts_with(is_digit)
            && whole.chars().all(|c| is_digit(c) || c == ',')
            && !decimals.is_empty()
            && decimals.chars().all(is_digit)
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' | '，' | '．' | '／' | '％' => half_width(c),
        _ => c,
    }
}

/// A text in one line, without what nobody sees.
fn tidy(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{ad}' | '\u{feff}')).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_tabs_is_what_excel_and_wps_mean_by_it() {
        let blocks: [(&str, &[&[&str]]); 9] = [
            ("1\t2\r\n3\t4\r\n", &[&["1", "2"], &["3", "4"]]),
            ("12\r\n", &[&["12"]]),
            ("1\t\t3", &[&["1", "", "3"]]),
            ("\"a\nb\"\t\"say \"\"x\"\"\"\n", &[&["a b", "say \"x\""]]),
            ("\"open\t2", &[&["\"open", "2"]]),
            ("1\t\"5 寸\"屏\r\n", &[&["1", "\"5 寸\"屏"]]),
            ("\t\r\n\t", &[&["", ""], &["", ""]]),
            ("", &[&[""]]),
            ("　1\u{a0}\t2\u{200b}", &[&["1", "2"]]),
        ];
        for (text, rows) in blocks {
            let read: Vec<Vec<String>> =
                of_text(text).into_iter().map(|row| row.into_iter().map(|square| square.text).collect()).collect();
            assert_eq!(read, rows, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_told_from_words_and_labels_are_alike_without_spaces_marks_and_widths() {
        for text in ["0", "1,234", "１２", "3.5", "/", "／", "1 234"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "无", "1件", "12a", ".", "1.2.3", "-1"] {
            assert!(!is_number(text), "{text}");
        }
        assert_eq!(label("（一）予以公开"), label(" (一) 予以 公开"));
        assert_ne!(label("1.属于国家秘密"), label("2.属于国家秘密"));
    }

    fn squares(rows: &[&[&str]]) -> Block {
        let square = |text: &&str| Square { text: (*text).to_owned(), is_first: true };
        rows.iter().map(|row| row.iter().map(square).collect()).collect()
    }

    #[test]
    fn a_block_is_placed_by_labels_by_its_corner_or_not_at_all() {
        // A table with two groups that have a row of the same name.
        let keys: Vec<Key> =
            (0..6).map(|number| Key::from(format!("{}.{}", number / 2, number % 2).as_str())).collect();
        let rows = [["甲", "其他"], ["乙", "1.有"], ["乙", "其他"]];
        let field = |row: usize, column: usize| Field {
            key: &keys[2 * row + column],
            rows: rows[row].to_vec(),
            columns: vec![["自然人", "总计"][column]],
        };
        let grid: Vec<Vec<Field<'_>>> = (0..3).map(|row| vec![field(row, 0), field(row, 1)]).collect();
        let plan = |block: &Block, key: usize| planned(block, &grid, &keys[key], |placed| is_number(&placed.now));
        let said = |placed: &[Placed]| {
            let mut all: Vec<String> = placed.iter().map(|Placed { key, now }| format!("{key}={now}")).collect();
            all.sort();
            all
        };
        let mut block = squares(&[
            &["", "", "总计", "自然人"],
            &["甲", "其他", "2", "1"],
            &["乙", "1.有", "4", "3"],
            &["乙", "其他", "6", "无"],
        ]);
        block[3][0].is_first = false;
        let labelled = plan(&block, 5).expect("a plan");
        assert_eq!(said(&labelled.changes), ["0.0=1", "0.1=2", "1.0=3", "1.1=4", "2.1=6"]);
        assert_eq!((labelled.by_labels, said(&labelled.foreign)), (true, vec!["2.0=无".to_owned()]));
        let row = plan(&squares(&[&["乙", "其他", "5", "6"]]), 0).expect("a plan");
        assert_eq!(said(&row.changes), ["2.0=5", "2.1=6"], "one row, by both of its labels");
        let corner = plan(&squares(&[&["1", "2"], &["", "4"]]), 2).expect("a plan");
        assert_eq!(said(&corner.changes), ["1.0=1", "1.1=2", "2.1=4"]);
        assert_eq!(plan(&squares(&[&["1", "2", "3"]]), 0), None, "over the right edge");
        assert_eq!(plan(&squares(&[&["1"], &["2"]]), 4), None, "over the bottom");
    }

    #[test]
    fn merged_cells_are_laid_out_and_have_their_text_once() {
        let cell = |text: &str, colspan, rowspan| PastedCell { text: text.to_owned(), colspan, rowspan };
        let block = of_rows(&[vec![cell("甲", 1, 2), cell("1", 2, 1)], vec![cell("2", 0, 0), cell("3", 1, 9)]]);
        let said: Vec<Vec<(&str, bool)>> = block
            .iter()
            .map(|row| row.iter().map(|square| (square.text.as_str(), square.is_first)).collect())
            .collect();
        assert_eq!(said, [[("甲", true), ("1", true), ("1", false)], [("甲", false), ("2", true), ("3", true)]]);
    }
}
