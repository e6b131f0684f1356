//! `build`: makes the pages of reports. In: what was typed, the project's settings and the environment; out: pages.

use std::env;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use crate::cli::Build;
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Problems};
use crate::disk::unreadable;
use crate::export::Format;
use crate::interrupt::{First, Interrupt};
use crate::project::Project;
use crate::session::{self, BuildJob, Selection, Stamp};

/// Makes the pages.
///
/// # Errors
/// Those of [`settle`], no engine, or a summary that cannot be written.
pub(super) fn run(typed: Build, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let interrupt = Interrupt::listen(First::IsHeeded);
    Ok(session::build(&settle(typed, &interrupt)?, emitter)?)
}

/// What was typed, with what the project and the environment say where nothing was.
///
/// # Errors
/// No project, a selection that names nothing, two facts files with one output, or a variable that is no number.
pub(super) fn settle(typed: Build, interrupt: &Interrupt) -> Result<BuildJob, Problems> {
    let mut check = Selection::of(&typed.selection.select, typed.selection.denies_warnings())?;
    let selected = check.files.len();
    if let Some(shard) = typed.shard {
        let root = check.project.root.clone();
        let takes = |path: &Path| shard.takes(path.strip_prefix(&root).unwrap_or(path));
        check.files.retain(|file| takes(file));
        check.strays.retain(|stray| takes(&stray.path));
    }
    let settings = &check.project.settings.build;
    let out = out(typed.out.as_deref(), &check.project)?;
    Ok(BuildJob {
        targets: check.project.targets(&check.files, &out)?,
        out,
        formats: formats(typed.format, &settings.formats),
        engine: typed.engine.or(settings.engine).unwrap_or_default(),
        jobs: typed.jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        stamp: Stamp::of_environment()?,
        draft: typed.draft,
        force: typed.force || typed.draft,
        clean: typed.clean,
        charts: typed.charts || settings.charts,
        shard: typed.shard,
        selected,
        summary: typed.summary,
        guard: typed.limits.guard(interrupt),
        check,
    })
}

/// The output folder: what was typed, else that of the project.
///
/// # Errors
/// The project's lies outside of it.
pub(super) fn out(typed: Option<&Path>, project: &Project) -> Result<PathBuf, Diagnostic> {
    match typed {
        Some(out) => Ok(env::current_dir().map_err(|error| unreadable(".", &error))?.join(out)),
        None => project.out(),
    }
}

/// What was typed, else what the project says, else the page for print and the one for the web; each once.
fn formats(typed: Vec<Format>, settings: &[Format]) -> Vec<Format> {
    let mut formats = match (typed.is_empty(), settings.is_empty()) {
        (false, _) => typed,
        (true, false) => settings.to_vec(),
        (true, true) => vec![Format::Pdf, Format::Html],
    };
    formats.sort_unstable();
    formats.dedup();
    formats
}
