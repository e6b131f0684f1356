//! Accepted warnings: one place, one key or a whole check, and what is said of each. In: facts with two doubled words; out:
//! what `check` says in each language, and what the record of a build keeps.

use crate::support::{ENGINE, Project, Run, plain_facts};

/// A false alarm is not the matter here: two doubled words in one text and one in another.
fn facts(accept: &str) -> String {
    let facts = plain_facts();
    let management = facts.lines().find(|line| line.starts_with("management")).expect("a text").to_owned();
    let platform = facts.lines().find(|line| line.starts_with("platform")).expect("a text").to_owned();
    let facts = facts.replace(&management, "management = \"资料由专人专人保管，目录按月按月更新。\"");
    let facts = facts.replace(&platform, "platform = \"网站由专人专人维护。\"");
    format!("{facts}{accept}")
}

fn check(accept: &str, language: &str, more: &[&str]) -> Run {
    let project = Project::with(&facts(accept));
    project.run(["--lang", language, "check"].iter().chain(more))
}

fn doubled(run: &Run) -> usize {
    run.stderr.matches("[doubled-words]").count()
}

const ONE: &str = "\n[[accept]]\ncheck = \"doubled-words\"\nkey = \"overview.management\"\nfigure = \"专人专人\"\nreason = \"引文如此\"\n";
const KEY: &str = "\n[[accept]]\ncheck = \"doubled-words\"\nkey = \"overview.management\"\nreason = \"引文如此\"\n";
const ALL: &str = "\n[[accept]]\ncheck = \"doubled-words\"\nreason = \"引文如此\"\n";

#[test]
fn one_place_is_accepted_and_hides_no_other() {
    let before = doubled(&check("", "zh", &[]));
    assert!(before >= 3, "{before}");
    let run = check(ONE, "zh", &[]);
    assert_eq!((run.status, doubled(&run)), (0, before - 1), "{}", run.stderr);
    assert!(!run.stderr.contains("accepted-places"), "{}", run.stderr);
    assert!(run.stderr.contains("网站由专人专人维护"), "{}", run.stderr);
}

#[test]
fn what_covers_more_than_one_place_says_which() {
    let before = doubled(&check("", "zh", &[]));
    for (accept, covered, zh, en) in [
        (ALL, before, "这一条接受了 doubled-words 的全部 {} 处警告", "this accepts all {} warnings of doubled-words"),
        (
            KEY,
            before - 1,
            "这一条接受了 overview.management 中 doubled-words 的 {} 处警告",
            "this accepts {} warnings of doubled-words in overview.management",
        ),
    ] {
        for (language, level, said) in [("zh", "说明", zh), ("en", "note", en)] {
            // A note is nothing that could be denied.
            let deny: &[&str] = if covered == before { &["--deny", "warnings"] } else { &[] };
            let run = check(accept, language, deny);
            let said = format!("{level}[accepted-places]: {}", said.replace("{}", &covered.to_string()));
            assert!(run.stderr.contains(&said), "{said}\n{}", run.stderr);
            assert!(run.stderr.contains("key = \"overview.management\", figure = \"专人专人\""), "{}", run.stderr);
            assert_eq!((run.status, doubled(&run)), (0, before - covered), "{}", run.stderr);
        }
    }
}

/// What help says to write is TOML whatever stands at the place, and accepts that place alone.
#[test]
fn the_lines_that_help_gives_accept_the_place_that_they_are_of() {
    let facts = facts("").replace(
        "\"资料由专人专人保管，目录按月按月更新。\"",
        "'资料由<b class=\"甲\">专人</b>保管[^1]，目录按月更新。'",
    );
    let told = |accept: &str| {
        let run =
            Project::with(&format!("{facts}\n[[accept]]\ncheck = \"markup-left\"\nreason = \"引文如此\"\n{accept}"))
                .run(["check", "--message-format", "json"]);
        let told = run.stdout.lines().map(|line| line.parse::<serde_json::Value>().expect("JSON"));
        told.collect::<Vec<_>>()
    };
    let all = told("");
    let note = all.iter().find(|one| one["code"] == "accepted-places").expect("a note");
    let help = note["help"]["en"].as_str().expect("help").split_once(": ").expect("lines").1;
    let places: Vec<&str> = help.split(" | ").collect();
    assert_eq!(
        places,
        [
            "key = \"overview.management\", figure = '<b class=\"甲\">'",
            "key = \"overview.management\", figure = \"[^1]\""
        ]
    );
    for place in places {
        let one = told(&place.replace(", figure", "\nfigure"));
        assert!(
            !one.iter().any(|one| one["code"] == "unused-acceptance" || one["code"] == "accepted-places"),
            "{one:#?}"
        );
        assert_eq!(one.iter().filter(|one| one["code"] == "markup-left").count(), 1, "{one:#?}");
    }
}

/// The narrower one goes first, wherever it stands.
#[test]
fn a_wide_acceptance_leaves_the_narrow_ones_theirs() {
    let run = check(&format!("{ALL}{ONE}"), "en", &[]);
    assert!(!run.stderr.contains("unused-acceptance"), "{}", run.stderr);
    assert_eq!(doubled(&run), 0);
}

#[test]
fn an_acceptance_of_another_place_is_idle_and_says_where_the_warning_is() {
    let elsewhere = ONE.replace("management", "supervision");
    for (language, said) in [("zh", "doubled-words 的警告在别处"), ("en", "doubled-words warns elsewhere")] {
        let run = check(&elsewhere, language, &[]);
        assert!(run.stderr.contains("[unused-acceptance]") && run.stderr.contains(said), "{}", run.stderr);
        assert!(run.stderr.contains("key = \"overview.management\""), "{}", run.stderr);
    }
    assert_eq!(check(&elsewhere, "zh", &["--deny", "warnings"]).status, 1);
}

#[test]
fn a_figure_may_be_written_as_a_number() {
    let changed =
        plain_facts().replace("issued = 0, repealed = 0, in_force = 0", "issued = 3, repealed = 0, in_force = 0");
    let plain = Project::with(&changed).run(["--lang", "en", "check", "--message-format", "json"]);
    let object: serde_json::Value = plain
        .stdout
        .lines()
        .filter_map(|line| line.parse().ok())
        .find(|one: &serde_json::Value| one["code"] == "issued-in-force")
        .expect("a warning");
    let line = object["labels"][0]["line"].as_u64().expect("a line") as usize;
    let key = changed.lines().nth(line - 1).and_then(|line| line.split(' ').next()).expect("a key");
    let accept = |figure: &str| {
        format!(
            "{changed}\n[[accept]]\ncheck = \"issued-in-force\"\nkey = \"proactive.{key}.in_force\"\nfigure = {figure}\nreason = \"清理\"\n"
        )
    };
    for figure in ["0", "\"0\"", "\"０\""] {
        let run = Project::with(&accept(figure)).run(["check", "--message-format", "json"]);
        assert!(!run.stdout.contains("unused-acceptance"), "{figure}: {}", run.stdout);
    }
    // A row stands for its cells.
    let row = accept("0").replace(".in_force", "");
    let run = Project::with(&row).run(["check", "--message-format", "json"]);
    assert!(!run.stdout.contains("unused-acceptance"), "{}", run.stdout);
    let other = accept("0").replace("\"proactive.", "\"proactiv.");
    assert!(Project::with(&other).run(["check"]).stderr.contains("[unused-acceptance]"));
    assert!(Project::with(&accept("4")).run(["check"]).stderr.contains("[unused-acceptance]"));
}

#[test]
fn the_record_of_a_build_has_the_place() {
    let project = Project::with(&facts(ONE));
    project.build_in_spite_of_warnings(&["--engine", ENGINE, "--format", "html"]);
    let record: serde_json::Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("JSON");
    let expected = serde_json::json!([{
        "check": "doubled-words", "key": "overview.management", "figure": "专人专人", "reason": "引文如此",
    }]);
    assert_eq!(record["accepted"], expected);
}
