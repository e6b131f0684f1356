//! Escaping, one function for each output language. In: text from the facts or the form; out: markup that shows just
//! that text, wherever a template puts it.

use std::io::{self, Write};

use super::source_map::is_mark;
use crate::prose::stray::is_direction_control;

/// Writes text so that Typst shows it as it is, in markup and inside a string literal alike.
///
/// Every character that could mean something becomes `\u{…}`, the one escape that Typst reads the same way in both
/// places. So no template can put it in the wrong one; in code, where no text belongs, it is an error of Typst's.
///
/// # Errors
/// Those of the writer.
pub fn typst(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut after_space = true;
    for c in text.chars() {
        let plain = match c {
            ' ' => !after_space,
            _ if c.is_ascii() => c.is_ascii_alphanumeric(),
            _ => !(c.is_control() || is_mark(c) || is_direction_control(c) || is_line_separator(c)),
        };
        after_space = c == ' ';
        // PDF/A forbids U+FEFF in text; it shows nothing, so leaving it out changes nothing.
        if c == '\u{feff}' {
            continue;
        }
        if plain {
            write!(out, "{c}")?;
        } else {
            write!(out, "\\u{{{:x}}}", u32::from(c))?;
        }
    }
    Ok(())
}

fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Writes text so that HTML and XML show it as it is, in an element and inside a quoted attribute alike.
///
/// # Errors
/// Those of the writer.
pub fn html(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for c in text.chars() {
        match c {
            '&' => out.write_all(b"&amp;")?,
            '<' => out.write_all(b"&lt;")?,
            '>' => out.write_all(b"&gt;")?,
            '"' => out.write_all(b"&quot;")?,
            '\'' => out.write_all(b"&#39;")?,
            // Neither has a way to write the other control characters, as themselves or as references, and XML none for the last
            // two characters of the first plane.
            _ if c.is_control() && !matches!(c, '\n' | '\t') => write!(out, "\u{fffd}")?,
            '\u{fffe}' | '\u{ffff}' => write!(out, "\u{fffd}")?,
            _ if is_mark(c) || is_direction_control(c) => write!(out, "&#x{:x};", u32::from(c))?,
            _ => write!(out, "{c}")?,
        }
    }
    Ok(())
}

/// [`typst()`] into a string.
pub fn typst_text(text: &str) -> String {
    written(typst, text)
}

/// [`html()`] into a string.
pub fn html_text(text: &str) -> String {
    written(html, text)
}

fn written(escape: fn(&str, &mut dyn Write) -> io::Result<()>, text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len() * 2);
    // Writing to memory does not fail, and both escapes write UTF-8.
    let _ = escape(text, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_mean_something_is_escaped() {
        assert_eq!(typst_text("共 3119 件"), "共 3119 件");
        assert_eq!(typst_text("#a"), "\\u{23}a");
        assert_eq!(typst_text("a  b "), "a \\u{20}b ");
        assert_eq!(typst_text("\u{F0000}7\u{F0001}"), "\\u{f0000}7\\u{f0001}");
        assert_eq!(html_text("<a b='c'>&\u{202e}"), "&lt;a b=&#39;c&#39;&gt;&amp;&#x202e;");
    }
}
