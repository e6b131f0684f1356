//! Keeps pages up to date while facts and templates are written, and shows them in a browser. In: a [`WatchJob`]; out: the
//! files that `build` writes, again after each change, and a page on this machine with the sheets, the web version and what
//! is wrong.

mod beside;
mod changes;
mod desk;
mod event;
mod page_images;
mod preview_state;
mod routes;
mod sitting;
mod standing;
mod sweep;

use std::sync::{Arc, mpsc};
use std::thread;

use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Problems, text};
use crate::serve::{self, Served};

pub(crate) use beside::Beside;
pub(crate) use desk::WatchJob;
pub(crate) use event::Event;
pub(crate) use routes::{OWN, page};

use changes::Changes;
use desk::{Desk, Look, PAUSE};
use preview_state::PreviewState;
use sitting::{Next, Sitting};
use standing::Standing;
use sweep::Sweep;

/// Watches until somebody asks to stop. `settle` says anew what there is to do, after files came or went.
///
/// # Errors
/// No port or no engine, at the beginning.
pub(crate) fn watch(
    job: WatchJob,
    settle: impl Fn() -> Result<WatchJob, Problems>,
    beside: Option<Arc<dyn Beside>>,
    emitter: &Emitter,
) -> Result<ExitStatus, Diagnostic> {
    let interrupt = job.build.guard.interrupt.clone();
    let (sender, events) = mpsc::channel();
    let state = Arc::new(PreviewState::new(emitter.language(), sender.clone()));
    if let Some(beside) = &beside {
        beside.tell_to(sender.clone());
        beside.renew(&job.build.check);
    }
    let Served { address, opening } = serve::serve(routes::routes(Arc::clone(&state), beside.clone()), job.port)?;
    emitter.answer(&text!("预览：{address} （Ctrl-C 结束）", "preview: {address} (Ctrl-C ends it)"));
    if job.open && open::that_detached(&opening).is_err() {
        emitter.answer(&text!(
            "没能打开浏览器，请自己打开上面的地址",
            "no browser could be opened; open the address yourself"
        ));
    }
    let (changes, sweep) = (Changes::new(sender), Sweep::new(&job.build.check));
    let (standing, mut look) = (Standing::new(&state, emitter), Look::new());
    // What came between the settling of the job and the first listening was told to nobody.
    look.soon(false);
    let mut desk = Desk {
        settle,
        events,
        interrupt,
        state: &state,
        changes,
        deaf_to: None,
        has_missed: false,
        waits: false,
        sweep,
        standing,
        look,
        beside,
    };
    keep_up(&mut desk, job, &state, emitter)
}

/// Works on one list of reports after the other. Where a new one cannot be worked on, the one before goes on.
fn keep_up<S: Fn() -> Result<WatchJob, Problems>>(
    desk: &mut Desk<'_, S>,
    job: WatchJob,
    state: &PreviewState,
    emitter: &Emitter,
) -> Result<ExitStatus, Diagnostic> {
    let (mut current, mut coming, mut toolchain, mut is_fresh, mut has_begun) = (job, None, None, false, false);
    while !desk.is_over() {
        let job = coming.as_ref().unwrap_or(&current);
        let with = if is_fresh { None } else { toolchain.clone() };
        is_fresh = false;
        if !has_begun {
            desk.listen(job);
        }
        let next = match Sitting::new(job, with, state, emitter) {
            Ok(sitting) => {
                desk.beside.iter().for_each(|beside| beside.renew(&job.build.check));
                if coming.is_some() || !has_begun {
                    let faults = desk.faults(job);
                    desk.standing.project(faults);
                }
                toolchain = sitting.toolchain();
                sitting.keep_up(desk)
            }
            Err(problem) if !has_begun => return Err(problem),
            Err(problem) => {
                desk.standing.project(problem.into());
                if coming.take().is_none() {
                    thread::sleep(PAUSE);
                    coming = (desk.settle)().ok();
                }
                continue;
            }
        };
        has_begun = true;
        if let Some(job) = coming.take() {
            current = job;
        }
        match next {
            Next::End => break,
            Next::Again => {}
            Next::Job { job, is_fresh: is_now_fresh } => (coming, is_fresh) = (Some(*job), is_now_fresh),
        }
    }
    Ok(ExitStatus::Done)
}
