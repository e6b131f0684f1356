//! Which cell of a file holds which fact. In: the tables of a file and the form; out: [`Placed`], for each fact that was found the cell
//! with its place, how it was found and what is doubtful, and what was not found or has no use.
//!
//! Two rules have no exception: nothing is read by its order past a head that was not understood, and every figure of a table that is
//! one of the form is used or told. They are what keeps a figure from standing in the wrong place, or from being lost, in silence.

pub(super) mod columns;
mod placed;
pub(super) mod rows;
pub(super) mod source;
mod stream;
mod told;
mod torn;
pub(super) mod values;

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Text, text};
use crate::form::{Form, Key};

use super::blocks::{Block, Document, Grid};
use super::finding::Finding;
use super::look::Look;
use super::wanted::{RowKind, WantedLine, WantedTable};
use super::words::{Lexicon, Score, Words, share};
use columns::Columns;
use placed::RowContext;
pub(super) use placed::{How, Placed, PlacedCell};
use rows::{Certainty, Matched, RowAt};
use source::{SourceCell, SourceTable};
use values::{Picked, Row};

/// A table of a file is one of the form where its rows are so alike to it, in the mean.
const TABLE: Score = 350;
/// More rows than these of all tables together are not looked at; no report has as many.
const MOST_ROWS: usize = 4_000;

/// Finds the cells of a form's tables in a file.
pub(super) fn place(document: &Document, form: &Form, wanted: &[WantedTable<'_>]) -> Placed {
    let (grids, parts) = torn::whole(document, wanted);
    let grids: Vec<&Grid> = grids.iter().collect();
    let mut lexicon = Lexicon::default();
    let sources: Vec<SourceTable<'_>> =
        grids.iter().map(|grid| SourceTable::of(grid, &form.import, &mut lexicon)).collect();
    let mut placed = Placed { old: old_edition(&sources, document, form), ..Placed::default() };
    owners(&sources, wanted, &mut placed);
    let owner_of = |part: &usize| placed.owners.get(*part).copied().flatten();
    let owners_of_parts: Vec<Option<usize>> = parts.iter().map(owner_of).collect();
    let is_text = grids.is_empty();
    for (number, table) in wanted.iter().enumerate() {
        if is_text {
            let weight = stream::place(document, table, &form.import, &mut placed);
            placed.weight += weight;
            if weight == 0 {
                placed.findings.push(told::table_missing(table));
            }
            continue;
        }
        let which: Vec<usize> = (0..sources.len()).filter(|at| placed.owners[*at] == Some(number)).collect();
        if which.is_empty() {
            placed.findings.push(told::table_missing(table));
        } else {
            let placer = Placer::new(&sources, &which, table, form, &mut placed);
            placer.place();
        }
    }
    placed.owners = owners_of_parts;
    placed
}

/// The earlier edition of the form of which the tables are, by words that stand in no table of this one.
fn old_edition(sources: &[SourceTable<'_>], document: &Document, form: &Form) -> Option<String> {
    const ALIKE: Score = 900;
    const ENOUGH: usize = 2;
    let is_of = |edition: &&crate::form::import::OldEdition| {
        let stands = |sign: &&String| {
            let sign = Words::of(sign);
            let mut cells = sources.iter().flat_map(|source| &source.cells);
            // Where only the words of a table are left, its labels stand in lines.
            let in_lines = || {
                sources.is_empty()
                    && document.blocks.iter().any(|block| match block {
                        Block::Paragraph(paragraph) => Words::of(&paragraph.text()).contains(&sign),
                        Block::Grid(_) => false,
                    })
            };
            cells.any(|cell| cell.is_label() && cell.words.likeness(&sign) >= ALIKE) || in_lines()
        };
        edition.signs.iter().filter(stands).count() >= ENOUGH.min(edition.signs.len().max(1))
    };
    form.import.old.iter().find(is_of).map(|old| old.edition.clone())
}

/// Says of each table of the file which table of the form it is.
fn owners(sources: &[SourceTable<'_>], wanted: &[WantedTable<'_>], placed: &mut Placed) {
    let mut left = MOST_ROWS;
    for (at, source) in sources.iter().enumerate() {
        let rows = source.grid.rows;
        if rows > left {
            placed.owners.push(None);
            continue;
        }
        left -= rows;
        let before = at.checked_sub(1).and_then(|before| placed.owners[before]).filter(|_| source.grid.continues);
        let scored = wanted.iter().enumerate().filter_map(|(number, table)| {
            let matched = rows::matched(sources, &[at], table);
            let sum: u64 = matched.wanted.iter().flatten().map(|(_, score)| u64::from(*score)).sum();
            let kinds = || matched.found().map(|(_, row)| &table.rows[row]);
            let has_label = kinds().any(|row| !(table.blocks[row.block].is_bare && row.kind.line().is_some()));
            let mean = share(usize::try_from(sum).unwrap_or(usize::MAX) / 1000, rows);
            let is_rest = before == Some(number);
            // A part of a table that goes on from the page before has its heads there.
            ((mean > TABLE && has_label) || (is_rest && sum > 0)).then_some((number, sum, is_rest))
        });
        let best =
            scored.max_by_key(|(number, sum, is_rest)| (*sum * if *is_rest { 6 } else { 5 }, usize::MAX - number));
        placed.weight += best.map_or(0, |(_, sum, _)| sum);
        placed.owners.push(best.map(|(number, ..)| number));
    }
}

/// Finds the cells of one table.
struct Placer<'p, 's, 'a, 'w, 'f> {
    sources: &'s [SourceTable<'a>],
    which: &'s [usize],
    wanted: &'w WantedTable<'f>,
    form: &'f Form,
    matched: Matched,
    placed: &'p mut Placed,
    /// The cells of the file that were used or told, by table and number.
    used: BTreeSet<(usize, usize)>,
    /// The columns of each block, as they stood in the last part of the table that had heads.
    heads: BTreeMap<usize, Columns>,
    /// The blocks whose heads were not understood.
    unknown: BTreeSet<usize>,
}

/// The columns by which a row is read.
enum Heads<'c> {
    /// They stand over the row or a part of the table before it.
    Known(&'c Columns),
    /// They stand over a part of the table before, at other places.
    Before(&'c Columns),
    /// No heads stand there, and there are as many values as columns.
    InOrder,
    /// Heads stand there that are not understood.
    Unknown,
}

impl<'p, 's, 'a, 'w, 'f> Placer<'p, 's, 'a, 'w, 'f> {
    fn new(
        sources: &'s [SourceTable<'a>],
        which: &'s [usize],
        wanted: &'w WantedTable<'f>,
        form: &'f Form,
        placed: &'p mut Placed,
    ) -> Self {
        let matched = rows::matched(sources, which, wanted);
        Self {
            sources,
            which,
            wanted,
            form,
            matched,
            placed,
            used: BTreeSet::new(),
            heads: BTreeMap::new(),
            unknown: BTreeSet::new(),
        }
    }

    fn place(mut self) {
        let before = self.placed.findings.len();
        if let Some(twice) = self.stands_twice() {
            self.placed.twice.push(twice);
            return;
        }
        for table in self.which {
            for block in 0..self.wanted.blocks.len() {
                self.block(*table, block);
            }
        }
        self.missing_rows();
        self.unknown_rows();
        self.notes();
        self.unused_figures();
        // A blank may stand for what was not used or not read.
        let is_open = |finding: &Finding| {
            !matches!(finding.code, Code::ImportColumnsReordered | Code::ImportCellDoubtful | Code::ImportRowMissing)
        };
        if self.placed.findings[before..].iter().any(is_open) {
            self.placed.open.insert(self.wanted.table.key.clone());
        }
    }

    /// The rows of values of a block in one table of the file: the row of the file, and that of the form.
    fn value_rows(&self, table: usize, block: usize) -> Vec<(usize, usize)> {
        let is_of = |(at, row): &(usize, usize)| {
            let wanted = &self.wanted.rows[*row];
            self.matched.rows[*at].table == table && wanted.block == block && wanted.kind.line().is_some()
        };
        self.matched.found().filter(is_of).collect()
    }

    fn block(&mut self, table: usize, block: usize) {
        let rows = self.value_rows(table, block);
        let Some((first, _)) = rows.first() else { return };
        let source = &self.sources[table];
        let of_block = &self.wanted.blocks[block];
        let heads = self.head_rows(*first, block);
        let label_end = self.label_end(table, block, &rows);
        let is_own = !heads.is_empty();
        let own = is_own.then(|| Columns::of(source, &heads, label_end, of_block));
        let mut is_unknown = false;
        if let Some(mut columns) = own {
            columns.doubt_if_shifted(of_block);
            is_unknown = !columns.are_understood();
            self.use_heads(table, &heads);
            if !is_unknown {
                self.tell_columns(table, block, &columns, &rows);
                self.heads.insert(block, columns);
            }
        }
        let known = self.heads.get(&block).filter(|_| !is_unknown).cloned();
        if is_unknown {
            self.unknown.insert(block);
            self.placed.findings.push(told::heads_unknown(self.wanted, &rows, source, &heads));
        }
        let mut is_in_order = false;
        for (at, row) in rows {
            let heads = match &known {
                _ if is_unknown => Heads::Unknown,
                Some(columns) if is_own => Heads::Known(columns),
                Some(columns) => Heads::Before(columns),
                None if self.unknown.contains(&block) => Heads::Unknown,
                None => Heads::InOrder,
            };
            is_in_order |= matches!(heads, Heads::InOrder);
            self.row(at, row, &heads);
        }
        if is_in_order {
            self.placed.findings.push(told::without_heads(self.wanted, source));
        }
    }

    /// The rows of heads over the first row of values of a block, in the same table of the file.
    fn head_rows(&self, first: usize, block: usize) -> Vec<usize> {
        let RowAt { table, row } = self.matched.rows[first];
        let source = &self.sources[table];
        let mut heads = Vec::new();
        let above = self.matched.rows[..first].iter().enumerate().rev().take_while(|(_, at)| at.table == table);
        for (at, above) in above.take(row) {
            let kind = self.matched.wanted[at].map(|(wanted, _)| &self.wanted.rows[wanted]);
            let labels = source.row(above.row).filter(|cell| cell.is_label()).count();
            match kind {
                Some(wanted) if matches!(wanted.kind, RowKind::Head(_)) && wanted.block == block => {
                    heads.push(above.row);
                }
                None if source.is_one_word(above.row) => {}
                None if !source.has_figure(above.row) && labels > 1 => heads.push(above.row),
                // Rows that are not the form's may stand between the heads and the first that is.
                None => {}
                Some(_) => break,
            }
        }
        heads.reverse();
        heads
    }

    /// The column after the labels of most rows of a block.
    fn label_end(&self, table: usize, block: usize, rows: &[(usize, usize)]) -> usize {
        let of_block = &self.wanted.blocks[block];
        let source = &self.sources[table];
        let mut ends: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, _) in rows {
            let parted = source.part(self.matched.rows[*at].row, of_block.is_wordy, of_block.columns.len());
            let end = parted.labels.iter().map(|cell| cell.end()).max().unwrap_or(0);
            *ends.entry(end).or_default() += 1;
        }
        ends.into_iter().max_by_key(|(end, rows)| (*rows, *end)).map_or(0, |(end, _)| end)
    }

    fn use_heads(&mut self, table: usize, heads: &[usize]) {
        let source = &self.sources[table];
        let of_heads =
            (0..source.cells.len()).filter(|cell| heads.iter().any(|row| source.cells[*cell].cell.covers(*row)));
        self.used.extend(of_heads.map(|cell| (table, cell)));
    }

    /// Tells of columns that are not the form's, that stand in another order, or that are not there.
    fn tell_columns(&mut self, table: usize, block: usize, columns: &Columns, rows: &[(usize, usize)]) {
        let source = &self.sources[table];
        if columns.are_reordered() {
            self.placed.findings.push(told::columns_reordered(self.wanted, source));
        }
        for unit in columns.units.iter().filter(|unit| unit.is.is_none()) {
            let is_under = |number: &usize| {
                let cell = &source.cells[*number];
                (unit.start..unit.end).contains(&cell.cell.column)
                    && rows.iter().any(|(at, _)| self.matched.rows[*at].row == cell.cell.row)
            };
            let under: Vec<usize> = (0..source.cells.len()).filter(is_under).collect();
            let figures = under.iter().filter(|number| source.cells[**number].look.has_figure()).count();
            if figures > 0 {
                self.placed.findings.push(told::column_unknown(
                    self.wanted,
                    unit,
                    figures,
                    &source.cells[under[0]].cell.place,
                ));
            }
            self.used.extend(under.into_iter().map(|number| (table, number)));
        }
        for (number, column) in self.wanted.blocks[block].columns.iter().enumerate() {
            if columns.units.iter().all(|unit| unit.is.is_none_or(|(is, _)| is != number)) {
                self.placed.findings.push(told::column_missing(self.wanted, column, rows.len()));
            }
        }
    }

    fn row(&mut self, at: usize, wanted_row: usize, heads: &Heads<'_>) {
        let RowAt { table, row } = self.matched.rows[at];
        let wanted = self.wanted;
        let block = &wanted.blocks[wanted.rows[wanted_row].block];
        let kind = &wanted.rows[wanted_row].kind;
        let Some(line) = kind.line() else { return };
        let source = &self.sources[table];
        let parted = source.part(row, block.is_wordy, block.columns.len());
        let behind_labels = parted.labels.iter().map(|cell| cell.end()).max().unwrap_or(0);
        let by_look = || parted.values.iter().filter(|cell| cell.cell.column >= behind_labels && cell.cell.row == row);
        let values: Vec<&SourceCell<'a>> = match heads {
            _ if block.is_wordy => parted.values.clone(),
            // Where a row is shifted against its heads, its cells are as many as those, and stand behind its label.
            Heads::Known(columns) if by_look().count() != columns.units.len() => {
                let start = columns.units.first().map_or(0, |unit| unit.start);
                source.row(row).filter(|cell| cell.end() > start && cell.cell.row == row).collect()
            }
            _ => by_look().copied().collect(),
        };
        let label = parted.labels.last().map(|cell| cell.cell.text.clone()).unwrap_or_default();
        let doubt = match self.matched.certainty(at, self.sources, wanted) {
            Certainty::Sure => None,
            Certainty::Unlike if line.path.is_empty() => None,
            Certainty::Unlike => Some(told::unlike(&label, line)),
            Certainty::Rival => Some(told::rival(&label)),
        };
        let context = RowContext { table, line, kind, label, doubt };
        match heads {
            Heads::Known(columns) => self.under(&context, &Row { values }, columns, block),
            Heads::Before(columns) if values.len() == columns.units.len() => {
                let apart =
                    (!source.grid.continues).then(|| text!("表头在前面的表格里", "the heads stand in a table before"));
                for (cell, unit) in values.iter().zip(&columns.units) {
                    let Some((column, is_sure)) = unit.is else { continue };
                    let column = &block.columns[column];
                    let doubts = (!is_sure).then(|| told::unsure(unit, column));
                    let doubts = doubts.into_iter().chain(apart.clone()).collect();
                    self.cell(&context, column, unit.label.clone(), cell, How::Label, doubts);
                }
                let unknown = columns.units.iter().zip(&values).filter(|(unit, _)| unit.is.is_none());
                let unknown: Vec<&SourceCell<'a>> = unknown.map(|(_, cell)| *cell).collect();
                self.use_cells(table, &unknown);
            }
            Heads::InOrder if values.len() == block.columns.len() => {
                for (cell, column) in values.iter().zip(&block.columns) {
                    let doubt = text!("没有表头，按次序读", "no heads; read in order");
                    self.cell(&context, column, String::new(), cell, How::Order, vec![doubt]);
                }
            }
            Heads::Before(columns) => self.ragged(&context, &values, columns.units.len()),
            Heads::InOrder => self.ragged(&context, &values, block.columns.len()),
            // What it holds is told with the heads that were not understood.
            Heads::Unknown => self.use_cells(table, &values),
        }
    }

    fn under(
        &mut self,
        context: &RowContext<'_>,
        row: &Row<'_, 'a>,
        columns: &Columns,
        block: &super::wanted::WantedBlock,
    ) {
        let picked = row.under(columns);
        if picked.contains(&Picked::Ragged) {
            return self.ragged(context, &row.values, columns.units.len());
        }
        for (unit, picked) in columns.units.iter().zip(picked) {
            let Some((column, is_sure)) = unit.is else { continue };
            let column = &block.columns[column];
            let (at, how, doubt) = match picked {
                Picked::Sure(at) => (at, How::Label, None),
                Picked::Overlap(at) => {
                    (at, How::Overlap, Some(text!("格与表头对不齐", "cell and head do not line up")))
                }
                Picked::Order(at) => (
                    at,
                    How::Order,
                    Some(text!("格与表头对不齐，按次序读", "cell and head do not line up; read in order")),
                ),
                Picked::Absent | Picked::Ragged => continue,
            };
            let doubts = doubt.into_iter().chain((!is_sure).then(|| told::unsure(unit, column))).collect();
            self.cell(context, column, unit.label.clone(), row.values[at], how, doubts);
        }
    }

    /// Takes a cell for the value of a row and a column.
    fn cell(
        &mut self,
        context: &RowContext<'_>,
        column: &WantedLine,
        column_label: String,
        cell: &SourceCell<'a>,
        how: How,
        doubts: Vec<Text>,
    ) {
        let of_row = match &context.kind {
            RowKind::Group { members, .. } => members.as_slice(),
            _ => std::slice::from_ref(&context.line.key),
        };
        self.use_cells(context.table, &[cell]);
        let is_group = matches!(context.kind, RowKind::Group { .. });
        if cell.cell.rowspan > 1 {
            return self.placed.findings.push(told::merged(self.wanted, context, column, cell));
        }
        let is_nothing = match &cell.look {
            Look::Figure(figure) => figure.is_zero(),
            Look::Blank | Look::None => true,
            Look::Odd | Look::Words => false,
        };
        if is_group && !is_nothing {
            return self.placed.findings.push(told::group_row(self.wanted, context, column, cell));
        }
        for row in of_row {
            self.placed.cells.push(PlacedCell {
                key: row.join(&column.key),
                text: cell.cell.text.clone(),
                place: cell.cell.place.clone(),
                row_label: context.label.clone(),
                column_label: column_label.clone(),
                how: if is_group { How::Group } else { how },
                doubts: context.doubt.iter().chain(&doubts).cloned().collect(),
            });
        }
    }

    /// A row with a cell too few or too many is left out whole.
    fn ragged(&mut self, context: &RowContext<'_>, values: &[&SourceCell<'a>], columns: usize) {
        self.use_cells(context.table, values);
        self.placed.findings.push(told::ragged(self.wanted, context, values, columns));
    }

    fn use_cells(&mut self, table: usize, cells: &[&SourceCell<'a>]) {
        self.used.extend(cells.iter().map(|cell| (table, cell.number)));
    }

    /// Whether two tables of the file are this one, with other values.
    fn stands_twice(&self) -> Option<Text> {
        let mut seen: BTreeMap<usize, Vec<(usize, Vec<Look>)>> = BTreeMap::new();
        let is_of_values = |row: usize| matches!(self.wanted.rows[row].kind, RowKind::Values(_));
        // Two tables that each have most rows are two reports, however few figures differ.
        let rows = (0..self.wanted.rows.len()).filter(|row| is_of_values(*row)).count();
        let mut whole = 0;
        for table in self.which {
            let alone = rows::matched(self.sources, &[*table], self.wanted);
            let found: Vec<(usize, usize)> = alone.found().filter(|(_, row)| is_of_values(*row)).collect();
            whole += usize::from(5 * found.len() >= 3 * rows);
            for (at, row) in found {
                let source = &self.sources[*table];
                let looks =
                    source.row(alone.rows[at].row).filter(|cell| !cell.is_label()).map(|cell| cell.look.clone());
                let looks: Vec<Look> = looks.collect();
                if alone.wanted[at].is_some_and(|(_, score)| score > 850) && looks.iter().any(Look::has_figure) {
                    seen.entry(row).or_default().push((*table, looks));
                }
            }
        }
        let of_block = |row: &usize| self.wanted.blocks[self.wanted.rows[*row].block].columns.len();
        let differs = |tables: &Vec<(usize, Vec<Look>)>| tables.iter().any(|(_, looks)| *looks != tables[0].1);
        let twice =
            seen.iter().filter(|(row, tables)| tables.len() > 1 && differs(tables) && of_block(row) > 0).count();
        (2 * twice > seen.len() || (whole > 1 && twice > 0)).then(|| told::twice(self.wanted))
    }

    fn missing_rows(&mut self) {
        let found: BTreeSet<usize> = self.matched.found().map(|(_, row)| row).collect();
        let in_groups: BTreeSet<&Key> = found
            .iter()
            .filter_map(|row| match &self.wanted.rows[*row].kind {
                RowKind::Group { members, .. } => Some(members),
                _ => None,
            })
            .flatten()
            .collect();
        let missing: Vec<&WantedLine> = self
            .wanted
            .rows
            .iter()
            .enumerate()
            .filter(|(number, _)| !found.contains(number))
            .filter_map(|(_, row)| match &row.kind {
                RowKind::Values(line) if !in_groups.contains(&line.key) => Some(line),
                _ => None,
            })
            .filter(|line| self.is_required(line))
            .collect();
        self.placed.findings.extend(missing.into_iter().map(|line| told::row_missing(self.wanted, line)));
    }

    /// Whether any cell of a row must be in the facts.
    fn is_required(&self, line: &WantedLine) -> bool {
        let mut columns = self.wanted.blocks.iter().flat_map(|block| &block.columns);
        columns.any(|column| self.form.keys.get(&line.key.join(&column.key)).is_some_and(|known| known.required))
    }

    /// Tells of rows with figures that are none of the form's.
    fn unknown_rows(&mut self) {
        let unknown: Vec<RowAt> = (0..self.matched.rows.len())
            .filter(|at| self.matched.wanted[*at].is_none())
            .map(|at| self.matched.rows[at])
            .collect();
        for RowAt { table, row } in unknown {
            let source = &self.sources[table];
            let free: Vec<&SourceCell<'a>> = source
                .row(row)
                .filter(|cell| cell.cell.row == row && cell.look.has_figure())
                .filter(|cell| !self.used.contains(&(table, cell.number)))
                .collect();
            if !free.is_empty() {
                self.use_cells(table, &free);
                self.placed.findings.push(told::row_unknown(self.wanted, source, row, &free));
            }
        }
    }

    /// Keeps rows that are one stretch of words, and no label of the form.
    fn notes(&mut self) {
        const SHORTEST: usize = 10;
        const ALIKE: Score = 800;
        let is_label = |cell: &SourceCell<'_>| {
            let bars = self.wanted.rows.iter().filter_map(|row| match &row.kind {
                RowKind::Bar(bar) => Some(bar.likeness(&cell.words)),
                RowKind::Head(labels) => labels.iter().map(|label| label.likeness(&cell.words)).max(),
                _ => None,
            });
            let own = Words::of(&self.wanted.table.label).likeness(&cell.words);
            bars.max().unwrap_or(0).max(own) >= ALIKE
        };
        for at in (0..self.matched.rows.len()).filter(|at| self.matched.wanted[*at].is_none()) {
            let RowAt { table, row } = self.matched.rows[at];
            let mut words = self.sources[table].row(row).filter(|cell| cell.look != Look::Blank);
            let (Some(only), None) = (words.next(), words.next()) else { continue };
            let is_long = only.cell.text.chars().count() >= SHORTEST;
            if only.is_label() && only.cell.row == row && is_long && !is_label(only) {
                self.placed.notes.push((only.cell.text.clone(), only.cell.place.clone()));
            }
        }
    }

    /// Tells of figures that went nowhere.
    fn unused_figures(&mut self) {
        let mut unused = Vec::new();
        for table in self.which {
            let source = &self.sources[*table];
            let free = source
                .cells
                .iter()
                .enumerate()
                .filter(|(number, cell)| cell.look.has_figure() && !self.used.contains(&(*table, *number)));
            unused.extend(free.map(|(_, cell)| cell));
        }
        if !unused.is_empty() {
            self.placed.findings.push(told::unused(self.wanted, &unused));
        }
    }
}
