//! Makes reports. In: a [`BuildJob`] and its facts files; out: for each an [`Outcome`], with its pages written. What the
//! reports of a job share (forms, parsed templates, faces, the engine) is made once, when it is first needed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Problems;
use super::exporters::{Artifact, Exporters, FormExporter, LaidOut, Preview, Toolchain};
use super::forms::Forms;
use super::governments::Governments;
use super::job::BuildJob;
use super::load::{Errors, Loaded};
use super::organs::Around;
use super::progress::{Stage, Step};
use super::record::{Inputs, Piece, Record, Subject, Surroundings, pages_at, prefix, with_extension};
use crate::check;
use crate::consolidate::Counted;
use crate::diag::Diagnostic;
use crate::disk::{self, Lock, Who};
use crate::export::Format;
use crate::facts;
use crate::facts::years_before::YearsBefore;
use crate::form::Key;
use crate::render::{Markup, traced};
use crate::report::Report;
use crate::source::{Source, display_path};
use crate::typeset::SheetArea;
use crate::view::{View, view};

/// What became of one report.
#[derive(Debug)]
pub struct Outcome {
    /// How it went.
    pub fate: Fate,
    /// What is wrong with it; without an error it was made all the same.
    pub problems: Problems,
    /// Where there are errors: the pages of an earlier build that are still there and are not of what there is now.
    pub left: Vec<String>,
}

/// How it went with one report.
#[derive(Debug)]
pub enum Fate {
    /// These files were written.
    Built(Vec<String>),
    /// What is there already was found to be what would be made.
    Unchanged,
    /// It was looked at, and nothing was to be made.
    Checked,
    /// Nothing was made.
    Failed,
}

impl Outcome {
    /// It went like this.
    pub fn of(fate: Fate, problems: Problems) -> Self {
        Self { fate, problems, left: Vec::new() }
    }

    /// Nothing was made, because of these problems.
    pub fn failed(problems: Problems) -> Self {
        Self::of(Fate::Failed, problems)
    }
}

/// A report that may become a page.
struct Judged {
    report: Report,
    /// The warnings; for a draft, whatever is open.
    problems: Problems,
    /// What its pages will be made of.
    inputs: Inputs,
}

/// A report with all that came of it.
pub struct Made {
    /// The files to be written.
    pub artifacts: Vec<Artifact>,
    /// What it was made in spite of.
    pub problems: Problems,
    /// What it was made of.
    pub record: Record,
}

/// What all reports of a job share.
pub struct Session<'a> {
    forms: Forms,
    exporters: Exporters<'a>,
    surroundings: Surroundings<'a>,
    governments: Governments,
    /// The pages that were drawn last, for the files that are written of the same.
    drawn: Mutex<Option<DrawnReport>>,
}

/// A report whose pages were laid out to be looked at.
struct DrawnReport {
    inputs: Inputs,
    preview: Preview,
    laid_out: LaidOut,
    /// What it was laid out of, where it is asked where values stand on the sheets.
    traced: Option<Rendered>,
}

impl DrawnReport {
    /// Whether it is what would be laid out of a report.
    fn is_of(&self, judged: &Judged) -> bool {
        self.inputs == judged.inputs
    }
}

/// A report as its templates wrote it.
struct Rendered {
    exporter: Arc<FormExporter>,
    view: View,
    pages: Vec<Markup>,
}

impl<'a> Session<'a> {
    /// Chooses the engine and finds the fonts, where the job needs any.
    ///
    /// # Errors
    /// No engine.
    pub fn new(job: &'a BuildJob) -> Result<Self, Diagnostic> {
        Self::with(job, None)
    }

    /// Goes on with an engine and fonts that are there already.
    ///
    /// # Errors
    /// No engine.
    pub fn with(job: &'a BuildJob, toolchain: Option<Arc<Toolchain>>) -> Result<Self, Diagnostic> {
        Ok(Self {
            forms: Forms::new(&job.check),
            exporters: Exporters::new(job, toolchain)?,
            surroundings: Surroundings::of(job),
            governments: Governments::default(),
            drawn: Mutex::default(),
        })
    }

    /// The engine and the fonts, for another session to go on with.
    pub fn toolchain(&self) -> Option<Arc<Toolchain>> {
        self.exporters.toolchain()
    }

    /// Waits until nobody else writes into the output folder; each time that it has to wait, it is asked whether it is to;
    /// `None` where not. Two builds at once would each write some of the pages, and no record would be of both. Shards of one build
    /// have no report in common, and go on together.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn turn(&self, waits: impl FnMut() -> bool) -> Result<Option<Lock>, Diagnostic> {
        let who = if self.job().shard.is_some() { Who::Together } else { Who::Alone };
        Lock::take(&self.job().out, who, waits)
    }

    /// Takes note that facts in these folders are no longer as they were, or, without folders, that nobody knows which organs there are;
    /// gives the files of the governments that are to be read once more.
    pub fn changed(&self, folders: Option<&BTreeSet<PathBuf>>) -> BTreeSet<PathBuf> {
        match folders {
            Some(folders) => {
                self.forms.forget(folders);
                self.governments.above(folders)
            }
            None => {
                self.forms.forget_all();
                self.governments.all()
            }
        }
    }

    fn job(&self) -> &BuildJob {
        self.surroundings.job
    }

    /// Makes a report and writes its pages, unless they are there already and made of the same.
    pub fn report(&self, file: &Path, target: &Path, stage: &Stage<'_>) -> Outcome {
        let turn = self.turn_of_shard(target);
        let built = match &turn {
            Ok(_) => self.built(file, target, stage),
            Err(problem) => Err(problem.clone().into()),
        };
        let has_failed = built.is_err();
        let mut outcome = built.unwrap_or_else(Outcome::failed);
        // A draft is made in spite of errors, beside the pages of an earlier build.
        let _writing = self.job().guard.interrupt.writing();
        let is_wrong = has_failed || outcome.problems.iter().any(Diagnostic::is_error);
        let drafts = (has_failed && self.job().draft).then_some(true);
        for is_draft in is_wrong.then_some(false).into_iter().chain(drafts) {
            let (left, unmarked) = self.left(file, target, prefix(is_draft));
            outcome.left.extend(left);
            outcome.problems.extend(unmarked);
        }
        outcome
    }

    /// Shards keep each other out of the folder of a report, in case the same one is built twice at once.
    fn turn_of_shard(&self, target: &Path) -> Result<Option<Lock>, Diagnostic> {
        match (self.job().shard, target.parent()) {
            // The output folder itself is held by all of them.
            (Some(_), Some(folder)) if folder != self.job().out => Lock::take(folder, Who::Alone, || true),
            _ => Ok(None),
        }
    }

    fn built(&self, file: &Path, target: &Path, stage: &Stage<'_>) -> Result<Outcome, Problems> {
        stage.at(Step::Check);
        let judged = self.judged(file, &self.source(file)?, self.job().draft)?;
        let current = if self.job().force { None } else { self.current(&judged, target) };
        if let Some(record) = current {
            let _writing = self.job().guard.interrupt.writing();
            record.mark(target, "", false)?;
            return Ok(Outcome::of(Fate::Unchanged, judged.problems));
        }
        let made = self.exported(judged, stage)?;
        stage.at(Step::Write);
        let _writing = self.job().guard.interrupt.writing();
        let written = write(target, &made)?;
        Ok(Outcome::of(Fate::Built(written), made.problems))
    }

    /// The pages that lie at the target of a report with errors and are not of what there is now, which their record is
    /// told; and what keeps it from being told.
    fn left(&self, file: &Path, target: &Path, prefix: &str) -> (Vec<String>, Option<Diagnostic>) {
        let pages: Vec<String> = pages_at(target, prefix).iter().map(|page| display_path(page)).collect();
        if pages.is_empty() {
            return (pages, None);
        }
        match Record::at(target, prefix) {
            Some(record) if self.is_of_now(&record, file) => (Vec::new(), None),
            Some(record) => (pages, record.mark(target, prefix, true).err()),
            None => (pages, None),
        }
    }

    /// Whether facts, the years before and the form are those of a record.
    fn is_of_now(&self, record: &Record, file: &Path) -> bool {
        let now = || {
            let source = facts::open(file).ok().filter(|source| record.is_of(source))?;
            let form = self.forms.named(&record.inputs.form).ok()?;
            let (year, years_before) = (record.inputs.year, &YearsBefore::of(file));
            for back in 1..=u16::try_from(record.inputs.years_before.len()).ok()?.max(1) {
                years_before.source(year.checked_sub(back)?).ok()?;
            }
            let is_consolidated = !record.inputs.organs.is_empty();
            let counted = if is_consolidated { self.counted(&source, file, record.inputs.charts)? } else { Vec::new() };
            let of = Subject { file, source: &source, form: &form, year, open_problems: None, years_before, counted };
            Some(self.surroundings.inputs(&of, None))
        };
        now().is_some_and(|now| now.is_of_the_same_facts(&record.inputs))
    }

    /// The facts of organs whose figures are added up, for a page with charts or without.
    fn counted(&self, source: &Arc<Source>, file: &Path, charts: bool) -> Option<Vec<Arc<Counted>>> {
        let Loaded { report, years_before, .. } = Loaded::of(source, file, &self.forms, Errors::Draft).ok()?;
        let with_charts = |report| check::with_charts(report, &years_before, &Around::of(&self.forms)).ok();
        Some(if charts { with_charts(report)? } else { report }.counted())
    }

    /// A report made whatever is there already.
    ///
    /// # Errors
    /// Whatever keeps it from being made.
    pub fn made(&self, file: &Path, stage: &Stage<'_>) -> Result<Made, Problems> {
        stage.at(Step::Check);
        let judged = self.judged(file, &self.source(file)?, self.job().draft)?;
        self.exported(judged, stage)
    }

    /// The report of a text that stands in a file or is about to, to be looked at, as a draft where that is asked for, and such that
    /// [`areas`](Self::areas) can be told where that is; nothing is written.
    ///
    /// # Errors
    /// Whatever keeps it from being made.
    pub fn preview(
        &self,
        file: &Path,
        source: &Arc<Source>,
        draft: bool,
        traces: bool,
        stage: &Stage<'_>,
    ) -> Result<Preview, Problems> {
        stage.at(Step::Check);
        let judged = self.judged(file, source, draft)?;
        // What was drawn while it was being written.
        if let Some(drawn) =
            self.drawn().as_ref().filter(|drawn| drawn.is_of(&judged) && drawn.traced.is_some() == traces)
        {
            return Ok(Preview { problems: judged.problems, ..drawn.preview.clone() });
        }
        let Rendered { exporter, view, pages } = self.rendered(&judged, traces, stage)?;
        let traced = traces.then(|| pages.clone());
        let laid_out = exporter.lay_out(&judged.report, &view, pages)?;
        let traced = traced.map(|pages| Rendered { exporter, view, pages });
        let preview = laid_out.preview(judged.problems)?;
        *self.drawn() = Some(DrawnReport { inputs: judged.inputs, preview: preview.clone(), laid_out, traced });
        Ok(preview)
    }

    /// Where the values of the report that was drawn last stand on its sheets.
    pub fn areas(&self) -> Vec<(Key, SheetArea)> {
        let drawn = self.drawn();
        let Some(DrawnReport { laid_out, traced: Some(rendered), .. }) = drawn.as_ref() else { return Vec::new() };
        let Some((templates, page)) = rendered.exporter.sheets(&rendered.pages) else { return Vec::new() };
        let values = traced(&rendered.view, page, |view| templates.render(view).ok());
        let stretches: Vec<Range<usize>> = values.iter().map(|value| value.stretch.clone()).collect();
        let areas = laid_out.areas(&stretches).into_iter();
        areas.filter_map(|area| Some((values.get(area.stretch)?.key.clone(), area))).collect()
    }

    /// The record of the pages at a target, where they are what would be made of what there is now. All that is taken from
    /// it is that the pages need not be made once more: whether the facts are in order has been found out anew.
    fn current(&self, judged: &Judged, target: &Path) -> Option<Record> {
        let record = Record::at(target, "")?;
        // A report that is in order is no draft, even where one was asked for.
        let inputs = Inputs { open_problems: None, ..judged.inputs.clone() };
        let extensions = self.job().formats.iter().flat_map(|format| format.extensions(&judged.report.form));
        (record.inputs == inputs && record.has_artifacts(target, extensions)).then_some(record)
    }

    fn inputs(&self, subject: &Subject<'_>) -> Result<Inputs, Diagnostic> {
        let set_with = self.exporters.set_with(subject.form)?;
        Ok(self.surroundings.inputs(subject, set_with.as_ref().map(|(engine, fonts)| (*engine, fonts.as_ref()))))
    }

    /// The text of a file.
    fn source(&self, file: &Path) -> Result<Arc<Source>, Problems> {
        facts::open(file).inspect_err(|_| self.governments.note_wrong(file))
    }

    /// The stages up to a report that may become a page.
    fn judged(&self, file: &Path, source: &Arc<Source>, draft: bool) -> Result<Judged, Problems> {
        let job = self.job();
        let errors = if draft { Errors::Draft } else { Errors::Refuse };
        let loaded =
            Loaded::of(source, file, &self.forms, errors).inspect_err(|_| self.governments.note_wrong(file))?;
        let Loaded { source, years_before, report, problems } = loaded;
        if job.check.deny_warnings && problems.iter().any(Diagnostic::is_warning) && !draft {
            return Err(problems);
        }
        let report =
            if job.charts { check::with_charts(report, &years_before, &Around::of(&self.forms))? } else { report };
        self.governments.note(file, &report);
        let (form, year, open_problems) = (&report.form, report.year, report.open_problems);
        let (years_before, counted) = (&years_before, report.counted());
        let subject = Subject { file, source: &source, form, year, open_problems, years_before, counted };
        let inputs = self.inputs(&subject)?;
        Ok(Judged { report, problems, inputs })
    }

    /// The stages from a report to what its templates write.
    fn rendered(&self, judged: &Judged, is_traced: bool, stage: &Stage<'_>) -> Result<Rendered, Problems> {
        let report = &judged.report;
        stage.at(Step::View);
        let view = View { is_traced, ..view(report, self.job().stamp.time(report)) };
        stage.at(Step::Render);
        let exporter = self.exporters.of(&report.form)?;
        let pages = exporter.render(&view)?;
        stage.at(Step::Compile);
        Ok(Rendered { exporter, view, pages })
    }

    fn drawn(&self) -> MutexGuard<'_, Option<DrawnReport>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The stages from a report to its artifacts; nothing is written before everything has been made.
    fn exported(&self, judged: Judged, stage: &Stage<'_>) -> Result<Made, Problems> {
        // Sheets are the same whether they were traced or not; their markup is not.
        let has_markup = self.job().formats.contains(&Format::Typ);
        let is_same = |drawn: &DrawnReport| drawn.is_of(&judged) && !(has_markup && drawn.traced.is_some());
        let drawn = self.drawn().take_if(|drawn| is_same(drawn));
        let pages = match drawn {
            Some(drawn) => drawn.laid_out,
            None => {
                let Rendered { exporter, view, pages } = self.rendered(&judged, false, stage)?;
                exporter.lay_out(&judged.report, &view, pages)?
            }
        };
        let Judged { report, problems, inputs } = judged;
        let year = report.year;
        let artifacts = pages.artifacts()?;
        let named = |artifact: &Artifact| Piece::new(format!("{year}.{}", artifact.ending()), &artifact.bytes);
        let record = Record {
            inputs,
            fonts: artifacts.iter().flat_map(|artifact| artifact.fonts.clone()).collect(),
            warnings: problems.len(),
            artifacts: artifacts.iter().map(named).collect(),
            accepted: report.accepted,
            stale: false,
        };
        Ok(Made { artifacts, problems, record })
    }
}

/// Writes the artifacts and the record, which lies beside them and is not told of.
fn write(target: &Path, made: &Made) -> Result<Vec<String>, Diagnostic> {
    let prefix = prefix(made.record.inputs.open_problems.is_some());
    let mut written = Vec::with_capacity(made.artifacts.len());
    for artifact in &made.artifacts {
        let path = with_extension(target, &artifact.ending());
        disk::put(&path, &artifact.bytes)?;
        written.push(display_path(&path));
    }
    made.record.write(target, prefix)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::diag::Language;
    use crate::fonts::FontIndex;
    use crate::project::{Project, Settings};
    use crate::render::Markup;
    use crate::session::{Progress, Selection, Stamp};
    use crate::typeset::{CompileOptions, Engine, EngineChoice, Pages};
    use crate::worker::{Guard, Workers};

    /// An engine that counts how often it lays something out.
    struct Counting(Arc<AtomicUsize>);

    struct Page(String);

    impl Engine for Counting {
        fn name(&self) -> &'static str {
            "embedded"
        }

        fn confined(&self, _: &Arc<Workers>) -> Arc<dyn Engine> {
            Arc::new(Self(Arc::clone(&self.0)))
        }

        fn layout(&self, markup: Markup, _: CompileOptions) -> Result<Box<dyn Pages>, Problems> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Box::new(Page(markup.text)))
        }
    }

    impl Pages for Page {
        fn pdf(&self) -> Result<Vec<u8>, Problems> {
            Ok(self.0.clone().into_bytes())
        }

        fn svg(&self) -> Result<Vec<Arc<str>>, Problems> {
            Ok(vec![self.0.as_str().into()])
        }
    }

    fn job(root: &Path) -> BuildJob {
        let project = Project { root: root.to_path_buf(), settings: Settings::default(), faults: Problems::new() };
        let file = root.join("reports/a/2025.toml");
        BuildJob {
            check: Selection { project, files: vec![file], strays: Vec::new(), deny_warnings: false },
            out: root.join("build"),
            targets: vec![root.join("build/a/2025")],
            formats: vec![Format::Pdf, Format::Html],
            engine: EngineChoice::Embedded,
            jobs: NonZeroUsize::MIN,
            stamp: Stamp::FromFacts,
            force: false,
            clean: false,
            charts: false,
            draft: false,
            shard: None,
            selected: 1,
            summary: None,
            guard: Guard::default(),
        }
    }

    #[test]
    fn what_was_drawn_is_not_laid_out_once_more_for_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = |number: usize| {
            let facts = crate::form::files::built_in_text("foia/example.toml").expect("an example");
            format!("{facts}\n# {number}\n")
        };
        let write = |number: usize| {
            std::fs::create_dir_all(folder.path().join("reports/a")).expect("a folder");
            std::fs::write(folder.path().join("reports/a/2025.toml"), text(number)).expect("written");
        };
        write(0);
        let (job, laid_out) = (job(folder.path()), Arc::new(AtomicUsize::new(0)));
        let engine: Arc<dyn Engine> = Arc::new(Counting(Arc::clone(&laid_out)));
        let toolchain = Toolchain::with(engine, FontIndex::scan(&[]), Arc::new(Workers::new(Guard::default())));
        let session = Session::with(&job, Some(Arc::new(toolchain))).expect("a session");
        let progress = Progress::silent(Language::En);
        let (file, target) = (&job.check.files[0], &job.targets[0]);
        let draw_text = |source: &Arc<Source>| session.preview(file, source, false, false, &progress.report(file));
        let draw = || draw_text(&facts::open(file)?);
        let build = || session.report(file, target, &progress.report(file));
        if draw().is_err_and(|problems| problems.iter().any(|problem| problem.code.as_str() == "no-fonts")) {
            assert!(!crate::needs::can_run(false, "fonts for the form foia", "FONTS"));
            return;
        }
        assert!(matches!(build().fate, Fate::Built(_)));
        assert_eq!(laid_out.load(Ordering::Relaxed), 1);
        let sheets = draw().expect("sheets").sheets;
        assert_eq!(std::fs::read(folder.path().join("build/a/2025.pdf")).expect("a page"), sheets[0].as_bytes());
        assert_eq!(laid_out.load(Ordering::Relaxed), 2, "what was written is not kept");
        // Another save, before its file was written: what was drawn of the one before is of no use.
        write(1);
        assert!(matches!(build().fate, Fate::Built(_)));
        assert_eq!(laid_out.load(Ordering::Relaxed), 3);
        // A text that is being written, and then stands there; and one that never came to stand there.
        let coming = draw_text(&Source::new(display_path(file), text(2))).expect("sheets").sheets;
        write(2);
        assert_eq!(draw().expect("sheets").sheets, coming);
        assert!(matches!(build().fate, Fate::Built(_)));
        assert_eq!(laid_out.load(Ordering::Relaxed), 4);
        draw_text(&Source::new(display_path(file), text(3))).expect("sheets");
        assert_eq!(draw().expect("sheets").sheets, coming);
        assert_eq!(laid_out.load(Ordering::Relaxed), 6);
    }
}
