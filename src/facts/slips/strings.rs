//! Text in quotation marks. In: a text at a quotation mark; out: slips: marks that TOML does not know, marks within the text,
//! texts over several lines, texts that are never closed.

use std::ops::Range;

use super::marks;
use super::scan::{Inside, Scanner};
use super::slip;
use crate::diag::{Applicability, text};
use crate::facts::literal;
use crate::facts::meant::{self, Meant};
use crate::form::{FieldKind, KeyInfo};
use crate::prose::stray::code_point;
use crate::source::{end_of_line, start_of_line};

use Applicability::{Safe, Suggested};

/// How far behind a mark the end of a text is looked for.
const FAR: usize = 400_000;

impl Scanner<'_> {
    /// Text in quotation marks of TOML.
    pub(super) fn string(&mut self, path: &[String], inside: Inside) {
        let start = self.at;
        let quote = self.step();
        let mark = self.text[quote.clone()].chars().next().unwrap_or('"');
        if self.rest().starts_with(&format!("{mark}{mark}")) {
            self.at += 2;
            return self.long_string(start..self.at, mark);
        }
        let end = self.end_of_line();
        let Some(close) = closing(&self.text[self.at..end], mark) else {
            return self.unclosed_string(path, start, mark, inside);
        };
        self.at += close + 1;
        if self.ends_value(self.at, inside) || self.begins_next(self.at, inside) {
            return;
        }
        if let Some(last) = self.last_mark(self.at, mark, inside) {
            self.marks_within(start, last, mark);
        }
    }

    /// Whether nothing more of a value can follow a place.
    fn ends_value(&self, at: usize, inside: Inside) -> bool {
        let rest = self.text[at..].trim_start_matches(|c| matches!(c, ' ' | '\t') || marks::odd_space(c).is_some());
        rest.chars().next().is_none_or(|c| {
            let is_end = matches!(c, '\n' | '\r' | '#') || marks::punctuation(c) == Some('#');
            let comma = matches!(c, ',' | ';') || marks::punctuation(c) == Some(',');
            let closes = matches!(c, ']' | '}' | '｝' | '）' | ')') || marks::punctuation(c) == Some(']');
            match inside {
                Inside::Statement => is_end || (comma || c == '。') && is_last(&rest[c.len_utf8()..]),
                _ => is_end || comma || closes,
            }
        })
    }

    /// Whether another item follows with only the comma missing.
    fn begins_next(&self, at: usize, inside: Inside) -> bool {
        let rest = &self.text[at..];
        let after = rest.trim_start();
        let is_apart = after.len() < rest.len();
        match inside {
            Inside::Statement => false,
            Inside::Array => is_apart && after.starts_with(['"', '\'']),
            Inside::Table => {
                is_apart
                    && after.split(['=', '＝', '"', ',']).next().is_some_and(|key| {
                        after[key.len()..].starts_with(['=', '＝']) && key.trim_end().chars().all(slip::is_bare)
                    })
            }
        }
    }

    /// The last such mark on the line behind which the value can end.
    fn last_mark(&self, from: usize, mark: char, inside: Inside) -> Option<usize> {
        let line = &self.text[from..self.end_of_line()];
        let places = line.match_indices(mark).map(|(at, _)| from + at);
        places.map(|at| at + mark.len_utf8()).find(|end| self.ends_value(*end, inside))
    }

    fn marks_within(&mut self, start: usize, end: usize, mark: char) {
        let inner = &self.text[start + 1..end - 1];
        if inner.len() > 2 && inner.starts_with(mark) && inner.ends_with(mark) {
            let message = text!("引号写了两层", "the quotation marks are there twice");
            let edits = vec![(start..start + 1, String::new()), (end - 1..end, String::new())];
            let help = text!("两头各留一个 {mark}", "leave one {mark} at each end");
            self.at = end;
            return self.slip(start..start + 2, message, help, Some((Suggested, edits.clone())), edits);
        }
        if unescaped(inner, mark).eq([inner.len() - 1]) {
            let more = end - 1..end;
            let message = text!("文字的末尾多了一个引号 {mark}", "there is one {mark} too many at the end of the text");
            let edit = vec![(more.clone(), String::new())];
            self.at = end;
            return self.slip(more, message, text!("删去", "remove it"), Some((Safe, edit.clone())), edit);
        }
        let message = text!(
            "文字里面又有引号 {mark}，文字在那里就断了",
            "the text has a quotation mark {mark} within, where it ends too early"
        );
        let help = text!("在里面的引号前面加 \\，或改用中文引号“”", "put \\ before each mark within, or use “”");
        let places: Vec<Range<usize>> = unescaped(inner, mark).map(|at| start + 1 + at..start + 2 + at).collect();
        // Marks beside spaces may be those of two texts.
        let beside_space = |place: &Range<usize>| {
            let is_space =
                |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || matches!(c, '+' | ',' | '，' | '、' | '；'));
            is_space(self.text[..place.start].chars().next_back()) || is_space(self.text[place.end..].chars().next())
        };
        let has_assignment = inner.contains(['=', '#']) || places.iter().any(beside_space);
        let first = places.first().cloned().unwrap_or(start..end);
        let (edits, sure) = match mark {
            '"' => {
                let edits: Vec<_> = places.iter().map(|place| (place.start..place.start, "\\".to_owned())).collect();
                (edits, if has_assignment { Suggested } else { Safe })
            }
            // A text in single quotation marks knows no \.
            _ => (vec![(start..end, literal::in_quotes(inner))], if has_assignment { Suggested } else { Safe }),
        };
        self.slip(first, message, help, Some((sure, edits.clone())), edits);
        self.at = end;
    }

    /// Text whose closing mark is not on its line.
    fn unclosed_string(&mut self, path: &[String], start: usize, mark: char, inside: Inside) {
        let end = self.end_of_line();
        let line = self.text[start..end].trim_end();
        let open = start..start + 1;
        if let Some(place) = self.odd_closing(start, inside) {
            let found = place.clone();
            let found = &self.text[found];
            let message = text!(
                "这段文字用 {mark} 开头，却用 {found} 结尾",
                "this text begins with {mark} and ends with {found}"
            );
            let help = text!("结尾也用 {mark}", "end it with {mark} too");
            let edit = vec![(place.clone(), mark.to_string())];
            self.at = place.end;
            return self.slip(place, message, help, Some((Safe, edit.clone())), edit);
        }
        if inside == Inside::Statement
            && let Some(close) = self.closing_below(end, mark)
        {
            return self.over_lines(path, open, close, mark);
        }
        let stop = self.end_of_unclosed(start, inside);
        let edit = vec![(stop..stop, mark.to_string())];
        let sure = match self.is_followed_by_statement(end) && !line.contains('#') && inside == Inside::Statement {
            true => Safe,
            false => Suggested,
        };
        let message =
            text!("这段文字没有闭合：缺少后一个引号 {mark}", "this text is not closed: the second {mark} is missing");
        let help = text!("在文字的末尾补上 {mark}", "put {mark} at the end of the text");
        self.at = stop;
        self.slip(open, message, help, Some((sure, edit.clone())), edit);
    }

    /// A closing mark of another kind that the text has one too many of.
    fn odd_closing(&self, start: usize, inside: Inside) -> Option<Range<usize>> {
        let line = &self.text[start + 1..self.end_of_line()];
        let other = if self.text[start..].starts_with('"') { '\'' } else { '"' };
        let is_only = line.matches(other).count() == 1;
        let mut open = 0i32;
        for (at, c) in line.char_indices() {
            match c {
                '“' | '‘' | '「' | '『' => open += 1,
                c if marks::is_odd_quote(c) || (c == other && is_only) => {
                    open -= 1;
                    let place = start + 1 + at..start + 1 + at + c.len_utf8();
                    if open < 0 && self.ends_value(place.end, inside) {
                        return Some(place);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The closing mark on a line below, before the next statement.
    fn closing_below(&self, from: usize, mark: char) -> Option<usize> {
        let mut at = self.next_line(from)?;
        loop {
            let end = end_of_line(self.text, at);
            let line = &self.text[at..end];
            if self.looks_like_statement(at) || end - from > FAR {
                return None;
            }
            if let Some(close) = closing(line, mark) {
                let close = at + close;
                return self.ends_value(close + 1, Inside::Statement).then_some(close);
            }
            at = self.next_line(end)?;
        }
    }

    fn next_line(&self, from: usize) -> Option<usize> {
        self.text[from..].find('\n').map(|newline| from + newline + 1).filter(|next| *next < self.text.len())
    }

    fn over_lines(&mut self, path: &[String], open: Range<usize>, close: usize, mark: char) {
        let three = mark.to_string().repeat(3);
        let edits = vec![(open.clone(), three.clone()), (close..close + 1, three.clone())];
        let kind = self.known(path).map(|known| known.kind);
        let message =
            text!("一对引号里的文字写了几行", "a text in one pair of quotation marks goes over several lines");
        let (help, sure) = match kind {
            Some(FieldKind::Prose) => {
                (text!("几行的文字用 {three} 括起来", "put {three} around a text of several lines"), Safe)
            }
            None => (text!("几行的文字用 {three} 括起来", "put {three} around a text of several lines"), Suggested),
            Some(_) => (text!("这一项只能写一行：把文字接成一行", "this text has one line: join the lines"), Suggested),
        };
        let fix = matches!(kind, Some(FieldKind::Prose) | None).then(|| (sure, edits.clone()));
        let problem =
            self.wrong(open, message).and_at(self.place(close..close + 1), text!("到这里才闭合", "closed only here"));
        let problem = self.with_label(problem.help(help), path);
        self.add(problem, fix, edits);
        self.at = close + 1;
    }

    /// Where a text without a closing mark most likely ends on its line.
    fn end_of_unclosed(&self, start: usize, inside: Inside) -> usize {
        let line = self.text[start..self.end_of_line()].trim_end();
        let end = match inside {
            Inside::Statement => line.len(),
            _ => line.trim_end_matches([',', '，', ']', '}', '】', '｝', '］', ' ']).len().max(1),
        };
        start + end
    }

    fn is_followed_by_statement(&self, end: usize) -> bool {
        let rest = &self.text[end..];
        let next = end + rest.len() - rest.trim_start().len();
        next >= self.text.len() || self.text[next..].starts_with('#') || self.looks_like_statement(next)
    }

    /// Text in three marks, of any number of lines.
    fn long_string(&mut self, open: Range<usize>, mark: char) {
        let three = mark.to_string().repeat(3);
        let close = long_closing(self.rest(), mark).map(|(at, end)| (self.at + at, self.at + end));
        if let Some((at, end)) = close
            && !self.is_opening(at)
        {
            self.at = end;
            return;
        }
        let stop = self.next_statement(self.at).unwrap_or(self.text.len());
        let written = self.text[open.end..stop].trim_end();
        let message = text!("这里的 {three} 没有闭合", "the {three} here is never closed");
        let help = text!("在这段文字的末尾补上 {three}", "put {three} at the end of the text");
        let end = open.end + written.len();
        let (edit, sure) = match odd_end(written) {
            Some(length) => (end - length..end, Safe),
            None => (end..end, Suggested),
        };
        let said = match edit.is_empty() {
            true => text!("可能到这里为止", "it likely ends here"),
            false => text!("应是 {three}", "this should be {three}"),
        };
        let problem = self.wrong(open, message).and_at(self.place(edit.clone()), said).help(help);
        self.at = edit.end;
        self.add(problem, Some((sure, vec![(edit.clone(), three.clone())])), vec![(edit, three)]);
    }

    /// Whether three marks stand where a value begins, so that they open another text.
    fn is_opening(&self, at: usize) -> bool {
        let line = start_of_line(self.text, at);
        let before = self.text[line..at].trim();
        before.strip_suffix(['=', '＝']).is_some_and(|key| {
            let key = key.trim();
            !key.is_empty() && key.chars().all(|c| slip::is_bare(c) || c == '.')
        })
    }

    /// The next line from here that looks like a statement.
    fn next_statement(&self, from: usize) -> Option<usize> {
        let mut at = self.next_line(from)?;
        while !self.looks_like_statement(at) {
            at = self.next_line(at)?;
        }
        Some(at)
    }

    /// Text in quotation marks that TOML does not know.
    pub(super) fn odd_string(&mut self, path: &[String], inside: Inside) {
        let start = self.at;
        let open = self.peek().unwrap_or('“');
        let opened = self
            .rest()
            .chars()
            .take(3)
            .take_while(|c| marks::is_odd_quote(*c) && marks::closes(open, *c) || *c == open);
        let length = if opened.clone().count() == 3 { opened.map(char::len_utf8).sum() } else { open.len_utf8() };
        let (close, several) = match length > open.len_utf8() {
            true => (self.odd_long_close(start + length, open), true),
            false => match self.odd_close(start + length, open, inside) {
                Some(close) => (Some(close), false),
                None => (self.odd_close_below(start + length, open), true),
            },
        };
        let inner_end = close.as_ref().map_or_else(|| self.end_of_unclosed(start, inside), |close| close.start);
        let inner_end = inner_end.max(start + length);
        let end = close.as_ref().map_or(inner_end, |close| close.end);
        self.at = end;
        let number = code_point(open);
        let message = text!(
            "{open}（{number}）不是 TOML 的引号，要用半角的 \" 或 '",
            "`{open}` ({number}) is not a quotation mark of TOML, which are \" and '"
        );
        let inner = self.text[start + length..inner_end].to_owned();
        if let Some(meant) = self.known(path).and_then(|known| not_text(&inner, known)) {
            let Meant { help, instead, .. } = meant;
            let stand_in = instead.as_ref().map_or("0".to_owned(), |(instead, _)| instead.clone());
            let problem = self.with_label(self.wrong(start..start + length, message).help(help), path);
            let fix = instead.map(|(instead, sure)| (sure, vec![(start..end, instead)]));
            return self.add(problem, fix, vec![(start..end, stand_in)]);
        }
        if close.is_some() && !several && begins_and_ends_quoted(&inner) {
            let help = text!("整段文字的两头加上 \"", "put \" at both ends of the whole text");
            let edit = vec![(start..end, literal::in_quotes(&self.text[start..end]))];
            return self.slip(start..start + length, message, help, Some((Suggested, edit.clone())), edit);
        }
        let several = several && close.is_some();
        let (marks, edits) = in_marks(&inner, several, start..start + length, inner_end..end);
        let help = text!("两头都改为 {marks}", "write {marks} at both ends");
        let mut problem = self.wrong(start..start + length, message).help(help);
        if let Some(close) = close.clone() {
            problem = problem.and_at(self.place(close), text!("到这里", "up to here"));
        }
        let sure = if close.is_some() { Safe } else { Suggested };
        self.add(problem, Some((sure, edits.clone())), edits);
    }

    /// The mark on this line that closes what `open` opened.
    fn odd_close(&self, from: usize, open: char, inside: Inside) -> Option<Range<usize>> {
        let line = &self.text[from..self.end_of_line()];
        let marks = line.char_indices().filter(|(_, c)| marks::closes(open, *c));
        marks.map(|(at, c)| from + at..from + at + c.len_utf8()).find(|place| self.ends_value(place.end, inside))
    }

    /// The mark on a line below that closes what `open` opened, before the next statement.
    fn odd_close_below(&self, from: usize, open: char) -> Option<Range<usize>> {
        let mut at = self.next_line(from)?;
        while !self.looks_like_statement(at) && at - from < FAR {
            let end = end_of_line(self.text, at);
            let marks = self.text[at..end].char_indices().filter(|(_, c)| marks::closes(open, *c));
            let mut places = marks.map(|(mark, c)| at + mark..at + mark + c.len_utf8());
            if let Some(place) = places.find(|place| self.ends_value(place.end, Inside::Statement)) {
                return Some(place);
            }
            at = self.next_line(end)?;
        }
        None
    }

    /// Three marks in a row, from a place on.
    fn odd_long_close(&self, from: usize, open: char) -> Option<Range<usize>> {
        let mut run: Option<(Range<usize>, usize)> = None;
        for (at, c) in self.text[from..].char_indices() {
            let place = from + at..from + at + c.len_utf8();
            run = match (run, marks::closes(open, c)) {
                (Some((span, count)), true) => Some((span.start..place.end, count + 1)),
                (None, true) => Some((place, 1)),
                _ => None,
            };
            if let Some((span, 3)) = &run {
                return Some(span.clone());
            }
        }
        None
    }
}

/// Whether the marks around a text are those of words at its beginning and of others at its end: `“甲”和“乙”`.
fn begins_and_ends_quoted(inner: &str) -> bool {
    let mut depth = 0i32;
    inner.chars().any(|c| {
        depth += i32::from(matches!(c, '“' | '「' | '『')) - i32::from(matches!(c, '”' | '」' | '』'));
        depth < 0
    })
}

/// The marks to put around a text, and the edits that put them there.
fn in_marks(
    inner: &str,
    several: bool,
    open: Range<usize>,
    close: Range<usize>,
) -> (&'static str, Vec<(Range<usize>, String)>) {
    let around =
        |marks: &'static str| (marks, vec![(open.clone(), marks.to_owned()), (close.clone(), marks.to_owned())]);
    let plain = !inner.contains(['"', '\\']);
    match (several, plain, inner.contains('\'')) {
        (true, true, _) => around("\"\"\""),
        (true, false, _) => around("'''"),
        (false, true, _) => around("\""),
        (false, false, false) => around("'"),
        (false, false, true) => ("\"", vec![(open.start..close.end, literal::in_quotes(inner))]),
    }
}

/// What a text was meant to be whose key wants no text.
fn not_text(inner: &str, known: &KeyInfo) -> Option<Meant> {
    match known.kind {
        FieldKind::Count | FieldKind::Amount if inner.trim() == crate::form::NOT_APPLICABLE => None,
        FieldKind::Count | FieldKind::Amount if known.has_option(inner.trim()) => None,
        FieldKind::Count | FieldKind::Amount | FieldKind::Date | FieldKind::Flag => {
            Some(meant::meant(inner, Some(known)))
        }
        _ => None,
    }
}

/// Where a text that ends at its line does, if it does.
fn closing(line: &str, mark: char) -> Option<usize> {
    unescaped(line, mark).next()
}

/// Where marks stand that no `\` goes before.
fn unescaped(text: &str, mark: char) -> impl Iterator<Item = usize> {
    let mut escaped = false;
    text.char_indices().filter_map(move |(at, c)| {
        let here = c == mark && !escaped;
        escaped = mark == '"' && c == '\\' && !escaped;
        here.then_some(at)
    })
}

/// Where three marks close a text, and where they end: up to two more belong to the text.
fn long_closing(text: &str, mark: char) -> Option<(usize, usize)> {
    let mut run = 0;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if c == mark && !escaped {
            run += 1;
            continue;
        }
        if run >= 3 {
            return Some((at - run, at));
        }
        run = 0;
        escaped = mark == '"' && c == '\\' && !escaped;
    }
    (run >= 3).then(|| (text.len() - run, text.len()))
}

/// How long the marks at the end of a text are that were meant for three: of another kind, or too few on a line of their own.
fn odd_end(written: &str) -> Option<usize> {
    let marks = written.chars().rev().take_while(|c| marks::is_quote(*c));
    let (count, length) = marks.fold((0, 0), |(count, length), c| (count + 1, length + c.len_utf8()));
    let alone = written[..written.len() - length].ends_with('\n');
    (count == 3 || (alone && (1..3).contains(&count))).then_some(length)
}

/// Whether nothing but a comment follows on the line.
fn is_last(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '\t']);
    rest.is_empty() || rest.starts_with(['\n', '\r', '#'])
}
