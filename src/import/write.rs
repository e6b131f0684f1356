//! Facts of a file, written. In: a draft; out: [`Written`]: the text of a facts file in the order of `new`, with what is doubtful beside each
//! row; the problems, each at its line there; and the trace of every fact.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::diag::{Code, Diagnostic, Language, Problems, Text, text};
use crate::facts::Facts;
use crate::facts::skeleton::{self, Contents};
use crate::form::{Form, Key};
use crate::report::Value;
use crate::source::{self, Source};

use super::draft::{Draft, Trace};
use super::finding::{Finding, words_of};
use super::place::How;

/// Facts of a file, written.
#[derive(Debug)]
pub struct Written {
    /// The text of the facts file.
    pub source: Arc<Source>,
    /// All that has to be said, at its line.
    pub problems: Problems,
    /// The trace, as JSON.
    pub trace: String,
    /// How many facts were read.
    pub count: Count,
}

/// How many cells of the form's tables were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many the tables have.
    pub cells: usize,
    /// How many were read.
    pub read: usize,
    /// How many of those are in doubt.
    pub doubtful: usize,
    /// How many were seen blank.
    pub blank: usize,
    /// How many were not read.
    pub unread: usize,
}

/// What is said of the file that was read.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its name, without the folders.
    pub name: String,
    /// The BLAKE3 hash of its bytes.
    pub hash: String,
}

/// The hash of a file as facts name it that were read from the file.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..16).unwrap_or(hash)
}

#[derive(Serialize)]
struct TraceFile<'a> {
    file: &'a str,
    blake3: &'a str,
    form: &'a str,
    organ: Option<&'a str>,
    year: Option<u16>,
    count: Count,
    facts: Vec<TraceEntry<'a>>,
}

#[derive(Serialize)]
struct TraceEntry<'a> {
    key: &'a str,
    /// The value as facts write it; none where it was not read.
    value: Option<String>,
    /// Where it was read.
    place: Option<String>,
    /// The words there.
    raw: Option<&'a str>,
    row_label: Option<&'a str>,
    column_label: Option<&'a str>,
    how: Option<How>,
    sure: bool,
}

/// Writes a draft; `name` is that of the facts file to be.
pub fn write(draft: &Draft, form: &Form, name: &str, origin: &Origin) -> Written {
    let language = if form.language.starts_with("zh") { Language::Zh } else { Language::En };
    let count = count(draft, form);
    let (organ, year) = (draft.organ.clone().unwrap_or_default(), draft.year.unwrap_or_default());
    let contents = contents(draft, language, origin, count);
    let source = Source::new(name, skeleton::filled(form, &organ, year, &contents));
    let places = places(&source, form);
    let problems = draft.findings.iter().map(|finding| problem(finding, &source, &places)).collect::<Vec<_>>();
    Written { problems: problems.into(), trace: trace(draft, form, origin, count), source, count }
}

fn count(draft: &Draft, form: &Form) -> Count {
    let mut count = Count::default();
    for (key, _) in form.keys.cells() {
        count.cells += 1;
        let trace = draft.traces.get(key);
        match (draft.values.contains_key(key), trace) {
            (true, trace) => {
                count.read += 1;
                count.doubtful += usize::from(trace.is_some_and(|trace| !trace.is_sure));
            }
            (false, Some(trace)) if trace.raw.trim().is_empty() => count.blank += 1,
            (false, _) => count.unread += 1,
        }
    }
    count
}

fn contents(draft: &Draft, language: Language, origin: &Origin, count: Count) -> Contents {
    let mut comments: BTreeMap<Key, Vec<String>> = BTreeMap::new();
    for (row, doubts) in &draft.doubts {
        let said = doubts.values().map(|doubt| format!("? {}", doubt.get(language)));
        comments.entry(row.clone()).or_default().extend(said);
    }
    for finding in &draft.findings {
        let is_of_rows = finding.key.as_ref().is_some_and(|key| draft.doubts.contains_key(key));
        if is_of_rows && finding.code == Code::ImportCellDoubtful {
            continue;
        }
        if let Some(key) = &finding.key {
            let sign = if finding.severity == crate::diag::Severity::Error { '!' } else { '?' };
            let place = finding.place.as_ref().map(|place| words_of(place).get(language).to_owned());
            let place = place.map(|place| format!("{place}{}", text!("：", ": ").get(language))).unwrap_or_default();
            let said = finding.message.get(language);
            comments.entry(key.clone()).or_default().push(format!("{sign} {place}{said}"));
        }
    }
    let Origin { name, hash } = origin;
    let Count { cells, read, doubtful, blank, unread } = count;
    let short = short(hash);
    let head = text!(
        "由 {name}（blake3 {short}…）导入：{cells} 格中读出 {read} 格（存疑 {doubtful} 格），空白 {blank} 格，未读出 {unread} 格。",
        "Imported from {name} (blake3 {short}…): of {cells} cells {read} were read ({doubtful} in doubt), {blank} are blank, {unread} were not read."
    );
    let signs = text!(
        "有“# ?”的地方请对照原件，有“# !”的地方没有读出，请补上；核对后删去这些行。",
        "Compare the lines with `# ?` with the file, and fill in those with `# !`; then delete these lines."
    );
    let mut foot = Vec::new();
    if !draft.unplaced.is_empty() {
        let words = text!("没有归入任何一项的文字：", "Text that belongs to no fact:");
        foot.push(words.get(language).to_owned());
        foot.extend(draft.unplaced.iter().map(|text| format!("» {text}")));
    }
    Contents {
        values: draft.values.clone(),
        rests: draft.rests.clone(),
        comments,
        head: vec![head.get(language).to_owned(), signs.get(language).to_owned()],
        foot,
    }
}

/// Where each key stands in the facts that were written.
fn places(source: &Arc<Source>, form: &Form) -> BTreeMap<Key, source::Place> {
    let Ok(facts) = Facts::parse(source) else { return BTreeMap::new() };
    let of_key = |key: &Key| Some((key.clone(), facts.place_of(key)?));
    let mut places: BTreeMap<Key, source::Place> = form.keys.iter().filter_map(|(key, _)| of_key(key)).collect();
    // A row or table is where its first cell is.
    let all: Vec<(Key, source::Place)> = places.iter().map(|(key, place)| (key.clone(), place.clone())).collect();
    for (key, place) in all {
        let mut above = key.split_last().0;
        while !above.is_empty() {
            let first = places.entry(above.clone()).or_insert_with(|| place.clone());
            if place.span.start < first.span.start {
                *first = place.clone();
            }
            above = above.split_last().0;
        }
    }
    places
}

/// The key or the nearest one above it that stands in the facts.
fn nearest<'p>(key: &Key, places: &'p BTreeMap<Key, source::Place>) -> Option<&'p source::Place> {
    let mut key = key.clone();
    while !key.is_empty() {
        if let Some(place) = places.get(&key) {
            return Some(place);
        }
        key = key.split_last().0;
    }
    None
}

fn problem(finding: &Finding, source: &Arc<Source>, places: &BTreeMap<Key, source::Place>) -> Diagnostic {
    let Finding { code, severity, message, help, place, key } = finding;
    let made = if *severity == crate::diag::Severity::Error { Diagnostic::error } else { Diagnostic::warning };
    let problem = made(code.clone(), message.clone());
    let at = key.as_ref().and_then(|key| nearest(key, places).cloned());
    let mut problem = problem.at(at.unwrap_or_else(|| source::Place::new(source, 0..0)));
    if let Some(place) = place {
        let Text { zh, en } = words_of(place);
        problem = problem.note(text!("原件：{zh}（{place}）", "in the file: {en} ({place})"));
    }
    match help {
        Some(help) => problem.help(help.clone()),
        None => problem,
    }
}

/// Where a value was read, for somebody who looks at it.
#[derive(Clone, Debug, Serialize)]
pub struct ReadAt {
    /// The place in the file, in words.
    pub place: Text,
    /// The words that stand there.
    pub raw: String,
    /// Whether nothing is doubtful about it.
    pub sure: bool,
}

/// Where the values of a draft were read.
pub fn sources(draft: &Draft) -> BTreeMap<&Key, ReadAt> {
    let read = draft.traces.iter().filter_map(|(key, trace)| {
        let place = words_of(trace.place.as_ref()?);
        Some((key, ReadAt { place, raw: trace.raw.clone(), sure: trace.is_sure }))
    });
    read.collect()
}

fn trace(draft: &Draft, form: &Form, origin: &Origin, count: Count) -> String {
    let entry = |key: &'_ Key| {
        let trace: Option<&Trace> = draft.traces.get(key);
        TraceEntry {
            key: form.keys.iter().find(|(known, _)| *known == key).map_or("", |(known, _)| known.as_str()),
            value: draft.values.get(key).map(Value::toml),
            place: trace.and_then(|trace| trace.place.as_ref()).map(ToString::to_string),
            raw: trace.map(|trace| trace.raw.as_str()),
            row_label: trace.map(|trace| trace.row_label.as_str()),
            column_label: trace.map(|trace| trace.column_label.as_str()),
            how: trace.map(|trace| trace.how),
            sure: trace.is_some_and(|trace| trace.is_sure),
        }
    };
    let file = TraceFile {
        file: &origin.name,
        blake3: &origin.hash,
        form: &form.name,
        organ: draft.organ.as_deref(),
        year: draft.year,
        count,
        facts: form.keys.iter().map(|(key, _)| entry(key)).collect(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}
