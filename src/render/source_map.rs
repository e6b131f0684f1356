//! Keeps track of which template line wrote which output line. In: templates; out: the same templates with an
//! invisible mark before the text of each line, and, after rendering, the text without marks and a [`LineMap`].
//!
//! Tera has no source map. A mark is two characters of a private-use plane around a number; text from the facts
//! cannot forge one, because escaping turns private-use characters into escapes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::{Place, Source};

const OPEN: char = '\u{F0000}';
const CLOSE: char = '\u{F0001}';

/// Whether a character could be taken for part of a mark.
pub(super) fn is_mark(c: char) -> bool {
    c == OPEN || c == CLOSE
}

/// Templates with marks in them.
pub(super) struct Marked {
    templates: BTreeMap<String, Template>,
    places: Vec<Place>,
}

struct Template {
    source: Arc<Source>,
    text: String,
}

impl Marked {
    /// Puts marks into templates.
    pub(super) fn new<'a>(files: impl Iterator<Item = (&'a str, &'a Arc<Source>)>) -> Self {
        let mut marked = Self { templates: BTreeMap::new(), places: Vec::new() };
        for (name, source) in files {
            let template = marked.mark(source);
            marked.templates.insert(name.to_owned(), template);
        }
        marked
    }

    /// The template called `name`.
    pub(super) fn source(&self, name: &str) -> Option<&Arc<Source>> {
        self.templates.get(name).map(|template| &template.source)
    }

    fn mark(&mut self, source: &Arc<Source>) -> Template {
        let mut text = String::with_capacity(source.text().len() * 2);
        let (mut offset, mut tag_end) = (0, None);
        for line in source.text().split_inclusive('\n') {
            let written = offset + line.len() - line.trim_start().len()..offset + line.trim_end().len();
            let mut from = 0;
            for at in if tag_end.is_none() { written_from(line) } else { Vec::new() } {
                text.push_str(&line[from..at]);
                text.push_str(&format!("{OPEN}{}{CLOSE}", self.places.len()));
                self.places.push(Place::new(source, written.clone()));
                from = at;
            }
            text.push_str(&line[from..]);
            tag_end = open_tag(line, tag_end);
            offset += line.len();
        }
        Template { source: Arc::clone(source), text }
    }

    /// The templates with marks, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.templates.iter().map(|(name, template)| (name.as_str(), template.text.as_str()))
    }

    /// The templates as they are written, by name.
    pub(super) fn plain(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources().map(|(name, source)| (name, source.text()))
    }

    /// The files of the templates, by name.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, &Arc<Source>)> {
        self.templates.iter().map(|(name, template)| (name.as_str(), &template.source))
    }

    /// The template line that wrote the end of what was rendered.
    pub(super) fn last(&self, rendered: &str) -> Option<Place> {
        let (text, map) = self.strip(rendered);
        map.locate(text.len()).cloned()
    }

    /// Takes the marks out of rendered text.
    pub(super) fn strip(&self, rendered: &str) -> (String, LineMap) {
        let (mut text, mut map) = (String::with_capacity(rendered.len()), LineMap::default());
        let mut rest = rendered;
        while let Some(open) = rest.find(OPEN) {
            text.push_str(&rest[..open]);
            rest = &rest[open + OPEN.len_utf8()..];
            let Some(close) = rest.find(CLOSE) else { break };
            if let Some(place) = rest[..close].parse().ok().and_then(|number: usize| self.places.get(number)) {
                map.places.push((text.len(), place.clone()));
            }
            rest = &rest[close + CLOSE.len_utf8()..];
        }
        text.push_str(rest);
        (text, map)
    }
}

/// Where a line begins to write: behind the statements and comments that it begins with, which write nothing, and behind each
/// include, which has written lines of another template. A mark must not stand where white space is trimmed, so that there is none
/// before white space that follows a tag, and none before `{{-`.
fn written_from(line: &str) -> Vec<usize> {
    let mut at = line.len() - line.trim_start().len();
    while let Some(end) = tag_end(line, at) {
        // What is caught in a variable or goes through a filter is not yet what is written, and may be compared.
        if catches(&line[at..end]) {
            return Vec::new();
        }
        at = end;
    }
    let includes = line.match_indices("{%").filter(|(start, _)| *start >= at && tag_name(&line[*start..]) == "include");
    let behind = includes.filter_map(|(start, _)| tag_end(line, start));
    let writes = |at: &usize| line[*at..].starts_with(|c: char| !c.is_whitespace()) && !line[*at..].starts_with("{{-");
    let is_tag = line[at..].starts_with("{%") || line[at..].starts_with("{#");
    let first = (!is_tag).then_some(at);
    let mut places: Vec<usize> = first.into_iter().chain(behind).filter(writes).collect();
    places.dedup();
    places
}

fn catches(tag: &str) -> bool {
    match tag_name(tag) {
        "filter" | "component" => true,
        "set" | "set_global" => !tag.contains('='),
        _ => false,
    }
}

/// Past the end of the statement or comment that begins there, where one does and it ends in the line.
fn tag_end(line: &str, at: usize) -> Option<usize> {
    let close = match line[at..].get(..2)? {
        "{%" => "%}",
        "{#" => "#}",
        _ => return None,
    };
    end_of_tag(line, at + 2, close)
}

/// Past the end of a tag; what stands in quotation marks does not end it.
pub(super) fn end_of_tag(text: &str, from: usize, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text[from..].char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'' | '`') if close != "#}" => quote = Some(c),
            (None, _) if text[from + at..].starts_with(close) => return Some(from + at + close.len()),
            _ => {}
        }
    }
    None
}

/// The first word of a tag.
pub(super) fn tag_name(tag: &str) -> &str {
    let inner = tag.trim_start_matches("{%").trim_start_matches('-').trim_start();
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    &inner[..end]
}

/// The end that an unfinished tag at the end of the line waits for.
fn open_tag(line: &str, mut waiting: Option<&'static str>) -> Option<&'static str> {
    let mut rest = line;
    loop {
        if let Some(end) = waiting {
            match rest.find(end) {
                Some(at) => rest = &rest[at + end.len()..],
                None => return waiting,
            }
        }
        let next = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
            .into_iter()
            .filter_map(|(start, end)| rest.find(start).map(|at| (at, end)))
            .min();
        match next {
            Some((at, end)) => {
                rest = &rest[at + 2..];
                waiting = Some(end);
            }
            None => return None,
        }
    }
}

/// Which template line wrote which part of a rendered text.
#[derive(Clone, Debug, Default)]
pub struct LineMap {
    places: Vec<(usize, Place)>,
}

impl LineMap {
    /// Where each stretch of the rendered text begins, and the template line that wrote it.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Place)> {
        self.places.iter().map(|(at, place)| (*at, place))
    }

    /// The template line that wrote the byte at `offset` of the rendered text.
    pub fn locate(&self, offset: usize) -> Option<&Place> {
        let after = self.places.partition_point(|(at, _)| *at <= offset);
        self.places.get(after.checked_sub(1)?).map(|(_, place)| place)
    }
}

impl FromIterator<(usize, Place)> for LineMap {
    fn from_iter<T: IntoIterator<Item = (usize, Place)>>(places: T) -> Self {
        Self { places: places.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_vanish_and_leave_a_map() {
        let source = Source::new("t", "甲\n  {% if x -%}\n  乙 {{ y }}\n{# a\n b #}\n丙\n");
        let marked = Marked::new([("t", &source)].into_iter());
        let text = marked.templates["t"].text.clone();
        let (stripped, map) = marked.strip(&text);
        assert_eq!(stripped, source.text());
        let line_of = |words: &str| {
            let place = map.locate(stripped.find(words).expect("in the text")).expect("mapped");
            source.line_column(place.span.start).0
        };
        assert_eq!((line_of("甲"), line_of("乙"), line_of("丙")), (1, 3, 6));
    }

    #[test]
    fn marks_stand_where_a_line_begins_to_write() {
        let marks = |line: &str| {
            let mut marked = line.to_owned();
            written_from(line).iter().rev().for_each(|at| marked.insert(*at, '|'));
            marked
        };
        for line in [
            "  |甲 {% if a %}乙{% endif %}\n",
            "  {% if a == \"%}\" %}|甲\n",
            "{# 甲 #}{% if a -%}|乙\n",
            "{% if a -%} 乙\n",
            "{%- for a in b %}{%\n",
            "{{- a }}\n",
            "{% if a %}{{- a }}\n",
            "|{{ a }}{%- include \"a\" -%}|乙{% include \"b\" %} 丙\n",
            "{% include \"a\" %}|乙\n",
            "{% set a = 1 %}\n",
            "{% set a %}甲{% endset %}\n",
            "{% if a %}{% filter upper %}甲{% endfilter %}\n",
            "\n",
        ] {
            assert_eq!(marks(&line.replace('|', "")), line);
        }
    }
}
