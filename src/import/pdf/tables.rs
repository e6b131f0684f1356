//! Tables that a file says it has and draws no lines for. In: the rows and cells that it says, with their words and places; out:
//! a [`Grid`]. Where a row has fewer cells than others, empty ones were left out: its cells are placed by where they stand.

use crate::import::blocks::{Cell, Grid, Place};

/// How many columns are placed by where they stand.
const COLUMNS: usize = 100;
/// How many squares a table has at most.
const SQUARES: usize = 1_000_000;

/// A cell as a file says it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// How many rows it covers.
    pub rowspan: usize,
    /// How many columns it covers.
    pub colspan: usize,
    /// Its words.
    pub text: String,
    /// From where to where they reach; `None` where there are none.
    pub reach: Option<(f32, f32)>,
    /// Where it stands; the place of the table where it has no words.
    pub place: Place,
}

/// A cell and its first column.
type Set = (usize, Said);

/// The table of the rows that a file says; `None` if it has no cells, or too many.
pub(super) fn grid(rows: Vec<Vec<Said>>) -> Option<Grid> {
    let count = rows.len();
    let width = rows.iter().map(|row| row.iter().map(|said| said.colspan.min(COLUMNS)).sum::<usize>()).max()?;
    if width == 0 || width.saturating_mul(count) > SQUARES {
        return None;
    }
    let (sets, filled) = in_order(rows);
    let columns = filled.iter().copied().max()?;
    let sets = if columns <= COLUMNS && filled.iter().any(|filled| *filled < columns) {
        by_place(sets, &filled, columns)
    } else {
        sets
    };
    let cells = sets
        .into_iter()
        .enumerate()
        .flat_map(|(row, set)| set.into_iter().map(move |(column, said)| (row, column, said)));
    let cells = cells.map(|(row, column, said)| Cell {
        row,
        column,
        rowspan: said.rowspan.min(count - row).max(1),
        // As many as were reckoned with when the cells behind it were placed.
        colspan: said.colspan.min(COLUMNS).min(columns.saturating_sub(column)).max(1),
        text: said.text,
        place: said.place,
    });
    let mut cells: Vec<Cell> = cells.collect();
    let columns = cells.iter().map(|cell| cell.column + cell.colspan).max()?;
    apart(&mut cells, count, columns);
    let columns = cells.iter().map(|cell| cell.column + cell.colspan).max()?;
    Some(Grid { cells, rows: count, columns, continues: false })
}

/// Squares that cells of rows above reach into.
#[derive(Default)]
struct Covered(Vec<usize>);

impl Covered {
    fn is(&self, row: usize, column: usize) -> bool {
        self.0.get(column).is_some_and(|until| *until > row)
    }

    fn cover(&mut self, row: usize, column: usize, said: &Said) {
        let end = column + said.colspan.min(COLUMNS);
        if self.0.len() < end {
            self.0.resize(end, 0);
        }
        let until = row.saturating_add(said.rowspan);
        self.0.iter_mut().take(end).skip(column).for_each(|covered| *covered = until.max(*covered));
    }
}

/// Lets no two cells cover one square, whatever spans the file says: the later one gives way, behind the last column where no other
/// square of its row is free.
fn apart(cells: &mut [Cell], rows: usize, columns: usize) {
    let mut taken = vec![false; rows.saturating_mul(columns)];
    let mut behind = vec![columns; rows];
    for cell in cells {
        let square = |row: usize, column: usize| row * columns + column;
        let free = |taken: &[bool], column: usize| {
            column < columns && taken.get(square(cell.row, column)).is_some_and(|taken| !taken)
        };
        let Some(column) = (cell.column..columns).find(|column| free(&taken, *column)) else {
            if let Some(next) = behind.get_mut(cell.row) {
                (cell.column, cell.colspan, cell.rowspan) = (*next, 1, 1);
                *next += 1;
            }
            continue;
        };
        cell.column = column;
        let width = (cell.column..cell.column + cell.colspan).take_while(|column| free(&taken, *column)).count().max(1);
        let is_free = |row: usize| {
            (cell.column..cell.column + width).all(|column| taken.get(square(row, column)).is_some_and(|taken| !taken))
        };
        let height = (cell.row..cell.row + cell.rowspan).take_while(|row| *row < rows && is_free(*row)).count().max(1);
        (cell.colspan, cell.rowspan) = (width, height);
        for row in cell.row..cell.row + height {
            for column in cell.column..cell.column + width {
                taken.get_mut(square(row, column)).into_iter().for_each(|taken| *taken = true);
            }
        }
    }
}

/// Each cell in the first column that is free, and how many columns each row fills.
fn in_order(rows: Vec<Vec<Said>>) -> (Vec<Vec<Set>>, Vec<usize>) {
    let mut covered = Covered::default();
    let mut filled = Vec::new();
    let mut sets = Vec::new();
    for (row, said) in rows.into_iter().enumerate() {
        let mut column = 0;
        let mut set = Vec::new();
        for said in said {
            while covered.is(row, column) {
                column += 1;
            }
            covered.cover(row, column, &said);
            let next = column + said.colspan.min(COLUMNS);
            set.push((column, said));
            column = next;
        }
        filled.push((0..covered.0.len()).filter(|column| covered.is(row, *column)).count());
        sets.push(set);
    }
    (sets, filled)
}

/// Where a column stands.
#[derive(Clone, Copy, Debug)]
struct Column {
    from: f32,
    to: f32,
    /// Whether words are known to stand there, and not only what stands beside it.
    is_known: bool,
}

/// Where the columns stand, as the rows show that fill all of them. One without words lies between those beside it.
fn stands(sets: &[Vec<Set>], filled: &[usize], columns: usize) -> Vec<Column> {
    let mut reaches: Vec<Option<(f32, f32)>> = vec![None; columns];
    let full = sets.iter().zip(filled).filter(|(_, filled)| **filled == columns);
    for (column, said) in full.flat_map(|(set, _)| set).filter(|(_, said)| said.colspan == 1) {
        if let Some((reach, known)) = said.reach.zip(reaches.get_mut(*column)) {
            *known = Some(known.map_or(reach, |known| (known.0.min(reach.0), known.1.max(reach.1))));
        }
    }
    let stand = |(column, reach): (usize, &Option<(f32, f32)>)| match reach {
        Some((from, to)) => Column { from: *from, to: *to, is_known: true },
        None => {
            let before = reaches.iter().take(column).rev().find_map(|reach| *reach);
            let after = reaches.iter().skip(column).find_map(|reach| *reach);
            let (from, to) = (before.map_or(f32::MIN, |before| before.1), after.map_or(f32::MAX, |after| after.0));
            Column { from, to, is_known: false }
        }
    };
    reaches.iter().enumerate().map(stand).collect()
}

/// The cells of rows with some left out, each where it stands.
fn by_place(sets: Vec<Vec<Set>>, filled: &[usize], columns: usize) -> Vec<Vec<Set>> {
    let stands = stands(&sets, filled, columns);
    let mut covered = Covered::default();
    let mut placed = Vec::new();
    for (row, set) in sets.into_iter().enumerate() {
        let is_full = filled.get(row).is_none_or(|filled| *filled == columns);
        let free: Vec<bool> = (0..columns).map(|column| !covered.is(row, column)).collect();
        let columns = if is_full { None } else { nearest(&set, &stands, &free) };
        let columns = columns.unwrap_or_else(|| set.iter().map(|(column, _)| *column).collect());
        let set: Vec<Set> = columns.into_iter().zip(set).map(|(column, (_, said))| (column, said)).collect();
        set.iter().for_each(|(column, said)| covered.cover(row, *column, said));
        placed.push(set);
    }
    placed
}

/// The columns that cells are nearest to, keeping their order; `None` if there is no room.
fn nearest(set: &[Set], stands: &[Column], free: &[bool]) -> Option<Vec<usize>> {
    let columns = stands.len();
    // How far off the first cells are at best if they end before a column, and where the last of them begins then.
    let mut best: Vec<Vec<Option<(f32, usize)>>> = vec![vec![Some((0.0, 0)); columns + 1]];
    for (_, said) in set {
        let before = best.last()?;
        let mut row: Vec<Option<(f32, usize)>> = vec![None; columns + 1];
        for end in 1..=columns {
            let mut choice = row.get(end - 1).copied().flatten();
            let start = end.checked_sub(said.colspan);
            let room = start.filter(|start| free.get(*start..end).is_some_and(|free| free.iter().all(|free| *free)));
            if let Some((start, (cost, _))) =
                room.and_then(|start| Some((start, before.get(start).copied().flatten()?)))
            {
                let cost = cost + distance(said, stands.get(start..end).unwrap_or_default());
                if choice.is_none_or(|(least, _)| cost < least) {
                    choice = Some((cost, start));
                }
            }
            row.get_mut(end).into_iter().for_each(|slot| *slot = choice);
        }
        best.push(row);
    }
    let mut end = columns;
    let mut chosen = Vec::new();
    for row in best.iter().skip(1).rev() {
        let (_, start) = row.get(end).copied().flatten()?;
        chosen.push(start);
        end = start;
    }
    chosen.reverse();
    Some(chosen)
}

/// How far a cell's words are from the columns that it may cover.
fn distance(said: &Said, columns: &[Column]) -> f32 {
    /// What it costs to stand where only what is beside is known.
    const UNKNOWN: f32 = 1.0;
    let Some((from, to)) = said.reach else { return 0.0 };
    let start = columns.iter().map(|column| column.from).fold(f32::MAX, f32::min);
    let end = columns.iter().map(|column| column.to).fold(f32::MIN, f32::max);
    if columns.iter().all(|column| column.is_known) {
        (from - end).max(start - to).max(0.0) + 0.01 * (from + to - start - end).abs()
    } else {
        (start - from).max(to - end).max(0.0) + UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, from: f32) -> Said {
        spanning(text, from, 1, 1)
    }

    fn spanning(text: &str, from: f32, rowspan: usize, colspan: usize) -> Said {
        let reach = (!text.is_empty()).then(|| (from, from + 10.0 * text.chars().count() as f32));
        Said { rowspan, colspan, text: text.into(), reach, place: Place::Paragraph(1) }
    }

    fn shape(grid: &Grid) -> Vec<(usize, usize, &str)> {
        grid.cells.iter().map(|cell| (cell.row, cell.column, cell.text.as_str())).collect()
    }

    #[test]
    fn cells_stand_in_the_order_in_which_they_are_said() {
        let grid = grid(vec![
            vec![spanning("甲", 0.0, 2, 1), spanning("乙", 100.0, 1, 2)],
            vec![said("丙", 100.0), said("丁", 200.0)],
        ]);
        let grid = grid.unwrap();
        assert_eq!((grid.rows, grid.columns), (2, 3));
        assert_eq!(shape(&grid), [(0, 0, "甲"), (0, 1, "乙"), (1, 1, "丙"), (1, 2, "丁")]);
    }

    #[test]
    fn cells_of_a_row_with_some_left_out_stand_where_they_stand() {
        let grid = grid(vec![
            vec![said("甲", 0.0), said("乙", 100.0), said("丙", 200.0), said("丁", 300.0)],
            vec![said("子", 0.0), said("7", 205.0)],
            vec![said("8", 305.0)],
            vec![],
        ]);
        assert_eq!(shape(&grid.unwrap())[4..], [(1, 0, "子"), (1, 2, "7"), (2, 3, "8")]);
    }

    #[test]
    fn a_cell_that_is_said_to_be_wider_than_any_table_covers_no_other() {
        for rows in [
            vec![vec![spanning("甲", 0.0, 1, 300), said("7", 100.0), said("8", 200.0)], vec![said("9", 0.0)]],
            vec![vec![spanning("甲", 0.0, 2, 300)], vec![said("7", 0.0), spanning("8", 100.0, 1, 500), said("9", 0.0)]],
        ] {
            let grid = grid(rows).unwrap();
            let mut squares = std::collections::BTreeSet::new();
            for cell in &grid.cells {
                assert!(cell.column + cell.colspan <= grid.columns, "{cell:?}");
                let covered = (cell.row..cell.row + cell.rowspan)
                    .flat_map(|row| (cell.column..cell.column + cell.colspan).map(move |column| (row, column)));
                covered.for_each(|square| assert!(squares.insert(square), "{square:?} of {cell:?}"));
            }
            let texts: Vec<&str> = grid.cells.iter().map(|cell| cell.text.as_str()).collect();
            assert!(["7", "8", "9"].iter().all(|figure| texts.contains(figure)), "{texts:?}");
        }
    }

    #[test]
    fn cells_from_above_are_not_covered() {
        let grid = grid(vec![
            vec![said("甲", 0.0), said("乙", 100.0), said("丙", 200.0)],
            vec![spanning("子", 0.0, 2, 1), said("7", 105.0), said("8", 205.0)],
            vec![said("9", 205.0)],
        ]);
        assert_eq!(shape(&grid.unwrap())[6..], [(2, 2, "9")]);
    }

    #[test]
    fn two_figures_do_not_share_a_column() {
        let grid = grid(vec![
            vec![said("甲", 0.0), said("乙", 100.0), said("丙", 200.0)],
            vec![said("1", 190.0), said("2", 210.0)],
        ]);
        assert_eq!(shape(&grid.unwrap())[3..], [(1, 1, "1"), (1, 2, "2")]);
    }

    #[test]
    fn columns_of_which_no_row_shows_the_words_lie_between_the_others() {
        let grid = grid(vec![
            vec![spanning("申请", 0.0, 1, 2), said("甲", 200.0), said("乙", 250.0), said("丙", 300.0)],
            vec![spanning("一", 0.0, 2, 1), said("子子子子子子子", 90.0), said("7", 305.0)],
            vec![said("丑丑丑丑", 120.0), said("8", 205.0)],
        ]);
        assert_eq!(
            shape(&grid.unwrap())[4..],
            [(1, 0, "一"), (1, 1, "子子子子子子子"), (1, 4, "7"), (2, 1, "丑丑丑丑"), (2, 2, "8")]
        );
    }

    #[test]
    fn spans_without_end_are_cut() {
        let grid =
            grid(vec![vec![spanning("甲", 0.0, usize::MAX, 1), said("乙", 100.0)], vec![said("丙", 100.0)]]).unwrap();
        assert_eq!((grid.cells[0].rowspan, grid.columns), (2, 2));
        assert!(super::grid(vec![vec![spanning("甲", 0.0, 1, usize::MAX)]]).is_some());
    }
}
