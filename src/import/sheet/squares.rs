//! The squares of a sheet. In: what its cells show, and which are hidden or merged; out: blocks, cut where rows are empty.

use std::collections::BTreeMap;

use super::super::blocks::{Block, Cell, Grid, Limit, Line, Paragraph, Place, Unread};

/// How many cells that hold something are read.
pub(super) const MOST_CELLS: usize = 200_000;
/// How many bytes cells may show, in a sheet and in all of them.
pub(super) const MOST_BYTES: usize = 8 << 20;
/// How many squares may be looked at for merged cells.
pub(super) const MOST_LOOKS: usize = 20_000_000;
/// How many rows and columns a sheet has at most.
pub(super) const MOST_ROWS: u32 = 1 << 20;
pub(super) const MOST_COLUMNS: u32 = 1 << 14;

/// A row and a column, from 0.
pub(super) type At = (u32, u32);

/// A sheet as it was read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub name: String,
    /// What the cells show that show something.
    pub cells: BTreeMap<At, String>,
    /// How far merged cells go, by their first square: the row and the column after the last.
    pub merged: BTreeMap<At, At>,
    pub rows: Hidden,
    pub columns: Hidden,
    /// How many bytes its cells show: many cells may show the same long text.
    pub bytes: usize,
}

/// Which rows or columns are hidden: ranges, the end of each left out, in their order.
#[derive(Debug, Default)]
pub(super) struct Hidden(Vec<(u32, u32)>);

impl Hidden {
    /// Hides some.
    pub(super) fn add(&mut self, from: u32, to: u32) {
        if from >= to {
            return;
        }
        match self.0.last_mut() {
            Some((_, end)) if *end >= from => *end = to.max(*end),
            _ => self.0.push((from, to)),
        }
    }

    /// Puts them in their order, for files that do not.
    pub(super) fn sort(&mut self) {
        let mut ranges = std::mem::take(&mut self.0);
        ranges.sort_unstable();
        ranges.into_iter().for_each(|(from, to)| self.add(from, to));
    }

    /// Whether one of them is hidden.
    pub(super) fn has(&self, one: u32) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= one);
        after.checked_sub(1).and_then(|before| self.0.get(before)).is_some_and(|(_, end)| one < *end)
    }
}

/// Counts the rows or columns that are seen before one.
pub(super) struct Seen {
    /// Ends of hidden ranges, and how many are hidden up to there.
    hidden: Vec<(u32, u32, u32)>,
}

impl Seen {
    /// Those that are seen where some are hidden.
    fn new(hidden: &Hidden) -> Self {
        let mut before = 0;
        let count = |(from, to): &(u32, u32)| {
            let entry = (*from, *to, before);
            before += to - from;
            entry
        };
        Self { hidden: hidden.0.iter().map(count).collect() }
    }

    /// How many are seen before one.
    fn before(&self, one: u32) -> u32 {
        let after = self.hidden.partition_point(|(from, _, _)| *from < one);
        let last = after.checked_sub(1).and_then(|last| self.hidden.get(last));
        one - last.map_or(0, |(from, to, before)| before + (one.min(*to) - from))
    }
}

/// A cell that is seen: where it is among what is seen, and where it is in the sheet.
pub(super) struct Shown<'s> {
    row: usize,
    column: usize,
    rowspan: usize,
    colspan: usize,
    at: At,
    text: &'s str,
}

impl Sheet {
    /// Sets a cell.
    pub(super) fn set(&mut self, at: At, text: &str) -> Result<(), Unread> {
        self.bytes += text.len();
        if self.cells.len() >= MOST_CELLS || self.bytes > MOST_BYTES {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        if !text.trim().is_empty() && at.0 < MOST_ROWS && at.1 < MOST_COLUMNS {
            self.cells.insert(at, text.trim().to_owned());
        }
        Ok(())
    }

    /// Cuts it into tables and paragraphs.
    pub(super) fn cut(mut self, blocks: &mut Vec<Block>) -> Result<(), Unread> {
        self.rows.sort();
        self.columns.sort();
        let shown = self.shown();
        let mut part: Vec<Shown<'_>> = Vec::new();
        // Where what has come so far ends.
        let mut end = 0;
        for cell in shown {
            if cell.row > end {
                self.part(std::mem::take(&mut part), blocks)?;
            }
            end = end.max(cell.row + cell.rowspan);
            part.push(cell);
        }
        self.part(part, blocks)
    }

    /// The cells that are seen, row by row.
    fn shown(&self) -> Vec<Shown<'_>> {
        let (rows, columns) = (Seen::new(&self.rows), Seen::new(&self.columns));
        let last = self.cells.keys().fold((0, 0), |last, at| (at.0.max(last.0), at.1.max(last.1)));
        let span = |seen: &Seen, from: u32, to: u32| (seen.before(to) - seen.before(from)).max(1) as usize;
        let cells = self.cells.iter().filter(|(at, _)| !self.rows.has(at.0) && !self.columns.has(at.1));
        let shown = cells.map(|(at, text)| {
            // Beyond the last cell that holds something, nothing needs to be merged.
            let to =
                self.merged.get(at).map_or((at.0 + 1, at.1 + 1), |to| (to.0.min(last.0 + 1), to.1.min(last.1 + 1)));
            let (row, column) = (rows.before(at.0) as usize, columns.before(at.1) as usize);
            let (rowspan, colspan) = (span(&rows, at.0, to.0), span(&columns, at.1, to.1));
            Shown { row, column, rowspan, colspan, at: *at, text }
        });
        shown.collect()
    }

    /// A part between empty rows: rows with one text alone, then a table.
    fn part(&self, cells: Vec<Shown<'_>>, blocks: &mut Vec<Block>) -> Result<(), Unread> {
        let is_alone = |index: usize, cell: &Shown<'_>| {
            let next = cells.get(index + 1).is_none_or(|next| next.row > cell.row);
            next && cell.rowspan == 1 && cell.text.chars().any(char::is_alphabetic)
        };
        let alone = cells.iter().enumerate().take_while(|(index, cell)| is_alone(*index, cell)).count();
        for cell in cells.iter().take(alone) {
            let lines = cell.text.split('\n').map(|line| Line { text: line.to_owned(), place: self.place(cell.at) });
            blocks.push(Block::Paragraph(Paragraph { lines: lines.collect(), is_heading: false, item: None }));
        }
        let cells = cells.get(alone..).unwrap_or_default();
        let Some(first) = cells.first() else { return Ok(()) };
        let left = cells.iter().map(|cell| cell.column).min().unwrap_or(0);
        let mut raster = Raster::new(cells, first.row, left)?;
        let mut grid = Grid { rows: raster.rows, columns: raster.columns, ..Grid::default() };
        for cell in cells {
            let (row, column) = (cell.row - first.row, cell.column - left);
            if let Some((rowspan, colspan)) = raster.take(row, column, cell.rowspan, cell.colspan)? {
                grid.cells.push(Cell {
                    row,
                    column,
                    rowspan,
                    colspan,
                    text: cell.text.to_owned(),
                    place: self.place(cell.at),
                });
            }
        }
        blocks.push(Block::Grid(grid));
        Ok(())
    }

    /// Where a cell stands.
    fn place(&self, at: At) -> Place {
        Place::Sheet(format!("{}!{}{}", self.name, letters(at.1), at.0 + 1))
    }
}

/// The squares of a table, and which are taken.
pub(super) struct Raster {
    rows: usize,
    columns: usize,
    taken: Vec<bool>,
    looks: usize,
}

impl Raster {
    /// The squares of these cells, from a first row and column on.
    fn new(cells: &[Shown<'_>], first: usize, left: usize) -> Result<Self, Unread> {
        let rows = cells.iter().map(|cell| cell.row + cell.rowspan - first).max().unwrap_or(0);
        let columns = cells.iter().map(|cell| cell.column + cell.colspan - left).max().unwrap_or(0);
        let squares = rows.checked_mul(columns).filter(|squares| *squares <= Limit::Pieces.most());
        let taken = vec![false; squares.ok_or(Unread::TooLarge(Limit::Pieces))?];
        Ok(Self { rows, columns, taken, looks: 0 })
    }

    /// Takes the squares of a cell, as far as they are free: those from its first to the right, and those below. None where
    /// the first is taken: the cell lies under a merged one.
    fn take(
        &mut self,
        row: usize,
        column: usize,
        rowspan: usize,
        colspan: usize,
    ) -> Result<Option<(usize, usize)>, Unread> {
        let columns = self.columns;
        let squares = |row: usize| row * columns + column..row * columns + column + colspan;
        let free = |taken: &[bool], row: usize| taken.get(squares(row)).is_some_and(|row| !row.contains(&true));
        let first = self.taken.get(row * columns + column).copied().unwrap_or(true);
        if first {
            return Ok(None);
        }
        let down = (0..rowspan).take_while(|down| free(&self.taken, row + down)).count();
        let (rowspan, colspan) = if down == 0 { (1, 1) } else { (down, colspan) };
        self.looks += rowspan * colspan;
        if self.looks > MOST_LOOKS {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        for row in row..row + rowspan {
            let squares = row * columns + column..row * columns + column + colspan;
            self.taken.get_mut(squares).into_iter().flatten().for_each(|taken| *taken = true);
        }
        Ok(Some((rowspan, colspan)))
    }
}

/// The letters of a column: A to Z, then AA and so on.
pub(super) fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}
