//! Which facts files are meant. In: what was typed (a year, an organ's name or folder, a facts file) and the files under
//! `reports/`, walked once; out: [`Selected`], or what was most likely meant where nothing was found.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::root::{Project, REPORTS};
use super::strays::{Name, Stray, name_of};
use crate::diag::{Code, Diagnostic, ExitStatus, Text, text};
use crate::disk;
use crate::disk::unreadable;
use crate::facts::{self, Facts, is_year};
use crate::form::files;
use crate::source::display_path;

/// How many names are proposed for one that names nothing, and how many stray files are told with it.
const PROPOSED: usize = 3;

/// What a selection means.
#[derive(Debug, Default)]
pub struct Selected {
    /// The facts files, each once, in order of path.
    pub files: Vec<PathBuf>,
    /// What lies among them and is not read, each once, in order of path.
    pub strays: Vec<Stray>,
}

impl Project {
    /// The facts files that the selections name.
    ///
    /// # Errors
    /// A selection that names nothing, or no facts files at all.
    pub fn select(&self, selections: &[String]) -> Result<Selected, Diagnostic> {
        let mut found = match selections {
            [] => self.all()?,
            [one] => self.selected(one)?,
            several => {
                let mut found = Selected::default();
                for selection in several {
                    let Selected { files, strays } = self.selected(selection)?;
                    found.files.extend(files);
                    found.strays.extend(strays);
                }
                // What is named in two ways is one file.
                let mut seen = BTreeSet::new();
                found.files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
                found
            }
        };
        found.files.sort();
        found.files.dedup();
        found.strays.sort_by(|a, b| a.path.cmp(&b.path));
        found.strays.dedup_by(|a, b| a.path == b.path);
        Ok(found)
    }

    fn reports(&self) -> PathBuf {
        self.root.join(REPORTS)
    }

    fn all(&self) -> Result<Selected, Diagnostic> {
        let found = self.below(&self.reports());
        if !found.files.is_empty() {
            return Ok(found);
        }
        let message = match self.reports().is_dir() {
            true => text!("reports/ 下没有事实文件", "there are no facts files under reports/"),
            false => text!("项目中没有 reports/ 文件夹", "the project has no folder reports/"),
        };
        let help = text!(
            "事实文件的位置是 reports/<机关>/<年份>.toml；nianbao new 可以新建",
            "facts files are at reports/<organ>/<year>.toml; `nianbao new` starts one"
        );
        Err(with_strays(Diagnostic::error(Code::NothingSelected, message).help(help), found.strays))
    }

    fn selected(&self, selection: &str) -> Result<Selected, Diagnostic> {
        let reports = self.reports();
        if is_year(selection) && !Path::new(selection).exists() {
            let mut found = self.below(&reports);
            let years = KeyInfo::of(&reports, &found.files).years;
            found.files.retain(|path| path.file_stem().is_some_and(|stem| stem == selection));
            found.strays.retain(|stray| stray.may_be_of(selection));
            return if found.files.is_empty() { Err(no_such_year(selection, &years, found.strays)) } else { Ok(found) };
        }
        let here = env::current_dir().map_err(|error| unreadable(".", &error))?;
        let bases = [here, self.root.clone(), reports.clone()];
        let as_typed = bases.iter().map(|base| base.join(selection));
        let with_ending = bases.iter().map(|base| base.join(format!("{selection}.toml")));
        let mut candidates = as_typed.filter(|path| path.exists()).chain(with_ending.filter(|path| path.is_file()));
        let Some(path) = candidates.next() else { return self.of_organ(selection) };
        if disk::leads_outside(&path).map_err(|error| unreadable(selection, &error))? {
            return Err(disk::outside(&path));
        }
        let path = fs::canonicalize(path).map_err(|error| unreadable(selection, &error))?;
        if !path.is_dir() || path.extension().is_some_and(|extension| extension == "toml") {
            return Ok(Selected { files: vec![path], strays: Vec::new() });
        }
        let found = self.below(&path);
        if !found.files.is_empty() {
            return Ok(found);
        }
        let help = text!(
            "这个文件夹里没有以年份命名的事实文件，例如 2025.toml",
            "the folder holds no facts file named after a year, such as 2025.toml"
        );
        Err(with_strays(nothing(selection).help(help), found.strays))
    }

    /// The facts of the organ whose folder, wherever it lies, or whose name is the one typed.
    fn of_organ(&self, typed: &str) -> Result<Selected, Diagnostic> {
        let reports = self.reports();
        let found = self.below(&reports);
        let is_in = |path: &Path, name: &str| {
            let folders = path.strip_prefix(&reports).unwrap_or(path).parent().unwrap_or(Path::new(""));
            folders.iter().any(|folder| folder == name)
        };
        let wanted = typed.trim().trim_end_matches(['/', '\\']);
        if found.files.iter().any(|path| is_in(path, wanted)) {
            return Ok(kept(found, |path| is_in(path, wanted)));
        }
        let mut unread = Vec::new();
        let names = self.names_of_organs(&found.files, &mut unread);
        let folders: BTreeSet<&Path> =
            names.iter().filter(|(_, name)| *name == wanted).map(|(folder, _)| folder.as_path()).collect();
        if !folders.is_empty() {
            return Ok(kept(found, |path| path.parent().is_some_and(|folder| folders.contains(folder))));
        }
        let mut known = KeyInfo::of(&reports, &found.files);
        known.organs.extend(names.into_values());
        let problem = known.nothing(typed, found.strays);
        Err(unread.into_iter().take(PROPOSED).map(|unread| unread.message.clone()).fold(problem, Diagnostic::note))
    }

    /// The name that the latest facts of each folder give their organ, and what keeps facts from being read.
    fn names_of_organs(&self, files: &[PathBuf], unread: &mut Vec<Diagnostic>) -> BTreeMap<PathBuf, String> {
        let latest: BTreeMap<&Path, &PathBuf> = files.iter().filter_map(|file| Some((file.parent()?, file))).collect();
        let mut authors: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut names = BTreeMap::new();
        for (folder, file) in latest {
            let Some(name) = self.name_of_organ(file, &mut authors, unread) else { continue };
            names.insert(folder.to_path_buf(), name);
        }
        names
    }

    /// The value of the key that the form of the facts calls their author.
    fn name_of_organ(
        &self,
        file: &Path,
        authors: &mut BTreeMap<String, Option<String>>,
        unread: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        let is_of_machine = |problem: &Diagnostic| problem.code.exit_status() == ExitStatus::Environment;
        let open = facts::open(file).map_err(|problems| unread.extend(problems.into_iter().filter(is_of_machine)));
        let source = open.ok()?;
        let facts = Facts::parse(&source).ok()?;
        let (form, _) = facts.form_name().ok()?;
        let load = || files::load(form, Some(&self.templates()), None).ok().map(|form| form.author.to_string());
        let author = authors.entry(form.to_owned()).or_insert_with(load).clone()?;
        facts.get(&author)?.as_str().map(|name| name.trim().to_owned())
    }

    /// The facts files below a folder, and what lies among them under `reports/`. Hidden folders are passed over.
    fn below(&self, folder: &Path) -> Selected {
        walked(self.reports(), folder)
    }
}

fn walked(reports: PathBuf, folder: &Path) -> Selected {
    let mut walk = Walk::of(reports);
    if folder.exists() && !walk.is_kept_out(folder) {
        walk.through(folder);
    }
    walk.found
}

/// The facts files below the folder of all facts.
pub(super) fn below(reports: &Path) -> Vec<PathBuf> {
    walked(reports.to_path_buf(), reports).files
}

fn kept(found: Selected, is_meant: impl Fn(&Path) -> bool) -> Selected {
    let Selected { mut files, mut strays } = found;
    files.retain(|path| is_meant(path));
    strays.retain(|stray| is_meant(&stray.path));
    Selected { files, strays }
}

/// A walk through facts.
struct Walk {
    reports: PathBuf,
    /// The same without links.
    real: PathBuf,
    /// What links lead to, to each of which one may lead.
    linked: BTreeSet<PathBuf>,
    found: Selected,
}

impl Walk {
    fn of(reports: PathBuf) -> Self {
        let real = reports.canonicalize().unwrap_or_else(|_| reports.clone());
        Self { reports, real, linked: BTreeSet::new(), found: Selected::default() }
    }

    fn through(&mut self, folder: &Path) {
        let mut entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => {
                    let is_folder = entry.file_type().is_dir();
                    if !self.enters(&entry) && is_folder {
                        entries.skip_current_dir();
                    }
                }
                Err(error) => self.unread(folder, &error),
            }
        }
    }

    /// Takes a file or folder down; gives whether a folder is to be walked through.
    fn enters(&mut self, entry: &DirEntry) -> bool {
        let (path, is_folder) = (entry.path(), entry.file_type().is_dir());
        if entry.depth() == 0 && is_folder {
            return true;
        }
        let name = name_of(path);
        let is_named_as_file = path.extension().is_some_and(|extension| extension == "toml");
        match name {
            Name::Passing if !is_folder || is_hidden(path) => return false,
            Name::Stray | Name::Lock if !is_folder || is_named_as_file => {
                self.stray(path, Stray::named);
                return false;
            }
            // A folder named as facts are is told when it is opened.
            Name::Passing | Name::Lock | Name::Other | Name::Stray | Name::Facts => {}
        }
        // A file is told by whatever reads it.
        if is_folder && entry.path_is_symlink() && self.is_kept_out(path) {
            return false;
        }
        if (name == Name::Facts || is_folder) && entry.path_is_symlink() && self.is_read_elsewhere(path) {
            return false;
        }
        if name == Name::Facts {
            self.found.files.push(path.to_path_buf());
        }
        name != Name::Facts
    }

    /// Whether a folder leads out of the project; that is told.
    fn is_kept_out(&mut self, folder: &Path) -> bool {
        // What goes while it is looked at is not there.
        let is_outside = disk::leads_outside(folder).unwrap_or(false);
        if is_outside {
            self.stray(folder, Stray::outside);
        }
        is_outside
    }

    /// Whether what a link leads to is read where it lies, or through another link; that is told.
    fn is_read_elsewhere(&mut self, link: &Path) -> bool {
        let Ok(target) = link.canonicalize() else { return false };
        let below = target.strip_prefix(&self.real).ok();
        let is_seen = |below: &Path| !below.iter().any(|part| is_hidden(Path::new(part)));
        let is_named = target.is_dir() || name_of(&target) == Name::Facts;
        let is_twice = below.is_some_and(is_seen) && is_named || !self.linked.insert(target.clone());
        if is_twice {
            let shown = below.map_or_else(|| target.clone(), |below| self.reports.join(below));
            self.stray(link, |link| Stray::twice(link, &shown));
        }
        is_twice
    }

    /// What could not be walked to.
    fn unread(&mut self, folder: &Path, error: &walkdir::Error) {
        // Where a folder cannot be read to its end, the error has no path.
        let path = error.path().unwrap_or(folder);
        if let Some(ancestor) = error.loop_ancestor() {
            return self.stray(path, |link| Stray::twice(link, ancestor));
        }
        match path.symlink_metadata() {
            _ if name_of(path) == Name::Passing => {}
            // It went while the folder was read.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Ok(found) if found.is_symlink() => self.stray(path, Stray::dangling),
            _ => {
                let shown = display_path(path);
                let error = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                let message = text!("无法读取 {shown}：{error}", "cannot read {shown}: {error}");
                self.stray(path, |path| Stray {
                    path: path.to_path_buf(),
                    problem: Diagnostic::error(Code::Unreadable, message),
                });
            }
        }
    }

    /// Only under `reports/` is a file out of place.
    fn stray(&mut self, path: &Path, stray: impl FnOnce(&Path) -> Stray) {
        if path.starts_with(&self.reports) || path.starts_with(&self.real) {
            self.found.strays.push(stray(path));
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// The names that a selection may be meant to be.
struct KeyInfo {
    /// Paths of folders below `reports/`, their last parts, and organs' names.
    organs: BTreeSet<String>,
    /// Paths of facts files below `reports/`, without their ending.
    files: BTreeSet<String>,
    years: BTreeSet<String>,
    /// The years of each folder.
    years_of: BTreeMap<String, BTreeSet<String>>,
}

impl KeyInfo {
    fn of(reports: &Path, files: &[PathBuf]) -> Self {
        let mut known =
            Self { organs: BTreeSet::new(), files: BTreeSet::new(), years: BTreeSet::new(), years_of: BTreeMap::new() };
        for file in files {
            let shown = slashed(file.strip_prefix(reports).unwrap_or(file));
            let stem = shown.trim_end_matches(".toml");
            let (folder, year) = stem.rsplit_once('/').unwrap_or(("", stem));
            known.files.insert(stem.to_owned());
            known.years.insert(year.to_owned());
            known.years_of.entry(folder.to_owned()).or_default().insert(year.to_owned());
            known.organs.extend([Some(folder), folder.rsplit('/').next()].into_iter().flatten().map(str::to_owned));
        }
        known.organs.remove("");
        known
    }

    /// Nothing was found; what was most likely meant.
    fn nothing(&self, typed: &str, strays: Vec<Stray>) -> Diagnostic {
        let slashes = typed.replace('\\', "/");
        let stem = slashes.trim_start_matches("./").trim_start_matches("reports/").trim_end_matches('/');
        let stem = stem.trim_end_matches(".toml");
        let problem = nothing(typed);
        if let Some((folder, year)) = stem.rsplit_once('/')
            && is_year(year)
            && let Some(years) = self.years_of.get(folder)
        {
            return with_strays(
                problem.help(have(&text!("{folder} ", "{folder} has facts of "), years)),
                strays.into_iter().filter(|stray| stray.may_be_of(year)).collect(),
            );
        }
        let near = match stem.contains('/') {
            true => near(stem, self.files.iter().chain(&self.organs)),
            false => near(stem, self.organs.iter().chain(&self.years)),
        };
        if near.is_empty() {
            let help = text!(
                "写年份（2025）、机关的名称或文件夹、事实文件；省略则是 reports/ 下的全部",
                "name a year (2025), an organ or its folder, or a facts file; without one, it is all under reports/"
            );
            return with_strays(problem.help(help), strays);
        }
        let (zh, en) = (quoted(&near, "“", "”", "、"), quoted(&near, "`", "`", " or "));
        problem.help(text!("是否为{zh}？", "did you mean {en}?"))
    }
}

fn nothing(typed: &str) -> Diagnostic {
    let message = text!("“{typed}”没有选中任何事实文件", "`{typed}` names no facts file");
    Diagnostic::error(Code::NothingSelected, message)
}

/// A path with `/` between its parts.
pub(super) fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn no_such_year(year: &str, years: &BTreeSet<String>, strays: Vec<Stray>) -> Diagnostic {
    let problem = match years.is_empty() {
        true => nothing(year).help(text!("reports/ 下没有事实文件", "there are no facts files under reports/")),
        false => nothing(year).help(have(&text!("reports/ 下", "under reports/ there are facts of "), years)),
    };
    with_strays(problem, strays)
}

/// Whose years there are.
fn have(whose: &Text, years: &BTreeSet<String>) -> Text {
    let Text { zh, en } = whose;
    let (many, few) = (quoted(years, "", "", "、"), quoted(years, "", "", ", "));
    Text { zh: format!("{zh}有 {many} 年的"), en: format!("{en}{few}") }
}

fn quoted<'a>(names: impl IntoIterator<Item = &'a String>, open: &str, close: &str, between: &str) -> String {
    names.into_iter().map(|name| format!("{open}{name}{close}")).collect::<Vec<_>>().join(between)
}

/// The names that a word is near to: those that are it but for a letter or a few, or that one is part of; the nearest
/// first.
pub(super) fn near<'a>(word: &str, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let length = word.chars().count();
    let distance = |name: &str| {
        let is_part = length > 1 && (name.contains(word) || (name.chars().count() > 1 && word.contains(name)));
        let distance = strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase());
        let is_near = distance <= 1 + length.max(name.chars().count()) / 4 && distance < length;
        (is_part || is_near).then_some(distance)
    };
    let mut found: Vec<(usize, &String)> = names.filter_map(|name| Some((distance(name)?, name))).collect();
    found.sort();
    found.dedup();
    found.into_iter().take(PROPOSED).map(|(_, name)| name.clone()).collect()
}

/// A problem with what lies there instead.
fn with_strays(problem: Diagnostic, strays: Vec<Stray>) -> Diagnostic {
    let told = strays.into_iter().take(PROPOSED).map(|stray| stray.problem.message.clone());
    told.fold(problem, Diagnostic::note)
}
