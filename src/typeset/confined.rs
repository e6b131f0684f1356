//! The Typst library in a process of its own, for markup that a project's own templates wrote. In: markup; out: the PDF that
//! the library makes in this process too, or which limit the other process met.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::engine::{CompileOptions, Engine, Pages, SheetArea, stopped_problem};
use crate::diag::Problems;
use crate::render::Markup;
use crate::worker::{LayoutTask, Reply, Sources, Stopped, Wanted, Workers, is_memory_short, memory_short};

/// The Typst library in other processes.
pub(super) struct Confined {
    workers: Arc<Workers>,
}

impl Confined {
    /// The library in these processes.
    pub(super) fn new(workers: &Arc<Workers>) -> Self {
        Self { workers: Arc::clone(workers) }
    }
}

impl Engine for Confined {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn confined(&self, workers: &Arc<Workers>) -> Arc<dyn Engine> {
        Arc::new(Self::new(workers))
    }

    fn layout(&self, markup: Markup, options: CompileOptions) -> Result<Box<dyn Pages>, Problems> {
        let workers = Arc::clone(&self.workers);
        Ok(Box::new(LaidOutElsewhere { workers, markup, options, pdf: OnceLock::new() }))
    }
}

/// A page that another process lays out: once for the sheets and the PDF that comes with them.
struct LaidOutElsewhere {
    workers: Arc<Workers>,
    markup: Markup,
    options: CompileOptions,
    /// The PDF that came with the sheets.
    pdf: OnceLock<Vec<u8>>,
}

impl LaidOutElsewhere {
    fn made(&self, wanted: Wanted) -> Result<Vec<Vec<u8>>, Problems> {
        let (markup, limits) = (&self.markup, self.workers.guard().limits);
        let sources = Sources::of(&markup.lines);
        let page = LayoutTask {
            wanted,
            timestamp: self.options.timestamp,
            fonts: self.options.fonts.clone(),
            lines: sources.spans(&markup.lines),
            sources: sources.names(),
        };
        match self.workers.lay_out(&page, &markup.text) {
            Ok(Reply::Made { made, .. }) => Ok(made),
            Ok(Reply::Wrong(problems)) => Err(problems.iter().map(|problem| problem.problem(&sources)).collect()),
            Ok(Reply::Done) => Err(stopped_problem(&Stopped::Failed(String::new()), markup, limits).into()),
            // What ends for want of memory ends in many ways.
            Err(Stopped::Memory | Stopped::Failed(_)) if is_memory_short() => Err(memory_short().into()),
            Err(stopped) => Err(stopped_problem(&stopped, markup, limits).into()),
        }
    }
}

impl Pages for LaidOutElsewhere {
    fn pdf(&self) -> Result<Vec<u8>, Problems> {
        match self.pdf.get() {
            Some(pdf) => Ok(pdf.clone()),
            None => Ok(self.made(Wanted::Pdf)?.into_iter().next().unwrap_or_default()),
        }
    }

    fn svg(&self) -> Result<Vec<Arc<str>>, Problems> {
        let mut made = self.made(Wanted::All)?.into_iter();
        // What only a PDF cannot hold is told when the PDF is asked for.
        if let Some(pdf) = made.next().filter(|pdf| !pdf.is_empty()) {
            let _ = self.pdf.set(pdf);
        }
        Ok(made.map(|sheet| Arc::from(String::from_utf8_lossy(&sheet).as_ref())).collect())
    }

    fn areas(&self, stretches: &[Range<usize>]) -> Vec<SheetArea> {
        let made = self.made(Wanted::Areas(stretches.to_vec())).unwrap_or_default();
        made.first().and_then(|areas| serde_json::from_slice(areas).ok()).unwrap_or_default()
    }
}
