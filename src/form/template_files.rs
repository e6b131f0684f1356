//! The files of a form. In: the forms inside the program and the project's `templates/` folder; out:
//! [`FormFiles`], in which each file of the project stands in for the built-in file of the same name.
//!
//! A template sees the files of its own form (`report.typ.tera`) and those of `templates/partials/`
//! (`partials/table.typ.tera`); a form's own `partials/` folder comes before the shared one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, DirEntry, include_dir};
use walkdir::WalkDir;

use crate::diag::{Code, Diagnostic, text};
use crate::disk::{self, unreadable};
use crate::source::{Source, display_path};

/// The forms inside the program.
pub static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// What a declaration is called.
pub const DECLARATION: &str = "form.toml";
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
    pub fn collect(name: &str, templates: Option<&Path>) -> Result<Self, Diagnostic> {
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

    fn add_project(&mut self, folder: &Path, prefix: &str) -> Result<(), Diagnostic> {
        if !disk::is_there(folder).map_err(|error| unreadable(&display_path(folder), &error))? || folder.is_file() {
            return Ok(());
        }
        refuse_outside(folder)?;
        for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.path().is_some_and(is_link_beside) => continue,
                Err(error) => return Err(unreadable(&display_path(folder), &error)),
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
            let source = read(entry.path())?;
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

fn refuse_outside(path: &Path) -> Result<(), Diagnostic> {
    match disk::leads_outside(path) {
        Ok(false) => Ok(()),
        Ok(true) => Err(disk::outside(path)),
        Err(error) => Err(unreadable(&display_path(path), &error)),
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
    let text = disk::utf8(&name, bytes, code).map_err(|problem| problem.help(help))?;
    Ok(Source::new(name, text))
}
