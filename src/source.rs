//! Source files and places in them. In: a file's name and text; out: [`Source`] and [`Place`], which every
//! value, label and message of the program carries so that a problem can be shown where it is.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Where the line begins that a place of a text is in.
pub fn start_of_line(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line ends that a place of a text is in, before its line feed.
pub fn end_of_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline)
}

/// The lines of a text, without white space at their ends, with where they begin.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end())
    })
}

/// A text file as the user knows it: its name for messages and its whole text (UTF-8, without a byte order mark).
#[derive(PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A source called `name` (a path as the user would type it) that holds `text`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// The name shown in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column (both from 1, columns in characters) of a byte offset; past the end counts as the end.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = start_of_line(before, before.len());
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The byte range of a line (from 1) without its line end; `None` when there is no such line.
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let mut start = 0;
        for (index, text) in self.text.split('\n').enumerate() {
            if index + 1 == line {
                return Some(start..start + text.trim_end_matches('\r').len());
            }
            start += text.len() + 1;
        }
        None
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name, self.text.len())
    }
}

/// A stretch of one source, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes of its text.
    pub span: Range<usize>,
}

impl Place {
    /// The stretch `span` of `source`.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self { source: Arc::clone(source), span }
    }

    /// The text at this place.
    pub fn text(&self) -> &str {
        self.source.text().get(self.span.clone()).unwrap_or("")
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.line_column(self.span.start);
        write!(f, "{}:{line}:{column}", self.source.name())
    }
}

/// A path as messages show it: relative to the working directory where it lies below it, always with `/`.
pub fn display_path(path: &Path) -> String {
    let shown = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf))
        .filter(|relative| !relative.as_os_str().is_empty())
        .unwrap_or_else(|| path.to_path_buf());
    shown.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_at_their_text() {
        let source = Source::new("a.toml", "一二\r\n三四五\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column("一".len()), (1, 2));
        assert_eq!(source.line_column("一二\r\n三四".len()), (2, 3));
        assert_eq!(source.line_column(999), (3, 1));
        assert_eq!(source.line_range(1), Some(0.."一二".len()));
        assert_eq!(source.line_range(4), None);
    }
}
