//! Figures behind a `#`. In: the facts with their comments; out: a problem for each known cell whose figure stands in a
//! comment while `rest = 0` takes its place on the page, or nothing does, and for each text in a comment in whose place the
//! form prints its own.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, text};
use crate::facts::Facts;
use crate::form::{FieldKind, Form, Key};
use crate::report::Values;
use crate::source::{self, Place};

/// How many characters a text in a comment has that somebody wrote for the page, rather than as a hint; or any figure.
const MUCH: usize = 20;

/// Looks at every comment of the facts.
pub(super) fn check(facts: &Facts<'_>, form: &Form, values: &Values, problems: &mut Vec<Diagnostic>) {
    let source = facts.source.text();
    if !source.contains('#') {
        return;
    }
    let mut strings = Vec::new();
    long_strings(&facts.root, source, &mut strings);
    strings.sort_unstable_by_key(|string| string.start);
    let mut reader = Reader { facts, form, values, table: String::new(), comment_table: None, problems };
    let lines = lines(source, &strings);
    let mut next = 0;
    while let Some(line) = lines.get(next) {
        next += reader.line(&lines[next..], line);
    }
}

/// A line outside of the strings of the file, with where it begins.
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    /// What a line says behind its `#`, where it is a comment, and where that begins.
    fn comment(&self) -> Option<(usize, &'a str)> {
        let text = self.text.trim_start();
        let inner = text.strip_prefix('#')?.trim_start_matches(['#', ' ', '\t', '\u{3000}']);
        Some((self.start + self.text.len() - inner.len(), inner))
    }
}

fn lines<'a>(text: &'a str, strings: &[Range<usize>]) -> Vec<Line<'a>> {
    let mut strings = strings.iter().peekable();
    let all = source::lines(text).map(|(start, text)| Line { start, text });
    let outside = all.filter(|line| {
        while strings.next_if(|string| string.end <= line.start).is_some() {}
        strings.peek().is_none_or(|string| line.start <= string.start)
    });
    outside.collect()
}

fn long_strings(table: &DeTable<'_>, source: &str, found: &mut Vec<Range<usize>>) {
    for value in table.values() {
        match value.get_ref() {
            DeValue::Table(inner) => long_strings(inner, source, found),
            DeValue::String(_) => {
                let is_long = |span: &Range<usize>| source.get(span.clone()).is_some_and(|text| text.contains('\n'));
                found.extend(Some(value.span()).filter(is_long));
            }
            DeValue::Array(_) => found.push(value.span()),
            _ => {}
        }
    }
}

struct Reader<'a> {
    facts: &'a Facts<'a>,
    form: &'a Form,
    values: &'a Values,
    /// The table that the last header opened.
    table: String,
    /// The table that a header in a comment would have opened.
    comment_table: Option<String>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads what begins in a line; gives how many lines it takes.
    fn line(&mut self, rest: &[Line<'_>], line: &Line<'_>) -> usize {
        let Some((at, comment)) = line.comment() else {
            if let Some(name) = header(line.text.trim()) {
                (self.table, self.comment_table) = (name, None);
            }
            return 1;
        };
        if let Some(name) = header(comment) {
            self.comment_table = Some(name);
            return 1;
        }
        let Some((key, value)) = comment.split_once('=') else { return 1 };
        let table = self.comment_table.as_ref().unwrap_or(&self.table);
        let key = Key::from(table.as_str()).join(&key.split('.').map(str::trim).collect::<Vec<_>>().join("."));
        let place = Place::new(self.facts.source, at..at + comment.len());
        let (lines, value) = whole(value.trim(), &rest[1..]);
        let statement = format!("x = {value}");
        if let Ok(parsed) = DeTable::parse(&statement)
            && let Some(found) = parsed.get_ref().get("x")
        {
            self.statement(&key, found.get_ref(), &place);
        }
        1 + lines
    }

    fn statement(&mut self, key: &Key, value: &DeValue<'_>, place: &Place) {
        match value {
            DeValue::Table(row) => {
                let cells: Vec<(Key, &DeValue<'_>)> =
                    row.iter().map(|(name, value)| (key.join(name.get_ref()), value.get_ref())).collect();
                // One message for a row.
                if let Some((key, _)) = cells.iter().find(|(key, value)| self.is_unread_figure(key, value)) {
                    self.figure(key, place);
                }
            }
            DeValue::String(words) => self.text(key, words, place),
            _ if self.is_unread_figure(key, value) => self.figure(key, place),
            _ => {}
        }
    }

    /// Whether a figure that is not zero stands for a cell that the facts do not write, and that is no total.
    fn is_unread_figure(&self, key: &str, value: &DeValue<'_>) -> bool {
        let is_figure = match value {
            DeValue::Integer(number) => number.as_str().contains(|c: char| ('1'..='9').contains(&c)),
            DeValue::Float(number) => number.as_str().contains(|c: char| ('1'..='9').contains(&c)),
            _ => false,
        };
        let is_cell = self.form.keys.get(key).is_some_and(|known| known.kind.is_figure() && known.sums.is_empty());
        is_figure && is_cell && self.facts.get(key).is_none()
    }

    fn figure(&mut self, key: &str, place: &Place) {
        let label = self.form.label_of(key).unwrap_or_default();
        let message = text!(
            "“{label}”（{key}）的数字写在 # 后面，不会被读到",
            "the figure for {key} ({label}) stands behind a # and is not read"
        );
        let is_required = self.form.keys.get(key).is_some_and(|known| known.required);
        let said = match (self.values.contains_key(key), is_required) {
            (true, _) => text!("页面上现在是 0", "the page would show 0"),
            (false, true) => text!("所以这一格算作没有写", "so the cell counts as missing"),
            (false, false) => text!("页面上现在是空白", "the page would show nothing"),
        };
        let help = text!(
            "去掉行首的 #；不用的数字，删去这一行",
            "remove the # at the beginning; if the figure is not wanted, remove the line"
        );
        self.problems.push(Diagnostic::error(Code::CommentedFigure, message).at_saying(place.clone(), said).help(help));
    }

    /// A text in whose place the form prints its own.
    fn text(&mut self, key: &str, words: &str, place: &Place) {
        let field = self.form.fields.iter().find(|field| field.key == key && field.kind == FieldKind::Prose);
        let is_replaced = field.is_some_and(|field| field.default.is_some()) && self.facts.get(key).is_none();
        // What `roll` left with its marks is a draft that nobody has taken up yet.
        let says_much = words.trim().chars().count() >= MUCH || words.contains(|c: char| c.is_numeric());
        if is_replaced && says_much && !words.contains('【') {
            let label = self.form.label_of(key).unwrap_or_default();
            let message = text!(
                "“{label}”（{key}）写在 # 后面，不会被读到；页面上是表式自己的文字",
                "{key} ({label}) stands behind a # and is not read; the page has the form's own words"
            );
            let help = text!(
                "去掉各行行首的 #；不用的，删去这几行",
                "remove the # at the beginning of its lines; if it is not wanted, remove them"
            );
            self.problems.push(Diagnostic::warning(Code::CommentedFigure, message).at(place.clone()).help(help));
        }
    }
}

/// The name of the table that a line opens.
fn header(line: &str) -> Option<String> {
    let inner = line.strip_prefix('[')?;
    let end = inner.find(']')?;
    let name = inner[..end].trim_start_matches('[').trim();
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '));
    is_name.then(|| name.split('.').map(str::trim).collect::<Vec<_>>().join("."))
}

/// A value that may go on over the comments below it, and how many of them it takes.
fn whole(value: &str, below: &[Line<'_>]) -> (usize, String) {
    let quotes = ["\"\"\"", "'''"].into_iter().find(|quotes| value.starts_with(quotes));
    let Some(quotes) = quotes.filter(|quotes| !value[quotes.len()..].contains(quotes)) else {
        return (0, value.to_owned());
    };
    let mut text = value.to_owned();
    for (number, line) in below.iter().enumerate() {
        let Some((_, comment)) = line.comment() else { break };
        text.push('\n');
        text.push_str(comment);
        if comment.contains(quotes) {
            return (number + 1, text);
        }
    }
    (0, value.to_owned())
}
