//! What the first page is for: which reports there are and what is to be done about them, an organ's first facts, next year's, and facts
//! out of a report that was published. In: a request; out: the name of the report that was begun, or why none was.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::kept;
use super::refused::Refused;
use crate::diag::{Code, Diagnostic, Language, Problems, json, text};
use crate::disk;
use crate::form::{Form, files};
use crate::import::{self, Asked, Origin, read, refused};
use crate::interrupt::Interrupt;
use crate::project::{Project, REPORTS};
use crate::roll;
use crate::session::{Progress, Selection};
use crate::source::display_path;
use crate::start;
use crate::status::{OrganStatus, StatusJob, survey};
use crate::worker::Guard;

/// An organ's first facts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRequest {
    organ: String,
    form: String,
    year: u16,
}

/// A report that was published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportRequest {
    /// What the file is called.
    file: String,
    /// Its bytes, as far as they were not sent before.
    base64: String,
    form: Option<String>,
    organ: Option<String>,
    year: Option<u16>,
}

/// How it stands with every organ, of a year or of the latest, with the year that may be begun from each, by the `names` of the reports that
/// there are; all years; and the forms there are, those first that the project has, then those in its language.
pub(super) fn status<'a>(
    names: impl Iterator<Item = &'a String> + Clone,
    language: Language,
    year: Option<u16>,
) -> Result<Value, Refused> {
    let job = StatusJob::of(year.map(|year| year.to_string()).as_slice())?;
    let out = job.selection.project.out()?;
    let status = survey(&job, &out, &Interrupt::default(), &Progress::silent(language), &|_| Ok(()))?;
    let mut shown = json!(status);
    let rows = shown.get_mut("organs").and_then(Value::as_array_mut).into_iter().flatten();
    for (row, organ) in rows.zip(&status.organs) {
        let words = organ.state.words();
        row["state_words"] = json!({ "zh": words.zh, "en": words.en });
        row["next"] = json!(next(organ, names.clone()));
    }
    shown["all_years"] = json!(job.list.all_years());
    shown["forms"] = json!(forms(&status.organs, language)?);
    Ok(shown)
}

/// A report that may be begun from another.
#[derive(Serialize)]
struct Next {
    /// Whose report it is begun from.
    from: String,
    year: u16,
}

/// From this year's the next, and from last year's where there is none of this year.
fn next<'a>(organ: &OrganStatus, names: impl Iterator<Item = &'a String> + Clone) -> Option<Next> {
    let of_year = |year: u16| {
        let file = format!("/{}/{year}.toml", organ.folder);
        names.clone().find(|name| name.ends_with(&file)).cloned()
    };
    let (from, year) = match &organ.facts {
        Some(facts) => (Some(facts.clone()), organ.year + 1),
        None => (of_year(organ.year.saturating_sub(1)), organ.year),
    };
    of_year(year).is_none().then_some(Next { from: from?, year })
}

fn forms(organs: &[OrganStatus], language: Language) -> Result<Vec<Value>, Refused> {
    let templates = Project::find()?.templates();
    let names = files::names(Some(&templates)).into_iter();
    let mut forms: Vec<Form> = names.filter_map(|name| files::load(&name, Some(&templates), None).ok()).collect();
    let uses = |form: &Form| organs.iter().filter(|organ| organ.form.as_ref() == Some(&form.name)).count();
    let is_own = |form: &Form| form.language.starts_with(if language == Language::Zh { "zh" } else { "en" });
    forms.sort_by_key(|form| std::cmp::Reverse((uses(form), is_own(form))));
    Ok(forms.iter().map(|form| json!({ "name": form.name, "label": form.label, "language": form.language })).collect())
}

/// Begins an organ's first facts.
pub(super) fn new(request: &NewRequest) -> Result<Value, Refused> {
    let organ = request.organ.trim();
    let year = request.year;
    if !(1000..=9999).contains(&year) {
        return Err(usage(text!("年份应是四位数", "the year has four digits")).into());
    }
    nameable(organ)?;
    let written = start::start(&Project::find()?, &request.form, organ, year)?;
    Ok(json!({ "name": written.first().map(|path| display_path(path)) }))
}

/// Begins next year's facts from these.
pub(super) fn next_year(file: &Path) -> Result<Value, Refused> {
    let project = Project::find()?;
    let job = Selection { project, files: vec![file.to_path_buf()], strays: Vec::new(), deny_warnings: false };
    let (rolled, problems) = roll::roll(&job, None, false).map_err(Problems::from)?;
    match rolled.first() {
        Some(next) if problems.is_empty() => Ok(json!({ "name": display_path(&next.path) })),
        _ => Err(Problems::from(problems).into()),
    }
}

/// Reads a report that was published into facts; `before` are the bytes that were sent before. Where each value was read is kept below
/// the output folder.
pub(super) fn import(request: &ImportRequest, before: Vec<u8>, out: &Path) -> Result<Value, Refused> {
    let bytes = with(before, &request.base64)?;
    let project = Project::find()?;
    let forms = usable(&project, request.form.as_deref())?;
    let file = Path::new(&request.file);
    let guard = Guard { limits: read::LIMITS, interrupt: Interrupt::default() };
    let document = read::document(&bytes, &guard).map_err(|unread| refused::told(&unread, file))?;
    let organ = request.organ.as_deref().map(str::trim).filter(|organ| !organ.is_empty());
    let best = import::facts(&document, &forms, &Asked { organ: organ.map(str::to_owned), year: request.year })?;
    let (Some(organ), Some(year)) = (&best.draft.organ, best.draft.year) else {
        let message = text!("标题没有说是哪个机关、哪一年", "the title does not say of which organ or year it is");
        return Err(Diagnostic::error(Code::ImportIdentity, message).into());
    };
    nameable(organ)?;
    let path: PathBuf = project.root.join(REPORTS).join(organ).join(format!("{year}.toml"));
    let name = display_path(&path);
    let origin = Origin { name: request.file.clone(), hash: blake3::hash(&bytes).to_hex().to_string() };
    let written = import::write(&best.draft, best.form, &name, &origin);
    disk::write_new(&path, written.source.text().as_bytes())?;
    let sources = json!({ "file": request.file, "blake3": origin.hash, "values": import::sources(&best.draft) });
    kept::keep_sources(out, organ, &year.to_string(), &sources)?;
    let problems: Vec<Value> = written.problems.iter().map(json::object).collect();
    let count = &written.count;
    let count = json!({
        "cells": count.cells, "read": count.read, "doubtful": count.doubtful, "blank": count.blank, "unread": count.unread,
    });
    Ok(json!({ "name": name, "count": count, "problems": problems }))
}

/// Bytes with those behind them that were sent as base64.
pub(super) fn with(before: Vec<u8>, base64: &str) -> Result<Vec<u8>, Diagnostic> {
    let mut bytes = before;
    let more = BASE64_STANDARD.decode(base64);
    bytes.extend(more.map_err(|_| usage(text!("文件没有传完整", "the file did not come through whole")))?);
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > read::LARGEST {
        return Err(Diagnostic::error(Code::ImportTooLarge, text!("文件太大", "the file is too large")));
    }
    Ok(bytes)
}

fn usable(project: &Project, form: Option<&str>) -> Result<Vec<Arc<Form>>, Problems> {
    let templates = project.templates();
    match form {
        Some(name) => Ok(vec![Arc::new(files::load(name, Some(&templates), None)?)]),
        None => {
            let names = files::names(Some(&templates)).into_iter();
            Ok(names.filter_map(|name| files::load(&name, Some(&templates), None).ok()).map(Arc::new).collect())
        }
    }
}

fn nameable(organ: &str) -> Result<(), Diagnostic> {
    if !organ.starts_with('.') && disk::is_name_everywhere(organ) {
        return Ok(());
    }
    let message = text!("机关名称“{organ}”不能作文件夹的名称", "the organ `{organ}` cannot be the name of a folder");
    Err(usage(message).help(disk::name_everywhere()))
}

fn usage(message: crate::diag::Text) -> Diagnostic {
    Diagnostic::error(Code::Usage, message)
}
