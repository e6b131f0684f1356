//! Progress for people at a terminal. In: reports and the stages they are in; out: a bar on standard error, or
//! nothing where standard error is not a terminal.

use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::diag::{Language, text};
use crate::source::display_path;

/// The bar of a build.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar for a number of reports.
    pub fn new(reports: usize, language: Language) -> Self {
        let length = u64::try_from(reports).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        let words = text!("份", "reports");
        let words = words.get(language);
        if let Ok(style) = ProgressStyle::with_template(&format!("{{bar:24}} {{pos}}/{{len}} {words} {{wide_msg}}")) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Begins a report.
    pub fn report<'a>(&'a self, file: &'a Path) -> Stage<'a> {
        Stage { bar: &self.bar, file }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
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
            self.bar.set_message(format!("{stage} {}", display_path(self.file)));
        }
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        self.bar.inc(1);
    }
}
