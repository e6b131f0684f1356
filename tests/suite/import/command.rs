//! The command as it is typed: each option does what it says, what is there already stays as it is, and the exit status says whether
//! anything is left to look at.

use fastrand::Rng;

use super::page;
use super::report::Report;
use crate::support::{self, Project, Run, text};

/// A page with nothing wrong about it: one of this program's own.
fn own_page() -> Vec<u8> {
    let project = Project::new();
    project.write("reports/甲/2025.toml", text("tests/cases/accept/wznb/facts.toml"));
    project.build(&["--engine", support::ENGINE, "--format", "html"]);
    project.read("build/甲/2025.html")
}

/// A page on which a row is missing.
fn doubtful_page() -> Vec<u8> {
    let mut report = Report::random(&mut Rng::with_seed(21));
    report.tables[1].blocks[0].rows.remove(6);
    page::html(&report.pieces())
}

fn project(pages: &[(&str, Vec<u8>)]) -> Project {
    let project = Project::new();
    for (name, bytes) in pages {
        project.write(name, bytes);
    }
    project
}

fn said(run: &Run, status: i32) -> &str {
    assert_eq!(run.status, status, "{}\n{}", run.stdout, run.stderr);
    &run.stderr
}

#[test]
fn a_page_that_is_read_whole_ends_in_0() {
    let project = project(&[("page.html", own_page())]);
    let run = project.run(["import", "page.html"]);
    assert_eq!(said(&run, 0), "");
    assert!(run.stdout.contains("58 格中读出 57 格（存疑 0 格），空白 1 格，未读出 0 格"), "{}", run.stdout);
    let facts = String::from_utf8(project.read("reports/示例县人民政府办公室/2025.toml")).expect("UTF-8");
    assert!(facts.starts_with("#:schema ../../schemas/wznb.json\n"), "{facts}");
    assert!(run.stdout.contains("nianbao roll reports/示例县人民政府办公室/2025.toml"), "{}", run.stdout);
    said(&project.run(["check"]), 0);
    assert_eq!(
        project.files(),
        ["nianbao.toml", "page.html", "reports/示例县人民政府办公室/2025.toml", "schemas/wznb.json"]
    );
}

#[test]
fn a_page_with_something_to_look_at_ends_in_1_and_is_written() {
    let project = project(&[("page.html", doubtful_page())]);
    let run = project.run(["import", "page.html"]);
    let said = said(&run, 1);
    assert!(said.contains("错误[import-row-missing]") && said.contains("3.危及“三安全一稳定”"), "{said}");
    let counts = "200 格中读出 193 格（存疑 0 格），空白 0 格，未读出 7 格";
    assert!(run.stdout.contains(counts), "{}", run.stdout);
    let facts = String::from_utf8(project.read("reports/某市人民政府/2024.toml")).expect("UTF-8");
    let told = facts.lines().filter(|line| line.contains("# !")).collect::<Vec<_>>();
    assert!(told.iter().any(|line| line.contains("3.危及“三安全一稳定”")), "{facts}");
    // What is not there is not there; it is no 0.
    let table: toml::Table = facts.parse().expect("TOML");
    let denied = table["requests"]["results"]["denied"].as_table().expect("a table");
    let row = denied.get("safety_stability").and_then(toml::Value::as_table);
    assert!(row.is_none_or(|row| row.values().all(|value| value.as_str() == Some(""))), "{facts}");
    assert!(table["requests"].get("rest").is_none());
}

#[test]
fn both_languages_say_the_same() {
    let project = project(&[("page.html", doubtful_page())]);
    let run = project.run(["import", "page.html", "--lang", "en"]);
    let said = said(&run, 1);
    assert!(said.contains("error[import-row-missing]: the row `"), "{said}");
    let counts = "of 200 cells 193 were read (0 in doubt), 0 are blank, 7 were not read";
    assert!(run.stdout.contains(counts), "{}", run.stdout);
    // The comments in the facts are in the language of the form.
    let facts = String::from_utf8(project.read("reports/某市人民政府/2024.toml")).expect("UTF-8");
    assert!(facts.contains("200 格中读出 193 格"), "{facts}");
}

#[test]
fn a_dry_run_writes_nothing_and_shows_the_facts() {
    let project = project(&[("page.html", own_page())]);
    let before = project.files();
    let run = project.run(["import", "page.html", "--dry-run", "-q"]);
    said(&run, 0);
    assert_eq!(project.files(), before);
    let shown: toml::Table = run.stdout.parse().expect("TOML");
    assert_eq!(shown["report"]["visits"]["views"].as_integer(), Some(1_208_876));
    said(&project.run(["import", "page.html", "-q"]), 0);
    let written = String::from_utf8(project.read("reports/示例县人民政府办公室/2025.toml")).expect("UTF-8");
    assert_eq!(written.trim_end(), run.stdout.trim_end(), "what is shown is what is written");
    // Where the facts are there already, a dry run may still show.
    said(&project.run(["import", "page.html", "--dry-run", "-q"]), 0);
}

/// So that they may be sent to a file, and read by other programs.
#[test]
fn a_dry_run_shows_the_facts_and_nothing_else() {
    let project = project(&[("page.html", own_page())]);
    let run = project.run(["import", "page.html", "--dry-run"]);
    said(&run, 0);
    assert!(run.stdout.parse::<toml::Table>().is_ok(), "{}", run.stdout);
}

#[test]
fn quiet_says_problems_and_nothing_else() {
    let project = project(&[("good.html", own_page()), ("bad.html", doubtful_page())]);
    let run = project.run(["import", "good.html", "-q"]);
    assert_eq!((said(&run, 0), run.stdout.as_str()), ("", ""));
    let run = project.run(["import", "bad.html", "-q"]);
    let said = said(&run, 1);
    assert!(said.contains("错误[import-row-missing]") && !said.contains("已生成"), "{said}");
    assert_eq!(run.stdout, "");
}

#[test]
fn form_organ_year_and_out_are_followed() {
    let project = project(&[("page.html", doubtful_page())]);
    let args =
        ["import", "page.html", "--form", "zfxxgk", "--organ", "乙局", "--year", "2019", "--out", "other/x.toml", "-q"];
    let run = project.run(args);
    let said = said(&run, 1);
    assert!(said.contains("import-identity") && said.contains("2024") && said.contains("2019"), "{said}");
    assert!(said.contains("某市人民政府") && said.contains("乙局"), "{said}");
    let facts: toml::Table = String::from_utf8(project.read("other/x.toml")).expect("UTF-8").parse().expect("TOML");
    assert_eq!(facts["year"].as_integer(), Some(2019));
    assert_eq!(facts["organ"]["name"].as_str(), Some("乙局"));
    assert!(!project.path("reports").exists());
    // Another form finds none of its tables.
    let run = project.run(["import", "page.html", "--form", "foia", "--out", "y.toml"]);
    assert!(run.status == 2 && run.stderr.contains("import-table-missing"), "{}", run.stderr);
    let run = project.run(["import", "page.html", "--form", "nobody", "--out", "y.toml"]);
    assert!(run.status > 0 && run.stderr.contains("错误[unknown-form]"), "{}", run.stderr);
    assert!(!project.path("y.toml").exists());
}

#[test]
fn a_trace_says_where_each_fact_was_read() {
    let report = Report::random(&mut Rng::with_seed(22));
    let project = project(&[("page.html", page::html(&report.pieces()))]);
    project.run(["import", "page.html", "--trace", "trace.json"]);
    let trace: serde_json::Value = serde_json::from_slice(&project.read("trace.json")).expect("JSON");
    assert_eq!(trace["file"], "page.html");
    assert_eq!(trace["blake3"], blake3::hash(&project.read("page.html")).to_hex().as_str());
    assert_eq!(
        (&trace["form"], &trace["organ"], &trace["year"]),
        (&"zfxxgk".into(), &"某市人民政府".into(), &2024.into())
    );
    assert_eq!(trace["count"]["read"], 200);
    let facts = trace["facts"].as_array().expect("facts");
    let of = |key: &str| facts.iter().find(|fact| fact["key"] == key).unwrap_or_else(|| panic!("{key}"));
    let one = of("requests.results.denied.third_party.legal");
    assert_eq!(
        one["value"].as_str(),
        report.truth.get("requests.results.denied.third_party.legal").map(String::as_str)
    );
    assert_eq!(one["raw"], one["value"]);
    // The table is the second, its row the eleventh; in it the figure is in the eighth of ten columns.
    assert_eq!(one["place"], "table 2 r11 c8");
    assert_eq!(one["row_label"], "4.保护第三方合法权益");
    assert!(one["column_label"].as_str().is_some_and(|label| label.ends_with("法律服务机构")), "{one}");
    assert_eq!((&one["how"], &one["sure"]), (&"label".into(), &true.into()));
    assert!(report.truth.keys().all(|key| of(key)["sure"] == true));
}

#[test]
fn what_is_there_is_never_overwritten() {
    let project = project(&[("page.html", own_page())]);
    let facts = "reports/示例县人民政府办公室/2025.toml";
    project.write(facts, "mine");
    let run = project.run(["import", "page.html"]);
    assert!(
        run.status == 2 && run.stderr.contains("错误[already-exists]") && run.stderr.contains(facts),
        "{}",
        run.stderr
    );
    assert_eq!(project.read(facts), b"mine");
    assert!(!project.path("schemas").exists(), "nothing else is written either");
    project.write("trace.json", "mine");
    let run = project.run(["import", "page.html", "--out", "new.toml", "--trace", "trace.json"]);
    assert!(
        run.status == 2 && run.stderr.contains("错误[already-exists]") && run.stderr.contains("trace.json"),
        "{}",
        run.stderr
    );
    assert_eq!(project.read("trace.json"), b"mine");
    assert!(!project.path("new.toml").exists());
    project.write("schemas/wznb.json", "mine");
    said(&project.run(["import", "page.html", "--out", "new.toml"]), 0);
    assert_eq!(project.read("schemas/wznb.json"), b"mine");
    // The trace may not take the place of the facts.
    let run = project.run(["import", "page.html", "--out", "same.toml", "--trace", "same.toml"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_there() {
    let project = project(&[("page.html", own_page())]);
    std::os::unix::fs::symlink("nowhere.toml", project.path("link.toml")).expect("a link");
    let run = project.run(["import", "page.html", "--out", "link.toml"]);
    assert!(run.status == 2 && run.stderr.contains("already-exists"), "{}", run.stderr);
    assert!(!project.path("nowhere.toml").exists());
}

#[test]
fn without_a_project_the_place_must_be_said() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.html"), own_page()).expect("a file");
    let project = Project::new();
    let run = |args: &[&str]| Run::of(project.command().current_dir(folder.path()).args(args));
    let first = run(&["import", "page.html"]);
    assert!(first.status == 2 && first.stderr.contains("错误["), "{}", first.stderr);
    said(&run(&["import", "page.html", "--dry-run", "--out", "a.toml"]), 0);
    said(&run(&["import", "page.html", "--out", "a.toml"]), 0);
    let files = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(files, ["a.toml", "page.html"]);
}

#[test]
fn an_organ_that_can_be_no_folder_needs_a_place() {
    let project = project(&[("page.html", own_page())]);
    for organ in ["甲/乙", "..", ".甲", "甲\\乙", "CON", "甲:乙"] {
        let run = project.run(["import", "page.html", "--organ", organ]);
        assert!(run.status == 2 && run.stderr.contains("错误[import-identity]"), "{organ}: {}", run.stderr);
        assert!(!project.path("reports").exists() && !project.path("schemas").exists(), "{organ}");
    }
    let run = project.run(["import", "page.html", "--organ", "甲/乙", "--out", "a.toml"]);
    assert!(run.status <= 1 && project.path("a.toml").exists(), "{}", run.stderr);
}

#[test]
fn a_title_without_organ_or_year_must_be_helped() {
    let report = Report::random(&mut Rng::with_seed(23));
    let titled = |title: &str| {
        let mut pieces = report.pieces();
        pieces[0] = page::Piece::Words(title.to_owned());
        page::html(&pieces)
    };
    let pages = [("none.html", titled("工作年度报告")), ("year.html", titled("2024年政府信息公开工作年度报告"))];
    let project = project(&pages);
    let run = project.run(["import", "none.html"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    for option in ["--organ", "--year"] {
        assert!(run.stderr.contains("错误[import-identity]") && run.stderr.contains(option), "{}", run.stderr);
    }
    let run = project.run(["import", "year.html"]);
    assert!(run.status == 2 && run.stderr.contains("--organ") && !run.stderr.contains("--year"), "{}", run.stderr);
    assert_eq!(project.files(), ["nianbao.toml", "none.html", "year.html"]);
    let run = project.run(["import", "year.html", "--organ", "甲局"]);
    assert!(run.status <= 1 && project.path("reports/甲局/2024.toml").exists(), "{}", run.stderr);
}

#[test]
fn problems_as_data_point_into_the_facts_that_were_written() {
    let project = project(&[("page.html", doubtful_page())]);
    let run = project.run(["import", "page.html", "--message-format", "json"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let problems: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let missing = problems.iter().find(|problem| problem["code"] == "import-row-missing").expect("the row");
    let label = &missing["labels"][0];
    let name = "reports/某市人民政府/2024.toml";
    assert_eq!(label["file"], name, "{missing}");
    let facts = String::from_utf8(project.read(name)).expect("UTF-8");
    let line = usize::try_from(label["line"].as_u64().expect("a line")).expect("a line");
    let shown = facts.lines().nth(line - 1).expect("the line");
    let row = facts.lines().position(|line| line.contains("safety_stability")).expect("the row is named") + 1;
    assert!(line.abs_diff(row) <= 12, "line {line} is `{shown}`, the row stands in line {row}");

    let run = project.run(["import", "page.html", "--out", "again.toml", "--message-format", "sarif"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let missing = results.iter().find(|result| result["ruleId"] == "import-row-missing").expect("the row");
    let place = &missing["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "again.toml");
    let line = usize::try_from(place["region"]["startLine"].as_u64().expect("a line")).expect("a line");
    assert!((1..=facts.lines().count()).contains(&line));
}

#[test]
fn a_refusal_is_told_as_data_too() {
    let project = project(&[("page.html", b"<p>words</p>".to_vec())]);
    let run = project.run(["import", "page.html", "--out", "a.toml", "--message-format", "json"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    let problem: serde_json::Value = serde_json::from_str(run.stdout.trim_end()).expect("one object");
    assert_eq!(problem["code"], "import-table-missing");
    project.write("b.pdf", "%PDF-1.7\n");
    let run = project.run(["import", "b.pdf", "--out", "a.toml", "--message-format", "json"]);
    let problem: serde_json::Value = serde_json::from_str(run.stdout.trim_end()).expect("one object");
    assert_eq!(problem["code"], "import-unreadable");
}
