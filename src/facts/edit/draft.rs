//! Statements behind `#` in whose place a value is to stand, as `new` and `roll` write them. In: an outline, a section and a key;
//! out: the comment that is to become the statement, or below which the statement is to stand.

use std::ops::Range;

use super::outline::{Entry, Outline, Section};
use crate::facts::literal;
use crate::form::Form;
use crate::source::start_of_line;

/// What `roll` writes where a value was, in as many bytes as [`STAND_IN`].
const LEFT_OUT: &str = "…";
/// A value that is TOML.
const STAND_IN: &str = "0.0";
/// How a statement behind `#` begins.
const MARKS: [char; 4] = ['#', ' ', '\t', '\u{3000}'];

/// A statement behind `#`.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    /// The comment; of one with several lines, the first.
    pub comment: Range<usize>,
    /// Where the last line of it begins.
    pub last: usize,
    /// From the key to the value.
    pub before: &'a str,
    /// What stands behind the value on its line.
    pub behind: &'a str,
    /// How many parts of the key it names; a row names all but that of the cell.
    pub named: usize,
    /// Whether it says nothing but where a value is to stand, so that nothing is lost when it does.
    pub is_bare: bool,
}

/// The draft for a key in a section: of its own statement before that of its row, and one that is bare before all others.
pub(super) fn find<'a>(
    outline: &Outline<'a>,
    form: &Form,
    section: &Section,
    path: &[String],
    has_row: bool,
) -> Option<Draft<'a>> {
    let mut found: Vec<Draft<'a>> = Vec::new();
    let comments = own_lines(outline, section);
    for (number, comment) in comments.iter().enumerate() {
        let body = outline.text[comment.clone()].trim_start_matches(MARKS);
        if body.starts_with('[') {
            // What follows is meant for another table.
            break;
        }
        found.extend(
            read(outline, form, section, &comments[number..], path)
                .filter(|draft| draft.named == path.len() || (has_row && draft.named + 1 == path.len())),
        );
    }
    found.into_iter().rev().max_by_key(|draft| (draft.is_bare, draft.named))
}

/// The comments of a section that have lines of their own and stand between statements.
fn own_lines(outline: &Outline<'_>, section: &Section) -> Vec<Range<usize>> {
    let next =
        outline.sections.iter().map(|section| section.header.start).filter(|start| *start > section.header.start);
    let end = next.min().unwrap_or(outline.text.len());
    let is_own = |comment: &&Range<usize>| {
        let line = start_of_line(outline.text, comment.start);
        (section.header.end..end).contains(&comment.start)
            && outline.text[line..comment.start].trim().is_empty()
            && !section.entries.iter().any(|entry| entry.value.contains(&comment.start))
    };
    outline.comments.iter().filter(is_own).cloned().collect()
}

fn read<'a>(
    outline: &Outline<'a>,
    form: &Form,
    section: &Section,
    comments: &[Range<usize>],
    path: &[String],
) -> Option<Draft<'a>> {
    let comment = comments.first()?.clone();
    let body = outline.text[comment.clone()].trim_start_matches(MARKS);
    if !body.contains('=') {
        return None;
    }
    let same = body.replace(LEFT_OUT, STAND_IN);
    let draft = |named, before, behind, is_bare, last| {
        Some(Draft { comment: comment.clone(), last, before, behind, named, is_bare })
    };
    if let Some(entry) = statement(&same) {
        let named = names(section, &entry, path)?;
        let is_bare = is_bare(form, section, &entry, body);
        return draft(named, &body[..entry.value.start], &body[entry.value.end..], is_bare, comment.start);
    }
    let (key, value) = body.split_once('=')?;
    let entry = statement(&format!("{key}= 0"))?;
    let named = names(section, &entry, path)?;
    let value_at = key.len() + 1 + value.len() - value.trim_start().len();
    let last = last_line(outline, comments, value.trim_start());
    draft(named, &body[..value_at], "", false, last)
}

/// The one statement that a text is.
fn statement(text: &str) -> Option<Entry> {
    let mut outline = Outline::of(text).filter(|outline| outline.sections.len() == 1)?;
    let mut entries = outline.sections.pop()?.entries;
    entries.pop().filter(|_| entries.is_empty())
}

/// How many parts of a key a statement of the section names, where it names the key or what it is in.
fn names(section: &Section, entry: &Entry, path: &[String]) -> Option<usize> {
    let below = path.strip_prefix(&section.path[..])?;
    below.starts_with(&entry.path).then_some(section.path.len() + entry.path.len())
}

/// Where the last line begins of a text that goes on over the comments below.
fn last_line(outline: &Outline<'_>, comments: &[Range<usize>], value: &str) -> usize {
    let first = comments.first().map_or(0, |first| first.start);
    let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| value.starts_with(quotes)) else { return first };
    let below = comments.iter().skip(1).take_while({
        let mut line = crate::source::end_of_line(outline.text, first) + 1;
        move |comment| {
            let is_next = start_of_line(outline.text, comment.start) == line;
            line = crate::source::end_of_line(outline.text, comment.start) + 1;
            is_next
        }
    });
    let ends = |comment: &&Range<usize>| outline.text[(*comment).clone()].contains(quotes);
    below.into_iter().find(ends).map_or(first, |comment| comment.start)
}

/// Whether every value of a statement is one that only shows what is to stand there.
fn is_bare(form: &Form, section: &Section, entry: &Entry, text: &str) -> bool {
    if !entry.cells().is_empty() {
        return entry.cells().iter().all(|cell| is_bare(form, section, cell, text));
    }
    let value = &text[entry.value.clone()];
    let key = section.path.iter().chain(&entry.path).map(String::as_str).collect::<Vec<_>>().join(".");
    let option = form.keys.get(&key).and_then(|known| known.options.first());
    let is_example_day = value.len() == 10 && value.ends_with(crate::facts::skeleton::EXAMPLE_DAY);
    matches!(value, LEFT_OUT | "0" | "false" | "\"\"" | "''" | "[]" | "{}" | "{ }")
        || is_example_day
        || option.is_some_and(|option| value == literal::in_quotes(option))
}
