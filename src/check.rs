//! Judges facts by their form. In: [`Facts`] and a [`Form`]; out: a [`Report`], whose every value is of the kind that
//! the form says and whose every sum holds, or the problems: never both an error and a report.

mod accept;
mod balanced;
mod braces;
mod breach;
mod budget;
mod commented;
mod conditions;
mod culprit;
mod doubled;
mod equations;
pub mod glyphs;
mod last_year;
pub mod likeness;
mod literal;
mod marks_left;
mod nesting;
mod normal;
mod patterns;
mod prose;
mod references;
mod repeated;
mod shape;
mod strays;
mod text_lost;
mod totals;
mod unchanged;
mod unfinished;
mod value;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;
use time::Date;

use crate::diag::{self, Code, Diagnostic, text};
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::{FieldKind, Form};
use crate::source::Place;

use budget::Budget;
use conditions::Scope;
use prose::Looked;

pub use accept::Accepted;
pub use references::{Markup, Sources};
pub use totals::figure;
pub use value::LARGEST;

/// A value that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text of one line.
    Line(String),
    /// Prose; references are still in it until the report is whole.
    Prose(String),
    /// A date of the calendar.
    Date(Date),
    /// A count or an amount, never below zero, with the decimals it was written with.
    Figure(Decimal),
    /// Yes or no.
    Flag(bool),
    /// The option chosen.
    Choice(String),
    /// Lines, in order.
    Lines(Vec<String>),
    /// A figure that does not apply to the organ, written and printed as [`NOT_APPLICABLE`]; nothing in sums.
    NotApplicable,
}

/// How facts and pages say that a figure does not apply.
pub const NOT_APPLICABLE: &str = "/";

/// A value and where it was written; a computed total has no place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// Where it stands in the facts.
    pub place: Option<Place>,
}

/// The values by key.
pub type Values = BTreeMap<String, Entry>;

/// Facts that may become a page.
#[derive(Debug)]
pub struct Report {
    /// The form.
    pub form: Arc<Form>,
    /// The year reported on.
    pub year: u16,
    /// Every value that the form declares and the facts have, totals included, references resolved.
    pub values: Values,
    /// The warnings that the facts accept, with their reasons.
    pub accepted: Vec<Accepted>,
    /// The figures of the years before, latest first, where charts are asked for.
    pub history: Vec<(u16, Values)>,
    /// Whether charts are drawn.
    pub charts: bool,
    /// For a draft: how many problems are open.
    pub open_problems: Option<usize>,
}

/// A report with the warnings it may be made in spite of, or everything that is wrong, in order of place.
///
/// # Errors
/// Every problem found; at least one of them is an error.
pub fn check(
    facts: &Facts<'_>,
    form: &Arc<Form>,
    years: &YearsBefore,
) -> Result<(Report, Vec<Diagnostic>), Vec<Diagnostic>> {
    match judge(facts, form, years) {
        (Some(report), problems) if !problems.iter().any(Diagnostic::is_error) => Ok((report, problems)),
        (_, problems) => Err(problems),
    }
}

/// A report in spite of everything that is wrong, for a draft that says how many problems are open.
///
/// # Errors
/// Facts that do not even say their year.
pub fn draft(
    facts: &Facts<'_>,
    form: &Arc<Form>,
    years: &YearsBefore,
) -> Result<(Report, Vec<Diagnostic>), Vec<Diagnostic>> {
    match judge(facts, form, years) {
        (Some(mut report), problems) => {
            report.open_problems =
                Some(problems.iter().filter(|problem| problem.severity != diag::Severity::Note).count());
            Ok((report, problems))
        }
        (None, problems) => Err(problems),
    }
}

impl Report {
    /// The report with the charts of its form, and the years before that they draw on, as far as there are any.
    ///
    /// # Errors
    /// Facts of a year before that are there and could not be read.
    pub fn with_charts(mut self, before: &YearsBefore) -> Result<Self, Vec<Diagnostic>> {
        self.charts = true;
        let years = self.form.charts.iter().map(|chart| chart.years).max().unwrap_or(1);
        let mut year = self.year;
        for _ in 1..years {
            // A year that is wrong is told by its own check; what lies before it is not drawn either.
            let Some(values) = last_year::read(before, year, &self.form, &mut Vec::new())? else { break };
            year -= 1;
            self.history.push((year, values));
        }
        Ok(self)
    }
}

/// What there is of a report, and all that is wrong with it.
fn judge(facts: &Facts<'_>, form: &Arc<Form>, years: &YearsBefore) -> (Option<Report>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let path = years.path();
    let year = year(facts, path, &mut problems);
    let before = problems.len();
    let mut values = shape::read(facts, form, &mut problems);
    // Sums over missing or mistyped cells would only repeat what has been said of those cells.
    let complete = problems.len() == before;
    let last = match year.map(|year| last_year::read(years, year, form, &mut problems)).transpose() {
        Ok(last) => last.flatten(),
        Err(unreadable) => return (None, unreadable),
    };
    let sums = problems.len();
    if complete {
        totals::complete(form, &mut values, &mut problems);
        equations::check(form, &values, last.as_ref(), &mut problems);
        culprit::name(form, &values, last.as_ref(), &mut problems[sums..]);
    }
    if let Some(year) = year {
        let texts = references::resolve(form, year, &mut values, &mut problems);
        let texts: Vec<Looked<'_>> = texts.iter().map(Looked::at).collect();
        text_lost::check(&texts, &mut problems);
        nesting::check(&texts, &mut problems);
        unfinished::check(&texts, &mut problems);
        marks_left::check(&texts, &mut problems);
        // A condition that reads what is not there is passed over.
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        let scope = Scope {
            sources: Sources { form, year, values: &values },
            last: last.as_ref(),
            folder,
            budget: &Budget::begin(),
        };
        conditions::check(scope, &mut problems);
        patterns::check(scope, &texts, &mut problems);
        doubled::check(form, &texts, &mut problems);
        balanced::check(form, &texts, &mut problems);
        repeated::check(form, &values, last.as_ref(), &mut problems);
        unchanged::check(form, &texts, last.as_ref(), &mut problems);
    }
    strays::check(facts, form, &mut problems);
    commented::check(facts, form, &values, &mut problems);
    let accepted = accept::apply(facts, &mut problems);
    diag::sort(&mut problems);
    let form = Arc::clone(form);
    (
        year.map(|year| Report {
            form,
            year,
            values,
            accepted,
            history: Vec::new(),
            charts: false,
            open_problems: None,
        }),
        problems,
    )
}

/// The year, which must be the one that the file is named after where it is named after one.
fn year(facts: &Facts<'_>, path: &Path, problems: &mut Vec<Diagnostic>) -> Option<u16> {
    let Some(value) = facts.root.get("year") else {
        let message = text!("事实文件没有写明年份（year）", "the facts do not say their year");
        let help = text!("在文件开头写上，例如：year = 2026", "write it at the top, for example: year = 2026");
        problems.push(Diagnostic::error(Code::MissingValue, message).at(facts.start()).help(help));
        return None;
    };
    let place = facts.place(value);
    let year = match value::figure(FieldKind::Count, value.get_ref(), &place) {
        Ok(number) => u16::try_from(number).ok().filter(|year| (1000..=9999).contains(year)),
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let Some(year) = year else {
        problems
            .push(Diagnostic::error(Code::WrongType, text!("年份应是四位数", "the year has four digits")).at(place));
        return None;
    };
    let named = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_year(stem));
    if let Some(named) = named.filter(|named| *named != year.to_string()) {
        let message = text!("文件名是 {named} 年，文件里写的是 {year} 年", "the file is named {named} but says {year}");
        let help = text!("改正 year，或给文件改名为 {year}.toml", "correct `year`, or rename the file to {year}.toml");
        problems.push(Diagnostic::error(Code::YearMismatch, message).at(place).help(help));
    }
    Some(year)
}

/// Whether a file stem is a year.
pub fn is_year(stem: &str) -> bool {
    stem.len() == 4 && stem.bytes().all(|byte| byte.is_ascii_digit())
}
