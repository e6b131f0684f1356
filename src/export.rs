//! What reports are written as. In: the name of a format, on the command line, in `nianbao.toml` or at the end of a file's name;
//! out: [`Format`], and which files it has for a form. What makes a file where a page is not the file stands below: a Word file of a
//! page ([`docx`]), and of what a report says files for programs ([`data`], [`csv`]).

pub mod csv;
pub mod data;
pub mod docx;

use std::path::Path;

use clap::ValueEnum;

use crate::form::Form;
use crate::source::file_name;

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The page to print and publish.
    Pdf,
    /// One self-contained web page.
    Html,
    /// The page's content alone, for a site's editor: no page, style sheet, script or outside resource.
    HtmlFragment,
    /// The page for Word and WPS, to be revised there.
    Docx,
    /// The Typst markup that the PDF is made from.
    Typ,
    /// What the report says, for programs and open data: every value with its key and its labels.
    Json,
    /// Each table as a file of its own, a line for each cell, for spreadsheets and upload forms.
    Csv,
}

/// What a format's files are called behind the target and a dot.
enum Ending {
    /// There is one.
    Whole(&'static str),
    /// There is one for each table; before this and a dot stands the table's name, in which no dot is.
    ForEachTable(&'static str),
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Pdf, Self::Html, Self::HtmlFragment, Self::Docx, Self::Typ, Self::Json, Self::Csv];

    fn ending(self) -> Ending {
        match self {
            Self::Pdf => Ending::Whole("pdf"),
            Self::Html => Ending::Whole("html"),
            Self::HtmlFragment => Ending::Whole("fragment.html"),
            Self::Docx => Ending::Whole("docx"),
            Self::Typ => Ending::Whole("typ"),
            // The record of a build has the plain name.
            Self::Json => Ending::Whole("data.json"),
            Self::Csv => Ending::ForEachTable("csv"),
        }
    }

    /// The extensions of the files that it has for a form.
    pub fn extensions(self, form: &Form) -> Vec<String> {
        match self.ending() {
            Ending::Whole(extension) => vec![extension.to_owned()],
            Ending::ForEachTable(last) => form.tables.iter().map(|table| format!("{}.{last}", table.name)).collect(),
        }
    }

    /// The format whose files can have this extension.
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| match format.ending() {
            Ending::Whole(whole) => whole == extension,
            Ending::ForEachTable(last) => {
                extension.split_once('.').is_some_and(|(table, rest)| !table.is_empty() && rest == last)
            }
        })
    }

    /// The format of a file by its name, and the extension by which it is: the longest, since that of the fragment ends in that of
    /// the page.
    pub fn of_file(path: &Path) -> Option<(Self, String)> {
        let name = file_name(path);
        let extensions = name.match_indices('.').map(|(dot, _)| &name[dot + 1..]);
        extensions.filter_map(|extension| Some((Self::of_extension(extension)?, extension.to_owned()))).next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_of_the_format_that_their_whole_extension_says() {
        for (name, format, extension) in [
            ("build/机关/2025.pdf", Format::Pdf, "pdf"),
            ("2025.html", Format::Html, "html"),
            ("2025.fragment.html", Format::HtmlFragment, "fragment.html"),
            ("2025.draft.typ", Format::Typ, "typ"),
            ("2025.docx", Format::Docx, "docx"),
            ("2025.data.json", Format::Json, "data.json"),
            ("2025.draft.data.json", Format::Json, "data.json"),
            ("2025.表一.csv", Format::Csv, "表一.csv"),
            ("2025.draft.requests.csv", Format::Csv, "requests.csv"),
            ("2025.data.csv", Format::Csv, "data.csv"),
            ("2025.fragment.csv", Format::Csv, "fragment.csv"),
        ] {
            assert_eq!(Format::of_file(Path::new(name)), Some((format, extension.to_owned())), "{name}");
        }
        for name in ["2025.json", "2025.draft.json", "pdf", "2025.csv", "2025..csv", "csv", "2025.txt"] {
            assert_eq!(Format::of_file(Path::new(name)), None, "{name}");
        }
    }
}
