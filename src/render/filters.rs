//! The filters that templates have beside Tera's own. In: a Tera instance; out: the same with the filters in it.
//!
//! * `prose`: prose from the facts, written in the template's language. A Word page says how wide its text and a character are,
//!   in twentieths of a point, and which numbering is the first that no list has yet: `prose(width = 8845, em = 315, first = 2)`;
//!   with `keep = true` the last paragraph stays on a page with what follows.
//! * `lists`, for Word pages: the numbered lists of prose that want a numbering, in order, each with its `level` and `start`.
//! * `run`, for Word pages: text as a run; `run(size = 18)` in another size, in half points, than its paragraph.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::markup::Target;
use super::prose::docx::{self, Room};
use super::prose::{self, Language};
use super::traced::within_tags;
use crate::prose::events;

/// Registers the filters for a target.
pub(super) fn register(tera: &mut Tera, target: Target) {
    let language = match target {
        Target::Typst => Language::Typst,
        Target::Html | Target::HtmlFragment => Language::Html,
        Target::Docx => return register_docx(tera),
    };
    tera.register_filter("prose", move |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&within_tags(text, |text| prose::write(text, language)))
    });
}

fn register_docx(tera: &mut Tera) {
    tera.register_filter("prose", |text: &str, typed: Kwargs, _: &State| -> TeraResult<Value> {
        let (width, em, first) = (typed.must_get("width")?, typed.must_get("em")?, typed.must_get("first")?);
        let room = Room { width, em, first, keep: typed.get("keep")?.unwrap_or(false) };
        Ok(Value::safe_string(&prose::write(text, Language::Docx(room))))
    });
    tera.register_filter("lists", |text: &str, _: Kwargs, _: &State| {
        Value::from_serializable(&docx::numbers(&events(text)))
    });
    tera.register_filter("run", |text: &str, typed: Kwargs, _: &State| -> TeraResult<Value> {
        Ok(Value::safe_string(&docx::run(text, typed.get("size")?)))
    });
}
