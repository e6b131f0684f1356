//! What differs between two reports, or from year to year. In: facts files of one form; out: changed figures with the
//! absolute and the relative change, and prose added and removed by sentence, as a table, JSON or a web page. Facts that
//! are not in order are compared as far as they go.

mod difference;
mod page;
mod parts;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;
use similar::{ChangeTag, TextDiff};

use crate::diag::{Code, Diagnostic, Language, Problems, text};
use crate::form::{Form, Key};
use crate::report::{Report, author, figure};
use crate::session::{Errors, Forms, Loaded, Selection};
use crate::sheet::signed;
use crate::source::display_path;

use parts::Parts;

pub(crate) use difference::{Comparison, FigureChange, OrganChange, Sentence, Side, TextChange, Years, YearsOfFigure};

/// How differences are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DiffFormat {
    /// A table for a terminal.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One web page.
    Html,
}

/// Compares what a job names, and says it in the format asked for.
///
/// # Errors
/// Facts that cannot be read at all, or reports of different forms.
pub(crate) fn diff(job: &Selection, format: DiffFormat, language: Language) -> Result<String, Problems> {
    let forms = Forms::new(job);
    let reports: Vec<(String, Report)> = job.files.iter().map(|file| read(file, &forms)).collect::<Result<_, _>>()?;
    if let [before, after] = &reports[..] {
        same_form(before, after)?;
        let comparison = compare(before, after);
        return Ok(match format {
            DiffFormat::Table => page::table(&comparison, language),
            DiffFormat::Json => page::json(&comparison),
            DiffFormat::Html => page::html(&comparison, language),
        });
    }
    for pair in reports.windows(2) {
        same_form(&pair[0], &pair[1])?;
    }
    let years = over_years(&reports);
    Ok(match format {
        DiffFormat::Table => page::years_table(&years, language),
        DiffFormat::Json => page::json(&years),
        DiffFormat::Html => page::years_html(&years, language),
    })
}

fn read(file: &Path, forms: &Forms) -> Result<(String, Report), Problems> {
    Ok((display_path(file), Loaded::open(file, forms, Errors::Draft)?.report))
}

fn same_form((a, before): &(String, Report), (b, after): &(String, Report)) -> Result<(), Diagnostic> {
    if before.form.name == after.form.name {
        return Ok(());
    }
    let message =
        text!("{a} 与 {b} 不是同一种表式，不能比较", "{a} and {b} are of different forms and cannot be compared");
    Err(Diagnostic::error(Code::Usage, message))
}

fn side((file, report): &(String, Report)) -> Side {
    Side { file: file.clone(), author: author(&report.form, &report.values).unwrap_or_default(), year: report.year }
}

fn compare(before: &(String, Report), after: &(String, Report)) -> Comparison {
    let form: &Arc<Form> = &after.1.form;
    let parts = Parts::of(&before.1, &after.1);
    let figures = form.keys.iter().filter_map(|(key, known)| {
        let (was, is) = (figure(&before.1.values, key), figure(&after.1.values, key));
        (was != is).then(|| change(key, &known.label, was, is, parts.of_key(key)))
    });
    let texts = form.keys.iter().filter_map(|(key, known)| {
        let (was, is) = (words(&before.1, key), words(&after.1, key));
        (was != is).then(|| TextChange {
            key: key.to_string(),
            label: known.label.clone(),
            sentences: sentences(&was, &is),
        })
    });
    Comparison { before: side(before), after: side(after), figures: figures.collect(), texts: texts.collect() }
}

fn change(key: &str, label: &str, was: Option<Decimal>, is: Option<Decimal>, organs: Vec<OrganChange>) -> FigureChange {
    let difference = was.zip(is).map(|(was, is)| is - was);
    let percent = was.zip(difference).and_then(|(was, difference)| {
        let share = (difference * Decimal::ONE_HUNDRED).checked_div(was)?;
        Some(signed(share.round_dp(1)))
    });
    FigureChange {
        key: key.to_owned(),
        label: label.to_owned(),
        before: was.map(|number| number.to_string()),
        after: is.map(|number| number.to_string()),
        difference: difference.map(signed),
        percent,
        organs,
    }
}

/// A text that a report's facts have, or nothing; the form's own words are not theirs.
fn words(report: &Report, key: &str) -> String {
    let own = report.values.get(key).filter(|entry| entry.place.is_some());
    let text = own.map(|entry| &entry.value).filter(|value| value.figure().is_none());
    text.map(|value| value.said(&report.form).trim().to_owned()).unwrap_or_default()
}

fn sentences(before: &str, after: &str) -> Vec<Sentence> {
    let (before, after) = (cut(before), cut(after));
    let diff = TextDiff::from_slices(&before, &after);
    let sentence = |change: similar::Change<&str>| Sentence {
        change: match change.tag() {
            ChangeTag::Equal => "same",
            ChangeTag::Delete => "removed",
            ChangeTag::Insert => "added",
        },
        text: change.value().trim().to_owned(),
    };
    diff.iter_all_changes().map(sentence).filter(|sentence| !sentence.text.is_empty()).collect()
}

fn cut(text: &str) -> Vec<&str> {
    text.split_inclusive(['。', '！', '？', '；', '\n']).collect()
}

fn over_years(reports: &[(String, Report)]) -> Years {
    let mut reports: Vec<&Report> = reports.iter().map(|(_, report)| report).collect();
    reports.sort_by_key(|report| report.year);
    let form = reports.last().map(|report| Arc::clone(&report.form));
    let keys: Vec<(Key, String)> =
        form.iter().flat_map(|form| form.keys.iter()).map(|(key, known)| (key.clone(), known.label.clone())).collect();
    let figures = keys.into_iter().filter_map(|(key, label)| {
        let numbers: Vec<Option<Decimal>> = reports.iter().map(|report| figure(&report.values, &key)).collect();
        let tells = numbers.iter().flatten().any(|number| !number.is_zero());
        tells.then(|| YearsOfFigure {
            key: key.to_string(),
            label,
            numbers: numbers.iter().map(|number| number.map(|n| n.to_string())).collect(),
        })
    });
    let authors: BTreeSet<String> =
        reports.iter().map(|report| author(&report.form, &report.values).unwrap_or_default()).collect();
    Years {
        author: authors.into_iter().collect::<Vec<_>>().join("、"),
        years: reports.iter().map(|report| report.year).collect(),
        figures: figures.collect(),
    }
}
