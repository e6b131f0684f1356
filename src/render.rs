//! Merges a view with a form's templates. In: a [`View`]; out: [`Markup`]: Typst with a map back to the template's
//! lines, or a finished HTML page. There is one Tera factory for each output language; both escape by default. A project's own
//! templates are rendered by another process, which they may fill or keep busy as they like.

mod apart;
pub mod escape;
mod filters;
mod loaded;
mod markup;
mod own;
pub mod prose;
mod source_map;
mod traced;
mod trouble;

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::form::Form;
use crate::source::Source;
use crate::view::View;
use crate::worker::Workers;
use apart::Apart;

pub use loaded::{LARGEST_FOREIGN_PAGE, Loaded};
pub use markup::{Markup, Target};
pub use own::Own;
pub use source_map::LineMap;
pub use traced::{TracedValue, traced};

/// The templates of one form for one output language, parsed once and usable for any number of reports.
pub enum Templates {
    /// They are the program's own.
    Here(Box<Loaded>),
    /// Some are the project's.
    Apart(Apart),
}

impl Templates {
    /// Parses the templates; where some are the project's, `workers` do, and render them.
    ///
    /// # Errors
    /// A template that is missing or not Tera, shown at its line.
    pub fn load(form: &Form, target: Target, workers: &Arc<Workers>) -> Result<Self, Diagnostic> {
        let suffix = target.suffix();
        let files = form.files.iter().filter(|(name, _)| name.ends_with(suffix));
        let files = files.map(|(name, file)| (name, &file.source));
        let declaration =
            form.files.get("form.toml").map_or_else(|| Source::new(&form.name, ""), |file| Arc::clone(&file.source));
        if form.files.is_foreign() {
            return Apart::load(target, files, &declaration, workers).map(Self::Apart);
        }
        Loaded::parse(target, files, declaration).map(|loaded| Self::Here(Box::new(loaded)))
    }

    /// Renders a report.
    ///
    /// # Errors
    /// Whatever a template gets wrong, shown at its line.
    pub fn render(&self, view: &View) -> Result<Markup, Diagnostic> {
        match self {
            Self::Here(loaded) => loaded.render(view),
            Self::Apart(apart) => apart.render(view),
        }
    }
}
