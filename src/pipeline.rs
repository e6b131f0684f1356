//! All stages in a row, for each report. In: a [`BuildJob`] or [`CheckJob`]; out: files, messages, and how it went.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use time::{Date, Month};

use crate::check::{self, Report, Value, glyphs};
use crate::cli::Format;
use crate::compile::{self, Engine, Setting};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Severity, text};
use crate::facts::{self, Facts};
use crate::fonts::{FontIndex, FontSet};
use crate::form::{self, Form};
use crate::job::{BuildJob, CheckJob, Stamp};
use crate::output;
use crate::render::{Markup, Target, Templates};
use crate::source::display_path;
use crate::view::{View, view};

mod progress;

use progress::Progress;

type Problems = Vec<Diagnostic>;

/// Checks every report of a job and prints what is wrong.
pub fn check(job: &CheckJob, emitter: &Emitter) -> ExitStatus {
    let forms = Forms::new(job);
    let results: Vec<Outcome> = job.files.par_iter().map(|file| Outcome::of_check(checked(file, &forms))).collect();
    summarize(results, job.deny_warnings, emitter)
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
            output::say(text!("已生成 {path}", "wrote {path}").get(emitter.language()));
        }
        let worst =
            problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.code.exit_status()).max();
        status = status.max(worst.unwrap_or(ExitStatus::Done));
    }
    status
}

/// The forms that a job's reports name, each read once.
struct Forms {
    templates: std::path::PathBuf,
    known: BTreeMap<String, Arc<Form>>,
}

impl Forms {
    fn new(job: &CheckJob) -> Self {
        let templates = job.project.templates();
        // A form that cannot be read is reported at the facts that name it.
        let known = form::files::names(Some(&templates))
            .into_iter()
            .filter_map(|name| Some((name.clone(), Arc::new(form::files::load(&name, Some(&templates), None).ok()?))))
            .collect();
        Self { templates, known }
    }

    fn of(&self, facts: &Facts<'_>) -> Result<Arc<Form>, Problems> {
        let (name, place) = facts.form_name().map_err(|problem| vec![problem])?;
        match self.known.get(name) {
            Some(form) => Ok(Arc::clone(form)),
            None => form::files::load(name, Some(&self.templates), Some(&place)).map(Arc::new),
        }
    }
}

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
    tools: BTreeMap<String, Result<Tools, Diagnostic>>,
    engine: Option<Box<dyn Engine>>,
}

/// What all reports of a form share.
struct Tools {
    typst: Option<Templates>,
    html: Option<Templates>,
    fonts: Option<FontSet>,
}

impl<'a> Workshop<'a> {
    fn new(job: &'a BuildJob) -> Result<Self, Diagnostic> {
        let forms = Forms::new(&job.check);
        let index = job.wants_pdf().then(|| FontIndex::scan(&job.check.project.font_paths()));
        let tools =
            forms.known.iter().map(|(name, form)| (name.clone(), Tools::new(form, job, index.as_ref()))).collect();
        let engine = match job.wants_pdf() {
            true => Some(compile::choose(job.engine, job.check.files.len())?.engine),
            false => None,
        };
        Ok(Self { job, forms, tools, engine })
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
        stage.at("load");
        let source = facts::open(file)?;
        let facts = Facts::parse(&source)?;
        let form = self.forms.of(&facts)?;
        stage.at("check");
        let (report, warnings) = check::check(&facts, &form, file)?;
        if self.job.check.deny_warnings && !warnings.is_empty() {
            return Err(warnings);
        }
        let tools = self.tools(&form)?;
        stage.at("view");
        let view = view(&report);
        stage.at("render");
        let pages = tools.render(&view).map_err(one)?;
        stage.at("compile");
        let artifacts = self.artifacts(&report, tools, pages)?;
        stage.at("write");
        let written = artifacts.iter().map(|(format, bytes)| write(target, *format, bytes)).collect::<Result<_, _>>();
        Ok((written.map_err(one)?, warnings))
    }

    fn tools(&self, form: &Form) -> Result<&Tools, Problems> {
        match self.tools.get(&form.name) {
            Some(Ok(tools)) => Ok(tools),
            Some(Err(problem)) => Err(vec![problem.clone()]),
            None => Err(Vec::new()),
        }
    }

    fn artifacts(&self, report: &Report, tools: &Tools, pages: Pages) -> Result<Vec<(Format, Vec<u8>)>, Problems> {
        let mut made = Vec::new();
        for format in &self.job.formats {
            match (format, &pages.typst, &pages.html) {
                (Format::Pdf, Some(markup), _) => made.push((Format::Pdf, self.pdf(report, tools, markup)?)),
                (Format::Typ, Some(markup), _) => made.push((Format::Typ, markup.text.clone().into_bytes())),
                (Format::Html, _, Some(page)) => made.push((Format::Html, page.text.clone().into_bytes())),
                _ => {}
            }
        }
        Ok(made)
    }

    fn pdf(&self, report: &Report, tools: &Tools, markup: &Markup) -> Result<Vec<u8>, Problems> {
        let (Some(engine), Some(fonts)) = (&self.engine, &tools.fonts) else { return Err(Vec::new()) };
        let words = report.values.values().filter_map(|entry| match &entry.value {
            Value::Line(text) | Value::Prose(text) => Some(text.as_str()),
            Value::Date(_) | Value::Figure(_) => None,
        });
        let fonts = &fonts.for_page(words.chain([markup.text.as_str()]));
        let undrawn = glyphs::check(report, &fonts.undrawn);
        if !undrawn.is_empty() {
            return Err(undrawn);
        }
        let timestamp = timestamp(report, self.job.stamp);
        engine.compile(markup, &Setting { fonts, timestamp })
    }
}

struct Pages {
    typst: Option<Markup>,
    html: Option<Markup>,
}

impl Tools {
    fn new(form: &Form, job: &BuildJob, index: Option<&FontIndex>) -> Result<Self, Diagnostic> {
        let load = |wanted: bool, target| wanted.then(|| Templates::load(form, target)).transpose();
        Ok(Self {
            typst: load(job.wants_typst(), Target::Typst)?,
            html: load(job.formats.contains(&Format::Html), Target::Html)?,
            fonts: index.map(|index| index.serve(form)).transpose()?,
        })
    }

    fn render(&self, view: &View) -> Result<Pages, Diagnostic> {
        let page =
            |templates: &Option<Templates>| templates.as_ref().map(|templates| templates.render(view)).transpose();
        Ok(Pages { typst: page(&self.typst)?, html: page(&self.html)? })
    }
}

impl BuildJob {
    fn wants_pdf(&self) -> bool {
        self.formats.contains(&Format::Pdf)
    }

    fn wants_typst(&self) -> bool {
        self.wants_pdf() || self.formats.contains(&Format::Typ)
    }
}

fn write(target: &Path, format: Format, bytes: &[u8]) -> Result<String, Diagnostic> {
    let mut path = target.as_os_str().to_owned();
    path.push(".");
    path.push(format.extension());
    let path = Path::new(&path);
    output::write(path, bytes)?;
    Ok(display_path(path))
}

/// Midnight UTC of the document's date, or of the first day after the year.
fn timestamp(report: &Report, stamp: Stamp) -> i64 {
    let dated = report.form.dated.as_ref().and_then(|key| match &report.values.get(key)?.value {
        Value::Date(date) => Some(*date),
        _ => None,
    });
    let after = || Date::from_calendar_date(i32::from(report.year) + 1, Month::January, 1).ok();
    match stamp {
        Stamp::Fixed(seconds) => seconds,
        Stamp::FromFacts => dated.or_else(after).map_or(0, |date| date.midnight().assume_utc().unix_timestamp()),
    }
}

fn one(problem: Diagnostic) -> Problems {
    vec![problem]
}
