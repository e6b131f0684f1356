//! Tables that are there for the looks of a page: its head beside its menu above its text, as pages were made until 2015. In: the
//! tree; out: which tables those are. They are read as text, and the tables in them as tables.

use std::collections::BTreeSet;

use super::element::Role;
use super::tree::{Id, Step, Tree};

/// How many characters a paragraph has that is no label.
const LONG: usize = 60;

/// How many other cells with words stand beside running text in a frame: head, menu, path, foot. A form that asks for running text
/// in one of its cells has more.
const BESIDE: usize = 6;

/// How many cells with words a table has that is one of figures whatever else it holds.
const MANY: usize = 20;

/// A table, as far as it was seen.
struct Seen {
    /// Which one.
    id: Id,
    /// How many cells it has.
    cells: usize,
    /// How many of them have words.
    filled: usize,
    /// How many of them hold running text.
    prose: usize,
    /// How many long paragraphs and headings all have.
    all: Looks,
    /// How many cells with words the tables in it have, where it holds any.
    inner: Option<usize>,
    /// The cell that is open.
    cell: Looks,
}

/// What a cell looks like.
#[derive(Clone, Copy, Default)]
struct Looks {
    /// How many characters its last paragraph has.
    characters: usize,
    /// Whether it has words.
    is_filled: bool,
    /// How many long paragraphs it has.
    long: usize,
    /// How many headings.
    headings: usize,
}

impl Looks {
    /// Ends a paragraph.
    fn end(&mut self) {
        self.is_filled |= self.characters > 0;
        self.long += usize::from(self.characters >= LONG);
        self.characters = 0;
    }

    /// Whether it holds running text: more than one paragraph, or one under its heading.
    fn is_prose(self) -> bool {
        self.long > 0 && self.long + self.headings > 1
    }
}

impl Seen {
    /// Ends the cell that is open.
    fn end(&mut self) {
        let mut cell = std::mem::take(&mut self.cell);
        cell.end();
        self.all.is_filled |= cell.is_filled;
        self.all.long += cell.long;
        self.all.headings += cell.headings;
        self.filled += usize::from(cell.is_filled);
        self.prose += usize::from(cell.is_prose());
    }

    /// Whether it is a frame. A table of one cell says nothing that a paragraph does not. One that holds others does not either,
    /// unless it has many cells itself, and more than those.
    fn is_frame(&self) -> bool {
        let holds_page = self.inner.is_some_and(|inner| self.filled < MANY || self.filled <= inner);
        let holds_prose = self.prose > 0 && self.filled - self.prose <= BESIDE;
        self.cells <= 1 || holds_page || holds_prose
    }
}

/// The tables that are frames.
pub(super) fn frames(tree: &Tree) -> BTreeSet<Id> {
    let mut frames = BTreeSet::new();
    let mut open: Vec<Seen> = Vec::new();
    for step in tree.walk(Id::PAGE) {
        match step {
            Step::Enter(id, element) if element.role == Role::Table => {
                open.push(Seen {
                    id,
                    cells: 0,
                    filled: 0,
                    prose: 0,
                    all: Looks::default(),
                    inner: None,
                    cell: Looks::default(),
                });
            }
            Step::Leave(element) if element.role == Role::Table => close(&mut open, &mut frames),
            Step::Enter(_, element) => open.last_mut().into_iter().for_each(|table| enter(table, element.role)),
            Step::Leave(element) if element.role == Role::Cell => open.last_mut().into_iter().for_each(Seen::end),
            Step::Leave(element) if !element.role.is_inline() => {
                open.last_mut().into_iter().for_each(|table| table.cell.end())
            }
            Step::Leave(..) => {}
            Step::Words(words) => {
                let characters = words.chars().filter(|c| !c.is_whitespace()).count();
                open.last_mut().into_iter().for_each(|table| table.cell.characters += characters);
            }
        }
    }
    frames
}

/// Takes in an element of a table.
fn enter(table: &mut Seen, role: Role) {
    if role == Role::Cell {
        table.end();
        table.cells += 1;
    }
    table.cell.headings += usize::from(role == Role::Heading);
    if !role.is_inline() {
        table.cell.end();
    }
}

/// Ends a table. One of a single cell is as if it were not there, so that what it holds is in the cell around it.
fn close(open: &mut Vec<Seen>, frames: &mut BTreeSet<Id>) {
    let Some(mut table) = open.pop() else { return };
    table.end();
    if table.is_frame() {
        frames.insert(table.id);
    }
    let Some(around) = open.last_mut() else { return };
    if table.cells > 1 || table.inner.is_some() {
        *around.inner.get_or_insert(0) += table.filled + table.inner.unwrap_or(0);
    }
    around.cell.end();
    around.cell.is_filled |= table.all.is_filled;
    around.cell.long += table.all.long;
    around.cell.headings += table.all.headings;
}
