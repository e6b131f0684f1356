//! What keeps fonts from being looked for. In: a path and an error; out: the problem, or nothing where there is nothing to look at.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file::unreadable_font;
use crate::diag::Diagnostic;
use crate::disk;

/// What keeps something from being looked at; nothing, where there is nothing to look at.
pub(super) fn trouble(folder: &Path, error: walkdir::Error) -> Option<Diagnostic> {
    // A link back to a folder above leads to what is looked through anyway.
    let is_loop = error.loop_ancestor().is_some();
    let path = error.path().unwrap_or(folder).to_path_buf();
    trouble_with(&path, &error.into_io_error().filter(|_| !is_loop)?)
}

/// What keeps this path from being looked at; nothing, where nothing is there.
pub(super) fn trouble_with(path: &Path, error: &io::Error) -> Option<Diagnostic> {
    (!is_absent(path, error) && !is_closed(path, error)).then(|| unreadable_font(path, error))
}

/// Whether a folder may not be entered, whenever it is asked: it is another's, and holds no fonts for whoever asks.
fn is_closed(path: &Path, error: &io::Error) -> bool {
    let says_so = |error: &io::Error| error.kind() == io::ErrorKind::PermissionDenied;
    let again = fs::metadata(path).and_then(|found| if found.is_dir() { fs::read_dir(path).map(drop) } else { Ok(()) });
    says_so(error) && again.is_err_and(|again| says_so(&again))
}

/// Whether nothing is there, or only a link to nothing. It is asked again, since a file that is there and could not be found
/// for a moment may be the one that a page needs.
fn is_absent(path: &Path, error: &io::Error) -> bool {
    disk::is_missing(error) && fs::metadata(path).is_err_and(|again| disk::is_missing(&again))
}

/// An environment variable that is not empty.
pub(super) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}
