//! Text of a file as prose of facts. In: paragraphs and tables; out: Markdown that prints the very same words.
//!
//! What was written is read back before it is given out: where it would not print the words, every mark in it is escaped.

use crate::prose::{Event, Placed, Tag, events};

use super::blocks::{Grid, Item, Paragraph};
use super::cut::Piece;

/// How deep an item of a list stands below the one over it, in spaces.
const STEP: usize = 3;

/// Pieces as prose.
pub(super) fn prose(pieces: &[Piece], grids: &[&Grid]) -> String {
    let mut out = String::new();
    let mut before: Option<Item> = None;
    for piece in pieces {
        let (block, item) = match piece {
            Piece::Words(paragraph) => (words(paragraph), paragraph.item),
            Piece::Table(number) => (grids.get(*number).map(|grid| table(grid)).unwrap_or_default(), None),
        };
        if block.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(if before.is_some() && item.is_some() { "\n" } else { "\n\n" });
        }
        out.push_str(&block);
        before = item;
    }
    out
}

fn words(paragraph: &Paragraph) -> String {
    let text = printable(&paragraph.text());
    match paragraph.item {
        None => paragraph_of(&text),
        Some(Item { number, depth }) => {
            let marker = number.map_or("- ".to_owned(), |number| format!("{number}. "));
            let indent = " ".repeat(STEP * depth.saturating_sub(1));
            format!("{indent}{marker}{}", inline(&text))
        }
    }
}

/// A text without what no page shows.
fn printable(text: &str) -> String {
    let shown = text.chars().map(|c| if crate::prose::stray::is_line_end(c) { ' ' } else { c });
    let shown: String = shown.filter(|c| !crate::prose::stray::is_left_out(*c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph that prints a text.
fn paragraph_of(text: &str) -> String {
    let is_right = |prose: &str| printed(prose).as_deref() == Some(text);
    let plain = inline(text);
    if is_right(&plain) {
        return plain;
    }
    // What begins as an item of a list or a row of a table does not where the mark is escaped.
    let mark = plain.find(|c: char| c.is_ascii_punctuation());
    let escaped = mark.map(|at| format!("{}\\{}", &plain[..at], &plain[at..]));
    escaped.filter(|prose| is_right(prose)).unwrap_or_else(|| every_mark(text))
}

/// Text within a paragraph, item or cell: as it is where that prints it.
fn inline(text: &str) -> String {
    let has_braces = text.contains("{{") || text.contains("}}");
    if !has_braces && printed(text).as_deref() == Some(text) { text.to_owned() } else { every_mark(text) }
}

/// A text with a backslash before every mark that prose may read.
fn every_mark(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '[' | ']' | '|' | '{' | '}' | '-' | '.' | '#' | '`') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What a text prints, where it is one paragraph without bold words or links.
fn printed(prose: &str) -> Option<String> {
    let (mut out, mut paragraphs) = (String::new(), 0);
    for Placed { event, .. } in events(prose) {
        match event {
            Event::Text(text) => out.push_str(text),
            Event::Space => out.push(' '),
            Event::Start(Tag::Paragraph) => paragraphs += 1,
            Event::End(Tag::Paragraph) => {}
            Event::Start(_) | Event::End(_) => return None,
        }
    }
    (paragraphs <= 1).then_some(out)
}

/// A table as rows of bars.
fn table(grid: &Grid) -> String {
    let mut rows: Vec<Vec<String>> = vec![vec![String::new(); grid.columns]; grid.rows];
    for cell in &grid.cells {
        if let Some(square) = rows.get_mut(cell.row).and_then(|row| row.get_mut(cell.column)) {
            *square = every_mark_of_cell(&printable(&cell.text));
        }
    }
    let line = |row: &Vec<String>| format!("| {} |", row.join(" | "));
    let mut lines: Vec<String> = rows.iter().map(line).collect();
    if lines.is_empty() {
        return String::new();
    }
    lines.insert(1, format!("|{}", "---|".repeat(grid.columns)));
    lines.join("\n")
}

fn every_mark_of_cell(text: &str) -> String {
    inline(text).replace('|', "\\|").replace("\\\\|", "\\|")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::blocks::{Paragraph, Place};
    use super::*;

    fn of(text: &str) -> String {
        prose(&[Piece::Words(Paragraph::new(text, Place::Paragraph(1)))], &[])
    }

    #[test]
    fn marks_that_print_as_themselves_stay() {
        assert_eq!(of("提供5*8小时咨询，见第1.2节。"), "提供5*8小时咨询，见第1.2节。");
        assert_eq!(of("**甲**乙"), "\\*\\*甲\\*\\*乙");
        assert_eq!(of("- 甲"), "\\- 甲");
        assert_eq!(of("1. 甲"), "1\\. 甲");
        assert_eq!(of("用 {{ year }} 代替"), "用 \\{\\{ year \\}\\} 代替");
    }

    proptest! {
        #[test]
        fn every_text_prints_its_own_words(text in "[-甲a 1.*|\\\\\\[\\](){}#>`_~!:/\"'年。，+<&]{0,30}") {
            let wanted = printable(&text);
            let prose = of(&text);
            prop_assert_eq!(printed(&prose).unwrap_or_default(), wanted, "{:?}", prose);
            let references = crate::form::pattern::references(&prose);
            prop_assert!(references.iter().all(|reference| reference.escaped), "{:?}", prose);
        }
    }
}
