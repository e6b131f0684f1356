//! Conditions on values, such as dates and parts that are not larger than their whole. In: the values, and last year's
//! where there are any; out: a problem for each row in which a condition does not hold.

use minijinja::Value as Operand;

use super::budget::Budget;
use super::references::Sources;
use super::sum::cells_behind;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::rules::{LAST, key_of};
use crate::form::{Condition, Expression, Form, Key};
use crate::report::{Value, Values};
use crate::source::Place;

/// What conditions and patterns read.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    /// This year's values, with the form and the year.
    pub sources: Sources<'a>,
    /// Last year's values.
    pub last: Option<&'a Values>,
    /// The name of the folder that the facts lie in.
    pub folder: &'a str,
    /// The time that is left.
    pub budget: &'a Budget,
}

/// Checks every condition of the form. One that reads a value which the facts do not have is passed over.
pub(super) fn check(scope: Scope<'_>, problems: &mut Vec<Diagnostic>) {
    for condition in &scope.sources.form.checks.conditions {
        for row in &condition.each {
            if scope.budget.is_spent() {
                problems.extend(scope.budget.spent_on(&condition.rule.code, &condition.place));
                return;
            }
            match holds(scope, condition, row) {
                Ok(true) => {}
                Ok(false) => problems.extend(problem(scope, condition, row)),
                Err(said) => problems.push(failed(&condition.rule.code, &condition.place, &said)),
            }
        }
    }
}

/// The condition is asked first, and when it matters only where it does not hold.
fn holds(scope: Scope<'_>, condition: &Condition, row: &str) -> Result<bool, String> {
    if scope.holds(&condition.test, row, &[])?.unwrap_or(true) {
        return Ok(true);
    }
    match &condition.when {
        None => Ok(false),
        Some(when) => Ok(!scope.holds(when, row, &[])?.unwrap_or(false)),
    }
}

/// The problem of a check that could not be worked out.
pub(super) fn failed(rule: &str, place: &Place, said: &str) -> Diagnostic {
    let message = text!("检查 {rule} 无法计算：{said}", "the check {rule} cannot be worked out: {said}");
    Diagnostic::error(Code::CheckFailed, message)
        .at(place.clone())
        .help(text!("改正表式中的这项检查", "correct this check in the form"))
}

fn problem(scope: Scope<'_>, condition: &Condition, row: &str) -> Option<Diagnostic> {
    let rule = &condition.rule;
    let problem = rule.violation();
    let problem = scope.labelled(problem, &condition.test.reads, row);
    let own = condition.test.reads.iter().filter(|name| !name.starts_with(LAST)).map(|name| key_of(name, row));
    let Sources { form, values, .. } = scope.sources;
    let known: Vec<Key> = own.filter(|key| form.keys.get(key).is_some_and(|known| known.kind.is_figure())).collect();
    let cells = known.iter().flat_map(|key| cells_behind(form, values, key));
    Some(rule.sourced(problem.about(cells)))
}

impl Scope<'_> {
    /// Whether an expression is true; `None` where it reads a value that is not there.
    pub(super) fn holds(
        self,
        expression: &Expression,
        row: &str,
        given: &[(String, Operand)],
    ) -> Result<Option<bool>, String> {
        let mut operands = Vec::with_capacity(expression.reads.len());
        for name in &expression.reads {
            let own = given.iter().find(|(own, _)| own == name).map(|(_, operand)| operand.clone());
            match own.or_else(|| self.operand(name, row)) {
                Some(operand) => operands.push((name.clone(), operand)),
                None => return Ok(None),
            }
        }
        self.sources.form.checks.expressions.holds(expression, &operands).map(Some)
    }

    fn operand(self, name: &str, row: &str) -> Option<Operand> {
        let notice = self.sources.form.notice.as_ref();
        match name {
            "year" => return Some(Operand::from(self.sources.year)),
            "folder" => return Some(Operand::from(self.folder)),
            "notice.title" => return notice.map(|notice| Operand::from(notice.title.as_str())),
            "notice.number" => return notice.map(|notice| Operand::from(notice.number.as_str())),
            _ => {}
        }
        let values = if name.starts_with(LAST) { self.last? } else { self.sources.values };
        let key = key_of(name, row);
        let kind = self.sources.form.keys.get(&key)?.kind;
        values.get(&key)?.value.operand(kind)
    }

    /// The problem with the values of these names, each at its place and once.
    pub(super) fn labelled<'n>(
        self,
        problem: Diagnostic,
        names: impl IntoIterator<Item = &'n String>,
        row: &str,
    ) -> Diagnostic {
        let mut problem = problem;
        for name in names {
            if let Some((place, said)) = self.label(name, row) {
                let is_first = problem.primary().is_none();
                let is_new = problem.labels.iter().all(|label| label.place != place);
                problem = match (is_first, is_new) {
                    (true, _) => problem.at_saying(place, said),
                    (false, true) => problem.and_at(place, said),
                    (false, false) => problem,
                };
            }
        }
        problem
    }

    fn label(self, name: &str, row: &str) -> Option<(Place, Text)> {
        let form: &Form = self.sources.form;
        let (key, is_last) = (key_of(name, row), name.starts_with(LAST));
        let values = if is_last { self.last? } else { self.sources.values };
        let entry = values.get(&key)?;
        let label = form.label_of(&key)?;
        let shown = match &entry.value {
            Value::Prose(_) => return None,
            other => other.said(form),
        };
        let said = match is_last {
            true => text!("上年{label}：{shown}", "last year's {label}: {shown}"),
            false => text!("{label}：{shown}", "{label}: {shown}"),
        };
        Some((place(form, values, &key)?, said))
    }
}

/// Where a value was written; a computed total stands where the first of its parts does.
fn place(form: &Form, values: &Values, key: &str) -> Option<Place> {
    values.get(key)?.place.clone().or_else(|| {
        let parts = form.keys.get(key)?.sums.first()?;
        parts.iter().find_map(|part| place(form, values, part))
    })
}
