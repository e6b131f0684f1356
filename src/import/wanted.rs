//! What a form's tables look like in print, row by row. In: its grids; out: [`WantedTable`], of which every row and column knows the
//! words by which it can be found again.

use crate::form::grid::{CellRole, GridBlock, Line, Wording};
use crate::form::{FieldKind, Form, Key, Table};

use super::words::Wordings;

/// A table of a form, as it is looked for in a file.
#[derive(Debug)]
pub(super) struct WantedTable<'a> {
    /// The table.
    pub table: &'a Table,
    /// Its blocks, which have columns of their own.
    pub blocks: Vec<WantedBlock>,
    /// Its rows, from top to bottom, those of all blocks.
    pub rows: Vec<WantedRow>,
}

/// A part of a table with columns of its own.
#[derive(Debug)]
pub(super) struct WantedBlock {
    /// Its columns with values, from left to right.
    pub columns: Vec<WantedLine>,
    /// Whether words may stand in its cells, so that a value cannot be told from a label by its look.
    pub is_wordy: bool,
    /// Whether its rows have no labels.
    pub is_bare: bool,
}

/// A row or column of values.
#[derive(Debug)]
pub(super) struct WantedLine {
    /// Its key.
    pub key: Key,
    /// What its heads say, outermost first.
    pub path: Vec<Wordings>,
    /// What its heads say on the page, for people.
    pub label: String,
}

/// A row of a table, as it is looked for in a file.
#[derive(Debug)]
pub(super) struct WantedRow {
    /// Which block it belongs to.
    pub block: usize,
    /// What it is.
    pub kind: RowKind,
}

/// What a row of a table is.
#[derive(Debug)]
pub(super) enum RowKind {
    /// A line over the whole width.
    Bar(Wordings),
    /// Heads of columns.
    Head(Vec<Wordings>),
    /// A group of rows that some offices print as one: what it is called, and the rows of the form.
    Group {
        /// What it is called.
        line: WantedLine,
        /// The keys of its rows.
        members: Vec<Key>,
    },
    /// Values.
    Values(WantedLine),
}

impl RowKind {
    /// The row's words and key, where values may stand in it.
    pub(super) fn line(&self) -> Option<&WantedLine> {
        match self {
            Self::Values(line) | Self::Group { line, .. } => Some(line),
            Self::Bar(_) | Self::Head(_) => None,
        }
    }
}

impl<'a> WantedTable<'a> {
    /// Every table of a form.
    pub(super) fn all(form: &'a Form) -> Vec<Self> {
        form.tables.iter().map(|table| Self::of(form, table)).collect()
    }

    fn of(form: &Form, table: &'a Table) -> Self {
        let (mut blocks, mut rows) = (Vec::new(), Vec::new());
        for (number, block) in table.grid.blocks.iter().enumerate() {
            let columns: Vec<WantedLine> = block.columns.iter().map(WantedLine::of).collect();
            let kinds = block
                .rows
                .iter()
                .flat_map(|row| block.columns.iter().filter_map(|column| form.keys.get(&row.key.join(&column.key))));
            let is_wordy = kinds.map(|known| known.kind).any(|kind| !FieldKind::is_figure(kind));
            let is_bare = block.rows.iter().all(|row| row.heads.is_empty());
            blocks.push(WantedBlock { columns, is_wordy, is_bare });
            rows.extend(head_rows(block).map(|kind| WantedRow { block: number, kind }));
            rows.extend(value_rows(block).map(|kind| WantedRow { block: number, kind }));
        }
        Self { table, blocks, rows }
    }

    /// The rows of values of a block.
    pub(super) fn values_of_block(&self, block: &WantedBlock) -> impl Iterator<Item = &WantedLine> {
        let is_of = |row: &&WantedRow| self.blocks.get(row.block).is_some_and(|other| std::ptr::eq(other, block));
        self.rows.iter().filter(is_of).filter_map(|row| match &row.kind {
            RowKind::Values(line) => Some(line),
            _ => None,
        })
    }
}

impl WantedLine {
    fn of(line: &Line) -> Self {
        Self::up_to(line, line.heads.len())
    }

    /// The line of the outermost so many heads.
    fn up_to(line: &Line, depth: usize) -> Self {
        let heads = line.heads.get(..depth).unwrap_or_default();
        Self {
            key: line.key.clone(),
            path: heads.iter().map(|wording| Wordings::of(wording.all())).collect(),
            label: heads.iter().map(|wording| wording.label.as_str()).collect::<Vec<_>>().join("·"),
        }
    }
}

/// The rows of heads, the bar before those of columns.
fn head_rows(block: &GridBlock) -> impl Iterator<Item = RowKind> {
    let wordings = |label: &str| {
        let heads = block.columns.iter().flat_map(|column| &column.heads);
        let known = heads.into_iter().find(|wording| wording.label == label);
        known.map_or_else(|| Wordings::of([label]), |wording| Wordings::of(wording.all()))
    };
    block.head.iter().filter_map(move |row| match row.as_slice() {
        [bar] if bar.role == CellRole::Bar => Some(RowKind::Bar(Wordings::of([bar.label.as_str()]))),
        cells => {
            let labels: Vec<Wordings> =
                cells.iter().filter(|cell| !cell.label.is_empty()).map(|cell| wordings(&cell.label)).collect();
            (!labels.is_empty()).then_some(RowKind::Head(labels))
        }
    })
}

/// The rows of values, and before its first the row that a whole group may be printed as.
fn value_rows(block: &GridBlock) -> impl Iterator<Item = RowKind> {
    block.rows.iter().enumerate().flat_map(move |(number, row)| {
        let groups = block.labels.iter().filter(move |label| label.is_group && label.from == number);
        let groups = groups.filter_map(move |group| {
            let depth = row.heads.iter().position(|wording: &Wording| wording.label == group.text)? + 1;
            let members = block.rows.get(group.from..group.to)?.iter().map(|row| row.key.clone()).collect();
            Some(RowKind::Group { line: WantedLine::up_to(row, depth), members })
        });
        groups.chain([RowKind::Values(WantedLine::of(row))])
    })
}
