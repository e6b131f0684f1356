//! The values of a report by key. In: the form and the values; out: the figure under a key, and each value as it is printed and said.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::value::Value;
use crate::form::{Form, Key};
use crate::source::Place;

/// A value and where it was written; a computed total has no place.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The value.
    pub value: Value,
    /// Where it stands in the facts.
    pub place: Option<Place>,
}

/// The values by key.
pub type Values = BTreeMap<Key, Entry>;

/// The figure under a key.
pub fn figure(values: &Values, key: &str) -> Option<Decimal> {
    values.get(key)?.value.figure()
}

/// What the author of facts is called.
pub fn author(form: &Form, values: &Values) -> Option<String> {
    match values.get(&form.author).map(|entry| &entry.value) {
        Some(Value::Line(name)) => Some(name.clone()),
        _ => None,
    }
}

/// A value as it is printed under its key; the amounts of a column have the same decimals.
pub fn printed(form: &Form, values: &Values, key: &str) -> Option<String> {
    let value = &values.get(key)?.value;
    Some(written(form, values, key, value).unwrap_or_else(|| value.printed(form, key)))
}

/// A value as it is said in a sentence of a page, its figure as tables have it.
pub fn said(form: &Form, values: &Values, key: &str) -> Option<String> {
    let value = &values.get(key)?.value;
    Some(written(form, values, key, value).unwrap_or_else(|| value.said(form)))
}

/// The figure of a value, with as many decimals as any in its column.
fn written(form: &Form, values: &Values, key: &str, value: &Value) -> Option<String> {
    let Value::Figure(number) = value else { return None };
    let decimals = |key: &Key| match values.get(key)?.value {
        Value::Figure(number) => Some(number.scale()),
        _ => None,
    };
    let most = form.keys.beside(key).iter().filter_map(decimals).max();
    Some(form.written_figure(*number, most.unwrap_or(0)))
}
