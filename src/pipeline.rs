//! All stages in a row, for each report. In: a [`BuildJob`] or [`CheckJob`]; out: files, messages, and how it went.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::check::{self, Report};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Severity, text};
use crate::facts::{self, Facts};
use crate::job::{BuildJob, CheckJob};
use crate::output;
use crate::source::display_path;
use crate::view::view;

mod forms;
mod press;
mod progress;

use forms::Forms;
use press::{Artifact, Presses};
use progress::Progress;

type Problems = Vec<Diagnostic>;

/// Checks every report of a job and prints what is wrong.
pub fn check(job: &CheckJob, emitter: &Emitter) -> ExitStatus {
    let forms = Forms::new(job);
    let progress = Progress::new(job.files.len(), emitter.language());
    let judge = |file: &PathBuf| {
        let stage = progress.report(file);
        stage.at("check");
        Outcome::of_check(checked(file, &forms))
    };
    let results: Vec<Outcome> = job.files.par_iter().map(judge).collect();
    progress.finish();
    let status = summarize(results, job.deny_warnings, emitter);
    if status == ExitStatus::Done {
        let count = job.files.len();
        emitter.say(&text!("已检查 {count} 份，没有错误", "checked {count}, no errors"));
    }
    status
}

/// Builds every report of a job and prints what was written and what is wrong.
pub fn build(job: &BuildJob, emitter: &Emitter) -> ExitStatus {
    let workshop = match Workshop::new(job) {
        Ok(workshop) => workshop,
        Err(problem) => return summarize(vec![Outcome::failed(vec![problem])], false, emitter),
    };
    let progress = Progress::new(job.check.files.len(), emitter.language());
    let make = || {
        let pairs = job.check.files.par_iter().zip(&job.targets);
        pairs.map(|(file, target)| workshop.report(file, target, &progress)).collect::<Vec<_>>()
    };
    let results = match rayon::ThreadPoolBuilder::new().num_threads(job.jobs.get()).build() {
        Ok(pool) => pool.install(make),
        Err(_) => make(),
    };
    progress.finish();
    summarize(results, job.check.deny_warnings, emitter)
}

/// What became of one report.
struct Outcome {
    written: Vec<String>,
    problems: Problems,
}

impl Outcome {
    fn failed(problems: Problems) -> Self {
        Self { written: Vec::new(), problems }
    }

    fn of_check(result: Result<(Report, Problems), Problems>) -> Self {
        Self::failed(result.map_or_else(|problems| problems, |(_, warnings)| warnings))
    }
}

/// Prints what became of the reports, in their order.
fn summarize(results: Vec<Outcome>, deny_warnings: bool, emitter: &Emitter) -> ExitStatus {
    let mut status = ExitStatus::Done;
    for outcome in results {
        let mut problems = outcome.problems;
        if deny_warnings {
            problems.iter_mut().for_each(|problem| problem.severity = Severity::Error);
        }
        emitter.emit(&problems);
        for path in outcome.written {
            emitter.say(&text!("已生成 {path}", "wrote {path}"));
        }
        let worst =
            problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code.exit_status()).max();
        status = status.max(worst.unwrap_or(ExitStatus::Done));
    }
    status
}

/// Facts that have passed every check, with the warnings they may be built in spite of.
fn checked(file: &Path, forms: &Forms) -> Result<(Report, Problems), Problems> {
    let source = facts::open(file)?;
    let facts = Facts::parse(&source)?;
    let form = forms.of(&facts)?;
    check::check(&facts, &form, file)
}

/// What all reports of a job share.
struct Workshop<'a> {
    job: &'a BuildJob,
    forms: Forms,
    presses: Presses,
}

impl<'a> Workshop<'a> {
    fn new(job: &'a BuildJob) -> Result<Self, Diagnostic> {
        let forms = Forms::new(&job.check);
        let presses = Presses::new(job, &forms)?;
        Ok(Self { job, forms, presses })
    }

    fn report(&self, file: &Path, target: &Path, progress: &Progress) -> Outcome {
        match self.stages(file, target, progress) {
            Ok((written, warnings)) => Outcome { written, problems: warnings },
            Err(problems) => Outcome::failed(problems),
        }
    }

    /// One report through all stages; nothing is written before everything has been made.
    fn stages(&self, file: &Path, target: &Path, progress: &Progress) -> Result<(Vec<String>, Problems), Problems> {
        let stage = progress.report(file);
        stage.at("check");
        let (report, warnings) = checked(file, &self.forms)?;
        if self.job.check.deny_warnings && !warnings.is_empty() {
            return Err(warnings);
        }
        stage.at("view");
        let view = view(&report);
        stage.at("render");
        let press = self.presses.of(&report.form)?;
        let pages = press.render(&view)?;
        stage.at("compile");
        let artifacts = press.compile(&report, pages)?;
        stage.at("write");
        let written = artifacts.iter().map(|artifact| write(target, artifact)).collect::<Result<_, _>>();
        Ok((written.map_err(|problem| vec![problem])?, warnings))
    }
}

fn write(target: &Path, artifact: &Artifact) -> Result<String, Diagnostic> {
    let mut path = target.as_os_str().to_owned();
    path.push(".");
    path.push(artifact.format.extension());
    let path = Path::new(&path);
    output::write(path, &artifact.bytes)?;
    Ok(display_path(path))
}
