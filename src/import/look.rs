//! What a cell looks like before anybody knows what it is. In: its text and what print means by the form's `[import]`; out: [`Look`].

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization;

use crate::form::ImportRules;

/// What a cell looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing stands in it.
    Blank,
    /// A figure.
    Figure(Decimal),
    /// What print writes where a figure does not apply.
    None,
    /// A few characters with digits among them, which are no plain figure: `减4`, `<1`.
    Odd,
    /// Words.
    Words,
}

/// How many characters beside digits a text may have that may be meant as a figure.
const BESIDE: usize = 4;
/// How many of them may be letters.
const LETTERS: usize = 3;

impl Look {
    /// What a text looks like.
    pub(super) fn of(text: &str, rules: &ImportRules) -> Self {
        let plain = plain(text);
        if plain.is_empty() {
            return Self::Blank;
        }
        // A picture, or a character that nobody knows, is no label.
        if plain.chars().all(|c| matches!(c, '\u{fffc}' | '\u{fffd}')) {
            return Self::Odd;
        }
        if !is_one_number(text) {
            return if may_be_meant_as_figure(&plain) { Self::Odd } else { Self::Words };
        }
        if rules.none.iter().any(|mark| self::plain(mark) == plain) {
            return Self::None;
        }
        if let Some(figure) = figure(&plain, &rules.units) {
            return Self::Figure(figure);
        }
        if may_be_meant_as_figure(&plain) { Self::Odd } else { Self::Words }
    }

    /// Whether digits stand in it that somebody may miss.
    pub(super) fn has_figure(&self) -> bool {
        matches!(self, Self::Figure(_) | Self::Odd)
    }
}

/// A text in one width and without spaces. Digits that are no digits of a figure (raised, in circles, in brackets) stay what they are.
pub(super) fn plain(text: &str) -> String {
    let widened = text.chars().flat_map(|c| {
        let is_note = !c.is_ascii_digit() && !('０'..='９').contains(&c) && c.is_numeric();
        let folded: Vec<char> = if is_note { vec![c] } else { std::iter::once(c).nfkc().collect() };
        folded
    });
    widened.filter(|c| !c.is_whitespace() && *c != '\u{feff}' && *c != '\u{200b}').collect()
}

/// Whether the digits of a text can be those of one number: spaces part them only as separators of thousands do.
pub(super) fn is_one_number(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let text = text.trim();
    let has_digit = |part: &str| part.contains(is_digit);
    if text.split(['\n', '\r', '\t']).filter(|part| has_digit(part)).count() > 1 {
        return false;
    }
    let mut groups = text.split_whitespace().filter(|part| has_digit(part));
    let Some(first) = groups.next() else { return true };
    let length = |group: &str| group.chars().filter(|c| is_digit(*c)).count();
    let ends = |group: &str| group.chars().next_back().is_some_and(is_digit);
    let (mut before, mut is_first) = (first, true);
    for group in groups {
        let is_whole = group.chars().take_while(|c| is_digit(*c)).count() == 3 && length(group) >= 3;
        if !ends(before) || !is_whole || (is_first && length(before) > 3) {
            return false;
        }
        (before, is_first) = (group, false);
    }
    true
}

/// The figure that a plain text is, one of `units` behind it or none.
pub(super) fn figure(plain: &str, units: &[String]) -> Option<Decimal> {
    let bare = units.iter().filter_map(|unit| plain.strip_suffix(self::plain(unit).as_str()));
    std::iter::once(plain).chain(bare).find_map(number)
}

fn number(text: &str) -> Option<Decimal> {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let is_digits = |digits: &str| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    if !decimals.is_none_or(is_digits) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    // Separators of thousands stand after every third digit, or they are none.
    let is_grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    if !is_digits(first) || !rest.iter().all(|group| is_digits(group)) || !is_grouped {
        return None;
    }
    Decimal::from_str_exact(&text.replace(',', "")).ok()
}

fn may_be_meant_as_figure(plain: &str) -> bool {
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
    let is_label = plain.starts_with('(') || plain.contains(['、', ':']) || number_of_label(plain);
    digits > 0 && plain.chars().count() <= digits + BESIDE && letters <= LETTERS && !is_label
}

/// Whether a text begins as a numbered label does: `3.其他`.
fn number_of_label(plain: &str) -> bool {
    let rest = plain.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < plain.len() && rest.strip_prefix('.').is_some_and(|words| words.starts_with(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::import::Blank;

    #[test]
    fn figures_are_told_from_what_only_looks_like_one() {
        let rules = ImportRules {
            none: ["/", "-", "无"].map(str::to_owned).to_vec(),
            units: vec!["件".to_owned(), "万元".to_owned()],
            blank: Blank::Ask,
            unparted: Default::default(),
            before: Default::default(),
            titles: Vec::new(),
            ends: Vec::new(),
            old: Vec::new(),
        };
        let figure = |text: &str| Look::Figure(text.parse().expect("a number"));
        for (text, look) in [
            ("1 234", figure("1234")),
            ("1 234 567", figure("1234567")),
            ("193 9", Look::Odd),
            ("1234\n567", Look::Odd),
            ("12\n345", Look::Odd),
            ("12\t345", Look::Odd),
            ("12①", Look::Odd),
            ("12²", Look::Odd),
            ("5~865", Look::Odd),
            ("１２", figure("12")),
            ("1,234,567.50", figure("1234567.50")),
            ("35件", figure("35")),
            ("3.5万元", figure("3.5")),
            ("0", figure("0")),
            ("12,34", Look::Odd),
            ("1.2.3", Look::Odd),
            ("减4", Look::Odd),
            ("+2", Look::Odd),
            ("<1", Look::Odd),
            ("251000元", Look::Odd),
            ("", Look::Blank),
            ("　\u{a0}", Look::Blank),
            ("／", Look::None),
            ("无", Look::None),
            ("自然人", Look::Words),
            ("3.其他", Look::Words),
            ("（3）其他", Look::Words),
            ("1、重复", Look::Words),
            ("第20条第1项的内容", Look::Words),
        ] {
            assert_eq!(Look::of(text, &rules), look, "{text}");
        }
    }
}
