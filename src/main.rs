//! The `nianbao` program: what was typed goes in, files and messages come out, and the exit status says how it went.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use nianbao::cli::Cli;
use nianbao::cli::language::{self, Manner, Typed};
use nianbao::diag::emit::Emitter;
use nianbao::diag::{ExitStatus, MessageFormat, Problems, exit_status};
use nianbao::{commands, disk, worker};

/// Laying out pages takes and gives back memory in small pieces all the time, which the system's own allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let typed: Vec<OsString> = env::args_os().collect();
    match worker::role(&typed) {
        Some(told) => worker::serve::serve(told),
        None => called(&typed).into(),
    }
}

/// What people call the program for.
fn called(typed: &[OsString]) -> ExitStatus {
    let manner = Manner::of(typed);
    let plain = || Emitter::new(manner.language(), MessageFormat::Human, manner.colour);
    match language::parse(typed, manner) {
        Ok(Typed::Command(cli)) => {
            let format = cli.command.message_format();
            let emitter = Emitter::new(manner.language(), format, manner.colour).quiet(cli.quiet);
            ended(&emitter, run(cli, &emitter))
        }
        Ok(Typed::Question(answer)) => answered(&plain(), &answer, ExitStatus::Done),
        Ok(Typed::Nothing(help)) => answered(&plain(), &help, ExitStatus::Environment),
        Err(problem) => ended(&plain(), Err(problem.into())),
    }
}

fn run(cli: Cli, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    if let Some(folder) = &cli.directory {
        disk::go_to(folder)?;
    }
    commands::run(cli.command, emitter)
}

fn answered(emitter: &Emitter, answer: &str, status: ExitStatus) -> ExitStatus {
    emitter.print_coloured(answer);
    status.max(emitter.close())
}

fn ended(emitter: &Emitter, ended: Result<ExitStatus, Problems>) -> ExitStatus {
    let status = ended.unwrap_or_else(|problems| {
        emitter.emit(&problems);
        // What keeps a command from being begun is never nothing.
        exit_status(&problems).max(ExitStatus::Rejected)
    });
    status.max(emitter.close())
}
