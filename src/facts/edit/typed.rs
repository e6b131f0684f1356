//! A value before it is written. In: the value, or what somebody typed for it, and what the form knows of its key; out: the value,
//! or what is wrong with it. No digit is guessed: what is no number as it stands, or by what [`meant`] is sure of, is not written;
//! and nothing is that could not be read again.

use std::mem::discriminant;

use toml::de::DeTable;

use super::step::{broken, refused};
use crate::diag::{Applicability, Code, Diagnostic, Text, text};
use crate::facts::meant::{self, Meant};
use crate::form::{FieldKind, KeyInfo, NOT_APPLICABLE};
use crate::report::value::{self, Value};
use crate::source::{Place, Source};

/// The value that a text is.
pub(super) fn read(known: Option<&KeyInfo>, key: &str, typed: &str) -> Result<Value, Diagnostic> {
    let Some(known) = known else {
        return Err(refused(text!("{key} 不是填写的内容", "{key} is nothing that is filled in")));
    };
    let trimmed = typed.trim();
    let value = match known.kind {
        FieldKind::Prose => Value::Prose(typed.replace("\r\n", "\n")),
        FieldKind::Line => Value::Line(typed.to_owned()),
        FieldKind::Lines => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            Value::Lines(lines.map(str::to_owned).collect())
        }
        FieldKind::Choice if known.has_option(trimmed) => Value::Choice(trimmed.to_owned()),
        FieldKind::Count | FieldKind::Amount if trimmed == NOT_APPLICABLE => Value::NotApplicable,
        FieldKind::Count | FieldKind::Amount if known.has_option(trimmed) => Value::Line(trimmed.to_owned()),
        _ => return literally(known, typed),
    };
    fits(known, key, &value).map(|()| value)
}

/// The value that a text is as it stands, or that it is meant to be beyond doubt.
fn literally(known: &KeyInfo, typed: &str) -> Result<Value, Diagnostic> {
    let trimmed = typed.trim();
    if let Some(value) = plain(trimmed).then(|| of_literal(known, trimmed).ok()).flatten() {
        return Ok(value);
    }
    let Meant { message, help, instead } = meant::meant(typed, Some(known));
    let sure = instead.filter(|(_, sure)| *sure == Applicability::Safe);
    sure.and_then(|(literal, _)| of_literal(known, &literal).ok())
        .ok_or_else(|| Diagnostic::error(Code::WrongType, message).help(help))
}

/// Whether what is written for a value is that value to whoever reads the facts.
///
/// # Errors
/// What the reader would say of it, or that it would be taken for a value of another kind.
pub(super) fn fits(known: &KeyInfo, key: &str, value: &Value) -> Result<(), Diagnostic> {
    let literal = value.toml();
    match of_literal(known, &literal) {
        Ok(read) if discriminant(&read) == discriminant(value) => Ok(()),
        Ok(_) => {
            let message = text!("{key} 不能是 {literal}", "{key} cannot be {literal}");
            Err(Diagnostic::error(Code::WrongType, message))
        }
        Err(mut problem) => {
            let Text { zh, en } = problem.message.clone();
            problem.message = text!("{key} 不能这样写：{zh}", "{key} cannot be this: {en}");
            Err(problem)
        }
    }
}

/// Whether a text is written in a facts file as it is typed: digits without zeros before them, a date, or a truth value.
fn plain(text: &str) -> bool {
    let whole = text.split('.').next().unwrap_or_default();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && (whole == "0" || (!whole.is_empty() && !whole.starts_with('0')));
    let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_number || is_date || text == "true" || text == "false"
}

/// The value that whoever reads facts takes a literal for. What is wrong with it has no place, because it is in no file.
fn of_literal(known: &KeyInfo, literal: &str) -> Result<Value, Diagnostic> {
    let source = Source::new("", format!("x = {literal}"));
    let table = DeTable::parse(source.text()).map_err(|_| broken())?;
    let value = table.get_ref().get("x").ok_or_else(broken)?;
    value::read(known, value.get_ref(), &Place::new(&source, value.span())).map_err(|mut problem| {
        problem.labels.clear();
        problem.fix = None;
        problem
    })
}
