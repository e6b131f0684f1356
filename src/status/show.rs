//! How a status is shown. In: a [`Status`]; out: a table for a terminal, JSON, CSV, or one web page
//! (`status/page.rs`).

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::rows::{CodeCount, OrganStatus, State, Status, Sums};
use crate::diag::plain::one_line;
use crate::diag::{Diagnostic, Language, Text, text};
use crate::export::csv::{self, Cell};
use crate::prose::is_wide;

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

/// How many codes of a report are named in a table, if it does not get wider than this.
const CODES: usize = 3;
const WIDTH: usize = 120;
/// How many characters of what a code stands for.
const LABEL: usize = 24;
/// Where the words for a code may end.
const ENDS: [char; 6] = ['：', ':', '；', ';', '，', ','];

/// A column of a table for a terminal.
struct Column {
    head: Text,
    cells: Vec<String>,
    is_figure: bool,
}

impl Status {
    /// In this format; a file of it ends with a line end.
    ///
    /// # Errors
    /// Those of the program's own templates.
    pub fn said(&self, format: StatusFormat, language: Language) -> Result<Vec<u8>, Diagnostic> {
        Ok(match format {
            StatusFormat::Table => self.table(language).into_bytes(),
            StatusFormat::Json => (serde_json::to_string_pretty(self).unwrap_or_default() + "\n").into_bytes(),
            StatusFormat::Csv => self.csv(language)?,
            StatusFormat::Html => self.page(language)?.into_bytes(),
        })
    }

    fn table(&self, language: Language) -> String {
        let years = self.years.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        let mut columns = self.columns(CODES, language);
        // Fewer codes make a narrower table, which is worked out before one is drawn.
        for codes in (1..CODES).rev() {
            if width_of(&columns, language) <= WIDTH {
                break;
            }
            columns.pop();
            columns.push(self.to_do_column(codes, language));
        }
        format!("{years}\n\n{}\n\n{}\n", drawn(&columns, language), self.sums.words().get(language))
    }

    fn column(&self, head: Text, of: &dyn Fn(&OrganStatus) -> String) -> Column {
        let cells = self.organs.iter().map(|row| one_line(&of(row)).into_owned()).collect();
        Column { head, cells, is_figure: false }
    }

    fn to_do_column(&self, codes: usize, language: Language) -> Column {
        self.column(text!("要做的事", "what to do"), &|row| self.to_do(row, codes, language))
    }

    /// The columns, of which the last names so many codes.
    fn columns(&self, codes: usize, language: Language) -> Vec<Column> {
        let column = |head: Text, of: &dyn Fn(&OrganStatus) -> String| self.column(head, of);
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        let figures = |head, of: &dyn Fn(&OrganStatus) -> usize| Column {
            is_figure: true,
            ..column(head, &|row| count(of(row)))
        };
        let mut columns = vec![
            column(text!("状态", "state"), &|row| row.state.words().get(language).to_owned()),
            column(text!("机关", "organ"), &OrganStatus::shown_name),
        ];
        if self.years.len() > 1 {
            columns.push(column(text!("年份", "year"), &|row| row.year.to_string()));
        }
        columns.extend([
            figures(text!("错误", "errors"), &|row| row.errors),
            figures(text!("警告", "warnings"), &|row| row.warnings),
            column(text!("与上年同（正文/数字）", "last year's (prose/figures)"), &OrganStatus::kept),
            column(text!("公布", "published on"), &|row| row.published_and_late(language)),
            column(text!("页面", "pages"), &|row| row.pages.join(",")),
            self.to_do_column(codes, language),
        ]);
        columns
    }

    /// What is to be done about a report, in a few words.
    fn to_do(&self, row: &OrganStatus, codes: usize, language: Language) -> String {
        let labels = |row: &OrganStatus| {
            let label = |count: &CodeCount| {
                let words = self.codes.get(&count.code).map_or(count.code.as_str(), |text| text.get(language));
                let words = short(words);
                if count.count > 1 { format!("{words} ×{}", count.count) } else { words }
            };
            let mut labels: Vec<String> = row.problems.iter().take(codes).map(label).collect();
            if row.problems.len() > codes {
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

    /// A row for each organ, as spreadsheets read it: UTF-8 with a mark that says so, and line ends of Windows (RFC 4180).
    fn csv(&self, language: Language) -> Result<Vec<u8>, Diagnostic> {
        let heads = csv_heads().map(|head| head.get(language).to_owned()).to_vec();
        let rows = self.organs.iter().map(|row| self.csv_row(row, language));
        csv::file(std::iter::once(heads).chain(rows).map(|row| row.into_iter().map(Cell::text)))
    }

    fn csv_row(&self, row: &OrganStatus, language: Language) -> Vec<String> {
        let said = |text: Text| text.get(language).to_owned();
        let yes_or_no = |truth: bool| said(if truth { text!("是", "yes") } else { text!("否", "no") });
        let number = |share: Option<usize>| share.map(|share| share.to_string()).unwrap_or_default();
        let words = |words: &Option<String>| words.clone().unwrap_or_default();
        let problem = |count: &CodeCount| {
            let words = self.codes.get(&count.code).map_or(count.code.as_str(), |text| text.get(language));
            format!("{} ×{}: {words}", count.code, count.count)
        };
        let problems: Vec<String> = row.problems.iter().map(problem).collect();
        vec![
            said(row.state.words()),
            row.folder.clone(),
            row.name.clone(),
            row.groups.join("; "),
            row.year.to_string(),
            words(&row.form),
            words(&row.facts),
            row.errors.to_string(),
            row.warnings.to_string(),
            row.accepted.to_string(),
            problems.join("; "),
            number(row.prose_kept),
            number(row.figures_kept),
            words(&row.published),
            words(&row.due),
            yes_or_no(row.is_late),
            row.pages.join("; "),
            row.pages_are_current.map(yes_or_no).unwrap_or_default(),
            words(&row.same_as),
            row.consolidates.to_string(),
            row.counted_in.join("; "),
        ]
    }
}

fn csv_heads() -> [Text; 21] {
    [
        text!("状态", "state"),
        text!("文件夹", "folder"),
        text!("机关", "organ"),
        text!("组", "groups"),
        text!("年份", "year"),
        text!("表式", "form"),
        text!("事实文件", "facts"),
        text!("错误", "errors"),
        text!("警告", "warnings"),
        text!("已接受", "accepted"),
        text!("问题", "problems"),
        text!("正文与上年同（%）", "last year's prose (%)"),
        text!("数字与上年同（%）", "last year's figures (%)"),
        text!("公布", "published on"),
        text!("期限", "due"),
        text!("迟公布", "late"),
        text!("页面", "pages"),
        text!("页面是最新的", "pages up to date"),
        text!("相同于", "same as"),
        text!("汇总机关数", "consolidates"),
        text!("计入", "counted in"),
    ]
}

/// The columns in which there is anything.
fn told(columns: &[Column]) -> impl Iterator<Item = &Column> {
    columns.iter().filter(|column| column.cells.iter().any(|cell| !cell.is_empty()))
}

/// How many columns of a terminal a table of these takes.
fn width_of(columns: &[Column], language: Language) -> usize {
    let cells = |column: &Column| column.cells.iter().map(|cell| width(cell)).max().unwrap_or_default();
    told(columns).map(|column| cells(column).max(width(column.head.get(language))) + 3).sum::<usize>() + 1
}

fn drawn(columns: &[Column], language: Language) -> String {
    let columns: Vec<&Column> = told(columns).collect();
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(columns.iter().map(|column| column.head.get(language)));
    for row in 0..columns.first().map_or(0, |column| column.cells.len()) {
        table.add_row(columns.iter().map(|column| column.cells.get(row).map(String::as_str).unwrap_or_default()));
    }
    for (number, _) in columns.iter().enumerate().filter(|(_, column)| column.is_figure) {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// The first words for a code.
fn short(words: &str) -> String {
    let first = words.split(ENDS).next().unwrap_or(words);
    match first.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &first[..end]),
        None => first.to_owned(),
    }
}

/// How many columns of a terminal a line takes.
fn width(line: &str) -> usize {
    line.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

impl OrganStatus {
    /// How much of its prose and of its figures is last year's.
    fn kept(&self) -> String {
        let percent = |share: Option<usize>| share.map_or_else(|| "-".to_owned(), |share| format!("{share}%"));
        match (self.prose_kept, self.figures_kept) {
            (None, None) => String::new(),
            (prose, figures) => format!("{}/{}", percent(prose), percent(figures)),
        }
    }

    fn published_and_late(&self, language: Language) -> String {
        let late = if self.is_late { text!("（迟）", " (late)") } else { text!("", "") };
        self.published.clone().unwrap_or_default() + late.get(language)
    }

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
            "{owed} owed: {missing} missing, {wrong} with errors, {warned} with warnings, {outdated} outdated, {unbuilt} not built, {done} done; errors: {errors}, warnings: {warnings}, published late: {late}"
        )
    }
}
