//! One value. In: a TOML value and what the form knows of its key; out: [`Value`], or what is wrong with it; and of a value, how it
//! is printed on a page, said in a sentence, written in facts, and read by an expression. What is known of a kind before there is a value is in
//! `form/kind.rs`.

use minijinja::Value as Operand;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use time::{Date, Month};
use toml::de::DeValue;
use toml::value::Datetime;

use crate::diag::{Code, Diagnostic, Edit, Text, did_you_mean, text};
use crate::facts::literal;
use crate::facts::meant::{self, Meant};
use crate::form::kind::{DIGITS, NOT_APPLICABLE, fits_table};
use crate::form::{FieldKind, Form, KeyInfo};
use crate::prose::stray::{cleaned, code_point, is_direction_control, is_line_end};
use crate::source::Place;

/// The longest prose in bytes: some 150 pages.
const LONGEST: usize = 300_000;
/// The longest text of one line in bytes.
const LONGEST_LINE: usize = 30_000;

/// A value that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text of one line.
    Line(String),
    /// Prose; references are still in it until the report is whole.
    Prose(String),
    /// A date of the calendar.
    Date(Date),
    /// A count or an amount, never below zero, with the decimals it was written with.
    Figure(Decimal),
    /// Yes or no.
    Flag(bool),
    /// The option chosen.
    Choice(String),
    /// Lines, in order.
    Lines(Vec<String>),
    /// A figure that does not apply to the organ, written and printed as [`NOT_APPLICABLE`]; nothing in sums.
    NotApplicable,
}

impl Value {
    /// The figure; what does not apply counts as nothing.
    pub fn figure(&self) -> Option<Decimal> {
        match self {
            Self::Figure(number) => Some(*number),
            Self::NotApplicable => Some(Decimal::ZERO),
            _ => None,
        }
    }

    /// The text that its author worded, where it is such.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Line(text) | Self::Prose(text) => Some(text),
            _ => None,
        }
    }

    /// As it is printed under its key: of a choice, all options, the chosen one marked.
    pub fn printed(&self, form: &Form, key: &str) -> String {
        match self {
            Self::Choice(chosen) => {
                let options = form.keys.get(key).map(|known| known.options.as_slice()).unwrap_or_default();
                let marked = |option: &String| format!("{}{option}", form.choice_marks[usize::from(option == chosen)]);
                options.iter().map(marked).collect::<Vec<_>>().join("  ")
            }
            other => other.said(form),
        }
    }

    /// As it is said in a sentence: of a choice, the option alone.
    pub fn said(&self, form: &Form) -> String {
        match self {
            Self::Line(text) | Self::Prose(text) | Self::Choice(text) => text.clone(),
            Self::Date(date) => form.written_date(*date),
            Self::Figure(number) => number.to_string(),
            Self::Flag(yes) => form.flag_words[usize::from(*yes)].clone(),
            Self::Lines(lines) => lines.join(if form.language.starts_with("zh") { "、" } else { ", " }),
            Self::NotApplicable => NOT_APPLICABLE.to_owned(),
        }
    }

    /// As facts write it.
    pub fn toml(&self) -> String {
        match self {
            Self::Line(text) | Self::Choice(text) => literal::in_quotes(text),
            Self::Prose(text) => literal::prose(text),
            Self::Date(date) => literal::day(*date),
            Self::Figure(number) => literal::figure(*number),
            Self::Flag(yes) => literal::flag(*yes),
            Self::Lines(lines) => literal::list(lines),
            Self::NotApplicable => literal::not_applicable(),
        }
    }

    /// As an expression reads it: amounts and dates as text, since the library would make floating-point numbers of them. Prose is
    /// never read.
    pub fn operand(&self, kind: FieldKind) -> Option<Operand> {
        Some(match self {
            Self::Figure(number) if kind == FieldKind::Amount => Operand::from(number.to_string()),
            Self::Figure(number) => Operand::from(number.to_i64()?),
            Self::NotApplicable => Operand::from(0),
            Self::Date(date) => {
                let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
                Operand::from(format!("{year:04}-{month:02}-{day:02}"))
            }
            Self::Line(text) | Self::Choice(text) => Operand::from(text.as_str()),
            Self::Flag(yes) => Operand::from(*yes),
            Self::Lines(lines) => lines.iter().map(String::as_str).collect(),
            Self::Prose(_) => return None,
        })
    }
}

/// Reads `value` as `kind`.
///
/// # Errors
/// A value of another type, or one that no report can have.
pub fn read(known: &KeyInfo, value: &DeValue<'_>, place: &Place) -> Result<Value, Diagnostic> {
    let kind = known.kind;
    let read = match kind {
        FieldKind::Flag => value.as_bool().map(Value::Flag).ok_or_else(|| wrong_type(kind, value, place)),
        FieldKind::Choice => choice(known, value, place).map(Value::Choice),
        FieldKind::Lines => lines(value, place).map(Value::Lines),
        FieldKind::Line => line(value, place).map(Value::Line),
        FieldKind::Prose => prose(value, place).map(Value::Prose),
        FieldKind::Date => date(value, place).map(Value::Date),
        FieldKind::Count | FieldKind::Amount if value.as_str() == Some(NOT_APPLICABLE) => Ok(Value::NotApplicable),
        FieldKind::Count | FieldKind::Amount if value.as_str().is_some_and(|text| known.has_option(text)) => {
            line(value, place).map(Value::Line)
        }
        FieldKind::Count | FieldKind::Amount => figure(kind, value, place).map(Value::Figure),
    };
    read.map_err(|problem| match problem.code {
        Code::WrongType | Code::UnknownOption if problem.primary() == Some(place) => {
            meaning(problem, known, value, place)
        }
        _ => problem,
    })
}

/// The problem with what was meant, where the value is of another kind and its meaning can be told.
fn meaning(problem: Diagnostic, known: &KeyInfo, value: &DeValue<'_>, place: &Place) -> Diagnostic {
    let said = match value {
        DeValue::String(text) => text.as_ref(),
        DeValue::Array(_) | DeValue::Table(_) => return problem,
        _ => place.text(),
    };
    let is_number = matches!(value, DeValue::Integer(_) | DeValue::Float(_));
    if said.is_empty() || (is_number && known.kind.is_figure()) {
        return problem;
    }
    let Meant { message, help, instead } = meant::meant(said, Some(known));
    let mut problem = problem;
    problem.fix = None;
    if instead.is_some() || known.kind.is_figure() {
        problem.message = message;
        problem.help = Some(help);
    }
    match instead {
        Some((instead, sure)) => problem.fixed(sure, [Edit { place: place.clone(), replacement: instead }]),
        None => problem,
    }
}

fn choice(known: &KeyInfo, value: &DeValue<'_>, place: &Place) -> Result<String, Diagnostic> {
    let chosen = value.as_str().ok_or_else(|| wrong_type(FieldKind::Choice, value, place))?;
    if known.has_option(chosen) {
        return Ok(chosen.to_owned());
    }
    let options = &known.options;
    let (zh, en) = (options.join("、"), options.join(", "));
    let message = text!("没有“{chosen}”这个选项", "there is no option `{chosen}`");
    let help = did_you_mean(chosen, options.iter().map(String::as_str))
        .unwrap_or_else(|| text!("可以写：{zh}", "the options are: {en}"));
    Err(Diagnostic::error(Code::UnknownOption, message).at(place.clone()).help(help))
}

fn lines(value: &DeValue<'_>, place: &Place) -> Result<Vec<String>, Diagnostic> {
    let list = value.as_array().ok_or_else(|| wrong_type(FieldKind::Lines, value, place))?;
    list.iter().map(|one| line(one.get_ref(), &Place::new(&place.source, one.span()))).collect()
}

fn line(value: &DeValue<'_>, place: &Place) -> Result<String, Diagnostic> {
    let text = value.as_str().ok_or_else(|| wrong_type(FieldKind::Line, value, place))?;
    fits(text, LONGEST_LINE, place)?;
    let invisible = text.chars().find(|c| c.is_control() || is_line_end(*c) || is_direction_control(*c));
    match invisible {
        Some(c) => {
            let number = code_point(c);
            let message = text!(
                "这里只能写一行文字，却有控制字符 {number}",
                "this is text of one line, but it holds the control character {number}"
            );
            Err(Diagnostic::error(Code::ControlCharacter, message)
                .at(place.clone())
                .help(text!("删去换行或控制字符", "remove the line break or control character")))
        }
        None => Ok(cleaned(text)),
    }
}

/// Whether a text is no longer than so many bytes.
fn fits(text: &str, most: usize, place: &Place) -> Result<(), Diagnostic> {
    if text.len() <= most {
        return Ok(());
    }
    let (limit, length) = (most / 3, text.chars().count());
    let message = text!("文字超过 {limit} 字（{length}）", "the text is longer than {limit} characters ({length})");
    Err(Diagnostic::error(Code::TooLarge, message)
        .at(place.clone())
        .help(text!("删去粘贴进来的多余内容", "remove what was pasted in by mistake")))
}

fn prose(value: &DeValue<'_>, place: &Place) -> Result<String, Diagnostic> {
    let text = value.as_str().ok_or_else(|| wrong_type(FieldKind::Prose, value, place))?;
    fits(text, LONGEST, place)?;
    Ok(text.replace("\r\n", "\n"))
}

fn date(value: &DeValue<'_>, place: &Place) -> Result<Date, Diagnostic> {
    let Some(Datetime { date: Some(date), time: None, offset: None }) = value.as_datetime() else {
        return Err(wrong_type(FieldKind::Date, value, place));
    };
    Month::try_from(date.month)
        .ok()
        .and_then(|month| Date::from_calendar_date(i32::from(date.year), month, date.day).ok())
        // TOML itself refuses days that are not in the calendar.
        .ok_or_else(|| wrong_type(FieldKind::Date, value, place))
}

/// Reads a count or an amount.
///
/// # Errors
/// Not a number, below zero, a count with decimals, or more digits than a table can hold.
pub fn figure(kind: FieldKind, value: &DeValue<'_>, place: &Place) -> Result<Decimal, Diagnostic> {
    let problem = |code, message: Text| Err(Diagnostic::error(code, message).at(place.clone()));
    let number = match value {
        DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .and_then(|number| Decimal::try_from_i128_with_scale(number, 0).ok()),
        DeValue::Float(float) => match Decimal::from_str_exact(float.as_str()) {
            Ok(_) if kind == FieldKind::Count => {
                let written = float.as_str();
                let message =
                    text!("件数应是整数，这里写的是 {written}", "a count is a whole number, but this is {written}");
                return problem(Code::FractionalCount, message);
            }
            Ok(number) => Some(number),
            Err(_) if is_plain(float.as_str()) => None,
            Err(_) => return Err(wrong_type(kind, value, place)),
        },
        _ => return Err(wrong_type(kind, value, place)),
    };
    match number {
        Some(number) if number.is_sign_negative() && !number.is_zero() => {
            let message = text!("数字不能是负数：{number}", "a figure is never below zero: {number}");
            problem(Code::NegativeNumber, message)
        }
        Some(number) if fits_table(number) => Ok(number.abs()),
        _ => problem(
            Code::NumberTooLarge,
            text!("数字超过 {DIGITS} 位，无法印在表里", "a figure of more than {DIGITS} digits fits no table"),
        ),
    }
}

fn is_plain(number: &str) -> bool {
    number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-' || c == '+')
}

fn wrong_type(kind: FieldKind, value: &DeValue<'_>, place: &Place) -> Diagnostic {
    let name = kind.name();
    let (found_zh, found_en) = type_name(value);
    let message = Text {
        zh: format!("这里应是{}，写的却是{found_zh}", name.zh),
        en: format!("this must be {}, but it is {found_en}", name.en),
    };
    let problem = Diagnostic::error(Code::WrongType, message).at(place.clone());
    match (kind.how(), value) {
        (Some(help), DeValue::String(text)) if kind.is_figure() => match meant::digits(text) {
            Some(number) => {
                let problem = problem.help(text!("去掉引号，写成：{number}", "write it without quotes: {number}"));
                problem.fix_safe(place.clone(), number)
            }
            None => problem.help(help),
        },
        (Some(help), _) if !kind.is_figure() => problem.help(help),
        _ => problem,
    }
}

/// What a TOML value is called, in each language.
pub fn type_name(value: &DeValue<'_>) -> (&'static str, &'static str) {
    match value {
        DeValue::String(_) => ("字符串", "a string"),
        DeValue::Integer(_) => ("整数", "a whole number"),
        DeValue::Float(_) => ("小数", "a number with decimals"),
        DeValue::Boolean(_) => ("真假值", "true or false"),
        DeValue::Datetime(_) => ("日期或时间", "a date or time"),
        DeValue::Array(_) => ("数组", "a list"),
        DeValue::Table(_) => ("表", "a table"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use toml::de::DeTable;

    fn read_text(kind: FieldKind, written: &str) -> Result<Value, Code> {
        let text = format!("x = {written}");
        let table = DeTable::parse(&text).expect("the test's value is TOML");
        let source = Source::new("x", text.clone());
        let value = table.get_ref().get("x").expect("x is there");
        let known = KeyInfo {
            consolidate: crate::form::Consolidate::Sum,
            label: String::new(),
            guide: String::new(),
            kind,
            required: true,
            options: vec!["甲".to_owned(), "乙".to_owned()],
            roll: crate::form::Rolled::Drop,
            is_cell: true,
            column: None,
            sums: Vec::new(),
        };
        read(&known, value.get_ref(), &Place::new(&source, value.span())).map_err(|problem| problem.code.clone())
    }

    #[test]
    fn amounts_keep_their_decimals_exactly() {
        for (written, printed) in [
            ("59237.2449", "59237.2449"),
            ("0.10", "0.10"),
            ("96171.6", "96171.6"),
            ("3", "3"),
            ("-0", "0"),
            ("11_398_889", "11398889"),
            ("1_000.5", "1000.5"),
            ("0x10", "16"),
        ] {
            let Ok(Value::Figure(number)) = read_text(FieldKind::Amount, written) else { panic!("{written}") };
            assert_eq!(number.to_string(), printed);
        }
    }

    #[test]
    fn each_kind_is_written_as_people_write_it() {
        assert_eq!(Value::Line("甲\"乙\"".to_owned()).toml(), "'甲\"乙\"'");
        assert_eq!(Value::Choice("甲".to_owned()).toml(), "\"甲\"");
        assert_eq!(Value::Prose("一行".to_owned()).toml(), "\"一行\"");
        assert_eq!(Value::Prose("甲\\\n乙\n".to_owned()).toml(), "\"\"\"\n甲\\\\\n乙\n\"\"\"");
        assert_eq!(Value::Figure("0.10".parse().expect("a number")).toml(), "0.10");
        assert_eq!(Value::NotApplicable.toml(), "\"/\"");
        assert_eq!(Value::Flag(true).toml(), "true");
        assert_eq!(Value::Lines(vec!["甲".to_owned(), "a'\"b".to_owned()]).toml(), "[\"甲\", \"a'\\\"b\"]");
        assert_eq!(Value::Lines(Vec::new()).toml(), "[]");
        let date = Date::from_calendar_date(2026, Month::January, 5).expect("a day");
        assert_eq!(Value::Date(date).toml(), "2026-01-05");
    }

    #[test]
    fn numbers_that_no_report_can_have_are_refused() {
        let code = |kind, written| read_text(kind, written).expect_err(written);
        assert_eq!(code(FieldKind::Count, "-1"), Code::NegativeNumber);
        assert_eq!(code(FieldKind::Amount, "-0.01"), Code::NegativeNumber);
        assert_eq!(code(FieldKind::Count, "1.0"), Code::FractionalCount);
        assert_eq!(code(FieldKind::Count, "9999999999999999"), Code::NumberTooLarge);
        assert_eq!(code(FieldKind::Amount, "99999999999999999999999999999999999.5"), Code::NumberTooLarge);
        assert_eq!(code(FieldKind::Amount, "nan"), Code::WrongType);
        assert_eq!(code(FieldKind::Amount, "inf"), Code::WrongType);
        assert_eq!(code(FieldKind::Amount, "1e3"), Code::WrongType);
        assert_eq!(code(FieldKind::Count, "\"1\""), Code::WrongType);
        assert_eq!(code(FieldKind::Date, "\"2026-01-31\""), Code::WrongType);
        assert_eq!(code(FieldKind::Flag, "\"是\""), Code::WrongType);
        assert_eq!(code(FieldKind::Choice, "\"丙\""), Code::UnknownOption);
        assert_eq!(code(FieldKind::Lines, "\"甲\""), Code::WrongType);
        assert_eq!(code(FieldKind::Lines, "[\"甲\", \"a\\nb\"]"), Code::ControlCharacter);
        assert_eq!(code(FieldKind::Line, "\"a\\nb\""), Code::ControlCharacter);
        assert_eq!(code(FieldKind::Line, "\"a\\u202Eb\""), Code::ControlCharacter);
    }
}
