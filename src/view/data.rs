//! What a report says, for programs. In: a [`Report`] and its [`View`]; out: [`Data`], in which every value stands under its key with
//! the words that the form has for it. `docs/data.md` says what each part of it is.

use rust_decimal::Decimal;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::View;
use crate::facts::literal;
use crate::form::head::{Block, Head};
use crate::form::table::Cell;
use crate::form::{Field, FieldKind, Key, Table};
use crate::prose::plain;
use crate::report::{Report, Value};

/// The version of the shape. It changes when something is taken away or comes to mean something else, not when something is added.
pub const VERSION: u32 = 1;

/// A report.
#[derive(Debug, Serialize)]
pub struct Data {
    /// [`VERSION`].
    pub version: u32,
    /// The name of the form.
    pub form: String,
    /// What this kind of report is called.
    pub label: String,
    /// BCP 47 tag of the language.
    pub language: String,
    /// The lines of the title.
    pub title: Vec<String>,
    /// The year reported on.
    pub year: u16,
    /// Who reports.
    pub organ: String,
    /// The date that the document carries, as `2026-01-31`.
    pub date: Option<String>,
    /// For a draft: how many problems are open.
    pub open_problems: Option<usize>,
    /// The values outside tables, in the order of the form.
    pub fields: Vec<FieldData>,
    /// The tables, in the order of the form.
    pub tables: Vec<TableData>,
}

/// A value outside tables.
#[derive(Debug, Serialize)]
pub struct FieldData {
    /// Its key in the facts.
    pub key: Key,
    /// The official label.
    pub label: String,
    /// What kind of value it is.
    pub kind: FieldKind,
    /// What stands there.
    #[serde(flatten)]
    pub datum: Datum,
}

/// A table.
#[derive(Debug, Serialize)]
pub struct TableData {
    /// The name that the form has for it.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// Its blocks, from top to bottom.
    pub blocks: Vec<BlockData>,
}

/// A part of a table with heads of its own.
#[derive(Debug, Serialize)]
pub struct BlockData {
    /// The line over its whole width.
    pub bar: Option<String>,
    /// Its cells, row by row.
    pub cells: Vec<CellData>,
}

/// A cell that the facts fill.
#[derive(Debug, Serialize)]
pub struct CellData {
    /// Its key in the facts.
    pub key: Key,
    /// The heads of its row, outermost first.
    pub row: Vec<String>,
    /// The heads of its column, outermost first.
    pub column: Vec<String>,
    /// What kind of value it is.
    pub kind: FieldKind,
    /// The unit, where the form gives one.
    pub unit: Option<String>,
    /// What stands there.
    #[serde(flatten)]
    pub datum: Datum,
}

/// What stands in a place.
#[derive(Debug, PartialEq, Eq)]
pub enum Datum {
    /// A figure, with the decimals it was written with.
    Figure(Decimal),
    /// Text.
    Text(String),
    /// Lines.
    Lines {
        /// Each by itself.
        apart: Vec<String>,
        /// All of them, as the page has them.
        printed: String,
    },
    /// That there can be no figure here.
    NotApplicable,
    /// Nothing.
    Blank,
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut both = serializer.serialize_struct("Datum", 2)?;
        let state = match self {
            Self::Figure(_) => "figure",
            Self::Text(_) | Self::Lines { .. } => "text",
            Self::NotApplicable => "not-applicable",
            Self::Blank => "blank",
        };
        both.serialize_field("state", state)?;
        match self {
            // Most readers would make a floating-point number of it.
            Self::Figure(number) => both.serialize_field("value", &number.to_string())?,
            Self::Text(text) => both.serialize_field("value", text)?,
            Self::Lines { apart, .. } => both.serialize_field("value", apart)?,
            Self::NotApplicable | Self::Blank => both.serialize_field("value", &None::<String>)?,
        }
        both.end()
    }
}

impl Data {
    /// That of a report, with the words of its pages.
    pub fn of(report: &Report, view: &View) -> Self {
        let form = &report.form;
        let date = form.dated.as_ref().and_then(|key| match report.values.get(key)?.value {
            Value::Date(date) => Some(literal::day(date)),
            _ => None,
        });
        Self {
            version: VERSION,
            form: view.form.clone(),
            label: view.label.clone(),
            language: view.language.clone(),
            title: view.title.clone(),
            year: view.year,
            organ: view.author.clone(),
            date,
            open_problems: report.open_problems,
            fields: form.fields.iter().map(|field| FieldData::of(report, field)).collect(),
            tables: form.tables.iter().map(|table| TableData::of(report, table)).collect(),
        }
    }
}

impl FieldData {
    fn of(report: &Report, field: &Field) -> Self {
        let datum = Datum::of(report, &field.key);
        Self { key: field.key.clone(), label: field.label.clone(), kind: field.kind, datum }
    }
}

impl TableData {
    fn of(report: &Report, table: &Table) -> Self {
        let blocks = table.blocks.iter().map(|block| BlockData::of(report, block)).collect();
        Self { name: table.name.clone(), label: table.label.clone(), blocks }
    }
}

impl BlockData {
    fn of(report: &Report, block: &Block) -> Self {
        let cells = Table::cells_of(block).map(|cell| CellData::of(report, cell)).collect();
        Self { bar: block.bar.clone(), cells }
    }
}

impl CellData {
    fn of(report: &Report, cell: Cell<'_>) -> Self {
        let (row, column) = (words(&cell.row), words(&cell.column));
        let (kind, unit) = (cell.kind, cell.unit.map(str::to_owned));
        Self { datum: Datum::of(report, &cell.key), key: cell.key, row, column, kind, unit }
    }
}

/// Those of the heads that have words.
fn words(heads: &[&Head]) -> Vec<String> {
    heads.iter().map(|head| &head.label).filter(|label| !label.is_empty()).cloned().collect()
}

impl Datum {
    fn of(report: &Report, key: &Key) -> Self {
        let Some(entry) = report.values.get(key) else { return Self::Blank };
        match &entry.value {
            Value::Figure(number) => Self::Figure(*number),
            Value::NotApplicable => Self::NotApplicable,
            Value::Lines(lines) => Self::Lines { apart: lines.clone(), printed: entry.value.said(&report.form) },
            Value::Prose(text) => Self::text(plain(text)),
            Value::Line(text) | Value::Choice(text) => Self::text(text.clone()),
            Value::Date(date) => Self::text(literal::day(*date)),
            Value::Flag(yes) => Self::text(literal::flag(*yes)),
        }
    }

    fn text(text: String) -> Self {
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}
