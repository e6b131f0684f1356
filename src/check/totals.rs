//! Totals (合计). In: the values as written; out: every total that was left out, computed; and a problem for every
//! stated total that differs from the sum of its parts.

use rust_decimal::Decimal;

use crate::report::{Entry, Value, Values, figure};
use crate::diag::{Code, Diagnostic, text};
use crate::form::{Form, Known};

/// Computes the totals that are missing and checks those that are stated.
pub fn complete(form: &Form, values: &mut Values, problems: &mut Vec<Diagnostic>) {
    let totals: Vec<(&str, &Known)> = form.catalog.cells().filter(|(_, known)| !known.sums.is_empty()).collect();
    for (key, _) in &totals {
        compute(form, key, values);
    }
    for (key, known) in totals {
        for parts in &known.sums {
            problems.extend(check(form, key, known, parts, values));
        }
    }
}

/// The value of a cell, computed from its parts when it is a total that was not stated.
fn compute(form: &Form, key: &str, values: &mut Values) -> Decimal {
    if let Some(number) = figure(values, key) {
        return number;
    }
    let parts = form.catalog.get(key).and_then(|known| known.sums.first()).map(Vec::as_slice).unwrap_or_default();
    let sum = parts.iter().map(|part| compute(form, part, values)).sum();
    values.insert(key.to_owned(), Entry { value: Value::Figure(sum), place: None });
    sum
}

fn check(form: &Form, key: &str, known: &Known, parts: &[String], values: &Values) -> Option<Diagnostic> {
    let stated_at = values.get(key)?.place.clone()?;
    let stated = figure(values, key)?;
    let computed: Decimal = parts.iter().filter_map(|part| figure(values, part)).sum();
    if stated == computed {
        return None;
    }
    let label = &known.label;
    let difference = stated - computed;
    let mut problem = Diagnostic::error(
        Code::WrongTotal,
        text!("“{label}”（{key}）与各项之和不符", "{key} ({label}) is not the sum of its parts"),
    )
    .at_saying(stated_at, text!("写的是 {stated}", "stated: {stated}"))
    .note(text!(
        "写的是 {stated}，各项之和是 {computed}，相差 {difference}",
        "stated {stated}, computed {computed}, difference {difference}"
    ))
    .help(text!(
        "核对各项；总计也可以不写，由程序计算",
        "check the parts; a total may also be left out, and is then computed"
    ));
    for part in parts {
        let number = figure(values, part).unwrap_or_default();
        let place = values.get(part).and_then(|entry| entry.place.clone());
        if let Some(place) = place.filter(|_| !number.is_zero()) {
            let label = form.label_of(part).unwrap_or_default();
            problem = problem.and_at(place, text!("{label}：{number}", "{label}: {number}"));
        }
    }
    Some(problem)
}
