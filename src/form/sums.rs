//! The sums that must hold (勾稽关系). In: the totals of a form's tables and its equations; out: one list of [`Sum`], each with the
//! keys of its cells, so that nothing is left to be resolved when facts are checked.

use std::sync::Arc;

use toml::Spanned;

use super::declared::Equation;
use super::head::{Block, Head};
use super::key::Key;
use super::keys::Keys;
use super::rule::Rule;
use super::table::Table;

/// Cells whose figures together are those of others: `left` = `right` + `last`.
#[derive(Debug)]
pub struct Sum {
    /// Why it must hold.
    pub origin: Origin,
    /// The keys of the cells on the one side; of a total, the total.
    pub left: Vec<Key>,
    /// The keys of the cells on the other side; of a total, its parts.
    pub right: Vec<Key>,
    /// The keys of the cells of last year's facts that belong to the other side.
    pub last: Vec<Key>,
}

/// Why a sum must hold.
#[derive(Debug)]
pub enum Origin {
    /// It is that of a total (合计) and its parts.
    Total,
    /// A rule says so.
    Equation {
        /// The rule.
        rule: Arc<Rule>,
        /// The column in which rows are added up, or the row in which columns are.
        line: Line,
    },
}

/// A row or a column.
#[derive(Debug)]
pub struct Line {
    /// Its key below its table.
    pub key: Key,
    /// Its official label.
    pub label: String,
    /// Whether it is a row.
    pub is_row: bool,
}

impl Line {
    fn cell(&self, other: &str) -> Key {
        if self.is_row { self.key.join(other) } else { Key::from(other).join(&self.key) }
    }
}

/// The sums of all totals, in the order of the form.
pub fn totals(keys: &Keys) -> impl Iterator<Item = Sum> {
    keys.cells().flat_map(|(key, known)| {
        known.sums.iter().map(move |parts| Sum {
            origin: Origin::Total,
            left: vec![key.clone()],
            right: parts.clone(),
            last: Vec::new(),
        })
    })
}

/// The sums of an equation: one for each column of its table, or for each row that it names.
pub fn of_equation(equation: &Equation, rule: &Arc<Rule>, table: &Table) -> Vec<Sum> {
    let is_row = !equation.rows.is_empty();
    let heads = if is_row { Block::leaf_rows } else { Block::leaf_columns };
    let all = table.blocks.iter().flat_map(heads).filter_map(|path: Vec<&Head>| path.last().copied());
    let meant = all.filter(|head| !is_row || equation.rows.iter().any(|row| head.key == row.get_ref().as_str()));
    let sum = |head: &Head| {
        let line = Line { key: head.key.clone(), label: head.label.clone(), is_row };
        let cells = |keys: &[Spanned<String>]| keys.iter().map(|key| line.cell(key.get_ref())).collect();
        let (left, right, last) = (cells(&equation.left), cells(&equation.right), cells(&equation.last));
        Sum { origin: Origin::Equation { rule: Arc::clone(rule), line }, left, right, last }
    };
    meant.map(sum).collect()
}
