//! The one cell that would explain every sum that fails. In: the values and the form's sums (totals, and equations that
//! are errors); out: the cell whose change alone makes them all hold and breaks none, if there is exactly one, told with
//! the exact edit in each problem of a sum.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::equations;
use crate::report::figure;
use crate::report::{Entry, Values};
use crate::diag::{Applicability, Diagnostic, Edit, Fix, Severity, text};
use crate::form::{FieldKind, Form};
use crate::source::Place;

/// Cells that, each taken so many times, should come to nothing.
pub struct Sum {
    terms: BTreeMap<String, i64>,
    /// What they come to.
    rest: Decimal,
}

impl Sum {
    /// A sum of cells of this year, `more` being what last year's add to it. Totals that were not written stand for
    /// their parts.
    pub fn new(form: &Form, values: &Values, cells: &[(&str, i64)], more: Decimal) -> Self {
        let mut sum = Self { terms: BTreeMap::new(), rest: more };
        for (key, times) in cells {
            sum.add(form, values, key, *times);
        }
        sum
    }

    fn add(&mut self, form: &Form, values: &Values, key: &str, times: i64) {
        let is_written = values.get(key).is_some_and(|entry| entry.place.is_some());
        match form.catalog.get(key).and_then(|known| known.sums.first()).filter(|_| !is_written) {
            Some(parts) => parts.iter().for_each(|part| self.add(form, values, part, times)),
            None => {
                *self.terms.entry(key.to_owned()).or_default() += times;
                self.rest += figure(values, key).unwrap_or_default() * Decimal::from(times);
            }
        }
    }

    /// By how much the cell would have to change for the sum to hold; `None` where no change of it helps.
    fn wants(&self, key: &str) -> Option<Decimal> {
        let times = self.terms.get(key).filter(|times| **times != 0)?;
        (-self.rest).checked_div(Decimal::from(*times))
    }
}

/// Names the likely culprit in each of the problems, which are those of sums.
pub fn name(form: &Form, values: &Values, last: Option<&Values>, problems: &mut [Diagnostic]) {
    let failed = problems.iter().filter(|problem| problem.is_error()).count();
    if failed == 0 {
        return;
    }
    let sums = sums(form, values, last);
    let Some(culprit) = find(form, values, &sums) else { return };
    for problem in problems.iter_mut().filter(|problem| problem.severity == Severity::Error) {
        culprit.tell(problem, failed);
    }
}

fn sums(form: &Form, values: &Values, last: Option<&Values>) -> Vec<Sum> {
    let mut sums = equations::sums(form, values, last);
    for (key, known) in form.catalog.cells() {
        if values.get(key).is_some_and(|entry| entry.place.is_some()) {
            for parts in &known.sums {
                let cells: Vec<(&str, i64)> =
                    [(key, 1)].into_iter().chain(parts.iter().map(|part| (part.as_str(), -1))).collect();
                sums.push(Sum::new(form, values, &cells, Decimal::ZERO));
            }
        }
    }
    sums
}

struct Culprit<'a> {
    key: &'a str,
    label: &'a str,
    place: &'a Place,
    stated: Decimal,
    right: Decimal,
}

fn find<'a>(form: &'a Form, values: &'a Values, sums: &'a [Sum]) -> Option<Culprit<'a>> {
    let (holding, failing): (Vec<&Sum>, Vec<&Sum>) = sums.iter().partition(|sum| sum.rest.is_zero());
    let first = failing.first()?;
    let mut culprits = first.terms.keys().filter_map(|key| {
        let change = first.wants(key)?;
        let explains = failing.iter().all(|sum| sum.wants(key) == Some(change));
        let breaks = holding.iter().any(|sum| sum.terms.get(key).is_some_and(|times| *times != 0));
        let known = form.catalog.get(key)?;
        let Entry { place: Some(place), .. } = values.get(key)? else { return None };
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
    format!("{} =", crate::form::catalog::REST)
}
