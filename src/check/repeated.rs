//! Figures that are all last year's. In: the values of both years; out: a problem where every cell of every table holds what
//! it held last year, and enough of them are not zero.

use crate::diag::{Diagnostic, text};
use crate::form::{Form, Repeated};
use crate::report::Values;
use crate::report::figure;

/// Compares the figures with last year's, rule by rule.
pub(super) fn check(form: &Form, values: &Values, last: Option<&Values>, problems: &mut Vec<Diagnostic>) {
    let Some(last) = last else { return };
    for repeated in &form.checks.repeated {
        problems.extend(compare(form, repeated, values, last));
    }
}

fn compare(form: &Form, repeated: &Repeated, values: &Values, last: &Values) -> Option<Diagnostic> {
    let (mut count, mut place) = (0, None);
    for (key, known) in form.keys.cells().filter(|(_, known)| known.kind.is_figure()) {
        let (now, before) = (figure(values, key), figure(last, key));
        if now != before {
            return None;
        }
        // Totals repeat what they are the sums of.
        if now.is_some_and(|now| !now.is_zero()) && known.sums.is_empty() {
            count += 1;
            place = place.or_else(|| values.get(key).and_then(|entry| entry.place.clone()));
        }
    }
    if count < repeated.least {
        return None;
    }
    let rule = &repeated.rule;
    let problem = rule
        .violation()
        .at(place?)
        .note(text!("{count} 个不为零的数字全部与上年相同", "all {count} figures above zero are last year's"));
    Some(rule.sourced(problem))
}
