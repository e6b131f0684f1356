//! Equations between rows (勾稽关系). In: the values, totals complete; out: a problem for every column in which the
//! rows on the left do not add up to the rows on the right.

use rust_decimal::Decimal;

use super::{Values, totals::figure};
use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::{Equation, Form, join_key};
use crate::source::Place;

/// Checks every equation of the form in every column.
pub fn check(form: &Form, values: &Values, problems: &mut Vec<Diagnostic>) {
    for equation in &form.equations {
        let Some(table) = form.table(equation.table.get_ref()) else { continue };
        let columns = table.blocks.iter().flat_map(|block| block.leaf_columns());
        for column in columns.filter_map(|path| path.last().copied()) {
            problems.extend(in_column(equation, &column.key, &column.label, form, values));
        }
    }
}

fn in_column(equation: &Equation, column: &str, label: &str, form: &Form, values: &Values) -> Option<Diagnostic> {
    let side = |rows: &[toml::Spanned<String>]| -> Vec<(String, Decimal)> {
        rows.iter()
            .map(|row| join_key(row.get_ref(), column))
            .filter_map(|key| figure(values, &key).map(|number| (key, number)))
            .collect()
    };
    let (left, right) = (side(&equation.left), side(&equation.right));
    let sum = |side: &[(String, Decimal)]| side.iter().map(|(_, number)| number).sum::<Decimal>();
    let (left_sum, right_sum) = (sum(&left), sum(&right));
    if left_sum == right_sum {
        return None;
    }
    let (rule_zh, rule_en) = (&equation.message.zh, &equation.message.en);
    let difference = left_sum - right_sum;
    let message = Text {
        zh: format!("“{label}”一列不符合：{rule_zh}"),
        en: format!("the column {label} ({column}) breaks the rule: {rule_en}"),
    };
    let problem = Diagnostic::error(Code::Declared(equation.code.clone()), message)
        .note(text!(
            "前者之和 {left_sum}，后者之和 {right_sum}，相差 {difference}",
            "the first sum is {left_sum}, the second {right_sum}, the difference {difference}"
        ))
        .note(text!("依据：{}", "source: {}", equation.source));
    let mut places: Vec<(Place, Text)> = Vec::new();
    for (key, number) in right.iter().rev().chain(left.iter().rev()) {
        if let Some(place) = values.get(key).and_then(|entry| entry.place.clone()) {
            let label = form.label_of(key).unwrap_or_default();
            places.push((place, text!("{label}：{number}", "{label}: {number}")));
        }
    }
    places.dedup_by(|a, b| a.0 == b.0);
    // A column of computed totals fails only where another column, of written figures, fails too.
    let mut places = places.into_iter();
    let (place, said) = places.next()?;
    let problem = problem.at_saying(place, said);
    Some(places.fold(problem, |problem, (place, said)| problem.and_at(place, said)))
}
