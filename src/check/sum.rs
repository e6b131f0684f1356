//! Sums. In: the values and the sums of the form; out: every total (合计) that was left out, computed; for each sum that there is to
//! look at a [`Verdict`], and a problem where it fails. Whether a sum fails is decided here and nowhere else.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::diag::{Code, Diagnostic, Severity, Text, text};
use crate::form::sums::{Line, Origin, Sum};
use crate::form::{Form, Key, Rule};
use crate::report::{Entry, Value, Values};
use crate::source::Place;

/// Computes the totals that are missing.
pub fn complete(form: &Form, values: &mut Values) {
    for (key, _) in form.keys.cells().filter(|(_, known)| !known.sums.is_empty()) {
        compute(form, key, values);
    }
}

/// The value of a cell, computed from its parts when it is a total that was not stated.
fn compute(form: &Form, key: &Key, values: &mut Values) -> Decimal {
    // Words that stand in the place of a figure stay, and count as nothing.
    if let Some(entry) = values.get(key) {
        return entry.value.figure().unwrap_or_default();
    }
    let parts = form.keys.get(key).and_then(|known| known.sums.first()).map(Vec::as_slice).unwrap_or_default();
    let sum = parts.iter().map(|part| compute(form, part, values)).sum();
    values.insert(key.clone(), Entry { value: Value::Figure(sum), place: None });
    sum
}

/// Computes the totals that are missing and of which every part is known; what is blank on purpose stays so.
pub fn complete_known(form: &Form, values: &mut Values) {
    let totals = form.keys.cells().filter(|(_, known)| !known.sums.is_empty()).map(|(key, _)| key);
    let known: BTreeSet<&Key> = totals.filter(|key| is_known(form, values, key)).collect();
    let written: BTreeSet<Key> = values.keys().cloned().collect();
    for key in &known {
        compute(form, key, values);
    }
    values.retain(|key, _| written.contains(key) || known.contains(key));
}

/// Whether a figure is there, is blank on purpose, or follows from others that are.
fn is_known(form: &Form, values: &Values, key: &Key) -> bool {
    let Some(known) = form.keys.get(key) else { return false };
    match known.sums.first() {
        Some(parts) => parts.iter().all(|part| is_known(form, values, part)),
        None => values.contains_key(key) || known.may_be_blank(),
    }
}

/// The cells that a figure follows from: its own, and of a total that was left out those that it adds up.
pub fn cells_behind<'a>(form: &'a Form, values: &Values, key: &'a Key) -> Vec<&'a Key> {
    let mut cells = vec![key];
    if values.get(key).is_some_and(|entry| entry.place.is_none()) {
        let parts = form.keys.get(key).and_then(|known| known.sums.first());
        cells.extend(parts.into_iter().flatten().flat_map(|part| cells_behind(form, values, part)));
    }
    cells
}

/// A sum and how it came out.
#[derive(Debug)]
pub struct Verdict<'a> {
    /// The sum.
    pub sum: &'a Sum,
    /// The cells of the one side that have a figure.
    pub left: Vec<Term<'a>>,
    /// Those of the other side.
    pub right: Vec<Term<'a>>,
    values: &'a Values,
}

/// A cell of a sum.
#[derive(Debug)]
pub struct Term<'a> {
    /// Its key.
    pub key: &'a Key,
    /// Its figure.
    pub number: Decimal,
    /// Where it was written.
    pub place: Option<&'a Place>,
    /// Whether it is of last year's facts.
    pub is_last: bool,
}

/// The sums that there is to look at: those of totals that were stated, and equations whose years are there. Totals are complete.
pub fn verdicts<'a>(form: &'a Form, values: &'a Values, last: Option<&'a Values>) -> Vec<Verdict<'a>> {
    let is_stated =
        |key: &Key| values.get(key).is_some_and(|entry| entry.place.is_some() && entry.value.figure().is_some());
    let is_due = |sum: &&Sum| match sum.origin {
        Origin::Total => sum.left.iter().all(is_stated),
        Origin::Equation { .. } => sum.last.is_empty() || last.is_some(),
    };
    form.checks.sums.iter().filter(is_due).map(|sum| Verdict::of(sum, values, last)).collect()
}

impl<'a> Verdict<'a> {
    fn of(sum: &'a Sum, values: &'a Values, last: Option<&'a Values>) -> Self {
        let terms = |keys: &'a [Key], values: &'a Values, is_last| {
            keys.iter().filter_map(move |key| {
                let entry = values.get(key)?;
                Some(Term { key, number: entry.value.figure()?, place: entry.place.as_ref(), is_last })
            })
        };
        let mut right: Vec<Term<'a>> = terms(&sum.right, values, false).collect();
        right.extend(last.into_iter().flat_map(|last| terms(&sum.last, last, true)));
        Self { sum, left: terms(&sum.left, values, false).collect(), right, values }
    }

    /// By how much the one side is more than the other.
    pub fn difference(&self) -> Decimal {
        total(&self.left) - total(&self.right)
    }

    /// Whether both sides are the same.
    pub fn holds(&self) -> bool {
        self.difference().is_zero()
    }

    /// Whether it is the sum of a total and its parts.
    pub fn is_of_total(&self) -> bool {
        matches!(self.sum.origin, Origin::Total)
    }

    /// Whether the report cannot be made where it fails.
    pub fn is_error(&self) -> bool {
        match &self.sum.origin {
            Origin::Total => true,
            Origin::Equation { rule, .. } => rule.severity == Severity::Error,
        }
    }

    /// The problem, where it fails; none where every cell is a computed total, for then another sum fails too.
    pub fn problem(&self, form: &Form) -> Option<Diagnostic> {
        if self.holds() {
            return None;
        }
        let problem = match &self.sum.origin {
            Origin::Total => self.of_total(form),
            Origin::Equation { rule, line } => self.of_equation(rule, line, form),
        };
        let keys = self.sum.left.iter().chain(&self.sum.right);
        Some(problem?.about(keys.flat_map(|key| cells_behind(form, self.values, key))))
    }

    fn of_total(&self, form: &Form) -> Option<Diagnostic> {
        let [Term { key, number: stated, place: Some(place), .. }] = &self.left[..] else { return None };
        let (label, computed, difference) =
            (form.label_of(key).unwrap_or_default(), total(&self.right), self.difference());
        let problem = Diagnostic::error(
            Code::WrongTotal,
            text!("“{label}”（{key}）与各项之和不符", "{key} ({label}) is not the sum of its parts"),
        )
        .at_saying((*place).clone(), text!("写的是 {stated}", "stated: {stated}"))
        .note(text!(
            "写的是 {stated}，各项之和是 {computed}，相差 {difference}",
            "stated {stated}, computed {computed}, difference {difference}"
        ))
        .help(text!(
            "核对各项；总计也可以不写，由程序计算",
            "check the parts; a total may also be left out, and is then computed"
        ));
        let written = Self::places(self.right.iter().filter(|part| !part.number.is_zero()), form);
        Some(written.into_iter().fold(problem, |problem, (place, said)| problem.and_at(place, said)))
    }

    fn of_equation(&self, rule: &Rule, line: &Line, form: &Form) -> Option<Diagnostic> {
        let (left, right, difference) = (total(&self.left), total(&self.right), self.difference());
        let Line { label, key, is_row } = line;
        let Text { zh, en } = &rule.message;
        let (kind_zh, kind_en) = if *is_row { ("行", "row") } else { ("列", "column") };
        let message = Text {
            zh: format!("“{label}”一{kind_zh}不符合：{zh}"),
            en: format!("the {kind_en} {label} ({key}) breaks the rule: {en}"),
        };
        let problem = rule.sourced(rule.violation_saying(message).note(text!(
            "前者之和 {left}，后者之和 {right}，相差 {difference}",
            "the first sum is {left}, the second {right}, the difference {difference}"
        )));
        let mut places = Self::places(self.left.iter().chain(&self.right), form).into_iter();
        let (place, said) = places.next()?;
        Some(places.fold(problem.at_saying(place, said), |problem, (place, said)| problem.and_at(place, said)))
    }

    /// Where the cells were written, each place once: `rest` and the list of organs stand for many cells.
    fn places<'t>(terms: impl Iterator<Item = &'t Term<'t>>, form: &Form) -> Vec<(Place, Text)> {
        let mut places: Vec<(Place, Text)> = Vec::new();
        for term in terms {
            if let Some(place) = term.place.filter(|place| !places.iter().any(|(other, _)| other == *place)) {
                places.push((place.clone(), term.said(form)));
            }
        }
        places
    }
}

impl Term<'_> {
    fn said(&self, form: &Form) -> Text {
        let (label, number) = (form.label_of(self.key).unwrap_or_default(), self.number);
        match self.is_last {
            true => text!("上年{label}：{number}", "last year's {label}: {number}"),
            false => text!("{label}：{number}", "{label}: {number}"),
        }
    }
}

fn total(terms: &[Term<'_>]) -> Decimal {
    terms.iter().map(|term| term.number).sum()
}
