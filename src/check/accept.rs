//! Warnings that the office accepts, each with a reason: `[[accept]] check = "…" reason = "…"`, and `key` and `figure` where
//! only one place is meant. In: the facts and the problems found; out: the problems without the accepted warnings. An error is
//! never accepted; an acceptance that matches nothing is a warning itself, so that none outlives its cause; and one that covers
//! more than a single place says which, so that nothing is hidden behind it.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::places::Places;
use crate::diag::{self, Code, Diagnostic, Text, did_you_mean, text};
use crate::facts::meant::folded;
use crate::facts::{Facts, literal};
use crate::form::Key;
use crate::report::Accepted;
use crate::source::Place;

/// The key of the list in the facts.
pub(super) const KEY: &str = "accept";
const FIELDS: [&str; 4] = ["check", "reason", "key", "figure"];
/// How many of the places that an acceptance covers are shown.
const SHOWN: usize = 10;
/// How many acceptances a file may have.
const MOST: usize = 500;

impl Accepted {
    /// How narrowly it says which warning is meant.
    fn narrowness(&self) -> usize {
        usize::from(self.key.is_some()) + usize::from(self.figure.is_some())
    }

    /// Whether it means a problem of facts with these keys.
    fn means(&self, problem: &Diagnostic, keys: &Places<'_>) -> bool {
        let figure = |wanted: &String| {
            problem.primary().is_some_and(|place| folded(place.text().trim()) == folded(wanted.trim()))
        };
        problem.code.as_str() == self.check
            && self.key.as_ref().is_none_or(|wanted| {
                keys.key_of(problem).is_some_and(|key| !wanted.is_empty() && key.is_within(wanted))
            })
            && self.figure.as_ref().is_none_or(figure)
    }
}

/// Takes the accepted warnings out of `problems`.
pub(super) fn apply(facts: &Facts<'_>, problems: &mut Vec<Diagnostic>) -> Vec<Accepted> {
    let Some(list) = facts.root.get(KEY) else { return Vec::new() };
    let Some(entries) = list.get_ref().as_array() else {
        problems.push(not_a_list(facts, list));
        return Vec::new();
    };
    let mut read_entries = Vec::new();
    if let Some(more) = entries.get(MOST) {
        problems.push(too_many(facts, more, entries.len()));
    }
    for (number, entry) in entries.iter().take(MOST).enumerate() {
        match read(facts, entry) {
            Ok((one, place)) => read_entries.push((number, one, place)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    // One that means a single place goes first, or a wider one would leave it nothing.
    read_entries.sort_by_key(|(number, one, _)| (std::cmp::Reverse(one.narrowness()), *number));
    let (mut accepted, mut said) = (Vec::new(), Vec::new());
    let keys = Places::of(facts);
    for (number, one, place) in read_entries {
        match matched(&keys, &one, &place, problems) {
            Ok(note) => {
                said.extend(note);
                accepted.push((number, one));
            }
            Err(problem) => said.push(problem),
        }
    }
    problems.extend(said);
    accepted.sort_by_key(|(number, _)| *number);
    accepted.into_iter().map(|(_, one)| one).collect()
}

/// Takes out what one acceptance means. Says which places those are, unless it names a single one.
fn matched(
    facts: &Places<'_>,
    accepted: &Accepted,
    place: &Place,
    problems: &mut Vec<Diagnostic>,
) -> Result<Option<Diagnostic>, Diagnostic> {
    let check = &accepted.check;
    let is_meant: Vec<bool> = problems.iter().map(|problem| accepted.means(problem, facts)).collect();
    if problems.iter().zip(&is_meant).any(|(problem, meant)| *meant && problem.is_error()) {
        let message = text!("错误不能接受，只能改正：{check}", "an error cannot be accepted, only mended: {check}");
        return Err(Diagnostic::error(Code::AcceptedError, message).at(place.clone()));
    }
    let mut meant = is_meant.iter();
    let mut covered: Vec<Diagnostic> = problems.extract_if(.., |_| meant.next() == Some(&true)).collect();
    if covered.is_empty() {
        return Err(unused(facts, accepted, place, problems));
    }
    diag::sort(&mut covered);
    let is_single = accepted.key.is_some() && covered.len() == 1;
    Ok((!is_single).then(|| covers(facts, accepted, place, &covered)))
}

fn unused(facts: &Places<'_>, accepted: &Accepted, place: &Place, problems: &[Diagnostic]) -> Diagnostic {
    let check = &accepted.check;
    let message = text!("没有警告可以接受：{check}", "there is no warning to accept: {check}");
    let problem = Diagnostic::warning(Code::UnusedAcceptance, message).at(place.clone());
    let others: Vec<&Diagnostic> = problems.iter().filter(|problem| problem.code.as_str() == check).collect();
    match others.first() {
        None => problem.help(text!("删去这一条，或改正检查的名称", "remove it, or correct the name of the check")),
        Some(other) => {
            let lines = place_lines(facts, other);
            let help =
                text!("{check} 的警告在别处，要接受的是：{lines}", "{check} warns elsewhere; to accept that: {lines}");
            let said = text!("这里有 {check} 的警告", "{check} warns here");
            let elsewhere = other.primary().cloned();
            elsewhere.map_or(problem.clone(), |at| problem.and_at(at, said)).help(help)
        }
    }
}

/// The places that an acceptance covers.
fn covers(facts: &Places<'_>, accepted: &Accepted, place: &Place, covered: &[Diagnostic]) -> Diagnostic {
    let (check, count) = (&accepted.check, covered.len());
    let message = text!("这一条接受了 {check} 的全部 {count} 处警告", "this accepts all {count} warnings of {check}");
    let message = match (&accepted.key, count) {
        (Some(key), _) => text!(
            "这一条接受了 {key} 中 {check} 的 {count} 处警告",
            "this accepts {count} warnings of {check} in {key}"
        ),
        (None, 1) => text!("这一条接受了 {check} 的 1 处警告", "this accepts one warning of {check}"),
        (None, _) => message,
    };
    let mut note = Diagnostic::note_of(Code::AcceptedPlaces, message).at(place.clone());
    for problem in covered.iter().take(SHOWN) {
        let Text { zh, en } = &problem.message;
        match problem.primary() {
            Some(at) => note = note.and_at(at.clone(), text!("接受：{zh}", "accepted: {en}")),
            None => note = note.note(text!("接受：{zh}", "accepted: {en}")),
        }
    }
    if let Some(more) = count.checked_sub(SHOWN).filter(|more| *more > 0) {
        note = note.note(text!("另有 {more} 处", "{more} more"));
    }
    let lines: Vec<String> = covered.iter().take(SHOWN).map(|problem| place_lines(facts, problem)).collect();
    let lines = lines.join(" | ");
    note.help(text!("只接受一处的，加上：{lines}", "to accept one place alone, add: {lines}"))
}

/// The lines of `[[accept]]` that mean one problem alone.
fn place_lines(facts: &Places<'_>, problem: &Diagnostic) -> String {
    let Some(key) = facts.key_of(problem) else { return "key = …".to_owned() };
    let figure = problem.primary().map(Place::text).filter(|words| !words.is_empty() && words.chars().count() <= 30);
    let figure = figure.map(|words| format!(", figure = {}", literal::in_quotes(words))).unwrap_or_default();
    format!("key = {}{figure}", literal::in_quotes(key))
}

/// The error of more acceptances than anybody has reasons for.
fn too_many(facts: &Facts<'_>, more: &Spanned<DeValue<'_>>, count: usize) -> Diagnostic {
    let message = text!(
        "[[accept]] 有 {count} 条，最多 {MOST} 条；从这一条起没有再看",
        "there are {count} [[accept]] tables and may be {MOST}; from here on they were not read"
    );
    Diagnostic::error(Code::TooLarge, message)
        .at(facts.place(more))
        .help(text!("改正警告，而不是逐条接受", "mend what is warned of rather than accept all of it"))
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
    let optional = |name: &'static str| table.contains_key(name).then_some(name);
    let (check, reason) = (field("check"), field("reason"));
    let key = optional("key").and_then(&mut field).map(|(key, _)| key);
    let figure = optional("figure").and_then(&mut field).map(|(figure, _)| figure);
    match (check, reason) {
        (Some((check, place)), Some((reason, _))) if problems.is_empty() => {
            Ok((Accepted { check, key: key.map(Key::from), figure, reason }, place))
        }
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
    let written = place.text().to_owned();
    // A figure may be written as the number that it is.
    let is_number = value.get_ref().is_integer() || value.get_ref().is_float();
    let number = Some(written.as_str()).filter(|_| name == "figure" && is_number);
    match value.get_ref().as_str().or(number).map(str::trim) {
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
        "写成：[[accept]]，下面写 check = \"检查的名称\" 和 reason = \"理由\"；只接受一处的，再写 key = \"键\" 和 figure = \"所指的数字或词\"",
        "write [[accept]], and below it check = \"the check's code\" and reason = \"why\"; for one place alone, key and figure too"
    )
}
