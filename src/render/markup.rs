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

    /// The template that writes the page where the form has none of its own.
    pub fn inherited(self) -> Option<&'static str> {
        (self == Self::Docx).then_some("partials/report.docx.tera")
    }

    /// The template that writes the page.
    pub fn main(self) -> String {
        let name = if self == Self::HtmlFragment { "fragment" } else { "report" };
        format!("{name}{}", self.suffix())
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
