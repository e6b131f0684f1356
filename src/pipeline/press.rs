//! Makes the artifacts of a form. In: a view; out: one [`Artifact`] for each format that the job asks for. What
//! reports of one form share (parsed templates, the faces found) is made once; the engine serves all forms.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use time::{Date, Month};

use super::Problems;
use super::forms::Forms;
use crate::check::{Report, Value, glyphs};
use crate::cli::Format;
use crate::compile::{self, Engine, Setting};
use crate::diag::{Code, Diagnostic, text};
use crate::fonts::{FontIndex, FontSet};
use crate::form::Form;
use crate::job::{BuildJob, Stamp};
use crate::render::{Markup, Target, Templates};
use crate::view::View;

/// A file to be written.
pub struct Artifact {
    /// Its format.
    pub format: Format,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What a PDF was set in.
    pub set_in: Option<SetIn>,
    /// Whether it is a draft, which never has the final file's name.
    pub is_draft: bool,
}

/// What a PDF was set in.
pub struct SetIn {
    /// The font files.
    pub fonts: Vec<PathBuf>,
}

impl Artifact {
    /// The file's extension.
    pub fn extension(&self) -> String {
        let draft = if self.is_draft { "draft." } else { "" };
        format!("{draft}{}", self.format.extension())
    }
}

/// A press for each form.
pub struct Presses {
    presses: BTreeMap<String, Result<Press, Diagnostic>>,
    /// What PDFs are set with, where there are any: the engine's name, and a name for all the fonts.
    pub set_with: Option<(&'static str, String)>,
}

impl Presses {
    /// Sets up a press for each form; what is wrong with one is reported with the facts that need it.
    pub fn new(job: &BuildJob, forms: &Forms) -> Result<Self, Diagnostic> {
        let kit = match job.formats.contains(&Format::Pdf) {
            true => Some(Kit::new(job)?),
            false => None,
        };
        let presses = forms.iter().map(|form| (form.name.clone(), Press::new(form, job, kit.as_ref()))).collect();
        let set_with = kit.map(|kit| (kit.engine.name(), kit.index.identity()));
        Ok(Self { presses, set_with })
    }

    /// The press of a form.
    pub fn of(&self, form: &Form) -> Result<&Press, Problems> {
        match self.presses.get(&form.name) {
            Some(Ok(press)) => Ok(press),
            Some(Err(problem)) => Err(vec![problem.clone()]),
            None => {
                let name = &form.name;
                let message = text!("表式 {name} 在生成过程中改变了", "the form {name} changed while building");
                Err(vec![Diagnostic::error(Code::FormFile, message)])
            }
        }
    }
}

/// What PDFs of all forms need.
struct Kit {
    engine: Arc<dyn Engine>,
    index: FontIndex,
    stamp: Stamp,
}

impl Kit {
    fn new(job: &BuildJob) -> Result<Self, Diagnostic> {
        let engine = Arc::from(compile::choose(job.engine, job.check.files.len())?.engine);
        Ok(Self { engine, index: FontIndex::scan(&job.check.project.font_paths()), stamp: job.stamp })
    }
}

/// What makes the artifacts of one form.
pub struct Press {
    makers: Vec<(Templates, Maker)>,
}

/// What becomes of a rendered page.
enum Maker {
    /// It is the artifact.
    Text(Format),
    /// It is compiled.
    Pdf(PdfMaker),
}

struct PdfMaker {
    engine: Arc<dyn Engine>,
    fonts: FontSet,
    stamp: Stamp,
}

impl Press {
    fn new(form: &Form, job: &BuildJob, kit: Option<&Kit>) -> Result<Self, Diagnostic> {
        let mut makers = Vec::new();
        if let Some(kit) = kit {
            let (engine, fonts) = (Arc::clone(&kit.engine), kit.index.serve(form)?);
            let maker = Maker::Pdf(PdfMaker { engine, fonts, stamp: kit.stamp });
            makers.push((Templates::load(form, Target::Typst)?, maker));
        }
        for (format, target) in
            [(Format::Html, Target::Html), (Format::HtmlFragment, Target::HtmlFragment), (Format::Typ, Target::Typst)]
        {
            if job.formats.contains(&format) {
                makers.push((Templates::load(form, target)?, Maker::Text(format)));
            }
        }
        Ok(Self { makers })
    }

    /// The page in each language that is needed.
    pub fn render(&self, view: &View) -> Result<Vec<Markup>, Problems> {
        let pages = self.makers.iter().map(|(templates, _)| templates.render(view)).collect::<Result<_, _>>();
        pages.map_err(|problem| vec![problem])
    }

    /// The artifacts that come of the pages.
    pub fn compile(&self, report: &Report, pages: Vec<Markup>) -> Result<Vec<Artifact>, Problems> {
        let is_draft = report.open_problems.is_some();
        let made = self.makers.iter().zip(pages).map(|((_, maker), page)| match maker {
            Maker::Text(format) => {
                Ok(Artifact { format: *format, bytes: page.text.into_bytes(), set_in: None, is_draft })
            }
            Maker::Pdf(maker) => {
                let (bytes, set_in) = maker.make(report, &page)?;
                Ok(Artifact { format: Format::Pdf, bytes, set_in: Some(set_in), is_draft })
            }
        });
        made.collect()
    }
}

impl PdfMaker {
    fn make(&self, report: &Report, page: &Markup) -> Result<(Vec<u8>, SetIn), Problems> {
        let words = report.values.values().filter_map(|entry| match &entry.value {
            Value::Line(text) | Value::Prose(text) => Some(text.as_str()),
            _ => None,
        });
        let fonts = &self.fonts.for_page(words.chain([page.text.as_str()]));
        let undrawn = glyphs::check(report, &fonts.undrawn);
        if !undrawn.is_empty() {
            return Err(undrawn);
        }
        let timestamp = timestamp(report, self.stamp);
        let bytes = self.engine.compile(page, &Setting { fonts, timestamp })?;
        Ok((bytes, SetIn { fonts: fonts.files.clone() }))
    }
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
