//! Keys and what stands between them and their values. In: a line; out: the path of its key, and slips: labels in the place
//! of keys, colons in the place of equals signs, lines that are no statements.

use std::ops::Range;

use super::marks;
use super::scan::{Inside, Scanner};
use super::slip;
use crate::diag::{Applicability, text};
use crate::facts::labels::{self, Named};
use crate::facts::literal;
use crate::facts::meant::folded;

/// Where keys may end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyOf {
    Header,
    Statement,
    Row,
}

/// How many parts of a key count.
const DEEPEST: usize = 100;

impl Scanner<'_> {
    /// `key = value` on a line of its own, or a line that is none.
    pub(super) fn statement(&mut self) {
        let start = self.at;
        let slips = self.slip_count();
        let under = self.table.clone();
        let Some((path, span)) = self.path(&under, KeyOf::Statement) else { return self.stray_line(start, slips) };
        self.blank(false);
        let is_prose = self.is_at_a_loss(slips) && matches!(self.peek(), Some(':' | '：'));
        if is_prose || !self.assigns() {
            if is_prose || !self.no_equals(&path, &span) {
                self.stray_line(start, slips);
            }
            return;
        }
        self.tell_stray();
        self.define(path.clone(), span);
        self.blank(false);
        self.value(&path, Inside::Statement);
        self.end_of_statement();
    }

    /// Steps over the equals sign or what was written for it.
    pub(super) fn assigns(&mut self) -> bool {
        if let Some(colon @ (':' | '：')) = self.peek() {
            let span = self.step();
            let here = self.at;
            self.blank(false);
            // `:=` and `: =` say it twice.
            if self.sees('=') && !matches!(self.peek(), Some(':' | '：')) {
                let message = text!("等号前面多了一个冒号", "there is a colon before the equals sign");
                let edit = vec![(span.clone(), String::new())];
                self.slip(span, message, text!("删去", "remove it"), Some((Applicability::Safe, edit.clone())), edit);
                self.takes('=');
            } else {
                self.at = here;
                self.mark(span, colon, '=');
            }
            return true;
        }
        if !self.takes('=') {
            return false;
        }
        self.blank(false);
        while self.sees('=') || self.rest().starts_with('>') {
            self.extra_equals();
        }
        true
    }

    fn extra_equals(&mut self) {
        let span = self.step();
        let message = text!("等号写了两次", "the equals sign is written twice");
        let edit = vec![(span.clone(), String::new())];
        self.slip(span, message, text!("只留一个", "leave one"), Some((Applicability::Safe, edit.clone())), edit);
        self.blank(false);
    }

    /// A dotted key: its full path, and the place of its last part. `None` where there is no key.
    pub(super) fn path(&mut self, under: &[String], of: KeyOf) -> Option<(Vec<String>, Range<usize>)> {
        let mut path = under.to_vec();
        loop {
            let (name, span) = self.part(&path, of)?;
            // No form has keys of so many parts, and each statement below a header has all parts of it.
            let room = DEEPEST.saturating_sub(path.len());
            path.extend(name.split('.').take(room).map(str::to_owned));
            let here = self.at;
            self.blank(false);
            if self.sees('.') {
                self.takes('.');
                self.blank(false);
            } else {
                self.at = here;
                return Some((path, span));
            }
        }
    }

    fn part(&mut self, path: &[String], of: KeyOf) -> Option<(String, Range<usize>)> {
        let start = self.at;
        let first = self.peek()?;
        if matches!(first, '"' | '\'') {
            let end = self.end_of_line();
            let inner = &self.text[start + 1..end];
            let close = inner.find(first)?;
            self.at = start + close + 2;
            return Some((inner[..close].replace('.', "\u{2024}"), start..self.at));
        }
        if slip::is_bare(first) {
            let length = self.rest().find(|c| !slip::is_bare(c)).unwrap_or(self.rest().len());
            let after = &self.rest()[length..];
            let goes_on = after.chars().next().is_some_and(|c| !is_end(c) && !marks::is_quote(c));
            if !goes_on && !self.is_words(length, of) {
                self.at += length;
                return Some((self.text[start..self.at].to_owned(), start..self.at));
            }
        }
        let end = self.end_of_name(of)?;
        self.at = end;
        Some((self.odd_name(start..end, path), start..end))
    }

    /// Whether a bare key is only the first of several words before the equals sign.
    fn is_words(&self, length: usize, of: KeyOf) -> bool {
        let after = self.rest()[length..].trim_start_matches([' ', '\t']);
        let first_is_word = after.chars().next().is_some_and(|c| c.is_alphabetic());
        after.len() < self.rest().len() - length
            && first_is_word
            && self.end_of_name(of).is_some_and(|end| {
                let name = &self.text[self.at..end];
                name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'))
            })
    }

    /// Where a name that is no bare key ends: before the equals sign, else before the colon, on this line.
    fn end_of_name(&self, of: KeyOf) -> Option<usize> {
        let line = self.line_ahead();
        let stop = match of {
            KeyOf::Header => line.rfind(|c| c == ']' || marks::punctuation(c) == Some(']') || matches!(c, ')' | '）')),
            _ => {
                let line = match of {
                    KeyOf::Row => line.split(['}', '｝', '{', '｛']).next().unwrap_or(line),
                    _ => line,
                };
                let find = |marks: [char; 2]| line.find(marks);
                let equals = find(['=', '＝']).filter(|at| !line[..*at].contains('"'));
                let row = || line.find('\t').filter(|tab| slip::cells(&line[*tab..]).is_some());
                equals.or_else(|| find(['：', ':'])).or_else(row)
            }
        }?;
        let name = line[..stop].trim_end_matches(|c: char| c.is_whitespace() || marks::odd_space(c).is_some());
        let is_name =
            !name.is_empty() && name.chars().count() <= 80 && !(of == KeyOf::Row && name.contains([',', '，']));
        is_name.then(|| self.at + name.len())
    }

    /// A name that is no key of TOML: told, with the key that is meant.
    fn odd_name(&mut self, span: Range<usize>, path: &[String]) -> String {
        let written = &self.text[span.clone()];
        let bare = written.trim_matches(|c: char| marks::is_quote(c) || marks::odd_space(c).is_some());
        let ascii = folded(bare).replace(['.', ' '], "_");
        let is_ascii = !ascii.is_empty() && ascii.chars().all(slip::is_bare);
        let named = match &self.form {
            _ if is_ascii && self.is_key(path, &ascii) => {
                // Full-width letters, or Chinese quotation marks around a key.
                let sure = if bare.contains(' ') { Applicability::Suggested } else { Applicability::Safe };
                let help = text!("写成：{ascii}", "write: {ascii}");
                Named { key: Some((ascii.clone(), sure)), help }
            }
            Some(form) => labels::meant(form, &path.join("."), bare),
            None => Named {
                key: None,
                help: text!(
                    "键用字母、数字、下划线和连字符写，名称见表式的说明",
                    "a key is written in letters, digits, `_` and `-`"
                ),
            },
        };
        let message = match is_ascii {
            true => text!(
                "键只能用半角的字母、数字、下划线和连字符：{bare}",
                "a key is letters, digits, `_` and `-`: {bare}"
            ),
            false => text!("“{bare}”不是键", "`{bare}` is not a key"),
        };
        let stand_in = match &named.key {
            Some((key, _)) => key.clone(),
            None => literal::in_quotes(&bare.replace(['"', '\\'], "_").replace(char::is_control, "_")),
        };
        let fix = named.key.clone().map(|(key, sure)| {
            let full: Vec<String> = path.iter().cloned().chain(key.split('.').map(str::to_owned)).collect();
            let sure = if self.is_defined(&full) { Applicability::Suggested } else { sure };
            (sure, vec![(span.clone(), key)])
        });
        self.slip(span.clone(), message, named.help, fix, vec![(span, stand_in)]);
        named.key.map_or_else(|| bare.replace('.', "\u{2024}"), |(key, _)| key)
    }

    /// A key without an equals sign; `false` where the line is no statement at all.
    fn no_equals(&mut self, path: &[String], span: &Range<usize>) -> bool {
        let Some((name, under)) = path.split_last() else { return false };
        let line = self.at..self.end_of_line();
        let written = self.text[line.clone()].trim_end();
        let value = written.split(" #").next().unwrap_or(written).trim_end();
        let is_key = self.is_key(under, name);
        let is_value = !value.is_empty() && slip::is_toml(&format!("a = {value}"));
        if !is_key || (self.form.is_none() && !is_value && !value.is_empty()) {
            return false;
        }
        self.tell_stray();
        self.define(path.to_vec(), span.clone());
        self.at = line.end;
        let message = text!("键和值之间缺少等号“=”", "there is no `=` between the key and its value");
        let at = span.end..span.end;
        if value.contains('\t') && slip::cells(value).is_some() {
            self.row_of_cells(path, line.start..line.start + value.len(), Some(at));
        } else if is_value {
            let help = text!("写成：{name} = {value}", "write: {name} = {value}");
            let edit = vec![(at, " =".to_owned())];
            self.slip(span.clone(), message, help, Some((Applicability::Safe, edit.clone())), edit);
        } else {
            let message = match value.is_empty() {
                true => text!("{name} 没有写等号和值", "`{name}` has no `=` and no value"),
                false => message,
            };
            let help = text!("写成：{name} = …；没有要写的，删去这一行", "write: {name} = …; or delete the line");
            self.slip(span.clone(), message, help, None, vec![(span.end..line.end, " = 0".to_owned())]);
        }
        true
    }

    /// A line that is neither a statement nor a header; several in a row are one slip.
    fn stray_line(&mut self, start: usize, slips: usize) {
        self.forget(slips);
        self.at = start;
        let end = self.end_of_line();
        let goes_on = self.stray.as_ref().is_some_and(|stray| self.text[stray.end..start].trim().is_empty());
        match &mut self.stray {
            Some(stray) if goes_on => stray.end = end,
            _ => {
                self.tell_stray();
                self.stray = Some(start..end);
            }
        }
        self.at = end;
    }

    /// Tells the lines that are no statements.
    pub(super) fn tell_stray(&mut self) {
        let Some(span) = self.stray.take() else { return };
        let written = &self.text[span.clone()];
        let foreign = ["//", "--", "/*", ";", "；", "%"].into_iter().find(|mark| written.starts_with(mark));
        if let Some(mark) = foreign.filter(|_| !written.contains('\n')) {
            let message = text!("说明不用“{mark}”开头，用“#”", "a remark begins with `#`, not with `{mark}`");
            let edit = vec![(span.start..span.start + mark.len(), "#".to_owned())];
            let help = text!("改为“#”", "write `#`");
            return self.slip(edit[0].0.clone(), message, help, Some((Applicability::Safe, edit.clone())), edit);
        }
        let message = text!("这里既不是“键 = 值”，也不是“[表]”", "this is neither `key = value` nor `[table]`");
        let help = text!(
            "是上一项的文字的，移进它的引号里（几行的文字用 ''' 括起来）；是说明的，行首加 #",
            "text of the key above goes into its quotation marks (''' around several lines); a remark begins with #"
        );
        let first = span.start..span.start + self.text[span.clone()].lines().next().map_or(0, str::len);
        let mut repair = vec![(span.start..span.start, "#".to_owned())];
        for (newline, _) in self.text[span.clone()].match_indices('\n') {
            repair.push((span.start + newline + 1..span.start + newline + 1, "#".to_owned()));
        }
        self.slip(first, message, help, None, repair);
    }
}

/// Whether a character ends a bare key.
fn is_end(c: char) -> bool {
    c.is_whitespace()
        || marks::odd_space(c).is_some()
        || matches!(c, '=' | '.' | ']' | ',' | '}' | '#' | '{' | '[' | ':' | '(' | ')' | '（' | '）')
        || marks::punctuation(c).is_some()
}
