//! Whether the facts have what the form wants: every key known, every value of its kind, none missing. In: [`Facts`]
//! and a [`Form`]; out: the values by key, totals that were left out still absent.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Applicability, Code, Diagnostic, Text, text};
use crate::facts::Facts;
use crate::facts::labels::{self, Named};
use crate::form::keys::REST;
use crate::form::{FieldKind, Form, Key, KeyInfo, Shape};
use crate::report::{Entry, Value, Values, value};
use crate::source::Place;

/// For how many unknown keys of a file it is worked out what they were meant to be; with more, it is not of this form.
const GUESSED: usize = 200;

/// Reads every value of the facts that the form declares; where the facts consolidate those of organs, the figures that add up
/// need not be there.
pub(super) fn read(facts: &Facts<'_>, form: &Form, consolidates: bool, problems: &mut Vec<Diagnostic>) -> Values {
    let mut reader = Reader { facts, form, consolidates, values: Values::new(), unknown: 0, problems };
    reader.table(&Key::ROOT, &facts.root, &facts.start(), form.keys.shape(), None);
    reader.values
}

struct Reader<'a> {
    facts: &'a Facts<'a>,
    form: &'a Form,
    consolidates: bool,
    values: Values,
    /// How many keys were found so far that the form does not have.
    unknown: usize,
    problems: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads a table; `rest` is where an enclosing table says that unwritten cells are 0.
    fn table(
        &mut self,
        key: &Key,
        table: &DeTable<'_>,
        at: &Place,
        shape: &IndexMap<String, Shape>,
        rest: Option<&Place>,
    ) {
        let own_rest = shape.get(REST).and_then(|_| table.get(REST)).map(|value| self.facts.place(value));
        let rest = own_rest.as_ref().or(rest);
        // What was written under its label is not asked for once more.
        let mut meant = BTreeSet::new();
        for (name, value) in table {
            match shape.get(name.get_ref().as_ref()) {
                None => meant.extend(self.unknown(key, name, table)),
                Some(Shape::Head) => {}
                Some(Shape::Rest) => self.rest(value, &self.facts.place(value)),
                Some(Shape::Value(key)) => self.value(key, value),
                Some(Shape::Branch(children)) => match value.get_ref() {
                    DeValue::Table(inner) => {
                        let at = Place::new(self.facts.source, name.span());
                        self.table(&key.join(name.get_ref()), inner, &at, children, rest);
                    }
                    other => self.not_a_table(&key.join(name.get_ref()), value, other),
                },
            }
        }
        self.absent(key, (table, &meant), at, shape, rest);
    }

    fn value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let Some(known) = self.form.keys.get(key) else { return };
        let place = self.facts.place(value);
        // What may be left out may also stand there empty, as `new` writes it.
        let is_empty = |text: &str| text.trim().is_empty();
        if known.may_be_blank() && value.get_ref().as_str().is_some_and(is_empty) {
            return;
        }
        match value::read(known, value.get_ref(), &place) {
            Ok(read) => self.keep(key, read, place, known.required),
            Err(problem) => {
                let label = &known.label;
                self.problems.push(problem.note(text!("{key}：{label}", "{key}: {label}")));
            }
        }
    }

    fn keep(&mut self, key: &Key, value: Value, place: Place, required: bool) {
        let empty = match &value {
            Value::Line(text) | Value::Prose(text) => text.trim().is_empty(),
            // No lines are an answer where lines are asked for.
            Value::Lines(lines) => lines.is_empty() && !required,
            _ => false,
        };
        if empty && required {
            let label = self.form.label_of(key).unwrap_or_default();
            let message = text!("“{label}”（{key}）是空的", "{key} ({label}) is empty");
            let help = text!("写上内容；确实没有的，写“无”", "write it; where there is nothing to report, say so");
            self.problems.push(Diagnostic::error(Code::EmptyValue, message).at(place).help(help));
        } else if !empty {
            self.values.insert(key.clone(), Entry { value, place: Some(place) });
        }
    }

    fn rest(&mut self, value: &Spanned<DeValue<'_>>, place: &Place) {
        let zero = value::figure(FieldKind::Count, value.get_ref(), place).is_ok_and(|number| number.is_zero());
        if !zero {
            let message = text!("rest 只能是 0：没有写的格都是 0", "`rest` can only be 0: every cell not written is 0");
            let help = text!("写 rest = 0，或删去它并写出每一格", "write rest = 0, or remove it and write every cell");
            self.problems.push(Diagnostic::error(Code::RestNotZero, message).at(place.clone()).help(help));
        }
    }

    /// Tells a key that the form does not have; gives the key that is meant where that is beyond doubt.
    fn unknown(
        &mut self,
        under: &Key,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        table: &DeTable<'_>,
    ) -> Option<String> {
        let full = under.join(name.get_ref());
        let message = text!("表式里没有“{full}”这一项", "the form has no key `{full}`");
        let place = Place::new(self.facts.source, name.span());
        self.unknown += 1;
        if self.unknown > GUESSED {
            self.problems.push(Diagnostic::error(Code::UnknownKey, message).at(place));
            return None;
        }
        let Named { key, help } = labels::meant(self.form, under, name.get_ref());
        let problem = Diagnostic::error(Code::UnknownKey, message).at(place.clone()).help(help);
        let is_free = |key: &str| !table.contains_key(key);
        let (problem, meant) = match key {
            Some((key, Applicability::Safe)) if is_free(&key) => (problem.fix_safe(place, key.clone()), Some(key)),
            Some((key, _)) => (problem.fix_suggested(place, key), None),
            None => (problem, None),
        };
        self.problems.push(problem);
        meant
    }

    fn not_a_table(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, found: &DeValue<'_>) {
        let (zh, en) = value::type_name(found);
        let message = text!("{key} 应是一组值（表），写的却是{zh}", "{key} must be a table, but it is {en}");
        let help = text!("写成 {key} = {{ … = 0 }} 或 [{key}]", "write {key} = {{ … = 0 }} or [{key}]");
        self.problems.push(Diagnostic::error(Code::WrongType, message).at(self.facts.place(value)).help(help));
    }

    /// What the shape wants and the table does not have: filled by `rest`, or one problem for all of it.
    fn absent(
        &mut self,
        key: &Key,
        (table, meant): (&DeTable<'_>, &BTreeSet<String>),
        at: &Place,
        shape: &IndexMap<String, Shape>,
        rest: Option<&Place>,
    ) {
        let mut missing: Vec<Key> = Vec::new();
        for (name, inner) in shape {
            let is_given = |known: &KeyInfo| self.is_given(known);
            if table.contains_key(name.as_str()) || meant.contains(name) || !self.form.keys.wants(inner, &is_given) {
                continue;
            }
            let full = key.join(name);
            match rest {
                None if !self.consolidates => missing.push(full),
                rest => self.fill(&full, inner, rest, &mut missing),
            }
        }
        if missing.is_empty() {
            return;
        }
        let named = |open: &str, close: &str| {
            let name = |key: &Key| match self.form.label_of(key) {
                Some(label) => format!("{key}{open}{label}{close}"),
                None => key.to_string(),
            };
            missing.iter().map(name).collect::<Vec<_>>()
        };
        let message = Text {
            zh: format!("缺少：{}", named("（", "）").join("、")),
            en: format!("missing: {}", named(" (", ")").join(", ")),
        };
        let mut problem = Diagnostic::error(Code::MissingValue, message).at(at.clone()).lacking(&missing);
        if self.form.tables.iter().any(|table| {
            missing.iter().any(|key| !table.key.is_empty() && (key.is_within(&table.key) || table.key.is_within(key)))
        }) {
            problem = problem.help(text!(
                "写出这些格；没有的写 0，或在该表中写 rest = 0（没有写的格都是 0）",
                "write these cells; write 0 for none, or `rest = 0` in the table to make every cell not written 0"
            ));
        }
        self.problems.push(problem);
    }

    /// Whether the organs' figures stand in the place of one that is not written.
    fn is_given(&self, known: &KeyInfo) -> bool {
        self.consolidates && known.adds_up()
    }

    /// Puts 0 into what is not written, where `rest` says so; what can neither be 0 nor be added up is missing.
    fn fill(&mut self, key: &Key, shape: &Shape, rest: Option<&Place>, missing: &mut Vec<Key>) {
        match shape {
            Shape::Head | Shape::Rest => {}
            Shape::Branch(children) => {
                for (name, inner) in children {
                    self.fill(&key.join(name), inner, rest, missing);
                }
            }
            Shape::Value(key) => {
                let is_wanted = |known: &&KeyInfo| known.required && !self.is_given(known);
                let Some(known) = self.form.keys.get(key).filter(is_wanted) else { return };
                let is_asked = self.consolidates && known.is_asked();
                // Only figures can be 0; all else is asked for.
                match rest.filter(|_| known.is_cell && known.kind.is_figure() && !is_asked) {
                    None => missing.push(key.clone()),
                    Some(rest) => {
                        let zero = Entry { value: Value::Figure(Decimal::ZERO), place: Some(rest.clone()) };
                        self.values.insert(key.clone(), zero);
                    }
                }
            }
        }
    }
}
