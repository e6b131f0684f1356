//! Warnings that the office accepts, each with a reason: `[[accept]] check = "…" reason = "…"`. In: the facts and the
//! problems found; out: the problems without the accepted warnings. An error is never accepted, and an acceptance that
//! matches nothing is a warning itself, so that none outlives its cause.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Text, did_you_mean, text};
use crate::facts::Facts;
use crate::source::Place;

/// The key of the list in the facts.
pub const KEY: &str = "accept";
const FIELDS: [&str; 2] = ["check", "reason"];

/// A warning accepted with a reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Accepted {
    /// The code of the check.
    pub check: String,
    /// Why its warnings do not matter here.
    pub reason: String,
}

/// Takes the accepted warnings out of `problems`.
pub fn apply(facts: &Facts<'_>, problems: &mut Vec<Diagnostic>) -> Vec<Accepted> {
    let Some(list) = facts.root.get(KEY) else { return Vec::new() };
    let Some(entries) = list.get_ref().as_array() else {
        problems.push(not_a_list(facts, list));
        return Vec::new();
    };
    let mut accepted = Vec::new();
    for entry in entries {
        match read(facts, entry) {
            Ok((one, place)) => match matched(&one, &place, problems) {
                Ok(()) => accepted.push(one),
                Err(problem) => problems.push(problem),
            },
            Err(wrong) => problems.extend(wrong),
        }
    }
    accepted
}

fn matched(accepted: &Accepted, place: &Place, problems: &mut Vec<Diagnostic>) -> Result<(), Diagnostic> {
    let check = &accepted.check;
    let is_meant = |problem: &Diagnostic| problem.code.as_str() == check;
    if problems.iter().any(|problem| is_meant(problem) && problem.is_error()) {
        let message = text!("错误不能接受，只能改正：{check}", "an error cannot be accepted, only mended: {check}");
        return Err(Diagnostic::error(Code::AcceptedError, message).at(place.clone()));
    }
    let before = problems.len();
    problems.retain(|problem| !is_meant(problem));
    if problems.len() == before {
        let message = text!("没有警告可以接受：{check}", "there is no warning to accept: {check}");
        let help = text!("删去这一条，或改正检查的名称", "remove it, or correct the name of the check");
        return Err(Diagnostic::warning(Code::UnusedAcceptance, message).at(place.clone()).help(help));
    }
    Ok(())
}

fn read(facts: &Facts<'_>, entry: &Spanned<DeValue<'_>>) -> Result<(Accepted, Place), Vec<Diagnostic>> {
    let Some(table) = entry.get_ref().as_table() else { return Err(vec![not_a_list(facts, entry)]) };
    let mut problems: Vec<Diagnostic> =
        table.keys().filter(|key| !FIELDS.contains(&key.get_ref().as_ref())).map(|key| unknown(facts, key)).collect();
    let mut field = |name: &str| match text_field(facts, table, entry, name) {
        Ok(found) => Some(found),
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    match (field(FIELDS[0]), field(FIELDS[1])) {
        (Some((check, place)), Some((reason, _))) if problems.is_empty() => Ok((Accepted { check, reason }, place)),
        _ => Err(problems),
    }
}

fn text_field(
    facts: &Facts<'_>,
    table: &DeTable<'_>,
    entry: &Spanned<DeValue<'_>>,
    name: &str,
) -> Result<(String, Place), Diagnostic> {
    let value = table.get(name).ok_or_else(|| {
        let message = text!("accept 缺少 {name}", "`accept` lacks `{name}`");
        Diagnostic::error(Code::MissingValue, message).at(facts.place(entry)).help(shape())
    })?;
    let place = facts.place(value);
    match value.get_ref().as_str().map(str::trim) {
        Some("") => {
            let message = text!("accept 的 {name} 是空的", "the `{name}` of `accept` is empty");
            Err(Diagnostic::error(Code::EmptyValue, message).at(place).help(shape()))
        }
        Some(text) => Ok((text.to_owned(), place)),
        None => {
            let message = text!("accept 的 {name} 应是字符串", "the `{name}` of `accept` must be a string");
            Err(Diagnostic::error(Code::WrongType, message).at(place).help(shape()))
        }
    }
}

fn unknown(facts: &Facts<'_>, key: &Spanned<std::borrow::Cow<'_, str>>) -> Diagnostic {
    let name = key.get_ref().as_ref();
    let message = text!("accept 中没有“{name}”这一项", "`accept` has no key `{name}`");
    let problem = Diagnostic::error(Code::UnknownKey, message).at(Place::new(facts.source, key.span()));
    problem.help(did_you_mean(name, FIELDS).unwrap_or_else(shape))
}

fn not_a_list(facts: &Facts<'_>, value: &Spanned<DeValue<'_>>) -> Diagnostic {
    let message = text!("accept 应是一组 [[accept]] 表", "`accept` must be a list of [[accept]] tables");
    Diagnostic::error(Code::WrongType, message).at(facts.place(value)).help(shape())
}

fn shape() -> Text {
    text!(
        "写成：[[accept]]，下面两行 check = \"检查的名称\" 和 reason = \"理由\"",
        "write [[accept]], and below it check = \"the check's code\" and reason = \"why\""
    )
}
