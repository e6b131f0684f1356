//! Prose as the page shows it under its field. In: a text as it is typed and the figures of the report; out: the text as it will be printed with
//! its figures marked, last year's, and the numbers in it that are the same as a figure of a table and could be made references to it.

use std::collections::HashMap;

use serde::Serialize;

use crate::form::pattern::{Reference, references};
use crate::form::{Form, Key};
use crate::report::{Values, printed};

/// How many figures may be meant by a number that is offered as a reference.
const RIVALS: usize = 3;
/// How many offers are made at once.
const OFFERS: usize = 4;

/// What stands under the field of a text.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct ShownProse {
    /// How many characters its author has written.
    characters: usize,
    /// What will be printed; empty where that is what is typed.
    printed: Vec<Paragraph>,
    /// Whether nothing is typed, and the form's own words will be printed.
    is_default: bool,
    /// Last year's text.
    last: Vec<Paragraph>,
    /// Numbers that could be references.
    same: Vec<Same>,
}

type Paragraph = Vec<Piece>;

/// A piece of a text: words, or the figure of a key.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    key: Option<Key>,
}

/// A number that is the same as a figure.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Same {
    number: String,
    /// Where it stands, as browsers count.
    index: usize,
    key: Key,
}

/// The figures of a report as they are printed.
pub(super) struct Figures<'a> {
    form: &'a Form,
    values: &'a Values,
    /// The cells of tables by what they print.
    cells: HashMap<String, Vec<&'a Key>>,
}

impl<'a> Figures<'a> {
    /// Those of a report.
    pub(super) fn of(form: &'a Form, values: &'a Values) -> Self {
        let mut cells: HashMap<String, Vec<&Key>> = HashMap::new();
        for (key, _) in form.keys.cells().filter(|(_, known)| known.kind.is_figure()) {
            let figure =
                printed(form, values, key).filter(|figure| figure.matches(|c: char| c.is_ascii_digit()).count() > 1);
            if let Some(figure) = figure {
                cells.entry(figure).or_default().push(key);
            }
        }
        Self { form, values, cells }
    }

    /// What is shown of a text that is typed, or of the form's own where none is.
    pub(super) fn shown(&self, typed: Option<&str>, default: Option<&str>, last: Option<&str>) -> ShownProse {
        let text = typed.unwrap_or_default();
        let own = references(text);
        let bare = without(text, &own);
        let is_default = text.is_empty() && default.is_some_and(|text| !text.trim().is_empty());
        let printed = if is_default { default } else { Some(text).filter(|_| !own.is_empty()) };
        ShownProse {
            characters: bare.chars().filter(|c| !c.is_whitespace()).count(),
            printed: printed.map(|text| self.paragraphs(text)).unwrap_or_default(),
            is_default,
            last: last.map(|text| self.paragraphs(text)).unwrap_or_default(),
            same: self.same(&bare),
        }
    }

    fn paragraphs(&self, text: &str) -> Vec<Paragraph> {
        let mut paragraphs: Vec<String> = vec![String::new()];
        for line in text.trim_end_matches('\n').lines() {
            match paragraphs.last_mut() {
                _ if line.trim().is_empty() => paragraphs.push(String::new()),
                Some(last) if last.is_empty() => last.push_str(line),
                Some(last) => last.extend(["\n", line]),
                None => {}
            }
        }
        paragraphs.iter().filter(|text| !text.is_empty()).map(|text| self.pieces(text)).collect()
    }

    fn pieces(&self, text: &str) -> Paragraph {
        let (mut pieces, mut from) = (Vec::new(), 0);
        let words = |words: &str| Piece { text: words.to_owned(), key: None };
        for Reference { name, span, escaped } in references(text) {
            pieces.push(words(&text[from..span.start]));
            pieces.push(if escaped {
                words(&text[span.start + 1..span.end])
            } else {
                let figure = printed(self.form, self.values, &name).unwrap_or_else(|| "?".to_owned());
                Piece { text: figure, key: Some(Key::from(name.as_str())) }
            });
            from = span.end;
        }
        pieces.push(words(&text[from..]));
        pieces.retain(|piece| !piece.text.is_empty());
        pieces
    }

    /// The numbers of a text that are the same as just one figure, or few; years are none.
    fn same(&self, text: &str) -> Vec<Same> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(start) = text[from..].find(is_part).map(|at| from + at) {
            let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |at| start + at);
            let number = text[start..end].trim_end_matches(['.', ',']);
            let keys = self.cells.get(number).filter(|keys| keys.len() <= RIVALS && !text[end..].starts_with('年'));
            let index = text[..start].encode_utf16().count();
            found.extend(keys.into_iter().flatten().map(|key| Same {
                number: number.to_owned(),
                index,
                key: (*key).clone(),
            }));
            from = end;
        }
        found.truncate(OFFERS);
        found
    }
}

/// A text with blanks where its references stand.
fn without(text: &str, references: &[Reference]) -> String {
    let (mut bare, mut from) = (String::new(), 0);
    for Reference { span, .. } in references {
        bare.push_str(&text[from..span.start]);
        bare.extend(text[span.clone()].chars().map(|_| ' '));
        from = span.end;
    }
    bare + &text[from..]
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::form::files;
    use crate::report::{Entry, Value};

    #[test]
    fn a_text_is_shown_as_it_is_printed_and_its_numbers_are_offered_as_references() {
        let form = files::load("zfxxgk", None, None).expect("a form");
        let figure = |key: &str, number: i64| {
            (Key::from(key), Entry { value: Value::Figure(Decimal::from(number)), place: None })
        };
        let keys = ["proactive.licences", "proactive.fees", "proactive.penalties"];
        let values: Values = [figure(keys[0], 12), figure(keys[1], 34), figure(keys[2], 5)].into();
        let figures = Figures::of(&form, &values);
        let shown = figures.shown(
            Some("许可{{ proactive.licences\u{a0}}}件，\n\n\\{{ a }}；12, 5、34年 34。12.5"),
            None,
            Some("上年"),
        );
        let piece = |text: &str| Piece { text: text.to_owned(), key: None };
        let licences = Key::from(keys[0]);
        let first = vec![piece("许可"), Piece { text: "12".to_owned(), key: Some(licences.clone()) }, piece("件，")];
        assert_eq!(shown.printed, [first, vec![piece("{{ a }}"), piece("；12, 5、34年 34。12.5")]]);
        assert_eq!((shown.characters, shown.is_default, shown.last), (20, false, vec![vec![piece("上年")]]));
        let same = |number: &str, index, key: &str| Same { number: number.to_owned(), index, key: Key::from(key) };
        assert_eq!(shown.same, [same("12", 39, keys[0]), same("34", 49, keys[1])]);
        let default = figures.shown(None, Some("无。"), None);
        assert_eq!((default.characters, default.is_default, default.printed), (0, true, vec![vec![piece("无。")]]));
        assert!(figures.shown(Some("无。"), None, None).printed.is_empty(), "what is typed is what is printed");
    }
}
