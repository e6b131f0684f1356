//! All stages in a row, for each report. In: a [`BuildJob`] or [`Selection`]; out: files, messages, and how it went.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread;

use crate::check::likeness::{self, Likeness};
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, exit_status, text};
use crate::interrupt::Interrupt;
use crate::report::Report;
use crate::source::{Place, display_path};
use crate::worker::{is_memory_short, memory_short};

mod batch;
mod clear;
mod exporters;
mod forms;
mod found;
mod governments;
mod job;
mod load;
mod make;
mod mend;
mod organs;
mod progress;
mod record;
mod summary;
mod verify;

pub use batch::{Taking, in_order};
pub use clear::left_behind;
pub use exporters::{Preview, Toolchain, engine_for, fonts_for};
pub use forms::Forms;
pub use job::{BuildJob, Selection, Stamp};
pub use load::{Errors, Loaded};
pub use make::{Fate, Outcome, Session};
pub use mend::mend;
pub use organs::Around;
pub use progress::{Progress, Step};
pub use record::{Record, current_pages, pages_at};
pub use summary::merge;
pub use verify::Verifier;

use summary::SummaryBuilder;

/// Checks every report of a job and prints what is wrong.
pub fn check(job: &Selection, interrupt: &Interrupt, emitter: &Emitter) -> ExitStatus {
    let forms = Forms::new(job);
    let progress = Progress::new(job.files.len(), emitter);
    let mut summary_so_far = SummaryBuilder::new(job.files.len(), job.deny_warnings);
    summary_so_far.project(job, emitter);
    let jobs = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let judge = |number: usize| {
        let file = &job.files[number];
        progress.report(file).at(Step::Check);
        match whole(|| Loaded::open(file, &forms, Errors::Refuse)?.drawable(&forms)) {
            Ok(Loaded { report, problems, .. }) => {
                let likeness = likeness::of(&report).map(|likeness| (likeness, place_of_author(&report)));
                (Outcome::of(Fate::Checked, problems), likeness)
            }
            Err(problems) => (Outcome::failed(problems), None),
        }
    };
    let mut seen: BTreeMap<Likeness, usize> = BTreeMap::new();
    let take = |summary_so_far: &mut SummaryBuilder,
                number: usize,
                (mut outcome, likeness): (Outcome, Option<(Likeness, Option<Place>)>)| {
        if let Some((likeness, place)) = likeness {
            let first = *seen.entry(likeness).or_insert(number);
            outcome.problems.extend((first != number).then(|| same_as(&job.files[first], place)));
        }
        progress.aside(|| summary_so_far.take(&job.files[number], outcome, emitter));
    };
    let close = |summary_so_far: SummaryBuilder| {
        progress.finish();
        summary_so_far.close_check(job.files.len(), emitter)
    };
    let leave = |summary_so_far| interrupt.stop(i32::from(close(summary_so_far).max(emitter.close()).number()));
    close(batch::in_order(job.files.len(), jobs, interrupt, judge, Taking { into: summary_so_far, take, leave }))
}

/// Where a report names its author.
fn place_of_author(report: &Report) -> Option<Place> {
    report.values.get(&report.form.author).and_then(|entry| entry.place.clone())
}

/// The warning that a report is another organ's under another name.
fn same_as(other: &Path, place: Option<Place>) -> Diagnostic {
    let other = display_path(other);
    let message =
        text!("数字和正文与另一个机关的相同：{other}", "the figures and the prose are those of another organ: {other}");
    let problem = Diagnostic::warning(Code::SameAsOther, message)
        .help(text!("多半是复制来的；写上本机关的数字和情况", "most likely one was copied; write this organ's own"));
    match place {
        Some(place) => problem.at(place),
        None => problem,
    }
}

/// Builds every report of a job and prints what was written and what is wrong.
///
/// # Errors
/// No engine, or a summary that cannot be written.
pub fn build(job: &BuildJob, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
    let files = &job.check.files;
    let session = Session::new(job)?;
    let interrupt = &job.guard.interrupt;
    // Held until all is written; where there is none, somebody asked to stop.
    let mut is_told = false;
    let turn = session.turn(|| {
        if !std::mem::replace(&mut is_told, true) {
            let out = display_path(&job.out);
            emitter.tell(&text!(
                "{out} 正由另一次运行写入，等它结束（Ctrl-C 不再等）",
                "{out} is being written by another run; waiting for it to end (Ctrl-C stops waiting)"
            ));
        }
        !interrupt.is_asked()
    })?;
    let mut status = ExitStatus::Done;
    if turn.is_some() {
        clear::left_behind(job);
        let kept = if job.clean { clear::orphans(job, emitter) } else { Problems::new() };
        emitter.emit(&kept);
        status = status.max(exit_status(&kept));
    }
    let progress = Progress::new(files.len(), emitter);
    let mut summary_so_far =
        SummaryBuilder::new(files.len(), job.check.deny_warnings).of_shard(job.shard, job.selected);
    summary_so_far.project(&job.check, emitter);
    let make = |number: usize| {
        let (file, target) = (&files[number], &job.targets[number]);
        whole(|| Ok(session.report(file, target, &progress.report(file)))).unwrap_or_else(Outcome::failed)
    };
    let take = |summary_so_far: &mut SummaryBuilder, number: usize, outcome| {
        progress.aside(|| summary_so_far.take(&files[number], outcome, emitter));
    };
    let close = |summary_so_far: SummaryBuilder| {
        progress.finish();
        if let Some(path) = &job.summary {
            // Nobody may ever read from the other end of a pipe.
            interrupt.heed_no_more();
            summary_so_far.write(path)?;
        }
        Ok(summary_so_far.close(emitter).max(status))
    };
    let leave = |summary_so_far| {
        interrupt.close();
        // Only now may others write; a folder that was made for what then was not written goes with it.
        drop(turn);
        let status = close(summary_so_far).unwrap_or_else(|problem: Diagnostic| {
            let status = problem.code.exit_status();
            emitter.emit(&[problem]);
            status
        });
        interrupt.stop(i32::from(status.max(emitter.close()).number()))
    };
    close(batch::in_order(files.len(), job.jobs, interrupt, make, Taking { into: summary_so_far, take, leave }))
}

/// Works on one report. A fault of this program in it, such as a number that no form should have, must not end the others.
pub fn whole<T>(work: impl FnOnce() -> Result<T, Problems>) -> Result<T, Problems> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        if is_memory_short() {
            return Err(memory_short().into());
        }
        let message =
            text!("程序内部出错，没有做完这份报告", "the program failed inside and did not finish this report");
        let help = text!(
            "请把表式和上面的英文消息告诉 nianbao 的作者",
            "tell the authors of nianbao of the form and of the message above"
        );
        Err(Diagnostic::error(Code::EngineFailed, message).help(help).into())
    })
}
