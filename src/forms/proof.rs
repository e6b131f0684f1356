//! A form's example as pages, in every language that the form has templates for, and as a PDF where there is an engine. In:
//! the example as a report; out: what is wrong with the pages, and what could not be tried on this machine.

use std::path::Path;
use std::sync::Arc;

use crate::check;
use crate::consolidate::Alone;
use crate::diag::{Diagnostic, Problems, Text, text};
use crate::export::docx;
use crate::facts::years_before::YearsBefore;
use crate::fonts::{FontIndex, FontSet};
use crate::project::Project;
use crate::render::{Markup, Target, Templates};
use crate::report::Report;
use crate::session;
use crate::source::Place;
use crate::typeset::{self, CompileOptions, Engine};
use crate::view;
use crate::worker::Workers;

/// Makes every page twice: as a report that is in order, and as a draft with the form's charts.
pub(super) fn pages(
    report: Report,
    path: &Path,
    templates: &[(Target, Templates)],
    (project, workers): (Option<&Project>, &Arc<Workers>),
    problems: &mut Vec<Diagnostic>,
) -> Option<Text> {
    let mut told = Told { problems, places: Vec::new() };
    let mut untried = None;
    let typesetter = match templates.iter().any(|(target, _)| *target == Target::Typst) {
        true => match Typesetter::new(&report, project, workers) {
            Ok(typesetter) => Some(typesetter),
            Err(Wanting::Engine(why)) => {
                untried = Some(why);
                None
            }
            Err(Wanting::Fonts(problem)) => {
                told.add([problem]);
                None
            }
        },
        false => None,
    };
    page(&report, templates, typesetter.as_ref(), &mut told);
    match check::with_charts(report, &YearsBefore::of(path), &Alone) {
        Ok(mut draft) => {
            draft.open_problems = Some(1);
            page(&draft, templates, typesetter.as_ref(), &mut told);
        }
        Err(problems) => told.add(problems),
    }
    untried
}

fn page(report: &Report, templates: &[(Target, Templates)], typesetter: Option<&Typesetter>, told: &mut Told<'_>) {
    let view = view::view(report, 0);
    for (target, templates) in templates {
        match templates.render(&view) {
            Err(problem) => told.add([problem]),
            Ok(markup) => {
                if let Some(typesetter) = typesetter.filter(|_| *target == Target::Typst) {
                    told.add(typesetter.problems(report, &markup));
                }
                if *target == Target::Docx {
                    told.add(docx::file(&markup).err());
                }
            }
        }
    }
}

/// What is told of the pages, each fault once.
struct Told<'a> {
    problems: &'a mut Vec<Diagnostic>,
    places: Vec<(String, Option<Place>)>,
}

impl Told<'_> {
    fn add(&mut self, problems: impl IntoIterator<Item = Diagnostic>) {
        for problem in problems {
            let fault = (problem.message.en.clone(), problem.primary().cloned());
            if !self.places.contains(&fault) {
                self.places.push(fault);
                self.problems.push(problem);
            }
        }
    }
}

/// Why no PDF can be made.
enum Wanting {
    /// There is no engine.
    Engine(Text),
    /// A role has no face.
    Fonts(Diagnostic),
}

/// What a PDF needs.
struct Typesetter {
    engine: Arc<dyn Engine>,
    fonts: FontSet,
}

impl Typesetter {
    fn new(report: &Report, project: Option<&Project>, workers: &Arc<Workers>) -> Result<Self, Wanting> {
        let asked = project.and_then(|project| project.settings.build.engine).unwrap_or_default();
        let engine = typeset::choose(asked, 1, &workers.guard().interrupt).map_err(|problem| {
            let (zh, en) = (&problem.message.zh, &problem.message.en);
            Wanting::Engine(text!(
                "没有试过 PDF：{zh}。只有 Typst 才能发现的错误，这里没有检查",
                "the PDF was not tried: {en}; what only Typst finds was not looked for"
            ))
        })?;
        let index = FontIndex::scan(&project.map(Project::font_paths).unwrap_or_default());
        let fonts = index.serve(&report.form).map_err(Wanting::Fonts)?;
        Ok(Self { engine: session::engine_for(&report.form, &Arc::from(engine.engine), workers), fonts })
    }

    /// What Typst, or the want of a character, has against the page.
    fn problems(&self, report: &Report, markup: &Markup) -> Problems {
        let laid_out = session::fonts_for(&self.fonts, report, markup)
            .and_then(|fonts| self.engine.layout(markup.clone(), CompileOptions { fonts, timestamp: 0 }));
        laid_out.and_then(|pages| pages.pdf()).err().unwrap_or_default()
    }
}
