//! Tables of a Word file. In: rows and cells as they stand in the file, with the columns of the table's own raster that they
//! cover; out: a grid of merged cells, or the text of a table that only lays text out.
//!
//! Where the raster and the widths of cells disagree, the raster counts: Word lays tables out anew by what is in them.

use super::super::blocks::{Block, Cell, Grid, Limit, Place, Unread};

/// How many columns a cell may cover; Word knows 63.
const MOST_SPAN: u64 = 1000;
/// How many characters a cell has at least that holds text rather than a value.
const LONG: usize = 200;

/// A cell in a column of merged cells, or in a row of them as Word 97 wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Merge {
    /// It is the first.
    Begins,
    /// It goes on with the one before.
    GoesOn,
}

/// What a cell says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct CellProperties {
    /// How many columns it covers.
    pub span: usize,
    /// Whether it is merged with those above or below.
    pub down: Option<Merge>,
    /// Whether it is merged with those at its sides.
    pub across: Option<Merge>,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

impl Default for CellProperties {
    fn default() -> Self {
        Self { span: 1, down: None, across: None, is_deleted: false }
    }
}

/// A number of columns as a file gives it; none where it gives none.
pub(super) fn columns(value: Option<&str>) -> Option<usize> {
    let count: u64 = value?.trim().parse().ok()?;
    usize::try_from(count.min(MOST_SPAN)).ok()
}

/// A cell that has been read.
#[derive(Debug)]
struct Read {
    row: usize,
    column: usize,
    rowspan: usize,
    colspan: usize,
    blocks: Vec<Block>,
}

/// A cell of the row that is being read.
#[derive(Debug)]
struct InRow {
    column: usize,
    span: usize,
    down: Option<Merge>,
    blocks: Vec<Block>,
}

/// A row that is being read.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Whether it was deleted, or is hidden.
    pub is_left_out: bool,
    column: usize,
    cells: Vec<InRow>,
}

/// A table that is being read.
#[derive(Debug)]
pub(super) struct Table {
    /// How many texts had begun when it did.
    pub level: usize,
    number: usize,
    /// The row that is being read.
    pub row: Option<Row>,
    /// What the cell says of itself that is being read.
    pub cell: CellProperties,
    cells: Vec<Read>,
    rows: usize,
    columns: usize,
    /// Which cell goes on below the last row, by columns.
    open: Vec<Option<usize>>,
}

impl Table {
    /// A table of that number in its file.
    pub(super) fn new(number: usize, level: usize) -> Self {
        let cell = CellProperties::default();
        Self { level, number, row: None, cell, cells: Vec::new(), rows: 0, columns: 0, open: Vec::new() }
    }

    /// Whether a row may begin.
    pub(super) fn awaits_row(&self, level: usize) -> bool {
        self.level == level && self.row.is_none()
    }

    /// Whether a cell may begin.
    pub(super) fn awaits_cell(&self, level: usize) -> bool {
        self.level == level && self.row.is_some()
    }

    /// How many squares it has.
    pub(super) fn squares(&self) -> usize {
        self.rows.saturating_mul(self.columns)
    }

    /// Leaves columns of a row free.
    pub(super) fn leave_free(&mut self, columns: usize) {
        if let Some(row) = &mut self.row {
            row.column = row.column.saturating_add(columns);
        }
    }

    /// Where the next cell stands.
    pub(super) fn place(&self) -> Place {
        let column = self.row.as_ref().map_or(0, |row| row.column);
        Place::Table { table: self.number, row: self.rows + 1, column: column + 1 }
    }

    /// Ends a cell of the row that is being read.
    pub(super) fn end_cell(&mut self, blocks: Vec<Block>) {
        let properties = std::mem::take(&mut self.cell);
        let Some(row) = self.row.as_mut().filter(|_| !properties.is_deleted) else { return };
        let span = properties.span.max(1);
        let (column, down) = (row.column, properties.down);
        row.column = row.column.saturating_add(span);
        match row.cells.last_mut().filter(|_| properties.across == Some(Merge::GoesOn)) {
            // Word shows nothing of what is in it.
            Some(first) => first.span += span,
            None => row.cells.push(InRow { column, span, down, blocks }),
        }
    }

    /// Ends the row that is being read.
    ///
    /// # Errors
    /// The table has more squares than are read.
    pub(super) fn end_row(&mut self) -> Result<(), Unread> {
        let Some(row) = self.row.take().filter(|row| !row.is_left_out) else { return Ok(()) };
        let end = row.cells.last().map_or(0, |cell| cell.column + cell.span);
        self.columns = self.columns.max(end);
        if (self.rows + 1).saturating_mul(self.columns) > Limit::Pieces.most() {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        self.open.resize(self.columns, None);
        let merged = self.go_on(&row);
        for cell in row.cells {
            let squares = cell.column..cell.column + cell.span;
            let is_merged = merged.get(squares.clone()).is_some_and(|merged| merged.contains(&true));
            if cell.down == Some(Merge::GoesOn) && is_merged {
                continue;
            }
            let index = cell.down.map(|_| self.cells.len());
            self.open.get_mut(squares).into_iter().flatten().for_each(|open| *open = index);
            let (row, column, colspan) = (self.rows, cell.column, cell.span);
            self.cells.push(Read { row, column, rowspan: 1, colspan, blocks: cell.blocks });
        }
        self.rows += 1;
        Ok(())
    }

    /// Lets the merged cells of the row before go on into this one, and forgets those that do not; gives the columns which
    /// they cover. One of which only the first columns go on becomes as narrow as those: its squares must be a rectangle, and
    /// no square may be of two cells.
    fn go_on(&mut self, row: &Row) -> Vec<bool> {
        let mut asked = vec![false; self.columns];
        for cell in row.cells.iter().filter(|cell| cell.down == Some(Merge::GoesOn)) {
            asked.get_mut(cell.column..cell.column + cell.span).into_iter().flatten().for_each(|asked| *asked = true);
        }
        let mut covered = vec![false; self.columns];
        let before = std::mem::replace(&mut self.open, vec![None; self.columns]);
        for column in 0..self.columns {
            let Some(index) = before.get(column).copied().flatten() else { continue };
            let Some(cell) = self.cells.get_mut(index).filter(|cell| cell.column == column) else { continue };
            let wide = asked.iter().skip(column).take(cell.colspan).take_while(|asked| **asked).count();
            if wide == 0 {
                continue;
            }
            cell.colspan = wide;
            cell.rowspan = self.rows + 1 - cell.row;
            covered.get_mut(column..column + wide).into_iter().flatten().for_each(|covered| *covered = true);
            self.open.get_mut(column..column + wide).into_iter().flatten().for_each(|open| *open = Some(index));
        }
        covered
    }

    /// What the table is: a grid with what stands within its cells after it, or text.
    pub(super) fn end(self) -> Vec<Block> {
        if self.is_layout() {
            return self.cells.into_iter().flat_map(|cell| cell.blocks).collect();
        }
        let (mut grid, mut after) = (Grid { rows: self.rows, columns: self.columns, ..Grid::default() }, Vec::new());
        for cell in self.cells {
            let Read { row, column, rowspan, colspan, blocks } = cell;
            let place = Place::Table { table: self.number, row: row + 1, column: column + 1 };
            let mut words: Vec<String> = Vec::new();
            for block in blocks {
                match block {
                    Block::Paragraph(paragraph) => words.push(paragraph.text()),
                    Block::Grid(_) => after.push(block),
                }
            }
            grid.cells.push(Cell { row, column, rowspan, colspan, text: words.join("\n"), place });
        }
        if grid.cells.is_empty() {
            return after;
        }
        std::iter::once(Block::Grid(grid)).chain(after).collect()
    }

    /// Whether the table only lays out what is in it: the tables within it are larger than it is, or it is one column of text.
    fn is_layout(&self) -> bool {
        let blocks = || self.cells.iter().flat_map(|cell| &cell.blocks);
        let within =
            blocks().map(|block| if let Block::Grid(grid) = block { grid.cells.len() } else { 0 }).sum::<usize>();
        let is_text = |cell: &Read| {
            let lengths = cell.blocks.iter().map(|block| match block {
                Block::Paragraph(paragraph) => {
                    paragraph.lines.iter().map(|line| line.text.chars().count()).sum::<usize>()
                }
                Block::Grid(_) => 0,
            });
            cell.blocks.len() > 1 && lengths.sum::<usize>() >= LONG
        };
        within > 0 && within >= self.cells.len() || self.columns == 1 && self.cells.iter().any(is_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_refused_as_soon_as_it_has_too_many_squares() {
        let mut table = Table::new(1, 0);
        let mut row = |cells: usize| {
            table.row = Some(Row::default());
            for _ in 0..cells {
                table.cell.span = 1000;
                table.end_cell(Vec::new());
            }
            table.end_row()
        };
        assert_eq!([row(1000), row(1), row(1)], [Ok(()), Ok(()), Err(Unread::TooLarge(Limit::Pieces))]);
    }

    #[test]
    fn columns_are_counted_within_reason() {
        let counts = [Some("2"), Some(" 3 "), Some("99999999999"), Some("-1"), Some("x"), None].map(columns);
        assert_eq!(counts, [Some(2), Some(3), Some(1000), None, None, None]);
    }
}
