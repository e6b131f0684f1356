//! Puts facts in the one layout of `facts/layout.rs`. In: the facts files of a job; out: the same files in it, with line ends of the
//! kind that most of their lines have; or which of them would change.

use std::path::Path;

use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems, text};
use crate::ends::Ends;
use crate::facts::edit::Original;
use crate::session::Selection;
use crate::source::display_path;

pub use crate::facts::layout::formatted;

/// Formats the files of a job, or says which would change.
pub fn format(job: &Selection, only_check: bool, emitter: &Emitter) -> ExitStatus {
    let mut status = ExitStatus::Done;
    for file in &job.files {
        match one(file, only_check) {
            Ok(None) => {}
            Ok(Some(ends)) => {
                let path = display_path(file);
                let why = match ends.is_mixed() {
                    true => {
                        let name = ends.name();
                        text!(
                            "（换行有两种，统一为多数的 {name}）",
                            " (it mixes line ends; most are {name}, and so are all then)"
                        )
                    }
                    false => text!("", ""),
                };
                let (zh, en) = (why.zh, why.en);
                match only_check {
                    true => {
                        emitter.answer(&text!("需要整理：{path}{zh}", "would change: {path}{en}"));
                        status = status.max(ExitStatus::Rejected);
                    }
                    false => emitter.say(&text!("已整理 {path}{zh}", "formatted {path}{en}")),
                }
            }
            Err(problems) => {
                emitter.emit(&problems);
                status = problems.iter().map(|problem| problem.code.exit_status()).fold(status, ExitStatus::max);
            }
        }
    }
    status
}

/// How a file that was, or would be, changed begins and ends its lines.
fn one(file: &Path, only_check: bool) -> Result<Option<Ends>, Problems> {
    let original = Original::open(file)?;
    let ends = original.ends();
    let formatted = ends.put(&formatted(&original.source)?);
    if original.bytes() == formatted.as_bytes() {
        return Ok(None);
    }
    if !only_check {
        original.put(formatted.as_bytes())?;
    }
    Ok(Some(ends))
}
