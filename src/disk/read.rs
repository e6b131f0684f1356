//! Whole files in. In: a path; out: the bytes of the regular file there, never more than a limit and never by waiting for a device
//! or a pipe; or why it was not read.

use std::fs::{self, File, FileType, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::place::leads_outside;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::source::display_path;

/// The largest text that is read whole: facts, a template, a declaration, a record. Real ones have some thousand bytes.
pub const TEXT: u64 = 1 << 20;
/// The largest file that holds pages or what was said of many reports.
pub const LARGE: u64 = 256 << 20;

/// Why a file was not read.
#[derive(Debug)]
pub enum Unread {
    /// The system did not let it be read.
    Io(io::Error),
    /// It is a folder.
    Folder,
    /// It is a pipe, a device or a socket, by its name.
    Special(Text),
    /// It is larger than this many bytes.
    TooLarge(u64),
    /// It lies in a project and leads out of it.
    Outside,
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Unread {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// What the system would say of it.
    pub fn into_io(self) -> io::Error {
        match self {
            Self::Io(error) => error,
            _ => io::ErrorKind::InvalidInput.into(),
        }
    }

    /// The problem of the file.
    pub fn told(&self, path: &Path) -> Diagnostic {
        let name = display_path(path);
        let unread = |message| Diagnostic::error(Code::Unreadable, message);
        match self {
            Self::Io(error) => unread(text!("无法读取 {name}：{error}", "cannot read {name}: {error}")).help(text!(
                "检查文件是否存在、是否有读取权限",
                "check that the file is there and that you may read it"
            )),
            Self::Folder => unread(text!("{name} 是文件夹，不是文件", "{name} is a folder, not a file"))
                .help(text!("把文件夹改名或移走", "rename or move the folder")),
            Self::Special(Text { zh, en }) => unread(text!(
                "没有读取 {name}：它是{zh}，不是普通文件",
                "{name} is not read: it is {en}, not a regular file"
            ))
            .help(text!("换成普通文件，或移走", "put a regular file in its place, or move it away")),
            Self::TooLarge(limit) => {
                let limit = limit >> 20;
                unread(text!("没有读取 {name}：超过 {limit} MiB", "{name} is not read: it is larger than {limit} MiB"))
                    .help(text!("检查文件是否放错", "see whether the file is the right one"))
            }
            Self::Outside => outside(path),
        }
    }
}

/// The problem of a path that leads out of the project.
pub fn outside(path: &Path) -> Diagnostic {
    let name = display_path(path);
    let message = text!(
        "没有读取 {name}：它经由链接指向项目之外",
        "{name} is not read: by way of a link, it leads out of the project"
    );
    Diagnostic::error(Code::OutsideProject, message).help(text!(
        "要用它，就把它指向的内容复制到项目里，代替链接；不认得这个链接，就删除",
        "if it is wanted, copy what it leads to into the project in the place of the link; else delete the link"
    ))
}

/// Whether an error says that there is no such file or folder.
pub fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Whether there is a file or folder, or a link that leads to one. It is asked twice before it is said that there is none:
/// figures would be compared with nothing, and pages made by other templates than the project's.
///
/// # Errors
/// Whatever keeps that from being known.
pub fn is_there(path: &Path) -> io::Result<bool> {
    let look = || match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if is_missing(&error) => Ok(false),
        Err(error) => Err(error),
    };
    Ok(look()? || look()?)
}

/// Reads a regular file that somebody named, wherever it lies.
///
/// # Errors
/// It cannot be read, is no regular file, or is larger than `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    let (file, found) = opened(path)?;
    // With a byte more, the end shows without another look. Whatever the file says of its own length, it may grow.
    let length = usize::try_from(found.len().min(limit)).unwrap_or_default().saturating_add(1);
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(io::Error::from)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    bounded(bytes, limit)
}

/// Bytes of a file, where they are no more than are read of one.
///
/// # Errors
/// There are more than `limit`.
pub fn bounded(bytes: Vec<u8>, limit: u64) -> Result<Vec<u8>, Unread> {
    if bytes.len() as u64 > limit { Err(Unread::TooLarge(limit)) } else { Ok(bytes) }
}

/// Reads a regular file. Where it lies in a project, it must not lead out of it.
///
/// # Errors
/// Those of [`read`], and a file outside the project.
pub fn read_own(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    if leads_outside(path)? { Err(Unread::Outside) } else { read(path, limit) }
}

/// Reads a file that this program wrote. The folder of the pages may be a link to anywhere, such as to a web server's; the file
/// itself must be no link out of the project.
///
/// # Errors
/// Those of [`read_own`].
pub fn read_made(path: &Path, limit: u64) -> Result<Vec<u8>, Unread> {
    if fs::symlink_metadata(path)?.is_symlink() { read_own(path, limit) } else { read(path, limit) }
}

/// Opens a regular file for reading.
///
/// # Errors
/// It cannot be opened, or is no regular file.
pub fn open(path: &Path) -> Result<File, Unread> {
    Ok(opened(path)?.0)
}

fn opened(path: &Path) -> Result<(File, Metadata), Unread> {
    // Opening alone may wait, or do something to a device; so that it is looked at before, and again in case it was replaced.
    regular(&fs::metadata(path)?)?;
    let file = without_waiting(File::options().read(true)).open(path)?;
    let found = file.metadata()?;
    regular(&found)?;
    Ok((file, found))
}

/// Whether what was found is a regular file.
///
/// # Errors
/// It is something else.
pub(super) fn regular(found: &Metadata) -> Result<(), Unread> {
    match found.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(Unread::Folder),
        kind => Err(Unread::Special(special(kind))),
    }
}

/// What a file is called that is neither regular nor a folder.
#[cfg(unix)]
fn special(kind: FileType) -> Text {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_fifo() => text!("管道（FIFO）", "a pipe (FIFO)"),
        _ if kind.is_socket() => text!("套接字", "a socket"),
        _ => text!("设备", "a device"),
    }
}

#[cfg(not(unix))]
fn special(_kind: FileType) -> Text {
    text!("设备", "a device")
}

/// Opening a pipe waits for whoever is at its other end, unless it is told not to.
#[cfg(unix)]
pub(super) fn without_waiting(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    options.custom_flags(flags.bits().cast_signed())
}

#[cfg(not(unix))]
pub(super) fn without_waiting(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}
