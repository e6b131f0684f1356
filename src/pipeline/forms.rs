//! The forms of a job, each read once. In: the project's templates; out: the form that a facts file names.

use std::path::PathBuf;
use std::sync::Arc;

use super::Problems;
use crate::diag::Code;
use crate::facts::Facts;
use crate::form::{self, Form};
use crate::job::CheckJob;
use crate::named::Named;
use crate::source::Source;

/// Every form that facts may name; one that is wrong is reported with the facts that name it.
pub struct Forms {
    templates: PathBuf,
    known: Named<String, Result<Arc<Form>, Problems>>,
}

impl Forms {
    /// The forms of the program and of the job's project, which are read when they are first named.
    pub fn new(job: &CheckJob) -> Self {
        Self { templates: job.project.templates(), known: Named::default() }
    }

    /// The facts of a file.
    ///
    /// # Errors
    /// Every slip of syntax, explained by the form that the file names.
    pub fn parse<'s>(&self, source: &'s Arc<Source>) -> Result<Facts<'s>, Problems> {
        Facts::parse_with(source, &|name| self.named(name).ok())
    }

    /// The form that facts name.
    pub fn of(&self, facts: &Facts<'_>) -> Result<Arc<Form>, Problems> {
        let (name, place) = facts.form_name().map_err(|problem| vec![problem])?;
        // A name that is not known is told where each facts file has it.
        self.named(name).map_err(|problems| match problems.as_slice() {
            [problem] if problem.code == Code::UnknownForm => vec![problem.clone().at(place)],
            _ => problems,
        })
    }

    /// The form of that name.
    pub fn named(&self, name: &str) -> Result<Arc<Form>, Problems> {
        self.known.get(name, || form::files::load(name, Some(&self.templates), None).map(Arc::new))
    }
}
