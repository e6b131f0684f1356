//! Tables of a file, made ready for being placed. In: grids; out: [`SourceTable`], of which every cell has its look and its words in
//! normal form, and every row its cells from left to right.

use std::collections::BTreeMap;

use crate::form::ImportRules;

use super::super::blocks::{Cell, Grid};
use super::super::look::Look;
use super::super::words::{Lexicon, Words};

/// A table of a file.
#[derive(Debug)]
pub(crate) struct SourceTable<'a> {
    /// As it was read.
    pub grid: &'a Grid,
    /// What is known of each of its cells.
    pub cells: Vec<SourceCell<'a>>,
    /// The cells that cover each row, from left to right, by their numbers.
    rows: Vec<Vec<usize>>,
    /// The column after the labels of most of its rows with figures.
    pub label_end: usize,
}

/// A cell of a table of a file.
#[derive(Debug)]
pub(crate) struct SourceCell<'a> {
    /// Its number among the cells of its table.
    pub number: usize,
    /// As it was read.
    pub cell: &'a Cell,
    /// What it looks like.
    pub look: Look,
    /// Its words.
    pub words: Words,
}

impl SourceCell<'_> {
    /// The column after its last.
    pub(crate) fn end(&self) -> usize {
        self.cell.column + self.cell.colspan
    }

    /// Whether words stand in it.
    pub(crate) fn is_label(&self) -> bool {
        self.look == Look::Words
    }
}

/// A row of a table, told apart into labels and values.
#[derive(Debug)]
pub(crate) struct Parted<'t, 'a> {
    /// Its labels.
    pub labels: Vec<&'t SourceCell<'a>>,
    /// The cells that may be values.
    pub values: Vec<&'t SourceCell<'a>>,
}

impl<'a> SourceTable<'a> {
    /// Makes a table ready.
    pub(crate) fn of(grid: &'a Grid, rules: &ImportRules, lexicon: &mut Lexicon) -> Self {
        let cells: Vec<SourceCell<'a>> = grid
            .cells
            .iter()
            .enumerate()
            .map(|(number, cell)| {
                let (look, words) = (Look::of(&cell.text, rules), lexicon.words(&cell.text));
                SourceCell { number, cell, look, words }
            })
            .collect();
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); grid.rows];
        for (number, cell) in grid.cells.iter().enumerate() {
            for row in rows.iter_mut().skip(cell.row).take(cell.rowspan) {
                row.push(number);
            }
        }
        rows.iter_mut().for_each(|row| row.sort_by_key(|number| grid.cells[*number].column));
        let mut table = Self { grid, cells, rows, label_end: 0 };
        table.label_end = table.usual_label_end();
        table
    }

    /// The cells that cover a row, from left to right.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = &SourceCell<'a>> {
        self.rows.get(row).into_iter().flatten().map(|number| &self.cells[*number])
    }

    /// The number of the cell that covers a square.
    pub(crate) fn at(&self, row: usize, column: usize) -> Option<usize> {
        let covers = |number: &&usize| {
            let cell = &self.cells[**number];
            (cell.cell.column..cell.end()).contains(&column)
        };
        self.rows.get(row)?.iter().find(covers).copied()
    }

    /// The labels and values of a row. Where words may be values, those are the last so many cells.
    pub(crate) fn part(&self, row: usize, is_wordy: bool, columns: usize) -> Parted<'_, 'a> {
        let cells: Vec<&SourceCell<'a>> = self.row(row).collect();
        let (labels, values) = match is_wordy {
            true => {
                let (labels, values) = cells.split_at(cells.len().saturating_sub(columns));
                (labels.to_vec(), values.to_vec())
            }
            false => cells.into_iter().partition(|cell| cell.is_label()),
        };
        Parted { labels, values }
    }

    /// Whether a row has a figure.
    pub(crate) fn has_figure(&self, row: usize) -> bool {
        self.row(row).any(|cell| matches!(cell.look, Look::Figure(_)))
    }

    /// Whether a row's own label is gone: it stands under a label of several rows, and beside that is a blank.
    pub(crate) fn lacks_label(&self, row: usize) -> bool {
        let Some(last) = self.row(row).filter(|cell| cell.is_label()).last() else { return false };
        let is_of_several = last.cell.rowspan > 1;
        let beside = |cell: &&SourceCell<'a>| cell.cell.column == last.end() && cell.look == Look::Blank;
        is_of_several && last.end() < self.label_end && self.row(row).any(|cell| beside(&cell))
    }

    /// Whether all labels of a row but the first are the same word, as where it says the unit of each column.
    pub(crate) fn is_one_word(&self, row: usize) -> bool {
        let mut labels = self.row(row).filter(|cell| cell.is_label() && cell.cell.row == row).skip(1);
        let Some(first) = labels.next() else { return false };
        let mut others = labels.peekable();
        others.peek().is_some() && others.all(|cell| cell.words == first.words)
    }

    /// Whether a row holds the numbers of the columns: 1, 2, 3, 4 …
    pub(crate) fn counts_columns(&self, row: usize) -> bool {
        const FEW: usize = 4;
        let figures: Vec<&Look> = self.row(row).map(|cell| &cell.look).filter(|look| look.has_figure()).collect();
        let counts = |(number, look): (usize, &&Look)| match look {
            Look::Figure(figure) => *figure == rust_decimal::Decimal::from(number + 1),
            _ => false,
        };
        figures.len() >= FEW && figures.iter().enumerate().all(counts)
    }

    fn usual_label_end(&self) -> usize {
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        for row in (0..self.rows.len()).filter(|row| self.has_figure(*row)) {
            let end = self.row(row).filter(|cell| cell.is_label()).map(SourceCell::end).max().unwrap_or(0);
            *ends.entry(end).or_default() += 1;
        }
        ends.into_iter().max_by_key(|(_, rows)| *rows).map_or(0, |(end, _)| end)
    }
}
