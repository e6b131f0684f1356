//! What has to be said of an import. In: what a stage could not read or is not sure of; out: [`Finding`], with the words seen and where
//! they stand, from which messages, comments and the trace are made.

use crate::diag::{Code, Severity, Text};
use crate::form::Key;

use super::blocks::Place;

/// Something that was not read, or is not sure.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What kind of thing it is.
    pub code: Code,
    /// Whether a value was left out (an error) or written with a doubt (a warning).
    pub severity: Severity,
    /// What is to be said.
    pub message: Text,
    /// What to do about it.
    pub help: Option<Text>,
    /// Where in the file it was seen.
    pub place: Option<Place>,
    /// The fact, row or table that it is about.
    pub key: Option<Key>,
}

impl Finding {
    /// Something was left out.
    pub fn error(code: Code, message: Text) -> Self {
        Self { code, severity: Severity::Error, message, help: None, place: None, key: None }
    }

    /// Something was written, or is not needed, and should be looked at.
    pub fn warning(code: Code, message: Text) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Where in the file it was seen; without a place it stays as it is.
    #[must_use]
    pub fn seen_at<'p>(mut self, place: impl Into<Option<&'p Place>>) -> Self {
        self.place = place.into().cloned().or(self.place);
        self
    }

    /// The fact, row or table that it is about.
    #[must_use]
    pub fn about(mut self, key: &Key) -> Self {
        self.key = Some(key.clone());
        self
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }
}

/// A place of a file in words.
pub(super) fn words_of(place: &Place) -> Text {
    use crate::diag::text;
    match place {
        Place::Page { page, .. } => text!("第{page}页", "page {page}"),
        Place::Table { table, row, column } => {
            text!("第{table}个表格第{row}行第{column}列", "table {table}, row {row}, column {column}")
        }
        Place::Paragraph(number) => text!("第{number}段", "paragraph {number}"),
        Place::Sheet(cell) => Text::verbatim(cell.clone()),
        Place::Line(line) => text!("第{line}行", "line {line}"),
    }
}

/// The longest words that a message cites, in characters.
const LONGEST: usize = 40;

/// Words of a file as a message cites them: on one line, and no more than a reader needs to find them.
pub(super) fn brief(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
