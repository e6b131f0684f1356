//! From a command to what it does. In: what was typed; out: how it went, text for people printed on the way.

use crate::cli::{Check, Cli, Command, DiffFormat, Forms, Roll};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, text};
use crate::interrupt::{First, Interrupt};
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
        Command::Build(build) => {
            let interrupt = Interrupt::listen(First::IsHeeded);
            pipeline::build(&job::build(build, &interrupt).map_err(one)?, emitter).map_err(one)
        }
        Command::Watch(typed) => {
            // What is looked at is never half written, and the page in the browser says that nobody serves it any more.
            let interrupt = Interrupt::listen(First::Ends(i32::from(ExitStatus::Done.number())));
            let settle = || job::watch(typed.clone(), &interrupt);
            watch::watch(settle().map_err(one)?, settle, emitter).map_err(one)
        }
        Command::Check(typed) => check(typed, emitter).map_err(one),
        Command::New(new) => {
            job::new(new).map_err(one).and_then(|job| Ok(print(start::said(&start::start(&job)?, language))))
        }
        Command::Fmt(typed) => {
            let job = job::format(typed).map_err(one)?;
            let strays = tell_strays(&job.check, emitter);
            Ok(format::format(&job, emitter).max(strays))
        }
        Command::Diff(diff) => {
            let job = job::diff(diff).map_err(one)?;
            let strays = tell_strays(&job.check, emitter);
            let is_json = job.format == DiffFormat::Json;
            compare::diff(&job, language).map(|text| if is_json { print_json(text) } else { print(text) }.max(strays))
        }
        Command::Roll(typed) => roll(typed, emitter),
        Command::Init { dir } => init::init(&dir, language).map(print).map_err(one),
        Command::Forms { what } => forms(what, emitter),
        Command::Schema { form } => schema::schema(&form).map(print_json),
        Command::Verify { page, limits } => {
            let guard = job::guard(&limits, &Interrupt::listen(First::KILLS));
            pipeline::verify(&page, guard, emitter).map_err(one)
        }
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

/// Checks facts, or mends them.
fn check(typed: Check, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
    let (fix, dry_run) = (typed.fix, typed.dry_run);
    let job = job::check(typed)?;
    Ok(match fix {
        true => pipeline::mend(&job, dry_run, emitter),
        false => pipeline::check(&job, &Interrupt::listen(First::IsHeeded), emitter),
    })
}

/// Starts next year's facts.
fn roll(typed: Roll, emitter: &Emitter) -> Result<ExitStatus, Vec<Diagnostic>> {
    let job = job::roll(typed).map_err(|problem| vec![problem])?;
    let strays = tell_strays(&job.check, emitter);
    let (rolled, problems) = roll::roll(&job)?;
    if !rolled.is_empty() {
        emitter.print(&roll::said(&rolled, job.dry_run, emitter.language()));
    }
    Ok(tell(&problems, emitter).max(strays))
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
        Some(Forms::Check { name, limits }) => {
            let guard = job::guard(&limits, &Interrupt::listen(First::KILLS));
            let checked = formshop::check(&name, guard)?;
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
fn tell_strays(job: &CheckJob, emitter: &Emitter) -> ExitStatus {
    let problems: Vec<Diagnostic> = job.strays.iter().map(|stray| stray.problem.clone()).collect();
    emitter.emit(&problems);
    let errors = problems.iter().filter(|problem| problem.is_error());
    errors.map(|problem| problem.code.exit_status()).fold(ExitStatus::Done, ExitStatus::max)
}

/// Tells the problems of forms that stand beside what was asked for.
fn tell(problems: &[Diagnostic], emitter: &Emitter) -> ExitStatus {
    emitter.emit(problems);
    problems.iter().map(|problem| problem.code.exit_status()).fold(ExitStatus::Done, ExitStatus::max)
}
