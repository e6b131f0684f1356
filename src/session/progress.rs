//! Progress for people at a terminal. In: reports and the stages they are in; out: a bar with rate and time left on
//! standard error, or nothing where standard error is not a terminal.

use std::fmt;
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::diag::emit::Emitter;
use crate::diag::plain::plain;
use crate::diag::{Language, Text, text};
use crate::source::display_path;

/// The bar of a build.
pub struct Progress {
    bar: ProgressBar,
    language: Language,
}

impl Progress {
    /// A bar for a number of reports, unless nothing is to be said of what goes on.
    pub fn new(reports: usize, emitter: &Emitter) -> Self {
        let language = emitter.language();
        if emitter.is_quiet() {
            return Self::silent(language);
        }
        let length = u64::try_from(reports).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let words = text!(
            "{{bar:24}} {{pos}}/{{len}} 份 {{rate}} 还需 {{eta}} {{wide_msg}}",
            "{{bar:24}} {{pos}}/{{len}} reports {{rate}} {{eta}} left {{wide_msg}}"
        );
        if let Ok(style) = ProgressStyle::with_template(words.get(language)) {
            bar.set_style(style.with_key("rate", rate));
        }
        Self { bar, language }
    }

    /// No bar.
    pub fn silent(language: Language) -> Self {
        Self { bar: ProgressBar::hidden(), language }
    }

    /// Begins a report.
    pub fn report<'a>(&'a self, file: &'a Path) -> Stage<'a> {
        Stage { progress: self, file }
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

/// What is being done with a report.
#[derive(Clone, Copy)]
pub enum Step {
    /// Its facts are checked.
    Check,
    /// What templates see is put together.
    View,
    /// Templates write its pages.
    Render,
    /// Typst lays them out.
    Compile,
    /// They are written.
    Write,
}

impl Step {
    fn named(self) -> Text {
        match self {
            Self::Check => text!("检查", "check"),
            Self::View => text!("取数", "view"),
            Self::Render => text!("套用模板", "render"),
            Self::Compile => text!("排版", "compile"),
            Self::Write => text!("写文件", "write"),
        }
    }
}

/// One report's way through the stages.
pub struct Stage<'a> {
    progress: &'a Progress,
    file: &'a Path,
}

impl Stage<'_> {
    /// Says which stage the report is in.
    pub fn at(&self, step: Step) {
        let Progress { bar, language } = self.progress;
        if !bar.is_hidden() {
            bar.set_message(format!("{} {}", step.named().get(*language), plain(&display_path(self.file))));
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.progress.bar.inc(1);
    }
}
