//! Facts of a file, opened, read by their form and checked. In: a facts file and the forms; out: [`Loaded`], or all that is wrong.
//! Every command that works on reports begins here.

use std::path::Path;
use std::sync::Arc;

use super::forms::Forms;
use super::organs::Around;
use crate::check;
use crate::diag::{self, Problems};
use crate::facts;
use crate::facts::years_before::YearsBefore;
use crate::report::Report;
use crate::source::Source;

/// A report with what it was read from.
pub struct Loaded {
    /// The text of the facts.
    pub source: Arc<Source>,
    /// The facts of the years before, each read once.
    pub years_before: YearsBefore,
    /// The report.
    pub report: Report,
    /// The warnings; where it was loaded in spite of errors, those too.
    pub problems: Problems,
}

/// What errors mean for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// There is no report.
    Refuse,
    /// It is a draft, which says how many problems are open.
    Draft,
}

impl Loaded {
    /// Opens a facts file and checks what is in it.
    ///
    /// # Errors
    /// Whatever keeps it from being a report.
    pub fn open(file: &Path, forms: &Forms, errors: Errors) -> Result<Self, Problems> {
        Self::of(&facts::open(file)?, file, forms, errors)
    }

    /// Checks a text that stands, or is to stand, in a facts file.
    ///
    /// # Errors
    /// Whatever keeps it from being a report.
    pub fn of(source: &Arc<Source>, file: &Path, forms: &Forms, errors: Errors) -> Result<Self, Problems> {
        let facts = forms.parse(source)?;
        let form = forms.of(&facts)?;
        let years_before = YearsBefore::of(file);
        let organs = Around::of(forms);
        let (report, problems) = match errors {
            Errors::Refuse => check::check(&facts, &form, &years_before, &organs)?,
            Errors::Draft => check::draft(&facts, &form, &years_before, &organs)?,
        };
        Ok(Self { source: Arc::clone(source), years_before, report, problems: problems.into() })
    }

    /// The same, where every character that the report brings to its page can be drawn.
    ///
    /// # Errors
    /// Characters that no face has, with the warnings, or a font that cannot be read.
    pub fn drawable(mut self, forms: &Forms) -> Result<Self, Problems> {
        let undrawn = forms.undrawn(&self.report)?;
        if undrawn.is_empty() {
            return Ok(self);
        }
        self.problems.extend(undrawn);
        diag::sort(&mut self.problems);
        Err(self.problems)
    }
}

/// All that is wrong with the text of a facts file.
pub(super) fn problems(source: &Arc<Source>, file: &Path, forms: &Forms) -> Problems {
    let loaded = Loaded::of(source, file, forms, Errors::Refuse).and_then(|loaded| loaded.drawable(forms));
    loaded.map_or_else(|problems| problems, |loaded| loaded.problems)
}
