//! Texts as the page will show them, each piece with where it was written. In: a text of the facts, before and after
//! its references were put in; out: the place in the source of any stretch of it.

use std::ops::Range;
use std::sync::OnceLock;

use super::literal;
use super::normal::Normal;
use crate::diag::{Text, text};
use crate::form::Key;
use crate::prose::{Placed, events};
use crate::source::Place;

/// A text with its way back to the source.
#[derive(Debug)]
pub(super) struct Prose {
    /// The key of the fact.
    pub key: Key,
    /// Whether it is prose; else it is text of one line, in which no mark means anything.
    pub is_prose: bool,
    /// The text, figures in the place of references.
    pub text: String,
    /// The text as written.
    pub written: String,
    /// Where stretches of the text come from, in order.
    pub pieces: Vec<Piece>,
    /// Where the whole stands.
    pub place: Place,
    /// Where each character of it stands, once a place in it was asked for.
    pub(super) offsets: OnceLock<Option<Vec<(usize, usize)>>>,
}

/// A stretch of a text, up to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins in the text.
    pub at: usize,
    /// What it was in the text as written.
    pub from: Range<usize>,
    /// Whether it stands for a reference, all of which is then its place.
    pub is_reference: bool,
}

impl Prose {
    /// A text without references.
    pub(super) fn plain(key: &Key, text: &str, place: &Place) -> Self {
        let pieces = vec![Piece { at: 0, from: 0..text.len(), is_reference: false }];
        let (text, written) = (text.to_owned(), text.to_owned());
        let (key, place) = (key.clone(), place.clone());
        Self { key, is_prose: false, text, written, pieces, place, offsets: OnceLock::new() }
    }

    /// Where a stretch of the text was written; the place of the whole where that cannot be said.
    pub(super) fn place(&self, stretch: Range<usize>) -> Place {
        self.found(stretch).unwrap_or_else(|| self.place.clone())
    }

    /// Where a stretch of the text as written stands; the place of the whole where that cannot be said.
    pub(super) fn written_place(&self, stretch: Range<usize>) -> Place {
        self.found_written(stretch).unwrap_or_else(|| self.place.clone())
    }

    fn found(&self, stretch: Range<usize>) -> Option<Place> {
        let first = self.piece(stretch.start)?;
        let start = if first.is_reference { first.from.start } else { first.from.start + stretch.start - first.at };
        let last = self.piece(stretch.end.saturating_sub(1))?;
        let end = if last.is_reference { last.from.end } else { last.from.start + stretch.end - last.at };
        self.found_written(start..end)
    }

    fn found_written(&self, stretch: Range<usize>) -> Option<Place> {
        let read = || literal::offsets(self.place.text(), &self.written);
        let offsets = self.offsets.get_or_init(read).as_ref()?;
        let source = |written: usize| {
            let index = offsets.partition_point(|(offset, _)| *offset < written);
            offsets.get(index).map(|(_, at)| self.place.span.start + at)
        };
        Some(Place::new(&self.place.source, source(stretch.start)?..source(stretch.end)?))
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let behind = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(behind.checked_sub(1)?)
    }
}

/// A text with all that checks look at.
pub(super) struct Looked<'a> {
    /// The text.
    pub prose: &'a Prose,
    /// What its page will be written from; nothing for a text of one line.
    pub events: Vec<Placed<'a>>,
    /// Its words alone, as patterns look at them.
    pub normal: Normal,
    /// Where sentences end in these words, once somebody asks.
    ends: OnceLock<Vec<Range<usize>>>,
}

impl<'a> Looked<'a> {
    /// Reads a text once for all checks.
    pub(super) fn at(prose: &'a Prose) -> Self {
        if prose.is_prose {
            let events = events(&prose.text);
            let normal = Normal::of_events(&events);
            Self { prose, events, normal, ends: OnceLock::new() }
        } else {
            Self { prose, events: Vec::new(), normal: Normal::of_line(&prose.text), ends: OnceLock::new() }
        }
    }

    /// Where a stretch of the normalised text was written.
    pub(super) fn place(&self, stretch: Range<usize>) -> Place {
        self.prose.place(self.normal.source(stretch))
    }

    /// The sentence around a stretch of the normalised text.
    pub(super) fn sentence(&self, stretch: &Range<usize>) -> Range<usize> {
        let text = self.normal.text.as_str();
        let all = self.ends.get_or_init(|| ends(text));
        let before = all[..all.partition_point(|end| end.start < stretch.start)].last();
        let after = all.get(all.partition_point(|end| end.start < stretch.end));
        before.map_or(0, |end| end.end)..after.map_or(text.len(), |end| end.start)
    }

    /// The words at a stretch of the normalised text as they were written, for a message.
    pub(super) fn said(&self, stretch: Range<usize>) -> Text {
        let words = self.prose.text.get(self.normal.source(stretch)).unwrap_or_default().trim();
        text!("“{words}”", "`{words}`")
    }
}

/// What ends a sentence.
pub(super) const ENDS: [char; 7] = ['。', '！', '？', '；', '\n', '!', '?'];

/// Where sentences end in a text: what ends them, in order. A full stop of a Latin text ends one where a capital or nothing
/// follows it.
fn ends(text: &str) -> Vec<Range<usize>> {
    let is_stop = |at: usize| {
        text[at..].strip_prefix('.').is_some_and(|rest| {
            let after = rest.trim_start_matches(' ');
            after.is_empty() || (after.len() < rest.len() && after.starts_with(char::is_uppercase))
        })
    };
    let ends = text.char_indices().filter(|(at, c)| ENDS.contains(c) || (*c == '.' && is_stop(*at)));
    ends.map(|(at, c)| at..at + c.len_utf8()).collect()
}
