//! Prose that draws on figures. In: `{{ requests.received.total }}` in prose; out: the checked figure in its place, or
//! a problem at the very words for a key that the form does not have.

use std::ops::Range;
use std::sync::OnceLock;

use super::prose::{Piece, Prose};
use crate::diag::{Code, Diagnostic, Text, did_you_mean, text};
use crate::form::expression::is_short_for;
use crate::form::pattern::{Reference, references};
use crate::form::{Form, Key};
use crate::report::{Entry, Value, Values, said};

/// For how many unknown names of one text it is worked out what they were meant to be.
pub(super) const GUESSED: usize = 100;

/// What the expanded text will be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Plain text.
    Plain,
    /// Prose: punctuation in values is escaped.
    Prose,
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

/// Puts the figures into every prose value, and the form's own prose where the facts have none. Out: the texts of the
/// facts, each with its way back to the source.
pub(super) fn resolve(form: &Form, year: u16, values: &mut Values, problems: &mut Vec<Diagnostic>) -> Vec<Prose> {
    let sources = Sources { form, year, values };
    let mut texts = Vec::new();
    for (key, entry) in sources.values {
        let Some(place) = &entry.place else { continue };
        match &entry.value {
            Value::Prose(written) => {
                let Expanded { text, unknown, pieces } = sources.expand(written, Markup::Prose);
                let (key, written, place) = (key.clone(), written.clone(), place.clone());
                let offsets = OnceLock::new();
                let prose = Prose { key, is_prose: true, text, written, pieces, place, offsets };
                let unknown = unknown.into_iter().filter(|reference| !is_reported_elsewhere(form, &reference.name));
                let told = |(number, reference): (usize, Reference)| {
                    unknown_reference(form, &prose, &reference, number < GUESSED)
                };
                problems.extend(unknown.enumerate().map(told));
                texts.push(prose);
            }
            Value::Line(line) => {
                let prose = Prose::plain(key, line, place);
                texts.push(prose);
            }
            _ => {}
        }
    }
    let defaults: Vec<(Key, String)> = form
        .fields
        .iter()
        .filter(|field| !values.contains_key(&field.key))
        .filter_map(|field| {
            let sources = Sources { form, year, values };
            Some((field.key.clone(), sources.expand(field.default.as_ref()?, Markup::Prose).text))
        })
        .collect();
    for (key, text) in defaults {
        values.insert(key, Entry { value: Value::Prose(text), place: None });
    }
    for prose in &texts {
        if let Some(Entry { value: Value::Prose(text), .. }) = values.get_mut(&prose.key) {
            text.clone_from(&prose.text);
        }
    }
    texts
}

/// A text whose references have been replaced.
pub struct Expanded {
    /// The text.
    pub text: String,
    /// The references that stand for nothing; they are left in the text as they are.
    pub unknown: Vec<Reference>,
    /// Where its stretches come from.
    pub pieces: Vec<Piece>,
}

/// Whether a value that is not there was reported where it is missing.
fn is_reported_elsewhere(form: &Form, name: &str) -> bool {
    form.keys.get(name).is_some_and(|known| known.is_cell || known.required)
}

impl Sources<'_> {
    /// Puts values into a pattern.
    pub fn expand(self, pattern: &str, markup: Markup) -> Expanded {
        let mut out = Expanded { text: String::with_capacity(pattern.len()), unknown: Vec::new(), pieces: Vec::new() };
        let mut done = 0;
        for reference in references(pattern) {
            out.push(&pattern[done..reference.span.start], done..reference.span.start, false);
            done = reference.span.end;
            let whole = reference.span.clone();
            match self.shown(&reference.name) {
                _ if reference.escaped => {
                    out.push(&pattern[whole.start + 1..whole.end], whole.start + 1..whole.end, false)
                }
                Some(value) if markup == Markup::Prose => out.push(&escaped(&value), whole, true),
                Some(value) => out.push(&value, whole, true),
                None => {
                    out.push(&pattern[whole.clone()], whole, true);
                    out.unknown.push(reference);
                }
            }
        }
        out.push(&pattern[done..], done..pattern.len(), false);
        out
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
            // Prose in prose would have to be ordered, and could go round in a circle.
            Value::Prose(_) => None,
            _ => said(self.form, self.values, name),
        }
    }
}

impl Expanded {
    fn push(&mut self, text: &str, from: Range<usize>, is_reference: bool) {
        if !text.is_empty() {
            self.pieces.push(Piece { at: self.text.len(), from, is_reference });
            self.text.push_str(text);
        }
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() && c != '.' {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn unknown_reference(form: &Form, prose: &Prose, reference: &Reference, guesses: bool) -> Diagnostic {
    let (name, span) = (reference.name.as_str(), &reference.span);
    let message = text!("正文引用的“{name}”不存在", "the prose names the value `{name}`, which is not there");
    // The name alone, where it stands between the braces.
    let inner = prose
        .written
        .get(span.clone())
        .and_then(|words| words.find(name))
        .map_or(span.clone(), |at| span.start + at..span.start + at + name.len());
    let problem = Diagnostic::error(Code::UnknownReference, message).at(prose.written_place(inner));
    if form.keys.get(name).is_some() {
        return problem
            .help(text!("先在事实中写上 {name}，再引用它", "write {name} in the facts before naming it here"));
    }
    if guesses { problem.help(meant(form, name)) } else { problem }
}

/// What a name between braces was most likely meant to be; an example where nothing is near.
pub(super) fn meant(form: &Form, name: &str) -> Text {
    if let Some(near) = did_you_mean(name, form.keys.iter().map(|(key, _)| key.as_str())) {
        return near;
    }
    let labelled = form.keys.cells().filter(|(_, known)| has_in_order(&known.label, name));
    if let Some((key, known)) = labelled.min_by_key(|(_, known)| known.label.chars().count()) {
        let label = &known.label;
        return text!("写成 {{{{ {key} }}}}（{label}）", "write {{{{ {key} }}}} ({label})");
    }
    let example = form.keys.cells().next().map(|(key, _)| key.as_str()).unwrap_or_default();
    text!(
        "写表中一格的键，例如 {{{{ {example} }}}}；若要照原样印出，写成 \\{{{{ {name} }}}}",
        "write the key of a cell, such as {{{{ {example} }}}}; to print it as it is, write \\{{{{ {name} }}}}"
    )
}

/// Whether a label has the characters of a name in their order, as 新收总计 is short for a row and its column.
fn has_in_order(label: &str, name: &str) -> bool {
    !name.is_ascii() && is_short_for(&name.split_whitespace().collect::<String>(), label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    fn values() -> Values {
        let entry = |value| Entry { value, place: None };
        Values::from([
            ("a.b".into(), entry(Value::Figure(Decimal::new(31190, 1)))),
            ("name".into(), entry(Value::Line("甲*乙*".to_owned()))),
        ])
    }

    fn expand(pattern: &str, markup: Markup) -> (String, Vec<String>) {
        let form = crate::form::files::load("zfxxgk", None, None).expect("the built-in form");
        let expanded = Sources { form: &form, year: 2024, values: &values() }.expand(pattern, markup);
        (expanded.text, expanded.unknown.into_iter().map(|reference| reference.name).collect())
    }

    #[test]
    fn only_dotted_names_are_references() {
        let (text, unknown) = expand("{{a.b}} {{ year }} {{ 7*7 }} {{ {% \\{{ a.b }} {{{{ a.b }}", Markup::Plain);
        assert_eq!(text, "3119.0 2024 {{ 7*7 }} {{ {% {{ a.b }} {{3119.0");
        assert!(unknown.is_empty());
    }

    #[test]
    fn values_are_text_in_markdown_and_unknown_names_are_told() {
        let (text, unknown) = expand("{{ name }}{{ nope }}", Markup::Prose);
        assert_eq!(text, "甲\\*乙\\*{{ nope }}");
        assert_eq!(unknown, ["nope"]);
    }

    #[test]
    fn the_notice_is_the_forms() {
        assert_eq!(expand("{{ notice.number }}", Markup::Plain).0, "国办公开办函〔2021〕30号");
    }
}
