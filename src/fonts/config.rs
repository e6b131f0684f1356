//! Where fontconfig says that fonts are. In: its files; out: the folders that they name, and which of the files could not be
//! read. A file that is not there, or is no configuration, names no folders, as fontconfig has it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fontconfig_parser::{ConfigPart, parse_config_parts};
use walkdir::WalkDir;

use super::trouble::{trouble, trouble_with, variable};
use crate::diag::Diagnostic;
use crate::disk;

/// The folders that the files of user and machine name, and what could not be read of them.
pub(super) fn folders() -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let mut reader = Reader::default();
    match variable("FONTCONFIG_FILE") {
        Some(file) => reader.file(&file),
        None => {
            let own = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
            let files = own.map(|folder| folder.join("fontconfig/fonts.conf")).into_iter();
            for file in files.chain(["/etc/fonts/local.conf", "/etc/fonts/fonts.conf"].map(PathBuf::from)) {
                reader.file(&file);
            }
        }
    }
    let home = variable("HOME");
    let whole = |path: PathBuf| match (path.strip_prefix("~"), &home) {
        (Ok(below), Some(home)) => home.join(below),
        _ => path,
    };
    (reader.folders.into_iter().map(whole).collect(), reader.troubles)
}

#[derive(Default)]
struct Reader {
    folders: Vec<PathBuf>,
    read: BTreeSet<PathBuf>,
    troubles: Vec<Diagnostic>,
}

impl Reader {
    fn file(&mut self, path: &Path) {
        match path.canonicalize() {
            Ok(whole) if self.read.insert(whole.clone()) => {}
            Ok(_) => return,
            Err(error) => return self.troubles.extend(trouble_with(path, &error)),
        }
        let text = match disk::read(path, disk::TEXT) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(unread) => return self.troubles.push(unread.told(path)),
        };
        for part in parse_config_parts(&text).into_iter().flatten() {
            match part {
                ConfigPart::Dir(folder) => self.folders.push(folder.calculate_path(path)),
                ConfigPart::ResetDirs => self.folders.clear(),
                ConfigPart::Include(included) => self.include(&included.calculate_path(path)),
                _ => {}
            }
        }
    }

    /// A file, or those of a folder.
    fn include(&mut self, path: &Path) {
        for entry in WalkDir::new(path).follow_links(true).max_depth(1).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() => self.file(entry.path()),
                Ok(_) => {}
                Err(error) => self.troubles.extend(trouble(path, error)),
            }
        }
    }
}
