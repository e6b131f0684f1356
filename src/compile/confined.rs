//! The Typst library in a process of its own, for markup that a project's own templates wrote. In: markup; out: the PDF that
//! the library makes in this process too, or which limit the other process met.

use std::sync::Arc;

use super::engine::{Engine, Setting, stopped_problem};
use crate::diag::Problems;
use crate::render::Markup;
use crate::worker::{Page, Reply, Sources, Stopped, Wanted, Workers, is_memory_short, memory_short};

/// The Typst library in other processes.
pub struct Confined {
    workers: Arc<Workers>,
}

impl Confined {
    /// The library in these processes.
    pub fn new(workers: &Arc<Workers>) -> Self {
        Self { workers: Arc::clone(workers) }
    }

    fn made(&self, markup: &Markup, setting: &Setting<'_>, wanted: Wanted) -> Result<Vec<Vec<u8>>, Problems> {
        let sources = Sources::of(&markup.lines);
        let page = Page {
            wanted,
            timestamp: setting.timestamp,
            fonts: setting.fonts.clone(),
            lines: sources.spans(&markup.lines),
            sources: sources.names(),
        };
        match self.workers.lay_out(&page, &markup.text) {
            Ok(Reply::Made { made, .. }) => Ok(made),
            Ok(Reply::Wrong(problems)) => Err(problems.iter().map(|problem| problem.problem(&sources)).collect()),
            Ok(Reply::Done) => {
                let stopped = Stopped::Failed(String::new());
                Err(stopped_problem(&stopped, markup, self.workers.guard().limits).into())
            }
            // What ends for want of memory ends in many ways.
            Err(Stopped::Memory | Stopped::Failed(_)) if is_memory_short() => Err(memory_short().into()),
            Err(stopped) => Err(stopped_problem(&stopped, markup, self.workers.guard().limits).into()),
        }
    }
}

impl Engine for Confined {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn confined(&self, workers: &Arc<Workers>) -> Arc<dyn Engine> {
        Arc::new(Self::new(workers))
    }

    fn compile(&self, markup: &Markup, setting: &Setting<'_>) -> Result<Vec<u8>, Problems> {
        self.made(markup, setting, Wanted::Pdf).map(|made| made.into_iter().next().unwrap_or_default())
    }

    fn pictures(&self, markup: &Markup, setting: &Setting<'_>) -> Result<Vec<Arc<str>>, Problems> {
        let made = self.made(markup, setting, Wanted::Pictures)?;
        Ok(made.into_iter().map(|sheet| Arc::from(String::from_utf8_lossy(&sheet).as_ref())).collect())
    }
}
