//! Templates parsed in this process. In: templates by name; out: [`Loaded`], which makes [`Markup`] of views.

use std::io::{self, Write};
use std::sync::Arc;

use tera::{Context, Tera};

use super::markup::{Markup, Target};
use super::source_map::{LineMap, Marked};
use super::{escape, filters, trouble};
use crate::diag::{Code, Diagnostic, text};
use crate::source::{Place, Source};
use crate::view::View;

/// The largest page in bytes, with marks; real ones have some hundred thousand.
const LARGEST_PAGE: usize = 64 << 20;
/// The same of templates of the project's own, of which nobody knows what they are up to.
pub const LARGEST_FOREIGN_PAGE: usize = 16 << 20;

/// A page that is being written, and is full one day.
struct BoundedText {
    bytes: Vec<u8>,
    largest: usize,
    is_full: bool,
}

impl BoundedText {
    fn new(largest: usize) -> Self {
        Self { bytes: Vec::new(), largest, is_full: false }
    }
}

impl Write for BoundedText {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > self.largest {
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

/// Templates parsed in this process.
pub struct Loaded {
    tera: Tera,
    target: Target,
    marked: Marked,
    declaration: Arc<Source>,
    largest: usize,
}

impl Loaded {
    /// Parses templates, given by name.
    ///
    /// # Errors
    /// A template that is missing or not Tera, shown at its line.
    pub fn parse<'a>(
        target: Target,
        files: impl Iterator<Item = (&'a str, &'a Arc<Source>)>,
        declaration: Arc<Source>,
    ) -> Result<Self, Diagnostic> {
        let marked = Marked::new(files);
        let parsed = parsed(target, marked.iter()).or_else(|_| parsed(target, marked.plain()));
        match parsed {
            Ok(tera) => Self { tera, target, marked, declaration, largest: LARGEST_PAGE }.has_main(),
            Err(error) => Err(trouble::problem(&error, &marked, Some(Place::new(&declaration, 0..0)))),
        }
    }

    /// The same templates with another bound for their pages.
    #[must_use]
    pub fn up_to(self, largest: usize) -> Self {
        Self { largest, ..self }
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
        self.target.main(|name| self.tera.contains_template(name))
    }

    /// Renders a report.
    ///
    /// # Errors
    /// Whatever a template gets wrong, shown at its line.
    pub fn render(&self, view: &View) -> Result<Markup, Diagnostic> {
        let nowhere = || Some(Place::new(&self.declaration, 0..0));
        let context =
            Context::from_serialize(view).map_err(|error| trouble::problem(&error, &self.marked, nowhere()))?;
        let mut page = BoundedText::new(self.largest);
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
        let mut page = BoundedText::new(self.largest);
        parsed(self.target, self.marked.plain())
            .and_then(|tera| tera.render_to(&self.main(), context, &mut page))
            .map_err(|error| trouble::problem(&error, &self.marked, last))?;
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        Ok(Markup { text, lines: LineMap::default() })
    }

    fn endless(&self) -> Diagnostic {
        let (name, limit) = (self.main(), self.largest >> 20);
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
pub(super) fn parsed<'a>(
    target: Target,
    templates: impl Iterator<Item = (&'a str, &'a str)>,
) -> tera::TeraResult<Tera> {
    let mut tera = Tera::new();
    tera.autoescape_on([target.suffix()]);
    match target {
        Target::Typst => tera.set_escape_fn(escape::typst),
        Target::Html | Target::HtmlFragment | Target::Docx => tera.set_escape_fn(escape::html),
    }
    filters::register(&mut tera, target);
    tera.add_raw_templates(templates)?;
    Ok(tera)
}
