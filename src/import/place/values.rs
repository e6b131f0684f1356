//! Which cell of a row holds the value of which column. In: a row and the columns of its block; out: [`Picked`] for each column.
//!
//! A cell is told by the columns that it covers and by how many cells stand before it. Where both say the same, it is sure; where a
//! row has a cell too few or too many, nothing of it is believed.

use super::columns::Columns;
use super::source::SourceCell;

/// The cell that holds the value of a column, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picked {
    /// By both ways.
    Sure(usize),
    /// By the columns that it covers; the row does not have as many cells as there are columns.
    Overlap(usize),
    /// By its order alone.
    Order(usize),
    /// The row has another number of cells than there are columns, and they do not stand under their heads.
    Ragged,
    /// No cell stands there.
    Absent,
}

/// The cells of a row that may hold values, as far as they are known by their columns.
pub(crate) struct Row<'t, 'a> {
    /// The cells, from left to right.
    pub values: Vec<&'t SourceCell<'a>>,
}

impl Row<'_, '_> {
    /// The value under each unit of known columns, by its number in `values`.
    pub(crate) fn under(&self, columns: &Columns) -> Vec<Picked> {
        let (Some(first), Some(last)) = (columns.units.first(), columns.units.last()) else { return Vec::new() };
        let tiles = self.tile(first.start, last.end);
        let as_many = self.values.len() == columns.units.len();
        let pick = |(number, unit): (usize, &super::columns::Unit)| {
            let widest =
                (0..self.values.len()).max_by_key(|at| (self.shared(*at, unit.start, unit.end), usize::MAX - at));
            let over = widest.filter(|at| self.shared(*at, unit.start, unit.end) > 0);
            let is_exact = over.is_some_and(|at| {
                let cell = self.values[at];
                (cell.cell.column, cell.end()) == (unit.start, unit.end)
            });
            match (as_many, over) {
                (true, Some(at)) if at == number => Picked::Sure(at),
                (true, _) => Picked::Order(number),
                (false, Some(at)) if tiles && is_exact => Picked::Sure(at),
                (false, Some(at)) if tiles => Picked::Overlap(at),
                (false, None) if tiles => Picked::Absent,
                (false, _) => Picked::Ragged,
            }
        };
        columns.units.iter().enumerate().map(pick).collect()
    }

    /// Whether the cells cover these columns, one beside the other, and none beyond them.
    fn tile(&self, start: usize, end: usize) -> bool {
        let mut at = start;
        for cell in &self.values {
            if cell.cell.column != at {
                return false;
            }
            at = cell.end();
        }
        at == end
    }

    fn shared(&self, at: usize, start: usize, end: usize) -> usize {
        let cell = self.values[at];
        cell.end().min(end).saturating_sub(cell.cell.column.max(start))
    }
}
