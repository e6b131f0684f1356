//! What templates write, and in which language.

use serde::{Deserialize, Serialize};

use super::source_map::LineMap;

/// A language that templates write.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Target {
    /// Typst markup, from `report.typ.tera`.
    Typst,
    /// An HTML page, from `report.html.tera`.
    Html,
    /// The content of a page alone, from `fragment.html.tera`.
    HtmlFragment,
    /// A Word file as one XML document (Flat OPC), from `report.docx.tera`, or where a form has none from the plain one of all forms.
    Docx,
}

impl Target {
    /// How its templates' names end.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Typst => ".typ.tera",
            Self::Html | Self::HtmlFragment => ".html.tera",
            Self::Docx => ".docx.tera",
        }
    }

    /// The template that writes the page, of those that there are: the form's own, or for Word, where it has none, the one of all forms.
    pub fn main(self, is_there: impl Fn(&str) -> bool) -> String {
        let name = if self == Self::HtmlFragment { "fragment" } else { "report" };
        let own = format!("{name}{}", self.suffix());
        if self == Self::Docx && !is_there(&own) { format!("partials/{own}") } else { own }
    }
}

/// A rendered page.
#[derive(Clone, Debug)]
pub struct Markup {
    /// The page in its language.
    pub text: String,
    /// For each line of it, the template line that wrote it.
    pub lines: LineMap,
}
