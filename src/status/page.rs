//! A status as one web page. In: a [`Status`]; out: the page, whole without scripts and without outside resources; a script of its own,
//! which the page names by its hash and besides which none may run, sorts the rows.

use serde::Serialize;

use super::rows::{CodeCount, OrganStatus, State, Status, Sums};
use crate::diag::{Diagnostic, Language, Severity, Text, text};
use crate::render::{Own, Target};

const TEMPLATE: (&str, &str) = ("page.html.tera", include_str!("page.html.tera"));
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What may style the page and run in it: these texts, by their SHA-256. A test works the hashes out.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; \
     style-src 'sha256-Q3vB9zroVxoPBbE8MtPkfJDG9vNeu12W5pa+LEK+E8I='; \
     script-src 'sha256-6HRYvTKgbBNJjBxyMknMHVHORHuK3++TY05YWwVdRXQ='";

#[derive(Serialize)]
struct Page<'a> {
    policy: &'static str,
    style: &'static str,
    script: &'static str,
    words: Words,
    heads: Vec<Head>,
    states: Vec<StateSum>,
    is_of_years: bool,
    rows: Vec<Row<'a>>,
    sums: &'a Sums,
    accepted: usize,
}

#[derive(Serialize)]
struct Words {
    lang: &'static str,
    title: String,
    sums: String,
    total: String,
    late: String,
}

#[derive(Serialize)]
struct Head {
    words: String,
    class: &'static str,
    is_number: bool,
    is_sorted: bool,
}

#[derive(Serialize)]
struct StateSum {
    class: &'static str,
    words: String,
    count: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    /// Where it says more than the name.
    folder: Option<&'a str>,
    groups: &'a [String],
    year: u16,
    /// The place of the row in the order of what needs action.
    rank: usize,
    class: &'static str,
    state: String,
    problems: Vec<String>,
    /// How many problems there are.
    count: usize,
    errors: usize,
    warnings: usize,
    accepted: usize,
    prose_kept: String,
    figures_kept: String,
    published: &'a str,
    late: Option<String>,
    due: &'a str,
    pages: String,
    pages_state: Option<String>,
    notes: Vec<String>,
}

impl Status {
    /// As a web page.
    ///
    /// # Errors
    /// Those of the program's own templates.
    pub fn page(&self, language: Language) -> Result<String, Diagnostic> {
        let is_of_years = self.years.len() > 1;
        let page = Page {
            policy: POLICY,
            style: STYLE,
            script: SCRIPT,
            words: self.words(language),
            heads: heads(is_of_years, language),
            states: self.states(language),
            is_of_years,
            rows: self.organs.iter().enumerate().map(|(rank, row)| self.shown(rank, row, language)).collect(),
            sums: &self.sums,
            accepted: self.organs.iter().map(|row| row.accepted).sum(),
        };
        let templates = Own::parse(Target::Html, &[TEMPLATE])?;
        templates.render(TEMPLATE.0, &page).map(|markup| markup.text)
    }

    fn words(&self, language: Language) -> Words {
        let said = |text: Text| text.get(language).to_owned();
        let years: Vec<String> = self.years.iter().map(u16::to_string).collect();
        let (zh, en) = (years.join("、"), years.join(", "));
        let Sums { owed, late, .. } = self.sums;
        Words {
            lang: language.tag(),
            title: said(text!("{zh} 年度报告情况", "Annual reports of {en}: how they stand")),
            sums: said(self.sums.words()),
            total: said(text!("合计 {owed} 份", "{owed} in all")),
            late: said(text!("迟公布 {late} 份", "{late} late")),
        }
    }

    fn states(&self, language: Language) -> Vec<StateSum> {
        let sum = |state: State| StateSum {
            class: class(state),
            words: state.words().get(language).to_owned(),
            count: self.sums.of(state),
        };
        State::ALL.into_iter().map(sum).collect()
    }

    fn shown<'a>(&self, rank: usize, row: &'a OrganStatus, language: Language) -> Row<'a> {
        let said = |text: Text| text.get(language).to_owned();
        let percent = |share: Option<usize>| share.map(|share| format!("{share}%")).unwrap_or_default();
        let late = row.is_late.then(|| said(text!("迟", "late")));
        let pages_state = row.pages_are_current.map(|is_current| match is_current {
            true => said(text!("是最新的", "up to date")),
            false => said(text!("已旧", "outdated")),
        });
        Row {
            name: &row.name,
            folder: Some(row.folder.as_str()).filter(|folder| !row.name.contains(folder)),
            groups: &row.groups,
            year: row.year,
            rank,
            class: class(row.state),
            state: said(row.state.words()),
            problems: row.problems.iter().map(|count| self.problem(count, language)).collect(),
            count: row.errors + row.warnings,
            errors: row.errors,
            warnings: row.warnings,
            accepted: row.accepted,
            prose_kept: percent(row.prose_kept),
            figures_kept: percent(row.figures_kept),
            published: row.published.as_deref().unwrap_or_default(),
            late,
            due: row.due.as_deref().unwrap_or_default(),
            pages: row.pages.join(", "),
            pages_state,
            notes: self.notes(row).iter().map(|note| note.get(language).to_owned()).collect(),
        }
    }

    /// A code with what it stands for and how often it came.
    fn problem(&self, count: &CodeCount, language: Language) -> String {
        let CodeCount { code, severity, count } = count;
        let words = self.codes.get(code).map_or(code.as_str(), |text| text.get(language));
        let times = if *count > 1 { format!(" ×{count}") } else { String::new() };
        let weight = match severity {
            Severity::Error => text!("错误：", "error: "),
            Severity::Warning | Severity::Note => text!("警告：", "warning: "),
        };
        format!("{}{words}{times}", weight.get(language))
    }

    /// What has to do with other organs.
    fn notes(&self, row: &OrganStatus) -> Vec<Text> {
        let same = row.same_as.as_ref().map(|other| text!("与“{other}”相同", "same as `{other}`"));
        let count = row.consolidates;
        let sum = (count > 0).then(|| text!("汇总 {count} 个机关", "consolidates {count}"));
        let (zh, en) = (row.counted_in.join("、"), row.counted_in.join(", "));
        let part = (!zh.is_empty()).then(|| text!("计入：{zh}", "counted in: {en}"));
        [same, sum, part].into_iter().flatten().collect()
    }
}

/// What the page's style knows a state by.
fn class(state: State) -> &'static str {
    match state {
        State::Missing => "missing",
        State::Wrong => "wrong",
        State::Warned => "warned",
        State::Outdated => "outdated",
        State::Unbuilt => "unbuilt",
        State::Done => "done",
    }
}

fn heads(is_of_years: bool, language: Language) -> Vec<Head> {
    let text =
        |words: Text, class| Head { words: words.get(language).to_owned(), class, is_number: false, is_sorted: false };
    let number = |words: Text| Head { is_number: true, ..text(words, "number") };
    let mut heads = vec![
        text(text!("机关", "organ"), "organ"),
        Head { is_number: true, is_sorted: true, ..text(text!("状态", "state"), "state") },
    ];
    heads.extend(is_of_years.then(|| number(text!("年份", "year"))));
    heads.extend([
        Head { is_number: true, ..text(text!("问题", "problems"), "problems") },
        number(text!("错误", "errors")),
        number(text!("警告", "warnings")),
        number(text!("已接受", "accepted")),
        number(text!("正文同上年", "last year's prose")),
        number(text!("数字同上年", "last year's figures")),
        text(text!("公布", "published on"), ""),
        text(text!("期限", "due"), ""),
        text(text!("页面", "pages"), ""),
        text(text!("与其他机关", "other organs"), "others"),
    ]);
    heads
}
