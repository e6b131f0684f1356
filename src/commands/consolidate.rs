//! `consolidate`: the working sheet of a government. In: what was typed; out: the figures of its organs with their sums, or one sum with
//! its parts, on standard output; or the sums written into its facts.

use std::path::PathBuf;

use super::aside::{tell, tell_strays};
use crate::cli::Consolidate;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::session::{Forms, Selection};
use crate::sheet::{CellSheet, Government, SheetFormat, Wrote, write};
use crate::source::display_path;

/// Shows the sums of a government, or writes them.
///
/// # Errors
/// No project, a selection that names no single government, or facts that cannot be read or written.
pub(super) fn run(typed: Consolidate, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let (job, file) = settle(&typed)?;
    let forms = Forms::new(&job);
    let strays = tell_strays(&job, emitter);
    let government = Government::open(&file, &forms)?;
    let status = strays.max(tell(&government.problems, emitter));
    if typed.write {
        let wrote = write(&government)?;
        wrote.iter().for_each(|one| emitter.say(&said(one)));
        let (count, shown) = (wrote.len(), display_path(&file));
        emitter.say(&text!("{shown}：写入 {count} 格", "{shown}: {count} cells written"));
        return Ok(status);
    }
    let said = match &typed.cell {
        Some(key) => CellSheet::of(&government, key, &forms)?.said(typed.format, emitter.language())?,
        None => government.sheet().said(typed.format, emitter.language())?,
    };
    let said = String::from_utf8_lossy(&said);
    match typed.format {
        SheetFormat::Json => emitter.print_json(said.trim_end()),
        _ => emitter.print(said.trim_end()),
    }
    Ok(status)
}

/// The facts that are meant: of an organ's years, the latest.
fn settle(typed: &Consolidate) -> Result<(Selection, PathBuf), Problems> {
    let job = Selection::of(std::slice::from_ref(&typed.select), false)?;
    let is_beside = |file: &PathBuf, latest: &PathBuf| file.parent() == latest.parent();
    match job.files.last().filter(|latest| job.files.iter().all(|file| is_beside(file, latest))).cloned() {
        Some(latest) => Ok((job, latest)),
        None => {
            let count = job.files.len();
            let message = text!(
                "“{}”选中 {count} 个文件，这里只能是一个机关",
                "`{}` names {count} files, and one organ is wanted",
                typed.select
            );
            let help = text!("写机关的文件夹或它的事实文件", "name the folder of an organ, or its facts file");
            Err(Diagnostic::error(Code::Usage, message).help(help).into())
        }
    }
}

fn said(wrote: &Wrote) -> crate::diag::Text {
    let Wrote { key, before, after } = wrote;
    match before {
        Some(before) => text!("{key}：{before} → {after}", "{key}: {before} → {after}"),
        None => text!("{key}：{after}", "{key}: {after}"),
    }
}
