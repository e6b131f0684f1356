//! `check`: says what is wrong with facts, or mends what is beyond doubt. In: what was typed; out: problems.

use crate::cli::Check;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::interrupt::{First, Interrupt};
use crate::session::{self, Selection};

/// Checks facts, or mends them.
///
/// # Errors
/// No project, or a selection that names nothing.
pub(super) fn run(typed: Check, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = Selection::of(&typed.selection.select, typed.selection.denies_warnings())?;
    Ok(match typed.fix {
        true => session::mend(&job, typed.dry_run, emitter),
        false => session::check(&job, &Interrupt::listen(First::IsHeeded), emitter),
    })
}
