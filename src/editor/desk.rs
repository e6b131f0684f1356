//! What the page asks and what it is answered. In: the reports of a project, and requests; out: answers as JSON, and facts that are written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::form_page;
use super::kept;
use super::paste::{self, PasteRequest};
use super::refused::Refused;
use super::report_state::ReportState;
use super::save::{Edits, Outcome, Refusal, edited, tried};
use super::start::{self, ImportRequest};
use crate::diag::{Diagnostic, Language};
use crate::disk;
use crate::facts;
use crate::facts::edit::Original;
use crate::import;
use crate::session::{Errors, Forms, Loaded, Selection, current_pages};
use crate::sheet::{CellSheet, Government};
use crate::source::display_path;
use crate::watch::Event;

/// How long after the last page was closed there is nobody any more.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How long the PDF of facts that were just saved is waited for.
const BUILT: Duration = Duration::from_secs(10);
/// How often it is looked at meanwhile.
const TURN: Duration = Duration::from_millis(100);

/// How often edits are made again of a file that somebody else writes at the same time.
const TRIES: usize = 8;

/// What serves the page.
pub(crate) struct Editor {
    language: Language,
    /// Where copies of facts are kept.
    out: PathBuf,
    inside: Mutex<Inside>,
    /// Held while facts are read, edited and written.
    writing: Mutex<()>,
    /// When a page last asked for anything.
    asked: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Inside {
    forms: Option<Arc<Forms>>,
    files: BTreeMap<String, PathBuf>,
    /// The files of which there is a copy from before they were written.
    kept: BTreeSet<PathBuf>,
    events: Option<Sender<Event>>,
    /// What has come in of a file that is to be imported.
    upload: Vec<u8>,
}

impl Editor {
    /// Serves nothing yet; `out` is the output folder.
    pub(crate) fn new(language: Language, out: PathBuf) -> Self {
        let (inside, writing, asked) = (Mutex::default(), Mutex::default(), Mutex::new(None));
        Self { language, out, inside, writing, asked }
    }

    /// The language of its messages.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A name for the project, under which the browser keeps what is not written: another one may be served at the same port.
    pub(crate) fn project(&self) -> String {
        let folder = std::path::absolute(&self.out).unwrap_or_else(|_| self.out.clone());
        blake3::hash(folder.to_string_lossy().as_bytes()).to_hex().chars().take(16).collect()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it says that facts were written.
    pub(crate) fn tell_to(&self, events: Sender<Event>) {
        self.inside().events = Some(events);
    }

    /// Reads forms anew, and knows these reports.
    pub(crate) fn renew(&self, job: &Selection) {
        let mut inside = self.inside();
        inside.forms = Some(Arc::new(Forms::new(job)));
        inside.files = job.files.iter().map(|file| (display_path(file), file.clone())).collect();
    }

    /// Facts have changed: what was added up of organs is no longer so.
    pub(crate) fn changed(&self) {
        if let Some(forms) = &self.inside().forms {
            forms.forget_all();
        }
    }

    /// A page asks for something.
    pub(crate) fn seen(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether all pages have been closed for a while.
    pub(crate) fn is_over(&self) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_some_and(|asked| asked.elapsed() > PATIENCE)
    }

    fn report(&self, name: &str) -> Result<(PathBuf, Arc<Forms>), Refused> {
        let inside = self.inside();
        match (inside.files.get(name), &inside.forms) {
            (Some(file), Some(forms)) => Ok((file.clone(), Arc::clone(forms))),
            _ => Err(Refused::Unknown),
        }
    }

    /// A form as the page draws it.
    pub(crate) fn form(&self, name: &str) -> Result<Value, Refused> {
        let forms = self.inside().forms.clone().ok_or(Refused::Unknown)?;
        let form = forms.named(name)?;
        Ok(form_page::page(&form))
    }

    /// What becomes of a block that is pasted into a table: nothing where it does not fit.
    pub(crate) fn pasted(&self, request: &PasteRequest) -> Result<Value, Refused> {
        let forms = self.inside().forms.clone().ok_or(Refused::Unknown)?;
        let form = forms.named(&request.form)?;
        Ok(json!(paste::plan(&form, request)))
    }

    /// A report as it stands.
    pub(crate) fn state(&self, name: &str) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        let source = facts::open(&file)?;
        Ok(json!(ReportState::of(name, &source, &file, &forms)))
    }

    /// A report as it would be with edits that are not written yet.
    pub(crate) fn tried(&self, name: &str, edits: &Edits) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        let source = facts::open(&file)?;
        let form = forms.of(&forms.parse(&source)?)?;
        let source = tried(&source, &form, edits);
        Ok(json!(ReportState::of(name, &source, &file, &forms)))
    }

    /// The parts of a figure that is added up of organs.
    pub(crate) fn parts(&self, name: &str, key: &str) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        Ok(json!(CellSheet::of(&Government::open(&file, &forms)?, key, &forms)?))
    }

    /// The PDF of a report as it lies in the output folder, once that is of the facts as they are now. Where these have errors, there is
    /// none, and that is said at once.
    pub(crate) fn pdf(&self, name: &str) -> Result<Vec<u8>, Refused> {
        let (file, forms) = self.report(name)?;
        let (organ, year) = whose(&file, &forms);
        let folder = self.out.join(organ);
        let target = folder.join(&year);
        // Of facts with errors there will be none.
        let is_built = || -> Result<bool, Refused> {
            let Loaded { source, report, years_before, .. } =
                Loaded::open(&file, &forms, Errors::Refuse)?.drawable(&forms)?;
            Ok(current_pages(&target, &source, &report, &years_before).1 == Some(true))
        };
        let begun = Instant::now();
        while !is_built()? {
            if begun.elapsed() > BUILT {
                return Err(Refused::Unknown);
            }
            thread::sleep(TURN);
        }
        disk::read_made(&folder.join(year + ".pdf"), disk::LARGE).map_err(|_| Refused::Unknown)
    }

    /// Writes edits: all of them, or none where somebody else has written one of the values meanwhile.
    pub(crate) fn save(&self, name: &str, edits: &Edits) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tries = 0;
        loop {
            let original = Original::open(&file)?;
            let form = forms.of(&forms.parse(&original.source)?)?;
            let (bytes, refused, notes) = match edited(&original, &form, edits)? {
                Outcome::Conflicts(conflicts) => return Ok(json!({ "saved": false, "conflicts": conflicts })),
                Outcome::Edited { bytes, refused, notes } => (bytes, refused, notes),
            };
            let is_changed = bytes != original.bytes();
            match self.put(&file, &forms, &original, &bytes) {
                Ok(()) => {
                    let report = ReportState::of(name, &facts::open(&file)?, &file, &forms);
                    return Ok(saved(is_changed, &refused, &notes, &report));
                }
                // Whoever wrote it between reading and writing is read first.
                Err(_) if tries < TRIES && is_another(&file, &original) => tries += 1,
                // Nothing of it can be written, such as where the disk is full.
                Err(problem) => {
                    let of_values = edits.values.iter().map(|edit| Refusal::of(Some(&edit.key), &problem));
                    let has_others = !(edits.accept.is_empty() && edits.unaccept.is_empty());
                    let of_others = has_others.then(|| Refusal::of(None, &problem));
                    let refused: Vec<Refusal> = of_values.chain(of_others).collect();
                    let report = ReportState::of(name, &original.source, &file, &forms);
                    return Ok(saved(false, &refused, &[], &report));
                }
            }
        }
    }

    /// Puts bytes in the place of a file, where they are others.
    fn put(&self, file: &Path, forms: &Forms, original: &Original, bytes: &[u8]) -> Result<(), Diagnostic> {
        if bytes == original.bytes() {
            return Ok(());
        }
        // What could not be read again is not written; the rest is drawn while it is.
        let source = facts::source(file, bytes.to_vec())?;
        self.say(Event::Saving { file: file.to_path_buf(), source });
        let put = self.keep(file, forms, original.bytes()).and_then(|()| original.put(bytes));
        self.written(file.to_path_buf());
        put
    }

    /// How it stands with every organ, of a year or of the latest.
    pub(crate) fn status(&self, year: Option<u16>) -> Result<Value, Refused> {
        let files = self.inside().files.clone();
        start::status(files.keys(), self.language, year)
    }

    /// Begins next year's facts from those of a report.
    pub(crate) fn next_year(&self, name: &str) -> Result<Value, Refused> {
        start::next_year(&self.report(name)?.0)
    }

    /// Takes a part of a file that is to be imported; the first one begins anew.
    pub(crate) fn upload(&self, part: &UploadRequest) -> Result<Value, Refused> {
        let before = if part.is_first { Vec::new() } else { std::mem::take(&mut self.inside().upload) };
        let bytes = start::with(before, &part.base64)?;
        let length = bytes.len();
        self.inside().upload = bytes;
        Ok(json!({ "bytes": length }))
    }

    /// Reads a report that was published into facts; what was uploaded before stands before what comes with the request.
    pub(crate) fn import(&self, request: &ImportRequest) -> Result<Value, Refused> {
        let before = std::mem::take(&mut self.inside().upload);
        start::import(request, before, &self.out)
    }

    /// The copies of a report's facts from before the page wrote them, the newest first.
    pub(crate) fn kept(&self, name: &str) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        let (organ, year) = whose(&file, &forms);
        Ok(json!({ "copies": kept::copies_of(&self.out, &organ, &year) }))
    }

    /// In which file and where there the values of imported facts were read; `null` of others, and of facts that have been read from
    /// another file since.
    pub(crate) fn sources(&self, name: &str) -> Result<Value, Refused> {
        let (file, forms) = self.report(name)?;
        let (organ, year) = whose(&file, &forms);
        let sources = kept::sources(&self.out, &organ, &year);
        let hash = sources["blake3"].as_str().map(import::short).filter(|hash| !hash.is_empty());
        let is_of = |hash: &str| facts::open(&file).is_ok_and(|facts| facts.text().contains(hash));
        Ok(if hash.is_some_and(is_of) { sources } else { Value::Null })
    }

    /// Puts a copy of a report's facts back; what stands there now is kept too.
    pub(crate) fn restore(&self, request: &RestoreRequest) -> Result<Value, Refused> {
        let (file, forms) = self.report(&request.name)?;
        let (organ, year) = whose(&file, &forms);
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept::copy(&self.out, &organ, &year, &request.copy)?.ok_or(Refused::Unknown)?;
        // Whatever stands there: also what is no text.
        let before = disk::read_own(&file, disk::TEXT).map_err(|unread| unread.told(&file))?;
        kept::keep(&self.out, &organ, &year, &before, OffsetDateTime::now_utc())?;
        disk::replace(&file, &before, &bytes)?;
        self.written(file.clone());
        let report = ReportState::of(&request.name, &facts::open(&file)?, &file, &forms);
        Ok(saved(true, &[], &[], &report))
    }

    /// Keeps a copy of a file that is written for the first time.
    fn keep(&self, file: &Path, forms: &Forms, bytes: &[u8]) -> Result<(), Diagnostic> {
        if self.inside().kept.contains(file) {
            return Ok(());
        }
        let (organ, year) = whose(file, forms);
        kept::keep(&self.out, &organ, &year, bytes, OffsetDateTime::now_utc())?;
        self.inside().kept.insert(file.to_path_buf());
        Ok(())
    }

    /// Says that a file was written, or could not be, without waiting for the system to say so.
    fn written(&self, file: PathBuf) {
        self.changed();
        self.say(Event::Changed { paths: vec![file], is_whole: true });
    }

    fn say(&self, event: Event) {
        let events = self.inside().events.clone();
        // When nobody draws any more, the page is at its end.
        let _ = events.map(|events| events.send(event));
    }
}

/// A part of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadRequest {
    is_first: bool,
    base64: String,
}

/// A copy that is to be put back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestoreRequest {
    name: String,
    copy: String,
}

/// The answer to edits that were looked at: what became of them, and the report as it stands now.
fn saved(is_changed: bool, refused: &[Refusal], notes: &[Value], report: &ReportState) -> Value {
    json!({ "saved": true, "changed": is_changed, "refused": refused, "notes": notes, "report": report })
}

/// The organ's folder and the year of a facts file.
fn whose(file: &Path, forms: &Forms) -> (String, String) {
    let year = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    (forms.organs().folder_of(file).unwrap_or_default(), year)
}

/// Whether a file is no longer the one that was read.
fn is_another(file: &Path, original: &Original) -> bool {
    Original::open(file).map_or(true, |now| now.bytes() != original.bytes())
}
