//! Compiles Typst markup to PDF. In: [`Markup`], the faces it may use and the time it is stamped with; out: the PDF's
//! bytes. Two engines do this and give the same bytes: the `typst` program and the Typst library.

#[cfg(feature = "embedded")]
mod confined;
#[cfg(feature = "embedded")]
mod embedded;
mod typst_cli;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Text, text};
use crate::fonts::{FontFile, PageFonts};
use crate::form::template_files;
use crate::interrupt::Interrupt;
use crate::render::Markup;
use crate::source::{Place, Source};
use crate::worker::{Limits, Stopped, Workers};

/// The version of Typst that pages are made with.
pub const TYPST_VERSION: &str = "0.15.1";

/// The PDF standards that every page keeps: archivable with its structure, and accessible.
const PDF_STANDARDS: &str = "a-2a,ua-1";

/// What pages use beyond the settled part of Typst: row heads that are tagged as heads.
const FEATURE: &str = "a11y-extras";

/// The name of the page's only file, as the engines see it.
const MAIN: &str = "report.typ";

/// What a page is compiled with beside its markup.
pub struct Setting<'a> {
    /// The font files.
    pub fonts: &'a PageFonts,
    /// The time that the PDF is stamped with, in seconds since 1970 in UTC.
    pub timestamp: i64,
}

/// Something that turns Typst markup into a PDF.
pub trait Engine: Send + Sync {
    /// The engine's name on the command line.
    fn name(&self) -> &'static str;

    /// The same engine for what a project's own templates write, kept to what such pages may take.
    fn confined(&self, workers: &Arc<Workers>) -> Arc<dyn Engine>;

    /// Says which font files pages will most likely need, so that they can be loaded while the first page is written.
    fn expect(&self, _fonts: &[FontFile]) {}

    /// Compiles a page.
    ///
    /// # Errors
    /// What Typst rejects, led back to the template line that wrote it, or why the engine could not be run.
    fn compile(&self, markup: &Markup, setting: &Setting<'_>) -> Result<Vec<u8>, Vec<Diagnostic>>;

    /// Draws a page's sheets as SVG, one picture each, for looking at while the facts are written.
    ///
    /// # Errors
    /// Those of [`compile`](Self::compile), but for what only a PDF cannot hold.
    fn pictures(&self, markup: &Markup, setting: &Setting<'_>) -> Result<Vec<Arc<str>>, Vec<Diagnostic>>;
}

/// Which engine is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineChoice {
    /// One report goes to the `typst` on PATH where its version is right; everything else to the embedded engine.
    #[default]
    Auto,
    /// The `typst` program.
    TypstCli,
    /// The Typst library inside this program.
    Embedded,
}

/// The engine to use, and why it is this one.
pub struct Chosen {
    /// The engine.
    pub engine: Box<dyn Engine>,
    /// The reason, for `doctor`.
    pub reason: Text,
}

impl Chosen {
    /// The engine's name on the command line.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }
}

/// Chooses the engine for a number of reports; `interrupt` ends what it starts.
///
/// # Errors
/// The engine asked for is not there, or none is.
pub fn choose(choice: EngineChoice, reports: usize, interrupt: &Interrupt) -> Result<Chosen, Diagnostic> {
    match choice {
        EngineChoice::TypstCli => Ok(Chosen {
            engine: Box::new(typst_cli::TypstCli::find(interrupt)?),
            reason: text!("命令行或 nianbao.toml 指定", "asked for on the command line or in nianbao.toml"),
        }),
        EngineChoice::Embedded => roomy_engine().map(|engine| Chosen {
            engine,
            reason: text!("命令行或 nianbao.toml 指定", "asked for on the command line or in nianbao.toml"),
        }),
        EngineChoice::Auto => auto(reports, interrupt),
    }
}

fn auto(reports: usize, interrupt: &Interrupt) -> Result<Chosen, Diagnostic> {
    if !cfg!(feature = "embedded") {
        return Ok(Chosen {
            engine: Box::new(typst_cli::TypstCli::find(interrupt)?),
            reason: text!("本程序编译时未带 Typst", "this program was built without Typst inside"),
        });
    }
    if reports > 1 {
        return roomy_engine()
            .map(|engine| Chosen {
                engine, reason: text!("一次生成多份报告", "several reports are made at once")
            });
    }
    match typst_cli::TypstCli::find(interrupt) {
        Ok(engine) => Ok(Chosen {
            engine: Box::new(engine),
            reason: text!("PATH 中有 typst {TYPST_VERSION}", "there is a typst {TYPST_VERSION} on PATH"),
        }),
        Err(_) => roomy_engine().map(|engine| Chosen {
            engine,
            reason: text!("PATH 中没有 typst {TYPST_VERSION}", "there is no typst {TYPST_VERSION} on PATH"),
        }),
    }
}

/// The engine in this program, where there is memory for it.
fn roomy_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    #[cfg(feature = "embedded")]
    embedded::enough_memory()?;
    embedded_engine()
}

/// The engine in this program.
///
/// # Errors
/// The program was built without it.
#[cfg(feature = "embedded")]
pub fn embedded_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    Ok(Box::new(embedded::Embedded::default()))
}

/// The engine in this program, which was built without it.
///
/// # Errors
/// Always.
#[cfg(not(feature = "embedded"))]
pub fn embedded_engine() -> Result<Box<dyn Engine>, Diagnostic> {
    let message = text!("本程序编译时未带 Typst（embedded）", "this program was built without the embedded engine");
    Err(Diagnostic::error(Code::NoEngine, message).help(text!(
        "使用 --engine typst-cli，或重新编译并启用 embedded",
        "use --engine typst-cli, or build it again with the feature `embedded`"
    )))
}

/// The problem of a page that met a limit, at the first line of the project's own templates that wrote something of it.
fn stopped_problem(stopped: &Stopped, markup: &Markup, limits: Limits) -> Diagnostic {
    let problem = stopped.problem(&text!("Typst 排这一页", "laying the page out with Typst"), limits);
    let is_own = |place: &&Place| !template_files::is_built_in(&place.source);
    let places = || markup.lines.iter().map(|(_, place)| place);
    match places().find(is_own).or_else(|| places().next()) {
        Some(place) => problem.at(place.clone()),
        None => problem,
    }
}

/// The path and version of the `typst` program on PATH, or why there is none to use.
///
/// # Errors
/// There is none, it does not run, or it is of another version.
pub fn typst_on_path() -> Result<String, Diagnostic> {
    typst_cli::TypstCli::find(&Interrupt::default()).map(|cli| cli.describe())
}

/// A message of Typst's about the page, led back to the template.
fn typst_problem(markup: &Markup, offset: Option<usize>, message: &str, hints: &[String]) -> Diagnostic {
    let problem = Diagnostic::error(
        Code::TypstError,
        text!("Typst 不能排出这一页：{message}", "Typst rejects the page: {message}"),
    );
    let problem = match offset.and_then(|offset| markup.lines.locate(offset).map(|place| (offset, place))) {
        Some((offset, place)) => problem.at(place.clone()).note(written_line(markup, offset)),
        None => problem,
    };
    hints.iter().fold(problem, |problem, hint| problem.note(text!("{hint}", "{hint}")))
}

fn written_line(markup: &Markup, offset: usize) -> Text {
    let page = Source::new(MAIN, markup.text.as_str());
    let (line, _) = page.line_column(offset);
    let range = page.line_range(line).unwrap_or(0..0);
    let place = Place::new(&page, range);
    let shown: String = place.text().trim().chars().take(100).collect();
    text!("模板的这一行生成了：{shown}", "this template line wrote: {shown}")
}
