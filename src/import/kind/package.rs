//! What is packed in a zip. In: the bytes of the zip; out: the kind of file that its entries make it. Nothing is unpacked: the
//! names in the directory at the end of the file say enough.

use super::known::{Kind, number};
use crate::import::blocks::Unread;

/// What the record at the end of a zip begins with.
const END: &[u8] = b"PK\x05\x06";

/// What the record of a zip too large for that one begins with.
const LARGE_END: &[u8] = b"PK\x06\x06";

/// What the record of an entry begins with.
const ENTRY: &[u8] = b"PK\x01\x02";

/// How far from its end the last record of a zip begins at most, with the longest comment.
const TAIL: usize = 22 + 0xffff;

/// An entry of a zip.
struct Entry<'a> {
    /// Its name.
    name: &'a [u8],
    /// Whether a password is needed for it.
    is_encrypted: bool,
    /// Where it begins in the file.
    at: usize,
    /// How many bytes it takes there.
    length: usize,
    /// Whether it is stored as it is.
    is_stored: bool,
}

/// The kind of a zip.
///
/// # Errors
/// A zip without its end, one that needs a password, or one of another kind.
pub(super) fn kind(bytes: &[u8]) -> Result<Kind, Unread> {
    let directory = directory(bytes).ok_or_else(|| Unread::Damaged("the end of the zip is missing".into()))?;
    let mut found: Option<(usize, Result<Kind, Unread>)> = None;
    for entry in entries(directory) {
        // The surest sign counts, since a text may hold a sheet; nothing says in which order entries stand.
        let sure = match entry.name {
            b"mimetype" => 4,
            b"OFD.xml" => 3,
            name if is_in(name, b"word") => 2,
            name if is_in(name, b"xl") => 1,
            _ => continue,
        };
        if found.as_ref().is_none_or(|(before, _)| *before < sure) {
            found = Some((sure, named(bytes, &entry, sure)));
        }
    }
    found.map_or(Err(Unread::UnknownKind), |(_, kind)| kind)
}

/// The kind that an entry is the sign of.
fn named(bytes: &[u8], entry: &Entry<'_>, sure: usize) -> Result<Kind, Unread> {
    if entry.is_encrypted {
        return Err(Unread::Encrypted);
    }
    match sure {
        4 => open_document(bytes, entry).ok_or(Unread::UnknownKind),
        3 => Ok(Kind::Ofd),
        2 => Ok(Kind::Docx),
        _ => Ok(Kind::Sheet),
    }
}

/// The kind that an OpenDocument file says it is of; it does so unpacked, at its start.
fn open_document(bytes: &[u8], entry: &Entry<'_>) -> Option<Kind> {
    let names = number(bytes, entry.at.checked_add(26)?, 2)? + number(bytes, entry.at + 28, 2)?;
    let start = entry.at.checked_add(30)?.checked_add(names)?;
    let said = bytes.get(start..start.checked_add(entry.length)?).filter(|_| entry.is_stored)?;
    match said.strip_prefix(b"application/vnd.oasis.opendocument.")? {
        said if said.starts_with(b"text") => Some(Kind::Convertible("odt")),
        said if said.starts_with(b"spreadsheet") => Some(Kind::Sheet),
        _ => None,
    }
}

/// Whether an entry stands in a folder of a name; some programs part names with the other slash.
fn is_in(name: &[u8], folder: &[u8]) -> bool {
    name.strip_prefix(folder).is_some_and(|rest| matches!(rest.first(), Some(b'/' | b'\\')))
}

/// The directory of a zip, which ends where the last record begins, whatever stands before the zip.
fn directory(bytes: &[u8]) -> Option<&[u8]> {
    let tail = bytes.len().saturating_sub(TAIL);
    let end = tail + bytes.get(tail..)?.windows(END.len()).rposition(|four| four == END)?;
    let length = number(bytes, end.checked_add(12)?, 4)?;
    if length != 0xffff_ffff {
        return bytes.get(end.checked_sub(length)?..end);
    }
    // Then a locator of 20 bytes and the larger record stand before it.
    let end = end.checked_sub(20 + 56)?;
    let length = bytes.get(end..)?.starts_with(LARGE_END).then(|| number(bytes, end + 40, 8)).flatten()?;
    bytes.get(end.checked_sub(length)?..end)
}

/// The entries of a directory, up to the first that is broken.
fn entries(mut directory: &[u8]) -> impl Iterator<Item = Entry<'_>> {
    std::iter::from_fn(move || {
        let record = directory.strip_prefix(ENTRY).and(directory.get(..46))?;
        let named = 46 + number(record, 28, 2)?;
        let name = directory.get(46..named)?;
        let entry = Entry {
            name,
            is_encrypted: number(record, 8, 2)? & 1 == 1,
            at: number(record, 42, 4)?,
            length: number(record, 20, 4)?,
            is_stored: number(record, 10, 2)? == 0,
        };
        directory = directory.get(named + number(record, 30, 2)? + number(record, 32, 2)?..)?;
        Some(entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A zip of stored entries.
    fn zip(entries: &[(&str, &str)], flags: u8) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in entries {
            let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            let lengths = [name.len() as u8, 0, 0, 0];
            let sizes = [(content.len() as u32).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
            bytes.extend([b"PK\x03\x04".as_slice(), &[20, 0, flags, 0], &[0; 10], &sizes, &lengths].concat());
            bytes.extend([name.as_bytes(), content.as_bytes()].concat());
            directory.extend([ENTRY, &[20, 0, 20, 0, flags, 0], &[0; 10], &sizes, &lengths, &[0; 10], &at].concat());
            directory.extend(name.as_bytes());
        }
        let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
        let count = [entries.len() as u8, 0];
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        [bytes, directory, [END, &[0; 4], &count, &count, &length, &at, &[0; 2]].concat()].concat()
    }

    #[test]
    fn entries_say_what_a_zip_is() {
        let of = |names: &[&str]| kind(&zip(&names.iter().map(|name| (*name, "")).collect::<Vec<_>>(), 0));
        assert_eq!(of(&["[Content_Types].xml", "word/document.xml"]), Ok(Kind::Docx));
        assert_eq!(of(&["word\\document2.xml"]), Ok(Kind::Docx));
        assert_eq!(of(&["xl/workbook.xml"]), Ok(Kind::Sheet));
        assert_eq!(of(&["xl/workbook.xml", "word/document.xml"]), Ok(Kind::Docx));
        assert_eq!(of(&["Doc_0/Document.xml", "OFD.xml"]), Ok(Kind::Ofd));
        assert_eq!(of(&["ppt/presentation.xml"]), Err(Unread::UnknownKind));
        assert_eq!(of(&["wordlist.txt", "xlsx"]), Err(Unread::UnknownKind));
        assert_eq!(of(&[]), Err(Unread::UnknownKind));
    }

    #[test]
    fn open_documents_say_themselves_what_they_are() {
        let of = |said: &str| kind(&zip(&[("mimetype", said), ("content.xml", "")], 0));
        assert_eq!(of("application/vnd.oasis.opendocument.text"), Ok(Kind::Convertible("odt")));
        assert_eq!(of("application/vnd.oasis.opendocument.spreadsheet"), Ok(Kind::Sheet));
        assert_eq!(of("application/vnd.oasis.opendocument.presentation"), Err(Unread::UnknownKind));
        assert_eq!(of("application/epub+zip"), Err(Unread::UnknownKind));
    }

    #[test]
    fn a_zip_cut_short_is_damaged_and_one_with_a_password_encrypted() {
        let whole = zip(&[("word/document.xml", "words")], 0);
        assert!(matches!(kind(&whole[..whole.len() - 10]), Err(Unread::Damaged(_))));
        assert_eq!(kind(&[b"before it ", &whole[..]].concat()), Ok(Kind::Docx));
        assert_eq!(kind(&zip(&[("word/document.xml", "words")], 1)), Err(Unread::Encrypted));
    }

    #[test]
    fn a_large_record_is_followed() {
        let whole = zip(&[("xl/workbook.xml", "")], 0);
        let (rest, end) = whole.split_at(whole.len() - 22);
        let length = number(end, 12, 4).unwrap() as u64;
        let large = [LARGE_END, &[0; 36], &length.to_le_bytes(), &[0; 8], &[0; 20]].concat();
        let end = [&end[..12], &[0xff; 4], &end[16..]].concat();
        assert_eq!(kind(&[rest, &large, &end].concat()), Ok(Kind::Sheet));
    }
}
