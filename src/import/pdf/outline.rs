//! The order of a document as it says it itself. In: its [`Tree`]; out: [`Part`]s, paragraphs and tables, with the numbers of the
//! marked content that each holds.

use super::tags::{Kid, Role, Tree};
use crate::import::blocks::Limit;

/// Marked content: its page, from 0, and its number there.
pub(super) type Mark = (usize, i32);

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A paragraph.
    Text {
        /// What it holds.
        marks: Vec<Mark>,
        /// Whether it is a heading.
        is_heading: bool,
    },
    /// A table, by rows.
    Table(Vec<Vec<TableCell>>),
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableCell {
    /// How many rows it covers.
    pub rowspan: usize,
    /// How many columns it covers.
    pub colspan: usize,
    /// What each of its paragraphs holds.
    pub paragraphs: Vec<Vec<Mark>>,
}

impl Part {
    /// All that it holds.
    pub(super) fn marks(&self) -> Vec<Mark> {
        match self {
            Self::Text { marks, .. } => marks.clone(),
            Self::Table(rows) => rows.iter().flatten().flat_map(|cell| &cell.paragraphs).flatten().copied().collect(),
        }
    }
}

/// The parts of a document in reading order. A table within a cell follows the table that the cell is of.
pub(super) fn parts(tree: &Tree) -> Vec<Part> {
    let mut walk = Walk { tree, parts: Vec::new(), is_open: false };
    walk.group(0, 0);
    walk.parts.retain(|part| !part.marks().is_empty());
    walk.parts
}

struct Walk<'a> {
    tree: &'a Tree,
    parts: Vec<Part>,
    /// Whether the last part is a paragraph that goes on.
    is_open: bool,
}

impl Walk<'_> {
    /// Reads what an element holds that is no paragraph itself.
    fn group(&mut self, element: usize, depth: usize) {
        let Some(element) = self.tree.elements.get(element).filter(|_| depth <= Limit::Nesting.most()) else { return };
        for kid in &element.kids {
            match kid {
                Kid::Mark(page, number) => self.mark((*page, *number)),
                Kid::Element(number) => self.element(*number, depth + 1),
            }
        }
    }

    fn element(&mut self, number: usize, depth: usize) {
        let Some(element) = self.tree.elements.get(number) else { return };
        match element.role {
            Role::Paragraph | Role::Heading => {
                let heading = element.role == Role::Heading;
                // The first paragraph of an item goes on after the item's mark.
                if !(self.is_open && self.is_label()) {
                    self.open(heading);
                }
                self.group(number, depth);
                self.is_open = false;
            }
            Role::Item => {
                self.open(false);
                self.group(number, depth);
                self.is_open = false;
            }
            Role::Table => {
                self.is_open = false;
                self.table(number, depth);
            }
            Role::Inline => self.group(number, depth),
            Role::Group | Role::Row | Role::Cell => {
                let is_body = self.is_open && self.is_label();
                self.is_open = is_body;
                self.group(number, depth);
                self.is_open &= is_body;
            }
        }
    }

    /// Whether the open paragraph holds nothing but the mark of an item, which is one piece.
    fn is_label(&self) -> bool {
        matches!(self.parts.last(), Some(Part::Text { marks, .. }) if marks.len() <= 1)
    }

    fn open(&mut self, is_heading: bool) {
        self.parts.push(Part::Text { marks: Vec::new(), is_heading });
        self.is_open = true;
    }

    fn mark(&mut self, mark: Mark) {
        if !self.is_open {
            self.open(false);
        }
        if let Some(Part::Text { marks, .. }) = self.parts.last_mut() {
            marks.push(mark);
        }
    }

    fn table(&mut self, number: usize, depth: usize) {
        let mut cells = Vec::new();
        let mut others = Vec::new();
        self.rows(number, depth, &mut cells, &mut others);
        let rows = cells
            .into_iter()
            .map(|row: Vec<usize>| row.into_iter().map(|cell| self.cell(cell, depth)).collect::<Vec<_>>());
        let rows: Vec<Vec<(TableCell, Vec<Part>)>> = rows.collect();
        let mut within = Vec::new();
        let mut said = Vec::new();
        for row in rows {
            let (cells, parts): (Vec<TableCell>, Vec<Vec<Part>>) = row.into_iter().unzip();
            said.push(cells);
            within.extend(parts.into_iter().flatten());
        }
        // What is neither row nor cell, such as a caption, stands before.
        for other in others {
            self.element(other, depth + 1);
            self.is_open = false;
        }
        self.parts.push(Part::Table(said));
        self.parts.extend(within);
        self.is_open = false;
    }

    /// The cells of a table by rows, and what else it holds.
    fn rows(&self, number: usize, depth: usize, rows: &mut Vec<Vec<usize>>, others: &mut Vec<usize>) {
        let Some(element) = self.tree.elements.get(number).filter(|_| depth <= Limit::Nesting.most()) else { return };
        for kid in &element.kids {
            let Kid::Element(kid) = kid else { continue };
            match self.tree.elements.get(*kid).map(|kid| kid.role) {
                Some(Role::Row) => {
                    let mut cells = Vec::new();
                    self.cells(*kid, depth + 1, &mut cells);
                    rows.push(cells);
                }
                Some(Role::Group) => self.rows(*kid, depth + 1, rows, others),
                Some(_) => others.push(*kid),
                None => {}
            }
        }
    }

    fn cells(&self, number: usize, depth: usize, cells: &mut Vec<usize>) {
        let Some(element) = self.tree.elements.get(number).filter(|_| depth <= Limit::Nesting.most()) else { return };
        for kid in &element.kids {
            let Kid::Element(kid) = kid else { continue };
            match self.tree.elements.get(*kid).map(|kid| kid.role) {
                Some(Role::Cell) => cells.push(*kid),
                Some(_) => self.cells(*kid, depth + 1, cells),
                None => {}
            }
        }
    }

    /// A cell, and the tables within it.
    fn cell(&self, number: usize, depth: usize) -> (TableCell, Vec<Part>) {
        let mut walk = Walk { tree: self.tree, parts: Vec::new(), is_open: false };
        walk.group(number, depth + 2);
        let (mut paragraphs, mut within) = (Vec::new(), Vec::new());
        for part in walk.parts {
            match part {
                Part::Text { marks, .. } if within.is_empty() => paragraphs.push(marks),
                part => within.push(part),
            }
        }
        paragraphs.retain(|marks| !marks.is_empty());
        let (rowspan, colspan) = self.tree.elements.get(number).map_or((1, 1), |cell| (cell.rowspan, cell.colspan));
        (TableCell { rowspan, colspan, paragraphs }, within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pdf::tags::Element;

    /// A tree of elements, each with its role and its parts.
    fn tree(elements: &[(Role, &[Kid])]) -> Tree {
        let element =
            |(role, kids): &(Role, &[Kid])| Element { role: *role, kids: kids.to_vec(), rowspan: 1, colspan: 1 };
        Tree { elements: elements.iter().map(element).collect() }
    }

    fn text(marks: &[i32]) -> Part {
        Part::Text { marks: marks.iter().map(|number| (0, *number)).collect(), is_heading: false }
    }

    use Kid::{Element as E, Mark as M};

    #[test]
    fn paragraphs_hold_what_is_in_their_lines() {
        let tree = tree(&[
            (Role::Group, &[E(1), E(2), M(0, 9)]),
            (Role::Heading, &[M(0, 1)]),
            (Role::Paragraph, &[M(0, 2), E(3), M(1, 4)]),
            (Role::Inline, &[M(0, 3)]),
        ]);
        let parts = parts(&tree);
        assert!(matches!(&parts[0], Part::Text { is_heading: true, marks } if marks == &[(0, 1)]));
        assert_eq!(parts[1].marks(), [(0, 2), (0, 3), (1, 4)]);
        assert_eq!(parts[2], text(&[9]));
    }

    #[test]
    fn the_mark_of_an_item_stands_with_its_first_paragraph() {
        let tree = tree(&[
            (Role::Group, &[E(1), E(6)]),
            (Role::Item, &[E(2), E(3)]),
            (Role::Inline, &[M(0, 1)]),
            (Role::Group, &[E(4), E(5)]),
            (Role::Paragraph, &[M(0, 2), M(0, 3)]),
            (Role::Paragraph, &[M(0, 4)]),
            (Role::Item, &[E(7), E(8)]),
            (Role::Inline, &[M(0, 5)]),
            (Role::Group, &[M(0, 6), M(0, 7)]),
        ]);
        assert_eq!(parts(&tree), [text(&[1, 2, 3]), text(&[4]), text(&[5, 6, 7])]);
    }

    #[test]
    fn a_table_within_a_cell_follows() {
        let tree = tree(&[
            (Role::Group, &[E(1)]),
            (Role::Table, &[E(2), E(10)]),
            (Role::Group, &[E(3)]),
            (Role::Row, &[E(4), E(5)]),
            (Role::Cell, &[M(0, 1)]),
            (Role::Cell, &[E(6), E(7)]),
            (Role::Paragraph, &[M(0, 2)]),
            (Role::Table, &[E(8)]),
            (Role::Row, &[E(9)]),
            (Role::Cell, &[M(0, 3)]),
            (Role::Paragraph, &[M(0, 4)]),
        ]);
        let parts = parts(&tree);
        assert_eq!(parts[0], text(&[4]), "the caption");
        assert_eq!(parts[1].marks(), [(0, 1), (0, 2)]);
        assert!(matches!(&parts[2], Part::Table(rows) if rows[0][0].paragraphs == [[(0, 3)]]));
    }
}
