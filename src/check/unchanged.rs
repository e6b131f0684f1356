//! Prose that is last year's but for its digits. In: the texts of both years, as written; out: a problem where more of
//! this year's sentences stand in last year's text than the form allows.

use std::collections::BTreeSet;

use super::prose::{ENDS, Looked};
use crate::diag::{Diagnostic, text};
use crate::form::pattern::references;
use crate::form::{Form, Unchanged};
use crate::report::{Value, Values};
use crate::source::Place;

/// The fewest characters of a sentence that says anything of its own.
const SHORTEST: usize = 8;

/// Compares the texts with last year's, rule by rule.
pub(super) fn check(form: &Form, texts: &[Looked<'_>], last: Option<&Values>, problems: &mut Vec<Diagnostic>) {
    let Some(last) = last else { return };
    for unchanged in &form.checks.unchanged {
        problems.extend(compare(unchanged, texts, last));
    }
}

fn compare(unchanged: &Unchanged, texts: &[Looked<'_>], last: &Values) -> Option<Diagnostic> {
    let mut before = BTreeSet::new();
    for key in &unchanged.keys {
        if let Some(Value::Prose(text) | Value::Line(text)) = last.get(key).map(|entry| &entry.value) {
            before.extend(sentences(text));
        }
    }
    let (mut all, mut same, mut first): (usize, usize, Option<Place>) = (0, 0, None);
    for text in texts.iter().map(|text| text.prose).filter(|text| unchanged.keys.contains(&text.key)) {
        let own = sentences(&text.written);
        let kept = own.iter().filter(|sentence| before.contains(*sentence)).count();
        (all, same) = (all + own.len(), same + kept);
        first = first.or_else(|| (kept > 0).then(|| text.place.clone()));
    }
    let allowed = usize::try_from(unchanged.percent).ok()?;
    if all < unchanged.least || same * 100 <= allowed * all {
        return None;
    }
    let rule = &unchanged.rule;
    let share = same * 100 / all;
    let problem = rule.violation().at(first?).note(text!(
        "{all}句中有{same}句（{share}%）除数字外与上年相同，表式允许的最多是{allowed}%",
        "{same} of {all} sentences ({share} %) are last year's but for digits; the form allows {allowed} %"
    ));
    Some(rule.sourced(problem))
}

/// The sentences of a text that are long enough to matter, with nothing in the place of digits and references.
pub(super) fn sentences(text: &str) -> Vec<String> {
    let mut bare = String::with_capacity(text.len());
    let mut done = 0;
    for reference in references(text).into_iter().filter(|reference| !reference.escaped) {
        bare.push_str(&text[done..reference.span.start]);
        done = reference.span.end;
    }
    bare.push_str(&text[done..]);
    bare.split(ENDS)
        .map(|sentence| {
            sentence
                .chars()
                .filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}') || !(c.is_whitespace() || c.is_numeric()))
                .collect::<String>()
        })
        .filter(|sentence| sentence.chars().count() >= SHORTEST)
        .collect()
}
