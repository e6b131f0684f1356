//! What a cell says as a value. In: its text, and what the form knows of its fact; out: [`Reading`]: the value, that it is blank, or why
//! it says nothing. No digit is guessed.

use rust_decimal::Decimal;

use crate::diag::Text;
use crate::form::kind::fits_table;
use crate::form::{FieldKind, Form, KeyInfo};
use crate::report::Value;

use super::finding::brief;
use super::identity;
use super::look::{figure, is_one_number, plain};

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A value.
    Value(Value),
    /// Nothing stands in it.
    Blank,
    /// Something stands in it that is no value of its kind.
    Unread(Text),
}

/// Reads a text as the value of a fact; `unit` may stand behind a figure.
pub(super) fn read(text: &str, known: &KeyInfo, unit: Option<&str>, form: &Form) -> Reading {
    let plain = plain(text);
    if plain.is_empty() {
        return Reading::Blank;
    }
    let value = match known.kind {
        FieldKind::Count | FieldKind::Amount => figure_of(text, &plain, known, unit, form),
        FieldKind::Flag => flag(&plain, form).map(Value::Flag),
        FieldKind::Choice => choice(&plain, known, form).map(Value::Choice),
        FieldKind::Lines => Some(Value::Lines(lines(text, form))),
        FieldKind::Line => Some(Value::Line(line(text))),
        FieldKind::Date => identity::date(text, form).map(Value::Date),
        FieldKind::Prose => Some(Value::Prose(text.trim().to_owned())),
    };
    value.map_or_else(|| Reading::Unread(unread(text, known)), Reading::Value)
}

fn unread(seen: &str, known: &KeyInfo) -> Text {
    let (label, seen, wanted) = (&known.label, brief(seen), known.kind.name());
    let (zh, en) = (wanted.zh, wanted.en);
    Text {
        zh: format!("“{label}”印作“{seen}”，不是{zh}，没有写"),
        en: format!("`{label}` says `{seen}`, which is not {en}; it was left out"),
    }
}

fn figure_of(text: &str, plain: &str, known: &KeyInfo, unit: Option<&str>, form: &Form) -> Option<Value> {
    if let Some(option) = known.options.iter().find(|option| super::look::plain(option) == plain) {
        return Some(Value::Line(option.clone()));
    }
    if form.import.none.iter().any(|mark| super::look::plain(mark) == plain) {
        return Some(Value::NotApplicable);
    }
    let units: Vec<String> = form.import.units.iter().cloned().chain(unit.map(str::to_owned)).collect();
    let number = figure(plain, &units)?;
    let is_one = is_one_number(text);
    let is_whole = known.kind == FieldKind::Amount || number.fract().is_zero();
    let number = if known.kind == FieldKind::Count { number.trunc() } else { number };
    (fits_table(number) && is_one && is_whole).then(|| Value::Figure(without_sign(number)))
}

fn without_sign(number: Decimal) -> Decimal {
    if number.is_zero() { number.abs() } else { number }
}

/// Yes or no, as the form prints it.
fn flag(plain: &str, form: &Form) -> Option<bool> {
    let words = form.flag_words.each_ref().map(|words| super::look::plain(words));
    words.iter().position(|word| word == plain).map(|at| at == 1)
}

/// The option that is marked, or that stands alone.
fn choice(plain: &str, known: &KeyInfo, form: &Form) -> Option<String> {
    let mark = super::look::plain(&form.choice_marks[1]);
    let is_chosen = |option: &&String| {
        let option = super::look::plain(option);
        plain == option || (!mark.is_empty() && plain.contains(&format!("{mark}{option}")))
    };
    let mut chosen = known.options.iter().filter(is_chosen);
    match (chosen.next(), chosen.next()) {
        (Some(only), None) => Some(only.clone()),
        // An option may begin as another does: the longer is meant.
        (Some(first), Some(second)) if second.starts_with(first.as_str()) => Some(second.clone()),
        (Some(first), Some(second)) if first.starts_with(second.as_str()) => Some(first.clone()),
        _ => None,
    }
}

/// Texts of one line each: by the lines of the cell, or as the form puts them together.
fn lines(text: &str, form: &Form) -> Vec<String> {
    let mark = if form.language.starts_with("zh") { "、" } else { ", " };
    text.lines().flat_map(|part| part.split(mark)).map(line).filter(|part| !part.is_empty()).collect()
}

/// Text of one line as it is shown.
pub(super) fn line(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !crate::prose::stray::is_left_out(*c) && *c != '\u{fffd}').collect();
    let joined = super::blocks::join(shown.lines());
    // Only what Unicode calls another way to write a space becomes one.
    let spaced: String = joined.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    spaced.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::files;

    fn of(key: &str, form: &str, text: &str) -> Reading {
        let form = files::load(form, None, None).expect("a built-in form");
        let known = form.keys.get(key).expect("a key");
        read(text, known, Some("万元"), &form)
    }

    fn value(key: &str, form: &str, text: &str) -> String {
        match of(key, form, text) {
            Reading::Value(value) => value.toml(),
            Reading::Blank => "blank".to_owned(),
            Reading::Unread(_) => "unread".to_owned(),
        }
    }

    #[test]
    fn figures_are_read_as_they_are_printed_and_never_guessed() {
        let count = |text: &str| value("requests.received.natural", "zfxxgk", text);
        for (text, toml) in [
            ("12", "12"),
            ("１２", "12"),
            ("1 234", "1234"),
            ("1,234", "1234"),
            ("12件", "12"),
            ("/", "\"/\""),
            ("-", "\"/\""),
            ("", "blank"),
            ("减4", "unread"),
            ("12.5", "unread"),
            ("-3", "unread"),
            ("1\n2", "unread"),
            ("3?", "unread"),
            ("九", "unread"),
            ("99999999999999999999", "unread"),
        ] {
            assert_eq!(count(text), toml, "{text:?}");
        }
        let amount = |text: &str| value("proactive.fees", "zfxxgk", text);
        assert_eq!([amount("59237.2449"), amount("0.10万元"), amount("251000元")], ["59237.2449", "0.10", "unread"]);
        assert_eq!(value("times.simple.lowest", "foia", "<1"), "\"<1\"");
    }

    #[test]
    fn kinds_that_are_no_figures_are_read_by_the_marks_of_the_form() {
        let wznb = |key: &str, text: &str| value(key, "wznb", text);
        assert_eq!(wznb("report.services.catalogue", "■是  □否"), "true");
        assert_eq!(wznb("report.services.catalogue", "□是■否"), "false");
        assert_eq!(wznb("report.services.catalogue", "是否"), "unread");
        assert_eq!(wznb("report.site.type", "□政府门户网站  ■部门网站  □专项网站"), "\"部门网站\"");
        assert_eq!(wznb("report.site.type", "■政府门户网站  ■部门网站"), "unread");
        assert_eq!(wznb("report.media.weibo.names", "甲发布、乙发布\n丙"), "[\"甲发布\", \"乙发布\", \"丙\"]");
        assert_eq!(wznb("sign.date", "2024年1月 5日"), "2024-01-05");
        assert_eq!(wznb("sign.date", "2024年13月5日"), "unread");
    }
}
