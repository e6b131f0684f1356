//! A report: the values of checked facts. In: what the checks found; out: [`Report`], which becomes pages, and [`Values`], at which
//! checks look before there is a report.

pub mod value;
pub mod values;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::consolidate::{Consolidated, Counted};
use crate::form::{Form, Key};
pub use value::Value;
pub use values::{Entry, Values, author, figure, printed, said};

/// Facts that may become a page.
#[derive(Debug)]
pub struct Report {
    /// The form.
    pub form: Arc<Form>,
    /// The year reported on.
    pub year: u16,
    /// Every value that the form declares and the facts have, totals included, references resolved.
    pub values: Values,
    /// The warnings that the facts accept, with their reasons.
    pub accepted: Vec<Accepted>,
    /// The figures of the organs, where the report is of a government that consolidates them.
    pub consolidated: Option<Consolidated>,
    /// The facts of organs from which figures of the years before were added up.
    pub counted_before: Vec<Arc<Counted>>,
    /// Last year's values, where there are any to compare with.
    pub last: Option<Values>,
    /// The figures of the years before, latest first, where charts are asked for.
    pub history: Vec<(u16, Values)>,
    /// Whether charts are drawn.
    pub charts: bool,
    /// For a draft: how many problems are open.
    pub open_problems: Option<usize>,
}

impl Report {
    /// The facts of other organs that its figures, or those of the years before, are sums of; each file once.
    pub fn counted(&self) -> Vec<Arc<Counted>> {
        let own = self.consolidated.iter().flat_map(Consolidated::counted);
        let mut seen = BTreeSet::new();
        own.chain(&self.counted_before).filter(|counted| seen.insert(counted.file.clone())).cloned().collect()
    }
}

/// A warning accepted with a reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Accepted {
    /// The code of the check.
    pub check: String,
    /// The key of the value that the warning points into, or of a row or table above it; without one, every warning of the check is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The figure or words that the warning points at; without them, every place in the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
    /// Why its warnings do not matter here.
    pub reason: String,
}
