//! What the live page shows. In: previews and problems, as they are made; out: the state of a report as JSON, and its
//! sheets by their hash, for as long as they are shown.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::Event;
use crate::diag::{Diagnostic, Language, json};
use crate::pipeline::{Preview, Problems};

/// How many reports are drawn anew after each change: those that were looked at last.
const LOOKED_AT: usize = 16;

/// What is known of all reports.
pub struct Board {
    language: Language,
    events: Sender<Event>,
    version: watch::Sender<u64>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    names: Vec<String>,
    reports: BTreeMap<String, Shown>,
    looked_at: VecDeque<String>,
    /// What is wrong with the project itself.
    faults: Problems,
}

/// What is known of one report.
#[derive(Default)]
struct Shown {
    problems: Problems,
    /// The last good sheets, with their hashes.
    sheets: Vec<(String, Arc<str>)>,
    /// The last good web version, with its hash.
    web: Option<(String, Arc<str>)>,
    /// Whether sheets and web version are of the facts as they are now.
    is_current: bool,
}

impl Board {
    /// Nothing yet.
    pub fn new(language: Language, events: Sender<Event>) -> Self {
        Self { language, events, version: watch::Sender::new(1), inside: Mutex::default() }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// A number that grows with each change.
    pub fn version(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Which reports there are now; what was known of them stays.
    pub fn list(&self, names: &[String]) {
        let mut inside = self.inside();
        inside.names = names.to_vec();
        inside.reports.retain(|name, _| names.contains(name));
        inside.looked_at.retain(|name| names.contains(name));
        inside.faults.clear();
        drop(inside);
        self.changed();
    }

    /// What is wrong with the project itself.
    pub fn fault(&self, problem: &Diagnostic) {
        self.inside().faults = vec![problem.clone()];
        self.changed();
    }

    /// The reports that are looked at.
    pub fn looked_at(&self) -> BTreeSet<String> {
        self.inside().looked_at.iter().cloned().collect()
    }

    /// A report as it is now; where it could not be made, the last good one stays.
    pub fn show(&self, name: &str, drawn: Result<Preview, Problems>) {
        let mut inside = self.inside();
        let shown = inside.reports.entry(name.to_owned()).or_default();
        match drawn {
            Ok(preview) => {
                shown.sheets = preview.sheets.into_iter().map(hashed).collect();
                shown.web = Some(hashed(preview.web));
                shown.problems = preview.problems;
                shown.is_current = true;
            }
            Err(problems) => {
                shown.problems = problems;
                shown.is_current = false;
            }
        }
        drop(inside);
        self.changed();
    }

    /// What is wrong with a report.
    pub fn tell(&self, name: &str, problems: &[Diagnostic]) {
        let mut inside = self.inside();
        let shown = inside.reports.entry(name.to_owned()).or_default();
        shown.problems = problems.to_vec();
        shown.is_current &= !problems.iter().any(Diagnostic::is_error);
        drop(inside);
        self.changed();
    }

    /// Notes that a report is looked at, and asks for its sheets where there are none. Without a name, it is the first.
    fn look(&self, inside: &mut Inside, asked: Option<&str>) -> Option<String> {
        let name = asked.filter(|name| inside.names.iter().any(|known| known == name));
        let name = name.map(str::to_owned).or_else(|| inside.names.first().cloned())?;
        if !inside.looked_at.contains(&name) {
            inside.looked_at.push_back(name.clone());
            if inside.looked_at.len() > LOOKED_AT {
                inside.looked_at.pop_front();
            }
            let _ = self.events.send(Event::Asked(name.clone()));
        }
        Some(name)
    }

    /// What the page shows of a report: the one asked for, or the first.
    pub fn state(&self, asked: Option<&str>) -> Value {
        let version = *self.version.borrow();
        let mut inside = self.inside();
        let name = self.look(&mut inside, asked);
        let counted = inside.names.iter().map(|name| {
            let problems = inside.reports.get(name).map_or(&[][..], |shown| &shown.problems);
            let errors = problems.iter().filter(|problem| problem.is_error()).count();
            json!({ "name": name, "errors": errors, "warnings": problems.len() - errors })
        });
        let reports: Vec<Value> = counted.collect();
        let nothing = Shown::default();
        let shown = name.as_ref().and_then(|name| inside.reports.get(name)).unwrap_or(&nothing);
        let problems: Vec<&Diagnostic> = inside.faults.iter().chain(&shown.problems).collect();
        json!({
            "version": version,
            "language": if self.language == Language::Zh { "zh" } else { "en" },
            "reports": reports,
            "name": name,
            "sheets": shown.sheets.iter().map(|(hash, _)| hash).collect::<Vec<_>>(),
            "web": shown.web.as_ref().map(|(hash, _)| hash),
            "is_current": shown.is_current && inside.faults.is_empty(),
            "problems": problems.iter().map(|problem| json::object(problem)).collect::<Vec<_>>(),
            "sources": sources(&problems),
        })
    }

    /// A sheet as SVG.
    pub fn sheet(&self, hash: &str) -> Option<Arc<str>> {
        let inside = self.inside();
        let mut sheets = inside.reports.values().flat_map(|shown| &shown.sheets);
        sheets.find(|(known, _)| known == hash).map(|(_, sheet)| Arc::clone(sheet))
    }

    /// A web version.
    pub fn web(&self, hash: &str) -> Option<Arc<str>> {
        let inside = self.inside();
        let mut pages = inside.reports.values().filter_map(|shown| shown.web.as_ref());
        pages.find(|(known, _)| known == hash).map(|(_, page)| Arc::clone(page))
    }
}

fn hashed(text: Arc<str>) -> (String, Arc<str>) {
    (blake3::hash(text.as_bytes()).to_hex().to_string(), text)
}

/// The files that problems are about, whole.
fn sources(problems: &[&Diagnostic]) -> BTreeMap<String, String> {
    let labels = problems.iter().flat_map(|problem| &problem.labels);
    labels.map(|label| (label.place.source.name().to_owned(), label.place.source.text().to_owned())).collect()
}
