//! What the page shows of a report. In: the text of its facts, as they stand or as they would be; out: for each key what is written, what
//! counts and what last year had, all that is wrong at its fields, and how far the report is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::problem_state;
use super::prose_state::{Figures, ShownProse};
use super::typed_text::{typed, written};
use crate::check::due::due;
use crate::check::places::Places;
use crate::diag::{Code, Diagnostic, Problems, Severity, json};
use crate::facts::{Facts, literal};
use crate::form::keys::REST;
use crate::form::{FieldKind, Form, Key, KeyInfo};
use crate::report::{Accepted, Entry, Report, figure, printed};
use crate::session::{Errors, Forms, Loaded};
use crate::source::Source;

/// A report as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct ReportState {
    /// Its name in the list.
    pub name: String,
    /// A name for the text of the facts.
    pub hash: String,
    /// The form, where the facts can be read.
    pub form: Option<String>,
    /// The year.
    pub year: Option<u16>,
    /// Why nothing can be written: the facts are no TOML, or say nothing of their form or year.
    pub unreadable: Vec<Value>,
    /// The values by key; those that fill the blank cells of a table are among them.
    pub values: BTreeMap<Key, Held>,
    /// Whether any of them are added up of organs.
    pub is_added: bool,
    /// All that is wrong.
    pub problems: Vec<Value>,
    /// The warnings that are accepted.
    pub accepted: Vec<Accepted>,
    /// How far it is.
    pub done: Done,
}

/// What there is under a key.
#[derive(Debug, Serialize)]
pub(super) struct Held {
    /// What is written, as it is typed; absent where nothing is.
    pub written: Option<String>,
    /// What counts: what is written, or stands in its place.
    pub value: Option<String>,
    /// Where that comes from.
    pub state: State,
    /// As the page prints it.
    pub printed: Option<String>,
    /// What the parts of a total come to, where something else is written.
    pub computed: Option<String>,
    /// What last year's figure was that it begins with, where it is another.
    pub carried: Option<String>,
    /// What last year had.
    pub last: Option<String>,
    /// For prose: what stands under its field.
    pub prose: Option<ShownProse>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It is written.
    Written,
    /// It is written, and is none of the kind that is wanted.
    Unfit,
    /// It is 0, by the word of its table.
    Rest,
    /// It is the sum of its parts.
    Computed,
    /// It is the sum of the organs'.
    Organs,
    /// It has to be written.
    Missing,
    /// It may be left out.
    Blank,
}

/// How far a report is.
#[derive(Debug, Default, Serialize)]
pub(super) struct Done {
    /// How many cells its tables have.
    pub cells: usize,
    /// How many of them have something.
    pub filled: usize,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many warnings are accepted.
    pub accepted: usize,
    /// By when it is to be published.
    pub due: Option<String>,
}

impl ReportState {
    /// That of a text that stands, or would stand, in a facts file.
    pub(super) fn of(name: &str, source: &Arc<Source>, file: &Path, forms: &Forms) -> Self {
        let hash = blake3::hash(source.text().as_bytes()).to_hex().to_string();
        let loaded = Loaded::of(source, file, forms, Errors::Draft);
        let parsed = Facts::parse(source);
        match (loaded, parsed) {
            (Ok(loaded), Ok(facts)) => Self::read(name, hash, &loaded, &facts, file),
            (Err(problems), _) | (_, Err(problems)) => Self::unread(name, hash, &problems),
        }
    }

    fn unread(name: &str, hash: String, problems: &Problems) -> Self {
        Self {
            name: name.to_owned(),
            hash,
            form: None,
            year: None,
            unreadable: problems.iter().map(json::object).collect(),
            values: BTreeMap::new(),
            is_added: false,
            problems: Vec::new(),
            accepted: Vec::new(),
            done: Done { errors: problems.iter().filter(|problem| problem.is_error()).count(), ..Done::default() },
        }
    }

    fn read(name: &str, hash: String, loaded: &Loaded, facts: &Facts<'_>, file: &Path) -> Self {
        let (report, form) = (&loaded.report, &loaded.report.form);
        let places = Places::of(facts);
        let figures = Figures::of(form, &report.values);
        let of_key = |(key, known): (&Key, &KeyInfo)| (key.clone(), held(report, facts, key, known, &figures));
        let rests = form.tables.iter().map(|table| table.key.join(REST));
        let of_rest = |key: Key| (key.clone(), Held::of_rest(written(facts, form, &key).map(|written| written.text)));
        let values: BTreeMap<Key, Held> = form.keys.iter().map(of_key).chain(rests.map(of_rest)).collect();
        let is_missing = |key: &Key| values.get(key).is_some_and(|held| held.state == State::Missing);
        let of_problem = |problem: &Diagnostic| {
            let keys = problem_state::keys(problem, &places);
            let (first, is_any_missing) = (keys.first(), || values.values().any(|held| held.state == State::Missing));
            // What is blank is said to be so by its state.
            let is_said = match problem.code {
                Code::EmptyValue => first.is_some_and(is_missing),
                Code::MissingValue => !problem.lacking.is_empty() && is_any_missing(),
                _ => false,
            };
            (!is_said).then(|| problem_state::of(problem, &keys, facts, form, &places))
        };
        let mut problems: Vec<&Diagnostic> = loaded.problems.iter().collect();
        problems.sort_by_key(|problem| !problem.is_error());
        Self {
            name: name.to_owned(),
            hash,
            form: Some(form.name.clone()),
            year: Some(report.year),
            unreadable: Vec::new(),
            is_added: values.values().any(|held| held.state == State::Organs),
            problems: problems.into_iter().filter_map(of_problem).collect(),
            accepted: report.accepted.clone(),
            done: done(report, &values, &loaded.problems, file),
            values,
        }
    }
}

impl Held {
    fn of_rest(written: Option<String>) -> Self {
        let state = if written.is_some() { State::Written } else { State::Blank };
        Self {
            value: written.clone(),
            written,
            state,
            printed: None,
            computed: None,
            carried: None,
            last: None,
            prose: None,
        }
    }
}

fn held(report: &Report, facts: &Facts<'_>, key: &Key, known: &KeyInfo, figures: &Figures<'_>) -> Held {
    let form = &report.form;
    let own = written(facts, form, key);
    let entry = report.values.get(key);
    let computed = sum(report, known).map(|sum| sum.to_string());
    let state = match &own {
        Some(own) if known.required && own.text.trim_end_matches('\n').is_empty() => State::Missing,
        Some(own) if own.is_value => State::Written,
        Some(_) => State::Unfit,
        // A total is known before all of its table is.
        None if computed.is_some() => State::Computed,
        None => unwritten(report, key, known, entry),
    };
    let value = match (&own, entry) {
        (Some(own), _) => Some(own.text.clone()),
        (None, Some(entry)) if !known.kind.is_quoted() => Some(typed(&entry.value)),
        (None, None) => computed.clone(),
        _ => None,
    };
    let before = |key: &Key| Some(typed(&report.last.as_ref()?.get(key)?.value));
    let begins_with = form.carried.iter().find(|(_, to)| to == key).and_then(|(from, _)| before(from));
    let printed = printed(form, &report.values, key);
    let last = before(key);
    let text = own.as_ref().map(|own| own.text.as_str());
    let prose = (known.kind == FieldKind::Prose).then(|| figures.shown(text, printed.as_deref(), last.as_deref()));
    Held {
        carried: begins_with.filter(|carried| value.as_ref() != Some(carried)),
        computed: computed.filter(|computed| text.is_some_and(|text| text != computed)),
        value,
        state,
        printed,
        last,
        prose,
        written: own.map(|own| own.text),
    }
}

/// What the parts of a total come to, which may be totals themselves.
fn sum(report: &Report, known: &KeyInfo) -> Option<Decimal> {
    let part = |part: &Key| figure(&report.values, part).or_else(|| sum(report, report.form.keys.get(part)?));
    let parts: Option<Vec<Decimal>> = known.sums.first()?.iter().map(part).collect();
    Some(parts?.into_iter().sum())
}

/// Where a value comes from that is not written.
fn unwritten(report: &Report, key: &Key, known: &KeyInfo, entry: Option<&Entry>) -> State {
    let of_organs = report.consolidated.as_ref().and_then(|all| all.sum(&report.form, key));
    match entry {
        Some(_) if !known.sums.is_empty() => State::Computed,
        Some(_) if of_organs.is_some() => State::Organs,
        Some(_) if known.is_cell => State::Rest,
        _ if known.required => State::Missing,
        _ => State::Blank,
    }
}

fn done(report: &Report, values: &BTreeMap<Key, Held>, problems: &[Diagnostic], file: &Path) -> Done {
    let form: &Form = &report.form;
    let is_filled = |key: &Key| {
        values.get(key).is_some_and(|held| !matches!(held.state, State::Missing | State::Blank | State::Unfit))
    };
    let wanted = form.keys.cells().filter(|(key, known)| known.required || !known.sums.is_empty() || is_filled(key));
    let (mut cells, mut filled) = (0, 0);
    for (key, _) in wanted {
        cells += 1;
        filled += usize::from(is_filled(key));
    }
    Done {
        cells,
        filled,
        errors: problems.iter().filter(|problem| problem.is_error()).count(),
        warnings: problems.iter().filter(|problem| problem.severity == Severity::Warning).count(),
        accepted: report.accepted.len(),
        due: due(form, report.year, &report.values, file).map(literal::day),
    }
}
