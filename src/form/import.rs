//! How published reports of a form are read back into facts. In: `[import]` of the declaration; out: [`ImportRules`].

use std::collections::BTreeMap;

use super::declared::DeclaredImport;
pub use super::declared::{Blank, OldEdition};
use super::key::Key;

/// What print means that the labels of a form do not say.
#[derive(Debug)]
pub struct ImportRules {
    /// How print says that a figure does not apply.
    pub none: Vec<String>,
    /// What may stand behind a figure: units and measure words.
    pub units: Vec<String>,
    /// What a blank figure means.
    pub blank: Blank,
    /// Where the text of a section goes that cannot be parted: the key by the section's heading.
    pub unparted: BTreeMap<String, Key>,
    /// Where text goes that stands in a section before its first part: the key by the section's heading.
    pub before: BTreeMap<String, Key>,
    /// Titles beside the form's own by which its reports are known, written as `title` is.
    pub titles: Vec<String>,
    /// Words that stand at the foot of a site, below the report.
    pub ends: Vec<String>,
    /// Editions of the form that went before this one.
    pub old: Vec<OldEdition>,
}

impl ImportRules {
    /// What is declared.
    pub fn of(declared: &DeclaredImport) -> Self {
        let keys = |ways: &BTreeMap<String, toml::Spanned<String>>| {
            ways.iter().map(|(heading, key)| (heading.clone(), key.get_ref().as_str().into())).collect()
        };
        Self {
            none: declared.none.clone(),
            units: declared.units.clone(),
            blank: declared.blank,
            unparted: keys(&declared.unparted),
            before: keys(&declared.before),
            titles: declared.titles.clone(),
            ends: declared.ends.clone(),
            old: declared.old.clone(),
        }
    }
}
