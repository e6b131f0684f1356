//! Keeps pages up to date while facts and templates are written, and shows them in a browser. In: a [`WatchJob`]; out: the
//! files that `build` writes, again after each change, and a page on this machine with the sheets, the web version and what
//! is wrong.

mod board;
mod changes;
mod connections;
mod gate;
mod server;
mod sheets;
mod sitting;
mod standing;
mod sweep;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Problems, text};
use crate::interrupt::Interrupt;
use crate::pipeline::BuildJob;
use board::Board;
use changes::Changes;
use server::Served;
use sitting::{Next, Sitting};
use standing::Standing;
use sweep::Sweep;

/// What is to be watched.
#[derive(Debug)]
pub struct WatchJob {
    /// What is built.
    pub build: BuildJob,
    /// Whether a browser is opened.
    pub open: bool,
    /// The port asked for.
    pub port: Option<u16>,
    /// Whether a report that never was in order is shown as a draft.
    pub draft: bool,
}

/// How long files must be left alone before they are read, where nobody says that they are whole.
const QUIET: Duration = Duration::from_millis(8);
/// How long it is at least from one look at the project to the next; files that editors keep for a moment are gone by then.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it is at most while the project cannot be read: what mends that may lie where nothing listens.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it is at most while some of it cannot be listened to.
const DEAFNESS: Duration = Duration::from_secs(10);

/// What a watch is told of.
enum Event {
    /// These files changed; `is_whole` says whether whoever wrote them is done.
    Changed { paths: Vec<PathBuf>, is_whole: bool },
    /// Changes may have been missed, and nobody knows which.
    Missed,
    /// Somebody looks at this report.
    Asked(String),
}

/// Watches until somebody asks to stop. `settle` says anew what there is to do, after files came or went.
///
/// # Errors
/// No port or no engine, at the beginning.
pub fn watch(
    job: WatchJob,
    settle: impl Fn() -> Result<WatchJob, Problems>,
    emitter: &Emitter,
) -> Result<ExitStatus, Diagnostic> {
    let interrupt = job.build.guard.interrupt.clone();
    let (sender, events) = mpsc::channel();
    let board = Arc::new(Board::new(emitter.language(), sender.clone()));
    let Served { address, opening } = server::serve(Arc::clone(&board), job.port)?;
    emitter.answer(&text!("预览：{address}（Ctrl-C 结束）", "preview: {address} (Ctrl-C ends it)"));
    if job.open && open::that_detached(&opening).is_err() {
        emitter.answer(&text!(
            "没能打开浏览器，请自己打开上面的地址",
            "no browser could be opened; open the address yourself"
        ));
    }
    let (changes, sweep) = (Changes::new(sender), Sweep::new(&job.build.check));
    let (standing, mut look) = (Standing::new(&board, emitter), Look::new());
    // What came between the settling of the job and the first listening was told to nobody.
    look.soon(false);
    let mut desk = Desk {
        settle,
        events,
        interrupt,
        board: &board,
        changes,
        deaf_to: None,
        has_missed: false,
        waits: false,
        sweep,
        standing,
        look,
    };
    desk.keep_up(job, &board, emitter)
}

/// What stays the same however often the list of reports changes.
struct Desk<'a, S> {
    settle: S,
    events: Receiver<Event>,
    interrupt: Interrupt,
    board: &'a Board,
    changes: Changes,
    /// Why not all of the project can be listened to.
    deaf_to: Option<Diagnostic>,
    /// Whether changes may have been missed since the project was last looked at.
    has_missed: bool,
    /// Whether files could not be written, because another run writes into the same folder.
    waits: bool,
    sweep: Sweep,
    standing: Standing<'a>,
    look: Look,
}

impl<S: Fn() -> Result<WatchJob, Problems>> Desk<'_, S> {
    /// Works on one list of reports after the other. Where a new one cannot be worked on, the one before goes on.
    fn keep_up(&mut self, job: WatchJob, board: &Board, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
        let (mut current, mut coming, mut kit, mut is_fresh, mut has_begun) = (job, None, None, false, false);
        while !self.interrupt.is_asked() {
            let job = coming.as_ref().unwrap_or(&current);
            let with = if is_fresh { None } else { kit.clone() };
            is_fresh = false;
            if !has_begun {
                self.listen(job);
            }
            let next = match Sitting::new(job, with, board, emitter) {
                Ok(sitting) => {
                    if coming.is_some() || !has_begun {
                        let faults = self.faults(job);
                        self.standing.project(faults);
                    }
                    kit = sitting.kit();
                    sitting.keep_up(self)
                }
                Err(problem) if !has_begun => return Err(problem),
                Err(problem) => {
                    self.standing.project(problem.into());
                    if coming.take().is_none() {
                        thread::sleep(PAUSE);
                        coming = (self.settle)().ok();
                    }
                    continue;
                }
            };
            has_begun = true;
            if let Some(job) = coming.take() {
                current = job;
            }
            match next {
                Next::End => break,
                Next::Again => {}
                Next::Job { job, is_fresh: is_now_fresh } => (coming, is_fresh) = (Some(*job), is_now_fresh),
            }
        }
        Ok(ExitStatus::Done)
    }

    /// Listens to what a job is made of, and tries again later where that cannot be had.
    fn listen(&mut self, job: &WatchJob) {
        self.deaf_to = self.changes.cover(&job.build.check);
        if self.deaf_to.is_some() {
            self.look.again_within(DEAFNESS, false);
        }
    }

    /// What is wrong with the project, though it can be worked on.
    fn faults(&self, job: &WatchJob) -> Problems {
        let strays = job.build.check.strays.iter().map(|stray| stray.problem.clone());
        job.build.check.project.faults.iter().cloned().chain(strays).chain(self.deaf_to.clone()).collect()
    }

    /// Takes note that nobody knows what has changed: everything is looked at anew, and no page is said to be up to date before.
    fn miss(&mut self) {
        self.has_missed = true;
        self.board.doubt();
        self.look.soon(true);
    }

    /// Looks at the project where that is due; gives what there is to do where that is no longer the same.
    fn settled(&mut self, job: &WatchJob) -> Option<WatchJob> {
        let is_forced = self.look.begin()?;
        let was_unread = self.standing.is_unread();
        if std::mem::take(&mut self.has_missed) {
            self.changes.renew();
        }
        match (self.settle)() {
            Ok(new) => {
                self.listen(&new);
                // What is wrong is mended once the new work has begun.
                if is_forced || was_unread || new.build.check.files != job.build.check.files {
                    return Some(new);
                }
                let faults = self.faults(&new);
                self.standing.project(faults);
                None
            }
            Err(problems) => {
                self.standing.project(problems);
                self.look.again_within(PATIENCE, is_forced);
                None
            }
        }
    }
}

/// When the project is looked at next.
struct Look {
    last: Instant,
    due: Option<Instant>,
    /// Whether settings have changed, so that there is something new to do though the reports are the same.
    is_forced: bool,
}

impl Look {
    fn new() -> Self {
        Self { last: Instant::now(), due: None, is_forced: false }
    }

    /// As soon as may be.
    fn soon(&mut self, is_forced: bool) {
        self.again_within(Duration::ZERO, is_forced);
    }

    fn again_within(&mut self, within: Duration, is_forced: bool) {
        let at = (Instant::now() + within).max(self.last + PAUSE);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
        self.is_forced |= is_forced;
    }

    /// How long nothing is due, where something will be.
    fn pause(&self) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(Instant::now()))
    }

    /// Begins where it is due; gives whether settings have changed.
    fn begin(&mut self) -> Option<bool> {
        self.pause().filter(Duration::is_zero)?;
        (self.last, self.due) = (Instant::now(), None);
        Some(std::mem::take(&mut self.is_forced))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_at_the_project_are_apart_however_often_they_are_asked_for() {
        let mut look = Look::new();
        assert_eq!((look.pause(), look.begin()), (None, None));
        let begun = Instant::now();
        let mut looks = 0;
        while begun.elapsed() < PAUSE * 3 {
            look.soon(looks == 0);
            if let Some(is_forced) = look.begin() {
                assert_eq!(is_forced, looks == 0);
                looks += 1;
            }
            thread::sleep(Duration::from_millis(1));
        }
        assert!((2..=3).contains(&looks), "{looks}");
    }
}
