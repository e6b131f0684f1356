//! The same words twice in a row: 公开公开信息, or a clause and its copy. In: the texts of the facts; out: a problem at
//! each pair.

use std::ops::Range;

use super::prose::Looked;
use crate::diag::Diagnostic;
use crate::form::regex::Search;
use crate::form::{Doubled, Form};

/// The characters of a word that is looked for twice.
const WORD: Range<usize> = 2..7;
/// The fewest characters of a clause that is looked for twice.
const CLAUSE: usize = 5;

/// Looks through the texts, rule by rule.
pub(super) fn check(form: &Form, texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    for doubled in &form.checks.doubled {
        for text in texts.iter().filter(|text| doubled.keys.contains(&text.prose.key)) {
            let pairs = words_twice(&text.normal.text).into_iter().chain(clauses_twice(&text.normal.text));
            problems.extend(pairs.filter_map(|pair| problem(doubled, text, pair)));
        }
    }
}

fn problem(doubled: &Doubled, text: &Looked<'_>, pair: Range<usize>) -> Option<Diagnostic> {
    let rule = &doubled.rule;
    let said = &text.normal.text[pair.clone()];
    // A pattern that cannot be searched for excuses nothing.
    let excuses = |unless: &Search| unless.regex().is_ok_and(|unless| unless.is_match(said).unwrap_or(false));
    if doubled.unless.as_ref().is_some_and(excuses) {
        return None;
    }
    let problem = rule.violation().at_saying(text.place(pair.clone()), text.said(pair));
    Some(rule.sourced(problem))
}

/// Words of Chinese characters that stand twice, but not one character over and over.
fn words_twice(text: &str) -> Vec<Range<usize>> {
    let characters: Vec<char> = text.chars().collect();
    let (mut found, mut rest, mut at) = (Vec::new(), characters.as_slice(), 0);
    while !rest.is_empty() {
        let pair = WORD.clone().find(|length| is_pair(rest, *length)).map(|length| 2 * length);
        let (passed, behind) = rest.split_at(pair.unwrap_or(1));
        let end = at + passed.iter().map(|c| c.len_utf8()).sum::<usize>();
        found.extend(pair.map(|_| at..end));
        (rest, at) = (behind, end);
    }
    found
}

/// Whether a word of this length stands at the beginning, and once more behind itself.
fn is_pair(text: &[char], length: usize) -> bool {
    let Some(both) = text.get(..2 * length) else { return false };
    let (one, two) = both.split_at(length);
    one.iter().zip(two).all(|(a, b)| a == b && is_chinese(*a)) && one.iter().any(|c| *c != one[0])
}

/// Clauses that follow their own copy.
fn clauses_twice(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut before, mut start) = ("", 0);
    for piece in text.split_inclusive(['，', '、', '；', '。', '\n']) {
        let clause = piece.trim_end_matches(['，', '、', '；', '。', '\n']);
        let is_long = || clause.chars().count() >= CLAUSE;
        if clause == before && is_long() && clause.chars().any(is_chinese) {
            found.push(start..start + clause.len());
        }
        // A clause at a sentence's end has no copy in the next sentence that could be a slip.
        before = if piece.ends_with(['，', '、', '；']) { clause } else { "" };
        start += piece.len();
    }
    found
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<&str> {
        words_twice(text).into_iter().chain(clauses_twice(text)).map(|pair| &text[pair]).collect()
    }

    #[test]
    fn words_and_clauses_that_stand_twice_are_found() {
        assert_eq!(said("全年公开公开信息430条"), ["公开公开"]);
        assert_eq!(
            said("é公开公开𠮷野𠮷野x公开、依申请公开依申请公开"),
            ["公开公开", "𠮷野𠮷野", "依申请公开依申请公开"]
        );
        assert_eq!(said("行政处罚信息0条，行政处罚信息0条。"), ["行政处罚信息0条"]);
        assert_eq!(said("政务服务中心，政务服务大厅"), Vec::<&str>::new());
        assert_eq!(said("长长长长长长，1212，abab"), Vec::<&str>::new());
        assert_eq!(said("公开"), Vec::<&str>::new());
    }
}
