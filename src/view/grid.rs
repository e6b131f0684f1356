//! Tables as word processors want them: rows in which every square of the grid is accounted for, so that a cell of several rows is
//! named in each of them. In: the cells of a block; out: [`WholeRow`]s.

use serde::{Deserialize, Serialize};

use crate::form::Key;
use crate::form::grid::{CellRole, GridBlock, GridCell};

/// A row, whole.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WholeRow {
    /// Whether it is a row of column heads, which belong on every page that the block runs over.
    pub head: bool,
    /// The cells that stand in it, from left to right.
    pub cells: Vec<WholeCell>,
}

/// A cell as far as it stands in a row.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct WholeCell {
    /// What stands in it; empty where it goes on from above.
    pub text: String,
    /// The key of the fact that stands in it; templates have no use for it.
    #[serde(skip)]
    pub key: Option<Key>,
    /// How many columns it takes.
    pub colspan: usize,
    /// How many rows it takes.
    pub rowspan: usize,
    /// Whether it began in a row above.
    pub continued: bool,
    /// What the cell is.
    pub role: CellRole,
    /// Its left edge, as the sum of the relative widths of the columns before it.
    pub from: u64,
    /// Its right edge, likewise.
    pub to: u64,
}

/// The rows of a block on columns of these relative widths; `text` is what stands in a cell.
pub(super) fn rows(block: &GridBlock, widths: &[u32], text: impl Fn(&GridCell) -> String) -> Vec<WholeRow> {
    let edges = edges(widths);
    // For each column, the cell from above that goes on in it, and for how many rows more.
    let mut open: Vec<Option<(&GridCell, usize)>> = vec![None; widths.len()];
    let rows = block.head.iter().map(|row| (true, row)).chain(block.body.iter().map(|row| (false, row)));
    let mut whole = Vec::new();
    for (head, row) in rows {
        let (mut own, mut cells, mut column) = (row.iter(), Vec::new(), 0);
        while column < widths.len() {
            let (cell, left) = match open[column].take() {
                Some(above) => above,
                None => match own.next() {
                    Some(cell) => (cell, cell.rowspan),
                    None => break,
                },
            };
            let continued = left < cell.rowspan;
            let to = (column + cell.colspan).min(widths.len());
            cells.push(WholeCell {
                text: if continued { String::new() } else { text(cell) },
                key: cell.key.clone(),
                colspan: cell.colspan,
                rowspan: cell.rowspan,
                continued,
                role: cell.role,
                from: edges[column],
                to: edges[to],
            });
            open[column] = (left > 1).then(|| (cell, left - 1));
            column = to;
        }
        whole.push(WholeRow { head, cells });
    }
    whole
}

/// The edges between columns of these widths, with those of the table itself.
pub(super) fn edges(widths: &[u32]) -> Vec<u64> {
    let next = |sum: &mut u64, width: &u32| {
        *sum += u64::from(*width);
        Some(*sum)
    };
    std::iter::once(0).chain(widths.iter().scan(0, next)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::files;

    /// Every row of every table of every form fills its columns, and a cell goes on only below where it began.
    #[test]
    fn rows_tile_the_grid() {
        for name in files::names(None) {
            let form = files::load(&name, None, None).expect("a form");
            for table in &form.tables {
                for block in &table.grid.blocks {
                    let rows = rows(block, &table.widths, |cell| cell.label.clone());
                    assert_eq!(rows.len(), block.head.len() + block.body.len());
                    let mut above: Vec<(u64, u64, usize)> = Vec::new();
                    for row in &rows {
                        assert_eq!(row.cells.first().map(|cell| cell.from), Some(0));
                        assert_eq!(
                            row.cells.last().map(|cell| cell.to),
                            Some(table.widths.iter().map(|w| u64::from(*w)).sum())
                        );
                        assert!(row.cells.is_sorted_by(|left, right| left.to == right.from));
                        let goes_on = |cell: &WholeCell| {
                            above.iter().any(|(from, to, left)| (*from, *to) == (cell.from, cell.to) && *left > 0)
                        };
                        assert!(row.cells.iter().all(|cell| cell.continued == goes_on(cell)), "{name}");
                        let left = |cell: &WholeCell| {
                            above
                                .iter()
                                .find(|(from, ..)| cell.continued && *from == cell.from)
                                .map_or(cell.rowspan, |(.., left)| *left)
                                - 1
                        };
                        above = row.cells.iter().map(|cell| (cell.from, cell.to, left(cell))).collect();
                    }
                    assert!(above.iter().all(|(.., left)| *left == 0), "{name}: a cell goes on below the table");
                }
            }
        }
    }
}
