//! A page with its ruled tables taken out. In: [`PageMarks`]; out: [`Sheet`], the tables with their words, and the characters
//! that are in none.

use super::lattice::{self, Lattice};
use super::lines::{TextLine, lines};
use super::marks::{Glyph, PageMarks, Turn};
use super::paragraphs::{Measure, Placed, paragraphs};
use crate::import::blocks::{Cell, Grid, Place, Unread, join};

/// A cell narrower than this many characters holds one paragraph, however its lines look.
const WIDE: f32 = 15.0;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Which one, from 0.
    pub page: usize,
    /// Its height.
    pub height: f32,
    /// Its ruled tables, from top to bottom.
    pub tables: Vec<Ruled>,
    /// The characters that stand in none of them.
    pub loose: Vec<Glyph>,
    /// The characters that are turned by an angle: a word across the page, which belongs nowhere.
    pub askew: Vec<Glyph>,
}

/// A ruled table.
#[derive(Debug)]
pub(super) struct Ruled {
    /// The table.
    pub grid: Grid,
    /// Its upper side.
    pub top: f32,
    /// The sides of its columns.
    pub xs: Vec<f32>,
    /// The marked content that is in it.
    pub marks: Vec<i32>,
}

impl Sheet {
    /// Takes the tables out of a page, and their squares from those that are left.
    ///
    /// # Errors
    /// It has more lines than a page of tables, or more squares than are left.
    pub(super) fn of(page: usize, marks: &PageMarks, squares: &mut usize) -> Result<Self, Unread> {
        let lattices = lattice::find(&marks.segments, squares)?;
        let mut sheet = Self { page, height: marks.height, ..Self::default() };
        let mut cells: Vec<Vec<Vec<Glyph>>> =
            lattices.iter().map(|lattice| vec![Vec::new(); lattice.frames.len()]).collect();
        for glyph in &marks.glyphs {
            let middle = glyph.middle();
            let within = || lattices.iter().enumerate().find_map(|(at, lattice)| Some((at, lattice.frame_at(middle)?)));
            let cell = if glyph.turn == Turn::Askew { None } else { within() };
            let cell = cell.and_then(|(at, frame)| cells.get_mut(at)?.get_mut(frame));
            match cell {
                Some(cell) => cell.push(*glyph),
                None if glyph.turn == Turn::Askew => sheet.askew.push(*glyph),
                None => sheet.loose.push(*glyph),
            }
        }
        sheet.tables = lattices.into_iter().zip(cells).map(|(lattice, cells)| ruled(page, lattice, &cells)).collect();
        let left = |table: &Ruled| table.xs.first().copied().unwrap_or_default();
        sheet.tables.sort_by(|one, other| one.top.total_cmp(&other.top).then(left(one).total_cmp(&left(other))));
        Ok(sheet)
    }
}

/// A place of a page, from 0.
pub(super) fn place(page: usize, x: f32, y: f32) -> Place {
    Place::Page { page: page + 1, x: x.max(0.0) as u32, y: y.max(0.0) as u32 }
}

/// The place of a line.
pub(super) fn line_place(page: usize, line: &TextLine) -> Place {
    place(page, line.left, line.top())
}

fn ruled(page: usize, lattice: Lattice, cells: &[Vec<Glyph>]) -> Ruled {
    let (_, top) = lattice.corner();
    let (rows, columns) = (lattice.rows(), lattice.columns());
    let mut marks: Vec<i32> = cells.iter().flatten().filter_map(|glyph| glyph.mark).collect();
    marks.sort_unstable();
    marks.dedup();
    let side = |sides: &[f32], at: usize| sides.get(at).copied().unwrap_or_default();
    let cell = |(frame, glyphs): (&lattice::Frame, &Vec<Glyph>)| {
        let (x, y) = (side(&lattice.xs, frame.column), side(&lattice.ys, frame.row));
        let width = side(&lattice.xs, frame.column + frame.colspan) - x;
        Cell {
            row: frame.row,
            column: frame.column,
            rowspan: frame.rowspan,
            colspan: frame.colspan,
            text: cell_text(glyphs, width),
            place: place(page, x, y),
        }
    };
    let cells = lattice.frames.iter().zip(cells).map(cell).collect();
    Ruled { grid: Grid { cells, rows, columns, continues: false }, top, xs: lattice.xs, marks }
}

/// The words of a cell. Only in a wide one does the look of its lines say where a paragraph begins.
fn cell_text(glyphs: &[Glyph], width: f32) -> String {
    let lines = lines(glyphs);
    let size = lines.iter().map(|line| line.size).reduce(f32::max).unwrap_or_default();
    if lines.len() < 3 || width < WIDE * size {
        return join(lines.iter().map(|line| line.text.as_str()));
    }
    let placed: Vec<Placed> = lines.into_iter().map(|line| (0, line)).collect();
    let measure = Measure::of(&placed);
    let paragraphs = paragraphs(placed, &measure);
    let texts = paragraphs.iter().map(|lines| join(lines.iter().map(|(_, line)| line.text.as_str())));
    texts.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pdf::lines::samples::set;

    #[test]
    fn only_wide_cells_hold_paragraphs() {
        let mut glyphs = set("一段开头", 120.0, 100.0);
        glyphs.extend(set("二段开头到头为止的一行", 120.0, 120.0));
        glyphs.extend(set("还有一行", 100.0, 140.0));
        assert_eq!(cell_text(&glyphs, 200.0), "一段开头\n二段开头到头为止的一行还有一行");
        assert_eq!(cell_text(&glyphs, 140.0), "一段开头二段开头到头为止的一行还有一行");
    }

    #[test]
    fn a_table_within_a_cell_keeps_its_words() {
        let line = |axis, at, from, to| super::super::marks::Segment { axis, at, from, to };
        use super::super::marks::Axis::{Level, Upright};
        let outer =
            [0.0, 50.0, 100.0].into_iter().flat_map(|at| [line(Level, at, 0.0, 100.0), line(Upright, at, 0.0, 100.0)]);
        let inner =
            [60.0, 75.0, 90.0].into_iter().flat_map(|at| [line(Level, at, 60.0, 90.0), line(Upright, at, 60.0, 90.0)]);
        let glyphs = set("里", 62.0, 72.0).into_iter().chain(set("外", 51.0, 60.0)).chain(set("散", 200.0, 50.0));
        let marks =
            PageMarks { segments: outer.chain(inner).collect(), glyphs: glyphs.collect(), ..PageMarks::default() };
        let sheet = Sheet::of(0, &marks, &mut 100).unwrap();
        let words: Vec<String> =
            sheet.tables.iter().map(|t| t.grid.cells.iter().map(|cell| cell.text.as_str()).collect()).collect();
        assert_eq!((words, sheet.loose.len()), (vec!["外".to_owned(), "里".to_owned()], 1));
    }
}
