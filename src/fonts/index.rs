//! The fonts of a machine, kept between runs. In: folders, and what an earlier run kept; out: a [`Database`] of all faces,
//! and the content of each file by its hash. A file that is as it was, by length, times and place on the disk, is not read
//! again; one that had changed just before it was read, or about which there is any other doubt, is. What was kept is used
//! only where it is whole and of this very program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy;
use fontdb::{Database, FaceInfo, ID, Language, Source, Stretch, Style, Weight};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::diag::Diagnostic;
use crate::facts::unreadable;
use crate::output;
use crate::source::display_path;

/// How long after a change a file may change once more and still have the same times. A file that was read sooner is read
/// again by the next run.
const DOUBT: Duration = Duration::from_secs(2);

/// How a kept index begins; another program's is not used.
const MARK: &str = concat!("nianbao-fonts ", env!("CARGO_PKG_VERSION"), " ", env!("NIANBAO_SOURCES"));

/// What is known of the font files of a machine.
pub struct Index {
    files: Mutex<BTreeMap<PathBuf, FontFile>>,
    keep_at: Option<PathBuf>,
}

/// What is known of a font file.
#[derive(Clone, Deserialize, Serialize)]
struct FontFile {
    stamp: Stamp,
    /// When it was read, from 1970.
    read: Duration,
    faces: Vec<KeptFace>,
    /// The BLAKE3 hash of its bytes, where it was asked for.
    blake3: Option<String>,
}

/// By what a file is taken for unchanged.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
struct Stamp {
    length: u64,
    modified: Duration,
    /// Device, file number and time of the last change of any kind, where there are such.
    file: (u64, u64, i64, i64),
}

/// What of a face decides whether it serves.
#[derive(Clone, Deserialize, Serialize)]
struct KeptFace {
    index: u32,
    families: Vec<String>,
    post_script_name: String,
    weight: u16,
    is_upright: bool,
}

impl Index {
    /// Looks through folders, and keeps what was found for the next run.
    pub fn scan(folders: &[PathBuf]) -> Self {
        Self::scan_with(
            folders,
            etcetera::choose_base_strategy().ok().map(|base| base.cache_dir().join("nianbao/fonts")),
        )
    }

    fn scan_with(folders: &[PathBuf], keep_at: Option<PathBuf>) -> Self {
        let kept = keep_at.as_deref().and_then(read).unwrap_or_default();
        let (mut files, mut is_same) = (BTreeMap::new(), true);
        for path in folders.iter().flat_map(|folder| font_files(folder)).collect::<BTreeSet<_>>() {
            let Some(stamp) = fs::metadata(&path).ok().as_ref().and_then(Stamp::of) else { continue };
            let known = kept.get(&path).filter(|file| file.stamp == stamp && file.is_settled());
            is_same &= known.is_some();
            let file = known.cloned().unwrap_or_else(|| FontFile::read(&path, stamp));
            files.insert(path, file);
        }
        is_same &= kept.len() == files.len();
        let index = Self { files: Mutex::new(files), keep_at };
        if !is_same {
            index.keep();
        }
        index
    }

    /// All faces.
    pub fn database(&self) -> Database {
        let mut database = Database::new();
        for (path, file) in self.files.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            for face in &file.faces {
                database.push_face_info(face.info(path));
            }
        }
        database
    }

    /// The BLAKE3 hashes of files, in hexadecimal, by path.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub fn hashes(&self, paths: &BTreeSet<PathBuf>) -> Result<BTreeMap<PathBuf, String>, Diagnostic> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut hashes, mut is_new) = (BTreeMap::new(), false);
        for path in paths {
            let known = files.get(path).and_then(|file| file.blake3.clone());
            is_new |= known.is_none();
            let hash = match known {
                Some(hash) => hash,
                None => {
                    let bytes = fs::read(path).map_err(|error| unreadable(&display_path(path), &error))?;
                    blake3::hash(&bytes).to_hex().to_string()
                }
            };
            if let Some(file) = files.get_mut(path) {
                file.blake3 = Some(hash.clone());
            }
            hashes.insert(path.clone(), hash);
        }
        drop(files);
        if is_new {
            self.keep();
        }
        Ok(hashes)
    }

    /// Where it cannot be kept, the next run looks through the files again.
    fn keep(&self) {
        let Some(path) = &self.keep_at else { return };
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(json) = serde_json::to_string(&*files) {
            let hash = blake3::hash(json.as_bytes()).to_hex();
            let _ = output::write(path, format!("{MARK} {hash}\n{json}").as_bytes());
        }
    }
}

/// What an earlier run kept, if it is whole and of this program.
fn read(path: &Path) -> Option<BTreeMap<PathBuf, FontFile>> {
    let text = fs::read_to_string(path).ok()?;
    let (head, json) = text.split_once('\n')?;
    let hash = head.strip_prefix(MARK)?.trim_start();
    (blake3::hash(json.as_bytes()).to_hex().as_str() == hash).then(|| serde_json::from_str(json).ok()).flatten()
}

fn font_files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let is_font = |path: &Path| {
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        extension.is_some_and(|extension| ["ttf", "ttc", "otf", "otc"].iter().any(|known| extension == *known))
    };
    let entries = WalkDir::new(folder).follow_links(true).into_iter().flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(move |path| is_font(path))
}

/// The faces of a file; a file that is no font has none.
fn faces(path: &Path) -> Vec<KeptFace> {
    let mut database = Database::new();
    let _ = database.load_font_file(path);
    database.faces().map(KeptFace::of).collect()
}

impl KeptFace {
    fn of(face: &FaceInfo) -> Self {
        Self {
            index: face.index,
            families: face.families.iter().map(|(name, _)| name.clone()).collect(),
            post_script_name: face.post_script_name.clone(),
            weight: face.weight.0,
            is_upright: face.style == Style::Normal,
        }
    }

    fn info(&self, path: &Path) -> FaceInfo {
        FaceInfo {
            id: ID::dummy(),
            source: Source::File(path.to_path_buf()),
            index: self.index,
            families: self.families.iter().map(|name| (name.clone(), Language::Unknown)).collect(),
            post_script_name: self.post_script_name.clone(),
            style: if self.is_upright { Style::Normal } else { Style::Italic },
            weight: Weight(self.weight),
            stretch: Stretch::Normal,
            monospaced: false,
        }
    }
}

impl Stamp {
    fn of(data: &Metadata) -> Option<Self> {
        let modified = data.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Self { length: data.len(), modified, file: file_number(data) })
    }
}

impl FontFile {
    fn read(path: &Path, stamp: Stamp) -> Self {
        let read = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { stamp, read, faces: faces(path), blake3: None }
    }

    /// Whether it had been left alone for so long when it was read that a later change shows in its times.
    fn is_settled(&self) -> bool {
        self.stamp.modified + DOUBT < self.read
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

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
    const LONG_AGO: Duration = Duration::from_secs(60);

    struct Fonts(tempfile::TempDir);

    impl Fonts {
        /// A folder with one font that changed long ago.
        fn new() -> Option<Self> {
            let fonts = Self(tempfile::tempdir().expect("a folder"));
            fs::create_dir(fonts.folder()).expect("a folder");
            fs::copy(FONT, fonts.folder().join("a.ttf")).ok()?;
            fonts.set_back("a.ttf", LONG_AGO);
            Some(fonts)
        }

        fn folder(&self) -> PathBuf {
            self.0.path().join("fonts")
        }

        fn kept(&self) -> PathBuf {
            self.0.path().join("kept")
        }

        fn set_back(&self, name: &str, by: Duration) {
            let file = fs::File::options().append(true).open(self.folder().join(name)).expect("the file");
            file.set_modified(SystemTime::now() - by).expect("a time");
        }

        fn families(&self) -> Vec<String> {
            let index = Index::scan_with(&[self.folder()], Some(self.kept()));
            index.database().faces().flat_map(|face| face.families.iter().map(|(name, _)| name.clone())).collect()
        }
    }

    /// What was kept, with one word for another; `whole` says whether its hash fits.
    fn forge(kept: &Path, whole: bool) {
        let text = fs::read_to_string(kept).expect("kept").replace("DejaVu Sans", "Forged Sans");
        let (_, json) = text.split_once('\n').expect("a head");
        let hash = blake3::hash(if whole { json.as_bytes() } else { b"" }).to_hex();
        fs::write(kept, format!("{MARK} {hash}\n{json}")).expect("written");
    }

    #[test]
    fn files_that_are_as_they_were_are_not_read_again() {
        let Some(fonts) = Fonts::new() else { return eprintln!("NOT RUN: {FONT} is missing") };
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        // A forgery is the only way to see that the kept names are used.
        forge(&fonts.kept(), true);
        assert_eq!(fonts.families(), ["Forged Sans"]);
        fonts.set_back("a.ttf", LONG_AGO / 2);
        assert_eq!(fonts.families(), ["DejaVu Sans"], "another time of change");
    }

    #[test]
    fn what_is_damaged_foreign_or_in_doubt_is_not_trusted() {
        let Some(fonts) = Fonts::new() else { return eprintln!("NOT RUN: {FONT} is missing") };
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        forge(&fonts.kept(), false);
        assert_eq!(fonts.families(), ["DejaVu Sans"], "a hash that does not fit");
        let text = fs::read_to_string(fonts.kept()).expect("kept");
        fs::write(fonts.kept(), text.replacen("nianbao-fonts ", "nianbao-fonts 0.0.0-", 1)).expect("written");
        assert_eq!(fonts.families(), ["DejaVu Sans"], "of another program");
        fs::write(fonts.kept(), [0xff, 0xfe]).expect("written");
        assert_eq!(fonts.families(), ["DejaVu Sans"], "no text");
        forge(&fonts.kept(), true);
        fonts.set_back("a.ttf", DOUBT / 2);
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        forge(&fonts.kept(), true);
        std::thread::sleep(DOUBT * 3 / 5);
        assert_eq!(fonts.families(), ["DejaVu Sans"], "read a moment after it changed");
    }

    #[test]
    fn new_and_vanished_files_are_noticed_and_hashes_are_of_the_content() {
        let Some(fonts) = Fonts::new() else { return eprintln!("NOT RUN: {FONT} is missing") };
        assert_eq!(fonts.families().len(), 1);
        fs::create_dir(fonts.folder().join("below")).expect("a folder");
        fs::copy(FONT, fonts.folder().join("below/b.TTF")).expect("a copy");
        assert_eq!(fonts.families().len(), 2);
        fs::remove_file(fonts.folder().join("a.ttf")).expect("removed");
        assert_eq!(fonts.families().len(), 1);
        let path = fonts.folder().join("below/b.TTF");
        let hash = blake3::hash(&fs::read(&path).expect("a font")).to_hex().to_string();
        for _ in 0..2 {
            let index = Index::scan_with(&[fonts.folder()], Some(fonts.kept()));
            assert_eq!(index.hashes(&[path.clone()].into()).expect("hashes")[&path], hash);
            fonts.set_back("below/b.TTF", LONG_AGO);
        }
        let index = Index::scan_with(&[fonts.folder()], None);
        assert!(index.hashes(&[fonts.folder().join("c.ttf")].into()).is_err());
    }
}
