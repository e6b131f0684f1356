//! The fonts of a machine, kept between runs. In: folders, and what an earlier run kept; out: the faces of every font file,
//! each file by its hash, and what could not be read. A file that is as it was, by length, times and place on the disk, is
//! not read again; one that had changed just before it was read, or about which there is any other doubt, is. What could
//! not be read is never kept, and what was kept is used only where it is whole and of this very program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use etcetera::BaseStrategy;
use fontdb::{Database, FaceInfo, Source, Style};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::file::{self, FontFile, Stamp};
use super::folders::Folders;
use crate::diag::Diagnostic;
use crate::disk;

/// How a kept index begins; another program's is not used.
const MARK: &str = concat!("nianbao-fonts ", env!("CARGO_PKG_VERSION"), " ", env!("NIANBAO_SOURCES"));

/// What is known of the font files of a machine.
pub(super) struct Index {
    /// Every font file, in order of path.
    pub files: Vec<(FontFile, Vec<Face>)>,
    /// What could not be read.
    pub troubles: Vec<Diagnostic>,
}

/// What is kept of a font file.
#[derive(Clone, Deserialize, Serialize)]
struct Kept {
    stamp: Stamp,
    /// When it was read, from 1970.
    read: Duration,
    faces: Vec<Face>,
    /// The BLAKE3 hash of its bytes.
    blake3: String,
}

/// What of a face decides whether it serves.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Face {
    /// Which face of the file, for collections (`.ttc`).
    pub index: u32,
    /// What its family is called, in every language.
    pub families: Vec<String>,
    /// Its own name.
    pub post_script_name: String,
    /// From 100 to 900.
    pub weight: u16,
    /// Whether it is neither italic nor oblique.
    pub is_upright: bool,
}

impl Index {
    /// Looks through folders, and keeps what was found for the next run.
    pub(super) fn scan(folders: Folders) -> Self {
        let base = etcetera::choose_base_strategy().ok();
        Self::scan_with(folders, base.map(|base| base.cache_dir().join("nianbao/fonts")))
    }

    fn scan_with(folders: Folders, keep_at: Option<PathBuf>) -> Self {
        // Whatever keeps an index from being used, the files themselves are read.
        let kept = keep_at.as_deref().and_then(read).unwrap_or_default();
        let (paths, mut troubles) = folders.font_files();
        let look = |path: PathBuf| look(&path, &kept).map(|now| (path, now));
        let is_new = paths.iter().any(|path| !kept.contains_key(path));
        // Where there can be no threads, or there is nothing to read, one after the other.
        let pool = is_new.then(|| ThreadPoolBuilder::new().build().ok()).flatten();
        let looked: Vec<_> = match pool {
            Some(pool) => pool.install(|| paths.into_par_iter().map(look).collect()),
            None => paths.into_iter().map(look).collect(),
        };
        let (mut now, mut is_same) = (BTreeMap::new(), true);
        for seen in looked {
            match seen {
                Ok((path, file)) => {
                    is_same &= kept.get(&path).is_some_and(|old| old.stamp == file.stamp && old.read == file.read);
                    now.insert(path, file);
                }
                Err(trouble) => troubles.push(trouble),
            }
        }
        if let Some(path) = keep_at.filter(|_| !is_same || kept.len() != now.len()) {
            keep(&path, &now);
        }
        let files = now.into_iter().map(|(path, file)| file.seen(path)).collect();
        Self { files, troubles }
    }
}

/// A font file as it is now: as it was kept, where it has not changed since.
fn look(path: &Path, kept: &BTreeMap<PathBuf, Kept>) -> Result<Kept, Diagnostic> {
    if let Some(old) = kept.get(path) {
        let stamp = fs::metadata(path).and_then(|data| Stamp::of(&data));
        if stamp.map_err(|error| file::unreadable_font(path, &error))? == old.stamp && old.is_settled() {
            return Ok(old.clone());
        }
    }
    let read = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let (bytes, stamp) = file::read(path)?;
    let blake3 = blake3::hash(&bytes).to_hex().to_string();
    Ok(Kept { stamp, read, faces: faces(bytes), blake3 })
}

/// Where it cannot be kept, the next run looks through the files again.
fn keep(path: &Path, files: &BTreeMap<PathBuf, Kept>) {
    if let Ok(json) = serde_json::to_string(files) {
        let hash = blake3::hash(json.as_bytes()).to_hex();
        path.parent().into_iter().for_each(disk::sweep);
        let _ = disk::write(path, format!("{MARK} {hash}\n{json}").as_bytes());
    }
}

/// What an earlier run kept, if it is whole and of this program.
fn read(path: &Path) -> Option<BTreeMap<PathBuf, Kept>> {
    let text = String::from_utf8(disk::read(path, disk::LARGE).ok()?).ok()?;
    let (head, json) = text.split_once('\n')?;
    let hash = head.strip_prefix(MARK)?.trim_start();
    (blake3::hash(json.as_bytes()).to_hex().as_str() == hash).then(|| serde_json::from_str(json).ok()).flatten()
}

/// The faces in the bytes of a file; what is no font has none.
fn faces(bytes: Vec<u8>) -> Vec<Face> {
    let mut database = Database::new();
    database.load_font_source(Source::Binary(Arc::new(bytes)));
    database.faces().map(Face::of).collect()
}

impl Face {
    fn of(face: &FaceInfo) -> Self {
        Self {
            index: face.index,
            families: face.families.iter().map(|(name, _)| name.clone()).collect(),
            post_script_name: face.post_script_name.clone(),
            weight: face.weight.0,
            is_upright: face.style == Style::Normal,
        }
    }
}

impl Kept {
    /// Whether a later change shows in its stamp.
    fn is_settled(&self) -> bool {
        self.stamp.is_settled(self.read)
    }

    fn seen(self, path: PathBuf) -> (FontFile, Vec<Face>) {
        // Only where there is a time of the last change of any kind is the stamp as good as the bytes.
        let stamp = (cfg!(unix) && self.is_settled()).then_some(self.stamp);
        (FontFile::new(path, self.blake3, stamp), self.faces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;
    use crate::fonts::file::DOUBT;
    use crate::needs::can_run;

    /// Where Debian has it.
    const FONT: &str = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";

    struct Fonts(tempfile::TempDir);

    impl Fonts {
        /// A folder with one font that was put there a moment ago.
        fn new() -> Option<Self> {
            if !can_run(Path::new(FONT).is_file(), FONT, "FONTS") {
                return None;
            }
            let fonts = Self(tempfile::tempdir().expect("a folder"));
            fs::create_dir(fonts.folder()).expect("a folder");
            fs::copy(FONT, fonts.folder().join("a.ttf")).expect("a copy");
            Some(fonts)
        }

        /// A folder with one font that has been there long enough to be beyond doubt.
        fn settled() -> Option<Self> {
            let fonts = Self::new()?;
            std::thread::sleep(DOUBT + Duration::from_millis(100));
            Some(fonts)
        }

        fn folder(&self) -> PathBuf {
            self.0.path().join("fonts")
        }

        fn kept(&self) -> PathBuf {
            self.0.path().join("kept")
        }

        fn scan(&self) -> Index {
            Index::scan_with(Folders::only(&self.folder()), Some(self.kept()))
        }

        fn families(&self) -> Vec<String> {
            let faces = self.scan().files.into_iter().flat_map(|(_, faces)| faces);
            faces.flat_map(|face| face.families).collect()
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
        let Some(fonts) = Fonts::settled() else { return };
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        // A forgery is the only way to see that the kept names are used.
        forge(&fonts.kept(), true);
        assert_eq!(fonts.families(), ["Forged Sans"]);
        let file = fs::File::options().append(true).open(fonts.folder().join("a.ttf")).expect("the file");
        file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("a time");
        assert_eq!(fonts.families(), ["DejaVu Sans"], "another time of change");
    }

    #[test]
    fn what_is_damaged_or_foreign_is_not_trusted() {
        let Some(fonts) = Fonts::settled() else { return };
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        forge(&fonts.kept(), false);
        assert_eq!(fonts.families(), ["DejaVu Sans"], "a hash that does not fit");
        let text = fs::read_to_string(fonts.kept()).expect("kept");
        fs::write(fonts.kept(), text.replacen("nianbao-fonts ", "nianbao-fonts 0.0.0-", 1)).expect("written");
        assert_eq!(fonts.families(), ["DejaVu Sans"], "of another program");
        fs::write(fonts.kept(), [0xff, 0xfe]).expect("written");
        assert_eq!(fonts.families(), ["DejaVu Sans"], "no text");
    }

    #[test]
    fn what_was_read_a_moment_after_it_changed_is_not_trusted_even_with_its_times_set_back() {
        let Some(fonts) = Fonts::new() else { return };
        let file = fs::File::options().append(true).open(fonts.folder().join("a.ttf")).expect("the file");
        file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("a time");
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
        forge(&fonts.kept(), true);
        assert_eq!(fonts.families(), ["DejaVu Sans"]);
    }

    #[test]
    fn new_and_vanished_files_are_noticed_and_hashes_are_of_the_content() {
        let Some(fonts) = Fonts::new() else { return };
        assert_eq!(fonts.families().len(), 1);
        fs::create_dir(fonts.folder().join("below")).expect("a folder");
        fs::copy(FONT, fonts.folder().join("below/b.TTF")).expect("a copy");
        assert_eq!(fonts.families().len(), 2);
        fs::remove_file(fonts.folder().join("a.ttf")).expect("removed");
        let index = fonts.scan();
        let bytes = fs::read(fonts.folder().join("below/b.TTF")).expect("a font");
        assert_eq!(index.files.len(), 1);
        assert_eq!(index.files[0].0.blake3(), blake3::hash(&bytes).to_hex().as_str());
        assert_eq!(*index.files[0].0.bytes().expect("its bytes"), bytes);
    }

    #[test]
    fn a_font_that_changes_after_it_was_seen_is_not_used() {
        for settled in [false, true] {
            let fonts = if settled { Fonts::settled() } else { Fonts::new() };
            let Some(fonts) = fonts else { return };
            let font = fonts.scan().files.remove(0).0;
            let linked = fonts.0.path().join("linked.ttf");
            font.appear_at(&linked).expect("it is there");
            let before = fs::read(&linked).expect("readable");
            // Of the same length, with the same time of change.
            let path = fonts.folder().join("a.ttf");
            let times = fs::metadata(&path).and_then(|data| data.modified()).expect("times");
            let mut other = before.clone();
            other[1000] ^= 1;
            fs::write(&path, &other).expect("written");
            fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(times)).expect("a time");
            assert_eq!(font.check_unchanged().is_err(), settled, "a copy need not be looked at again");
            if !settled {
                assert_eq!(fs::read(&linked).expect("readable"), before);
                assert_eq!(*font.bytes().expect("read before"), before);
            } else {
                assert_eq!(font.bytes().expect_err("other bytes").code, Code::FontsChanged);
            }
        }
    }

    #[test]
    fn a_link_to_nothing_and_no_folder_are_no_trouble_and_what_cannot_be_opened_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let nothing = folder.path().join("nothing");
        assert!(Index::scan_with(Folders::only(&nothing), None).troubles.is_empty());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&nothing, folder.path().join("a.ttf")).expect("a link");
            std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
            assert!(Index::scan_with(Folders::only(folder.path()), None).troubles.is_empty());
            std::os::unix::fs::symlink("b.otf", folder.path().join("b.otf")).expect("a link to itself");
            let index = Index::scan_with(Folders::only(folder.path()), None);
            assert_eq!(index.troubles.len(), 1);
            assert!(index.troubles[0].message.en.contains("b.otf"), "{:?}", index.troubles);
        }
    }

    #[test]
    fn a_folder_of_far_too_many_files_is_not_looked_through_to_its_end() {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..50 {
            fs::write(folder.path().join(format!("{number}.txt")), "no font").expect("written");
        }
        let (_, troubles) = Folders::only(folder.path()).limited(50, 100).font_files();
        assert_eq!(troubles[0].code, Code::ProjectFile, "50 files and their folder");
        assert!(Folders::only(folder.path()).limited(51, 100).font_files().1.is_empty());
        fs::write(folder.path().join("0.ttf"), [0; 101]).expect("written");
        let (_, troubles) = Folders::only(folder.path()).limited(1000, 100).font_files();
        assert_eq!(troubles[0].code, Code::ProjectFile, "101 bytes of fonts");
    }
}
