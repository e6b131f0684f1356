//! Templates that another process parses and renders. In: a form's templates of which some are the project's own, and views;
//! out: what [`Loaded`](super::loaded::Loaded) would have made of them, or which limit that process met.

use std::sync::Arc;

use super::markup::{Markup, Target};
use super::source_map::LineMap;
use crate::diag::{Diagnostic, text};
use crate::source::{Place, Source};
use crate::view::View;
use crate::worker::{Load, Reply, Set, Sources, Stopped, Told, Workers};

/// Templates in another process.
pub struct Apart {
    workers: Arc<Workers>,
    set: Set,
    sources: Sources,
    /// Where problems are shown that have no place: the template that writes the page.
    main: Place,
    /// The name of that template.
    name: String,
}

impl Apart {
    /// Has templates parsed.
    ///
    /// # Errors
    /// What is wrong with them, or the limit that was met.
    pub fn load<'a>(
        target: Target,
        files: impl Iterator<Item = (&'a str, &'a Arc<Source>)>,
        declaration: &'a Arc<Source>,
        workers: &Arc<Workers>,
    ) -> Result<Self, Diagnostic> {
        let files: Vec<_> = files.collect();
        let sources: Sources = files.iter().map(|(_, source)| *source).chain([declaration]).map(Arc::clone).collect();
        let named = |wanted: &str| files.iter().find(|(name, _)| *name == wanted);
        let name = target.main(|name| named(name).is_some());
        let main = named(&name).map_or(declaration, |(_, source)| *source);
        let main = Place::new(main, main.line_range(1).unwrap_or(0..0));
        let load = Load::new(target, files.into_iter(), declaration);
        let (set, reply) = workers.load(load).map_err(|stopped| told(&stopped, &name, &main, workers))?;
        let apart = Self { workers: Arc::clone(workers), set, sources, main, name };
        match reply {
            Reply::Wrong(problems) => Err(apart.first(&problems)),
            Reply::Done | Reply::Made { .. } => Ok(apart),
        }
    }

    /// Has a report rendered.
    ///
    /// # Errors
    /// Whatever a template gets wrong, or the limit that was met.
    pub fn render(&self, view: &View) -> Result<Markup, Diagnostic> {
        let reply = self.workers.render(&self.set, view);
        match reply.map_err(|stopped| told(&stopped, &self.name, &self.main, &self.workers))? {
            Reply::Made { lines, made } => {
                let text = made.into_iter().next().and_then(|text| String::from_utf8(text).ok()).unwrap_or_default();
                let lines: LineMap = self.sources.lines(&lines);
                Ok(Markup { text, lines })
            }
            Reply::Wrong(problems) => Err(self.first(&problems)),
            Reply::Done => Err(self.first(&[])),
        }
    }
}

fn told(stopped: &Stopped, name: &str, main: &Place, workers: &Workers) -> Diagnostic {
    let what = text!("用模板 {name} 写出页面", "writing the page by the template {name}");
    stopped.problem(&what, workers.guard().limits).at(main.clone())
}

impl Apart {
    fn first(&self, problems: &[Told]) -> Diagnostic {
        let strange = || told(&Stopped::Failed(String::new()), &self.name, &self.main, &self.workers);
        problems.first().map_or_else(strange, |problem| problem.problem(&self.sources))
    }
}
