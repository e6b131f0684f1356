//! The walk through the text of a Word file. In: its elements in their order; out: its blocks. Each element that is entered has a
//! [`Frame`] on a stack, so that no file makes the walk go deeper than memory allows; nothing but blocks is kept.
//!
//! What is seen in the file is kept: an element that is not known is entered as though it were not there. Left out is what was
//! deleted, what is hidden, instructions of fields, and one of two forms of the same thing.

mod parts;
mod words;

use std::collections::BTreeSet;

use super::super::blocks::{Block, Document, Limit, Place, Remark, Unread};
use super::super::xml::{Element, Family, Token, Xml};
use super::flow::Flow;
use super::styles::{ListPlace, Lists, Styles, is_on};
use super::symbols::{self, SignFont, UNKNOWN};
use super::table::{Merge, Row, Table, columns};

/// How many paragraphs and cells are read.
const MOST_BLOCKS: usize = 200_000;
/// How many bytes are kept of the instruction of a field.
const LONGEST_INSTRUCTION: usize = 1000;
/// How many fields within fields are known; Word writes 20.
const MOST_FIELDS: usize = 60;
/// How many bytes of words are collected: more than there may be characters.
const LONGEST_WORDS: usize = 8 << 20;

/// What an element is that was entered.
#[derive(Debug)]
enum Frame {
    /// Nothing of its own.
    Through,
    Paragraph,
    /// A run, with the run that it stands in.
    Run(Run),
    /// Words, and whether the spaces at their ends count.
    Words(bool),
    Instruction,
    Table,
    Row,
    Cell(Outside),
    Box(Outside),
    /// Several forms of one thing, and whether one was taken.
    Alternate(bool),
    /// One of them, and how much had been seen before.
    Choice(usize),
    ParagraphProperties,
    NumberProperties,
    MarkProperties,
    RunProperties,
    CellProperties,
    RowProperties,
    /// Entries of a list, with how many are left before the one that is chosen.
    Entries(Option<usize>),
    /// A box to tick, and whether it is ticked.
    Tick(bool),
}

/// What is to be done with an element.
enum Step {
    Enter(Frame),
    Skip,
}

/// What goes on where a text within a text ends.
#[derive(Debug)]
struct Outside {
    run: Run,
    fields: usize,
}

/// How words are set.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    is_hidden: bool,
    is_raised: bool,
    is_struck: bool,
    font: Option<SignFont>,
}

/// A field that has begun.
#[derive(Debug, Default)]
struct Field {
    instruction: String,
    /// Whether its result has begun.
    has_result: bool,
}

/// A walk.
#[derive(Debug)]
pub(super) struct Walk<'s> {
    styles: &'s Styles,
    lists: &'s mut Lists,
    /// The text that is being read.
    flow: Flow,
    /// Those that it stands in, such as the text around a box.
    outer: Vec<Flow>,
    tables: Vec<Table>,
    frames: Vec<Frame>,
    fields: Vec<Field>,
    run: Run,
    words: String,
    /// The notes that the text refers to.
    notes: BTreeSet<(bool, i64)>,
    paragraphs: usize,
    tables_begun: usize,
    blocks: usize,
    squares: usize,
    characters: usize,
    unknown: usize,
    pictures: usize,
    has_text: bool,
}

impl<'s> Walk<'s> {
    /// A walk through a file of these styles and lists.
    pub(super) fn new(styles: &'s Styles, lists: &'s mut Lists) -> Self {
        Self {
            styles,
            lists,
            flow: Flow::default(),
            outer: Vec::new(),
            tables: Vec::new(),
            frames: Vec::new(),
            fields: Vec::new(),
            run: Run::default(),
            words: String::new(),
            notes: BTreeSet::new(),
            paragraphs: 0,
            tables_begun: 0,
            blocks: 0,
            squares: 0,
            characters: 0,
            unknown: 0,
            pictures: 0,
            has_text: false,
        }
    }

    /// Walks through a part.
    ///
    /// # Errors
    /// It is no XML, or larger than is read.
    pub(super) fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Unread> {
        loop {
            match xml.next()? {
                Token::Open(element) => match self.open(&element)? {
                    Step::Enter(frame) => self.frames.push(frame),
                    Step::Skip => xml.skip()?,
                },
                Token::Close => self.close()?,
                Token::Text(text) => self.text(&text)?,
                Token::End => break,
            }
        }
        // The last element of a part that is kept within another ends with that.
        while !self.frames.is_empty() {
            self.close()?;
        }
        self.fields.clear();
        self.end_paragraph();
        Ok(())
    }

    /// Whether an element of Word's was met.
    pub(super) fn has_text(&self) -> bool {
        self.has_text
    }

    /// Whether the text refers to notes at the foot of pages, or at its end.
    pub(super) fn has_notes(&self, at_end: bool) -> bool {
        self.notes.iter().any(|(found, _)| *found == at_end)
    }

    /// What was found.
    ///
    /// # Errors
    /// There is no text.
    pub(super) fn finish(mut self, title: Option<String>) -> Result<Document, Unread> {
        self.end_paragraph();
        let blocks = self.flow.blocks;
        let document = Document { blocks, title, remarks: Vec::new() };
        match (document.is_empty(), self.pictures) {
            (true, 0) => return Err(Unread::Empty),
            (true, pages) => return Err(Unread::PicturesOnly { pages }),
            (false, _) => {}
        }
        let unreadable = Remark::Unreadable { unknown: self.unknown, of: self.characters };
        let remarks = [(self.unknown, unreadable), (self.pictures, Remark::Pictures(self.pictures))];
        let remarks = remarks.into_iter().filter(|(count, _)| *count > 0).map(|(_, remark)| remark).collect();
        Ok(Document { remarks, ..document })
    }

    /// What is to be done with an element that begins.
    fn open(&mut self, element: &Element<'_>) -> Result<Step, Unread> {
        match self.frames.last_mut() {
            Some(Frame::ParagraphProperties) => return Ok(self.paragraph_property(element)),
            Some(Frame::NumberProperties) => self.number_property(element),
            Some(Frame::MarkProperties) => {
                if let Some(begun) = self.flow.begun.as_mut() {
                    begun.properties.has_no_end |= matches!(element.name(), "del" | "moveFrom");
                }
            }
            Some(Frame::RunProperties) => self.run_property(element),
            Some(Frame::CellProperties) => self.cell_property(element),
            Some(Frame::RowProperties) => self.row_property(element),
            Some(Frame::Entries(_)) => self.entry(element)?,
            Some(Frame::Tick(is_ticked)) => {
                // What was chosen comes after what it was at first.
                if matches!(element.name(), "default" | "checked") {
                    *is_ticked = element.attribute("val").is_none_or(|value| is_on(&value));
                }
            }
            _ => {
                return match element.family {
                    Family::Word => self.word(element),
                    Family::Markup => Ok(self.alternate(element)),
                    _ => self.other(element),
                };
            }
        }
        Ok(Step::Skip)
    }

    /// An element of Word's that is none of the properties of another.
    fn word(&mut self, element: &Element<'_>) -> Result<Step, Unread> {
        self.has_text = true;
        let level = self.outer.len();
        Ok(match element.name() {
            "p" => self.begin_paragraph()?,
            "r" => Step::Enter(Frame::Run(std::mem::take(&mut self.run))),
            "t" => self.begin_words(element),
            "tab" | "ptab" => self.say_one('\t')?,
            "noBreakHyphen" => self.say_one('-')?,
            "br" | "cr" => self.break_line()?,
            "sym" => self.sign(element)?,
            "fldChar" => self.field(element)?,
            "instrText" => Step::Enter(Frame::Instruction),
            "checkBox" => Step::Enter(Frame::Tick(false)),
            "ddList" => Step::Enter(Frame::Entries(Some(0))),
            "tbl" => self.begin_table()?,
            "tr" if self.tables.last().is_some_and(|table| table.awaits_row(level)) => self.begin_row(),
            "tc" if self.tables.last().is_some_and(|table| table.awaits_cell(level)) => self.begin_cell()?,
            "txbxContent" | "rt" if self.is_seen() => self.begin_box(),
            "footnoteReference" => self.note(element, false),
            "endnoteReference" => self.note(element, true),
            "footnote" if !self.is_wanted(element, false) => Step::Skip,
            "endnote" if !self.is_wanted(element, true) => Step::Skip,
            "pPr" => Step::Enter(Frame::ParagraphProperties),
            "rPr" if matches!(self.frames.last(), Some(Frame::Run(_))) => Step::Enter(Frame::RunProperties),
            "tcPr" if matches!(self.frames.last(), Some(Frame::Cell(_))) => Step::Enter(Frame::CellProperties),
            "trPr" if matches!(self.frames.last(), Some(Frame::Row)) => Step::Enter(Frame::RowProperties),
            // What another file holds is not read; it is told like a picture.
            "altChunk" => self.picture(),
            "del" | "moveFrom" | "delText" | "delInstrText" | "txbxContent" | "rt" | "rPr" | "tcPr" | "trPr"
            | "tblPr" | "tblPrEx" | "tblGrid" | "sectPr" | "sdtPr" | "sdtEndPr" | "rubyPr" | "softHyphen" => Step::Skip,
            _ => Step::Enter(Frame::Through),
        })
    }

    /// An element that parts several forms of one thing.
    fn alternate(&mut self, element: &Element<'_>) -> Step {
        let is_taken = match self.frames.last() {
            Some(Frame::Alternate(is_taken)) => Some(*is_taken),
            _ => None,
        };
        match (element.name(), is_taken) {
            ("AlternateContent", _) => Step::Enter(Frame::Alternate(false)),
            ("Choice" | "Fallback", Some(true)) => Step::Skip,
            ("Choice" | "Fallback", Some(false)) => Step::Enter(Frame::Choice(self.seen())),
            _ => Step::Enter(Frame::Through),
        }
    }

    /// An element of a drawing or a formula, or one that nobody knows.
    fn other(&mut self, element: &Element<'_>) -> Result<Step, Unread> {
        Ok(match (element.family, element.name()) {
            (Family::Math | Family::Drawing, "t") => self.begin_words(element),
            // 10² must not be read as 102, nor a half as 12.
            (Family::Math, "sup") => return self.say_one('^').map(|_| Step::Enter(Frame::Through)),
            (Family::Math, "den") => return self.say_one('/').map(|_| Step::Enter(Frame::Through)),
            (Family::Drawing, "blip")
            | (Family::Chart, "chart")
            | (Family::Diagram, "relIds")
            | (Family::Vml, "imagedata") => self.picture(),
            (Family::Vml, "textpath") => {
                self.words = element.attribute("string").unwrap_or_default();
                self.say()?;
                Step::Skip
            }
            _ => Step::Enter(Frame::Through),
        })
    }

    /// Does what is to be done at the end of the element that was entered last.
    fn close(&mut self) -> Result<(), Unread> {
        match self.frames.pop() {
            Some(Frame::Paragraph) if !self.flow.hold() => self.end_paragraph(),
            Some(Frame::Run(run)) => self.run = run,
            Some(Frame::Words(keeps_ends)) => {
                if !keeps_ends {
                    self.words = self.words.trim_matches([' ', '\n', '\r', '\t']).to_owned();
                }
                self.say()?;
            }
            Some(Frame::Table) => self.end_table()?,
            Some(Frame::Row) => {
                if let Some(table) = self.tables.last_mut() {
                    table.end_row()?;
                }
            }
            Some(Frame::Cell(outside)) => {
                let blocks = self.end_flow(outside);
                if let Some(table) = self.tables.last_mut() {
                    table.end_cell(blocks);
                }
            }
            Some(Frame::Box(outside)) => {
                let blocks = self.end_flow(outside);
                self.flow.hang(blocks);
            }
            Some(Frame::Tick(is_ticked)) => {
                self.say_one(if is_ticked { '☒' } else { '☐' })?;
            }
            Some(Frame::Choice(before)) => {
                let is_taken = self.seen() > before;
                if let Some(Frame::Alternate(taken)) = self.frames.last_mut() {
                    *taken = is_taken;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes characters, where they stand for words.
    fn text(&mut self, text: &str) -> Result<(), Unread> {
        match self.frames.last() {
            Some(Frame::Words(_)) => self.words.push_str(text),
            Some(Frame::Instruction) => {
                let field = self.fields.last_mut().filter(|field| !field.has_result);
                if let Some(field) = field.filter(|field| field.instruction.len() < LONGEST_INSTRUCTION) {
                    field.instruction.extend(text.chars().take(LONGEST_INSTRUCTION));
                }
            }
            _ => {}
        }
        if self.words.len() > LONGEST_WORDS { Err(Unread::TooLarge(Limit::Pieces)) } else { Ok(()) }
    }

    /// How much was seen up to here.
    fn seen(&self) -> usize {
        self.characters + self.pictures
    }

    /// Whether what comes is seen: not hidden, and no part of the instruction of a field.
    fn is_seen(&self) -> bool {
        let within = self.fields.iter().rev().skip(1);
        !self.run.is_hidden && within.clone().all(|field| field.has_result)
    }
}

#[cfg(test)]
mod tests;
