//! `new`: starts an organ's facts. In: what was typed; out: a facts file with every key, and the schema that it names.

use super::init::say_written;
use crate::cli::New;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::disk;
use crate::project::Project;
use crate::start;

/// Starts an organ's facts.
///
/// # Errors
/// No project, an organ that cannot be a folder, no such form, or a file that is there already.
pub(super) fn run(typed: New, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let project = Project::find()?;
    let organ = typed.organ.trim();
    if organ.starts_with('.') || !disk::is_name_everywhere(organ) {
        let message =
            text!("机关名称“{organ}”不能作文件夹的名称", "the organ `{organ}` cannot be the name of a folder");
        return Err(Diagnostic::error(Code::Usage, message).help(disk::name_everywhere()).into());
    }
    for path in start::start(&project, &typed.form, organ, typed.year)? {
        say_written(&path, emitter);
    }
    Ok(ExitStatus::Done)
}
