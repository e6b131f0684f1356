//! Items between brackets put in and taken out. In: the brackets of a list or an inline row; out: the splices, which keep every
//! comment, the layout of lines, and whether the last item has a comma.

use std::ops::Range;

use super::outline::Items;
use super::step::{Splice, line_indent};
use crate::source::{end_of_line, start_of_line};

/// Whether items stand on lines of their own.
fn has_lines(text: &str, items: &Items) -> bool {
    let mut from = items.open;
    let ends = items.items.iter().map(|item| (item.start, item.end)).chain([(items.close, items.close)]);
    ends.into_iter().any(|(start, end)| {
        let gap = &text[from..start];
        from = end;
        gap.contains('\n')
    })
}

/// An item behind all others; `is_row` says whether the brackets are those of a row, in which spaces stand.
pub(super) fn append(text: &str, items: &Items, item: &str, is_row: bool, end: &str) -> Vec<Splice> {
    let Some(last) = items.items.last() else { return vec![first(text, items, item, is_row, end)] };
    let trailing = (items.commas.len() == items.items.len()).then(|| items.commas.last()).flatten();
    let behind = trailing.map_or(last.end, |comma| comma + 1);
    if !has_lines(text, items) {
        return match trailing {
            Some(_) => vec![(behind..behind, format!(" {item},"))],
            None => vec![(behind..behind, format!(", {item}"))],
        };
    }
    let indent = item_indent(text, items, last);
    let comma = if trailing.is_some() { "," } else { "" };
    let line_end = end_of_line(text, behind);
    if line_end > items.close {
        // The closing bracket stands on the line of the last item.
        let before = if trailing.is_some() { "" } else { "," };
        return vec![(behind..behind, format!("{before}{end}{indent}{item}{comma}"))];
    }
    let new = (line_end + 1..line_end + 1, format!("{indent}{item}{comma}{end}"));
    if trailing.is_some() { vec![new] } else { vec![(behind..behind, ",".to_owned()), new] }
}

fn first(text: &str, items: &Items, item: &str, is_row: bool, end: &str) -> Splice {
    let inside = items.open..items.close;
    if text[inside.clone()].contains('\n') {
        let at = start_of_line(text, items.close);
        let indent = format!("{}  ", line_indent(text, items.open));
        return (at..at, format!("{indent}{item}{end}"));
    }
    (inside, if is_row { format!(" {item} ") } else { item.to_owned() })
}

/// An item before the one with that number.
pub(super) fn insert(text: &str, items: &Items, number: usize, item: &str, end: &str) -> Option<Splice> {
    let at = items.items.get(number)?.start;
    let line = start_of_line(text, at);
    let between = match text[line..at].trim().is_empty() && line >= items.open {
        true => format!(",{end}{}", &text[line..at]),
        false => ", ".to_owned(),
    };
    Some((at..at, format!("{item}{between}")))
}

/// The item with that number and one comma taken out.
pub(super) fn remove(text: &str, items: &Items, number: usize) -> Option<Vec<Splice>> {
    let item = items.items.get(number)?.clone();
    let is_blank = |gap: Range<usize>| text[gap].chars().all(|c| c == ' ' || c == '\t');
    let own = items.commas.get(number).copied();
    let before = number.checked_sub(1).and_then(|before| items.commas.get(before)).copied();
    let taken = |span| (with_its_line(text, items, span), String::new());
    let comma = match (own, before) {
        (Some(comma), _) if is_blank(item.end..comma) => return Some(vec![taken(item.start..comma + 1)]),
        (None, Some(comma)) if is_blank(comma + 1..item.start) => return Some(vec![(comma..item.end, String::new())]),
        (Some(comma), _) | (None, Some(comma)) => comma,
        (None, None) => return Some(vec![taken(item)]),
    };
    Some(vec![taken(item), taken(comma..comma + 1)])
}

/// A stretch with the spaces behind it, with those before it where nothing else follows on its line, or with its whole line where
/// there is nothing else on that.
fn with_its_line(text: &str, items: &Items, span: Range<usize>) -> Range<usize> {
    let (line, line_end) = (start_of_line(text, span.start).max(items.open), end_of_line(text, span.end));
    let spaces = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let is_alone_before = text[line..span.start].trim().is_empty() && line > items.open;
    if !text[span.end..line_end].trim().is_empty() {
        // The space before what follows is one with that before what goes.
        let is_apart = span.start == items.open || text[..span.start].ends_with([' ', '\t', '\n']);
        let end = span.end + if is_apart { spaces(&text[span.end..line_end]) } else { 0 };
        // The space before a closing bracket is the row's.
        let end = if end == items.close { span.end } else { end };
        return span.start..end;
    }
    match is_alone_before {
        true => line..(line_end + 1).min(text.len()),
        false => {
            let kept = text[..span.start].trim_end_matches([' ', '\t']).len().max(items.open);
            kept..span.end
        }
    }
}

fn item_indent<'t>(text: &'t str, items: &Items, last: &Range<usize>) -> String {
    let line = start_of_line(text, last.start);
    let before: &'t str = &text[line..last.start];
    match before.trim().is_empty() {
        true => before.to_owned(),
        false if line > items.open => line_indent(text, last.start).to_owned(),
        false => format!("{}  ", line_indent(text, items.open)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::outline::{Held, Outline};
    use super::super::step::spliced;
    use super::*;

    fn items<'a>(outline: &'a Outline<'_>) -> &'a Items {
        match &outline.sections[0].entries[0].held {
            Held::Row(items, _) | Held::List(items) => items,
            Held::One => panic!("no brackets"),
        }
    }

    fn appended(text: &str) -> String {
        let outline = Outline::of(text).expect("TOML");
        let splices = append(text, items(&outline), "z = 9", text.contains('{'), "\n");
        spliced(text, splices).expect("no overlap")
    }

    fn removed(text: &str, number: usize) -> String {
        let outline = Outline::of(text).expect("TOML");
        spliced(text, remove(text, items(&outline), number).expect("an item")).expect("no overlap")
    }

    #[test]
    fn an_item_goes_last_in_the_manner_of_the_others() {
        assert_eq!(appended("a = {}"), "a = { z = 9 }");
        assert_eq!(appended("a = { b = 1 }"), "a = { b = 1, z = 9 }");
        assert_eq!(appended("a = {b = 1,}"), "a = {b = 1, z = 9,}");
        assert_eq!(appended("a = {\n\tb = 1 # }\n}"), "a = {\n\tb = 1, # }\n\tz = 9\n}");
        assert_eq!(appended("a = {\n  b = 1, # ,\n  # c\n}"), "a = {\n  b = 1, # ,\n  z = 9,\n  # c\n}");
        assert_eq!(appended("a = { b = 1,\n  c = 2 }"), "a = { b = 1,\n  c = 2,\n  z = 9 }");
        assert_eq!(appended("a = { b = 1 # c\n}"), "a = { b = 1, # c\n  z = 9\n}");
        assert_eq!(appended("a = { # c\n}"), "a = { # c\n  z = 9\n}");
        assert_eq!(appended("a = { b = '''\n'''}"), "a = { b = '''\n''', z = 9}");
    }

    #[test]
    fn an_item_goes_with_its_comma_and_comments_stay() {
        assert_eq!(removed("a = { b = 1, c = 2 }", 0), "a = { c = 2 }");
        assert_eq!(removed("a = { b = 1, c = 2 }", 1), "a = { b = 1 }");
        assert_eq!(removed("a = [1, 2, 3]", 1), "a = [1, 3]");
        assert_eq!(removed("a = {\n  b = 1, # x\n  c = 2,\n}", 0), "a = {\n  # x\n  c = 2,\n}");
        assert_eq!(removed("a = {\n  b = 1, # x\n  c = 2,\n}", 1), "a = {\n  b = 1, # x\n}");
        assert_eq!(removed("a = {\n  b = 1, # x\n  c = 2 # y\n}", 1), "a = {\n  b = 1 # x\n  # y\n}");
        assert_eq!(removed("a = {\n  b = 1\n  , c = 2 }", 0), "a = {\n  c = 2 }");
        assert_eq!(removed("a = {\n  b = 1, c = 2,\n  d = 3 }", 1), "a = {\n  b = 1,\n  d = 3 }");
        assert_eq!(removed("a = [\n  1 # {\n  ,\n  2\n]", 0), "a = [\n  # {\n  2\n]");
    }
}
