//! The edits that mend a problem. In: places and what is to stand there; out: [`Fix`], for other programs and for
//! `check --fix`, which makes only those whose meaning is beyond doubt.

use std::ops::Range;

use crate::source::Place;

/// Whether an edit may be made without a person's judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// A guess that a person has to judge, such as the nearest name or the likely culprit among figures.
    Suggested,
    /// What is meant is beyond doubt; `check --fix` makes it.
    Safe,
}

/// A stretch of a file and what is to stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is to be replaced; an empty stretch is where something is put in.
    pub place: Place,
    /// By what.
    pub replacement: String,
}

/// Edits of one file that mend one problem together, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The edits; at least one.
    pub edits: Vec<Edit>,
    /// Whether they may be made without a person's judgement.
    pub applicability: Applicability,
}

impl Fix {
    /// Whether it may be made without a person's judgement.
    pub fn is_safe(&self) -> bool {
        self.applicability == Applicability::Safe
    }

    /// All edits as one: the stretch from the first to the last, and the text with every edit made in it.
    pub fn whole(&self) -> Option<Edit> {
        let (first, last) = (self.edits.first()?, self.edits.last()?);
        let source = &first.place.source;
        let span = first.place.span.start..last.place.span.end;
        let spans: Vec<(Range<usize>, &str)> =
            self.edits.iter().map(|edit| (edit.place.span.clone(), edit.replacement.as_str())).collect();
        let replacement = edited(source.text(), span.clone(), &spans)?;
        Some(Edit { place: Place::new(source, span), replacement })
    }
}

/// The stretch `within` of a text with edits made in it, which are in the order of their places; `None` where two of them
/// overlap or one lies outside.
pub fn edited(text: &str, within: Range<usize>, edits: &[(Range<usize>, &str)]) -> Option<String> {
    let (mut made, mut done) = (String::new(), within.start);
    for (span, replacement) in edits {
        if span.end > within.end {
            return None;
        }
        made.push_str(text.get(done..span.start)?);
        made.push_str(replacement);
        done = span.end;
    }
    made.push_str(text.get(done..within.end)?);
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn several_edits_are_one_over_the_stretch_between_them() {
        let source = Source::new("a", "甲，乙，丙。");
        let edit = |span: Range<usize>, replacement: &str| Edit {
            place: Place::new(&source, span),
            replacement: replacement.to_owned(),
        };
        let fix = Fix { edits: vec![edit(3..6, ","), edit(9..12, ";")], applicability: Applicability::Safe };
        assert_eq!(fix.whole(), Some(edit(3..12, ",乙;")));
        let overlapping = Fix { edits: vec![edit(3..6, ","), edit(3..9, ";")], applicability: Applicability::Safe };
        assert_eq!(overlapping.whole(), None);
    }
}
