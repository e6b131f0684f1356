//! The hook and the workflow that the docs offer, run as they are.

mod support;

use std::path::Path;
use std::process::Command;

use support::{Project, Run, plain_facts, repository, text};

/// The folder of the program before all others on PATH.
fn path() -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_nianbao"));
    let folder = program.parent().expect("a folder").display();
    format!("{folder}:{}", std::env::var("PATH").unwrap_or_default())
}

fn git(project: &Project, args: &[&str]) -> Run {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=甲", "-c", "user.email=a@b.cn"]).args(args).current_dir(project.root());
    Run::of(command.env("PATH", path()).env("NIANBAO_LANG", "zh").env_remove("GIT_DIR"))
}

#[test]
fn the_hook_refuses_facts_that_are_not_in_order() {
    let project = Project::with(&plain_facts());
    assert_eq!(git(&project, &["init", "-q"]).status, 0);
    project.write(".git/hooks/pre-commit", text("docs/git/pre-commit"));
    let hook = project.path(".git/hooks/pre-commit");
    std::fs::copy(repository().join("docs/git/pre-commit"), &hook).expect("the hook, with its mode");
    let commit = |facts: &str| {
        project.write("reports/机关/2025.toml", facts);
        git(&project, &["add", "-A"]);
        git(&project, &["commit", "-q", "-m", "一"])
    };
    let wrong = commit(&plain_facts().replace("penalties = 0", "penalties = -1"));
    assert!(wrong.status != 0 && wrong.stderr.contains("[negative-number]"), "{}", wrong.stderr);
    let untidy = commit(&plain_facts().replace("penalties = 0", "penalties=0"));
    assert!(untidy.status != 0 && untidy.stderr.contains("nianbao fmt"), "{}", untidy.stderr);
    let right = commit(&plain_facts());
    assert_eq!(right.status, 0, "{}", right.stderr);
    project.write("备注.txt", "与事实无关");
    git(&project, &["add", "-A"]);
    assert_eq!(git(&project, &["commit", "-q", "-m", "二"]).status, 0);
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
        let mut command = Command::new("sh");
        Run::of(
            command.args(["-ec", &script]).current_dir(project.root()).env("PATH", path()).env("NIANBAO_LANG", "zh"),
        )
        .status
    };
    let project = Project::with(&plain_facts());
    assert_eq!(run(&project), 0);
    let attached = workflow.lines().find_map(|line| line.trim().strip_prefix("path: ")).expect("what is attached");
    assert_eq!(attached, "build/**/*.pdf");
    assert!(project.path("build/机关/2025.pdf").is_file());
    assert_eq!(run(&Project::with(&plain_facts().replace("penalties = 0", "penalties = -1"))), 1);
}
