//! Tables of which only the words are left, as in text that was copied from a page. In: lines; out: cells of the form's rows whose count
//! of values leaves no doubt.
//!
//! Text has no columns: a blank cell is lost, and with it the place of every value behind it. So a row is read only where it has
//! exactly as many values as the form has columns, and all that is read is in doubt.

use std::collections::BTreeSet;

use crate::diag::{Text, text};
use crate::form::ImportRules;

use super::super::align::monotone;
use super::super::blocks::{Block, Document, Place};
use super::super::look::Look;
use super::super::wanted::{RowKind, WantedLine, WantedTable};
use super::super::words::{SAME, Score, Words};
use super::placed::{How, Placed, PlacedCell};
use super::told;

/// Below this likeness a label is another one.
const FLOOR: Score = 600;
/// What the right count of values adds.
const COUNT: Score = 100;
/// What a row without a label counts as that has the right count of values.
const BARE: Score = 700;
/// More values than these in a row belong to no table.
const MOST: usize = 200;

/// More labels with values than these are looked at in no text.
const MOST_RUNS: usize = 4_000;

/// A label and the values behind it.
struct Run {
    /// All words since the last value.
    label: String,
    /// The last line of them.
    last: String,
    values: Vec<(String, Place)>,
}

/// Finds cells of a table in lines of text; gives how alike its rows are, all together.
pub(super) fn place(document: &Document, wanted: &WantedTable<'_>, rules: &ImportRules, placed: &mut Placed) -> u64 {
    let runs = runs(document, rules);
    let rows: Vec<(usize, &WantedLine)> = wanted
        .rows
        .iter()
        .filter_map(|row| match &row.kind {
            RowKind::Values(line) => Some((wanted.blocks[row.block].columns.len(), line)),
            _ => None,
        })
        .collect();
    let like = |run: usize, row: usize| likeness(&runs[run], rows[row].1, rows[row].0);
    let pairs = monotone(runs.len(), rows.len(), like, FLOOR);
    let found: Vec<(usize, usize, Score)> =
        pairs.iter().enumerate().filter_map(|(run, pair)| pair.map(|(row, score)| (run, row, score))).collect();
    // A row without a label is believed only beside rows with one, or where it is the whole table and nothing else has its count.
    let mut missing: BTreeSet<usize> = (0..rows.len()).collect();
    for (run, row, _) in &found {
        let (columns, line) = rows[*row];
        let block = wanted.blocks.iter().find(|block| {
            block.columns.len() == columns && wanted.values_of_block(block).any(|other| std::ptr::eq(other, line))
        });
        let Some(block) = block.filter(|_| runs[*run].values.len() == columns) else { continue };
        missing.remove(row);
        for (column, (value, place)) in block.columns.iter().zip(&runs[*run].values) {
            placed.cells.push(PlacedCell {
                key: line.key.join(&column.key),
                text: value.clone(),
                place: place.clone(),
                row_label: runs[*run].last.clone(),
                column_label: String::new(),
                how: How::Order,
                doubts: vec![doubt()],
            });
        }
    }
    if missing.len() == rows.len() {
        return 0;
    }
    placed.findings.push(told::as_text(wanted));
    placed.findings.extend(missing.into_iter().map(|row| told::row_missing(wanted, rows[row].1)));
    found.iter().map(|(_, _, score)| u64::from(*score)).sum()
}

fn doubt() -> Text {
    text!("文本没有列，按次序读", "text has no columns; read in order")
}

/// Labels and the values behind each.
fn runs(document: &Document, rules: &ImportRules) -> Vec<Run> {
    let mut runs = vec![Run::new()];
    let lines = document.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(&paragraph.lines),
        Block::Grid(_) => None,
    });
    for line in lines.flatten() {
        let parts: Vec<&str> = line.text.split_whitespace().collect();
        let values = parts.iter().rev().take_while(|part| is_value(part, rules)).count();
        let (words, values) = parts.split_at(parts.len() - values);
        if !words.is_empty() {
            if runs.last().is_some_and(|run| !run.values.is_empty()) {
                runs.push(Run::new());
            }
            if let Some(run) = runs.last_mut() {
                run.last = words.concat();
                run.label.push_str(&run.last);
            }
        }
        if let Some(run) = runs.last_mut() {
            run.values.extend(values.iter().map(|value| ((*value).to_owned(), line.place.clone())));
        }
    }
    runs.retain(|run| !run.values.is_empty() && run.values.len() <= MOST);
    // No report has as many rows; what has is something else.
    runs.truncate(MOST_RUNS);
    runs
}

impl Run {
    fn new() -> Self {
        Self { label: String::new(), last: String::new(), values: Vec::new() }
    }
}

fn is_value(text: &str, rules: &ImportRules) -> bool {
    matches!(Look::of(text, rules), Look::Figure(_) | Look::None)
}

fn likeness(run: &Run, line: &WantedLine, columns: usize) -> Score {
    let is_full = run.values.len() == columns;
    let Some(leaf) = line.path.last() else { return if is_full { BARE } else { 0 } };
    let longest = leaf.iter().map(|words| words.bare().chars().count()).max().unwrap_or(0);
    let all: Vec<char> = run.label.chars().filter(|c| !c.is_whitespace()).collect();
    // The label may have been broken into lines, with other words before it.
    let tails =
        (longest..=longest + 4).map(|length| all[all.len().saturating_sub(length)..].iter().collect::<String>());
    let own = leaf.likeness(&Words::of(&run.last));
    let like = tails.map(|tail| leaf.likeness(&Words::of(&tail))).max().unwrap_or(0).max(own);
    match like < FLOOR {
        true => 0,
        false => (like + if is_full { COUNT } else { 0 }).min(SAME),
    }
}
