//! Messages have an end, are plain text on every terminal, and are never lost in silence.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Project, Run, plain_facts};

/// How wide an excerpt may be, with its margin, and what else a message says of a place beside it.
const WIDTH: usize = 180;

/// The facts of zeros with a text of the problems chapter.
fn with_prose(words: &str) -> String {
    let facts = plain_facts().replace("improvements = \"增加图解。\"", &format!("improvements = '''\n{words}\n'''"));
    assert!(facts.contains(words), "the text has its place");
    facts
}

/// A piece over and over, up to so many bytes.
fn repeated(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}

/// How wide text is on a terminal, near enough.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Nothing of it is obeyed by a terminal or by the log of a CI service.
fn assert_plain(shown: &str) {
    let is_obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert_eq!(shown.find(is_obeyed), None, "{shown:?}");
    for line in shown.lines().map(str::trim_start) {
        assert!(!line.starts_with("::") || line.starts_with("::: "), "{line}");
        assert!(!line.contains("##["), "{line}");
    }
}

/// Four times as much takes hardly more than four times as long, and says hardly more.
#[cfg(unix)]
#[test]
fn time_and_words_grow_no_faster_than_the_facts() {
    type Made = fn(usize) -> String;
    let inputs: [(&str, Made); 22] = [
        ("a spreadsheet", |n| repeated("机关,1,2,3,4\n", 4 * n)),
        ("no syntax at all", |n| repeated("= \n", 4 * n)),
        ("one line", |n| "a".repeat(4 * n)),
        ("words twice", |n| with_prose(&repeated("区区", n))),
        ("a year without a full stop", |n| with_prose(&repeated("2024年", n))),
        ("figures without a full stop", |n| with_prose(&repeated("2023年收到12件，", n))),
        ("what is to be written yet", |n| with_prose(&repeated("XX待补充TODO", n))),
        ("marks of last year", |n| with_prose(&repeated("【", n))),
        ("tags without an end", |n| with_prose(&repeated("<b", n))),
        ("items", |n| with_prose(&repeated("- 甲\n", n))),
        ("heads of tables", |n| with_prose(&repeated("|:|\n", n))),
        ("spaces", |n| with_prose(&format!("a{}字", repeated(" ", n)))),
        ("invisible characters", |n| with_prose(&repeated("字\u{200b}", n))),
        ("references to nothing", |n| with_prose(&repeated("{{ a.b }}", n))),
        ("braces", |n| with_prose(&repeated("{ a.b ", n))),
        ("characters without a face", |n| {
            let odd = |at: usize| char::from_u32(0xf_0000 + u32::try_from(at % 60_000).unwrap_or(0)).unwrap_or('x');
            with_prose(&(0..n / 4).map(odd).collect::<String>())
        }),
        ("unknown keys", |n| plain_facts() + &(0..n / 10).map(|at| format!("k{at} = 1\n")).collect::<String>()),
        ("keys written twice", |n| plain_facts() + &repeated("x = 1\n", n)),
        ("acceptances", |n| plain_facts() + &repeated("[[accept]]\ncheck = 'a'\nreason = 'b'\n", 4 * n)),
        ("statements on one line", |n| plain_facts() + "x = 1" + &repeated(" a = 1", 4 * n)),
        ("odd spaces and errors", |n| plain_facts() + &repeated("\u{3000}a = \n", n)),
        ("a long header", |n| format!("{}[a{}]\n{}", plain_facts(), repeated(".a", n), repeated("b = 1\n", n))),
    ];
    for (name, made) in inputs {
        let check = |n: usize| {
            let project = Project::with(&made(n));
            let (run, worked) = Run::timed(project.command().arg("check"));
            assert!(!run.stderr.contains("MiB"), "{name} is too much to be read: {}", run.stderr);
            (run.stdout.len() + run.stderr.len(), worked)
        };
        let (small, short) = check(60_000);
        let (large, long) = check(240_000);
        assert!(long < 6 * short + Duration::from_millis(500), "{name}: {short:?}, then {long:?}");
        assert!(large < small + 1_000 && large < 20_000, "{name}: {small} bytes, then {large}");
    }
}

#[test]
fn after_the_first_of_a_kind_the_others_are_counted() {
    let keys: String = (0..57).map(|at| format!("k{at} = 1\n")).collect();
    let project = Project::with(&(keys + &plain_facts()));
    let run = project.run(["check"]);
    assert_eq!((run.status, run.stderr.matches("错误[unknown-key]").count()), (1, 20), "{}", run.stderr);
    assert!(run.stderr.contains("2025.toml：另有 37 处 [unknown-key]"), "{}", run.stderr);
    let run = project.run(["check", "--lang", "en"]);
    assert!(run.stderr.contains("2025.toml: 37 more of [unknown-key]"), "{}", run.stderr);
    let run = project.run(["check", "--message-format", "json"]);
    assert_eq!(run.stdout.matches("\"code\":\"unknown-key\"").count(), 57);
    let run = project.run(["check", "--message-format", "sarif"]);
    assert_eq!(run.stdout.matches("\"ruleId\": \"unknown-key\"").count(), 57);
    // Of a text that is no TOML, the count is of all that was found: 200 keys without a value, 199 of them written before.
    let project = Project::with(&"a = \n".repeat(200));
    let run = project.run(["check"]);
    assert_eq!(run.stderr.matches("错误[toml-syntax]").count(), 20, "{}", run.stderr);
    assert!(run.stderr.contains("另有 379 处 [toml-syntax]；改正以上各处后再检查"), "{}", run.stderr);
}

#[test]
fn places_in_long_lines_are_shown_and_counted_where_they_are() {
    let long = "字".repeat(3_000);
    let project = Project::with(&format!("{}x = \"{long}\n{long}甲\" \ny = 1\n", plain_facts()));
    let run = project.run(["check"]);
    assert!(run.stderr.contains("一对引号里的文字写了几行") && run.stderr.contains("到这里才闭合"), "{}", run.stderr);
    let widest = run.stderr.lines().map(columns).max();
    assert!(widest < Some(WIDTH), "{widest:?}: {}", run.stderr);
    // The place of the first of two is that in the file.
    let project = Project::with(&format!("{}z = [{}, 甲]\n", plain_facts(), "1,".repeat(4_000)));
    let run = project.run(["check"]);
    let json = project.run(["check", "--message-format", "json"]).stdout;
    let problem: Value = serde_json::from_str(json.lines().next().expect("a problem")).expect("JSON");
    let (line, column) = (&problem["labels"][0]["line"], &problem["labels"][0]["column"]);
    assert!(run.stderr.contains(&format!("2025.toml:{line}:{column}\n")), "{}", run.stderr);
    assert!(column.as_u64() > Some(8_000), "{problem}");
}

/// What other programs are told of a project, with which SARIF must agree problem by problem. Each has its words in both languages
/// and its place; the two outputs have fewer bytes than `most`.
fn told(project: &Project, most: usize) -> Vec<Value> {
    let output = |format: &str| {
        let run = project.run(["check", "--message-format", format]);
        assert_eq!((run.status, run.stderr.as_str()), (1, ""));
        assert!(run.stdout.len() < most, "{format}: {} bytes", run.stdout.len());
        run.stdout
    };
    let json = output("json");
    let told: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let sarif: Value = serde_json::from_str(&output("sarif")).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), told.len());
    for (problem, result) in told.iter().zip(results) {
        let words = |language: &str| problem["message"][language].as_str().filter(|words| !words.is_empty());
        let (zh, _) = words("zh").zip(words("en")).unwrap_or_else(|| panic!("no words: {problem}"));
        assert!(result["message"]["text"].as_str().is_some_and(|said| said.starts_with(zh)), "{problem}\n{result}");
        assert_eq!(result["ruleId"], problem["code"]);
        let label = &problem["labels"][0];
        assert!(label["file"] == "reports/机关/2025.toml" && label["primary"] == true, "{problem}");
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let names = ["line", "column", "end_line", "end_column"].into_iter();
        for (name, of_sarif) in names.zip(["startLine", "startColumn", "endLine", "endColumn"]) {
            assert!(label[name].is_u64() && label[name] == region[of_sarif], "{name}: {problem}\n{result}");
        }
    }
    told
}

/// Where a problem is: the line, the column, and the column behind it.
fn place(problem: &Value) -> [u64; 3] {
    let label = &problem["labels"][0];
    assert_eq!(label["line"], label["end_line"], "{problem}");
    ["line", "column", "end_column"].map(|name| label[name].as_u64().expect("a number"))
}

/// One line of 400 KB: each problem of it is told at its place, and the line itself is not.
#[test]
fn other_programs_are_told_all_and_no_line_again_and_again() {
    let not_a_number = "only the number may stand here: 1";
    for (piece, said, count, first, step) in [
        (" a = 1", not_a_number, 1, 5, 0),
        ("\u{3000}b", not_a_number, 1, 5, 0),
        (" , c = 1", "one key and value a line: c = 1 , c = 1", 60, 7, 8),
    ] {
        let line = "x = 1".to_owned() + &repeated(piece, 400_000);
        let project = Project::with(&format!("{}{line}\n", plain_facts()));
        let told = told(&project, 200_000);
        let (number, end) = (plain_facts().lines().count() as u64 + 1, line.chars().count() as u64 + 1);
        let expected: Vec<[u64; 3]> = (0..count).map(|at| [number, first + step * at, end]).collect();
        assert_eq!(told.iter().map(place).collect::<Vec<_>>(), expected, "{piece}");
        for problem in &told {
            let words = problem["message"]["en"].as_str().expect("words");
            assert!(problem["code"] == "toml-syntax" && words.starts_with(said), "{piece}: {problem}");
        }
        let is_more = |problem: &Value| problem["notes"].to_string().contains("mend these and check again");
        let more: Vec<bool> = told.iter().map(is_more).collect();
        let expected: Vec<bool> = (1..=count).map(|at| at == 60).collect();
        assert_eq!(more, expected, "what is not told is counted, with the last that is: {piece}");
    }
}

/// People are shown the first twenty; other programs are told each.
#[test]
fn other_programs_are_told_each_problem() {
    let keys: String = (0..3_000).map(|number| format!("nobodys_{number} = 1\n")).collect();
    let facts = plain_facts().replacen("[organ]", &format!("{keys}[organ]"), 1);
    let project = Project::with(&facts);
    let told = told(&project, usize::MAX);
    let lines = facts.lines().zip(1..).filter(|(line, _)| line.starts_with("nobodys_"));
    let expected: Vec<(&str, [u64; 3])> = lines
        .map(|(line, number)| {
            let key = line.trim_end_matches(" = 1");
            (key, [number, 1, key.len() as u64 + 1])
        })
        .collect();
    assert_eq!((told.len(), expected.len()), (3_000, 3_000));
    for (problem, (key, at)) in told.iter().zip(expected) {
        assert_eq!((&problem["code"], place(problem)), (&Value::from("unknown-key"), at), "{problem}");
        for (language, said) in [("zh", format!("表式里没有“{key}”这一项")), ("en", format!("`{key}`"))] {
            let words = problem["message"][language].as_str().expect("words");
            assert!(words.contains(&said), "{said}: {problem}");
        }
    }
    let people = project.run(["--lang", "en", "check"]);
    assert_eq!(people.stderr.matches("error[unknown-key]").count(), 20);
    assert!(people.stderr.contains("2980 more of [unknown-key]"), "{}", people.stderr);
}

/// A project whose folders, facts and form are named by somebody who means no good.
#[cfg(unix)]
fn hostile() -> Project {
    let project = Project::with(&plain_facts());
    for organ in
        ["\u{1b}]0;pwned\u{7}\u{1b}[2J", "a\n::error::injected", "::error::x", "\u{9b}2J\u{202e}b", "x##[error]y\rz"]
    {
        project.write(&format!("reports/{organ}/2025.toml"), plain_facts());
        project.write(&format!("reports/{organ}/2024.toml"), "year = 2024\nform = \"zfxxgk\"\n\u{85}\u{7}a = \n");
        project.write(&format!("reports/{organ}/2025 (1).toml"), plain_facts());
    }
    project
}

#[cfg(unix)]
#[test]
fn names_of_folders_are_shown_and_not_obeyed() {
    let project = hostile();
    for args in [
        &["build", "--format", "html"][..],
        &["check"],
        &["fmt", "--check"],
        &["build", "nothing\u{1b}[2J\n::error::"],
        &["\u{1b}[2J"],
    ] {
        let run = project.run(args);
        assert_plain(&run.stdout);
        assert_plain(&run.stderr);
        let said = run.stdout + &run.stderr;
        assert!(said.contains("\\u{1b}[2J"), "{args:?}: {said}");
    }
    let built = project.run(["build", "--format", "html", "2025", "--force"]);
    assert!(built.stdout.contains("a\\u{a}::error::injected/2025.html"), "{}", built.stdout);
    let json = project.run(["check", "--message-format", "json"]);
    assert_plain(&json.stdout);
    let names = json.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let names: Vec<String> = names.filter_map(|one| Some(one["labels"][0]["file"].as_str()?.to_owned())).collect();
    assert!(names.iter().any(|name| name.contains("a\n::error::injected")), "{names:?}");
    let sarif = project.run(["check", "--message-format", "sarif"]);
    assert_plain(&sarif.stdout);
    serde_json::from_str::<Value>(&sarif.stdout).expect("JSON");
}

#[cfg(unix)]
#[test]
fn words_of_forms_and_summaries_are_shown_and_not_obeyed() {
    let project = Project::new();
    assert_eq!(project.run(["forms", "new", "own"]).status, 0);
    let form = String::from_utf8(project.read("templates/own/form.toml")).expect("UTF-8");
    let label = form.lines().find(|line| line.starts_with("label = ")).expect("a label");
    let odd = "label = \"甲\\u001b]0;x\\u0007\\u202e\\n::error::乙##[x]\"";
    project.write("templates/own/form.toml", form.replacen(label, odd, 1));
    for args in [
        &["forms"][..],
        &["doctor"],
        &["forms", "check", "own"],
        &["explain"],
        &["schema", "own"],
        &["new", "甲", "--form", "own"],
    ] {
        let run = project.run(args);
        assert_plain(&run.stdout);
        assert_plain(&run.stderr);
    }
    assert!(project.run(["forms"]).stdout.contains("甲\\u{1b}]0;x\\u{7}\\u{202e}"));
    let schema: Value = serde_json::from_str(&project.run(["schema", "own"]).stdout).expect("JSON");
    assert_eq!(schema["title"], "甲\u{1b}]0;x\u{7}\u{202e}\n::error::乙##[x]");
    let failed = r#"{ "file": "\u001b[2J\n::error::a", "status": 1, "errors": [{ "code": "\u009b\n::b", "at": null, "zh": "", "en": "" }] }"#;
    project.write(
        "one.json",
        format!(
            r#"{{ "program": "x", "shard": {{ "index": 1, "of": 1 }}, "selected": 1, "built": 0, "unchanged": 0, "checked": 0,
            "not_begun": 0, "warnings": 0, "project_warnings": 0, "status": 1, "failed": [{failed}], "left": ["::error::c\u202e"] }}"#
        ),
    );
    let run = project.run(["merge-summary", "one.json"]);
    assert_plain(&run.stdout);
    assert_plain(&run.stderr);
    assert!(run.stderr.contains("\\u{1b}[2J") && run.stderr.contains("c\\u{202e}"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn problems_that_nobody_can_be_told_are_no_success() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("the device");
    let wrong = Project::with("a = \n");
    let warned = Project::with(&with_prose("全年公开公开信息。"));
    assert!(warned.run(["check"]).stderr.contains("警告["), "there is a warning to lose");
    for (project, args) in
        [(&wrong, &["check"][..]), (&wrong, &["build"]), (&warned, &["check"]), (&warned, &["nonsense"])]
    {
        let status = project.command().args(args).stderr(full()).stdout(Stdio::null()).status().expect("it runs");
        assert_eq!(status.code(), Some(2), "{args:?}");
    }
    for args in [
        "check --message-format json",
        "check --message-format sarif",
        "schema zfxxgk",
        "forms",
        "diff 机关 --format html",
    ] {
        let run = Run::of(wrong.command().args(args.split(' ')).stdout(full()));
        assert!(run.status == 2 && !run.stderr.is_empty(), "{args}: {}", run.stderr);
    }
    // A reader that has seen enough is none of the program's business.
    let script = "{ nianbao check 2>&1 >/dev/null; echo \"status $?\" >&3; } 3>&2 | true";
    let run = Run::of(&mut wrong.shell(script));
    assert_eq!(run.stderr, "status 1\n");
}
