//! A form: what kind of report it is, which facts it wants, how its tables are laid out and which sums hold.
//! In: the `form.toml` of a form (see `form/declared.rs` for what may stand in it); out: [`Form`], in which every
//! name is resolved and every table cell knows the key of its fact.

mod declared;
pub mod expression;
pub mod field;
pub mod files;
pub mod grid;
pub mod head;
pub mod import;
pub mod key;
pub mod keys;
pub mod kind;
mod label_path;
mod needed;
pub mod overrides;
pub mod pattern;
pub mod regex;
mod resolve;
mod rule;
pub mod rules;
pub mod section;
pub mod sums;
pub mod table;
pub mod template_files;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use time::Date;

pub use declared::{FontRole, Notice, Weight};
pub use expression::Expression;
pub use field::Field;
pub use grid::Grid;
pub use head::{Block, Head, cell_key};
pub use import::ImportRules;
pub use key::Key;
pub use keys::{KeyInfo, Keys, Shape};
pub use kind::{Consolidate, FieldKind, NOT_APPLICABLE, Rolled};
pub use overrides::Overrides;
pub use rule::Rule;
pub use rules::{Balanced, Condition, Doubled, Due, Pattern, Repeated, Rules, Unchanged};
pub use section::{Chart, Content, OrganTable, Section};
pub use table::{Cell, Table};
pub use template_files::{FormFiles, Origin, TemplateFile};

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
    pub author: Key,
    /// The key of the date that the document carries, where the facts give one.
    pub dated: Option<Key>,
    /// How dates are written: `{year}`, `{month}` and `{day}` stand for numbers without leading zeros, or `{month}` for a name.
    pub date_pattern: String,
    /// What the months are called, where dates have their names.
    pub months: Option<[String; 12]>,
    /// What stands between the thousands of a figure; may be empty.
    pub thousands: String,
    /// How no and yes are printed.
    pub flag_words: [String; 2],
    /// What stands before an option that is not chosen, and before the one that is.
    pub choice_marks: [String; 2],
    /// What stands on each page of a draft; `{problems}` is how many problems are open.
    pub draft: String,
    /// What stands on each page of a draft without a problem.
    pub draft_in_order: String,
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
    pub keys: Keys,
    /// The checks beyond kinds and totals.
    pub checks: Rules,
    /// The figures that next year's facts begin with: the key of this year's, and of next year's.
    pub carried: Vec<(Key, Key)>,
    /// The charts, which are drawn where they are asked for.
    pub charts: Vec<Chart>,
    /// The page, section by section.
    pub sections: Vec<Section>,
    /// How reports of it that are published are read back.
    pub import: ImportRules,
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

    /// What stands on each page of a draft with so many open problems.
    pub fn draft_words(&self, problems: usize) -> String {
        match problems {
            0 => self.draft_in_order.clone(),
            _ => self.draft.replace("{problems}", &problems.to_string()),
        }
    }

    /// A date as the form writes it.
    pub fn written_date(&self, date: Date) -> String {
        let number = u8::from(date.month());
        let named = self.months.as_ref().and_then(|months| months.get(usize::from(number) - 1)).cloned();
        self.date_pattern
            .replace("{year}", &date.year().to_string())
            .replace("{month}", &named.unwrap_or_else(|| number.to_string()))
            .replace("{day}", &date.day().to_string())
    }

    /// A figure as the form writes it, with at least so many decimals.
    pub fn written_figure(&self, number: Decimal, decimals: u32) -> String {
        let mut number = number;
        number.rescale(number.scale().max(decimals));
        let plain = number.to_string();
        if self.thousands.is_empty() {
            return plain;
        }
        let (digits, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
        let mut written = String::with_capacity(plain.len() + plain.len() / 3);
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                written.push_str(&self.thousands);
            }
            written.push(digit);
        }
        written + rest
    }

    /// Whether a key stands for an amount.
    pub fn is_amount(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|known| known.kind == FieldKind::Amount)
    }

    /// The official label of a key, for messages.
    pub fn label_of(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(|known| known.label.as_str())
    }
}
