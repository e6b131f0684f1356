//! What the organs' cells come to: figures, figures that do not apply, blanks, words and what cannot be added up; and what is said where
//! the government writes another figure.

use std::path::Path;

use nianbao::form::{Form, files};
use nianbao::schema;
use serde_json::{Value, json};

use super::{FORM, OWN, cells, figure, government, loaded, office, organ, told, two};
use crate::support::{Project, text};

const BOTH: &str = "organs = [\"甲局\", \"乙局\"]";

/// A government of organs with these cells.
fn of(organs: &[&str], own: &str) -> Project {
    let project = office();
    for (number, cells) in organs.iter().enumerate() {
        project.write(&format!("reports/市/{number}/2025.toml"), organ(&format!("{number}局"), cells));
    }
    project.write("reports/市/2025.toml", government("市", "organs = [\"市/*\"]", own));
    project
}

/// What is said of the government, each problem with its place in its own file, its code and its words.
fn said(project: &Project, organ: &str) -> Vec<String> {
    let problems = loaded(project, organ, 2025).map_or_else(|problems| problems, |loaded| loaded.problems);
    let root = format!("{}/reports/{organ}/2025.toml:", project.root().canonicalize().expect("a folder").display());
    told(&problems).iter().map(|line| line.replace(&root, "")).collect()
}

#[test]
fn each_cell_that_is_not_written_is_the_sum() {
    let project = two(BOTH, OWN);
    for (key, sum) in [
        ("staff", "4"),
        ("budget", "10"),
        ("cases.small.open", "11"),
        ("cases.small.closed", "22"),
        ("cases.small.all", "33"),
        ("cases.large.open", "0"),
        ("cases.every.all", "33"),
        ("cases.small.cost", "3.75"),
        ("cases.every.cost", "3.75"),
        ("cases.small.days", "4"),
        ("extra.visits", "2"),
        ("extra.delay", "1.0"),
        ("extra.own", "1"),
    ] {
        assert_eq!(figure(&project, "市", key), sum, "{key}");
    }
    project.build(&["--format", "html"]);
    let page = String::from_utf8(project.read("build/市/2025.html")).expect("UTF-8");
    assert!(page.contains(">3.75</td>") && page.contains(">33</td>"), "{page}");
}

/// What the form keeps or asks for is the government's own, and what it asks for is not 0 because `rest` says so.
#[test]
fn rest_never_stands_for_a_sum_or_for_what_cannot_be_added_up() {
    let own = "cases = { rest = 0, small.days = 4, large.days = \"<1\" }\nextra = { rest = 0 }";
    let project = two(BOTH, own);
    assert_eq!(figure(&project, "市", "cases.small.open"), "11");
    assert_eq!(figure(&project, "市", "cases.large.days"), "<1");
    assert_eq!(figure(&project, "市", "extra.delay"), "1.0");
    assert_eq!(figure(&project, "市", "extra.own"), "0");
    let missing = "missing: cases.small.days (小·中位天数), cases.large.days (大·中位天数)";
    let project = two(BOTH, "cases = { rest = 0 }\nextra = { rest = 0 }");
    assert_eq!(said(&project, "市"), [format!("4:1 missing-value: {missing}")]);
    let project = two(BOTH, "cases = { small.days = 1 }\nextra = { own = 1 }");
    assert_eq!(said(&project, "市"), ["4:1 missing-value: missing: cases.large.days (大·中位天数)"]);
    // Where nothing of a table is written, it is missed where the file begins.
    let project = two(BOTH, "extra.own = 1");
    assert_eq!(said(&project, "市"), [format!("1:1 missing-value: {missing}")]);
    // A blank that cannot be added up is asked for once an organ has a figure there.
    let median = cells(1, 2, "0").replace("own = 7", "own = 7, median = 3");
    let project = of(&[&cells(1, 2, "0"), &median], OWN);
    assert_eq!(said(&project, "市"), ["7:10 missing-value: missing: extra.median (中位数·数)"]);
    let project = of(&[&cells(1, 2, "0"), &median], &OWN.replace("own = 1", "own = 1, median = 2"));
    assert_eq!(said(&project, "市"), Vec::<String>::new());
}

#[test]
fn words_in_the_place_of_a_figure_must_be_answered_by_the_government() {
    let words = cells(1, 2, "0").replace("delay = 0.5", "delay = \"<1\"");
    let project = of(&[&cells(1, 2, "0"), &words], OWN);
    assert_eq!(said(&project, "市"), ["7:10 missing-value: missing: extra.delay (延误·数)"]);
    for (language, note) in [("zh", "1局写的是“<1”，不能相加"), ("en", "1局 says `<1`, which cannot be added up")]
    {
        let run = project.run(["--lang", language, "check", "reports/市/2025.toml"]);
        assert!(run.status == 1 && run.stderr.contains(note), "{}", run.stderr);
    }
    for written in ["2", "\"<1\"", "\"/\""] {
        let own = OWN.replace("own = 1", &format!("own = 1, delay = {written}"));
        assert_eq!(said(&of(&[&cells(1, 2, "0"), &words], &own), "市"), Vec::<String>::new(), "{written}");
    }
}

#[test]
fn what_does_not_apply_to_any_organ_does_not_apply_to_the_government() {
    let none = cells(1, 2, "0").replace("delay = 0.5", "delay = \"/\"").replace("visits = 1", "visits = \"/\"");
    assert_eq!(figure(&of(&[&none, &none], OWN), "市", "extra.delay"), "/");
    assert_eq!(figure(&of(&[&none, &cells(1, 2, "0")], OWN), "市", "extra.delay"), "0.5");
    assert_eq!(figure(&of(&[&none, &none], OWN), "市", "extra.visits"), "/");
    let written = |own: &str| OWN.replace("own = 1", &format!("own = 1, delay = {own}"));
    assert_eq!(said(&of(&[&none, &none], &written("\"/\"")), "市"), Vec::<String>::new());
    assert_eq!(said(&of(&[&none, &none], &written("0")), "市"), Vec::<String>::new());
    let differs = "5:28 differs-from-organs: extra.delay (延误·数) is not the sum of the organs'";
    assert_eq!(said(&of(&[&none, &none], &written("0.5")), "市"), [differs]);
    assert_eq!(said(&of(&[&none, &cells(1, 2, "0")], &written("\"/\"")), "市"), [differs]);
}

#[test]
fn a_blank_in_every_organ_stays_blank() {
    let blank = cells(1, 2, "0").replace("visits = 1, ", "");
    let empty = cells(1, 2, "0").replace("visits = 1", "visits = \"\"");
    let zero = cells(1, 2, "0").replace("visits = 1", "visits = 0");
    assert_eq!(figure(&of(&[&blank, &empty], OWN), "市", "extra.visits"), "");
    assert_eq!(figure(&of(&[&blank, &zero], OWN), "市", "extra.visits"), "0");
    assert_eq!(figure(&of(&[&blank, &cells(1, 2, "0")], OWN), "市", "extra.visits"), "1");
    let own = OWN.replace("own = 1", "own = 1, visits = \"\"");
    assert_eq!(figure(&of(&[&blank, &cells(1, 2, "0")], &own), "市", "extra.visits"), "1");
}

#[test]
fn sums_keep_every_digit() {
    let cost = |number: &str| cells(1, 2, number);
    let costs = |numbers: &[&str]| {
        let organs: Vec<String> = numbers.iter().map(|number| cost(number)).collect();
        of(&organs.iter().map(String::as_str).collect::<Vec<_>>(), OWN)
    };
    assert_eq!(figure(&costs(&["1.5", "2.25"]), "市", "cases.small.cost"), "3.75");
    assert_eq!(figure(&costs(&["0.1", "0.2", "0"]), "市", "cases.small.cost"), "0.3");
    assert_eq!(figure(&costs(&["1.50", "2.5"]), "市", "cases.small.cost"), "4.00");
    assert_eq!(figure(&costs(&["999999999999998", "1"]), "市", "cases.small.cost"), "999999999999999");
    let said_of = |numbers: &[&str]| said(&costs(numbers), "市");
    let too_large =
        "7:10 number-too-large: the sum of cases.small.cost (小·费用) has more than 15 digits, or too many decimals";
    assert_eq!(said_of(&["999999999999999", "1"]), [too_large]);
    assert_eq!(said_of(&["999999999999999", "0.00000000000000000001"]), [too_large]);
    let most = vec!["999999999999999"; 200];
    assert_eq!(said_of(&most), [too_large]);
}

#[test]
fn a_figure_that_is_not_the_sum_is_told_with_every_part_and_may_be_accepted() {
    let own = "staff = 5\ncases = { small = { open = 12, all = 34, days = 4 }, large.days = 0 }\nextra = { own = 1 }";
    let project = two(BOTH, own);
    assert_eq!(
        said(&project, "市"),
        [
            "4:9 differs-from-organs: staff (人数) is not the sum of the organs'",
            "5:28 differs-from-organs: cases.small.open (小·未结) is not the sum of the organs'",
        ]
    );
    for (language, words) in [
        ("zh", ["写的是 12，2 个机关之和是 11，相差 1", "其中：甲局 1，乙局 10"]),
        ("en", ["stated 12, the sum of 2 organs is 11, difference 1", "of these: 甲局 1, 乙局 10"]),
    ] {
        let run = project.run(["--lang", language, "check", "reports/市/2025.toml"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(words.iter().all(|words| run.stderr.contains(words)), "{}", run.stderr);
        let denied = project.run(["--lang", language, "check", "reports/市/2025.toml", "--deny", "warnings"]);
        assert_eq!(denied.status, 1);
    }
    let accept =
        |key: &str| format!("\n[[accept]]\ncheck = \"differs-from-organs\"\nkey = \"{key}\"\nreason = \"含借调\"\n");
    let facts = String::from_utf8(project.read("reports/市/2025.toml")).expect("UTF-8");
    project.write("reports/市/2025.toml", facts.clone() + &accept("staff"));
    assert_eq!(
        said(&project, "市"),
        ["5:28 differs-from-organs: cases.small.open (小·未结) is not the sum of the organs'"]
    );
    project.write("reports/市/2025.toml", facts + &accept("staff") + &accept("cases.small.open"));
    assert_eq!(said(&project, "市"), Vec::<String>::new());
    assert_eq!(figure(&project, "市", "cases.small.all"), "34");
}

/// A total that does not hold is the total's fault: the organs' own hold.
#[test]
fn a_total_that_is_written_wrong_is_told_with_the_edit() {
    let project = two(BOTH, "cases = { small = { all = 35, days = 4 }, large.days = 0 }\nextra = { own = 1 }");
    assert_eq!(said(&project, "市"), ["4:27 wrong-total: cases.small.all (小·合计) is not the sum of its parts"]);
    let run = project.run(["--lang", "en", "check", "reports/市/2025.toml"]);
    assert!(run.stderr.contains("change 35 to 33"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("organs = ").count(), 1, "the list of organs is shown once: {}", run.stderr);
    assert!(!run.stderr.contains("differs-from-organs"), "{}", run.stderr);
    // No edit of a figure may go into the list of organs.
    for args in [&["check", "--fix"][..], &["check"]] {
        assert_eq!(project.run(args.iter().chain(&["市"])).status, 1);
        assert!(String::from_utf8(project.read("reports/市/2025.toml")).expect("UTF-8").contains(BOTH));
    }
}

#[test]
fn rules_between_figures_hold_for_sums_and_point_at_the_list() {
    let project = two(BOTH, OWN);
    for (name, open) in [("甲局", 1), ("乙局", 2)] {
        let last = organ(name, &cells(open, 0, "0")).replace("year = 2025", "year = 2024");
        project.write(&format!("reports/{name}/2024.toml"), last);
    }
    let last = government("市", BOTH, OWN).replace("year = 2025", "year = 2024");
    project.write("reports/市/2024.toml", &last);
    assert_eq!(said(&project, "市"), Vec::<String>::new());
    // 40 were open last year, and 33 are open or closed now.
    let many = last.replace("small.days = 4", "small.days = 4, small.open = 40");
    project.write("reports/市/2024.toml", many);
    assert_eq!(said(&project, "市"), ["7:10 carried: what was open last year is open or closed now"]);
    project.write("reports/乙局/2024.toml", "form = \"tally\"\nyear = 2024\n");
    let run = project.run(["--lang", "en", "check", "reports/市/2025.toml"]);
    assert!(run.status == 0 && run.stderr.contains("warning[last-year]"), "{}", run.stderr);
}

/// A byte order mark, Windows line ends and the order of the statements change nothing.
#[test]
fn files_of_windows_add_up_like_all_others() {
    let project = two(BOTH, OWN);
    for name in ["甲局", "乙局", "市"] {
        let file = format!("reports/{name}/2025.toml");
        let facts = String::from_utf8(project.read(&file)).expect("UTF-8");
        project.write(&file, format!("\u{feff}{}", facts.replace('\n', "\r\n")));
    }
    assert_eq!(said(&project, "市"), Vec::<String>::new());
    assert_eq!(figure(&project, "市", "cases.small.all"), "33");
}

/// As a draft, a government is shown by the organs that have reported, and says so.
#[test]
fn a_draft_has_the_sums_of_the_organs_that_are_there() {
    let own = "cases = { small = { open = 5, days = 4 }, large.days = 0 }\nextra = { own = 1 }";
    let project = two("organs = [\"甲局\", \"乙局\", \"丙局\"]", own);
    project.write("nianbao.toml", "organs = [\"丙局\"]");
    let missing = ["7:23 organ-missing: organs without facts of 2025: 1 (丙局)"];
    assert_eq!(said(&project, "市"), missing, "nothing is said of figures that are not whole");
    let accept = "[[accept]]\ncheck = \"differs-from-organs\"\nkey = \"cases.small.open\"\nreason = \"含借调\"\n";
    let facts = project.read("reports/市/2025.toml");
    project.write("reports/市/2025.toml", [facts, accept.into()].concat());
    assert_eq!(said(&project, "市"), missing, "nor of what is accepted of them");
    let run = project.run(["build", "市", "--draft", "--format", "html"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let name =
        project.files().into_iter().find(|name| name.contains("draft") && name.ends_with("html")).expect("a draft");
    let page = String::from_utf8(project.read(&name)).expect("UTF-8");
    assert!(page.contains(">3.75</td>") && page.contains(">5</td>"), "{page}");
}

fn form(name: &str) -> Form {
    let templates = crate::support::repository().join("tests/organs/templates");
    files::load(name, Some(Path::new(&templates)), None).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
        toml::Value::Array(list) => list.iter().map(as_json).collect(),
        toml::Value::Datetime(date) => json!(date.to_string()),
        other => serde_json::to_value(other).expect("JSON"),
    }
}

/// Takes out of facts every figure that the form adds up, and the totals.
fn without_sums(form: &Form, facts: &mut toml::Table, above: &str) {
    let keys: Vec<String> = facts.keys().cloned().collect();
    for name in keys {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match facts.get_mut(&name) {
            Some(toml::Value::Table(inner)) => {
                without_sums(form, inner, &key);
                if inner.is_empty() {
                    facts.remove(&name);
                }
            }
            _ if form.keys.get(&key).is_some_and(|known| known.adds_up() || !known.sums.is_empty())
                || name == "rest" =>
            {
                facts.remove(&name);
            }
            _ => {}
        }
    }
}

/// What editors say by the schema is what the program says: with organs, their sums need not be written; without, they must be.
#[test]
fn the_schema_asks_for_sums_only_where_nothing_is_consolidated() {
    let mine = organ("甲局", &cells(1, 2, "1.5"));
    for (name, facts) in [
        ("zfxxgk", text("templates/zfxxgk/example.toml")),
        ("wznb", text("templates/wznb/example.toml")),
        ("foia", text("templates/foia/example.toml")),
        (FORM, mine),
    ] {
        let form = form(name);
        let validator = jsonschema::draft202012::new(&schema::of(&form)).expect("a schema");
        let mut facts: toml::Table = facts.parse().expect("TOML");
        assert!(validator.is_valid(&as_json(&toml::Value::Table(facts.clone()))), "{name}");
        without_sums(&form, &mut facts, "");
        if name == FORM {
            let cases: toml::Table = OWN.parse().expect("TOML");
            facts.extend(cases);
        }
        assert!(!validator.is_valid(&as_json(&toml::Value::Table(facts.clone()))), "{name}: sums are asked for");
        let consolidates: toml::Table = "organs = [\"甲局\"]".parse().expect("TOML");
        facts.insert("consolidates".to_owned(), toml::Value::Table(consolidates));
        let value = as_json(&toml::Value::Table(facts.clone()));
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        for wrong in
            ["organs = []", "organs = [1]", "organs = ['甲局']\nwithout = [{ organ = '甲局' }]", "organ = ['甲局']"]
        {
            facts.insert("consolidates".to_owned(), toml::Value::Table(wrong.parse().expect("TOML")));
            assert!(!validator.is_valid(&as_json(&toml::Value::Table(facts.clone()))), "{name}: {wrong}");
        }
    }
}
