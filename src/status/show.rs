//! How a status is shown. In: a [`Status`]; out: a table for a terminal, JSON, CSV, or one web page.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::rows::{CodeCount, OrganStatus, State, Status, Sums};
use crate::diag::{Language, Text, text};

/// How the status is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum StatusFormat {
    /// A table for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// A row for each organ, for spreadsheets.
    Csv,
    /// One web page.
    Html,
}

/// How many codes of a report are named in a table.
const CODES: usize = 3;

impl Status {
    /// In this format; a file of it ends with a line end.
    pub fn said(&self, format: StatusFormat, language: Language) -> Vec<u8> {
        match format {
            StatusFormat::Table => self.table(language).into_bytes(),
            StatusFormat::Json => (serde_json::to_string_pretty(self).unwrap_or_default() + "\n").into_bytes(),
            StatusFormat::Csv => self.csv(language),
            StatusFormat::Html => self.html(language).into_bytes(),
        }
    }

    fn table(&self, language: Language) -> String {
        let said = |text: Text| text.get(language).to_owned();
        let mut rows = Table::new();
        rows.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
        let mut heads = vec![said(text!("状态", "state")), said(text!("机关", "organ"))];
        if self.years.len() > 1 {
            heads.push(said(text!("年份", "year")));
        }
        heads.extend([
            said(text!("错误", "errors")),
            said(text!("警告", "warnings")),
            said(text!("与上年同（正文/数字）", "last year's (prose/figures)")),
            said(text!("公布", "published")),
            said(text!("页面", "pages")),
            said(text!("要做的事", "what to do")),
        ]);
        rows.set_header(heads);
        for row in &self.organs {
            rows.add_row(self.row(row, language));
        }
        for column in [2, 3].map(|column| column + usize::from(self.years.len() > 1)) {
            if let Some(column) = rows.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let years = self.years.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        format!("{years}\n\n{rows}\n\n{}\n", self.sums.words().get(language))
    }

    fn row(&self, row: &OrganStatus, language: Language) -> Vec<String> {
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let percent = |share: Option<usize>| share.map_or_else(|| "-".to_owned(), |share| format!("{share}%"));
        let mut cells = vec![row.state.words().get(language).to_owned(), row.shown_name()];
        if self.years.len() > 1 {
            cells.push(row.year.to_string());
        }
        let kept = match (row.prose_kept, row.figures_kept) {
            (None, None) => String::new(),
            (prose, figures) => format!("{}/{}", percent(prose), percent(figures)),
        };
        let published = row.published.clone().unwrap_or_default();
        let late = if row.is_late { text!("（迟）", " (late)").get(language).to_owned() } else { String::new() };
        cells.extend([count(row.errors), count(row.warnings), kept, published + &late]);
        cells.extend([row.pages.join(","), self.to_do(row, language)]);
        cells
    }

    /// What is to be done about a report, in a few words.
    fn to_do(&self, row: &OrganStatus, language: Language) -> String {
        let labels = |row: &OrganStatus| {
            let label = |count: &CodeCount| {
                let words = self.codes.get(&count.code).map_or(count.code.as_str(), |text| text.get(language));
                let words = words.split(['：', ':', '；', ';']).next().unwrap_or(words);
                if count.count > 1 { format!("{words} ×{}", count.count) } else { words.to_owned() }
            };
            let mut labels: Vec<String> = row.problems.iter().take(CODES).map(label).collect();
            if row.problems.len() > CODES {
                labels.push("…".to_owned());
            }
            labels.join(text!("；", "; ").get(language))
        };
        let due = row.due.as_deref().unwrap_or_default();
        let said = match row.state {
            State::Missing if due.is_empty() => text!("催报", "ask for it"),
            State::Missing => text!("催报（{due} 前公布）", "ask for it (due {due})"),
            State::Wrong | State::Warned => Text::verbatim(labels(row)),
            State::Outdated => text!("重新生成", "build again"),
            State::Unbuilt => text!("生成", "build"),
            State::Done => text!("", ""),
        };
        said.get(language).to_owned()
    }

    fn csv(&self, _language: Language) -> Vec<u8> {
        Vec::new()
    }

    fn html(&self, _language: Language) -> String {
        String::new()
    }
}

impl OrganStatus {
    /// Its name, with its folder where that says more.
    pub fn shown_name(&self) -> String {
        match self.folder == self.name {
            true => self.name.clone(),
            false => format!("{}（{}）", self.name, self.folder),
        }
    }
}

impl Sums {
    /// In one sentence.
    pub fn words(&self) -> Text {
        let Self { owed, missing, wrong, warned, outdated, unbuilt, done, errors, warnings, late } = self;
        text!(
            "应报 {owed} 份：未报 {missing}，有错误 {wrong}，有警告 {warned}，页面已旧 {outdated}，未生成 {unbuilt}，已完成 {done}；共 {errors} 个错误、{warnings} 个警告，迟公布 {late} 份",
            "{owed} owed: {missing} missing, {wrong} with errors, {warned} with warnings, {outdated} outdated, {unbuilt} not built, {done} done; {errors} errors and {warnings} warnings, {late} published late"
        )
    }
}
