//! Running text. In: the steps of a walk, through a page or through one cell; out: the paragraphs that they pass, with what is
//! known of each.

use super::super::blocks::Item;
use super::super::docx::symbols::raised;
use super::element::{Element, Role};
use super::lists::Lists;
use super::run::Run;
use super::tree::{Id, Step, Tree};

/// What stands on both sides of words that are struck out, so that nobody takes them for a part of what follows.
const STRUCK: &str = "~";
/// What stands in a cell in which there is a picture and no word.
const PICTURE: char = '\u{fffc}';

/// A paragraph of running text.
pub(super) struct Said {
    /// Its words.
    pub text: String,
    /// Whether it stands in a heading.
    pub is_heading: bool,
    /// The item of a list that it begins.
    pub item: Option<Item>,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// How many characters.
    pub characters: usize,
    /// How many of them stand in links.
    pub linked: usize,
    /// How many of them nobody knows.
    pub unknown: usize,
    /// How many pictures stand where no words are.
    pub pictures: usize,
}

/// Running text that is being read.
#[derive(Default)]
pub(super) struct Passage {
    /// The paragraphs that ended.
    pub said: Vec<Said>,
    /// How much was read.
    pub tally: Tally,
    /// The paragraph that goes on.
    run: Run,
    /// The lists it is in.
    lists: Lists,
    /// The item that it begins, if it has words.
    item: Option<Item>,
    /// In how many headings this is.
    headings: usize,
    /// In how many links.
    links: usize,
    /// In how many elements that stand above the line.
    raised: usize,
    /// How many pictures there are of any kind.
    drawn: usize,
    /// In how many elements that keep lines.
    kept: usize,
    /// How many pictures the paragraph has, save small ones and those that lead elsewhere.
    pictures: usize,
}

impl Passage {
    /// Takes a step.
    pub(super) fn step(&mut self, tree: &Tree, step: Step<'_>) {
        match step {
            Step::Enter(id, element) => self.enter(tree, id, element),
            Step::Leave(element) => self.leave(element),
            Step::Words(words) => self.words(words),
        }
    }

    /// Goes into an element.
    fn enter(&mut self, tree: &Tree, id: Id, element: &Element) {
        // What follows `电话：` in a list of pairs is shown beside it, or means that.
        let goes_on = element.role == Role::Definition && self.run.is_label();
        if goes_on {
            self.run.part_label();
        } else if !element.role.is_inline() {
            self.end();
        }
        self.kept += usize::from(element.keeps_lines);
        match element.role {
            Role::Link => self.links += 1,
            Role::Raised => self.raised += 1,
            Role::Struck => drop(self.run.push(STRUCK)),
            Role::Picture => {
                self.drawn += 1;
                self.pictures += usize::from(self.links == 0 && !element.is_small);
            }
            Role::Heading => self.headings += 1,
            Role::Bullets | Role::Numbers => self.lists.open(tree, id, element),
            Role::Item => self.item = self.lists.item(element),
            _ => {}
        }
    }

    /// Goes out of an element.
    fn leave(&mut self, element: &Element) {
        let goes_on = element.role == Role::Term && self.run.is_label();
        if !element.role.is_inline() && !goes_on {
            self.end();
        }
        self.kept = self.kept.saturating_sub(usize::from(element.keeps_lines));
        match element.role {
            Role::Link => self.links = self.links.saturating_sub(1),
            Role::Raised => self.raised = self.raised.saturating_sub(1),
            Role::Struck => drop(self.run.push(STRUCK)),
            Role::Heading => self.headings = self.headings.saturating_sub(1),
            Role::Bullets | Role::Numbers => self.lists.close(),
            Role::Item => self.item = None,
            _ => {}
        }
    }

    /// Goes over words.
    fn words(&mut self, words: &str) {
        let keeps_lines = self.kept > 0;
        for (number, line) in words.split(|c| keeps_lines && c == '\n').enumerate() {
            if number > 0 {
                self.end();
            }
            let (characters, unknown) = match self.raised {
                0 => self.run.push(line),
                _ => self.run.push(&line.chars().map(raised).collect::<String>()),
            };
            self.tally.characters += characters;
            self.tally.unknown += unknown;
            self.tally.linked += if self.links > 0 { characters } else { 0 };
        }
    }

    /// Ends the paragraph.
    pub(super) fn end(&mut self) {
        let pictures = std::mem::take(&mut self.pictures);
        match self.run.end() {
            Some(text) => self.said.push(Said { text, is_heading: self.headings > 0, item: self.item.take() }),
            None => self.tally.pictures += pictures,
        }
    }
}

impl Tally {
    /// Both together.
    pub(super) fn add(&mut self, other: Self) {
        self.characters += other.characters;
        self.linked += other.linked;
        self.unknown += other.unknown;
        self.pictures += other.pictures;
    }
}

/// The words of a cell, its paragraphs parted by line feeds. A cell has no place for the number of an item, so it stands before it.
pub(super) fn cell(tree: &Tree, id: Id, tally: &mut Tally) -> String {
    let mut passage = Passage::default();
    if let Some(element) = tree.element(id) {
        passage.enter(tree, id, element);
    }
    tree.walk(id).for_each(|step| passage.step(tree, step));
    passage.end();
    tally.add(passage.tally);
    let mut text = String::new();
    if passage.said.is_empty() && passage.drawn > 0 {
        text.push(PICTURE);
    }
    for said in passage.said {
        if !text.is_empty() {
            text.push('\n');
        }
        if let Some(number) = said.item.and_then(|item| item.number) {
            text.push_str(&format!("{number}. "));
        }
        text.push_str(&said.text);
    }
    text
}
