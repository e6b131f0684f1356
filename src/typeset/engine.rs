//! What every engine is. In: [`Markup`], the faces it may use and the time it is stamped with; out: the PDF's bytes, or what is wrong
//! with the page, led back to the template.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Problems, Text, text};
use crate::fonts::{FontFile, PageFonts};
use crate::form::template_files;
use crate::render::Markup;
use crate::source::{Place, Source};
use crate::worker::{Limits, Stopped, Workers};

/// The version of Typst that pages are made with.
pub const TYPST_VERSION: &str = "0.15.1";

/// The PDF standards that every page keeps: archivable with its structure, and accessible.
pub(super) const PDF_STANDARDS: &str = "a-2a,ua-1";

/// What pages use beyond the settled part of Typst: row heads that are tagged as heads.
pub(super) const FEATURE: &str = "a11y-extras";

/// The name of the page's only file, as the engines see it.
pub(super) const MAIN: &str = "report.typ";

/// What a page is laid out with beside its markup.
#[derive(Clone, Debug)]
pub struct CompileOptions {
    /// The font files.
    pub fonts: PageFonts,
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

    /// Lays a page out, once for all that is made of it.
    ///
    /// # Errors
    /// What Typst rejects, led back to the template line that wrote it, or why the engine could not be run. An engine that cannot
    /// keep what it laid out says so of each thing that is made.
    fn layout(&self, markup: Markup, options: CompileOptions) -> Result<Box<dyn Pages>, Problems>;
}

/// A page laid out.
pub trait Pages: Send {
    /// The PDF.
    ///
    /// # Errors
    /// What only a PDF cannot hold.
    fn pdf(&self) -> Result<Vec<u8>, Problems>;

    /// The sheets as SVG, one picture each, for looking at while the facts are written.
    ///
    /// # Errors
    /// Those of an engine that lays out only now.
    fn svg(&self) -> Result<Vec<Arc<str>>, Problems>;

    /// Where stretches of the markup, which are in order and do not overlap, stand on the sheets; nothing of an engine that does not
    /// tell, and of a stretch that is not seen.
    fn areas(&self, _stretches: &[Range<usize>]) -> Vec<SheetArea> {
        Vec::new()
    }
}

/// What a stretch of the markup takes of a sheet: the smallest rectangle, in ten-thousandths of the sheet's width and height.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct SheetArea {
    /// Which stretch, from 0.
    pub stretch: usize,
    /// Which sheet, from 0.
    pub sheet: usize,
    /// The left edge.
    pub left: u16,
    /// The upper edge.
    pub top: u16,
    /// The right edge.
    pub right: u16,
    /// The lower edge.
    pub bottom: u16,
}

/// The problem of a page that met a limit, at the first line of the project's own templates that wrote something of it.
pub(super) fn stopped_problem(stopped: &Stopped, markup: &Markup, limits: Limits) -> Diagnostic {
    let problem = stopped.problem(&text!("Typst 排这一页", "laying the page out with Typst"), limits);
    let is_own = |place: &&Place| !template_files::is_built_in(&place.source);
    let places = || markup.lines.iter().map(|(_, place)| place);
    match places().find(is_own).or_else(|| places().next()) {
        Some(place) => problem.at(place.clone()),
        None => problem,
    }
}

/// A message of Typst's about the page, led back to the template.
pub(super) fn typst_problem(markup: &Markup, offset: Option<usize>, message: &str, hints: &[String]) -> Diagnostic {
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
