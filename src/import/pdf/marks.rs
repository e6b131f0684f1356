//! What is drawn on a page, as places and characters, whoever says so (PDF today, OFD could). In: nothing; out: [`PageMarks`].

/// A page and what is drawn on it, in points from its upper left corner.
#[derive(Clone, Debug, Default)]
pub(super) struct PageMarks {
    /// How wide it is.
    pub width: f32,
    /// How high it is.
    pub height: f32,
    /// Its characters, in the order in which they are drawn.
    pub glyphs: Vec<Glyph>,
    /// Its level and upright lines.
    pub segments: Vec<Segment>,
    /// How many pictures of some size it has.
    pub pictures: usize,
    /// Of how many characters nothing says which they are.
    pub unknown: usize,
}

/// A character where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glyph {
    /// The character; U+FFFD where the file does not say which.
    pub c: char,
    /// Its left side. Of one that is not upright, half its advance before its middle.
    pub left: f32,
    /// Its right side.
    pub right: f32,
    /// The line that it stands on.
    pub base: f32,
    /// The height of its font.
    pub size: f32,
    /// Which way it is turned.
    pub turn: Turn,
    /// The number of the marked content that it belongs to.
    pub mark: Option<i32>,
    /// Whether the file says that it is not part of the text: a running head, a page number.
    pub is_artifact: bool,
}

/// Which way a character is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As usual.
    Upright,
    /// A part of a column, or turned by one or more right angles: read in the order in which it is drawn.
    Turned,
    /// By another angle, as the word across a draft is.
    Askew,
}

/// A level or upright line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Segment {
    /// Which way it runs.
    pub axis: Axis,
    /// Where it stands across its direction.
    pub at: f32,
    /// Where it begins.
    pub from: f32,
    /// Where it ends.
    pub to: f32,
}

/// Which way a line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// From left to right.
    Level,
    /// From top to bottom.
    Upright,
}

impl Glyph {
    /// The middle of its body.
    pub(super) fn middle(&self) -> (f32, f32) {
        ((self.left + self.right) / 2.0, self.base - 0.35 * self.size)
    }

    /// Whether nothing is seen of it.
    pub(super) fn is_blank(&self) -> bool {
        self.c.is_whitespace()
    }
}
