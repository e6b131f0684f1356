//! Characters that stand for others. In: a character or a text; out: what TOML wants in its place, and how a message names
//! it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::diag::{Applicability, Code, Diagnostic, Edit, text};
use crate::prose::stray::is_line_end;
use crate::source::{Place, Source};

/// The punctuation of TOML that a full-width character stands for.
pub(super) fn punctuation(c: char) -> Option<char> {
    Some(match c {
        '，' | '、' | '；' | '﹐' | '､' | '｡' | ';' => ',',
        '＝' | '：' | '﹦' | '≡' | '꞊' | ':' => '=',
        '［' | '【' | '〔' | '〖' | '﹝' | '「' => '[',
        '］' | '】' | '〕' | '〗' | '﹞' | '」' => ']',
        '｛' | '﹛' => '{',
        '｝' | '﹜' => '}',
        '．' | '。' | '·' => '.',
        '＃' | '﹟' => '#',
        _ => return None,
    })
}

/// What a space that TOML does not know is to become: a plain space, a line end, or nothing.
pub(super) fn odd_space(c: char) -> Option<&'static str> {
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(" "),
        c if is_line_end(c) => Some("\n"),
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{180e}' => Some(""),
        _ => None,
    }
}

/// Whether a character is a quotation mark, of TOML or not.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'') || is_odd_quote(c)
}

/// Whether a character is a quotation mark that TOML does not know.
pub(super) fn is_odd_quote(c: char) -> bool {
    matches!(
        c,
        '“' | '”'
            | '„'
            | '‟'
            | '‘'
            | '’'
            | '‛'
            | '＂'
            | '＇'
            | '「'
            | '」'
            | '『'
            | '』'
            | '〝'
            | '〞'
            | '〟'
            | '`'
            | '´'
            | '«'
            | '»'
    )
}

/// Whether a quotation mark can close what `open` opened.
pub(super) fn closes(open: char, c: char) -> bool {
    match open {
        '「' => matches!(c, '」' | '"' | '＂'),
        '『' => matches!(c, '』' | '"' | '＂'),
        '‘' | '’' | '‛' | '＇' | '\'' => matches!(c, '’' | '‘' | '＇' | '\''),
        '`' | '´' => matches!(c, '`' | '´' | '\''),
        '«' | '»' => matches!(c, '«' | '»' | '"'),
        _ => matches!(c, '”' | '“' | '＂' | '"' | '〞' | '〟' | '„' | '‟'),
    }
}

/// What an invisible character is called.
pub(super) fn space_name(c: char) -> (&'static str, &'static str) {
    match c {
        '\u{a0}' | '\u{202f}' => ("不换行空格", "a no-break space"),
        '\u{3000}' => ("全角空格", "a full-width space"),
        '\u{200b}' => ("零宽空格", "a zero-width space"),
        '\u{feff}' => ("字节顺序标记", "a byte order mark"),
        c if is_line_end(c) => ("特殊换行符", "an odd line end"),
        c if odd_space(c) == Some(" ") => ("特殊空格", "an odd space"),
        _ => ("看不见的字符", "an invisible character"),
    }
}

/// The text with a line feed for every carriage return that ends a line by itself; every place stays where it is.
pub(super) fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if lone_returns(text).next().is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let alone = c == '\r' && chars.peek() != Some(&'\n');
        out.push(if alone { '\n' } else { c });
    }
    Cow::Owned(out)
}

fn lone_returns(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('\r').map(|(at, _)| at).filter(|at| text.as_bytes().get(at + 1) != Some(&b'\n'))
}

/// The problem of lines that end with a carriage return alone, one for the whole file.
pub(super) fn line_ends(source: &Arc<Source>, code: &Code) -> Option<Diagnostic> {
    let edits: Vec<Edit> = lone_returns(source.text())
        .map(|at| Edit { place: Place::new(source, at..at + 1), replacement: "\n".to_owned() })
        .collect();
    let (first, count) = (edits.first()?.place.clone(), edits.len());
    let message = text!(
        "有 {count} 处换行只用了回车符（U+000D），TOML 要用换行符（U+000A）",
        "{count} lines end with a carriage return (U+000D) alone; TOML wants a line feed (U+000A)"
    );
    let help = text!(
        "用编辑器另存为 Windows（CRLF）或 Unix（LF）换行",
        "save it with Windows (CRLF) or Unix (LF) line ends in your editor"
    );
    // Shown on one line, the whole file would be that line.
    let place = Place::new(source, first.span.start..first.span.start);
    Some(Diagnostic::error(code.clone(), message).at(place).help(help).fixed(Applicability::Safe, edits))
}

/// The form that a text names, however it writes that.
pub(super) fn form_name(text: &str) -> Option<String> {
    let lines = text.lines().map(|line| line.trim_start_matches(|c: char| c.is_whitespace() || odd_space(c).is_some()));
    let rest = lines.take_while(|line| !line.starts_with(['[', '［', '【'])).find_map(|line| {
        let rest = line.strip_prefix("form")?.trim_start_matches(|c: char| c.is_whitespace() || odd_space(c).is_some());
        rest.strip_prefix(|c: char| c == '=' || punctuation(c) == Some('='))
    })?;
    let name: String = rest
        .trim_matches(|c: char| c.is_whitespace() || is_quote(c) || odd_space(c).is_some())
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    (!name.is_empty()).then_some(name)
}
