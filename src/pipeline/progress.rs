//! Progress for people at a terminal. In: reports and the stages they are in; out: a bar with rate and time left on
//! standard error, or nothing where standard error is not a terminal.

use std::fmt;
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::diag::emit::Emitter;
use crate::diag::plain::plain;
use crate::diag::text;
use crate::source::display_path;

/// The bar of a build.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for a number of reports, unless nothing is to be said of what goes on.
    pub fn new(reports: usize, emitter: &Emitter) -> Self {
        if emitter.is_quiet() {
            return Self::silent();
        }
        let length = u64::try_from(reports).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let words = text!(
            "{{bar:24}} {{pos}}/{{len}} 份 {{rate}} 还需 {{eta}} {{wide_msg}}",
            "{{bar:24}} {{pos}}/{{len}} reports {{rate}} {{eta}} left {{wide_msg}}"
        );
        if let Ok(style) = ProgressStyle::with_template(words.get(emitter.language())) {
            bar.set_style(style.with_key("rate", rate));
        }
        Self { bar }
    }

    /// No bar.
    pub fn silent() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    /// Begins a report.
    pub fn report<'a>(&'a self, file: &'a Path) -> Stage<'a> {
        Stage { bar: &self.bar, file }
    }

    /// Does something that writes to the terminal, with the bar out of its way.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        if self.bar.is_hidden() { act() } else { self.bar.suspend(act) }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// How many reports are done in a second, to one decimal.
fn rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    // Where the terminal takes nothing, there is nobody to tell.
    let _ = write!(out, "{:.1}/s", state.per_sec());
}

/// One report's way through the stages.
pub struct Stage<'a> {
    bar: &'a ProgressBar,
    file: &'a Path,
}

impl Stage<'_> {
    /// Says which stage the report is in.
    pub fn at(&self, stage: &'static str) {
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{stage} {}", plain(&display_path(self.file))));
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.bar.inc(1);
    }
}
