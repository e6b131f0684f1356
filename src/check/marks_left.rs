//! Marks of other ways of writing that a page would show as they are: HTML, pictures, footnotes, headings of Markdown, a
//! `**` without its other end. In: the texts of the facts; out: a warning at the first of each kind in a text.

use std::ops::Range;

use super::prose::Looked;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::prose::{Event, Placed};

/// A kind of mark, and what to do about it.
struct Kind {
    find: fn(&str, bool) -> Option<Range<usize>>,
    help: fn() -> Text,
}

/// Each kind with what finds it in a piece of text; the flag says whether the piece begins a line.
const KINDS: [Kind; 7] = [
    Kind {
        find: comment,
        help: || {
            text!(
                "批注会印在报告里：删去，或写成 TOML 的注释（# …）",
                "a comment would be printed: remove it, or make it a comment of the file (# …)"
            )
        },
    },
    Kind {
        find: picture,
        help: || {
            text!("正文中不能放图片：删去，或用文字说明", "prose cannot hold pictures: remove it, or say it in words")
        },
    },
    Kind {
        find: footnote,
        help: || {
            text!("没有脚注：把注释写进正文的括号里", "there are no footnotes: put the note in brackets in the text")
        },
    },
    Kind {
        find: html, help: || text!("HTML 会照原样印出：删去标签", "HTML is printed as it is: remove the tags")
    },
    Kind {
        find: bold,
        help: || {
            text!(
                "加粗须成对：**文字**；两个星号之间不留空格",
                "bold text stands between two pairs of asterisks, without spaces inside: **words**"
            )
        },
    },
    Kind {
        find: heading,
        help: || {
            text!(
                "标题由表式写出；删去行首的记号",
                "headings are the form's: remove the mark at the beginning of the line"
            )
        },
    },
    Kind {
        find: escape,
        help: || {
            text!(
                "用单引号括起的文字中，\\n 会照原样印出：直接换行",
                "in a text between single quotes, \\n is printed as it is: begin a new line instead"
            )
        },
    },
];

/// Longer than the name of any tag or character.
const LONGEST_NAME: usize = 24;

/// Looks at each text.
pub(super) fn check(texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    // Without one of these there is no mark of any kind.
    let may_have =
        |look: &&Looked<'_>| look.prose.text.contains(['<', '[', '&', '*', '#', '>', '`', '~', '-', '=', '_', '\\']);
    for look in texts.iter().filter(may_have) {
        // The middle of a conflict is told with the whole of it.
        let is_conflict = look.prose.text.contains("<<<<<<<");
        for kind in &KINDS {
            let found = look.events.iter().find_map(|placed| at(look, placed, kind, is_conflict));
            if let Some(stretch) = found {
                let words = &look.prose.text[stretch.clone()];
                let message = text!("“{words}”会照原样印在页面上", "`{words}` would be printed as it is");
                let problem = Diagnostic::warning(Code::MarkupLeft, message).at(look.prose.place(stretch));
                problems.push(problem.help((kind.help)()));
            }
        }
    }
}

fn at(look: &Looked<'_>, placed: &Placed<'_>, kind: &Kind, is_conflict: bool) -> Option<Range<usize>> {
    let Event::Text(text) = placed.event else { return None };
    let before = look.prose.text[..placed.at.start].trim_end_matches([' ', '\u{3000}', '\t']);
    let found = (kind.find)(text, !is_conflict && (before.is_empty() || before.ends_with('\n')))?;
    Some(placed.at.start + found.start..placed.at.start + found.end)
}

/// From `open` to the end of `close`; to the end of the piece where that is missing.
fn between(text: &str, open: &str, close: &str) -> Option<Range<usize>> {
    let start = text.find(open)?;
    let end = text[start + open.len()..].find(close).map_or(text.len(), |at| start + open.len() + at + close.len());
    Some(start..end)
}

fn comment(text: &str, _: bool) -> Option<Range<usize>> {
    between(text, "<!--", "-->")
}

fn picture(text: &str, _: bool) -> Option<Range<usize>> {
    between(text, "![", ")").filter(|found| text[found.clone()].contains("]("))
}

fn footnote(text: &str, _: bool) -> Option<Range<usize>> {
    between(text, "[^", "]").filter(|found| text[found.clone()].ends_with(']'))
}

/// A tag or a character reference, as a page or a site's editor leaves them.
fn html(text: &str, _: bool) -> Option<Range<usize>> {
    let is_tag = |inner: &str| {
        let name = inner.trim_start_matches('/');
        let length = name.bytes().take(LONGEST_NAME).take_while(u8::is_ascii_alphanumeric).count();
        let names = [
            "p", "br", "b", "i", "u", "a", "em", "hr", "li", "ol", "ul", "td", "th", "tr", "div", "img", "sub", "sup",
            "span", "font", "table", "tbody", "strong", "center", "style", "script", "h1", "h2", "h3", "h4", "h5",
            "h6", "o",
        ];
        names.contains(&name[..length].to_ascii_lowercase().as_str())
    };
    let last = text.rfind('>').unwrap_or(0);
    let mut tags = text.match_indices('<').take_while(|(at, _)| *at < last).filter_map(|(at, _)| {
        let inner = &text[at + 1..];
        is_tag(inner).then(|| inner.find('>')).flatten().map(|end| at..at + end + 2)
    });
    let is_reference = |inner: &str| {
        let named = [
            "nbsp", "amp", "lt", "gt", "quot", "ldquo", "rdquo", "lsquo", "rsquo", "middot", "ensp", "emsp", "mdash",
            "hellip",
        ];
        let number = inner
            .strip_prefix('#')
            .is_some_and(|number| number.chars().all(|c| c.is_ascii_alphanumeric()) && number.len() > 1);
        named.contains(&inner) || number
    };
    let mut references = text.match_indices('&').filter_map(|(at, _)| {
        let inner = &text[at + 1..];
        let end = inner.char_indices().take(LONGEST_NAME).find(|(_, c)| *c == ';')?.0;
        is_reference(&inner[..end]).then_some(at..at + end + 2)
    });
    tags.next().into_iter().chain(references.next()).min_by_key(|found| found.start)
}

/// Two asterisks that make nothing bold; more of them stand for something that is left out on purpose.
fn bold(text: &str, _: bool) -> Option<Range<usize>> {
    let mut from = 0;
    while let Some(start) = text[from..].find("**").map(|at| from + at) {
        let length = text[start..].len() - text[start..].trim_start_matches('*').len();
        let is_mask = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let inside = is_mask(text[..start].chars().next_back()) && is_mask(text[start + length..].chars().next());
        if length == 2 && !inside {
            return Some(start..start + length);
        }
        from = start + length;
    }
    None
}

/// A heading, quote, rule or fence of Markdown.
fn heading(text: &str, begins_line: bool) -> Option<Range<usize>> {
    if !begins_line {
        return None;
    }
    let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && text[hashes..].starts_with(' ') {
        return Some(0..hashes);
    }
    if text.starts_with("> ") {
        return Some(0..1);
    }
    if text.starts_with("```") || text.starts_with("~~~") {
        return Some(0..3);
    }
    let line = text.trim_end();
    let is_rule = line.len() >= 3 && ['-', '=', '*', '_'].iter().any(|mark| line.chars().all(|c| c == *mark));
    is_rule.then_some(0..line.len())
}

fn escape(text: &str, _: bool) -> Option<Range<usize>> {
    let ends_word = |at: usize| !text[at..].starts_with(|c: char| c.is_ascii_alphanumeric());
    text.match_indices("\\n").map(|(at, _)| at..at + 2).find(|found| ends_word(found.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<usize> {
        KINDS
            .iter()
            .enumerate()
            .filter(|(_, kind)| (kind.find)(text, true).is_some())
            .map(|(number, _)| number)
            .collect()
    }

    #[test]
    fn each_kind_of_mark_is_known() {
        assert_eq!(kinds("甲<!-- 乙 -->"), [0]);
        assert_eq!(kinds("![图](a.png)"), [1]);
        assert_eq!(kinds("甲[^1]"), [2]);
        assert_eq!(kinds("甲<br/>乙"), [3]);
        assert_eq!(kinds("<span style=\"x\">"), [3]);
        assert_eq!(kinds("甲&nbsp;乙"), [3]);
        assert_eq!(kinds("甲**乙"), [4]);
        assert_eq!(kinds("# 甲"), [5]);
        assert_eq!(kinds("---"), [5]);
        assert_eq!(kinds("甲\\n乙"), [6]);
    }

    #[test]
    fn what_offices_write_is_no_mark() {
        for text in
            ["5**8", "张***", "3<5，7>2", "A&B；C", "#1楼", "[注]：", "<条例>", "C:\\news", "5*8小时", "—— 甲", "- 甲"]
        {
            assert_eq!(kinds(text), Vec::<usize>::new(), "{text}");
        }
    }
}
