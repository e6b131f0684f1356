//! A form's example as pages, in every language that the form has templates for, and as a PDF where there is an engine. In:
//! the example as a report; out: what is wrong with the pages, and what could not be tried on this machine.

use std::path::Path;

use crate::check::{Report, glyphs};
use crate::compile::{self, Engine, Setting};
use crate::diag::{Diagnostic, Text, text};
use crate::fonts::{FontIndex, FontSet};
use crate::project::Project;
use crate::render::{Markup, Target, Templates};
use crate::source::Place;
use crate::view;

/// Makes every page twice: as a report that is in order, and as a draft with the form's charts.
pub fn pages(
    report: Report,
    path: &Path,
    templates: &[(Target, Templates)],
    project: Option<&Project>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Text> {
    let mut told = Told { problems, places: Vec::new() };
    let mut untried = None;
    let press = match templates.iter().any(|(target, _)| *target == Target::Typst) {
        true => match Press::new(&report, project) {
            Ok(press) => Some(press),
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
    page(&report, templates, press.as_ref(), &mut told);
    match report.with_charts(path) {
        Ok(draft) => page(&Report { open_problems: Some(1), ..draft }, templates, press.as_ref(), &mut told),
        Err(problems) => told.add(problems),
    }
    untried
}

fn page(report: &Report, templates: &[(Target, Templates)], press: Option<&Press>, told: &mut Told<'_>) {
    let view = view::view(report);
    for (target, templates) in templates {
        match templates.render(&view) {
            Err(problem) => told.add([problem]),
            Ok(markup) => {
                if let Some(press) = press.filter(|_| *target == Target::Typst) {
                    told.add(press.problems(report, &markup));
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
struct Press {
    engine: Box<dyn Engine>,
    fonts: FontSet,
}

impl Press {
    fn new(report: &Report, project: Option<&Project>) -> Result<Self, Wanting> {
        let asked = project.and_then(|project| project.settings.build.engine).unwrap_or_default();
        let engine = compile::choose(asked, 1).map_err(|problem| {
            let (zh, en) = (&problem.message.zh, &problem.message.en);
            Wanting::Engine(text!(
                "没有试过 PDF：{zh}。只有 Typst 才能发现的错误，这里没有检查",
                "the PDF was not tried: {en}; what only Typst finds was not looked for"
            ))
        })?;
        let index = FontIndex::scan(&project.map(Project::font_paths).unwrap_or_default());
        let fonts = index.serve(&report.form).map_err(Wanting::Fonts)?;
        Ok(Self { engine: engine.engine, fonts })
    }

    /// What Typst, or the want of a character, has against the page.
    fn problems(&self, report: &Report, markup: &Markup) -> Vec<Diagnostic> {
        let words = glyphs::texts(report);
        let fonts = self.fonts.for_page(words.iter().map(|text| &**text).chain([markup.text.as_str()]));
        let undrawn = glyphs::check(report, &fonts.undrawn);
        if !undrawn.is_empty() {
            return undrawn;
        }
        self.engine.compile(markup, &Setting { fonts: &fonts, timestamp: 0 }).err().unwrap_or_default()
    }
}
