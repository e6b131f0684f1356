//! The page of a form, section by section, and its charts.

use super::key::Key;

/// A section of the page.
#[derive(Debug)]
pub struct Section {
    /// The official heading; the opening has none.
    pub heading: Option<String>,
    /// Other wordings of the heading in print.
    pub also: Vec<String>,
    /// What stands in it, from top to bottom.
    pub blocks: Vec<Content>,
}

/// A piece of a section.
#[derive(Debug)]
pub enum Content {
    /// Prose from the facts, under a heading of its own where the form gives one.
    Prose {
        /// The official sub-heading.
        heading: Option<String>,
        /// Other wordings of it in print.
        also: Vec<String>,
        /// The key of the prose.
        key: Key,
    },
    /// A table, by name.
    Table(String),
    /// Values with their labels, those that the facts have.
    Listing(Vec<Key>),
    /// A chart, by name; left out where charts are not asked for.
    Chart(String),
    /// The organs that a government consolidates, with some of their figures; left out where there are none.
    Organs(OrganTable),
}

/// A table of organs.
#[derive(Debug)]
pub struct OrganTable {
    /// What it is called.
    pub label: String,
    /// What stands over the names.
    pub name: String,
    /// What the row of the sums is called.
    pub sum: String,
    /// Relative widths of its columns.
    pub widths: Vec<u32>,
    /// The keys of the figures, and what stands over each.
    pub cells: Vec<(Key, Option<String>)>,
}

/// Figures drawn as bars.
#[derive(Debug)]
pub struct Chart {
    /// The name that sections use.
    pub name: String,
    /// What it shows.
    pub label: String,
    /// The bars: what each is called, and the keys of the figures that it is the sum of.
    pub bars: Vec<(String, Vec<Key>)>,
    /// How many years each bar is drawn for, this one the last.
    pub years: usize,
}
