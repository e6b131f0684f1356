//! The `nianbao` program: what was typed goes in, files and messages come out, and the exit status says how it went.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::process::ExitCode;

use clap::Parser;
use nianbao::cli::{Cli, Command};
use nianbao::diag::emit::Emitter;
use nianbao::diag::{Diagnostic, ExitStatus, Language};
use nianbao::{doctor, init, job, pipeline};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let emitter = Emitter::new(Language::choose(cli.lang), cli.command.message_format());
    run(cli, &emitter).unwrap_or_else(|problem| failed(&emitter, &problem)).into()
}

fn run(cli: Cli, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
    let language = emitter.language();
    match cli.command {
        Command::Build(build) => Ok(pipeline::build(&job::build(build)?, emitter)),
        Command::Check(check) => Ok(pipeline::check(&job::check(check)?, emitter)),
        Command::Init { dir } => init::init(&dir, language).map(print),
        Command::Forms => doctor::forms(language).map(print),
        Command::Doctor => doctor::doctor(language).map(|(text, status)| {
            print(text);
            status
        }),
    }
}

fn print(text: String) -> ExitStatus {
    nianbao::output::say(&text);
    ExitStatus::Done
}

fn failed(emitter: &Emitter, problem: &Diagnostic) -> ExitStatus {
    emitter.emit(std::slice::from_ref(problem));
    problem.code.exit_status()
}
