//! Tables as templates see them. In: a grid, and what stands in each cell; out: [`TableView`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grid::{self, WholeRow};
use crate::form::grid::{CellRole, GridBlock, GridCell, Label};
use crate::form::{Grid, Key};

/// A table.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TableView {
    /// What the table is called.
    pub label: String,
    /// Relative widths of its columns.
    pub widths: Vec<u32>,
    /// The sum of them.
    pub whole: u64,
    /// The edges of its columns, as sums of the widths before.
    pub columns: Vec<ColumnView>,
    /// The same in per cent of the whole, with two decimals.
    pub shares: Vec<String>,
    /// Its blocks, each with heads of its own.
    pub blocks: Vec<TableBlock>,
}

/// A column.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ColumnView {
    /// Its left edge.
    pub from: u64,
    /// Its right edge.
    pub to: u64,
}

/// A block of a table.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct TableBlock {
    /// The rows of column heads; they belong on every page that the block runs over.
    pub head: Vec<RowView>,
    /// The rows of figures.
    pub body: Vec<RowView>,
    /// The heads of those rows, each before those under it, and from top to bottom.
    pub labels: Vec<Label>,
    /// For each stretch of columns that figures stand in, the longest of them.
    pub longest: Vec<Longest>,
    /// The same rows whole, heads first: in each of them every cell that stands in it, those too that began above.
    pub grid: Vec<WholeRow>,
}

/// The longest of the figures that stand in the same columns.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Longest {
    /// The column that they begin in, from 0.
    pub column: usize,
    /// How many columns they take.
    pub colspan: usize,
    /// The figure.
    pub text: String,
}

/// A row.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RowView {
    /// The cells that begin in this row, from left to right.
    pub cells: Vec<CellView>,
}

/// A cell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CellView {
    /// What stands in it.
    pub text: String,
    /// The key of the fact that stands in it; templates have no use for it.
    #[serde(skip)]
    pub key: Option<Key>,
    /// How many columns it takes.
    pub colspan: usize,
    /// How many rows it takes.
    pub rowspan: usize,
    /// What the cell is.
    pub role: CellRole,
    /// For heads: `col`, `colgroup`, `row` or `rowgroup`, as HTML and PDF name the cells that a head speaks for.
    pub scope: Option<Cow<'static, str>>,
}

impl TableView {
    /// A table of this grid; `text` is what stands in a cell.
    pub fn of(label: &str, widths: &[u32], grid: &Grid, text: impl Fn(&GridCell) -> String) -> Self {
        Self {
            label: label.to_owned(),
            widths: widths.to_vec(),
            whole: widths.iter().copied().map(u64::from).sum(),
            columns: grid::edges(widths).windows(2).map(|edge| ColumnView { from: edge[0], to: edge[1] }).collect(),
            shares: shares(widths),
            blocks: grid.blocks.iter().map(|block| TableBlock::of(block, widths, &text)).collect(),
        }
    }
}

impl TableView {
    /// Changes what stands in the cells of facts.
    pub fn change_values(&mut self, mut change: impl FnMut(&Key, &mut String)) {
        for block in &mut self.blocks {
            for cell in block.body.iter_mut().flat_map(|row| &mut row.cells) {
                cell.key.iter().for_each(|key| change(key, &mut cell.text));
            }
            for cell in block.grid.iter_mut().flat_map(|row| &mut row.cells) {
                cell.key.iter().for_each(|key| change(key, &mut cell.text));
            }
        }
    }
}

fn shares(widths: &[u32]) -> Vec<String> {
    let whole = widths.iter().copied().map(u64::from).sum::<u64>().max(1);
    let share = |width: &u32| u64::from(*width) * 10_000 / whole;
    widths.iter().map(share).map(|share| format!("{}.{:02}", share / 100, share % 100)).collect()
}

impl TableBlock {
    fn of(block: &GridBlock, widths: &[u32], text: &impl Fn(&GridCell) -> String) -> Self {
        let row = |cells: &Vec<GridCell>| RowView { cells: cells.iter().map(|cell| cell_view(cell, text)).collect() };
        Self {
            head: block.head.iter().map(row).collect(),
            body: block.body.iter().map(row).collect(),
            labels: block.labels.clone(),
            longest: longest(block, text),
            grid: grid::rows(block, widths, text),
        }
    }
}

fn cell_view(cell: &GridCell, text: &impl Fn(&GridCell) -> String) -> CellView {
    CellView {
        text: text(cell),
        key: cell.key.clone(),
        colspan: cell.colspan,
        rowspan: cell.rowspan,
        role: cell.role,
        scope: cell.scope.map(Cow::Borrowed),
    }
}

/// The longest of the figures in each stretch of columns.
fn longest(block: &GridBlock, text: &impl Fn(&GridCell) -> String) -> Vec<Longest> {
    // Of the characters in figures, those that are not ASCII are about twice as wide.
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut longest: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for cell in block.body.iter().flatten().filter(|cell| cell.role == CellRole::Figure) {
        let text = text(cell);
        let known = longest.entry((cell.column, cell.colspan)).or_default();
        if width(&text) > width(known) {
            *known = text;
        }
    }
    let named = longest.into_iter().map(|((column, colspan), text)| Longest { column, colspan, text });
    named.collect()
}
