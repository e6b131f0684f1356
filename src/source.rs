//! Source files and places in them. In: a file's name and text; out: [`Source`] and [`Place`], which every
//! value, label and message of the program carries so that a problem can be shown where it is.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::diag::plain::one_line;

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

/// How many bytes of a text lie between two places at which its characters are counted.
const STEP: usize = 256;

/// A text file as the user knows it: its name for messages and its whole text (UTF-8, without a byte order mark).
pub struct Source {
    name: String,
    text: String,
    /// Made when a line is first asked for, because most files have nothing wrong with them.
    index: OnceLock<Index>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for Source {}

/// What makes a line and a column known without reading the text from its start: each of thousands of problems asks.
struct Index {
    /// Where each line begins; what stands behind the last line feed is a line, empty or not.
    lines: Vec<usize>,
    /// How many characters begin before each step.
    characters: Vec<usize>,
}

impl Index {
    fn of(text: &str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let counts = text.as_bytes().chunks(STEP).scan(0, |total, step| {
            let before = *total;
            *total += characters(step);
            Some(before)
        });
        let mut characters: Vec<usize> = counts.collect();
        characters.push(text.chars().count());
        Self { lines, characters }
    }
}

/// How many characters begin in these bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl Source {
    /// A source called `name` (a path as the user would type it) that holds `text`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), index: OnceLock::new() })
    }

    /// The name shown in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.text))
    }

    /// How many characters begin before a place.
    fn characters_before(&self, at: usize) -> usize {
        let step = at / STEP;
        let known = self.index().characters.get(step).copied().unwrap_or_default();
        known + characters(&self.text.as_bytes()[step * STEP..at])
    }

    /// The line (from 0) that a byte offset is in; past the end counts as the end.
    pub fn line_of(&self, offset: usize) -> usize {
        self.index().lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line (from 0) with its line end; empty where there is no such line.
    pub fn line(&self, line: usize) -> Range<usize> {
        let starts = &self.index().lines;
        let at = |line: usize| starts.get(line).copied().unwrap_or(self.text.len());
        at(line)..at(line + 1)
    }

    /// Line and column (both from 1, columns in characters) of a byte offset; past the end counts as the end.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let at = self.text.floor_char_boundary(offset);
        let line = self.line_of(at);
        let start = self.line(line).start;
        (line + 1, self.characters_before(at) - self.characters_before(start) + 1)
    }

    /// The byte at a line and a column (both from 1, columns in characters); past the end of the line counts as its end. `None` when
    /// there is no such line.
    pub fn offset(&self, line: usize, column: usize) -> Option<usize> {
        let line = self.line_range(line)?;
        let before: usize = self.text[line.clone()].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
        Some(line.start + before)
    }

    /// The byte range of a line (from 1) without its line end; `None` when there is no such line.
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let line = line.checked_sub(1).filter(|line| *line < self.index().lines.len())?;
        let whole = self.line(line);
        let text = self.text[whole.clone()].trim_end_matches('\n').trim_end_matches('\r');
        Some(whole.start..whole.start + text.len())
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
        write!(f, "{}:{line}:{column}", one_line(self.source.name()))
    }
}

/// The last part of a path, as text; nothing where there is none.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A path as messages show it: relative to the working directory where it lies below it, always with `/`, on one line and
/// without characters that a terminal obeys.
pub fn display_path(path: &Path) -> String {
    one_line(&path_name(path)).into_owned()
}

/// A path as other programs are told it: as messages show it, but with each of its characters.
pub fn path_name(path: &Path) -> String {
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
        assert_eq!(source.line_range(3), Some(source.text().len()..source.text().len()));
        assert_eq!(source.line_range(0), None);
    }

    #[test]
    fn the_index_says_what_reading_from_the_start_would() {
        let line = "一a二\u{1f600}b三cd\r\n".repeat(90) + &"四x".repeat(300);
        let source = Source::new("a.toml", format!("{line}\n{line}"));
        let text = source.text();
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let start = start_of_line(text, at);
            let expected = (text[..at].matches('\n').count() + 1, text[start..at].chars().count() + 1);
            assert_eq!(source.line_column(at), expected, "{at}");
        }
    }
}
