//! Starts next year's facts from this year's. In: a facts file that is in order; out: the text of next year's, in which
//! every comment, the order of the keys and the kind of line ends are as they were. What becomes of each field and figure is said by the form:
//! some are kept, some are taken over into others, prose becomes a commented draft with its years and numbers marked, and
//! all else is left for the checker to ask for.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, Table};

use crate::check;
use crate::diag::{Code, Diagnostic, Language, text};
use crate::disk;
use crate::ends::{self, Ends};
use crate::facts;
use crate::facts::is_year;
use crate::facts::years_before::YearsBefore;
use crate::form::NOT_APPLICABLE;
use crate::form::{FieldKind, Form, Key, Rolled};
use crate::job::RollJob;
use crate::pipeline::Forms;
use crate::report::{Report, Value};
use crate::source::{Source, display_path, start_of_line};

/// What `roll` made.
pub struct NextYear {
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
pub fn roll(job: &RollJob) -> Result<(Vec<NextYear>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let forms = Forms::new(&job.check);
    let (mut rolled, mut problems) = (Vec::new(), Vec::new());
    for file in &job.check.files {
        match next_year(file, job.to, &forms) {
            Ok(next) => rolled.push(next),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    if !job.dry_run {
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

/// What is said of it.
pub fn said(rolled: &[NextYear], dry_run: bool, language: Language) -> String {
    let lines = rolled.iter().map(|next| {
        let path = display_path(&next.path);
        match dry_run {
            true => format!("# {path}\n{}", next.text.trim_end()),
            false => text!("已生成 {path}；运行 nianbao check {path}", "wrote {path}; run `nianbao check {path}`")
                .get(language)
                .to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n\n")
}

fn next_year(file: &Path, to: Option<u16>, forms: &Forms) -> Result<NextYear, Vec<Diagnostic>> {
    let (source, bytes) = facts::open_bytes(file)?;
    let facts = forms.parse(&source)?;
    if !file.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_year) {
        return Err(vec![not_named_after_a_year(file, facts.stated_year())]);
    }
    let form = forms.of(&facts)?;
    let (report, _) = check::check(&facts, &form, &YearsBefore::of(file))?;
    let year = to.unwrap_or(report.year + 1);
    if year <= report.year {
        let (shown, from) = (display_path(file), report.year);
        let message =
            text!("{shown} 是 {from} 年的，不能转到 {year} 年", "{shown} is of {from} and cannot roll to {year}");
        return Err(vec![Diagnostic::error(Code::Usage, message)]);
    }
    let path = file.with_file_name(format!("{year}.toml"));
    if path.exists() {
        let shown = display_path(&path);
        let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
        return Err(vec![Diagnostic::error(Code::AlreadyExists, message)]);
    }
    let unix = Source::new(source.name(), ends::unix(source.text()));
    let text = Roller::new(&unix, &form, &report, year).text()?;
    Ok(NextYear { path, text, ends: Ends::of(&bytes) })
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

/// A `key = value` of a facts file.
struct Statement {
    /// The full key.
    key: String,
    /// From its first key to the end of its value.
    span: Range<usize>,
    /// The value alone.
    value: Range<usize>,
}

struct Roller<'a> {
    source: &'a Source,
    form: &'a Form,
    year: u16,
    /// What is put in the place of what.
    edits: Vec<(Range<usize>, String)>,
    /// The figures taken over, by the key of the row they go to.
    taken: BTreeMap<String, Vec<(String, String)>>,
}

impl<'a> Roller<'a> {
    fn new(source: &'a Source, form: &'a Form, report: &'a Report, year: u16) -> Self {
        let mut taken: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for (from, to) in &form.carried {
            let Some(value) = report.values.get(from).map(|entry| &entry.value) else { continue };
            let (row, column) = to.rsplit_once('.').unwrap_or(("", to));
            let written = match value {
                Value::Figure(number) => number.to_string(),
                Value::NotApplicable => format!("\"{}\"", NOT_APPLICABLE),
                _ => continue,
            };
            taken.entry(row.to_owned()).or_default().push((column.to_owned(), written));
        }
        Self { source, form, year, edits: Vec::new(), taken }
    }

    fn text(mut self) -> Result<String, Vec<Diagnostic>> {
        let document = Document::parse(self.source.text()).map_err(|error| {
            let message = text!("TOML 语法错误：{error}", "TOML syntax error: {error}");
            vec![Diagnostic::error(Code::TomlSyntax, message)]
        })?;
        let (mut statements, mut heads) = (Vec::new(), BTreeMap::new());
        self.collect("", document.as_table(), &mut statements, &mut heads);
        for statement in &statements {
            self.statement(statement);
        }
        self.unwritten(&statements, &heads);
        Ok(self.edited())
    }

    /// The statements of a table and those below it, and where the header of each table ends.
    fn collect(
        &mut self,
        key: &str,
        table: &Table,
        statements: &mut Vec<Statement>,
        heads: &mut BTreeMap<String, usize>,
    ) {
        if let Some(span) = table.span().filter(|_| !table.is_dotted() && !table.is_implicit() && !key.is_empty()) {
            heads.insert(key.to_owned(), self.end_of_line(span.start));
        }
        for (name, item) in table {
            let full = Key::from(key).join(name);
            let start = table.key(name).and_then(|key| key.span()).map(|span| span.start);
            match item {
                Item::Value(value) => {
                    if let (Some(start), Some(value)) = (start, value.span()) {
                        let span = self.start_of_statement(start)..value.end;
                        statements.push(Statement { key: full.to_string(), span, value });
                    }
                }
                Item::Table(inner) => self.collect(&full, inner, statements, heads),
                // Accepted warnings are of their year.
                Item::ArrayOfTables(list) => {
                    for table in list {
                        let ends = table.iter().filter_map(|(_, item)| item.span().map(|span| span.end));
                        if let (Some(head), end) = (table.span(), ends.max()) {
                            let end = self.end_of_line(end.unwrap_or(head.start).max(head.start));
                            self.edits.push((start_of_line(self.source.text(), head.start)..end, String::new()));
                        }
                    }
                }
                Item::None => {}
            }
        }
    }

    fn statement(&mut self, statement: &Statement) {
        let key = statement.key.as_str();
        match key {
            "form" => {}
            "year" => self.edits.push((statement.value.clone(), self.year.to_string())),
            _ if self.taken.contains_key(key) => self.take_over(statement),
            _ if key.rsplit('.').next() == Some(crate::form::catalog::REST) => self.comment(statement, "0"),
            _ => match self.form.catalog.get(key).filter(|known| !known.kind.is_figure()) {
                None => self.figures(statement),
                Some(known) => match known.roll {
                    Rolled::Keep => {}
                    Rolled::Draft => self.draft(statement),
                    // Nothing asks for it, so that it must not stand behind `#`, where what is typed would be passed over.
                    Rolled::Drop if known.may_be_blank() => {
                        let empty = if known.kind == FieldKind::Lines { "[]" } else { "\"\"" };
                        self.edits.push((statement.value.clone(), empty.to_owned()));
                    }
                    Rolled::Drop => self.comment(statement, "…"),
                },
            },
        }
    }

    fn take_over(&mut self, statement: &Statement) {
        let row = self.taken.remove(&statement.key).unwrap_or_default();
        self.edits.push((statement.value.clone(), inline(&row)));
    }

    /// Figures become a comment without the figures: the checker asks for them.
    fn figures(&mut self, statement: &Statement) {
        // A single cell may be taken over by itself, as the last part of its key.
        if let Some((row, column)) = statement.key.rsplit_once('.')
            && let Some(cells) = self.taken.get_mut(row)
            && let Some(at) = cells.iter().position(|(name, _)| name == column)
        {
            let (_, number) = cells.remove(at);
            self.edits.push((statement.value.clone(), number));
            return;
        }
        let written = &self.source.text()[statement.value.clone()];
        let blank: String = match written.starts_with('{') {
            true => without_numbers(written),
            false => "…".to_owned(),
        };
        self.comment(statement, &blank);
    }

    /// The statement as a comment with another value, so that its name and place are not lost.
    fn comment(&mut self, statement: &Statement, value: &str) {
        let name = &self.source.text()[statement.span.start..statement.value.start];
        self.edits.push((statement.span.clone(), format!("# {name}{value}")));
    }

    /// Prose as a comment, with every year and number marked.
    fn draft(&mut self, statement: &Statement) {
        let lines = self.source.text()[statement.span.clone()].lines();
        let commented: Vec<String> = lines.map(|line| format!("# {}", marked(line)).trim_end().to_owned()).collect();
        self.edits.push((statement.span.clone(), commented.join("\n")));
    }

    /// What is taken over into rows that this year's facts do not write.
    fn unwritten(&mut self, statements: &[Statement], heads: &BTreeMap<String, usize>) {
        let rows: Vec<(String, Vec<(String, String)>)> =
            std::mem::take(&mut self.taken).into_iter().filter(|(_, cells)| !cells.is_empty()).collect();
        for (row, cells) in rows {
            let own = statements.iter().rfind(|statement| statement.key.starts_with(&format!("{row}.")));
            if let Some(last) = own {
                // The row is written cell by cell, and goes on so.
                let written = &self.source.text()[last.span.start..last.value.start];
                let before = written.rsplit_once('.').map(|(before, _)| format!("{before}.")).unwrap_or_default();
                let lines = cells.iter().map(|(column, number)| format!("{before}{column} = {number}\n")).collect();
                let at = self.end_of_line(last.value.end);
                self.edits.push((at..at, lines));
                continue;
            }
            let parent =
                heads.iter().filter(|(key, _)| row.starts_with(&format!("{key}."))).max_by_key(|(key, _)| key.len());
            let (name, at) = match parent {
                Some((key, end)) => (row[key.len() + 1..].to_owned(), *end),
                None => (
                    row.clone(),
                    statements.first().map_or(0, |first| start_of_line(self.source.text(), first.span.start)),
                ),
            };
            self.edits.push((at..at, format!("{name} = {}\n", inline(&cells))));
        }
    }

    fn edited(mut self) -> String {
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let (mut text, mut done) = (String::new(), 0);
        for (span, replacement) in &self.edits {
            if span.start < done {
                continue;
            }
            text.push_str(&self.source.text()[done..span.start]);
            text.push_str(replacement);
            done = span.end;
        }
        text.push_str(&self.source.text()[done..]);
        format!("{}\n", text.trim_end())
    }

    /// Where the statement around a key begins: a dotted key begins before its last part.
    fn start_of_statement(&self, key: usize) -> usize {
        let line = start_of_line(self.source.text(), key);
        let before = &self.source.text()[line..key];
        line + before.len() - before.trim_start().len()
    }

    fn end_of_line(&self, at: usize) -> usize {
        self.source.text()[at..].find('\n').map_or(self.source.text().len(), |newline| at + newline + 1)
    }
}

fn inline(cells: &[(String, String)]) -> String {
    let cells: Vec<String> = cells.iter().map(|(column, number)| format!("{column} = {number}")).collect();
    format!("{{ {} }}", cells.join(", "))
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
