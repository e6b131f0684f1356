//! The grid of an official table. In: its heads; out: [`Grid`]: every cell with its place, span, role and words, and of those that a
//! fact fills the key. It is built once for each form; whatever shows or reads tables walks it.

use serde::{Deserialize, Serialize};

use super::head::{Block, Head, cell_key, last_key};
use super::key::Key;

/// The cells of a table.
#[derive(Debug, Default)]
pub struct Grid {
    /// Its blocks, from top to bottom.
    pub blocks: Vec<GridBlock>,
}

/// The cells of a block, which has heads of its own.
#[derive(Debug)]
pub struct GridBlock {
    /// The rows of column heads.
    pub head: Vec<Vec<GridCell>>,
    /// The rows with figures, each with the heads that begin in it.
    pub body: Vec<Vec<GridCell>>,
    /// The heads of those rows, each before those under it, and from top to bottom.
    pub labels: Vec<Label>,
    /// What each row with figures is called.
    pub rows: Vec<Line>,
    /// What each column with figures is called.
    pub columns: Vec<Line>,
}

/// A row or a column of figures: with one of the other way, it gives the key of the cell where they meet.
#[derive(Debug)]
pub struct Line {
    /// Its key; empty where it adds none.
    pub key: Key,
    /// Its heads that have words, outermost first.
    pub heads: Vec<Wording>,
}

/// The words of a head, as they may stand in print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// The official label.
    pub label: String,
    /// Other wordings.
    pub also: Vec<String>,
}

impl Wording {
    /// Every wording, the official one first.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.label).chain(&self.also).map(String::as_str)
    }
}

impl From<&Head> for Wording {
    fn from(head: &Head) -> Self {
        Self { label: head.label.clone(), also: head.also.clone() }
    }
}

impl Line {
    fn of(path: &[&Head]) -> Self {
        let heads = path.iter().filter(|head| !head.label.is_empty()).map(|head| Wording::from(*head)).collect();
        Self { key: last_key(path), heads }
    }
}

/// A cell that begins in its row.
#[derive(Debug)]
pub struct GridCell {
    /// What the cell is.
    pub role: CellRole,
    /// The official label; empty where a fact stands.
    pub label: String,
    /// The key of the fact that stands in it.
    pub key: Option<Key>,
    /// The column that it begins in, from 0.
    pub column: usize,
    /// How many columns it takes.
    pub colspan: usize,
    /// How many rows it takes.
    pub rowspan: usize,
    /// For heads: `col`, `colgroup`, `row` or `rowgroup`, as HTML and PDF name the cells that a head speaks for.
    pub scope: Option<&'static str>,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellRole {
    /// The line over the whole width.
    Bar,
    /// What stands over the row labels.
    Corner,
    /// A column head.
    ColumnHead,
    /// A row head.
    RowHead,
    /// A figure.
    Figure,
}

/// A head of rows, as far as it reaches.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Label {
    /// The official label.
    pub text: String,
    /// The column that it begins in, from 0.
    pub column: usize,
    /// How many columns it takes.
    pub colspan: usize,
    /// The row that it begins in, from 0.
    pub from: usize,
    /// The row after its last.
    pub to: usize,
    /// Whether it is the head of a group of rows.
    pub is_group: bool,
}

impl Grid {
    /// The grid of these blocks, which are so many columns wide.
    pub fn of(blocks: &[Block], width: usize) -> Self {
        Self { blocks: blocks.iter().map(|block| GridBlock::of(block, width)).collect() }
    }
}

impl GridBlock {
    fn of(block: &Block, width: usize) -> Self {
        let bar = block.bar.as_ref().map(|bar| GridCell::head(CellRole::Bar, bar, 0, (width, 1), "colgroup"));
        let head = bar.map(|bar| vec![bar]).into_iter().chain(column_heads(block)).collect();
        let mut labels = Vec::new();
        if block.label_columns > 0 {
            let below = |from, head| label(head, block.label_columns, 0, from, &mut labels);
            block.rows.iter().fold(0, below);
        }
        let lines = |paths: Vec<Vec<&Head>>| paths.iter().map(|path| Line::of(path)).collect();
        Self { head, body: body(block), labels, rows: lines(block.leaf_rows()), columns: lines(block.leaf_columns()) }
    }

    /// What is said of a cell of a row with figures: the bars over it, the heads of its row and those of its column, outermost first.
    pub fn heads(&self, row: usize, cell: &GridCell) -> [Vec<&str>; 3] {
        let covers =
            |head: &&GridCell| head.column < cell.column + cell.colspan && cell.column < head.column + head.colspan;
        let over = |role: CellRole| {
            let cells = self.head.iter().flatten().filter(|head| head.role == role).filter(covers);
            cells.map(|head| head.label.as_str()).collect()
        };
        let heads = self.body.iter().enumerate().flat_map(|(from, cells)| cells.iter().map(move |head| (from, head)));
        let beside = heads
            .filter(|(from, head)| head.role == CellRole::RowHead && (*from..from + head.rowspan).contains(&row))
            .map(|(_, head)| head.label.as_str());
        [over(CellRole::Bar), beside.collect(), over(CellRole::ColumnHead)]
    }
}

impl GridCell {
    fn head(
        role: CellRole,
        label: &str,
        column: usize,
        (colspan, rowspan): (usize, usize),
        scope: &'static str,
    ) -> Self {
        Self { role, label: label.to_owned(), key: None, column, colspan, rowspan, scope: Some(scope) }
    }
}

fn column_heads(block: &Block) -> Vec<Vec<GridCell>> {
    let depth = block.leaf_columns().iter().map(Vec::len).max().unwrap_or(0);
    let mut rows: Vec<Vec<GridCell>> = (0..depth).map(|_| Vec::new()).collect();
    if let (Some(first), true) = (rows.first_mut(), block.label_columns > 0) {
        first.push(GridCell::head(CellRole::Corner, &block.corner, 0, (block.label_columns, depth), "col"));
    }
    fill_heads(&block.columns, 0, block.label_columns, &mut rows);
    rows
}

fn fill_heads(heads: &[Head], level: usize, from: usize, rows: &mut [Vec<GridCell>]) {
    let (depth, mut column) = (rows.len(), from);
    for head in heads {
        let (rowspan, scope) = if head.children.is_empty() { (depth - level, "col") } else { (1, "colgroup") };
        let spans = (columns_of(head), rowspan);
        rows[level].push(GridCell::head(CellRole::ColumnHead, &head.label, column, spans, scope));
        fill_heads(&head.children, level + 1, column, rows);
        column += spans.0;
    }
}

fn columns_of(head: &Head) -> usize {
    if head.children.is_empty() { head.span } else { head.children.iter().map(columns_of).sum() }
}

fn rows_of(head: &Head) -> usize {
    if head.children.is_empty() { 1 } else { head.children.iter().map(rows_of).sum() }
}

fn body(block: &Block) -> Vec<Vec<GridCell>> {
    let columns = block.leaf_columns();
    let mut before: Vec<&Head> = Vec::new();
    let mut rows = Vec::new();
    for path in block.leaf_rows() {
        let mut cells = row_heads(&path, &before, block.label_columns);
        let mut at = block.label_columns;
        for column in &columns {
            let colspan = column.last().map_or(1, |head| head.span);
            let (key, label) = (Some(cell_key(&path, column)), String::new());
            cells.push(GridCell { role: CellRole::Figure, label, key, column: at, colspan, rowspan: 1, scope: None });
            at += colspan;
        }
        rows.push(cells);
        before = path;
    }
    rows
}

/// The heads that begin in this row: those that the row above does not already stand under.
fn row_heads(path: &[&Head], before: &[&Head], label_columns: usize) -> Vec<GridCell> {
    if label_columns == 0 {
        return Vec::new();
    }
    let last = path.len() - 1;
    let is_new =
        |(level, head): &(usize, &&Head)| !before.get(*level).is_some_and(|above| std::ptr::eq(*above, **head));
    let cell = |(level, head): (usize, &&Head)| {
        let (colspan, scope) = if level == last { (label_columns - level, "row") } else { (1, "rowgroup") };
        GridCell::head(CellRole::RowHead, &head.label, level, (colspan, rows_of(head)), scope)
    };
    path.iter().enumerate().filter(is_new).map(cell).collect()
}

/// Adds a head and those under it; gives the row after its last.
fn label(head: &Head, label_columns: usize, column: usize, from: usize, labels: &mut Vec<Label>) -> usize {
    let (is_group, to) = (!head.children.is_empty(), from + rows_of(head));
    let colspan = if is_group { 1 } else { label_columns - column };
    labels.push(Label { text: head.label.clone(), column, colspan, from, to, is_group });
    head.children.iter().fold(from, |from, child| label(child, label_columns, column + 1, from, labels)).max(to)
}
