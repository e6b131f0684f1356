//! Places inside TOML strings. In: a string as it stands in the source, quotes and escapes and all; out: where in it
//! each character of its value stands, so that a problem can point at the very words.

use crate::prose::stray::is_left_out;

/// For each byte offset at which a character of the value begins, the offset in the literal; then the end of both.
/// Characters that nobody sees and white space may be missing in the value; `None` where it is not what the literal says.
pub(super) fn offsets(literal: &str, value: &str) -> Option<Vec<(usize, usize)>> {
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| literal.starts_with(quotes))?;
    let inner = literal.len().checked_sub(quotes.len()).filter(|end| *end >= quotes.len())?;
    let mut at = quotes.len();
    if quotes.len() == 3 {
        at += ["\r\n", "\n"].into_iter().find(|end| literal[at..].starts_with(end)).map_or(0, str::len);
    }
    let escapes = quotes.starts_with('"');
    let mut found = Vec::with_capacity(value.len() / 2);
    for (offset, c) in value.char_indices() {
        loop {
            if escapes {
                at += continuation(&literal[at..inner]);
            }
            let rest = literal.get(at..inner)?;
            match length(rest, c, escapes) {
                Some(length) => {
                    found.push((offset, at));
                    at += length;
                    break;
                }
                // A text of one line is read without what nobody sees, and without the white space around it.
                None => at += dropped(rest, escapes)?,
            }
        }
    }
    found.push((value.len(), at.min(inner)));
    Some(found)
}

/// How long a backslash at a line's end is, with the white space that it swallows.
fn continuation(rest: &str) -> usize {
    let Some(after) = rest.strip_prefix('\\') else { return 0 };
    let swallowed = after.trim_start_matches([' ', '\t', '\r', '\n']);
    let white = &after[..after.len() - swallowed.len()];
    // A backslash before a space that is followed by more of the line is no continuation; TOML refuses it anyway.
    if white.contains('\n') { 1 + white.len() + continuation(swallowed) } else { 0 }
}

/// How many bytes of the literal say a character that is not in the value.
fn dropped(rest: &str, escapes: bool) -> Option<usize> {
    let c = rest.chars().next()?;
    if c == '\\' && escapes {
        let code = rest.get(2..6).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        return (rest.starts_with("\\u") && code.is_some_and(|c| c.is_whitespace() || is_left_out(c))).then_some(6);
    }
    (c.is_whitespace() || is_left_out(c)).then_some(c.len_utf8())
}

/// How many bytes of the literal say the character.
fn length(rest: &str, c: char, escapes: bool) -> Option<usize> {
    if c == '\n' && rest.starts_with("\r\n") {
        return Some(2);
    }
    if rest.starts_with(c) && !(escapes && c == '\\') {
        return Some(c.len_utf8());
    }
    let escaped = rest.strip_prefix('\\').filter(|_| escapes)?;
    let digits = match escaped.chars().next()? {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return Some(2),
    };
    let code = escaped.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    (code == Some(u32::from(c))).then_some(2 + digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the literal has where the words begin, up to where they end.
    fn words<'a>(literal: &'a str, value: &str, words: &str) -> &'a str {
        let offsets = offsets(literal, value).expect("they agree");
        let find = |at: usize| offsets.iter().find(|(offset, _)| *offset == at).expect("a character").1;
        let start = value.find(words).expect("in the value");
        &literal[find(start)..find(start + words.len())]
    }

    #[test]
    fn words_are_found_behind_every_kind_of_quote_and_escape() {
        assert_eq!(words("\"甲乙丙\"", "甲乙丙", "乙"), "乙");
        assert_eq!(words("'''\n甲\\乙'''", "甲\\乙", "乙"), "乙");
        assert_eq!(words("\"\"\"\r\n甲\r\n乙\"\"\"", "甲\n乙", "乙"), "乙");
        assert_eq!(words("\"\"\"甲\\\n  \\\n  乙丙\"\"\"", "甲乙丙", "乙丙"), "乙丙");
        assert_eq!(words("\"\\u7532\\t\\\\乙\"", "甲\t\\乙", "甲"), "\\u7532");
        assert_eq!(words("\"\\u7532\\t\\\\乙\"", "甲\t\\乙", "乙"), "乙");
        assert_eq!(words("\"甲\"", "甲", "甲"), "甲");
    }

    #[test]
    fn every_string_that_toml_reads_can_be_followed() {
        for literal in
            ["\"a\\\"b\"", "\"\"\"a\"b\"\"c\"\"\"", "'a\"b'", "\"\"\"\\\n a\\tb \\\n\n c\"\"\"", "\"\"", "''"]
        {
            let table: toml::Table = format!("x = {literal}").parse().expect("TOML");
            let value = table["x"].as_str().expect("a string");
            assert!(offsets(literal, value).is_some(), "{literal}");
        }
        assert_eq!(offsets("\"乙甲\"", "甲"), None);
        assert_eq!(words("\" 甲\\u200b\u{200b}乙 \"", "甲乙", "乙"), "乙");
    }
}
