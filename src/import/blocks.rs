//! What a reader finds in a file, whatever kind of file it is and whatever form it may be of. In: nothing; out: [`Document`],
//! paragraphs and tables in the order in which a person reads them, each with the place where it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::prose::is_wide;

/// A file, read.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Document {
    /// Its paragraphs and tables, in reading order.
    pub blocks: Vec<Block>,
    /// The title that the file gives itself apart from its text (metadata), where it does.
    pub title: Option<String>,
    /// What could not be read of it.
    pub remarks: Vec<Remark>,
}

/// A piece of a document.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Block {
    /// Running text.
    Paragraph(Paragraph),
    /// A table.
    Grid(Grid),
}

/// A paragraph.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Paragraph {
    /// Its lines as they are broken on the page; one line where the file does not fix them. Joined by [`Paragraph::text`].
    pub lines: Vec<Line>,
    /// Whether the file says that it is a heading (a heading style, `<h2>`, a tag), which many files do not.
    pub is_heading: bool,
    /// For an item of a list whose mark is not part of the text.
    pub item: Option<Item>,
}

/// An item of a list, as files keep it that draw the mark themselves.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Item {
    /// Its number; without it, a bullet.
    pub number: Option<u64>,
    /// How many lists it stands in, from 1.
    pub depth: usize,
}

/// A line of text.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Line {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub place: Place,
}

/// A table.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Grid {
    /// Its cells, by rows; no two cover the same square, and a square may be covered by none.
    pub cells: Vec<Cell>,
    /// How many rows it has.
    pub rows: usize,
    /// How many columns it has.
    pub columns: usize,
    /// Whether it may go on with the table before it, torn by the end of a page: it starts its page, that one ended the page before,
    /// and their columns stand at the same places.
    pub continues: bool,
}

/// A cell, at the first row and column that it covers.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cell {
    /// Its first row, from 0.
    pub row: usize,
    /// Its first column, from 0.
    pub column: usize,
    /// How many rows it covers, at least 1.
    pub rowspan: usize,
    /// How many columns it covers, at least 1.
    pub colspan: usize,
    /// Its words; paragraphs are parted by a line feed, lines of one paragraph are joined.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A place in a file, as it can be found again by a person.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Place {
    /// A point of a page of a PDF or OFD, in points from its upper left corner; pages are counted from 1.
    Page {
        /// The page.
        page: usize,
        /// From the left edge.
        x: u32,
        /// From the upper edge.
        y: u32,
    },
    /// A cell of a table of a web page or Word file, all counted from 1.
    Table {
        /// Which table of the file.
        table: usize,
        /// Its row.
        row: usize,
        /// Its column.
        column: usize,
    },
    /// A paragraph of a web page or Word file, counted from 1.
    Paragraph(usize),
    /// A cell of a sheet, such as `Sheet1!D24`.
    Sheet(String),
    /// A line of a text, counted from 1.
    Line(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { page, x, y } => write!(out, "p{page} x{x} y{y}"),
            Self::Table { table, row, column } => write!(out, "table {table} r{row} c{column}"),
            Self::Paragraph(number) => write!(out, "paragraph {number}"),
            Self::Sheet(cell) => out.write_str(cell),
            Self::Line(line) => write!(out, "line {line}"),
        }
    }
}

/// What could not be read of a file that could be read otherwise.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Remark {
    /// Characters of which the file does not say which they are (shown as U+FFFD in the text), of so many.
    Unreadable {
        /// How many.
        unknown: usize,
        /// Of how many.
        of: usize,
    },
    /// Pages or places that are pictures, of which nothing is read.
    Pictures(usize),
    /// Pages that the file counts and that are not there, or of which a part is damaged.
    MissingPages(usize),
}

/// Why a file gives nothing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Unread {
    /// Nobody can read it without a password.
    Encrypted,
    /// It is not what its first bytes say; the reason in English, for whoever looks into it.
    Damaged(String),
    /// It holds no text at all.
    Empty,
    /// It holds pictures of pages, and no text.
    PicturesOnly {
        /// How many pages.
        pages: usize,
    },
    /// Its fonts do not say which characters they draw.
    Unreadable {
        /// How many characters are unknown.
        unknown: usize,
        /// Of how many.
        of: usize,
    },
    /// It is larger than what is read; `what` is counted in `most`.
    TooLarge(Limit),
    /// Only another program reads it, and that is not there.
    ConverterMissing,
    /// The other program could not read it, or took too long.
    ConverterFailed(String),
    /// To read it takes more time or memory than any report needs.
    Exhausting,
    /// A kind of file that nothing here reads.
    UnknownKind,
}

/// What is bounded of a file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Limit {
    /// Bytes of the file.
    Bytes,
    /// Bytes unpacked.
    Unpacked,
    /// Pages.
    Pages,
    /// Characters drawn on pages, lines of tables, elements of a page.
    Pieces,
    /// Elements within elements.
    Nesting,
}

impl Limit {
    /// How much is read at most.
    pub fn most(self) -> usize {
        match self {
            Self::Bytes => 64 << 20,
            Self::Unpacked => 256 << 20,
            Self::Pages => 300,
            Self::Pieces => 2_000_000,
            Self::Nesting => 60,
        }
    }
}

impl Document {
    /// Whether there is no word in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| match block {
            Block::Paragraph(paragraph) => paragraph.text().trim().is_empty(),
            Block::Grid(grid) => grid.cells.iter().all(|cell| cell.text.trim().is_empty()),
        })
    }
}

impl Paragraph {
    /// A paragraph of one line.
    pub fn new(text: impl Into<String>, place: Place) -> Self {
        Self { lines: vec![Line { text: text.into(), place }], is_heading: false, item: None }
    }

    /// Its words in one line.
    pub fn text(&self) -> String {
        join(self.lines.iter().map(|line| line.text.as_str()))
    }
}

impl Cell {
    /// Whether it covers a row.
    pub fn covers(&self, row: usize) -> bool {
        (self.row..self.row + self.rowspan).contains(&row)
    }
}

/// Lines of one paragraph as one: with a space between them only where neither side is written without spaces.
pub fn join<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for line in lines.into_iter().map(str::trim).filter(|line| !line.is_empty()) {
        let sides = joined.chars().next_back().zip(line.chars().next());
        if sides.is_some_and(|(before, after)| !is_wide(before) && !is_wide(after)) {
            joined.push(' ');
        }
        joined.push_str(line);
    }
    joined
}
