//! What is known of the cells of a form's tables once they are found in a file. In: nothing; out: [`Placed`], each cell with its place,
//! how it was found and what is doubtful about it.

use std::collections::BTreeSet;

use crate::diag::Text;
use crate::form::Key;

use super::super::blocks::Place;
use super::super::finding::Finding;
use super::super::wanted::{RowKind, WantedLine};

/// What a file says of the cells of a form's tables.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// The cells found.
    pub cells: Vec<PlacedCell>,
    /// What was not found, is not sure or has no use.
    pub findings: Vec<Finding>,
    /// For each table of the file, which table of the form it is (part of).
    pub owners: Vec<Option<usize>>,
    /// How alike the tables of the file are to those of the form, all together: what speaks for the form.
    pub weight: u64,
    /// The earlier edition of the form that the file is of.
    pub old: Option<String>,
    /// The tables of the form of which something was not used or not read, so that a blank cell may stand for it.
    pub open: BTreeSet<Key>,
    /// Words that stand in a table of the form and are no label of it, such as a note under it.
    pub notes: Vec<(String, Place)>,
    /// The tables of the form that stand in the file twice, with other values.
    pub twice: Vec<Text>,
}

/// A cell of a table of the form, found in a file.
#[derive(Clone, Debug)]
pub(crate) struct PlacedCell {
    /// The fact.
    pub key: Key,
    /// What stands in it.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// What its row is called in the file.
    pub row_label: String,
    /// What its column is called in the file.
    pub column_label: String,
    /// How it was found.
    pub how: How,
    /// What is doubtful about it.
    pub doubts: Vec<Text>,
}

/// How a cell was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// By the words of its row and its column.
    Label,
    /// By its order in the row.
    Order,
    /// By the columns that it covers.
    Overlap,
    /// A group of rows is printed as one, and is 0.
    Group,
    /// By the words in front of it.
    Listing,
    /// By the heading over it.
    Heading,
    /// By the title, or where dates stand.
    Identity,
}

/// What is known of a row while its cells are read.
pub(super) struct RowContext<'w> {
    /// Which table of the file it stands in.
    pub table: usize,
    /// Its key and words in the form.
    pub line: &'w WantedLine,
    /// What it is in the form.
    pub kind: &'w RowKind,
    /// What it is called in the file.
    pub label: String,
    /// Why it may be another row.
    pub doubt: Option<Text>,
}

impl RowContext<'_> {
    /// What the row is called: in the file, or in the form.
    pub(super) fn name(&self) -> &str {
        if self.line.label.is_empty() { &self.label } else { &self.line.label }
    }
}
