//! Pages that the program makes for people who keep an eye on reports, such as tables of organs and letters. In: templates of its own,
//! and data; out: [`Markup`], with every text escaped as on the pages of reports.

use serde::Serialize;
use tera::{Context, Tera, TeraResult};

use super::loaded::parsed;
use super::markup::{Markup, Target};
use super::source_map::LineMap;
use crate::diag::{Code, Diagnostic, text};

/// Templates of the program's own for one output language.
pub struct Own {
    tera: Tera,
}

impl Own {
    /// Parses templates, each given by its name, which ends as those of the language do.
    ///
    /// # Errors
    /// One of them is not Tera, which no release has.
    pub fn parse(target: Target, templates: &[(&str, &str)]) -> Result<Self, Diagnostic> {
        let tera = told(parsed(target, templates.iter().copied()))?;
        Ok(Self { tera })
    }

    /// Fills in one of them.
    ///
    /// # Errors
    /// It wants what the data do not have, which no release does.
    pub fn render(&self, name: &str, data: &impl Serialize) -> Result<Markup, Diagnostic> {
        let context = told(Context::from_serialize(data))?;
        let text = told(self.tera.render(name, &context))?;
        Ok(Markup { text, lines: LineMap::default() })
    }
}

fn told<T>(made: TeraResult<T>) -> Result<T, Diagnostic> {
    made.map_err(|error| {
        let message = text!("程序自己的模板有误：{error}", "a template of the program's own is wrong: {error}");
        Diagnostic::error(Code::TemplateError, message)
    })
}
