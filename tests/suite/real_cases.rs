//! What the checks make of reports that were really published: of the known faults, how many are found, and how often
//! something is said of a report where nothing is known to be wrong. `docs/checks.md` has the figures.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::support::text;
use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files};
use nianbao::source::Source;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    organ: String,
    year: u16,
    faults: Vec<Fault>,
    facts: String,
}

#[derive(Deserialize)]
struct Fault {
    what: String,
    /// The code that finds it, `form`, or nothing.
    found: String,
}

/// How often each code is reported, once for each place.
fn codes(form: &Arc<Form>, case: &Case) -> BTreeMap<String, usize> {
    let source = Source::new("facts.toml", case.facts.as_str());
    let facts = Facts::parse(&source).unwrap_or_else(|problems| panic!("{}: {problems:?}", case.organ));
    let said = check(&facts, form, &YearsBefore::of(Path::new("/nowhere/facts.toml")), &Alone)
        .map_or_else(|problems| problems, |(_, warnings)| warnings);
    let mut codes = BTreeMap::new();
    for problem in said {
        *codes.entry(problem.code.to_string()).or_default() += 1;
    }
    codes
}

#[test]
fn known_faults_are_found_and_nothing_else_is_said() {
    let form = Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
    let cases: Cases = toml::from_str(&text("tests/data/real-cases.toml")).expect("the cases");
    assert_eq!(cases.case.len(), 78);
    let (mut by_form, mut by_check, mut missed, mut false_alarms) = (0, 0, Vec::new(), Vec::new());
    for case in &cases.case {
        let codes = codes(&form, case);
        for fault in &case.faults {
            match fault.found.as_str() {
                "form" => by_form += 1,
                "" => missed.push(format!("{} {}: {}", case.organ, case.year, fault.what)),
                code => {
                    assert!(
                        codes.contains_key(code),
                        "{} {}: {} is not found: {codes:?}",
                        case.organ,
                        case.year,
                        fault.what
                    );
                    by_check += 1;
                }
            }
        }
        let known = |code: &&String| case.faults.iter().any(|fault| fault.found == **code);
        false_alarms.extend(
            codes.keys().filter(|code| !known(code)).map(|code| format!("{} {}: {code}", case.organ, case.year)),
        );
    }
    println!("{by_form} faults cannot happen, {by_check} are found, {} are not:\n{}", missed.len(), missed.join("\n"));
    assert_eq!(false_alarms, Vec::<String>::new());
    let documented = format!(
        "{by_check} found by checks, {by_form} that the form rules out, {} not found, 0 false alarms",
        missed.len()
    );
    assert!(text("docs/checks.md").contains(&documented), "docs/checks.md should say: {documented}");
}
