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
pub mod due;
pub mod glyphs;
pub mod kept;
pub mod last_year;
pub mod likeness;
mod literal;
mod marks_left;
mod nesting;
mod normal;
mod patterns;
pub mod places;
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

use crate::consolidate::{Consolidated, Consolidates, Organs, Reading, Subject};
use crate::diag::{self, Code, Diagnostic, Problems, text};
use crate::facts::years_before::YearsBefore;
use crate::facts::{Facts, is_year};
use crate::form::{FieldKind, Form};
use crate::report::{Report, Values, value};

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
    organs: &dyn Organs,
) -> Result<(Report, Vec<Diagnostic>), Vec<Diagnostic>> {
    match judge(facts, form, years, organs) {
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
    organs: &dyn Organs,
) -> Result<(Report, Vec<Diagnostic>), Vec<Diagnostic>> {
    match judge(facts, form, years, organs) {
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
pub fn with_charts(report: Report, before: &YearsBefore, organs: &dyn Organs) -> Result<Report, Problems> {
    let years = report.form.charts.iter().map(|chart| chart.years).max().unwrap_or(1);
    let (mut history, mut counted_before) = (report.history, report.counted_before);
    let mut year = report.year;
    for _ in 1..years {
        // A year that is wrong is told by its own check; what lies before it is not drawn either.
        let Some(last) = last_year::read(before, year, &report.form, organs, &mut Vec::new())? else { break };
        year -= 1;
        history.push((year, last.values));
        counted_before.extend(last.counted);
    }
    Ok(Report { charts: true, history, counted_before, ..report })
}

/// What there is of a report, and all that is wrong with it.
fn judge(
    facts: &Facts<'_>,
    form: &Arc<Form>,
    years: &YearsBefore,
    organs: &dyn Organs,
) -> (Option<Report>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let path = years.path();
    let year = year(facts, path, &mut problems);
    let before = problems.len();
    let consolidates = Consolidates::read(facts, &mut problems);
    let mut values = shape::read(facts, form, consolidates.is_some(), &mut problems);
    let is_readable = problems.len() == before;
    let subject = year.map(|year| Subject { form, year, path, reading: Reading::Checked });
    let summed = consolidates
        .zip(subject)
        .map(|(consolidates, subject)| consolidated(&consolidates, &subject, organs, &mut values, &mut problems));
    let (consolidated, written) = summed.map_or((None, None), |(consolidated, written)| (Some(consolidated), written));
    // Sums over missing or mistyped cells would only repeat what has been said of those cells.
    let complete = problems.iter().skip(before).all(|problem| !problem.is_error());
    let last = match year.map(|year| last_year::read(years, year, form, organs, &mut problems)).transpose() {
        Ok(last) => last.flatten(),
        Err(unreadable) => return (None, unreadable.into()),
    };
    let (last, counted_before) = last.map(|last| (last.values, last.counted)).unzip();
    if is_readable {
        sum::complete(form, &mut values);
    }
    if complete {
        let verdicts = sum::verdicts(form, &values, last.as_ref());
        let mut failed: Vec<Diagnostic> = verdicts.iter().filter_map(|verdict| verdict.problem(form)).collect();
        culprit::name(form, &values, &verdicts, &mut failed);
        problems.extend(failed);
    }
    if let Some(year) = year {
        let around = Around { form, year, last: last.as_ref(), path, written: written.as_ref() };
        look(&around, &mut values, &mut problems);
    }
    strays::check(facts, form, &mut problems);
    commented::check(facts, form, &values, &mut problems);
    let accepted = accept::apply(facts, &mut problems);
    if written.is_some() {
        // What is accepted may be there again once all organs are.
        problems.retain(|problem| problem.code != Code::UnusedAcceptance);
    }
    diag::sort(&mut problems);
    let form = Arc::clone(form);
    (
        year.map(|year| Report {
            form,
            year,
            values,
            accepted,
            consolidated,
            counted_before: counted_before.unwrap_or_default(),
            last,
            history: Vec::new(),
            charts: false,
            open_problems: None,
        }),
        problems,
    )
}

/// What values are looked at with.
struct Around<'a> {
    form: &'a Form,
    year: u16,
    last: Option<&'a Values>,
    path: &'a Path,
    /// The values without the sums of organs, where some organs are missing: what is not there yet breaks no rule.
    written: Option<&'a Values>,
}

/// Looks at texts, and at whatever the form has rules for; references in texts are resolved.
fn look(around: &Around<'_>, values: &mut Values, problems: &mut Vec<Diagnostic>) {
    let Around { form, year, last, path, written } = *around;
    let texts = references::resolve(form, year, values, problems);
    problems.extend(texts.iter().flat_map(|prose| braces::check(form, prose)));
    let texts: Vec<Looked<'_>> = texts.iter().map(Looked::at).collect();
    text_lost::check(&texts, problems);
    nesting::check(&texts, problems);
    unfinished::check(&texts, problems);
    marks_left::check(&texts, problems);
    // A condition that reads what is not there is passed over.
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let values = written.unwrap_or(values);
    let scope = Scope { sources: Sources { form, year, values }, last, folder, budget: &Budget::begin() };
    conditions::check(scope, problems);
    patterns::check(scope, &texts, problems);
    doubled::check(form, &texts, problems);
    balanced::check(form, &texts, problems);
    repeated::check(form, values, last, problems);
    unchanged::check(form, &texts, last, problems);
}

/// What the organs give, put into the place of what is not written. As long as one is missing, nothing can be said of what is written,
/// and the values are given without the sums too.
fn consolidated(
    consolidates: &Consolidates,
    subject: &Subject<'_>,
    organs: &dyn Organs,
    values: &mut Values,
    problems: &mut Vec<Diagnostic>,
) -> (Consolidated, Option<Values>) {
    let (consolidated, wrong) = organs.gather(consolidates, subject);
    problems.extend(wrong);
    if consolidated.is_whole {
        problems.extend(consolidated.differences(subject.form, values));
    }
    let written = (!consolidated.is_whole).then(|| values.clone());
    let unsummed = consolidated.fill(subject.form, values);
    problems.extend(unsummed.into_iter().filter(|_| consolidated.is_whole));
    (consolidated, written)
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
