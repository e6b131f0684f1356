//! Values as TOML. In: a value; out: what is written in a facts file for it, which reads back as that very value. Nothing else in
//! the program puts quotation marks around a value. A break between lines is `\n`; whoever writes a file with others puts those.

use rust_decimal::Decimal;
use time::Date;

use crate::form::NOT_APPLICABLE;

/// Text on one line that keeps every character.
pub fn in_quotes(text: &str) -> String {
    let plain = |quote: char| !text.chars().any(|c| c == quote || c.is_control());
    if plain('"') && !text.contains('\\') {
        return format!("\"{text}\"");
    }
    if plain('\'') {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => push_escaped(&mut out, c),
        }
    }
    out + "\""
}

/// Text that may have several lines: on one line where it has one.
pub fn prose(text: &str) -> String {
    if text.contains('\n') { long(text) } else { in_quotes(text) }
}

/// Text that begins on a line of its own, with its lines as they are.
pub fn long(text: &str) -> String {
    let mut out = String::from("\"\"\"\n");
    let (mut quotes, mut rest) = (0, text.chars().peekable());
    while let Some(c) = rest.next() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            // Three in a row would end the text, and so would one that the end of the text follows.
            '"' if quotes == 3 || rest.peek().is_none() => {
                out.push_str("\\\"");
                quotes = 0;
            }
            '"' | '\n' => out.push(c),
            c => push_escaped(&mut out, c),
        }
    }
    out + "\"\"\""
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push('\t'),
        c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
        c => out.push(c),
    }
}

/// A count or an amount, with its decimals.
pub fn figure(number: Decimal) -> String {
    number.to_string()
}

/// A figure that does not apply to the organ.
pub fn not_applicable() -> String {
    in_quotes(NOT_APPLICABLE)
}

/// A day of the calendar.
pub fn day(date: Date) -> String {
    date.to_string()
}

/// Yes or no.
pub fn flag(yes: bool) -> String {
    yes.to_string()
}

/// Texts of one line each, in order.
pub fn list(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| in_quotes(line)).collect();
    format!("[{}]", lines.join(", "))
}

/// A row of cells, each with the literal of its value.
pub fn row<'a>(cells: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|(name, literal)| format!("{name} = {literal}")).collect();
    format!("{{ {} }}", cells.join(", "))
}

/// One part of a key.
pub fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { in_quotes(name) }
}

/// A key of several parts.
pub fn dotted<S: AsRef<str>>(path: &[S]) -> String {
    path.iter().map(|part| key(part.as_ref())).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(literal: &str) -> toml::Value {
        let table: toml::Table = format!("x = {literal}").parse().unwrap_or_else(|error| panic!("{literal}\n{error}"));
        table["x"].clone()
    }

    #[test]
    fn keys_and_rows_are_written_as_people_write_them() {
        assert_eq!((key("in_force"), key("a.b"), key("")), ("in_force".into(), "\"a.b\"".into(), "\"\"".into()));
        assert_eq!(row([("a", "1"), ("b", "2")]), "{ a = 1, b = 2 }");
    }

    #[test]
    fn quotation_marks_and_line_ends_at_every_edge_read_back() {
        for text in
            ["\"", "\"\"", "\"\"\"", "\"\"\"\"\n", "\n\"", "\n", "\\", "a\\\n", "\r\n", "\u{7f}\u{85}\t\0", "'\""]
        {
            assert_eq!(read(&in_quotes(text)).as_str(), Some(text), "{text:?}");
            assert_eq!(read(&long(text)).as_str(), Some(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_back(text in "[a\"'\\\\\n\r\t #甲\u{0}\u{7f}\u{85}\u{2028}\u{feff}]{0,24}") {
            let wanted = toml::Value::String(text.clone());
            prop_assert_eq!(read(&in_quotes(&text)), wanted.clone());
            prop_assert_eq!(read(&long(&text)), wanted);
            let table: toml::Table = format!("{} = 1", key(&text)).parse().expect("TOML");
            prop_assert!(table.contains_key(&text));
        }
    }
}
