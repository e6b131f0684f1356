//! How it stands with the reports that are owed, as data. In: what was found of each; out: [`Status`], from which tables, JSON, CSV and web
//! pages are written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::owed::Owed;
use crate::diag::{Severity, Text};

/// How it stands with the reports of one or several years.
#[derive(Debug, Default, Serialize)]
pub struct Status {
    /// The years, in order.
    pub years: Vec<u16>,
    /// A row for each organ and year, those that need action first.
    pub organs: Vec<OrganStatus>,
    /// All rows together.
    pub sums: Sums,
    /// What each code stands for that stands in a row.
    pub codes: BTreeMap<String, Text>,
}

/// How it stands with one organ's year.
#[derive(Debug, Serialize)]
pub struct OrganStatus {
    /// Its folder below `reports/`.
    pub folder: String,
    /// What it is called: by its facts, those of last year, or `nianbao.toml`.
    pub name: String,
    /// The groups that `nianbao.toml` puts it into.
    pub groups: Vec<String>,
    /// The year reported on.
    pub year: u16,
    /// What is to be done, in one word.
    pub state: State,
    /// The facts file, where there is one.
    pub facts: Option<String>,
    /// Why a report is owed.
    pub owed: Owed,
    /// The form of its facts.
    pub form: Option<String>,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many warnings its facts accept with a reason.
    pub accepted: usize,
    /// The same by code, errors first.
    pub problems: Vec<CodeCount>,
    /// How many of a hundred sentences are last year's but for their digits; absent where there is no last year.
    pub prose_kept: Option<usize>,
    /// How many of a hundred figures above zero are last year's.
    pub figures_kept: Option<usize>,
    /// The date that the document carries.
    pub published: Option<String>,
    /// The last day on which it may be published.
    pub due: Option<String>,
    /// Whether it was published later.
    pub is_late: bool,
    /// The formats in which its pages lie in the output folder.
    pub pages: Vec<String>,
    /// Whether those are of today's facts; absent where there are none.
    pub pages_are_current: Option<bool>,
    /// The folder of another organ whose figures and prose are the same.
    pub same_as: Option<String>,
    /// How many organs it consolidates.
    pub consolidates: usize,
    /// The folders of the governments that consolidate it.
    pub counted_in: Vec<String>,
}

/// How often a code came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CodeCount {
    /// The code.
    pub code: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How often.
    pub count: usize,
}

/// What is to be done about a report; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// There are no facts.
    Missing,
    /// The facts have errors.
    Wrong,
    /// There are warnings that nobody has looked at.
    Warned,
    /// There are pages, and they are not of today's facts.
    Outdated,
    /// There are no pages.
    Unbuilt,
    /// Nothing.
    Done,
}

/// All rows together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sums {
    /// How many reports are owed.
    pub owed: usize,
    /// How many have no facts.
    pub missing: usize,
    /// How many have errors.
    pub wrong: usize,
    /// How many have warnings and no error.
    pub warned: usize,
    /// How many are in order, and their pages are not of today's facts.
    pub outdated: usize,
    /// How many are in order and have no pages.
    pub unbuilt: usize,
    /// How many are done.
    pub done: usize,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many were published too late.
    pub late: usize,
}

impl Sums {
    /// Counts a row.
    pub fn count(&mut self, row: &OrganStatus) {
        self.owed += 1;
        self.errors += row.errors;
        self.warnings += row.warnings;
        self.late += usize::from(row.is_late);
        *match row.state {
            State::Missing => &mut self.missing,
            State::Wrong => &mut self.wrong,
            State::Warned => &mut self.warned,
            State::Outdated => &mut self.outdated,
            State::Unbuilt => &mut self.unbuilt,
            State::Done => &mut self.done,
        } += 1;
    }

    /// How many rows are of a state.
    pub fn of(&self, state: State) -> usize {
        match state {
            State::Missing => self.missing,
            State::Wrong => self.wrong,
            State::Warned => self.warned,
            State::Outdated => self.outdated,
            State::Unbuilt => self.unbuilt,
            State::Done => self.done,
        }
    }
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 6] = [Self::Missing, Self::Wrong, Self::Warned, Self::Outdated, Self::Unbuilt, Self::Done];

    /// What people call it.
    pub fn words(self) -> Text {
        use crate::diag::text;
        match self {
            Self::Missing => text!("未报", "missing"),
            Self::Wrong => text!("有错误", "errors"),
            Self::Warned => text!("有警告", "warnings"),
            Self::Outdated => text!("页面已旧", "pages outdated"),
            Self::Unbuilt => text!("未生成", "not built"),
            Self::Done => text!("已完成", "done"),
        }
    }
}
