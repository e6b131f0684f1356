//! What somebody typed for a value. In: the text and what the form knows of its key; out: the value, or what is wrong with it.
//! No digit is guessed: what is no number as it stands, or by what [`meant`] is sure of, is not written.

use rust_decimal::Decimal;
use toml::de::DeTable;

use super::step::refused;
use crate::diag::{Applicability, Code, Diagnostic, text};
use crate::facts::meant::{self, Meant};
use crate::form::kind::fits_table;
use crate::form::{FieldKind, KeyInfo, NOT_APPLICABLE};
use crate::report::value::{self, Value};
use crate::source::{Place, Source};

/// The value that a text is.
pub fn read(known: Option<&KeyInfo>, key: &str, typed: &str) -> Result<Value, Diagnostic> {
    let Some(known) = known else {
        return Err(refused(text!("{key} 不是填写的内容", "{key} is nothing that is filled in")));
    };
    let trimmed = typed.trim();
    let is_option = known.options.iter().any(|option| option == trimmed);
    match known.kind {
        FieldKind::Prose => return Ok(Value::Prose(typed.replace("\r\n", "\n"))),
        FieldKind::Line => return line(typed).map(Value::Line),
        FieldKind::Lines => {
            let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
            return lines.map(line).collect::<Result<_, _>>().map(Value::Lines);
        }
        FieldKind::Choice if is_option => return Ok(Value::Choice(trimmed.to_owned())),
        FieldKind::Count | FieldKind::Amount if trimmed == NOT_APPLICABLE => return Ok(Value::NotApplicable),
        FieldKind::Count | FieldKind::Amount if is_option => return Ok(Value::Line(trimmed.to_owned())),
        _ => {}
    }
    if let Some(value) = plain(trimmed).then(|| of_literal(known, trimmed)).flatten() {
        return Ok(value);
    }
    let Meant { message, help, instead } = meant::meant(typed, Some(known));
    let sure = instead.filter(|(_, sure)| *sure == Applicability::Safe);
    sure.and_then(|(literal, _)| of_literal(known, &literal))
        .ok_or_else(|| Diagnostic::error(Code::WrongType, message).help(help))
}

/// Whether a value is of the kind of its key.
pub fn is_of_kind(known: &KeyInfo, value: &Value) -> bool {
    let is_option = |text: &String| known.options.contains(text);
    match (known.kind, value) {
        (FieldKind::Line, Value::Line(_))
        | (FieldKind::Prose, Value::Prose(_))
        | (FieldKind::Date, Value::Date(_))
        | (FieldKind::Flag, Value::Flag(_))
        | (FieldKind::Lines, Value::Lines(_))
        | (FieldKind::Count | FieldKind::Amount, Value::NotApplicable) => true,
        (FieldKind::Choice, Value::Choice(option)) => is_option(option),
        (FieldKind::Count | FieldKind::Amount, Value::Line(option)) => is_option(option),
        (FieldKind::Count, Value::Figure(number)) => number.scale() == 0 && is_writable(*number),
        (FieldKind::Amount, Value::Figure(number)) => is_writable(*number),
        _ => false,
    }
}

/// Whether a page has room for a figure.
fn is_writable(number: Decimal) -> bool {
    !number.is_sign_negative() && fits_table(number)
}

fn line(typed: &str) -> Result<String, Diagnostic> {
    match typed.contains(char::is_control) {
        false => Ok(typed.to_owned()),
        true => {
            let message = text!("这里只能写一行文字", "this is text of one line");
            let help = text!("删去换行或控制字符", "remove the line break or control character");
            Err(Diagnostic::error(Code::ControlCharacter, message).help(help))
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

/// The value of that kind that a literal is.
fn of_literal(known: &KeyInfo, literal: &str) -> Option<Value> {
    let source = Source::new("", format!("x = {literal}"));
    let table = DeTable::parse(source.text()).ok()?;
    let value = table.get_ref().get("x")?;
    value::read(known, value.get_ref(), &Place::new(&source, value.span())).ok()
}
