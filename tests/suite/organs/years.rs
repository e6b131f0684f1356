//! What commands do with the facts and pages of a government: next year's, the differences between years, edits, drafts, and whether a
//! page is of today's facts.

use std::fs;

use nianbao::facts::edit::{self, Change};
use nianbao::form::files;
use nianbao::report::Value;
use serde_json::Value as Json;

use super::{FORM, OWN, cells, figure, government, organ, two};
use crate::support::{Project, repository};

const BOTH: &str = "organs = [\"甲局\", \"乙局\"]";

fn read(project: &Project, name: &str) -> String {
    String::from_utf8(project.read(name)).expect("UTF-8")
}

fn json(project: &Project, name: &str) -> Json {
    serde_json::from_slice(&project.read(name)).expect("JSON")
}

/// The organs and the government of the years before too, with so many small cases open each year.
fn years(project: &Project, open: &[(u16, u32)]) {
    for (year, open) in open {
        let of = |facts: String| facts.replace("2025", &year.to_string());
        for name in ["甲局", "乙局"] {
            project.write(&format!("reports/{name}/{year}.toml"), of(organ(name, &cells(*open, 90, "0"))));
        }
        project.write(&format!("reports/市/{year}.toml"), of(government("市", BOTH, OWN)));
    }
}

const WITH_COMMENTS: &str = "# 机构改革后的名单，由办公室核对
[consolidates]
organs = [
  \"甲局\",   # 原一局
  \"乙局\",
]

# 筹建中
[[consolidates.without]]
organ = \"乙局\" # 明年报
reason = \"2025年6月成立，不满一年\"
";

#[test]
fn next_year_has_the_same_organs_and_none_of_their_sums() {
    let own = "cases = { small = { open = 2, closed = 2, days = 4 }, large.days = 0 }\nextra = { own = 1 }";
    let accept = "\n[[accept]]\ncheck = \"differs-from-organs\"\nkey = \"cases.small.open\"\nreason = \"含借调\"\n";
    let project = two(BOTH, own);
    let facts = read(&project, "reports/市/2025.toml");
    let facts = facts.replace(&format!("[consolidates]\n{BOTH}\n"), WITH_COMMENTS) + accept;
    project.write("reports/市/2025.toml", &facts);
    let run = project.run(["check", "reports/市/2025.toml"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = project.run(["roll", "市"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let next = read(&project, "reports/市/2026.toml");
    assert!(next.contains(WITH_COMMENTS), "{next}");
    assert!(!next.contains("accept"), "{next}");
    let table: toml::Table = next.parse().expect("TOML");
    assert_eq!(table["year"].as_integer(), Some(2026));
    // What was open in small cases is closed in the next year of an organ; a government's is the sum.
    assert!(!table.contains_key("cases"), "{next}");
    // What each keeps for itself is taken over.
    assert_eq!(table["extra"]["own"].as_integer(), Some(1));
    let organ = project.run(["roll", "甲局", "--dry-run"]);
    assert!(organ.stdout.contains("closed = 1"), "{}{}", organ.stdout, organ.stderr);
    for written in [
        "consolidates.organs = [\"甲局\", \"乙局\"] # 名单",
        "consolidates = { organs = [\"甲局\"], without = [] } # 名单",
    ] {
        let facts =
            government("市", BOTH, &format!("{OWN}\n{written}")).replace(&format!("[consolidates]\n{BOTH}\n"), "");
        project.write("reports/市/2025.toml", facts);
        fs::remove_file(project.path("reports/市/2026.toml")).expect("removed");
        assert_eq!(project.run(["roll", "市"]).status, 0);
        let next = read(&project, "reports/市/2026.toml");
        assert!(next.contains(written), "{next}");
    }
}

#[test]
fn laying_out_loses_nothing_and_ends() {
    let project = two(BOTH, OWN);
    let facts = read(&project, "reports/市/2025.toml");
    let facts = facts.replace(&format!("[consolidates]\n{BOTH}\n"), WITH_COMMENTS).replace("organs = [", "organs   =[");
    project.write("reports/市/2025.toml", &facts);
    assert_eq!(project.run(["fmt"]).status, 0);
    let once = read(&project, "reports/市/2025.toml");
    assert_ne!(once, facts);
    assert_eq!(once.parse::<toml::Table>(), facts.parse::<toml::Table>());
    for comment in ["# 机构改革后的名单，由办公室核对", "# 原一局", "# 筹建中", "# 明年报"] {
        assert!(once.contains(comment), "{comment}\n{once}");
    }
    let again = project.run(["fmt", "--check"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    assert_eq!(figure(&project, "市", "cases.small.open"), "1");
}

#[test]
fn two_years_differ_by_their_sums() {
    let project = two(BOTH, OWN);
    years(&project, &[(2024, 3)]);
    let run = project.run(["diff", "reports/市/2024.toml", "reports/市/2025.toml", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let said: Json = serde_json::from_str(&run.stdout).expect("JSON");
    let figures = said["figures"].as_array().expect("figures");
    let open = figures.iter().find(|figure| figure["key"] == "cases.small.open").expect("the cell");
    assert_eq!((&open["before"], &open["after"], &open["difference"]), (&"6".into(), &"11".into(), &"+5".into()));
}

#[test]
fn an_edit_writes_a_cell_that_was_summed() {
    let project = two(BOTH, OWN);
    let form = files::load(FORM, Some(&repository().join("tests/organs/templates")), None).expect("the form");
    let facts = government("市", BOTH, "# 以下由办公室填写\nextra.own = 1");
    let set = |key: &str, number: i64| Change::Set(key.to_owned(), Value::Figure(number.into()));
    let changes =
        [set("staff", 4), set("cases.small.open", 11), set("cases.small.days", 2), set("cases.large.days", 0)];
    let edited = edit::apply("2025.toml", facts.as_bytes(), &form, &changes).expect("edited");
    let edited = String::from_utf8(edited.bytes).expect("UTF-8");
    assert!(edited.contains("# 以下由办公室填写") && edited.contains(&format!("[consolidates]\n{BOTH}\n")), "{edited}");
    project.write("reports/市/2025.toml", &edited);
    let run = project.run(["check", "reports/市/2025.toml"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{edited}");
    for change in [Change::Remove("consolidates".to_owned()), Change::CommentOut("consolidates.organs".to_owned())] {
        assert!(edit::apply("2025.toml", edited.as_bytes(), &form, &[change]).is_err());
    }
    let removed =
        edit::apply("2025.toml", edited.as_bytes(), &form, &[Change::Remove("staff".to_owned())]).expect("edited");
    project.write("reports/市/2025.toml", removed.bytes);
    assert_eq!(figure(&project, "市", "staff"), "4");
}

/// What is mended below is in order for those above, whichever comes first.
#[test]
fn fixes_of_organs_mend_their_governments() {
    let project = two("organs = [\"甲局\", \"乙局\"]", OWN);
    // In order of path, one government comes before its organs and the other after them.
    project.write("reports/上/2025.toml", government("上", "organs = [\"市\"]", OWN));
    let facts = organ("甲局", &cells(1, 2, "1.5")).replace("staff = 2", "staff = \"2\"");
    project.write("reports/甲局/2025.toml", facts);
    let dry = project.run(["check", "--fix", "--dry-run"]);
    assert_eq!(dry.status, 1, "{}", dry.stderr);
    assert_eq!(project.run(["check"]).stderr.matches("错误[organ-wrong]").count(), 2);
    let run = project.run(["check", "--fix"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("已改正 1 处"), "{}", run.stdout);
}

#[test]
fn a_page_is_verified_by_the_facts_of_every_organ() {
    let project = two(BOTH, OWN);
    project.build(&["--format", "html"]);
    assert_eq!(project.run(["verify", "市"]).status, 0);
    let facts = read(&project, "reports/乙局/2025.toml");
    project.write("reports/乙局/2025.toml", facts.replace("open = 10", "open = 9"));
    for (language, said) in [("zh", "各机关的事实"), ("en", "facts of organs")] {
        let run = project.run(["--lang", language, "verify", "市"]);
        assert_eq!(run.status, 1);
        assert!(run.stdout.contains(said) && run.stdout.contains("reports/乙局/2025.toml"), "{}", run.stdout);
    }
    project.build(&["--format", "html"]);
    assert_eq!(project.run(["verify"]).status, 0);
    // An organ that comes later counts in the page too.
    project.write("reports/市/2025.toml", government("市", "organs = [\"?局\"]", OWN));
    project.build(&["--format", "html"]);
    project.write("reports/丙局/2025.toml", organ("丙局", &cells(1, 1, "0")));
    assert_eq!(project.run(["verify", "市"]).status, 1);
}

#[test]
fn charts_draw_on_the_organs_of_every_year() {
    let project = two(BOTH, OWN);
    years(&project, &[(2023, 5), (2024, 3)]);
    project.build(&["市/2025.toml", "--format", "html", "--charts"]);
    let page = read(&project, "build/市/2025.html");
    for open in ["10", "6", "11"] {
        assert!(page.contains(&format!("</span> {open}</td>")), "{open}\n{page}");
    }
    let organs = json(&project, "build/市/2025.json")["inputs"]["organs"].clone();
    let files: Vec<&str> =
        organs.as_array().expect("organs").iter().filter_map(|piece| piece["file"].as_str()).collect();
    let of = |year: u16| ["甲局", "乙局"].map(|name| format!("reports/{name}/{year}.toml"));
    assert_eq!(files, [of(2025), of(2024), of(2023)].concat());
    let unchanged = |charts: &[&str]| {
        let args = ["build", "市/2025.toml", "--format", "html", "--summary", "summary.json"];
        assert_eq!(project.run(args.iter().chain(charts)).status, 0);
        json(&project, "summary.json")["unchanged"] == 1
    };
    assert!(unchanged(&["--charts"]));
    let facts = read(&project, "reports/甲局/2023.toml");
    project.write("reports/甲局/2023.toml", facts.replace("open = 5", "open = 6"));
    assert!(!unchanged(&["--charts"]), "two years back counts in the chart");
    assert!(unchanged(&["--charts"]));
    // What is refused for a warning has pages of today's facts all the same.
    let refused = |own: &str| {
        project.write("reports/市/2025.toml", government("市", BOTH, own));
        assert_eq!(project.run(["build", "市/2025.toml", "--format", "html", "--charts"]).status, 0);
        project.run(["build", "市/2025.toml", "--format", "html", "--charts", "--deny", "warnings"])
    };
    let run = refused(&OWN.replace("small.days", "small.open = 12, small.days"));
    assert_eq!(run.status, 1);
    assert!(!(run.stdout.clone() + &run.stderr).contains("build/市/2025.html"), "{}{}", run.stdout, run.stderr);
    assert_eq!(json(&project, "build/市/2025.json")["stale"], false);
}

#[test]
fn a_new_government_starts_like_any_organ() {
    let project = two(BOTH, OWN);
    assert_eq!(project.run(["new", "县", "--form", FORM, "--year", "2025"]).status, 0);
    let facts = read(&project, "reports/县/2025.toml");
    let facts = format!("{facts}\n[consolidates]\n{BOTH}\n");
    project.write("reports/县/2025.toml", facts);
    let run = project.run(["--lang", "en", "check", "reports/县/2025.toml"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("days") && !run.stderr.contains("cases.small.open"), "{}", run.stderr);
}
