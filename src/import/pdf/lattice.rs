//! From ruled lines to tables. In: the level and upright lines of a page; out: [`Lattice`]s, their columns, rows and cells; where
//! no line parts two squares, they are one cell.

use super::marks::{Axis, Segment};
use crate::import::blocks::{Limit, Unread};

/// How many squares all tables of a file may have, with those that are counted again when a line proves to part nothing.
pub(super) const SQUARES: usize = 600_000;

/// Lines that run beside each other this close are one, drawn in parts.
const SNAP: f32 = 1.6;
/// A gap this small does not interrupt a line.
const GAP: f32 = 3.0;
/// A line that ends this close to another one touches it.
const TOUCH: f32 = 2.5;
/// Lines this close are the two of a double line.
const DOUBLE: f32 = 3.0;
/// How far upright lines must run past the last level one for a row without a bottom line.
const OPEN: f32 = 6.0;
/// How far from a table a line may stand that is its outer side.
const BESIDE: f32 = 150.0;
/// How much of a square's side must be drawn for it to be parted from the next one.
const DRAWN: f32 = 0.8;
/// How many tables a page may have.
const TABLES: usize = 100;
/// How many times two lines are compared.
const COMPARISONS: usize = 60_000_000;

/// A ruled table.
#[derive(Clone, Debug, Default)]
pub(super) struct Lattice {
    /// The sides of its columns, from left to right.
    pub xs: Vec<f32>,
    /// The sides of its rows, from top to bottom.
    pub ys: Vec<f32>,
    /// Its cells, by rows.
    pub frames: Vec<Frame>,
    /// The number of the cell that each square belongs to, by rows.
    squares: Vec<usize>,
}

/// A cell, at the first row and column that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its first row.
    pub row: usize,
    /// Its first column.
    pub column: usize,
    /// How many rows it covers.
    pub rowspan: usize,
    /// How many columns it covers.
    pub colspan: usize,
}

impl Lattice {
    /// The cell in which a point lies.
    pub(super) fn frame_at(&self, (x, y): (f32, f32)) -> Option<usize> {
        if self.xs.first().is_none_or(|left| x < *left) || self.ys.first().is_none_or(|top| y < *top) {
            return None;
        }
        let column = index_of(&self.xs, x)?;
        let row = index_of(&self.ys, y)?;
        self.squares.get(row * self.columns() + column).copied()
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        self.xs.len().saturating_sub(1)
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.ys.len().saturating_sub(1)
    }

    /// The room that it takes.
    pub(super) fn area(&self) -> f32 {
        extent(&self.xs) * extent(&self.ys)
    }

    /// Its upper left corner.
    pub(super) fn corner(&self) -> (f32, f32) {
        (self.xs.first().copied().unwrap_or_default(), self.ys.first().copied().unwrap_or_default())
    }
}

fn extent(sides: &[f32]) -> f32 {
    sides.last().zip(sides.first()).map_or(0.0, |(last, first)| last - first)
}

fn index_of(sides: &[f32], at: f32) -> Option<usize> {
    let after = sides.partition_point(|side| *side <= at);
    (after > 0 && after < sides.len()).then(|| after - 1)
}

/// The tables of a page, the smallest first, so that one within another is met before it. Their squares are taken from those that
/// are left.
///
/// # Errors
/// There are more lines than a page of tables has, or more squares than are left.
pub(super) fn find(segments: &[Segment], squares: &mut usize) -> Result<Vec<Lattice>, Unread> {
    let of = |axis| merge(segments.iter().filter(|segment| segment.axis == axis).copied().collect());
    let mut lattices = Vec::new();
    for (level, upright) in parts(of(Axis::Level), of(Axis::Upright))? {
        lattices.extend(lattice(level, upright, squares)?);
    }
    if lattices.len() > TABLES {
        return Err(too_many());
    }
    lattices.sort_by(|one, other| one.area().total_cmp(&other.area()));
    Ok(lattices)
}

fn too_many() -> Unread {
    Unread::TooLarge(Limit::Pieces)
}

/// Lines drawn in parts as whole ones, from the first to the last.
fn merge(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by(|one, other| one.at.total_cmp(&other.at).then(one.from.total_cmp(&other.from)));
    let mut merged: Vec<Segment> = Vec::new();
    for group in runs(&segments, |first, next| next.at - first.at <= SNAP) {
        let mut group = group.to_vec();
        group.sort_by(|one, other| one.from.total_cmp(&other.from));
        let mut weight = 0.0;
        for segment in group {
            let length = segment.to - segment.from;
            match merged.last_mut().filter(|last| segment.from <= last.to + GAP) {
                Some(last) if weight > 0.0 => {
                    // A long line says better than a short one where it stands.
                    last.at += (segment.at - last.at) * length / (weight + length).max(f32::MIN_POSITIVE);
                    last.to = last.to.max(segment.to);
                    weight += length;
                }
                _ => {
                    merged.push(segment);
                    weight = length.max(f32::MIN_POSITIVE);
                }
            }
        }
    }
    merged.sort_by(|one, other| one.at.total_cmp(&other.at).then(one.from.total_cmp(&other.from)));
    merged
}

/// Runs of items that each belong to the first of their run.
fn runs<T>(items: &[T], belongs: impl Fn(&T, &T) -> bool) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let length = rest.iter().position(|item| !belongs(first, item)).unwrap_or(rest.len()).max(1);
        let (run, after) = rest.split_at(length);
        rest = after;
        Some(run)
    })
}

/// Lines that cross or touch, level and upright ones.
type Part = (Vec<Segment>, Vec<Segment>);

/// Parts the lines into those that hang together.
fn parts(level: Vec<Segment>, upright: Vec<Segment>) -> Result<Vec<Part>, Unread> {
    let mut links = Links::new(level.len() + upright.len());
    let mut comparisons = COMPARISONS;
    for (number, line) in upright.iter().enumerate() {
        let first = level.partition_point(|other| other.at < line.from - TOUCH);
        for (other, crossed) in level.iter().enumerate().skip(first) {
            if crossed.at > line.to + TOUCH {
                break;
            }
            comparisons = comparisons.checked_sub(1).ok_or_else(too_many)?;
            if crossed.from - TOUCH <= line.at && line.at <= crossed.to + TOUCH {
                links.join(other, level.len() + number);
            }
        }
    }
    let mut parts: Vec<Part> = vec![Part::default(); level.len() + upright.len()];
    let count = level.len();
    for (number, line) in level.into_iter().enumerate() {
        if let Some(part) = parts.get_mut(links.root(number)) {
            part.0.push(line);
        }
    }
    for (number, line) in upright.into_iter().enumerate() {
        if let Some(part) = parts.get_mut(links.root(count + number)) {
            part.1.push(line);
        }
    }
    let (mut tables, lone): (Vec<Part>, Vec<Part>) = parts
        .into_iter()
        .partition(|(level, upright)| level.len() + upright.len() >= 4 && !level.is_empty() && !upright.is_empty());
    let lone: Vec<Segment> =
        lone.into_iter().filter(|(level, _)| level.is_empty()).flat_map(|(_, upright)| upright).collect();
    for table in &mut tables {
        comparisons = comparisons.checked_sub(lone.len()).ok_or_else(too_many)?;
        adjoin(table, &lone);
    }
    Ok(tables)
}

/// Adds a line that runs beside a table from its top to its bottom: the outer side of a cell as high as the page, which no level
/// line touches there.
fn adjoin((level, upright): &mut Part, lone: &[Segment]) {
    let reach =
        |lines: &[Segment], of: fn(&Segment) -> f32, pick: fn(f32, f32) -> f32| lines.iter().map(of).reduce(pick);
    let top = reach(upright, |line| line.from, f32::min).zip(reach(level, |line| line.at, f32::min));
    let bottom = reach(upright, |line| line.to, f32::max).zip(reach(level, |line| line.at, f32::max));
    let sides = reach(upright, |line| line.at, f32::min).zip(reach(upright, |line| line.at, f32::max));
    let (Some((top, first)), Some((bottom, last)), Some((left, right))) = (top, bottom, sides) else { return };
    let (top, bottom) = (top.min(first), bottom.max(last));
    let beside = |line: &&Segment| (line.from - top).abs() < OPEN && (line.to - bottom).abs() < OPEN;
    let before =
        lone.iter().filter(beside).filter(|line| line.at < left).max_by(|one, other| one.at.total_cmp(&other.at));
    let after =
        lone.iter().filter(beside).filter(|line| line.at > right).min_by(|one, other| one.at.total_cmp(&other.at));
    upright.extend(before.filter(|line| left - line.at < BESIDE));
    upright.extend(after.filter(|line| line.at - right < BESIDE));
}

/// Which things hang together.
struct Links(Vec<usize>);

impl Links {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut thing: usize) -> usize {
        while let Some(&next) = self.0.get(thing).filter(|next| **next != thing) {
            let after = self.0.get(next).copied().unwrap_or(next);
            if let Some(slot) = self.0.get_mut(thing) {
                *slot = after;
            }
            thing = after;
        }
        thing
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(slot) = self.0.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }
}

/// The table that lines make; `None` if they make a single frame or none.
fn lattice(mut level: Vec<Segment>, mut upright: Vec<Segment>, left: &mut usize) -> Result<Option<Lattice>, Unread> {
    close(&mut level, &upright, Axis::Level);
    close(&mut upright, &level, Axis::Upright);
    let (mut ys, mut xs) = (sides(&level), sides(&upright));
    loop {
        let count = ys.len().saturating_sub(1).checked_mul(xs.len().saturating_sub(1)).ok_or_else(too_many)?;
        if count < 2 {
            return Ok(None);
        }
        *left = left.checked_sub(count).ok_or_else(too_many)?;
        let below = Parted::new(&level, &ys, &xs);
        let beside = Parted::new(&upright, &xs, &ys);
        let (rows, columns) = (below.useless(), beside.useless());
        if rows.is_empty() && columns.is_empty() {
            let lattice = cells(xs, ys, &below, &beside);
            return Ok(Some(lattice).filter(|lattice| lattice.frames.len() > 1));
        }
        drop_at(&mut ys, &rows);
        drop_at(&mut xs, &columns);
    }
}

fn drop_at(sides: &mut Vec<f32>, numbers: &[usize]) {
    let mut number = 0;
    sides.retain(|_| {
        number += 1;
        numbers.binary_search(&(number - 1)).is_err()
    });
}

/// Draws the outer lines that are missing where others run past the last one: the bottom of a page that ends within a table.
fn close(lines: &mut Vec<Segment>, across: &[Segment], axis: Axis) {
    let ends = |end: fn(&Segment) -> f32, pick: fn(f32, f32) -> f32| across.iter().map(end).reduce(pick);
    let (Some(first), Some(last)) = (ends(|line| line.from, f32::min), ends(|line| line.to, f32::max)) else { return };
    let (Some(from), Some(to)) = (ends(|line| line.at, f32::min), ends(|line| line.at, f32::max)) else { return };
    let stands = |pick: fn(f32, f32) -> f32| lines.iter().map(|line| line.at).reduce(pick);
    let (Some(top), Some(bottom)) = (stands(f32::min), stands(f32::max)) else { return };
    let reached = |at: f32, end: fn(&Segment) -> f32| {
        let reaching = || across.iter().filter(|line| (end(line) - at).abs() < GAP);
        let at_side = |side: f32| reaching().any(|line| (line.at - side).abs() < GAP);
        reaching().count() >= 3 || (to - from > OPEN && at_side(from) && at_side(to))
    };
    if last > bottom + OPEN && reached(last, |line| line.to) {
        lines.push(Segment { axis, at: last, from, to });
    }
    if first < top - OPEN && reached(first, |line| line.from) {
        lines.push(Segment { axis, at: first, from, to });
    }
}

/// Where the lines stand, double ones once.
fn sides(lines: &[Segment]) -> Vec<f32> {
    let mut at: Vec<f32> = lines.iter().map(|line| line.at).collect();
    at.sort_by(f32::total_cmp);
    runs(&at, |first, next| next - first <= DOUBLE).map(|run| run.iter().sum::<f32>() / run.len() as f32).collect()
}

/// Which squares are parted by lines of one direction.
struct Parted {
    /// How many squares lie along a line.
    along: usize,
    /// For each line but the outer ones, for each square beside it, whether it is parted there.
    parted: Vec<bool>,
}

impl Parted {
    fn new(lines: &[Segment], at: &[f32], along: &[f32]) -> Self {
        let squares = along.len().saturating_sub(1);
        let mut parted = vec![false; squares * at.len().saturating_sub(2)];
        for line in lines {
            let number = at.partition_point(|side| *side < line.at - DOUBLE);
            let nearest = (number..at.len())
                .take_while(|number| at.get(*number).is_some_and(|side| *side <= line.at + DOUBLE))
                .min_by(|one, other| (at[*one] - line.at).abs().total_cmp(&(at[*other] - line.at).abs()));
            let Some(inner) = nearest.and_then(|number| number.checked_sub(1)) else { continue };
            let first = along.partition_point(|side| *side < line.from).saturating_sub(1);
            for (square, sides) in along.windows(2).enumerate().skip(first) {
                let &[from, to] = sides else { break };
                if from > line.to {
                    break;
                }
                let drawn = line.to.min(to) - line.from.max(from);
                if drawn >= DRAWN * (to - from) || drawn >= to - from - 4.0 && drawn > 0.0 {
                    parted.get_mut(inner * squares + square).into_iter().for_each(|parted| *parted = true);
                }
            }
        }
        Self { along: squares, parted }
    }

    fn is(&self, inner: usize, square: usize) -> bool {
        self.parted.get(inner * self.along + square).copied().unwrap_or(false)
    }

    /// The lines that part nothing, counted with the outer ones.
    fn useless(&self) -> Vec<usize> {
        let inner = self.parted.chunks(self.along.max(1)).enumerate();
        inner.filter(|(_, parted)| !parted.contains(&true)).map(|(number, _)| number + 1).collect()
    }
}

/// Joins the squares that no line parts.
fn cells(xs: Vec<f32>, ys: Vec<f32>, below: &Parted, beside: &Parted) -> Lattice {
    let (rows, columns) = (ys.len().saturating_sub(1), xs.len().saturating_sub(1));
    let mut links = Links::new(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let square = row * columns + column;
            if column + 1 < columns && !beside.is(column, row) {
                links.join(square, square + 1);
            }
            if row + 1 < rows && !below.is(row, column) {
                links.join(square, square + columns);
            }
        }
    }
    let mut regions: Vec<Vec<usize>> = vec![Vec::new(); rows * columns];
    for square in 0..rows * columns {
        regions.get_mut(links.root(square)).into_iter().for_each(|region| region.push(square));
    }
    let mut frames: Vec<Frame> = regions.iter().flat_map(|region| rectangles(region, columns)).collect();
    frames.sort_by_key(|frame| (frame.row, frame.column));
    let mut squares = vec![usize::MAX; rows * columns];
    for (number, frame) in frames.iter().enumerate() {
        for row in frame.row..frame.row + frame.rowspan {
            let start = row * columns + frame.column;
            squares.iter_mut().skip(start).take(frame.colspan).for_each(|square| *square = number);
        }
    }
    Lattice { xs, ys, frames, squares }
}

/// A region of squares, in their order, as rectangles: one, unless lines are missing within a table.
fn rectangles(region: &[usize], columns: usize) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    let mut rest = region;
    while let Some(first) = rest.first() {
        let (row, column) = (first / columns, first % columns);
        let colspan =
            rest.iter().zip(column..columns).take_while(|(square, at)| **square == row * columns + at).count();
        rest = rest.get(colspan.max(1)..).unwrap_or_default();
        let above = frames
            .iter_mut()
            .rev()
            .take(columns)
            .find(|frame| frame.column == column && frame.colspan == colspan && frame.row + frame.rowspan == row);
        match above {
            Some(frame) => frame.rowspan += 1,
            None => frames.push(Frame { row, column, rowspan: 1, colspan }),
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(at: f32, from: f32, to: f32) -> Segment {
        Segment { axis: Axis::Level, at, from, to }
    }

    fn upright(at: f32, from: f32, to: f32) -> Segment {
        Segment { axis: Axis::Upright, at, from, to }
    }

    /// Three columns and two rows of 100 by 20 points.
    fn plain() -> Vec<Segment> {
        let level = [0.0, 20.0, 40.0].map(|y| level(y, 0.0, 300.0));
        let upright = [0.0, 100.0, 200.0, 300.0].map(|x| upright(x, 0.0, 40.0));
        level.into_iter().chain(upright).collect()
    }

    fn one(segments: &[Segment]) -> Lattice {
        let mut lattices = find(segments, &mut SQUARES.clone()).unwrap();
        assert_eq!(lattices.len(), 1, "{lattices:?}");
        lattices.remove(0)
    }

    fn spans(lattice: &Lattice) -> Vec<(usize, usize, usize, usize)> {
        lattice.frames.iter().map(|f| (f.row, f.column, f.rowspan, f.colspan)).collect()
    }

    #[test]
    fn lines_make_squares() {
        let lattice = one(&plain());
        assert_eq!((lattice.rows(), lattice.columns(), lattice.frames.len()), (2, 3, 6));
        assert_eq!(lattice.frame_at((150.0, 30.0)), Some(4));
        assert_eq!(lattice.frame_at((350.0, 30.0)), None);
    }

    #[test]
    fn squares_that_no_line_parts_are_one_cell() {
        let mut lines = plain();
        lines.retain(|line| !(line.axis == Axis::Upright && line.at == 100.0));
        lines.push(upright(100.0, 20.0, 40.0));
        lines.retain(|line| !(line.axis == Axis::Level && line.at == 20.0));
        lines.push(level(20.0, 0.0, 200.0));
        assert_eq!(spans(&one(&lines)), [(0, 0, 1, 2), (0, 2, 2, 1), (1, 0, 1, 1), (1, 1, 1, 1)]);
    }

    #[test]
    fn lines_drawn_in_parts_are_whole() {
        let mut lines = plain();
        lines.retain(|line| line.axis == Axis::Upright);
        for y in [0.0, 20.0, 40.0] {
            lines.extend([0.0, 100.0, 200.0].map(|x| level(y + x / 200.0, x + 1.0, x + 99.0)));
        }
        assert_eq!(one(&lines).frames.len(), 6);
    }

    #[test]
    fn dotted_lines_are_lines() {
        let mut lines = plain();
        lines.retain(|line| line.at != 20.0);
        lines.extend((0..75).map(|n| level(20.0, 4.0 * n as f32, 4.0 * n as f32 + 2.0)));
        assert_eq!(one(&lines).frames.len(), 6);
    }

    #[test]
    fn a_row_without_a_bottom_line_is_a_row() {
        let mut lines = plain();
        lines.retain(|line| !(line.axis == Axis::Level && line.at == 40.0));
        let lattice = one(&lines);
        assert_eq!((lattice.rows(), lattice.frames.len()), (2, 6));
        lines.retain(|line| line.axis == Axis::Level || line.at == 0.0 || line.at == 300.0);
        assert_eq!(one(&lines).rows(), 2, "the two outer lines are enough");
    }

    #[test]
    fn a_line_beside_a_table_is_its_outer_side() {
        let mut lines = plain();
        lines.push(upright(-50.0, -1.0, 41.0));
        let lattice = one(&lines);
        assert_eq!(lattice.frames.first(), Some(&Frame { row: 0, column: 0, rowspan: 2, colspan: 1 }));
        lines.push(upright(-90.0, -1.0, 80.0));
        assert_eq!(one(&lines).columns(), 4, "not one of another height");
    }

    #[test]
    fn an_underline_within_a_cell_parts_nothing() {
        let mut lines = plain();
        lines.extend([level(15.0, 2.0, 70.0), upright(50.0, 2.0, 12.0)]);
        assert_eq!(one(&lines).frames.len(), 6);
    }

    #[test]
    fn what_is_no_rectangle_is_parted_into_such() {
        let mut lines = plain();
        // The first row is open to the square below its first one.
        lines.retain(|line| !(line.axis == Axis::Upright && (line.at == 100.0 || line.at == 200.0)));
        lines.extend([upright(100.0, 20.0, 40.0), upright(200.0, 20.0, 40.0)]);
        lines.retain(|line| !(line.axis == Axis::Level && line.at == 20.0));
        lines.push(level(20.0, 100.0, 300.0));
        assert_eq!(spans(&one(&lines)), [(0, 0, 1, 3), (1, 0, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1)]);
    }

    #[test]
    fn a_frame_around_a_text_is_no_table() {
        let lines =
            [level(0.0, 0.0, 300.0), level(40.0, 0.0, 300.0), upright(0.0, 0.0, 40.0), upright(300.0, 0.0, 40.0)];
        assert!(find(&lines, &mut SQUARES.clone()).unwrap().is_empty());
    }

    #[test]
    fn a_table_within_another_comes_first() {
        let mut lines = plain();
        lines.extend([5.0, 10.0, 15.0].map(|y| level(y, 110.0, 190.0)));
        lines.extend([110.0, 150.0, 190.0].map(|x| upright(x, 5.0, 15.0)));
        let lattices = find(&lines, &mut SQUARES.clone()).unwrap();
        assert_eq!(lattices.iter().map(|l| l.frames.len()).collect::<Vec<_>>(), [4, 6]);
    }

    #[test]
    fn double_lines_are_one() {
        let mut lines = plain();
        lines.extend([level(22.0, 0.0, 300.0), upright(102.0, 0.0, 40.0)]);
        assert_eq!(one(&lines).frames.len(), 6);
    }

    #[test]
    fn a_sheet_of_hatching_is_refused() {
        let lines = (0..9000).map(|n| level(n as f32 * 4.0, 0.0, 40_000.0));
        let lines: Vec<_> = lines.chain((0..9000).map(|n| upright(n as f32 * 4.0, 0.0, 40_000.0))).collect();
        assert_eq!(find(&lines, &mut SQUARES.clone()).unwrap_err(), Unread::TooLarge(Limit::Pieces));
    }
}
