//! Where a text holds tables in HTML. In: the text; out: from where to where they go.

use std::ops::Range;

use super::super::blocks::{Limit, Unread};

/// How many times tables may begin anew after other text: each is read as a page of its own.
const MOST: usize = 5000;

/// From where to where tables go, those that follow each other at once taken together.
///
/// # Errors
/// Too many of them.
pub(super) fn tables(text: &str) -> Result<Vec<Range<usize>>, Unread> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, _) in text.match_indices('<') {
        let tag = text.get(at + 1..).unwrap_or_default();
        if is_tag(tag, "table") {
            start = if depth == 0 { at } else { start };
            depth += 1;
        } else if is_tag(tag, "/table") && depth > 0 {
            depth -= 1;
            if depth == 0 {
                add(&mut spans, text, start..end(text, at));
            }
        }
    }
    // A table that is not closed goes up to its last row: behind that may be anything.
    if depth > 0 {
        let rows = text.get(start..).unwrap_or_default().match_indices("</").filter(|(at, _)| {
            text.get(start + at + 1..)
                .is_some_and(|tag| is_tag(tag, "/tr") || is_tag(tag, "/td") || is_tag(tag, "/table"))
        });
        if let Some((at, _)) = rows.last() {
            add(&mut spans, text, start..end(text, start + at));
        }
    }
    if spans.len() > MOST { Err(Unread::TooLarge(Limit::Pieces)) } else { Ok(spans) }
}

/// Adds a span, to the one before it if only white space is between.
fn add(spans: &mut Vec<Range<usize>>, text: &str, span: Range<usize>) {
    match spans.last_mut() {
        Some(last) if text.get(last.end..span.start).is_some_and(|between| between.trim().is_empty()) => {
            last.end = span.end
        }
        _ => spans.push(span),
    }
}

/// Where a tag ends.
fn end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|tag| tag.find('>')).map_or(text.len(), |end| at + end + 1)
}

/// Whether what stands behind a `<` is a tag of a name.
fn is_tag(tag: &str, name: &str) -> bool {
    let start = tag.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    start
        && tag
            .get(name.len()..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['>', '/', ' ', '\t', '\n', '\r']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        tables(text).unwrap().into_iter().map(|span| &text[span]).collect()
    }

    #[test]
    fn tables_are_found_with_those_in_them() {
        assert_eq!(
            of("甲<table><tr><td>1</table>乙<TABLE border=1>2</TABLE >丙"),
            ["<table><tr><td>1</table>", "<TABLE border=1>2</TABLE >"]
        );
        assert_eq!(of("<table><table></table>甲</table>乙"), ["<table><table></table>甲</table>"]);
        assert_eq!(of("<table></table>\n <table></table>"), ["<table></table>\n <table></table>"]);
        assert_eq!(of("</table><tablet>a</tablet> 1 < 2"), [""; 0]);
    }

    #[test]
    fn a_table_that_is_not_closed_ends_with_its_last_row() {
        assert_eq!(of("<table><tr><td>1</td></tr>\n二、乙"), ["<table><tr><td>1</td></tr>"]);
        assert_eq!(of("<table>甲"), [""; 0]);
    }

    #[test]
    fn too_many_are_refused() {
        assert!(tables(&"<table></table>.".repeat(MOST + 1)).is_err());
        assert_eq!(tables(&"<table></table>".repeat(MOST + 1)).map(|spans| spans.len()), Ok(1));
    }
}
