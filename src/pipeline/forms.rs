//! The forms of a job, each read once. In: the project's templates; out: the form that a facts file names.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Problems;
use crate::facts::Facts;
use crate::form::{self, Form};
use crate::job::CheckJob;

/// Every form that facts may name; one that is wrong is reported with the facts that name it.
pub struct Forms {
    templates: PathBuf,
    known: BTreeMap<String, Result<Arc<Form>, Problems>>,
}

impl Forms {
    /// Reads the forms of the program and of the job's project.
    pub fn new(job: &CheckJob) -> Self {
        let templates = job.project.templates();
        let read = |name: String| {
            let form = form::files::load(&name, Some(&templates), None).map(Arc::new);
            (name, form)
        };
        let known = form::files::names(Some(&templates)).into_iter().map(read).collect();
        Self { templates, known }
    }

    /// The form that facts name.
    pub fn of(&self, facts: &Facts<'_>) -> Result<Arc<Form>, Problems> {
        let (name, place) = facts.form_name().map_err(|problem| vec![problem])?;
        match self.known.get(name) {
            Some(form) => form.clone(),
            None => form::files::load(name, Some(&self.templates), Some(&place)).map(Arc::new),
        }
    }

    /// The forms that are in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Form>> {
        self.known.values().filter_map(|form| form.as_ref().ok())
    }
}
