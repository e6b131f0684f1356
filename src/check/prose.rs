//! Texts as the page will show them, each piece with where it was written. In: a text of the facts, before and after
//! its references were put in; out: the place in the source of any stretch of it.

use std::ops::Range;

use super::literal;
use crate::source::Place;

/// A text with its way back to the source.
#[derive(Debug)]
pub struct Prose {
    /// The key of the fact.
    pub key: String,
    /// The text, figures in the place of references.
    pub text: String,
    /// The text as written.
    pub written: String,
    /// Where stretches of the text come from, in order.
    pub pieces: Vec<Piece>,
    /// Where the whole stands.
    pub place: Place,
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
    pub fn plain(key: &str, text: &str, place: &Place) -> Self {
        let pieces = vec![Piece { at: 0, from: 0..text.len(), is_reference: false }];
        Self { key: key.to_owned(), text: text.to_owned(), written: text.to_owned(), pieces, place: place.clone() }
    }

    /// Where a stretch of the text was written; the place of the whole where that cannot be said.
    pub fn place(&self, stretch: Range<usize>) -> Place {
        self.found(stretch).unwrap_or_else(|| self.place.clone())
    }

    fn found(&self, stretch: Range<usize>) -> Option<Place> {
        let offsets = literal::offsets(self.place.text(), &self.written)?;
        let source = |written: usize| {
            let index = offsets.partition_point(|(offset, _)| *offset < written);
            offsets.get(index).map(|(_, at)| self.place.span.start + at)
        };
        let first = self.piece(stretch.start)?;
        let start = if first.is_reference { first.from.start } else { first.from.start + stretch.start - first.at };
        let last = self.piece(stretch.end.saturating_sub(1))?;
        let end = if last.is_reference { last.from.end } else { last.from.start + stretch.end - last.at };
        Some(Place::new(&self.place.source, source(start)?..source(end)?))
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        self.pieces.iter().rev().find(|piece| piece.at <= at)
    }

    /// The sentence around a stretch of the text.
    pub fn sentence(&self, stretch: &Range<usize>) -> &str {
        let start = self.text[..stretch.start].rfind(ENDS).map_or(0, |at| self.text.ceil_char_boundary(at + 1));
        let end = self.text[stretch.end..].find(ENDS).map_or(self.text.len(), |at| stretch.end + at);
        &self.text[start..end]
    }
}

/// What ends a sentence.
pub const ENDS: [char; 7] = ['。', '！', '？', '；', '\n', '!', '?'];
