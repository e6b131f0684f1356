//! A problem as the page shows it. In: what a check says; out: the same with the keys of the fields that it is about, and the edits that would
//! mend it, so that it stands at its fields and is mended by one click.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::typed_text;
use crate::check::places::Places;
use crate::diag::{Diagnostic, Fix, Severity, json};
use crate::facts::Facts;
use crate::form::{Form, Key};
use crate::source::Place;

/// A stretch of the file, and what is to stand there.
type Change = (Range<usize>, String);

/// A problem with its keys and edits.
pub fn of(problem: &Diagnostic, facts: &Facts<'_>, form: &Form, places: &Places<'_>) -> Value {
    let mut said = json::object(problem);
    let mut keys: Vec<Key> = Vec::new();
    let mut seen = BTreeSet::new();
    let first = problem.primary().into_iter().chain(problem.labels.iter().map(|label| &label.place));
    let written = first.filter_map(|place| places.key_at(place)).cloned();
    let unwritten = problem.lacking.iter().chain(&problem.about).map(|key| Key::from(key.as_str()));
    for key in written.chain(unwritten) {
        if seen.insert(key.clone()) {
            keys.push(key);
        }
    }
    if let Some(object) = said.as_object_mut() {
        object.insert("keys".to_owned(), json!(keys));
        object.insert(
            "fix_edits".to_owned(),
            json!(problem.fix.as_ref().and_then(|fix| edits(fix, facts, form, places))),
        );
        object.insert("can_be_accepted".to_owned(), json!(problem.severity == Severity::Warning));
        object.insert("written".to_owned(), json!(problem.primary().map(Place::text)));
    }
    said
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
