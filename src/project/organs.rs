//! The organs of a project. In: the facts files under `reports/`, and the organs that `nianbao.toml` lists; out: [`OrganList`]: which
//! organs there are, which of them owe a report for a year, and which ones a name, a pattern or a group means.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::glob::Glob;
use super::listed::ListedOrgan;
use super::root::REPORTS;
use super::select::slashed;
use crate::diag::Text;
use crate::facts::is_year;

/// How many names are proposed for one that means nothing.
const PROPOSED: usize = 3;

/// The organs of a project.
#[derive(Debug, Default)]
pub struct OrganList {
    reports: PathBuf,
    /// Folders with facts below `reports/`, and the years that they have facts of.
    years: BTreeMap<String, BTreeSet<u16>>,
    /// What `nianbao.toml` lists, by folder.
    listed: BTreeMap<String, ListedOrgan>,
    /// The folders that other names mean.
    other_names: OtherNames,
}

/// The folders that a name means which is not the whole of one.
#[derive(Debug, Default)]
struct OtherNames {
    /// By the groups of `nianbao.toml`.
    groups: Folders,
    /// By the last part of the folder.
    last_parts: Folders,
    /// By the name that `nianbao.toml` gives.
    names: Folders,
}

type Folders = HashMap<String, BTreeSet<String>>;

impl OtherNames {
    fn of<'a>(folders: impl Iterator<Item = &'a String>, listed: &BTreeMap<String, ListedOrgan>) -> Self {
        let mut other = Self::default();
        let put = |of: &mut Folders, name: &str, folder: &String| {
            of.entry(name.to_owned()).or_default().insert(folder.clone());
        };
        for folder in folders {
            let last = folder.rsplit('/').next().unwrap_or(folder);
            put(&mut other.last_parts, last, folder);
        }
        for (folder, organ) in listed {
            organ.groups.iter().for_each(|group| put(&mut other.groups, group, folder));
            organ.name.iter().for_each(|name| put(&mut other.names, name, folder));
        }
        other
    }
}

/// Why a name means no organ.
#[derive(Debug, PartialEq, Eq)]
pub enum Unknown {
    /// There is none; these are near.
    Nothing(Vec<String>),
    /// A pattern that cannot be read.
    Pattern(Text),
    /// Folders of that name lie in several places.
    Several(Vec<String>),
}

impl OrganList {
    /// The organs below a project's root, with those that its settings list.
    pub fn of(root: &Path, listed: &[ListedOrgan]) -> Self {
        Self::of_files(root, &super::select::below(&root.join(REPORTS)), listed)
    }

    /// The organs of all facts files below a project's root, with those that its settings list.
    pub fn of_files(root: &Path, files: &[PathBuf], listed: &[ListedOrgan]) -> Self {
        let reports = root.join(REPORTS);
        let mut years: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        for file in files {
            let Some(folder) = folder_of(&reports, file) else { continue };
            let stem = file.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_year(stem));
            years.entry(folder).or_default().extend(stem.and_then(|year| year.parse::<u16>().ok()));
        }
        let listed: BTreeMap<String, ListedOrgan> =
            listed.iter().map(|organ| (organ.folder.clone(), organ.clone())).collect();
        let other_names = OtherNames::of(years.keys().chain(listed.keys()), &listed);
        Self { reports, years, listed, other_names }
    }

    /// The facts file of an organ's year.
    pub fn file(&self, folder: &str, year: u16) -> PathBuf {
        self.reports.join(folder).join(format!("{year:04}.toml"))
    }

    /// The folder that a facts file lies in, as organs are named by it; none for a file elsewhere.
    pub fn folder_of(&self, file: &Path) -> Option<String> {
        folder_of(&self.reports, file)
    }

    /// What `nianbao.toml` says of an organ.
    pub fn listed(&self, folder: &str) -> Option<&ListedOrgan> {
        self.listed.get(folder)
    }

    /// Whether there are facts of an organ's year.
    pub fn has(&self, folder: &str, year: u16) -> bool {
        self.years.get(folder).is_some_and(|years| years.contains(&year))
    }

    /// The years of which there are facts.
    pub fn all_years(&self) -> BTreeSet<u16> {
        self.years.values().flatten().copied().collect()
    }

    /// The latest year of which there are facts.
    pub fn latest_year(&self) -> Option<u16> {
        self.years.values().filter_map(|years| years.last()).max().copied()
    }

    /// Whether an organ owes a report of the year: it is listed, has reported, or reported the year before.
    pub fn owes(&self, folder: &str, year: u16) -> bool {
        self.listed.contains_key(folder) || self.has(folder, year) || self.has(folder, year.saturating_sub(1))
    }

    /// The folders of all organs that owe a report of the year, in order.
    pub fn owing(&self, year: u16) -> BTreeSet<&str> {
        let folders = self.years.keys().chain(self.listed.keys()).map(String::as_str);
        folders.filter(|folder| self.owes(folder, year)).collect()
    }

    /// The folders that a name means, in order: a folder, or the last part of one; a pattern for folders, of which those count that owe a
    /// report of the year; a group of `nianbao.toml`, or the name of an organ there.
    ///
    /// # Errors
    /// It means none.
    pub fn named(&self, name: &str, year: u16) -> Result<Vec<String>, Unknown> {
        let name = name.trim_end_matches('/');
        if self.years.contains_key(name) || self.listed.contains_key(name) {
            return Ok(vec![name.to_owned()]);
        }
        if Glob::is_one(name) {
            return self.matching(name, year);
        }
        let OtherNames { groups, last_parts, names } = &self.other_names;
        if let Some(group) = groups.get(name) {
            return Ok(group.iter().cloned().collect());
        }
        match last_parts.get(name).or_else(|| names.get(name)) {
            None => Err(Unknown::Nothing(self.near(name))),
            Some(found) if found.len() == 1 => Ok(found.iter().cloned().collect()),
            Some(found) => Err(Unknown::Several(found.iter().cloned().collect())),
        }
    }

    fn matching(&self, pattern: &str, year: u16) -> Result<Vec<String>, Unknown> {
        let glob = Glob::read(pattern).map_err(Unknown::Pattern)?;
        let found: Vec<String> =
            self.owing(year).into_iter().filter(|folder| glob.matches(folder)).map(str::to_owned).collect();
        if found.is_empty() { Err(Unknown::Nothing(self.near(pattern))) } else { Ok(found) }
    }

    /// The names that one is near to.
    fn near(&self, name: &str) -> Vec<String> {
        let bare = name.replace(['*', '?'], "");
        let word = bare.trim_matches('/');
        let groups = self.listed.values().flat_map(|organ| &organ.groups);
        let folders = self.years.keys().chain(self.listed.keys());
        let above = self.years.keys().filter_map(|folder| Some(folder.rsplit_once('/')?.0.to_owned()));
        let known: BTreeSet<String> = folders.chain(groups).cloned().chain(above).collect();
        super::select::near(word, known.iter()).into_iter().take(PROPOSED).collect()
    }
}

fn folder_of(reports: &Path, file: &Path) -> Option<String> {
    let below = |file: &Path| file.parent()?.strip_prefix(reports).ok().map(slashed);
    let real = || {
        let (file, reports) = (file.canonicalize().ok()?, reports.canonicalize().ok()?);
        file.parent()?.strip_prefix(reports).ok().map(slashed)
    };
    below(file).or_else(real).filter(|folder| !folder.is_empty())
}
