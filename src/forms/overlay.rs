//! A form's example with other facts in the place of some, for trying a rule by its own examples. In: the example, a rule's
//! facts, and last year's, which are in no files; out: what is said of them, and so whether the rule is reported.

use std::path::PathBuf;
use std::sync::Arc;

use toml::{Table, Value};

use crate::check;
use crate::consolidate::Alone;
use crate::diag::{Diagnostic, Problems};
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::{Form, Rule};
use crate::source::Source;

/// Whether the rule called `code` is reported of the example with `own` facts in their places.
///
/// # Errors
/// Examples that are no TOML, in words.
pub fn reports(form: &Arc<Form>, code: &str, rule: &Rule, example: &str, own: &str) -> Result<bool, String> {
    let problems = problems(form, example, own, rule.last.as_deref())?;
    Ok(problems.iter().any(|problem| problem.code.as_str() == code))
}

/// What is said of the example with `own` facts in their places, beside the example of the year before with those of `last`.
///
/// # Errors
/// Examples that are no TOML, in words.
pub fn problems(form: &Arc<Form>, example: &str, own: &str, last: Option<&str>) -> Result<Vec<Diagnostic>, String> {
    let example: Table = example.parse().map_err(said)?;
    let year = example.get("year").and_then(Value::as_integer).and_then(|year| u16::try_from(year).ok());
    let year = year.unwrap_or_default();
    let path = PathBuf::from(format!("example/{year}.toml"));
    let put = |other: &str, year| overlaid(&example, other, year).map(|facts| Source::new("example.toml", facts));
    let before = match (last, year.checked_sub(1)) {
        (Some(last), Some(before)) => Some((before, put(last, before)?)),
        _ => None,
    };
    let source = put(own, year)?;
    let first = |problems: Problems| problems.first().map(|problem| problem.message.en.clone()).unwrap_or_default();
    let facts = Facts::parse(&source).map_err(first)?;
    let judged = check::check(&facts, form, &YearsBefore::given(&path, before), &Alone);
    Ok(judged.map_or_else(|problems| problems, |(_, warnings)| warnings))
}

fn said(error: toml::de::Error) -> String {
    error.message().to_owned()
}

/// The facts with other values under some keys.
fn overlaid(example: &Table, other: &str, year: u16) -> Result<String, String> {
    let mut facts = example.clone();
    merge(&mut facts, other.parse().map_err(said)?);
    facts.insert("year".to_owned(), Value::Integer(year.into()));
    Ok(facts.to_string())
}

/// Groups are merged; a row of figures replaces the row.
fn merge(into: &mut Table, other: Table) {
    for (key, value) in other {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(group)), Value::Table(value)) if !is_row(&value) || !is_row(group) => {
                merge(group, value)
            }
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn is_row(table: &Table) -> bool {
    table.values().all(Value::is_integer)
}
