//! The `nianbao` program: what was typed goes in, files and messages come out, and the exit status says how it went.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]

use std::process::ExitCode;

use nianbao::cli::{self, Cli, Command, MessageFormat};
use nianbao::diag::emit::Emitter;
use nianbao::diag::{Diagnostic, ExitStatus, Language};
use nianbao::{doctor, explain, init, job, pipeline, schema, start};

fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    let cli = match cli::language::parse(&typed) {
        Ok(cli) => cli,
        Err((problem, language)) => return failed(&Emitter::new(language, MessageFormat::Human), &[problem]).into(),
    };
    let emitter = Emitter::new(Language::choose(cli.lang), cli.command.message_format());
    let status = run(cli, &emitter).unwrap_or_else(|problems| failed(&emitter, &problems));
    emitter.close();
    status.into()
}

fn run(cli: Cli, emitter: &Emitter) -> Result<ExitStatus, Vec<Diagnostic>> {
    let language = emitter.language();
    let one = |problem: Diagnostic| vec![problem];
    match cli.command {
        Command::Build(build) => Ok(pipeline::build(&job::build(build).map_err(one)?, emitter)),
        Command::Check(check) => Ok(pipeline::check(&job::check(check).map_err(one)?, emitter)),
        Command::New(new) => {
            job::new(new).map_err(one).and_then(|job| Ok(print(start::said(&start::start(&job)?, language))))
        }
        Command::Roll(roll) => {
            let job = job::roll(roll).map_err(one)?;
            Ok(print(nianbao::roll::said(&nianbao::roll::roll(&job)?, job.dry_run, language)))
        }
        Command::Init { dir } => init::init(&dir, language).map(print).map_err(one),
        Command::Forms => doctor::forms(language).map(print).map_err(one),
        Command::Schema { form } => schema::schema(&form).map(print),
        Command::Verify { page } => pipeline::verify(&page, emitter).map_err(one),
        Command::Explain { code } => explain::explain(&code, language).map(print).map_err(one),
        Command::Doctor => doctor::doctor(language).map_err(one).map(|(text, status)| {
            print(text);
            status
        }),
    }
}

fn print(text: String) -> ExitStatus {
    nianbao::output::say(&text);
    ExitStatus::Done
}

fn failed(emitter: &Emitter, problems: &[Diagnostic]) -> ExitStatus {
    emitter.emit(problems);
    problems.iter().map(|problem| problem.code.exit_status()).max().unwrap_or(ExitStatus::Environment)
}
