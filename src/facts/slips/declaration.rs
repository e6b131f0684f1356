//! What is wrong with files of settings and declarations: `nianbao.toml`, `form.toml`, `override.toml`. In: a text and what
//! the deserializer said of it; out: slips of TOML where it is not TOML, else the deserializer's word in both languages, with
//! the nearest name for one that is not known.

use std::sync::Arc;

use toml::de::DeTable;

use crate::diag::{Code, Diagnostic, Text, nearest, text};
use crate::facts::{literal, meant};
use crate::source::{Place, Source};

/// The problems of a text that cannot be read as what it should be.
pub fn explain(source: &Arc<Source>, code: &Code, error: &toml::de::Error) -> Vec<Diagnostic> {
    if DeTable::parse(source.text()).is_err() {
        return super::explain(source, code, &|_| None);
    }
    let span = error.span().unwrap_or(0..0);
    let place = Place::new(source, span);
    let said = error.message().lines().next().unwrap_or_default();
    let problem = |message: Text| Diagnostic::error(code.clone(), message).at(place.clone());
    if let Some(rest) = said.strip_prefix("unknown field ").or_else(|| said.strip_prefix("unknown variant ")) {
        return vec![unknown(rest, said.starts_with("unknown field"), place.text(), problem)];
    }
    if let Some(name) = said.strip_prefix("missing field ") {
        let name = name.trim_matches('`');
        return vec![
            problem(text!("缺少 {name}", "`{name}` is missing")).help(text!("补上：{name} = …", "write: {name} = …")),
        ];
    }
    if let Some((found, expected)) = said.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        return vec![wrong_kind(found, expected, place.text(), problem)];
    }
    if said == "wanted string or table" {
        return vec![problem(text!("这里应是引号里的一个选项", "this must be one of the options, in quotation marks"))];
    }
    vec![problem(text!("这里的值不合要求：{said}", "this value does not do: {said}"))]
}

/// The first of those problems, for files of a few lines; it says how many more there are.
pub fn first(source: &Arc<Source>, code: &Code, error: &toml::de::Error) -> Diagnostic {
    let mut problems = explain(source, code, error).into_iter();
    let message = text!("{} 有误", "{} is wrong", source.name());
    let first = problems.next().unwrap_or_else(|| Diagnostic::error(code.clone(), message));
    match problems.count() {
        0 => first,
        more => first.note(text!("另有 {more} 处", "{more} more")),
    }
}

/// A name that is not known, `rest` being what serde says of it and of the names there are.
fn unknown(rest: &str, is_key: bool, written: &str, problem: impl Fn(Text) -> Diagnostic) -> Diagnostic {
    let names: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
    let Some((name, known)) = names.split_first() else { return problem(Text::verbatim(rest)) };
    let problem = problem(match is_key {
        true => text!("没有“{name}”这个键", "there is no key `{name}`"),
        false => text!("没有“{name}”这个选项", "there is no option `{name}`"),
    });
    let list = known.join(", ");
    let help = match known.is_empty() {
        true => text!("这里什么都不能写", "nothing can be written here"),
        false => text!("这里可以写：{list}", "known here: {list}"),
    };
    match nearest(&name.replace('_', "-"), known.iter().copied()) {
        Some(near) => {
            let place = problem.primary().cloned();
            let Text { zh, en } = help;
            let problem = problem.help(text!("是否为“{near}”？{zh}", "did you mean `{near}`? {en}"));
            match place {
                Some(place) if written == *name => problem.fix_suggested(place, near),
                Some(place) if written.len() == name.len() + 2 => {
                    problem.fix_suggested(place, literal::in_quotes(near))
                }
                _ => problem,
            }
        }
        None => problem.help(help),
    }
}

/// A value of another kind, with what it was likely meant to be.
fn wrong_kind(found: &str, expected: &str, written: &str, problem: impl Fn(Text) -> Diagnostic) -> Diagnostic {
    let (found, wanted) = (kind(found), kind(expected));
    let problem = problem(Text {
        zh: format!("这里应是{}，写的却是{}", wanted.zh, found.zh),
        en: format!("this must be {}, but it is {}", wanted.en, found.en),
    });
    let inner = written.trim_matches(['"', '\'']);
    let instead = match expected {
        "a boolean" => meant::flag(&meant::folded(inner)).and_then(|meant| meant.instead).map(|(instead, _)| instead),
        "a sequence" if written.len() == inner.len() + 2 => Some(format!("[{written}]")),
        "a string" | "path string" if !written.is_empty() && !written.starts_with(['[', '{']) => {
            Some(literal::in_quotes(written))
        }
        _ => None,
    };
    match (instead, problem.primary().cloned()) {
        (Some(instead), Some(place)) => {
            problem.help(text!("写成：{instead}", "write: {instead}")).fix_suggested(place, instead)
        }
        _ => problem,
    }
}

/// What a kind of value is called, from what serde calls it.
fn kind(said: &str) -> Text {
    let (name, value) = said.split_once(' ').filter(|(_, value)| value.starts_with(['`', '"'])).unwrap_or((said, ""));
    let Text { zh, en } = match name {
        "a boolean" | "boolean" => text!(" true 或 false", "true or false"),
        "a string" | "string" => text!("引号里的文字", "text in quotation marks"),
        "a sequence" | "sequence" | "an array" => {
            text!("一组值，如 [\"甲\", \"乙\"]", "a list, such as [\"a\", \"b\"]")
        }
        "a map" | "map" | "a table" => text!("一组键和值", "a table of keys and values"),
        "integer" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => text!("整数", "a whole number"),
        "floating point" | "f64" => text!("小数", "a number with decimals"),
        "path string" => text!("引号里的路径", "a path in quotation marks"),
        name if name.starts_with("struct") => text!("一组键和值", "a table of keys and values"),
        name => match name.strip_prefix("an array of length ") {
            Some(length) => text!("{length} 个值，写在方括号里", "a list of {length} values"),
            None => Text::verbatim(name),
        },
    };
    match value {
        "" => Text { zh, en },
        value => text!("{zh} {value}", "{en}: {value}"),
    }
}
