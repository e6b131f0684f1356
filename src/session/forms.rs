//! The forms of a job, each read once, and whether there are faces for what is written. In: the project's templates and
//! fonts; out: the form that a facts file names, and the characters of a report that no page could show.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::Problems;
use super::found::{Found, Known};
use super::job::Selection;
use crate::check::glyphs;
use crate::diag::{Code, Diagnostic};
use crate::facts::Facts;
use crate::fonts::{FontIndex, FontSet};
use crate::form::{self, Form};
use crate::once_map::OnceMap;
use crate::project::{ListedOrgan, OrganList};
use crate::report::Report;
use crate::source::Source;

/// Every form that facts may name; one that is wrong is reported with the facts that name it.
pub struct Forms {
    /// The project's root.
    root: PathBuf,
    /// The organs that the project lists.
    listed: Vec<ListedOrgan>,
    /// The organs there are, found when they are first asked for.
    organs: RwLock<Option<Arc<OrganList>>>,
    /// What is known of those that were read for a government.
    known_organs: Known,
    templates: PathBuf,
    font_paths: Vec<PathBuf>,
    known: OnceMap<String, Result<Arc<Form>, Problems>>,
    index: OnceLock<FontIndex>,
    faces: OnceMap<String, Result<Arc<FontSet>, Diagnostic>>,
}

impl Forms {
    /// The forms of the program and of the job's project, which are read when they are first named.
    pub fn new(job: &Selection) -> Self {
        Self {
            root: job.project.root.clone(),
            listed: job.project.settings.organs.clone(),
            organs: RwLock::default(),
            known_organs: Known::default(),
            templates: job.project.templates(),
            font_paths: job.project.font_paths(),
            known: OnceMap::default(),
            index: OnceLock::new(),
            faces: OnceMap::default(),
        }
    }

    /// The organs of the project.
    pub fn organs(&self) -> Arc<OrganList> {
        if let Some(list) = &*self.organs.read().unwrap_or_else(PoisonError::into_inner) {
            return Arc::clone(list);
        }
        let mut list = self.organs.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(list.get_or_insert_with(|| Arc::new(OrganList::of(&self.root, &self.listed))))
    }

    /// Forgets what is known of organs by the facts in these folders, and of those by whose figures they count.
    pub fn forget(&self, folders: &BTreeSet<PathBuf>) {
        let is_changed = |file: &Path| file.parent().is_some_and(|folder| folders.contains(folder));
        let is_as_it_was = |file: &Path, found: &Found| match found {
            Found::Part(part) => !is_changed(file) && !part.counted.iter().any(|counted| is_changed(&counted.file)),
            // Anything may have mended it.
            Found::Missing | Found::Form(_) | Found::Wrong(..) => false,
        };
        let mut known = self.known_organs.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(file, _), found| is_as_it_was(file, found));
    }

    /// Forgets which organs there are, and all that is known of them.
    pub fn forget_all(&self) {
        *self.organs.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.known_organs.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What is known of the organs that were read for a government.
    pub fn known_organs(&self) -> &Known {
        &self.known_organs
    }

    /// The facts of a file.
    ///
    /// # Errors
    /// Every slip of syntax, explained by the form that the file names.
    pub fn parse<'s>(&self, source: &'s Arc<Source>) -> Result<Facts<'s>, Problems> {
        Facts::parse_with(source, &|name| self.named(name).ok())
    }

    /// The form that facts name.
    pub fn of(&self, facts: &Facts<'_>) -> Result<Arc<Form>, Problems> {
        let (name, place) = facts.form_name()?;
        // A name that is not known is told where each facts file has it.
        self.named(name).map_err(|problems| match problems.is_only(&Code::UnknownForm) {
            true => problems.into_iter().map(|problem| problem.at(place.clone())).collect(),
            false => problems,
        })
    }

    /// The form of that name.
    pub fn named(&self, name: &str) -> Result<Arc<Form>, Problems> {
        self.known.get(name, || form::files::load(name, Some(&self.templates), None).map(Arc::new))
    }

    /// A problem for each character of a report that no face can draw. Where a role has no face at all, nothing is said: that
    /// is told of the machine, not of the facts, by `build` and `doctor`.
    ///
    /// # Errors
    /// A font that is there and cannot be read.
    pub fn undrawn(&self, report: &Report) -> Result<Problems, Diagnostic> {
        let form = &report.form;
        let serve = || self.index.get_or_init(|| FontIndex::scan(&self.font_paths)).serve(form).map(Arc::new);
        let faces = match self.faces.get(form.name.as_str(), serve) {
            Ok(faces) => faces,
            Err(problem) if problem.code == Code::NoFonts => return Ok(Problems::new()),
            Err(problem) => return Err(problem),
        };
        let texts = glyphs::texts(report);
        Ok(glyphs::check(report, &faces.undrawn(texts.iter().map(|text| &**text))?).into())
    }
}
