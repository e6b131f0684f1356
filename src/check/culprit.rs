//! The one cell that explains every sum that fails. In: how the sums of the form came out; out: the cell whose change alone makes
//! those that are errors hold and breaks none, if there is exactly one, told with the exact edit in each problem of a sum.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::sum::Verdict;
use crate::diag::{Applicability, Diagnostic, Edit, Fix, Severity, text};
use crate::form::{FieldKind, Form, Key};
use crate::report::{Entry, Values, figure};
use crate::source::Place;

/// Cells that, each taken so many times, should come to nothing.
struct Balance {
    terms: BTreeMap<Key, i64>,
    /// What they come to.
    rest: Decimal,
}

impl Balance {
    /// That of a sum. Totals that were not written stand for their parts.
    fn of(form: &Form, values: &Values, verdict: &Verdict<'_>) -> Self {
        let mut balance = Self { terms: BTreeMap::new(), rest: verdict.difference() };
        for (terms, times) in [(&verdict.left, 1), (&verdict.right, -1)] {
            terms.iter().filter(|term| !term.is_last).for_each(|term| balance.add(form, values, term.key, times));
        }
        balance
    }

    fn add(&mut self, form: &Form, values: &Values, key: &Key, times: i64) {
        let is_written = values.get(key).is_some_and(|entry| entry.place.is_some());
        match form.keys.get(key).and_then(|known| known.sums.first()).filter(|_| !is_written) {
            Some(parts) => parts.iter().for_each(|part| self.add(form, values, part, times)),
            None => *self.terms.entry(key.clone()).or_default() += times,
        }
    }

    /// By how much the cell would have to change for the sum to hold; `None` where no change of it helps.
    fn wants(&self, key: &str) -> Option<Decimal> {
        let times = self.terms.get(key).filter(|times| **times != 0)?;
        (-self.rest).checked_div(Decimal::from(*times))
    }
}

/// Names the likely culprit in each of the problems, which are those of sums.
pub(super) fn name(form: &Form, values: &Values, verdicts: &[Verdict<'_>], problems: &mut [Diagnostic]) {
    let failed = problems.iter().filter(|problem| problem.is_error()).count();
    if failed == 0 {
        return;
    }
    let errors = verdicts.iter().filter(|verdict| verdict.is_error());
    let balances: Vec<Balance> = errors.map(|verdict| Balance::of(form, values, verdict)).collect();
    let Some(culprit) = find(form, values, &balances) else { return };
    for problem in problems.iter_mut().filter(|problem| problem.severity == Severity::Error) {
        culprit.tell(problem, failed);
    }
}

struct Culprit<'a> {
    key: &'a str,
    label: &'a str,
    place: &'a Place,
    stated: Decimal,
    right: Decimal,
}

fn find<'a>(form: &'a Form, values: &'a Values, balances: &'a [Balance]) -> Option<Culprit<'a>> {
    let (holding, failing): (Vec<&Balance>, Vec<&Balance>) =
        balances.iter().partition(|balance| balance.rest.is_zero());
    let first = failing.first()?;
    let mut culprits = first.terms.keys().filter_map(|key| {
        let change = first.wants(key)?;
        let explains = failing.iter().all(|balance| balance.wants(key) == Some(change));
        let breaks = holding.iter().any(|balance| balance.terms.get(key).is_some_and(|times| *times != 0));
        let known = form.keys.get(key)?;
        let Entry { place: Some(place), .. } = values.get(key)? else { return None };
        // What the organs add up to is none: their own sums hold.
        if place.text().starts_with(['[', '{']) {
            return None;
        }
        let stated = figure(values, key)?;
        let right = (stated + change).normalize();
        let possible = !right.is_sign_negative() && (known.kind == FieldKind::Amount || right.scale() == 0);
        (explains && !breaks && possible).then_some(Culprit { key, label: &known.label, place, stated, right })
    });
    let culprit = culprits.next()?;
    culprits.next().is_none().then_some(culprit)
}

impl Culprit<'_> {
    fn tell(&self, problem: &mut Diagnostic, failed: usize) {
        let Self { key, label, place, stated, right } = self;
        problem.notes.push(text!(
            "很可能是“{label}”（{key}）一格写错：只改它一处，{failed}处不符就都消失",
            "likely culprit: {key} ({label}); with that one cell changed, none of the {failed} failed sums is left"
        ));
        // A cell that `rest = 0` filled has no number of its own to replace.
        let is_written = place.text().parse::<Decimal>().is_ok_and(|number| number == *stated)
            && !place.source.text()[..place.span.start].trim_end().ends_with(&rest_assignment());
        problem.help = Some(match is_written {
            true => text!("把 {place} 的 {stated} 改为 {right}", "at {place}, change {stated} to {right}"),
            false => text!("补上没有写的一格：{key} = {right}", "write the cell that is not there: {key} = {right}"),
        });
        problem.fix = is_written.then(|| Fix {
            edits: vec![Edit { place: (*place).clone(), replacement: right.to_string() }],
            applicability: Applicability::Suggested,
        });
    }
}

fn rest_assignment() -> String {
    format!("{} =", crate::form::keys::REST)
}
