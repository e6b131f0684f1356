//! Whether every character can be drawn. In: a report and the characters that no face of its form has; out: a problem
//! for each of them, at its first place in the facts, so that no page ever shows a blank box.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{self, Code, Diagnostic, text};
use crate::prose::stray::{code_point, stray};
use crate::report::{Report, Value};
use crate::source::Place;

/// A problem for each character of the page that no face can draw.
pub fn check(report: &Report, undrawn: &BTreeSet<char>) -> Vec<Diagnostic> {
    let places = places(report, undrawn);
    let mut problems: Vec<Diagnostic> = undrawn.iter().map(|c| problem(*c, places.get(c))).collect();
    diag::sort(&mut problems);
    problems
}

/// A text without what is left out of the page.
fn shown(text: &str) -> Cow<'_, str> {
    let is_shown = |c: &char| stray(*c).is_none();
    match text.chars().all(|c| is_shown(&c)) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.chars().filter(is_shown).collect()),
    }
}

/// The texts that a report brings to its page; what is left out of the page needs no face.
pub fn texts(report: &Report) -> Vec<Cow<'_, str>> {
    let texts = report.values.values().filter_map(|entry| match &entry.value {
        Value::Line(text) | Value::Prose(text) => Some(shown(text)),
        _ => None,
    });
    texts.collect()
}

fn problem(c: char, found: Option<&(&str, Place)>) -> Diagnostic {
    let number = code_point(c);
    let problem = Diagnostic::error(
        Code::MissingGlyph,
        text!("没有字体能印出“{c}”（{number}）", "no font can draw `{c}` ({number})"),
    )
    .help(text!(
        "安装收有这个字的字体（运行 nianbao doctor 查看），或改用别的字",
        "install a font that has it (see `nianbao doctor`), or write another character"
    ));
    match found {
        Some((key, place)) => problem.at(place.clone()).note(text!("在 {key} 中", "in {key}")),
        // The facts do not have it, so the form's own words do.
        None => problem.note(text!("在表式自己的文字中", "in the form's own words")),
    }
}

/// Where each character stands first; the whole text where it was written with an escape.
fn places<'a>(report: &'a Report, undrawn: &BTreeSet<char>) -> BTreeMap<char, (&'a str, Place)> {
    let mut found = BTreeMap::new();
    for (key, entry) in &report.values {
        let (Value::Line(words) | Value::Prose(words), Some(place)) = (&entry.value, &entry.place) else { continue };
        let here: BTreeSet<char> = words.chars().filter(|c| undrawn.contains(c) && !found.contains_key(c)).collect();
        if here.is_empty() {
            continue;
        }
        for (at, c) in place.text().char_indices().filter(|(_, c)| here.contains(c)) {
            let start = place.span.start + at;
            let place = || Place::new(&place.source, start..start + c.len_utf8());
            found.entry(c).or_insert_with(|| (key.as_str(), place()));
        }
        for c in here {
            found.entry(c).or_insert_with(|| (key.as_str(), place.clone()));
        }
    }
    found
}
