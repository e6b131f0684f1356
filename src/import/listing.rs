//! Values with their labels in front: `地址：…`. In: paragraphs; out: what stands behind each label that is looked for.

use crate::form::{Content, Form, Key};

use super::blocks::Place;
use super::cut::Piece;
use super::words::{Wordings, Words};

/// The longest value of one line.
const LONGEST: usize = 200;

/// A value with its label in front.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// The fact.
    pub key: Key,
    /// What stands behind the label.
    pub text: String,
    /// The label in the file.
    pub label: String,
    /// Where it stands.
    pub place: Option<Place>,
    /// Which pieces it takes.
    pub pieces: std::ops::Range<usize>,
}

/// Finds the values that the form lists with their labels.
pub(super) fn listed(pieces: &[Piece], form: &Form) -> Vec<Listed> {
    let keys = form.sections.iter().flat_map(|section| &section.blocks).filter_map(|block| match block {
        Content::Listing(keys) => Some(keys),
        _ => None,
    });
    let labels: Vec<(&Key, Wordings)> = keys
        .flatten()
        .filter_map(|key| {
            let field = form.fields.iter().find(|field| field.key == *key)?;
            Some((
                key,
                Wordings::of(std::iter::once(field.label.as_str()).chain(field.also.iter().map(String::as_str))),
            ))
        })
        .collect();
    let mut found: Vec<Listed> = Vec::new();
    let mut at = 0;
    let (first, last) = around(pieces);
    while at < pieces.len() {
        // In the middle of the report, a label with a colon is a heading.
        if at >= first && at <= last {
            at += 1;
            continue;
        }
        let here = of_piece(pieces, at, &labels);
        at = here.last().map_or(at + 1, |listed| listed.pieces.end);
        found.extend(here);
    }
    found.dedup_by(|later, earlier| later.key == earlier.key && later.text == earlier.text);
    found
}

/// Where the text of the report begins, with its first table or heading with a number, and where its last table is.
fn around(pieces: &[Piece]) -> (usize, usize) {
    const HEADING: usize = 40;
    let begins = |piece: &Piece| match piece {
        Piece::Table(_) => true,
        Piece::Words(paragraph) => {
            let text = paragraph.text();
            text.chars().count() <= HEADING && Words::of(&text).number.is_some()
        }
    };
    let last = pieces.iter().rposition(|piece| matches!(piece, Piece::Table(_)));
    (pieces.iter().position(begins).unwrap_or(pieces.len()), last.unwrap_or(0))
}

fn of_piece(pieces: &[Piece], at: usize, labels: &[(&Key, Wordings)]) -> Vec<Listed> {
    let Some(Piece::Words(paragraph)) = pieces.get(at) else { return Vec::new() };
    let text = paragraph.text();
    if text.chars().count() > 3 * LONGEST {
        return Vec::new();
    }
    let place = paragraph.lines.first().map(|line| line.place.clone());
    let marks = marks(&text, labels);
    // Prose that happens to hold a label is no list.
    if marks.first().is_none_or(|(start, ..)| *start > 0) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, (start, end, key)) in marks.iter().enumerate() {
        let next = marks.get(number + 1).map_or(text.len(), |(next, ..)| *next);
        let (label, value) = (text[*start..*end].trim(), text[*end..next].trim());
        let value =
            value.trim_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '；' | ';' | '，' | '。'));
        let (value, taken) = match (value.is_empty(), pieces.get(at + 1)) {
            // The value may be a paragraph of its own.
            (true, Some(Piece::Words(below))) if number + 1 == marks.len() => {
                let below = below.text();
                let is_label = self::marks(&below, labels).first().is_some_and(|(start, ..)| *start == 0);
                if is_label { (String::new(), at + 1) } else { (below.trim().to_owned(), at + 2) }
            }
            _ => (value.to_owned(), at + 1),
        };
        // What goes on for sentences is prose.
        if value.chars().count() <= LONGEST && !value.contains('。') {
            let label = label.trim_end_matches(['：', ':']).to_owned();
            found.push(Listed { key: (*key).clone(), text: value, label, place: place.clone(), pieces: at..taken });
        }
    }
    found
}

/// Where labels with a colon behind them stand in a text: from where, to behind the colon, and of which fact.
fn marks<'k>(text: &str, labels: &[(&'k Key, Wordings)]) -> Vec<(usize, usize, &'k Key)> {
    let mut found: Vec<(usize, usize, &Key)> = Vec::new();
    for (colon, mark) in text.match_indices(['：', ':']) {
        let start = found.last().map_or(0, |(_, end, _)| *end);
        let before = &text[start..colon];
        // The label is the last words before the colon.
        let gap = |c: char| c.is_whitespace() || matches!(c, '；' | ';' | '，' | ',' | '。');
        let cuts =
            std::iter::once(0).chain(before.char_indices().filter(|(_, c)| gap(*c)).map(|(at, c)| at + c.len_utf8()));
        let mut named = cuts.filter_map(|cut| {
            let words = Words::of(&before[cut..]);
            let of = labels.iter().find(|(_, wordings)| wordings.are_said_by(&words));
            of.map(|(key, _)| (start + cut, *key))
        });
        if let Some((from, key)) = named.next() {
            found.push((from, colon + mark.len(), key));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Paragraph;
    use super::*;
    use crate::form::files;

    fn of(lines: &[&str]) -> Vec<(String, String)> {
        let form = files::load("zfxxgk", None, None).expect("a built-in form");
        let piece = |line: &&str| Piece::Words(Paragraph::new(*line, Place::Paragraph(1)));
        let pieces: Vec<Piece> = lines.iter().map(piece).collect();
        listed(&pieces, &form).into_iter().map(|listed| (listed.key.to_string(), listed.text)).collect()
    }

    #[test]
    fn labels_stand_before_their_values_in_many_ways() {
        let phone = [("organ.phone".to_owned(), "0517-83605678".to_owned())];
        assert_eq!(of(&["电话：0517-83605678"]), phone);
        assert_eq!(of(&["电 话: 0517-83605678。"]), phone);
        assert_eq!(of(&["电话：", "0517-83605678"]), phone);
        let address = ("organ.address".to_owned(), "淮海路1号，223001".to_owned());
        assert_eq!(
            of(&["地址：淮海路1号，223001；电话：0517-83605678"]),
            [address].into_iter().chain(phone).collect::<Vec<_>>()
        );
        assert_eq!(of(&["公开电话：1"]), []);
        assert_eq!(of(&["本局地址和电话：见网站"]), []);
        assert_eq!(
            of(&["网址：http://www.a.gov.cn/"]),
            [("organ.website".to_owned(), "http://www.a.gov.cn/".to_owned())]
        );
    }
}
