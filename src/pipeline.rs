//! All stages in a row, for each report. In: a [`BuildJob`] or [`CheckJob`]; out: files, messages, and how it went.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::check::{self, Report};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Severity, text};
use crate::facts::{self, Facts};
use crate::job::{BuildJob, CheckJob};
use crate::output;
use crate::source::{Source, display_path};
use crate::view::view;

mod forms;
mod press;
mod progress;
mod record;
mod verify;

pub use forms::Forms;
use press::{Artifact, Presses};
use progress::{Progress, Stage};
use record::{FontHashes, Inputs, Record};

pub use verify::verify;

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
    /// Whether what is there already was found to be what would be made.
    is_fresh: bool,
    problems: Problems,
}

impl Outcome {
    fn failed(problems: Problems) -> Self {
        Self { written: Vec::new(), is_fresh: false, problems }
    }

    fn of_check(result: Result<(Report, Problems), Problems>) -> Self {
        Self::failed(result.map_or_else(|problems| problems, |(_, warnings)| warnings))
    }
}

/// Prints what became of the reports, in their order.
fn summarize(results: Vec<Outcome>, deny_warnings: bool, emitter: &Emitter) -> ExitStatus {
    let (mut status, mut fresh) = (ExitStatus::Done, 0);
    for outcome in results {
        fresh += usize::from(outcome.is_fresh);
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
    if fresh > 0 {
        emitter.say(&text!(
            "{fresh} 份没有变化，没有重新生成（--force 重新生成）",
            "{fresh} unchanged and not built again (--force builds them)"
        ));
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

/// A report that may become a page.
struct Judged {
    source: Arc<Source>,
    report: Report,
    problems: Problems,
}

/// A report with all that came of it.
struct Made {
    artifacts: Vec<Artifact>,
    problems: Problems,
    record: Record,
}

/// What all reports of a job share.
struct Workshop<'a> {
    job: &'a BuildJob,
    forms: Forms,
    presses: Presses,
    hashes: FontHashes,
}

impl<'a> Workshop<'a> {
    fn new(job: &'a BuildJob) -> Result<Self, Diagnostic> {
        let forms = Forms::new(&job.check);
        let presses = Presses::new(job, &forms)?;
        Ok(Self { job, forms, presses, hashes: FontHashes::default() })
    }

    fn report(&self, file: &Path, target: &Path, progress: &Progress) -> Outcome {
        let stage = progress.report(file);
        let written = self.judged(file, &stage).and_then(|judged| {
            let inputs = self.inputs(&judged, file)?;
            if !self.job.force && Record::is_fresh(target, &self.job.formats, &inputs) {
                return Ok(Outcome { written: Vec::new(), is_fresh: true, problems: judged.problems });
            }
            let made = self.pressed(judged, inputs, &stage)?;
            stage.at("write");
            let written = write(target, &made).map_err(|problem| vec![problem])?;
            Ok(Outcome { written, is_fresh: false, problems: made.problems })
        });
        written.unwrap_or_else(Outcome::failed)
    }

    /// A report made whatever is there already.
    fn made(&self, file: &Path, stage: &Stage<'_>) -> Result<Made, Problems> {
        let judged = self.judged(file, stage)?;
        let inputs = self.inputs(&judged, file)?;
        self.pressed(judged, inputs, stage)
    }

    fn inputs(&self, judged: &Judged, file: &Path) -> Result<Inputs, Problems> {
        let set_with = self.presses.set_with.as_ref();
        record::inputs(self.job, set_with, &judged.source, file, &judged.report).map_err(|problem| vec![problem])
    }

    /// The stages up to a report that may become a page.
    fn judged(&self, file: &Path, stage: &Stage<'_>) -> Result<Judged, Problems> {
        stage.at("check");
        let source = facts::open(file)?;
        let facts = Facts::parse(&source)?;
        let form = self.forms.of(&facts)?;
        let (report, problems) = match self.job.draft {
            true => check::draft(&facts, &form, file)?,
            false => check::check(&facts, &form, file)?,
        };
        if self.job.check.deny_warnings && !problems.is_empty() && !self.job.draft {
            return Err(problems);
        }
        let report = if self.job.charts { report.with_charts(file) } else { report };
        Ok(Judged { source, report, problems })
    }

    /// The stages from a report to its artifacts; nothing is written before everything has been made.
    fn pressed(&self, judged: Judged, inputs: Inputs, stage: &Stage<'_>) -> Result<Made, Problems> {
        let Judged { report, problems, .. } = judged;
        stage.at("view");
        let view = view(&report);
        stage.at("render");
        let press = self.presses.of(&report.form)?;
        let pages = press.render(&view)?;
        stage.at("compile");
        let artifacts = press.compile(&report, pages)?;
        let record = record::record(inputs, &self.hashes, &report, &artifacts);
        Ok(Made { artifacts, problems, record: record.map_err(|problem| vec![problem])? })
    }
}

/// Writes the artifacts and the record, which lies beside them and is not told of.
fn write(target: &Path, made: &Made) -> Result<Vec<String>, Diagnostic> {
    let with = |extension: &str| {
        let mut path = target.as_os_str().to_owned();
        path.push(".");
        path.push(extension);
        PathBuf::from(path)
    };
    let draft = if made.record.inputs.open_problems.is_some() { "draft." } else { "" };
    let mut written = Vec::with_capacity(made.artifacts.len());
    for artifact in &made.artifacts {
        let path = with(&artifact.extension());
        output::write(&path, &artifact.bytes)?;
        written.push(display_path(&path));
    }
    output::write(&with(&format!("{draft}json")), made.record.text().as_bytes())?;
    Ok(written)
}
