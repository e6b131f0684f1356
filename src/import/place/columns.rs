//! Which columns of a table of a file are which of the form. In: the heads over the values of a block; out: [`Columns`].
//!
//! Columns that beyond doubt are those of the form are taken in any order, since some offices change it; the others only between
//! those, in the order of the form. A head that is there and is not understood forbids to read values by their order.

use super::super::align::monotone;
use super::super::wanted::{WantedBlock, WantedLine};
use super::super::words::{SAME, Score, Words};
use super::rows::mean;
use super::source::SourceTable;

/// Below this likeness a column is another one.
const FLOOR: Score = 500;
/// Above this likeness, and without a rival, a column is that of the form in whatever place it stands.
const BEYOND_DOUBT: Score = 960;
/// How much less like another must be to be no rival.
const RIVAL: Score = 30;
/// What a head counts as that ought to stand over a column and does not.
const UNSEEN: Score = 300;

/// The columns of a block in a table of a file.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// The columns with values, from left to right.
    pub units: Vec<Unit>,
}

/// A column with values, as wide as its head.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// Its first column.
    pub start: usize,
    /// The column after its last.
    pub end: usize,
    /// What its heads say, outermost first.
    pub label: String,
    /// Which column of the form it is, and whether that is sure.
    pub is: Option<(usize, bool)>,
    path: Vec<Words>,
    /// Whether its head stands over labels too.
    is_over_labels: bool,
}

impl Columns {
    /// Reads the rows of heads of a table, from the column after the labels on.
    pub(crate) fn of(source: &SourceTable<'_>, rows: &[usize], label_end: usize, block: &WantedBlock) -> Self {
        let mut columns = Self { units: units(source, rows, label_end) };
        columns.name(&block.columns);
        // A head that stands over labels and values alike was drawn in the wrong place, and so may be those beside it.
        if columns.units.iter().any(|unit| unit.is_over_labels) {
            columns.units.iter_mut().for_each(|unit| unit.is = unit.is.map(|(column, _)| (column, false)));
        }
        columns
    }

    /// Whether any of them is a column of the form.
    pub(crate) fn are_understood(&self) -> bool {
        self.units.iter().any(|unit| unit.is.is_some())
    }

    /// Where one is not known, one of the form is not there, and the others do not stand where they should, all may be shifted, and
    /// none is sure.
    pub(crate) fn doubt_if_shifted(&mut self, block: &WantedBlock) {
        let is_unknown = self.units.iter().any(|unit| unit.is.is_none());
        let found = self.units.iter().filter(|unit| unit.is.is_some()).count();
        let is_in_place = |(number, unit): (usize, &Unit)| unit.is.is_none_or(|(column, _)| column == number);
        let are_in_place = self.units.iter().enumerate().all(is_in_place);
        if is_unknown && found < block.columns.len() && !are_in_place {
            self.units.iter_mut().for_each(|unit| unit.is = unit.is.map(|(column, _)| (column, false)));
        }
    }

    /// Whether they stand in another order than in the form.
    pub(crate) fn are_reordered(&self) -> bool {
        let order: Vec<usize> = self.units.iter().filter_map(|unit| unit.is.map(|(column, _)| column)).collect();
        !order.is_sorted()
    }

    /// The column of the form that a unit is.
    fn name(&mut self, wanted: &[WantedLine]) {
        let like: Vec<Vec<Score>> =
            self.units.iter().map(|unit| wanted.iter().map(|column| likeness(&unit.path, column)).collect()).collect();
        let has_rival = |unit: usize, column: usize| {
            let best = like[unit][column];
            let near = |score: Score| score + RIVAL >= best;
            (0..wanted.len()).any(|other| other != column && near(like[unit][other]))
                || (0..like.len()).any(|other| other != unit && near(like[other][column]))
        };
        for (number, unit) in self.units.iter_mut().enumerate() {
            let is = |column: &usize| like[number][*column] > BEYOND_DOUBT && !has_rival(number, *column);
            let column = (0..wanted.len()).find(is);
            unit.is = column.map(|column| (column, says(&unit.path, &wanted[column], wanted)));
        }
        let open: Vec<usize> = (0..self.units.len()).filter(|unit| self.units[*unit].is.is_none()).collect();
        let is_taken = |column: usize| self.units.iter().any(|unit| unit.is.is_some_and(|(taken, _)| taken == column));
        let free: Vec<usize> = (0..wanted.len()).filter(|column| !is_taken(*column)).collect();
        let pairs = monotone(open.len(), free.len(), |unit, column| like[open[unit]][free[column]], FLOOR);
        for (unit, pair) in open.iter().zip(pairs) {
            let Some((column, score)) = pair else { continue };
            let column = free[column];
            // What only another column of the form has a better right to is no rival.
            let near = |other: Score| other + RIVAL >= score;
            let rivals = open.iter().filter(|other| *other != unit && near(like[**other][column])).count()
                + free.iter().filter(|other| **other != column && near(like[*unit][**other])).count();
            let says = says(&self.units[*unit].path, &wanted[column], wanted);
            self.units[*unit].is = Some((column, says && rivals == 0));
        }
    }
}

/// The columns under the lowest heads, each with the heads over it.
fn units(source: &SourceTable<'_>, rows: &[usize], label_end: usize) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut before = None;
    for column in label_end..source.grid.columns {
        let mut over: Vec<usize> = Vec::new();
        for row in rows {
            let named = source.at(*row, column).filter(|number| !source.cells[*number].words.is_empty());
            over.extend(named.filter(|number| over.last() != Some(number)));
        }
        let Some(leaf) = over.last().copied() else {
            before = None;
            continue;
        };
        match units.last_mut() {
            Some(unit) if before == Some(leaf) => unit.end = column + 1,
            _ => {
                let path = over.iter().map(|number| source.cells[*number].words.clone()).collect();
                let labels: Vec<&str> = over.iter().map(|number| source.cells[*number].cell.text.as_str()).collect();
                let label = labels.join("·");
                let is_over_labels = source.cells[leaf].cell.column < label_end;
                units.push(Unit { start: column, end: column + 1, label, is: None, path, is_over_labels });
            }
        }
        before = Some(leaf);
    }
    units
}

/// Whether heads have the words of those of a column of the form; those that are not there may only be missing where its own words are
/// those of no other column.
fn says(path: &[Words], column: &WantedLine, all: &[WantedLine]) -> bool {
    let (Some((own, above)), Some((leaf, over))) = (path.split_last(), column.path.split_last()) else {
        return column.path.is_empty();
    };
    let is_only = || {
        let mut others = all.iter().filter(|other| other.key != column.key).filter_map(|other| other.path.last());
        others.all(|other| !other.are_said_by(own))
    };
    leaf.are_said_by(own)
        && (over.iter().all(|head| above.iter().any(|words| head.are_said_by(words)))
            || (over.is_empty() || above.iter().all(|words| over.iter().any(|head| head.are_said_by(words))))
                && is_only())
}

fn likeness(path: &[Words], column: &WantedLine) -> Score {
    let (Some((own, above)), Some((leaf, over))) = (path.split_last(), column.path.split_last()) else {
        // A column without a label is found where it is the only one.
        return if column.path.is_empty() { FLOOR } else { 0 };
    };
    let own = leaf.likeness(own);
    if over.is_empty() {
        return own.min(SAME);
    }
    let seen =
        |head: &super::super::words::Wordings| above.iter().map(|words| head.likeness(words)).max().unwrap_or(UNSEEN);
    (3 * own + 2 * mean(over.iter().map(seen))) / 5
}
