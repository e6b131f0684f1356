//! Words as they are compared. In: a text of a file or a label of a form; out: [`Words`], its normal forms, and how alike two are.
//!
//! Print spells the same label in many ways: full-width or not, with other numbers in front or none, with a character wrong or left
//! out. So two texts are never asked whether they are equal, but how alike they are, in thousandths ([`Score`]).

use std::cmp::Ordering;
use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// How alike two things are, in thousandths.
pub(super) type Score = u32;

/// The likeness of what is the same.
pub(super) const SAME: Score = 1000;

/// What the likeness of two texts is worth that are the same but for their numbers.
const WITHOUT_NUMBER: Score = 980;
/// The likeness of a text and a part of it, before it grows with the length of the part.
const CONTAINED: Score = 620;
/// How much it grows at most.
const CONTAINED_MORE: Score = 300;
/// Less likeness than this means nothing to whoever asks.
const LEAST: Score = 400;
/// The longest text that is compared; no label is longer.
const LONGEST: usize = 200;

/// A text in its normal forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// Its letters and digits, in one width and one case.
    whole: Letters,
    /// The same without the number in front.
    bare: Letters,
    /// The number in front, such as 3 of `（三）`, `3.` and `三、`.
    pub number: Option<u32>,
}

/// Letters and digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Letters {
    text: String,
    /// The same, in the order of their numbers.
    sorted: Vec<char>,
}

impl Words {
    /// The normal forms of a text.
    pub(super) fn of(text: &str) -> Self {
        let plain: Vec<char> = text.nfkc().filter(|c| !c.is_whitespace()).take(LONGEST).collect();
        let whole = letters(&plain);
        match number_in_front(&plain) {
            Some((number, length)) if plain.len() > length => {
                Self { whole, bare: letters(&plain[length..]), number: Some(number) }
            }
            _ => Self { bare: whole.clone(), whole, number: None },
        }
    }

    /// Whether there is no letter or digit.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.text.is_empty()
    }

    /// Its letters and digits without the number in front.
    pub(super) fn bare(&self) -> &str {
        &self.bare.text
    }

    /// How alike it is to another.
    pub(super) fn likeness(&self, other: &Self) -> Score {
        let whole = likeness(&self.whole, &other.whole);
        if self.number.is_none() && other.number.is_none() {
            return whole;
        }
        whole.max(likeness(&self.bare, &other.bare) * WITHOUT_NUMBER / SAME)
    }

    /// Whether the other stands in it, letter by letter.
    pub(super) fn contains(&self, other: &Self) -> bool {
        !other.is_empty() && self.whole.text.contains(&other.whole.text)
    }
}

/// From this likeness on, two texts have the same words, with other numbers in front or none.
pub(super) const SAME_WORDS: Score = WITHOUT_NUMBER;

/// Every wording of a label.
#[derive(Clone, Debug, Default)]
pub(super) struct Wordings(Vec<Words>);

impl Wordings {
    /// The normal forms of these wordings.
    pub(super) fn of<'a>(all: impl IntoIterator<Item = &'a str>) -> Self {
        Self(all.into_iter().map(Words::of).collect())
    }

    /// How alike a text is to the wording that is most like it.
    pub(super) fn likeness(&self, words: &Words) -> Score {
        self.0.iter().map(|wording| wording.likeness(words)).max().unwrap_or(0)
    }

    /// Whether a text has the same words as one of them.
    pub(super) fn are_said_by(&self, words: &Words) -> bool {
        self.likeness(words) >= SAME_WORDS
    }

    /// Whether a text stands in one of them.
    pub(super) fn contain(&self, words: &Words) -> bool {
        self.0.iter().any(|wording| wording.contains(words))
    }

    /// The wordings, the official one first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Words> {
        self.0.iter()
    }
}

/// Texts that are compared many times, each brought into its normal forms once.
#[derive(Debug, Default)]
pub(super) struct Lexicon(BTreeMap<String, Words>);

impl Lexicon {
    /// The normal forms of a text.
    pub(super) fn words(&mut self, text: &str) -> Words {
        if let Some(words) = self.0.get(text) {
            return words.clone();
        }
        let words = Words::of(text);
        self.0.insert(text.to_owned(), words.clone());
        words
    }
}

fn letters(text: &[char]) -> Letters {
    let text: String = text.iter().filter(|c| c.is_alphanumeric()).flat_map(|c| c.to_lowercase()).collect();
    let mut sorted: Vec<char> = text.chars().collect();
    sorted.sort_unstable();
    Letters { text, sorted }
}

/// The number that a text begins with, and how many characters it takes with what stands around it.
fn number_in_front(text: &[char]) -> Option<(u32, usize)> {
    let opens = matches!(text.first(), Some('(' | '[' | '【' | '〔'));
    let start = usize::from(opens);
    let digits: Vec<char> = text[start..].iter().copied().take_while(|c| is_digit(*c)).take(4).collect();
    let number = value(&digits)?;
    let end = start + digits.len();
    match (opens, text.get(end)) {
        (true, Some(')' | ']' | '】' | '〕')) => {
            let mark = usize::from(matches!(text.get(end + 1), Some('、' | '.' | ':' | ',')));
            Some((number, end + 1 + mark))
        }
        // A figure with decimals is no number of a heading.
        (false, Some('.')) if text.get(end + 1).is_some_and(char::is_ascii_digit) => None,
        (false, Some('、' | '.' | ':' | ',' | ')')) => Some((number, end + 1)),
        _ => None,
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || c == '十' || chinese(c).is_some()
}

fn chinese(c: char) -> Option<u32> {
    "〇一二三四五六七八九".chars().position(|digit| digit == c).and_then(|value| u32::try_from(value).ok())
}

/// The value of one or two digits, Arabic or Chinese.
fn value(digits: &[char]) -> Option<u32> {
    if let Some(arabic) = digits.iter().map(|c| c.to_digit(10)).collect::<Option<Vec<u32>>>() {
        return (1..=2).contains(&arabic.len()).then(|| arabic.iter().fold(0, |value, digit| value * 10 + digit));
    }
    match digits {
        ['十'] => Some(10),
        ['十', unit] => Some(10 + chinese(*unit)?),
        [ten, '十'] => Some(10 * chinese(*ten)?),
        [ten, '十', unit] => Some(10 * chinese(*ten)? + chinese(*unit)?),
        [unit] => chinese(*unit),
        _ => None,
    }
}

fn likeness(a: &Letters, b: &Letters) -> Score {
    if a.text.is_empty() || b.text.is_empty() {
        return 0;
    }
    if a.text == b.text {
        return SAME;
    }
    let long = a.sorted.len().max(b.sorted.len());
    let short = a.sorted.len().min(b.sorted.len());
    // No more characters can be in their places than there are in both; most labels have nothing to do with each other.
    let most = share(common(&a.sorted, &b.sorted), long);
    if most < LEAST && most < SAME * u32::try_from(short).unwrap_or(0) / u32::try_from(long).unwrap_or(1).max(1) {
        return 0;
    }
    let contained = match short >= 2 && (a.text.contains(&b.text) || b.text.contains(&a.text)) {
        true => CONTAINED + share(short, long) * CONTAINED_MORE / SAME,
        false => 0,
    };
    if most < LEAST {
        return contained;
    }
    (SAME - share(strsim::levenshtein(&a.text, &b.text), long)).max(contained)
}

/// How many characters two sorted texts have in common.
fn common(a: &[char], b: &[char]) -> usize {
    let (mut a, mut b, mut count) = (a.iter().peekable(), b.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            Ordering::Less => drop(a.next()),
            Ordering::Greater => drop(b.next()),
            Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

/// A part of a whole, in thousandths.
pub(super) fn share(part: usize, whole: usize) -> Score {
    u32::try_from(part * 1000 / whole.max(1)).unwrap_or(SAME).min(SAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> Score {
        Words::of(a).likeness(&Words::of(b))
    }

    #[test]
    fn print_may_spell_a_label_in_many_ways() {
        assert_eq!(alike("商业企业", "商 业\n企业"), SAME);
        assert_eq!(alike("（一）予以公开", "(一) 予以公开"), SAME);
        assert_eq!(alike("3.危及“三安全一稳定”", "３.危及'三安全一稳定'"), SAME);
        assert_eq!(alike("⾃然⼈", "自然人"), SAME);
        assert_eq!(alike("（三）不予公开", "三、不予公开"), SAME);
        assert_eq!(alike("（三）不予公开", "四、不予公开"), WITHOUT_NUMBER);
        assert_eq!(alike("1.重复申请", "重复申请"), WITHOUT_NUMBER);
        assert!((750..900).contains(&alike("2.其他法律行政止公开", "2.其他法律行政法规禁止公开")));
        assert!(alike("规范性文件", "行政规范性文件") > 800);
        assert!(alike("结果维持", "结果纠正") <= 500);
        assert_eq!(alike("", "甲"), 0);
    }

    #[test]
    fn numbers_in_front_are_known_in_every_spelling() {
        for (text, number) in [
            ("（三）不予", Some(3)),
            ("三、不予", Some(3)),
            ("3．不予", Some(3)),
            ("12、不予", Some(12)),
            ("二十一、不予", Some(21)),
            ("⑴不予", Some(1)),
            ("2.5万元", None),
            ("2024.不予", None),
            ("三类内部事务", None),
            ("一", None),
        ] {
            assert_eq!(Words::of(text).number, number, "{text}");
        }
    }
}
