//! Which words a text must have for a pattern to find anything in it. In: the patterns of a form; out: [`Needed`], which goes
//! through a text once and says which patterns are worth looking at. A text has few of the words that the patterns of a form
//! are about, and one search for all of them costs less than a search with each pattern.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex_syntax::hir::{Hir, HirKind};

/// The most words that one pattern may need one of; with more, it is always worth looking at.
const MOST: usize = 64;
/// How many characters of a word are looked for; what has the word has its beginning.
const LONGEST: usize = 16;
/// How many bytes the words of all patterns may have; patterns beyond are always worth looking at. Each byte takes a kilobyte.
const TOGETHER: usize = 32 << 10;

/// The words that patterns need.
#[derive(Debug, Default)]
pub struct Needed {
    /// All words of all patterns; `None` where there are none.
    words: Option<AhoCorasick>,
    /// For each pattern the words of which it needs one, by their numbers; `None` where that cannot be said.
    of: Vec<Option<Vec<usize>>>,
}

impl Needed {
    /// What patterns need, given by their texts in order.
    pub fn of<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut number = |word: String| {
            words.iter().position(|known| *known == word).unwrap_or_else(|| {
                words.push(word);
                words.len() - 1
            })
        };
        let mut left = TOGETHER;
        let mut needs = |pattern: &str| {
            let words: Vec<String> =
                needs(&regex_syntax::parse(pattern).ok()?)?.iter().map(|word| begun(word)).collect();
            left = left.checked_sub(words.iter().map(String::len).sum())?;
            Some(words)
        };
        let of: Vec<Option<Vec<usize>>> = patterns
            .into_iter()
            .map(|pattern| needs(pattern).map(|words| words.into_iter().map(&mut number).collect()))
            .collect();
        // Without the automaton, every pattern is worth looking at.
        let words = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(&words).ok();
        Self { words, of }
    }

    /// Says of a pattern, by its number, whether it may find something in a text.
    pub fn in_text(&self, text: &str) -> impl Fn(usize) -> bool {
        let words = self.words.as_ref();
        let mut found = vec![words.is_none(); words.map_or(0, AhoCorasick::patterns_len)];
        let all = words.into_iter().flat_map(|words| words.find_overlapping_iter(text));
        all.for_each(|word| found[word.pattern().as_usize()] = true);
        move |pattern| {
            let needs = self.of.get(pattern).and_then(Option::as_ref);
            needs.is_none_or(|needs| needs.iter().any(|word| found.get(*word) != Some(&false)))
        }
    }
}

/// The beginning of a word.
fn begun(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// Words of which every match has one; `None` where there are none, or too many.
fn needs(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8(literal.0.to_vec()).ok().map(|word| vec![word]),
        HirKind::Capture(capture) => needs(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needs(&repetition.sub),
        // The longest word of a row is the rarest.
        HirKind::Concat(parts) => parts.iter().filter_map(needs).max_by_key(|words| {
            let shortest = words.iter().map(String::len).min().unwrap_or(0);
            (shortest, std::cmp::Reverse(words.len()))
        }),
        HirKind::Alternation(parts) => {
            let words: Vec<String> = parts.iter().map(needs).collect::<Option<Vec<_>>>()?.concat();
            (words.len() <= MOST).then_some(words)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_looked_at_where_one_of_its_words_is() {
        let needed = Needed::of(["(?:收到|接到).{0,9}?申请[0-9]+件", "[0-9]+", "办结|答复", "(?<!甲)乙"]);
        let looked_at = |text: &str| (0..4).map(needed.in_text(text)).collect::<Vec<_>>();
        assert_eq!(looked_at("全年收到申请3件"), [true, true, false, true]);
        assert_eq!(looked_at("按时答复"), [false, true, true, true]);
        assert_eq!(looked_at(""), [false, true, false, true]);
    }
}
