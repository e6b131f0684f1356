//! An output folder without what does not belong there any more. In: a job; out: the folder without the temporary files of runs
//! that were ended, and where that is asked for without the pages of facts that are gone. A file whose record does not say that it
//! was made here, byte for byte, is never touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Problems;
use super::job::BuildJob;
use super::record::{Record, artifacts_at, prefix};
use crate::diag::emit::Emitter;
use crate::diag::text;
use crate::disk;
use crate::project::REPORTS;
use crate::source::display_path;

/// Removes what runs that were ended left beside the pages of a job. Nobody else may write there meanwhile.
pub fn left_behind(job: &BuildJob) {
    let folders: BTreeSet<&Path> = job.targets.iter().filter_map(|target| target.parent()).collect();
    folders.into_iter().chain([job.out.as_path()]).for_each(disk::sweep);
    disk::sweep_scratch();
}

/// Removes the pages of facts that are gone, each after saying so; gives what could not be removed.
pub(super) fn orphans(job: &BuildJob, emitter: &Emitter) -> Problems {
    let (mut problems, mut folders) = (Problems::new(), BTreeSet::new());
    for orphan in found(job) {
        let facts = &orphan.facts;
        for file in &orphan.files {
            let shown = display_path(file);
            emitter.answer(&text!("删除 {shown}：{facts} 已经不在", "removing {shown}: {facts} is no more"));
            problems.extend(disk::remove(file).err());
        }
        for file in &orphan.others {
            let shown = display_path(file);
            emitter.answer(&text!(
                "保留 {shown}：{facts} 已经不在，但这个文件不是记录里的那个",
                "keeping {shown}: {facts} is no more, but this is not the file that the record names"
            ));
        }
        folders.extend(orphan.files.first().and_then(|file| file.parent()).map(Path::to_path_buf));
    }
    for folder in folders {
        disk::sweep(&folder);
        disk::remove_empty(&folder, &job.out);
    }
    problems
}

/// What was made of facts that are gone.
struct Orphan {
    facts: String,
    /// Its pages, and behind them its record, unless that is needed to tell of others.
    files: Vec<PathBuf>,
    /// Files with the name of such a page that are something else.
    others: Vec<PathBuf>,
}

fn found(job: &BuildJob) -> Vec<Orphan> {
    // What cannot be walked to or read is nobody's page.
    let files = WalkDir::new(&job.out).sort_by_file_name().into_iter().flatten();
    let records = files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    records.filter_map(|record| orphan(job, &record)).collect()
}

/// What came of the facts that a record names, where they are gone, and a build of them would have written it there.
fn orphan(job: &BuildJob, file: &Path) -> Option<Orphan> {
    let stem = file.file_name()?.to_str()?.strip_suffix(".json")?;
    let drafts = prefix(true).trim_end_matches('.');
    let (name, prefix) = match stem.strip_suffix(drafts).and_then(|stem| stem.strip_suffix('.')) {
        Some(name) => (name, prefix(true)),
        None => (stem, prefix(false)),
    };
    let target = file.with_file_name(name);
    let record = Record::at(&target, prefix)?;
    let facts = record.inputs.facts.file.clone();
    let path = job.check.project.own(&facts).ok()?;
    let below = Path::new(&facts).strip_prefix(REPORTS).unwrap_or(Path::new(&facts)).with_extension("");
    if job.out.join(below) != target || !is_gone(&path) {
        return None;
    }
    let (mut files, mut others) = (Vec::new(), Vec::new());
    for page in artifacts_at(&target, prefix) {
        let is_own =
            !page.is_symlink() && disk::read(&page, disk::LARGE).is_ok_and(|bytes| record.names(&page, &bytes));
        if is_own { files.push(page) } else { others.push(page) }
    }
    if others.is_empty() {
        files.push(file.to_path_buf());
    }
    Some(Orphan { facts, files, others })
}

fn is_gone(path: &Path) -> bool {
    // Behind a link to what is not there now, such as a drive, nothing is known to be gone.
    if path.ancestors().any(|above| above.is_symlink() && !above.exists()) {
        return false;
    }
    fs::symlink_metadata(path).is_err_and(|error| disk::is_missing(&error))
}
