//! The time in which forms, templates and the list of reports stay the same. In: a [`WatchJob`] and what changes; out: pages
//! shown and written, until something changes that asks for another sitting.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use super::changes::{affected, folders_of_facts};
use super::desk::{Desk, PAUSE, WatchJob};
use super::event::{Event, QUIET};
use super::preview_state::PreviewState;
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, Problems, text};
use crate::facts;
use crate::session::{self, Fate, Outcome, Preview, Progress, Session, Toolchain};
use crate::source::{Source, display_path};

/// How often a quiet watch looks whether it is to stop.
const TURN: Duration = Duration::from_millis(200);
/// How long the browser has the machine to itself after sheets were drawn, before files are written.
const COURTESY: Duration = Duration::from_millis(100);

/// What comes after a sitting.
pub(super) enum Next {
    /// Nothing: somebody asked to stop.
    End,
    /// The same work, with forms and templates read anew.
    Again,
    /// Other work; its engine and fonts are to be found anew where `is_fresh`.
    Job {
        /// The work.
        job: Box<WatchJob>,
        /// Whether settings or fonts have changed.
        is_fresh: bool,
    },
}

/// What came in together.
#[derive(Default)]
struct Told {
    changed: Vec<PathBuf>,
    /// The texts that files are about to have.
    saving: BTreeMap<PathBuf, Arc<Source>>,
    asked: Vec<String>,
    has_missed: bool,
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
                Event::Saving { file, source } => {
                    told.saving.insert(file, source);
                    patience = Duration::ZERO;
                }
                Event::Missed => told.has_missed = true,
                Event::Changed { paths, is_whole } => {
                    // Whatever is on the disk by now may be somebody else's.
                    told.saving.retain(|file, _| !paths.contains(file));
                    told.changed.extend(paths);
                    patience = if is_whole { Duration::ZERO } else { QUIET };
                }
            }
        }
        told
    }
}

/// Work on a list of reports.
pub(super) struct Sitting<'a> {
    job: &'a WatchJob,
    names: Vec<String>,
    session: Session<'a>,
    progress: Progress,
    state: &'a PreviewState,
    emitter: &'a Emitter,
    /// The reports whose sheets are to be drawn; they come first.
    to_draw: BTreeSet<usize>,
    /// The texts that reports are about to have, which are drawn while they are written, and shown once they stand there.
    saving: BTreeMap<usize, Arc<Source>>,
    /// The report that was drawn so last: the session has its sheets until it draws another.
    drawn_early: Option<usize>,
    /// The reports whose files are to be written.
    to_build: BTreeSet<usize>,
    /// Whether the last thing done was to draw.
    has_drawn: bool,
}

impl<'a> Sitting<'a> {
    /// Begins, with an engine and fonts that may be there already.
    ///
    /// # Errors
    /// No engine.
    pub(super) fn new(
        job: &'a WatchJob,
        toolchain: Option<Arc<Toolchain>>,
        state: &'a PreviewState,
        emitter: &'a Emitter,
    ) -> Result<Self, Diagnostic> {
        let session = Session::with(&job.build, toolchain)?;
        session::left_behind(&job.build);
        let names: Vec<String> = job.build.check.files.iter().map(|file| display_path(file)).collect();
        state.list(&names);
        let to_build: BTreeSet<usize> = (0..names.len()).collect();
        let mut sitting = Self {
            job,
            session,
            progress: Progress::silent(emitter.language()),
            state,
            emitter,
            to_draw: BTreeSet::new(),
            saving: BTreeMap::new(),
            drawn_early: None,
            to_build: BTreeSet::new(),
            has_drawn: false,
            names,
        };
        sitting.make(to_build);
        Ok(sitting)
    }

    /// The engine and the fonts.
    pub(super) fn toolchain(&self) -> Option<Arc<Toolchain>> {
        self.session.toolchain()
    }

    /// Works until something changes that asks for another sitting.
    pub(super) fn keep_up<S>(mut self, desk: &mut Desk<'_, S>) -> Next
    where
        S: Fn() -> Result<WatchJob, Problems>,
    {
        while !desk.is_over() {
            let pause = self.pause(desk.waits);
            let pause = desk.look.pause().map_or(pause, |due| due.min(pause));
            let mut told = Told::next(&desk.events, pause);
            desk.sweep.heard(&told.changed);
            told.changed.extend(desk.sweep.changed(&self.job.build.check, desk.deaf_to.is_some()));
            if told.has_missed {
                desk.miss();
            }
            if told.has_missed || !told.changed.is_empty() {
                desk.beside.iter().for_each(|beside| beside.changed());
            }
            let asked = told.asked.iter().filter_map(|name| self.names.iter().position(|known| known == name));
            self.to_draw.extend(asked.collect::<Vec<_>>());
            let affected = affected(&told.changed, &self.job.build.check);
            if affected.settings || affected.list {
                desk.look.soon(affected.settings);
            }
            if affected.strays {
                desk.look.again_within(PAUSE, false);
            }
            let is_fresh = desk.look.is_forced;
            if let Some(job) = desk.settled(self.job) {
                return Next::Job { job: Box::new(job), is_fresh };
            }
            if affected.forms {
                return Next::Again;
            }
            let governments = self.governments(&told.changed, affected.list);
            self.make(affected.reports.into_iter().chain(governments).collect());
            self.note_saving(told.saving);
            self.work(desk);
        }
        Next::End
    }

    /// The reports of the governments that add up facts which have changed; all of them where facts came or went.
    fn governments(&self, changed: &[PathBuf], has_other_facts: bool) -> Vec<usize> {
        let check = &self.job.build.check;
        let folders = folders_of_facts(changed, check);
        let above = match (has_other_facts, folders.is_empty()) {
            (true, _) => self.session.changed(None),
            (false, false) => self.session.changed(Some(&folders)),
            (false, true) => return Vec::new(),
        };
        above.iter().filter_map(|file| check.files.iter().position(|known| known == file)).collect()
    }

    /// How long to wait for something to be told before going on with what is due.
    fn pause(&self, waits: bool) -> Duration {
        match (self.saving.is_empty() && self.to_draw.is_empty(), self.to_build.is_empty()) {
            (true, true) => TURN,
            (true, false) if waits => TURN,
            (true, false) if self.has_drawn => COURTESY,
            _ => Duration::ZERO,
        }
    }

    /// Takes note of the texts that reports are about to have, where anybody looks at those.
    fn note_saving(&mut self, saving: BTreeMap<PathBuf, Arc<Source>>) {
        let looked_at = self.state.looked_at();
        let files = &self.job.build.check.files;
        let number = |file: &PathBuf| files.iter().position(|known| known == file);
        let numbered = saving.into_iter().filter_map(|(file, source)| Some((number(&file)?, source)));
        self.saving.extend(numbered.filter(|(report, _)| looked_at.contains(&self.names[*report])));
    }

    /// The report whose sheets are drawn next.
    fn next_to_draw(&mut self) -> Option<usize> {
        let early = self.drawn_early.take().filter(|report| self.to_draw.remove(report));
        early.or_else(|| self.to_draw.pop_first())
    }

    fn make(&mut self, reports: BTreeSet<usize>) {
        self.to_build.extend(reports.iter().copied());
        let looked_at = self.state.looked_at();
        self.to_draw.extend(reports.into_iter().filter(|report| looked_at.contains(&self.names[*report])));
    }

    /// The report of a text; a draft, where it is not in order, and never was.
    fn preview(&self, report: usize, text: &Arc<Source>, traces: bool) -> Result<Preview, Problems> {
        let (file, name) = (&self.job.build.check.files[report], &self.names[report]);
        let preview = |draft| self.session.preview(file, text, draft, traces, &self.progress.report(file));
        match preview(false) {
            Err(_) if self.job.draft && !self.state.has_good(name) => preview(true),
            drawn => drawn,
        }
    }

    /// Does what is due next.
    fn work<S>(&mut self, desk: &mut Desk<'_, S>) {
        let check = &self.job.build.check;
        let traces = desk.beside.is_some();
        if let Some((report, text)) = self.saving.pop_first() {
            // What is wrong with it is told once it stands there.
            let _ = self.preview(report, &text, traces);
            (self.drawn_early, self.has_drawn) = (Some(report), true);
        } else if let Some(report) = self.next_to_draw() {
            let name = &self.names[report];
            let drawn = facts::open(&check.files[report]).and_then(|text| self.preview(report, &text, traces));
            let is_drawn = drawn.is_ok();
            self.state.show(name, drawn);
            // After the sheets are shown, which nobody is to wait for longer.
            if is_drawn && traces {
                self.state.place(name, self.session.areas());
            }
            self.has_drawn = true;
        } else if let Some(report) = self.to_build.pop_first() {
            let (file, target) = (&check.files[report], &self.job.build.targets[report]);
            // Pages go on being drawn while another run writes.
            let outcome = match self.session.turn(|| false) {
                Ok(Some(_turn)) => self.session.report(file, target, &self.progress.report(file)),
                Ok(None) => return self.wait(report, desk),
                Err(problem) => Outcome::failed(problem.into()),
            };
            desk.waits = false;
            desk.standing.report(&self.names[report], &outcome.problems);
            if let Fate::Built(paths) = outcome.fate {
                for path in paths {
                    self.emitter.say(&text!("已生成 {path}", "wrote {path}"));
                }
            }
            self.has_drawn = false;
        }
    }

    /// Leaves a report to be written later, once the folder is free.
    fn wait<S>(&mut self, report: usize, desk: &mut Desk<'_, S>) {
        self.to_build.insert(report);
        if !std::mem::replace(&mut desk.waits, true) {
            let out = display_path(&self.job.build.out);
            self.emitter.tell(&text!(
                "{out} 正由另一次运行写入，等它结束再写；页面照常更新",
                "{out} is being written by another run; files are written after it, and the page is kept up to date"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_text_is_drawn_early_unless_the_file_has_changed_since() {
        let (sender, events) = channel();
        let saving = |file: &str, text: &str| Event::Saving { file: file.into(), source: Source::new(file, text) };
        let changed = |file: &str| Event::Changed { paths: vec![file.into()], is_whole: true };
        for event in
            [changed("a"), saving("a", "1"), saving("b", "2"), saving("a", "3"), saving("c", "4"), changed("b")]
        {
            sender.send(event).expect("somebody listens");
        }
        let told = Told::next(&events, Duration::from_secs(1));
        let early: Vec<_> = told.saving.iter().map(|(file, source)| (file.to_string_lossy(), source.text())).collect();
        assert_eq!(early, [("a".into(), "3"), ("c".into(), "4")]);
        assert_eq!(told.changed, [PathBuf::from("a"), PathBuf::from("b")]);
    }
}
