//! The same facts give the same bytes: with either engine, again, from another folder and in another time zone.

use std::collections::BTreeMap;

use crate::support::{self, Project, Run, repository};

/// A project with every shipped report and every accepted case, so with every form.
fn everything() -> Project {
    let project = Project::new();
    let root = repository();
    for entry in walkdir::WalkDir::new(root.join("reports")).into_iter().flatten().filter(|e| e.file_type().is_file()) {
        let name = entry.path().strip_prefix(root).expect("below").to_string_lossy().into_owned();
        project.write(&name, std::fs::read(entry.path()).expect("a file"));
    }
    for entry in std::fs::read_dir(root.join("tests/cases/accept")).expect("the cases").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        project.write(
            &format!("reports/{name}/2025.toml"),
            std::fs::read(entry.path().join("facts.toml")).expect("facts"),
        );
    }
    project
}

/// Every output file of a build, by name.
fn outputs(project: &Project, engine: &str, zone: &str) -> BTreeMap<String, Vec<u8>> {
    let mut command = project.command();
    command.args(["build", "--format", "pdf,html,typ", "--engine", engine]).env("TZ", zone);
    let run = Run::of(&mut command);
    // Notes say what is accepted.
    assert!(run.status == 0 && !run.stderr.contains("错误[") && !run.stderr.contains("警告["), "{}", run.stderr);
    // The record names the engine; all else is the same whichever it was.
    let names = project.files().into_iter().filter(|name| name.starts_with("build/") && !name.ends_with(".json"));
    let files: BTreeMap<String, Vec<u8>> = names.map(|name| (name.clone(), project.read(&name))).collect();
    assert_eq!(files.len() % 3, 0);
    assert!(files.len() >= 18, "{:?}", files.keys());
    std::fs::remove_dir_all(project.path("build")).expect("the output can be removed");
    files
}

fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in a {
        assert!(bytes == &b[name], "{name} differs");
    }
}

#[test]
fn again_elsewhere_and_in_another_time_zone() {
    let project = everything();
    let first = outputs(&project, support::ENGINE, "UTC");
    assert_same(&first, &outputs(&project, support::ENGINE, "Asia/Shanghai"));
    assert_same(&first, &outputs(&everything(), support::ENGINE, "America/New_York"));
}

#[test]
#[cfg(feature = "embedded")]
fn both_engines_give_the_same_bytes() {
    if !support::typst_cli_is_there() {
        return;
    }
    let project = everything();
    let embedded = outputs(&project, "embedded", "UTC");
    assert_same(&embedded, &outputs(&project, "typst-cli", "UTC"));
    assert_same(&embedded, &outputs(&project, "typst-cli", "Asia/Shanghai"));
}

#[test]
#[cfg(feature = "embedded")]
fn both_engines_lead_a_typst_error_back_to_the_same_template_line() {
    if !support::typst_cli_is_there() {
        return;
    }
    let case = repository().join("tests/cases/reject/typst-error");
    let project = Project::with(&std::fs::read_to_string(case.join("facts.toml")).expect("facts"));
    let template = "files/templates/zfxxgk/report.typ.tera";
    project.write("templates/zfxxgk/report.typ.tera", std::fs::read(case.join(template)).expect("a template"));
    let said = |engine: &str| project.run(["build", "--engine", engine]).stderr;
    assert_eq!(said("embedded"), said("typst-cli"));
    assert!(said("typst-cli").contains("report.typ.tera:4:1"));
}

#[test]
fn the_stamp_is_the_date_of_the_facts_or_of_the_environment() {
    let facts = support::plain_facts();
    let stamp = |facts: &str, epoch: Option<&str>| {
        let project = Project::with(facts);
        let mut command = project.command();
        command
            .args(["build", "--engine", support::ENGINE, "--format", "pdf"])
            .envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch)));
        assert_eq!(Run::of(&mut command).status, 0);
        let information = support::pdf::info(&project.path("build/机关/2025.pdf"));
        information.lines().find_map(|line| line.strip_prefix("CreationDate:")).expect("a date").trim().to_owned()
    };
    assert_eq!(stamp(&facts, None), "Thu Jan  1 00:00:00 2026 UTC");
    let dated = facts.replace("[overview]", "published = 2026-01-20\n\n[overview]");
    assert_eq!(stamp(&dated, None), "Tue Jan 20 00:00:00 2026 UTC");
    assert_eq!(stamp(&facts, Some("0")), "Thu Jan  1 00:00:00 1970 UTC");
}

/// Templates see the page and its fonts: no file of the machine or of the project, and no package of the network.
#[test]
fn templates_read_nothing_from_outside() {
    let engines: &[&str] = match cfg!(feature = "embedded") && support::typst_cli_is_there() {
        true => &["embedded", "typst-cli"],
        false => &[support::ENGINE],
    };
    for code in [
        "#read(\"/etc/passwd\")",
        "#read(\"../../../../../../../../etc/passwd\")",
        "#read(\"/nianbao.toml\")",
        "#read(\"nianbao.toml\")",
        "#import \"@preview/example:0.1.0\": *",
        "#import \"@local/example:0.1.0\": *",
    ] {
        let project = Project::with(&support::plain_facts());
        project.write("templates/zfxxgk/report.typ.tera", format!("#set document(title: \"t\")\n\n{code}\n"));
        for engine in engines {
            let run = project.run(["build", "--engine", engine]);
            assert_eq!(run.status, 2, "{engine} {code}: {}", run.stderr);
            assert!(run.stderr.contains("错误[typst-error]"), "{engine} {code}: {}", run.stderr);
            assert!(run.stderr.contains("report.typ.tera:3:1"), "{engine} {code}: {}", run.stderr);
            assert!(!run.stderr.contains("root:"), "{engine} {code}: {}", run.stderr);
        }
    }
}
