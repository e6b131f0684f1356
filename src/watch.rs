//! Keeps pages up to date while facts and templates are written, and shows them in a browser. In: a [`WatchJob`]; out: the
//! files that `build` writes, again after each change, and a page on this machine with the sheets, the web version and what
//! is wrong.

mod board;
mod changes;
mod server;
mod sheets;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, text};
use crate::interrupt::Interrupt;
use crate::job::{BuildJob, WatchJob};
use crate::pipeline::{Fate, Kit, Progress, Workshop};
use crate::source::display_path;
use board::Board;
use changes::{Affected, Changes};

/// How often a quiet watch looks whether it is to stop.
const PATIENCE: Duration = Duration::from_millis(200);
/// How long files must be left alone before they are read, where nobody says that they are whole.
const QUIET: Duration = Duration::from_millis(8);

/// How long the browser has the machine to itself after sheets were drawn, before files are written.
const COURTESY: Duration = Duration::from_millis(100);

/// What a watch is told of.
enum Event {
    /// These files changed; `is_whole` says whether whoever wrote them is done.
    Changed { paths: Vec<PathBuf>, is_whole: bool },
    /// Somebody looks at this report.
    Asked(String),
}

/// Watches until somebody asks to stop. `settle` says anew what there is to do, after files came or went.
///
/// # Errors
/// No port, no engine, or a folder that cannot be watched.
pub fn watch(
    job: WatchJob,
    settle: impl Fn() -> Result<WatchJob, Diagnostic>,
    emitter: &Emitter,
) -> Result<ExitStatus, Diagnostic> {
    let interrupt = Interrupt::listen();
    let (sender, events) = mpsc::channel();
    let board = Arc::new(Board::new(emitter.language(), sender.clone()));
    let address = server::serve(Arc::clone(&board), job.port)?;
    emitter.say(&text!("预览：{address}（Ctrl-C 结束）", "preview: {address} (Ctrl-C ends it)"));
    if job.open && open::that_detached(&address).is_err() {
        emitter.say(&text!(
            "没能打开浏览器，请自己打开上面的地址",
            "no browser could be opened; open the address yourself"
        ));
    }
    let mut changes = Changes::new(sender)?;
    let (mut kit, mut job, mut has_begun) = (None, Ok(job), false);
    while !interrupt.is_asked() {
        let sitting = job.as_ref().map_err(Clone::clone).and_then(|job| {
            changes.cover(&job.build.check)?;
            Sitting::new(&job.build, kit.take(), &board, emitter)
        });
        match sitting {
            Ok(sitting) => kit = sitting.keep_up(&events, &interrupt),
            Err(problem) if !has_begun => return Err(problem),
            Err(problem) => {
                emitter.emit(std::slice::from_ref(&problem));
                board.fault(&problem);
                while !interrupt.is_asked() && Told::next(&events, PATIENCE).changed.is_empty() {}
            }
        }
        has_begun = true;
        job = settle();
    }
    Ok(ExitStatus::Done)
}

/// What came in together.
#[derive(Default)]
struct Told {
    changed: Vec<PathBuf>,
    asked: Vec<String>,
}

impl Told {
    /// What comes in, if anything does within the time. Changes are gathered until a file is whole or all are left alone.
    fn next(events: &Receiver<Event>, within: Duration) -> Self {
        let (mut told, mut patience) = (Self::default(), within);
        while let Ok(event) = events.recv_timeout(patience) {
            match event {
                Event::Asked(name) => {
                    told.asked.push(name);
                    patience = Duration::ZERO;
                }
                Event::Changed { paths, is_whole } => {
                    told.changed.extend(paths);
                    patience = if is_whole { Duration::ZERO } else { QUIET };
                }
            }
        }
        told
    }
}

/// The time in which forms, templates and the list of reports stay the same.
struct Sitting<'a> {
    job: &'a BuildJob,
    names: Vec<String>,
    workshop: Workshop<'a>,
    progress: Progress,
    board: &'a Board,
    emitter: &'a Emitter,
    /// The reports whose sheets are to be drawn; they come first.
    to_draw: BTreeSet<usize>,
    /// The reports whose files are to be written.
    to_build: BTreeSet<usize>,
    /// Whether the last thing done was to draw.
    has_drawn: bool,
}

impl<'a> Sitting<'a> {
    fn new(
        job: &'a BuildJob,
        kit: Option<Arc<Kit>>,
        board: &'a Board,
        emitter: &'a Emitter,
    ) -> Result<Self, Diagnostic> {
        let names: Vec<String> = job.check.files.iter().map(|file| display_path(file)).collect();
        board.list(&names);
        let workshop = Workshop::with(job, kit)?;
        let to_build = (0..names.len()).collect();
        let mut sitting = Self {
            job,
            workshop,
            progress: Progress::silent(),
            board,
            emitter,
            to_draw: BTreeSet::new(),
            to_build,
            has_drawn: false,
            names,
        };
        sitting.draw_again(sitting.to_build.clone());
        Ok(sitting)
    }

    /// Works until something changes that asks for another sitting; gives what that one can go on with.
    fn keep_up(mut self, events: &Receiver<Event>, interrupt: &Interrupt) -> Option<Arc<Kit>> {
        while !interrupt.is_asked() {
            let told = Told::next(events, self.pause());
            let asked = told.asked.iter().filter_map(|name| self.names.iter().position(|known| known == name));
            self.to_draw.extend(asked.collect::<Vec<_>>());
            match changes::affected(&told.changed, &self.job.check) {
                Affected::Reports(reports) => {
                    self.to_build.extend(reports.iter().copied());
                    self.draw_again(reports);
                }
                Affected::Forms => return self.workshop.kit(),
                Affected::Everything => return None,
            }
            self.work();
        }
        None
    }

    /// How long to wait for something to be told before going on with what is due.
    fn pause(&self) -> Duration {
        match (self.to_draw.is_empty(), self.to_build.is_empty()) {
            (true, true) => PATIENCE,
            (true, false) if self.has_drawn => COURTESY,
            _ => Duration::ZERO,
        }
    }

    fn draw_again(&mut self, reports: BTreeSet<usize>) {
        let looked_at = self.board.looked_at();
        self.to_draw.extend(reports.into_iter().filter(|report| looked_at.contains(&self.names[*report])));
    }

    /// Does what is due next.
    fn work(&mut self) {
        if let Some(report) = self.to_draw.pop_first() {
            let file = &self.job.check.files[report];
            let drawn = self.workshop.preview(file, &self.progress.report(file));
            self.board.show(&self.names[report], drawn);
            self.has_drawn = true;
        } else if let Some(report) = self.to_build.pop_first() {
            let (file, target) = (&self.job.check.files[report], &self.job.targets[report]);
            let outcome = self.workshop.report(file, target, &self.progress.report(file));
            self.emitter.emit(&outcome.problems);
            if let Fate::Built(paths) = outcome.fate {
                for path in paths {
                    self.emitter.say(&text!("已生成 {path}", "wrote {path}"));
                }
            }
            self.board.tell(&self.names[report], &outcome.problems);
            self.has_drawn = false;
        }
    }
}
