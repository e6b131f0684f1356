//! What is written in a place now. In: a value of facts; out: [`Run`]s of text on one line, short, with the very words marked that a
//! problem points at.

use std::ops::Range;

use serde::Serialize;
use toml::de::DeValue;

use super::plain::{CLOSE, OPEN, Plain};
use crate::form::{Form, Key};
use crate::prose::stray::is_direction_control;
use crate::report::Value;
use crate::source::Place;

/// How many characters of a value are shown.
const LONGEST: usize = 60;
/// How many characters stand before and behind the words that a problem points at.
const AROUND: usize = 18;
/// What stands in the place of a character that cannot be seen.
const UNSEEN: char = '□';

/// A stretch of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Run {
    /// The text.
    pub text: String,
    /// Whether these are the words that are meant.
    pub is_meant: bool,
}

impl Run {
    /// Text that is not marked.
    pub(super) fn plain(text: String) -> Self {
        Self { text, is_meant: false }
    }
}

/// Text on one line, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A value as its author wrote it, a date as the page has it.
pub(super) fn whole(key: &Key, value: &DeValue<'_>, form: &Form, plain: Plain<'_>) -> Vec<Run> {
    let text = match plain.values.get(key).map(|entry| &entry.value) {
        Some(Value::Date(date)) => form.written_date(*date),
        _ => said(value, form, plain),
    };
    if text.is_empty() { Vec::new() } else { vec![Run::plain(short(&text))] }
}

fn said(value: &DeValue<'_>, form: &Form, plain: Plain<'_>) -> String {
    match value {
        DeValue::String(text) => plain.filled(text),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => form.flag_words[usize::from(*truth)].clone(),
        DeValue::Datetime(date) => date.to_string(),
        DeValue::Array(all) => {
            let items: Vec<String> = all.iter().map(|item| said(item.get_ref(), form, plain)).collect();
            items.join("；")
        }
        DeValue::Table(_) => String::new(),
    }
}

/// The words at a place in a text, with some of those around them.
pub(super) fn part(place: &Place, whole: &Place, plain: Plain<'_>) -> Vec<Run> {
    let all = place.source.text();
    let span = &with_braces(all, &place.span);
    let stretch = |from: usize, to: usize| {
        let raw = all.get(from..to).unwrap_or_default();
        spaced(&plain.filled(&unescaped(raw, whole.text())))
    };
    let marks = |text: &str| text.bytes().take_while(|byte| matches!(byte, b'"' | b'\'')).count();
    let open = whole.span.start + marks(whole.text()).min(3);
    let reversed: String = whole.text().chars().rev().collect();
    let close = whole.span.end.saturating_sub(marks(&reversed).min(3));
    let (before, after) = (stretch(open.min(span.start), span.start), stretch(span.end, close.max(span.end)));
    let (before, after) = (before.trim_start(), after.trim_end());
    let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let to = after.char_indices().nth(AROUND).map_or(after.len(), |(at, _)| at);
    let head = if from > 0 { "…" } else { "" };
    let tail = if to < after.len() { "…" } else { "" };
    let runs = [
        Run::plain(format!("{head}{}", &before[from..])),
        Run { text: short(&stretch(span.start, span.end)), is_meant: true },
        Run::plain(format!("{}{tail}", &after[..to])),
    ];
    runs.into_iter().filter(|run| !run.text.is_empty()).collect()
}

/// The whole reference, where a problem points at the name in it.
fn with_braces(all: &str, span: &Range<usize>) -> Range<usize> {
    let (before, rest) =
        (all.get(..span.start).unwrap_or_default().trim_end(), all.get(span.end..).unwrap_or_default());
    let (open, after) = (before.trim_end_matches(OPEN), rest.trim_start().trim_start_matches(CLOSE));
    let has_both = open.len() < before.len() && after.len() < rest.trim_start().len();
    if has_both { open.len()..all.len() - after.len() } else { span.clone() }
}

/// A piece of a text without the signs by which facts write what cannot be typed.
fn unescaped(raw: &str, whole: &str) -> String {
    if whole.starts_with('\'') || !raw.contains('\\') {
        return raw.to_owned();
    }
    let quoted = format!("a = \"\"\"{}\"\"\"", raw.trim_end_matches('\\').replace("\"\"\"", "\\\"\\\"\\\""));
    let table: Result<toml::Table, _> = quoted.parse();
    let text = table.ok().and_then(|table| table.get("a").and_then(|text| text.as_str().map(str::to_owned)));
    text.unwrap_or_else(|| raw.to_owned())
}

/// Text without line ends and other white space than single spaces.
fn one_line(text: &str) -> String {
    spaced(text).trim().to_owned()
}

/// Whether a character cannot be seen, or changes how others are.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || is_direction_control(c)
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Text with single spaces in the place of line ends and other white space, at its ends too.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_whitespace() {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false if is_unseen(c) => out.push(UNSEEN),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lose_the_signs_of_the_file_and_nothing_else() {
        assert_eq!(unescaped("甲\\n乙", "\"甲\\n乙\""), "甲\n乙");
        assert_eq!(unescaped("甲\\\n  乙", "\"\"\"甲\\\n  乙\"\"\""), "甲乙");
        assert_eq!(unescaped("甲\\n", "'甲\\n'"), "甲\\n");
        assert_eq!(unescaped("半个\\u00", "\"半个\\u0041\""), "半个\\u00", "cut through a sign");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(short("甲\n 乙"), "甲 乙");
        assert_eq!(short(&"甲".repeat(61)).chars().count(), LONGEST + 1);
    }
}
