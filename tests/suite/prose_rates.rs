//! How well the prose checks of the form zfxxgk tell right from wrong, measured on reports that were not written for
//! them. In: `tests/data/prose/`, whose reports are right, and its list of the figures and years that their prose states;
//! out: how many reports are told something that is not so, and how many single slips put into them are told.
//! `cargo test --test suite prose_rates:: -- --nocapture` prints every one of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::support::{repository, text};
use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::source::Source;
use rayon::prelude::*;
use serde::Deserialize;

const FOLDER: &str = "tests/data/prose";

#[derive(Deserialize)]
struct Corpus {
    report: Vec<Report>,
}

#[derive(Deserialize)]
struct Report {
    file: String,
    figures: Vec<Stated>,
    years: Vec<Stated>,
}

/// A number that the prose states: in the text of `key`, within `words`.
#[derive(Deserialize)]
struct Stated {
    key: String,
    words: String,
    figure: String,
}

/// What is told of a report, and how often.
type Told = BTreeMap<String, usize>;

fn corpus() -> Vec<Report> {
    toml::from_str::<Corpus>(&text(format!("{FOLDER}/figures.toml"))).expect("the list").report
}

fn told(form: &Arc<Form>, file: &str, facts: &str) -> (Told, bool) {
    let source = Source::new(file, facts);
    let parsed = Facts::parse(&source).unwrap_or_else(|problems| panic!("{file}: {problems:?}"));
    let (problems, sound) = match check(&parsed, form, &YearsBefore::of(&repository().join(FOLDER).join(file)), &Alone)
    {
        Ok((_, warnings)) => (warnings, true),
        Err(problems) => (problems, false),
    };
    let mut told = Told::new();
    for problem in problems {
        let place = problem.labels.first().map_or("", |label| label.place.text());
        *told.entry(format!("[{}] {}：{place}", problem.code, problem.message.zh)).or_default() += 1;
    }
    (told, sound)
}

/// The same digits in half width.
fn narrow(figure: &str) -> String {
    let narrow = |letter: char| match letter {
        '０'..='９' => char::from_digit(u32::from(letter) - u32::from('０'), 10).expect("a digit"),
        other => other,
    };
    figure.chars().map(narrow).collect()
}

/// The same number one more or one less, as it is written there; nothing below zero.
fn step(figure: &str, up: bool) -> Option<String> {
    const CHINESE: [&str; 11] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let next = |number: u64| if up { Some(number + 1) } else { number.checked_sub(1) };
    let chinese = CHINESE.iter().position(|numeral| *numeral == figure).or_else(|| (figure == "两").then_some(2));
    if let Some(number) = chinese {
        return CHINESE.get(usize::try_from(next(number as u64)?).ok()?).map(|numeral| (*numeral).to_owned());
    }
    let digits = narrow(figure);
    let (whole, decimals) = digits.split_once('.').map_or((digits.as_str(), ""), |(whole, decimals)| (whole, decimals));
    let mut written = next(whole.replace(',', "").parse().expect("a number"))?.to_string();
    if whole.contains(',') {
        for place in (1..written.len()).rev().filter(|place| (written.len() - place) % 3 == 0).collect::<Vec<_>>() {
            written.insert(place, ',');
        }
    }
    if !decimals.is_empty() {
        written = format!("{written}.{decimals}");
    }
    if digits != figure {
        let widen =
            |letter: char| letter.to_digit(10).and_then(|digit| char::from_u32('０' as u32 + digit)).unwrap_or(letter);
        written = written.chars().map(widen).collect();
    }
    Some(written)
}

/// One kind of slip: how many were put in, and those that nothing was told of.
#[derive(Default)]
struct Kind {
    tried: usize,
    missed: Vec<String>,
}

impl Kind {
    fn add(&mut self, other: Self) {
        self.tried += other.tried;
        self.missed.extend(other.missed);
    }

    fn found(&self) -> usize {
        self.tried - self.missed.len()
    }

    /// Whether at least so many in a hundred were found.
    fn reaches(&self, percent: usize) -> bool {
        self.found() * 100 >= percent * self.tried
    }
}

/// What became of one report: what was told of it as it is, and the slips put into it by kind.
struct Outcome {
    file: String,
    told: Told,
    kinds: BTreeMap<&'static str, Kind>,
}

fn measure(form: &Arc<Form>, report: &Report) -> Outcome {
    let facts = text(format!("{FOLDER}/{}", report.file));
    let (before, sound) = told(form, &report.file, &facts);
    assert!(sound, "{}: {before:?}", report.file);
    let mut kinds: BTreeMap<&'static str, Kind> = BTreeMap::new();
    let mut slip = |kind: &'static str, stated: &Stated, with: &str| {
        let words = stated.words.replacen(&stated.figure, with, 1);
        let (after, _) = told(form, &report.file, &facts.replacen(&stated.words, &words, 1));
        let kind = kinds.entry(kind).or_default();
        kind.tried += 1;
        if after.iter().all(|(problem, times)| before.get(problem).is_some_and(|were| were >= times)) {
            kind.missed.push(format!("{} {}: {} -> {words}", report.file, stated.key, stated.words));
        }
    };
    for stated in &report.figures {
        for more in [true, false] {
            if let Some(with) = step(&stated.figure, more) {
                slip("figures", stated, &with);
            }
        }
    }
    for stated in &report.years {
        let kind = if stated.key == "overview.opening" { "years, opening" } else { "years, body" };
        slip(kind, stated, &step(&stated.figure, false).expect("a year"));
    }
    Outcome { file: report.file.clone(), told: before, kinds }
}

#[test]
fn the_list_fits_the_reports() {
    let corpus = corpus();
    assert!(corpus.len() >= 72, "{} reports", corpus.len());
    for report in &corpus {
        let facts = text(format!("{FOLDER}/{}", report.file));
        let values: toml::Table = facts.parse().unwrap_or_else(|error| panic!("{}: {error}", report.file));
        for stated in report.figures.iter().chain(&report.years) {
            let (table, key) = stated.key.split_once('.').expect("a key");
            let prose = values[table][key].as_str().expect("prose");
            assert!(prose.contains(&stated.words), "{}: {} in {}", report.file, stated.words, stated.key);
            assert_eq!(facts.matches(&stated.words).count(), 1, "{}: {}", report.file, stated.words);
            assert_eq!(stated.words.matches(&stated.figure).count(), 1, "{}: {}", report.file, stated.words);
        }
        let year = values["year"].as_integer().expect("a year").to_string();
        assert!(report.years.iter().all(|stated| narrow(&stated.figure) == year), "{}: {year}", report.file);
    }
    let listed: BTreeSet<_> = corpus.iter().map(|report| repository().join(FOLDER).join(&report.file)).collect();
    let there =
        walkdir::WalkDir::new(repository().join(FOLDER)).min_depth(2).into_iter().map(|entry| entry.expect("a file"));
    let there: BTreeSet<_> = there.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect();
    assert_eq!(there, listed);
}

#[test]
fn numbers_step_as_they_are_written() {
    let cases = [
        ("9", Some("10"), Some("8")),
        ("0", Some("1"), None),
        ("1,000", Some("1,001"), Some("999")),
        ("99,999", Some("100,000"), Some("99,998")),
        ("3.25", Some("4.25"), Some("2.25")),
        ("１９", Some("２０"), Some("１８")),
        ("两", Some("三"), Some("一")),
        ("十", None, Some("九")),
    ];
    for (figure, more, less) in cases {
        assert_eq!((step(figure, true).as_deref(), step(figure, false).as_deref()), (more, less), "{figure}");
    }
}

#[test]
fn right_reports_are_left_alone_and_single_slips_are_told() {
    let form = Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
    let outcomes: Vec<Outcome> = corpus().par_iter().map(|report| measure(&form, report)).collect();
    let mut kinds: BTreeMap<&'static str, Kind> = BTreeMap::new();
    let mut alarmed = 0;
    let reports = outcomes.len();
    for outcome in outcomes {
        alarmed += usize::from(!outcome.told.is_empty());
        for problem in outcome.told.keys() {
            println!("false alarm: {} {problem}", outcome.file);
        }
        for (name, kind) in outcome.kinds {
            kinds.entry(name).or_default().add(kind);
        }
    }
    for (name, kind) in &kinds {
        for missed in &kind.missed {
            println!("missed, {name}: {missed}");
        }
    }
    println!("reports with a false alarm: {alarmed} of {reports}");
    for (name, kind) in &kinds {
        println!("{name}: {} of {} found", kind.found(), kind.tried);
    }
    assert!(alarmed * 100 <= 2 * reports, "{alarmed} of {reports} reports with a false alarm");
    for (name, percent) in [("figures", 90), ("years, body", 85), ("years, opening", 85)] {
        let kind = &kinds[name];
        assert!(kind.reaches(percent), "{name}: {} of {} found", kind.found(), kind.tried);
    }
}
