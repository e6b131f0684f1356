//! The filters that templates have beside Tera's own. In: a Tera instance; out: the same with the filters in it.
//!
//! * `prose`: prose from the facts, written in the template's language.

use tera::{Kwargs, State, Tera, Value};

use super::markup::Target;
use super::prose;

/// Registers the filters for a target.
pub fn register(tera: &mut Tera, target: Target) {
    tera.register_filter("prose", move |markdown: &str, _: Kwargs, _: &State| {
        Value::safe_string(&prose::write(markdown, target))
    });
}
