//! The heads of tables. In: what is declared of rows and columns; out: [`Block`] and [`Head`], as trees of which the leaves stand for
//! rows and columns of values.

use super::key::Key;
use super::kind::{Consolidate, FieldKind, Rolled};

/// A part of a table with heads of its own.
#[derive(Debug)]
pub struct Block {
    /// A line over the whole width, such as the item of the law.
    pub bar: Option<String>,
    /// What stands over the row labels.
    pub corner: String,
    /// How many grid columns the row labels take.
    pub label_columns: usize,
    /// The column heads.
    pub columns: Vec<Head>,
    /// The row heads.
    pub rows: Vec<Head>,
}

impl Block {
    /// The columns that hold values, with the heads above each.
    pub fn leaf_columns(&self) -> Vec<Vec<&Head>> {
        leaves(&self.columns)
    }

    /// The rows that hold values, with the heads left of each.
    pub fn leaf_rows(&self) -> Vec<Vec<&Head>> {
        leaves(&self.rows)
    }
}

/// A head of columns or rows; a group holds further heads, a leaf stands for values.
#[derive(Debug)]
pub struct Head {
    /// Its full key below its parent table or row, dotted; empty where it adds none.
    pub key: Key,
    /// The official label.
    pub label: String,
    /// Other wordings of it in print.
    pub also: Vec<String>,
    /// What kind of figure stands under it (for columns) or beside it (for rows).
    pub kind: Option<FieldKind>,
    /// The unit, where the label does not say it to a machine.
    pub unit: Option<String>,
    /// How to fill it in; may be empty.
    pub guide: String,
    /// For a choice: what may be chosen.
    pub options: Vec<String>,
    /// Whether its cells may be left out.
    pub optional: bool,
    /// What becomes of its cells in next year's facts.
    pub roll: Option<Rolled>,
    /// What becomes of the organs' cells in the report of their government.
    pub consolidate: Option<Consolidate>,
    /// Grid columns that each value takes.
    pub span: usize,
    /// For a total: the full keys of the leaves of which it is the sum.
    pub sum: Vec<Key>,
    /// The heads that this one groups.
    pub children: Vec<Head>,
}

/// The heads that stand for values, each with those over it, outermost first.
pub fn leaves(heads: &[Head]) -> Vec<Vec<&Head>> {
    let mut found = Vec::new();
    for head in heads {
        if head.children.is_empty() {
            found.push(vec![head]);
        }
        for mut path in leaves(&head.children) {
            path.insert(0, head);
            found.push(path);
        }
    }
    found
}

/// The key of the cell where a row and a column meet.
pub fn cell_key(row: &[&Head], column: &[&Head]) -> Key {
    last_key(row).join(&last_key(column))
}

/// The key of the innermost of some heads.
pub fn last_key(heads: &[&Head]) -> Key {
    heads.last().map(|head| head.key.clone()).unwrap_or_default()
}
