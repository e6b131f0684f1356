//! What a form knows of each key, worked out once. In: a form's fields and tables; out: [`Keys`]: label, kind and
//! sums by key, and the tree of keys ([`Shape`]) by which facts are read and a schema is written.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::field::Field;
use super::head::last_key;
use super::key::Key;
use super::kind::{Consolidate, FieldKind, Rolled};
use super::table::{Cell, Table};

/// The keys of every form, which say what facts are of and are read before the others.
pub const HEAD: [&str; 4] = ["form", "year", "accept", "consolidates"];
/// The key that fills every cell of a table which is not written.
pub const REST: &str = "rest";

/// The most amounts of a column that are printed with the same decimals; real columns have a few.
const BESIDE: usize = 200;

/// The facts that a form knows.
#[derive(Debug, Default)]
pub struct Keys {
    known: IndexMap<Key, KeyInfo>,
    /// The amounts of each column of a table that are in one unit.
    columns: Vec<Vec<Key>>,
    shape: IndexMap<String, Shape>,
}

/// A fact that a form knows.
#[derive(Debug)]
pub struct KeyInfo {
    /// The official label; of a cell, those of its row and column.
    pub label: String,
    /// How to fill it in; may be empty.
    pub guide: String,
    /// What kind of value it is.
    pub kind: FieldKind,
    /// Whether the facts must have it; a total never.
    pub required: bool,
    /// For a choice: what may be chosen.
    pub options: Vec<String>,
    /// What becomes of it in next year's facts.
    pub roll: Rolled,
    /// What becomes of the organs' values in the report of their government.
    pub consolidate: Consolidate,
    /// Whether it is a cell of a table.
    pub is_cell: bool,
    /// For an amount of a table: which of [`Keys`]' columns it stands in.
    pub column: Option<usize>,
    /// For a total: the keys of its parts, along its row and along its column.
    pub sums: Vec<Vec<Key>>,
}

impl KeyInfo {
    /// Whether a text is one of its options: of a choice, one that may be chosen; of a figure, one that stands in its place, such
    /// as `<1`.
    pub fn has_option(&self, text: &str) -> bool {
        self.options.iter().any(|option| option == text)
    }

    /// Whether the government's figure is the sum of its organs', where it is not written. Totals follow from their parts.
    pub fn adds_up(&self) -> bool {
        self.is_part(Consolidate::Sum)
    }

    /// Whether the organs' figures cannot be added up, so that the government must write its own.
    pub fn is_asked(&self) -> bool {
        self.is_part(Consolidate::Ask)
    }

    fn is_part(&self, of: Consolidate) -> bool {
        self.consolidate == of && self.kind.is_figure() && self.sums.is_empty()
    }

    /// Whether an empty text in its place is no value: it may be left out, and nothing is computed for it.
    pub fn may_be_blank(&self) -> bool {
        !self.required && self.sums.is_empty()
    }
}

/// What may stand under one key, in the order of the form.
#[derive(Debug)]
pub enum Shape {
    /// One of [`HEAD`].
    Head,
    /// `rest = 0` of a table.
    Rest,
    /// A value: its full key.
    Value(Key),
    /// A table of further keys.
    Branch(IndexMap<String, Shape>),
}

impl Keys {
    /// The keys of these fields and tables.
    pub fn new(fields: &[Field], tables: &[Table]) -> Self {
        let mut keys = Self::default();
        for key in HEAD {
            keys.shape.insert(key.to_owned(), Shape::Head);
        }
        for field in fields {
            let known = KeyInfo {
                label: field.label.clone(),
                guide: field.guide.clone(),
                kind: field.kind,
                required: field.required,
                options: field.options.clone(),
                roll: field.roll,
                consolidate: field.consolidate,
                is_cell: false,
                column: None,
                sums: Vec::new(),
            };
            keys.add(&field.key, known);
        }
        for table in tables {
            insert(&mut keys.shape, &table.key.join(REST), Shape::Rest);
            let mut columns = HashMap::new();
            for cell in table.cells() {
                let column = keys.column(&cell, &mut columns);
                let sums = cell.sums();
                let required = sums.is_empty() && !cell.is_optional();
                let (label, guide, kind) = (cell.label(), cell.guide(), cell.kind);
                let (options, roll, consolidate) = (cell.options(), cell.roll(), cell.consolidate());
                keys.add(
                    &cell.key,
                    KeyInfo { label, guide, kind, required, options, roll, consolidate, is_cell: true, column, sums },
                );
            }
        }
        keys
    }

    /// Puts an amount into the column that it stands in, and says which that is; `known` are those of the table.
    fn column(&mut self, cell: &Cell<'_>, known: &mut HashMap<(Key, Option<String>), usize>) -> Option<usize> {
        if cell.kind != FieldKind::Amount {
            return None;
        }
        let column = (last_key(&cell.column), cell.unit.map(str::to_owned));
        let number = *known.entry(column).or_insert_with(|| {
            self.columns.push(Vec::new());
            self.columns.len() - 1
        });
        self.columns.get_mut(number)?.push(cell.key.clone());
        Some(number)
    }

    /// The amounts of a table that stand in the same column as this one and are in the same unit, itself among them; none
    /// for what is no such amount, and where there are far too many to look at for each.
    pub fn beside(&self, key: &str) -> &[Key] {
        let column = self.get(key).and_then(|known| self.columns.get(known.column?));
        column.filter(|column| column.len() <= BESIDE).map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&mut self, key: &Key, known: KeyInfo) {
        insert(&mut self.shape, key, Shape::Value(key.clone()));
        self.known.insert(key.clone(), known);
    }

    /// What the form knows of a key.
    pub fn get(&self, key: &str) -> Option<&KeyInfo> {
        self.known.get(key)
    }

    /// Every key, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &KeyInfo)> {
        self.known.iter()
    }

    /// The keys of the cells of tables, in the order of the form.
    pub fn cells(&self) -> impl Iterator<Item = (&Key, &KeyInfo)> {
        self.iter().filter(|(_, known)| known.is_cell)
    }

    /// The tree of the keys.
    pub fn shape(&self) -> &IndexMap<String, Shape> {
        &self.shape
    }

    /// The place of a key among the keys of the form.
    pub fn position(&self, key: &str) -> Option<usize> {
        self.known.get_index_of(key)
    }

    /// Whether anything below must be written; what `is_given` need not be.
    pub fn wants(&self, shape: &Shape, is_given: &impl Fn(&KeyInfo) -> bool) -> bool {
        match shape {
            Shape::Head | Shape::Rest => false,
            Shape::Value(key) => self.get(key).is_some_and(|known| known.required && !is_given(known)),
            Shape::Branch(children) => children.values().any(|child| self.wants(child, is_given)),
        }
    }
}

fn insert(shape: &mut IndexMap<String, Shape>, key: &str, what: Shape) {
    match key.split_once('.') {
        None => {
            shape.insert(key.to_owned(), what);
        }
        Some((first, rest)) => {
            let child = shape.entry(first.to_owned()).or_insert_with(|| Shape::Branch(IndexMap::new()));
            if let Shape::Branch(children) = child {
                insert(children, rest, what);
            }
        }
    }
}
