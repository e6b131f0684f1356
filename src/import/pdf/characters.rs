//! Characters as a person would type them. In: a character of a font; out: the character of the text. Fonts map some Chinese
//! characters to the radicals that look like them, so that a search for 见 does not find ⻅.

use unicode_normalization::UnicodeNormalization;

/// Radicals of which Unicode's own normal form says nothing, each before the character that it looks like.
const RADICALS: &str = "⺁厂⺄乙⺊卜⺌小⺎兀⺒巳⺓幺⺝月⺟母⺠民⺧牛⺩王⺫目⺬示⺮竹⺶羊⺼月⺽臼⻁虎⻄西⻅见⻆角⻉贝⻊足⻋车⻑長⻓长⻔门⻗雨⻘青\
                        ⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻰龙⻱龜⻳龟";

/// The marks of lists and boxes that Word takes from the fonts Symbol and Wingdings, by their private numbers.
const MARKS: &str = "\u{f095}•\u{f0b7}•\u{f06c}●\u{f06e}■\u{f06f}□\u{f071}□\u{f075}◆\u{f076}❖\u{f0a7}▪\u{f0a8}□\u{f0b2}✧\u{f0d8}➢\u{f0fc}✓\u{f0fd}☒\u{f0fe}☑";

/// The character that is meant. Full-width digits, brackets and the like stay as they are printed.
pub(super) fn meant(c: char) -> char {
    match c {
        '\u{2e80}'..='\u{2eff}' => paired(RADICALS, c).unwrap_or_else(|| normal(c)),
        '\u{f000}'..='\u{f0ff}' => paired(MARKS, c).unwrap_or(c),
        '\u{2f00}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' => normal(c),
        '\t' | '\n' | '\r' | '\u{a0}' => ' ',
        _ => c,
    }
}

/// Whether it says nothing: a control character, or one that only the font knows.
pub(super) fn is_unknown(c: char) -> bool {
    c == '\u{fffd}' || c.is_control() || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Whether nothing of it is to be seen and it parts no words: marks of width zero.
pub(super) fn is_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The character behind another one, in a list of such pairs.
fn paired(pairs: &str, c: char) -> Option<char> {
    let mut pairs = pairs.chars();
    while let (Some(one), Some(other)) = (pairs.next(), pairs.next()) {
        if one == c {
            return Some(other);
        }
    }
    None
}

/// The normal form, where it is one character.
fn normal(c: char) -> char {
    let mut normal = std::iter::once(c).nfkc();
    match (normal.next(), normal.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_become_the_characters_that_they_look_like() {
        assert_eq!("⻅⺠⼀⾏⽅⻓⻔".chars().map(meant).collect::<String>(), "见民一行方长门");
        assert_eq!(meant('\u{f900}'), '豈', "compatibility ideographs too");
    }

    #[test]
    fn what_is_printed_full_width_stays_so() {
        assert_eq!("０１，（％）ﬁ".chars().map(meant).collect::<String>(), "０１，（％）ﬁ");
        assert_eq!(meant('\u{a0}'), ' ');
    }

    #[test]
    fn boxes_of_wingdings_are_boxes() {
        assert_eq!("\u{f0fe}是\u{f06f}否\u{f0b7}".chars().map(meant).collect::<String>(), "☑是□否•");
        assert_eq!(meant('\u{f041}'), '\u{f041}');
    }

    #[test]
    fn private_and_control_characters_are_unknown() {
        assert!(is_unknown('\u{e001}') && is_unknown('\0') && is_unknown('\u{fffd}'));
        assert!(!is_unknown('年') && !is_unknown(' ') && !is_unknown('□'));
    }

    #[test]
    fn radicals_stand_in_pairs() {
        assert_eq!((RADICALS.chars().count() % 2, MARKS.chars().count() % 2), (0, 0));
        assert!(RADICALS.chars().step_by(2).all(|c| matches!(c, '\u{2e80}'..='\u{2eff}')));
    }
}
