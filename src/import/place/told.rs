//! What is said of tables that could not be placed wholly. In: what is missing, strange or unused; out: a [`Finding`] each.

use crate::diag::{Code, Text, text};

use super::super::finding::{Finding, brief};
use super::super::wanted::{WantedLine, WantedTable};

use super::columns::Unit;
use super::placed::RowContext;
use super::source::{SourceCell, SourceTable};

/// How many figures or words a message cites.
const CITED: usize = 8;

/// A table of the form is not in the file.
pub(super) fn table_missing(wanted: &WantedTable<'_>) -> Finding {
    let label = &wanted.table.label;
    let message = text!("没有找到表格“{label}”", "the table `{label}` was not found");
    Finding::error(Code::ImportTableMissing, message).about(&wanted.table.key)
}

/// A table of the form stands in the file more than once.
pub(super) fn twice(wanted: &WantedTable<'_>) -> Text {
    let label = &wanted.table.label;
    text!(
        "表格“{label}”在文件中有两份，数字不同，不知道哪一份是这一年的",
        "the table `{label}` stands in the file twice with other figures, and nothing says which is of this year"
    )
}

/// Heads stand over rows, and none of them is a column of the form.
pub(super) fn heads_unknown(
    wanted: &WantedTable<'_>,
    rows: &[(usize, usize)],
    source: &SourceTable<'_>,
    heads: &[usize],
) -> Finding {
    let cells = heads.iter().flat_map(|row| source.row(*row).filter(|cell| cell.is_label() && cell.cell.row == *row));
    let cells: Vec<&SourceCell<'_>> = cells.collect();
    let said = cited(&cells);
    let (label, count) = (&wanted.table.label, rows.len());
    let message = text!(
        "表格“{label}”的表头认不出：{said}；其下 {count} 行没有读",
        "the heads of the table `{label}` are not known: {said}; {count} rows under them were not read"
    );
    let finding = Finding::error(Code::ImportColumnUnknown, message).about(&wanted.table.key);
    finding.seen_at(cells.first().map(|cell| &cell.cell.place))
}

/// Values were read by their order alone.
pub(super) fn without_heads(wanted: &WantedTable<'_>, source: &SourceTable<'_>) -> Finding {
    let label = &wanted.table.label;
    let message = text!(
        "表格“{label}”没有表头，各列按表式的次序读，请核对",
        "the table `{label}` has no heads; its columns were read in the order of the form, so compare them"
    );
    at_table(Finding::warning(Code::ImportCellDoubtful, message), wanted, source)
}

/// A table was read from text alone.
pub(super) fn as_text(wanted: &WantedTable<'_>) -> Finding {
    let label = &wanted.table.label;
    let message = text!(
        "表格“{label}”只剩文字，数目正好的各行按次序读，请逐格核对",
        "of the table `{label}` only the text is left; rows with the right count of values were read in order, so compare each cell"
    );
    Finding::warning(Code::ImportCellDoubtful, message).about(&wanted.table.key)
}

/// Columns stand in another order than in the form.
pub(super) fn columns_reordered(wanted: &WantedTable<'_>, source: &SourceTable<'_>) -> Finding {
    let label = &wanted.table.label;
    let message = text!(
        "表格“{label}”各列的次序与表式不同，已按表头对应",
        "the columns of the table `{label}` stand in another order than in the form; they were told by their heads"
    );
    at_table(Finding::warning(Code::ImportColumnsReordered, message), wanted, source)
}

/// A column is none of the form's.
pub(super) fn column_unknown(
    wanted: &WantedTable<'_>,
    unit: &Unit,
    figures: usize,
    place: &super::super::blocks::Place,
) -> Finding {
    let (label, table) = (brief(&unit.label), &wanted.table.label);
    let message = text!(
        "表格“{table}”有一列“{label}”表式没有，其中 {figures} 个数字没有用",
        "the table `{table}` has a column `{label}` that the form does not have; its {figures} figures were not used"
    );
    Finding::warning(Code::ImportColumnUnknown, message).seen_at(place).about(&wanted.table.key)
}

/// A column of the form is not there.
pub(super) fn column_missing(wanted: &WantedTable<'_>, column: &WantedLine, rows: usize) -> Finding {
    let (label, table) = (&column.label, &wanted.table.label);
    let message = text!(
        "表格“{table}”没有找到“{label}”这一列，{rows} 格没有读出",
        "the column `{label}` of the table `{table}` was not found; {rows} cells were not read"
    );
    Finding::error(Code::ImportCellUnread, message).about(&wanted.table.key)
}

/// A row of the form is not there.
pub(super) fn row_missing(wanted: &WantedTable<'_>, line: &WantedLine) -> Finding {
    let (label, table) = (&line.label, &wanted.table.label);
    let message = match label.is_empty() {
        true => text!("表格“{table}”没有找到数字所在的行", "the row of figures of the table `{table}` was not found"),
        false => {
            text!("表格“{table}”没有找到“{label}”这一行", "the row `{label}` of the table `{table}` was not found")
        }
    };
    Finding::error(Code::ImportRowMissing, message).about(&line.key)
}

/// A row with figures is none of the form's.
pub(super) fn row_unknown(
    wanted: &WantedTable<'_>,
    source: &SourceTable<'_>,
    row: usize,
    figures: &[&SourceCell<'_>],
) -> Finding {
    let labels: Vec<String> =
        source.row(row).filter(|cell| cell.is_label()).map(|cell| brief(&cell.cell.text)).collect();
    let (label, table, said) = (labels.join("·"), &wanted.table.label, cited(figures));
    let message = text!(
        "表格“{table}”有一行“{label}”表式没有或已经读过，数字没有用：{said}",
        "the table `{table}` has a row `{label}` that the form does not have or that was read already; not used: {said}"
    );
    let finding = Finding::warning(Code::ImportRowUnknown, message).about(&wanted.table.key);
    finding.seen_at(figures.first().map(|cell| &cell.cell.place))
}

/// A row has a cell too few or too many.
pub(super) fn ragged(
    wanted: &WantedTable<'_>,
    context: &RowContext<'_>,
    values: &[&SourceCell<'_>],
    columns: usize,
) -> Finding {
    let (row, table, count, said) = (context.name(), &wanted.table.label, values.len(), cited(values));
    let message = text!(
        "表格“{table}”的“{row}”有 {count} 格而不是 {columns} 格，不知道各属哪一列，没有读：{said}",
        "the row `{row}` of the table `{table}` has {count} cells and not {columns}, so nobody knows which column each belongs to; not read: {said}"
    );
    let finding = Finding::error(Code::ImportCellUnread, message).about(&context.line.key);
    finding.seen_at(values.first().map(|cell| &cell.cell.place))
}

/// One cell stands for several rows.
pub(super) fn merged(
    wanted: &WantedTable<'_>,
    context: &RowContext<'_>,
    column: &WantedLine,
    cell: &SourceCell<'_>,
) -> Finding {
    let (row, table, column, said) = (context.name(), &wanted.table.label, &column.label, brief(&cell.cell.text));
    let message = text!(
        "表格“{table}”中“{row}·{column}”与别的行合并成一格，没有读：{said}",
        "in the table `{table}`, `{row}·{column}` is one cell with other rows; not read: {said}"
    );
    Finding::error(Code::ImportCellUnread, message).seen_at(&cell.cell.place).about(&context.line.key)
}

/// A group of rows is printed as one, and is not 0.
pub(super) fn group_row(
    wanted: &WantedTable<'_>,
    context: &RowContext<'_>,
    column: &WantedLine,
    cell: &SourceCell<'_>,
) -> Finding {
    let (row, table, column, said) = (context.name(), &wanted.table.label, &column.label, brief(&cell.cell.text));
    let message = text!(
        "表格“{table}”的“{row}”只印了一行，“{column}”是 {said}，不知道分属哪几行",
        "the table `{table}` prints `{row}` as one row; `{column}` is {said}, and nobody knows of which of its rows"
    );
    let help = text!("查原来的台账，填进各行", "look it up in your own records, and fill in the rows");
    Finding::error(Code::ImportGroupRow, message).seen_at(&cell.cell.place).about(&context.line.key).help(help)
}

/// Figures of a table went nowhere.
pub(super) fn unused(wanted: &WantedTable<'_>, cells: &[&SourceCell<'_>]) -> Finding {
    let (table, count, said) = (&wanted.table.label, cells.len(), cited(cells));
    let message = text!(
        "表格“{table}”中有 {count} 个数字没有用：{said}",
        "{count} figures of the table `{table}` were not used: {said}"
    );
    let finding = Finding::warning(Code::ImportFigureUnused, message).about(&wanted.table.key);
    finding.seen_at(cells.first().map(|cell| &cell.cell.place))
}

/// The words of a row are not quite those of the form.
pub(super) fn unlike(label: &str, line: &WantedLine) -> Text {
    let (label, wanted) = (brief(label), &line.label);
    text!("行名印作“{label}”，当作“{wanted}”", "the row is called `{label}`, taken for `{wanted}`")
}

/// The words of a column are not quite those of the form.
pub(super) fn unsure(unit: &Unit, column: &WantedLine) -> Text {
    let (label, wanted) = (brief(&unit.label), &column.label);
    text!("表头印作“{label}”，当作“{wanted}”", "the head says `{label}`, taken for `{wanted}`")
}

/// Another row of the file has as good a right to be a row of the form.
pub(super) fn rival(label: &str) -> Text {
    let label = brief(label);
    text!("“{label}”有两行，数字不同", "there are two rows `{label}` with other figures")
}

fn at_table(finding: Finding, wanted: &WantedTable<'_>, source: &SourceTable<'_>) -> Finding {
    let finding = finding.about(&wanted.table.key);
    finding.seen_at(source.cells.first().map(|cell| &cell.cell.place))
}

fn cited(cells: &[&SourceCell<'_>]) -> String {
    let said: Vec<String> = cells.iter().take(CITED).map(|cell| brief(&cell.cell.text)).collect();
    let more = if cells.len() > CITED { " …" } else { "" };
    format!("{}{more}", said.join("、"))
}
