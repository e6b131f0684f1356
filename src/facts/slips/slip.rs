//! A slip of the pen, and what those who look for slips share: what is TOML, what may be a key, and how a text is quoted.

use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use crate::diag::{self, Code, Diagnostic};
use crate::facts::meant;
use crate::source::{Place, Source};

/// How many slips of one file are told; with more, it is hardly TOML.
pub(super) const MOST: usize = 60;
/// How much of the rest of a line is quoted, in characters.
const QUOTED: usize = 80;

/// What is to stand in the place of what.
pub(super) type Edits = Vec<(Range<usize>, String)>;

/// A slip that was found.
pub(super) struct Slip {
    /// What is wrong.
    pub problem: Diagnostic,
    /// The edits that let the parser go on behind it.
    pub repair: Edits,
}

/// A key that was written: its path, and the place of its last part.
pub(super) struct Defined {
    /// The path.
    pub path: Vec<String>,
    /// Where its last part stands.
    pub span: Range<usize>,
}

/// The beginning of a text, for a message: what is wrong on a long line may be wrong a thousand times on it.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether a text is TOML.
pub(super) fn is_toml(text: &str) -> bool {
    DeTable::parse(text).is_ok()
}

/// A problem with a text that is not TOML.
pub(super) fn wrong(source: &Arc<Source>, code: &Code, span: Range<usize>, message: diag::Text) -> Diagnostic {
    Diagnostic::error(code.clone(), message).at(Place::new(source, span))
}

/// Whether a character may stand in a key without quotation marks.
pub(super) fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The numbers of a row of cells, two or more, with white space between; `None` where anything else stands there.
pub(super) fn cells(written: &str) -> Option<Vec<String>> {
    let cells: Vec<String> = written.split_whitespace().map(meant::folded).collect();
    let is_cell = |cell: &String| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (cells.len() >= 2 && cells.iter().all(is_cell)).then_some(cells)
}
