//! What sums say of figures that were read. In: the values so far; out: which blank cells are 0, and which figures may stand in the
//! wrong rows or columns.

use std::collections::{BTreeMap, BTreeSet};

use super::Settling;
use crate::check::sum;
use crate::diag::{Code, text};
use crate::form::Key;
use crate::form::import::Blank;
use crate::import::finding::Finding;
use crate::report::{Entry, Value, Values};
use crate::source::{self, Source};

impl Settling<'_> {
    /// A blank figure is 0 where the form says so and every sum holds with it; else nobody knows.
    pub(super) fn blanks(&mut self, open: &BTreeSet<Key>, is_partly_read: bool) {
        let blanks = std::mem::take(&mut self.blanks);
        let doubtful: BTreeSet<Key> = match self.form.import.blank {
            Blank::Zero if is_partly_read => blanks.keys().cloned().collect(),
            Blank::Zero => {
                let in_open = blanks.iter().filter(|(_, table)| open.contains(*table)).map(|(key, _)| key.clone());
                self.against_sums(&blanks).into_iter().chain(in_open).collect()
            }
            Blank::Ask => blanks.keys().cloned().collect(),
        };
        let mut left: BTreeMap<Key, usize> = BTreeMap::new();
        for key in &doubtful {
            if let Some(table) = blanks.get(key) {
                *left.entry(table.clone()).or_default() += 1;
            }
        }
        for (table, count) in left {
            let label = self.form.tables.iter().find(|other| other.key == table).map_or("", |table| &table.label);
            let message = text!(
                "表格“{label}”有 {count} 格空白，不知道是不是 0，没有写",
                "{count} cells of the table `{label}` are blank, and nothing says that they are 0; they were left out"
            );
            self.find(Finding::error(Code::ImportCellUnread, message).about(&table));
        }
        for table in &self.form.tables {
            let is_open = |key: &&Key| {
                key.is_within(&table.key)
                    && self.form.keys.get(key).is_some_and(|known| known.required && known.kind.is_figure())
                    && !self.draft.values.contains_key(*key)
            };
            let open: Vec<&Key> = self.form.keys.cells().map(|(key, _)| key).filter(is_open).collect();
            let are_zero = |key: &&Key| blanks.contains_key(*key) && !doubtful.contains(*key);
            if open.is_empty() {
                continue;
            }
            if open.iter().all(are_zero) {
                self.draft.rests.insert(table.key.clone());
                continue;
            }
            let zeros: Vec<Key> = open.into_iter().filter(are_zero).cloned().collect();
            for key in zeros {
                self.draft.values.insert(key, Value::Figure(rust_decimal::Decimal::ZERO));
            }
        }
    }

    /// The values so far, and these as 0, each as if it were written.
    fn values_with(&self, zeros: &BTreeMap<Key, Key>) -> Values {
        let source = Source::new("", "");
        let place = source::Place::new(&source, 0..0);
        let stated = |value: Value| Entry { value, place: Some(place.clone()) };
        let mut values: Values =
            self.draft.values.iter().map(|(key, value)| (key.clone(), stated(value.clone()))).collect();
        values.extend(zeros.keys().map(|key| (key.clone(), stated(Value::Figure(rust_decimal::Decimal::ZERO)))));
        values
    }

    /// The blank cells of sums that do not hold with them as 0.
    fn against_sums(&self, blanks: &BTreeMap<Key, Key>) -> BTreeSet<Key> {
        let mut values = self.values_with(blanks);
        sum::complete(self.form, &mut values);
        let verdicts = sum::verdicts(self.form, &values, None);
        let failed = verdicts.iter().filter(|verdict| !verdict.holds());
        let keys = failed.flat_map(|verdict| verdict.sum.left.iter().chain(&verdict.sum.right));
        keys.filter(|key| blanks.contains_key(*key)).cloned().collect()
    }

    /// Where most sums of a table do not hold, its figures may stand in the wrong rows or columns, and none is sure.
    pub(super) fn against_all_sums(&mut self) {
        const FEW: usize = 2;
        let values = self.values_with(&BTreeMap::new());
        let mut tables: BTreeMap<(Key, bool), (usize, usize)> = BTreeMap::new();
        let mut rows = self.rows_without_total(&values);
        for verdict in sum::verdicts(self.form, &values, None) {
            let keys = || verdict.sum.left.iter().chain(&verdict.sum.right);
            let is_read = |key: &Key| values.get(key).is_some_and(|entry| entry.value.figure().is_some());
            // A total that was left at 0 is an oversight, and says nothing of where the figures stand.
            let says = verdict.left.iter().any(|term| !term.number.is_zero());
            let table = verdict
                .sum
                .left
                .first()
                .and_then(|key| self.form.tables.iter().find(|table| key.is_within(&table.key)));
            let (Some(table), true, true) = (table, keys().all(is_read), says) else { continue };
            let row = verdict.sum.left.first().map(|key| key.split_last().0);
            let is_row = keys().all(|key| Some(key.split_last().0) == row);
            let (failed, all) = tables.entry((table.key.clone(), is_row)).or_default();
            *failed += usize::from(!verdict.holds());
            *all += 1;
            rows.extend(row.filter(|_| is_row && !verdict.holds()));
        }
        self.doubt_rows(rows);
        for ((table, is_row), (failed, all)) in tables {
            if failed >= FEW && 2 * failed >= all {
                self.doubt_table(&table, is_row, failed, all);
            }
        }
    }

    /// Rows with figures whose total is blank in a table where others have one.
    fn rows_without_total(&self, values: &Values) -> BTreeSet<Key> {
        let figure = |key: &Key| values.get(key).and_then(|entry| entry.value.figure());
        let is_along = |row: &Key, parts: &Vec<Key>| parts.iter().all(|part| part.split_last().0 == *row);
        let (mut stated, mut blank): (BTreeSet<&Key>, Vec<(&Key, Key)>) = (BTreeSet::new(), Vec::new());
        for table in &self.form.tables {
            for (key, known) in self.form.keys.cells().filter(|(key, _)| key.is_within(&table.key)) {
                let row = key.split_last().0;
                let parts = known.sums.iter().find(|parts| is_along(&row, parts));
                let Some(parts) = parts.filter(|_| self.draft.traces.contains_key(key)) else { continue };
                let has_figures = parts.iter().filter_map(figure).any(|part| !part.is_zero());
                match figure(key) {
                    Some(_) => drop(stated.insert(&table.key)),
                    None if has_figures => blank.push((&table.key, row)),
                    None => {}
                }
            }
        }
        blank.into_iter().filter(|(table, _)| stated.contains(table)).map(|(_, row)| row).collect()
    }

    /// Rows whose total is not the sum of its parts, or is not there: a cell too few or too many may have moved the others.
    fn doubt_rows(&mut self, rows: BTreeSet<Key>) {
        let said = text!("总计与各项之和不符，或者没有总计", "the total is not the sum of its parts, or is not there");
        for row in rows {
            self.draft.doubts.entry(row.clone()).or_default().insert(said.zh.clone(), said.clone());
            let mut place = None;
            for (key, trace) in self.draft.traces.iter_mut().filter(|(key, _)| key.split_last().0 == row) {
                trace.is_sure = false;
                place = place.or_else(|| trace.place.clone().filter(|_| !key.is_empty()));
            }
            let label = self.form.label_of(&row).map(str::to_owned);
            let label = label.unwrap_or_else(|| self.row_label(&row));
            let message = text!(
                "“{label}”一行存疑：总计与各项之和不符，或者没有总计",
                "the row `{label}` is in doubt: its total is not the sum of its parts, or is not there"
            );
            let finding = Finding::warning(Code::ImportCellDoubtful, message).about(&row);
            self.find(finding.seen_at(place.as_ref()));
        }
    }

    /// What a row is called in the form.
    fn row_label(&self, row: &Key) -> String {
        let cells = self.form.tables.iter().flat_map(|table| table.cells());
        let cell = cells.into_iter().find(|cell| cell.key.split_last().0 == *row);
        let heads =
            cell.map(|cell| if cell.row.iter().any(|head| !head.label.is_empty()) { cell.row } else { cell.column });
        heads
            .into_iter()
            .flatten()
            .map(|head| head.label.clone())
            .filter(|label| !label.is_empty())
            .collect::<Vec<_>>()
            .join("·")
    }

    fn doubt_table(&mut self, table: &Key, is_row: bool, failed: usize, all: usize) {
        let label = self.form.tables.iter().find(|other| other.key == *table).map_or("", |table| &table.label);
        let message = match is_row {
            true => text!(
                "表格“{label}”的 {all} 个合计有 {failed} 个不等于各项之和，数字可能读错了列，请逐格核对",
                "{failed} of {all} totals of the table `{label}` are not the sums of their parts; figures may stand in the wrong columns, so compare each cell"
            ),
            false => text!(
                "表格“{label}”各列的 {all} 个勾稽关系有 {failed} 个不成立，数字可能读错了行，请逐格核对",
                "{failed} of {all} sums down the columns of the table `{label}` do not hold; figures may stand in the wrong rows, so compare each cell"
            ),
        };
        self.find(Finding::warning(Code::ImportCellDoubtful, message).about(table));
        for (_, trace) in self.draft.traces.iter_mut().filter(|(key, _)| key.is_within(table)) {
            trace.is_sure = false;
        }
    }
}
