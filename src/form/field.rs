//! A value outside the tables, as a form wants it: what it is called, of what kind it is, and how it is filled in.

use super::key::Key;
use super::kind::{Consolidate, FieldKind, Rolled};

/// A value outside the tables.
#[derive(Debug)]
pub struct Field {
    /// Its place in the facts, such as `organ.name`.
    pub key: Key,
    /// What kind of value it is.
    pub kind: FieldKind,
    /// What it is called.
    pub label: String,
    /// Other wordings of that in print.
    pub also: Vec<String>,
    /// Whether the facts must have it.
    pub required: bool,
    /// The prose that stands in where the facts have none.
    pub default: Option<String>,
    /// How to fill it in; may be empty.
    pub guide: String,
    /// For a choice: what may be chosen.
    pub options: Vec<String>,
    /// What becomes of it in next year's facts.
    pub roll: Rolled,
    /// What becomes of the organs' values in the report of their government.
    pub consolidate: Consolidate,
}
