//! A problem as the page shows it. In: what a check says; out: the same with the keys of the fields that it is about, and the edits that would
//! mend it, so that it stands at its fields and is mended by one click.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::typed_text;
use crate::check::places::Places;
use crate::diag::{Diagnostic, Fix, Severity, Text, json};
use crate::facts::Facts;
use crate::form::{FieldKind, Form, Key};
use crate::source::Place;

/// A stretch of the file, and what is to stand there.
type Change = (Range<usize>, String);

/// How long words may be at which an acceptance points.
const POINTED: usize = 40;

/// The keys of the fields that a problem is about, that of its place first.
pub(super) fn keys(problem: &Diagnostic, places: &Places<'_>) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    let mut seen = BTreeSet::new();
    let first = problem.primary().into_iter().chain(problem.labels.iter().map(|label| &label.place));
    let written = first.filter_map(|place| places.key_at(place)).cloned();
    let about = problem.about.iter().map(|key| Key::from(key.as_str()));
    for key in written.chain(about) {
        if seen.insert(key.clone()) {
            keys.push(key);
        }
    }
    keys
}

/// A problem with its keys and edits.
pub(super) fn of(problem: &Diagnostic, keys: &[Key], facts: &Facts<'_>, form: &Form, places: &Places<'_>) -> Value {
    let mut said = json::object(&without_keys(problem, keys));
    if let Some(object) = said.as_object_mut() {
        object.insert("keys".to_owned(), json!(keys));
        object.insert(
            "fix_edits".to_owned(),
            json!(problem.fix.as_ref().and_then(|fix| edits(fix, facts, form, places))),
        );
        object.insert("acceptance".to_owned(), json!(acceptance(problem, keys, form)));
    }
    said
}

/// A problem in words that do not name the keys: those stand beside the labels for people who write facts files.
fn without_keys(problem: &Diagnostic, keys: &[Key]) -> Diagnostic {
    let clear = |text: &mut Text| {
        for key in keys {
            text.zh = text.zh.replace(&format!("（{key}）"), "");
            text.en = text.en.replace(&format!("{key} ("), "(");
        }
    };
    let mut problem = problem.clone();
    clear(&mut problem.message);
    problem.notes.iter_mut().for_each(clear);
    problem.help.iter_mut().for_each(clear);
    problem
}

/// How a warning is accepted where it stands, but for the reason; an error is not.
fn acceptance(problem: &Diagnostic, keys: &[Key], form: &Form) -> Option<Value> {
    let key = keys.first();
    let is_prose = key.and_then(|key| form.keys.get(key)).is_some_and(|known| known.kind == FieldKind::Prose);
    let is_pointed = |words: &&str| is_prose && !words.contains('\n') && words.chars().count() <= POINTED;
    let figure = problem.primary().map(Place::text).filter(is_pointed);
    (problem.severity == Severity::Warning)
        .then(|| json!({ "check": problem.code.as_str(), "key": key, "figure": figure }))
}

/// The edits of a fix as what is to be typed; nothing where one of them is not of a single value.
fn edits(fix: &Fix, facts: &Facts<'_>, form: &Form, places: &Places<'_>) -> Option<Vec<Value>> {
    let mut changed: Vec<(Key, Vec<Change>)> = Vec::new();
    for edit in &fix.edits {
        let key = places.key_at(&edit.place)?.clone();
        let change = (edit.place.span.clone(), edit.replacement.clone());
        match changed.iter_mut().find(|(known, _)| *known == key) {
            Some((_, changes)) => changes.push(change),
            None => changed.push((key, vec![change])),
        }
    }
    let one = |(key, mut changes): (Key, Vec<Change>)| {
        let whole = facts.place_of(&key)?;
        changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut literal = whole.text().to_owned();
        for (span, replacement) in changes {
            let (from, to) = (span.start.checked_sub(whole.span.start)?, span.end.checked_sub(whole.span.start)?);
            literal.get(from..to)?;
            literal.replace_range(from..to, &replacement);
        }
        let was = typed_text::written(facts, form, &key).map(|written| written.text);
        let now = typed_text::of_literal(form, &key, &literal)?;
        Some(json!({ "key": key, "was": was, "now": now }))
    };
    changed.into_iter().map(one).collect()
}
