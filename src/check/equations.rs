//! Equations between cells (勾稽关系), within a year and from one year to the next. In: the values, totals complete, and
//! last year's where there are any; out: a problem for each column or row in which the two sides differ.

use rust_decimal::Decimal;
use toml::Spanned;

use crate::report::Values;
use super::breach::{breach, sourced};
use super::culprit::Sum;
use crate::report::figure;
use crate::diag::{Diagnostic, Severity, Text, text};
use crate::form::{Block, Equation, Form, Head, Table, join_key};
use crate::source::Place;

/// Checks every equation of the form. One that draws on last year's figures holds only where `last` has them.
pub fn check(form: &Form, values: &Values, last: Option<&Values>, problems: &mut Vec<Diagnostic>) {
    for equation in &form.checks.equations {
        let Some(table) = form.table(equation.table.get_ref()) else { continue };
        if !equation.last.is_empty() && last.is_none() {
            continue;
        }
        for line in lines(equation, table) {
            let sides = Sides::of(equation, &line, values, last);
            if sides.left() != sides.right() {
                problems.extend(sides.problem(equation, &line, form));
            }
        }
    }
}

/// The sums of the equations that are errors.
pub fn sums(form: &Form, values: &Values, last: Option<&Values>) -> Vec<Sum> {
    let is_error = |equation: &&Equation| {
        form.checks.rules.get(equation.rule.get_ref()).is_some_and(|rule| rule.severity == Severity::Error)
    };
    let mut sums = Vec::new();
    for equation in form.checks.equations.iter().filter(is_error) {
        let Some(table) = form.table(equation.table.get_ref()) else { continue };
        if !equation.last.is_empty() && last.is_none() {
            continue;
        }
        for line in lines(equation, table) {
            let sides = Sides::of(equation, &line, values, last);
            let signed = |terms: &'_ [Term], sign| -> Vec<(String, i64)> {
                terms.iter().filter(|term| !term.is_last).map(|term| (term.key.clone(), sign)).collect()
            };
            let cells = [signed(&sides.left, 1), signed(&sides.right, -1)].concat();
            let cells: Vec<(&str, i64)> = cells.iter().map(|(key, sign)| (key.as_str(), *sign)).collect();
            let more: Decimal = sides.right.iter().filter(|term| term.is_last).map(|term| -term.number).sum();
            sums.push(Sum::new(form, values, &cells, more));
        }
    }
    sums
}

/// A column in which rows are added up, or a row in which columns are.
struct Line<'a> {
    head: &'a Head,
    is_row: bool,
}

impl Line<'_> {
    fn cell(&self, key: &str) -> String {
        if self.is_row { join_key(&self.head.key, key) } else { join_key(key, &self.head.key) }
    }
}

fn lines<'a>(equation: &Equation, table: &'a Table) -> Vec<Line<'a>> {
    let is_row = !equation.rows.is_empty();
    let heads = |block: &'a Block| if is_row { block.leaf_rows() } else { block.leaf_columns() };
    let all = table.blocks.iter().flat_map(heads).filter_map(|path| path.last().copied());
    all.filter(|head| !is_row || equation.rows.iter().any(|row| *row.get_ref() == head.key))
        .map(|head| Line { head, is_row })
        .collect()
}

/// A cell in an equation.
struct Term {
    key: String,
    number: Decimal,
    place: Option<Place>,
    is_last: bool,
}

struct Sides {
    left: Vec<Term>,
    right: Vec<Term>,
}

impl Sides {
    fn of(equation: &Equation, line: &Line<'_>, values: &Values, last: Option<&Values>) -> Self {
        let terms = |keys: &[Spanned<String>], values: &Values, is_last| -> Vec<Term> {
            let keys = keys.iter().map(|key| line.cell(key.get_ref()));
            let term = |key: String| {
                let number = figure(values, &key)?;
                let place = values.get(&key).and_then(|entry| entry.place.clone());
                Some(Term { key, number, place, is_last })
            };
            keys.filter_map(term).collect()
        };
        let mut right = terms(&equation.right, values, false);
        right.extend(last.map(|last| terms(&equation.last, last, true)).unwrap_or_default());
        Self { left: terms(&equation.left, values, false), right }
    }

    fn left(&self) -> Decimal {
        self.left.iter().map(|term| term.number).sum()
    }

    fn right(&self) -> Decimal {
        self.right.iter().map(|term| term.number).sum()
    }

    /// The problem at its places; none where every cell is a computed total, for then another line fails too.
    fn problem(&self, equation: &Equation, line: &Line<'_>, form: &Form) -> Option<Diagnostic> {
        let (left, right) = (self.left(), self.right());
        let difference = left - right;
        let (label, key) = (&line.head.label, &line.head.key);
        let rule = form.checks.rules.get(equation.rule.get_ref())?;
        let (rule_zh, rule_en) = (&rule.message.zh, &rule.message.en);
        let (kind_zh, kind_en) = if line.is_row { ("行", "row") } else { ("列", "column") };
        let message = Text {
            zh: format!("“{label}”一{kind_zh}不符合：{rule_zh}"),
            en: format!("the {kind_en} {label} ({key}) breaks the rule: {rule_en}"),
        };
        let problem = breach(rule, equation.rule.get_ref(), message).note(text!(
            "前者之和 {left}，后者之和 {right}，相差 {difference}",
            "the first sum is {left}, the second {right}, the difference {difference}"
        ));
        let problem = sourced(problem, rule);
        let mut places = self.places(form).into_iter();
        let (place, said) = places.next()?;
        Some(places.fold(problem.at_saying(place, said), |problem, (place, said)| problem.and_at(place, said)))
    }

    /// Where the cells were written, in the order of the equation.
    fn places(&self, form: &Form) -> Vec<(Place, Text)> {
        let mut places: Vec<(Place, Text)> = Vec::new();
        for term in self.left.iter().chain(&self.right) {
            let label = form.label_of(&term.key).unwrap_or_default();
            let number = term.number;
            let said = match term.is_last {
                true => text!("上年{label}：{number}", "last year's {label}: {number}"),
                false => text!("{label}：{number}", "{label}: {number}"),
            };
            if let Some(place) = term.place.clone().filter(|place| !places.iter().any(|(other, _)| other == place)) {
                places.push((place, said));
            }
        }
        places
    }
}
