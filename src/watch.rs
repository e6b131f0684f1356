//! Keeps pages up to date while facts and templates are written, and shows them in a browser. In: a [`WatchJob`]; out: the
//! files that `build` writes, again after each change, and a page on this machine with the sheets, the web version and what
//! is wrong.

mod board;
mod changes;
mod server;
mod sheets;
mod sitting;
mod standing;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, text};
use crate::interrupt::Interrupt;
use crate::job::WatchJob;
use crate::pipeline::Problems;
use board::Board;
use changes::Changes;
use sitting::{Next, Sitting};
use standing::Standing;

/// How long files must be left alone before they are read, where nobody says that they are whole.
const QUIET: Duration = Duration::from_millis(8);
/// How long it is at least from one look at the project to the next; files that editors keep for a moment are gone by then.
const PAUSE: Duration = Duration::from_millis(500);
/// How long it is at most while the project cannot be read: what mends that may lie where nothing listens.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a watch is told of.
enum Event {
    /// These files changed; `is_whole` says whether whoever wrote them is done.
    Changed { paths: Vec<PathBuf>, is_whole: bool },
    /// Somebody looks at this report.
    Asked(String),
}

/// Watches until somebody asks to stop. `settle` says anew what there is to do, after files came or went.
///
/// # Errors
/// No port, no engine, or a folder that cannot be watched, at the beginning.
pub fn watch(
    job: WatchJob,
    settle: impl Fn() -> Result<WatchJob, Diagnostic>,
    emitter: &Emitter,
) -> Result<ExitStatus, Diagnostic> {
    let interrupt = job.build.guard.interrupt.clone();
    let (sender, events) = mpsc::channel();
    let board = Arc::new(Board::new(emitter.language(), sender.clone()));
    let address = server::serve(Arc::clone(&board), job.port)?;
    emitter.say(&text!("预览：{address}（Ctrl-C 结束）", "preview: {address} (Ctrl-C ends it)"));
    if job.open && open::that_detached(&address).is_err() {
        emitter.say(&text!(
            "没能打开浏览器，请自己打开上面的地址",
            "no browser could be opened; open the address yourself"
        ));
    }
    let changes = Changes::new(sender)?;
    let standing = Standing::new(&board, emitter);
    let mut desk = Desk { settle, events, interrupt, changes, standing, look: Look::new() };
    desk.keep_up(job, &board, emitter)
}

fn strays(job: &WatchJob) -> Problems {
    job.build.check.strays.iter().map(|stray| stray.problem.clone()).collect()
}

/// What stays the same however often the list of reports changes.
struct Desk<'a, S> {
    settle: S,
    events: Receiver<Event>,
    interrupt: Interrupt,
    changes: Changes,
    standing: Standing<'a>,
    look: Look,
}

impl<S: Fn() -> Result<WatchJob, Diagnostic>> Desk<'_, S> {
    /// Works on one list of reports after the other. Where a new one cannot be worked on, the one before goes on.
    fn keep_up(&mut self, job: WatchJob, board: &Board, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
        let (mut current, mut coming, mut kit, mut is_fresh, mut has_begun) = (job, None, None, false, false);
        while !self.interrupt.is_asked() {
            let job = coming.as_ref().unwrap_or(&current);
            let with = if is_fresh { None } else { kit.clone() };
            is_fresh = false;
            let sitting = self.changes.cover(&job.build.check).and_then(|()| Sitting::new(job, with, board, emitter));
            let next = match sitting {
                Ok(sitting) => {
                    if coming.is_some() || !has_begun {
                        self.standing.project(strays(job));
                    }
                    kit = sitting.kit();
                    sitting.keep_up(self)
                }
                Err(problem) if !has_begun => return Err(problem),
                Err(problem) => {
                    self.standing.project(vec![problem]);
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

    /// Looks at the project where that is due; gives what there is to do where that is no longer the same.
    fn settled(&mut self, job: &WatchJob) -> Option<WatchJob> {
        let is_forced = self.look.begin()?;
        let was_unread = self.standing.is_unread();
        match (self.settle)().and_then(|new| self.changes.cover(&new.build.check).map(|()| new)) {
            // What is wrong is mended once the new work has begun.
            Ok(new) if is_forced || was_unread || new.build.check.files != job.build.check.files => Some(new),
            Ok(new) => {
                self.standing.project(strays(&new));
                None
            }
            Err(problem) => {
                self.standing.project(vec![problem]);
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
