//! Where fonts are. In: a project's own folders and the environment; out: the font files in them and in those of the machine,
//! and what could not be looked at. A folder that is not there holds no fonts; one that cannot be read may hold any.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::trouble::{trouble, variable};
use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;

/// Folders of Debian's TeX packages that fontconfig does not know, where they put the Fandol faces.
const TEX: &[&str] = &[
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/texmf/fonts/opentype/public/fandol",
    "/usr/local/share/texmf/fonts/opentype/public/fandol",
];

/// How much the folders that a project names may hold: they are looked through before anything else is done.
#[derive(Clone, Copy)]
struct Limit {
    /// Files and folders of any kind.
    entries: usize,
    /// Bytes of all font files.
    bytes: u64,
}

impl Limit {
    /// More than any office's fonts, and still looked through in seconds.
    const OWN: Self = Self { entries: 50_000, bytes: 2 << 30 };

    fn exceeded_by(self, folder: &Path) -> Diagnostic {
        let (shown, entries, mebibytes) = (display_path(folder), self.entries, self.bytes >> 20);
        let message = text!(
            "字体文件夹太大（看到 {shown} 为止）：超过 {entries} 个文件，或字体超过 {mebibytes} MiB",
            "the font folders are too large (looked at up to {shown}): more than {entries} files, or {mebibytes} MiB of fonts"
        );
        Diagnostic::error(Code::ProjectFile, message).help(text!(
            "在 nianbao.toml 的 font-paths 里写只放字体的文件夹",
            "name a folder that holds fonts alone in nianbao.toml: font-paths"
        ))
    }
}

/// Folders in which fonts are looked for.
pub(super) struct Folders {
    own: Vec<PathBuf>,
    machine: Vec<PathBuf>,
    limit: Limit,
    troubles: Vec<Diagnostic>,
}

impl Folders {
    /// A project's own folders, and those of the whole machine and of the user.
    pub(super) fn of(own: &[PathBuf]) -> Self {
        let (system, troubles) = system();
        let machine = TEX.iter().map(PathBuf::from).chain(system).collect();
        Self { own: own.to_vec(), machine, limit: Limit::OWN, troubles }
    }

    /// This folder alone.
    #[cfg(test)]
    pub(super) fn only(folder: &Path) -> Self {
        Self { own: vec![folder.to_path_buf()], machine: Vec::new(), limit: Limit::OWN, troubles: Vec::new() }
    }

    /// With another limit for own folders.
    #[cfg(test)]
    pub(super) fn limited(self, entries: usize, bytes: u64) -> Self {
        Self { limit: Limit { entries, bytes }, ..self }
    }

    /// The font files in all of them, and what could not be looked at.
    pub(super) fn font_files(self) -> (BTreeSet<PathBuf>, Vec<Diagnostic>) {
        let (mut found, mut troubles, mut seen) = (BTreeSet::new(), self.troubles, Seen::default());
        for folder in self.own.iter().collect::<BTreeSet<_>>() {
            let before = troubles.len();
            if look_through(folder, |entry| seen.is_within(self.limit, entry), &mut found, &mut troubles).is_none() {
                // Whatever else is wrong in there is not what is to be mended.
                troubles.truncate(before);
                troubles.push(self.limit.exceeded_by(folder));
                break;
            }
        }
        for folder in self.machine.iter().collect::<BTreeSet<_>>() {
            look_through(folder, |_| true, &mut found, &mut troubles);
        }
        (found, troubles)
    }
}

/// What was seen of a project's own folders.
#[derive(Default)]
struct Seen {
    entries: usize,
    bytes: u64,
}

impl Seen {
    fn is_within(&mut self, limit: Limit, entry: Option<&DirEntry>) -> bool {
        self.entries += 1;
        let font = entry.filter(|entry| is_font(entry));
        self.bytes += font.and_then(|entry| entry.metadata().ok()).map_or(0, |data| data.len());
        self.entries <= limit.entries && self.bytes <= limit.bytes
    }
}

/// Looks through a folder as long as what is there `may` be looked at; nothing comes of it where it is too much.
fn look_through(
    folder: &Path,
    mut may: impl FnMut(Option<&DirEntry>) -> bool,
    found: &mut BTreeSet<PathBuf>,
    troubles: &mut Vec<Diagnostic>,
) -> Option<()> {
    for entry in WalkDir::new(folder).follow_links(true) {
        if !may(entry.as_ref().ok()) {
            return None;
        }
        match entry {
            Ok(entry) if is_font(&entry) => drop(found.insert(entry.into_path())),
            Ok(_) => {}
            Err(error) => troubles.extend(trouble(folder, error)),
        }
    }
    Some(())
}

fn is_font(entry: &DirEntry) -> bool {
    let extension = entry.path().extension().map(|extension| extension.to_ascii_lowercase());
    let is_called = |extension| ["ttf", "ttc", "otf", "otc"].iter().any(|known| extension == *known);
    entry.file_type().is_file() && extension.is_some_and(is_called)
}

#[cfg(target_os = "windows")]
fn system() -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let root = variable("SYSTEMROOT").unwrap_or_else(|| PathBuf::from("C:\\Windows"));
    let data = [variable("LOCALAPPDATA"), variable("APPDATA")].into_iter().flatten();
    let own = data.map(|data| data.join("Microsoft\\Windows\\Fonts"));
    ([root.join("Fonts")].into_iter().chain(own).collect(), Vec::new())
}

#[cfg(target_os = "macos")]
fn system() -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let mut troubles = Vec::new();
    let assets = Path::new("/System/Library/AssetsV2");
    let mut loaded = Vec::new();
    for entry in WalkDir::new(assets).min_depth(1).max_depth(1) {
        match entry {
            Ok(entry) if entry.file_name().to_string_lossy().starts_with("com_apple_MobileAsset_Font") => {
                loaded.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => troubles.extend(trouble(assets, error)),
        }
    }
    let fixed = ["/Library/Fonts", "/System/Library/Fonts", "/Network/Library/Fonts"].map(PathBuf::from);
    let own = variable("HOME").map(|home| home.join("Library/Fonts"));
    (fixed.into_iter().chain(own).chain(loaded).collect(), troubles)
}

/// What fontconfig's files name; the usual folders where it has none.
#[cfg(all(unix, not(target_os = "macos")))]
fn system() -> (Vec<PathBuf>, Vec<Diagnostic>) {
    let (named, troubles) = super::config::folders();
    if !named.is_empty() {
        return (named, troubles);
    }
    let fixed = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from);
    let own = variable("HOME").map(|home| [home.join(".fonts"), home.join(".local/share/fonts")]);
    (fixed.into_iter().chain(own.into_iter().flatten()).collect(), troubles)
}
