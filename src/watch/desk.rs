//! What a watch has at hand for as long as it runs. In: what it is told; out: when the project is to be looked at, and whether there is
//! other work then.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::beside::Beside;
use super::changes::Changes;
use super::event::Event;
use super::preview_state::PreviewState;
use super::standing::Standing;
use super::sweep::Sweep;
use crate::diag::{Diagnostic, Problems};
use crate::interrupt::Interrupt;
use crate::session::BuildJob;

/// What is to be watched.
#[derive(Debug)]
pub(crate) struct WatchJob {
    /// What is built.
    pub build: BuildJob,
    /// Whether a browser is opened.
    pub open: bool,
    /// The port asked for.
    pub port: Option<u16>,
    /// Whether a report that never was in order is shown as a draft.
    pub draft: bool,
}

/// How long it is at least from one look at the project to the next; files that editors keep for a moment are gone by then.
pub(super) const PAUSE: Duration = Duration::from_millis(500);
/// How long it is at most while the project cannot be read: what mends that may lie where nothing listens.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it is at most while some of it cannot be listened to.
const DEAFNESS: Duration = Duration::from_secs(10);

/// What stays the same however often the list of reports changes.
pub(super) struct Desk<'a, S> {
    /// Says anew what there is to do.
    pub settle: S,
    /// What comes in.
    pub events: Receiver<Event>,
    /// Whether Ctrl-C was exported.
    pub interrupt: Interrupt,
    /// What is shown of each report.
    pub state: &'a PreviewState,
    /// What is listened to.
    pub changes: Changes,
    /// Why not all of the project can be listened to.
    pub deaf_to: Option<Diagnostic>,
    /// Whether changes may have been missed since the project was last looked at.
    pub has_missed: bool,
    /// Whether files could not be written, because another run writes into the same folder.
    pub waits: bool,
    /// What is looked at from time to time.
    pub sweep: Sweep,
    /// What stays wrong.
    pub standing: Standing<'a>,
    /// When the project is looked at next.
    pub look: Look,
    /// What is served beside the pages.
    pub beside: Option<Arc<dyn Beside>>,
}

impl<S: Fn() -> Result<WatchJob, Problems>> Desk<'_, S> {
    /// Whether somebody asked to stop, or nobody is there any more.
    pub(super) fn is_over(&self) -> bool {
        self.interrupt.is_asked() || self.beside.as_ref().is_some_and(|beside| beside.is_over())
    }

    /// Listens to what a job is made of, and tries again later where that cannot be had.
    pub(super) fn listen(&mut self, job: &WatchJob) {
        self.deaf_to = self.changes.cover(&job.build.check);
        if self.deaf_to.is_some() {
            self.look.again_within(DEAFNESS, false);
        }
    }

    /// What is wrong with the project, though it can be worked on.
    pub(super) fn faults(&self, job: &WatchJob) -> Problems {
        let strays = job.build.check.strays.iter().map(|stray| stray.problem.clone());
        job.build.check.project.faults.iter().cloned().chain(strays).chain(self.deaf_to.clone()).collect()
    }

    /// Takes note that nobody knows what has changed: everything is looked at anew, and no page is said to be up to date before.
    pub(super) fn miss(&mut self) {
        self.has_missed = true;
        self.state.doubt();
        self.look.soon(true);
    }

    /// Looks at the project where that is due; gives what there is to do where that is no longer the same.
    pub(super) fn settled(&mut self, job: &WatchJob) -> Option<WatchJob> {
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
pub(super) struct Look {
    last: Instant,
    due: Option<Instant>,
    /// Whether settings have changed, so that there is something new to do though the reports are the same.
    pub is_forced: bool,
}

impl Look {
    /// Nothing is due.
    pub(super) fn new() -> Self {
        Self { last: Instant::now(), due: None, is_forced: false }
    }

    /// As soon as may be.
    pub(super) fn soon(&mut self, is_forced: bool) {
        self.again_within(Duration::ZERO, is_forced);
    }

    /// Within that time.
    pub(super) fn again_within(&mut self, within: Duration, is_forced: bool) {
        let at = (Instant::now() + within).max(self.last + PAUSE);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
        self.is_forced |= is_forced;
    }

    /// How long nothing is due, where something will be.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.due.map(|due| due.saturating_duration_since(Instant::now()))
    }

    /// Begins where it is due; gives whether settings have changed.
    pub(super) fn begin(&mut self) -> Option<bool> {
        self.pause().filter(Duration::is_zero)?;
        (self.last, self.due) = (Instant::now(), None);
        Some(std::mem::take(&mut self.is_forced))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

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
