//! Where a value stands on the page. In: its key; out: what the page has over and beside it, outermost first: of a cell the table and the
//! heads of its row and column, of other values the heading of their section and their own.

use std::collections::BTreeMap;

use super::{Cell, Content, Form, Key, Table};

impl Form {
    /// The labels that lead to a value on the page, outermost first; none for a key that the form does not have.
    pub fn label_path(&self, key: &str) -> Vec<String> {
        let of_table = self.tables.iter().find_map(|table| {
            let cell = table.cells().find(|cell| cell.key == *key)?;
            Some(cell_path(table, &cell))
        });
        of_table
            .or_else(|| self.in_section(key))
            .unwrap_or_else(|| self.label_of(key).map(str::to_owned).into_iter().collect())
    }

    /// The same for every key.
    pub fn label_paths(&self) -> BTreeMap<Key, Vec<String>> {
        let of = |table: &Table, cell: &Cell<'_>| (cell.key.clone(), cell_path(table, cell));
        let cells = self.tables.iter().flat_map(|table| table.cells().map(|cell| of(table, &cell)).collect::<Vec<_>>());
        let fields = self.fields.iter().map(|field| (field.key.clone(), self.label_path(&field.key)));
        cells.chain(fields).collect()
    }

    /// The labels that lead to all values at or below a key, or to those around it where the form knows none there.
    pub fn label_path_of_all(&self, key: &Key) -> Vec<String> {
        if self.keys.get(key).is_some() {
            return self.label_path(key);
        }
        let mut below = self.keys.iter().filter(|(own, _)| own.is_within(key)).map(|(own, _)| self.label_path(own));
        let Some(first) = below.next() else {
            let (above, _) = key.split_last();
            return if above.is_empty() { Vec::new() } else { self.label_path_of_all(&above) };
        };
        below.fold(first, |common, path| {
            let alike = common.iter().zip(&path).take_while(|(a, b)| a == b).count();
            common.into_iter().take(alike).collect()
        })
    }

    fn in_section(&self, key: &str) -> Option<Vec<String>> {
        let own = self.label_of(key)?;
        self.sections.iter().find_map(|section| {
            let label = section.blocks.iter().find_map(|block| match block {
                Content::Prose { heading, key: of, .. } if *of == *key => Some(heading.as_deref().unwrap_or(own)),
                Content::Listing(keys) if keys.iter().any(|of| *of == *key) => Some(own),
                _ => None,
            })?;
            let heading = section.heading.as_deref().filter(|heading| *heading != label);
            Some(heading.into_iter().chain([label]).map(str::to_owned).collect())
        })
    }
}

fn cell_path(table: &Table, cell: &Cell<'_>) -> Vec<String> {
    let heads = cell.row.iter().chain(&cell.column).map(|head| head.label.as_str());
    let labels = std::iter::once(table.label.as_str()).chain(heads).filter(|label| !label.is_empty());
    labels.map(str::to_owned).collect()
}
