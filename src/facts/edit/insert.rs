//! Where a value goes that is not there. In: an outline, a key that nothing leads to, and the literal of its value; out: the
//! splice: in the place of the line behind `#` that waits for it, beside what is written in the same manner, at the end of the
//! nearest table, or in a new table at its place in the form.

use super::draft::{self, Draft};
use super::outline::{Entry, Outline, Section};
use super::step::{Made, Splice, line_indent};
use crate::facts::literal;
use crate::form::keys::REST;
use crate::form::{Form, Table};
use crate::source::{end_of_line, start_of_line};

/// The table in which a key is to be written.
struct Home<'o> {
    section: &'o Section,
    /// The last statement that is written with dots in the table where the key belongs.
    beside: Option<&'o Entry>,
    /// How many parts of the key need not be written anew: those of the section and those before the dots.
    shared: usize,
}

/// A statement for a key.
pub(super) fn statement(outline: &Outline<'_>, form: &Form, path: &[String], value: &str, end: &str) -> Made {
    let Some(home) = home(outline, path) else { return Made::default() };
    let is_rest = path.last().is_some_and(|last| last == REST);
    let is_row = path.len() > home.shared + 1 && is_in_row(form, path);
    if let Some(draft) = draft::find(outline, form, home.section, path, is_row) {
        return in_place_of(outline, &draft, path, value, end);
    }
    if home.section.path.is_empty() && home.beside.is_none() && path.len() > 1 {
        return Made::of(vec![new_table(outline, form, path, value, end)]);
    }
    let (named, value) = match (path.split_last(), is_row) {
        (Some((cell, row)), true) => (row, literal::row([(literal::key(cell).as_str(), value)])),
        _ => (path, value.to_owned()),
    };
    let line = match home.beside {
        None => format!("{} = {value}", literal::dotted(&named[home.shared..])),
        Some(entry) => {
            let parts = home.shared - home.section.path.len();
            let before = &outline.text[entry.span().start..entry.keys[parts].start];
            format!("{before}{} = {value}", literal::dotted(&named[home.shared..]))
        }
    };
    Made::of(vec![match home.beside {
        Some(entry) => behind(outline, entry, &line, end),
        None if is_rest && !home.section.path.is_empty() => under_header(outline.text, home.section, &line, end),
        None => last_in(outline, home.section, &line, end),
    }])
}

fn home<'o>(outline: &'o Outline<'_>, path: &[String]) -> Option<Home<'o>> {
    let (_, table) = path.split_last()?;
    let mut best: Option<Home<'o>> = None;
    let mut see = |home: Home<'o>| {
        if best.as_ref().is_none_or(|best| best.shared <= home.shared) {
            best = Some(home);
        }
    };
    for section in outline.tables().filter(|section| table.starts_with(&section.path)) {
        see(Home { section, beside: None, shared: section.path.len() });
        for entry in &section.entries {
            let own = &entry.path[..entry.path.len() - 1];
            let shared = own.iter().zip(table).take_while(|(own, wanted)| own == wanted).count();
            if shared > section.path.len() {
                see(Home { section, beside: Some(entry), shared });
            }
        }
    }
    best
}

/// Whether a key is that of a cell called after its column, so that its row is written as one.
pub(super) fn is_in_row(form: &Form, path: &[String]) -> bool {
    let key = path.join(".");
    let is_column = |table: &Table| {
        let cell = table.cells().find(|cell| cell.key == key.as_str());
        let head =
            cell.and_then(|cell| cell.column.last().and_then(|head| head.key.rsplit('.').next().map(str::to_owned)));
        head.as_ref() == path.last()
    };
    form.keys.get(&key).is_some_and(|known| known.is_cell) && form.tables.iter().any(is_column)
}

/// The statement in the place of a draft that says nothing else, or below one that does.
fn in_place_of(outline: &Outline<'_>, draft: &Draft<'_>, path: &[String], value: &str, end: &str) -> Made {
    let value = match path.get(draft.named..) {
        Some([]) | None => value.to_owned(),
        Some(cell) => literal::row([(literal::dotted(cell).as_str(), value)]),
    };
    if draft.is_bare {
        let statement = format!("{}{value}{}", draft.before, draft.behind);
        let removed = vec![outline.text[draft.comment.clone()].to_owned()];
        return Made { splices: vec![(draft.comment.clone(), statement)], removed, note: None };
    }
    let indent = line_indent(outline.text, draft.comment.start);
    let line = format!("{indent}{}{value}", draft.before);
    Made::of(vec![behind_line(outline.text, draft.last, &line, end)])
}

/// A line behind the one in which a place is.
pub fn behind_line(text: &str, at: usize, line: &str, end: &str) -> Splice {
    let line_end = end_of_line(text, at);
    match line_end < text.len() {
        true => (line_end + 1..line_end + 1, format!("{line}{end}")),
        false if text.is_empty() => (0..0, format!("{line}{end}")),
        // A file whose last line has no end goes on so.
        false => (line_end..line_end, format!("{end}{line}")),
    }
}

fn behind(outline: &Outline<'_>, entry: &Entry, line: &str, end: &str) -> Splice {
    let indent = line_indent(outline.text, entry.span().start);
    behind_line(outline.text, entry.value.end, &format!("{indent}{line}"), end)
}

/// A line directly under the header of a section.
pub fn under_header(text: &str, section: &Section, line: &str, end: &str) -> Splice {
    let indent = section.entries.first().map_or("", |entry| line_indent(text, entry.span().start));
    behind_line(text, section.header.end, &format!("{indent}{line}"), end)
}

/// A line behind the last statement of a section.
fn last_in(outline: &Outline<'_>, section: &Section, line: &str, end: &str) -> Splice {
    match (section.entries.last(), section.path.is_empty()) {
        (Some(last), _) => behind(outline, last, line, end),
        (None, false) => under_header(outline.text, section, line, end),
        (None, true) => match outline.sections.get(1) {
            Some(first) => {
                let at = start_of_line(outline.text, first.header.start);
                (at..at, format!("{line}{end}"))
            }
            None => behind_line(outline.text, outline.text.len(), line, end),
        },
    }
}

/// A table of which nothing is written, behind the one that comes before it in the form.
fn new_table(outline: &Outline<'_>, form: &Form, path: &[String], value: &str, end: &str) -> Splice {
    let key = path.join(".");
    let of_cell = form.tables.iter().filter(|table| key.starts_with(&format!("{}.", table.key)));
    let parts = of_cell.map(|table| table.key.split('.').count()).max().unwrap_or(path.len() - 1);
    let (header, below) = path.split_at(parts.clamp(1, path.len() - 1));
    let statement = match below.split_last() {
        Some((cell, row)) if !row.is_empty() && is_in_row(form, path) => {
            format!("{} = {}", literal::dotted(row), literal::row([(literal::key(cell).as_str(), value)]))
        }
        _ => format!("{} = {value}", literal::dotted(below)),
    };
    let table = format!("[{}]{end}{statement}{end}", literal::dotted(header));
    let rank = |path: &[String]| path.first().map(|first| form.keys.shape().get_index_of(first).unwrap_or(usize::MAX));
    let before = |section: &Section| !section.is_in_list && rank(&section.path) <= rank(path);
    let next = outline.sections.iter().rposition(before).map_or(1, |at| at + 1);
    let at = outline.sections.get(next).map_or(outline.text.len(), |next| start_of_block(outline, next));
    let (above, rest) = outline.text.split_at(at);
    let gap = match above.lines().last() {
        None => String::new(),
        Some(_) if !above.ends_with('\n') => end.repeat(2),
        Some(last) if last.trim().is_empty() => String::new(),
        Some(_) => end.to_owned(),
    };
    let gap_behind =
        if rest.is_empty() || rest.lines().next().is_some_and(|line| line.trim().is_empty()) { "" } else { end };
    (at..at, format!("{gap}{table}{gap_behind}"))
}

/// Where the lines of comments begin that stand directly above a header.
pub(super) fn start_of_block(outline: &Outline<'_>, section: &Section) -> usize {
    let mut start = start_of_line(outline.text, section.header.start);
    while let Some(above) = start.checked_sub(1) {
        let line = start_of_line(outline.text, above);
        let first = line + line_indent(outline.text, line).len();
        if !outline.comments.iter().any(|comment| comment.start == first) {
            break;
        }
        start = line;
    }
    start
}
