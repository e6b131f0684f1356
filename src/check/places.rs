//! Which value a problem points into. In: facts; out: [`Places`], which gives the key at a place.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::diag::Diagnostic;
use crate::facts::Facts;
use crate::form::Key;
use crate::source::{Place, Source};

/// The keys of all values of the facts by their places; lists have one key for all that is in them.
pub struct Places<'a> {
    source: &'a Arc<Source>,
    /// In the order of the places, which do not overlap.
    values: Vec<(Range<usize>, Key)>,
}

impl<'a> Places<'a> {
    /// Those of facts.
    pub fn of(facts: &'a Facts<'_>) -> Self {
        let mut values = Vec::new();
        leaves(&facts.root, &Key::ROOT, &mut values);
        values.sort_by_key(|(span, _)| span.start);
        Self { source: facts.source, values }
    }

    /// The key of the value that a problem points into.
    pub fn key_of(&self, problem: &Diagnostic) -> Option<&Key> {
        self.key_at(problem.primary()?)
    }

    /// The key of the value that a place is in.
    pub fn key_at(&self, place: &Place) -> Option<&Key> {
        if place.source != *self.source {
            return None;
        }
        let at = place.span.start;
        let behind = self.values.partition_point(|(span, _)| span.start <= at);
        let (span, key) = self.values.get(behind.checked_sub(1)?)?;
        (span.contains(&at) || span.start == at).then_some(key)
    }

    /// The key of the first value behind a place, and where it stands: of a name, what it names.
    pub fn behind(&self, place: &Place) -> Option<(&Key, Place)> {
        if place.source != *self.source {
            return None;
        }
        let behind = self.values.partition_point(|(span, _)| span.start < place.span.end);
        let (span, key) = self.values.get(behind)?;
        Some((key, Place::new(self.source, span.clone())))
    }
}

/// A table may be written in several places, so that its own place says nothing of what is in it.
fn leaves(table: &DeTable<'_>, above: &Key, found: &mut Vec<(Range<usize>, Key)>) {
    for (name, value) in table {
        let key = above.join(name.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => leaves(inner, &key, found),
            _ => found.push((value.span(), key)),
        }
    }
}
