//! `check`: says what is wrong with facts, or mends what is beyond doubt. In: what was typed; out: problems.

use crate::cli::Check;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::interrupt::{First, Interrupt};
use crate::pipeline::{self, CheckJob};

/// Checks facts, or mends them.
///
/// # Errors
/// No project, or a selection that names nothing.
pub fn run(typed: Check, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = CheckJob::of(&typed.selection.select, typed.selection.denies_warnings())?;
    Ok(match typed.fix {
        true => pipeline::mend(&job, typed.dry_run, emitter),
        false => pipeline::check(&job, &Interrupt::listen(First::IsHeeded), emitter),
    })
}
