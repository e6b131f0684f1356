//! The hook and the workflow that the docs offer, run as they are.

use crate::support::{Project, Run, plain_facts, repository, text};

/// Git with none of the settings that the machine, the person or a hook around the tests has for it.
fn git(project: &Project, args: &[&str]) -> Run {
    let mut command = project.around("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    Run::of(command.args(["-c", "user.name=甲", "-c", "user.email=a@b.cn"]).args(args))
}

/// A repository with the hook in it, and nothing staged.
fn repository_with_hook(facts: &str) -> Project {
    let project = Project::with(facts);
    assert_eq!(git(&project, &["init", "-q"]).status, 0);
    let hook = project.path(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("the folder of the hooks");
    std::fs::copy(repository().join("docs/git/pre-commit"), &hook).expect("the hook, with its mode");
    project
}

fn stage(project: &Project, names: &[&str]) {
    let run = git(project, &[&["add", "-A", "--"], names].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
}

fn commit(project: &Project) -> Run {
    git(project, &["commit", "-q", "-m", "一"])
}

/// What the hook must let through, and what it leaves behind: nothing.
fn is_committed(project: &Project) {
    let run = commit(project);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let left = project.files().into_iter().filter(|name| name.starts_with(".git/nianbao.")).count();
    assert_eq!(left, 0);
}

fn is_refused(project: &Project, words: &[&str]) {
    let run = commit(project);
    assert_ne!(run.status, 0);
    for word in words {
        assert!(run.stderr.contains(word) || run.stdout.contains(word), "{word}\n{}{}", run.stdout, run.stderr);
    }
    let left = project.files().into_iter().filter(|name| name.starts_with(".git/nianbao.")).count();
    assert_eq!(left, 0);
}

fn negative() -> String {
    plain_facts().replace("penalties = 0", "penalties = -1")
}

#[test]
fn the_hook_refuses_facts_that_are_not_in_order() {
    let project = repository_with_hook(&negative());
    stage(&project, &["."]);
    is_refused(&project, &["[negative-number]", "reports/机关/2025.toml:"]);
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties=0"));
    stage(&project, &["."]);
    is_refused(&project, &["需要整理：reports/机关/2025.toml", "nianbao fmt"]);
    project.write("reports/机关/2025.toml", plain_facts());
    stage(&project, &["."]);
    is_committed(&project);
    project.write("备注.txt", "与事实无关");
    stage(&project, &["."]);
    is_committed(&project);
}

/// The working tree may be better or worse than what is staged, and neither counts nor is changed.
#[test]
fn the_hook_checks_what_is_staged_and_not_what_lies_in_the_folder() {
    let project = repository_with_hook(&negative());
    stage(&project, &["."]);
    project.write("reports/机关/2025.toml", plain_facts());
    is_refused(&project, &["[negative-number]"]);
    stage(&project, &["."]);
    project.write("reports/机关/2025.toml", negative());
    project.write("reports/机关/2024.toml", "乱写的，没有加进来");
    is_committed(&project);
    assert_eq!(project.read("reports/机关/2025.toml"), negative().as_bytes());
    // Staged, then deleted in the folder alone.
    project.write("reports/机关/2025.toml", plain_facts() + "# 说明\n");
    stage(&project, &["reports/机关/2025.toml"]);
    std::fs::remove_file(project.path("reports/机关/2025.toml")).expect("removed");
    is_committed(&project);
}

#[test]
fn names_with_spaces_and_stars_and_quotation_marks_stand_whole() {
    let folders = ["某 县 人民政府", "a*[b]", "带\"引号\"的 机关"];
    for folder in folders {
        let project = repository_with_hook(&plain_facts());
        project.write(&format!("reports/{folder}/2025.toml"), negative());
        stage(&project, &["."]);
        is_refused(&project, &["[negative-number]", &format!("reports/{folder}/2025.toml:")]);
        project.write(&format!("reports/{folder}/2025.toml"), plain_facts());
        stage(&project, &["."]);
        is_committed(&project);
    }
}

/// 2024's carry-out against 2025's carry-in: whichever of the two is changed, both are looked at, as they are staged.
#[test]
fn the_years_beside_a_changed_one_are_those_that_are_staged() {
    let out = |count: usize| {
        let out = format!(
            "[requests]\nrest = 0\nreceived = {{ natural = {count} }}\ncarried_out = {{ natural = {count} }}\n"
        );
        plain_facts().replace("year = 2025", "year = 2024").replace("[requests]\nrest = 0\n", &out)
    };
    let year = |year: &str| plain_facts().replace("year = 2025", year);
    let project = repository_with_hook(&plain_facts());
    project.write("reports/机关/2024.toml", year("year = 2024"));
    stage(&project, &["."]);
    is_committed(&project);
    project.write("reports/机关/2024.toml", out(3));
    stage(&project, &["reports/机关/2024.toml"]);
    is_refused(&project, &["[carry-over]", "reports/机关/2025.toml:", "reports/机关/2024.toml:"]);
    // In the folder all is well, and still it is not what is staged.
    project.write("reports/机关/2024.toml", year("year = 2024"));
    is_refused(&project, &["[carry-over]"]);
    // Without last year's file there is nothing to compare with.
    assert_eq!(git(&project, &["rm", "-q", "-f", "reports/机关/2024.toml"]).status, 0);
    is_committed(&project);
    assert_eq!(git(&project, &["rm", "-q", "-r", "reports"]).status, 0);
    is_committed(&project);
}

/// A form or the settings concern all facts, those that are not staged now too.
#[test]
fn a_staged_form_is_the_one_that_facts_are_checked_by() {
    let project = repository_with_hook(&plain_facts());
    let change = "[rule.issued-in-force]\nseverity = \"error\"\n";
    project.write("templates/zfxxgk/override.toml", change);
    stage(&project, &["."]);
    is_committed(&project);
    project.write("templates/zfxxgk/override.toml", "[rule.没有这条]\noff = true\n");
    stage(&project, &["templates"]);
    project.write("templates/zfxxgk/override.toml", change);
    is_refused(&project, &["[form-file]", "templates/zfxxgk/override.toml:1:"]);
    stage(&project, &["templates"]);
    project.write("nianbao.toml", "[build]\nformat = [\"pdf\"]\n");
    stage(&project, &["nianbao.toml"]);
    is_refused(&project, &["[project-file]"]);
}

#[test]
fn a_project_whose_mark_is_not_in_git_is_told() {
    let project = repository_with_hook(&plain_facts());
    stage(&project, &["reports"]);
    is_refused(&project, &["git add nianbao.toml"]);
}

/// Git for Windows turns every line end of a check-out into CRLF; what is committed has LF.
#[test]
fn checked_out_with_the_line_ends_of_windows_facts_stay_in_order() {
    let project = repository_with_hook(&plain_facts());
    assert_eq!(git(&project, &["config", "core.autocrlf", "true"]).status, 0);
    project.write("reports/机关/2025.toml", plain_facts().replace('\n', "\r\n"));
    stage(&project, &["."]);
    is_committed(&project);
    assert_eq!(project.run(["fmt", "--check"]).status, 0);
    project.write("reports/机关/2025.toml", negative().replace('\n', "\r\n"));
    stage(&project, &["."]);
    is_refused(&project, &["[negative-number]"]);
}

/// Windows' sh is not bash, and a carriage return would make the hook a file that no sh can read.
#[test]
fn the_hook_is_for_any_sh() {
    let hook = text("docs/git/pre-commit");
    assert!(hook.starts_with("#!/bin/sh\n") && !hook.contains('\r') && !hook.contains("[["));
    assert!(text(".gitattributes").contains("docs/git/pre-commit text eol=lf"));
}

/// The program is in no registry of crates: the files that are shipped build it from a repository, at a fixed revision, with
/// a fixed Rust that is new enough.
#[test]
fn the_workflows_install_the_program_from_where_it_is() {
    let manifest: toml::Table = text("Cargo.toml").parse().expect("TOML");
    let said_in_manifest = |key: &str| manifest["package"][key].as_str().expect("a version");
    let (needed, released) = (said_in_manifest("rust-version"), said_in_manifest("version"));
    for file in ["docs/git/workflow.yml", "docs/shards/matrix.yml"] {
        let workflow = text(file);
        let value = |key: &str| {
            let line = workflow.lines().find_map(|line| line.strip_prefix(&format!("  {key}: "))).expect(key);
            line.trim_matches('"').to_owned()
        };
        let installs: Vec<&str> = workflow.lines().filter(|line| line.contains("cargo \"+$RUST\" install ")).collect();
        assert_eq!(installs.len(), 1, "{file}: {installs:?}");
        let step = installs[0].trim().strip_prefix("run: ").expect("a step");
        // Run with a cargo that only says what it was asked for.
        let project = Project::new();
        project.program("cargo", "printf '%s\\n' \"$@\"");
        let run = Run::of(
            project
                .shell(step)
                .env("HOME", project.root())
                .env("NIANBAO_GIT", value("NIANBAO_GIT"))
                .env("NIANBAO_REV", value("NIANBAO_REV"))
                .env("RUST", value("RUST")),
        );
        let said: Vec<&str> = run.stdout.lines().collect();
        let after = |word: &str| said.iter().position(|said| *said == word).and_then(|at| said.get(at + 1).copied());
        let version = |text: &str| text.split('.').map(|part| part.parse().expect("a number")).collect::<Vec<u32>>();
        let rust = said[0].strip_prefix('+').expect("a pinned Rust");
        assert!(version(rust) >= version(needed) && rust.split('.').count() == 3, "{rust}");
        assert!(said.contains(&"--locked") && said.contains(&"install"), "{said:?}");
        assert!(after("--git").is_some_and(|url| url.starts_with("https://")), "{said:?}");
        assert_eq!(after("--rev"), Some(format!("v{released}").as_str()));
        assert_eq!(said.last(), Some(&"nianbao"));
        assert!(workflow.contains("apt-get install -y --no-install-recommends fonts-noto-cjk"));
    }
}

/// The steps of the workflow that are the program's own, one after the other as a runner runs them.
#[test]
fn the_workflow_builds_what_is_in_order_and_stops_at_what_is_not() {
    let workflow = text("docs/git/workflow.yml");
    let steps: Vec<&str> = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("run: "))
        .filter(|step| step.starts_with("nianbao "))
        .collect();
    assert_eq!(steps, ["nianbao fmt --check", "nianbao check", "nianbao build"]);
    let run = |project: &Project| {
        let script = steps.join(" && ");
        Run::of(&mut project.shell(&script)).status
    };
    let project = Project::with(&plain_facts());
    assert_eq!(run(&project), 0);
    let mut attached = workflow.lines().filter_map(|line| line.trim().strip_prefix("path: "));
    assert_eq!(attached.next_back(), Some("build/**/*.pdf"));
    assert!(project.path("build/机关/2025.pdf").is_file());
    assert_eq!(run(&Project::with(&plain_facts().replace("penalties = 0", "penalties = -1"))), 1);
}
