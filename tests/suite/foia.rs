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
    let page = web::page(&project, &format!("{PAGE}.html"));
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
            row(&["Cost of processing requests", "88,340.00"]),
            row(&["Cost of litigation", "0.00"])
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

/// A year with figures of more than three digits, and amounts with more decimals than others of their column.
fn large() -> String {
    let facts = text(FACTS)
        .replace("received = 120, processed = 118", "received = 1120, processed = 1118")
        .replace("count = 71", "count = 1071")
        .replace("median = 12,", "median = 12.5,")
        .replace("water quality figures", "figures of {{ fees.litigation }} dollars ({{ times.complex.median }} days)");
    assert!(facts.contains("1118") && facts.contains("12.5") && facts.contains("fees.litigation"));
    facts
}

#[test]
fn figures_and_dates_are_written_as_the_form_says() {
    let project = project(&large());
    project.build(&["--engine", support::ENGINE, "--charts"]);
    let document = pdf::read(&project.path(&format!("{PAGE}.pdf")));
    let web = String::from_utf8(project.read(&format!("{PAGE}.html"))).expect("UTF-8");
    let of_page = web::tables(&Html::parse_document(&web));
    let cells = |table: usize, row: usize| document.tables[table][row].clone();
    for (table, row, said) in [
        (0, 1, ["Simple", "10", "1,120", "1,118", "12"].as_slice()),
        (0, 4, &["All requests", "16", "1,148", "1,144", "20"]),
        (3, 1, &["Simple", "1", "12.5", "20"]),
        (3, 2, &["Complex", "9", "31.0", "88"]),
        (4, 1, &["Fees collected", "412.50"]),
        (4, 2, &["Cost of processing requests", "88,340.00"]),
        (4, 3, &["Cost of litigation", "0.00"]),
    ] {
        assert_eq!(cells(table, row), said, "{table} {row}");
        assert!(of_page.iter().any(|table| table.iter().any(|row| row == said)), "{said:?}");
    }
    let paragraphs = document.paragraphs.join("\n");
    for said in [
        "received 1,148 requests and processed 1,144; 20 were",
        "figures of 0.00 dollars (31.0 days)",
        "Published: 2 March 2026",
    ] {
        assert!(paragraphs.contains(said), "{said}\n{paragraphs}");
    }
    assert!(web.contains("2 March 2026") && web.contains("1,071"), "the listing and the chart");
}

/// What programs read are plain figures.
#[test]
fn differences_have_plain_figures() {
    let project = project(&large());
    let last = text(FACTS).replace("year = 2025", "year = 2024").replace("2026-03-02", "2025-03-02");
    project.write("reports/Harbour and Waterways Agency/2024.toml", last);
    let run = project.run(["diff", "Harbour and Waterways Agency", "--format", "json"]);
    assert!(run.stdout.contains("\"1120\"") && !run.stdout.contains("1,"), "{}", run.stdout);
}
