//! Values. In: a text at the beginning of a value; out: slips: no value, a value that TOML does not know, a row of cells pasted
//! from a spreadsheet.

use std::ops::Range;

use super::marks;
use super::scan::{DEPTH, Inside, Scanner};
use super::slip;
use crate::diag::{Applicability, text};
use crate::facts::meant::{self, Meant};
use crate::form::{FieldKind, Key, Shape};
use crate::source::start_of_line;

impl Scanner<'_> {
    /// Reads a value of any kind.
    pub(super) fn value(&mut self, path: &[String], inside: Inside) {
        let Some(c) = self.peek() else { return self.no_value(path) };
        let is_end = matches!(c, '\n' | '\r' | '#') || (inside != Inside::Statement && self.ends_item());
        match c {
            _ if is_end => self.no_value(path),
            _ if self.depth > DEPTH => self.at = self.end_of_line(),
            '"' | '\'' => self.string(path, inside),
            c if marks::is_odd_quote(c) => self.odd_string(path, inside),
            _ if self.is_row_in_brackets(c, path) => self.row(path, '}'),
            '[' => self.array(path, ']'),
            '{' | '｛' | '﹛' => self.row(path, '}'),
            '（' | '(' if self.is_round_row() => self.row(path, '}'),
            c if marks::punctuation(c) == Some('[') && !self.is_left_over() => self.array(path, ']'),
            _ => self.scalar(path, inside),
        }
    }

    /// Whether a row of the form stands in brackets that are those of a list.
    fn is_row_in_brackets(&self, c: char, path: &[String]) -> bool {
        let is_open = c == '[' || marks::punctuation(c) == Some('[');
        let line = self.line_ahead().get(c.len_utf8()..).unwrap_or_default();
        is_open && self.is_row(path) && line.contains(['=', '＝']) && !line.trim_start().starts_with(['{', '｛', '['])
    }

    fn is_round_row(&self) -> bool {
        self.line_ahead().contains(['=', '＝'])
    }

    /// Whether the brackets are those that `roll` puts around last year's figures.
    fn is_left_over(&self) -> bool {
        let line = self.line_ahead();
        line.starts_with('【')
            && line.find('】').is_some_and(|end| line['【'.len_utf8()..end].chars().all(char::is_numeric))
    }

    fn ends_item(&self) -> bool {
        self.peek().is_none_or(|c| {
            matches!(c, ',' | ']' | '}' | '｝' | '﹜' | '）' | ')') || matches!(marks::punctuation(c), Some(',' | ']'))
        })
    }

    fn no_value(&mut self, path: &[String]) {
        let line = start_of_line(self.text, self.at);
        let written = self.text[line..self.at].trim_end();
        let start = line + written.rfind(['=', '＝', ':', '：']).unwrap_or(written.len());
        let span = start..line + written.len();
        let name = path.last().cloned().unwrap_or_default();
        let message = text!("{name} 的等号后面没有写值", "nothing is written behind the `=` of `{name}`");
        let help = match self.known(path) {
            Some(known) => known.kind.example(known.required),
            None => {
                text!("写上值；可以省略的，删去这一行", "write the value; where it may be left out, delete the line")
            }
        };
        let problem = self.wrong(span, message).help(help);
        let problem = self.with_label(problem, path);
        self.add(problem, None, vec![(self.at..self.at, "0 ".to_owned())]);
    }

    /// A number, date or truth value, or what stands in its place.
    fn scalar(&mut self, path: &[String], inside: Inside) {
        let start = self.at;
        let is_text = self.is_text(path);
        let end = self.end_of_scalar(inside, is_text || self.is_row(path));
        let mut span = start..start + self.text[start..end].trim_end_matches(is_space).len();
        if inside == Inside::Statement && !is_text {
            // A lone comma or stop behind a number is a slip of its own.
            let written = &self.text[span.clone()];
            let bare = written.trim_end_matches(is_behind(written)).trim_end_matches(is_space);
            if !bare.is_empty() {
                span.end = start + bare.len();
            }
        }
        self.at = span.end;
        let written = &self.text[span.clone()];
        if !slip::is_toml(&format!("a = {written}")) {
            self.odd_value(path, span, inside);
        }
    }

    /// Whether the form wants text under a key.
    fn is_text(&self, path: &[String]) -> bool {
        self.known(path).is_some_and(|known| known.kind.is_quoted())
    }

    fn end_of_scalar(&self, inside: Inside, is_whole: bool) -> usize {
        let line = &self.text[self.at..self.end_of_line()];
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            let rest = &line[at..];
            let is_comment =
                (c == '#' || marks::punctuation(c) == Some('#')) && (is_space(before) || is_figure(&line[..at]));
            let is_comma = c == ',' || marks::punctuation(c) == Some(',');
            let closes = matches!(c, ']' | '}' | '｝' | '﹜' | ')' | '）') || marks::punctuation(c) == Some(']');
            let ends = inside != Inside::Statement
                && ((is_comma && !groups(&line[..at], &rest[c.len_utf8()..], inside))
                    || (closes && !line.starts_with(['【', '（'])))
                || (inside == Inside::Table && at > 0 && is_space(before) && begins_key(rest));
            // Another statement on the same line.
            let next =
                inside == Inside::Statement && !is_whole && is_comma && begins_key(rest[c.len_utf8()..].trim_start());
            if is_comment || ends || next {
                return self.at + at;
            }
            before = c;
        }
        self.at + line.len()
    }

    fn odd_value(&mut self, path: &[String], span: Range<usize>, inside: Inside) {
        let written = &self.text[span.clone()];
        if inside == Inside::Statement
            && slip::cells(written).is_some()
            && (written.contains('\t') || self.is_row(path))
        {
            return self.row_of_cells(path, span, None);
        }
        if inside == Inside::Statement && self.is_row(path) {
            return self.row_without_braces(path, span);
        }
        let known = self.known(path);
        let is_item = inside == Inside::Array && known.is_some_and(|known| known.kind == FieldKind::Lines);
        let Meant { message, help, instead } = match path {
            _ if is_item => meant::quoted(written),
            [.., last] if last == crate::form::keys::REST && meant::digits(written).is_some() => {
                meant::meant(written, None).sure()
            }
            [first] if first == "year" => meant::year(written),
            [first, ..] if first == "form" || first == crate::form::keys::HEAD[2] => meant::quoted(written),
            _ => meant::meant(written, known),
        };
        let instead = instead.filter(|(instead, _)| slip::is_toml(&format!("a = {instead}")));
        let stand_in = instead.as_ref().map_or_else(|| "0".to_owned(), |(instead, _)| instead.clone());
        let problem = self.wrong(span.clone(), message).help(help);
        let problem = self.with_label(problem, path);
        let fix = instead.map(|(instead, sure)| (sure, vec![(span.clone(), instead)]));
        self.add(problem, fix, vec![(span, stand_in)]);
    }

    /// A row whose cells stand there without braces around, or without keys.
    fn row_without_braces(&mut self, path: &[String], span: Range<usize>) {
        let inner = self.text[span.clone()].trim_matches(['{', '}', '｛', '｝', ' ']);
        let columns = self.columns(path).unwrap_or_default().join(", ");
        let message = text!("这一行要写成花括号里的“键 = 值”", "this row is `key = value` in braces");
        let repair = vec![(span.clone(), "{}".to_owned())];
        if !inner.contains(['=', '＝']) {
            let help = text!(
                "写成 {{ 键 = 数, … }}，键依次是：{columns}",
                "write {{ key = number, … }}; the keys are: {columns}"
            );
            return self.slip(span, message, help, None, repair);
        }
        let row = format!("{{ {inner} }}");
        let help = text!("写成：{row}", "write: {row}");
        self.slip(span.clone(), message, help, Some((Applicability::Suggested, vec![(span, row)])), repair);
    }

    pub(super) fn with_label(&self, problem: crate::diag::Diagnostic, path: &[String]) -> crate::diag::Diagnostic {
        match self.known(path) {
            Some(known) => {
                let (key, label) = (path.join("."), &known.label);
                problem.note(text!("{key}：{label}", "{key}: {label}"))
            }
            None => problem,
        }
    }

    fn is_row(&self, path: &[String]) -> bool {
        self.columns(path).is_some()
    }

    /// The columns of a row, in the order of the form.
    fn columns(&self, path: &[String]) -> Option<Vec<String>> {
        let shape = crate::facts::labels::shape(self.form.as_ref()?, &path.join("."))?;
        let mut columns = Vec::new();
        leaves(shape, &Key::ROOT, &mut columns);
        Some(columns.iter().map(Key::to_string).collect())
    }

    /// Cells of a spreadsheet in the place of a row; `equals` is where the equals sign is missing.
    pub(super) fn row_of_cells(&mut self, path: &[String], span: Range<usize>, equals: Option<Range<usize>>) {
        let written = self.text[span.clone()].trim();
        let cells = slip::cells(written).unwrap_or_default();
        // Between two tabs stands an empty cell, and which one that is only a person sees.
        let count = if written.contains('\t') { written.split('\t').count() } else { cells.len() };
        let message = text!(
            "这里粘贴了表格的一行（{count} 格），TOML 要写明每个数是哪一列",
            "a row of {count} cells was pasted here; TOML names the column of each"
        );
        let columns = self.columns(path).unwrap_or_default();
        let name = path.last().cloned().unwrap_or_default();
        let row = |cells: &[String]| {
            let pairs = columns.iter().zip(cells).map(|(column, cell)| format!("{column} = {cell}"));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        };
        let fits = count == columns.len() && count == cells.len();
        let help = match (fits, columns.is_empty()) {
            (true, _) => {
                let row = row(&cells);
                text!(
                    "按表中各列的顺序是：{name} = {row}；核对后照写",
                    "in the order of the columns this is: {name} = {row}; look it over"
                )
            }
            (false, false) => {
                let list = columns.join(", ");
                text!(
                    "写成 {name} = {{ 列 = 数, … }}，各列依次是：{list}",
                    "write {name} = {{ column = number, … }}; the columns are: {list}"
                )
            }
            (false, true) => text!("写成 {name} = {{ 列 = 数, … }}", "write {name} = {{ column = number, … }}"),
        };
        let mut repair = vec![(span.clone(), "{}".to_owned())];
        let mut edits = vec![(span.clone(), row(&cells))];
        if let Some(equals) = equals {
            repair.insert(0, (equals.clone(), " =".to_owned()));
            edits.insert(0, (equals, " =".to_owned()));
        }
        self.slip(span, message, help, fits.then_some((Applicability::Suggested, edits)), repair);
    }
}

fn leaves(shape: &indexmap::IndexMap<String, Shape>, above: &Key, found: &mut Vec<Key>) {
    for (name, inner) in shape {
        match inner {
            Shape::Value(_) => found.push(above.join(name)),
            Shape::Branch(children) => leaves(children, &above.join(name), found),
            Shape::Head | Shape::Rest => {}
        }
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || marks::odd_space(c).is_some()
}

/// What does not belong to a number that it stands behind: commas and stops, and brackets that were not opened.
fn is_behind(written: &str) -> impl Fn(char) -> bool {
    let is_opened = written.contains(['(', '（', '[', '［', '【', '{', '｛']);
    move |c| {
        matches!(c, ',' | '，' | ';' | '；' | '。' | '、')
            || (!is_opened && matches!(c, ')' | '）' | ']' | '}' | '］' | '】' | '｝'))
    }
}

/// Whether a text of the length of a figure is one.
fn is_figure(written: &str) -> bool {
    (1..40).contains(&written.len()) && slip::is_toml(&format!("a = {written}"))
}

/// Whether a comma stands between the groups of three digits of one number, and not between two items.
fn groups(before: &str, after: &str, inside: Inside) -> bool {
    let last = before.rsplit(|c| !char::is_ascii_digit(&c)).next().unwrap_or_default();
    let digits = after.chars().take_while(char::is_ascii_digit).count();
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_key = rest.trim_start().starts_with(['=', '＝', ':', '：']) || rest.starts_with(slip::is_bare);
    inside == Inside::Table && (1..=3).contains(&last.len()) && digits == 3 && !is_key
}

/// Whether a key and an equals sign follow.
pub(super) fn begins_key(rest: &str) -> bool {
    let name: usize = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
    rest.starts_with(char::is_alphabetic) && rest[name..].trim_start().starts_with(['=', '＝'])
}
