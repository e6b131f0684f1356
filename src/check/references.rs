//! Prose that draws on figures. In: `{{ requests.received.total }}` in prose; out: the checked figure in its place, or
//! a problem at the very words for a key that the form does not have.
//!
//! Only a dotted name between the braces is a reference; any other `{{ … }}` is text, and so is `\{{ name }}`.

use std::ops::Range;

use super::{Value, Values};
use crate::diag::{Code, Diagnostic, text};
use crate::facts::nearest;
use crate::form::Form;
use crate::source::Place;

/// What the expanded text will be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Plain text.
    Plain,
    /// Markdown: punctuation in values is escaped.
    Markdown,
}

/// Puts the figures into every prose value, and the form's own prose where the facts have none.
pub fn resolve(form: &Form, year: u16, values: &mut Values, problems: &mut Vec<Diagnostic>) {
    let mut resolved = Vec::new();
    for (key, entry) in values.iter() {
        if let Value::Prose(prose) = &entry.value {
            let (text, unknown) = expand(prose, year, values, Markup::Markdown);
            // A figure that is missing was reported where it is missing.
            let unknown = unknown.into_iter().filter(|name| form.label_of(name).is_none());
            problems.extend(unknown.map(|name| unknown_reference(form, &name, entry.place.as_ref())));
            resolved.push((key.clone(), text, entry.place.clone()));
        }
    }
    for field in &form.fields {
        if let (Some(default), false) = (&field.default, values.contains_key(&field.key)) {
            let (text, _) = expand(default, year, values, Markup::Markdown);
            resolved.push((field.key.clone(), text, None));
        }
    }
    for (key, text, place) in resolved {
        values.insert(key, super::Entry { value: Value::Prose(text), place });
    }
}

/// Puts values into a pattern; the names that stand for nothing are given back, and left as they are in the text.
pub fn expand(pattern: &str, year: u16, values: &Values, markup: Markup) -> (String, Vec<String>) {
    let (mut text, mut unknown, mut done) = (String::with_capacity(pattern.len()), Vec::new(), 0);
    for reference in references(pattern) {
        text.push_str(&pattern[done..reference.span.start]);
        done = reference.span.end;
        match shown(&reference.name, year, values) {
            _ if reference.escaped => text.push_str(&pattern[reference.span.start + 1..reference.span.end]),
            Some(value) if markup == Markup::Markdown => text.push_str(&escape_markdown(&value)),
            Some(value) => text.push_str(&value),
            None => {
                text.push_str(&pattern[reference.span.clone()]);
                unknown.push(reference.name);
            }
        }
    }
    text.push_str(&pattern[done..]);
    (text, unknown)
}

struct Reference {
    name: String,
    span: Range<usize>,
    escaped: bool,
}

fn references(text: &str) -> Vec<Reference> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(open) = text[from..].find("{{").map(|at| from + at) {
        let inner = open + 2;
        let Some(close) = text[inner..].find("}}").map(|at| inner + at) else { break };
        let name = text[inner..close].trim();
        if is_name(name) {
            let escaped = text[..open].ends_with('\\');
            let start = if escaped { open - 1 } else { open };
            found.push(Reference { name: name.to_owned(), span: start..close + 2, escaped });
            from = close + 2;
        } else {
            from = open + 1;
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    name.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

fn shown(name: &str, year: u16, values: &Values) -> Option<String> {
    if name == "year" {
        return Some(year.to_string());
    }
    match &values.get(name)?.value {
        Value::Line(text) => Some(text.clone()),
        Value::Figure(number) => Some(number.to_string()),
        Value::Date(date) => Some(date.to_string()),
        // Prose in prose would have to be ordered, and could go round in a circle.
        Value::Prose(_) => None,
    }
}

fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && c != '.' {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn unknown_reference(form: &Form, name: &str, place: Option<&Place>) -> Diagnostic {
    let message = text!("正文引用的“{name}”不存在", "the prose draws on `{name}`, which does not exist");
    let mut problem = Diagnostic::error(Code::UnknownReference, message);
    if let Some(place) = place {
        problem = problem.at(within(place, name));
    }
    let known: Vec<String> =
        form.cells().map(|cell| cell.key).chain(form.fields.iter().map(|field| field.key.clone())).collect();
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => problem.help(text!("是否为“{near}”？", "did you mean `{near}`?")),
        None => problem.help(text!(
            "写表中一格的键，例如 requests.received.total；若要照原样印出，写成 \\{{{{ {name} }}}}",
            "write the key of a cell, such as requests.received.total; to print it as it is, write \\{{{{ {name} }}}}"
        )),
    }
}

/// Where `words` stand inside a place; the whole place when they were written with escapes.
pub fn within(place: &Place, words: &str) -> Place {
    match place.text().find(words) {
        Some(at) => {
            let start = place.span.start + at;
            Place::new(&place.source, start..start + words.len())
        }
        None => place.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Entry;
    use rust_decimal::Decimal;

    fn values() -> Values {
        let entry = |value| Entry { value, place: None };
        Values::from([
            ("a.b".to_owned(), entry(Value::Figure(Decimal::new(31190, 1)))),
            ("name".to_owned(), entry(Value::Line("甲*乙*".to_owned()))),
        ])
    }

    #[test]
    fn only_dotted_names_are_references() {
        let (text, unknown) =
            expand("{{a.b}} {{ year }} {{ 7*7 }} {{ {% \\{{ a.b }} {{{{ a.b }}", 2024, &values(), Markup::Plain);
        assert_eq!(text, "3119.0 2024 {{ 7*7 }} {{ {% {{ a.b }} {{3119.0");
        assert!(unknown.is_empty());
    }

    #[test]
    fn values_are_text_in_markdown_and_unknown_names_are_told() {
        let (text, unknown) = expand("{{ name }}{{ nope }}", 2024, &values(), Markup::Markdown);
        assert_eq!(text, "甲\\*乙\\*{{ nope }}");
        assert_eq!(unknown, ["nope"]);
    }
}
