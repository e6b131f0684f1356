//! How long the checks that a form declares may take for one report. In: the processor time of the thread that checks; out:
//! whether it is spent, and the problem at the check that it was spent on. Each search has a limit of its own, but a form may
//! have it search at each letter of a long text.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::diag::{Code, Diagnostic, text};
use crate::source::Place;

/// Time for the conditions and patterns of one report; real ones take some thousandths of it.
const MOST: Duration = Duration::from_secs(4);

/// The time of one report's checks.
pub(super) struct Budget {
    begun: Instant,
    start: Duration,
    is_told: Cell<bool>,
}

impl Budget {
    /// It begins to be spent.
    pub(super) fn begin() -> Self {
        Self { begun: Instant::now(), start: used(), is_told: Cell::new(false) }
    }

    /// Whether nothing is left of it.
    pub(super) fn is_spent(&self) -> bool {
        // A thread works no longer than the clock goes, and to ask the clock is no call of the system.
        self.begun.elapsed() > MOST && used().saturating_sub(self.start) > MOST
    }

    /// The problem of the check that was at work when it was spent; told once.
    pub(super) fn spent_on(&self, rule: &str, place: &Place) -> Option<Diagnostic> {
        let seconds = MOST.as_secs();
        let message = text!(
            "检查 {rule} 用时过长：一份报告的检查共有 {seconds} 秒",
            "the check {rule} takes too long: the checks of a report have {seconds} s together"
        );
        let help = text!(
            "改写表式中的正则表达式或条件，使它不必在每个字上回头重找",
            "write the pattern or condition of the form so that it need not go back at each character"
        );
        let problem = Diagnostic::error(Code::CheckFailed, message).at(place.clone()).help(help);
        (!self.is_told.replace(true)).then_some(problem)
    }
}

/// The time that this thread has worked; what else the machine does meanwhile does not count.
#[cfg(unix)]
fn used() -> Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(used.tv_sec).unwrap_or_default();
    Duration::new(seconds, u32::try_from(used.tv_nsec).unwrap_or_default())
}

/// The time by the clock, where the system is not asked for that of a thread.
#[cfg(not(unix))]
fn used() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
}
