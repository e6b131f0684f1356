//! Tables. In: a table of the tree; out: its [`Grid`], with each cell where the rules of HTML for forming a table put it.

use super::super::blocks::{Cell, Grid, Limit, Place};
use super::element::{Element, Role};
use super::passage::{Passage, Said, Tally, cell};
use super::tree::{Id, Tree};

/// How many squares a grid may have.
const SQUARES: usize = 200_000;

/// How many squares may be covered while cells are put where they belong, before columns that nobody needs are cut off.
const COVERED: usize = 2_000_000;

/// Rows that belong together.
struct Group {
    /// Whether they are the head, the foot, or neither.
    role: Role,
    /// The rows.
    rows: Vec<Id>,
}

/// Reads a table: what stands above it, and its cells.
///
/// # Errors
/// A table of too many squares.
pub(super) fn table(tree: &Tree, id: Id, number: usize, tally: &mut Tally) -> Result<(Vec<Said>, Grid), Limit> {
    let mut captions = Passage::default();
    let mut groups: Vec<Group> = Vec::new();
    for (child, element) in tree.elements(id) {
        match element.role {
            Role::Caption => {
                tree.walk(child).for_each(|step| captions.step(tree, step));
                captions.end();
            }
            Role::Row => groups.push(Group { role: Role::Body, rows: vec![child] }),
            role @ (Role::Head | Role::Body | Role::Foot) => groups.push(Group { role, rows: rows(tree, child) }),
            _ => {}
        }
    }
    order(&mut groups);
    let mut placing = Placing { tree, number, row: 0, taken: Vec::new(), covered: 0, cells: Vec::new() };
    for group in &groups {
        let end = placing.row + group.rows.len();
        for row in &group.rows {
            placing.row(*row, end, tally)?;
        }
    }
    tally.add(captions.tally);
    Ok((captions.said, placing.grid()?))
}

/// The rows in a part of a table.
fn rows(tree: &Tree, part: Id) -> Vec<Id> {
    tree.elements(part).filter(|(_, element)| element.role == Role::Row).map(|(id, _)| id).collect()
}

/// Puts the first head first and the first foot last, where browsers show them wherever they stand.
fn order(groups: &mut [Group]) {
    if let Some(head) = groups.iter().position(|group| group.role == Role::Head) {
        groups.get_mut(..=head).into_iter().for_each(|groups| groups.rotate_right(1));
    }
    if let Some(foot) = groups.iter().position(|group| group.role == Role::Foot) {
        groups.get_mut(foot..).into_iter().for_each(|groups| groups.rotate_left(1));
    }
}

/// A table whose cells are put where they belong.
struct Placing<'a> {
    /// The page.
    tree: &'a Tree,
    /// Which table of the page it is.
    number: usize,
    /// The row that comes next.
    row: usize,
    /// Up to before which row each column is taken by a cell from above.
    taken: Vec<usize>,
    /// How many squares were covered.
    covered: usize,
    /// The cells.
    cells: Vec<Cell>,
}

impl Placing<'_> {
    /// Puts the cells of a row into its free columns. `end` is the row after the last of its part of the table.
    fn row(&mut self, id: Id, end: usize, tally: &mut Tally) -> Result<(), Limit> {
        let tree = self.tree;
        let mut column = 0;
        for (id, element) in tree.elements(id).filter(|(_, element)| element.role == Role::Cell) {
            column = self.free(column);
            let colspan = self.cover(column, element, end)?;
            let text = cell(tree, id, tally);
            let place = Place::Table { table: self.number, row: self.row + 1, column: column + 1 };
            let rowspan = self.taken.get(column).map_or(1, |until| until - self.row);
            self.cells.push(Cell { row: self.row, column, rowspan, colspan, text, place });
            column += colspan;
        }
        self.row += 1;
        Ok(())
    }

    /// The first column from one on that is not taken in this row.
    fn free(&self, column: usize) -> usize {
        let taken = self.taken.get(column..).unwrap_or_default();
        column + taken.iter().position(|until| *until <= self.row).unwrap_or(taken.len())
    }

    /// Takes the squares that a cell covers, and says how many columns those are: by the rules of HTML two cells could cover one
    /// square, where the later one gives way here.
    fn cover(&mut self, column: usize, cell: &Element, end: usize) -> Result<usize, Limit> {
        let until = match usize::from(cell.rowspan) {
            0 => end,
            rowspan => end.min(self.row + rowspan),
        };
        let columns = usize::from(cell.colspan);
        if self.taken.len() < column + columns {
            self.taken.resize(column + columns, 0);
        }
        let squares = self.taken.get_mut(column..column + columns).unwrap_or_default();
        let free = squares.iter().position(|taken| *taken > self.row).unwrap_or(columns);
        squares.iter_mut().take(free).for_each(|taken| *taken = until);
        self.covered += columns;
        if self.covered > COVERED { Err(Limit::Pieces) } else { Ok(free) }
    }

    /// The table. Columns at its right edge in which no cell begins are nobody's: sheets saved as pages have hundreds of them.
    fn grid(mut self) -> Result<Grid, Limit> {
        let columns = self.cells.iter().map(|cell| cell.column + 1).max().unwrap_or(0);
        if columns.saturating_mul(self.row) > SQUARES {
            return Err(Limit::Pieces);
        }
        self.cells.iter_mut().for_each(|cell| cell.colspan = cell.colspan.min(columns - cell.column));
        Ok(Grid { cells: self.cells, rows: self.row, columns, continues: false })
    }
}
