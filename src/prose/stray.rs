//! Characters that are pasted along with text and that nobody means: those that cannot be seen, and the bullets and
//! picture marks of word processors. In: a character; out: what kind of stray it is, if it is one.

/// What a stray character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stray {
    /// It takes no place on a page: zero-width spaces, soft hyphens, direction marks, control characters.
    Invisible,
    /// A sign of a symbol font (Symbol, Wingdings), as word processors write their bullets; no other font has it.
    Symbol,
    /// It stands for a picture, or for a character that was lost when the text was stored.
    Lost,
}

/// What kind of stray a character is; line ends and tabs are none.
pub(crate) fn stray(c: char) -> Option<Stray> {
    match c {
        // Nearly all there is.
        ' '..='~' | '\u{4e00}'..='\u{9fff}' => None,
        '\n' | '\r' | '\t' => None,
        _ if is_line_end(c) => None,
        '\u{f000}'..='\u{f0ff}' => Some(Stray::Symbol),
        '\u{fffc}' | '\u{fffd}' => Some(Stray::Lost),
        _ if c.is_control() || is_invisible(c) => Some(Stray::Invisible),
        _ => None,
    }
}

/// Whether a character is left out of every page, because nobody could see it there.
pub(crate) fn is_left_out(c: char) -> bool {
    stray(c) == Some(Stray::Invisible) || c == '\u{fffc}'
}

/// Whether a character ends a line although it is no line feed: what word processors write for a line or page break.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character turns the direction of the text around it, so that what is shown is not what is written.
pub(crate) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Those that Unicode calls default ignorable and that no script of a report needs; variation selectors choose between
/// shapes of a character and stay.
fn is_invisible(c: char) -> bool {
    is_direction_control(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e007f}')
}

/// How a message names a character that cannot be shown, or that looks like another.
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// A text of one line as pages show it: without what is left out, and without white space around it.
pub(crate) fn cleaned(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !is_left_out(*c)).collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_and_not_meant_is_stray() {
        for c in ['\u{200b}', '\u{ad}', '\u{feff}', '\u{2060}', '\u{200e}', '\u{7}', '\u{e0041}'] {
            assert_eq!(stray(c), Some(Stray::Invisible), "{c:?}");
        }
        assert_eq!(stray('\u{f0b7}'), Some(Stray::Symbol));
        assert_eq!(stray('\u{fffc}'), Some(Stray::Lost));
        for c in ['a', '甲', '　', '\u{a0}', '\n', '\t', '\u{2028}', '\u{fe0f}', '\u{e000}', '•'] {
            assert_eq!(stray(c), None, "{c:?}");
        }
    }
}
