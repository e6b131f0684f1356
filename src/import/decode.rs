//! Bytes into text. In: the bytes of a page or a text, and the encoding that it declares; out: its characters.
//!
//! What a page declares is often wrong: a page is saved as UTF-8 by whoever copied it, and keeps its `charset=gb2312`. So bytes that
//! are UTF-8 are taken as that, which Chinese text in another encoding is by no chance, then what is declared, then a guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8};

/// How many bytes from the first that is not ASCII say whether a text is UTF-8.
const SAMPLE: usize = 1 << 20;

/// How many of them another encoding is guessed by, which takes longer: five milliseconds for these.
const GUESSED: usize = 32 << 10;

/// How many bytes of room are made at once where too little was.
const ROOM: usize = 64 << 10;

/// How far into a page a declaration may stand.
const HEAD: usize = 4096;

/// How many characters of three bytes and more there must be in UTF-8 for each byte that is none, which a page cut short, or
/// cut by bytes, has here and there.
const SOUND: usize = 20;

/// The characters of a text. A byte order mark counts most, and is no part of the text.
pub(super) fn decode<'a>(bytes: &'a [u8], declared: Option<&'static Encoding>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return characters(encoding, bytes.get(length..).unwrap_or_default());
    }
    let sample = sample(bytes);
    let encoding = if is_utf8(sample) { UTF_8 } else { told(declared).unwrap_or_else(|| guess(sample)) };
    characters(encoding, bytes)
}

/// The characters of bytes in an encoding. Room is made for as many as there can be, since a text that outgrows its room is in
/// memory twice; `Encoding::decode` makes more, and touches all of it.
fn characters<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    if encoding == UTF_8 || bytes.is_ascii() && encoding.is_ascii_compatible() {
        return String::from_utf8_lossy(bytes);
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let wide = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut text = String::with_capacity(bytes.len().saturating_add(wide.saturating_mul(2)));
    let mut rest = bytes;
    loop {
        let (result, read, _) = decoder.decode_to_string(rest, &mut text, true);
        rest = rest.get(read..).unwrap_or_default();
        match result {
            CoderResult::InputEmpty => return Cow::Owned(text),
            CoderResult::OutputFull => text.reserve(ROOM),
        }
    }
}

/// The encoding that a page declares near its start, in `<meta>` or in the declaration of XML.
pub(super) fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let tags = head.split('<').skip(1);
    tags.filter_map(|tag| {
        let word = if tag.starts_with("meta") {
            "charset"
        } else if tag.starts_with("?xml") {
            "encoding"
        } else {
            return None;
        };
        label(tag, word)
    })
    .next()
}

/// The encoding behind a word and an equals sign, in quotes or without.
pub(super) fn label(text: &str, word: &str) -> Option<&'static Encoding> {
    text.match_indices(word).find_map(|(at, _)| {
        let value = text.get(at + word.len()..)?.trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).unwrap_or(value.len());
        Encoding::for_label(value.get(..end)?.as_bytes())
    })
}

/// A declared encoding that may be believed: a declaration that can be read as ASCII is not in UTF-16, and a Western one is what
/// servers put where nobody said anything.
fn told(declared: Option<&'static Encoding>) -> Option<&'static Encoding> {
    declared.filter(|encoding| encoding.is_ascii_compatible() && !encoding.is_single_byte() && *encoding != UTF_8)
}

/// The bytes that say whether a text is UTF-8.
fn sample(bytes: &[u8]) -> &[u8] {
    let rest = bytes.iter().position(|byte| !byte.is_ascii()).and_then(|first| bytes.get(first..)).unwrap_or_default();
    rest.get(..SAMPLE).unwrap_or(rest)
}

/// Whether bytes are UTF-8 with characters such as Chinese ones, or ASCII; a few that are wrong do not count, nor does a character
/// that the end cuts.
fn is_utf8(sample: &[u8]) -> bool {
    let (mut wide, mut wrong, mut seen) = (0, 0, 0);
    for chunk in sample.utf8_chunks() {
        wide += chunk.valid().bytes().filter(|byte| *byte >= 0xe0).count();
        seen += chunk.valid().len() + chunk.invalid().len();
        wrong += usize::from(!chunk.invalid().is_empty() && seen < sample.len());
    }
    sample.is_empty() || wide > wrong * SOUND
}

/// The likeliest encoding of bytes that are not UTF-8; between two that are as likely, that of Chinese pages.
fn guess(sample: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample.get(..GUESSED).unwrap_or(sample), sample.len() <= GUESSED);
    detector.guess(Some(b"cn"), Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030, GBK};

    const TEXT: &str = "湛河区应急管理局2023年政府信息公开工作年度报告，“依申请公开”共７件。";

    fn gbk() -> Vec<u8> {
        GBK.encode(TEXT).0.into_owned()
    }

    #[test]
    fn a_byte_order_mark_counts_most() {
        let utf16: Vec<u8> = [0xfeff].into_iter().chain(TEXT.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16, Some(GBK)), TEXT);
        let swapped: Vec<u8> = [0xfeff].into_iter().chain(TEXT.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&swapped, None), TEXT);
        assert_eq!(decode(format!("\u{feff}{TEXT}").as_bytes(), Some(GBK)), TEXT);
    }

    #[test]
    fn utf_8_counts_more_than_what_is_declared() {
        assert_eq!(decode(TEXT.as_bytes(), Some(GBK)), TEXT);
        assert_eq!(decode(TEXT.as_bytes(), None), TEXT);
        assert_eq!(decode(b"plain <b>ASCII</b>", Some(GBK)), "plain <b>ASCII</b>");
        assert_eq!(decode(b"", None), "");
    }

    #[test]
    fn utf_8_may_be_spoiled_here_and_there() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.remove(1);
        bytes.pop();
        let text = decode(&bytes, Some(GBK));
        assert!(text.starts_with('\u{fffd}') && text.contains("河区应急管理局2023年"), "{text}");
    }

    #[test]
    fn declared_encodings_are_found() {
        let of = |page: &str| declared(page.as_bytes()).map(Encoding::name);
        assert_eq!(of("<head><meta charset=gb2312>"), Some("GBK"));
        assert_eq!(of("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=GB18030'>"), Some("gb18030"));
        assert_eq!(of("<?xml version='1.0' encoding='big5'?>"), Some("Big5"));
        assert_eq!(of("<meta name=author content=charset><meta charset = \"utf-8\">"), Some("UTF-8"));
        assert_eq!(of("<script charset='gbk'></script> charset=gbk"), None);
        assert_eq!(of(&format!("{}<meta charset=gbk>", " ".repeat(5000))), None);
    }

    #[test]
    fn what_is_declared_counts_more_than_a_guess() {
        assert_eq!(decode(&gbk(), Some(GBK)), TEXT);
        let big5 = BIG5.encode("年報").0;
        assert_eq!(decode(&big5, Some(BIG5)), "年報");
        let rare = GB18030.encode("𠮷年").0;
        assert_eq!(decode(&rare, Some(GBK)), "𠮷年");
    }

    #[test]
    fn undeclared_and_wrongly_declared_chinese_is_guessed() {
        assert_eq!(decode(&gbk(), None), TEXT);
        assert_eq!(decode(&gbk(), Some(UTF_8)), TEXT);
        assert_eq!(decode(&gbk(), Some(encoding_rs::WINDOWS_1252)), TEXT);
        let late: Vec<u8> = [vec![b' '; 3 << 20], gbk()].concat();
        assert!(decode(&late, None).ends_with(TEXT));
    }
}
