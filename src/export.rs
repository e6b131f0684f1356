//! What pages are written as. In: the name of a format, on the command line, in `nianbao.toml` or at the end of a file's name;
//! out: [`Format`]. What makes a file of a page, where a page is not the file, stands below: [`docx`]; what writes sheets, beside it: [`csv`].

pub mod csv;
pub mod docx;

use clap::ValueEnum;

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
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Html, Self::HtmlFragment, Self::Docx, Self::Typ];

    /// The file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::HtmlFragment => "fragment.html",
            Self::Docx => "docx",
            Self::Typ => "typ",
        }
    }

    /// The format of a file by its name, which the longest extension decides: that of the fragment ends in that of the page.
    pub fn of_file(path: &std::path::Path) -> Option<Self> {
        let name = file_name(path);
        let named = Self::ALL.into_iter().filter(|format| name.ends_with(&format!(".{}", format.extension())));
        named.max_by_key(|format| format.extension().len())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn files_are_of_the_format_that_their_whole_extension_says() {
        let of = |name: &str| Format::of_file(Path::new(name));
        assert_eq!(of("build/机关/2025.pdf"), Some(Format::Pdf));
        assert_eq!(of("2025.html"), Some(Format::Html));
        assert_eq!(of("2025.fragment.html"), Some(Format::HtmlFragment));
        assert_eq!(of("2025.draft.typ"), Some(Format::Typ));
        assert_eq!(of("2025.docx"), Some(Format::Docx));
        assert_eq!((of("2025.json"), of("pdf")), (None, None));
    }
}
