//! `forms`: lists the forms, or starts or checks one. In: what was typed, and the project if there is one; out: the list, the files
//! of a new form, or what is wrong with one.

use serde::Serialize;

use super::aside::tell;
use super::init::say_written;
use crate::cli::{Forms, ListFormat, OfForm};
use crate::diag::emit::Emitter;
use crate::diag::{Diagnostic, ExitStatus, Problems, Text, exit_status, text};
use crate::form::{Form, Origin, files};
use crate::forms;
use crate::interrupt::{First, Interrupt};
use crate::project::Project;
use crate::source::display_path;

/// Lists the forms, or starts or checks one.
///
/// # Errors
/// A project file that is wrong, no such form, or a file that cannot be written.
pub(super) fn run(typed: Forms, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    match typed.what {
        None => list(typed.format, emitter),
        Some(OfForm::New { name }) => {
            for path in forms::start(&name)? {
                say_written(&path, emitter);
            }
            emitter.say(&text!("下一步：nianbao forms check {name}", "next: nianbao forms check {name}"));
            Ok(ExitStatus::Done)
        }
        Some(OfForm::Check { name, limits }) => {
            let checked = forms::check(&name, limits.guard(&Interrupt::listen(First::KILLS)))?;
            emitter.emit(&checked.problems);
            if checked.problems.is_empty() {
                emitter.say(&text!("表式 {name} 没有问题", "the form {name} is in order"));
            }
            if let Some(untried) = &checked.untried {
                emitter.answer(untried);
            }
            Ok(exit_status(&checked.problems))
        }
    }
}

/// Every form by its name, or what is wrong with it.
pub(super) fn forms_of(project: Option<&Project>) -> Vec<(String, Result<Form, Problems>)> {
    let templates = project.map(Project::templates);
    let templates = templates.as_deref();
    files::names(templates).into_iter().map(|name| (name.clone(), files::load(&name, templates, None))).collect()
}

/// The list as JSON.
#[derive(Serialize)]
struct Listing {
    forms: Vec<Entry>,
}

/// What the list says of a form.
#[derive(Serialize)]
struct Entry {
    name: String,
    /// What it is called; absent where it cannot be used.
    label: Option<String>,
    /// Whether it can be used.
    usable: bool,
    /// The files that are the project's own, by their names in the form, with their paths.
    own_files: Vec<OwnFile>,
}

/// A file of a form that is the project's own.
#[derive(Serialize)]
pub(super) struct OwnFile {
    file: String,
    path: String,
}

/// The forms, with the project's own files of each, and what is wrong with those that cannot be used.
fn list(format: ListFormat, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let project = Project::find_if_any()?;
    let forms = forms_of(project.as_ref());
    match format {
        ListFormat::Json => {
            let entries: Vec<Entry> = forms.iter().map(|(name, form)| entry(name, form.as_ref().ok())).collect();
            emitter.print_json(&serde_json::to_string_pretty(&Listing { forms: entries }).unwrap_or_default());
        }
        ListFormat::Table => {
            for (name, form) in &forms {
                match form {
                    Ok(form) => {
                        emitter.print(&format!("{}  {}", form.name, form.label));
                        origins(form).iter().for_each(|line| emitter.answer(line));
                    }
                    Err(_) => emitter.answer(&unusable(name)),
                }
            }
        }
    }
    let wrong: Vec<Diagnostic> = forms.into_iter().filter_map(|(_, form)| form.err()).flatten().collect();
    Ok(tell(&wrong, emitter))
}

fn entry(name: &str, form: Option<&Form>) -> Entry {
    Entry {
        name: name.to_owned(),
        label: form.map(|form| form.label.clone()),
        usable: form.is_some(),
        own_files: form.map(own_files).unwrap_or_default(),
    }
}

/// That a form is there and cannot be used.
pub(super) fn unusable(name: &str) -> Text {
    text!("{name}  有误，不能使用", "{name}  is wrong and cannot be used")
}

/// The files of a form that are the project's own.
pub(super) fn own_files(form: &Form) -> Vec<OwnFile> {
    let own = form.files.iter().filter_map(|(name, file)| match &file.origin {
        Origin::BuiltIn => None,
        Origin::Project(path) => Some(OwnFile { file: name.to_owned(), path: display_path(path) }),
    });
    own.collect()
}

/// Where a form comes from, and what the project changes of it, a line for each.
pub(super) fn origins(form: &Form) -> Vec<Text> {
    let own = own_files(form);
    if own.is_empty() {
        return vec![text!("  内置", "  built in")];
    }
    let files = own.iter().map(|OwnFile { file, path }| text!("  {file} 取自 {path}", "  {file} comes from {path}"));
    files.chain(form.overrides.told()).collect()
}
