//! A form's example with other facts in the place of some, for trying a rule by its own examples. In: the example, a rule's
//! facts, and last year's; out: whether the rule is reported of them.

use std::fs;
use std::sync::Arc;

use toml::{Table, Value};

use crate::check;
use crate::disk;
use crate::facts::{self, Facts};
use crate::form::{Form, Rule};

/// Whether the rule called `code` is reported of the example with `own` facts in their places.
///
/// # Errors
/// Examples that are no TOML, in words.
pub fn reports(form: &Arc<Form>, code: &str, rule: &Rule, example: &str, own: &str) -> Result<bool, String> {
    let example: Table = example.parse().map_err(said)?;
    let year = example.get("year").and_then(Value::as_integer).unwrap_or_default();
    let folder = disk::Scratch::new().map_err(|error| error.to_string())?;
    let file = |year: i64| folder.path().join(format!("{year}.toml"));
    // Nobody looks for these files after a crash.
    #[allow(clippy::disallowed_methods)]
    let put = |facts: String, year| fs::write(file(year), facts).map_err(|error| error.to_string());
    put(overlaid(&example, own, year)?, year)?;
    if let Some(last) = &rule.last {
        put(overlaid(&example, last, year - 1)?, year - 1)?;
    }
    let first = |problems: Vec<crate::diag::Diagnostic>| {
        problems.first().map(|problem| problem.message.en.clone()).unwrap_or_default()
    };
    let source = facts::open(&file(year)).map_err(first)?;
    let facts = Facts::parse(&source).map_err(first)?;
    let problems = check::check(&facts, form, &file(year)).map_or_else(|problems| problems, |(_, warnings)| warnings);
    Ok(problems.iter().any(|problem| problem.code.as_str() == code))
}

fn said(error: toml::de::Error) -> String {
    error.message().to_owned()
}

/// The facts with other values under some keys.
fn overlaid(example: &Table, other: &str, year: i64) -> Result<String, String> {
    let mut facts = example.clone();
    merge(&mut facts, other.parse().map_err(said)?);
    facts.insert("year".to_owned(), Value::Integer(year));
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
