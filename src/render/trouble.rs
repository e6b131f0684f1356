//! What Tera finds wrong, at its place. In: an error of Tera's about templates as they are written; out: a [`Diagnostic`]
//! that points into the template. Some errors know their place, some are reports in words (`error: … --> file:line:column`)
//! that Tera puts together of several, and some name no more than a template.

use std::ops::Range;
use std::sync::Arc;

use tera::ErrorKind;

use super::source_map::{Marked, end_of_tag, tag_name};
use crate::diag::{Code, Diagnostic, Text, did_you_mean, text};
use crate::source::{Place, Source};

/// The problem; `nowhere` is where it stands when the error names no place.
pub(super) fn problem(error: &tera::Error, templates: &Marked, nowhere: Option<Place>) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let place =
                templates.source(report.filename()).map(|source| Place::new(source, report.span().range.clone()));
            let problem = match (place, matches!(error.kind(), ErrorKind::SyntaxError(_))) {
                (Some(place), true) => misspelt(report.message(), place),
                (place, _) => at(wrong(&words(report.message())), place.or(nowhere)),
            };
            let problem = match meant(report.message()) {
                Some(help) => problem.help(help),
                None => problem,
            };
            let notes = notes(&error.to_string(), templates).into_iter();
            notes.fold(problem, |problem, (place, said)| problem.and_at(place, said))
        }
        ErrorKind::Msg(said) => match reports(said, templates) {
            Some(problem) => problem,
            None => at(wrong(&Text::verbatim(said)), named(said, templates).or(nowhere)),
        },
        kind => {
            let chain = match kind {
                ErrorKind::CircularInclude { include_chain: chain, .. } => chain.iter().map(String::as_str).collect(),
                ErrorKind::CircularExtend { tpl, inheritance_chain: chain } => {
                    std::iter::once(tpl).chain(chain).map(String::as_str).collect()
                }
                ErrorKind::MissingParent { current, parent } => vec![current.as_str(), parent],
                _ => Vec::new(),
            };
            let place = match chain.as_slice() {
                [from, to, ..] => templates.source(from).and_then(|source| quoted(source, to)),
                _ => None,
            };
            at(wrong(&Text::verbatim(kind.to_string())), place.or(nowhere))
        }
    }
}

/// Words of Tera's, with the most common of them in Chinese too.
fn words(said: &str) -> Text {
    let quoted = |before: &str| said.strip_prefix(before)?.split_once('`');
    let known = |after: &str, what: &str| match after.split_once(": ") {
        Some((_, known)) => format!("；可用的{what}：{known}"),
        None => String::new(),
    };
    let found = || said.strip_prefix("Found ")?.strip_suffix('.')?.split_once(" but expected ");
    let kinds =
        [("filter", "过滤器"), ("test", "判断"), ("function", "函数"), ("component", "组件"), ("template", "模板")];
    let unknown = kinds.iter().find_map(|(en, zh)| Some((zh, quoted(&format!("Unknown {en} `"))?.0)));
    let zh = if let Some((name, after)) = quoted("Variable `").filter(|(_, after)| after.starts_with(" is not")) {
        format!("没有变量“{name}”{}", known(after, "变量"))
    } else if let Some((name, after)) = quoted("Field `").filter(|(_, after)| after.starts_with(" is not")) {
        format!("没有“{name}”这一项{}", known(after, "项"))
    } else if let Some((kind, name)) = unknown {
        format!("没有{kind}“{name}”")
    } else if let Some((name, _)) = quoted("Missing keyword argument `") {
        format!("缺少参数“{name}”")
    } else if let Some((found, expected)) = found() {
        format!("这里是 {found}，应是 {expected}")
    } else if said == "Unknown tag" {
        "没有这个标签，或它在这里没有可以结束的".to_owned()
    } else {
        said.to_owned()
    };
    Text { zh, en: said.to_owned() }
}

/// The nearest of the names that Tera lists, to the one that there is not.
fn meant(said: &str) -> Option<Text> {
    let name = ["Variable `", "Field `"].iter().find_map(|before| said.strip_prefix(before))?.split('`').next()?;
    let (_, known) = said.split_once("Available ")?.1.split_once(": ")?;
    did_you_mean(name, known.split(", "))
}

/// What Tera says where a template stops in the middle of something.
const END: &str = "Unexpected end of input";

/// An error of syntax, with what is still open before it where that may be the cause.
fn misspelt(said: &str, place: Place) -> Diagnostic {
    let text = place.source.text();
    let ends_early = said == END;
    let Open { tag, block } = open_before(&text[..if ends_early { text.len() } else { place.span.start }]);
    let here = |span: Range<usize>| Place::new(&place.source, span);
    if ends_early && let Some(open) = tag.clone().or(block.clone()) {
        return wrong(&text!("这里打开的标签没有结束", "the tag that is opened here is never closed")).at(here(open));
    }
    let ends_another = |block: &Range<usize>| {
        place.text().starts_with("end") || said.contains(&format!("end{}", tag_name(&text[block.clone()])))
    };
    let line = |at: usize| place.source.line_column(at).0;
    let is_above = |tag: &Range<usize>| line(tag.start) < line(place.span.start);
    let problem = wrong(&words(said)).at(place.clone());
    match block.filter(ends_another).or(tag.filter(is_above)) {
        Some(open) => {
            problem.and_at(here(open), text!("这里打开的还没有结束", "what is opened here is not closed yet"))
        }
        None => problem,
    }
}

fn wrong(said: &Text) -> Diagnostic {
    // A template may say something of its own, over several lines.
    let one_line =
        |words: &str| words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let (zh, en) = (one_line(&said.zh), one_line(&said.en));
    Diagnostic::error(Code::TemplateError, text!("模板有误：{zh}", "the template is wrong: {en}"))
}

fn at(problem: Diagnostic, place: Option<Place>) -> Diagnostic {
    match place {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// Reports in words, one problem for all of them: the first is its message, the others are told at their places.
fn reports(said: &str, templates: &Marked) -> Option<Diagnostic> {
    let mut found: Option<Diagnostic> = None;
    for report in said.split("\n\nerror: ") {
        let report = report.strip_prefix("error: ").unwrap_or(report);
        let (message, rest) = report.split_once("\n")?;
        let place =
            located(rest.lines().next()?.trim_start().strip_prefix("--> ")?, templates).map(|(_, place)| place)?;
        found = Some(match found {
            None => wrong(&words(message)).at(place),
            Some(problem) => problem.and_at(place, words(message)),
        });
    }
    found
}

/// The further places of a report in words: what called the template, or where a tag begins.
fn notes(report: &str, templates: &Marked) -> Vec<(Place, Text)> {
    let notes = report.lines().filter_map(|line| located(line.strip_prefix("note: ")?, templates));
    notes
        .map(|(label, place)| {
            let said = match label.as_str() {
                "called from" => text!("由这里引入", "called from here"),
                _ => Text::verbatim(label),
            };
            (place, said)
        })
        .collect()
}

/// `words file:line:column`, with the column in characters.
fn located(written: &str, templates: &Marked) -> Option<(String, Place)> {
    let mut parts = written.trim_end().rsplitn(3, ':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let named = parts.next()?;
    let matching = templates.sources().filter(|(name, _)| named.ends_with(name));
    let (name, source) = matching.max_by_key(|(name, _)| name.len())?;
    let (range, start) = (source.line_range(line)?, source.offset(line, column)?);
    // A report has no bytes, so it is told of the word or tag that begins there.
    let length =
        source.text()[start..range.end].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(range.end - start);
    let label = named[..named.len() - name.len()].trim().to_owned();
    Some((label, Place::new(source, start..(start + length.max(1)).min(range.end.max(start)))))
}

/// The place of what a message names in quotes: a word in the template that it names too.
fn named(said: &str, templates: &Marked) -> Option<Place> {
    let words: Vec<&str> = said.split(['`', '\'', '"']).skip(1).step_by(2).collect();
    let source = words.iter().find_map(|word| templates.source(word))?;
    let place = words.iter().filter(|word| templates.source(word).is_none()).find_map(|word| {
        let at = source.text().find(word)?;
        Some(Place::new(source, at..at + word.len()))
    });
    Some(place.unwrap_or_else(|| Place::new(source, source.line_range(1).unwrap_or(0..0))))
}

/// Where a template names another one in quotes.
fn quoted(source: &Arc<Source>, name: &str) -> Option<Place> {
    let at = [format!("\"{name}\""), format!("'{name}'")].iter().find_map(|word| source.text().find(word))?;
    Some(Place::new(source, at..at + name.len() + 2))
}

/// What is open at the end of a text.
struct Open {
    /// A tag that does not end in it, up to the end of its line.
    tag: Option<Range<usize>>,
    /// The tag of the innermost block that does not end in it.
    block: Option<Range<usize>>,
}

fn open_before(text: &str) -> Open {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('{').map(|found| at + found) {
        let close = match text[found..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                at = found + 1;
                continue;
            }
        };
        let Some(end) = end_of_tag(text, found + 2, close) else {
            let line = text[found..].find('\n').map_or(text.len(), |newline| found + newline);
            return Open { tag: Some(found..line), block: blocks.pop() };
        };
        at = end;
        if close != "%}" {
            continue;
        }
        let tag = &text[found..end];
        match tag_name(tag) {
            // Nothing in it is a tag.
            "raw" => match text[end..].find("endraw") {
                Some(last) => at = end + last,
                None => return Open { tag: None, block: Some(found..end) },
            },
            "if" | "for" | "block" | "filter" | "component" => blocks.push(found..end),
            "set" | "set_global" if !tag.contains('=') => blocks.push(found..end),
            name if name.starts_with("end") => drop(blocks.pop()),
            _ => {}
        }
    }
    Open { tag: None, block: blocks.pop() }
}
