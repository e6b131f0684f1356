//! Which reports are owed. In: what was typed; out: [`StatusJob`], the organs and years to look at.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::facts::is_year;
use crate::project::{OrganList, Project};
use crate::session::Selection;

/// Why a report is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owed {
    /// `nianbao.toml` lists the organ.
    Listed,
    /// The organ reported the year before.
    ReportedLastYear,
    /// Nothing says so, but there are facts.
    HasFacts,
}

/// An organ's year.
#[derive(Clone, Debug)]
pub struct Due {
    /// The folder below `reports/`.
    pub folder: String,
    /// The year.
    pub year: u16,
    /// The facts, where there are any.
    pub file: Option<PathBuf>,
    /// Why they are owed.
    pub owed: Owed,
}

/// What is to be looked at.
#[derive(Debug)]
pub struct StatusJob {
    /// The project; its files are those of the reports that there are.
    pub selection: Selection,
    /// The organs of the project.
    pub list: OrganList,
    /// The reports that are owed, in order of year and folder.
    pub due: Vec<Due>,
}

impl StatusJob {
    /// What these selections mean: years, and organs by name, folder or group; without a year, the latest of which there are facts.
    ///
    /// # Errors
    /// No project, no facts, or a selection that names nothing.
    pub fn of(select: &[String]) -> Result<Self, Problems> {
        let project = Project::find()?;
        let all = project.select(&[]).unwrap_or_default();
        let list = OrganList::of_files(&project.root, &all.files, &project.settings.organs);
        let is_typed_year = |typed: &&String| is_year(typed) && !Path::new(typed).exists();
        let mut years: BTreeSet<u16> =
            select.iter().filter(is_typed_year).filter_map(|year| year.parse().ok()).collect();
        let mut organs: BTreeSet<(String, Option<u16>)> = BTreeSet::new();
        let mut strays = if select.is_empty() { all.strays } else { Vec::new() };
        for typed in select.iter().filter(|typed| !is_typed_year(typed)) {
            let (found, more) = organs_of(&project, &list, typed, years.first().copied())?;
            organs.extend(found);
            strays.extend(more);
        }
        if years.is_empty() {
            years.extend(list.latest_year());
        }
        let due: Vec<Due> = years.iter().flat_map(|year| due(&list, *year, &organs)).collect();
        if due.is_empty() {
            return Err(nobody(&years).into());
        }
        let files = due.iter().filter_map(|due| due.file.clone()).collect();
        let selection = Selection { project, files, strays, deny_warnings: false };
        Ok(Self { selection, list, due })
    }
}

type Organs = Vec<(String, Option<u16>)>;

/// The organs that a name means, each with the year where it names a single file.
fn organs_of(
    project: &Project,
    list: &OrganList,
    typed: &str,
    year: Option<u16>,
) -> Result<(Organs, Vec<crate::project::Stray>), Problems> {
    let known = list.named(typed, year.or_else(|| list.latest_year()).unwrap_or_default());
    match project.select(&[typed.to_owned()]) {
        Ok(selected) => {
            let is_file = selected.files.len() == 1 && !Path::new(typed).is_dir() && names_a_year(typed);
            let organ = |file: &PathBuf| {
                let year = file.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
                Some((list.folder_of(file)?, year.filter(|_| is_file)))
            };
            let below = known.unwrap_or_default().into_iter().map(|folder| (folder, None));
            Ok((selected.files.iter().filter_map(organ).chain(below).collect(), selected.strays))
        }
        Err(problem) => match known {
            Ok(folders) => Ok((folders.into_iter().map(|folder| (folder, None)).collect(), Vec::new())),
            Err(_) => Err(problem.into()),
        },
    }
}

/// Whether what was typed ends in a year, as the name of a facts file does.
fn names_a_year(typed: &str) -> bool {
    let stem = typed.trim_end_matches(".toml");
    stem.rsplit(['/', '\\']).next().is_some_and(is_year)
}

fn due<'a>(
    list: &'a OrganList,
    year: u16,
    organs: &'a BTreeSet<(String, Option<u16>)>,
) -> impl Iterator<Item = Due> + 'a {
    let is_meant = move |folder: &str| {
        organs.is_empty()
            || organs.contains(&(folder.to_owned(), None))
            || organs.contains(&(folder.to_owned(), Some(year)))
    };
    list.owing(year).into_iter().filter(move |folder| is_meant(folder)).map(move |folder| {
        let owed = match () {
            () if list.listed(folder).is_some() => Owed::Listed,
            () if list.has(folder, year.saturating_sub(1)) => Owed::ReportedLastYear,
            () => Owed::HasFacts,
        };
        let file = list.has(folder, year).then(|| list.file(folder, year));
        Due { folder: folder.to_owned(), year, file, owed }
    })
}

fn nobody(years: &BTreeSet<u16>) -> Diagnostic {
    let year = years.first().map(u16::to_string).unwrap_or_default();
    let message = text!("没有机关应报 {year} 年的报告", "no organ owes a report of {year}");
    Diagnostic::error(Code::NothingSelected, message).help(text!(
        "事实文件的位置是 reports/<机关>/<年份>.toml；应报的机关也可以列在 nianbao.toml 的 organs 中",
        "facts files are at reports/<organ>/<year>.toml; organs that owe a report may also be listed as `organs` in nianbao.toml"
    ))
}
