//! Which files change. In: a project; out: events, and which reports a change concerns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::Event;
use crate::diag::{Code, Diagnostic, text};
use crate::job::CheckJob;
use crate::project::{MARKER, Name, REPORTS, name_of};

/// What changes concern.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// These reports, by their places in the job.
    pub reports: BTreeSet<usize>,
    /// Which reports there are.
    pub list: bool,
    /// What lies among the facts and is none.
    pub strays: bool,
    /// The forms.
    pub forms: bool,
    /// The project's settings or fonts.
    pub settings: bool,
}

/// Listens to the file system.
pub struct Changes {
    watcher: RecommendedWatcher,
}

impl Changes {
    /// Listens, so far to nothing.
    ///
    /// # Errors
    /// The system has no such service, or no room for one more.
    pub fn new(events: Sender<Event>) -> Result<Self, Diagnostic> {
        let watcher = notify::recommended_watcher(move |heard: notify::Result<notify::Event>| {
            let Ok(event) = heard else { return };
            let is_written = event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
            let is_put_in_place = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
            if is_written || !event.kind.is_access() {
                let is_whole = is_written || is_put_in_place;
                // When nobody listens any more, the watch is at its end.
                let _ = events.send(Event::Changed { paths: event.paths, is_whole });
            }
        });
        let watcher = watcher.map_err(|error| unwatchable(Path::new("."), &error))?;
        Ok(Self { watcher })
    }

    /// Listens to all that a job is made of. Folders are watched, not files: editors put a new file in the place of the old.
    ///
    /// # Errors
    /// A folder that cannot be watched.
    pub fn cover(&mut self, job: &CheckJob) -> Result<(), Diagnostic> {
        let project = &job.project;
        self.folder(&project.root, RecursiveMode::NonRecursive)?;
        let whole = [project.root.join(REPORTS), project.templates()].into_iter().chain(project.font_paths());
        for folder in whole.collect::<Vec<_>>() {
            self.folder(&folder, RecursiveMode::Recursive)?;
        }
        let elsewhere = job.files.iter().filter(|file| !file.starts_with(project.root.join(REPORTS)));
        for folder in elsewhere.filter_map(|file| file.parent()).map(Path::to_path_buf).collect::<BTreeSet<_>>() {
            self.folder(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(())
    }

    /// A folder may have come again since it was last listened to, so that it is listened to anew each time.
    fn folder(&mut self, folder: &Path, mode: RecursiveMode) -> Result<(), Diagnostic> {
        if !folder.is_dir() {
            return Ok(());
        }
        self.watcher.watch(folder, mode).map_err(|error| unwatchable(folder, &error))
    }
}

fn unwatchable(folder: &Path, error: &notify::Error) -> Diagnostic {
    let folder = folder.display();
    let message = text!("无法监视 {folder}：{error}", "cannot watch {folder}: {error}");
    Diagnostic::error(Code::Preview, message).help(text!(
        "文件夹太多时，Linux 上可调大 fs.inotify.max_user_watches；或只选一部分报告",
        "where there are too many folders, raise fs.inotify.max_user_watches on Linux, or select fewer reports"
    ))
}

/// What changes of these files concern.
pub fn affected(paths: &[PathBuf], job: &CheckJob) -> Affected {
    let project = &job.project;
    let (reports, templates, fonts) = (project.root.join(REPORTS), project.templates(), project.font_paths());
    let is_setting = |path: &Path| path.ends_with(MARKER) || fonts.iter().any(|folder| path.starts_with(folder));
    let mut affected = Affected::default();
    for path in paths {
        let (name, is_below) = (name_of(path), path.starts_with(&reports));
        if matches!(name, Name::Passing | Name::Lock) {
            continue;
        }
        if is_setting(path) {
            affected.settings = true;
        } else if path.starts_with(&templates) {
            affected.forms = true;
        } else if let Some(number) = job.files.iter().position(|file| file == path) {
            affected.list |= !path.is_file();
            // Next year's report draws on this year's facts.
            let same_folder = |other: &usize| job.files[*other].parent() == job.files[number].parent();
            affected.reports.extend((0..job.files.len()).filter(same_folder).filter(|_| path.is_file()));
        } else if name == Name::Facts {
            affected.list = true;
        } else if is_below && (path.extension().is_none() || path.is_dir()) {
            affected.list = true;
            // What is in a folder may have been written before anybody listened.
            affected.reports.extend((0..job.files.len()).filter(|number| job.files[*number].starts_with(path)));
        } else if is_below {
            affected.strays |= name == Name::Stray;
        }
    }
    affected
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{Project, Settings};

    #[test]
    fn a_change_concerns_the_reports_that_draw_on_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let file = |name: &str| root.join(REPORTS).join(name);
        for name in ["甲/2024.toml", "甲/2025.toml", "乙/2025.toml"] {
            std::fs::create_dir_all(file(name).parent().expect("a folder")).expect("a folder");
            std::fs::write(file(name), "").expect("a file");
        }
        let project = Project { root: root.to_path_buf(), settings: Settings::default() };
        let files = vec![file("乙/2025.toml"), file("甲/2024.toml"), file("甲/2025.toml"), file("丙/2025.toml")];
        let job = CheckJob { project, files, strays: Vec::new(), deny_warnings: false };
        let of = |path: PathBuf| affected(&[path], &job);
        let reports =
            |reports: &[usize]| Affected { reports: reports.iter().copied().collect(), ..Affected::default() };
        let list = || Affected { list: true, ..Affected::default() };
        assert_eq!(of(file("甲/2024.toml")), reports(&[1, 2]));
        assert_eq!(of(file("乙/2025.toml")), reports(&[0]));
        assert_eq!(of(file("丙/2025.toml")), list(), "a file that is gone");
        assert_eq!(of(file("丁/2025.toml")), list(), "a new file");
        assert_eq!(of(file("丁")), list(), "a new folder");
        assert_eq!(of(file("甲")), Affected { list: true, ..reports(&[1, 2]) }, "a folder that is there again");
        assert_eq!(of(file("甲/2025 - 副本.toml")), Affected { strays: true, ..Affected::default() });
        assert_eq!(of(root.join("templates/zfxxgk/report.typ.tera")), Affected { forms: true, ..Affected::default() });
        assert_eq!(of(root.join(MARKER)), Affected { settings: true, ..Affected::default() });
        for passing in
            ["甲/.2025.toml.swp", "甲/2025.toml~", "甲/.nianbao-x", "甲/4913.swp", "甲/.#2025.toml", "甲/注.pdf"]
        {
            assert_eq!(of(file(passing)), Affected::default(), "{passing}");
        }
        assert_eq!(of(root.join("log.txt")), Affected::default(), "what the watch itself is told to");
    }
}
