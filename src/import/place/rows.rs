//! Which row of a file is which row of a form. In: tables of a file and those of the form; out: [`Matched`], rows in the order of both,
//! each with how alike it is.

use super::super::align::monotone;
use super::super::wanted::{RowKind, WantedLine, WantedRow, WantedTable};
use super::super::words::{SAME, Score, Wordings};
use super::source::{SourceCell, SourceTable};

/// Below this likeness a row is another one.
const FLOOR: Score = 600;
/// How much less like another may be to be one that could be meant as well.
const RIVAL: Score = 50;

/// What a row of values without labels counts as.
const BARE: Score = 900;
/// What a head counts as that ought to stand over a row and does not, as where the end of a page tore a table.
const UNSEEN: Score = 550;
/// What a part of a head counts as, as where the end of a page tore a label.
const TORN: Score = 800;
/// What an empty head counts as.
const EMPTY: Score = 500;

/// A row of a table of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowAt {
    /// Which table of the file.
    pub table: usize,
    /// Which row of it.
    pub row: usize,
}

/// The rows of some tables of a file, laid beside those of a table of the form.
#[derive(Debug)]
pub(crate) struct Matched {
    /// The rows of the file.
    pub rows: Vec<RowAt>,
    /// For each, which row of the form it is.
    pub wanted: Vec<Option<(usize, Score)>>,
}

/// How sure it is which row of the form a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// Beyond doubt.
    Sure,
    /// It could be another row, or hardly has its words.
    Unlike,
    /// Another row of the file could be meant as well.
    Rival,
}

/// Lays rows of a file beside those of a table of the form.
pub(crate) fn matched(sources: &[SourceTable<'_>], which: &[usize], wanted: &WantedTable<'_>) -> Matched {
    let of_table = |table: &usize| {
        let table = *table;
        (0..sources[table].grid.rows).map(move |row| RowAt { table, row })
    };
    let rows: Vec<RowAt> = which.iter().flat_map(of_table).collect();
    let like = |i: usize, j: usize| likeness(&sources[rows[i].table], rows[i].row, &wanted.rows[j], wanted);
    let pairs = monotone(rows.len(), wanted.rows.len(), like, FLOOR);
    let mut matched = Matched { rows, wanted: pairs };
    matched.drop_doubled_groups(wanted);
    matched
}

impl Matched {
    /// A row that seems to be a whole group is none where rows of the group are there too.
    fn drop_doubled_groups(&mut self, wanted: &WantedTable<'_>) {
        let is_there = |key: &crate::form::Key| {
            self.found().any(|(_, row)| matches!(&wanted.rows[row].kind, RowKind::Values(line) if line.key == *key))
        };
        let doubled: Vec<usize> = self
            .found()
            .filter(|(_, row)| match &wanted.rows[*row].kind {
                RowKind::Group { members, .. } => members.iter().any(is_there),
                _ => false,
            })
            .map(|(at, _)| at)
            .collect();
        for at in doubled {
            self.wanted[at] = None;
        }
    }

    /// The rows that are rows of the form, and which.
    pub(crate) fn found(&self) -> impl Iterator<Item = (usize, usize)> {
        self.wanted.iter().enumerate().filter_map(|(at, pair)| pair.map(|(row, _)| (at, row)))
    }

    /// Which row of the file is a row of the form.
    pub(crate) fn row_of(&self, wanted: usize) -> Option<usize> {
        self.found().find(|(_, row)| *row == wanted).map(|(at, _)| at)
    }

    /// How sure it is which row of the form a row is.
    pub(crate) fn certainty(&self, at: usize, sources: &[SourceTable<'_>], wanted: &WantedTable<'_>) -> Certainty {
        let Some((row, score)) = self.wanted[at] else { return Certainty::Unlike };
        let like = |at: usize, row: usize| {
            likeness(&sources[self.rows[at].table], self.rows[at].row, &wanted.rows[row], wanted)
        };
        let is_values = |row: &usize| matches!(wanted.rows[*row].kind, RowKind::Values(_));
        let is_near = |other: Score| other >= FLOOR && other + RIVAL >= score;
        let mut free = (0..wanted.rows.len()).filter(|other| *other != row && is_values(other));
        if free.any(|other| self.row_of(other).is_none() && is_near(like(at, other))) {
            return Certainty::Unlike;
        }
        let mut others = (0..self.rows.len()).filter(|other| self.wanted[*other].is_none());
        let is_same = |other: usize| {
            let (leaf, at) = (wanted.rows[row].kind.line().and_then(|line| line.path.last()), self.rows[other]);
            let own = sources[at.table].row(at.row).filter(|cell| cell.is_label()).last();
            let says = leaf.zip(own).is_some_and(|(leaf, own)| leaf.are_said_by(&own.words));
            // A head may have the words of a row.
            says && sources[at.table].has_figure(at.row)
        };
        let is_meant = |other: &usize| is_near(like(*other, row)) || is_same(*other);
        if others.any(|other| is_meant(&other) && !self.same_values(at, other, sources)) {
            return Certainty::Rival;
        }
        let RowAt { table, row: source_row } = self.rows[at];
        match says(&sources[table], source_row, &wanted.rows[row], wanted) {
            true => Certainty::Sure,
            false => Certainty::Unlike,
        }
    }

    fn same_values(&self, a: usize, b: usize, sources: &[SourceTable<'_>]) -> bool {
        let looks = |at: usize| {
            let RowAt { table, row } = self.rows[at];
            let values = sources[table].row(row).filter(|cell| !cell.is_label());
            values.map(|cell| cell.look.clone()).collect::<Vec<_>>()
        };
        looks(a) == looks(b)
    }
}

/// Whether the labels of a row of a file have the words of a row of the form, and not only much of them: a label of another meaning may
/// be as like as one with a character wrong.
fn says(source: &SourceTable<'_>, row: usize, wanted: &WantedRow, table: &WantedTable<'_>) -> bool {
    let block = &table.blocks[wanted.block];
    let Some(line) = wanted.kind.line() else { return true };
    let Some((leaf, over)) = line.path.split_last() else { return true };
    let parted = source.part(row, block.is_wordy, block.columns.len());
    let labels: Vec<&SourceCell<'_>> = parted.labels.into_iter().filter(|cell| !cell.words.is_empty()).collect();
    let Some((own, above)) = labels.split_last() else { return false };
    if !leaf.are_said_by(&own.words) {
        return false;
    }
    let is_over = |head: &Wordings| above.iter().any(|cell| head.are_said_by(&cell.words) || head.contain(&cell.words));
    // Where the heads over a row are not there, its own words must be those of no other row.
    let is_only = || {
        let others = table.rows.iter().filter_map(|row| match &row.kind {
            RowKind::Values(other) if other.key != line.key => other.path.last(),
            _ => None,
        });
        others.into_iter().all(|other| !other.are_said_by(&own.words))
    };
    let is_of =
        |cell: &&SourceCell<'_>| over.iter().any(|head| head.are_said_by(&cell.words) || head.contain(&cell.words));
    over.iter().all(is_over) || (above.iter().all(is_of) && is_only())
}

/// How alike a row of a file is to one of the form.
pub(crate) fn likeness(source: &SourceTable<'_>, row: usize, wanted: &WantedRow, table: &WantedTable<'_>) -> Score {
    let block = &table.blocks[wanted.block];
    match &wanted.kind {
        RowKind::Bar(bar) => {
            let mut labels = source.row(row).filter(|cell| cell.is_label());
            match (labels.next(), labels.next()) {
                (Some(only), None) => bar.likeness(&only.words),
                _ => 0,
            }
        }
        RowKind::Head(labels) => {
            let mine: Vec<&SourceCell<'_>> = source.row(row).filter(|cell| cell.is_label()).collect();
            if source.has_figure(row) || !mine.iter().any(|cell| cell.cell.row == row) {
                return 0;
            }
            let best = |label: &Wordings| mine.iter().map(|cell| label.likeness(&cell.words)).max().unwrap_or(0);
            mean(labels.iter().map(best))
        }
        RowKind::Values(line) | RowKind::Group { line, .. } => {
            let parted = source.part(row, block.is_wordy, block.columns.len());
            let labels: Vec<&SourceCell<'_>> =
                parted.labels.into_iter().filter(|cell| !block.is_wordy || !cell.words.is_empty()).collect();
            if parted.values.is_empty() || (!block.is_wordy && (source.lacks_label(row) || source.counts_columns(row)))
            {
                return 0;
            }
            match line.path.is_empty() {
                true if labels.is_empty() && parted.values.len() == block.columns.len() => BARE,
                true => 0,
                false => of_labels(&labels, line),
            }
        }
    }
}

fn of_labels(labels: &[&SourceCell<'_>], line: &WantedLine) -> Score {
    let (Some((own, above)), Some((leaf, over))) = (labels.split_last(), line.path.split_last()) else { return 0 };
    let own = leaf.likeness(&own.words);
    if over.is_empty() {
        return own;
    }
    let seen = |head: &Wordings| {
        let of = |cell: &&SourceCell<'_>| match cell.words.is_empty() {
            true => EMPTY,
            false if head.contain(&cell.words) => head.likeness(&cell.words).max(TORN),
            false => head.likeness(&cell.words),
        };
        above.iter().map(of).max().unwrap_or(UNSEEN)
    };
    (3 * own + mean(over.iter().map(seen))) / 4
}

/// The mean of some likenesses.
pub(crate) fn mean(scores: impl Iterator<Item = Score>) -> Score {
    let (mut sum, mut count) = (0, 0);
    for score in scores {
        sum += score;
        count += 1;
    }
    (sum / count.max(1)).min(SAME)
}
