//! Whether every character can be drawn. In: a report and the characters that no face of its form has; out: a problem
//! for each of them, at its first place in the facts, so that no page ever shows a blank box.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{Report, Value, within};
use crate::diag::{self, Code, Diagnostic, text};
use crate::prose::stray::{code_point, stray};
use crate::source::Place;

/// A problem for each character of the page that no face can draw.
pub fn check(report: &Report, undrawn: &BTreeSet<char>) -> Vec<Diagnostic> {
    let mut problems: Vec<Diagnostic> = undrawn.iter().map(|c| problem(report, *c)).collect();
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

fn problem(report: &Report, c: char) -> Diagnostic {
    let number = code_point(c);
    let problem = Diagnostic::error(
        Code::MissingGlyph,
        text!("没有字体能印出“{c}”（{number}）", "no font can draw `{c}` ({number})"),
    )
    .help(text!(
        "安装收有这个字的字体（运行 nianbao doctor 查看），或改用别的字",
        "install a font that has it (see `nianbao doctor`), or write another character"
    ));
    match place(report, c) {
        Some((key, place)) => problem.at(place).note(text!("在 {key} 中", "in {key}")),
        // The facts do not have it, so the form's own words do.
        None => problem.note(text!("在表式自己的文字中", "in the form's own words")),
    }
}

fn place(report: &Report, c: char) -> Option<(&str, Place)> {
    report.values.iter().find_map(|(key, entry)| match &entry.value {
        Value::Line(words) | Value::Prose(words) if words.contains(c) => {
            entry.place.as_ref().map(|place| (key.as_str(), within(place, &c.to_string())))
        }
        _ => None,
    })
}
