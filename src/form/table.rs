//! A table of a form. In: its blocks; out: [`Table`], and every [`Cell`] of it that a fact fills, with what its row and its column
//! say of it.

use super::grid::Grid;
use super::head::{Block, Head, cell_key, last_key};
use super::key::Key;
use super::kind::{Consolidate, FieldKind, Rolled};

/// A table, made of blocks that share one grid.
#[derive(Debug)]
pub struct Table {
    /// The name that sections use.
    pub name: String,
    /// The key of the TOML table in the facts that holds its rows, and `rest`.
    pub key: Key,
    /// What the table is called, for readers who cannot see it.
    pub label: String,
    /// Relative widths of the grid's columns.
    pub widths: Vec<u32>,
    /// The blocks, from top to bottom.
    pub blocks: Vec<Block>,
    /// The cells.
    pub grid: Grid,
}

impl Table {
    /// Every cell that a fact fills, by rows.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.blocks.iter().flat_map(Self::cells_of)
    }

    /// Those of a block.
    pub fn cells_of(block: &Block) -> impl Iterator<Item = Cell<'_>> {
        let columns = block.leaf_columns();
        block.leaf_rows().into_iter().flat_map(move |row| {
            columns.clone().into_iter().map(move |column| Cell::new(&row, &column)).collect::<Vec<_>>()
        })
    }
}

/// One cell of a table that a fact fills.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// The key of the fact, such as `requests.received.natural`.
    pub key: Key,
    /// The row heads, outermost first.
    pub row: Vec<&'a Head>,
    /// The column heads, outermost first.
    pub column: Vec<&'a Head>,
    /// What kind of figure it is.
    pub kind: FieldKind,
    /// The unit, where the form gives one.
    pub unit: Option<&'a str>,
}

impl<'a> Cell<'a> {
    fn new(row: &[&'a Head], column: &[&'a Head]) -> Self {
        let both = || row.iter().chain(column).rev();
        Self {
            key: cell_key(row, column),
            row: row.to_vec(),
            column: column.to_vec(),
            kind: both().find_map(|head| head.kind).unwrap_or(FieldKind::Count),
            unit: both().find_map(|head| head.unit.as_deref()),
        }
    }

    /// The keys of the cells of which this one is a total: along its row, then along its column.
    pub fn sums(&self) -> Vec<Vec<Key>> {
        let (row, column) = (last_key(&self.row), last_key(&self.column));
        let along = |heads: &[&Head], join: &dyn Fn(&Key) -> Key| {
            heads.last().map(|head| head.sum.iter().map(join).collect::<Vec<_>>())
        };
        [along(&self.column, &|key| row.join(key)), along(&self.row, &|key| key.join(&column))]
            .into_iter()
            .flatten()
            .filter(|parts| !parts.is_empty())
            .collect()
    }

    /// For a choice: what may be chosen.
    pub fn options(&self) -> Vec<String> {
        let both = self.row.iter().chain(&self.column).rev();
        both.map(|head| &head.options).find(|options| !options.is_empty()).cloned().unwrap_or_default()
    }

    /// Whether it may be left out.
    pub fn is_optional(&self) -> bool {
        self.row.iter().chain(&self.column).any(|head| head.optional)
    }

    /// What becomes of it in next year's facts.
    pub fn roll(&self) -> Rolled {
        let said = self.row.iter().chain(&self.column).rev().find_map(|head| head.roll);
        said.unwrap_or(if self.kind.is_figure() { Rolled::Drop } else { Rolled::Keep })
    }

    /// What becomes of the organs' cells in the report of their government. What cannot be added up in its row or in its column
    /// cannot be added up.
    pub fn consolidate(&self) -> Consolidate {
        let mut said = self.row.iter().chain(&self.column).filter_map(|head| head.consolidate);
        let nearest = || self.row.iter().chain(&self.column).rev().find_map(|head| head.consolidate);
        match said.any(|said| said == Consolidate::Ask) {
            true => Consolidate::Ask,
            false => nearest().unwrap_or(self.kind.consolidated()),
        }
    }

    /// How to fill it in, of its row and of its column.
    pub fn guide(&self) -> String {
        let guides = self.row.iter().chain(&self.column).map(|head| head.guide.as_str());
        guides.filter(|guide| !guide.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The official labels of the row and of the column.
    pub fn label(&self) -> String {
        let last = |heads: &[&Head]| heads.last().map(|head| head.label.clone()).unwrap_or_default();
        let (row, column) = (last(&self.row), last(&self.column));
        match (row.is_empty(), column.is_empty()) {
            (false, false) => format!("{row}·{column}"),
            (false, true) => row,
            // Without a row of its own, a cell is told apart by the groups that its column stands in.
            (true, _) => self.column.iter().map(|head| head.label.as_str()).collect::<Vec<_>>().join("·"),
        }
    }
}
