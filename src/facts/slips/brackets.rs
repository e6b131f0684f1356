//! Headers, lists and rows: what stands in brackets. In: a text at an opening bracket; out: slips: brackets that are not closed
//! or of another kind, commas that are missing or twice, what stands behind a header or a value.

use std::ops::Range;

use super::keys::KeyOf;
use super::marks;
use super::scan::{DEPTH, Inside, Scanner};
use super::slip;
use crate::diag::{Applicability, text};
use crate::source::{end_of_line, start_of_line};

use Applicability::{Safe, Suggested};

/// Over how many lines the end of a row is looked for.
const LINES_OF_A_ROW: usize = 12;

impl Scanner<'_> {
    /// Whether the line is a header in round brackets.
    pub(super) fn is_round_header(&self) -> bool {
        let line = self.text[self.at..self.end_of_line()].trim_end();
        line.starts_with(['（', '(']) && line.ends_with(['）', ')']) && !line.contains(['=', '，', '。', '"'])
    }

    /// `[table]` or `[[table]]`.
    pub(super) fn header(&mut self) {
        self.tell_stray();
        let start = self.at;
        let slips = self.slip_count();
        let mut opened = 0;
        while opened < 2 && self.takes_bracket('[', &['（', '(']) {
            opened += 1;
        }
        self.blank(false);
        let Some((path, span)) = self.path(&[], KeyOf::Header).or_else(|| self.unclosed_name()) else {
            return self.no_header(start, slips);
        };
        self.blank(false);
        let (mut closed, end) = (0, self.at);
        while closed < opened && self.takes_bracket(']', &['）', ')', '}', '｝']) {
            closed += 1;
        }
        if closed < opened {
            let missing = "]".repeat(opened - closed);
            let message = text!("表头的方括号没有闭合，缺少“{missing}”", "the header lacks its `{missing}`");
            let help = text!("在后面补上“{missing}”", "put `{missing}` behind it");
            let edit = vec![(end.max(self.at)..end.max(self.at), missing)];
            // `[[name]` may be a list of tables or a table with one bracket too many.
            let sure = if closed == 0 { Safe } else { Suggested };
            self.slip(start..span.end, message, help, Some((sure, edit.clone())), edit);
        } else if self.sees(']') {
            let more = self.step();
            let message = text!("表头多了一个“]”", "the header has one `]` too many");
            let edit = vec![(more.clone(), String::new())];
            self.slip(more, message, text!("删去", "remove it"), Some((Suggested, edit.clone())), edit);
        }
        let number = self.table_number(&path, opened);
        self.define(number.clone(), span);
        self.table = path;
        self.behind_header();
    }

    fn takes_bracket(&mut self, wanted: char, others: &[char]) -> bool {
        match self.peek() {
            Some(c) if others.contains(&c) => {
                let span = self.step();
                self.mark(span, c, wanted);
                true
            }
            _ => self.takes(wanted),
        }
    }

    /// The name of a header without its closing bracket.
    fn unclosed_name(&mut self) -> Option<(Vec<String>, Range<usize>)> {
        let end = self.at + self.text[self.at..self.end_of_line()].trim_end().len();
        let name = &self.text[self.at..end];
        let is_name = !name.is_empty() && !name.contains(['[', ']', ',', '=', '"', ' ']);
        is_name.then(|| {
            let span = self.at..end;
            self.at = end;
            (name.split('.').map(str::to_owned).collect(), span)
        })
    }

    fn no_header(&mut self, start: usize, slips: usize) {
        self.forget(slips);
        let end = self.end_of_line();
        let message =
            text!("这一行不是“[表]”：方括号里要写表的键", "this is no `[table]`: between the brackets stands a key");
        let help = text!("改正；是说明的，行首加 #", "correct it; a remark begins with #");
        self.slip(start..end, message, help, None, vec![(start..start, "#".to_owned())]);
        self.at = end;
    }

    /// The path of a header; each table of a list of tables is one of its own.
    fn table_number(&self, path: &[String], opened: usize) -> Vec<String> {
        let mut number = path.to_vec();
        if opened == 2 {
            number.push(format!("\u{0}{}", self.at));
        }
        number
    }

    fn behind_header(&mut self) {
        self.blank(false);
        let end = self.end_of_line();
        if self.at == end || self.sees('#') {
            return;
        }
        let span = self.at..self.at + self.text[self.at..end].trim_end().len();
        let written = &self.text[span.clone()];
        let is_mark = written.chars().all(|c| marks::punctuation(c).is_some() || matches!(c, '=' | ',' | '.'));
        let (sure, edit) = match is_mark {
            true => (Safe, vec![(span.clone(), String::new())]),
            false => (Suggested, vec![(span.start..span.start, self.line_end().to_owned())]),
        };
        let message = text!("“[表]”要独占一行，后面不能再写", "`[table]` stands on a line of its own");
        let help = match is_mark {
            true => text!("删去“{written}”", "remove `{written}`"),
            false => text!("另起一行", "begin a new line"),
        };
        let repair = vec![(span.start..span.start, "#".to_owned())];
        self.slip(span, message, help, Some((sure, edit)), repair);
        self.at = end;
    }

    /// What stands behind a value on its line.
    pub(super) fn end_of_statement(&mut self) {
        self.blank(false);
        let end = self.end_of_line();
        if self.at >= end || self.peek() == Some('#') {
            self.at = end.max(self.at);
            return;
        }
        if self.peek().is_some_and(|c| marks::punctuation(c) == Some('#')) {
            self.takes('#');
            self.at = end;
            return;
        }
        let span = self.at..self.at + self.text[self.at..end].trim_end().len();
        let written = &self.text[span.clone()];
        let before_comment = written.split('#').next().unwrap_or(written).trim_end();
        let is_mark = |c: char| marks::punctuation(c).is_some() || matches!(c, ',' | '.' | ';' | ']' | '}' | ')');
        self.at = end;
        if !before_comment.is_empty() && before_comment.chars().all(is_mark) {
            let span = span.start..span.start + before_comment.len();
            let edit = vec![(span.clone(), String::new())];
            // Where the line has another bracket that is not closed, it may be that one which is too many.
            let line = start_of_line(self.text, span.start);
            let before = &self.text[line..span.start];
            let is_even = before.matches(['[', '{', '(']).count() == before.matches([']', '}', ')']).count();
            let sure = if is_even || !before_comment.contains([']', '}', ')']) { Safe } else { Suggested };
            let message = text!("值的后面多了“{before_comment}”", "`{before_comment}` stands behind the value");
            return self.slip(span, message, text!("删去", "remove it"), Some((sure, edit.clone())), edit);
        }
        let next = written.trim_start_matches([',', '，', ';', '；', ' ', '\t']);
        if super::values::begins_key(next) {
            let comma = span.start..span.end - next.len();
            let edit = vec![(comma.clone(), self.line_end().to_owned())];
            let message = {
                let next = slip::quoted(next);
                text!("一行只能写一项：{next}", "one key and value a line: {next}")
            };
            self.at = comma.end;
            // The rest of the line is read as the statement that it is.
            return self.slip(span, message, text!("另起一行", "begin a new line"), Some((Safe, edit.clone())), edit);
        }
        let written = slip::quoted(written);
        let message = text!("值的后面还有别的内容：{written}", "something stands behind the value: {written}");
        let help = text!(
            "一行只写一个值；是说明的，前面加 #；是下一项的，另起一行",
            "one value a line; put # before a remark, and the next key on a new line"
        );
        let repair = vec![(span.start..span.start, "#".to_owned())];
        self.slip(span, message, help, None, repair);
    }

    /// `[ … ]` as a value.
    pub(super) fn array(&mut self, path: &[String], close: char) {
        self.items(close, |scanner| scanner.value(path, Inside::Array));
    }

    /// `{ key = value, … }`.
    pub(super) fn row(&mut self, path: &[String], close: char) {
        self.items(close, |scanner| scanner.cell(path));
    }

    /// What stands between brackets, each item read by `item`.
    fn items(&mut self, close: char, mut item: impl FnMut(&mut Self)) {
        let open = self.open(close);
        let mut last_comma = true;
        loop {
            let end = self.at;
            self.blank(true);
            if self.closes(close) {
                break;
            }
            if self.is_over(end, last_comma, close) {
                self.unclosed_bracket(open, end, close);
                break;
            }
            if self.comma(&mut last_comma) {
                continue;
            }
            if !last_comma {
                self.missing_comma(end);
            }
            last_comma = false;
            let before = self.at;
            item(self);
            if self.at == before {
                self.step();
            }
        }
        self.depth -= 1;
    }

    fn cell(&mut self, path: &[String]) {
        let start = self.at;
        let Some((full, span)) = self.path(path, KeyOf::Row) else { return self.no_cell(start) };
        self.blank(false);
        if !self.assigns() {
            return self.no_cell(start);
        }
        self.define(full.clone(), span);
        self.blank(false);
        self.value(&full, Inside::Table);
    }

    /// What stands in braces and is no `key = value`, up to the next comma or bracket.
    fn no_cell(&mut self, start: usize) {
        let line = &self.text[start..self.end_of_line().max(start)];
        let is_end = |c: char| {
            matches!(c, ',' | '}' | ']' | '｝' | '#') || matches!(marks::punctuation(c), Some(',' | ']' | '}'))
        };
        let written = line[..line.find(is_end).unwrap_or(line.len())].trim_end();
        let span = start..start + written.len();
        let written = slip::quoted(written);
        let message = text!("花括号里要写“键 = 值”：{written}", "in braces stand `key = value`: {written}");
        let help = text!("写明键和等号，例如：{{ 键 = 0 }}", "write the key and `=`, for example: {{ key = 0 }}");
        self.at = span.end;
        self.slip(span.clone(), message, help, None, vec![(span, format!("_{start} = 0"))]);
    }

    fn open(&mut self, close: char) -> Range<usize> {
        let c = self.peek().unwrap_or('[');
        let span = self.step();
        let wanted = if close == ']' { '[' } else { '{' };
        if c != wanted {
            self.mark(span.clone(), c, wanted);
        }
        self.depth += 1;
        span
    }

    /// Steps over the closing bracket, or one of another kind in its place.
    fn closes(&mut self, close: char) -> bool {
        let Some(c) = self.peek() else { return false };
        let is_bracket = matches!(c, ']' | '}' | ')' | '）') || matches!(marks::punctuation(c), Some(']' | '}'));
        if !is_bracket {
            return false;
        }
        let span = self.step();
        if c != close {
            self.mark(span, c, close);
        }
        true
    }

    /// Whether the brackets end here without being closed: at the end of the text, a header, or another statement.
    fn is_over(&self, end: usize, last_comma: bool, close: char) -> bool {
        if self.peek().is_none() || self.depth > DEPTH || self.is_hopeless() {
            return true;
        }
        let new_line = self.text[end..self.at].contains('\n');
        new_line
            && (self.looks_like_header()
                || (!last_comma && self.looks_like_statement(self.at) && !self.is_closed_below(close)))
    }

    /// Whether the brackets that are open here are closed on this line or one of the next: then it is a comma that is missing.
    fn is_closed_below(&self, close: char) -> bool {
        let open = if close == ']' { '[' } else { '{' };
        let mut depth = 1i32;
        for line in self.rest().lines().take(LINES_OF_A_ROW) {
            for c in line.split('#').next().unwrap_or_default().chars() {
                depth += i32::from(c == open) - i32::from(c == close);
                if depth == 0 {
                    return true;
                }
            }
        }
        false
    }

    fn looks_like_header(&self) -> bool {
        let line = self.line_ahead().split('#').next().unwrap_or_default().trim_end();
        let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        inner.map(|inner| inner.trim_matches(['[', ']'])).is_some_and(|name| {
            !name.is_empty()
                && name.chars().all(|c| slip::is_bare(c) || c == '.')
                && name.contains(|c: char| c.is_ascii_alphabetic())
        })
    }

    /// Whether a line from here looks like `key = …` or a header.
    pub(super) fn looks_like_statement(&self, at: usize) -> bool {
        let end = end_of_line(self.text, at);
        let line = self.text[at..end].trim_start();
        let bare = |text: &str| !text.is_empty() && text.chars().all(|c| slip::is_bare(c) || matches!(c, '.' | '"'));
        let before_equals = line.find(['=', '＝']).map(|equals| line[..equals].trim_end());
        let header = line.split('#').next().unwrap_or_default().trim_end();
        let header = header.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
        before_equals.is_some_and(bare) || header.is_some_and(|inner| bare(inner.trim_matches(['[', ']'])))
    }

    fn unclosed_bracket(&mut self, open: Range<usize>, end: usize, close: char) {
        let opened = &self.text[open.clone()];
        let message = text!("“{opened}”没有闭合，缺少“{close}”", "`{opened}` is not closed by a `{close}`");
        let help = text!("在这一组的末尾补上“{close}”", "put `{close}` at the end of the group");
        let sure = if self.peek().is_none() || self.looks_like_header() { Safe } else { Suggested };
        let end = open.start + self.text[open.start..end].trim_end().len();
        let edit = vec![(end..end, format!(" {close}"))];
        self.slip(open, message, help, Some((sure, edit.clone())), edit);
        // What follows is read again, as it stands on a line of its own.
        self.at = end;
    }

    /// Steps over a comma; a second one is a slip.
    fn comma(&mut self, last_comma: &mut bool) -> bool {
        if !self.sees(',') {
            return false;
        }
        if *last_comma {
            let span = self.step();
            let edit = vec![(span.clone(), String::new())];
            let message = text!("这里多了一个逗号", "there is one comma too many");
            self.slip(span, message, text!("删去", "remove it"), Some((Safe, edit.clone())), edit);
        } else {
            self.takes(',');
            *last_comma = true;
        }
        true
    }

    fn missing_comma(&mut self, end: usize) {
        let end = self.text[..end].trim_end().len();
        let message = text!("两项之间缺少逗号", "a comma is missing between two items");
        let edit = vec![(end..end, ",".to_owned())];
        let help = text!("补上“,”", "put `,` there");
        self.slip(end..end, message, help, Some((Safe, edit.clone())), edit);
    }
}
