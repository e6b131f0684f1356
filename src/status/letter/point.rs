//! What is wrong with a report, as its clerk understands it. In: the problems of a report; out: [`Point`]s, each with what is wrong in
//! words, the places on the paper by the labels of the form, what is written there now, and what to do.

use std::sync::Arc;

use serde::Serialize;
use toml::de::DeValue;

use super::plain::{Plain, quoted};
use super::written::{self, Run};
use crate::check::places::Places;
use crate::diag::explanation::known;
use crate::diag::{Code, Diagnostic, ExitStatus, Label, Language, Severity, Text, text};
use crate::facts::Facts;
use crate::form::{FieldKind, Form, Key, KeyInfo, Rule};
use crate::report::Values;
use crate::source::{Place, Source};

/// How many places of one kind are listed.
const MOST: usize = 100;
/// The tables that the office itself writes into facts.
const OF_OFFICE: [&str; 2] = ["[[accept]]", "[consolidates]"];
const YEAR: &str = "year";
/// Between the labels that lead to a place.
const BETWEEN: &str = " › ";

/// Problems of one kind and one table.
#[derive(Debug, Serialize)]
pub(super) struct Point {
    /// Whether the report cannot be made with it.
    #[serde(skip)]
    pub is_error: bool,
    #[serde(skip)]
    code: Code,
    /// The table or the section.
    #[serde(skip)]
    table: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it; may be empty.
    pub to_do: String,
    /// Where the rule comes from; may be empty.
    pub source: String,
    /// The places.
    pub items: Vec<Item>,
    /// How many places there are that are not listed.
    pub more: usize,
}

/// A place on the paper.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Item {
    /// The labels that lead there.
    pub place: String,
    /// What is written there now.
    pub written: Vec<Run>,
    /// Figures that have to do with it, and what else is known.
    pub facts: Vec<String>,
}

/// A report that is looked at.
pub(super) struct Seen<'a> {
    /// Its facts, where they can be read.
    pub facts: Option<&'a Facts<'a>>,
    /// Their text.
    pub source: Option<&'a Arc<Source>>,
    /// The form, where it is known.
    pub form: Option<&'a Form>,
    /// The year.
    pub year: u16,
    /// The values.
    pub values: &'a Values,
    /// The language of the letter.
    pub language: Language,
}

struct Reader<'a> {
    seen: &'a Seen<'a>,
    places: Option<Places<'a>>,
    plain: Option<Plain<'a>>,
}

/// The points of problems: errors first, each kind of a table once.
pub(super) fn points<'a>(problems: impl Iterator<Item = &'a Diagnostic>, seen: &Seen<'_>) -> Vec<Point> {
    let Seen { year, values, language, .. } = *seen;
    let plain = seen.form.map(|form| Plain { form, year, values, language });
    let reader = Reader { seen, places: seen.facts.map(Places::of), plain };
    let mut points: Vec<Point> = Vec::new();
    for point in problems.filter_map(|problem| reader.point(problem)) {
        let is_same = |other: &&mut Point| {
            (other.is_error, &other.code, &other.table, &other.what, &other.to_do)
                == (point.is_error, &point.code, &point.table, &point.what, &point.to_do)
        };
        match points.iter_mut().find(is_same) {
            Some(other) => other.take(point),
            None => points.push(point),
        }
    }
    points.sort_by_key(|point| !point.is_error);
    points
}

impl Point {
    fn take(&mut self, other: Self) {
        self.more += other.more;
        for item in other.items {
            match self.items.len() < MOST {
                true => self.items.push(item),
                false => self.more += 1,
            }
        }
    }

    /// How many places it has.
    pub(super) fn count(&self) -> usize {
        self.items.len() + self.more
    }
}

impl Reader<'_> {
    /// The point of a problem; none of what concerns the office that runs the program, and no clerk.
    fn point(&self, problem: &Diagnostic) -> Option<Point> {
        if problem.severity == Severity::Note || problem.code.exit_status() == ExitStatus::Environment {
            return None;
        }
        if self.is_of_office(problem) {
            return None;
        }
        let (what, to_do, source) = self.said(problem)?;
        let (table, mut items) = self.items(problem);
        let (is_error, code) = (problem.is_error(), problem.code.clone());
        let more = problem.more + items.len().saturating_sub(MOST);
        items.truncate(MOST);
        Some(Point { is_error, code, table, what, to_do, source, items, more })
    }

    /// Whether it is about what the office itself writes into facts: which warnings it accepts, and how it names organs.
    fn is_of_office(&self, problem: &Diagnostic) -> bool {
        let is_of_facts = matches!(
            problem.code,
            Code::WrongType | Code::EmptyValue | Code::MissingValue | Code::UnknownKey | Code::TooLarge
        );
        let above = problem.primary().map(table_above).unwrap_or_default();
        is_of_facts && problem.lacking.is_empty() && OF_OFFICE.iter().any(|table| above.starts_with(table))
    }

    /// What is wrong, what to do, and where that comes from.
    fn said(&self, problem: &Diagnostic) -> Option<(String, String, String)> {
        let language = self.seen.language;
        let code = problem.code.as_str();
        if let Some((form, plain)) = self.seen.form.zip(self.plain)
            && let Some(rule) = form.checks.rules.get(code)
        {
            let help = rule.help.as_ref().or(problem.help.as_ref());
            let to_do = help.map(|help| plain.words(help)).unwrap_or_default();
            let what = self.broken(problem, rule, form, &plain.words(&rule.message));
            return Some((what, to_do, rule.source.clone()));
        }
        let (what, to_do) = known(code)?.letter(language)?;
        Some((what.to_owned(), to_do.to_owned(), String::new()))
    }

    /// What is wrong by a rule, in its own words: those of a sum say what should be, those of a condition that or what is wrong.
    fn broken(&self, problem: &Diagnostic, rule: &Rule, form: &Form, words: &str) -> String {
        // A sum is told in other words than those of its rule.
        let is_sum = problem.message != rule.message;
        let is_condition = form.checks.conditions.iter().any(|condition| condition.rule.code == rule.code);
        let said = match () {
            () if words.is_empty() => text!("请核对", "please look at this"),
            () if is_sum => text!("不符合：{words}", "this does not hold: {words}"),
            () if is_condition => text!("请核对：{words}", "please look at this: {words}"),
            () => Text::verbatim(words),
        };
        said.get(self.seen.language).to_owned()
    }

    /// The table or section, and the places in it.
    fn items(&self, problem: &Diagnostic) -> (String, Vec<Item>) {
        if let (Some(form), false) = (self.seen.form, problem.lacking.is_empty()) {
            let keys = problem.lacking.iter().map(|key| Key::from(key.as_str()));
            let items = together(keys.map(|key| self.lacking(form, &key, problem)));
            let table = items.first().and_then(|item| item.place.split(BETWEEN).next()).unwrap_or_default().to_owned();
            return (table, items);
        }
        let found = self.found(problem);
        let facts = self.facts(problem, &found);
        let path = found.path;
        let everywhere = text!("整份报告", "the whole report").get(self.seen.language).to_owned();
        let place = if path.is_empty() { everywhere } else { path.join(BETWEEN) };
        let item = Item { place, written: found.written, facts };
        // Lines of a file that cannot be read are of one kind.
        let table = found.key.and_then(|_| path.into_iter().next()).unwrap_or_default();
        (table, vec![item])
    }

    fn lacking(&self, form: &Form, key: &Key, problem: &Diagnostic) -> Item {
        let language = self.seen.language;
        let wanted = form.keys.get(key).map(|known| wanted(known).get(language).to_owned());
        let nothing = text!("（没有填写）", "(nothing)").get(language).to_owned();
        let notes = problem.notes.iter().filter_map(|note| self.plain.map(|plain| plain.words(note)));
        let facts = wanted.into_iter().chain(notes).filter(|fact| !fact.is_empty()).collect();
        Item { place: form.label_path_of_all(key).join(BETWEEN), written: vec![Run::plain(nothing)], facts }
    }

    /// Where a problem stands and what is written there.
    fn found(&self, problem: &Diagnostic) -> Found {
        let Some(primary) = problem.primary() else { return Found::default() };
        let Some((places, (form, plain))) = self.places.as_ref().zip(self.seen.form.zip(self.plain)) else {
            return self.line(primary);
        };
        let is_name = problem.code == Code::UnknownKey;
        if is_name && let Some((key, value)) = places.behind(primary) {
            return self.value(form, key.clone(), &value, plain);
        }
        if let Some(key) = places.key_at(primary) {
            let mut found = self.value(form, key.clone(), primary, plain);
            let is_cell = form.keys.get(key).is_none_or(|known| known.is_cell);
            if let (Code::Declared(_), true) = (&problem.code, is_cell) {
                self.of_several(form, problem, &mut found);
            }
            return found;
        }
        match plain.key_in(problem.message.get(self.seen.language)) {
            Some(key) => {
                let figure = primary.text().rsplit_once('=').map(|(_, figure)| figure.trim_matches([' ', '}', ',']));
                let figure = figure.map(written::short);
                let written = figure.filter(|figure| !figure.is_empty()).map(Run::plain).into_iter().collect();
                Found { path: form.label_path(&key), key: Some(key), written }
            }
            None => Found::default(),
        }
    }

    /// A rule of several cells is broken where the labels of all of them agree: in a row, or in a column.
    fn of_several(&self, form: &Form, problem: &Diagnostic, found: &mut Found) {
        let Some(places) = &self.places else { return };
        // A total that is not written stands where the first of its parts does, so that this is not what is written in it.
        let is_said = |label: &Label, key: &Key| {
            let own = form.label_of(key).unwrap_or_default();
            label.text.as_ref().is_none_or(|said| said.zh.starts_with(own))
        };
        let own: Vec<(&Label, &Key)> = problem
            .labels
            .iter()
            .filter_map(|label| places.key_at(&label.place).map(|key| (label, key)))
            .filter(|(_, key)| form.keys.get(key).is_some())
            .collect();
        let paths: Vec<Vec<String>> = own.iter().map(|(_, key)| form.label_path(key)).collect();
        let Some((first, others)) = paths.split_first() else { return };
        let is_one = others.is_empty() && own.iter().all(|(label, key)| is_said(label, key));
        if is_one {
            return;
        }
        let mut common: Vec<String> =
            first.iter().filter(|label| others.iter().all(|path| path.contains(label))).cloned().collect();
        if common.is_empty() {
            let mut tables: Vec<&str> = Vec::new();
            for table in paths.iter().filter_map(|path| path.first()).filter(|table| !table.is_empty()) {
                if !tables.contains(&table.as_str()) {
                    tables.push(table);
                }
            }
            common.push(tables.join(text!("；", "; ").get(self.seen.language)));
        }
        found.path = common;
        found.written.clear();
    }

    /// A value, or a place in one.
    fn value(&self, form: &Form, key: Key, place: &Place, plain: Plain<'_>) -> Found {
        let mut path = form.label_path_of_all(&key);
        if path.is_empty() && *key == *YEAR {
            path.push(text!("年份", "the year").get(self.seen.language).to_owned());
        }
        let whole = self.seen.facts.and_then(|facts| facts.place_of(&key));
        let value = self.seen.facts.and_then(|facts| facts.get(&key));
        let is_part = whole.as_ref().is_some_and(|whole| whole.span != place.span);
        let written = match (value, whole) {
            (Some(DeValue::String(_)), Some(whole)) if is_part => written::part(place, &whole, plain),
            (Some(value), _) => written::whole(&key, value, form, plain),
            (None, _) => Vec::new(),
        };
        Found { path, written, key: Some(key) }
    }

    /// A line of a file that cannot be read further.
    fn line(&self, place: &Place) -> Found {
        let is_own = self.seen.source.is_some_and(|source| place.source == *source);
        if !is_own {
            return Found::default();
        }
        let (line, _) = place.source.line_column(place.span.start);
        let words = place.source.line_range(line).and_then(|range| place.source.text().get(range)).unwrap_or_default();
        let where_it_is = text!("收到的文件第 {line} 行", "line {line} of the file that we received");
        Found {
            path: vec![where_it_is.get(self.seen.language).to_owned()],
            written: vec![Run::plain(written::short(words.trim()))],
            key: None,
        }
    }

    /// What else is known: what is asked for, other figures, sums and differences.
    fn facts(&self, problem: &Diagnostic, found: &Found) -> Vec<String> {
        let Some((form, plain)) = self.seen.form.zip(self.plain) else { return Vec::new() };
        let mut facts: Vec<String> = self.wanted_at(form, problem, found).into_iter().collect();
        let instead = self.instead(problem, form, found);
        facts.extend(self.notes(problem, form, found, instead.as_ref()));
        if matches!(problem.code, Code::OrganMissing | Code::OrganUnknown) {
            facts.push(plain.words(&problem.message));
        }
        facts.extend(self.figures(problem, found, &facts));
        facts.extend(instead.map(|instead| instead.said));
        facts.retain(|fact| !fact.is_empty());
        facts
    }

    /// What is asked for in the place of a value that is none.
    fn wanted_at(&self, form: &Form, problem: &Diagnostic, found: &Found) -> Option<String> {
        let is_of_kind = matches!(
            problem.code,
            Code::WrongType | Code::UnknownOption | Code::NegativeNumber | Code::FractionalCount
        );
        let key = found.key.as_ref().filter(|_| is_of_kind)?;
        let said = match form.keys.get(key) {
            Some(known) => wanted(known),
            None => text!("这里应逐格填写", "wanted: each of the cells"),
        };
        Some(said.get(self.seen.language).to_owned())
    }

    /// Notes, as far as nothing else says the same.
    fn notes(&self, problem: &Diagnostic, form: &Form, found: &Found, instead: Option<&Instead>) -> Vec<String> {
        let Some(plain) = self.plain.filter(|_| problem.code != Code::MissingGlyph) else { return Vec::new() };
        let source = form.checks.rules.get(problem.code.as_str()).map(|rule| rule.source.as_str());
        let is_told_already = |note: &&Text| {
            let is_source = source.is_some_and(|source| !source.is_empty() && note.zh.ends_with(source));
            let is_of_key = found.key.as_ref().is_some_and(|key| note.en.starts_with(key.as_str()));
            is_source
                || is_of_key
                || instead.and_then(|instead| instead.label.as_ref()).is_some_and(|label| note.zh.contains(label))
        };
        problem.notes.iter().filter(|note| !is_told_already(note)).map(|note| plain.words(note)).collect()
    }

    /// The other places with their figures, as far as no other fact has them.
    fn figures(&self, problem: &Diagnostic, found: &Found, told: &[String]) -> Option<String> {
        let language = self.seen.language;
        let is_of_one = !matches!(problem.code, Code::Declared(_)) || !found.written.is_empty();
        // Of words that differ from a table, the notes have the figures.
        if found.written.iter().any(|run| run.is_meant) && !told.is_empty() {
            return None;
        }
        let labels = problem.labels.iter().skip(usize::from(is_of_one));
        let is_new = |words: &String| {
            let label = words.rsplit_once(['：', ':']).map_or(words.as_str(), |(label, _)| label);
            !told.iter().any(|fact| fact.contains(label))
        };
        let said = |label: &Label| label.text.as_ref().map(|said| said.get(language).to_owned());
        let is_figure = |words: &String| words.contains(['：', ':']);
        let said: Vec<String> = labels.filter_map(said).filter(is_figure).filter(is_new).collect();
        let between = text!("；", "; ");
        (!said.is_empty()).then(|| said.join(between.get(language)))
    }

    /// What likely is meant.
    fn instead(&self, problem: &Diagnostic, form: &Form, found: &Found) -> Option<Instead> {
        let edit = problem.fix.as_ref()?.edits.first()?;
        let (places, right) = (self.places.as_ref()?, &edit.replacement);
        let (label, said) = if problem.code == Code::UnknownKey {
            let (key, _) = places.behind(&edit.place)?;
            let path = form.label_path_of_all(&key.split_last().0.join(right));
            let said = path.join(BETWEEN);
            (None, Some(text!("可能是：{said}", "it may belong to: {said}")).filter(|_| path != found.path)?)
        } else {
            let known = form.keys.get(places.key_at(&edit.place)?).filter(|known| !known.kind.is_quoted())?;
            let (zh, en) = (quoted(&known.label, Language::Zh), quoted(&known.label, Language::En));
            let stated = edit.place.text();
            match problem.code {
                Code::WrongType => (Some(zh), text!("是不是 {right}？请确认", "is it {right}? please confirm")),
                Code::WrongTotal | Code::Declared(_) if known.kind.is_figure() => {
                    let said = text!(
                        "可能是{zh}写错：写的是 {stated}，改为 {right} 就都相符",
                        "{en} may be wrong: it says {stated}; with {right} all sums hold"
                    );
                    (Some(zh), said)
                }
                _ => return None,
            }
        };
        Some(Instead { label, said: said.get(self.seen.language).to_owned() })
    }
}

/// What likely is meant.
struct Instead {
    /// What notes call the place that would be changed.
    label: Option<String>,
    said: String,
}

/// The head of the table of a facts file that a place is in.
fn table_above(place: &Place) -> &str {
    let end = place.source.line(place.source.line_of(place.span.start)).end;
    let before = place.source.text().get(..end).unwrap_or_default();
    before.lines().rev().map(str::trim).find(|line| line.starts_with('[')).unwrap_or_default()
}

/// Where a problem stands.
#[derive(Default)]
struct Found {
    path: Vec<String>,
    written: Vec<Run>,
    key: Option<Key>,
}

/// Places that differ in their last label alone, as one.
fn together(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let above = |item: &Item| item.place.rsplit_once(BETWEEN).map(|(above, _)| above.to_owned());
    let mut all: Vec<(Option<String>, Item)> = Vec::new();
    for item in items {
        let own = above(&item);
        match all.last_mut() {
            Some((other, first)) if own.is_some() && *other == own && first.facts == item.facts => {
                let name = item.place.rsplit(BETWEEN).next().unwrap_or_default();
                first.place.push('、');
                first.place.push_str(name);
            }
            _ => all.push((own, item)),
        }
    }
    all.into_iter().map(|(_, item)| item).collect()
}

/// What a value must be, in words.
fn wanted(known: &KeyInfo) -> Text {
    let (zh, en) = (known.options.join("、"), known.options.join(", "));
    match known.kind {
        FieldKind::Count => text!("应填：0或者正整数", "wanted: a whole number, 0 or more"),
        FieldKind::Amount => text!("应填：数字，可以有小数", "wanted: a number, with decimals if need be"),
        FieldKind::Date => text!("应填：年、月、日", "wanted: a date"),
        FieldKind::Flag => text!("应填：是或者否", "wanted: yes or no"),
        FieldKind::Choice => text!("应填其中之一：{zh}", "wanted, one of: {en}"),
        FieldKind::Line | FieldKind::Prose | FieldKind::Lines => text!("应填：文字", "wanted: text"),
    }
}
