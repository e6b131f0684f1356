//! From a page's tree to its paragraphs and tables. In: the tree; out: the [`Document`].

use super::super::blocks::{Block, Document, Paragraph, Place, Remark, Unread};
use super::element::Role;
use super::frames::frames;
use super::grid;
use super::passage::{Passage, Said, Tally};
use super::tree::{Id, Step, Tree};

/// A page with pictures, no table and fewer characters than this outside links holds its report as pictures.
const FEW: usize = 200;

/// Reads the paragraphs and tables of a page.
///
/// # Errors
/// A page without words, one of pictures, or one whose tables are too large.
pub(super) fn document(tree: &Tree) -> Result<Document, Unread> {
    let frames = frames(tree);
    let mut flow = Flow::default();
    let mut passage = Passage::default();
    let mut walk = tree.walk(Id::PAGE);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id, element) if element.role == Role::Table && !frames.contains(&id) => {
                passage.end();
                flow.paragraphs(&mut passage.said);
                flow.table(tree, id, &mut passage.tally)?;
                walk.leave_out(id);
            }
            step => passage.step(tree, step),
        }
        flow.paragraphs(&mut passage.said);
    }
    passage.end();
    flow.paragraphs(&mut passage.said);
    flow.finish(tree, passage.tally)
}

/// A page, as far as it was read.
#[derive(Default)]
struct Flow {
    /// What was read.
    document: Document,
    /// How many paragraphs.
    paragraphs: usize,
    /// How many tables.
    tables: usize,
}

impl Flow {
    /// Adds paragraphs.
    fn paragraphs(&mut self, said: &mut Vec<Said>) {
        for Said { text, is_heading, item } in said.drain(..) {
            self.paragraphs += 1;
            let paragraph = Paragraph::new(text, Place::Paragraph(self.paragraphs));
            self.document.blocks.push(Block::Paragraph(Paragraph { is_heading, item, ..paragraph }));
        }
    }

    /// Adds a table.
    fn table(&mut self, tree: &Tree, id: Id, tally: &mut Tally) -> Result<(), Unread> {
        let (mut captions, grid) = grid::table(tree, id, self.tables + 1, tally).map_err(Unread::TooLarge)?;
        self.paragraphs(&mut captions);
        if grid.cells.iter().any(|cell| !cell.text.is_empty()) {
            self.tables += 1;
            self.document.blocks.push(Block::Grid(grid));
        }
        Ok(())
    }

    /// The page, read.
    fn finish(mut self, tree: &Tree, tally: Tally) -> Result<Document, Unread> {
        let pages = tally.pictures;
        if pages > 0 && self.tables == 0 && tally.characters - tally.linked < FEW {
            return Err(Unread::PicturesOnly { pages });
        }
        if self.document.blocks.is_empty() {
            return Err(Unread::Empty);
        }
        if pages > 0 {
            self.document.remarks.push(Remark::Pictures(pages));
        }
        if tally.unknown > 0 {
            self.document.remarks.push(Remark::Unreadable { unknown: tally.unknown, of: tally.characters });
        }
        self.document.title = tree.title();
        Ok(self.document)
    }
}
