//! Which governments draw on which organs. In: what became of each report that was read; out: the reports that are to be read once more
//! when facts of organs change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::consolidate::declared;
use crate::facts::{self, Facts};
use crate::report::Report;

/// By the facts file of a government, the folders of the organs whose figures count in it; `None` where an organ is missing or wrong, so
/// that any facts may mend it.
#[derive(Debug, Default)]
pub(super) struct Governments(Mutex<BTreeMap<PathBuf, Option<BTreeSet<PathBuf>>>>);

impl Governments {
    /// Notes a report that was read.
    pub(super) fn note(&self, file: &Path, report: &Report) {
        let is_whole = report.consolidated.as_ref().map(|consolidated| consolidated.is_whole);
        let folders =
            || report.counted().iter().filter_map(|counted| Some(counted.file.parent()?.to_owned())).collect();
        // Last year's figures may be sums of organs' where this year's are not.
        let draws_on = match is_whole {
            Some(false) => Some(None),
            Some(true) => Some(Some(folders())),
            None => Some(folders()).filter(|folders: &BTreeSet<PathBuf>| !folders.is_empty()).map(Some),
        };
        match draws_on {
            Some(folders) => self.known().insert(file.to_owned(), folders),
            None => self.known().remove(file),
        };
    }

    /// Notes facts of which no report can be made.
    pub(super) fn note_wrong(&self, file: &Path) {
        let consolidates = |facts: &Facts<'_>| facts.root.contains_key(declared::KEY);
        let is_government =
            facts::open(file).is_ok_and(|source| Facts::parse(&source).is_ok_and(|facts| consolidates(&facts)));
        match is_government {
            true => drop(self.known().insert(file.to_owned(), None)),
            false => drop(self.known().remove(file)),
        }
    }

    /// The facts files of all governments.
    pub(super) fn all(&self) -> BTreeSet<PathBuf> {
        self.known().keys().cloned().collect()
    }

    /// The facts files of the governments that draw on facts in one of these folders.
    pub(super) fn above(&self, folders: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let draws_on = |organs: &Option<BTreeSet<PathBuf>>| {
            organs.as_ref().is_none_or(|organs| folders.iter().any(|folder| organs.contains(folder)))
        };
        let known = self.known();
        known.iter().filter(|(_, organs)| draws_on(organs)).map(|(file, _)| file.clone()).collect()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Option<BTreeSet<PathBuf>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
