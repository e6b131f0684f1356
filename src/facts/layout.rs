//! One layout for all facts, so that what changes between versions is what was changed. In: the text of a facts file; out: the
//! same facts with one space around each `=`, no white space at the ends of lines, one empty line before each header and never
//! two. Values, comments and their order stay as they are.

use std::ops::Range;
use std::sync::Arc;

use super::Facts;
use super::edit::outline::{Entry, Outline};
use super::edit::{Splice, spliced};
use crate::diag::{Code, Diagnostic, text};
use crate::ends;
use crate::source::Source;

/// Facts in the one layout, with Unix line ends.
///
/// # Errors
/// Every syntax error.
pub fn formatted(source: &Arc<Source>) -> Result<String, Vec<Diagnostic>> {
    Facts::parse(source)?;
    let unix = ends::unix(source.text());
    let wrong = || vec![Diagnostic::error(Code::TomlSyntax, text!("TOML 语法错误", "TOML syntax error"))];
    let outline = Outline::of(&unix).ok_or_else(wrong)?;
    let spaced = spliced(&unix, spaces(&outline)).ok_or_else(wrong)?;
    let outline = Outline::of(&spaced).ok_or_else(wrong)?;
    let strings: Vec<Range<usize>> = statements(&outline)
        .map(|entry| entry.value.clone())
        .filter(|value| spaced[value.clone()].contains('\n'))
        .collect();
    Ok(lines(&spaced, &strings))
}

fn statements<'o>(outline: &'o Outline<'_>) -> impl Iterator<Item = &'o Entry> {
    outline.sections.iter().flat_map(|section| &section.entries)
}

/// One space on each side of the `=` of every statement.
fn spaces(outline: &Outline<'_>) -> Vec<Splice> {
    let around = |entry: &Entry| {
        let key = entry.keys.last().map_or(entry.equals, |key| key.end);
        [(key..entry.equals, " ".to_owned()), (entry.equals + 1..entry.value.start, " ".to_owned())]
    };
    statements(outline).flat_map(around).collect()
}

/// The lines of the text, those inside long strings as they are.
fn lines(text: &str, strings: &[Range<usize>]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        // The last line of a string begins inside it; its end may still carry spaces or a comment.
        let begins_inside = strings.iter().any(|string| string.start < start && start < string.end);
        let ends_inside = strings.iter().any(|string| string.start <= end && end < string.end);
        let line = if ends_inside { line } else { line.trim_end() };
        if begins_inside {
            out.push(line.to_owned());
        } else {
            push(&mut out, line);
        }
        start = end + 1;
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out.join("\n") + "\n"
}

/// Adds a line outside strings: never a second empty one, and one before each header and the comments that belong to it.
fn push(out: &mut Vec<String>, line: &str) {
    let line = line.trim_start();
    if line.is_empty() {
        if out.last().is_some_and(|last| !last.is_empty()) {
            out.push(String::new());
        }
        return;
    }
    if line.starts_with('[') {
        let comments = out.iter().rev().take_while(|line| line.starts_with('#')).count();
        let at = out.len() - comments;
        if at > 0 && !out[at - 1].is_empty() {
            out.insert(at, String::new());
        }
    }
    out.push(line.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        formatted(&Source::new("a.toml", text)).expect("TOML")
    }

    #[test]
    fn one_layout_whatever_was_typed() {
        let typed =
            "form=\"a\"  \r\nyear   =2025\n\n\n\n  # 机关\n[organ]\nname= \"甲\"   # 全称\n[b]\nc.d={x=1,y=2}\n\n";
        let wanted = "form = \"a\"\nyear = 2025\n\n# 机关\n[organ]\nname = \"甲\"   # 全称\n\n[b]\nc.d = {x=1,y=2}\n";
        assert_eq!(of(typed), wanted);
        assert_eq!(of(wanted), wanted);
    }

    #[test]
    fn what_belongs_together_stays_as_far_apart_as_it_was() {
        let text = "a.b = 1\nc = 2\na.d = 3\n\n[e.f]\ng = 4\n\n[e]\nh=[\n  5 ]\n";
        assert_eq!(of(text), text.replace("h=", "h = "));
    }

    #[test]
    fn strings_of_several_lines_stay_to_the_last_space() {
        let text = "a = \"\"\"\n  甲  \n\n\n[乙]  \n  丙\"\"\"   \nb = '''\n\n\n  x \n'''\n";
        assert_eq!(of(text), text.replace("\"\"\"   \n", "\"\"\"\n"));
    }
}
