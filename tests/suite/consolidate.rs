//! The working sheet of a government: what `consolidate` shows of its organs, one sum with its parts, and the sums that it writes into
//! the facts; and which organs `diff` says made a change. The project is that of docs/organs.md, and one of a form among the tests.

use std::fs;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::{Project, Run, repository, text};

const GOVERNMENT: &str = "reports/青湖区/2025.toml";

/// The county of docs/organs.md.
fn county() -> Project {
    let project = Project::new();
    let from = repository().join("docs/organs");
    for entry in walkdir::WalkDir::new(&from).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let name = entry.path().strip_prefix(&from).expect("a file of it").to_string_lossy().into_owned();
        project.write(&name, fs::read(entry.path()).expect("a file"));
    }
    project
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", run.stdout, run.stderr))
}

fn number(value: &Value) -> Option<Decimal> {
    value.as_str().map(|text| text.parse().expect("a number"))
}

/// The number that TOML has under a dotted key, 0 where there is none.
fn own(facts: &toml::Table, key: &str) -> Decimal {
    let mut parts = key.split('.');
    let first = facts.get(parts.next().expect("a part"));
    let found = parts.fold(first, |value, part| value.and_then(|value| value.get(part)));
    found.and_then(|value| value.to_string().parse().ok()).unwrap_or_default()
}

/// Each sum is that of the organs' files as another reader has them, and each organ stands with its own figures.
#[test]
fn the_sheet_has_every_organ_every_cell_and_their_sums() {
    let project = county();
    let run = project.run(["consolidate", "青湖区", "--format", "json"]);
    let sheet = json(&run);
    assert_eq!((run.status, &sheet["is_whole"], &sheet["year"]), (0, &Value::Bool(true), &Value::from(2025)));
    let (cells, organs) = (sheet["cells"].as_array().expect("cells"), sheet["organs"].as_array().expect("organs"));
    assert_eq!((cells.len(), organs.len()), (200, 6));
    let mut sums = 0;
    for (at, cell) in cells.iter().enumerate() {
        let key = cell["key"].as_str().expect("a key");
        assert!(cell["labels"].as_array().is_some_and(|labels| labels.len() > 1), "{cell}");
        let figures: Vec<Decimal> =
            organs.iter().map(|organ| number(&organ["figures"][at]).expect("a figure")).collect();
        assert_eq!(number(&sheet["sums"][at]), Some(figures.iter().sum()), "{key}");
        if cell["is_total"] == false {
            let files = organs.iter().map(|organ| text(project.path(organ["file"].as_str().expect("a file"))));
            let read: Vec<Decimal> = files.map(|facts| own(&facts.parse().expect("TOML"), key)).collect();
            assert_eq!(figures, read, "{key}");
            sums += usize::from(!figures.iter().all(Decimal::is_zero));
        }
    }
    assert!(sums > 10, "{sums} sums that are not 0");
}

/// The same figures stand in every format, and a spreadsheet opens the one for spreadsheets.
#[test]
fn every_format_has_the_same_figures() {
    let project = county();
    let sheet = json(&project.run(["consolidate", "青湖区", "--format", "json"]));
    let run = project.run(["consolidate", "青湖区", "--format", "csv"]);
    let rest = run.stdout.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rest.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let keys = rows.iter().position(|row| &row[0] == "机关").expect("the keys");
    let column = |key: &str| rows[keys].iter().position(|known| known == key).expect("a column");
    let sum = rows.iter().find(|row| &row[0] == "合计").expect("the sums");
    for (at, cell) in sheet["cells"].as_array().expect("cells").iter().enumerate() {
        let column = column(cell["key"].as_str().expect("a key"));
        assert_eq!(sum[column].parse::<Decimal>().ok(), number(&sheet["sums"][at]));
        let over: Vec<&str> = rows[..keys].iter().map(|row| &row[column]).filter(|label| !label.is_empty()).collect();
        let labels: Vec<&str> = cell["labels"].as_array().expect("labels").iter().filter_map(Value::as_str).collect();
        assert_eq!(over, labels);
    }
    let page = project.run(["consolidate", "青湖区", "--format", "html"]).stdout;
    let page = scraper::Html::parse_document(&page);
    let select = |words: &str| scraper::Selector::parse(words).expect("a selector");
    let foot = page.select(&select("tfoot tr")).next().expect("the sums");
    let figures: Vec<String> = foot.select(&select("td")).map(|cell| cell.text().collect()).collect();
    let sums: Vec<String> =
        sheet["sums"].as_array().expect("sums").iter().map(|sum| sum.as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!((figures, page.select(&select("tbody tr")).count()), (sums, 6));
    let table = project.run(["consolidate", "青湖区"]).stdout;
    for organ in sheet["organs"].as_array().expect("organs") {
        let name: String = organ["name"].as_str().expect("a name").chars().take(8).collect();
        assert!(table.contains(&name), "{name}: {table}");
    }
    assert!(table.lines().all(|line| !line.starts_with('|') || line.chars().count() <= 118), "{table}");
}

#[test]
fn one_sum_is_shown_with_its_parts_and_where_they_stand() {
    let project = county();
    let last = text(project.path("reports/镇街/柳溪镇/2025.toml")).replace("year = 2025", "year = 2024");
    project.write("reports/镇街/柳溪镇/2024.toml", &last);
    let of = |key: &str| json(&project.run(["consolidate", "青湖区", "--cell", key, "--format", "json"]));
    let cell = of("proactive.licences");
    let parts = cell["parts"].as_array().expect("parts");
    let sum: Decimal = parts.iter().filter_map(|part| number(&part["figure"])).sum();
    assert_eq!((parts.len(), number(&cell["sum"])), (6, Some(sum)));
    for part in parts {
        let at = part["at"].as_str().expect("a place");
        let mut place = at.rsplitn(3, ':');
        let (column, line): (usize, usize) = (
            place.next().expect("a column").parse().expect("a number"),
            place.next().expect("a line").parse().expect("a number"),
        );
        let facts = text(project.path(place.next().expect("a file")));
        let line: String = facts.lines().nth(line - 1).expect("the line").chars().skip(column - 1).collect();
        assert!(line.starts_with(part["figure"].as_str().expect("a figure")), "{at}: {line}");
        let is_known = part["folder"] == "镇街/柳溪镇";
        assert_eq!((part["last_year"].is_string(), part["difference"] == "0"), (is_known, is_known), "{part}");
    }
    let total = of("requests.received.total");
    let sum: Decimal =
        total["parts"].as_array().expect("parts").iter().filter_map(|part| number(&part["figure"])).sum();
    assert_eq!(number(&total["sum"]), Some(sum));
    let wrong = project.run(["consolidate", "青湖区", "--cell", "proactive.licenses", "--lang", "en"]);
    assert!(wrong.status == 2 && wrong.stderr.contains("did you mean `proactive.licences`?"), "{}", wrong.stderr);
    let table = project.run(["consolidate", "青湖区", "--cell", "proactive.licences"]).stdout;
    assert!(table.contains("行政许可") && table.contains("合计"), "{table}");
}

/// What is written adds up to the same report, is written once, and leaves what differs with a reason.
#[test]
fn sums_are_written_into_the_facts() {
    let project = county();
    let before = text(project.path(GOVERNMENT));
    let was = json(&project.run(["consolidate", "青湖区", "--format", "json"]));
    let run = project.run(["consolidate", "青湖区", "--write"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let after = text(project.path(GOVERNMENT));
    for line in before.lines() {
        assert!(after.contains(line), "{line} is gone");
    }
    assert!(after.contains("normative_documents = { issued = 7,"), "what differs with a reason is left");
    assert_eq!(project.run(["check", "青湖区"]).status, 0);
    let is = json(&project.run(["consolidate", "青湖区", "--format", "json"]));
    assert_eq!(was["reported"], is["reported"]);
    let facts: toml::Table = after.parse().expect("TOML");
    for (at, cell) in is["cells"].as_array().expect("cells").iter().enumerate() {
        if cell["is_total"] == false {
            let key = cell["key"].as_str().expect("a key");
            assert_eq!(Some(own(&facts, key)), number(&is["reported"][at]), "{key}");
        }
    }
    let again = project.run(["consolidate", "青湖区", "--write"]);
    assert!(again.stdout.contains("写入 0 格"), "{}", again.stdout);
    assert_eq!(text(project.path(GOVERNMENT)), after);
    let organ = "reports/部门/教育局/2025.toml";
    let licences = own(&text(project.path(organ)).parse().expect("TOML"), "proactive.licences");
    let changed = text(project.path(organ))
        .replace(&format!("licences = {licences}"), &format!("licences = {}", licences + Decimal::ONE));
    project.write(organ, changed);
    let run = project.run(["consolidate", "青湖区", "--write"]);
    assert!(run.stdout.contains("proactive.licences：") && run.stdout.contains("写入 1 格"), "{}", run.stdout);
}

/// Nothing is written, and the sums are said not to be whole, while an organ is missing or wrong.
#[test]
fn sums_that_are_not_whole_are_shown_and_not_written() {
    let project = county();
    fs::remove_file(project.path("reports/镇街/石桥街道/2025.toml")).expect("removed");
    let before = text(project.path(GOVERNMENT));
    let run = project.run(["consolidate", "青湖区", "--format", "json"]);
    let sheet = json(&run);
    assert_eq!(
        (run.status, &sheet["is_whole"], sheet["organs"].as_array().map(Vec::len)),
        (1, &Value::Bool(false), Some(5))
    );
    assert!(run.stderr.contains("[organ-missing]"), "{}", run.stderr);
    let run = project.run(["consolidate", "青湖区", "--write"]);
    assert!(run.status == 1 && run.stderr.contains("没有写入"), "{}", run.stderr);
    assert_eq!(text(project.path(GOVERNMENT)), before);
    for (select, said) in [("部门/教育局", "没有写 [consolidates]"), ("部门", "这里只能是一个机关"), ("青湖", "青湖区")]
    {
        let run = project.run(["consolidate", select]);
        assert!(run.status == 2 && run.stderr.contains(said), "{select}: {}", run.stderr);
    }
}

/// Between two years of a government, each change is said with the organs that made it.
#[test]
fn a_change_in_a_sum_is_said_by_organ() {
    let project = county();
    // Two organs in which nothing was left open, so that one year may follow upon the same.
    let organs = ["镇街/柳溪镇", "镇街/临湖街道"];
    let county = text(project.path(GOVERNMENT));
    let named = county.lines().find(|line| line.starts_with("organs = ")).expect("the organs").to_owned();
    project.write(GOVERNMENT, county.replace(&named, &format!("organs = {organs:?}")));
    for folder in organs.into_iter().chain(["青湖区"]) {
        let last = text(project.path(&format!("reports/{folder}/2025.toml"))).replace("year = 2025", "year = 2024");
        project.write(&format!("reports/{folder}/2024.toml"), last.replace("licences = 64", "licences = 67"));
    }
    let run = project.run(["diff", "青湖区/2024", "青湖区/2025", "--format", "json"]);
    let diff = json(&run);
    let figures = diff["figures"].as_array().expect("figures");
    let change = figures.iter().find(|figure| figure["key"] == "proactive.licences").expect("the change");
    assert_eq!((figures.len(), &change["difference"]), (1, &Value::from("-3")));
    let organs = change["organs"].as_array().expect("organs");
    assert_eq!(
        (organs.len(), &organs[0]["folder"], &organs[0]["difference"]),
        (1, &Value::from("镇街/柳溪镇"), &Value::from("-3"))
    );
    let table = project.run(["diff", "青湖区/2024", "青湖区/2025"]).stdout;
    assert!(table.contains("各机关的增减") && table.contains("青湖区柳溪镇人民政府 -3"), "{table}");
}
