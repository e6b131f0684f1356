//! `status`: which organs have reported and what is wrong, as a table, JSON, CSV and a web page, read back; and letters to the organs that
//! have something to mend.

mod letters;

use std::fmt::Write as _;
use std::process::{Command, Stdio};

use crate::support::{Project, Run, text, web};
use scraper::{Html, Selector};
use serde_json::Value;

/// Facts of a department, in order, so that nothing is said of them.
fn facts(name: &str, year: u16) -> String {
    let example = text("templates/zfxxgk/example.toml");
    let facts = example.replace("示例市示例区水务局", name).replace("year = 2025", &format!("year = {year}"));
    assert_ne!(facts, example);
    facts
}

/// The same with something in another's place.
fn with(facts: &str, old: &str, new: &str) -> String {
    assert!(facts.contains(old), "{old}");
    facts.replacen(old, new, 1)
}

fn status(project: &Project, args: &[&str]) -> Run {
    project.run(["status"].iter().chain(args))
}

fn json(project: &Project, args: &[&str]) -> Value {
    let run = status(project, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", run.stdout, run.stderr))
}

fn row<'a>(status: &'a Value, folder: &str) -> &'a Value {
    let rows = status["organs"].as_array().expect("rows");
    rows.iter().find(|row| row["folder"] == folder).unwrap_or_else(|| panic!("{folder}: {status}"))
}

/// A project with an organ in each state but those that need pages.
fn project() -> Project {
    let project = Project::new();
    project.write("nianbao.toml", "organs = [{ folder = \"新局\", name = \"某市新局\", groups = [\"直属\"] }]\n");
    project.write("reports/旧局/2024.toml", facts("某市旧局", 2024));
    let wrong = with(&facts("某市错局", 2025), "business = 1 }\n", "business = 1, total = 6 }\n");
    project.write("reports/区/错局/2025.toml", wrong);
    let late = with(&facts("某市迟局", 2025), "# published = 2026-01-20", "published = 2026-02-01");
    project.write("reports/迟局/2025.toml", with(&late, "licences = 120", "licences = 121"));
    project.write("reports/好局/2025.toml", with(&facts("某市好局", 2025), "licences = 120", "licences = 122"));
    project
}

#[test]
fn each_organ_that_owes_a_report_has_a_row_by_what_is_to_be_done() {
    let project = project();
    let run = status(&project, &["2025", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "one is missing and one has errors");
    let status = json(&project, &["2025"]);
    let rows: Vec<(&str, &str)> = status["organs"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["folder"].as_str().expect("a folder"), row["state"].as_str().expect("a state")))
        .collect();
    let wanted =
        [("新局", "missing"), ("旧局", "missing"), ("区/错局", "wrong"), ("迟局", "warned"), ("好局", "unbuilt")];
    assert_eq!(rows, wanted);
    assert_eq!(
        (&row(&status, "新局")["owed"], &row(&status, "旧局")["owed"]),
        (&"listed".into(), &"reported-last-year".into())
    );
    assert_eq!(row(&status, "新局")["name"], "某市新局");
    assert_eq!(row(&status, "新局")["groups"], serde_json::json!(["直属"]));
    assert_eq!(row(&status, "旧局")["name"], "某市旧局", "as last year's facts have it");
    let sums = &status["sums"];
    for (name, count) in
        [("owed", 5), ("missing", 2), ("wrong", 1), ("warned", 1), ("unbuilt", 1), ("done", 0), ("late", 1)]
    {
        assert_eq!(sums[name], count, "{name}");
    }
    assert_eq!(row(&status, "区/错局")["errors"], 2);
    let said = status["codes"]["wrong-total"]["en"].as_str().expect("what the code stands for");
    assert!(said.contains("total"), "{said}");
}

#[test]
fn groups_folders_and_names_are_selected_and_unknown_ones_are_told() {
    let project = project();
    for (typed, rows) in [("直属", 1), ("区", 1), ("好局", 1), ("某市新局", 1), ("2024", 2)] {
        assert_eq!(json(&project, &[typed])["organs"].as_array().expect("rows").len(), rows, "{typed}");
    }
    assert_eq!(status(&project, &["没有局"]).status, 2);
    assert_eq!(status(&project, &["好局"]).status, 0);
}

#[test]
fn when_a_report_is_due_depends_on_who_reports() {
    let project = Project::new();
    for (folder, name) in [("甲", "某市甲局"), ("乙", "某市乙区人民政府"), ("丙", "某市丙街道办事处")]
    {
        let facts = with(&facts(name, 2025), "# published = 2026-01-20", "published = 2026-03-31");
        project.write(&format!("reports/{folder}/2025.toml"), facts);
    }
    let status = json(&project, &[]);
    let due: Vec<(&Value, &Value)> =
        ["甲", "乙", "丙"].map(|folder| (&row(&status, folder)["due"], &row(&status, folder)["is_late"])).to_vec();
    let day = |day: &str| Value::from(day);
    assert_eq!(due[0], (&day("2026-01-31"), &true.into()));
    assert_eq!(due[1], (&day("2026-03-31"), &false.into()), "the last day is in time");
    assert_eq!(due[2], (&Value::Null, &false.into()), "nobody says when");
}

#[test]
fn the_reports_of_two_organs_that_are_one_are_told() {
    let project = Project::new();
    for name in ["甲局", "乙局", "丙局"] {
        project.write(&format!("reports/{name}/2025.toml"), facts(&format!("某市{name}"), 2025));
    }
    let other = with(&facts("某市丙局", 2025), "licences = 120", "licences = 121");
    project.write("reports/丙局/2025.toml", other);
    let status = json(&project, &[]);
    let same: Vec<&Value> = ["甲局", "乙局", "丙局"].map(|folder| &row(&status, folder)["same_as"]).to_vec();
    assert_eq!(same.iter().filter(|same| !same.is_null()).count(), 1, "{same:?}");
    assert_eq!(status["sums"]["warnings"], 1);
}

#[test]
fn pages_are_done_until_the_facts_change() {
    let project = Project::new();
    project.write("reports/好局/2025.toml", facts("某市好局", 2025));
    project.build(&["--format", "html,docx"]);
    let first = json(&project, &[]);
    assert_eq!(row(&first, "好局")["state"], "done");
    assert_eq!(row(&first, "好局")["pages"], serde_json::json!(["html", "docx"]));
    assert_eq!(status(&project, &[]).status, 0);
    project.write("reports/好局/2025.toml", with(&facts("某市好局", 2025), "licences = 120", "licences = 121"));
    let then = json(&project, &[]);
    assert_eq!(
        (&row(&then, "好局")["state"], &row(&then, "好局")["pages_are_current"]),
        (&"outdated".into(), &false.into())
    );
}

#[test]
fn last_years_prose_and_figures_are_counted() {
    let project = Project::new();
    project.write("reports/旧局/2024.toml", facts("某市旧局", 2024));
    project.write("reports/旧局/2025.toml", with(&facts("某市旧局", 2025), "licences = 120", "licences = 121"));
    let status = json(&project, &["2025"]);
    let kept = row(&status, "旧局");
    assert_eq!(kept["prose_kept"], 100);
    let figures = kept["figures_kept"].as_u64().expect("a share");
    assert!((50..100).contains(&figures), "{figures}");
}

#[test]
fn the_table_fits_a_terminal_and_has_no_empty_column() {
    let project = project();
    for (language, absent) in [("zh", "页面"), ("en", "pages")] {
        let run = status(&project, &["--lang", language, "2025"]);
        let head = run.stdout.lines().find(|line| line.starts_with('|')).expect("a table");
        let heads: Vec<&str> = head.split('|').map(str::trim).collect();
        assert!(!heads.contains(&absent), "{head}");
        for line in run.stdout.lines().filter(|line| line.starts_with('|')) {
            let width: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(width <= 120, "{width}: {line}");
        }
    }
}

/// Records of RFC 4180, by a reader that is not the one which wrote them.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut letters = csv.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if is_quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {
                assert_eq!(letters.next(), Some('\n'), "a line ends as RFC 4180 says");
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            '\n' if !is_quoted => panic!("a bare line end"),
            c => field.push(c),
        }
    }
    assert!(field.is_empty() && record.is_empty(), "the last line ends");
    records
}

#[test]
fn the_csv_is_read_back_and_runs_no_formula() {
    let project = Project::new();
    for (number, name) in ["=1+1局", "+甲局", "-乙局", "@丙局", "＝丁局", "戊,\"己\"局"].iter().enumerate()
    {
        let name = name.replace('"', "\\\"");
        let facts = with(&facts(&name, 2025), "licences = 120", &format!("licences = {}", 200 + number));
        project.write(&format!("reports/{number}/2025.toml"), facts);
    }
    project.write("nianbao.toml", "organs = [{ folder = \"新局\", name = \"＋新局\", groups = [\"@组\"] }]\n");
    for language in ["zh", "en"] {
        status(&project, &["--lang", language, "--format", "csv", "--out", "out.csv"]);
        let csv = String::from_utf8(project.read("out.csv")).expect("UTF-8");
        let records = records(csv.strip_prefix('\u{feff}').expect("a mark that says UTF-8"));
        assert_eq!(records.len(), 8);
        assert!(records.iter().all(|record| record.len() == records[0].len()));
        let names: Vec<&str> = records[1..].iter().map(|record| record[2].as_str()).collect();
        for name in ["'=1+1局", "'+甲局", "'-乙局", "'@丙局", "'＝丁局", "戊,\"己\"局", "'＋新局"] {
            assert!(names.contains(&name), "{name}: {names:?}");
        }
        assert!(
            records.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '＝', '＋', '－', '＠']))
        );
    }
}

fn page(project: &Project, args: &[&str]) -> Html {
    status(project, &[args, &["--format", "html", "--out", "page.html"]].concat());
    web::page(project, "page.html")
}

/// The text of each cell of each row of a part of the table.
fn cells(page: &Html, part: &str) -> Vec<Vec<String>> {
    let rows = Selector::parse(&format!("{part} tr")).expect("a selector");
    let cells = Selector::parse("th, td").expect("a selector");
    let text = |cell: scraper::ElementRef<'_>| cell.text().collect::<Vec<_>>().join(" ").trim().to_owned();
    page.select(&rows).map(|row| row.select(&cells).map(text).collect()).collect()
}

#[test]
fn the_page_has_every_row_and_figure_of_the_data() {
    let project = project();
    let data = json(&project, &["2025"]);
    for (language, lang, late) in [("zh", "zh-CN", "迟"), ("en", "en", "late")] {
        let page = page(&project, &["--lang", language, "2025"]);
        assert_eq!(page.root_element().attr("lang"), Some(lang));
        let rows = cells(&page, "tbody");
        let organs = data["organs"].as_array().expect("rows");
        assert_eq!(rows.len(), organs.len());
        for (cells, organ) in rows.iter().zip(organs) {
            let said = |count: &Value| if *count == 0 { String::new() } else { count.to_string() };
            assert!(cells[0].contains(organ["name"].as_str().expect("a name")), "{cells:?}");
            let figures = ["errors", "warnings", "accepted"].map(|name| said(&organ[name]));
            assert_eq!(cells[3..6], figures, "{cells:?}");
            assert!(cells[8].contains(organ["published"].as_str().unwrap_or_default()), "{cells:?}");
            assert_eq!(cells[8].contains(late), organ["is_late"] == true, "late in words: {cells:?}");
            assert_eq!(cells[9], organ["due"].as_str().unwrap_or_default());
            for problem in organ["problems"].as_array().expect("problems") {
                let words = &data["codes"][problem["code"].as_str().expect("a code")][language];
                assert!(cells[2].contains(words.as_str().expect("words")), "{problem}: {cells:?}");
            }
        }
        let foot = &cells(&page, "tfoot")[0];
        assert_eq!((&foot[3], &foot[4]), (&data["sums"]["errors"].to_string(), &data["sums"]["warnings"].to_string()));
        assert!(foot[0].contains('5') && foot[8].contains('1'), "{foot:?}");
    }
}

#[test]
fn years_stand_in_a_column_where_there_are_several() {
    let project = project();
    assert_eq!(cells(&page(&project, &["2025"]), "thead")[0].len(), 12);
    let both = page(&project, &["2024", "2025"]);
    assert_eq!(cells(&both, "thead")[0].len(), 13);
    let rows = cells(&both, "tbody");
    assert!(rows.iter().all(|row| row.len() == 13 && ["2024", "2025"].contains(&row[2].as_str())), "{rows:?}");
}

#[test]
fn names_are_data_on_the_page_and_nothing_comes_from_outside() {
    let project = Project::new();
    project.write(
        "nianbao.toml",
        "organs = [{ folder = \"<i>&\", name = \"<script>alert(1)</script>\", groups = [\"</td>\"] }]\n",
    );
    project.write("reports/甲局/2025.toml", facts("<img src=x onerror=alert(1)>", 2025));
    let page = page(&project, &[]);
    let count = |selector: &str| web::texts(&page, selector).len();
    assert_eq!((count("script"), count("img"), count("i"), count("link"), count("tbody tr")), (1, 0, 0, 0, 2));
    let rows = cells(&page, "tbody");
    assert!(
        rows.iter().any(|row| row[0].contains("<script>alert(1)</script>") && row[0].contains("</td>")),
        "{rows:?}"
    );
    let html = String::from_utf8(project.read("page.html")).expect("UTF-8");
    assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("<link"), "outside resources");
}

/// The Base64 of the SHA-256 of a text, by the system's own tool.
fn hash(text: &str) -> String {
    let mut tool = Command::new("sh");
    tool.args(["-c", "sha256sum | cut -d' ' -f1"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut tool = tool.spawn().expect("sh");
    std::io::Write::write_all(tool.stdin.as_mut().expect("a pipe"), text.as_bytes()).expect("written");
    let said = tool.wait_with_output().expect("the hash").stdout;
    let bits = String::from_utf8(said).expect("UTF-8").trim().chars().fold(String::new(), |mut bits, digit| {
        write!(bits, "{:04b}", digit.to_digit(16).expect("a digit")).expect("a string");
        bits
    });
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let padded = format!("{bits:0<258}");
    let digits = (0..43).map(|at| usize::from_str_radix(&padded[at * 6..at * 6 + 6], 2).expect("bits"));
    digits.map(|digit| alphabet[digit]).collect::<String>() + "="
}

/// What a page allows itself to run and to look like is what stands in it.
fn is_what_it_allows(page: &Html) {
    let policy = Selector::parse("meta[http-equiv=\"Content-Security-Policy\"]").expect("a selector");
    let policy = page.select(&policy).next().and_then(|meta| meta.attr("content")).expect("a policy");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    for (element, directive) in [("style", "style-src"), ("script", "script-src")] {
        for text in web::texts(page, element) {
            let wanted = format!("{directive} 'sha256-{}'", hash(&text));
            assert!(policy.contains(&wanted), "{element}: {wanted} is not in {policy}");
        }
    }
}

#[test]
fn the_page_runs_its_own_script_and_no_other() {
    is_what_it_allows(&page(&project(), &["2025"]));
}
