//! Edits of facts. In: for each value what the page saw and what it is to be; out: the facts with all of the edits, or with none and what
//! somebody else has written meanwhile. What is no value of its kind is not written and told; the others are.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::typed_text::{is_rest, typed, written};
use crate::diag::{Diagnostic, Problems, json};
use crate::facts::Facts;
use crate::facts::edit::{Change, Original, apply, typed_value};
use crate::form::{Form, Key};
use crate::report::Accepted;
use crate::source::Source;

/// What is to be done to facts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Edits {
    /// The values.
    pub values: Vec<Edit>,
    /// Warnings that are accepted.
    pub accept: Vec<Accepted>,
    /// Warnings that no longer are.
    pub unaccept: Vec<Accepted>,
}

/// An edit of a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// The key.
    pub key: Key,
    /// What the page was shown; absent where nothing was written.
    pub was: Option<String>,
    /// What is to be written; absent where nothing is to be.
    pub now: Option<String>,
}

/// A value that somebody else has written meanwhile.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Conflict {
    /// The key.
    pub key: Key,
    /// What the page was shown.
    pub was: Option<String>,
    /// What stands there.
    pub found: Option<String>,
    /// What was to be written.
    pub now: Option<String>,
}

/// A text that is no value of its kind, and is not written.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    /// The key; of an acceptance, none.
    pub key: Option<Key>,
    /// Why.
    pub problem: Value,
}

impl Refusal {
    /// That of a key.
    pub(super) fn of(key: Option<&Key>, problem: &Diagnostic) -> Self {
        Self { key: key.cloned(), problem: json::object(problem) }
    }
}

/// What becomes of edits.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The facts with the edits; the bytes are those that stand there where nothing was to change.
    Edited {
        /// The bytes of the file.
        bytes: Vec<u8>,
        /// What was not written.
        refused: Vec<Refusal>,
        /// What went with the edits.
        notes: Vec<Value>,
    },
    /// Nothing is written, since these were written by somebody else.
    Conflicts(Vec<Conflict>),
}

/// Makes edits of facts; nothing is written.
///
/// # Errors
/// The facts cannot be read.
pub(super) fn edited(original: &Original, form: &Arc<Form>, edits: &Edits) -> Result<Outcome, Problems> {
    let facts = Facts::parse(&original.source)?;
    let conflicts: Vec<Conflict> = edits.values.iter().filter_map(|edit| conflict(&facts, form, edit)).collect();
    if !conflicts.is_empty() {
        return Ok(Outcome::Conflicts(conflicts));
    }
    let (mut changes, mut refused) = (Vec::new(), Vec::new());
    for edit in &edits.values {
        match change(&facts, form, edit) {
            Ok(change) => changes.extend(change.map(|change| (Some(&edit.key), change))),
            Err(problem) => refused.push(Refusal::of(Some(&edit.key), &problem)),
        }
    }
    changes.extend(edits.unaccept.iter().cloned().map(|accepted| (None, Change::Unaccept(accepted))));
    changes.extend(edits.accept.iter().cloned().map(|accepted| (None, Change::Accept(accepted))));
    let (mut bytes, mut notes) = (original.bytes().to_vec(), Vec::new());
    let all: Vec<Change> = changes.iter().map(|(_, change)| change.clone()).collect();
    // Where one of them cannot be made, the others are.
    let is_whole = all.is_empty() || put(&all, original, form, &mut bytes, &mut notes).is_ok();
    for (key, change) in changes.into_iter().filter(|_| !is_whole) {
        if let Err(problems) = put(&[change], original, form, &mut bytes, &mut notes) {
            let why = problems.iter().map(|problem| Refusal::of(key, problem));
            refused.extend(why.take(1));
        }
    }
    Ok(Outcome::Edited { bytes, refused, notes })
}

/// Makes changes of facts, all of them or none.
fn put(
    changes: &[Change],
    original: &Original,
    form: &Arc<Form>,
    bytes: &mut Vec<u8>,
    notes: &mut Vec<Value>,
) -> Result<(), Problems> {
    let made = apply(original.source.name(), bytes, form, changes)?;
    notes.extend(made.notes.iter().map(|note| json!(note)));
    *bytes = made.bytes;
    Ok(())
}

fn conflict(facts: &Facts<'_>, form: &Form, edit: &Edit) -> Option<Conflict> {
    let found = written(facts, form, &edit.key).map(|written| written.text);
    // What stands there already is done, so that an edit may be sent twice.
    // An edit that changes nothing clashes with nothing.
    let is_change = edit.was != edit.now;
    (is_change && found != edit.was && found != edit.now && !is_done(form, edit, found.as_deref())).then(|| Conflict {
        key: edit.key.clone(),
        was: edit.was.clone(),
        found,
        now: edit.now.clone(),
    })
}

/// Whether what stands there is what was typed, as it is written: a number in other digits, or a text with the end of its last line.
fn is_done(form: &Form, edit: &Edit, found: Option<&str>) -> bool {
    let (Some(typed_text), Some(found)) = (&edit.now, found) else { return false };
    let value = typed_value(form, &edit.key.to_string(), typed_text);
    value.is_ok_and(|value| typed(&value).trim_end_matches('\n') == found.trim_end_matches('\n'))
}

fn change(facts: &Facts<'_>, form: &Form, edit: &Edit) -> Result<Option<Change>, Diagnostic> {
    let found = written(facts, form, &edit.key).map(|written| written.text);
    let key = edit.key.to_string();
    Ok(match &edit.now {
        // Of what nobody changed, what stands there stays.
        _ if found == edit.now || edit.was == edit.now => None,
        None => Some(Change::Remove(key)),
        Some(_) if is_rest(form, &edit.key) => Some(Change::Rest(edit.key.split_last().0.to_string())),
        Some(typed) => Some(Change::Set(key.clone(), typed_value(form, &key, typed)?)),
    })
}

/// The text of facts with edits, for a page that asks what would be; what cannot be made is left out.
pub(super) fn tried(source: &Arc<Source>, form: &Arc<Form>, edits: &Edits) -> Arc<Source> {
    let Ok(facts) = Facts::parse(source) else { return Arc::clone(source) };
    let changes: Vec<Change> =
        edits.values.iter().filter_map(|edit| change(&facts, form, edit).ok().flatten()).collect();
    let name = source.name().to_owned();
    match apply(&name, source.text().as_bytes(), form, &changes) {
        Ok(made) => Source::new(name, String::from_utf8_lossy(&made.bytes).into_owned()),
        Err(_) => Arc::clone(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::files;

    const FACTS: &str = "form = \"zfxxgk\"\nyear = 2025\n\n[requests]\nreceived = { natural = 12 }\n";

    fn outcome(was: Option<&str>, now: &str) -> (Outcome, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("2025.toml");
        std::fs::write(&path, FACTS).expect("written");
        let original = Original::open(&path).expect("facts");
        let form = Arc::new(files::load("zfxxgk", None, None).expect("a form"));
        let key = Key::from("requests.received.natural");
        let edit = Edit { key, was: was.map(str::to_owned), now: Some(now.to_owned()) };
        let edits = Edits { values: vec![edit], ..Edits::default() };
        (edited(&original, &form, &edits).expect("an outcome"), original.bytes().to_vec())
    }

    #[test]
    fn an_edit_that_is_sent_twice_is_done_though_it_is_written_in_another_way() {
        for now in ["12", "１２", " 12件"] {
            let (outcome, before) = outcome(None, now);
            assert!(matches!(outcome, Outcome::Edited { bytes, .. } if bytes == before), "{now}");
        }
    }

    #[test]
    fn a_value_that_somebody_else_has_written_is_not_written_over() {
        let (outcome, _) = outcome(Some("11"), "13");
        let Outcome::Conflicts(conflicts) = outcome else { panic!("{outcome:?}") };
        let found: Vec<_> =
            conflicts.iter().map(|conflict| (conflict.found.as_deref(), conflict.now.as_deref())).collect();
        assert_eq!(found, [(Some("12"), Some("13"))]);
    }
}
