//! The English form, on Letter and with its own look: an agency's annual report on freedom-of-information requests, read
//! back from its PDF and its page, its rules, and its next year.

use crate::support::{self, Project, pdf, text, web};
use scraper::Html;

const FACTS: &str = "reports/Harbour and Waterways Agency/2025.toml";
const PAGE: &str = "build/Harbour and Waterways Agency/2025";

fn project(facts: &str) -> Project {
    let project = Project::new();
    project.write(FACTS, facts);
    project
}

#[test]
fn every_table_heading_and_chart_is_read_back() {
    let project = project(&text(FACTS));
    project.build(&["--engine", support::ENGINE, "--charts"]);
    let document = pdf::read(&project.path(&format!("{PAGE}.pdf")));
    let page = Html::parse_document(&String::from_utf8(project.read(&format!("{PAGE}.html"))).expect("UTF-8"));
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let requests = vec![
        row(&[
            "Requests",
            "1. Pending at start of year",
            "2. Received in year",
            "3. Processed in year",
            "4. Pending at end of year",
        ]),
        row(&["Simple", "10", "120", "118", "12"]),
        row(&["Complex", "6", "25", "23", "8"]),
        row(&["Expedited", "0", "3", "3", "0"]),
        row(&["All requests", "16", "148", "144", "20"]),
    ];
    assert_eq!(document.tables[0], requests);
    assert_eq!(document.tables.len(), 5);
    assert_eq!(document.tables[1].last(), Some(&row(&["All dispositions", "144"])));
    assert_eq!(
        document.tables[4][1..],
        [
            row(&["Fees collected", "412.50"]),
            row(&["Cost of processing requests", "88340.00"]),
            row(&["Cost of litigation", "0"])
        ]
    );
    let of_page = web::tables(&page);
    assert!(of_page.contains(&requests) && of_page.contains(&document.tables[2]));
    let headings: Vec<&str> = document.headings.iter().map(|(_, heading)| heading.as_str()).collect();
    assert_eq!(
        headings,
        [
            "Summary",
            "Requests",
            "Dispositions and exemptions",
            "Processing times, fees and costs",
            "Proactive disclosure"
        ]
    );
    let information = pdf::info(&project.path(&format!("{PAGE}.pdf")));
    assert!(information.contains("612 x 792 pts (letter)"), "{information}");
    assert!(
        information.contains("Harbour and Waterways Agency Annual Freedom of Information Report, 2025"),
        "{information}"
    );
    assert!(pdf::structure(&project.path(&format!("{PAGE}.pdf"))).contains("Figure"));
}

#[test]
fn its_rules_are_checked_within_a_year_and_over_two() {
    for (right, wrong, code) in [
        ("end = 12 }", "end = 13 }", "pending-balance"),
        ("denied = { count = 9 }", "denied = { count = 8 }", "processed-disposed"),
        ("lowest = 9, median = 31", "lowest = 32, median = 31", "times-ordered"),
    ] {
        let facts = text(FACTS).replace(right, wrong);
        assert_ne!(facts, text(FACTS));
        let run = project(&facts).run(["--lang", "en", "check"]);
        assert!(run.status == 1 && run.stderr.contains(&format!("error[{code}]")), "{code}\n{}", run.stderr);
    }
    let project = project(&text(FACTS));
    assert_eq!(project.run(["roll", "2025"]).status, 0);
    let next = String::from_utf8(project.read("reports/Harbour and Waterways Agency/2026.toml")).expect("UTF-8");
    for row in ["simple = { start = 12 }", "complex = { start = 8 }", "expedited = { start = 0 }"] {
        assert!(next.contains(row), "{row}\n{next}");
    }
    let run = project.run(["--lang", "en", "check", "2026"]);
    assert!(run.status == 1 && run.stderr.contains("missing-value"), "{}", run.stderr);
}

#[test]
fn its_schema_is_committed() {
    let form = nianbao::form::files::load("foia", None, None).expect("the form");
    support::golden(&support::repository().join("schemas/foia.json"), &nianbao::schema::text(&form));
}
