//! The folders that files are written into. In: a path; out: a folder that is there and on the disk, or the problem of what cannot be
//! written.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;

/// The problem of something that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let shown = display_path(path);
    Diagnostic::error(Code::Unwritable, text!("无法写入 {shown}：{error}", "cannot write {shown}: {error}")).help(
        text!(
            "检查磁盘空间和文件夹的写入权限，或用 --out 换一个文件夹",
            "check the disk and the folder's permissions, or write elsewhere with --out"
        ),
    )
}

/// The folder that a path lies in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a folder and those above it. Each new one is on the disk when this is done.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let new: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(folder)?;
    new.into_iter().try_for_each(|folder| sync_folder(folder_of(folder)))
}

/// A file with a new name is found after a crash only once the folder is on the disk too.
#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network folders cannot, and keep their names by other means.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Goes to a folder, from which every path is meant that is typed.
///
/// # Errors
/// It is not there, or may not be entered.
pub fn go_to(folder: &Path) -> Result<(), Diagnostic> {
    std::env::set_current_dir(folder).map_err(|error| {
        let shown = display_path(folder);
        let message = match error.kind() {
            io::ErrorKind::NotFound => text!("没有文件夹 {shown}", "there is no folder {shown}"),
            io::ErrorKind::NotADirectory => text!("{shown} 不是文件夹", "{shown} is no folder"),
            _ => text!("不能到 {shown} 运行：{error}", "cannot run in {shown}: {error}"),
        };
        Diagnostic::error(Code::Usage, message).help(text!("-C 后面写一个文件夹", "name a folder after -C"))
    })
}
