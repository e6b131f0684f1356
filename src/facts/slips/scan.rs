//! Reads a text as TOML that a person who has never seen TOML may have written. In: the text; out: the slips in it and the
//! keys that it defines. Strings and comments are stepped over: nothing in them is a slip of punctuation.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::marks;
use super::slip::{self, Defined, Edits, Slip};
use crate::diag::{Applicability, Code, Diagnostic, Edit, Text, text};
use crate::facts::labels;
use crate::form::{Form, KeyInfo};
use crate::prose::stray::code_point;
use crate::source::{Place, Source, end_of_line, lines};

/// Where a value stands, which decides where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Behind a key, on a line of its own.
    Statement,
    /// In `[ … ]`.
    Array,
    /// Behind a key in `{ … }`.
    Table,
}

/// How deep brackets may be nested; the parser's own limit is of that size.
pub(super) const DEPTH: usize = 60;

/// The text, how far it is read, and what was found so far.
pub(super) struct Scanner<'a> {
    source: &'a Arc<Source>,
    pub text: &'a str,
    pub at: usize,
    code: Code,
    pub form: Option<Arc<Form>>,
    /// The table whose header was read last.
    pub table: Vec<String>,
    /// How many brackets are open.
    pub depth: usize,
    slips: Vec<Slip>,
    defined: Vec<Defined>,
    /// The paths of the keys that were defined.
    paths: BTreeSet<Vec<String>>,
    /// The line that was last asked for, so that a long one is not looked through again and again.
    line: Cell<(usize, usize)>,
    /// Full-width punctuation of the statement being read, and what it stands for.
    marks: Vec<(Range<usize>, char, char)>,
    /// Spaces that TOML does not know, in the whole file.
    spaces: Vec<(Range<usize>, char)>,
    /// The side of a conflict that is passed over.
    passed: Vec<Range<usize>>,
    /// Lines that are no statements, one after the other.
    pub stray: Option<Range<usize>>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a Arc<Source>, text: &'a str, code: Code, form: Option<Arc<Form>>) -> Self {
        Self {
            source,
            text,
            at: 0,
            code,
            form,
            table: Vec::new(),
            depth: 0,
            slips: Vec::new(),
            defined: Vec::new(),
            paths: BTreeSet::new(),
            line: Cell::default(),
            marks: Vec::new(),
            spaces: Vec::new(),
            passed: Vec::new(),
            stray: None,
        }
    }

    /// Reads the whole text.
    pub(super) fn document(&mut self) {
        loop {
            self.blank(true);
            let start = self.at;
            match self.peek() {
                None => break,
                Some(_) if self.is_hopeless() => break,
                Some(c) if c == '[' || marks::punctuation(c) == Some('[') || self.is_round_header() => self.header(),
                Some(_) => self.statement(),
            }
            self.tell_marks();
            if self.at == start {
                self.at = self.end_of_line();
            }
        }
        self.tell_stray();
    }

    /// What was found.
    pub(super) fn finish(mut self) -> (Vec<Slip>, Vec<Defined>) {
        self.tell_marks();
        self.tell_spaces();
        (self.slips, self.defined)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn step(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += self.peek().map_or(0, char::len_utf8);
        start..self.at
    }

    /// Where the line that is being read ends, without its line end.
    pub(super) fn end_of_line(&self) -> usize {
        let (from, known) = self.line.get();
        let end = match (from..=known).contains(&self.at) && known > 0 {
            true => known,
            false => end_of_line(self.text, self.at),
        };
        self.line.set((self.at.min(if end == known { from } else { self.at }), end));
        if self.text[self.at..end].ends_with('\r') { end.saturating_sub(1).max(self.at) } else { end }
    }

    /// What follows on the line, as far as it matters to what something there looks like.
    pub(super) fn line_ahead(&self) -> &'a str {
        let end = self.end_of_line().min(self.text.ceil_char_boundary((self.at + AHEAD).min(self.text.len())));
        &self.text[self.at..end.max(self.at)]
    }

    /// How the lines of the text end.
    pub(super) fn line_end(&self) -> &'static str {
        let first = self.text.find('\n').unwrap_or(0);
        if self.text[..first].ends_with('\r') { "\r\n" } else { "\n" }
    }

    /// Steps over spaces; over line ends and comments too where `lines` says so.
    pub(super) fn blank(&mut self, lines: bool) {
        loop {
            match self.peek() {
                Some(' ' | '\t') => self.at += 1,
                Some('\r') if self.rest().starts_with("\r\n") && !lines => break,
                Some('\n' | '\r') if lines => {
                    self.at += 1;
                    self.at_line();
                }
                Some('#') if lines => self.at = self.end_of_line(),
                Some(c) if lines && marks::punctuation(c) == Some('#') => {
                    let span = self.at..self.at + c.len_utf8();
                    self.marks.push((span, c, '#'));
                    self.at = self.end_of_line();
                }
                Some(c) if marks::odd_space(c).is_some() => {
                    let span = self.step();
                    self.spaces.push((span, c));
                }
                Some('<') if lines && self.at == 0 && self.conflict() => {}
                _ => break,
            }
        }
    }

    /// At the beginning of a line: steps over the marks of a conflict and the side that is passed over.
    fn at_line(&mut self) {
        while self.conflict() {}
    }

    fn conflict(&mut self) -> bool {
        if let Some(passed) = self.passed.last().filter(|passed| passed.start == self.at).cloned() {
            self.at = passed.end;
            return passed.end > passed.start;
        }
        let Some(mark) = conflict_mark(self.rest()) else { return false };
        let line = self.at..self.end_of_line();
        let found = Some(self.at).filter(|_| mark == '<').and_then(|start| conflict(self.text, start));
        let Some(Conflict { base, middle, end }) = found else {
            let message = text!("这一行是合并冲突留下的标记", "this line is a mark left by a merge conflict");
            let help = text!(
                "删去这一行，并看看上下是否重复",
                "remove the line, and see whether what is around it is there twice"
            );
            self.slip(line.clone(), message, help, None, vec![(line, String::new())]);
            self.at = self.end_of_line();
            return true;
        };
        let message =
            text!("合并冲突没有解决：同一处有两种写法", "a merge conflict is not resolved: two sides of one place");
        let help =
            text!("留下对的一方，删去另一方和三行标记", "keep the side that is right; remove the other and the marks");
        let theirs = base.clone().unwrap_or(middle.clone()).start..end.end;
        let line_of = |at: usize| self.source.line_column(at).0 + 1;
        let (one, other) = (line_of(line.start), line_of(middle.start));
        let name = |mark: &Range<usize>| self.text[mark.clone()].trim_matches(['<', '>', ' ']).to_owned();
        let (our_name, their_name) = (name(&line), name(&end));
        let problem = Diagnostic::error(self.code.clone(), message)
            .at_saying(
                self.place(line.clone()),
                text!("一方（{our_name}）：第 {one} 行起", "one side ({our_name}): from line {one}"),
            )
            .and_at(
                self.place(middle.clone()),
                text!("另一方（{their_name}）：第 {other} 行起", "the other side ({their_name}): from line {other}"),
            )
            .and_at(self.place(end), text!("到这里为止", "up to here"))
            .help(help);
        let repair = vec![(line.clone(), String::new()), (theirs.clone(), String::new())];
        self.slips.push(Slip { problem, repair });
        self.passed.push(theirs);
        self.at = line.end;
        true
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    /// Adds a slip with an edit, if there is one, and how the parser is to go on.
    pub(super) fn slip(
        &mut self,
        span: Range<usize>,
        message: Text,
        help: Text,
        fix: Option<(Applicability, Edits)>,
        repair: Edits,
    ) {
        let problem = slip::wrong(self.source, &self.code, span, message).help(help);
        self.add(problem, fix, repair);
    }

    /// Adds a slip that is already worded.
    pub(super) fn add(&mut self, problem: Diagnostic, fix: Option<(Applicability, Edits)>, repair: Edits) {
        let problem = match fix {
            Some((sure, edits)) => problem.fixed(sure, edits.into_iter().map(|(span, text)| self.edit(span, text))),
            None => problem,
        };
        self.slips.push(Slip { problem, repair });
    }

    /// How many slips there are so far.
    pub(super) fn slip_count(&self) -> usize {
        self.slips.len()
    }

    /// Takes back the slips since there were so many, and the punctuation of the statement.
    pub(super) fn forget(&mut self, count: usize) {
        self.slips.truncate(count);
        self.marks.clear();
    }

    /// Whether the last slip since there were so many has no edit.
    pub(super) fn is_at_a_loss(&self, count: usize) -> bool {
        self.slips.len() > count && self.slips.last().is_some_and(|slip| slip.problem.fix.is_none())
    }

    /// A problem of this text.
    pub(super) fn wrong(&self, span: Range<usize>, message: Text) -> Diagnostic {
        slip::wrong(self.source, &self.code, span, message)
    }

    fn edit(&self, span: Range<usize>, replacement: String) -> Edit {
        Edit { place: self.place(span), replacement }
    }

    /// Steps over a character of TOML or one that stands for it.
    pub(super) fn takes(&mut self, wanted: char) -> bool {
        let Some(c) = self.peek() else { return false };
        if c == wanted {
            self.step();
            return true;
        }
        if marks::punctuation(c) == Some(wanted) {
            let span = self.step();
            self.marks.push((span, c, wanted));
            return true;
        }
        false
    }

    /// Whether the next character is one of TOML or stands for it.
    pub(super) fn sees(&self, wanted: char) -> bool {
        self.peek().is_some_and(|c| c == wanted || marks::punctuation(c) == Some(wanted))
    }

    /// Notes that a character stands for another.
    pub(super) fn mark(&mut self, span: Range<usize>, found: char, wanted: char) {
        self.marks.push((span, found, wanted));
    }

    /// Remembers that a key was defined.
    pub(super) fn define(&mut self, path: Vec<String>, span: Range<usize>) {
        self.paths.insert(path.clone());
        self.defined.push(Defined { path, span });
    }

    /// Whether a key was defined so far.
    pub(super) fn is_defined(&self, path: &[String]) -> bool {
        self.paths.contains(path)
    }

    /// Whether so many slips were found that the text is hardly TOML.
    pub(super) fn is_hopeless(&self) -> bool {
        self.slips.len() > HOPELESS
    }

    /// What the form knows of a key.
    pub(super) fn known(&self, path: &[String]) -> Option<&KeyInfo> {
        self.form.as_ref()?.keys.get(&path.join("."))
    }

    /// Whether a key is one of the form, or no form is known.
    pub(super) fn is_key(&self, under: &[String], name: &str) -> bool {
        match &self.form {
            Some(form) => labels::shape(form, &under.join(".")).is_some_and(|shape| shape.contains_key(name)),
            None => true,
        }
    }

    /// One problem for all full-width punctuation of a statement.
    pub(super) fn tell_marks(&mut self) {
        let mut marks = std::mem::take(&mut self.marks);
        // What stands behind brackets that are not closed is read twice.
        marks.sort_by_key(|(span, _, _)| span.start);
        marks.dedup();
        let Some((first, found, wanted)) = marks.first().cloned() else { return };
        let edits: Vec<(Range<usize>, String)> =
            marks.iter().map(|(span, _, wanted)| (span.clone(), wanted.to_string())).collect();
        let mut kinds: Vec<(char, char)> = Vec::new();
        for (_, found, wanted) in &marks {
            if !kinds.contains(&(*found, *wanted)) {
                kinds.push((*found, *wanted));
            }
        }
        let changes = kinds.iter().map(|(found, wanted)| format!("{found} → {wanted}")).collect::<Vec<_>>().join("   ");
        let message = match (marks.len(), found.is_ascii()) {
            (1, true) => text!("这里的 {found} 要写成 {wanted}", "`{found}` must be `{wanted}` here"),
            (1, false) => {
                let number = code_point(found);
                text!(
                    "这里的 {found}（{number}）是全角或中文标点，要写成半角的 {wanted}",
                    "`{found}` ({number}) is not the punctuation of TOML; it must be `{wanted}` here"
                )
            }
            (count, _) => text!(
                "有 {count} 个标点不是 TOML 的，要改为：{changes}",
                "{count} punctuation marks are not those of TOML and must be: {changes}"
            ),
        };
        let mut problem = slip::wrong(self.source, &self.code, first, message);
        for (span, _, wanted) in marks[1..].iter().take(SHOWN) {
            problem = problem.and_at(self.place(span.clone()), text!("{wanted}", "{wanted}"));
        }
        problem = problem.help(match kinds.iter().all(|(found, _)| found.is_ascii()) {
            true => text!("TOML 写“键 = 值”，括号要成对", "TOML has `key = value`, and brackets in pairs"),
            false => text!("引号以外的标点都用半角（英文）输入", "outside quotation marks, type punctuation in ASCII"),
        });
        self.add(problem, Some((Applicability::Safe, edits.clone())), edits);
    }

    /// One problem for all odd spaces of one kind.
    fn tell_spaces(&mut self) {
        let mut spaces = std::mem::take(&mut self.spaces);
        spaces.sort_by_key(|(span, c)| (*c, span.start));
        spaces.dedup();
        // Several in a row are one.
        let mut runs: Vec<(Range<usize>, char)> = Vec::new();
        for (span, c) in spaces {
            match runs.last_mut() {
                Some((run, last)) if *last == c && run.end == span.start => run.end = span.end,
                _ => runs.push((span, c)),
            }
        }
        for group in runs.chunk_by(|a, b| a.1 == b.1) {
            let (first, c) = (group[0].0.clone(), group[0].1);
            let (zh, en) = marks::space_name(c);
            let (name, count) = (code_point(c), group.len());
            let becomes = marks::odd_space(c).unwrap_or_default();
            let edits: Vec<_> = group.iter().map(|(span, _)| (span.clone(), becomes.to_owned())).collect();
            let message = match count {
                1 => text!("这里有{zh}（{name}），TOML 不认得", "{en} ({name}) stands here, which TOML does not know"),
                _ => text!(
                    "有 {count} 处{zh}（{name}），TOML 不认得",
                    "{en} ({name}) stands in {count} places; TOML does not know it"
                ),
            };
            let help = match becomes {
                "" => text!("删去", "remove it"),
                "\n" => text!("改为换行", "make it a line end"),
                _ => text!("改为普通空格", "make it a plain space"),
            };
            let mut problem = slip::wrong(self.source, &self.code, first, message);
            for (span, _) in group.iter().skip(1).take(SHOWN) {
                problem = problem.and_at(self.place(span.clone()), text!("还有这里", "and here"));
            }
            self.add(problem.help(help), Some((Applicability::Safe, edits.clone())), edits);
        }
    }
}

/// How far on a line is looked ahead to guess what is meant, in bytes.
const AHEAD: usize = 4_096;
/// How many further places of one problem are shown; all are mended.
const SHOWN: usize = 8;
/// After so many slips, no more are looked for.
const HOPELESS: usize = 200;

/// The sign of the conflict marker of Git that a line is: seven of it, and then a space or nothing.
pub fn conflict_mark(line: &str) -> Option<char> {
    let mark = line.chars().next().filter(|c| matches!(c, '<' | '=' | '>' | '|'))?;
    let rest = line.trim_start_matches(mark);
    (line.len() - rest.len() == 7 && (rest.is_empty() || rest.starts_with([' ', '\n', '\r']))).then_some(mark)
}

/// The lines of a conflict.
struct Conflict {
    /// The mark before what both sides had, where it is written.
    base: Option<Range<usize>>,
    middle: Range<usize>,
    end: Range<usize>,
}

/// The lines of the conflict that begins at `start`.
fn conflict(text: &str, start: usize) -> Option<Conflict> {
    let (mut base, mut middle) = (None, None);
    for (at, line) in lines(&text[start..]) {
        let span = start + at..start + at + line.len();
        match conflict_mark(line) {
            Some('|') if middle.is_none() => base = Some(span),
            Some('=') if middle.is_none() => middle = Some(span),
            Some('>') => return middle.map(|middle| Conflict { base, middle, end: span }),
            Some('<') if at > 0 => return None,
            _ => {}
        }
    }
    None
}
