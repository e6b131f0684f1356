//! Makes the artifacts of a form. In: a view; out: the [`Artifact`]s of each format that the job asks for. What
//! reports of one form share (parsed templates, the faces found) is made once; the engine serves all forms.

use std::ops::Range;
use std::sync::Arc;

use super::Problems;
use super::job::{BuildJob, Stamp};
use super::record::{Piece, prefix};
use crate::check::glyphs;
use crate::diag::Diagnostic;
use crate::export::{Format, data, docx};
use crate::fonts::{FontFile, FontIndex, FontSet, PageFonts};
use crate::form::Form;
use crate::once_map::OnceMap;
use crate::render::{Markup, Target, Templates};
use crate::report::Report;
use crate::source::file_name;
use crate::typeset::{self, CompileOptions, Engine, Pages, SheetArea};
use crate::view::View;
use crate::view::data::Data;
use crate::worker::{Workers, is_memory_short};

/// A file to be written.
pub struct Artifact {
    /// The extension that its format has for it.
    pub extension: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The font files that a PDF was set in; empty for other formats.
    pub fonts: Vec<Piece>,
    /// Whether it is a draft, which never has the final file's name.
    pub is_draft: bool,
}

impl Artifact {
    /// What its name has behind that of the target and a dot.
    pub fn ending(&self) -> String {
        format!("{}{}", prefix(self.is_draft), self.extension)
    }
}

/// A exporter for each form, set up when it is first needed.
pub(super) struct Exporters<'a> {
    job: &'a BuildJob,
    /// What PDFs need, where there are any.
    toolchain: Option<Arc<Toolchain>>,
    fonts: OnceMap<String, Result<Arc<FontSet>, Diagnostic>>,
    exporters: OnceMap<String, Result<Arc<FormExporter>, Diagnostic>>,
    /// What makes the pages of forms with templates of the project's own.
    workers: Arc<Workers>,
}

impl<'a> Exporters<'a> {
    /// Sets up what PDFs need, where there are any and it is not there yet.
    ///
    /// # Errors
    /// No engine.
    pub(super) fn new(job: &'a BuildJob, toolchain: Option<Arc<Toolchain>>) -> Result<Self, Diagnostic> {
        let toolchain = match (job.formats.contains(&Format::Pdf), toolchain) {
            (true, None) => Some(Arc::new(Toolchain::new(job)?)),
            (_, toolchain) => toolchain,
        };
        let workers = match &toolchain {
            Some(toolchain) => Arc::clone(&toolchain.workers),
            None => Arc::new(Workers::new(job.guard.clone())),
        };
        Ok(Self { job, toolchain, fonts: OnceMap::default(), exporters: OnceMap::default(), workers })
    }

    /// What PDFs need, for others to go on with.
    pub(super) fn toolchain(&self) -> Option<Arc<Toolchain>> {
        self.toolchain.clone()
    }

    /// What a form's PDFs are set with, where there are any: the engine's name, and the faces.
    ///
    /// # Errors
    /// A role for which there is no face.
    pub(super) fn set_with(&self, form: &Form) -> Result<Option<(&'static str, Arc<FontSet>)>, Diagnostic> {
        let Some(toolchain) = &self.toolchain else { return Ok(None) };
        let fonts = self.fonts.get(form.name.as_str(), || toolchain.index.serve(form).map(Arc::new))?;
        Ok(Some((toolchain.engine.name(), fonts)))
    }

    /// The exporter of a form.
    ///
    /// # Errors
    /// A template that is wrong, or a role for which there is no face.
    pub(super) fn of(&self, form: &Form) -> Result<Arc<FormExporter>, Diagnostic> {
        self.exporters.get(form.name.as_str(), || self.exporter(form).map(Arc::new))
    }

    fn exporter(&self, form: &Form) -> Result<FormExporter, Diagnostic> {
        let load = |target| Templates::load(form, target, &self.workers);
        let mut made = FormExporter { pages: Vec::new(), data: Vec::new() };
        for format in self.job.formats.iter().copied() {
            let (target, exporter): (Target, Box<dyn Exporter>) = match format {
                Format::Pdf => {
                    let (Some(toolchain), Some((_, fonts))) = (&self.toolchain, self.set_with(form)?) else { continue };
                    let engine = engine_for(form, &toolchain.engine, &self.workers);
                    engine.expect(&fonts.best());
                    (Target::Typst, Box::new(PdfExporter { engine, fonts, stamp: self.job.stamp }))
                }
                Format::Html => (Target::Html, Box::new(TextExporter(format))),
                Format::HtmlFragment => (Target::HtmlFragment, Box::new(TextExporter(format))),
                Format::Docx => (Target::Docx, Box::new(DocxExporter)),
                Format::Typ => (Target::Typst, Box::new(TextExporter(format))),
                Format::Json => {
                    made.data.push((format, data::json));
                    continue;
                }
                Format::Csv => {
                    made.data.push((format, data::tables));
                    continue;
                }
            };
            made.pages.push((format, load(target)?, exporter));
        }
        Ok(made)
    }
}

/// What PDFs of all forms need, and what takes time to find or load: an engine and the fonts of the machine.
pub struct Toolchain {
    engine: Arc<dyn Engine>,
    index: FontIndex,
    workers: Arc<Workers>,
}

impl Toolchain {
    fn new(job: &BuildJob) -> Result<Self, Diagnostic> {
        let engine = Arc::from(typeset::choose(job.engine, job.check.files.len(), &job.guard.interrupt)?.engine);
        let workers = Arc::new(Workers::new(job.guard.clone()));
        Ok(Self::with(engine, FontIndex::scan(&job.check.project.font_paths()), workers))
    }

    /// These.
    pub fn with(engine: Arc<dyn Engine>, index: FontIndex, workers: Arc<Workers>) -> Self {
        Self { engine, index, workers }
    }
}

/// A report to be looked at.
#[derive(Clone)]
pub struct Preview {
    /// The sheets of the PDF as SVG.
    pub sheets: Vec<Arc<str>>,
    /// The web version.
    pub web: Arc<str>,
    /// The Word file.
    pub docx: Arc<[u8]>,
    /// The warnings; for a draft, whatever is open.
    pub problems: Problems,
    /// Whether it is a draft.
    pub is_draft: bool,
}

/// What makes the artifacts of one form.
pub(super) struct FormExporter {
    /// What renders a page, and what makes a file of it.
    pages: Vec<(Format, Templates, Box<dyn Exporter>)>,
    /// What makes files that are no page, for which there are no templates.
    data: Vec<(Format, Writer)>,
}

/// Writes what a report says; gives a file for each extension of the format.
type Writer = fn(&Data) -> Result<Vec<Vec<u8>>, Diagnostic>;

/// What makes a file of a rendered page.
trait Exporter: Send + Sync {
    /// The page laid out, once for all that is made of it.
    fn lay_out(&self, report: &Report, page: Markup) -> Result<Box<dyn Part>, Problems>;
}

/// What is as good as the files of a format.
trait Part: Send {
    /// The files, one for each extension of the format.
    fn files(self: Box<Self>) -> Result<Vec<Drawn>, Problems>;

    /// Puts into a preview what is shown there.
    fn preview(&self, into: &mut Preview) -> Result<(), Problems>;

    /// Where stretches of the page's text stand on its sheets, where it has any.
    fn areas(&self, _stretches: &[Range<usize>]) -> Vec<SheetArea> {
        Vec::new()
    }
}

/// A file that has no name yet.
struct Drawn {
    bytes: Vec<u8>,
    /// The font files that it is set in.
    fonts: Vec<Piece>,
}

impl From<Vec<u8>> for Drawn {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, fonts: Vec::new() }
    }
}

/// The page is the file.
struct TextExporter(Format);

/// Its parts are packed.
struct DocxExporter;

/// It is set by Typst.
struct PdfExporter {
    engine: Arc<dyn Engine>,
    fonts: Arc<FontSet>,
    stamp: Stamp,
}

impl FormExporter {
    /// The page in each language that is needed.
    pub(super) fn render(&self, view: &View) -> Result<Vec<Markup>, Problems> {
        Ok(self.pages.iter().map(|(_, templates, _)| templates.render(view)).collect::<Result<_, _>>()?)
    }

    /// The page that sheets are laid out of, with the templates that made it.
    pub(super) fn sheets<'a>(&'a self, pages: &'a [Markup]) -> Option<(&'a Templates, &'a Markup)> {
        let mut all = self.pages.iter().zip(pages);
        all.find(|((format, ..), _)| *format == Format::Pdf).map(|((_, templates, _), page)| (templates, page))
    }

    /// The pages laid out, once for all that is made of them, and what is no page written.
    pub(super) fn lay_out(&self, report: &Report, view: &View, pages: Vec<Markup>) -> Result<LaidOut, Problems> {
        let mut parts: Vec<(Vec<String>, Box<dyn Part>)> = Vec::with_capacity(self.pages.len() + self.data.len());
        for ((format, _, exporter), page) in self.pages.iter().zip(pages) {
            parts.push((format.extensions(&report.form), exporter.lay_out(report, page)?));
        }
        // All cells of all tables are in it: not to be made in vain.
        if !self.data.is_empty() {
            let data = Data::of(report, view);
            for (format, write) in &self.data {
                parts.push((format.extensions(&report.form), Box::new(DataPart(write(&data)?))));
            }
        }
        Ok(LaidOut { parts, is_draft: report.open_problems.is_some() })
    }
}

impl Exporter for TextExporter {
    fn lay_out(&self, _: &Report, page: Markup) -> Result<Box<dyn Part>, Problems> {
        Ok(Box::new(TextPart { format: self.0, page }))
    }
}

impl Exporter for DocxExporter {
    fn lay_out(&self, _: &Report, page: Markup) -> Result<Box<dyn Part>, Problems> {
        Ok(Box::new(DocxPart(docx::file(&page)?)))
    }
}

impl Exporter for PdfExporter {
    fn lay_out(&self, report: &Report, page: Markup) -> Result<Box<dyn Part>, Problems> {
        let fonts = fonts_for(&self.fonts, report, &page)?;
        let set_in = fonts.files.iter().map(piece).collect();
        let options = CompileOptions { fonts, timestamp: self.stamp.time(report) };
        Ok(Box::new(PdfPart { pages: self.engine.layout(page, options)?, set_in }))
    }
}

/// A report in every form that its formats need.
pub(super) struct LaidOut {
    /// The parts, each with the extensions of its files.
    parts: Vec<(Vec<String>, Box<dyn Part>)>,
    is_draft: bool,
}

struct TextPart {
    format: Format,
    page: Markup,
}

struct DocxPart(Vec<u8>);

struct DataPart(Vec<Vec<u8>>);

struct PdfPart {
    pages: Box<dyn Pages>,
    /// The font files that it is set in.
    set_in: Vec<Piece>,
}

impl Part for TextPart {
    fn files(self: Box<Self>) -> Result<Vec<Drawn>, Problems> {
        Ok(vec![self.page.text.into_bytes().into()])
    }

    fn preview(&self, into: &mut Preview) -> Result<(), Problems> {
        if self.format == Format::Html {
            into.web = self.page.text.as_str().into();
        }
        Ok(())
    }
}

impl Part for DocxPart {
    fn files(self: Box<Self>) -> Result<Vec<Drawn>, Problems> {
        Ok(vec![self.0.into()])
    }

    fn preview(&self, into: &mut Preview) -> Result<(), Problems> {
        into.docx = self.0.as_slice().into();
        Ok(())
    }
}

impl Part for DataPart {
    fn files(self: Box<Self>) -> Result<Vec<Drawn>, Problems> {
        Ok(self.0.into_iter().map(Drawn::from).collect())
    }

    fn preview(&self, _: &mut Preview) -> Result<(), Problems> {
        Ok(())
    }
}

impl Part for PdfPart {
    fn files(self: Box<Self>) -> Result<Vec<Drawn>, Problems> {
        Ok(vec![Drawn { bytes: self.pages.pdf()?, fonts: self.set_in }])
    }

    fn preview(&self, into: &mut Preview) -> Result<(), Problems> {
        into.sheets = self.pages.svg()?;
        Ok(())
    }

    fn areas(&self, stretches: &[Range<usize>]) -> Vec<SheetArea> {
        self.pages.areas(stretches)
    }
}

impl LaidOut {
    /// The artifacts.
    pub(super) fn artifacts(self) -> Result<Vec<Artifact>, Problems> {
        let is_draft = self.is_draft;
        let mut artifacts = Vec::new();
        for (extensions, part) in self.parts {
            let named = |(extension, Drawn { bytes, fonts })| Artifact { extension, bytes, fonts, is_draft };
            artifacts.extend(extensions.into_iter().zip(part.files()?).map(named));
        }
        Ok(artifacts)
    }

    /// Where stretches of the text that sheets were laid out of stand on them.
    pub(super) fn areas(&self, stretches: &[Range<usize>]) -> Vec<SheetArea> {
        self.parts.iter().flat_map(|(_, part)| part.areas(stretches)).collect()
    }

    /// The sheets, the web version and the Word file, as far as the job has such formats.
    pub(super) fn preview(&self, problems: Problems) -> Result<Preview, Problems> {
        let is_draft = self.is_draft;
        let mut preview = Preview { sheets: Vec::new(), web: "".into(), docx: [].into(), problems, is_draft };
        self.parts.iter().try_for_each(|(_, part)| part.preview(&mut preview))?;
        Ok(preview)
    }
}

/// The engine as it lays out the pages of a form: in other processes what a project's own templates write, and all where
/// this process may be ended for want of memory.
pub fn engine_for(form: &Form, engine: &Arc<dyn Engine>, workers: &Arc<Workers>) -> Arc<dyn Engine> {
    match form.files.is_foreign() || is_memory_short() {
        true => engine.confined(workers),
        false => Arc::clone(engine),
    }
}

/// The font files that a page needs.
///
/// # Errors
/// A file that cannot be read, or characters for which there is no face.
pub fn fonts_for(fonts: &FontSet, report: &Report, page: &Markup) -> Result<PageFonts, Problems> {
    let words = glyphs::texts(report);
    let texts = words.iter().map(|text| &**text).chain([page.text.as_str()]);
    let fonts = fonts.for_page(texts)?;
    let undrawn = glyphs::check(report, &fonts.undrawn);
    if undrawn.is_empty() { Ok(fonts) } else { Err(undrawn.into()) }
}

fn piece(font: &FontFile) -> Piece {
    Piece { file: file_name(font.path()), blake3: font.blake3().to_owned() }
}
