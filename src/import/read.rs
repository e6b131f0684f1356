//! A file, read. In: its bytes; out: a [`Document`], whatever kind of file it is, or why nothing of it was read.

use super::blocks::{Document, Remark, Unread};
use super::convert::{self, PATIENCE};
use super::kind::{self, Kind};
use super::{docx, html, sheet};
use crate::worker::{self, Guard, Limits, Stopped};

/// The most bytes that a file may have.
pub const LARGEST: u64 = 64 << 20;

/// What the process may take that reads a PDF: real ones take hundredths of a second and some ten MiB.
pub const LIMITS: Limits = Limits { seconds: 2, mib: 200 };

/// Reads a file by what its bytes say it is.
///
/// # Errors
/// A file that is damaged, empty, encrypted, too large, a picture, or of a kind that nothing here reads.
pub fn document(bytes: &[u8], guard: &Guard) -> Result<Document, Unread> {
    let stop = || guard.interrupt.is_asked();
    let document = match kind::of(bytes)? {
        Kind::Pdf => apart(bytes, guard)?,
        Kind::Docx => docx::read(bytes)?,
        // The sheets of before 2007.
        Kind::Sheet if bytes.starts_with(&kind::OLE) => {
            sheet::read(&convert::converted(bytes, ("xls", "xlsx"), PATIENCE, &stop)?)?
        }
        Kind::Sheet => sheet::read(bytes)?,
        Kind::Html => html::read(bytes)?,
        Kind::Mhtml => html::read_archive(bytes)?,
        Kind::Text => super::text::read(bytes)?,
        Kind::Convertible("xml") => docx::read_flat(bytes)?,
        Kind::Convertible(extension) => docx::read(&convert::converted(bytes, (extension, "docx"), PATIENCE, &stop)?)?,
        Kind::Ofd => return Err(Unread::UnknownKind),
    };
    match document.remarks.iter().find_map(pictures) {
        _ if !document.is_empty() => Ok(document),
        Some(pages) => Err(Unread::PicturesOnly { pages }),
        None => Err(Unread::Empty),
    }
}

fn pictures(remark: &Remark) -> Option<usize> {
    match remark {
        Remark::Pictures(count) => Some(*count),
        _ => None,
    }
}

/// Reads a PDF in a process of its own: nothing within the library that reads it bounds its stack and memory.
fn apart(bytes: &[u8], guard: &Guard) -> Result<Document, Unread> {
    worker::read(bytes, guard).unwrap_or_else(|stopped| match stopped {
        Stopped::Time | Stopped::Memory | Stopped::Depth => Err(Unread::Exhausting),
        Stopped::Failed(said) => Err(Unread::Damaged(said)),
    })
}
