//! How much the checks find: every cell of a correct report in which every figure is stated, with last year's beside it
//! and the decisions of the year said in its prose, is changed in turn; what is made of it is counted, table by table.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::support::text;
use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::report::Value;
use nianbao::source::Source;

type Figures = BTreeMap<String, u64>;

fn form() -> Arc<Form> {
    Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"))
}

/// Whether the checks find nothing, an error, or a warning only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Error,
    Warning,
    Missed,
}

/// What is found, with last year's facts beside these.
fn judged(form: &Arc<Form>, facts: &str, folder: &Path) -> Verdict {
    let source = Source::new("2025.toml", facts);
    let facts = Facts::parse(&source).expect("TOML");
    match check(&facts, form, &YearsBefore::of(&folder.join("2025.toml")), &Alone) {
        Err(_) => Verdict::Error,
        Ok((_, warnings)) if warnings.is_empty() => Verdict::Missed,
        Ok(_) => Verdict::Warning,
    }
}

/// Last year's facts, from which this year's figures follow.
fn last_year() -> String {
    text("tests/cases/accept/full/facts.toml")
        .replace("year = 2025", "year = 2024")
        .replace("carried_out = { natural = 103, total = 103 }", "carried_out = { natural = 34, total = 34 }")
        .replace("received = { natural = 3001", "received = { natural = 2932")
        .replace("other = 4, total = 3119 }", "other = 4, total = 3050 }")
        .replace("issued = 1, repealed = 0, in_force = 11", "issued = 0, repealed = 0, in_force = 10")
        .replace("issued = 8, repealed = 26, in_force = 66", "issued = 0, repealed = 0, in_force = 84")
}

/// Every count of the full case, computed totals included.
fn figures(form: &Arc<Form>) -> Figures {
    let source = Source::new("2025.toml", text("tests/cases/accept/full/facts.toml"));
    let facts = Facts::parse(&source).expect("TOML");
    let (report, _) =
        check(&facts, form, &YearsBefore::of(Path::new("/nowhere/2025.toml")), &Alone).expect("a correct report");
    let counts = form.keys.cells().filter_map(|(key, _)| match report.values.get(key)?.value {
        Value::Figure(number) => Some((key.to_string(), number.to_string().parse().ok()?)),
        _ => None,
    });
    counts.collect()
}

/// A facts file that states these figures and, as the original does, says some of them in its prose.
fn stated(original: &Figures, figures: &Figures) -> String {
    let mut facts =
        String::from("form = \"zfxxgk\"\nyear = 2025\norgan.name = \"甲市人民政府\"\nother_matters.text = \"无\"\n");
    let said = |key: &str| original[&format!("proactive.{key}")];
    facts += &format!(
        "overview.proactive = \"全年办理行政许可{}件、行政处罚{}件、行政强制{}件，行政事业性收费1.5万元。\"\n",
        said("licences"),
        said("penalties"),
        said("coercions"),
    );
    for part in ["on_request", "management", "platform", "supervision"] {
        facts += &format!("overview.{part} = \"乙\"\n");
    }
    facts += "problems.existing = \"解读形式较少。\"\nproblems.improvements = \"增加图解。\"\nproactive.fees = 1.5\n";
    for (key, number) in figures {
        facts += &format!("{key} = {number}\n");
    }
    facts
}

/// The cell to the right in the same row of the official table, if it holds another figure.
fn neighbour(form: &Form, figures: &Figures, key: &str) -> Option<String> {
    let keys: Vec<String> = form.keys.cells().map(|(key, _)| key.to_string()).collect();
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
fn one_wrong_cell_is_found() {
    let form = form();
    let figures = figures(&form);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("2024.toml"), last_year()).expect("last year");
    let verdict = |changed: &Figures| judged(&form, &stated(&figures, changed), folder.path());
    assert_eq!(verdict(&figures), Verdict::Missed, "the report is correct");
    assert_eq!(figures.len(), 9 + 175 + 15);
    let mut all: BTreeMap<(String, &str, Verdict), Vec<String>> = BTreeMap::new();
    for key in figures.keys() {
        let table = key.split('.').next().expect("a table").to_owned();
        for (change, changed) in changes(&form, &figures, key) {
            all.entry((table.clone(), change, verdict(&changed))).or_default().push(key.clone());
        }
    }
    // The fees are an amount, and no count.
    let with_fees = |fees: &str| {
        let facts = stated(&figures, &figures).replace("proactive.fees = 1.5\n", fees);
        judged(&form, &facts, folder.path())
    };
    for fees in ["2.5", "0.5", "15"] {
        assert_eq!(with_fees(&format!("proactive.fees = {fees}\n")), Verdict::Warning, "{fees}");
    }
    assert_eq!(with_fees(""), Verdict::Error);
    assert_eq!(with_fees("proactive.fees = 1.50\n"), Verdict::Missed, "the same amount");
    for ((table, change, verdict), keys) in &all {
        println!("{table:9} {change:8} {verdict:?} {}", keys.len());
    }
    let is_total = |key: &String| key.ends_with(".total") || key.starts_with("requests.results.total.");
    for ((table, change, verdict), keys) in &all {
        match (table.as_str(), *change, verdict) {
            (_, _, Verdict::Error) | ("proactive", _, Verdict::Warning) => {}
            // A total that is left out is computed, to the same value.
            (_, "blanked", Verdict::Missed) => assert!(keys.iter().all(is_total), "{keys:?}"),
            // Outcomes of disputes that change places keep every sum that the official form has.
            ("disputes", "swapped", Verdict::Missed) => {
                assert!(keys.iter().all(|key| !key.ends_with(".pending") && !is_total(key)), "{keys:?}");
            }
            // So do those repealed and those in force, which stand on the same side of their equation.
            ("proactive", "swapped", Verdict::Missed) => {
                assert!(keys.iter().all(|key| key.ends_with(".repealed")), "{keys:?}");
            }
            other => panic!("{other:?}: {keys:?}"),
        }
    }
}
