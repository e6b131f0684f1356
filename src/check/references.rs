//! Prose that draws on figures. In: `{{ requests.received.total }}` in prose; out: the checked figure in its place, or
//! a problem at the very words for a key that the form does not have.

use super::{Value, Values};
use crate::diag::{Code, Diagnostic, did_you_mean, text};
use crate::form::Form;
use crate::form::pattern::references;
use crate::source::Place;

/// What the expanded text will be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Plain text.
    Plain,
    /// Markdown: punctuation in values is escaped.
    Markdown,
}

/// What references draw on.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// For the notice that fixes it.
    pub form: &'a Form,
    /// The year reported on.
    pub year: u16,
    /// The values by key.
    pub values: &'a Values,
}

/// Puts the figures into every prose value, and the form's own prose where the facts have none.
pub fn resolve(form: &Form, year: u16, values: &mut Values, problems: &mut Vec<Diagnostic>) {
    let sources = Sources { form, year, values };
    let mut resolved = Vec::new();
    for (key, entry) in sources.values {
        if let Value::Prose(prose) = &entry.value {
            let (text, unknown) = sources.expand(prose, Markup::Markdown);
            let unknown = unknown.into_iter().filter(|name| !is_reported_elsewhere(form, name));
            problems.extend(unknown.map(|name| unknown_reference(form, &name, entry.place.as_ref())));
            resolved.push((key.clone(), text, entry.place.clone()));
        }
    }
    for field in &form.fields {
        if let (Some(default), false) = (&field.default, sources.values.contains_key(&field.key)) {
            resolved.push((field.key.clone(), sources.expand(default, Markup::Markdown).0, None));
        }
    }
    for (key, text, place) in resolved {
        values.insert(key, super::Entry { value: Value::Prose(text), place });
    }
}

/// Whether a value that is not there was reported where it is missing.
fn is_reported_elsewhere(form: &Form, name: &str) -> bool {
    form.cells().any(|cell| cell.key == name) || form.fields.iter().any(|field| field.key == name && field.required)
}

impl Sources<'_> {
    /// Puts values into a pattern; the names that stand for nothing are given back, and left as they are in the text.
    pub fn expand(self, pattern: &str, markup: Markup) -> (String, Vec<String>) {
        let (mut text, mut unknown, mut done) = (String::with_capacity(pattern.len()), Vec::new(), 0);
        for reference in references(pattern) {
            text.push_str(&pattern[done..reference.span.start]);
            done = reference.span.end;
            match self.shown(&reference.name) {
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

    fn shown(self, name: &str) -> Option<String> {
        let notice = self.form.notice.as_ref();
        match name {
            "year" => return Some(self.year.to_string()),
            "notice.title" => return notice.map(|notice| notice.title.clone()),
            "notice.number" => return notice.map(|notice| notice.number.clone()),
            _ => {}
        }
        match &self.values.get(name)?.value {
            Value::Line(text) => Some(text.clone()),
            Value::Figure(number) => Some(number.to_string()),
            Value::Date(date) => Some(self.form.written_date(*date)),
            // Prose in prose would have to be ordered, and could go round in a circle.
            Value::Prose(_) => None,
        }
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
    let message = text!("正文引用的“{name}”不存在", "the prose draws on `{name}`, which is not there");
    let mut problem = Diagnostic::error(Code::UnknownReference, message);
    if let Some(place) = place {
        problem = problem.at(of_reference(place, name));
    }
    if form.fields.iter().any(|field| field.key == name) {
        return problem
            .help(text!("先在事实中写上 {name}，再引用它", "write {name} in the facts before drawing on it"));
    }
    let known: Vec<String> =
        form.cells().map(|cell| cell.key).chain(form.fields.iter().map(|field| field.key.clone())).collect();
    problem.help(did_you_mean(name, known.iter().map(String::as_str)).unwrap_or_else(|| {
        let example = form.cells().next().map(|cell| cell.key).unwrap_or_default();
        text!(
            "写表中一格的键，例如 {example}；若要照原样印出，写成 \\{{{{ {name} }}}}",
            "write the key of a cell, such as {example}; to print it as it is, write \\{{{{ {name} }}}}"
        )
    }))
}

/// The name of a reference in the source of the prose that it stands in.
fn of_reference(place: &Place, name: &str) -> Place {
    let reference = references(place.text()).into_iter().find(|reference| reference.name == name && !reference.escaped);
    match reference {
        Some(reference) => {
            let braces = place.span.start + reference.span.start..place.span.start + reference.span.end;
            within(&Place::new(&place.source, braces), name)
        }
        None => place.clone(),
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

    fn expand(pattern: &str, markup: Markup) -> (String, Vec<String>) {
        let form = crate::form::files::load("zfxxgk", None, None).expect("the built-in form");
        Sources { form: &form, year: 2024, values: &values() }.expand(pattern, markup)
    }

    #[test]
    fn only_dotted_names_are_references() {
        let (text, unknown) = expand("{{a.b}} {{ year }} {{ 7*7 }} {{ {% \\{{ a.b }} {{{{ a.b }}", Markup::Plain);
        assert_eq!(text, "3119.0 2024 {{ 7*7 }} {{ {% {{ a.b }} {{3119.0");
        assert!(unknown.is_empty());
    }

    #[test]
    fn values_are_text_in_markdown_and_unknown_names_are_told() {
        let (text, unknown) = expand("{{ name }}{{ nope }}", Markup::Markdown);
        assert_eq!(text, "甲\\*乙\\*{{ nope }}");
        assert_eq!(unknown, ["nope"]);
    }

    #[test]
    fn the_notice_is_the_forms() {
        assert_eq!(expand("{{ notice.number }}", Markup::Plain).0, "国办公开办函〔2021〕30号");
    }
}
