//! What is told beside what a command was asked for. In: problems; out: that they were told, and how that ends the command.

use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, exit_status};
use crate::session::Selection;

/// Tells of what lies among the facts and is not read.
pub(super) fn tell_strays(job: &Selection, emitter: &Emitter) -> ExitStatus {
    let problems: Vec<Diagnostic> = job.strays.iter().map(|stray| stray.problem.clone()).collect();
    tell(&problems, emitter)
}

/// Tells of what is wrong beside what was asked for.
pub(super) fn tell(problems: &[Diagnostic], emitter: &Emitter) -> ExitStatus {
    emitter.emit(problems);
    exit_status(problems)
}
