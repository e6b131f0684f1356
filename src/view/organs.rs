//! The table of the organs that a government consolidates. In: the report and what the form declares of the table; out: a table as any
//! other: a row for each organ and one with the sums, so that templates have nothing to know of it.

use rust_decimal::Decimal;

use super::table::TableView;
use crate::form::grid::{CellRole, GridBlock, GridCell, Label};
use crate::form::{Form, Grid, Key, OrganTable};
use crate::report::{Report, figure};

/// The table; none of a report that consolidates nothing.
pub(super) fn view(report: &Report, table: &OrganTable) -> Option<TableView> {
    let consolidated = report.consolidated.as_ref()?;
    let form = &report.form;
    let keys: Vec<Key> = table.cells.iter().map(|(key, _)| key.clone()).collect();
    let mut rows: Vec<(String, Vec<Option<Decimal>>)> =
        consolidated.rows(form, &keys).into_iter().map(|row| (row.name, row.figures)).collect();
    rows.push((table.sum.clone(), keys.iter().map(|key| figure(&report.values, key)).collect()));
    let grid = Grid { blocks: vec![block(form, table, &rows)] };
    Some(TableView::of(&table.label, &table.widths, &grid, |cell| cell.label.clone()))
}

fn block(form: &Form, table: &OrganTable, rows: &[(String, Vec<Option<Decimal>>)]) -> GridBlock {
    let cell = |role, label: &str, column, scope| GridCell {
        role,
        label: label.to_owned(),
        key: None,
        column,
        colspan: 1,
        rowspan: 1,
        scope,
    };
    let over = table.cells.iter().zip(1..).map(|((key, label), column)| {
        let label = label.as_deref().or_else(|| form.label_of(key)).unwrap_or_default();
        cell(CellRole::ColumnHead, label, column, Some("col"))
    });
    let head = std::iter::once(cell(CellRole::Corner, &table.name, 0, Some("col"))).chain(over).collect();
    let decimals: Vec<u32> = (0..table.cells.len())
        .map(|at| rows.iter().filter_map(|(_, figures)| Some(figures.get(at)?.as_ref()?.scale())).max().unwrap_or(0))
        .collect();
    let body = rows.iter().map(|(name, figures)| {
        let figures = figures.iter().zip(&decimals).zip(1..).map(|((figure, decimals), column)| {
            let written = figure.map(|number| form.written_figure(number, *decimals)).unwrap_or_default();
            cell(CellRole::Figure, &written, column, None)
        });
        std::iter::once(cell(CellRole::RowHead, name, 0, Some("row"))).chain(figures).collect()
    });
    let label = |(at, (name, _)): (usize, &(String, Vec<Option<Decimal>>))| Label {
        text: name.clone(),
        column: 0,
        colspan: 1,
        from: at,
        to: at + 1,
        is_group: false,
    };
    GridBlock {
        head: vec![head],
        body: body.collect(),
        labels: rows.iter().enumerate().map(label).collect(),
        rows: Vec::new(),
        columns: Vec::new(),
    }
}
