//! Judges facts by their form. In: [`Facts`] and a [`Form`]; out: a [`Report`], whose every value is of the kind that
//! the form says and whose every sum holds, or the problems: never both an error and a report.

mod accept;
mod balanced;
mod braces;
mod budget;
mod commented;
mod conditions;
mod culprit;
mod doubled;
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
pub mod sum;
mod text_lost;
mod unchanged;
mod unfinished;

use std::path::Path;
use std::sync::Arc;

use crate::diag::{self, Code, Diagnostic, Problems, text};
use crate::facts::years_before::YearsBefore;
use crate::facts::{Facts, is_year};
use crate::form::{FieldKind, Form};
use crate::report::{Report, value};

use budget::Budget;
use conditions::Scope;
use prose::Looked;

pub use references::{Markup, Sources};

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

/// The report with the charts of its form, and the years before that they draw on, as far as there are any.
///
/// # Errors
/// Facts of a year before that are there and could not be read.
pub fn with_charts(report: Report, before: &YearsBefore) -> Result<Report, Problems> {
    let years = report.form.charts.iter().map(|chart| chart.years).max().unwrap_or(1);
    let mut history = report.history;
    let mut year = report.year;
    for _ in 1..years {
        // A year that is wrong is told by its own check; what lies before it is not drawn either.
        let Some(values) = last_year::read(before, year, &report.form, &mut Vec::new())? else { break };
        year -= 1;
        history.push((year, values));
    }
    Ok(Report { charts: true, history, ..report })
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
        Err(unreadable) => return (None, unreadable.into()),
    };
    if complete {
        sum::complete(form, &mut values);
        let verdicts = sum::verdicts(form, &values, last.as_ref());
        let mut failed: Vec<Diagnostic> = verdicts.iter().filter_map(|verdict| verdict.problem(form)).collect();
        culprit::name(form, &values, &verdicts, &mut failed);
        problems.extend(failed);
    }
    if let Some(year) = year {
        let texts = references::resolve(form, year, &mut values, &mut problems);
        problems.extend(texts.iter().flat_map(|prose| braces::check(form, prose)));
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
