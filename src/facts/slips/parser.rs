//! What the parser says that no slip explains. In: the mended copy of a text; out: one problem for each line that the parser
//! still rejects, in words for each kind of its errors, and at both places where a key is written twice.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use toml::de::DeTable;

use super::slip::{self, Defined};
use crate::diag::{Code, Diagnostic, Text, text};
use crate::source::{Place, Source};

/// What the parser says of a key that is written twice.
const TWICE: &str = "duplicate key";

/// Where the lines begin on which the parser rejects a text.
fn wrong_lines(text: &str) -> BTreeSet<usize> {
    let (_, errors) = DeTable::parse_recoverable(text);
    let mut starts: Vec<usize> = errors.iter().filter_map(|error| error.span()).map(|span| span.start).collect();
    starts.sort_unstable();
    let mut lines = Lines::of(text);
    starts.into_iter().map(|start| lines.start(start)).collect()
}

/// Where lines begin, for places that mostly come in order, so that a long line is not looked through for each.
struct Lines<'t> {
    text: &'t str,
    /// Up to where the text was looked through, and where the line begins there.
    done: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, done: 0, line: 0 }
    }

    fn start(&mut self, at: usize) -> usize {
        let at = self.text.floor_char_boundary(at);
        if at < self.line {
            (self.done, self.line) = (0, 0);
        }
        if at > self.done {
            self.line = self.text[self.done..at].rfind('\n').map_or(self.line, |newline| self.done + newline + 1);
            self.done = at;
        }
        self.line
    }
}

/// What the parser says of `mended`, which is the text with `repairs` made, at the places of the text; and on how many more
/// lines it rejects that.
pub(super) fn left(
    source: &Arc<Source>,
    code: &Code,
    mended: &str,
    repairs: &[(Range<usize>, String)],
    defined: &[Defined],
) -> (Vec<Diagnostic>, usize) {
    let (_, errors) = DeTable::parse_recoverable(mended);
    // What only the mended copy has wrong is of the mending.
    let known = (!repairs.is_empty()).then(|| wrong_lines(source.text()));
    let (mut starts, mut lines) = (Lines::of(source.text()), BTreeSet::new());
    let (mut problems, mut more, originals) = (Vec::new(), 0, Originals::of(repairs));
    for error in errors {
        let span = error.span().unwrap_or(mended.len()..mended.len());
        let start = originals.place(span.start);
        let span = start..originals.place(span.end).max(start);
        let span = span.start.min(source.text().len())..span.end.min(source.text().len());
        let line = starts.start(span.start);
        let said = error.message().lines().next().unwrap_or_default();
        if said != TWICE && known.as_ref().is_some_and(|known| !known.contains(&line)) {
            continue;
        }
        // A second error on a line is most often of the first one's making.
        if !lines.insert(line) {
            continue;
        }
        if problems.len() > slip::MOST {
            more += 1;
            continue;
        }
        problems.push(match said {
            TWICE => twice(source, code, span, defined),
            message => told(source, code, span, message),
        });
    }
    (problems, more)
}

/// Where places of the mended copy stand in the text.
struct Originals {
    /// For each repair: where it begins and ends in the copy, and in the text.
    repairs: Vec<(Range<usize>, Range<usize>)>,
}

impl Originals {
    fn of(repairs: &[(Range<usize>, String)]) -> Self {
        let (mut copied, mut done) = (0, 0);
        let made = repairs.iter().map(|(span, replacement)| {
            let start = copied + (span.start - done);
            (copied, done) = (start + replacement.len(), span.end);
            (start..copied, span.clone())
        });
        Self { repairs: made.collect() }
    }

    fn place(&self, at: usize) -> usize {
        let behind = self.repairs.partition_point(|(copy, _)| copy.start <= at);
        match behind.checked_sub(1).and_then(|before| self.repairs.get(before)) {
            None => at,
            Some((copy, text)) if at < copy.end => text.start,
            Some((copy, text)) => text.end + (at - copy.end),
        }
    }
}

/// A key or table that is written twice, with the place where it was written first.
fn twice(source: &Arc<Source>, code: &Code, span: Range<usize>, defined: &[Defined]) -> Diagnostic {
    let name = source.text().get(span.clone()).unwrap_or_default().to_owned();
    let second = defined
        .iter()
        .rposition(|one| one.span.start <= span.start && span.start < one.span.end.max(one.span.start + 1));
    let first = second.and_then(|second| {
        let path = &defined[second].path;
        let before = &defined[..second];
        let same = before.iter().find(|one| one.path == *path);
        same.or_else(|| before.iter().find(|one| one.path.starts_with(path) || path.starts_with(&one.path)))
    });
    let is_header = source.text()[..span.start].trim_end().ends_with(['[', '［', '【']);
    let message = match is_header {
        true => text!("表 [{name}] 写了两次", "the table [{name}] is written twice"),
        false => text!("键 {name} 写了两次", "the key `{name}` is written twice"),
    };
    let help = match is_header {
        true => text!(
            "把两处的内容合到一处，删去另一个 [{name}]",
            "put what stands in both under one, and remove the other [{name}]"
        ),
        false => text!("留下对的一处，删去另一处", "keep the one that is right and remove the other"),
    };
    let problem = slip::wrong(source, code, span, message).help(help);
    match first {
        Some(first) => {
            problem.and_at(Place::new(source, first.span.clone()), text!("第一次写在这里", "written first here"))
        }
        None => problem,
    }
}

fn told(source: &Arc<Source>, code: &Code, span: Range<usize>, message: &str) -> Diagnostic {
    let Text { zh, en } = words(message);
    let problem = slip::wrong(source, code, span, text!("TOML 语法错误：{zh}", "TOML syntax error: {en}"));
    match help(message) {
        Some(help) => problem.help(help),
        None => problem,
    }
}

/// What each kind of the parser's errors is called.
fn words(message: &str) -> Text {
    let zh = match message {
        m if m.contains("cannot extend") => "这个键已经有别的值，不能再往里写",
        m if is_escape(m) => "文字中“\\”后面的字符不是 TOML 认得的",
        m if m.contains("carriage return") => "回车符后面没有换行符",
        m if m.contains("must be quoted") => "文字要写在引号里",
        m if m.contains("boolean") => "是与否写 true 和 false",
        m if m.contains("control") || m.contains("invalid comment") => "这里有不能写的控制字符",
        m if m.contains("missing comma") => "两项之间缺少逗号",
        m if m.contains("extra comma") => "多了一个逗号",
        m if m.contains("unclosed array") => "方括号“[”没有闭合",
        m if m.contains("unclosed inline table") => "花括号“{”没有闭合",
        m if m.contains("unclosed") => "方括号没有闭合",
        m if m.contains("missing array opening") => "多了一个“]”，前面没有“[”",
        m if m.contains("missing inline table opening") => "多了一个“}”，前面没有“{”",
        m if m.contains("key with no value") || m.contains("missing assignment") => "键的后面缺少等号“=”",
        m if m.contains("extra `=`") || m.contains("extra assignment") || m.contains("unexpected `=`") => {
            "多了一个等号"
        }
        m if m.contains("missing value") => "等号后面没有写值",
        m if m.contains("missing key") || m.contains("missing table open") => "缺少键",
        m if m.contains("key") && m.contains("multi-line") => "键不能写在三个引号里",
        m if m.contains("unquoted key") || m.contains("invalid key") || m.contains("invalid table") => {
            "键只能用字母、数字、下划线和连字符"
        }
        m if m.contains("string") => "引号里的文字有误，或引号没有闭合",
        m if m.contains("date") || m.contains("time") => "日期或时间有误，要写成 2026-01-31",
        m if m.contains("leading zero") => "数字前面不能有多余的 0",
        m if m.contains("sign") || m.contains("radix") || m.contains("prefix") || m.contains("`_`") => "数字的写法有误",
        m if m.contains("number") || m.contains("integer") || m.contains("float") || m.contains("digits") => {
            "数字的写法有误"
        }
        m if m.contains("recurs") => "括号嵌套过深",
        m if m.contains("unexpected") => "这里有多余的内容",
        _ => "写法有误",
    };
    Text { zh: zh.to_owned(), en: message.to_owned() }
}

fn help(message: &str) -> Option<Text> {
    is_escape(message)
        .then(|| text!("“\\”写成“\\\\”，或改用单引号：'…'", "write `\\` as `\\\\`, or use single quotation marks: '…'"))
}

fn is_escape(message: &str) -> bool {
    ["escape", "hexadecimal", "unicode"].iter().any(|word| message.contains(word))
}
