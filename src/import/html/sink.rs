//! The parser's tree. In: the pieces of a page; out: its [`Tree`], by the rules that browsers follow for pages however broken.
//!
//! The parser has a few steps that go through all open elements. A page made for it takes them at every tag, and by the rules some
//! tags make hundreds of elements, so steps are counted here, where the parser asks for names and makes elements, and a page that
//! takes too many is given up. Pieces are therefore fed in small parts, between which the count is looked at.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use super::super::blocks::Limit;
use super::element::{Element, Role, field};
use super::tree::{Id, Tree};

/// How many bytes are fed at once.
const PART: usize = 512;

/// How many nodes a page may have. A million take 90 MB with what is made of them.
const NODES: usize = 1_000_000;

/// How many bytes the words of a page may take: as many as the most characters take in Chinese.
const BYTES_PER_CHARACTER: usize = 3;

/// How many steps the parser may take; each takes some nanoseconds.
const STEPS: usize = 100_000_000;

/// What a callback costs beside the question for a name, in steps.
const CALL: usize = 8;

/// What it costs to compare an element that is opened anew with one of those before it, for each of its attributes.
const COMPARISON: usize = 24;

/// How many elements within elements are called deep, where it must be said why a page was given up. Browsers stop there.
const DEEP: usize = 512;

/// Parses a page.
///
/// # Errors
/// A page of too many elements or words, or one that takes too many steps.
pub(super) fn parse(pieces: &[&str]) -> Result<Tree, Limit> {
    let sink = Sink { tree: RefCell::new(Tree::new()), steps: Cell::new(0) };
    let mut parser = parse_document(sink, ParseOpts::default());
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.floor_char_boundary(PART));
            parser.process(StrTendril::from_slice(part));
            parser.tokenizer.sink.sink.exceeded().map_or(Ok(()), Err)?;
            rest = after;
        }
    }
    Ok(parser.finish())
}

/// What the parser builds the tree with.
struct Sink {
    /// The tree.
    tree: RefCell<Tree>,
    /// How many steps were taken.
    steps: Cell<usize>,
}

impl Sink {
    /// Counts steps.
    fn count(&self, steps: usize) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// What is exceeded, if anything is.
    fn exceeded(&self) -> Option<Limit> {
        let tree = self.tree.borrow();
        let words = Limit::Pieces.most() * BYTES_PER_CHARACTER;
        if self.steps.get() <= STEPS && tree.len() <= NODES && tree.words() <= words {
            return None;
        }
        Some(if tree.depth(tree.newest(), DEEP) == DEEP { Limit::Nesting } else { Limit::Pieces })
    }

    /// Puts a node or words into an element, before one that stands there or last. Words that are not shown are not kept.
    fn put(&self, parent: Id, next: Option<Id>, child: NodeOrText<Id>) {
        self.count(CALL);
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(id) => {
                tree.put(id, parent, next);
                self.count(tree.comparisons(id).saturating_mul(COMPARISON));
            }
            NodeOrText::AppendText(_) if tree.element(parent).is_some_and(|element| element.role == Role::Hidden) => {}
            NodeOrText::AppendText(words) => tree.put_words(&words, parent, next),
        }
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {
        self.count(CALL);
    }

    fn get_document(&self) -> Id {
        Id::PAGE
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        self.count(1);
        Ref::map(self.tree.borrow(), |tree| tree.name(*target))
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        self.count(CALL * (1 + attributes.len()));
        let mut tree = self.tree.borrow_mut();
        let shown = field(&name, &attributes);
        let id = tree.add_element(name.clone(), Element::new(&name, &attributes));
        if let Some(words) = shown {
            tree.put_words(words, id, None);
        }
        id
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.count(CALL);
        self.tree.borrow_mut().add_other()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.count(CALL);
        self.tree.borrow_mut().add_other()
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.put(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, before: &Id, child: NodeOrText<Id>) {
        let parent = self.tree.borrow().parent(*element);
        match parent {
            Some(parent) => self.put(parent, Some(*element), child),
            None => self.put(*before, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        self.count(1);
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let parent = self.tree.borrow().parent(*sibling);
        if let Some(parent) = parent {
            self.put(parent, Some(*sibling), child);
        }
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        self.count(CALL * (1 + attributes.len()));
        if let Some(element) = self.tree.borrow_mut().element_mut(*target) {
            attributes.iter().for_each(|attribute| element.take(&attribute.name.local, &attribute.value));
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.count(CALL);
        self.tree.borrow_mut().take_out(*target);
    }

    fn reparent_children(&self, node: &Id, parent: &Id) {
        let mut tree = self.tree.borrow_mut();
        let children: Vec<Id> = tree.children(*node).collect();
        self.count(CALL * (1 + children.len()));
        children.into_iter().for_each(|id| tree.put(id, *parent, None));
    }
}
