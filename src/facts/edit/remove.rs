//! Values taken away. In: an outline and a key; out: the splices by which its statement or cell goes, or stands behind `#`.

use super::insert::is_in_row;
use super::list;
use super::outline::{Entry, Held, Outline};
use super::step::{Made, Splice, refused};
use crate::diag::{Diagnostic, text};
use crate::form::Form;
use crate::source::{end_of_line, start_of_line};

/// The entry of a key goes, with its comma; a row without another cell goes with it, unless a comment stands in it.
pub(super) fn entry(outline: &Outline<'_>, form: &Form, path: &[String]) -> Result<Made, Diagnostic> {
    let mut along = outline.along(path);
    let Some(mut gone) = along.pop().filter(|entry| entry.path == path) else { return nothing(outline, path) };
    while let Some(row) = along.last()
        && row.cells().len() == 1
        && !outline.has_comment(&row.value)
    {
        gone = row;
        along.pop();
    }
    let removed = comments_in(outline, gone);
    let note = (!removed.is_empty()).then(|| {
        let key = path.join(".");
        text!("{key} 的值里的注释也删去了", "the comments in the value of {key} went with it")
    });
    let splices = match along.last() {
        None => statement(outline, form, gone),
        Some(row) => {
            let Held::Row(items, cells) = &row.held else { return Ok(Made::default()) };
            let number = cells.iter().position(|cell| cell.path == gone.path).unwrap_or_default();
            list::remove(outline.text, items, number).unwrap_or_default()
        }
    };
    Ok(Made { splices, removed, note })
}

fn nothing(outline: &Outline<'_>, path: &[String]) -> Result<Made, Diagnostic> {
    if !outline.has_below(path) {
        return Ok(Made::default());
    }
    let key = path.join(".");
    Err(refused(text!("{key} 在文件里写成了表，不是一个值", "{key} is a table in the file, and no value")))
}

fn comments_in(outline: &Outline<'_>, entry: &Entry) -> Vec<String> {
    let inside = outline.comments.iter().filter(|comment| entry.span().contains(&comment.start));
    inside.map(|comment| outline.text[comment.clone()].to_owned()).collect()
}

/// A statement goes with its line; a comment behind it stays on the line.
fn statement(outline: &Outline<'_>, form: &Form, gone: &Entry) -> Vec<Splice> {
    let (text, span) = (outline.text, gone.span());
    let line_end = end_of_line(text, span.end);
    let behind = &text[span.end..line_end];
    if !behind.trim().is_empty() {
        let comment = span.end + behind.len() - behind.trim_start().len();
        return vec![(span.start..comment, String::new())];
    }
    let line = start_of_line(text, span.start)..(line_end + 1).min(text.len());
    let mut splices = vec![(line, String::new())];
    // A row that has a header of its own goes with its last cell.
    let row = outline.tables().find(|section| section.entries.iter().any(|entry| entry.path == gone.path));
    if let Some(row) = row.filter(|row| row.entries.len() == 1 && is_in_row(form, &gone.path))
        && row.path[..] == gone.path[..gone.path.len() - 1]
    {
        let starts = outline.sections.iter().map(|section| section.header.start);
        let next = starts.filter(|start| *start > row.header.start).min().unwrap_or(text.len());
        if !outline.has_comment(&(row.header.end..next)) {
            let header = start_of_line(text, row.header.start)..end_of_line(text, row.header.end) + 1;
            splices.push((header, String::new()));
        }
    }
    splices
}

/// The statement of a key stands behind `#`.
pub(super) fn comment_out(outline: &Outline<'_>, path: &[String]) -> Result<Made, Diagnostic> {
    let along = outline.along(path);
    match along[..] {
        [entry] if entry.path == path => {
            let line_end = end_of_line(outline.text, entry.value.end);
            let mut removed = comments_in(outline, entry);
            // What stands behind the value becomes part of the same comment.
            removed.extend(
                outline
                    .comments
                    .iter()
                    .filter(|comment| (entry.value.end..line_end).contains(&comment.start))
                    .map(|comment| outline.text[comment.clone()].to_owned()),
            );
            let statement = &outline.text[entry.span()];
            Ok(Made { splices: vec![(entry.span(), behind_hash(statement, str::to_owned))], removed, note: None })
        }
        [.., entry] if entry.path == path => {
            let key = path.join(".");
            Err(refused(text!(
                "{key} 和别的格写在同一行里，不能单独放到 # 后面",
                "{key} shares its row with other cells and cannot stand behind # alone"
            ))
            .help(text!("删去这一格，或把整行放到 # 后面", "remove the cell, or put the whole row behind #")))
        }
        _ => nothing(outline, path),
    }
}

/// Each line of a statement behind `#`, as `each` makes it.
pub fn behind_hash(statement: &str, each: impl Fn(&str) -> String) -> String {
    let line = |line: &str| {
        let (line, end) = line.strip_suffix('\r').map_or((line, ""), |line| (line, "\r"));
        format!("{}{end}", format!("# {}", each(line)).trim_end())
    };
    statement.split('\n').map(line).collect::<Vec<_>>().join("\n")
}
