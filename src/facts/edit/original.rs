//! A facts file that is to be written again. In: a path; out: [`Original`]: its text, and the only way in which an edited text takes
//! its place: with the byte order mark that it had, and only while the file is still the one that was read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Diagnostic, Problems};
use crate::disk;
use crate::ends::Ends;
use crate::facts;
use crate::source::Source;

/// A facts file as it was read.
#[derive(Debug)]
pub struct Original {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Its text, without a byte order mark.
    pub source: Arc<Source>,
}

impl Original {
    /// Reads a facts file.
    ///
    /// # Errors
    /// A file that cannot be read or that is not UTF-8.
    pub fn open(path: &Path) -> Result<Self, Problems> {
        let bytes = facts::read(path)?;
        let source = facts::source(path, bytes.clone())?;
        Ok(Self { path: path.to_owned(), bytes, source })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How it begins and ends its lines.
    pub fn ends(&self) -> Ends {
        Ends::of(&self.bytes)
    }

    /// Puts bytes in its place.
    ///
    /// # Errors
    /// The file is no longer what was read, or cannot be written; then nothing has changed.
    pub fn put(&self, bytes: &[u8]) -> Result<(), Diagnostic> {
        disk::replace(&self.path, &self.bytes, bytes)
    }

    /// Puts a text in its place.
    ///
    /// # Errors
    /// Those of [`put`](Self::put).
    pub fn put_text(&self, text: &str) -> Result<(), Diagnostic> {
        self.put(&with_text(&self.bytes, &self.source, text))
    }
}

/// The bytes of a file with another text, behind the byte order mark that it had.
pub(super) fn with_text(bytes: &[u8], source: &Source, text: &str) -> Vec<u8> {
    let mark = bytes.len().saturating_sub(source.text().len());
    [&bytes[..mark], text.as_bytes()].concat()
}
