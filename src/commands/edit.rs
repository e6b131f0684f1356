//! `edit`: a page on this machine on which facts are filled in. In: what was typed; out: facts files, written as somebody types, and pages.

use std::sync::Arc;

use super::watch::settle;
use crate::cli::{Edit, PageLimits, Watch};
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::editor::Editor;
use crate::interrupt::{First, Interrupt};
use crate::watch;

/// Serves the page until it is closed for a while, or somebody asks to stop.
///
/// # Errors
/// Those of `build`, or no port.
pub(super) fn run(typed: Edit, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let interrupt = Interrupt::listen(First::Ends(i32::from(ExitStatus::Done.number())));
    let Edit { select, port, no_open } = typed;
    let watched = Watch {
        select: select.into_iter().collect(),
        open: !no_open,
        port,
        draft: true,
        limits: PageLimits::default(),
    };
    let settle = || settle(watched.clone(), &interrupt);
    let job = settle()?;
    let editor = Arc::new(Editor::new(emitter.language(), job.build.out.clone()));
    Ok(watch::watch(job, settle, Some(editor), emitter)?)
}
