//! A problem. In: what a stage found wrong, and where; out: [`Diagnostic`], and problems in the order in which they are told.

use std::ops::{Deref, DerefMut};

use super::code::Code;
use super::fix::{Applicability, Edit, Fix};
use super::text::Text;
use crate::source::Place;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is wrong, and somebody should know; never turned into an error.
    #[serde(skip)]
    Note,
    /// The report is made all the same.
    Warning,
    /// No report is made.
    Error,
}

/// A place that a problem concerns, with what is to be said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is to be said there, if more than the message.
    pub text: Option<Text>,
    /// Whether this is the place to look first.
    pub primary: bool,
}

/// One problem; kept behind a pointer, because it is the error of almost every function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic(Box<Problem>);

/// What is wrong, where it is and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stable name of the kind of problem.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: Text,
    /// The places concerned, the primary one first.
    pub labels: Vec<Label>,
    /// The keys of what is not there, where that is what is wrong.
    pub lacking: Vec<String>,
    /// The keys of the cells that it is about, of which some may have no place.
    pub about: Vec<String>,
    /// More facts about it, such as the stated and the computed sum.
    pub notes: Vec<Text>,
    /// What to do about it.
    pub help: Option<Text>,
    /// The edits that mend it, where they are known or likely.
    pub fix: Option<Fix>,
    /// How many more problems of its kind there are that are not told one by one.
    pub more: usize,
}

impl Deref for Diagnostic {
    type Target = Problem;

    fn deref(&self) -> &Problem {
        &self.0
    }
}

impl DerefMut for Diagnostic {
    fn deref_mut(&mut self) -> &mut Problem {
        &mut self.0
    }
}

impl Diagnostic {
    fn new(severity: Severity, code: Code, message: Text) -> Self {
        Self(Box::new(Problem {
            code,
            severity,
            message,
            labels: Vec::new(),
            lacking: Vec::new(),
            about: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
            more: 0,
        }))
    }

    /// An error.
    pub fn error(code: Code, message: Text) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: Code, message: Text) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// What somebody should know though nothing is wrong.
    pub fn note_of(code: Code, message: Text) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Names the place to look first.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.labels.insert(0, Label { place, text: None, primary: true });
        self
    }

    /// Names the place to look first, with what is to be said there.
    #[must_use]
    pub fn at_saying(mut self, place: Place, said: Text) -> Self {
        self.labels.insert(0, Label { place, text: Some(said), primary: true });
        self
    }

    /// Names a further place.
    #[must_use]
    pub fn and_at(mut self, place: Place, said: Text) -> Self {
        self.labels.push(Label { place, text: Some(said), primary: false });
        self
    }

    /// Names what is not there and so has no place.
    #[must_use]
    pub fn lacking<K: ToString>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.lacking.extend(keys.into_iter().map(|key| key.to_string()));
        self
    }

    /// Names the cells that it is about, those too that have no place.
    #[must_use]
    pub fn about<K: ToString>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.about = keys.into_iter().map(|key| key.to_string()).collect();
        self
    }

    /// Adds a fact about the problem.
    #[must_use]
    pub fn note(mut self, note: Text) -> Self {
        self.notes.push(note);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// Gives the edit that mends it beyond doubt; several such edits mend it together.
    #[must_use]
    pub fn fix_safe(self, place: Place, replacement: impl Into<String>) -> Self {
        self.fixed(Applicability::Safe, [Edit { place, replacement: replacement.into() }])
    }

    /// Gives an edit that likely mends it, for a person to judge; several such edits mend it together.
    #[must_use]
    pub fn fix_suggested(self, place: Place, replacement: impl Into<String>) -> Self {
        self.fixed(Applicability::Suggested, [Edit { place, replacement: replacement.into() }])
    }

    /// Gives edits that mend it together; what is only suggested makes the whole fix a suggestion.
    #[must_use]
    pub fn fixed(mut self, applicability: Applicability, edits: impl IntoIterator<Item = Edit>) -> Self {
        let fix = self.fix.get_or_insert_with(|| Fix { edits: Vec::new(), applicability });
        fix.applicability = fix.applicability.min(applicability);
        fix.edits.extend(edits);
        fix.edits.sort_by_key(|edit| (edit.place.span.start, edit.place.span.end));
        self
    }

    /// The first place, by which problems are put in order.
    pub fn primary(&self) -> Option<&Place> {
        self.labels.first().map(|label| &label.place)
    }

    /// Whether it is a warning, which somebody may deny.
    pub fn is_warning(&self) -> bool {
        self.severity == Severity::Warning
    }

    /// Whether it keeps the report from being made.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Puts problems in the order of their places: those without a place first, then by file, then by position.
pub fn sort(problems: &mut [Diagnostic]) {
    fn key(problem: &Diagnostic) -> Option<(&str, usize)> {
        problem.primary().map(|place| (place.source.name(), place.span.start))
    }
    problems.sort_by(|a, b| key(a).cmp(&key(b)));
}
