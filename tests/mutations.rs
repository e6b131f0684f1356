//! How much the checks catch: every cell of a correct report in which every figure and every total is stated is changed
//! in turn, and the share that is rejected is counted, table by table.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use nianbao::check::{Value, check};
use nianbao::facts::Facts;
use nianbao::form::{Form, files};
use nianbao::source::Source;
use support::text;

type Figures = BTreeMap<String, u64>;

fn form() -> Arc<Form> {
    Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"))
}

fn is_accepted(form: &Arc<Form>, facts: &str) -> bool {
    let source = Source::new("2025.toml", facts);
    let facts = Facts::parse(&source).expect("TOML");
    check(&facts, form, Path::new("/nowhere/2025.toml")).is_ok()
}

/// Every count of the full case, computed totals included.
fn figures(form: &Arc<Form>) -> Figures {
    let source = Source::new("2025.toml", text("tests/cases/accept/full/facts.toml"));
    let facts = Facts::parse(&source).expect("TOML");
    let (report, _) = check(&facts, form, Path::new("/nowhere/2025.toml")).expect("a correct report");
    let counts = form.catalog.cells().filter_map(|(key, _)| match report.values.get(key)?.value {
        Value::Figure(number) => Some((key.to_owned(), number.to_string().parse().ok()?)),
        _ => None,
    });
    counts.collect()
}

/// A facts file that states these figures and no others.
fn stated(figures: &Figures) -> String {
    let mut facts = String::from("form = \"zfxxgk\"\nyear = 2025\norgan.name = \"甲\"\nother_matters.text = \"无\"\n");
    for part in ["proactive", "on_request", "management", "platform", "supervision"] {
        facts += &format!("overview.{part} = \"乙\"\n");
    }
    facts += "problems.existing = \"丙\"\nproblems.improvements = \"丁\"\nproactive.fees = 1.5\n";
    for (key, number) in figures {
        facts += &format!("{key} = {number}\n");
    }
    facts
}

/// The cell to the right in the same row of the official table, if it holds another figure.
fn neighbour(form: &Form, figures: &Figures, key: &str) -> Option<String> {
    let keys: Vec<String> = form.catalog.cells().map(|(key, _)| key.to_owned()).collect();
    let row = |key: &str| key.rsplit_once('.').map(|(row, _)| row.to_owned());
    let next = keys.get(keys.iter().position(|other| other == key)? + 1)?;
    (row(next) == row(key) && figures.get(next).is_some_and(|number| *number != figures[key])).then(|| next.clone())
}

/// Each way to change a cell, with the figures that come of it.
fn changes(form: &Form, figures: &Figures, key: &str) -> Vec<(&'static str, Figures)> {
    let number = figures[key];
    let with = |number: u64| {
        let mut changed = figures.clone();
        changed.insert(key.to_owned(), number);
        changed
    };
    let mut all = vec![("+1", with(number + 1))];
    all.extend(number.checked_sub(1).map(|less| ("-1", with(less))));
    if let Some(other) = neighbour(form, figures, key) {
        let mut swapped = with(figures[&other]);
        swapped.insert(other, number);
        all.push(("swapped", swapped));
    }
    let mut blank = figures.clone();
    blank.remove(key);
    all.push(("blanked", blank));
    all
}

#[test]
fn one_wrong_cell_is_rejected() {
    let form = form();
    let figures = figures(&form);
    assert!(is_accepted(&form, &stated(&figures)));
    assert_eq!(figures.len(), 9 + 175 + 15);
    let mut missed: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    let mut tried: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for key in figures.keys() {
        let table = key.split('.').next().expect("a table").to_owned();
        for (change, changed) in changes(&form, &figures, key) {
            *tried.entry((table.clone(), change)).or_default() += 1;
            if is_accepted(&form, &stated(&changed)) {
                missed.entry((table.clone(), change)).or_default().push(key.clone());
            }
        }
    }
    for (which, tried) in &tried {
        let missed = missed.get(which).map_or(0, Vec::len);
        println!("{:9} {:8} {tried:3} tried, {} caught", which.0, which.1, tried - missed);
    }
    for change in ["+1", "-1", "swapped"] {
        assert_eq!(missed.get(&("requests".to_owned(), change)), None, "{change}");
    }
    for change in ["+1", "-1"] {
        assert_eq!(missed.get(&("disputes".to_owned(), change)), None, "{change}");
    }
    // What else is accepted is right to be: a total that is left out is computed, and outcomes of disputes that change
    // places keep every sum that the official form has.
    let is_total = |key: &String| key.ends_with(".total") || key.starts_with("requests.results.total.");
    for table in ["requests", "disputes", "proactive"] {
        let blank = missed.get(&(table.to_owned(), "blanked")).cloned().unwrap_or_default();
        assert!(blank.iter().all(is_total), "{blank:?}");
    }
    let swapped = missed.get(&("disputes".to_owned(), "swapped")).cloned().unwrap_or_default();
    assert!(swapped.iter().all(|key| !key.ends_with(".pending") && !is_total(key)), "{swapped:?}");
}
