//! Values as somebody types them. In: facts and a key; out: the text that stands in the field of that key on the page.

use toml::de::{DeTable, DeValue};

use crate::facts::{Facts, literal};
use crate::form::keys::REST;
use crate::form::{FieldKind, Form, Key, KeyInfo};
use crate::report::{Value, value};
use crate::source::{Place, Source};

/// What a field shows of what is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The text.
    pub text: String,
    /// Whether it is a value of the kind that the form wants; else it is the TOML as it stands.
    pub is_value: bool,
}

/// A value as it is typed.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::Line(text) | Value::Prose(text) | Value::Choice(text) => text.clone(),
        Value::Date(date) => literal::day(*date),
        Value::Figure(number) => number.to_string(),
        Value::Flag(yes) => yes.to_string(),
        Value::Lines(lines) => lines.join("\n"),
        Value::NotApplicable => crate::form::NOT_APPLICABLE.to_owned(),
    }
}

/// What is written under a key; nothing where nothing is.
pub(super) fn written(facts: &Facts<'_>, form: &Form, key: &Key) -> Option<Written> {
    let (found, place) = (facts.get(key)?, facts.place_of(key)?);
    match form.keys.get(key) {
        Some(known) => of(known, found, &place),
        None => is_rest(form, key).then(|| Written { text: "0".to_owned(), is_value: true }),
    }
}

/// Whether a key fills the cells of a table that are not written.
pub(super) fn is_rest(form: &Form, key: &Key) -> bool {
    form.tables.iter().any(|table| table.key.join(REST) == *key)
}

/// What a value in facts is typed as; an empty text where a value may be blank is none.
fn of(known: &KeyInfo, found: &DeValue<'_>, place: &Place) -> Option<Written> {
    let text = found.as_str();
    let is_empty =
        text.is_some_and(|text| text.trim().is_empty()) || found.as_array().is_some_and(|list| list.is_empty());
    if known.may_be_blank() && is_empty {
        return None;
    }
    // Prose is shown as it was written, whatever checks say of it.
    if let (Some(text), FieldKind::Prose | FieldKind::Line) = (text, known.kind) {
        return Some(Written { text: text.replace("\r\n", "\n"), is_value: true });
    }
    Some(match value::read(known, found, place) {
        Ok(value) => Written { text: typed(&value), is_value: true },
        Err(_) => Written { text: place.text().to_owned(), is_value: false },
    })
}

/// What a literal of TOML is typed as under a key; nothing where it is no value of its kind.
pub(super) fn of_literal(form: &Form, key: &Key, literal: &str) -> Option<String> {
    let known = form.keys.get(key)?;
    let source = Source::new("", format!("x = {literal}"));
    let table = DeTable::parse(source.text()).ok()?;
    let value = table.get_ref().get("x")?;
    let written = of(known, value.get_ref(), &Place::new(&source, value.span()))?;
    written.is_value.then_some(written.text)
}
