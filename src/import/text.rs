//! Plain text: pasted from a page, written by `pdftotext`, or Markdown. In: its bytes; out: a paragraph for each line, and the tables
//! that it marks as such, with bars, with tabs or in HTML. What stands in columns by spaces alone stays as it is.

mod columns;
mod spans;

use super::blocks::{Block, Cell, Document, Grid, Limit, Paragraph, Place, Remark, Unread};
use super::{decode, html};

/// How many lines a text may have. As many take 100 MB with what is made of them.
const LINES: usize = 500_000;

/// How many cells all tables may have.
const CELLS: usize = 200_000;

/// Reads a text.
///
/// # Errors
/// A text that is too large, or has no words.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Unread> {
    if bytes.len() > Limit::Bytes.most() {
        return Err(Unread::TooLarge(Limit::Bytes));
    }
    // No encoding takes more bytes for a character, so that what is too long need not be decoded.
    if bytes.len() / 4 > Limit::Pieces.most() {
        return Err(Unread::TooLarge(Limit::Pieces));
    }
    read_text(&decode::decode(bytes, None))
}

/// Reads a text that is decoded already.
///
/// # Errors
/// As [`read`].
pub(super) fn read_text(text: &str) -> Result<Document, Unread> {
    let characters = text.chars().count();
    if characters > Limit::Pieces.most() || text.matches('\n').count() > LINES {
        return Err(Unread::TooLarge(Limit::Pieces));
    }
    let mut reading = Reading::default();
    let mut at = 0;
    for span in spans::tables(text)? {
        reading.plain(text.get(at..span.start).unwrap_or_default())?;
        at = span.end;
        reading.html(text.get(span).unwrap_or_default())?;
    }
    reading.plain(text.get(at..).unwrap_or_default())?;
    let mut document = reading.document;
    if document.blocks.is_empty() {
        return Err(Unread::Empty);
    }
    let unknown = text.matches('\u{fffd}').count();
    if unknown > 0 {
        let of = text.chars().filter(|c| !c.is_whitespace()).count();
        document.remarks.push(Remark::Unreadable { unknown, of });
    }
    Ok(document)
}

/// A text that is being read.
#[derive(Default)]
struct Reading {
    /// What was read.
    document: Document,
    /// How many ends of lines were passed.
    lines: usize,
    /// How many tables in HTML were passed.
    tables: usize,
    /// How many cells were read.
    cells: usize,
}

impl Reading {
    /// Reads lines, and tables of bars or tabs among them.
    fn plain(&mut self, text: &str) -> Result<(), Unread> {
        let end = if text.contains('\n') { '\n' } else { '\r' };
        let lines: Vec<&str> = text.split(end).collect();
        let mut at = 0;
        while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
            let number = self.lines + at + 1;
            if let Some(run) = columns::rows(rest) {
                self.grid(&run.rows, number)?;
                at += run.lines;
            } else {
                self.line(rest.first().unwrap_or(&""), number);
                at += 1;
            }
        }
        self.lines += text.matches('\n').count();
        Ok(())
    }

    /// Reads a line.
    fn line(&mut self, line: &str, number: usize) {
        let line = columns::clean(line);
        // What is left of a page around a table has no words.
        let line = ["<html>", "<body>", "</body>", "</html>"].iter().fold(line, |line, tag| line.replace(tag, ""));
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        let heading = line.get(marks..).filter(|rest| (1..=6).contains(&marks) && rest.starts_with(' '));
        let text = heading.unwrap_or(&line).trim();
        if !text.is_empty() {
            let paragraph = Paragraph::new(text, Place::Line(number));
            self.document.blocks.push(Block::Paragraph(Paragraph { is_heading: heading.is_some(), ..paragraph }));
        }
    }

    /// Reads a table of rows, each on the line that is said with it.
    fn grid(&mut self, rows: &[(usize, Vec<String>)], first: usize) -> Result<(), Unread> {
        let columns = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
        self.cells += rows.len() * columns;
        if self.cells > CELLS {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        let mut grid = Grid { rows: rows.len(), columns, ..Grid::default() };
        for (row, (line, pieces)) in rows.iter().enumerate() {
            for (column, text) in pieces.iter().enumerate() {
                let (text, place) = (text.clone(), Place::Line(first + line));
                grid.cells.push(Cell { row, column, rowspan: 1, colspan: 1, text, place });
            }
        }
        self.document.blocks.push(Block::Grid(grid));
        Ok(())
    }

    /// Reads tables in HTML, and what else stands in them.
    fn html(&mut self, text: &str) -> Result<(), Unread> {
        let line = self.lines + 1;
        self.lines += text.matches('\n').count();
        let blocks = match html::read_text(text) {
            Ok(document) => document.blocks,
            Err(Unread::Empty | Unread::PicturesOnly { .. }) => Vec::new(),
            Err(other) => return Err(other),
        };
        let before = self.tables;
        for mut block in blocks {
            match &mut block {
                Block::Paragraph(paragraph) => {
                    paragraph.lines.iter_mut().for_each(|words| words.place = Place::Line(line))
                }
                Block::Grid(grid) => {
                    self.tables += 1;
                    grid.cells.iter_mut().for_each(|cell| later(&mut cell.place, before));
                }
            }
            self.document.blocks.push(block);
        }
        Ok(())
    }
}

/// Counts the tables before this one into a place.
fn later(place: &mut Place, before: usize) {
    if let Place::Table { table, .. } = place {
        *table += before;
    }
}

#[cfg(test)]
mod tests;
