//! Starts next year's facts from this year's. In: a facts file that is in order; out: the text of next year's, in which
//! every comment, the order of the keys and the kind of line ends are as they were. What becomes of each field and figure is said by the form:
//! some are kept, some are taken over into others, prose becomes a commented draft with its years and numbers marked, and
//! all else is left for the checker to ask for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::consolidate::declared::KEY as CONSOLIDATES;
use crate::diag::{Code, Diagnostic, Problems, text};
use crate::disk;
use crate::ends::{self, Ends};
use crate::facts::edit::outline::{Entry, Outline, Section};
use crate::facts::edit::{Original, Splice, behind_hash, behind_line, spliced};
use crate::facts::{is_year, literal};
use crate::form::{FieldKind, Form, KeyInfo, Rolled};
use crate::report::{Report, Value};
use crate::session::{Errors, Forms, Loaded, Selection};
use crate::source::{display_path, end_of_line, start_of_line};

/// What `roll` made.
pub(crate) struct NextYear {
    /// Where it belongs.
    pub path: PathBuf,
    /// The facts, with Unix line ends.
    pub text: String,
    /// How the file begins and ends its lines: as this year's does.
    pub ends: Ends,
}

/// Rolls every report of a job; nothing is written where one of them is not in order. Gives what was written, and what kept the
/// others from being written though they are in order: files that came while the facts were read, or a full disk.
///
/// # Errors
/// Facts with errors, or a file that is there already.
pub(crate) fn roll(
    job: &Selection,
    to: Option<u16>,
    dry_run: bool,
) -> Result<(Vec<NextYear>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let forms = Forms::new(job);
    let (mut rolled, mut problems) = (Vec::new(), Vec::new());
    for file in &job.files {
        match next_year(file, to, &forms) {
            Ok(next) => rolled.push(next),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if !dry_run {
        rolled.retain(|next| match disk::write_new(&next.path, next.ends.put(&next.text).as_bytes()) {
            Ok(()) => true,
            Err(problem) => {
                problems.push(problem);
                false
            }
        });
    }
    Ok((rolled, problems))
}

fn next_year(file: &Path, to: Option<u16>, forms: &Forms) -> Result<NextYear, Problems> {
    let original = Original::open(file)?;
    let source = &original.source;
    if !file.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_year) {
        return Err(not_named_after_a_year(file, forms.parse(source)?.stated_year()).into());
    }
    let Loaded { report, .. } = Loaded::of(source, file, forms, Errors::Refuse)?;
    let year = to.unwrap_or(report.year + 1);
    if year <= report.year {
        let (shown, from) = (display_path(file), report.year);
        let message =
            text!("{shown} 是 {from} 年的，不能转到 {year} 年", "{shown} is of {from} and cannot roll to {year}");
        return Err(Diagnostic::error(Code::Usage, message).into());
    }
    let path = file.with_file_name(format!("{year}.toml"));
    if path.exists() {
        let shown = display_path(&path);
        let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
        return Err(Diagnostic::error(Code::AlreadyExists, message).into());
    }
    let unix = ends::unix(source.text());
    let text = Roller::new(&unix, &report, year).text()?;
    Ok(NextYear { path, text, ends: original.ends() })
}

fn not_named_after_a_year(file: &Path, stated: Option<u16>) -> Diagnostic {
    let (shown, own) = (display_path(file), stated.map_or("YEAR".to_owned(), |year| year.to_string()));
    let zh_own = stated.map_or("<年份>".to_owned(), |year| year.to_string());
    let message = text!(
        "{shown} 不是以年份命名的，不能从它开始下一年的：下一年的检查要找到名为 {zh_own}.toml 的上年文件",
        "{shown} is not named after a year, so next year's file cannot start from it: its checks look for last year's by the name {own}.toml"
    );
    Diagnostic::error(Code::Usage, message).help(text!(
        "改名为 {zh_own}.toml，再运行 nianbao roll",
        "rename it to {own}.toml and run `nianbao roll` again"
    ))
}

struct Roller<'a> {
    /// This year's facts, with Unix line ends.
    facts: &'a str,
    form: &'a Form,
    year: u16,
    edits: Vec<Splice>,
    /// The figures taken over, by the key of the row they go to: each under its key in the row, as TOML.
    taken: BTreeMap<String, Vec<(String, String)>>,
}

impl<'a> Roller<'a> {
    fn new(facts: &'a str, report: &'a Report, year: u16) -> Self {
        let form = &report.form;
        let mut taken: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (from, to) in &form.carried {
            // What the organs carry over is added up.
            let is_summed = report.consolidated.is_some() && form.keys.get(to).is_some_and(KeyInfo::adds_up);
            if is_summed {
                continue;
            }
            let Some(value) = report.values.get(from).map(|entry| &entry.value) else { continue };
            let (row, column) = to.rsplit_once('.').unwrap_or(("", to));
            if matches!(value, Value::Figure(_) | Value::NotApplicable) {
                taken.entry(row.to_owned()).or_default().push((column.to_owned(), value.toml()));
            }
        }
        Self { facts, form, year, edits: Vec::new(), taken }
    }

    fn text(mut self) -> Result<String, Vec<Diagnostic>> {
        let wrong = || vec![Diagnostic::error(Code::TomlSyntax, text!("TOML 语法错误", "TOML syntax error"))];
        let outline = Outline::of(self.facts).ok_or_else(wrong)?;
        // Accepted warnings are of their year.
        let is_of = |path: &[String], key: &str| path.first().is_some_and(|first| first == key);
        let items = outline.sections.iter().filter(|section| section.is_item && !is_of(&section.path, CONSOLIDATES));
        items.for_each(|item| self.leave_out(item));
        // The organs are those of this year until somebody says otherwise.
        let all = outline.tables().flat_map(|section| &section.entries);
        let statements: Vec<&Entry> = all.filter(|entry| !is_of(&entry.path, CONSOLIDATES)).collect();
        for statement in &statements {
            self.statement(statement);
        }
        self.unwritten(&statements, &outline);
        let text = spliced(self.facts, self.edits).ok_or_else(wrong)?;
        Ok(format!("{}\n", text.trim_end()))
    }

    /// An item of a list goes with its lines; what stands above and below it stays.
    fn leave_out(&mut self, item: &Section) {
        let last = item.entries.last().map_or(item.header.end, |entry| entry.value.end);
        let end = (end_of_line(self.facts, last) + 1).min(self.facts.len());
        self.edits.push((start_of_line(self.facts, item.header.start)..end, String::new()));
    }

    fn statement(&mut self, statement: &Entry) {
        let key = statement.path.join(".");
        match key.as_str() {
            "form" => {}
            "year" => self.edits.push((statement.value.clone(), self.year.to_string())),
            key if self.taken.contains_key(key) => self.take_over(key, statement),
            key if key.rsplit('.').next() == Some(crate::form::keys::REST) => self.comment(statement, "0"),
            key => match self.form.keys.get(key).filter(|known| !known.kind.is_figure()) {
                None => self.figures(key, statement),
                Some(known) => match known.roll {
                    Rolled::Keep => {}
                    Rolled::Draft => {
                        let draft = behind_hash(&self.facts[statement.span()], marked);
                        self.edits.push((statement.span(), draft));
                    }
                    // Nothing asks for it, so that it must not stand behind `#`, where what is typed would be passed over.
                    Rolled::Drop if known.may_be_blank() => {
                        let is_list = known.kind == FieldKind::Lines;
                        let empty = if is_list { literal::list(&[]) } else { literal::in_quotes("") };
                        self.edits.push((statement.value.clone(), empty));
                    }
                    Rolled::Drop => self.comment(statement, "…"),
                },
            },
        }
    }

    fn take_over(&mut self, key: &str, statement: &Entry) {
        let row = self.taken.remove(key).unwrap_or_default();
        self.edits.push((statement.value.clone(), inline(&row)));
    }

    /// Figures become a comment without the figures: the checker asks for them.
    fn figures(&mut self, key: &str, statement: &Entry) {
        // A single cell may be taken over by itself, as the last part of its key.
        if let Some((row, column)) = key.rsplit_once('.')
            && let Some(cells) = self.taken.get_mut(row)
            && let Some(at) = cells.iter().position(|(name, _)| name == column)
        {
            let (_, number) = cells.remove(at);
            self.edits.push((statement.value.clone(), number));
            return;
        }
        let written = &self.facts[statement.value.clone()];
        let blank: String = match written.starts_with('{') {
            true => without_numbers(written),
            false => "…".to_owned(),
        };
        self.comment(statement, &blank);
    }

    /// The statement as a comment with another value, so that its name and place are not lost.
    fn comment(&mut self, statement: &Entry, value: &str) {
        let span = statement.span();
        let name = &self.facts[span.start..statement.value.start];
        self.edits.push((span, behind_hash(&format!("{name}{value}"), str::to_owned)));
    }

    /// What is taken over into rows that this year's facts do not write.
    fn unwritten(&mut self, statements: &[&Entry], outline: &Outline<'_>) {
        let heads: BTreeMap<String, &Section> =
            outline.tables().skip(1).map(|section| (section.path.join("."), section)).collect();
        let rows: Vec<(String, Vec<(String, String)>)> =
            std::mem::take(&mut self.taken).into_iter().filter(|(_, cells)| !cells.is_empty()).collect();
        for (row, cells) in rows {
            let is_in_row = |statement: &&&Entry| statement.path.join(".").starts_with(&format!("{row}."));
            if let Some(last) = statements.iter().rfind(is_in_row) {
                // The row is written cell by cell, and goes on so.
                let before =
                    &self.facts[last.span().start..last.keys.last().map_or(last.span().start, |key| key.start)];
                let lines: Vec<String> =
                    cells.iter().map(|(column, number)| format!("{before}{column} = {number}")).collect();
                self.edits.push(behind_line(self.facts, last.value.end, &lines.join("\n"), "\n"));
                continue;
            }
            let parent =
                heads.iter().filter(|(key, _)| row.starts_with(&format!("{key}."))).max_by_key(|(key, _)| key.len());
            self.edits.push(match parent {
                Some((key, section)) => {
                    let line = format!("{} = {}", &row[key.len() + 1..], inline(&cells));
                    behind_line(self.facts, section.header.end, &line, "\n")
                }
                None => {
                    let first = statements.first().map_or(0, |first| start_of_line(self.facts, first.span().start));
                    (first..first, format!("{row} = {}\n", inline(&cells)))
                }
            });
        }
    }
}

fn inline(cells: &[(String, String)]) -> String {
    literal::row(cells.iter().map(|(column, number)| (column.as_str(), number.as_str())))
}

/// `{ natural = 3, total = 3 }` as `{ natural = …, total = … }`.
fn without_numbers(row: &str) -> String {
    let mut blank = String::new();
    let (mut after_equals, mut quote, mut lists) = (false, None, 0usize);
    let mut last = ' ';
    for c in row.chars() {
        let is_escaped = quote == Some('"') && last == '\\';
        last = if is_escaped { ' ' } else { c };
        // What a value holds in quotation marks or in a list ends no value.
        match c {
            _ if quote == Some(c) && !is_escaped => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' if after_equals => quote = Some(c),
            '[' if after_equals => lists += 1,
            ']' if after_equals => lists = lists.saturating_sub(1),
            _ if lists > 0 => {}
            '=' => {
                after_equals = true;
                blank.push_str("= …");
            }
            ',' => {
                after_equals = false;
                blank.push(',');
            }
            '}' => {
                after_equals = false;
                blank.push_str(" }");
            }
            _ if after_equals => {}
            _ => blank.push(c),
        }
    }
    blank
}

/// A line with every run of digits between marks; references to figures stay as they are, for they follow the table.
fn marked(line: &str) -> String {
    let references = crate::form::pattern::references(line);
    let (mut out, mut digits) = (String::new(), String::new());
    let flush = |digits: &mut String, out: &mut String| {
        if !digits.is_empty() {
            out.push_str(&format!("【{digits}】"));
            digits.clear();
        }
    };
    for (at, c) in line.char_indices() {
        let in_reference = references.iter().any(|reference| reference.span.contains(&at));
        let in_number = c.is_numeric() || (!digits.is_empty() && matches!(c, '.' | ',') && next_is_digit(line, at));
        if in_number && !in_reference {
            digits.push(c);
        } else {
            flush(&mut digits, &mut out);
            out.push(c);
        }
    }
    flush(&mut digits, &mut out);
    out
}

fn next_is_digit(line: &str, at: usize) -> bool {
    line[at..].chars().nth(1).is_some_and(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_years_are_marked_and_references_are_not() {
        assert_eq!(
            marked("2023年收到申请{{ requests.received.total }}件，比上年多12件，占3.5%。"),
            "【2023】年收到申请{{ requests.received.total }}件，比上年多【12】件，占【3.5】%。"
        );
    }

    #[test]
    fn rows_lose_their_numbers_and_keep_their_names() {
        assert_eq!(without_numbers("{ natural = 3, total = 3 }"), "{ natural = …, total = … }");
        assert_eq!(
            without_numbers(r#"{ names = ["甲, 乙", '丙\'], note = "a\", b = 2}", posts = 3 }"#),
            "{ names = …, note = …, posts = … }"
        );
    }
}
