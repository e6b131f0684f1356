//! One step of an edit: what is to become of one value, and the splices that make it so.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Text, text};
use crate::report::{Accepted, Value};
use crate::source::start_of_line;

/// What is put in the place of a stretch of a text.
pub type Splice = (Range<usize>, String);

/// What one step of an edit does.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// What is put in the place of what.
    pub splices: Vec<Splice>,
    /// The comments that the step takes away, as it is meant to.
    pub removed: Vec<String>,
    /// What somebody should know.
    pub note: Option<Text>,
}

impl Made {
    /// Splices alone.
    pub(super) fn of(splices: Vec<Splice>) -> Self {
        Self { splices, ..Self::default() }
    }
}

/// A single edit: where, and what.
#[derive(Debug)]
pub(super) struct Step {
    /// The parts of the key.
    pub path: Vec<String>,
    /// What is to become of it.
    pub what: What,
}

/// What is to become of a value or an acceptance.
#[derive(Debug)]
pub(super) enum What {
    /// It is this one.
    Put(Value),
    /// Cells that are not written are 0.
    Rest,
    /// It goes.
    Remove,
    /// It stands behind `#`.
    CommentOut,
    /// The warnings are accepted.
    Accept(Accepted),
    /// They are no longer.
    Unaccept(Accepted),
}

/// A text with the splices made in it, in whatever order they are given; `None` where two overlap.
pub fn spliced(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|(span, _)| (span.start, span.end));
    let splices: Vec<(Range<usize>, &str)> =
        splices.iter().map(|(span, replacement)| (span.clone(), replacement.as_str())).collect();
    crate::diag::edited(text, 0..text.len(), &splices)
}

/// The white space before the first word of the line that a place is in.
pub(super) fn line_indent(text: &str, at: usize) -> &str {
    let line = &text[start_of_line(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The problem of an edit that is not made.
pub(super) fn refused(message: Text) -> Diagnostic {
    Diagnostic::error(Code::FixConflict, message)
}

/// What only a mistake of this program can bring about.
pub(super) fn broken() -> Diagnostic {
    refused(text!("改动后的文件不对，没有写入", "the edited file would be wrong, and nothing was written")).help(text!(
        "这是程序的错误，请报告；可以直接改文件",
        "please report this mistake of the program; the file can be edited by hand"
    ))
}
