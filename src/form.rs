//! A form: what kind of report it is, which facts it wants, how its tables are laid out and which sums hold.
//! In: the `form.toml` of a form (see `form/declared.rs` for what may stand in it); out: [`Form`], in which every
//! name is resolved and every table cell knows the key of its fact.

pub mod catalog;
mod declared;
pub mod expression;
pub mod files;
pub mod grid;
pub mod kind;
mod needed;
pub mod overrides;
pub mod pattern;
mod regex;
mod resolve;
mod rule;
pub mod rules;
pub mod sums;

use std::collections::BTreeMap;

use time::Date;

pub use catalog::{Catalog, Known, Shape};
pub use declared::{FontRole, Notice, Weight};
pub use expression::Expression;
pub use files::{FormFiles, Origin, TemplateFile};
pub use grid::Grid;
pub use kind::{FieldKind, NOT_APPLICABLE, Rolled};
pub use overrides::Overrides;
pub use rule::Rule;
pub use rules::{Balanced, Condition, Doubled, Pattern, Repeated, Rules, Unchanged};

/// A kind of report, ready for use by the stages.
#[derive(Debug)]
pub struct Form {
    /// The name that facts files use, the same as the folder's.
    pub name: String,
    /// What the report is called.
    pub label: String,
    /// Whether new projects start with this form's example.
    pub starter: bool,
    /// BCP 47 tag of the language that the report is written in.
    pub language: String,
    /// The title, one pattern for each line; `{{ key }}` draws on the facts.
    pub title: Vec<String>,
    /// The key of the value that names the author of the document.
    pub author: String,
    /// The key of the date that the document carries, where the facts give one.
    pub dated: Option<String>,
    /// How dates are written: `{year}`, `{month}` and `{day}` stand for numbers without leading zeros.
    pub date_pattern: String,
    /// How no and yes are printed.
    pub flag_words: [String; 2],
    /// What stands before an option that is not chosen, and before the one that is.
    pub choice_marks: [String; 2],
    /// What stands on each page of a draft; `{problems}` is how many problems are open.
    pub draft: String,
    /// The official notice that fixes the form, where there is one.
    pub notice: Option<Notice>,
    /// The font stack of each role.
    pub fonts: BTreeMap<String, FontRole>,
    /// What each machine can do to get fonts for the roles.
    pub font_advice: String,
    /// The values outside tables, in the order of declaration.
    pub fields: Vec<Field>,
    /// The tables by name.
    pub tables: Vec<Table>,
    /// What is known of each key of the facts.
    pub catalog: Catalog,
    /// The checks beyond kinds and totals.
    pub checks: Rules,
    /// The figures that next year's facts begin with: the key of this year's, and of next year's.
    pub carried: Vec<(String, String)>,
    /// The charts, which are drawn where they are asked for.
    pub charts: Vec<Chart>,
    /// The page, section by section.
    pub sections: Vec<Section>,
    /// What the project changes of it.
    pub overrides: Overrides,
    /// The templates and the declaration that the form was read from.
    pub files: FormFiles,
}

impl Form {
    /// The table called `name`.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// A date as the form writes it.
    pub fn written_date(&self, date: Date) -> String {
        self.date_pattern
            .replace("{year}", &date.year().to_string())
            .replace("{month}", &u8::from(date.month()).to_string())
            .replace("{day}", &date.day().to_string())
    }

    /// Whether a key stands for an amount.
    pub fn is_amount(&self, key: &str) -> bool {
        self.catalog.get(key).is_some_and(|known| known.kind == FieldKind::Amount)
    }

    /// The official label of a key, for messages.
    pub fn label_of(&self, key: &str) -> Option<&str> {
        self.catalog.get(key).map(|known| known.label.as_str())
    }
}

/// A value outside the tables.
#[derive(Debug)]
pub struct Field {
    /// Its place in the facts, such as `organ.name`.
    pub key: String,
    /// What kind of value it is.
    pub kind: FieldKind,
    /// What it is called.
    pub label: String,
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
}

/// A table, made of blocks that share one grid.
#[derive(Debug)]
pub struct Table {
    /// The name that sections use.
    pub name: String,
    /// The key of the TOML table in the facts that holds its rows, and `rest`.
    pub key: String,
    /// What the table is called, for readers who cannot see it.
    pub label: String,
    /// Relative widths of the grid's columns.
    pub widths: Vec<u32>,
    /// The blocks, from top to bottom.
    pub blocks: Vec<Block>,
    /// The cells.
    pub grid: Grid,
}

impl Table {
    /// Every cell that a fact fills, by rows.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.blocks.iter().flat_map(|block| {
            let columns = block.leaf_columns();
            block.leaf_rows().into_iter().flat_map(move |row| {
                columns.clone().into_iter().map(move |column| Cell::new(&row, &column)).collect::<Vec<_>>()
            })
        })
    }
}

/// A part of a table with heads of its own.
#[derive(Debug)]
pub struct Block {
    /// A line over the whole width, such as the item of the law.
    pub bar: Option<String>,
    /// What stands over the row labels.
    pub corner: String,
    /// How many grid columns the row labels take.
    pub label_columns: usize,
    /// The column heads.
    pub columns: Vec<Head>,
    /// The row heads.
    pub rows: Vec<Head>,
}

impl Block {
    /// The columns that hold values, with the heads above each.
    pub fn leaf_columns(&self) -> Vec<Vec<&Head>> {
        leaves(&self.columns)
    }

    /// The rows that hold values, with the heads left of each.
    pub fn leaf_rows(&self) -> Vec<Vec<&Head>> {
        leaves(&self.rows)
    }
}

/// A head of columns or rows; a group holds further heads, a leaf stands for values.
#[derive(Debug)]
pub struct Head {
    /// Its full key below its parent table or row, dotted; empty where it adds none.
    pub key: String,
    /// The official label.
    pub label: String,
    /// What kind of figure stands under it (for columns) or beside it (for rows).
    pub kind: Option<FieldKind>,
    /// The unit, where the label does not say it to a machine.
    pub unit: Option<String>,
    /// How to fill it in; may be empty.
    pub guide: String,
    /// For a choice: what may be chosen.
    pub options: Vec<String>,
    /// Whether its cells may be left out.
    pub optional: bool,
    /// What becomes of its cells in next year's facts.
    pub roll: Option<Rolled>,
    /// Grid columns that each value takes.
    pub span: usize,
    /// For a total: the full keys of the leaves of which it is the sum.
    pub sum: Vec<String>,
    /// The heads that this one groups.
    pub children: Vec<Head>,
}

/// One cell of a table that a fact fills.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    /// The key of the fact, such as `requests.received.natural`.
    pub key: String,
    /// The row heads, outermost first.
    pub row: Vec<&'a Head>,
    /// The column heads, outermost first.
    pub column: Vec<&'a Head>,
    /// What kind of figure it is.
    pub kind: FieldKind,
    /// The unit, where the form gives one.
    pub unit: Option<&'a str>,
}

impl<'a> Cell<'a> {
    fn new(row: &[&'a Head], column: &[&'a Head]) -> Self {
        let both = || row.iter().chain(column).rev();
        Self {
            key: cell_key(row, column),
            row: row.to_vec(),
            column: column.to_vec(),
            kind: both().find_map(|head| head.kind).unwrap_or(FieldKind::Count),
            unit: both().find_map(|head| head.unit.as_deref()),
        }
    }

    /// The keys of the cells of which this one is a total: along its row, then along its column.
    pub fn sums(&self) -> Vec<Vec<String>> {
        let (row, column) = (last_key(&self.row), last_key(&self.column));
        let along = |heads: &[&Head], join: &dyn Fn(&str) -> String| {
            heads.last().map(|head| head.sum.iter().map(|key| join(key)).collect::<Vec<_>>())
        };
        [along(&self.column, &|key| join_key(row, key)), along(&self.row, &|key| join_key(key, column))]
            .into_iter()
            .flatten()
            .filter(|parts| !parts.is_empty())
            .collect()
    }

    /// For a choice: what may be chosen.
    pub fn options(&self) -> Vec<String> {
        let both = self.row.iter().chain(&self.column).rev();
        both.map(|head| &head.options).find(|options| !options.is_empty()).cloned().unwrap_or_default()
    }

    /// Whether it may be left out.
    pub fn is_optional(&self) -> bool {
        self.row.iter().chain(&self.column).any(|head| head.optional)
    }

    /// What becomes of it in next year's facts.
    pub fn roll(&self) -> Rolled {
        let said = self.row.iter().chain(&self.column).rev().find_map(|head| head.roll);
        said.unwrap_or(if self.kind.is_figure() { Rolled::Drop } else { Rolled::Keep })
    }

    /// How to fill it in, of its row and of its column.
    pub fn guide(&self) -> String {
        let guides = self.row.iter().chain(&self.column).map(|head| head.guide.as_str());
        guides.filter(|guide| !guide.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The official labels of the row and of the column.
    pub fn label(&self) -> String {
        let last = |heads: &[&Head]| heads.last().map(|head| head.label.clone()).unwrap_or_default();
        let (row, column) = (last(&self.row), last(&self.column));
        match (row.is_empty(), column.is_empty()) {
            (false, false) => format!("{row}·{column}"),
            (false, true) => row,
            // Without a row of its own, a cell is told apart by the groups that its column stands in.
            (true, _) => self.column.iter().map(|head| head.label.as_str()).collect::<Vec<_>>().join("·"),
        }
    }
}

fn last_key<'a>(heads: &[&'a Head]) -> &'a str {
    heads.last().map_or("", |head| head.key.as_str())
}

/// The key of the cell where a row and a column meet.
pub fn cell_key(row: &[&Head], column: &[&Head]) -> String {
    join_key(last_key(row), last_key(column))
}

/// Joins two dotted keys, either of which may be empty.
pub fn join_key(left: &str, right: &str) -> String {
    match (left.is_empty(), right.is_empty()) {
        (true, _) => right.to_owned(),
        (_, true) => left.to_owned(),
        _ => format!("{left}.{right}"),
    }
}

fn leaves(heads: &[Head]) -> Vec<Vec<&Head>> {
    let mut found = Vec::new();
    for head in heads {
        if head.children.is_empty() {
            found.push(vec![head]);
        }
        for mut path in leaves(&head.children) {
            path.insert(0, head);
            found.push(path);
        }
    }
    found
}

/// A section of the page.
#[derive(Debug)]
pub struct Section {
    /// The official heading; the opening has none.
    pub heading: Option<String>,
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
        /// The key of the prose.
        key: String,
    },
    /// A table, by name.
    Table(String),
    /// Values with their labels, those that the facts have.
    Listing(Vec<String>),
    /// A chart, by name; left out where charts are not asked for.
    Chart(String),
}

/// Figures drawn as bars.
#[derive(Debug)]
pub struct Chart {
    /// The name that sections use.
    pub name: String,
    /// What it shows.
    pub label: String,
    /// The bars: what each is called, and the keys of the figures that it is the sum of.
    pub bars: Vec<(String, Vec<String>)>,
    /// How many years each bar is drawn for, this one the last.
    pub years: usize,
}
