//! Figures of reports that were really published, on pages written here as WPS writes them: what was printed is read as it was
//! printed, wrong as it may be, and a year read back is the beginning of the next.

use std::collections::BTreeMap;

use super::page::{self, Piece};
use super::report::{Report, key};
use crate::support::{Project, text};

/// The figures of a report, by their facts.
fn published(name: &str) -> BTreeMap<String, String> {
    let said = text(format!("tests/data/import/{name}.figures"));
    let lines = said.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (key, value) = line.split_once('=').expect("a fact and its figure");
            (key.to_owned(), value.to_owned())
        })
        .collect()
}

/// The pages of a report: with these figures, and no other words than ours.
fn pieces(figures: &BTreeMap<String, String>, title: &[&str]) -> Vec<Piece> {
    let mut report = Report::random(&mut fastrand::Rng::with_seed(1));
    for block in report.tables.iter_mut().flat_map(|table| &mut table.blocks) {
        for row in &mut block.rows {
            let values = block.columns.iter().map(|column| figures[&key(row, column)].clone());
            row.values = values.collect();
        }
    }
    let mut pieces: Vec<Piece> = title.iter().map(|line| Piece::Words((*line).to_owned())).collect();
    pieces.extend(report.pieces().into_iter().skip(1));
    pieces
}

const TITLE: [&str; 1] = ["洪泽区2023年度政府信息公开年度报告"];

fn hongze() -> Vec<Piece> {
    pieces(&published("hongze-2023"), &TITLE)
}

/// Values of a facts file under a table, those that are not empty.
fn value(facts: &toml::Table, key: &str) -> String {
    let mut value = &toml::Value::Table(facts.clone());
    for part in key.split('.') {
        value = value.get(part).unwrap_or_else(|| panic!("{key} is not there"));
    }
    value.to_string()
}

fn facts(project: &Project, name: &str) -> toml::Table {
    String::from_utf8(project.read(name)).expect("UTF-8").parse().expect("TOML")
}

/// Web pages as WPS saves them: fonts in every cell, blanks between, a paragraph in each.
fn as_wps_saves_it(html: &[u8]) -> Vec<u8> {
    let page = String::from_utf8(html.to_vec()).expect("UTF-8");
    let cell = "<p class=MsoNormal style=\"text-align:center\"><span style=\"font-family:宋体;font-size:10.5000pt\"><font face=\"宋体\">";
    let end = "</font></span><span style=\"font-family:宋体\"><o:p></o:p></span></p>";
    let mut out = String::new();
    for part in page.split_inclusive("</td>") {
        match part.strip_suffix("</td>").and_then(|part| part.rsplit_once("<td")) {
            Some((before, part)) => {
                let (attributes, words) = part.split_once('>').expect("a tag");
                out += &format!(
                    "{before}<td width=63 valign=center{attributes} style=\"border:1pt solid\">{cell}{words}{end}</td>"
                );
            }
            None => out += part,
        }
    }
    out.into_bytes()
}

#[test]
fn the_figures_of_two_cities_are_read_from_every_kind_of_page() {
    for (name, title, year) in [
        ("hongze-2023", &TITLE[..], 2023),
        ("huaian-2024", &["淮安市人民政府", "2024年政府信息公开工作年度报告"][..], 2024),
    ] {
        let figures = published(name);
        let pieces = pieces(&figures, title);
        let pages = [
            ("a.html", page::html(&pieces)),
            ("b.html", as_wps_saves_it(&page::html(&pieces))),
            ("c.docx", page::docx(&pieces)),
            ("d.pdf", page::pdf(&pieces)),
        ];
        for (page, bytes) in pages {
            let project = Project::new();
            project.write(page, bytes);
            let run = project.run(["import", page, "--out", "facts.toml"]);
            assert!(run.status <= 1 && !run.stderr.contains("错误[import-"), "{name} {page}: {}", run.stderr);
            let facts = facts(&project, "facts.toml");
            assert_eq!(facts["year"].as_integer(), Some(i64::from(year)), "{name} {page}");
            for (key, figure) in &figures {
                let (read, printed): (f64, f64) =
                    (value(&facts, key).parse().expect("a figure"), figure.parse().expect("a figure"));
                assert!((read - printed).abs() < 1e-9, "{name} {page}: {key} is {read}, not {printed}");
            }
        }
    }
}

/// 洪泽 printed of its disputes 10, 1, 0, 0 and in all 0; and 5, 0, 0, 0 and in all 0.
#[test]
fn a_sum_that_was_printed_wrong_is_read_as_it_was_printed_and_found() {
    let project = Project::new();
    project.write("page.docx", page::docx(&hongze()));
    let run = project.run(["import", "page.docx"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let name = "reports/洪泽区/2023.toml";
    let facts = facts(&project, name);
    let row = |row: &str| {
        ["upheld", "corrected", "other", "pending", "total"]
            .map(|column| value(&facts, &format!("disputes.{row}.{column}")))
    };
    assert_eq!(row("review"), ["10", "1", "0", "0", "0"]);
    assert_eq!(row("litigation.after_review"), ["5", "0", "0", "0", "0"]);
    let run = project.run(["check"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert_eq!(run.stderr.matches("错误[").count(), run.stderr.matches("错误[wrong-total]").count(), "{}", run.stderr);
    assert_eq!(run.stderr.matches("错误[wrong-total]").count(), 2, "{}", run.stderr);
    for key in ["disputes.review.total", "disputes.litigation.after_review.total"] {
        assert!(run.stderr.contains(key), "{key}\n{}", run.stderr);
    }
}

#[test]
fn what_a_city_carried_out_is_carried_in_by_its_next_year() {
    let figures = published("huaian-2024");
    let project = Project::new();
    project.write("page.docx", page::docx(&pieces(&figures, &["淮安市人民政府", "2024年政府信息公开工作年度报告"])));
    project.run(["import", "page.docx"]);
    let run = project.run(["roll", "淮安市人民政府"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let next = facts(&project, "reports/淮安市人民政府/2025.toml");
    for column in ["natural", "business", "research", "welfare", "legal", "other"] {
        let carried_out = &figures[&format!("requests.carried_out.{column}")];
        assert_eq!(&value(&next, &format!("requests.carried_in.{column}")), carried_out, "{column}");
    }
    assert_ne!(figures["requests.carried_out.natural"], "0");
}

/// What 2023 carried out is what 2024 carries in, in every column.
#[test]
fn a_year_that_was_read_back_is_the_beginning_of_the_next() {
    let project = Project::new();
    project.write("page.html", page::html(&hongze()));
    project.run(["import", "page.html"]);
    // The totals that were printed wrong are put right by hand; facts with errors are not rolled.
    let name = "reports/洪泽区/2023.toml";
    let run = project.run(["roll", "洪泽区"]);
    assert!(run.status == 1 && run.stderr.contains("wrong-total"), "{}", run.stderr);
    let mended = String::from_utf8(project.read(name)).expect("UTF-8");
    let mended = mended
        .replace(
            "upheld = 10, corrected = 1, other = 0, pending = 0, total = 0",
            "upheld = 10, corrected = 1, other = 0, pending = 0, total = 11",
        )
        .replace(
            "upheld = 5, corrected = 0, other = 0, pending = 0, total = 0",
            "upheld = 5, corrected = 0, other = 0, pending = 0, total = 5",
        );
    project.write(name, mended);
    let run = project.run(["roll", "洪泽区"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (last, next) = (published("hongze-2023"), facts(&project, "reports/洪泽区/2024.toml"));
    for column in ["natural", "business", "research", "welfare", "legal", "other"] {
        let carried_out = &last[&format!("requests.carried_out.{column}")];
        assert_eq!(&value(&next, &format!("requests.carried_in.{column}")), carried_out, "{column}");
    }
    assert_eq!(value(&next, "proactive.normative_documents.in_force"), last["proactive.normative_documents.in_force"]);
}
