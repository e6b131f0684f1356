//! Which files change. In: a project; out: events, and which reports a change concerns.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::event::Event;
use crate::diag::{Code, Diagnostic, text};
use crate::disk::MARKER;
use crate::project::{Name, REPORTS, name_of};
use crate::session::Selection;

/// What changes concern.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Affected {
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

/// Listens to the file system, as far as that can be had.
pub(super) struct Changes {
    events: Sender<Event>,
    ear: Option<Ear>,
}

impl Changes {
    /// Listens, so far to nothing.
    pub(super) fn new(events: Sender<Event>) -> Self {
        Self { events, ear: None }
    }

    /// Hears nothing more by what may have missed something; the next cover listens anew.
    pub(super) fn renew(&mut self) {
        self.ear = None;
    }

    /// Listens to all that a job is made of. Folders are watched, not files: editors put a new file in the place of the old.
    /// Gives why not all of it can be listened to, where that is so; the next cover tries again.
    pub(super) fn cover(&mut self, job: &Selection) -> Option<Diagnostic> {
        if self.ear.as_ref().is_some_and(|ear| !ear.is_alive()) {
            self.ear = None;
        }
        let heard = match &mut self.ear {
            Some(ear) => ear.cover(job),
            None => Ear::new(self.events.clone()).and_then(|ear| self.ear.insert(ear).cover(job)),
        };
        heard.err().map(|error| unwatchable(&job.project.root, error))
    }
}

/// The service of the system.
struct Ear {
    /// Empty only while it is dropped.
    watcher: Option<RecommendedWatcher>,
    is_alive: Arc<AtomicBool>,
}

/// Says that nothing is heard any more when the service's own thread ends.
struct Farewell {
    is_alive: Arc<AtomicBool>,
    events: Sender<Event>,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        if self.is_alive.swap(false, Ordering::SeqCst) {
            let _ = self.events.send(Event::Missed);
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // One that has ended by itself cannot be told to end.
        match self.watcher.take() {
            Some(watcher) if self.is_alive.swap(false, Ordering::SeqCst) => drop(watcher),
            watcher => std::mem::forget(watcher),
        }
    }
}

impl Ear {
    fn new(events: Sender<Event>) -> notify::Result<Self> {
        let is_alive = Arc::new(AtomicBool::new(true));
        let farewell = Farewell { is_alive: Arc::clone(&is_alive), events };
        let watcher = notify::recommended_watcher(move |heard: notify::Result<notify::Event>| {
            if let Some(event) = told(heard) {
                // When nobody listens any more, the watch is at its end.
                let _ = farewell.events.send(event);
            }
        })?;
        Ok(Self { watcher: Some(watcher), is_alive })
    }

    fn is_alive(&self) -> bool {
        self.is_alive.load(Ordering::SeqCst)
    }

    fn cover(&mut self, job: &Selection) -> notify::Result<()> {
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
    fn folder(&mut self, folder: &Path, mode: RecursiveMode) -> notify::Result<()> {
        match &mut self.watcher {
            Some(watcher) if folder.is_dir() => watcher.watch(folder, mode),
            _ => Ok(()),
        }
    }
}

/// What the service's word means. An error, and an event that says that others were lost, name no files.
fn told(heard: notify::Result<notify::Event>) -> Option<Event> {
    let Ok(event) = heard else { return Some(Event::Missed) };
    if event.need_rescan() {
        return Some(Event::Missed);
    }
    let is_written = event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write));
    let is_put_in_place = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
    let is_change = is_written || !event.kind.is_access();
    is_change.then_some(Event::Changed { paths: event.paths, is_whole: is_written || is_put_in_place })
}

/// The folder at which there was no more to be had is another each time, so that the project stands for it: one fault is told once.
fn unwatchable(root: &Path, mut error: notify::Error) -> Diagnostic {
    error.paths.clear();
    let root = root.display();
    let message = text!(
        "无法监视 {root} 的所有文件夹：{error}；改为每隔几秒查看所有文件",
        "cannot watch all folders of {root}: {error}; all files are looked at every few seconds instead"
    );
    Diagnostic::warning(Code::Preview, message).help(text!(
        "文件夹太多时，Linux 上可调大 fs.inotify.max_user_watches 和 max_user_instances；或只选一部分报告",
        "where there are too many folders, raise fs.inotify.max_user_watches and max_user_instances on Linux, or select fewer reports"
    ))
}

/// What changes of these files concern.
pub(super) fn affected(paths: &[PathBuf], job: &Selection) -> Affected {
    let project = &job.project;
    let (reports, templates, fonts) = (project.root.join(REPORTS), project.templates(), project.font_paths());
    let is_setting = |path: &Path| path.ends_with(MARKER) || fonts.iter().any(|folder| path.starts_with(folder));
    let holds = |path: &Path| job.files.iter().any(|file| file.starts_with(path));
    // The project's place may have been taken by another.
    let is_moved = paths.contains(&project.root);
    let mut affected = Affected { settings: is_moved, ..Affected::default() };
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
            // Later years draw on this year's facts; the name of a file is its year.
            let (folder, own) = (job.files[number].parent(), &job.files[number]);
            let draws_on = |other: &usize| job.files[*other].parent() == folder && job.files[*other] >= *own;
            affected.reports.extend((0..job.files.len()).filter(draws_on).filter(|_| path.is_file()));
        } else if name == Name::Facts {
            affected.list = true;
        } else if is_below && (path.extension().is_none() || path.is_dir() || holds(path)) {
            affected.list = true;
            // What is in a folder may have been written before anybody listened.
            affected.reports.extend((0..job.files.len()).filter(|number| job.files[*number].starts_with(path)));
        } else if is_below {
            affected.strays |= name == Name::Stray;
        }
    }
    affected
}

/// The folders in which these changes are facts, whether the job has them or not: governments may add them up.
pub(super) fn folders_of_facts(paths: &[PathBuf], job: &Selection) -> BTreeSet<PathBuf> {
    let reports = job.project.root.join(REPORTS);
    let is_facts =
        |path: &&PathBuf| job.files.contains(path) || (path.starts_with(&reports) && name_of(path) == Name::Facts);
    paths.iter().filter(is_facts).filter_map(|path| path.parent()).map(Path::to_path_buf).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Problems;
    use crate::project::{Project, Settings};

    /// What is lost has no paths, and an error may stand for anything.
    #[test]
    fn what_the_system_lost_is_told_as_missed() {
        let is_missed = |heard| matches!(told(heard), Some(Event::Missed));
        assert!(is_missed(Ok(notify::Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan))));
        assert!(is_missed(Err(notify::Error::generic("lost"))));
        let written = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let heard = told(Ok(notify::Event::new(written).add_path(PathBuf::from("a"))));
        assert!(matches!(heard, Some(Event::Changed { paths, is_whole: true }) if paths == [PathBuf::from("a")]));
        assert!(told(Ok(notify::Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any))))).is_none());
    }

    #[test]
    fn a_service_that_ends_by_itself_is_told_as_missed_and_one_that_is_left_is_not() {
        let (sender, events) = std::sync::mpsc::channel();
        let farewell =
            |is_alive: bool| Farewell { is_alive: Arc::new(AtomicBool::new(is_alive)), events: sender.clone() };
        drop(farewell(false));
        assert!(events.try_recv().is_err());
        drop(farewell(true));
        assert!(matches!(events.try_recv(), Ok(Event::Missed)));
    }

    #[test]
    fn a_change_concerns_the_reports_that_draw_on_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let file = |name: &str| root.join(REPORTS).join(name);
        for name in ["甲/2024.toml", "甲/2025.toml", "乙/2025.toml"] {
            std::fs::create_dir_all(file(name).parent().expect("a folder")).expect("a folder");
            std::fs::write(file(name), "").expect("a file");
        }
        let project = Project { root: root.to_path_buf(), settings: Settings::default(), faults: Problems::new() };
        let files = vec![
            file("乙/2025.toml"),
            file("甲/2024.toml"),
            file("甲/2025.toml"),
            file("丙/2025.toml"),
            file("U.S. Office/2025.toml"),
        ];
        let job = Selection { project, files, strays: Vec::new(), deny_warnings: false };
        let of = |path: PathBuf| affected(&[path], &job);
        let reports =
            |reports: &[usize]| Affected { reports: reports.iter().copied().collect(), ..Affected::default() };
        let list = || Affected { list: true, ..Affected::default() };
        assert_eq!(of(file("甲/2024.toml")), reports(&[1, 2]));
        assert_eq!(of(file("甲/2025.toml")), reports(&[2]), "no year draws on a later one");
        assert_eq!(of(file("乙/2025.toml")), reports(&[0]));
        assert_eq!(of(file("丙/2025.toml")), list(), "a file that is gone");
        assert_eq!(of(file("丁/2025.toml")), list(), "a new file");
        assert_eq!(of(file("丁")), list(), "a new folder");
        assert_eq!(of(file("甲")), Affected { list: true, ..reports(&[1, 2]) }, "a folder that is there again");
        let gone = Affected { list: true, ..reports(&[4]) };
        assert_eq!(of(file("U.S. Office")), gone, "a folder that is gone, with a dot in its name");
        assert_eq!(of(root.to_path_buf()), Affected { settings: true, ..Affected::default() }, "another project");
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
