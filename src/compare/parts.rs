//! Which organs made a change in the sums of a government. In: two reports that consolidate organs; out: [`Parts`], which says for a
//! figure what each organ's part in its change is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::difference::OrganChange;
use crate::consolidate::Part;
use crate::form::Form;
use crate::report::{Report, Values, figure};
use crate::sheet::signed;

/// The figures of organs on both sides, by folder.
pub(super) struct Parts {
    before: BTreeMap<String, Organ>,
    after: BTreeMap<String, Organ>,
}

struct Organ {
    name: String,
    values: Values,
}

impl Parts {
    /// Those of two reports; none where one of them consolidates nothing.
    pub(super) fn of(before: &Report, after: &Report) -> Self {
        match (&before.consolidated, &after.consolidated) {
            (Some(was), Some(is)) => {
                Self { before: organs(&before.form, &was.parts), after: organs(&after.form, &is.parts) }
            }
            _ => Self { before: BTreeMap::new(), after: BTreeMap::new() },
        }
    }

    /// The organs whose figures under a key have changed, the largest change first.
    pub(super) fn of_key(&self, key: &str) -> Vec<OrganChange> {
        let folders: BTreeSet<&String> = self.before.keys().chain(self.after.keys()).collect();
        let mut changes: Vec<(Decimal, OrganChange)> =
            folders.into_iter().filter_map(|folder| self.change(folder, key)).collect();
        changes.sort_by_key(|(difference, _)| std::cmp::Reverse(difference.abs()));
        changes.into_iter().map(|(_, change)| change).collect()
    }

    fn change(&self, folder: &String, key: &str) -> Option<(Decimal, OrganChange)> {
        let (was, is) = (self.before.get(folder), self.after.get(folder));
        let of = |organ: Option<&Organ>| organ.and_then(|organ| figure(&organ.values, key));
        let (before, after) = (of(was), of(is));
        let difference = after.unwrap_or_default() - before.unwrap_or_default();
        if difference.is_zero() {
            return None;
        }
        let change = OrganChange {
            folder: folder.clone(),
            name: is.or(was).map(|organ| organ.name.clone()).unwrap_or_default(),
            before: before.map(|number| number.to_string()),
            after: after.map(|number| number.to_string()),
            difference: signed(difference),
        };
        Some((difference, change))
    }
}

fn organs(form: &Form, parts: &[Arc<Part>]) -> BTreeMap<String, Organ> {
    let organ = |part: &Arc<Part>| (part.folder.clone(), Organ { name: part.name.clone(), values: part.values(form) });
    parts.iter().map(organ).collect()
}
