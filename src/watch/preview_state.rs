//! What the live page shows. In: previews and problems, as they are made; out: the state of a report as JSON, as far as it
//! is newer than what a page has, and its web version and Word file by their hashes, for as long as they are shown.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::event::Event;
use super::page_images::PageImages;
use crate::diag::{Diagnostic, Language, Problems, json};
use crate::form::Key;
use crate::session::Preview;
use crate::typeset::SheetArea;

/// How many reports are drawn anew after each change, and have their pages kept: those that were looked at last.
const LOOKED_AT: usize = 16;

/// What is known of all reports.
pub(super) struct PreviewState {
    language: Language,
    events: Sender<Event>,
    version: watch::Sender<u64>,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    names: Vec<String>,
    /// The version that the names came with.
    named: u64,
    reports: BTreeMap<String, Shown>,
    looked_at: VecDeque<String>,
    /// What is wrong with the project itself.
    faults: Problems,
    /// Whether changes may have been missed, and no work has begun since that looks at everything anew.
    is_doubted: bool,
}

/// What a page asks for by its hash.
type Hashed<T> = (String, Arc<T>);

/// For each key the places of its value, each as the number of the sheet, and the left, upper, right and lower edge there in
/// ten-thousandths of its width and height.
type Areas = BTreeMap<Key, Vec<(usize, u16, u16, u16, u16)>>;

/// What is known of one report.
#[derive(Default)]
struct Shown {
    problems: Problems,
    /// The version that the number of problems came with.
    counted: u64,
    /// Its last good pages.
    images: PageImages,
    /// Where values stand on those, and the version that this came with.
    areas: (Areas, u64),
    /// The last good web version, with its hash.
    web: Option<Hashed<str>>,
    /// The last good Word file, with its hash.
    docx: Option<Hashed<[u8]>>,
    /// Whether sheets and web version are of the facts as they are now.
    is_current: bool,
    /// Whether they are a draft.
    is_draft: bool,
    /// Whether changes may have been missed since they were made.
    is_doubted: bool,
}

impl Shown {
    /// What sheets and web version are, in a word that the page knows; `is_unread` says whether the project cannot be read, and
    /// `is_doubted` whether changes to any report may have been missed.
    fn what(&self, is_unread: bool, is_doubted: bool) -> &'static str {
        let has_errors = is_unread || self.problems.iter().any(Diagnostic::is_error);
        match (self.web.is_some(), self.is_current, self.is_draft) {
            (true, true, _) if is_doubted || self.is_doubted => "unsure",
            (true, true, true) => "draft",
            (true, false, true) => "old_draft",
            (true, true, false) if is_unread => "unsettled",
            (true, true, false) => "now",
            (true, false, false) => "old",
            (false, _, _) if has_errors => "none",
            (false, _, _) => "waiting",
        }
    }

    /// Errors and warnings.
    fn counts(&self) -> (usize, usize) {
        let errors = self.problems.iter().filter(|problem| problem.is_error()).count();
        (errors, self.problems.iter().filter(|problem| problem.is_warning()).count())
    }

    fn find(&mut self, problems: Problems, version: u64) {
        let before = self.counts();
        self.problems = problems;
        if self.counts() != before {
            self.counted = version;
        }
    }

    /// Pages that are not drawn anew after a change would be told to be those of the facts as they are now.
    fn forget_pages(&mut self) {
        (self.images, self.web, self.docx, self.is_current) = (PageImages::default(), None, None, false);
        self.areas = <(Areas, u64)>::default();
    }
}

impl PreviewState {
    /// Nothing yet.
    pub(super) fn new(language: Language, events: Sender<Event>) -> Self {
        Self { language, events, version: watch::Sender::new(1), inside: Mutex::default() }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and makes that a version of its own.
    fn change(&self, change: impl FnOnce(&mut Inside, u64)) {
        let mut inside = self.inside();
        let version = *self.version.borrow() + 1;
        change(&mut inside, version);
        // While nobody can look, so that a version is never told with what came after it.
        self.version.send_replace(version);
    }

    /// A number that grows with each change.
    pub(super) fn version(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Which reports there are now; what was known of them stays.
    pub(super) fn list(&self, names: &[String]) {
        self.change(|inside, version| {
            let known: BTreeSet<&String> = names.iter().collect();
            inside.names = names.to_vec();
            inside.named = version;
            if std::mem::take(&mut inside.is_doubted) {
                inside.reports.values_mut().for_each(|shown| shown.is_doubted = true);
            }
            inside.reports.retain(|name, _| known.contains(name));
            inside.looked_at.retain(|name| known.contains(name));
        });
    }

    /// What is wrong with the project itself, all of it.
    pub(super) fn stand(&self, faults: &[Diagnostic]) {
        self.change(|inside, _| inside.faults = faults.into());
    }

    /// Changes may have been missed: no report is up to date before it is shown by work that begins after this.
    pub(super) fn doubt(&self) {
        self.change(|inside, _| inside.is_doubted = true);
    }

    /// Whether there are pages of a report that was in order.
    pub(super) fn has_good(&self, name: &str) -> bool {
        self.inside().reports.get(name).is_some_and(|shown| shown.web.is_some() && !shown.is_draft)
    }

    /// The reports that are looked at.
    pub(super) fn looked_at(&self) -> BTreeSet<String> {
        self.inside().looked_at.iter().cloned().collect()
    }

    /// A report as it is now; where it could not be made, the last good one stays.
    pub(super) fn show(&self, name: &str, drawn: Result<Preview, Problems>) {
        self.change(|inside, version| {
            let shown = inside.reports.entry(name.to_owned()).or_default();
            (shown.is_current, shown.is_doubted) = (drawn.is_ok(), false);
            match drawn {
                Ok(preview) => {
                    shown.is_draft = preview.is_draft;
                    shown.images.renew(preview.sheets, version);
                    shown.web = Some((hash(preview.web.as_bytes()), preview.web));
                    shown.docx = Some((hash(&preview.docx), preview.docx));
                    shown.find(preview.problems, version);
                }
                Err(problems) => shown.find(problems, version),
            }
        });
    }

    /// What is wrong with a report.
    pub(super) fn tell(&self, name: &str, problems: &[Diagnostic]) {
        self.change(|inside, version| {
            let shown = inside.reports.entry(name.to_owned()).or_default();
            shown.find(problems.into(), version);
            shown.is_current &= shown.is_draft || !problems.iter().any(Diagnostic::is_error);
        });
    }

    /// Where the values of a report stand on the sheets that are shown.
    pub(super) fn place(&self, name: &str, areas: Vec<(Key, SheetArea)>) {
        let mut placed = Areas::new();
        for (key, SheetArea { sheet, left, top, right, bottom, .. }) in areas {
            placed.entry(key).or_default().push((sheet, left, top, right, bottom));
        }
        // Most values stay where they are when one changes.
        if self.inside().reports.get(name).is_some_and(|shown| shown.areas.0 == placed) {
            return;
        }
        self.change(|inside, version| {
            inside.reports.entry(name.to_owned()).or_default().areas = (placed, version);
        });
    }

    /// Notes that a report is looked at, and asks for its sheets where there are none. Without a name, it is the first.
    fn look(&self, inside: &mut Inside, asked: Option<&str>) -> Option<String> {
        let name = asked.filter(|name| inside.names.iter().any(|known| known == name));
        let name = name.map(str::to_owned).or_else(|| inside.names.first().cloned())?;
        let place = inside.looked_at.iter().position(|known| *known == name);
        if place.and_then(|place| inside.looked_at.remove(place)).is_none() {
            // When nobody draws any more, the watch is at its end.
            let _ = self.events.send(Event::Asked(name.clone()));
        }
        inside.looked_at.push_back(name.clone());
        if inside.looked_at.len() > LOOKED_AT {
            let left = inside.looked_at.pop_front().and_then(|left| inside.reports.get_mut(&left));
            left.into_iter().for_each(Shown::forget_pages);
        }
        Some(name)
    }

    /// What the page shows of a report, the one asked for or the first, as far as it came after a version.
    pub(super) fn state(&self, asked: Option<&str>, after: u64) -> Value {
        let mut inside = self.inside();
        let version = *self.version.borrow();
        let name = self.look(&mut inside, asked);
        // A page that is given another report than it asked for has nothing of it yet.
        let had = if name.as_deref() == asked { after } else { 0 };
        let is_named_anew = inside.named > after;
        let nothing = Shown::default();
        let shown = name.as_ref().and_then(|name| inside.reports.get(name)).unwrap_or(&nothing);
        let is_unread = inside.faults.iter().any(Diagnostic::is_error);
        let problems: Vec<&Diagnostic> = inside.faults.iter().chain(&shown.problems).collect();
        json!({
            "version": version,
            "language": if self.language == Language::Zh { "zh" } else { "en" },
            "names": is_named_anew.then_some(&inside.names),
            "counts": inside.counts(if is_named_anew { 0 } else { after }),
            "name": name,
            "sheets": shown.images.after(had),
            "areas": (shown.areas.1 > had).then_some(&shown.areas.0),
            "web": shown.web.as_ref().map(|(hash, _)| hash),
            "docx": shown.docx.as_ref().map(|(hash, _)| hash),
            "is_current": shown.is_current,
            "what": shown.what(is_unread, inside.is_doubted),
            "problems": problems.iter().map(|problem| json::object(problem)).collect::<Vec<_>>(),
            "sources": sources(&problems),
        })
    }

    /// A web version.
    pub(super) fn web(&self, hash: &str) -> Option<Arc<str>> {
        self.inside().shown(hash, |shown| shown.web.as_ref())
    }

    /// A Word file.
    pub(super) fn docx(&self, hash: &str) -> Option<Arc<[u8]>> {
        self.inside().shown(hash, |shown| shown.docx.as_ref())
    }
}

impl Inside {
    /// What a report shows of a kind that has this hash.
    fn shown<T: ?Sized>(&self, hash: &str, of: fn(&Shown) -> Option<&Hashed<T>>) -> Option<Arc<T>> {
        let mut shown = self.reports.values().filter_map(of);
        shown.find(|(known, _)| known == hash).map(|(_, shown)| Arc::clone(shown))
    }

    /// How many errors and warnings reports have, where that is not what it was in a version.
    fn counts(&self, after: u64) -> BTreeMap<&str, (usize, usize)> {
        let counted = self.reports.iter().filter(|(_, shown)| shown.counted > after);
        counted.map(|(name, shown)| (name.as_str(), shown.counts())).collect()
    }
}

fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The files that problems are about, whole.
fn sources(problems: &[&Diagnostic]) -> BTreeMap<String, String> {
    let labels = problems.iter().flat_map(|problem| &problem.labels);
    labels.map(|label| (label.place.source.name().to_owned(), label.place.source.text().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;
    use crate::diag::{Code, text};

    fn board(reports: usize) -> (PreviewState, Receiver<Event>, Vec<String>) {
        let (sender, events) = channel();
        let names: Vec<String> = (0..reports).map(|name| format!("r{name}")).collect();
        let board = PreviewState::new(Language::En, sender);
        board.list(&names);
        (board, events, names)
    }

    fn good(sheet: &str) -> Result<Preview, Problems> {
        let (sheets, docx) = (vec![sheet.into()], sheet.as_bytes().into());
        Ok(Preview { sheets, web: sheet.into(), docx, problems: Problems::new(), is_draft: false })
    }

    fn problem() -> Diagnostic {
        Diagnostic::error(Code::Preview, text!("错", "wrong"))
    }

    fn drawing(state: &Value) -> Option<&str> {
        state["sheets"]["list"][0]["drawing"].as_str()
    }

    #[test]
    fn pages_that_nobody_looked_at_for_long_are_forgotten_and_drawn_again_when_asked_for() {
        let (board, events, names) = board(LOOKED_AT + 1);
        for name in &names[..LOOKED_AT] {
            board.state(Some(name), 0);
            board.show(name, good(name));
        }
        board.state(Some("r0"), 0);
        board.state(Some(&names[LOOKED_AT]), 0);
        let asked: Vec<String> =
            events.try_iter().map(|event| if let Event::Asked(name) = event { name } else { "?".into() }).collect();
        assert_eq!(asked, names, "each is asked for once");
        assert_eq!(drawing(&board.state(Some("r0"), 0)), Some("r0"), "looked at again since");
        assert!(!board.looked_at().contains("r1"));
        let state = board.state(Some("r1"), 0);
        assert_eq!((drawing(&state), &state["web"], &state["is_current"]), (None, &Value::Null, &json!(false)));
        assert_eq!(events.try_iter().count(), 1, "it is asked for again");
    }

    #[test]
    fn names_and_counts_are_told_when_they_changed() {
        let (board, _events, names) = board(2);
        let version = || *board.version().borrow();
        let listed = version();
        let state = board.state(None, 0);
        assert_eq!((&state["names"], &state["counts"]), (&json!(["r0", "r1"]), &json!({})));
        board.tell("r1", &[problem()]);
        let told = version();
        let state = board.state(None, listed);
        assert_eq!((&state["names"], &state["counts"]), (&Value::Null, &json!({ "r1": [1, 0] })));
        board.tell("r1", &[problem()]);
        assert_eq!(board.state(None, told)["counts"], json!({}), "as many as before");
        board.list(&names);
        let state = board.state(None, told);
        assert_eq!((&state["names"], &state["counts"]), (&json!(["r0", "r1"]), &json!({ "r1": [1, 0] })));
    }

    #[test]
    fn a_page_that_is_given_another_report_than_it_asked_for_is_given_all_of_it() {
        let (board, _events, names) = board(2);
        board.show("r0", good("r0"));
        let version = *board.version().borrow();
        assert_eq!(drawing(&board.state(Some("r0"), version)), None);
        assert_eq!(drawing(&board.state(Some("r2"), version)), Some("r0"));
        board.list(&names[1..]);
        assert_eq!(board.state(Some("r0"), version)["name"], "r1");
    }

    #[test]
    fn after_missed_changes_no_page_is_up_to_date_before_work_that_began_later_has_shown_it() {
        let (board, _events, names) = board(2);
        let what = |name: &str| board.state(Some(name), 0)["what"].clone();
        board.show("r0", good("before"));
        board.show("r1", good("before"));
        assert_eq!(what("r0"), "now");
        board.doubt();
        assert_eq!((what("r0"), what("r1")), (json!("unsure"), json!("unsure")));
        board.show("r0", good("by work that began before"));
        assert_eq!(what("r0"), "unsure");
        board.list(&names);
        assert_eq!((what("r0"), what("r1")), (json!("unsure"), json!("unsure")));
        board.show("r0", good("after"));
        assert_eq!((what("r0"), what("r1")), (json!("now"), json!("unsure")));
    }

    #[test]
    fn a_word_file_is_given_for_as_long_as_it_is_shown() {
        let (board, _events, _) = board(1);
        board.show("r0", good("first"));
        let hash = board.state(None, 0)["docx"].as_str().expect("a hash").to_owned();
        assert_eq!(board.docx(&hash).as_deref(), Some(&b"first"[..]));
        board.show("r0", good("second"));
        assert_eq!(board.docx(&hash), None);
    }

    #[test]
    fn the_last_good_pages_of_a_report_stay_and_are_said_to_be_those() {
        let (board, _events, _) = board(1);
        board.show("r0", good("good"));
        board.show("r0", Err(problem().into()));
        let state = board.state(None, 0);
        assert_eq!((drawing(&state), &state["is_current"]), (Some("good"), &json!(false)));
        assert_eq!(state["problems"][0]["severity"], "error");
        board.show("r0", good("mended"));
        let state = board.state(None, 0);
        assert_eq!((drawing(&state), &state["is_current"]), (Some("mended"), &json!(true)));
    }
}
