//! Governments whose figures are the sums of their organs'. In: projects of organs on one level or several; out: the figures of the
//! governments, what is said where they cannot be added up, and what is built again when an organ's facts change.

use std::collections::BTreeMap;
use std::sync::Arc;

use nianbao::diag::{Diagnostic, Problems};
use nianbao::project::{self, Settings};
use nianbao::report::{Report, Value};
use nianbao::session::{Errors, Forms, Loaded, Selection};
use nianbao::source::Source;
use rust_decimal::Decimal;

use crate::support::{Project, text};

mod bad_input;
mod documented;
mod published;
mod random;
mod sums;
mod tree;
#[cfg(unix)]
mod watched;
mod years;

/// A form with cells of every kind that organs may have: counts and amounts that add up, one that cannot be added up, one that each
/// keeps for itself, and some that may be blank. It lives among the tests alone.
const FORM: &str = "tally";

/// A project with that form.
fn office() -> Project {
    let project = Project::new();
    for name in ["form.toml", "report.html.tera"] {
        project.write(&format!("templates/{FORM}/{name}"), text(format!("tests/organs/templates/{FORM}/{name}")));
    }
    project
}

/// The facts of an organ.
fn organ(name: &str, cells: &str) -> String {
    format!("form = \"{FORM}\"\nyear = 2025\nstaff = 2\nbudget = 10\n{cells}\n[office]\nname = \"{name}\"\n")
}

/// The cells of an organ with so many small cases open and closed, at such a cost.
fn cells(open: u32, closed: u32, cost: &str) -> String {
    format!(
        "cases = {{ small = {{ open = {open}, closed = {closed}, cost = {cost}, days = 3 }}, rest = 0 }}\n\
         extra = {{ visits = 1, delay = 0.5, own = 7 }}"
    )
}

/// The facts of a government, with what it writes itself.
fn government(name: &str, consolidates: &str, own: &str) -> String {
    organ(name, &format!("{own}\n[consolidates]\n{consolidates}\n")).replace("staff = 2\n", "")
}

/// What the form asks of a government in any case.
const OWN: &str = "cases = { small.days = 4, large.days = 0 }\nextra = { own = 1 }";

/// Two organs and their government.
fn two(consolidates: &str, own: &str) -> Project {
    let project = office();
    project.write("reports/甲局/2025.toml", organ("甲局", &cells(1, 2, "1.5")));
    project.write("reports/乙局/2025.toml", organ("乙局", &cells(10, 20, "2.25")));
    project.write("reports/市/2025.toml", government("市", consolidates, own));
    project
}

/// The reports of a project as the program itself reads them.
fn selection(project: &Project) -> Selection {
    let file = project.path("nianbao.toml");
    let settings = std::fs::read_to_string(&file).expect("settings");
    let settings = Settings::read(&Source::new("nianbao.toml", settings)).expect("settings");
    // Where macOS keeps its temporary files is a link.
    let root = project.root().canonicalize().expect("a folder");
    let project = project::Project { root, settings, faults: Problems::new() };
    Selection { project, files: Vec::new(), strays: Vec::new(), deny_warnings: false }
}

/// The report of an organ's year, with the warnings.
fn loaded(project: &Project, organ: &str, year: u16) -> Result<Loaded, Problems> {
    let selection = selection(project);
    let file = selection.project.root.join(format!("reports/{organ}/{year}.toml"));
    Loaded::open(&file, &Forms::new(&selection), Errors::Refuse)
}

fn report(project: &Project, organ: &str) -> Report {
    let loaded = loaded(project, organ, 2025);
    loaded.unwrap_or_else(|problems| panic!("{organ}: {}", told(&problems).join("\n"))).report
}

/// Each problem with its place, its code and its English words.
fn told(problems: &[Diagnostic]) -> Vec<String> {
    let place = |problem: &Diagnostic| problem.primary().map(ToString::to_string).unwrap_or_default();
    problems.iter().map(|problem| format!("{} {}: {}", place(problem), problem.code, problem.message.en)).collect()
}

/// The figures of a report by key, totals too; what does not apply is no figure.
fn figures(report: &Report) -> BTreeMap<String, Decimal> {
    let figure = |value: &Value| if let Value::Figure(number) = value { Some(*number) } else { None };
    let values = report.values.iter();
    values.filter_map(|(key, entry)| Some((key.to_string(), figure(&entry.value)?))).collect()
}

fn figure(project: &Project, organ: &str, key: &str) -> String {
    let report = report(project, organ);
    report.values.get(key).map(|entry| entry.value.said(&Arc::clone(&report.form))).unwrap_or_default()
}
