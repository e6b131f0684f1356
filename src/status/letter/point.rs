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
use crate::form::{FieldKind, Form, Key, KeyInfo};
use crate::report::Values;
use crate::source::{Place, Source};

/// How many places of one kind are listed.
const MOST: usize = 100;
/// Between the labels that lead to a place.
const BETWEEN: &str = " › ";

/// Problems of one kind and one table.
#[derive(Debug, Serialize)]
pub struct Point {
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
pub struct Item {
    /// The labels that lead there.
    pub place: String,
    /// What is written there now.
    pub written: Vec<Run>,
    /// Figures that have to do with it, and what else is known.
    pub facts: Vec<String>,
}

/// A report that is looked at.
pub struct Seen<'a> {
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
pub fn points<'a>(problems: impl Iterator<Item = &'a Diagnostic>, seen: &Seen<'_>) -> Vec<Point> {
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
    pub fn count(&self) -> usize {
        self.items.len() + self.more
    }
}

impl Reader<'_> {
    /// The point of a problem; none of what concerns the office that runs the program, and no clerk.
    fn point(&self, problem: &Diagnostic) -> Option<Point> {
        if problem.severity == Severity::Note || problem.code.exit_status() == ExitStatus::Environment {
            return None;
        }
        let (what, to_do, source) = self.said(problem)?;
        let (table, mut items) = self.items(problem);
        let (is_error, code) = (problem.is_error(), problem.code.clone());
        let more = problem.more + items.len().saturating_sub(MOST);
        items.truncate(MOST);
        Some(Point { is_error, code, table, what, to_do, source, items, more })
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
            // A sum is told in other words than those of its rule, which say what should be.
            let is_rule = problem.message != rule.message;
            return Some((self.broken(is_rule, &plain.words(&rule.message)), to_do, rule.source.clone()));
        }
        let (what, to_do) = known(code)?.letter(language)?;
        Some((what.to_owned(), to_do.to_owned(), String::new()))
    }

    /// What is wrong by a rule: in its own words, as far as they say that.
    fn broken(&self, is_rule: bool, rule: &str) -> String {
        let said = match (rule.is_empty(), is_rule) {
            (true, _) => text!("请核对", "please look at this"),
            (false, true) => text!("不符合：{rule}", "this does not hold: {rule}"),
            (false, false) => Text::verbatim(rule),
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
        let path = found.path;
        let facts = self.facts(problem, found.key.as_ref());
        let everywhere = text!("整份报告", "the whole report").get(self.seen.language).to_owned();
        let place = if path.is_empty() { everywhere } else { path.join(BETWEEN) };
        let item = Item { place, written: found.written, facts };
        (path.into_iter().next().unwrap_or_default(), vec![item])
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
            Some(key) => Found { path: form.label_path(&key), key: Some(key), written: Vec::new() },
            None => Found::default(),
        }
    }

    /// A rule of several cells is broken where the labels of all of them agree: in a row, or in a column.
    fn of_several(&self, form: &Form, problem: &Diagnostic, found: &mut Found) {
        let Some(places) = &self.places else { return };
        let own = problem.labels.iter().filter_map(|label| places.key_at(&label.place));
        let paths: Vec<Vec<String>> =
            own.filter(|key| form.keys.get(key).is_some()).map(|key| form.label_path(key)).collect();
        let Some((first, others)) = paths.split_first().filter(|(_, others)| !others.is_empty()) else { return };
        let common: Vec<String> =
            first.iter().filter(|label| others.iter().all(|path| path.contains(label))).cloned().collect();
        found.path = if common.is_empty() { first.clone() } else { common };
        found.written.clear();
    }

    /// A value, or a place in one.
    fn value(&self, form: &Form, key: Key, place: &Place, plain: Plain<'_>) -> Found {
        let path = form.label_path_of_all(&key);
        let whole = self.places.as_ref().and_then(|places| places.place_of(&key));
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
    fn facts(&self, problem: &Diagnostic, key: Option<&Key>) -> Vec<String> {
        let Some((form, plain)) = self.seen.form.zip(self.plain) else { return Vec::new() };
        let mut facts = Vec::new();
        let is_of_kind = matches!(
            problem.code,
            Code::WrongType | Code::UnknownOption | Code::NegativeNumber | Code::FractionalCount
        );
        if let Some(known) = key.and_then(|key| form.keys.get(key)).filter(|_| is_of_kind) {
            facts.push(wanted(known).get(self.seen.language).to_owned());
        }
        let source = form.checks.rules.get(problem.code.as_str()).map(|rule| rule.source.as_str());
        let is_told_already = |note: &Text| {
            let is_source = source.is_some_and(|source| !source.is_empty() && note.zh.ends_with(source));
            is_source || key.is_some_and(|key| note.en.starts_with(key.as_str()))
        };
        let instead = self.instead(problem, form);
        let is_of_instead = |note: &Text| instead.as_ref().is_some_and(|(label, _)| note.zh.contains(label));
        let notes = problem.notes.iter().filter(|note| !is_told_already(note) && !is_of_instead(note));
        let notes = notes.map(|note| plain.words(note));
        facts.extend(notes.filter(|note| !note.is_empty()));
        if matches!(problem.code, Code::OrganMissing | Code::OrganUnknown) {
            facts.push(plain.words(&problem.message));
        }
        facts.extend(self.figures(problem, plain, &facts));
        facts.extend(instead.map(|(_, said)| said));
        facts.retain(|fact| !fact.is_empty());
        facts
    }

    /// The other places with their figures, as far as no other fact has them.
    fn figures(&self, problem: &Diagnostic, plain: Plain<'_>, told: &[String]) -> Option<String> {
        let language = self.seen.language;
        let is_of_one = !matches!(problem.code, Code::Declared(_)) || problem.labels.len() == 1;
        let labels = problem.labels.iter().skip(usize::from(is_of_one));
        let is_new = |words: &String| {
            let label = words.rsplit_once(['：', ':']).map_or(words.as_str(), |(label, _)| label);
            !told.iter().any(|fact| fact.contains(label))
        };
        let said = |label: &Label| label.text.as_ref().map(|said| plain.words(said));
        let is_figure = |words: &String| words.contains(['：', ':']);
        let said: Vec<String> = labels.filter_map(said).filter(is_figure).filter(is_new).collect();
        let between = text!("；", "; ");
        (!said.is_empty()).then(|| said.join(between.get(language)))
    }

    /// What likely is meant, with the label of the place that would be changed as messages have it.
    fn instead(&self, problem: &Diagnostic, form: &Form) -> Option<(String, String)> {
        let edit = problem.fix.as_ref()?.edits.first()?;
        let (places, language) = (self.places.as_ref()?, self.seen.language);
        if problem.code == Code::UnknownKey {
            let (key, _) = places.behind(&edit.place)?;
            let (above, _) = key.split_last();
            let path = form.label_path_of_all(&above.join(&edit.replacement)).join(BETWEEN);
            let said = text!("可能是：{path}", "it may belong to: {path}");
            return Some((path, said.get(language).to_owned()));
        }
        let is_of_sum = problem.code == Code::WrongTotal || matches!(problem.code, Code::Declared(_));
        let known = form.keys.get(places.key_at(&edit.place)?).filter(|known| is_of_sum && known.kind.is_figure())?;
        let (label, stated, right) = (quoted(&known.label, language), edit.place.text(), &edit.replacement);
        let said = text!(
            "可能是{label}写错：写的是 {stated}，改为 {right} 就都相符",
            "{label} may be wrong: it says {stated}; with {right} all sums hold"
        );
        Some((quoted(&known.label, Language::Zh), said.get(language).to_owned()))
    }
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
                first.place.push_str("、");
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
