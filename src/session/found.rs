//! What there is of an organ whose figures a government counts. In: nothing; out: [`Found`], and what is known of all that were asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::consolidate::{Part, Reading};
use crate::diag::Diagnostic;

/// What there is of an organ's year.
#[derive(Clone, Debug)]
pub enum Found {
    /// Its figures.
    Part(Arc<Part>),
    /// It has no facts of the year.
    Missing,
    /// Its facts are of another form.
    Form(String),
    /// Its facts have errors: the first of them, and how many there are.
    Wrong(Arc<Diagnostic>, usize),
}

/// What is known of organs that were read, by file and by how they were read.
pub(super) type Known = Mutex<BTreeMap<(PathBuf, Reading), Found>>;
