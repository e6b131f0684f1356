//! The marks of lists, which are not among the words of a page. In: lists and items, as a walk comes by; out: each item's number.

use super::super::blocks::Item;
use super::element::{Element, Role};
use super::tree::{Id, Tree};

/// The lists that are open.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// From the outermost to the innermost.
    open: Vec<List>,
}

/// An open list.
#[derive(Debug)]
struct List {
    /// The number of its next item, where it has numbers.
    next: Option<i64>,
    /// What is added to it from item to item.
    step: i64,
    /// Whether its marks are shown.
    is_marked: bool,
}

impl Lists {
    /// Opens a list.
    pub(super) fn open(&mut self, tree: &Tree, id: Id, list: &Element) {
        let items = || tree.elements(id).filter(|(_, element)| element.role == Role::Item).count();
        let first = list
            .number
            .map_or_else(|| if list.is_reversed { i64::try_from(items()).unwrap_or(i64::MAX) } else { 1 }, i64::from);
        let next = (list.role == Role::Numbers).then_some(first);
        self.open.push(List { next, step: if list.is_reversed { -1 } else { 1 }, is_marked: !list.is_unmarked });
    }

    /// Closes the innermost list.
    pub(super) fn close(&mut self) {
        self.open.pop();
    }

    /// An item of the innermost list, or one that stands in none; nothing where its mark is not shown.
    pub(super) fn item(&mut self, item: &Element) -> Option<Item> {
        let depth = self.open.len().max(1);
        let Some(list) = self.open.last_mut() else { return Some(Item { number: None, depth }) };
        let number = list.next.map(|next| item.number.map_or(next, i64::from));
        list.next = number.map(|number| number.saturating_add(list.step));
        let number = number.and_then(|number| u64::try_from(number).ok());
        (list.is_marked && !item.is_unmarked).then_some(Item { number, depth })
    }
}
