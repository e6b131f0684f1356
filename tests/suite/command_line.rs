//! The command line as people meet it: `--help` of each command, and what the READMEs show.

use crate::support::{self, Project, golden, plain_facts, repository, text};

#[test]
fn help_of_every_command() {
    let project = Project::new();
    for command in [
        "",
        "build",
        "watch",
        "check",
        "new",
        "import",
        "roll",
        "fmt",
        "diff",
        "init",
        "forms",
        "schema",
        "verify",
        "merge-summary",
        "status",
        "consolidate",
        "edit",
        "explain",
        "doctor",
        "completions",
        "help",
    ] {
        for (language, suffix) in [("en", ""), ("zh", ".zh")] {
            let args = ["--lang", language, command, "--help"];
            let mut run = project.command();
            run.env("COLUMNS", "100").args(args.into_iter().filter(|arg| !arg.is_empty()));
            let run = support::Run::of(&mut run);
            assert_eq!(run.status, 0);
            let name = if command.is_empty() { "nianbao" } else { command };
            golden(&repository().join(format!("tests/help/{name}{suffix}.txt")), &run.stdout);
        }
    }
}

#[test]
fn wrong_usage_ends_with_status_2() {
    let project = Project::with(&plain_facts());
    for args in [&["bulid"][..], &["build", "--format", "doc"], &["build", "--jobs", "0"]] {
        let run = project.run(args);
        assert_eq!(run.status, 2, "{args:?}");
        assert!(run.stderr.contains("[usage]") && run.stderr.contains("--help"), "{}", run.stderr);
    }
}

#[test]
fn messages_are_in_the_language_asked_for() {
    let project = Project::with(&plain_facts());
    let said = |variables: &[(&str, &str)], args: &[&str]| {
        let mut command = project.command();
        command.env_remove("NIANBAO_LANG").envs(variables.iter().copied()).args(args).args(["check", "1999"]);
        support::Run::of(&mut command).stderr
    };
    assert!(said(&[], &[]).contains("没有选中"));
    assert!(said(&[("LANG", "en_GB.UTF-8")], &[]).contains("names no facts file"));
    assert!(said(&[("LANG", "en_GB.UTF-8"), ("NIANBAO_LANG", "zh")], &[]).contains("没有选中"));
    assert!(said(&[("NIANBAO_LANG", "zh")], &["--lang", "en"]).contains("names no facts file"));
}

/// Blocks of code between fences of a kind.
fn blocks(readme: &str, kind: &str) -> Vec<String> {
    let text = text(readme);
    let fence = format!("```{kind}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn both_readmes_show_the_same_commands() {
    assert_eq!(blocks("README.md", "sh"), blocks("README.zh-CN.md", "sh"));
    let count = |readme: &str, mark: &str| text(readme).lines().filter(|line| line.starts_with(mark)).count();
    for mark in ["## ", "```", "| `nianbao"] {
        assert_eq!(count("README.md", mark), count("README.zh-CN.md", mark), "{mark}");
    }
}

/// The first command builds what is in `reports/`, and writes the files that the README names.
#[test]
fn the_first_command_builds_what_the_readme_says() {
    let commands = blocks("README.md", "sh");
    assert!(commands[0].trim().ends_with("&& cargo run --release --locked -- build"));
    let tests = "cargo test --release --locked --test '*' && cargo test --profile bench --locked --lib";
    assert_eq!(commands[1].trim(), tests);
    let project = Project::new();
    for entry in walkdir::WalkDir::new(repository().join("reports")).into_iter().flatten() {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(repository()).expect("below").to_string_lossy().into_owned();
            project.write(&name, std::fs::read(entry.path()).expect("facts"));
        }
    }
    // Without a `typst` on PATH, as the README says.
    let mut command = project.command();
    command.arg("build");
    if cfg!(feature = "embedded") {
        command.env("PATH", "/nowhere");
    }
    let run = support::Run::of(&mut command);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    for (readme, and) in [("README.md", "` and `.html`"), ("README.zh-CN.md", "` 和 `.html`")] {
        for report in ["湛河区应急管理局/2023", "淮安市人民政府/2024"] {
            assert!(text(readme).contains(&format!("`build/{report}.pdf{and}")), "{readme}");
            for format in ["pdf", "html"] {
                assert!(project.path(&format!("build/{report}.{format}")).is_file());
            }
        }
    }
}

/// The error that the READMEs show is the error that those facts get.
#[test]
fn the_error_of_the_readme_is_a_real_one() {
    for (readme, golden) in [("README.md", "expected.en.stderr"), ("README.zh-CN.md", "expected.stderr")] {
        let shown = &blocks(readme, "text")[0];
        let said = text(format!("tests/cases/reject/wrong-total/{golden}"));
        assert!(said.contains(shown.trim_end()), "{readme} shows\n{shown}\nbut the case says\n{said}");
    }
}

/// The facts that the READMEs show are in the example that `init` writes, key by key.
#[test]
fn the_facts_of_the_readme_are_facts_of_the_form() {
    for readme in ["README.md", "README.zh-CN.md"] {
        let shown: toml::Table = blocks(readme, "toml")[0].parse().expect("TOML");
        let example: toml::Table = text("templates/zfxxgk/example.toml").parse().expect("TOML");
        assert_eq!(shown["organ"]["name"], example["organ"]["name"]);
        assert_eq!(shown["requests"]["received"], example["requests"]["received"]);
        assert_eq!(shown["year"], example["year"]);
    }
}

/// Problems as JSON say what the text for people says, at the same places; the documented object is a real one.
#[test]
fn problems_as_json() {
    let project =
        Project::with(&plain_facts().replace("penalties = 0", "penalties = -8").replace("fees = 0", "fees = -0.5"));
    let run = project.run(["check", "--message-format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    let objects: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(objects.len(), 2);
    let documented: serde_json::Value =
        serde_json::from_str(&blocks("docs/messages.md", "json")[0]).expect("the documented object");
    assert_eq!(objects[0], documented);
    for language in ["zh", "en"] {
        let said = project.run(["--lang", language, "check"]).stderr;
        for object in &objects {
            let label = &object["labels"][0];
            let place = format!("{}:{}:{}", label["file"].as_str().expect("a file"), label["line"], label["column"]);
            assert!(said.contains(&place), "{place}\n{said}");
            assert!(said.contains(object["message"][language].as_str().expect("a wording")), "{said}");
        }
    }
    let fine = Project::with(&plain_facts()).run(["check", "--message-format", "json"]);
    assert_eq!((fine.status, fine.stdout.as_str(), fine.stderr.as_str()), (0, "", ""));
}

/// `fmt` changes the layout of files and nothing else, and `--check` only says so.
#[test]
fn fmt_puts_facts_into_one_layout() {
    let untidy =
        plain_facts().replace("penalties = 0", "penalties=0   # 件  ").replace("[requests]", "\n\n\n  [requests]");
    let project = Project::with(&untidy);
    let looked = project.run(["fmt", "--check"]);
    assert_eq!((looked.status, looked.stdout.as_str()), (1, "需要整理：reports/机关/2025.toml\n"));
    assert_eq!(project.read("reports/机关/2025.toml"), untidy.as_bytes());
    assert_eq!(project.run(["fmt"]).status, 0);
    let tidy = String::from_utf8(project.read("reports/机关/2025.toml")).expect("UTF-8");
    assert!(tidy.contains("\npenalties = 0   # 件\n") && tidy.contains("\n\n[requests]\n"), "{tidy}");
    let again = project.run(["fmt", "--check"]);
    assert_eq!((again.status, again.stdout.as_str()), (0, ""));
    let wrong = Project::with("a = \n");
    assert_eq!(wrong.run(["fmt"]).status, 1);
    assert_eq!(wrong.read("reports/机关/2025.toml"), b"a = \n");
}

/// What is shipped is in the layout that `fmt` makes.
#[test]
fn shipped_facts_are_formatted() {
    let facts = |folder: &str| walkdir::WalkDir::new(repository().join(folder)).into_iter().flatten();
    let files: Vec<_> =
        ["reports", "templates"].iter().flat_map(|folder| facts(folder)).map(|entry| entry.into_path()).collect();
    let files = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml") && !path.ends_with("form.toml"));
    for file in files {
        let facts = std::fs::read_to_string(file).expect("facts");
        let source = nianbao::source::Source::new("facts.toml", facts.as_str());
        assert_eq!(nianbao::format::formatted(&source).expect("TOML"), facts, "{}", file.display());
    }
}
