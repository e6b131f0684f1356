//! Web pages. In: the bytes of a page, or of an archive that holds one; out: its paragraphs and tables as a browser shows them,
//! save that sheets of style and scripts are not followed.
//!
//! ```text
//! bytes ─decode→ text ─feed→ pieces ─sink→ Tree ─frames→ which tables are frames ─flow→ Document
//! ```
//!
//! Nothing here recurses, so that elements may nest as deep as they like; what is bounded instead is the work, in `sink.rs`.

mod element;
mod feed;
mod flow;
mod frames;
mod grid;
mod lists;
mod mhtml;
mod passage;
mod run;
mod sink;
mod tree;

use encoding_rs::Encoding;

use super::blocks::{Document, Limit, Unread};
use super::decode;

/// Reads a page.
///
/// # Errors
/// A page that is too large, has no words, or only pictures.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Unread> {
    if bytes.len() > Limit::Bytes.most() {
        return Err(Unread::TooLarge(Limit::Bytes));
    }
    decoded(bytes, decode::declared(bytes))
}

/// Reads the page of an archive, in which Word, WPS and browsers save a page with all that belongs to it.
///
/// # Errors
/// As [`read`], and an archive without a page.
pub(super) fn read_archive(bytes: &[u8]) -> Result<Document, Unread> {
    if bytes.len() > Limit::Bytes.most() {
        return Err(Unread::TooLarge(Limit::Bytes));
    }
    let page = mhtml::page(bytes).ok_or_else(|| Unread::Damaged("the archive holds no page".into()))?;
    decoded(&page.bytes, decode::declared(&page.bytes).or(page.encoding))
}

/// Reads a page of an encoding. Words of other encodings than UTF-8 take up to twice the bytes when they are decoded, so there may
/// not be more of them than are fed to the parser in the end.
fn decoded(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Document, Unread> {
    let words = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if words > feed::MOST && std::str::from_utf8(bytes).is_err() {
        return Err(Unread::TooLarge(Limit::Pieces));
    }
    read_text(&decode::decode(bytes, declared))
}

/// Reads a page that is text already.
///
/// # Errors
/// As [`read`].
pub(super) fn read_text(text: &str) -> Result<Document, Unread> {
    let pieces = feed::pieces(text).map_err(Unread::TooLarge)?;
    let tree = sink::parse(&pieces).map_err(Unread::TooLarge)?;
    flow::document(&tree)
}

#[cfg(test)]
mod tests;
