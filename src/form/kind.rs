//! The kinds that a value can be of. In: the name of a kind in `form.toml`; out: [`FieldKind`], with what is said of its values
//! before one is there: what they are called, how they are written, what editors are told of them, and what becomes of them in
//! the next year. How a value itself is read, printed and written is in `report/value.rs`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::diag::{Text, text};

/// How facts and pages say that a figure does not apply.
pub const NOT_APPLICABLE: &str = "/";

/// The most digits before the decimal point that a figure may have; real ones have eight.
pub const DIGITS: u32 = 15;

/// The largest count.
pub const LARGEST: u64 = 10u64.pow(DIGITS) - 1;

/// Whether a figure has no more than [`DIGITS`] digits before the decimal point.
pub fn fits_table(number: Decimal) -> bool {
    number < Decimal::from(LARGEST + 1)
}

/// What kind of value a fact is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// Text of one line.
    Line,
    /// Prose of any length.
    Prose,
    /// A calendar date.
    Date,
    /// A whole number from 0.
    Count,
    /// A decimal number from 0, printed with the decimals it was written with, or as many as another of its column has.
    Amount,
    /// Yes or no.
    Flag,
    /// One of some options, which are all printed, the chosen one marked.
    Choice,
    /// Any number of lines, such as the names of accounts.
    Lines,
}

/// What becomes of a value in next year's facts.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Rolled {
    /// It stays as it is.
    Keep,
    /// It stays as a comment, its years and numbers marked.
    Draft,
    /// Only its name stays, as a comment.
    Drop,
}

/// What becomes of the values of organs in the report of their government.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Consolidate {
    /// They are added up.
    Sum,
    /// Nothing: the government has a value of its own.
    Keep,
    /// They cannot be added up, such as medians; the government must write the value, and `rest = 0` does not stand for it.
    Ask,
}

impl FieldKind {
    /// What becomes of its values in the report of a government, where the form does not say.
    pub fn consolidated(self) -> Consolidate {
        if self.is_figure() { Consolidate::Sum } else { Consolidate::Keep }
    }

    /// Whether it is a number.
    pub fn is_figure(self) -> bool {
        matches!(self, Self::Count | Self::Amount)
    }

    /// Whether it is text that its author words freely.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Line | Self::Prose)
    }

    /// Whether it stands in quotation marks, or is a list of what does.
    pub fn is_quoted(self) -> bool {
        self.is_text() || matches!(self, Self::Choice | Self::Lines)
    }

    /// What becomes of its values outside tables, where the form does not say.
    pub fn rolled(self) -> Rolled {
        match self {
            Self::Line | Self::Flag | Self::Choice | Self::Lines => Rolled::Keep,
            Self::Prose => Rolled::Draft,
            Self::Date | Self::Count | Self::Amount => Rolled::Drop,
        }
    }

    /// What its values are called.
    pub fn name(self) -> Text {
        match self {
            Self::Line => text!("一行文字（字符串）", "text of one line (a string)"),
            Self::Prose => text!("文字（字符串）", "text (a string)"),
            Self::Date => text!("日期", "a date"),
            Self::Count => text!("件数（0 或正整数）", "a count (a whole number from 0)"),
            Self::Amount => text!("数额（0 或正的十进制数）", "an amount (a decimal number from 0)"),
            Self::Flag => text!("true 或 false（是或否）", "true or false"),
            Self::Choice => text!("选项之一（字符串）", "one of the options (a string)"),
            Self::Lines => text!("一组文字，如 [\"甲\", \"乙\"]", "a list of lines, such as [\"a\", \"b\"]"),
        }
    }

    /// How to write one where TOML of another type stands; `None` where its name says it.
    pub fn how(self) -> Option<Text> {
        match self {
            Self::Count | Self::Amount => Some(text!(
                "去掉引号，只写数字；本机关没有这项职权的，写 \"/\"",
                "write the number without quotes; where the figure does not apply to the organ, write \"/\""
            )),
            Self::Date => Some(text!(
                "写成不带引号的日期，例如：2026-01-31",
                "write a date without quotes, for example: 2026-01-31"
            )),
            Self::Line | Self::Prose | Self::Choice => Some(text!("把文字写在引号里", "write the text in quotes")),
            Self::Flag | Self::Lines => None,
        }
    }

    /// What to write after an equals sign that nothing follows.
    pub fn example(self, required: bool) -> Text {
        match self {
            Self::Count => {
                text!("写上数字，例如：= 35；没有的写 = 0", "write a number, for example: = 35; write = 0 for none")
            }
            Self::Amount => {
                text!(
                    "写上数字，例如：= 96.50；没有的写 = 0",
                    "write a number, for example: = 96.50; write = 0 for none"
                )
            }
            Self::Date if !required => text!(
                "写上日期，例如：= 2026-01-31；不写的，删去这一行",
                "write a date, for example: = 2026-01-31; or delete the line"
            ),
            Self::Date => text!("写上日期，例如：= 2026-01-31", "write a date, for example: = 2026-01-31"),
            Self::Flag => text!("写 = true（是）或 = false（否）", "write = true or = false"),
            Self::Lines => text!("写成：= [\"甲\", \"乙\"]", "write: = [\"a\", \"b\"]"),
            _ if required => text!("写上文字，用引号括起来：= \"…\"", "write text in quotation marks: = \"…\""),
            _ => text!(
                "写上文字，用引号括起来：= \"…\"；不写的，删去这一行",
                "write text in quotation marks: = \"…\"; or delete the line"
            ),
        }
    }

    /// What is wrong with what was written in its place and stands for nothing, and what to do; `None` for text, which anything
    /// can be.
    pub fn wanted(self, written: &str) -> Option<(Text, Text)> {
        Some(match self {
            Self::Flag => (
                text!("这里只能写 true（是）或 false（否）：{written}", "`true` or `false` must stand here: {written}"),
                text!("写 true 或 false，不加引号", "write `true` or `false` without quotation marks"),
            ),
            Self::Date => (
                text!("这里要写日期：{written}", "a date must stand here: {written}"),
                text!(
                    "写成不带引号的“年-月-日”，例如：2026-01-31",
                    "write year-month-day without quotation marks, for example: 2026-01-31"
                ),
            ),
            Self::Count | Self::Amount => (
                text!("这里要写数字：{written}", "a number must stand here: {written}"),
                text!(
                    "只写数字，例如：35；没有的写 0，本机关没有这项职权的写 \"/\"",
                    "write the number alone, for example: 35; write 0 for none, or \"/\" where it does not apply to the organ"
                ),
            ),
            Self::Line | Self::Prose | Self::Choice | Self::Lines => return None,
        })
    }

    /// Its values in a JSON Schema; `options` are those of the form.
    pub fn schema(self, options: &[String]) -> Value {
        // No control characters: a line is a line.
        let line = || json!({ "type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f]*$" });
        match self {
            Self::Line => line(),
            Self::Prose => json!({ "type": "string" }),
            Self::Date => json!({ "type": "string", "format": "date" }),
            Self::Flag => json!({ "type": "boolean" }),
            Self::Choice => json!({ "enum": options }),
            Self::Lines => json!({ "type": "array", "items": line() }),
            Self::Count => figure(json!({ "type": "integer", "minimum": 0, "maximum": LARGEST }), options),
            Self::Amount => figure(json!({ "type": "number", "minimum": 0, "exclusiveMaximum": LARGEST + 1 }), options),
        }
    }
}

fn figure(number: Value, options: &[String]) -> Value {
    let words = options.iter().map(|option| json!({ "const": option }));
    let all: Vec<Value> = [number, json!({ "const": NOT_APPLICABLE })].into_iter().chain(words).collect();
    json!({ "anyOf": all })
}
