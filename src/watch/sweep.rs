//! What changed without anybody having told of it: a full queue, a service that hears nothing on a network drive, a file behind
//! a link. In: the files that pages are made of, looked at every few seconds; out: the paths of those that are not as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use walkdir::WalkDir;

use crate::disk::MARKER;
use crate::project::{Name, REPORTS, name_of};
use crate::session::Selection;

/// How long it is from one sweep to the next where changes are told as they happen.
const CALM: Duration = Duration::from_secs(4);
/// How long where they are not.
const DEAF: Duration = Duration::from_secs(1);
/// So many times as long as a sweep takes nothing is swept.
const REST: u32 = 50;

/// By what a file is taken for unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    place: (u64, u64, i64, i64),
}

impl Stamp {
    /// Of a folder, only which it is: what is in it has stamps of its own.
    fn of(metadata: &Metadata) -> Self {
        if metadata.is_dir() {
            let (device, number, ..) = place(metadata);
            return Self { length: 0, modified: None, place: (device, number, 0, 0) };
        }
        Self { length: metadata.len(), modified: metadata.modified().ok(), place: place(metadata) }
    }
}

/// Device, file number and time of the last change of any kind.
#[cfg(unix)]
fn place(metadata: &Metadata) -> (u64, u64, i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> (u64, u64, i64, i64) {
    (0, 0, 0, 0)
}

/// Files as they were when they were last looked at or heard of.
pub(super) struct Sweep {
    known: BTreeMap<PathBuf, Stamp>,
    due: Instant,
}

impl Sweep {
    /// The files as they are now, before anything is read.
    pub(super) fn new(job: &Selection) -> Self {
        Self { known: seen(job), due: Instant::now() + CALM }
    }

    /// Notes files that changes were told of, before they are read: what changes after that is seen by the next sweep.
    pub(super) fn heard(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let Some(known) = self.known.get_mut(path) else { continue };
            match fs::metadata(path) {
                Ok(metadata) => *known = Stamp::of(&metadata),
                Err(_) => _ = self.known.remove(path),
            }
        }
    }

    /// The files that have changed, come or gone, where a sweep is due.
    pub(super) fn changed(&mut self, job: &Selection, is_deaf: bool) -> Vec<PathBuf> {
        let begun = Instant::now();
        if begun < self.due.min(begun + if is_deaf { DEAF } else { CALM }) {
            return Vec::new();
        }
        let now = seen(job);
        let other = |path: &&PathBuf| self.known.get(*path) != now.get(*path);
        let paths: BTreeSet<&PathBuf> = self.known.keys().chain(now.keys()).filter(other).collect();
        let paths = paths.into_iter().cloned().collect();
        self.known = now;
        self.due = Instant::now() + (begun.elapsed() * REST).max(if is_deaf { DEAF } else { CALM });
        paths
    }
}

/// All that pages of a job are made of, as far as it lies in folders that are listened to or is named by the job.
fn seen(job: &Selection) -> BTreeMap<PathBuf, Stamp> {
    let project = &job.project;
    let mut found = BTreeMap::new();
    let mut see = |path: &Path| {
        if !matches!(name_of(path), Name::Passing | Name::Lock)
            && let Ok(metadata) = fs::metadata(path)
        {
            found.insert(path.to_path_buf(), Stamp::of(&metadata));
        }
    };
    see(&project.root.join(MARKER));
    let whole = [project.root.join(REPORTS), project.templates()].into_iter().chain(project.font_paths());
    for folder in whole {
        WalkDir::new(folder).into_iter().flatten().for_each(|entry| see(entry.path()));
    }
    // Behind links, or outside the project.
    job.files.iter().for_each(|file| see(file));
    for folder in job.files.iter().filter_map(|file| file.parent()).collect::<BTreeSet<_>>() {
        fs::read_dir(folder).into_iter().flatten().flatten().for_each(|entry| see(&entry.path()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Problems;
    use crate::project::{Project, Settings};

    #[test]
    fn what_changed_comes_and_goes_is_seen_once_unless_it_was_heard_of() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let file = |name: &str| root.join(REPORTS).join(name);
        let write = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write(&file("甲/2025.toml"), "a");
        write(&file("乙/2025.toml"), "a");
        let project = Project { root: root.to_path_buf(), settings: Settings::default(), faults: Problems::new() };
        let files = vec![file("乙/2025.toml"), file("甲/2025.toml")];
        let job = Selection { project, files, strays: Vec::new(), deny_warnings: false };
        let mut sweep = Sweep::new(&job);
        assert_eq!(sweep.changed(&job, false), Vec::<PathBuf>::new(), "nothing is due");
        let mut swept = |heard: &[PathBuf]| {
            sweep.heard(heard);
            sweep.due = Instant::now();
            sweep.changed(&job, false)
        };
        assert_eq!(swept(&[]), Vec::<PathBuf>::new());
        write(&file("甲/2025.toml"), "as long");
        write(&file("乙/.2025.toml.swp"), "passing");
        assert_eq!(swept(&[]), [file("甲/2025.toml")]);
        assert_eq!(swept(&[]), Vec::<PathBuf>::new(), "once");
        write(&file("甲/2025.toml"), "heard of");
        assert_eq!(swept(&[file("甲/2025.toml")]), Vec::<PathBuf>::new());
        write(&root.join(MARKER), "");
        fs::remove_file(file("乙/2025.toml")).expect("removed");
        write(&file("丙/2025.toml"), "");
        assert_eq!(swept(&[]), [root.join(MARKER), file("丙"), file("丙/2025.toml"), file("乙/2025.toml")]);
    }
}
