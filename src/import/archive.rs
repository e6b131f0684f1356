//! A file that is a ZIP archive, such as DOCX, XLSX, ODS and OFD. In: its bytes; out: its parts as they are unpacked. Of all that
//! is unpacked of an archive, no more is read than [`Limit::Unpacked`], whatever the archive says of its sizes.

use std::io::Cursor;

use zip::ZipArchive;
use zip::result::ZipError;

use super::blocks::{Limit, Unread};
use super::xml::{Xml, damaged};

/// How many parts an archive may have: each takes memory before any is read.
const MOST_PARTS: usize = 20_000;
/// What stands before the name of each part in the list of them.
const LISTED: &[u8] = b"PK\x01\x02";

/// An archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// How many bytes may still be unpacked.
    left: usize,
}

impl<'a> Archive<'a> {
    /// Opens one.
    ///
    /// # Errors
    /// It is none, or it has too many parts.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unread> {
        // The number of parts that an archive gives may be any; what is listed cannot be less than what stands there.
        if listed(bytes) > MOST_PARTS {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(told)?;
        Ok(Self { zip, left: Limit::Unpacked.most() })
    }

    /// A part that is XML; none where there is no such part. Names are compared as Windows compares them.
    ///
    /// # Errors
    /// It cannot be unpacked.
    pub(super) fn xml(&mut self, name: &str) -> Result<Option<Xml<'_>>, Unread> {
        let Some(index) = self.find(name) else { return Ok(None) };
        let part = self.zip.by_index(index).map_err(told)?;
        Ok(Some(Xml::new(part, &mut self.left)))
    }

    /// The number of a part.
    fn find(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name).or_else(|| {
            let plain = |name: &str| name.replace('\\', "/").trim_start_matches('/').to_lowercase();
            let wanted = plain(name);
            let mut names = self.zip.file_names();
            names.position(|name| name.is_ok_and(|name| plain(&name) == wanted))
        })
    }
}

/// How many parts an archive lists at most.
fn listed(bytes: &[u8]) -> usize {
    bytes.windows(LISTED.len()).filter(|window| *window == LISTED).take(MOST_PARTS + 1).count()
}

/// What is said of an archive that cannot be read.
fn told(error: ZipError) -> Unread {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Unread::Encrypted,
        error => damaged(error),
    }
}

/// Archives for tests.
#[cfg(test)]
pub(super) mod made {
    use std::io::{Cursor, Write};

    use zip::write::{SimpleFileOptions, ZipWriter};

    /// An archive of these parts.
    pub(crate) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).expect("a part");
            zip.write_all(bytes).expect("a part");
        }
        zip.finish().expect("an archive").into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::super::xml::Token;
    use super::*;

    fn text(archive: &mut Archive<'_>, name: &str) -> Result<Option<String>, Unread> {
        let Some(mut xml) = archive.xml(name)? else { return Ok(None) };
        let mut said = String::new();
        loop {
            match xml.next()? {
                Token::Text(text) => said.push_str(&text),
                Token::End => return Ok(Some(said)),
                Token::Open(_) | Token::Close => {}
            }
        }
    }

    #[test]
    fn parts_are_found_by_their_names_as_windows_compares_them() {
        let bytes = made::archive(&[("Word\\Document.xml", b"<a>1</a>"), ("b.xml", b"<a>2</a>")]);
        let mut archive = Archive::open(&bytes).expect("an archive");
        assert_eq!(text(&mut archive, "word/document.xml"), Ok(Some("1".to_owned())));
        assert_eq!(text(&mut archive, "/b.xml"), Ok(Some("2".to_owned())));
        assert_eq!(text(&mut archive, "c.xml"), Ok(None));
    }

    #[test]
    fn no_more_is_unpacked_than_is_read_of_all_parts_together() {
        let long = [b"<a>".as_slice(), &b"<b/>  ".repeat(1 << 20), b"</a>"].concat();
        let bytes = made::archive(&[("a.xml", &long)]);
        assert!(bytes.len() < long.len() / 100);
        let mut archive = Archive::open(&bytes).expect("an archive");
        archive.left = 10 << 20;
        assert!(text(&mut archive, "a.xml").is_ok());
        assert_eq!(text(&mut archive, "a.xml"), Err(Unread::TooLarge(Limit::Unpacked)));
    }

    #[test]
    fn archives_of_very_many_parts_are_refused_before_they_are_listed() {
        let mut bytes = made::archive(&[("a", b"")]);
        assert!(Archive::open(&bytes).is_ok());
        bytes.splice(0..0, LISTED.repeat(MOST_PARTS));
        assert_eq!(Archive::open(&bytes).err(), Some(Unread::TooLarge(Limit::Pieces)));
    }

    #[test]
    fn what_is_no_archive_or_is_damaged_is_told() {
        assert!(matches!(Archive::open(b"PK\x03\x04"), Err(Unread::Damaged(_))));
        let mut bytes = made::archive(&[("a.xml", b"<a>12345678901234567890</a>")]);
        // A part that is not what its sum says.
        let at = bytes.windows(5).position(|window| window == b"a.xml").expect("its name") + 10;
        bytes[at] ^= 0x55;
        let mut archive = Archive::open(&bytes).expect("an archive");
        assert!(matches!(text(&mut archive, "a.xml"), Err(Unread::Damaged(_))));
    }
}
