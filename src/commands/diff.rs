//! `diff`: says what differs between two reports, or the years of an organ. In: what was typed; out: the differences on standard
//! output.

use std::slice::from_ref;

use super::aside::tell_strays;
use crate::cli::Diff;
use crate::compare::{self, DiffFormat};
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::session::Selection;

/// Compares reports.
///
/// # Errors
/// No project, a selection that names nothing, one of two that names several files, facts that cannot be read, or reports of
/// different forms.
pub(super) fn run(typed: Diff, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = settle(&typed)?;
    let strays = tell_strays(&job, emitter);
    let said = compare::diff(&job, typed.format, emitter.language())?;
    match typed.format {
        DiffFormat::Json => emitter.print_json(&said),
        DiffFormat::Table | DiffFormat::Html => emitter.print(&said),
    }
    Ok(strays)
}

/// Two facts files to be compared, or the years of an organ.
fn settle(typed: &Diff) -> Result<Selection, Problems> {
    let mut job = Selection::of(from_ref(&typed.a), false)?;
    if let Some(b) = &typed.b {
        let other = job.project.select(from_ref(b))?;
        if job.files.len() != 1 || other.files.len() != 1 {
            let message = text!("diff A B 的 A 和 B 应各是一个文件", "in `diff A B`, A and B must each be one file");
            let help = text!(
                "写事实文件的路径；一个机关的各年：nianbao diff <机关>",
                "name facts files; for the years of an organ: nianbao diff <organ>"
            );
            return Err(Diagnostic::error(Code::Usage, message).help(help).into());
        }
        job.files.extend(other.files);
        job.strays.extend(other.strays);
    } else if job.files.len() < 2 {
        let message = text!("只选中一个文件，没有可比较的", "only one file is named, and nothing to compare it with");
        return Err(Diagnostic::error(Code::Usage, message).into());
    }
    Ok(job)
}
