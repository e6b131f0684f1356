//! Tables that the end of a page tore. In: the tables of a document; out: each table whole, and its blank cells where a sheet keeps none.

use super::super::blocks::{Block, Cell, Document, Grid, Place};
use super::super::wanted::WantedTable;
use super::super::words::{Score, Words};

/// A label that is so alike to a row of the form only together with the part before it was torn.
const COMPLETE: Score = 930;

/// The tables of a document, those whole that the end of a page tore; and which of them each table of the document is part of.
pub(super) fn whole(document: &Document, wanted: &[WantedTable<'_>]) -> (Vec<Grid>, Vec<usize>) {
    let lines = || wanted.iter().flat_map(|table| &table.rows).filter_map(|row| row.kind.line());
    let is_whole = |text: &str| {
        let words = Words::of(text);
        lines().filter_map(|line| line.path.last()).any(|leaf| leaf.likeness(&words) > COMPLETE)
    };
    let (mut grids, mut parts): (Vec<Grid>, Vec<usize>) = (Vec::new(), Vec::new());
    for block in &document.blocks {
        let Block::Grid(grid) = block else { continue };
        let mut grid = grid.clone();
        fill(&mut grid);
        match grids.last_mut().filter(|before| grid.continues && before.columns == grid.columns) {
            Some(before) => go_on(before, grid, &is_whole),
            None => grids.push(grid),
        }
        parts.push(grids.len() - 1);
    }
    (grids, parts)
}

/// Puts a part of a table under the part before it. A row whose label the end of the page tore is one row again.
fn go_on(above: &mut Grid, mut below: Grid, is_whole: &dyn Fn(&str) -> bool) {
    let last = above.rows.saturating_sub(1);
    let over =
        |above: &Grid, column: usize| above.cells.iter().position(|cell| cell.covers(last) && cell.column == column);
    let first: Vec<usize> = (0..below.cells.len()).filter(|at| below.cells[*at].row == 0).collect();
    let has_words = |text: &str| text.chars().any(char::is_alphabetic);
    // The label of the row itself is the last of its labels; those before it are of groups.
    let own = first.iter().copied().filter(|at| has_words(&below.cells[*at].text));
    let own = own.max_by_key(|at| below.cells[*at].column);
    let mut is_torn = false;
    for at in &first {
        let Some(over) = over(above, below.cells[*at].column) else { continue };
        let (begun, rest) = (&above.cells[over].text, &below.cells[*at].text);
        let whole = format!("{begun}{rest}");
        if rest.trim().is_empty() || begun.trim().is_empty() || is_whole(begun) || !is_whole(&whole) {
            continue;
        }
        match own == Some(*at) {
            true => is_torn = true,
            false => {
                below.cells[*at].text.clone_from(&whole);
                above.cells[over].text = whole;
            }
        }
    }
    if is_torn {
        for at in first {
            let rest = std::mem::take(&mut below.cells[at].text);
            let Some(over) = over(above, below.cells[at].column).filter(|_| !rest.trim().is_empty()) else {
                below.cells[at].text = rest;
                continue;
            };
            let begun = &mut above.cells[over].text;
            // Two parts of a figure are no figure.
            let is_figure =
                |text: &str| text.chars().any(|c| c.is_ascii_digit()) && !text.chars().any(char::is_alphabetic);
            if !begun.is_empty() && (is_figure(begun) || is_figure(&rest)) {
                begun.push('\n');
            }
            begun.push_str(&rest);
        }
    }
    let rows = above.rows;
    above.cells.extend(below.cells.into_iter().map(|cell| Cell { row: cell.row + rows, ..cell }));
    above.rows += below.rows;
}

/// Puts blank cells where a sheet has none: it keeps only those that hold something.
fn fill(grid: &mut Grid) {
    const MOST: usize = 200_000;
    let Some(Place::Sheet(_)) = grid.cells.first().map(|cell| &cell.place) else { return };
    if grid.rows.saturating_mul(grid.columns) > MOST {
        return;
    }
    let mut taken = vec![false; grid.rows * grid.columns];
    // For each row, the first cell that covers it.
    let mut beside: Vec<Option<usize>> = vec![None; grid.rows];
    for (number, cell) in grid.cells.iter().enumerate() {
        for row in cell.row..(cell.row + cell.rowspan).min(grid.rows) {
            beside[row].get_or_insert(number);
            for column in cell.column..(cell.column + cell.colspan).min(grid.columns) {
                taken[row * grid.columns + column] = true;
            }
        }
    }
    for at in (0..taken.len()).filter(|at| !taken[*at]) {
        let (row, column) = (at / grid.columns, at % grid.columns);
        let Some(place) = grid.cells.get(beside[row].unwrap_or(0)).map(|cell| cell.place.clone()) else { continue };
        grid.cells.push(Cell { row, column, rowspan: 1, colspan: 1, text: String::new(), place });
    }
    grid.cells.sort_by_key(|cell| (cell.row, cell.column));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sheet may say that a row stands there 65,000 times, in a file of two thousand bytes: to look through all cells for each
    /// blank one would take minutes.
    #[test]
    fn the_blanks_of_many_rows_are_filled_at_once() {
        let cell = |row: usize| Cell {
            row,
            column: 0,
            rowspan: 1,
            colspan: 1,
            text: "甲".to_owned(),
            place: Place::Sheet(format!("表!A{row}")),
        };
        let rows = 65_000;
        let mut grid = Grid { rows, columns: 3, cells: (0..rows).map(cell).collect(), ..Grid::default() };
        fill(&mut grid);
        assert_eq!(grid.cells.len(), 3 * rows);
        let last = grid.cells.last().expect("a cell");
        assert_eq!((last.row, last.column, &last.place), (rows - 1, 2, &Place::Sheet(format!("表!A{}", rows - 1))));
    }
}
