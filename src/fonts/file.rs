//! A font file that pages may be set in. In: a path and what was seen there; out: its bytes, which are those that were seen,
//! or an error. What cannot be read never looks like a file without faces.

use std::fs::{self, Metadata};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, text};
use crate::disk::unreadable;
use crate::disk::{self, Unread};
use crate::once_map::OnceMap;
use crate::source::display_path;

use super::glyphs::Glyphs;

/// How long after a change a file may change once more and still have the same times.
pub(super) const DOUBT: Duration = Duration::from_secs(2);

/// A font file: its bytes are read once, when they are first asked for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "Told", into = "Told")]
pub struct FontFile(Arc<Seen>);

#[derive(Debug)]
struct Seen {
    path: PathBuf,
    blake3: String,
    /// By what it is taken for unchanged, where that is beyond doubt.
    stamp: Option<Stamp>,
    bytes: OnceLock<Result<Arc<Vec<u8>>, Diagnostic>>,
    /// Whether the whole of it will be asked for.
    is_expected: AtomicBool,
    /// By the number of the face.
    glyphs: OnceMap<u32, Result<Option<Arc<Glyphs>>, Diagnostic>>,
}

/// What another process is told of a font file, so that it uses the same bytes.
#[derive(Deserialize, Serialize)]
struct Told {
    path: PathBuf,
    blake3: String,
    stamp: Option<Stamp>,
}

impl From<Told> for FontFile {
    fn from(told: Told) -> Self {
        Self::new(told.path, told.blake3, told.stamp)
    }
}

impl From<FontFile> for Told {
    fn from(file: FontFile) -> Self {
        let Seen { path, blake3, stamp, .. } = &*file.0;
        Self { path: path.clone(), blake3: blake3.clone(), stamp: *stamp }
    }
}

impl PartialEq for FontFile {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path() && self.blake3() == other.blake3()
    }
}

impl Eq for FontFile {}

impl FontFile {
    /// The file at `path` that held bytes of this hash; where `stamp` is given, it is the file as long as it has that stamp.
    pub fn new(path: PathBuf, blake3: String, stamp: Option<Stamp>) -> Self {
        let (bytes, is_expected, glyphs) = (OnceLock::new(), AtomicBool::new(false), OnceMap::default());
        Self(Arc::new(Seen { path, blake3, stamp, bytes, is_expected, glyphs }))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// About how many bytes it has.
    pub fn length(&self) -> u64 {
        let now = || fs::metadata(self.path()).map_or(0, |data| data.len());
        self.0.stamp.map_or_else(now, |stamp| stamp.length)
    }

    /// The BLAKE3 hash of its bytes, in hexadecimal.
    pub fn blake3(&self) -> &str {
        &self.0.blake3
    }

    /// Its bytes.
    ///
    /// # Errors
    /// It cannot be read, or is no longer what it was.
    pub fn bytes(&self) -> Result<Arc<Vec<u8>>, Diagnostic> {
        self.0.bytes.get_or_init(|| self.read().map(Arc::new)).clone()
    }

    /// Says that its bytes will be asked for, so that tables need not be read apart from them.
    pub fn expect(&self) {
        self.0.is_expected.store(true, Ordering::Relaxed);
    }

    /// Whether its bytes will be asked for.
    pub fn is_expected(&self) -> bool {
        self.0.is_expected.load(Ordering::Relaxed)
    }

    /// What the face with this number draws; `None` where there is no such face.
    ///
    /// # Errors
    /// Those of [`bytes`](Self::bytes).
    pub fn glyphs(&self, index: u32) -> Result<Option<Arc<Glyphs>>, Diagnostic> {
        self.0.glyphs.get(&index, || {
            let glyphs = match self.0.stamp {
                Some(stamp) if !self.is_expected() && self.0.bytes.get().is_none() => self.read_glyphs(index, stamp)?,
                _ => self.glyphs_of_bytes(index)?,
            };
            Ok(glyphs.map(Arc::new))
        })
    }

    /// Reads the tables alone: that the file has this stamp before and after says that they are of the bytes that it had.
    fn read_glyphs(&self, index: u32, stamp: Stamp) -> Result<Option<Glyphs>, Diagnostic> {
        let read = || -> Result<_, Unread> {
            let mut file = disk::open(self.path())?;
            let before = Stamp::of(&file.metadata()?)?;
            let glyphs = Glyphs::read(&mut file, index)?;
            Ok((before, glyphs, Stamp::of(&file.metadata()?)?))
        };
        match read().map_err(|unread| no_other(unread.told(self.path())))? {
            (before, glyphs, after) if before == stamp && after == stamp => Ok(glyphs),
            // Moved, or put there once more: its bytes say whether it is the same.
            _ => self.glyphs_of_bytes(index),
        }
    }

    fn glyphs_of_bytes(&self, index: u32) -> Result<Option<Glyphs>, Diagnostic> {
        let bytes = self.bytes()?;
        Glyphs::read(&mut Cursor::new(bytes.as_slice()), index).map_err(|error| unreadable_font(self.path(), &error))
    }

    fn read(&self) -> Result<Vec<u8>, Diagnostic> {
        let path = self.path();
        let (bytes, stamp) = read(path)?;
        if self.0.stamp == Some(stamp) || blake3::hash(&bytes).to_hex().as_str() == self.blake3() {
            return Ok(bytes);
        }
        Err(changed(path))
    }

    /// Makes the file appear at another place for a program that reads it there: as a link where a change would be noticed
    /// by [`check_unchanged`](Self::check_unchanged), as a copy elsewhere.
    ///
    /// # Errors
    /// It cannot be read or linked, or is no longer what it was.
    pub fn appear_at(&self, place: &Path) -> Result<(), Diagnostic> {
        if self.0.stamp.is_some() && link(self.path(), place).is_ok() {
            return self.check_unchanged();
        }
        disk::write(place, &self.bytes()?)
    }

    /// Whether what was linked by [`appear_at`](Self::appear_at) is still what it was.
    ///
    /// # Errors
    /// It is not, or that cannot be told.
    pub fn check_unchanged(&self) -> Result<(), Diagnostic> {
        let Some(stamp) = self.0.stamp else { return Ok(()) };
        let now = fs::metadata(self.path()).and_then(|data| Stamp::of(&data));
        match now.map_err(|error| unreadable_font(self.path(), &error))? {
            now if now == stamp => Ok(()),
            _ => Err(changed(self.path())),
        }
    }
}

#[cfg(unix)]
fn link(file: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

#[cfg(not(unix))]
fn link(_file: &Path, _link: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// By what a file is taken for unchanged.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Stamp {
    length: u64,
    modified: Duration,
    /// Device, file number and time of the last change of any kind, where there are such.
    file: (u64, u64, i64, i64),
}

impl Stamp {
    /// The stamp of a file.
    ///
    /// # Errors
    /// A system that does not say when the file changed.
    pub fn of(data: &Metadata) -> io::Result<Self> {
        // A file from before 1970 counts as one of 1970.
        let modified = data.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Self { length: data.len(), modified, file: file_number(data) })
    }

    /// Whether a file with this stamp had been left alone for so long when it was read (from 1970) that a later change
    /// shows in the stamp. Only the time of the last change of any kind cannot be set back.
    pub fn is_settled(&self, read: Duration) -> bool {
        let nanoseconds = u32::try_from(self.file.3).unwrap_or_default();
        let changed = Duration::new(self.file.2.max(0).unsigned_abs(), nanoseconds);
        self.modified.max(changed) + DOUBT < read
    }
}

#[cfg(unix)]
fn file_number(data: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (data.dev(), data.ino(), data.ctime(), data.ctime_nsec())
}

#[cfg(not(unix))]
fn file_number(_data: &Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

/// The bytes of a file, and its stamp while they were read.
///
/// # Errors
/// It cannot be read, or changes while it is read.
pub(super) fn read(path: &Path) -> Result<(Vec<u8>, Stamp), Diagnostic> {
    match read_between(path).map_err(|unread| no_other(unread.told(path)))? {
        (before, bytes, after) if before == after && after.length == bytes.len() as u64 => Ok((bytes, after)),
        _ => Err(changed(path)),
    }
}

fn read_between(path: &Path) -> Result<(Stamp, Vec<u8>, Stamp), Unread> {
    let mut file = disk::open(path)?;
    let before = Stamp::of(&file.metadata()?)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(before.length).unwrap_or(usize::MAX)).map_err(io::Error::from)?;
    file.read_to_end(&mut bytes)?;
    Ok((before, bytes, Stamp::of(&file.metadata()?)?))
}

/// The problem of a font file or folder that is there and cannot be read.
pub(super) fn unreadable_font(path: &Path, error: &io::Error) -> Diagnostic {
    no_other(unreadable(&display_path(path), error))
}

fn no_other(problem: Diagnostic) -> Diagnostic {
    problem.note(text!(
        "读不到的字体可能正是页面要用的，所以不用其他字体代替",
        "it may be the very font that a page needs, so no other is taken in its place"
    ))
}

fn changed(path: &Path) -> Diagnostic {
    let shown = display_path(path);
    let message = text!("字体文件 {shown} 刚刚被改动", "the font file {shown} has just changed");
    Diagnostic::error(Code::FontsChanged, message)
        .help(text!("等字体安装完成后再运行一次", "run again once fonts are no longer being installed"))
}
