//! What each command does: one file for each, named as it is typed. In: the arguments as typed, and where messages go; out: how it
//! went, and whatever keeps it from being begun. What is wrong with single reports is told on the way.

mod aside;
mod build;
mod check;
mod completions;
mod consolidate;
mod diff;
mod doctor;
mod edit;
mod explain;
mod fmt;
mod forms;
mod import;
mod init;
mod merge_summary;
mod new;
mod roll;
mod schema;
mod status;
mod verify;
mod watch;

use crate::cli::Command;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};

/// Runs a command.
///
/// # Errors
/// Whatever keeps it from being begun.
pub fn run(command: Command, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    match command {
        Command::Build(typed) => build::run(typed, emitter),
        Command::Edit(typed) => edit::run(typed, emitter),
        Command::Watch(typed) => watch::run(typed, emitter),
        Command::Check(typed) => check::run(typed, emitter),
        Command::New(typed) => new::run(typed, emitter),
        Command::Import(typed) => import::run(typed, emitter),
        Command::Roll(typed) => roll::run(typed, emitter),
        Command::Fmt(typed) => fmt::run(typed, emitter),
        Command::Diff(typed) => diff::run(typed, emitter),
        Command::Init(typed) => init::run(typed, emitter),
        Command::Forms(typed) => forms::run(typed, emitter),
        Command::Schema(typed) => schema::run(typed, emitter),
        Command::Status(typed) => status::run(typed, emitter),
        Command::Consolidate(typed) => consolidate::run(typed, emitter),
        Command::Verify(typed) => verify::run(typed, emitter),
        Command::MergeSummary(typed) => merge_summary::run(typed, emitter),
        Command::Explain(typed) => explain::run(typed, emitter),
        Command::Doctor(typed) => doctor::run(typed, emitter),
        Command::Completions(typed) => completions::run(typed, emitter),
        // The command line answers it while it is parsed.
        Command::Help(_) => Ok(ExitStatus::Done),
    }
}
