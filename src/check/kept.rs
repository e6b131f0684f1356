//! How much of a report is last year's. In: the values of both years; out: how many sentences and figures there are, and how many of
//! them are the same.

use std::collections::BTreeSet;

use super::references;
use super::unchanged::sentences;
use crate::form::Form;
use crate::report::{Report, Value, Values, figure};

/// Parts of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many there are.
    pub all: usize,
    /// How many of them are last year's.
    pub same: usize,
}

impl Share {
    /// In per cent, rounded down; `None` of nothing.
    pub fn percent(self) -> Option<usize> {
        (self.same * 100).checked_div(self.all)
    }
}

/// The sentences of prose that are last year's but for their digits, and the figures above zero, no totals, that are last year's;
/// `None` where there is no last year.
pub fn kept(report: &Report) -> Option<(Share, Share)> {
    let last = report.last.as_ref()?;
    Some((prose(&report.form, report, last), figures(report, last)))
}

fn prose(form: &Form, report: &Report, last: &Values) -> Share {
    let mut last = last.clone();
    references::resolve(form, report.year.saturating_sub(1), &mut last, &mut Vec::new());
    let own = |values: &Values| -> Vec<String> {
        let texts = values.values().filter(|entry| entry.place.is_some());
        let prose = texts.filter_map(|entry| match &entry.value {
            Value::Prose(text) => Some(sentences(text)),
            _ => None,
        });
        prose.flatten().collect()
    };
    let before: BTreeSet<String> = own(&last).into_iter().collect();
    let now = own(&report.values);
    Share { all: now.len(), same: now.iter().filter(|sentence| before.contains(*sentence)).count() }
}

fn figures(report: &Report, last: &Values) -> Share {
    let mut share = Share::default();
    for (key, _) in report.form.keys.cells().filter(|(_, known)| known.kind.is_figure() && known.sums.is_empty()) {
        let Some(number) = figure(&report.values, key).filter(|number| !number.is_zero()) else { continue };
        share.all += 1;
        share.same += usize::from(figure(last, key) == Some(number));
    }
    share
}
