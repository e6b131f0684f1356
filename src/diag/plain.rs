//! Text from outside as it may be shown. In: names of files and folders, words of forms, of facts and of other programs; out:
//! the same without what a terminal or the log of a CI service obeys in the place of showing it.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character changes how others are shown, or what the terminal does.
fn is_obeyed(c: char) -> bool {
    c.is_control() || is_directional(c)
}

/// Whether a character turns the direction of writing.
fn is_directional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text of one or more lines. Line feeds and tabs stay; characters that terminals obey are written out as `\u{1b}`, and so is
/// the first character of what GitHub's runner would take for a command: `::` at the beginning of a line, and `##[`.
pub fn plain(text: &str) -> Cow<'_, str> {
    written(text, false)
}

/// Text that this program has coloured: as `plain`, but colours stay.
pub fn coloured(text: &str) -> Cow<'_, str> {
    written(text, true)
}

/// Text within one line, such as a path: as `plain`, and nothing ends the line.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    text.chars().for_each(|c| if is_obeyed(c) { code(&mut out, c) } else { out.push(c) });
    Cow::Owned(out)
}

/// JSON as it may be shown: the same value, with what is obeyed written as JSON writes it.
pub fn json(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| (c.is_control() && c != '\n') || is_directional(c);
    if !text.chars().any(is_odd) && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_odd(c) || (c == '[' && out.ends_with("##")) {
            // A write to a string does not fail.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The lines of a file with a stand-in of the same length in bytes for each character that is obeyed and that the renderer
/// of excerpts would show as it is, so that every place stays where it is.
pub fn excerpt(text: String) -> String {
    let is_odd = |c: char| matches!(c, '\u{80}'..='\u{9f}') || is_directional(c);
    if !text.chars().any(is_odd) {
        return text;
    }
    let stand_in = |c: char| match (is_odd(c), c.len_utf8()) {
        (true, 2) => '¤',
        (true, _) => '\u{fffd}',
        (false, _) => c,
    };
    text.chars().map(stand_in).collect()
}

fn code(out: &mut String, c: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
}

fn written(text: &str, has_colours: bool) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##[") && !text.chars().any(|c| is_obeyed(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        let indent = line.len() - line.trim_start().len();
        // By three colons and a space an excerpt names a further file; no command is called `:`.
        if line[indent..].starts_with("::") && !line[indent..].starts_with("::: ") {
            visible(&mut out, &line[..indent], has_colours);
            code(&mut out, ':');
            rest = &line[indent + 1..];
        }
        visible(&mut out, rest, has_colours);
    }
    Cow::Owned(out)
}

/// Appends a line or a part of one.
fn visible(out: &mut String, line: &str, has_colours: bool) {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\u{1b}' if has_colours => colour(rest),
            '\r' if rest == "\r\n" => 2,
            '\n' | '\t' => 1,
            '[' if out.ends_with("##") => 0,
            c if is_obeyed(c) => 0,
            c => c.len_utf8(),
        };
        if length == 0 {
            code(out, c);
        }
        out.push_str(&rest[..length]);
        rest = &rest[length.max(c.len_utf8())..];
    }
}

/// The length of the sequence at the beginning of a text that sets a colour or a style; 0 where it is another.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let digits = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if rest[digits..].starts_with('m') { "\u{1b}[".len() + digits + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_obeyed_is_written_out() {
        assert_eq!(plain("a\u{1b}]0;x\u{7}\u{9b}2J\u{7f}"), "a\\u{1b}]0;x\\u{7}\\u{9b}2J\\u{7f}");
        assert_eq!(plain("甲\u{202e}乙\u{2066}"), "甲\\u{202e}乙\\u{2066}");
        assert_eq!(plain("a\tb\r\nc\rd"), "a\tb\r\nc\\u{d}d");
        assert_eq!(plain("\u{1b}[31mred"), "\\u{1b}[31mred");
        assert_eq!(coloured("\u{1b}[1;31mred\u{1b}[0m\u{1b}[2J"), "\u{1b}[1;31mred\u{1b}[0m\\u{1b}[2J");
    }

    #[test]
    fn no_line_is_a_command() {
        assert_eq!(plain("::error::x"), "\\u{3a}:error::x");
        assert_eq!(plain("a::b\n \u{3000}::set-env::"), "a::b\n \u{3000}\\u{3a}:set-env::");
        assert_eq!(plain("  ::: a.toml:1:2\n:::error::"), "  ::: a.toml:1:2\n\\u{3a}::error::");
        assert_eq!(plain("x ##[error]y"), "x ##\\u{5b}error]y");
    }

    #[test]
    fn names_are_of_one_line_and_json_is_the_same_json() {
        assert_eq!(one_line("a\n::b\t"), "a\\u{a}::b\\u{9}");
        let value = serde_json::json!({ "a": "\u{1b}\u{9b}\u{202e}##[x]\u{7f}" });
        let shown = json(&value.to_string()).into_owned();
        assert!(shown.is_ascii() && !shown.contains("##["), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).expect("JSON"), value);
    }

    #[test]
    fn an_excerpt_keeps_its_places() {
        assert_eq!(excerpt("a\u{9b}b\u{200f}".to_owned()), "a¤b\u{fffd}");
    }
}
