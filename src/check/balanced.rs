//! Quotation marks and brackets that come in pairs. In: the texts of the facts; out: a problem at the first mark of a text
//! that has no other end in its paragraph.

use std::ops::Range;

use super::prose::Looked;
use crate::diag::Diagnostic;
use crate::form::Form;

/// Looks through the texts, rule by rule.
pub(super) fn check(form: &Form, texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    for balanced in &form.checks.balanced {
        for text in texts.iter().filter(|text| balanced.keys.contains(&text.prose.key)) {
            let Some(mark) = first_alone(&balanced.pairs, &text.normal.text) else { continue };
            let rule = &balanced.rule;
            let problem = rule.violation();
            problems.push(rule.sourced(problem.at_saying(text.place(mark.clone()), text.said(mark))));
        }
    }
}

/// The first mark without its other end; pairs of one kind do not cross those of another.
fn first_alone(pairs: &[(char, char)], text: &str) -> Option<Range<usize>> {
    let mut first: Option<Range<usize>> = None;
    let mut take = |mark: Range<usize>| {
        if first.as_ref().is_none_or(|first| mark.start < first.start) {
            first = Some(mark);
        }
    };
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); pairs.len()];
    let mut before = None;
    for (at, c) in text.char_indices() {
        if matches!(c, '\u{4e00}'..='\u{9fff}') {
            before = Some(c);
            continue;
        }
        for (open, pair) in waiting.iter_mut().zip(pairs) {
            if c == pair.0 {
                open.push(at);
            } else if c == pair.1 && open.pop().is_none() && !is_item(text, at, before) {
                take(at..at + c.len_utf8());
            } else if c == '\n' {
                open.drain(..).for_each(|at| take(at..at + pair.0.len_utf8()));
            }
        }
        before = Some(c);
    }
    for (open, pair) in waiting.iter().zip(pairs) {
        open.iter().for_each(|at| take(*at..at + pair.0.len_utf8()));
    }
    first
}

/// Whether a closing bracket stands behind the number of an item, as in `1）`, which needs no opening one.
fn is_item(text: &str, at: usize, before: Option<char>) -> bool {
    let starts = text[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "一二三四五六七八九十".contains(c));
    let begins = starts.is_empty() || starts.ends_with(['\n', '。', '；', '：', '，', ' ']);
    begins && before.is_some_and(|c| c != '\n') && starts.len() < at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(text: &str) -> Option<&str> {
        first_alone(&[('“', '”'), ('（', '）'), ('《', '》')], text)
            .map(|mark| &text[mark.start.saturating_sub("甲".len())..mark.end])
    }

    #[test]
    fn a_mark_without_its_other_end_is_found() {
        assert_eq!(alone("甲“乙”丙（丁《戊》）"), None);
        assert_eq!(alone("通过在线”发布"), Some("线”"));
        assert_eq!(alone("甲”乙”丙"), Some("甲”"));
        assert_eq!(alone("甲（乙\n丙）"), Some("甲（"));
        assert_eq!(alone("1）甲；2）乙"), None);
        assert_eq!(alone("甲《乙"), Some("甲《"));
        assert_eq!(alone("甲乙）"), Some("乙）"));
    }
}
