//! The `nianbao` program: what was typed goes in, files and messages come out, and the exit status says how it went.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::process::ExitCode;

use nianbao::cli::language::Typed;
use nianbao::cli::{self, MessageFormat};
use nianbao::diag::emit::Emitter;
use nianbao::diag::{Diagnostic, ExitStatus, Language};
use nianbao::{dispatch, worker};

/// Laying out pages takes and gives back memory in small pieces all the time, which the system's own allocator is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    if let Some(told) = worker::role(&typed) {
        return worker::serve::serve(told);
    }
    let cli = match cli::language::parse(&typed) {
        Ok(Typed::Command(cli)) => cli,
        Ok(Typed::Question(answer, language)) => {
            let emitter = Emitter::new(language, MessageFormat::Human);
            emitter.print_coloured(&answer);
            return emitter.close().into();
        }
        Err((problem, language)) => return failed(&Emitter::new(language, MessageFormat::Human), &[problem]).into(),
    };
    let emitter = Emitter::new(Language::choose(cli.lang), cli.command.message_format());
    let status = dispatch::run(cli, &emitter).unwrap_or_else(|problems| failed(&emitter, &problems));
    status.max(emitter.close()).into()
}

fn failed(emitter: &Emitter, problems: &[Diagnostic]) -> ExitStatus {
    emitter.emit(problems);
    problems.iter().map(|problem| problem.code.exit_status()).max().unwrap_or(ExitStatus::Environment)
}
