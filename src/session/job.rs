//! What is to be done with many reports. In: nothing; out: [`Selection`] and [`BuildJob`], in which every path, format and choice
//! is settled. The stages see only these, never what was typed.

use std::env;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use time::{Date, Month};

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::export::Format;
use crate::project::{Project, Selected, Stray};
use crate::report::{Report, Value};
use crate::shard::Shard;
use crate::typeset::EngineChoice;
use crate::worker::Guard;

/// Facts files that are to be read.
#[derive(Debug)]
pub struct Selection {
    /// The project.
    pub project: Project,
    /// The facts files, in order of path.
    pub files: Vec<PathBuf>,
    /// What lies among them and is not read.
    pub strays: Vec<Stray>,
    /// Whether warnings count as errors.
    pub deny_warnings: bool,
}

impl Selection {
    /// The facts files of this project that selections name.
    ///
    /// # Errors
    /// No project, or a selection that names nothing.
    pub fn of(select: &[String], deny_warnings: bool) -> Result<Self, Problems> {
        let project = Project::find()?;
        let Selected { files, strays } = project.select(select)?;
        Ok(Self { project, files, strays, deny_warnings })
    }
}

/// Pages that are to be made.
#[derive(Debug)]
pub struct BuildJob {
    /// What is checked before.
    pub check: Selection,
    /// The output folder.
    pub out: PathBuf,
    /// The output path of each facts file, without extension, in the same order.
    pub targets: Vec<PathBuf>,
    /// The formats to write, each once.
    pub formats: Vec<Format>,
    /// Which Typst.
    pub engine: EngineChoice,
    /// How many reports at once.
    pub jobs: NonZeroUsize,
    /// What PDFs and Word files are stamped with.
    pub stamp: Stamp,
    /// Whether reports are made that are there already, made of the same.
    pub force: bool,
    /// Whether the pages of facts that are gone are removed.
    pub clean: bool,
    /// Whether the charts of forms are drawn.
    pub charts: bool,
    /// Whether pages are made in spite of problems, marked as drafts.
    pub draft: bool,
    /// The shard that the facts files are, where there are several.
    pub shard: Option<Shard>,
    /// How many facts files there are in all shards.
    pub selected: usize,
    /// Where a summary is to be written.
    pub summary: Option<PathBuf>,
    /// What pages of a project's own templates may take, and what ends the work before its end.
    pub guard: Guard,
}

/// The time that PDFs and Word files are stamped with; never the clock's, so that the same facts give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The date that the facts give the document; without one, the first day after the year.
    FromFacts,
    /// Seconds since 1970, from `SOURCE_DATE_EPOCH`.
    Fixed(i64),
}

impl Stamp {
    /// The time of a report, in seconds since 1970: midnight UTC of the document's date, or of the first day after the year.
    pub fn time(self, report: &Report) -> i64 {
        let dated = report.form.dated.as_ref().and_then(|key| match &report.values.get(key)?.value {
            Value::Date(date) => Some(*date),
            _ => None,
        });
        let after = || Date::from_calendar_date(i32::from(report.year) + 1, Month::January, 1).ok();
        match self {
            Self::Fixed(seconds) => seconds,
            Self::FromFacts => dated.or_else(after).map_or(0, |date| date.midnight().assume_utc().unix_timestamp()),
        }
    }

    /// What `SOURCE_DATE_EPOCH` says.
    ///
    /// # Errors
    /// It is no number.
    pub fn of_environment() -> Result<Self, Diagnostic> {
        match env::var("SOURCE_DATE_EPOCH") {
            Err(_) => Ok(Self::FromFacts),
            Ok(value) => value.trim().parse().map(Self::Fixed).map_err(|_| {
                let message = text!(
                    "环境变量 SOURCE_DATE_EPOCH 不是整数：{value}",
                    "SOURCE_DATE_EPOCH is not a whole number: {value}"
                );
                Diagnostic::error(Code::Usage, message)
            }),
        }
    }
}
