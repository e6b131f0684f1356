//! `watch`: makes pages again whenever a file changes, and shows them. In: what was typed; out: pages, and a preview on this
//! machine.

use super::build;
use crate::cli::{Build, SelectArgs, Watch};
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::export::Format;
use crate::interrupt::{First, Interrupt};
use crate::typeset::EngineChoice;
use crate::watch::{self, WatchJob};

/// Watches until somebody asks to stop.
///
/// # Errors
/// Those of `build`, or no port.
pub(super) fn run(typed: Watch, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    // What is looked at is never half written, and the page in the browser says that nobody serves it any more.
    let interrupt = Interrupt::listen(First::Ends(i32::from(ExitStatus::Done.number())));
    let settle = || settle(typed.clone(), &interrupt);
    Ok(watch::watch(settle()?, settle, None, emitter)?)
}

/// What was typed. Sheets and a web version are always made, since they are what is looked at, and a Word file, since it is there
/// to be taken.
pub(super) fn settle(typed: Watch, interrupt: &Interrupt) -> Result<WatchJob, Problems> {
    let Watch { select, open, port, draft, limits } = typed;
    let selection = SelectArgs { select, deny: None };
    let mut build = build::settle(Build { selection, ..Build::default() }, interrupt)?;
    build.guard = limits.guard(interrupt);
    if build.engine == EngineChoice::Auto && cfg!(feature = "embedded") {
        build.engine = EngineChoice::Embedded;
    }
    build.formats.extend([Format::Pdf, Format::Html, Format::Docx]);
    build.formats.sort_unstable();
    build.formats.dedup();
    Ok(WatchJob { build, open, port, draft })
}
