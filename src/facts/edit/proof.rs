//! Whether an edit did what was asked and nothing else. In: a text before and after it, and the steps; out: nothing, or the
//! error that keeps it from being written.

use std::collections::BTreeMap;
use std::ops::Range;

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::accept;
use super::outline::Outline;
use super::step::{Step, What, broken};
use crate::diag::Diagnostic;
use crate::form::keys::HEAD;

/// Values by their keys, each as one text; a table without any has a value of its own.
type Leaves = BTreeMap<Vec<String>, String>;

/// Compares two texts.
pub(super) fn check(before: &str, after: &str, steps: &[Step], removed: &[String]) -> Result<(), Diagnostic> {
    let is_right = values_are_right(before, after, steps).unwrap_or(false);
    let has_comments = has_comments(before, after, removed).unwrap_or(false);
    if is_right && has_comments { Ok(()) } else { Err(broken()) }
}

fn values_are_right(before: &str, after: &str, steps: &[Step]) -> Option<bool> {
    let (mut old, mut new) = (leaves(before)?, leaves(after)?);
    let (mut old_list, new_list) = (accept::all(before)?, accept::all(after)?);
    for step in steps {
        let wanted = match &step.what {
            What::Put(value) => Some(value.toml()),
            What::Rest => Some("0".to_owned()),
            What::Remove | What::CommentOut => None,
            What::Accept(accepted) => {
                old_list.push(accept::fields(accepted));
                continue;
            }
            What::Unaccept(accepted) => {
                let at = old_list.iter().rposition(|fields| *fields == accept::fields(accepted))?;
                old_list.remove(at);
                continue;
            }
        };
        let wanted = match wanted {
            Some(literal) => Some(unix(&value(&literal)?)),
            None => None,
        };
        if new.remove(&step.path).as_deref().map(unix) != wanted {
            return Some(false);
        }
        old.retain(|key, _| !key.starts_with(&step.path));
        // A table that lost its only value, or has its first.
        old.retain(|key, _| !step.path.starts_with(key));
        new.retain(|key, _| !step.path.starts_with(key));
    }
    if steps.iter().any(|step| matches!(step.what, What::Accept(_) | What::Unaccept(_))) {
        let is_accept = |key: &Vec<String>| key.first().is_some_and(|first| first == HEAD[2]);
        old.retain(|key, _| !is_accept(key));
        new.retain(|key, _| !is_accept(key));
    }
    Some(old == new && old_list == new_list)
}

/// Whether every comment of `before` stands in `after`, but for those that were to be removed.
fn has_comments(before: &str, after: &str, removed: &[String]) -> Option<bool> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let (before, after) = (Outline::of(before)?, Outline::of(after)?);
    let kept = after.comments.iter().map(|span| after.text[span.clone()].trim_end());
    for comment in kept.chain(removed.iter().map(|comment| comment.trim_end())) {
        *left.entry(comment).or_default() += 1;
    }
    let is_there = |span: &Range<usize>| match left.get_mut(before.text[span.clone()].trim_end()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    Some(before.comments.iter().all(is_there))
}

/// Whether two literals say the same.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let value = |literal: &str| value(literal).map(|value| unix(&value));
    value(one).is_some_and(|one| value(other) == Some(one))
}

/// Facts say the same whichever way their lines end.
fn unix(value: &str) -> String {
    value.replace("\r\n", "\n")
}

fn value(literal: &str) -> Option<String> {
    let text = format!("x = {literal}");
    let table = DeTable::parse(&text).ok()?;
    table.get_ref().get("x").map(|value| one(value.get_ref()))
}

fn leaves(text: &str) -> Option<Leaves> {
    let root = DeTable::parse(text).ok()?;
    let mut found = Leaves::new();
    collect(root.get_ref(), &mut Vec::new(), &mut found);
    Some(found)
}

fn collect(table: &DeTable<'_>, path: &mut Vec<String>, found: &mut Leaves) {
    if table.is_empty() && !path.is_empty() {
        found.insert(path.clone(), "{}".to_owned());
    }
    for (name, value) in table {
        path.push(name.get_ref().clone().into_owned());
        match value.get_ref() {
            DeValue::Table(inner) => collect(inner, path, found),
            value => {
                found.insert(path.clone(), one(value));
            }
        }
        path.pop();
    }
}

/// A value as a text that is the same for the same value only.
pub(super) fn one(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("string {text}"),
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => format!("number {number}"),
            Err(_) => format!("number {} {}", number.radix(), number.as_str()),
        },
        DeValue::Float(number) => match Decimal::from_str_exact(number.as_str()) {
            Ok(number) => format!("number {number}"),
            Err(_) => format!("number {}", number.as_str()),
        },
        DeValue::Boolean(yes) => format!("truth {yes}"),
        DeValue::Datetime(date) => format!("date {date}"),
        DeValue::Array(list) => format!("list {:?}", list.iter().map(|item| one(item.get_ref())).collect::<Vec<_>>()),
        DeValue::Table(table) => {
            let cells: BTreeMap<&str, String> =
                table.iter().map(|(name, value)| (name.get_ref().as_ref(), one(value.get_ref()))).collect();
            format!("table {cells:?}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Accepted, Value};

    fn step(key: &str, what: What) -> Step {
        Step { path: key.split('.').map(str::to_owned).collect(), what }
    }

    fn put(key: &str, number: u32) -> Step {
        step(key, What::Put(Value::Figure(Decimal::from(number))))
    }

    fn holds(before: &str, after: &str, steps: &[Step], removed: &[&str]) -> bool {
        let removed: Vec<String> = removed.iter().map(|comment| (*comment).to_owned()).collect();
        check(before, after, steps, &removed).is_ok()
    }

    #[test]
    fn an_edit_that_does_what_was_asked_holds() {
        assert!(holds("a.b = 1\nc = 2 # x\n", "c = 2 # x\na = { b = 3 }", &[put("a.b", 3)], &[]));
        assert!(holds("a = { b = 1 } # x\n# y", "# y", &[step("a.b", What::Remove)], &["# x"]));
        assert!(holds("[a]\n", "[a]\nb = 0x3", &[put("a.b", 3)], &[]));
    }

    #[test]
    fn whatever_else_an_edit_does_is_found_out() {
        let step_of_b = [put("a.b", 3)];
        for (before, after) in [
            ("c = 2", "c = 2"),
            ("c = 2", "a.b = 4\nc = 2"),
            ("c = 2", "a.b = 3\nc = 3"),
            ("c = 2", "a.b = 3\nc = '2'"),
            ("c = 2.50", "a.b = 3\nc = 2.5"),
            ("c = 2", "a.b = 3"),
            ("c = 2", "a.b = 3\nc = 2\nd = 1"),
            ("c = 2", "a.b = 3\nc = 2\nx.y = {}"),
            ("c = ''", "a.b = 3\nc = ' '"),
            ("c = '''x\n'''", "a.b = 3\nc = '''x\r\n'''"),
            ("c = 2 # x", "a.b = 3\nc = 2"),
            ("c = 2 # x\n# x", "a.b = 3\nc = 2 # x"),
            ("c = 2 # x", "a.b = 3\nc = 2 # y"),
            ("c = 2", "a.b = 3\nc = "),
            ("c = [1, 2]", "a.b = 3\nc = [2, 1]"),
            ("[[accept]]\ncheck = 'x'", "a.b = 3\n[[accept]]\ncheck = 'y'"),
        ] {
            assert!(!holds(before, after, &step_of_b, &[]), "{before}\n{after}");
        }
        let accepted = Accepted { check: "x".into(), key: None, figure: None, reason: "y".into() };
        let accept = [step("accept", What::Accept(accepted))];
        assert!(holds("", "[[accept]]\nreason = 'y'\ncheck = 'x'", &accept, &[]));
        assert!(!holds("", "[[accept]]\nreason = 'y'\ncheck = 'z'", &accept, &[]));
        assert!(!holds("a = 1", "[[accept]]\nreason = 'y'\ncheck = 'x'", &accept, &[]));
    }
}
