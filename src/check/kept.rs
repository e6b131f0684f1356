//! How much of a report is last year's. In: the values of both years; out: how many sentences and figures there are, and how many of
//! them are the same.

use std::collections::BTreeSet;

use super::references::{Markup, Sources};
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
    let before = Sources { form, year: report.year.saturating_sub(1), values: last };
    let before: BTreeSet<String> =
        texts(last).flat_map(|text| sentences(&before.expand(text, Markup::Prose).text)).collect();
    let mut share = Share::default();
    for sentence in texts(&report.values).flat_map(sentences) {
        share.all += 1;
        share.same += usize::from(before.contains(&sentence));
    }
    share
}

/// The prose that the facts have, not the form.
fn texts(values: &Values) -> impl Iterator<Item = &str> {
    values.values().filter(|entry| entry.place.is_some()).filter_map(|entry| match &entry.value {
        Value::Prose(text) => Some(text.as_str()),
        _ => None,
    })
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
