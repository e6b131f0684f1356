//! What facts say of the organs that they consolidate: `[consolidates]`. In: the facts; out: [`Consolidates`], each name at its place,
//! and what is wrong with how it is written. Whether there are such organs is said by whoever knows the project.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Text, did_you_mean, text};
use crate::facts::Facts;
use crate::source::Place;

/// The key of the table in the facts.
pub const KEY: &str = "consolidates";
/// The key of the organs in it.
pub const ORGANS: &str = "organs";
/// The key of those that are left out.
const WITHOUT: &str = "without";
/// How many names it may have: far more than a government has organs.
const MOST: usize = 100_000;

/// What is added up.
#[derive(Clone, Debug)]
pub struct Consolidates {
    /// Folders of organs, patterns for them, or groups of `nianbao.toml`.
    pub organs: Vec<Named>,
    /// Organs that are left out.
    pub without: Vec<Without>,
    /// Where the list of organs stands.
    pub place: Place,
    /// Whether all of it could be read, so that no organ is left out that was meant.
    pub is_clear: bool,
}

/// A name and its place.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name, as written.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// An organ that is left out.
#[derive(Clone, Debug)]
pub struct Without {
    /// Its folder or name.
    pub organ: Named,
    /// Why.
    pub reason: String,
}

impl Consolidates {
    /// What the facts say, where they consolidate anything. What is not as it should be is told and passed over.
    pub fn read(facts: &Facts<'_>, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let value = facts.root.get(KEY)?;
        let before = problems.len();
        let mut reader = Reader { facts, problems };
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong(value, text!("consolidates 应是一组键和值", "`consolidates` must be a table"));
            let place = facts.place(value);
            return Some(Self { organs: Vec::new(), without: Vec::new(), place, is_clear: false });
        };
        reader.unknown(KEY, table, &[ORGANS, WITHOUT]);
        let place = table.get(ORGANS).map_or_else(|| facts.place(value), |organs| facts.place(organs));
        let organs = reader.organs(table, &place);
        let without = table.get(WITHOUT).map(|list| reader.without(list)).unwrap_or_default();
        Some(Self { organs, without, place, is_clear: problems.len() == before })
    }
}

struct Reader<'a> {
    facts: &'a Facts<'a>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn organs(&mut self, table: &DeTable<'_>, at: &Place) -> Vec<Named> {
        let Some(list) = table.get(ORGANS) else {
            self.tell(
                Code::MissingValue,
                at.clone(),
                text!("consolidates 缺少 organs", "`consolidates` lacks `organs`"),
            );
            return Vec::new();
        };
        let items = self.items(list, ORGANS);
        if items.is_empty() && list.get_ref().is_array() {
            self.tell(Code::EmptyValue, at.clone(), text!("organs 是空的", "`organs` is empty"));
        }
        items.iter().filter_map(|item| self.name(item, ORGANS)).collect()
    }

    fn without(&mut self, list: &Spanned<DeValue<'_>>) -> Vec<Without> {
        let items = self.items(list, WITHOUT);
        items.iter().filter_map(|item| self.left_out(item)).collect()
    }

    fn left_out(&mut self, item: &Spanned<DeValue<'_>>) -> Option<Without> {
        let Some(table) = item.get_ref().as_table() else {
            self.wrong(
                item,
                text!("without 的每一项应有 organ 和 reason", "each of `without` must have `organ` and `reason`"),
            );
            return None;
        };
        self.unknown(WITHOUT, table, &["organ", "reason"]);
        let mut field = |name: &str| match table.get(name) {
            Some(value) => self.name(value, name),
            None => {
                let message = text!("without 缺少 {name}", "`without` lacks `{name}`");
                self.tell(Code::MissingValue, self.facts.place(item), message);
                None
            }
        };
        let (organ, reason) = (field("organ"), field("reason"));
        Some(Without { organ: organ?, reason: reason?.name })
    }

    fn items<'t>(&mut self, list: &'t Spanned<DeValue<'t>>, key: &str) -> Vec<&'t Spanned<DeValue<'t>>> {
        let Some(items) = list.get_ref().as_array() else {
            self.wrong(list, text!("{key} 应是一组值", "`{key}` must be a list"));
            return Vec::new();
        };
        if items.len() > MOST {
            let message = text!("{key} 超过 {MOST} 项", "`{key}` has more than {MOST} items");
            self.tell(Code::TooLarge, self.facts.place(list), message);
        }
        items.iter().take(MOST).collect()
    }

    fn name(&mut self, value: &Spanned<DeValue<'_>>, key: &str) -> Option<Named> {
        let place = self.facts.place(value);
        match value.get_ref().as_str().map(str::trim) {
            Some("") => {
                self.tell(Code::EmptyValue, place, text!("{key} 中有空的一项", "`{key}` is empty here"));
                None
            }
            Some(name) => Some(Named { name: name.to_owned(), place }),
            None => {
                self.wrong(value, text!("{key} 应是引号里的文字", "`{key}` must be text in quotation marks"));
                None
            }
        }
    }

    fn unknown(&mut self, of: &str, table: &DeTable<'_>, known: &[&'static str]) {
        let is_unknown = |key: &&Spanned<Cow<'_, str>>| !known.contains(&key.get_ref().as_ref());
        for key in table.keys().filter(is_unknown) {
            let name = key.get_ref();
            let message = text!("{of} 中没有“{name}”这一项", "`{of}` has no key `{name}`");
            let help = did_you_mean(name, known.iter().copied()).unwrap_or_else(shape);
            let place = Place::new(self.facts.source, key.span());
            self.problems.push(Diagnostic::error(Code::UnknownKey, message).at(place).help(help));
        }
    }

    fn wrong(&mut self, value: &Spanned<DeValue<'_>>, message: Text) {
        self.tell(Code::WrongType, self.facts.place(value), message);
    }

    fn tell(&mut self, code: Code, place: Place, message: Text) {
        self.problems.push(Diagnostic::error(code, message).at(place).help(shape()));
    }
}

fn shape() -> Text {
    text!(
        "写成：[consolidates]，下面写 organs = [\"市教育局\", \"县区/*\"]；不汇总的写 without = [{{ organ = \"…\", reason = \"…\" }}]",
        "write [consolidates], and below it organs = [\"Water Bureau\", \"counties/*\"]; for those left out: without = [{{ organ = \"…\", reason = \"…\" }}]"
    )
}
