//! Which kind of text a file is. In: its bytes; out: whether they are a web page, one in an archive, another program's XML, or
//! plain text.

use super::known::Kind;
use crate::import::blocks::Unread;
use crate::import::decode;

/// How much of a file is looked at.
const HEAD: usize = 64 << 10;

/// How far into a page its first tag stands.
const NEAR: usize = 4096;

/// Tags of which one makes a page, if a tag stands at its start.
const PAGE: [&str; 6] = ["html", "body", "!doctype html", "head", "meta", "title"];

/// Those of them that do so wherever they stand. Programs that read pictures put tables into Markdown between the other two.
const SURE: &[&str] = PAGE.split_at(2).1;

/// Tags that make a page of what begins with one, or has several outside its tables. Those of tables are not among them: a text
/// in Markdown may hold tables, and its reader reads them.
const PARTS: [&str; 19] = [
    "p", "div", "br", "span", "h1", "h2", "h3", "h4", "ul", "ol", "li", "center", "font", "article", "section", "a",
    "script", "style", "link",
];

/// The kind of a text.
///
/// # Errors
/// What is no text, or XML that nothing reads.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Unread> {
    if is_archive(bytes) {
        return Ok(Kind::Mhtml);
    }
    let bytes = bytes.get(..HEAD).unwrap_or(bytes);
    let text = decode::decode(bytes, decode::declared(bytes));
    if !is_text(&text) {
        return Err(Unread::UnknownKind);
    }
    let near: String = text.trim_start().chars().take(NEAR).collect();
    let near = near.to_ascii_lowercase();
    let begins = near.strip_prefix('<');
    let page = if begins.is_some() { &PAGE } else { SURE };
    if tags(&near).any(|tag| is_any(tag, page)) || begins.is_some_and(|tag| is_any(tag, &PARTS)) || parts(&near) > 1 {
        return Ok(Kind::Html);
    }
    if near.starts_with("<?xml") {
        return match () {
            () if near.contains("<w:worddocument") || near.contains("<pkg:package") => Ok(Kind::Convertible("xml")),
            () if near.contains("<office:document") => Ok(Kind::Convertible("fodt")),
            () => Err(Unread::UnknownKind),
        };
    }
    Ok(Kind::Text)
}

/// Whether a file begins with the head of a message of several parts that belong together.
fn is_archive(bytes: &[u8]) -> bool {
    let head = bytes.get(..NEAR).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let head = head.split("\n\n").next().unwrap_or_default();
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().any(|line| line.starts_with("mime-version:")) && head.contains("multipart/related")
}

/// Whether these are words: nearly all characters are some that people write.
fn is_text(text: &str) -> bool {
    let odd = text.chars().filter(|c| c.is_control() && !c.is_whitespace() || *c == '\u{fffd}').count();
    odd * 50 <= text.chars().count()
}

/// What stands behind each `<`.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1)
}

/// How many tags of a page's parts stand outside tables.
fn parts(text: &str) -> usize {
    let mut depth = 0_usize;
    tags(text)
        .filter(|tag| {
            depth =
                (depth + usize::from(is_any(tag, &["table"]))).saturating_sub(usize::from(is_any(tag, &["/table"])));
            depth == 0 && is_any(tag, &PARTS)
        })
        .count()
}

/// Whether what stands behind a `<` is a tag of one of these names.
fn is_any(tag: &str, names: &[&str]) -> bool {
    let ends = |rest: &str| rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    names.iter().any(|name| tag.strip_prefix(name).is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Kind, Unread> {
        kind(text.as_bytes())
    }

    #[test]
    fn pages_are_told() {
        for page in [
            "<!DOCTYPE html>\n<title>x",
            "\n <P align=center>年报</P>",
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">",
            "年报<br>一、总体情况<br/>二、",
            "<!-- saved from url=(0014)about:internet -->\n<html>",
            "HTTP/1.1 200 OK\n\n<html><head>",
        ] {
            assert_eq!(of(page), Ok(Kind::Html), "{page}");
        }
        let page = "<html><meta charset=gb2312><p>年报";
        assert_eq!(kind(&encoding_rs::GBK.encode(page).0), Ok(Kind::Html));
        let wide: Vec<u8> = "\u{feff}<p>年报".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(kind(&wide), Ok(Kind::Html));
    }

    #[test]
    fn texts_are_told() {
        for text in [
            "年报\n一、总体情况\u{c}\n",
            "# 年报\n\n<table><tr><td>规章</td></tr></table>\n",
            "<table><tr><td>规<br>章<br></td></tr></table>\n三、",
            "# 年报\n\n<html><body><table><tr><td>规章</td></tr></table></body></html>\n",
            "a<b and b>c",
            "<规章> 1",
        ] {
            assert_eq!(of(text), Ok(Kind::Text), "{text}");
        }
        assert_eq!(kind(&encoding_rs::GBK.encode("湛河区应急管理局年度报告").0), Ok(Kind::Text));
    }

    #[test]
    fn archives_are_told() {
        assert_eq!(of("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"), Ok(Kind::Mhtml));
        assert_eq!(
            of("From: <Saved by Blink>\nMIME-Version: 1.0\nContent-Type: multipart/related;\n"),
            Ok(Kind::Mhtml)
        );
        assert_eq!(of("MIME-Version: 1.0\n\nmultipart/related"), Ok(Kind::Text));
    }

    #[test]
    fn xml_of_office_programs_is_told_from_other_xml() {
        assert_eq!(of("<?xml version='1.0'?><?mso-application?><w:wordDocument >"), Ok(Kind::Convertible("xml")));
        assert_eq!(of("<?xml version='1.0'?><office:document >"), Ok(Kind::Convertible("fodt")));
        assert_eq!(of("<?xml version='1.0'?><iepd:FoiaAnnualReport>"), Err(Unread::UnknownKind));
    }

    #[test]
    fn what_is_no_text_is_unknown() {
        assert_eq!(kind(b"\x7fELF\x02\x01\x01\0\0\0\0\0"), Err(Unread::UnknownKind));
        assert_eq!(kind(b"Rar!\x1a\x07\x01\0"), Err(Unread::UnknownKind));
    }
}
