//! Sheets (XLSX, ODS). In: the bytes of a file; out: its tables, cut where rows are empty, and the paragraphs between them.
//!
//! Left out: hidden sheets, rows and columns; what lies under merged cells. What stands in shapes over the cells is not read.

mod ods;
mod squares;
mod xlsx;

use super::archive::Archive;
use super::blocks::{Document, Unread};

/// Reads a file.
///
/// # Errors
/// It is damaged, larger than is read, or holds no text.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Unread> {
    let is_odf = Archive::open(bytes)?.xml("content.xml")?.is_some();
    let sheets = if is_odf { ods::read(bytes)? } else { xlsx::read(bytes)? };
    let mut document = Document::default();
    for sheet in sheets {
        sheet.cut(&mut document.blocks)?;
    }
    if document.is_empty() { Err(Unread::Empty) } else { Ok(document) }
}

#[cfg(test)]
mod tests;
