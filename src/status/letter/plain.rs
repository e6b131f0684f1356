//! Words of the program as somebody understands them who never saw it. In: messages, notes and advice, which name keys and commands; out:
//! the same with labels in the place of keys, and without the clauses that speak of how facts are written.

use std::ops::Range;

use crate::check::{Markup, Sources};
use crate::diag::{Language, Text};
use crate::form::{Form, Key};
use crate::report::Values;

/// What only those know who use the program.
const OF_PROGRAM: [&str; 8] = ["[[", "{{", "}}", "`", ".toml", "TOML", "nianbao", "reports/"];
/// The braces around a reference, as some type them.
pub(super) const OPEN: [char; 2] = ['{', '｛'];
/// Their other halves.
pub(super) const CLOSE: [char; 2] = ['}', '｝'];
/// Where a clause ends.
const ENDS: [char; 4] = ['；', ';', '。', '\n'];

/// How things are said of one report.
#[derive(Clone, Copy)]
pub(super) struct Plain<'a> {
    /// Its form.
    pub form: &'a Form,
    /// Its year.
    pub year: u16,
    /// Its values, on which texts draw.
    pub values: &'a Values,
    /// The language of the letter.
    pub language: Language,
}

impl Plain<'_> {
    /// What remains of words; nothing where all of them speak of the program.
    pub(super) fn words(self, text: &Text) -> String {
        // Advice to take a figure from a table is for those who write facts.
        let (form, year, values) = (self.form, self.year, &Values::new());
        let dated = Sources { form, year, values }.expand(text.get(self.language), Markup::Plain).text;
        let labelled = self.labelled(&dated);
        let clauses = labelled.split_inclusive(ENDS).filter(|clause| !self.is_of_program(clause));
        clauses.collect::<String>().trim().trim_end_matches(ENDS).to_owned()
    }

    /// A text with figures in the place of references; what else stands in braces is a blank, since nobody outside knows its names.
    pub(super) fn filled(self, text: &str) -> String {
        let Self { form, year, values, .. } = self;
        blanked(&Sources { form, year, values }.expand(text, Markup::Plain).text)
    }

    /// What a key is called.
    fn label(self, key: &str) -> Option<String> {
        let label = self.form.label_of(key).map(str::to_owned);
        let key = Key::from(key);
        let is_above = || self.form.keys.iter().any(|(own, _)| own.is_within(&key));
        label.or_else(|| is_above().then(|| self.form.label_path_of_all(&key).pop()).flatten())
    }

    /// The first key of the form that words name.
    pub(super) fn key_in(self, text: &str) -> Option<Key> {
        let mut names = names(text).map(|name| &text[name]);
        names.find(|name| self.form.keys.get(name).is_some()).map(Key::from)
    }

    /// Labels in the place of keys; a key beside its label goes with the brackets around it.
    fn labelled(self, text: &str) -> String {
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        for name in names(text) {
            let key = &text[name.clone()];
            let Some(label) = self.label(key) else { continue };
            let quoted = quoted(&label, self.language);
            if let Some(whole) = within_brackets(text, &name) {
                out.push_str(text.get(done..whole.start).unwrap_or_default());
                done = whole.end;
            } else if let Some(end) = beside_label(text, name.end, &label) {
                out.push_str(text.get(done..name.start).unwrap_or_default());
                out.push_str(&quoted);
                done = end;
            } else if key.contains('.') {
                let is_marked = text[..name.start].ends_with('`') && text[name.end..].starts_with('`');
                let mark = usize::from(is_marked);
                out.push_str(text.get(done..name.start - mark).unwrap_or_default());
                out.push_str(&quoted);
                done = name.end + mark;
            }
        }
        out.push_str(text.get(done..).unwrap_or_default());
        // Chinese has spaces around what is written in Latin letters, and none around its own.
        if self.language == Language::Zh { out.replace(" “", "“").replace("” ", "”") } else { out }
    }

    fn is_of_program(self, clause: &str) -> bool {
        let is_key = |name: Range<usize>| {
            let name = &clause[name];
            // An English word may be a key as well; where it is meant as one, it stands in marks.
            let is_lone = self.language == Language::Zh && self.form.keys.shape().contains_key(name);
            let is_part = |part: &str| part.len() > 1 && part.starts_with(|c: char| c.is_ascii_lowercase());
            let is_last = |(key, _): (&Key, _)| self.language == Language::Zh && key.split_last().1 == name;
            is_lone || (name.contains('.') && name.split('.').all(is_part)) || self.form.keys.iter().any(is_last)
        };
        let is_outside = |name: &Range<usize>| !is_quoted(clause, name);
        OF_PROGRAM.iter().any(|mark| clause.contains(mark)) || names(clause).filter(is_outside).any(is_key)
    }
}

/// A text with a blank in the place of whatever stands in braces.
fn blanked(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(open) = rest.find(OPEN) {
        let inner = rest[open..].trim_start_matches(OPEN);
        let Some(end) = inner.find(CLOSE).filter(|end| !inner[..*end].contains(['\n', '{', '｛'])) else {
            let behind = rest.len() - inner.len();
            out.push_str(&rest[..behind]);
            rest = inner;
            continue;
        };
        out.push_str(&rest[..open]);
        out.push_str("＿＿");
        rest = inner[end..].trim_start_matches(CLOSE);
    }
    out + rest
}

/// The stretches that may be keys.
fn names(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text.get(from..)?.find(is_part)?;
            let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |at| start + at);
            from = end;
            let dots = text[start..end].len() - text[start..end].trim_end_matches('.').len();
            if text[start..end - dots].starts_with(|c: char| c.is_ascii_lowercase()) {
                return Some(start..end - dots);
            }
        }
    })
}

/// The stretch with the brackets around it, where they hold nothing else.
fn within_brackets(text: &str, name: &Range<usize>) -> Option<Range<usize>> {
    [("（", "）"), (" (", ")"), ("(", ")")].into_iter().find_map(|(open, close)| {
        let is_within = text[..name.start].ends_with(open) && text[name.end..].starts_with(close);
        is_within.then(|| name.start - open.len()..name.end + close.len())
    })
}

/// Whether a stretch stands in quotation marks, as labels do.
fn is_quoted(text: &str, name: &Range<usize>) -> bool {
    let (before, after) = (&text[..name.start], &text[name.end..]);
    let pairs = [('“', '”'), ('"', '"')];
    pairs.into_iter().any(|(open, close)| {
        let is_open = if open == close {
            before.matches(open).count() % 2 == 1
        } else {
            before.rfind(open).is_some_and(|at| !before[at..].contains(close))
        };
        is_open && after.contains(close)
    })
}

/// Where the label ends that stands in brackets behind a key.
fn beside_label(text: &str, at: usize, label: &str) -> Option<usize> {
    [("（", "）"), (" (", ")")].into_iter().find_map(|(open, close)| {
        let rest = text[at..].strip_prefix(open)?.strip_prefix(label)?;
        rest.starts_with(close).then_some(at + open.len() + label.len() + close.len())
    })
}

/// A label as words of a sentence.
pub(super) fn quoted(label: &str, language: Language) -> String {
    match language {
        Language::Zh => format!("“{label}”"),
        Language::En => format!("\"{label}\""),
    }
}
