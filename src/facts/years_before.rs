//! The facts of the same organ's years before. In: the path of a year's facts; out: the file of each year before that is
//! asked for, read once, so that all who ask see the same bytes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::open;
use crate::diag::Problems;
use crate::disk;
use crate::disk::unreadable;
use crate::source::{Source, display_path};

/// What stands in the file of a year: nothing, where there is none.
type Found = Result<Option<Arc<Source>>, Problems>;

/// The files beside a year's facts that may be named after years before.
pub struct YearsBefore {
    path: PathBuf,
    /// Whether a year that was not asked for yet is to be looked for.
    looks: bool,
    read: RefCell<BTreeMap<u16, Found>>,
}

impl YearsBefore {
    /// Those of a facts file.
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_path_buf(), looks: true, read: RefCell::default() }
    }

    /// These, of facts that are in no file; `path` is where they would be.
    pub fn given(path: &Path, years: impl IntoIterator<Item = (u16, Arc<Source>)>) -> Self {
        let read = years.into_iter().map(|(year, source)| (year, Ok(Some(source)))).collect();
        Self { path: path.to_path_buf(), looks: false, read: RefCell::new(read) }
    }

    /// The facts file itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the facts of a year are, if there are any.
    pub fn path_of(&self, year: u16) -> PathBuf {
        self.path.with_file_name(format!("{year:04}.toml"))
    }

    /// The facts of a year; nothing where there is no such file, or where it is the facts file itself.
    ///
    /// # Errors
    /// A file that is there and cannot be read, or that is not UTF-8.
    pub fn source(&self, year: u16) -> Found {
        self.read.borrow_mut().entry(year).or_insert_with(|| self.look(year)).clone()
    }

    fn look(&self, year: u16) -> Found {
        let path = self.path_of(year);
        if path == self.path || !self.looks {
            return Ok(None);
        }
        match disk::is_there(&path) {
            Ok(true) => open(&path).map(Some),
            Ok(false) => Ok(None),
            Err(error) => Err(unreadable(&display_path(&path), &error).into()),
        }
    }

    /// The files that were asked for and are there, the latest year first.
    pub fn read(&self) -> Vec<(PathBuf, Arc<Source>)> {
        let read = self.read.borrow();
        let found = read.iter().rev().filter_map(|(year, found)| Some((*year, found.as_ref().ok()?.clone()?)));
        found.map(|(year, source)| (self.path_of(year), source)).collect()
    }
}
