//! The files of a form. In: the forms inside the program and the project's `templates/` folder; out:
//! [`FormFiles`], in which each file of the project stands in for the built-in file of the same name.
//!
//! A template sees the files of its own form (`report.typ.tera`) and those of `templates/partials/`
//! (`partials/table.typ.tera`); a form's own `partials/` folder comes before the shared one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, DirEntry, include_dir};
use walkdir::WalkDir;

use super::{Form, resolve};
use crate::diag::{Code, Diagnostic, nearest, text};
use crate::disk;
use crate::facts;
use crate::source::{Place, Source, display_path};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

const DECLARATION: &str = "form.toml";
const PARTIALS: &str = "partials";

/// What stands before the names of built-in files in messages.
const SHOWN: &str = "<nianbao>/templates/";

/// Whether a file of a form is built in.
pub fn is_built_in(source: &Source) -> bool {
    source.name().starts_with(SHOWN)
}

/// Where a file of a form comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The program itself.
    BuiltIn,
    /// The project.
    Project(PathBuf),
}

/// A file of a form.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// Its text and the name it has in messages.
    pub source: Arc<Source>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The files of one form by the name that templates use for them.
#[derive(Clone, Debug, Default)]
pub struct FormFiles {
    files: BTreeMap<String, TemplateFile>,
}

impl FormFiles {
    /// The files, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TemplateFile)> {
        self.files.iter().map(|(name, file)| (name.as_str(), file))
    }

    /// Whether the project decides what pages are made of beyond labels: its own templates or declaration.
    pub fn is_foreign(&self) -> bool {
        let decides = |name: &str| name == DECLARATION || name.ends_with(".tera");
        self.iter().any(|(name, file)| file.origin != Origin::BuiltIn && decides(name))
    }

    /// The file called `name`.
    pub fn get(&self, name: &str) -> Option<&TemplateFile> {
        self.files.get(name)
    }

    /// Collects the files of the form `name`; empty when neither the program nor the project has such a form.
    fn collect(name: &str, templates: Option<&Path>) -> Result<Self, Vec<Diagnostic>> {
        let mut all = Self::default();
        for (folder, prefix) in [(PARTIALS, "partials/"), (name, "")] {
            all.add_built_in(folder, prefix);
            if let Some(templates) = templates {
                all.add_project(&templates.join(folder), prefix)?;
            }
        }
        Ok(all)
    }

    fn add_built_in(&mut self, folder: &str, prefix: &str) {
        let Some(dir) = BUILT_IN.get_dir(folder) else { return };
        let mut waiting = vec![dir];
        while let Some(current) = waiting.pop() {
            for entry in current.entries() {
                match entry {
                    DirEntry::Dir(inner) => waiting.push(inner),
                    DirEntry::File(file) => {
                        let path = file.path().strip_prefix(folder).unwrap_or(file.path());
                        let shown = format!("{SHOWN}{}", file.path().to_string_lossy());
                        if let Some(text) = file.contents_utf8() {
                            self.add(prefix, path, Source::new(shown, text), Origin::BuiltIn);
                        }
                    }
                }
            }
        }
    }

    fn add_project(&mut self, folder: &Path, prefix: &str) -> Result<(), Vec<Diagnostic>> {
        if !disk::is_there(folder).map_err(|error| vec![unreadable(folder, &error)])? || folder.is_file() {
            return Ok(());
        }
        refuse_outside(folder)?;
        for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.path().is_some_and(is_link_beside) => continue,
                Err(error) => return Err(vec![unreadable(folder, &error)]),
            };
            let is_folder = entry.file_type().is_dir();
            // Pictures, what systems leave in folders, and notes are no part of a form.
            if !is_folder && !is_of_form(entry.path()) {
                continue;
            }
            if entry.path_is_symlink() {
                refuse_outside(entry.path())?;
            }
            if is_folder {
                continue;
            }
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let source = read(entry.path()).map_err(|problem| vec![problem])?;
            self.add(prefix, path, source, Origin::Project(entry.path().to_path_buf()));
        }
        Ok(())
    }

    fn add(&mut self, prefix: &str, path: &Path, source: Arc<Source>, origin: Origin) {
        let name = format!("{prefix}{}", path.to_string_lossy().replace('\\', "/"));
        self.files.insert(name, TemplateFile { source, origin });
    }
}

/// Whether a form can use the file: its declarations and its templates.
fn is_of_form(path: &Path) -> bool {
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !is_hidden && path.extension().is_some_and(|extension| extension == "toml" || extension == "tera")
}

/// Whether it is a link to nowhere or to where it lies itself, and no part of a form: editors lock files with such links.
fn is_link_beside(path: &Path) -> bool {
    path.is_symlink() && !is_of_form(path)
}

fn refuse_outside(path: &Path) -> Result<(), Vec<Diagnostic>> {
    match disk::leads_outside(path) {
        Ok(false) => Ok(()),
        Ok(true) => Err(vec![disk::outside(path)]),
        Err(error) => Err(vec![unreadable(path, &error)]),
    }
}

/// A file of a form, without a byte order mark.
fn read(path: &Path) -> Result<Arc<Source>, Diagnostic> {
    let bytes = disk::read_own(path, disk::TEXT).map_err(|unread| unread.told(path))?;
    let name = display_path(path);
    let is_template = path.extension().is_some_and(|extension| extension == "tera");
    let code = if is_template { Code::TemplateError } else { Code::FormFile };
    let help = text!(
        "用编辑器另存为 UTF-8；不属于表式的文件，移出这个文件夹",
        "save it as UTF-8 in your editor; move a file that is no part of the form out of this folder"
    );
    let text = facts::utf8(&name, bytes, code).map_err(|problem| problem.help(help))?;
    Ok(Source::new(name, text))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Diagnostic {
    let path = display_path(path);
    Diagnostic::error(Code::Unreadable, text!("无法读取 {path}：{error}", "cannot read {path}: {error}"))
}

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
    if disk::leads_outside(folder).map_err(|error| unreadable(folder, &error))? {
        return Err(disk::outside(folder));
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
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
pub fn load(name: &str, templates: Option<&Path>, asked: Option<&Place>) -> Result<Form, Vec<Diagnostic>> {
    names_in(templates).map_err(|problem| vec![problem])?;
    if !names(templates).iter().any(|known| known == name) {
        return Err(vec![unknown(name, templates, asked)]);
    }
    let files = FormFiles::collect(name, templates)?;
    match files.get(DECLARATION).map(|file| Arc::clone(&file.source)) {
        Some(source) => resolve::read(name, &source, files),
        None => Err(vec![unknown(name, templates, asked)]),
    }
}

/// Reads a declaration that stands in no file, with no templates.
///
/// # Errors
/// Whatever is wrong in it.
pub fn parse(name: &str, declaration: &str) -> Result<Form, Vec<Diagnostic>> {
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
