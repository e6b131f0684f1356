//! What earlier runs left, and whose turn it is. In: a folder; out: the folder without the temporary files of runs that were
//! ended before they were done, temporary folders, and a lock that one run at a time holds.
//!
//! Each temporary file is locked by whoever made it. A run that ends, however it does, gives its locks up, so that a file that
//! nobody locks has been left: no clock is asked, and nothing of a run that still goes on is touched.

use std::env;
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::{NamedTempFile, TempDir};

use super::folder::{make_folder, unwritable};
use super::read::without_waiting;
use crate::diag::Diagnostic;

/// How the names of temporary files begin and end; so many letters or digits stand between. Nobody types such a name.
const PREFIX: &str = ".nianbao-";
const SUFFIX: &str = ".tmp";
const LETTERS: usize = 16;
/// How often it is looked whether a lock is free.
const TURN: Duration = Duration::from_millis(50);

fn named<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(LETTERS)
}

/// A new temporary file in a folder, which nobody takes for one that was left.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = with_mode(named(&mut tempfile::Builder::new())).tempfile_in(folder)?;
        // Before it was locked, another run may have taken it for one that was left.
        if keep(file.as_file())? {
            return Ok(file);
        }
    }
}

/// Locks a new file or folder; gives whether it is still there. Where there are no locks, nothing is cleared away either.
#[cfg(unix)]
fn keep(file: &File) -> io::Result<bool> {
    match file.lock() {
        Ok(()) => is_there(file),
        Err(_) => Ok(true),
    }
}

/// There, a lock would keep others from reading what was written.
#[cfg(not(unix))]
fn keep(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// What a new file may be used for is said by the umask, as with other tools; temporary files would be private.
#[cfg(unix)]
fn with_mode<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn with_mode<'a, 'b>(builder: &'a mut tempfile::Builder<'b, 'b>) -> &'a mut tempfile::Builder<'b, 'b> {
    builder
}

/// Clears a folder of the temporary files that earlier runs left in it. Nothing comes of one that cannot be removed: it is
/// looked for again by the next run.
pub fn sweep(folder: &Path) {
    each_left(folder, |found, path| found.is_file().then(|| fs::remove_file(path)));
}

/// Clears a folder as [`sweep`] does, unless others are about to edit a file in it, and lets nobody else clear it as long as what
/// comes of this is kept: where two files change places, one that nobody locks has a temporary name for a moment.
pub(super) fn sweep_and_keep(folder: &Path) -> Option<File> {
    let held = File::open(folder).ok()?;
    if held.try_lock().is_ok() {
        sweep(folder);
    }
    held.try_lock_shared().is_ok().then_some(held)
}

/// Clears the folder for temporary files of the folders that earlier runs left there.
pub fn sweep_scratch() {
    each_left(&env::temp_dir(), |found, path| found.is_dir().then(|| fs::remove_dir_all(path)));
}

fn each_left(folder: &Path, remove: impl Fn(&Metadata, &Path) -> Option<io::Result<()>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let letters = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
        if !letters
            .is_some_and(|letters| letters.len() == LETTERS && letters.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            continue;
        }
        let path = entry.path();
        let Ok(found) = fs::symlink_metadata(&path) else { continue };
        let is_plain = found.is_file() || found.is_dir();
        if is_plain
            && is_own(&found)
            && let Some(_held) = unlocked(&path)
        {
            let _ = remove(&found, &path);
        }
    }
}

/// The file or folder, locked, where nobody else has locked it.
#[cfg(unix)]
fn unlocked(path: &Path) -> Option<File> {
    let file = without_waiting(File::options().read(true)).open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// There, files that are in use cannot be removed; one that another run has just closed is not old.
#[cfg(not(unix))]
fn unlocked(path: &Path) -> Option<()> {
    const OLD: Duration = Duration::from_secs(3600);
    let modified = fs::metadata(path).and_then(|found| found.modified()).ok()?;
    modified.elapsed().is_ok_and(|age| age > OLD).then_some(())
}

#[cfg(unix)]
fn is_own(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_own(_found: &Metadata) -> bool {
    true
}

/// A temporary folder, which is gone when it is no longer used; where the run is ended before, the next one clears it away.
pub struct Scratch {
    folder: TempDir,
    _held: Option<File>,
}

impl Scratch {
    /// A new one.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> io::Result<Self> {
        loop {
            let folder = named(&mut tempfile::Builder::new()).tempdir()?;
            let held = match cfg!(unix).then(|| File::open(folder.path())).transpose() {
                // Another run may take it for one that was left, before it is locked.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                held => held?,
            };
            if held.as_ref().map_or(Ok(true), keep)? {
                return Ok(Self { folder, _held: held });
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Who may write into a folder at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// One alone.
    Alone,
    /// Whoever asks for no more than that.
    Together,
}

/// The right to write into an output folder; it ends with the run, however that ends.
#[derive(Debug)]
pub struct Lock {
    /// The folder, where there was none before.
    made: Option<PathBuf>,
    _held: File,
}

impl Lock {
    /// Waits until nobody writes into the folder who keeps others out or is to be kept out. Each time that it has to wait, it is
    /// asked whether it is to; `None` where not. A file system without locks lets everybody go on.
    ///
    /// # Errors
    /// The folder cannot be made or opened.
    pub fn take(folder: &Path, who: Who, waits: impl FnMut() -> bool) -> Result<Option<Self>, Diagnostic> {
        take(folder, who, waits).map_err(|error| unwritable(folder, &error))
    }
}

/// A folder that was made for what then was not written is not left there.
impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(made) = &self.made {
            let _ = fs::remove_dir(made);
        }
    }
}

fn take(folder: &Path, who: Who, mut waits: impl FnMut() -> bool) -> io::Result<Option<Lock>> {
    loop {
        let made = (!folder.exists()).then(|| folder.to_path_buf());
        make_folder(folder)?;
        let held = locked_by(File::options(), folder)?;
        if !is_free(&held, who, &mut waits) {
            return Ok(None);
        }
        // Whoever had it may have removed it since.
        if is_there(&held)? {
            return Ok(Some(Lock { made, _held: held }));
        }
    }
}

/// Waits until a lock is free, or is not to be waited for; gives whether it is free.
fn is_free(held: &File, who: Who, waits: &mut impl FnMut() -> bool) -> bool {
    let lock = || match who {
        Who::Alone => held.try_lock(),
        Who::Together => held.try_lock_shared(),
    };
    while let Err(TryLockError::WouldBlock) = lock() {
        if !waits() {
            return false;
        }
        thread::sleep(TURN);
    }
    true
}

/// Opens what stands for a folder where it is locked: itself, where that can be.
#[cfg(unix)]
fn locked_by(mut options: fs::OpenOptions, folder: &Path) -> io::Result<File> {
    options.read(true).open(folder)
}

#[cfg(not(unix))]
fn locked_by(mut options: fs::OpenOptions, folder: &Path) -> io::Result<File> {
    options.create(true).truncate(false).write(true).open(folder.join(".nianbao.lock"))
}

#[cfg(not(unix))]
fn is_there(_file: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn is_there(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_left_is_cleared_away() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |letters: &str| folder.path().join(format!("{PREFIX}{letters}{SUFFIX}"));
        let kept = temporary(folder.path()).expect("a file");
        for name in [
            at("abc123DEF456ghi7"),
            at("backup"),
            at("abc123DEF456ghi78"),
            at("abc-23DEF456ghi7"),
            folder.path().join("2025.pdf"),
        ] {
            fs::write(name, "x").expect("written");
        }
        fs::create_dir(at("folder")).expect("a folder");
        sweep(folder.path());
        let left = |path: &Path| path.exists();
        assert!(!left(&at("abc123DEF456ghi7")) && left(kept.path()));
        assert!(
            left(&at("backup"))
                && left(&at("abc123DEF456ghi78"))
                && left(&at("abc-23DEF456ghi7"))
                && left(&at("folder"))
        );
        assert!(left(&folder.path().join("2025.pdf")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_named_like_a_temporary_file_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a"), "x").expect("written");
        let link = folder.path().join(format!("{PREFIX}abc123DEF456ghi7{SUFFIX}"));
        std::os::unix::fs::symlink("a", &link).expect("a link");
        sweep(folder.path());
        assert!(folder.path().join("a").exists() && link.is_symlink());
    }
}
