//! `fmt`: puts facts files into one layout. In: what was typed; out: the files, or which would change.

use super::aside::tell_strays;
use crate::cli::Fmt;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::format;
use crate::session::Selection;

/// Formats facts files, or says which would change.
///
/// # Errors
/// No project, or a selection that names nothing.
pub(super) fn run(typed: Fmt, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = Selection::of(&typed.select, false)?;
    let strays = tell_strays(&job, emitter);
    Ok(format::format(&job, typed.check, emitter).max(strays))
}
