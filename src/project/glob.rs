//! Patterns for folders. In: a pattern as people write it; out: [`Glob`], which says whether the path of a folder matches it, character
//! by character, or why it is none.
//!
//! `*` stands for anything in a name, `?` for one character, `[甲乙]` and `[a-z]` for one of these, `[!甲]` for another, `{东县,西县}` for
//! one of these words, and `**` for any folders.

use std::iter::Peekable;
use std::str::Chars;

use fancy_regex::Regex;

use crate::diag::{Text, text};

/// A pattern for folders.
#[derive(Debug)]
pub(super) struct Glob(Regex);

impl Glob {
    /// Whether a name is a pattern.
    pub(super) fn is_one(name: &str) -> bool {
        name.contains(['*', '?', '[', '{'])
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// A bracket that is not closed, or a pattern that is far too long.
    pub(super) fn read(pattern: &str) -> Result<Self, Text> {
        let mut regex = String::from(r"\A");
        let (mut rest, mut open, mut is_begun) = (pattern.chars().peekable(), 0usize, false);
        while let Some(c) = rest.next() {
            match c {
                '*' if rest.next_if_eq(&'*').is_some() => any_folders(&mut rest, is_begun, &mut regex)?,
                '*' => regex.push_str("[^/]*"),
                '?' => regex.push_str("[^/]"),
                '[' => class(&mut rest, &mut regex)?,
                '{' => {
                    open += 1;
                    regex.push_str("(?:");
                }
                '}' if open > 0 => {
                    open -= 1;
                    regex.push(')');
                }
                ',' if open > 0 => regex.push('|'),
                c => literal(c, &mut regex),
            }
            is_begun = c != '/';
        }
        if open > 0 {
            return Err(text!("缺少 }}", "a }} is missing"));
        }
        regex.push_str(r"\z");
        Regex::new(&regex).map(Self).map_err(|_| text!("不是通配式，或太长", "it is no pattern, or too long"))
    }

    /// Whether a path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path).unwrap_or(false)
    }
}

/// What stands behind `**`, which is a whole part of a path.
fn any_folders(rest: &mut Peekable<Chars<'_>>, is_begun: bool, regex: &mut String) -> Result<(), Text> {
    match (is_begun, rest.next()) {
        (false, Some('/')) => regex.push_str("(?:.*/)?"),
        (false, None) => regex.push_str(".+"),
        _ => return Err(text!("** 前后只能是 /", "only / may stand before and behind **")),
    }
    Ok(())
}

/// One of several characters.
fn class(rest: &mut Peekable<Chars<'_>>, regex: &mut String) -> Result<(), Text> {
    let is_negated = rest.next_if(|c| ['!', '^'].contains(c)).is_some();
    regex.push_str(if is_negated { "[^/" } else { "[" });
    let mut is_empty = true;
    loop {
        match rest.next() {
            None => return Err(text!("缺少 ]", "a ] is missing")),
            Some(']') if !is_empty => break,
            Some('-') if !is_empty && rest.peek().is_some_and(|c| *c != ']') => regex.push('-'),
            Some(c) => literal(c, regex),
        }
        is_empty = false;
    }
    regex.push(']');
    Ok(())
}

/// A character that stands for itself, also within brackets.
fn literal(c: char, regex: &mut String) {
    if c.is_ascii_punctuation() {
        regex.push('\\');
    }
    regex.push(c);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_go_by_characters_and_stay_in_a_folder() {
        for (pattern, matching, others) in [
            ("县区/*", &["县区/城东区", "县区/.a"][..], &["县区", "县区/城东区/财政局", "市/县区/城东区"][..]),
            ("?局", &["甲局", "a局"], &["财政局", "局", "/局"]),
            ("[甲乙]局", &["甲局", "乙局"], &["丙局", "甲乙局"]),
            ("[!甲乙]局", &["丙局"], &["甲局", "/局"]),
            ("[0-9][0-9]号", &["01号"], &["1号", "a1号", "0-号"]),
            ("[]a-]", &["]", "a", "-"], &["b"]),
            ("{东县,西县}/*局", &["东县/财政局", "西县/局"], &["南县/财政局", "东县/财政局/科", "{东县,西县}/财政局"]),
            ("{a,b{c,d}}", &["a", "bc", "bd"], &["b", "bcd"]),
            ("**/财政局", &["财政局", "东县/财政局", "市/东县/财政局"], &["东财政局"]),
            ("市/**", &["市/a", "市/a/b"], &["市", "市/"]),
            ("市/**/局", &["市/局", "市/a/b/局"], &["市局"]),
            ("**", &["a", "a/b"], &[""]),
            ("a.b+(c)", &["a.b+(c)"], &["aXb+(c)", "a.bb(c)"]),
            ("a,b", &["a,b"], &["a", "b"]),
        ] {
            let glob = Glob::read(pattern).unwrap_or_else(|why| panic!("{pattern}: {why:?}"));
            for path in matching {
                assert!(glob.matches(path), "{pattern} {path}");
            }
            for path in others {
                assert!(!glob.matches(path), "{pattern} {path}");
            }
        }
        for wrong in ["[甲", "[", "[]", "{甲,乙", "**a", "a**", "a/**b", "{", "[b-a]"] {
            assert!(Glob::read(wrong).is_err(), "{wrong}");
        }
        for long in ["?*".repeat(100_000), "{".repeat(100_000) + &"}".repeat(100_000)] {
            assert!(Glob::read(&long).is_err(), "far too long");
        }
    }
}
