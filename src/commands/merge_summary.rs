//! `merge-summary`: puts the summaries of all shares of a build together. In: the files that were typed; out: what failed, and how
//! one build would have ended.

use crate::cli::MergeSummary;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::session;

/// Puts summaries together.
///
/// # Errors
/// A file that is no summary, shares that do not go together, or an output that cannot be written.
pub(super) fn run(typed: MergeSummary, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    Ok(session::merge(&typed.files, typed.out.as_deref(), emitter)?)
}
