//! What people know from other tools: help wherever it is asked for, `--quiet`, `--color`, `-C`, completions, manual pages, lists as
//! JSON, pages verified by what they are of, annotations of GitHub, and settings that are documented and told.

#[path = "../../examples/man.rs"]
#[allow(dead_code, reason = "the program that writes the pages")]
mod man;

use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{Project, Run, can_run, golden, plain_facts, repository, text};
use nianbao::cli::language::command;
use nianbao::diag::Language;
use serde_json::Value;

const LANGUAGES: [(&str, Language); 2] = [("zh", Language::Zh), ("en", Language::En)];
const FORMS: [&str; 3] = ["foia", "wznb", "zfxxgk"];

/// Every command with the words by which it is called, those below others too.
fn commands(language: Language) -> Vec<Vec<String>> {
    fn below(command: &clap::Command, words: &[String], all: &mut Vec<Vec<String>>) {
        for inner in command.get_subcommands() {
            let words: Vec<String> = words.iter().cloned().chain([inner.get_name().to_owned()]).collect();
            below(inner, &words, all);
            all.push(words);
        }
    }
    let mut all = Vec::new();
    below(&command(language), &[], &mut all);
    assert!(all.len() > 17, "{all:?}");
    all
}

/// A project with the example of a built-in form as its one report; those facts are in order.
fn of_form(form: &str) -> (Project, String) {
    let facts = text(format!("templates/{form}/example.toml"));
    let year = facts.lines().find_map(|line| line.strip_prefix("year = ")).expect("a year").trim().to_owned();
    let project = Project::new();
    let file = format!("reports/机关/{year}.toml");
    project.write(&file, facts);
    (project, file)
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
}

#[test]
fn help_is_the_same_wherever_it_is_asked_for() {
    let project = Project::new();
    for (name, language) in LANGUAGES {
        for words in commands(language) {
            let asked = |before: &[&str], after: &[&str]| {
                let args = ["--lang", name].into_iter().chain(before.iter().copied()).map(str::to_owned);
                let run =
                    project.run(args.chain(words.iter().cloned()).chain(after.iter().map(|word| (*word).to_owned())));
                assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{words:?}");
                run.stdout
            };
            assert_eq!(asked(&["help"], &[]), asked(&[], &["--help"]), "{words:?}");
        }
        let run = |args: &[&str]| project.run(["--lang", name].iter().chain(args));
        assert_eq!(run(&["help"]).stdout, run(&["--help"]).stdout);
        // Without a command there is nothing to be done, and that is a fault of the call.
        let bare = run(&[]);
        assert_eq!((bare.status, bare.stderr.as_str()), (2, ""));
        assert_eq!(bare.stdout, run(&["-h"]).stdout);
        let unknown = run(&["help", "bulid"]);
        assert!(unknown.status == 2 && unknown.stderr.contains("[usage]") && unknown.stderr.contains("build"));
    }
}

/// No word of clap's own stands in Chinese help, and what stands for values is Chinese where there is a word for it.
#[test]
fn chinese_help_has_no_english_around() {
    let project = Project::new();
    for words in commands(Language::Zh) {
        for help in ["-h", "--help"] {
            let said = project.run(words.iter().map(String::as_str).chain([help])).stdout;
            for english in
                ["Usage", "Options", "OPTIONS", "Arguments", "Commands", "COMMAND", "[default", "[possible", "Print"]
            {
                assert!(!said.contains(english), "{words:?} {help}: {english}\n{said}");
            }
            assert!(said.contains("用法：nianbao ") && said.contains("\n选项：\n"), "{said}");
        }
    }
}

/// A part of a batch has one name, that of the option which asks for it.
#[test]
fn what_shard_asks_for_is_called_a_shard() {
    let project = Project::with(&plain_facts());
    project.build(&["--format", "html", "--summary", "whole.json"]);
    for (name, _) in LANGUAGES {
        for words in commands(Language::En) {
            let said = project
                .run(["--lang", name].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]))
                .stdout;
            assert!(!said.replace(".local/share/", "").contains("share") && !said.contains("I/N 是 N 份"), "{said}");
        }
    }
    for (name, wanted) in [("zh", "不是分片的摘要"), ("en", "is not the summary of a shard")] {
        let run = project.run(["--lang", name, "merge-summary", "whole.json"]);
        assert!(run.status == 2 && run.stderr.contains(wanted), "{}", run.stderr);
    }
}

#[test]
fn errors_of_usage_are_whole_in_both_languages() {
    let project = Project::with(&plain_facts());
    for (args, zh, en) in [
        (&["schema"][..], "缺少 <表式>", "missing: <FORM>"),
        (&["schema", "foia", "--project"], "[表式] 不能与 --project 同用", "cannot be used with"),
        (&["build", "--jobs", "0"], "同时生成几份", "How many reports to make at once"),
        (&["build", "--shard", "3/2"], "--shard <I/N> 的值“3/2”不能用", "I goes from 1 to 2"),
        (&["check", "--color", "blue"], "可以写：auto、always、never", "try: auto, always, never"),
        (&["check", "--fix", "--fix"], "--fix 写了两次", "cannot be used multiple times"),
        (&["check", "--fix=1"], "--fix 后面不能写值", "unexpected value '1' for '--fix'"),
        (&["init", "a", "b"], "多写了“b”", "unexpected argument 'b'"),
        (&["forms", "--nothing"], "没有选项“--nothing”", "unexpected argument '--nothing'"),
        (&["watch", "--port", "0"], "1 至 65535", "1 to 65535"),
        (&["completions", "cmd"], "<外壳> 的值“cmd”不能用", "invalid value 'cmd'"),
    ] {
        for (language, said) in [("zh", zh), ("en", en)] {
            let run = project.run(["--lang", language].iter().chain(args));
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}");
            assert!(run.stderr.contains(said) && run.stderr.contains("[usage]"), "{args:?}: {}", run.stderr);
        }
    }
}

/// A form that is named in a call is part of the call; one that facts name is part of the facts.
#[test]
fn a_form_that_is_not_there_is_a_fault_of_the_call_that_names_it() {
    let facts = plain_facts();
    let project = Project::with(&facts);
    for (language, said) in [("zh", "没有名为“zfxxgq”的表式"), ("en", "there is no form called `zfxxgq`")] {
        for args in [
            &["schema", "zfxxgq"][..],
            &["new", "甲局", "--form", "zfxxgq", "--year", "2025"],
            &["forms", "check", "zfxxgq"],
        ] {
            let run = project.run(["--lang", language].iter().chain(args));
            assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
            assert!(run.stderr.contains("[usage]") && run.stderr.contains(said), "{args:?}: {}", run.stderr);
            assert!(run.stderr.contains("zfxxgk"), "{}", run.stderr);
        }
    }
    project.write("reports/机关/2025.toml", facts.replace("\"zfxxgk\"", "\"zfxxgq\""));
    let run = project.run(["check"]);
    assert!(run.status == 1 && run.stderr.contains("[unknown-form]"), "{}", run.stderr);
}

/// With `--quiet`, what went well is not told, what is wrong is, and what was asked for is.
#[test]
fn quiet_commands_say_what_is_wrong_and_nothing_else() {
    for form in FORMS {
        for (language, _) in LANGUAGES {
            let (project, file) = of_form(form);
            let quiet = |args: &[&str]| project.run(["--lang", language, "-q"].iter().chain(args));
            let silent = |args: &[&str]| {
                let run = quiet(args);
                assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{form} {args:?}: {}", run.stderr);
            };
            silent(&["init", "new"]);
            silent(&["new", "另一机关", "--form", form, "--year", "2025"]);
            std::fs::remove_dir_all(project.path("reports/另一机关")).expect("facts that are not filled in");
            silent(&["fmt"]);
            silent(&["check"]);
            silent(&["build", "--format", "html"]);
            silent(&["verify"]);
            let asked = quiet(&["roll", &file, "--dry-run"]);
            assert!(asked.status == 0 && asked.stdout.contains("form = "), "{}", asked.stderr);
            silent(&["roll", &file]);
            assert!(quiet(&["forms"]).stdout.contains(form) && quiet(&["explain"]).stdout.contains("wrong-total"));
            // Next year's facts are not filled in yet.
            let wrong = quiet(&["check", "--color", "never"]);
            assert!(wrong.status == 1 && wrong.stdout.is_empty(), "{}", wrong.stdout);
            assert!(
                wrong.stderr.contains("[missing-value]") || wrong.stderr.contains("[draft-mark]"),
                "{}",
                wrong.stderr
            );
        }
    }
}

#[test]
fn what_would_change_and_what_differs_is_told_quietly_too() {
    let project = Project::with(&plain_facts().replace("penalties = 0", "penalties=0"));
    let looked = project.run(["-q", "fmt", "--check"]);
    assert_eq!((looked.status, looked.stdout.as_str()), (1, "需要整理：reports/机关/2025.toml\n"));
    project.build(&["--format", "html"]);
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = 7"));
    let run = project.run(["verify", "--quiet", "build/机关/2025.html"]);
    assert!(run.status == 1 && run.stdout.contains("不同：build/机关/2025.html"), "{}", run.stdout);
}

/// `--color` comes before the environment, and `NO_COLOR` before `CLICOLOR_FORCE`; no test runs at a terminal.
#[test]
fn colours_are_where_they_are_asked_for() {
    let project = Project::with(&plain_facts().replace("penalties = 0", "penalties = -8"));
    let coloured = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = project.command();
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
            command.env_remove(variable);
        }
        let run = Run::of(command.envs(variables.iter().copied()).args(args));
        let has = |text: &str| text.contains('\u{1b}');
        assert_ne!(run.stdout.len() + run.stderr.len(), 0, "{args:?}");
        has(&run.stdout) || has(&run.stderr)
    };
    let (no, force) = (("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1"));
    for args in [&["check"][..], &["--help"], &["help", "build"]] {
        let typed = |when: &'static str| ["--color", when].into_iter().chain(args.iter().copied()).collect::<Vec<_>>();
        assert!(!coloured(&[], args) && !coloured(&[no], args), "{args:?}");
        // Chinese help has colours in its lists alone, and those of commands and options are there.
        assert!(coloured(&[force], args), "{args:?}");
        assert!(!coloured(&[no, force], args) && coloured(&[("NO_COLOR", ""), force], args), "{args:?}");
        assert!(coloured(&[no], &typed("always")) && coloured(&[], &typed("always")), "{args:?}");
        assert!(!coloured(&[force], &typed("never")) && coloured(&[force], &typed("auto")), "{args:?}");
    }
}

#[test]
fn a_command_runs_where_it_is_told_to() {
    let (project, file) = of_form("zfxxgk");
    let outside = tempfile::tempdir().expect("a folder");
    let from = |args: &[&str]| {
        let mut command = project.command();
        Run::of(command.current_dir(outside.path()).args(args))
    };
    let root = project.root().to_string_lossy().into_owned();
    let run = from(&["-C", &root, "build", "--format", "html", &file]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let page = file.replace("reports/", "build/").replace(".toml", ".html");
    assert_eq!(run.stdout, format!("已生成 {page}\n"));
    assert!(project.path(&page).is_file());
    // It may stand behind the command too, and what is written by it is where the command ran.
    assert_eq!(from(&["build", "--format", "html", "--out", "pages", "-C", &root]).status, 0);
    assert!(project.path(&page.replace("build/", "pages/")).is_file());
    assert_eq!(std::fs::read_dir(outside.path()).expect("the folder").count(), 0);
    for (language, said) in [("zh", "没有文件夹 nowhere"), ("en", "there is no folder nowhere")] {
        let run = from(&["--lang", language, "-C", "nowhere", "check"]);
        assert!(run.status == 2 && run.stderr.contains(said) && run.stderr.contains("[usage]"), "{}", run.stderr);
    }
}

/// What goes, and what is changed in a file of somebody, is said even so.
#[test]
fn quiet_commands_say_what_they_remove_and_what_they_change() {
    let project = Project::with(&plain_facts());
    assert_eq!(project.run(["-q", "build", "--format", "html"]).status, 0);
    project.write("reports/机关/2025.toml", plain_facts().replacen("licences = 0", "licences = \"0\"", 1));
    let mended = project.run(["-q", "--lang", "en", "check", "--fix"]);
    assert!(mended.stdout.contains("mended reports/机关/2025.toml:"), "{}{}", mended.stdout, mended.stderr);
    std::fs::rename(project.path("reports/机关"), project.path("reports/另一机关")).expect("renamed");
    let cleaned = project.run(["-q", "--lang", "en", "build", "--format", "html", "--clean"]);
    let removed = "removing build/机关/2025.html: reports/机关/2025.toml is no more";
    assert!(cleaned.stdout.contains(removed), "{}{}", cleaned.stdout, cleaned.stderr);
}

#[test]
fn pages_are_verified_by_what_they_are_of() {
    for form in FORMS {
        let (project, file) = of_form(form);
        let year = file.trim_end_matches(".toml").rsplit('/').next().expect("a year");
        project.build(&["--format", "html,typ"]);
        let pages = |said: &str| {
            let of = |format: &str| format!("{said}build/机关/{year}.{format} ");
            ["html", "typ"].map(of)
        };
        for select in [&[][..], &[year], &["机关"], &[file.as_str()], &[year, "机关"]] {
            let run = project.run(["verify"].iter().chain(select));
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{form} {select:?}: {}", run.stdout);
            assert_eq!(run.stdout.matches("相同：").count(), 2, "{}", run.stdout);
            assert!(pages("相同：").iter().all(|same| run.stdout.contains(same)), "{}", run.stdout);
        }
        let page = format!("build/机关/{year}.html");
        project.write(&page, "another");
        let run = project.run(["--lang", "en", "verify", year]);
        assert!(run.status == 1 && run.stdout.contains(&format!("differs: {page} ")), "{}", run.stdout);
        assert!(run.stdout.contains(&format!("same: build/机关/{year}.typ ")), "{}", run.stdout);
        let other = project.run(["verify", &page.replace(".html", ".typ"), year]);
        assert_eq!((other.status, other.stdout.matches("相同：").count()), (1, 2), "{}", other.stdout);
    }
}

#[test]
fn facts_without_pages_are_told_and_pages_elsewhere_are_found() {
    let (project, file) = of_form("wznb");
    let year = file.trim_end_matches(".toml").rsplit('/').next().expect("a year").to_owned();
    for (language, said) in [("zh", "没有页面"), ("en", "has no page")] {
        let run = project.run(["--lang", language, "verify", &year]);
        assert!(run.status == 2 && run.stderr.contains(said) && run.stderr.contains("[no-record]"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    project.build(&["--format", "html", "--out", "pages"]);
    assert_eq!(project.run(["verify", &year]).status, 2);
    let run = project.run(["verify", &year, "--out", "pages"]);
    assert!(run.status == 0 && run.stdout.starts_with("相同：pages/机关/"), "{}{}", run.stdout, run.stderr);
    let nothing = project.run(["verify", "1999"]);
    assert!(nothing.status == 2 && nothing.stderr.contains("[nothing-selected]"), "{}", nothing.stderr);
}

#[test]
fn the_list_of_forms_as_json_says_what_the_one_for_people_says() {
    let project = Project::new();
    project.write("templates/zfxxgk/override.toml", "[rule.issued-in-force]\noff = true\n");
    project.write("templates/broken/form.toml", "nonsense = 1\n");
    for (language, _) in LANGUAGES {
        let people = project.run(["--lang", language, "forms"]);
        let listed = project.run(["--lang", language, "forms", "--format", "json"]);
        assert_eq!((people.status, listed.status), (2, 2), "a form that is wrong");
        assert!(listed.stderr.contains("[form-file]"), "{}", listed.stderr);
        let forms = json(&listed);
        let forms = forms["forms"].as_array().expect("a list");
        let names: Vec<&str> = forms.iter().map(|form| form["name"].as_str().expect("a name")).collect();
        assert_eq!(names, ["broken", "foia", "wznb", "zfxxgk"]);
        for form in forms {
            let name = form["name"].as_str().expect("a name");
            assert_eq!(form["usable"], name != "broken");
            match form["label"].as_str() {
                Some(label) => assert!(people.stdout.contains(&format!("{name}  {label}\n")), "{}", people.stdout),
                None => assert_eq!(name, "broken"),
            }
            let own = form["own_files"].as_array().expect("a list");
            assert_eq!(own.len(), usize::from(name == "zfxxgk"), "{form}");
        }
        assert_eq!(forms[3]["own_files"][0]["file"], "override.toml");
        assert_eq!(forms[3]["own_files"][0]["path"], "templates/zfxxgk/override.toml");
    }
}

#[test]
fn what_the_doctor_finds_as_json_is_what_it_says() {
    let project = Project::new();
    let people = project.run(["doctor"]).stdout;
    let run = project.run(["doctor", "--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let found = json(&run);
    let files = found["font_files"].as_u64().expect("a number");
    assert!(files > 0 && people.contains(&format!("找到 {files} 个字体文件")), "{people}");
    assert_eq!(found["engines"]["embedded"].is_string(), cfg!(feature = "embedded"));
    for (choice, whose) in found["chosen"].as_array().expect("a list").iter().zip(["一份报告", "多份报告"]) {
        let (engine, reason) = (choice["engine"].as_str().expect("one"), choice["reason"]["zh"].as_str().expect("why"));
        assert!(people.contains(&format!("{whose}用 {engine}：{reason}\n")), "{people}");
        assert_eq!(choice["several_reports"], whose == "多份报告");
    }
    let forms = found["forms"].as_array().expect("a list");
    assert_eq!(forms.iter().map(|form| form["name"].as_str().expect("a name")).collect::<Vec<_>>(), FORMS);
    for form in forms {
        let roles = form["roles"].as_array().expect("a list");
        assert!(roles.len() > 1, "{form}");
        for role in roles {
            let face = |part: &str| role["faces"][0][part].as_str().expect("a face");
            let said = format!("  {}：{}（{}）", role["role"].as_str().expect("a role"), face("family"), face("path"));
            assert!(people.contains(&said), "{said}\n{people}");
            if let Some(latin) = role["latin"].as_array() {
                let face = |part: &str| latin[0][part].as_str().expect("a face");
                assert!(people.contains(&format!("西文和数字：{}（{}）", face("family"), face("path"))), "{people}");
            }
        }
        let declares_latin = form["name"] == "zfxxgk" || form["name"] == "wznb";
        assert_eq!(roles.iter().any(|role| role["latin"].is_array()), declares_latin, "{form}");
    }
}

#[test]
fn problems_are_annotations_of_github() {
    let facts = plain_facts().replace("penalties = 0", "penalties = -8").replace("fees = 0", "fees = -0.5");
    let project = Project::with(&facts);
    for (language, _) in LANGUAGES {
        let objects: Vec<Value> = (project.run(["check", "--message-format", "json"]).stdout.lines())
            .map(|line| serde_json::from_str(line).expect("an object"))
            .collect();
        let run = project.run(["--lang", language, "check", "--message-format", "github"]);
        assert_eq!((run.status, run.stderr.as_str(), run.stdout.lines().count()), (1, "", objects.len()));
        for (line, object) in run.stdout.lines().zip(&objects) {
            let label = &object["labels"][0];
            let place = format!("line={},col={},", label["line"], label["column"]);
            let begin = format!("::error file=reports/机关/2025.toml,{place}");
            let message = format!(
                "title=nianbao [{}]::{}%0A",
                object["code"].as_str().expect("a code"),
                object["message"][language].as_str().expect("words")
            );
            assert!(line.starts_with(&begin) && line.contains(&message), "{line}");
        }
    }
    let documented = text("docs/messages.md");
    let shown = project.run(["check", "--message-format", "github"]).stdout;
    assert!(documented.contains(shown.lines().next().expect("a line")), "{shown}");
    let fine = Project::with(&plain_facts()).run(["check", "--message-format", "github"]);
    assert_eq!((fine.status, fine.stdout.as_str(), fine.stderr.as_str()), (0, "", ""));
}

#[test]
fn a_font_folder_that_is_not_there_is_told_at_its_place() {
    for form in FORMS {
        let (project, _) = of_form(form);
        project.write("nianbao.toml", "font-paths = [\"own\", \"fonts\"]\n");
        std::fs::create_dir(project.path("own")).expect("a folder");
        for (language, said) in [("zh", "没有字体文件夹 fonts"), ("en", "there is no font folder fonts")] {
            for args in [&["check"][..], &["build", "--format", "html"], &["doctor"]] {
                let run = project.run(["--lang", language].iter().chain(args));
                assert_eq!(run.status, 0, "{args:?}: {}", run.stderr);
                assert!(
                    run.stderr.contains(said) && run.stderr.contains("nianbao.toml:1:22"),
                    "{args:?}: {}",
                    run.stderr
                );
                assert_eq!(run.stderr.matches("[project-file]").count(), 1, "{args:?}: {}", run.stderr);
            }
        }
        assert_eq!(project.run(["check", "--deny", "warnings"]).status, 2);
        std::fs::create_dir(project.path("fonts")).expect("a folder");
        let run = project.run(["check", "--deny", "warnings"]);
        assert!(run.status == 0 && !run.stderr.contains("[project-file]"), "{}", run.stderr);
    }
}

#[test]
fn every_wrong_setting_is_told() {
    let project = Project::with(&plain_facts());
    project.write("nianbao.toml", "fontpaths = []\n[build]\nengine = \"embeded\"\nformat = [\"pdf\"]\n");
    for (language, said) in [
        ("zh", ["没有“fontpaths”这个键", "没有“embeded”这个选项", "没有“format”这个键"]),
        ("en", ["there is no key `fontpaths`", "there is no option `embeded`", "there is no key `format`"]),
    ] {
        let run = project.run(["--lang", language, "check"]);
        assert_eq!((run.status, run.stderr.matches("[project-file]").count()), (2, 3), "{}", run.stderr);
        let near = ["font-paths", "embedded", "formats"];
        for ((said, near), place) in said.iter().zip(near).zip(["1:1", "3:10", "4:1"]) {
            assert!(run.stderr.contains(said) && run.stderr.contains(near), "{}", run.stderr);
            assert!(run.stderr.contains(&format!("nianbao.toml:{place}\n")), "{place}: {}", run.stderr);
        }
    }
}

/// The schema of the settings is the one that is shipped, that `init` writes and that the documentation lists.
#[test]
fn the_schema_of_the_settings_is_one() {
    let project = Project::new();
    let run = project.run(["schema", "--project"]);
    assert_eq!(run.status, 0);
    golden(&repository().join("schemas/nianbao.toml.json"), &run.stdout);
    assert_eq!(project.run(["init", "new"]).status, 0);
    assert_eq!(String::from_utf8(project.read("new/schemas/nianbao.toml.json")).expect("UTF-8"), run.stdout);
    let settings = String::from_utf8(project.read("new/nianbao.toml")).expect("UTF-8");
    assert!(settings.starts_with("#:schema schemas/nianbao.toml.json\n"), "{settings}");
    let schema = json(&run);
    let documented = text("docs/project.md");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let shown = documented.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("settings");
    let without_marks: String = settings
        .lines()
        .map(|line| format!("{}\n", line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(line)))
        .collect();
    for text in [shown, &settings, &without_marks] {
        let value: toml::Table = text.parse().expect("TOML");
        let value = serde_json::to_value(&value).expect("JSON");
        assert!(validator.is_valid(&value), "{text}");
    }
    for wrong in ["formats = [\"doc\"]", "engine = \"x\"", "charts = 1", "colour = true"] {
        let value: toml::Table = format!("[build]\n{wrong}\n").parse().expect("TOML");
        assert!(!validator.is_valid(&serde_json::to_value(&value).expect("JSON")), "{wrong}");
    }
    let keys = |value: &Value| value["properties"].as_object().expect("keys").keys().cloned().collect::<Vec<_>>();
    let build = keys(&schema["properties"]["build"]).into_iter().map(|key| format!("build.{key}"));
    for key in keys(&schema).into_iter().filter(|key| key != "build").chain(build) {
        assert!(documented.contains(&format!("| `{key}` |")), "{key}");
    }
}

#[test]
fn each_shell_completes_every_command() {
    let project = Project::new();
    for (name, language) in LANGUAGES {
        for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
            let run = project.run(["--lang", name, "completions", shell]);
            assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
            for word in commands(language).iter().flatten().map(String::as_str).chain(["--quiet", "--message-format"]) {
                let word = if shell == "fish" { word.trim_start_matches("--") } else { word };
                assert!(run.stdout.contains(word), "{shell}: {word}");
            }
        }
    }
}

/// What bash makes of the script: words are completed as they are typed.
#[test]
fn bash_completes_what_is_typed() {
    let script = Project::new().run(["completions", "bash"]).stdout;
    let completed = |words: &[&str]| {
        let last = words.len() - 1;
        let call = format!(
            "{script}\nCOMP_WORDS=({}); COMP_CWORD={last}; _nianbao nianbao '{}' '{}'; echo \"${{COMPREPLY[@]}}\"\n",
            words.join(" "),
            words[last],
            words[last - 1]
        );
        let mut bash = Command::new("bash").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("bash");
        bash.stdin.take().expect("an input").write_all(call.as_bytes()).expect("bash reads");
        let output = bash.wait_with_output().expect("bash ends");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    };
    assert_eq!(completed(&["nianbao", "bu"]), "build");
    assert_eq!(completed(&["nianbao", "check", "--message-format", "git"]), "github");
    assert_eq!(completed(&["nianbao", "forms", "ch"]), "check");
}

/// A project in which the script for a shell lies as `script`, where the shell is there.
fn project_with_script(shell: &str) -> Option<Project> {
    let is_there = Command::new(shell).arg("--version").output().is_ok_and(|output| output.status.success());
    can_run(is_there, shell, &shell.to_uppercase()).then(|| {
        let project = Project::new();
        project.write("script", project.run(["completions", shell]).stdout);
        project
    })
}

/// What fish offers, each with what it says of it.
#[test]
fn fish_completes_what_is_typed() {
    let Some(project) = project_with_script("fish") else { return };
    let completed = |typed: &str| {
        let mut fish = project.around("fish");
        let run = Run::of(fish.args(["--no-config", "-c", &format!("source script; complete -C '{typed}'")]));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{typed}");
        run.stdout
    };
    assert_eq!(completed("nianbao bu"), "build\t生成报告\n");
    assert_eq!(completed("nianbao check --message-format git"), "github\n");
    assert_eq!(completed("nianbao forms ch").split('\t').next(), Some("check"));
}

/// What stands on the line of zsh after a tab, in a terminal of its own: a function of the program's name says what it was called
/// with.
#[test]
fn zsh_completes_what_is_typed() {
    let Some(project) = project_with_script("zsh") else { return };
    let completed = |typed: &str| {
        let script = format!(
            r#"zmodload zsh/zpty
zpty shell 'PS1= zsh -f -i'
zpty -w shell 'stty -echo; autoload -Uz compinit; compinit -u -D; . ./script; nianbao() {{ print -r -- "called: $* ." }}'
zpty -w -n shell $'{typed}\t\n'
zpty -r -m shell said '*called: [^$]* .*'
print -r -- $said"#
        );
        let run = Run::of(project.around("timeout").args(["30", "zsh", "-f", "-c", &script]));
        let said = run.stdout.rsplit_once("called: ").and_then(|(_, said)| said.split_once(" ."));
        said.map_or_else(|| panic!("{}{}", run.stdout, run.stderr), |(words, _)| words.trim().to_owned())
    };
    assert_eq!(completed("nianbao bu"), "build");
    assert_eq!(completed("nianbao check --message-format git"), "check --message-format github");
    assert_eq!(completed("nianbao forms ch"), "forms check");
}

#[test]
fn each_command_has_its_page_in_the_manual() {
    for (_, language) in LANGUAGES {
        let pages = man::pages(language).expect("pages");
        let mut names: Vec<String> =
            commands(language).iter().map(|words| format!("nianbao-{}.1", words.join("-"))).collect();
        names.push("nianbao.1".to_owned());
        let mut written: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        names.sort();
        written.sort_unstable();
        assert_eq!(written, names);
        for (name, page) in &pages {
            let title = name.trim_end_matches(".1");
            assert!(page.contains(&format!(".TH {title} 1")), "{name}: {page}");
        }
        let verify = &pages.iter().find(|(name, _)| name == "nianbao-verify.1").expect("a page").1;
        let about = match language {
            Language::Zh => "核对页面是不是今天的事实",
            Language::En => "Say whether pages are those that today",
        };
        assert!(verify.contains(about) && verify.contains("\\-\\-out"), "{verify}");
    }
}
