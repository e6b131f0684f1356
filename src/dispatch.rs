//! From a command to what it does. In: what was typed; out: how it went, text for people printed on the way.

use crate::cli::{Cli, Command, DiffFormat, Forms};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, text};
use crate::job::CheckJob;
use crate::{compare, doctor, explain, format, formshop, init, job, pipeline, roll, schema, start, watch};

/// Runs a command.
///
/// # Errors
/// Whatever keeps it from being begun; what is wrong with single reports is told on the way.
pub fn run(cli: Cli, emitter: &Emitter) -> Result<ExitStatus, Vec<Diagnostic>> {
    let language = emitter.language();
    let one = |problem: Diagnostic| vec![problem];
    let print = |text: String| {
        emitter.print(&text);
        ExitStatus::Done
    };
    let print_json = |text: String| {
        emitter.print_json(&text);
        ExitStatus::Done
    };
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
        Command::Fmt(typed) => {
            let job = told(job::format(typed).map_err(one)?, |job| &job.check, emitter);
            Ok(format::format(&job, emitter))
        }
        Command::Diff(diff) => {
            let job = told(job::diff(diff).map_err(one)?, |job| &job.check, emitter);
            let is_json = job.format == DiffFormat::Json;
            compare::diff(&job, language).map(|text| if is_json { print_json(text) } else { print(text) })
        }
        Command::Roll(typed) => {
            let job = told(job::roll(typed).map_err(one)?, |job| &job.check, emitter);
            Ok(print(roll::said(&roll::roll(&job)?, job.dry_run, language)))
        }
        Command::Init { dir } => init::init(&dir, language).map(print).map_err(one),
        Command::Forms { what } => forms(what, emitter),
        Command::Schema { form } => schema::schema(&form).map(print_json),
        Command::Verify { page } => pipeline::verify(&page, emitter).map_err(one),
        Command::MergeSummary { files, out } => pipeline::merge(&files, out.as_deref(), emitter).map_err(one),
        Command::Explain { code } => {
            let (text, problems) = explain::explain(code.as_deref(), language).map_err(one)?;
            print(text);
            Ok(tell(&problems, emitter))
        }
        Command::Doctor => {
            let (text, problems, status) = doctor::doctor(language).map_err(one)?;
            print(text);
            Ok(status.max(tell(&problems, emitter)))
        }
    }
}

/// Lists the forms, or starts or checks one.
fn forms(what: Option<Forms>, emitter: &Emitter) -> Result<ExitStatus, Vec<Diagnostic>> {
    let language = emitter.language();
    let one = |problem: Diagnostic| vec![problem];
    match what {
        None => {
            let (text, problems) = doctor::forms(language).map_err(one)?;
            emitter.print(&text);
            Ok(tell(&problems, emitter))
        }
        Some(Forms::New { name }) => {
            emitter.print(&formshop::start(&name, language).map_err(one)?);
            Ok(ExitStatus::Done)
        }
        Some(Forms::Check { name }) => {
            let checked = formshop::check(&name)?;
            emitter.emit(&checked.problems);
            if checked.problems.is_empty() {
                emitter.say(&text!("表式 {name} 没有问题", "the form {name} is in order"));
            }
            if let Some(untried) = &checked.untried {
                emitter.say(untried);
            }
            Ok(checked.status())
        }
    }
}

/// Tells of what lies among the facts and is not read.
fn told<T>(job: T, check: impl Fn(&T) -> &CheckJob, emitter: &Emitter) -> T {
    check(&job).strays.iter().for_each(|stray| emitter.emit(std::slice::from_ref(&stray.problem)));
    job
}

/// Tells the problems of forms that stand beside what was asked for.
fn tell(problems: &[Diagnostic], emitter: &Emitter) -> ExitStatus {
    emitter.emit(problems);
    problems.iter().map(|problem| problem.code.exit_status()).fold(ExitStatus::Done, ExitStatus::max)
}
