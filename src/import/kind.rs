//! Which kind of file a file is, told by its bytes, since names are given by people. In: the bytes; out: the [`Kind`], which says
//! which reader reads it, or why none does.

mod known;
mod markup;
mod ole;
mod package;

pub(super) use known::Kind;
pub(super) use ole::SIGN as OLE;

use super::blocks::{Limit, Unread};
use known::number;

/// What a picture's file begins with.
const PICTURES: [&[u8]; 9] =
    [b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF87a", b"GIF89a", b"BM", b"\0\0\0\x0cjP  ", b"\x97JB2"];

/// How far into a file the sign of a PDF may stand; some servers put lines before it.
const PDF_HEAD: usize = 1024;

/// The kind of a file.
///
/// # Errors
/// A file that is too large, empty, encrypted, a picture, cut short, or of a kind that nothing reads.
pub(super) fn of(bytes: &[u8]) -> Result<Kind, Unread> {
    if bytes.len() > Limit::Bytes.most() {
        return Err(Unread::TooLarge(Limit::Bytes));
    }
    // Files that a failed copy left behind are as long as they should be, and all zeros.
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(Unread::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package::kind(bytes);
    }
    if bytes.starts_with(&ole::SIGN) {
        return ole::kind(bytes);
    }
    if is_picture(bytes) {
        return Err(Unread::PicturesOnly { pages: 1 });
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if start.starts_with(b"{\\rtf") {
        return Ok(Kind::Convertible("rtf"));
    }
    let head = bytes.get(..PDF_HEAD).unwrap_or(bytes);
    if !start.starts_with(b"<") && head.windows(5).any(|five| five == b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    markup::kind(bytes)
}

/// Whether a file is a picture. Two letters are no sign of one, so a bitmap's length must be right too.
fn is_picture(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heic = bytes.get(4..8) == Some(b"ftyp");
    let bitmap = || number(bytes, 2, 4).is_some_and(|length| length == bytes.len());
    webp || heic || PICTURES.iter().any(|sign| bytes.starts_with(sign) && (*sign != b"BM" || bitmap()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_holds_nothing_is_empty() {
        for nothing in [&b""[..], b" \r\n", &[0; 100]] {
            assert_eq!(of(nothing), Err(Unread::Empty));
        }
    }

    #[test]
    fn a_file_over_the_limit_is_refused_unread() {
        assert_eq!(of(&vec![b'a'; (64 << 20) + 1]), Err(Unread::TooLarge(Limit::Bytes)));
    }

    #[test]
    fn pictures_are_told() {
        for picture in
            [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff\xe0", b"II*\0", b"RIFF\0\0\0\0WEBPVP8 ", b"BM\x08\0\0\0.."]
        {
            assert_eq!(of(picture), Err(Unread::PicturesOnly { pages: 1 }));
        }
        assert_eq!(of(b"BMI and other words"), Ok(Kind::Text));
    }

    #[test]
    fn pdf_and_rtf_are_told() {
        assert_eq!(of(b"%PDF-1.7\n"), Ok(Kind::Pdf));
        assert_eq!(of(b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7\n"), Ok(Kind::Pdf));
        assert_eq!(of(b"<p>A page about %PDF-1.7"), Ok(Kind::Html));
        assert_eq!(of(&[&[b'a'; 1100][..], b"%PDF-1.7"].concat()), Ok(Kind::Text));
        assert_eq!(of(b"\xef\xbb\xbf {\\rtf1\\ansi"), Ok(Kind::Convertible("rtf")));
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..600), sign in 0..6_usize) {
            let sign = [&b""[..], b"PK\x03\x04", &ole::SIGN, b"<", b"MIME-Version: 1.0\r\n", b"\xff\xfe"][sign];
            let _ = of(&[sign, &bytes].concat());
        }
    }
}
