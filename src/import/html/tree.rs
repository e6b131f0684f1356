//! The elements of a page within each other. In: nodes, in the order in which the parser makes and moves them; out: the tree, and
//! a walk through it that needs no stack.

use std::num::NonZeroU32;

use html5ever::{LocalName, QualName, ns};

use super::element::{Element, Role};
use super::run::Run;

/// A node's number in its tree, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(NonZeroU32);

/// A page.
pub(super) struct Tree {
    /// All nodes ever made; the first is the page itself.
    nodes: Vec<Node>,
    /// All words of all nodes.
    words: String,
    /// What the name of a node is that has none.
    nameless: QualName,
}

/// A node, with its relatives.
struct Node {
    /// What it stands in.
    parent: Option<Id>,
    /// What stands before it there.
    before: Option<Id>,
    /// What stands after it there.
    after: Option<Id>,
    /// What stands first in it.
    first: Option<Id>,
    /// What stands last in it.
    last: Option<Id>,
    /// How many elements it stands in that the parser opens anew where they were closed too early.
    reopened: u32,
    /// What it is.
    content: Content,
}

/// What a node is.
enum Content {
    /// An element with its name.
    Element(QualName, Element),
    /// Words, by where they begin and end among all words.
    Words(u32, u32),
    /// The page itself, or what is not looked at.
    Other,
}

/// A step of a walk.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// Into an element.
    Enter(Id, &'a Element),
    /// Out of it.
    Leave(&'a Element),
    /// Over words.
    Words(&'a str),
}

/// Elements that the parser opens anew, of which it compares each with all others.
const REOPENED: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

impl Id {
    /// The page itself.
    pub(super) const PAGE: Self = Self(NonZeroU32::MIN);

    /// Where the node stands among the nodes.
    fn index(self) -> usize {
        usize::try_from(self.0.get() - 1).unwrap_or(usize::MAX)
    }
}

impl Tree {
    /// A page without elements.
    pub(super) fn new() -> Self {
        let mut tree =
            Self { nodes: Vec::new(), words: String::new(), nameless: QualName::new(None, ns!(), LocalName::from("")) };
        tree.add(Content::Other);
        tree
    }

    /// How many nodes were made.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many bytes all words take.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }

    /// Makes a node that stands nowhere yet. Past the largest number, which the bound of `sink.rs` never lets happen, it is the page.
    fn add(&mut self, content: Content) -> Id {
        let Some(id) = u32::try_from(self.nodes.len() + 1).ok().and_then(NonZeroU32::new) else { return Id::PAGE };
        let node = Node { parent: None, before: None, after: None, first: None, last: None, reopened: 0, content };
        self.nodes.push(node);
        Id(id)
    }

    /// Makes an element that stands nowhere yet.
    pub(super) fn add_element(&mut self, name: QualName, element: Element) -> Id {
        self.add(Content::Element(name, element))
    }

    /// Makes a node of which nothing is known.
    pub(super) fn add_other(&mut self) -> Id {
        self.add(Content::Other)
    }

    /// The name of an element.
    pub(super) fn name(&self, id: Id) -> &QualName {
        match self.node(id).map(|node| &node.content) {
            Some(Content::Element(name, _)) => name,
            _ => &self.nameless,
        }
    }

    /// The element that a node is.
    pub(super) fn element_mut(&mut self, id: Id) -> Option<&mut Element> {
        match self.node_mut(id).map(|node| &mut node.content) {
            Some(Content::Element(_, element)) => Some(element),
            _ => None,
        }
    }

    /// The element that a node is.
    pub(super) fn element(&self, id: Id) -> Option<&Element> {
        match self.node(id).map(|node| &node.content) {
            Some(Content::Element(_, element)) => Some(element),
            _ => None,
        }
    }

    /// What a node stands in.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.node(id)?.parent
    }

    /// How many attributes the parser compared for an element that is opened anew: it was compared with all such that it stands in.
    pub(super) fn comparisons(&self, id: Id) -> usize {
        let Some(Node { content: Content::Element(name, element), reopened, .. }) = self.node(id) else { return 0 };
        let each = if REOPENED.contains(&&*name.local) { 1 + usize::from(element.attributes) } else { 0 };
        usize::try_from(*reopened).unwrap_or(usize::MAX).saturating_mul(each)
    }

    /// How deep a node stands, counted up to a bound.
    pub(super) fn depth(&self, id: Id, most: usize) -> usize {
        std::iter::successors(self.parent(id), |id| self.parent(*id)).take(most).count()
    }

    /// The last node made.
    pub(super) fn newest(&self) -> Id {
        u32::try_from(self.nodes.len()).ok().and_then(NonZeroU32::new).map_or(Id::PAGE, Id)
    }

    /// A node.
    fn node(&self, id: Id) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// A node.
    fn node_mut(&mut self, id: Id) -> Option<&mut Node> {
        self.nodes.get_mut(id.index())
    }

    /// Puts a node last into another, or before one that stands there, out of where it stood.
    pub(super) fn put(&mut self, id: Id, parent: Id, next: Option<Id>) {
        self.take_out(id);
        let before = match next {
            Some(next) => self.node(next).and_then(|node| node.before),
            None => self.node(parent).and_then(|node| node.last),
        };
        let reopens = REOPENED.contains(&&*self.name(parent).local);
        let reopened = self.node(parent).map_or(0, |node| node.reopened).saturating_add(u32::from(reopens));
        if let Some(node) = self.node_mut(id) {
            (node.parent, node.before, node.after, node.reopened) = (Some(parent), before, next, reopened);
        }
        self.link(parent, before, Some(id));
        self.link_back(parent, next, Some(id));
    }

    /// Takes a node out of where it stands.
    pub(super) fn take_out(&mut self, id: Id) {
        let Some(node) = self.node_mut(id) else { return };
        let Some(parent) = node.parent.take() else { return };
        let (before, after) = (node.before.take(), node.after.take());
        self.link(parent, before, after);
        self.link_back(parent, after, before);
    }

    /// Says what stands after a node, or first where there is none before.
    fn link(&mut self, parent: Id, before: Option<Id>, after: Option<Id>) {
        match before {
            Some(before) => self.node_mut(before).into_iter().for_each(|node| node.after = after),
            None => self.node_mut(parent).into_iter().for_each(|node| node.first = after),
        }
    }

    /// Says what stands before a node, or last where there is none after.
    fn link_back(&mut self, parent: Id, after: Option<Id>, before: Option<Id>) {
        match after {
            Some(after) => self.node_mut(after).into_iter().for_each(|node| node.before = before),
            None => self.node_mut(parent).into_iter().for_each(|node| node.last = before),
        }
    }

    /// Puts words last into a node, or before one that stands there.
    pub(super) fn put_words(&mut self, words: &str, parent: Id, next: Option<Id>) {
        let start = self.words.len();
        self.words.push_str(words);
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.words.len())) else { return };
        let last = self.node(parent).and_then(|node| node.last).filter(|_| next.is_none());
        if let Some(Node { content: Content::Words(_, open), .. }) = last.and_then(|last| self.node_mut(last))
            && *open == start
        {
            *open = end;
            return;
        }
        let id = self.add(Content::Words(start, end));
        self.put(id, parent, next);
    }

    /// What stands in a node.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(self.node(id).and_then(|node| node.first), |id| self.node(*id)?.after)
    }

    /// The elements right in a node that are shown.
    pub(super) fn elements(&self, id: Id) -> impl Iterator<Item = (Id, &Element)> {
        self.children(id)
            .filter_map(|id| Some((id, self.element(id)?)))
            .filter(|(_, element)| element.role != Role::Hidden)
    }

    /// The words of a node.
    fn words_of(&self, id: Id) -> Option<&str> {
        let Content::Words(start, end) = self.node(id)?.content else { return None };
        self.words.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    /// What the page is called.
    pub(super) fn title(&self) -> Option<String> {
        let is_title =
            |node: &Node| matches!(&node.content, Content::Element(_, element) if element.role == Role::Title);
        let title = self.nodes.iter().find(|node| is_title(node))?;
        let mut run = Run::default();
        for id in std::iter::successors(title.first, |id| self.node(*id)?.after) {
            run.push(self.words_of(id).unwrap_or_default());
        }
        run.end()
    }

    /// A walk through what is shown of a node.
    pub(super) fn walk(&self, root: Id) -> Walk<'_> {
        Walk { tree: self, root, next: self.node(root).and_then(|node| node.first).map(|first| (first, Side::Front)) }
    }
}

/// A side of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// What stands in it comes after.
    Front,
    /// What stands in it comes before.
    Back,
}

/// A walk through the tree, in the order of the page.
pub(super) struct Walk<'a> {
    /// The tree.
    tree: &'a Tree,
    /// The node within which the walk stays.
    root: Id,
    /// Where it stands.
    next: Option<(Id, Side)>,
}

impl Walk<'_> {
    /// Leaves out what stands in an element just entered.
    pub(super) fn leave_out(&mut self, id: Id) {
        self.next = Some((id, Side::Back));
    }

    /// Goes past a node.
    fn pass(&mut self, id: Id) {
        let node = self.tree.node(id);
        self.next = match node.and_then(|node| node.after) {
            Some(after) => Some((after, Side::Front)),
            None => node
                .and_then(|node| node.parent)
                .filter(|parent| *parent != self.root)
                .map(|parent| (parent, Side::Back)),
        };
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        loop {
            let (id, side) = self.next?;
            let node = self.tree.node(id)?;
            match (&node.content, side) {
                (Content::Element(_, element), Side::Front) if !matches!(element.role, Role::Hidden | Role::Title) => {
                    self.next = Some(node.first.map_or((id, Side::Back), |first| (first, Side::Front)));
                    return Some(Step::Enter(id, element));
                }
                (Content::Element(_, element), Side::Back) => {
                    self.pass(id);
                    return Some(Step::Leave(element));
                }
                (Content::Words(..), _) => {
                    self.pass(id);
                    return self.tree.words_of(id).map(Step::Words);
                }
                _ => self.pass(id),
            }
        }
    }
}
