//! From a command to what it does. In: what was typed; out: how it went, text for people printed on the way.

use crate::cli::{Cli, Command, Forms};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, text};
use crate::{compare, doctor, explain, format, formshop, init, job, output, pipeline, roll, schema, start, watch};

/// Runs a command.
///
/// # Errors
/// Whatever keeps it from being begun; what is wrong with single reports is told on the way.
pub fn run(cli: Cli, emitter: &Emitter) -> Result<ExitStatus, Vec<Diagnostic>> {
    let language = emitter.language();
    let one = |problem: Diagnostic| vec![problem];
    match cli.command {
        Command::Build(build) => pipeline::build(&job::build(build).map_err(one)?, emitter).map_err(one),
        Command::Watch(typed) => {
            let settle = || job::watch(typed.clone());
            watch::watch(settle().map_err(one)?, settle, emitter).map_err(one)
        }
        Command::Check(check) => {
            let (fix, dry_run) = (check.fix, check.dry_run);
            let job = job::check(check).map_err(one)?;
            Ok(if fix { pipeline::mend(&job, dry_run, emitter) } else { pipeline::check(&job, emitter) })
        }
        Command::New(new) => {
            job::new(new).map_err(one).and_then(|job| Ok(print(start::said(&start::start(&job)?, language))))
        }
        Command::Fmt(typed) => Ok(format::format(&job::format(typed).map_err(one)?, emitter)),
        Command::Diff(diff) => compare::diff(&job::diff(diff).map_err(one)?, language).map(print),
        Command::Roll(typed) => {
            let job = job::roll(typed).map_err(one)?;
            Ok(print(roll::said(&roll::roll(&job)?, job.dry_run, language)))
        }
        Command::Init { dir } => init::init(&dir, language).map(print).map_err(one),
        Command::Forms { what: None } => doctor::forms(language).map(print).map_err(one),
        Command::Forms { what: Some(Forms::New { name }) } => formshop::start(&name, language).map(print).map_err(one),
        Command::Forms { what: Some(Forms::Check { name }) } => {
            let (problems, status) = formshop::check(&name)?;
            emitter.emit(&problems);
            if problems.is_empty() {
                emitter.say(&text!("表式 {name} 没有问题", "the form {name} is in order"));
            }
            Ok(status)
        }
        Command::Schema { form } => schema::schema(&form).map(print),
        Command::Verify { page } => pipeline::verify(&page, emitter).map_err(one),
        Command::MergeSummary { files, out } => pipeline::merge(&files, out.as_deref(), emitter).map_err(one),
        Command::Explain { code } => explain::explain(&code, language).map(print).map_err(one),
        Command::Doctor => doctor::doctor(language).map_err(one).map(|(text, status)| {
            print(text);
            status
        }),
    }
}

fn print(text: String) -> ExitStatus {
    output::say(&text);
    ExitStatus::Done
}
