//! Paragraphs of one text of a Word file: its body, a cell, a text box or a note. In: words, ends of lines and of paragraphs, in
//! their order; out: blocks.

use super::super::blocks::{Block, Item, Line, Paragraph, Place};
use super::styles::ListPlace;

/// What a paragraph says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Properties {
    /// The name of its style.
    pub style: Option<String>,
    /// Its level in the outline; the tenth is that of the text.
    pub outline: Option<u64>,
    /// Where it stands in a list.
    pub list: ListPlace,
    /// Whether its end was deleted, so that it and the next are one.
    pub has_no_end: bool,
}

/// A paragraph that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    /// Its lines.
    lines: Vec<String>,
    /// What it says of itself.
    pub properties: Properties,
    /// Where it stands.
    pub place: Place,
    /// Whether its end was met and is none.
    is_held: bool,
}

/// A text that is being read.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// What is whole of it.
    pub blocks: Vec<Block>,
    /// The paragraph that has begun.
    pub begun: Option<Begun>,
    /// What follows the paragraph that has begun, since it hangs on it.
    after: Vec<Block>,
    /// Where all of it stands; none for the text outside of tables, whose paragraphs are counted.
    pub place: Option<Place>,
}

impl Flow {
    /// A text within a place.
    pub(super) fn at(place: Option<Place>) -> Self {
        Self { place, ..Self::default() }
    }

    /// Whether what comes belongs to the paragraph that has begun, though another begins in the file.
    pub(super) fn goes_on(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.is_held)
    }

    /// Begins a paragraph, or goes on with the one whose end is none: what is said of it then is what the last part says.
    pub(super) fn begin(&mut self, place: Place) {
        match &mut self.begun {
            Some(begun) => (begun.is_held, begun.properties) = (false, Properties::default()),
            None => {
                let (lines, properties) = (vec![String::new()], Properties::default());
                self.begun = Some(Begun { lines, properties, place, is_held: false });
            }
        }
    }

    /// Adds a character to the paragraph that has begun.
    pub(super) fn push(&mut self, character: char) {
        if let Some(line) = self.begun.as_mut().and_then(|begun| begun.lines.last_mut()) {
            line.push(character);
        }
    }

    /// Ends a line of it.
    pub(super) fn end_line(&mut self) {
        if let Some(begun) = &mut self.begun {
            begun.lines.push(String::new());
        }
    }

    /// Ends the paragraph, unless the file says that its end was deleted; gives what is to be said of it.
    pub(super) fn hold(&mut self) -> bool {
        let begun = self.begun.as_mut().filter(|begun| begun.properties.has_no_end);
        begun.map(|begun| begun.is_held = true).is_some()
    }

    /// Ends the paragraph that has begun.
    pub(super) fn end(&mut self, is_heading: bool, item: Option<Item>) {
        let Some(begun) = self.begun.take() else { return };
        let line = |text: String| Line { text, place: begun.place.clone() };
        let lines: Vec<Line> = begun.lines.into_iter().filter(|text| !text.trim().is_empty()).map(line).collect();
        if !lines.is_empty() {
            self.blocks.push(Block::Paragraph(Paragraph { lines, is_heading, item }));
        }
        self.blocks.append(&mut self.after);
    }

    /// Adds what hangs on the paragraph that has begun, such as the text of a box.
    pub(super) fn hang(&mut self, blocks: Vec<Block>) {
        let to = if self.begun.is_some() { &mut self.after } else { &mut self.blocks };
        to.extend(blocks);
    }
}
