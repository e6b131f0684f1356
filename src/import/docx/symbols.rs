//! Characters that a Word file does not name. In: the font and the code of a symbol, or the words of a field that sets
//! characters over each other; out: the characters that are seen.

/// What stands for a character that nobody knows.
pub(crate) const UNKNOWN: char = '\u{fffd}';

/// A font that draws signs where others draw letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignFont {
    /// Wingdings.
    Wingdings,
    /// Wingdings 2.
    Wingdings2,
    /// Symbol: Greek letters and operators.
    Symbol,
    /// One of which nobody here knows what it draws.
    Other,
}

impl SignFont {
    /// The font of that name, where it draws signs.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "wingdings" => Some(Self::Wingdings),
            "wingdings 2" => Some(Self::Wingdings2),
            "symbol" => Some(Self::Symbol),
            "wingdings 3" | "webdings" | "marlett" => Some(Self::Other),
            _ => None,
        }
    }

    /// What it draws for a code from 0 to 255: the signs that forms and lists are made with.
    fn drawn(self, code: u32) -> Option<char> {
        let code = u8::try_from(code).ok()?;
        match self {
            Self::Wingdings => wingdings(code),
            Self::Wingdings2 => match code {
                b' ' => Some(' '),
                0x4f => Some('✗'),
                0x50 => Some('✓'),
                0x52 => Some('☑'),
                0x51 | 0x53 | 0x54 => Some('☒'),
                0x97 => Some('●'),
                0xa2 => Some('■'),
                0xa3 => Some('□'),
                _ => None,
            },
            Self::Symbol => match code {
                b'0'..=b'9' | b' ' | b'%' | b'(' | b')' | b'+' | b',' | b'.' | b'/' | b':' | b';' | b'<'..=b'>' => {
                    Some(char::from(code))
                }
                b'-' => Some('−'),
                0xa3 => Some('≤'),
                0xb1 => Some('±'),
                0xb3 => Some('≥'),
                0xb4 => Some('×'),
                0xb7 => Some('•'),
                0xb8 => Some('÷'),
                0xb9 => Some('≠'),
                0xd6 => Some('√'),
                _ => None,
            },
            Self::Other => (code == b' ').then_some(' '),
        }
    }
}

/// What Wingdings draws.
fn wingdings(code: u8) -> Option<char> {
    let from = |first: char, by: u8| char::from_u32(u32::from(first) + u32::from(by));
    match code {
        b' ' => Some(' '),
        0x6c => Some('●'),
        0x6e => Some('■'),
        0x6f | 0xa8 => Some('□'),
        0x75 => Some('◆'),
        0x76 => Some('❖'),
        0x80 => Some('⓪'),
        0x81..=0x8a => from('①', code - 0x81),
        0x8c..=0x95 => from('❶', code - 0x8c),
        0xa1 => Some('○'),
        0xa7 => Some('▪'),
        0xd8 => Some('➢'),
        0xdf => Some('←'),
        0xe0 => Some('→'),
        0xe1 => Some('↑'),
        0xe2 => Some('↓'),
        0xfb => Some('✗'),
        0xfc => Some('✓'),
        0xfd => Some('☒'),
        0xfe => Some('☑'),
        _ => None,
    }
}

/// What is seen of a character in a font: files write the codes of sign fonts as they are, or from U+F000 on.
pub(crate) fn seen(font: Option<SignFont>, character: char) -> char {
    let code = u32::from(character);
    match (font, code) {
        (Some(font), 0xf000..=0xf0ff) => font.drawn(code - 0xf000).unwrap_or(UNKNOWN),
        (Some(font), 0x20..=0xff) => font.drawn(code).unwrap_or(UNKNOWN),
        // Characters for private use are whatever a font makes of them.
        (_, 0xe000..=0xf8ff | 0xf_0000..) => UNKNOWN,
        // Neither letters nor spaces, and no XML should hold them.
        (_, 0..=0x1f | 0x7f..=0x9f) => ' ',
        _ => character,
    }
}

/// A digit as it is raised above the line: 10² must not be read as 102.
pub(crate) fn raised(character: char) -> char {
    match character {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' | '4'..='9' => char::from_u32(0x2070 + u32::from(character) - u32::from('0')).unwrap_or(character),
        '０'..='９' => char::from_u32(u32::from(character) - 0xff10 + u32::from('0')).map_or(character, raised),
        _ => character,
    }
}

/// What a field shows that sets characters over or beside each other (`EQ \o\ac(□,√)`), which has no result in the file: its
/// characters, in their order; the two of a fraction parted by a slash.
pub(crate) fn equation(instruction: &str) -> Option<String> {
    let words = instruction.trim_start();
    let rest = words.get(..2).filter(|name| name.eq_ignore_ascii_case("eq")).and_then(|_| words.get(2..))?;
    let mut shown = String::new();
    let mut parts: Vec<Option<char>> = Vec::new();
    let mut between = None;
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(kind) if kind.is_ascii_alphabetic() => {
                    between = if kind.eq_ignore_ascii_case(&'f') { Some('/') } else { between };
                    while characters.next_if(|next| next.is_ascii_alphanumeric() || *next == ' ').is_some() {}
                }
                Some(literal) => shown.push(literal),
                None => {}
            },
            '(' => parts.push(between.take()),
            ')' => drop(parts.pop()),
            ',' | ';' | '，' if !parts.is_empty() => shown.extend(parts.last().copied().flatten()),
            character => shown.push(character),
        }
    }
    Some(shown.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_what_their_font_draws() {
        let wingdings = SignFont::named("Wingdings");
        let second = SignFont::named("wingdings 2");
        assert_eq!([seen(wingdings, '\u{f0fe}'), seen(wingdings, 'þ'), seen(wingdings, '\u{f0a8}')], ['☑', '☑', '□']);
        assert_eq!([seen(second, 'R'), seen(second, '£'), seen(second, '\u{f0a3}')], ['☑', '□', '□']);
        assert_eq!([seen(wingdings, '\u{f083}'), seen(wingdings, '\u{f08c}')], ['③', '❶']);
        assert_eq!([seen(SignFont::named("Symbol"), '7'), seen(SignFont::named("Symbol"), 'a')], ['7', UNKNOWN]);
        assert_eq!(
            [seen(wingdings, '字'), seen(None, '£'), seen(None, '\u{e000}'), seen(None, '\u{1}')],
            ['字', '£', UNKNOWN, ' ']
        );
        assert_eq!(SignFont::named("宋体"), None);
    }

    #[test]
    fn raised_digits_stay_apart_from_those_on_the_line() {
        assert_eq!("m2３x40".chars().map(raised).collect::<String>(), "m²³x⁴⁰");
    }

    #[test]
    fn characters_set_over_each_other_are_not_lost() {
        assert_eq!(equation(r" eq \o\ac(□,√)").as_deref(), Some("□√"));
        assert_eq!(equation(r"EQ \f(1,2)").as_deref(), Some("1/2"));
        assert_eq!(equation(r"eq \o(\s\up 7(甲),\s\do 2(乙)) 丙").as_deref(), Some("甲乙 丙"));
        assert_eq!(equation(r"eq \o(a\,b,c)\"), Some("a,bc".to_owned()));
        assert_eq!(equation("PAGE"), None);
        assert_eq!(equation("é"), None);
    }
}
