//! Merges a view with a form's templates. In: a [`View`]; out: [`Markup`]: Typst with a map back to the template's
//! lines, or a finished HTML page. There is one Tera factory for each output language; both escape by default.

pub mod escape;
mod filters;
mod marks;
pub mod prose;
mod trouble;

use std::io::{self, Write};
use std::sync::Arc;

use tera::{Context, Tera};

use crate::diag::{Code, Diagnostic, text};
use crate::form::Form;
use crate::source::{Place, Source};
use crate::view::View;
use marks::Marked;

pub use marks::LineMap;

/// The largest page in bytes, with marks; real ones have some hundred thousand.
const LARGEST_PAGE: usize = 64 << 20;

/// A page that is being written, and is full one day.
#[derive(Default)]
struct Page {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Page {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > LARGEST_PAGE {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A language that templates write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Typst markup, from `report.typ.tera`.
    Typst,
    /// An HTML page, from `report.html.tera`.
    Html,
    /// The content of a page alone, from `fragment.html.tera`.
    HtmlFragment,
}

impl Target {
    fn suffix(self) -> &'static str {
        match self {
            Self::Typst => ".typ.tera",
            Self::Html | Self::HtmlFragment => ".html.tera",
        }
    }
}

/// A rendered page.
#[derive(Debug)]
pub struct Markup {
    /// The page in its language.
    pub text: String,
    /// For each line of it, the template line that wrote it.
    pub lines: LineMap,
}

/// The templates of one form for one output language, parsed once and usable for any number of reports.
pub struct Templates {
    tera: Tera,
    target: Target,
    marked: Marked,
    declaration: Arc<Source>,
}

impl Templates {
    /// Parses the templates.
    ///
    /// # Errors
    /// A template that is missing or not Tera, shown at its line.
    pub fn load(form: &Form, target: Target) -> Result<Self, Diagnostic> {
        let suffix = target.suffix();
        let files = form.files.iter().filter(|(name, _)| name.ends_with(suffix));
        let marked = Marked::new(files.map(|(name, file)| (name, &file.source)));
        let declaration =
            form.files.get("form.toml").map_or_else(|| Source::new(&form.name, ""), |file| Arc::clone(&file.source));
        let parsed = parsed(target, marked.iter()).or_else(|_| parsed(target, marked.plain()));
        match parsed {
            Ok(tera) => Self { tera, target, marked, declaration }.has_main(),
            Err(error) => Err(trouble::problem(&error, &marked, Some(Place::new(&declaration, 0..0)))),
        }
    }

    fn has_main(self) -> Result<Self, Diagnostic> {
        let name = self.main();
        if self.tera.contains_template(&name) {
            return Ok(self);
        }
        let message = text!("表式缺少模板 {name}", "the form has no template {name}");
        Err(Diagnostic::error(Code::TemplateError, message).at(Place::new(&self.declaration, 0..0)))
    }

    fn main(&self) -> String {
        let name = if self.target == Target::HtmlFragment { "fragment" } else { "report" };
        format!("{name}{}", self.target.suffix())
    }

    /// Renders a report.
    ///
    /// # Errors
    /// Whatever a template gets wrong, shown at its line.
    pub fn render(&self, view: &View) -> Result<Markup, Diagnostic> {
        let nowhere = || Some(Place::new(&self.declaration, 0..0));
        let context =
            Context::from_serialize(view).map_err(|error| trouble::problem(&error, &self.marked, nowhere()))?;
        let mut page = Page::default();
        let rendered = self.tera.render_to(&self.main(), &context, &mut page);
        if page.is_full {
            return Err(self.endless());
        }
        let marked = String::from_utf8_lossy(&page.bytes);
        match rendered {
            Ok(()) => {
                let (text, lines) = self.marked.strip(&marked);
                Ok(Markup { text, lines })
            }
            Err(_) => self.without_marks(&context, self.marked.last(&marked).or_else(nowhere)),
        }
    }

    /// Renders the templates as they are written, after an error of those with marks: neither its words nor its place can
    /// then have marks in them, and what only the marks spoilt is made all the same, without a map.
    fn without_marks(&self, context: &Context, last: Option<Place>) -> Result<Markup, Diagnostic> {
        let mut page = Page::default();
        parsed(self.target, self.marked.plain())
            .and_then(|tera| tera.render_to(&self.main(), context, &mut page))
            .map_err(|error| trouble::problem(&error, &self.marked, last))?;
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        Ok(Markup { text, lines: LineMap::default() })
    }

    fn endless(&self) -> Diagnostic {
        let (name, limit) = (self.main(), LARGEST_PAGE >> 20);
        let message = text!(
            "模板 {name} 的输出超过 {limit} MiB，像是没有尽头",
            "what {name} writes is larger than {limit} MiB, as if it had no end"
        );
        let problem = Diagnostic::error(Code::TemplateError, message)
            .help(text!("检查模板中的循环和引入", "look at the loops and includes of the template"));
        match self.marked.source(&name) {
            Some(source) => problem.at(Place::new(source, source.line_range(1).unwrap_or(0..0))),
            None => problem,
        }
    }
}

/// Tera with a set of templates, each by its name.
fn parsed<'a>(target: Target, templates: impl Iterator<Item = (&'a str, &'a str)>) -> tera::TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on([target.suffix()]);
    match target {
        Target::Typst => tera.set_escape_fn(escape::typst),
        Target::Html | Target::HtmlFragment => tera.set_escape_fn(escape::html),
    }
    filters::register(&mut tera, target);
    tera.add_raw_templates(templates)?;
    Ok(tera)
}
