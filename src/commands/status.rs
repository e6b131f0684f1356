//! `status`: says which organs have reported, what is wrong, and what is to be done. In: what was typed; out: a table, JSON, CSV or a web
//! page, and letters to the organs that have something to mend.

use super::aside::tell_strays;
use crate::cli::Status;
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems, text};
use crate::disk;
use crate::interrupt::{First, Interrupt};
use crate::session::Progress;
use crate::source::display_path;
use crate::status::{Letters, StatusFormat, StatusJob, Surveyed, survey};

/// Looks at the reports that are owed, and says how they are.
///
/// # Errors
/// No project, a selection that names nothing, or a file that cannot be written.
pub(super) fn run(typed: Status, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let job = StatusJob::of(&typed.select)?;
    let strays = tell_strays(&job.selection, emitter);
    let out = job.selection.project.out()?;
    let progress = Progress::new(job.due.len(), emitter);
    let interrupt = Interrupt::listen(First::IsHeeded);
    let letters = typed.letters.as_deref().map(|folder| Letters::new(folder, emitter.language())).transpose()?;
    let write = |surveyed: &Surveyed| letters.as_ref().map_or(Ok(()), |letters| letters.write(surveyed));
    let status = survey(&job, &out, &interrupt, &progress, &write)?;
    if let Some((letters, folder)) = letters.zip(typed.letters.as_deref()) {
        letters.write_same(&job, &out, &status)?;
        let (count, folder) = (letters.count(), display_path(folder));
        // Not where the status goes, which other programs may read.
        if !emitter.is_quiet() {
            emitter.tell(&text!("写了 {count} 封信函：{folder}", "{count} letters written: {folder}"));
        }
    }
    let said = status.said(typed.format, emitter.language())?;
    match (&typed.out, typed.format) {
        (Some(file), _) => disk::send(file, &said)?,
        (None, StatusFormat::Json) => emitter.print_json(String::from_utf8_lossy(&said).trim_end()),
        (None, _) => emitter.print(String::from_utf8_lossy(&said).trim_end()),
    }
    let is_fine = status.sums.missing + status.sums.wrong == 0;
    Ok(strays.max(if is_fine { ExitStatus::Done } else { ExitStatus::Rejected }))
}
