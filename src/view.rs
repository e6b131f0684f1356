//! What a template sees, whole. In: a [`Report`]; out: a [`View`], in which every figure is formatted text and every
//! table a grid of cells with their spans, so that a template only places things and computes nothing.

pub mod data;
mod grid;
mod organs;
mod table;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::check::{Markup, Sources};
use crate::form::grid::GridCell;
use crate::form::{Content, Form, Key, Section};
use crate::prose::is_wide;
use crate::report::{Report, Values, figure, printed};

pub use grid::{WholeCell, WholeRow};
pub use table::{CellView, ColumnView, Longest, RowView, TableBlock, TableView};

/// One report, ready for a template.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct View {
    /// The name of the form.
    pub form: String,
    /// What this kind of report is called.
    pub label: String,
    /// BCP 47 tag of the language, such as `zh-CN`.
    pub language: String,
    /// The lines of the title.
    pub title: Vec<String>,
    /// The title in one line.
    pub full_title: String,
    /// Who reports.
    pub author: String,
    /// The year reported on.
    pub year: u16,
    /// The date that the document carries, as the form writes dates; absent where the facts give none.
    pub dated: Option<String>,
    /// When the document was made, in UTC, as XML writes it (`2026-01-20T00:00:00Z`): the time that its PDF is stamped with.
    pub stamp: String,
    /// Whether it is asked where values come to lie on the sheets.
    pub is_traced: bool,
    /// For a draft: what must stand on every page.
    pub draft: Option<String>,
    /// The notice that fixes the form: `title` and `number`.
    pub notice: Option<Notice>,
    /// The page, section by section.
    pub sections: Vec<SectionView>,
    /// For each role (`body`, `title`, …): `families`, best first, `latin` and `weight`.
    pub fonts: BTreeMap<String, FontView>,
    /// Every value outside the tables, by key with `.` written as `_`, such as `facts.organ_name`.
    pub facts: BTreeMap<String, String>,
}

/// The notice that fixes a form.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Notice {
    /// Its title.
    pub title: String,
    /// Its number.
    pub number: String,
}

/// A section.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SectionView {
    /// The official heading; absent for the opening.
    pub heading: Option<String>,
    /// What stands in it.
    pub blocks: Vec<BlockView>,
}

/// A piece of a section; templates tell them apart by `kind`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BlockView {
    /// `kind = "prose"`: prose, to be written with the `prose` filter.
    Prose {
        /// The official sub-heading.
        heading: Option<String>,
        /// The prose, its figures in place.
        text: String,
        /// The key of the fact; templates have no use for it.
        #[serde(skip)]
        key: Key,
    },
    /// `kind = "table"`.
    Table(TableView),
    /// `kind = "chart"`: figures as bars.
    Chart(ChartView),
    /// `kind = "listing"`: values with their labels.
    Listing {
        /// The values, in the form's order.
        items: Vec<ItemView>,
    },
}

/// Figures as bars.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ChartView {
    /// What the chart shows.
    pub label: String,
    /// The bars, from top to bottom.
    pub bars: Vec<BarView>,
    /// All of it in words, for readers who cannot see it.
    pub words: String,
}

/// A bar.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BarView {
    /// What it stands for.
    pub label: String,
    /// The figure.
    pub text: String,
    /// Its length in thousandths of the longest.
    pub length: u64,
}

/// A value with its label.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ItemView {
    /// The official label.
    pub label: String,
    /// The value as text.
    pub text: String,
    /// The key of the fact; templates have no use for it.
    #[serde(skip)]
    pub key: Key,
}

/// The faces of a role.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FontView {
    /// The role's own families, then those of the other roles, so that a rare character finds a face.
    pub families: Vec<String>,
    /// Those for Latin letters, digits and the signs beside them.
    pub latin: Vec<String>,
    /// 400 or 700.
    pub weight: u16,
    /// The family by the name that word processors know: the first that is written in letters of its own script, else the first.
    pub name: String,
    /// Another of the families, for where there is none of that name.
    pub alternative: Option<String>,
}

impl View {
    /// Changes the texts of facts that stand on the page as they are.
    pub fn change_values(&mut self, mut change: impl FnMut(&Key, &mut String)) {
        for block in self.sections.iter_mut().flat_map(|section| &mut section.blocks) {
            match block {
                BlockView::Prose { text, key, .. } => change(key, text),
                BlockView::Table(table) => table.change_values(&mut change),
                BlockView::Listing { items } => items.iter_mut().for_each(|item| change(&item.key, &mut item.text)),
                BlockView::Chart(_) => {}
            }
        }
    }
}

/// Makes the view of a report that is made at this time, in seconds since 1970.
pub fn view(report: &Report, time: i64) -> View {
    let form = &report.form;
    let sources = Sources { form, year: report.year, values: &report.values };
    let title: Vec<String> = form.title.iter().map(|line| sources.expand(line, Markup::Plain).text).collect();
    View {
        form: form.name.clone(),
        label: form.label.clone(),
        language: form.language.clone(),
        full_title: in_one_line(&title),
        title,
        author: text_of(report, &form.author).unwrap_or_default(),
        year: report.year,
        dated: form.dated.as_ref().and_then(|key| text_of(report, key)),
        stamp: stamp(time),
        is_traced: false,
        draft: report.open_problems.map(|open| form.draft_words(open)),
        notice: form
            .notice
            .as_ref()
            .map(|notice| Notice { title: notice.title.clone(), number: notice.number.clone() }),
        sections: form.sections.iter().map(|section| section_view(report, section)).collect(),
        fonts: fonts(form),
        facts: form
            .fields
            .iter()
            .filter_map(|field| Some((field.key.replace('.', "_"), text_of(report, &field.key)?)))
            .collect(),
    }
}

/// Lines one behind the other, with a space between them where the title is in a script that has spaces.
fn in_one_line(lines: &[String]) -> String {
    let has_spaces = !lines.iter().any(|line| line.contains(is_wide));
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    lines.join(if has_spaces { " " } else { "" })
}

fn stamp(time: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(time).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = (time.year(), u8::from(time.month()), time.day());
    let (hour, minute, second) = time.to_hms();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn text_of(report: &Report, key: &str) -> Option<String> {
    printed(&report.form, &report.values, key)
}

fn fonts(form: &Form) -> BTreeMap<String, FontView> {
    let all: Vec<&String> = form.fonts.values().flat_map(|role| &role.families).collect();
    let stack = |own: &[String]| {
        let mut families: Vec<String> = Vec::new();
        for family in own.iter().chain(all.iter().copied()) {
            if !families.contains(family) {
                families.push(family.clone());
            }
        }
        families
    };
    form.fonts
        .iter()
        .map(|(name, role)| {
            let own = |family: &&String| !family.is_ascii();
            let first = role.families.first().cloned().unwrap_or_default();
            let known = role.families.iter().find(own).unwrap_or(&first).clone();
            let others = role.families.iter().find(|family| **family != known);
            let alternative = if known == first { others.cloned() } else { Some(first) };
            let (families, latin, weight) = (stack(&role.families), role.latin.clone(), role.weight.number());
            (name.clone(), FontView { families, latin, weight, name: known, alternative })
        })
        .collect()
}

fn section_view(report: &Report, section: &Section) -> SectionView {
    let blocks = section.blocks.iter().filter_map(|content| match content {
        Content::Prose { heading, key, .. } => {
            text_of(report, key).map(|text| BlockView::Prose { heading: heading.clone(), text, key: key.clone() })
        }
        Content::Table(name) => {
            let text = |cell: &GridCell| cell_text(report, cell);
            report
                .form
                .table(name)
                .map(|table| BlockView::Table(TableView::of(&table.label, &table.widths, &table.grid, text)))
        }
        Content::Listing(keys) => listing(report, keys),
        Content::Chart(name) => chart(report, name),
        Content::Organs(table) => organs::view(report, table).map(BlockView::Table),
    });
    SectionView { heading: section.heading.clone(), blocks: blocks.collect() }
}

/// The chart, where charts are asked for; for several years, a bar for each, the earliest first.
fn chart(report: &Report, name: &str) -> Option<BlockView> {
    let chart = report.form.charts.iter().find(|chart| chart.name == name).filter(|_| report.charts)?;
    let sum = |values: &Values, keys: &[Key]| -> Decimal { keys.iter().filter_map(|key| figure(values, key)).sum() };
    let years = report.history.iter().take(chart.years - 1).rev().map(|(year, values)| (*year, values));
    let years: Vec<(u16, &Values)> = years.chain([(report.year, &report.values)]).collect();
    let mut drawn = Vec::new();
    for (label, keys) in &chart.bars {
        for (year, values) in &years {
            let label = if chart.years > 1 { format!("{label} {year}") } else { label.clone() };
            drawn.push((label, sum(values, keys)));
        }
    }
    let longest = drawn.iter().map(|(_, number)| *number).max().filter(|number| !number.is_zero());
    let length = |number: Decimal| {
        let thousandths = longest.and_then(|longest| (number * Decimal::from(1000)).checked_div(longest));
        thousandths.and_then(|length| length.round().to_u64()).unwrap_or(0)
    };
    let written = |number: Decimal| report.form.written_figure(number, 0);
    let words: Vec<String> = drawn.iter().map(|(label, number)| format!("{label}: {}", written(*number))).collect();
    let bar = |(label, number): &(String, Decimal)| BarView {
        label: label.clone(),
        text: written(*number),
        length: length(*number),
    };
    let bars = drawn.iter().map(bar).collect();
    Some(BlockView::Chart(ChartView { label: chart.label.clone(), bars, words: words.join("; ") }))
}

fn listing(report: &Report, keys: &[Key]) -> Option<BlockView> {
    let items: Vec<ItemView> = keys
        .iter()
        .filter_map(|key| {
            let label = report.form.label_of(key)?.to_owned();
            Some(ItemView { label, text: text_of(report, key)?, key: key.clone() })
        })
        .collect();
    (!items.is_empty()).then_some(BlockView::Listing { items })
}

/// What stands in a cell: its label, or the fact.
fn cell_text(report: &Report, cell: &GridCell) -> String {
    match &cell.key {
        None => cell.label.clone(),
        Some(key) => text_of(report, key).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_title_are_parted_as_words_are() {
        let whole = |lines: &[&str]| in_one_line(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        assert_eq!(whole(&["Harbour Agency", "Annual Report, 2025"]), "Harbour Agency Annual Report, 2025");
        assert_eq!(whole(&["甲局", "2025年报告"]), "甲局2025年报告");
        assert_eq!(whole(&["甲局（ABC)", "2025年报告"]), "甲局（ABC)2025年报告");
        assert_eq!(whole(&["Harbour Agency ", "", "Report"]), "Harbour Agency Report");
    }

    #[test]
    fn a_time_is_written_as_xml_writes_it() {
        assert_eq!(stamp(0), "1970-01-01T00:00:00Z");
        assert_eq!(stamp(1_768_867_199), "2026-01-19T23:59:59Z");
        assert_eq!(stamp(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
