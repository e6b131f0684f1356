//! What stays wrong while a watch goes on. In: faults of the project and problems of reports, as often as they are found; out:
//! each told once, and again when it has changed.

use std::collections::BTreeMap;

use super::preview_state::PreviewState;
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, Problems};

/// What was told.
pub(super) struct Standing<'a> {
    state: &'a PreviewState,
    emitter: &'a Emitter,
    /// What is wrong with the project itself.
    faults: Problems,
    /// What is wrong with each report.
    reports: BTreeMap<String, Problems>,
}

impl<'a> Standing<'a> {
    /// Nothing is wrong yet.
    pub(super) fn new(state: &'a PreviewState, emitter: &'a Emitter) -> Self {
        Self { state, emitter, faults: Problems::new(), reports: BTreeMap::new() }
    }

    /// All that is wrong with the project now.
    pub(super) fn project(&mut self, faults: Problems) {
        if faults == self.faults {
            return;
        }
        let news: Problems = faults.iter().filter(|fault| !self.faults.contains(fault)).cloned().collect();
        self.emitter.emit(&news);
        self.state.stand(&faults);
        self.faults = faults;
    }

    /// Whether something is wrong with the project that keeps it from being read.
    pub(super) fn is_unread(&self) -> bool {
        self.faults.iter().any(Diagnostic::is_error)
    }

    /// All that is wrong with a report now.
    pub(super) fn report(&mut self, name: &str, problems: &[Diagnostic]) {
        let told = self.reports.entry(name.to_owned()).or_default();
        if told.as_slice() != problems {
            self.emitter.emit(problems);
            *told = problems.into();
        }
        self.state.tell(name, problems);
    }
}
