//! The project on disk. In: the working directory; out: [`Project`]: its root, what `nianbao.toml` says, and the facts
//! files under `reports/`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use walkdir::WalkDir;

use crate::check::is_year;
use crate::cli::Format;
use crate::compile::EngineChoice;
use crate::diag::{Code, Diagnostic, text};
use crate::facts::slips::declaration;
use crate::facts::unreadable;
use crate::source::{Source, display_path};

/// The file that marks a project's root.
pub const MARKER: &str = "nianbao.toml";
/// The folder of the facts.
pub const REPORTS: &str = "reports";

/// A project.
#[derive(Debug)]
pub struct Project {
    /// Its root folder.
    pub root: PathBuf,
    /// What `nianbao.toml` says.
    pub settings: Settings,
}

/// What may stand in `nianbao.toml`; all of it may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folders with the office's own fonts, relative to the root; they come before the system's.
    pub font_paths: Vec<PathBuf>,
    /// Defaults of `build`.
    pub build: BuildSettings,
}

/// Defaults of `build`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct BuildSettings {
    /// Output formats.
    pub formats: Vec<Format>,
    /// Which Typst.
    pub engine: Option<EngineChoice>,
    /// Where to write, relative to the root.
    pub out: Option<PathBuf>,
    /// Whether the charts of forms are drawn.
    pub charts: bool,
}

impl Project {
    /// Finds the project that the working directory is in.
    ///
    /// # Errors
    /// There is none, or its `nianbao.toml` is wrong.
    pub fn find() -> Result<Self, Diagnostic> {
        let here = env::current_dir().map_err(|error| unreadable(".", &error))?;
        let root = here.ancestors().find(|folder| folder.join(MARKER).is_file()).ok_or_else(no_project)?;
        Self::open(root)
    }

    /// The project that the working directory is in, if it is in one.
    ///
    /// # Errors
    /// Its `nianbao.toml` is wrong.
    pub fn find_if_any() -> Result<Option<Self>, Diagnostic> {
        match Self::find() {
            Ok(project) => Ok(Some(project)),
            Err(problem) if problem.code == Code::NoProject => Ok(None),
            Err(problem) => Err(problem),
        }
    }

    /// Opens the project at `root`.
    ///
    /// # Errors
    /// Its `nianbao.toml` cannot be read or is wrong.
    pub fn open(root: &Path) -> Result<Self, Diagnostic> {
        let path = root.join(MARKER);
        let name = display_path(&path);
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&name, &error))?;
        let source = Source::new(name, text.strip_prefix('\u{feff}').unwrap_or(&text));
        let settings =
            toml::from_str(source.text()).map_err(|error| declaration::first(&source, &Code::ProjectFile, &error))?;
        Ok(Self { root: root.to_path_buf(), settings })
    }

    /// The folder of the project's own forms and overrides.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// The folders of the project's own fonts.
    pub fn font_paths(&self) -> Vec<PathBuf> {
        self.settings.font_paths.iter().map(|path| self.root.join(path)).collect()
    }

    /// The facts files that the selections name, each once, in order of path.
    ///
    /// # Errors
    /// A selection that names nothing, or a file under `reports/` that is not named after a year.
    pub fn select(&self, selections: &[String]) -> Result<Vec<PathBuf>, Diagnostic> {
        let mut found = Vec::new();
        for selection in selections {
            found.extend(self.selected(selection)?);
        }
        if selections.is_empty() {
            found = facts_below(&self.root.join(REPORTS))?;
            if found.is_empty() {
                let message = text!("reports/ 下没有事实文件", "there are no facts files under reports/");
                return Err(Diagnostic::error(Code::NothingSelected, message).help(text!(
                    "事实文件的位置是 reports/<机关>/<年份>.toml",
                    "facts files are at reports/<organ>/<year>.toml"
                )));
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn selected(&self, selection: &str) -> Result<Vec<PathBuf>, Diagnostic> {
        let reports = self.root.join(REPORTS);
        if is_year(selection) && !Path::new(selection).exists() {
            let mut files = facts_below(&reports)?;
            files.retain(|path| path.file_stem().is_some_and(|stem| stem == selection));
            return if files.is_empty() { Err(nothing(selection)) } else { Ok(files) };
        }
        let here = env::current_dir().map_err(|error| unreadable(".", &error))?;
        let candidates = [here.join(selection), self.root.join(selection), reports.join(selection)];
        let path = candidates.iter().find(|path| path.exists()).ok_or_else(|| nothing(selection))?;
        let path = fs::canonicalize(path).map_err(|error| unreadable(selection, &error))?;
        if !path.is_dir() || is_facts_name(&path) {
            return Ok(vec![path]);
        }
        let files = facts_below(&path)?;
        if files.is_empty() { Err(nothing(selection)) } else { Ok(files) }
    }
}

fn is_facts_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// The facts files below a folder, in order; hidden folders are passed over.
fn facts_below(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    let mut entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(|error| {
            let shown = error.path().map(display_path).unwrap_or_default();
            Diagnostic::error(Code::Unreadable, text!("无法读取 {shown}：{error}", "cannot read {shown}: {error}"))
        })?;
        let hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        let facts = is_facts_name(entry.path());
        if entry.file_type().is_dir() && (hidden || facts) {
            entries.skip_current_dir();
        }
        if facts && !hidden {
            found.push(named_after_year(entry.into_path())?);
        }
    }
    Ok(found)
}

fn named_after_year(path: PathBuf) -> Result<PathBuf, Diagnostic> {
    if path.file_stem().and_then(|stem| stem.to_str()).is_some_and(is_year) {
        return Ok(path);
    }
    let shown = display_path(&path);
    let message = text!("{shown} 不是以年份命名的事实文件", "{shown} is not named after a year");
    Err(Diagnostic::error(Code::NothingSelected, message)
        .help(text!("改名为 <年份>.toml，或移出 reports/", "rename it to <year>.toml, or move it out of reports/")))
}

fn nothing(selection: &str) -> Diagnostic {
    let message = text!("“{selection}”没有选中任何事实文件", "`{selection}` names no facts file");
    Diagnostic::error(Code::NothingSelected, message).help(text!(
        "写年份（2025）、事实文件或文件夹；省略则是 reports/ 下的全部",
        "name a year (2025), a facts file or a folder; without one, it is all under reports/"
    ))
}

fn no_project() -> Diagnostic {
    let message = text!("这里不是年报项目：没有找到 nianbao.toml", "this is not a project: no nianbao.toml was found");
    Diagnostic::error(Code::NoProject, message).help(text!(
        "到项目的文件夹中运行，或用 nianbao init <文件夹> 新建一个",
        "go to the project's folder, or start one with `nianbao init DIR`"
    ))
}
