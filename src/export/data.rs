//! A report as data. In: [`Data`]; out: the bytes of a JSON file, and of a CSV file for each table; and the JSON Schema of the former.

use super::csv::{self, Cell};
use crate::diag::{Code, Diagnostic, text};
use crate::view::data::{BlockData, CellData, Data, Datum, TableData};

/// The JSON file, alone.
///
/// # Errors
/// It cannot be put together, which would be a fault of the program.
pub fn json(data: &Data) -> Result<Vec<Vec<u8>>, Diagnostic> {
    let written = serde_json::to_string_pretty(data).map_err(|error| {
        let message = text!("不能写成 JSON：{error}", "cannot be written as JSON: {error}");
        Diagnostic::error(Code::EngineFailed, message)
    });
    Ok(vec![(written? + "\n").into_bytes()])
}

/// The CSV file of each table.
///
/// # Errors
/// One cannot be put together, which would be a fault of the program.
pub fn tables(data: &Data) -> Result<Vec<Vec<u8>>, Diagnostic> {
    data.tables.iter().map(table).collect()
}

/// A line for each cell.
fn table(table: &TableData) -> Result<Vec<u8>, Diagnostic> {
    let columns = Columns::of(table);
    let lines = table.blocks.iter().flat_map(|block| block.cells.iter().map(move |cell| (block, cell)));
    csv::file(std::iter::once(columns.heads()).chain(lines.map(|(block, cell)| columns.line(block, cell))))
}

/// Which columns the file of a table has; that depends on its form alone.
struct Columns {
    /// Whether blocks have a line over them.
    bar: bool,
    /// How many heads a row has at most.
    row: usize,
    /// How many heads a column has at most.
    column: usize,
}

impl Columns {
    fn of(table: &TableData) -> Self {
        let most = |heads: fn(&CellData) -> usize| {
            table.blocks.iter().flat_map(|block| &block.cells).map(heads).max().unwrap_or_default()
        };
        Self {
            bar: table.blocks.iter().any(|block| block.bar.is_some()),
            row: most(|cell| cell.row.len()),
            column: most(|cell| cell.column.len()),
        }
    }

    fn heads(&self) -> Vec<Cell<'static>> {
        let levels = |name: &'static str, count: usize| (1..=count).map(move |level| format!("{name}{level}"));
        let bar = self.bar.then(|| "block".to_owned());
        let heads = std::iter::once("key".to_owned()).chain(bar).chain(levels("row", self.row));
        let last = ["unit", "value"].map(str::to_owned);
        heads.chain(levels("column", self.column)).chain(last).map(Cell::text).collect()
    }

    fn line<'a>(&self, block: &'a BlockData, cell: &'a CellData) -> Vec<Cell<'a>> {
        let levels = |heads: &'a [String], count: usize| {
            (0..count).map(|level| heads.get(level).map_or(Cell::BLANK, |head| Cell::text(head.as_str())))
        };
        let optional = |text: &'a Option<String>| Cell::text(text.as_deref().unwrap_or_default());
        let mut line = vec![Cell::text(cell.key.as_str())];
        line.extend(self.bar.then(|| optional(&block.bar)));
        line.extend(levels(&cell.row, self.row));
        line.extend(levels(&cell.column, self.column));
        line.extend([optional(&cell.unit), value(&cell.datum)]);
        line
    }
}

fn value(datum: &Datum) -> Cell<'_> {
    match datum {
        Datum::Figure(number) => Cell::Figure(*number),
        Datum::Text(text) => Cell::text(text.as_str()),
        Datum::Lines { printed, .. } => Cell::text(printed.as_str()),
        Datum::NotApplicable => Cell::text(crate::form::NOT_APPLICABLE),
        Datum::Blank => Cell::BLANK,
    }
}

/// The JSON Schema of the JSON file, without its last line end.
pub fn schema() -> &'static str {
    include_str!("../../schemas/data.json").trim_end()
}
