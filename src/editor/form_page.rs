//! The form as the page draws it. In: a form; out: its sections with what stands in each, the cells of its tables with their spans, and
//! what is known of each key, as data from which the page is made once.

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use crate::form::grid::{CellRole, GridBlock, GridCell};
use crate::form::keys::REST;
use crate::form::pattern::references;
use crate::form::{Content, FieldKind, Form, Key, KeyInfo, Section, Table};

/// What is known of a key.
#[derive(Serialize)]
struct Known<'a> {
    kind: FieldKind,
    is_figure: bool,
    label: &'a str,
    /// What the page has over and beside it, outermost first.
    labels: Vec<String>,
    guide: String,
    options: &'a [String],
    required: bool,
    is_cell: bool,
    /// For a total: the keys of its parts, along its row and along its column.
    parts: &'a [Vec<Key>],
}

/// The form.
pub(super) fn page(form: &Form) -> Value {
    let mut paths = form.label_paths();
    let known = form.keys.iter().map(|(key, known)| {
        let labels = paths.remove(key).unwrap_or_default();
        (key.to_string(), json!(of_key(form, known, labels)))
    });
    let known: serde_json::Map<String, Value> = known.collect();
    let head = Some(unshown(form)).filter(|keys| !keys.is_empty());
    let head = head.map(|keys| json!({ "heading": null, "blocks": [{ "kind": "listing", "keys": keys }] }));
    let sections: Vec<Value> =
        head.into_iter().chain(form.sections.iter().map(|section| of_section(form, section))).collect();
    json!({
        "name": form.name,
        "label": form.label,
        "language": form.language,
        "author": form.author,
        "dated": form.dated,
        "flag_words": form.flag_words.each_ref().map(|words| answer(words)),
        "sections": sections,
        "known": known,
    })
}

fn of_key<'a>(form: &Form, known: &'a KeyInfo, labels: Vec<String>) -> Known<'a> {
    Known {
        kind: known.kind,
        is_figure: known.kind.is_figure(),
        label: &known.label,
        labels,
        guide: with_labels(form, &known.guide),
        options: &known.options,
        required: known.required,
        is_cell: known.is_cell,
        parts: &known.sums,
    }
}

/// Advice with labels in the place of references, which people who fill in a page need not know.
fn with_labels(form: &Form, guide: &str) -> String {
    let is_chinese = form.language.starts_with("zh");
    let (mut out, mut done) = (String::with_capacity(guide.len()), 0);
    for reference in references(guide) {
        let Some(known) = form.keys.get(reference.name.as_str()).filter(|_| !reference.escaped) else { continue };
        out.push_str(&guide[done..reference.span.start]);
        done = reference.span.end;
        if is_chinese {
            // Chinese has no spaces around its own words.
            out.truncate(out.trim_end().len());
            done = guide.len() - guide[done..].trim_start().len();
        }
        let (open, close) = if is_chinese { ('“', '”') } else { ('"', '"') };
        out.extend([open].into_iter().chain(known.label.chars()).chain([close]));
    }
    out + &guide[done..]
}

/// Of words that show two boxes, the one that is ticked is the answer.
fn answer(words: &str) -> &str {
    const TICKED: [char; 4] = ['■', '☑', '☒', '√'];
    let ticked =
        words.split_once(TICKED).map(|(_, behind)| behind.split(['□', '☐', '■', '☑', '☒']).next().unwrap_or_default());
    ticked.map(str::trim).filter(|answer| !answer.is_empty()).unwrap_or(words)
}

/// The fields that no section has, such as who reports: they come first.
fn unshown(form: &Form) -> Vec<&Key> {
    let is_shown = |key: &Key| {
        form.sections.iter().flat_map(|section| &section.blocks).any(|block| match block {
            Content::Prose { key: shown, .. } => shown == key,
            Content::Listing(keys) => keys.contains(key),
            Content::Table(_) | Content::Chart(_) | Content::Organs(_) => false,
        })
    };
    form.fields.iter().map(|field| &field.key).filter(|key| !is_shown(key)).collect()
}

fn of_section(form: &Form, section: &Section) -> Value {
    let blocks = section.blocks.iter().filter_map(|block| match block {
        Content::Prose { heading, key, .. } => Some(json!({ "kind": "prose", "heading": heading, "key": key })),
        Content::Table(name) => form.table(name).map(of_table),
        Content::Listing(keys) => Some(json!({ "kind": "listing", "keys": keys })),
        Content::Chart(_) | Content::Organs(_) => None,
    });
    json!({ "heading": section.heading, "blocks": blocks.collect::<Vec<_>>() })
}

fn of_table(table: &Table) -> Value {
    let blocks = table.grid.blocks.iter().map(|block| {
        let rows = |rows: &[Vec<GridCell>]| -> Vec<Vec<Value>> {
            let row =
                |(index, row): (usize, &Vec<GridCell>)| row.iter().map(|cell| of_cell(block, index, cell)).collect();
            rows.iter().enumerate().map(row).collect()
        };
        json!({ "head": rows(&block.head), "body": rows(&block.body) })
    });
    let whole = Decimal::from(table.widths.iter().sum::<u32>().max(1));
    let share = |width: &u32| format!("{}%", (Decimal::ONE_HUNDRED * Decimal::from(*width) / whole).round_dp(3));
    json!({
        "kind": "table",
        "name": table.name,
        "label": table.label,
        "key": table.key,
        "rest": table.key.join(REST),
        "widths": table.widths.iter().map(share).collect::<Vec<_>>(),
        "blocks": blocks.collect::<Vec<_>>(),
    })
}

fn of_cell(block: &GridBlock, row: usize, cell: &GridCell) -> Value {
    let heads = (cell.role == CellRole::Figure).then(|| block.heads(row, cell).concat());
    json!({
        "role": cell.role,
        "label": cell.label,
        "key": cell.key,
        "column": cell.column,
        "colspan": cell.colspan,
        "rowspan": cell.rowspan,
        "scope": cell.scope,
        "heads": heads,
    })
}
