//! `schema`: writes a JSON Schema. In: the name of a form, or that the project's settings or reports as data are meant; out: the
//! schema on standard output.

use crate::cli::Schema;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems};
use crate::export::data;
use crate::{project, schema};

/// Writes the schema.
///
/// # Errors
/// No such form, or one that is wrong.
pub(super) fn run(typed: Schema, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    emitter.print_json(&match &typed.form {
        Some(form) => schema::schema(form)?,
        None if typed.data => data::schema().to_owned(),
        None => format!("{:#}", project::schema()),
    });
    Ok(ExitStatus::Done)
}
