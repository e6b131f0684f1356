//! `verify`: says whether pages are those that are made today. In: pages, or selections of facts whose pages are meant; out: that they
//! are, or what differs.

use std::path::{Path, PathBuf};

use super::aside::{tell, tell_strays};
use super::build::out;
use crate::cli::Verify;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::export::Format;
use crate::interrupt::{First, Interrupt};
use crate::session::{Selection, Verifier, pages_at};
use crate::source::display_path;

/// Verifies pages. What keeps one from being verified keeps no other.
///
/// # Errors
/// No project, or a selection that names nothing.
pub(super) fn run(typed: Verify, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let guard = typed.limits.guard(&Interrupt::listen(First::KILLS));
    let (mut pages, select): (Vec<PathBuf>, Vec<PathBuf>) = typed.select.into_iter().partition(|typed| is_page(typed));
    let mut status = ExitStatus::Done;
    if pages.is_empty() || !select.is_empty() {
        let select: Vec<String> = select.iter().map(|select| select.to_string_lossy().into_owned()).collect();
        let (found, worst) = pages_of(&select, typed.out.as_deref(), emitter)?;
        pages.extend(found);
        status = worst;
    }
    let mut verifier = Verifier::new(guard, emitter);
    for page in pages {
        let verified = verifier.verify(&page);
        status = status.max(verified.unwrap_or_else(|problems| tell(&problems, emitter)));
    }
    Ok(status)
}

/// Whether a page was typed, and no facts: its name ends as that of a page, or it is a file of some other kind.
fn is_page(typed: &Path) -> bool {
    let is_other_file = || typed.is_file() && typed.extension().is_some_and(|extension| extension != "toml");
    Format::of_file(typed).is_some() || is_other_file()
}

/// The pages of what is selected; facts without any are told.
fn pages_of(
    select: &[String],
    typed: Option<&Path>,
    emitter: &Emitter,
) -> Result<(Vec<PathBuf>, ExitStatus), Problems> {
    let job = Selection::of(select, false)?;
    let mut status = tell_strays(&job, emitter);
    let out = out(typed, &job.project)?;
    let mut pages = Vec::new();
    for (file, target) in job.files.iter().zip(job.project.targets(&job.files, &out)?) {
        let found = pages_at(&target, "");
        if found.is_empty() {
            status = status.max(tell(&[without_pages(file, &target)], emitter));
        }
        pages.extend(found);
    }
    Ok((pages, status))
}

fn without_pages(file: &Path, target: &Path) -> Diagnostic {
    let (file, target) = (display_path(file), display_path(target));
    let message =
        text!("{file} 没有页面：没有 {target}.pdf 等", "{file} has no page: there is no {target}.pdf or the like");
    Diagnostic::error(Code::NoRecord, message).help(text!(
        "先运行 nianbao build；页面在别处，用 --out 指定文件夹",
        "run `nianbao build` first; where the pages are elsewhere, name the folder with --out"
    ))
}
