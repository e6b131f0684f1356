//! The events of prose: what begins, ends and stands in it, each with the bytes that it was read from.

use std::ops::Range;

/// A piece of prose. Blocks nest as in a page: a list holds items, an item holds paragraphs and lists, a table holds rows
/// and a row holds cells; only paragraphs and cells hold text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A block or a stretch of text with a look of its own begins.
    Start(Tag<'a>),
    /// It ends; ends come in the reverse order of the starts.
    End(Tag<'a>),
    /// Text, exactly as it stands in the source.
    Text(&'a str),
    /// A line ended between two words that a space parts.
    Space,
}

/// What begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'a> {
    /// A paragraph.
    Paragraph,
    /// A list, with numbers or with bullets.
    List {
        /// Whether its items have numbers.
        numbered: bool,
    },
    /// An item of a list, with the number that was typed.
    Item(Option<u32>),
    /// A table of so many columns; its first row is the head.
    Table {
        /// How many columns the widest row has.
        columns: usize,
    },
    /// A row of a table.
    Row {
        /// Whether it is the head.
        head: bool,
    },
    /// A cell of a row.
    Cell(Side),
    /// Bold text.
    Bold,
    /// Text that leads to an address (`http:`, `https:` or `mailto:`).
    Link(&'a str),
}

/// Which side of its cell a text stands at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// In the middle, where nothing else is said.
    #[default]
    Middle,
    /// At the beginning of the line.
    Start,
    /// At its end, as figures do.
    End,
}

/// An event and the bytes that it was read from; for a start, those where the block begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<'a> {
    /// The event.
    pub event: Event<'a>,
    /// Where it was read.
    pub at: Range<usize>,
}

/// How deep lists may stand in lists. One level more is read, so that `check` can refuse it; what is deeper stands there too.
pub(crate) const DEEPEST: usize = 12;

/// The ASCII character of which this is the full-width form (U+FF01 to U+FF5E); any other is itself.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether a character belongs to a script that is written without spaces.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201d}' | '\u{2026}' | '\u{2014}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}
