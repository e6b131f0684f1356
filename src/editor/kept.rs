//! What is kept of a report below the output folder. In: a facts file that is about to be written; out: a copy of it from before the page
//! first wrote it, of which the newest are kept. Beside the copies lies where imported facts were read.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::diag::Diagnostic;
use crate::disk;

/// How many copies of a file are kept.
const MOST: usize = 20;
/// Where imported facts were read, beside the copies.
const SOURCES: &str = "sources.json";
/// The folder of the copies, below the output folder.
const FOLDER: &str = "kept";

/// Keeps a copy of a file that belongs to an organ's folder; gives where.
///
/// # Errors
/// It cannot be written.
pub(super) fn keep(
    out: &Path,
    organ: &str,
    year: &str,
    bytes: &[u8],
    now: OffsetDateTime,
) -> Result<PathBuf, Diagnostic> {
    let folder = folder(out, organ, year);
    let (date, (hour, minute, second)) = (now.date(), now.to_hms());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    let name = format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}.toml");
    let path = folder.join(name);
    if !path.exists() {
        disk::put(&path, bytes)?;
    }
    let kept = copies(&folder);
    for old in kept.iter().take(kept.len().saturating_sub(MOST)) {
        disk::remove(old)?;
    }
    Ok(path)
}

/// A copy of a file.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Copy {
    /// Its name.
    name: String,
    /// When it was made, as browsers read it.
    time: String,
}

/// The copies of a file, the newest first.
pub(super) fn copies_of(out: &Path, organ: &str, year: &str) -> Vec<Copy> {
    let copy = |path: &PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let part = |range| name.get(range);
        let (date, time) = ([part(0..4)?, part(4..6)?, part(6..8)?], [part(9..11)?, part(11..13)?, part(13..15)?]);
        let time = format!("{}T{}Z", date.join("-"), time.join(":"));
        Some(Copy { name, time })
    };
    copies(&folder(out, organ, year)).iter().rev().filter_map(copy).collect()
}

/// A copy of a file by its name; nothing where there is none.
///
/// # Errors
/// It cannot be read.
pub(super) fn copy(out: &Path, organ: &str, year: &str, name: &str) -> Result<Option<Vec<u8>>, Diagnostic> {
    let copies = copies(&folder(out, organ, year));
    match copies.iter().find(|path| path.file_stem().is_some_and(|stem| stem.to_string_lossy() == name)) {
        Some(path) => disk::read_own(path, disk::TEXT).map(Some).map_err(|unread| unread.told(path)),
        None => Ok(None),
    }
}

/// Keeps where the facts of a file were read.
///
/// # Errors
/// It cannot be written.
pub(super) fn keep_sources(out: &Path, organ: &str, year: &str, sources: &Value) -> Result<(), Diagnostic> {
    disk::put(&folder(out, organ, year).join(SOURCES), sources.to_string().as_bytes())
}

/// Where the facts of a file were read; `null` where they were not imported.
pub(super) fn sources(out: &Path, organ: &str, year: &str) -> Value {
    let bytes = disk::read_own(&folder(out, organ, year).join(SOURCES), disk::LARGE);
    // What cannot be read helps nobody, and nothing depends on it.
    bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Value::Null)
}

fn folder(out: &Path, organ: &str, year: &str) -> PathBuf {
    out.join(FOLDER).join(organ).join(year)
}

/// The copies in a folder, the oldest first.
fn copies(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name();
    let files = entries.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.len() == "20260101-000000.toml".len() && name.ends_with(".toml")
    };
    files.map(walkdir::DirEntry::into_path).filter(is_copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_copies_are_kept_and_nothing_else_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("kept/县区/甲/2025/说明.txt");
        std::fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
        std::fs::write(&own, "").expect("written");
        for number in 0..25 {
            let now = OffsetDateTime::from_unix_timestamp(1_768_000_000 + number).expect("a time");
            let bytes = number.to_string();
            let path = keep(folder.path(), "县区/甲", "2025", bytes.as_bytes(), now).expect("kept");
            assert_eq!(std::fs::read(path).expect("a copy"), bytes.as_bytes());
        }
        let newest = Copy { name: "20260109-230704".to_owned(), time: "2026-01-09T23:07:04Z".to_owned() };
        assert_eq!(copies_of(folder.path(), "县区/甲", "2025").first(), Some(&newest));
        let left = copies(own.parent().expect("a folder"));
        assert_eq!(left.len(), MOST);
        assert_eq!(std::fs::read(&left[0]).expect("a copy"), b"5");
        assert!(own.exists());
    }
}
