//! Files written whole. In: bytes and a path; out: the file, which at no moment is half there: it is written beside its place
//! under a temporary name, and put in its place when it is on the disk. Nobody's save is lost by it: a new file never takes the
//! place of another, and an edited one only that of the text that was read.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::folder::{folder_of, make_folder, sync_folder, unwritable};
use super::left::{sweep, sweep_and_keep, temporary};
use super::place::leads_outside;
use super::read::{Unread, open, outside, regular, without_waiting};
use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;

/// How many links in a row are followed, as by the system.
const LINKS: usize = 40;
/// How often saves are put back that fall on each other.
const TURNS: usize = 100;

/// Writes a file and the folders above it, in the place of a file that is there.
///
/// # Errors
/// The folder or the file cannot be written, or there is something there that is no file; then nothing has changed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    put(path, bytes)?;
    sync_folder(folder_of(path)).map_err(|error| unwritable(path, &error))
}

/// Writes a file as [`write()`] does, but for its name, which is on the disk only once another file is written beside it.
///
/// # Errors
/// Those of [`write()`].
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    put_whole(path, bytes).map_err(|error| unwritable(path, &error))
}

/// Writes a file that is not there yet, and the folders above it.
///
/// # Errors
/// The file is there, it or its folder cannot be written, or lies outside the project; then nothing has changed.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let folder = folder_of(path);
    if is_led_outside(folder).map_err(|error| unwritable(path, &error))? {
        return Err(outside(path));
    }
    new_whole(path, folder, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let shown = display_path(path);
            let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
            Diagnostic::error(Code::AlreadyExists, message)
        }
        _ => unwritable(path, &error),
    })
}

/// Puts an edited text in the place of the one that was read. Links that stay in the project are followed, and the file stays
/// who it was: its mode, its owner and its other names.
///
/// # Errors
/// The file is no longer what was read, it cannot be written, or it lies outside the project; then nothing has changed.
pub fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), Diagnostic> {
    if leads_outside(path).map_err(|error| unwritable(path, &error))? {
        return Err(outside(path));
    }
    match replace_whole(path, before, after) {
        Ok(true) => Ok(()),
        Ok(false) => {
            let shown = display_path(path);
            let message =
                text!("{shown} 在检查期间被改动，没有写入", "{shown} was changed meanwhile; nothing was written");
            Err(Diagnostic::error(Code::Unwritable, message).help(text!("再运行一次", "run it again")))
        }
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Writes to what somebody named: a file, which is replaced, or a device or a pipe, which is written to.
///
/// # Errors
/// It cannot be written to.
pub fn send(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let sent = match way_to(path) {
        Ok(Way::File(file)) if is_input(&file) => {
            let shown = display_path(path);
            let message =
                text!("{shown} 是事实、表式或设置，不能用来写输出", "{shown} is an input, and no output replaces it");
            return Err(
                Diagnostic::error(Code::AlreadyExists, message).help(text!("换一个文件名", "give another name"))
            );
        }
        Ok(Way::File(file)) => {
            sweep(folder_of(&file));
            return write(&file, bytes);
        }
        Ok(Way::Standard(mut output)) => output.write_all(bytes).and_then(|()| output.flush()),
        // What a shell has opened for writing at its end is not to be emptied.
        Ok(Way::Open(file)) => File::options().append(true).open(file).and_then(|mut file| file.write_all(bytes)),
        Err(error) => Err(error),
    };
    sent.map_err(|error| unwritable(path, &error))
}

/// Whether a file that is there is one that people write: facts, a declaration, settings or a template.
fn is_input(file: &Path) -> bool {
    let is_named = file.extension().is_some_and(|extension| extension == "toml" || extension == "tera");
    is_named && file.exists()
}

/// Removes a file.
///
/// # Errors
/// It cannot be removed.
pub fn remove(path: &Path) -> Result<(), Diagnostic> {
    // What somebody else has removed is gone too.
    let removed = fs::remove_file(path).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    });
    removed.map_err(|error| {
        let shown = display_path(path);
        Diagnostic::error(Code::Unwritable, text!("无法删除 {shown}：{error}", "cannot remove {shown}: {error}"))
            .help(text!("检查文件夹的写入权限，或自己删除", "check the folder's permissions, or remove it yourself"))
    })
}

/// Removes a folder, and those above it up to another, where nothing is in them.
pub fn remove_empty(folder: &Path, below: &Path) {
    let above = folder.ancestors().take_while(|above| above.starts_with(below) && *above != below);
    // What is in one of them stays, and so does that.
    let _ = above.into_iter().try_for_each(fs::remove_dir);
}

/// Whether a folder, or the first above it that is there, leads out of the project.
fn is_led_outside(folder: &Path) -> io::Result<bool> {
    let there = folder.ancestors().find(|folder| fs::symlink_metadata(folder).is_ok());
    there.map_or(Ok(false), leads_outside)
}

/// The bytes in a temporary file in the folder, on the disk.
fn staged(folder: &Path, bytes: &[u8], like: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut file = temporary(folder)?;
    file.write_all(bytes)?;
    if let Some(like) = like {
        match resemble(file.as_file(), like) {
            // Only the owner of a page may say whose it is; a new one is then that of whoever made it.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            done => done?,
        }
    }
    file.as_file().sync_all()?;
    Ok(file)
}

fn put_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    make_folder(folder)?;
    let there = match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => None,
        Ok(found) => Some(is_file(found)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    staged(folder, bytes, there.as_ref())?.persist(path)?;
    Ok(())
}

/// Only files are replaced.
fn is_file(found: Metadata) -> io::Result<Metadata> {
    match regular(&found) {
        Ok(()) => Ok(found),
        Err(_) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Err(_) => Err(io::Error::other("not a regular file")),
    }
}

fn new_whole(path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    make_folder(folder)?;
    let _kept = sweep_and_keep(folder);
    match staged(folder, bytes, None)?.persist_noclobber(path) {
        Ok(_) => {}
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => return Err(failed.error),
        // Where files have one name only, the file itself is made anew, or not at all.
        Err(_) => {
            let mut file = File::options().write(true).create_new(true).open(path)?;
            file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| {
                // Half a file would be taken for what somebody wrote.
                let _ = fs::remove_file(path);
            })?;
        }
    }
    sync_folder(folder)
}

/// Gives whether the file was what had been read, and now is what it was to become.
fn replace_whole(path: &Path, before: &[u8], after: &[u8]) -> io::Result<bool> {
    let path = fs::canonicalize(path)?;
    // A file that may not be written is not replaced either.
    let mut file = without_waiting(File::options().read(true).write(true)).open(&path)?;
    let found = is_file(file.metadata()?)?;
    let folder = folder_of(&path);
    let _kept = sweep_and_keep(folder);
    let staged = match has_other_names(&found) {
        true => None,
        false => lookalike(folder, after, &found)?,
    };
    let is_replaced = match staged {
        Some(staged) => {
            // Some systems replace no file that is open.
            drop(file);
            exchanged(staged, &path, before, after)?
        }
        None => overwritten(&mut file, before, after)?,
    };
    sync_folder(folder)?;
    Ok(is_replaced)
}

/// The text in a temporary file of the same mode and owner; `None` where there can be none.
fn lookalike(folder: &Path, bytes: &[u8], like: &Metadata) -> io::Result<Option<NamedTempFile>> {
    let made = temporary(folder).and_then(|mut file| {
        resemble(file.as_file(), like)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    });
    match made {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
        made => made.map(Some),
    }
}

#[cfg(unix)]
fn resemble(file: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let own = file.metadata()?;
    let mode = like.mode() & 0o777;
    if own.mode() & 0o777 != mode {
        file.set_permissions(fs::Permissions::from_mode(mode))?;
    }
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        fchown(file, Some(like.uid()), Some(like.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn resemble(_file: &File, _like: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn has_other_names(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.nlink() > 1
}

#[cfg(not(unix))]
fn has_other_names(_found: &Metadata) -> bool {
    false
}

/// Writes the text over the one that was read: the file keeps its other names, or an owner that only it can have.
fn overwritten(file: &mut File, before: &[u8], after: &[u8]) -> io::Result<bool> {
    if !holds(file, before)? {
        return Ok(false);
    }
    over(file, before, after).inspect_err(|_| {
        // The place for it is there: it was there before.
        let _ = file.rewind().and_then(|()| file.write_all(before));
        let _ = file.set_len(before.len() as u64).and_then(|()| file.sync_all());
    })?;
    Ok(true)
}

fn over(mut file: &File, before: &[u8], after: &[u8]) -> io::Result<()> {
    // Where there is no room for a longer text, that shows before anything of the one there is written over.
    file.seek(SeekFrom::End(0))?;
    file.write_all(&vec![b'\n'; after.len().saturating_sub(before.len())])?;
    file.sync_all()?;
    file.rewind()?;
    file.write_all(after)?;
    file.set_len(after.len() as u64)?;
    file.sync_all()
}

/// Whether a file holds these bytes and no more.
fn holds(file: &mut File, bytes: &[u8]) -> io::Result<bool> {
    let mut found = Vec::with_capacity(bytes.len());
    file.rewind()?;
    file.take(bytes.len() as u64 + 1).read_to_end(&mut found)?;
    Ok(found == bytes)
}

/// Whether there is a file with these bytes, and no other, at a path.
fn is_at(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match open(path) {
        Ok(mut file) => holds(&mut file, bytes),
        Err(Unread::Io(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) => Ok(false),
    }
}

/// Puts a temporary file in the place of one that holds `before`. The two change places at one moment, and what comes out of it
/// is looked at: whatever was saved there up to that moment goes back to its place.
fn exchanged(staged: NamedTempFile, path: &Path, before: &[u8], after: &[u8]) -> io::Result<bool> {
    // Most saves are seen here, and then nothing is moved at all.
    if !is_at(path, before)? {
        return Ok(false);
    }
    match exchange(staged.path(), path) {
        Ok(true) => {}
        Ok(false) => {
            staged.persist(path)?;
            return Ok(true);
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    if is_at(staged.path(), before).unwrap_or(false) {
        return Ok(true);
    }
    put_back(staged, path, after)?;
    Ok(false)
}

/// Lets what was saved go back to its place, from where it came out for `put`. That comes out again, unless it was saved over
/// as well: then that save goes back.
fn put_back(staged: NamedTempFile, path: &Path, put: &[u8]) -> io::Result<()> {
    let mut put = put.to_vec();
    for _ in 0..TURNS {
        let saved = fs::read(staged.path());
        if exchange(staged.path(), path).is_err() {
            break;
        }
        match saved {
            Ok(saved) if !is_at(staged.path(), &put).unwrap_or(false) => put = saved,
            _ => return Ok(()),
        }
    }
    // There is no more file to change places with. Whatever comes of it, the save is not thrown away.
    staged.persist_noclobber(path).map(|_| ()).or_else(|failed| failed.file.keep().map(|_| ()).map_err(Into::into))
}

/// Lets two files change places; gives whether the system can.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<bool> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        // Systems disagree on which of these stands for a file system that cannot.
        Err(error) if [Errno::NOSYS, Errno::INVAL, Errno::OPNOTSUPP, Errno::NOTSUP].contains(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_a: &Path, _b: &Path) -> io::Result<bool> {
    Ok(false)
}

/// How to write to what somebody named.
enum Way {
    /// As a file.
    File(PathBuf),
    /// By opening what is there.
    Open(PathBuf),
    /// By what the process was given.
    Standard(Box<dyn Write>),
}

fn way_to(path: &Path) -> io::Result<Way> {
    let mut at = path.to_path_buf();
    for _ in 0..LINKS {
        if let Some(way) = given(&at)? {
            return Ok(way);
        }
        match fs::symlink_metadata(&at) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Way::File(at)),
            Err(error) => return Err(error),
            Ok(found) if found.is_symlink() => at = folder_of(&at).join(fs::read_link(&at)?),
            Ok(found) if found.is_file() => return Ok(Way::File(at)),
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) => return Ok(Way::Open(at)),
        }
    }
    Err(io::Error::other("too many links"))
}

/// What stands for something that the process was given open.
#[cfg(unix)]
fn given(path: &Path) -> io::Result<Option<Way>> {
    use std::os::fd::AsFd;
    let (Ok(folder), Some(name)) = (fs::canonicalize(folder_of(path)), path.file_name()) else { return Ok(None) };
    let is_given =
        ["/proc/self/fd", "/dev/fd"].iter().any(|given| fs::canonicalize(given).is_ok_and(|it| it == folder));
    Ok(match name.to_str() {
        Some("1") if is_given => Some(Way::Standard(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))),
        Some("2") if is_given => Some(Way::Standard(Box::new(File::from(io::stderr().as_fd().try_clone_to_owned()?)))),
        _ if is_given => Some(Way::Open(path.to_path_buf())),
        _ => None,
    })
}

#[cfg(not(unix))]
fn given(_path: &Path) -> io::Result<Option<Way>> {
    Ok(None)
}
