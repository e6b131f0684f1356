//! By when a report is published. In: the values, as far as there are any, and the days that the form gives; out: the last day.

use std::path::Path;

use time::Date;

use super::budget::Budget;
use super::conditions::Scope;
use super::references::Sources;
use crate::form::Form;
use crate::report::Values;

/// The last day on which the report of a year may be published; `file` is where its facts are, or would be.
pub fn due(form: &Form, year: u16, values: &Values, file: &Path) -> Option<Date> {
    let folder = file.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    let scope = Scope { sources: Sources { form, year, values }, last: None, folder, budget: &Budget::begin() };
    let is_meant = |due: &&crate::form::Due| match &due.when {
        None => true,
        Some(when) => scope.holds(when, "", &[]).ok().flatten().unwrap_or(false),
    };
    form.checks.due.iter().find(is_meant).and_then(|due| due.after(year))
}
