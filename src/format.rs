//! Facts in one layout, so that what changes between versions is what was changed. In: facts files; out: the same facts
//! with one space around each `=`, no white space at the ends of lines, one empty line before each header and never two,
//! and line ends of one kind. Values, comments, their order and the kind of the line ends stay as they are.

use std::ops::Range;
use std::path::Path;

use toml_edit::{Document, DocumentMut, Item, Table, Value};

use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, text};
use crate::disk;
use crate::ends::{self, Ends};
use crate::facts;
use crate::job::FormatJob;
use crate::source::{Source, display_path};

/// Formats the files of a job, or says which would change.
pub fn format(job: &FormatJob, emitter: &Emitter) -> ExitStatus {
    let mut status = ExitStatus::Done;
    for file in &job.check.files {
        match one(file, job.only_check) {
            Ok(None) => {}
            Ok(Some(ends)) => {
                let path = display_path(file);
                let why = match ends.is_mixed() {
                    true => {
                        let name = ends.name();
                        text!(
                            "（换行有两种，统一为多数的 {name}）",
                            " (it mixes line ends; most are {name}, and so are all then)"
                        )
                    }
                    false => text!("", ""),
                };
                let (zh, en) = (why.zh, why.en);
                match job.only_check {
                    true => {
                        emitter.say(&text!("需要整理：{path}{zh}", "would change: {path}{en}"));
                        status = status.max(ExitStatus::Rejected);
                    }
                    false => emitter.say(&text!("已整理 {path}{zh}", "formatted {path}{en}")),
                }
            }
            Err(problems) => {
                emitter.emit(&problems);
                status = problems.iter().map(|problem| problem.code.exit_status()).fold(status, ExitStatus::max);
            }
        }
    }
    status
}

/// How a file that was, or would be, changed begins and ends its lines.
fn one(file: &Path, only_check: bool) -> Result<Option<Ends>, Vec<Diagnostic>> {
    let (source, bytes) = facts::open_bytes(file)?;
    let ends = Ends::of(&bytes);
    let formatted = ends.put(&formatted(&source)?);
    if bytes == formatted.as_bytes() {
        return Ok(None);
    }
    if !only_check {
        disk::replace(file, &bytes, formatted.as_bytes()).map_err(|problem| vec![problem])?;
    }
    Ok(Some(ends))
}

/// Facts in the one layout, with Unix line ends.
///
/// # Errors
/// Every syntax error.
pub fn formatted(source: &std::sync::Arc<Source>) -> Result<String, Vec<Diagnostic>> {
    facts::Facts::parse(source)?;
    let unix = ends::unix(source.text());
    let wrong = |error: toml_edit::TomlError| {
        vec![Diagnostic::error(Code::TomlSyntax, text!("TOML 语法错误：{error}", "TOML syntax error: {error}"))]
    };
    let mut document: DocumentMut = unix.parse().map_err(wrong)?;
    space(document.as_table_mut());
    let spaced = document.to_string();
    let parsed = Document::parse(spaced.as_str()).map_err(wrong)?;
    let mut strings = Vec::new();
    long_strings(parsed.as_table(), &spaced, &mut strings);
    Ok(lines(&spaced, &strings))
}

/// One space on each side of the `=` of every statement.
fn space(table: &mut Table) {
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(value) => {
                if is_blank(key.leaf_decor().suffix()) {
                    key.leaf_decor_mut().set_suffix(" ");
                }
                if let Value::InlineTable(row) = value
                    && row.is_dotted()
                {
                    continue;
                }
                if is_blank(value.decor().prefix()) {
                    value.decor_mut().set_prefix(" ");
                }
            }
            Item::Table(inner) => space(inner),
            Item::ArrayOfTables(list) => list.iter_mut().for_each(space),
            Item::None => {}
        }
    }
}

/// Whether a piece of layout holds nothing but spaces on one line.
fn is_blank(layout: Option<&toml_edit::RawString>) -> bool {
    let Some(layout) = layout else { return true };
    layout.as_str().is_some_and(|layout| layout.chars().all(|c| c == ' ' || c == '\t'))
}

/// Where the strings of several lines stand.
fn long_strings(table: &Table, text: &str, found: &mut Vec<Range<usize>>) {
    for (_, item) in table {
        match item {
            Item::Value(value) => {
                found
                    .extend(value.span().filter(|span| text.get(span.clone()).is_some_and(|text| text.contains('\n'))));
            }
            Item::Table(inner) => long_strings(inner, text, found),
            Item::ArrayOfTables(list) => list.iter().for_each(|inner| long_strings(inner, text, found)),
            Item::None => {}
        }
    }
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
    fn strings_of_several_lines_stay_to_the_last_space() {
        let text = "a = \"\"\"\n  甲  \n\n\n[乙]  \n  丙\"\"\"   \nb = '''\n\n\n  x \n'''\n";
        assert_eq!(of(text), text.replace("\"\"\"   \n", "\"\"\"\n"));
    }
}
