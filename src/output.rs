//! Writes files whole. In: bytes and a path; out: the file, which at no moment is half there: it is written beside its
//! place under a temporary name and then renamed. Lines go to standard output, and it is told where they cannot.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;

/// Writes a file, and the folders above it.
///
/// # Errors
/// The folder or the file cannot be written; then nothing has changed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    write_whole(path, bytes).map_err(|error| {
        let shown = display_path(path);
        Diagnostic::error(Code::Unwritable, text!("无法写入 {shown}：{error}", "cannot write {shown}: {error}")).help(
            text!(
                "检查磁盘空间和文件夹的写入权限，或用 --out 换一个文件夹",
                "check the disk and the folder's permissions, or write elsewhere with --out"
            ),
        )
    })
}

/// Writes a file that is not there yet, and the folders above it.
///
/// # Errors
/// The file is there, or it or its folder cannot be written; then nothing has changed.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    if fs::symlink_metadata(path).is_ok() {
        let shown = display_path(path);
        let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
        return Err(Diagnostic::error(Code::AlreadyExists, message));
    }
    write(path, bytes)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".nianbao-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    readable(file.path())?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private; a page is for everybody whom the folder lets in.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Standard output or standard error. What cannot be written there is an error, unless whoever read it has gone away.
pub struct Printer {
    /// Where it goes; nothing more is written once something could not be.
    to: Option<Box<dyn Write>>,
}

impl Printer {
    /// The output that the process was given.
    pub fn open() -> Self {
        Self { to: Some(standard(io::stdout())) }
    }

    /// The output for problems that the process was given.
    pub fn of_problems() -> Self {
        Self { to: Some(standard(io::stderr())) }
    }

    /// Prints a line.
    ///
    /// # Errors
    /// It cannot be written; that is told once.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        let Some(to) = &mut self.to else { return Ok(()) };
        let written = to.write_all(format!("{line}\n").as_bytes()).and_then(|()| to.flush());
        if written.is_err() {
            self.to = None;
        }
        written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }
}

/// The standard library takes an output that is not open for writing for one that takes everything, so that it is passed by.
#[cfg(unix)]
fn standard(output: impl Write + std::os::fd::AsFd + 'static) -> Box<dyn Write> {
    match output.as_fd().try_clone_to_owned() {
        Ok(output) => Box::new(fs::File::from(output)),
        Err(_) => Box::new(output),
    }
}

#[cfg(not(unix))]
fn standard(output: impl Write + 'static) -> Box<dyn Write> {
    Box::new(output)
}
