//! Which forms there are. In: the forms inside the program and in the project's `templates/` folder, and a name; out: the
//! [`Form`] of that name, or what is wrong with its files.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::template_files::{BUILT_IN, DECLARATION};
use super::{Form, FormFiles, resolve};
use crate::diag::{Code, Diagnostic, Problems, nearest, text};
use crate::disk::{self, unreadable};
use crate::source::{Place, Source, display_path};

/// The names of all forms, of the program and of the project. Where the project's cannot be looked at, there are the program's
/// alone; why is told by whatever loads one of them.
pub fn names(templates: Option<&Path>) -> Vec<String> {
    let built_in = BUILT_IN
        .dirs()
        .filter(|dir| dir.get_file(dir.path().join(DECLARATION)).is_some())
        .map(|dir| dir.path().to_string_lossy().into_owned());
    let project = names_in(templates).unwrap_or_default();
    built_in.chain(project).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The names of the project's own forms. What is called as a declaration is and is no file is told when it is read.
fn names_in(templates: Option<&Path>) -> Result<Vec<String>, Diagnostic> {
    let Some(folder) = templates.filter(|folder| folder.symlink_metadata().is_ok()) else { return Ok(Vec::new()) };
    if disk::leads_outside(folder).map_err(|error| unreadable(&display_path(folder), &error))? {
        return Err(disk::outside(folder));
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(&display_path(folder), &error))? {
        let entry = entry.map_err(|error| unreadable(&display_path(folder), &error))?;
        let declaration = entry.path().join(DECLARATION);
        if declaration.exists() && !declaration.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

/// Loads the form `name`; `templates` is the project's folder of that name. `asked` is where the name was written.
///
/// # Errors
/// An unknown form (with the nearest known one), an unreadable file, or whatever is wrong in `form.toml`.
pub fn load(name: &str, templates: Option<&Path>, asked: Option<&Place>) -> Result<Form, Problems> {
    names_in(templates)?;
    if !names(templates).iter().any(|known| known == name) {
        return Err(unknown(name, templates, asked).into());
    }
    let files = FormFiles::collect(name, templates)?;
    match files.get(DECLARATION).map(|file| Arc::clone(&file.source)) {
        Some(source) => resolve::read(name, &source, files),
        None => Err(unknown(name, templates, asked).into()),
    }
}

/// Loads the form that somebody typed: where there is none of that name, the call is at fault, and no facts are.
///
/// # Errors
/// Those of [`load`].
pub fn load_typed(name: &str, templates: Option<&Path>) -> Result<Form, Problems> {
    load(name, templates, None).map_err(|mut problems| {
        let unknown = problems.iter_mut().filter(|problem| problem.code == Code::UnknownForm);
        unknown.for_each(|problem| problem.code = Code::Usage);
        problems
    })
}

/// Reads a declaration that stands in no file, with no templates.
///
/// # Errors
/// Whatever is wrong in it.
pub fn parse(name: &str, declaration: &str) -> Result<Form, Problems> {
    resolve::read(name, &Source::new(DECLARATION, declaration), FormFiles::default())
}

fn unknown(name: &str, templates: Option<&Path>, asked: Option<&Place>) -> Diagnostic {
    let known = names(templates);
    let list = known.join(", ");
    let mut problem =
        Diagnostic::error(Code::UnknownForm, text!("没有名为“{name}”的表式", "there is no form called `{name}`"));
    if let Some(place) = asked {
        problem = problem.at(place.clone());
    }
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => {
            problem.help(text!("是否为“{near}”？可用的表式：{list}", "did you mean `{near}`? the forms are: {list}"))
        }
        None => problem.help(text!("可用的表式：{list}", "the forms are: {list}")),
    }
}

/// The text of a file of a built-in form, such as its example.
pub fn built_in_text(path: &str) -> Option<&'static str> {
    BUILT_IN.get_file(path).and_then(|file| file.contents_utf8())
}
