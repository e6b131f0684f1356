//! A report: the values of checked facts. In: what the checks found; out: [`Report`], which becomes pages, and [`Values`], at which
//! checks look before there is a report.

pub mod value;

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::form::{Form, Key};
use crate::source::Place;
pub use value::Value;

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

/// Facts that may become a page.
#[derive(Debug)]
pub struct Report {
    /// The form.
    pub form: Arc<Form>,
    /// The year reported on.
    pub year: u16,
    /// Every value that the form declares and the facts have, totals included, references resolved.
    pub values: Values,
    /// The warnings that the facts accept, with their reasons.
    pub accepted: Vec<Accepted>,
    /// The figures of the years before, latest first, where charts are asked for.
    pub history: Vec<(u16, Values)>,
    /// Whether charts are drawn.
    pub charts: bool,
    /// For a draft: how many problems are open.
    pub open_problems: Option<usize>,
}

/// A warning accepted with a reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Accepted {
    /// The code of the check.
    pub check: String,
    /// The key of the value that the warning points into, or of a row or table above it; without one, every warning of the check is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The figure or words that the warning points at; without them, every place in the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// Why its warnings do not matter here.
    pub reason: String,
}
