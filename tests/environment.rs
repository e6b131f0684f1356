//! What the program says when the call, the project or the machine is not in order. Each test is named after the code
//! that it asks for, in the form `[code]`.

mod support;

use std::fs;
use std::process::Command;

use support::{Project, Run, plain_facts};

/// The run was refused with this code and status, and said so in one message.
fn refused(run: &Run, code: &str, status: i32) {
    assert!(run.stderr.contains(&format!("错误{code}")), "{code}:\n{}", run.stderr);
    assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{}", run.stderr);
}

#[test]
fn outside_a_project() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = Run::of(Command::new(env!("CARGO_BIN_EXE_nianbao")).arg("build").current_dir(folder.path()));
    refused(&run, "[no-project]", 2);
    assert!(run.stderr.contains("nianbao init"), "{}", run.stderr);
}

#[test]
fn nothing_to_build() {
    let project = Project::with(&plain_facts());
    refused(&project.run(["build", "2019"]), "[nothing-selected]", 2);
    refused(&project.run(["build", "没有的机关"]), "[nothing-selected]", 2);
    refused(&Project::new().run(["check"]), "[nothing-selected]", 2);
    project.write("reports/机关/备注.toml", "");
    refused(&project.run(["check"]), "[nothing-selected]", 2);
}

#[test]
fn a_selection_is_a_year_a_file_or_a_folder() {
    let project = Project::with(&plain_facts());
    project.write("reports/甲/2025.toml", plain_facts());
    project.write("reports/甲/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    let built = |select: &str| {
        let run = project.run(["build", "--force", "--format", "typ", select]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout.lines().map(|line| line.replace("已生成 ", "")).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(built("2025"), "build/机关/2025.typ build/甲/2025.typ");
    assert_eq!(built("甲"), "build/甲/2024.typ build/甲/2025.typ");
    assert_eq!(built("reports/甲"), "build/甲/2024.typ build/甲/2025.typ");
    assert_eq!(built("reports/甲/2024.toml"), "build/甲/2024.typ");
}

#[test]
fn a_facts_file_that_is_a_folder() {
    let project = Project::new();
    fs::create_dir_all(project.path("reports/机关/2025.toml")).expect("a folder");
    refused(&project.run(["build"]), "[unreadable]", 2);
    refused(&project.run(["check", "reports/机关/2025.toml"]), "[unreadable]", 2);
}

#[test]
fn a_facts_file_that_is_not_utf8() {
    let project = Project::new();
    // 机关 in GBK, as Notepad may save it.
    project.write("reports/机关/2025.toml", b"form = \"zfxxgk\"\nyear = 2025\n[organ]\nname = \"\xbb\xfa\xb9\xd8\"\n");
    let run = project.run(["build"]);
    refused(&run, "[not-utf8]", 1);
    assert!(run.stderr.contains("reports/机关/2025.toml:4:9"), "{}", run.stderr);
    assert!(run.stderr.contains("0xBB"), "{}", run.stderr);
}

#[test]
fn two_facts_files_with_one_output() {
    let project = Project::with(&plain_facts());
    project.write("机关/2025.toml", plain_facts());
    refused(&project.run(["build", "reports/机关/2025.toml", "机关/2025.toml"]), "[output-conflict]", 2);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let project = Project::with(&plain_facts());
    project.write("build", "a file where the folder should be");
    let run = project.run(["build", "--engine", support::ENGINE]);
    refused(&run, "[unwritable]", 2);
    assert_eq!(project.read("build"), b"a file where the folder should be");
    let run = project.run(["build", "--engine", support::ENGINE, "--out", "/dev/null/x"]);
    refused(&run, "[unwritable]", 2);
}

#[test]
fn a_preview_on_a_port_that_is_taken() {
    let project = Project::with(&plain_facts());
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let run = project.run(["watch", "--port", &port]);
    refused(&run, "[preview]", 2);
    assert!(run.stderr.contains("--port"), "{}", run.stderr);
}

#[test]
fn a_timestamp_that_is_no_number() {
    let project = Project::with(&plain_facts());
    refused(&Run::of(project.command().arg("build").env("SOURCE_DATE_EPOCH", "yesterday")), "[usage]", 2);
}

#[test]
fn no_engine() {
    let project = Project::with(&plain_facts());
    let run = Run::of(project.command().args(["build", "--engine", "typst-cli"]).env("PATH", "/nowhere"));
    refused(&run, "[no-engine]", 2);
    assert!(run.stderr.contains("cargo install typst-cli"), "{}", run.stderr);
    assert_eq!(project.files(), ["nianbao.toml", "reports/机关/2025.toml"]);
}

#[cfg(unix)]
#[test]
fn an_engine_of_another_version_or_one_that_fails() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::with(&plain_facts());
    let program = project.path("bin/typst");
    let put = |script: &str| {
        project.write("bin/typst", format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
    };
    let run = || {
        let path = project.path("bin");
        Run::of(project.command().args(["build", "--engine", "typst-cli"]).env("PATH", path))
    };
    put("echo typst 0.13.0");
    let old = run();
    refused(&old, "[no-engine]", 2);
    assert!(old.stderr.contains("0.13.0"), "{}", old.stderr);
    put("[ \"$1\" = --version ] && echo typst 0.15.1 || { echo disk on fire >&2; exit 1; }");
    let failing = run();
    refused(&failing, "[engine-failed]", 2);
    assert!(failing.stderr.contains("disk on fire"), "{}", failing.stderr);
}

/// A project whose form asks for a family that no machine has.
#[test]
fn no_fonts() {
    let project = Project::with(&plain_facts());
    let form = support::text("templates/zfxxgk/form.toml");
    let start = form.find("[fonts.body]").expect("the role");
    let end = start + form[start..].find("[fonts.heading]").expect("the next role");
    let form = format!("{}[fonts.body]\nfamilies = [\"没有的字体\"]\n\n{}", &form[..start], &form[end..]);
    project.write("templates/zfxxgk/form.toml", form);
    let run = project.run(["build", "--engine", support::ENGINE]);
    refused(&run, "[no-fonts]", 2);
    assert!(run.stderr.contains("body") && run.stderr.contains("apt-get install"), "{}", run.stderr);
    let doctor = project.run(["doctor"]);
    assert_eq!(doctor.status, 2);
    assert!(doctor.stdout.contains("body：没有可用的字体"), "{}", doctor.stdout);
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::with(&plain_facts());
    refused(&project.run(["init", "."]), "[already-exists]", 2);
    assert_eq!(project.files(), ["nianbao.toml", "reports/机关/2025.toml"]);
}

#[test]
fn init_makes_a_project_that_builds() {
    let folder = tempfile::tempdir().expect("a folder");
    let nianbao = |args: &[&str], folder: &std::path::Path| {
        Run::of(Command::new(env!("CARGO_BIN_EXE_nianbao")).args(args).current_dir(folder).env("NIANBAO_LANG", "zh"))
    };
    let run = nianbao(&["init", "年报"], folder.path());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let run = nianbao(&["build", "--engine", support::ENGINE, "--deny", "warnings"], &folder.path().join("年报"));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains(".pdf") && run.stdout.contains(".html"), "{}", run.stdout);
}

#[test]
fn a_report_that_fails_does_not_keep_the_others_from_being_built() {
    let project = Project::with(&plain_facts());
    project.write("reports/坏/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    let run = project.run(["build", "--engine", support::ENGINE]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("错误[negative-number]"), "{}", run.stderr);
    let files = project.files();
    assert!(files.contains(&"build/机关/2025.pdf".to_owned()), "{files:?}");
    assert!(!files.iter().any(|name| name.contains("build/坏")), "{files:?}");
}

#[test]
fn an_older_page_survives_a_failed_build() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", support::ENGINE]);
    let before = project.read("build/机关/2025.pdf");
    project.write("reports/机关/2025.toml", plain_facts().replace("penalties = 0", "penalties = -1"));
    assert_eq!(project.run(["build"]).status, 1);
    assert_eq!(project.read("build/机关/2025.pdf"), before);
}

/// A project with the facts of two years.
fn two_years(last: &str, this: &str) -> Project {
    let project = Project::with(this);
    project.write("reports/机关/2024.toml", last.replace("year = 2025", "year = 2024"));
    project
}

#[test]
fn figures_in_force_that_do_not_follow_from_last_year_are_a_warning() {
    let in_force = |count: &str| {
        plain_facts().replace("documents = { issued = 0, repealed = 0, in_force = 0 }", &format!("documents = {count}"))
    };
    let last = in_force("{ issued = 0, repealed = 0, in_force = 11 }");
    let right = two_years(&last, &in_force("{ issued = 2, repealed = 1, in_force = 12 }"));
    assert_eq!(right.run(["check", "--deny", "warnings"]).status, 0);
    let wrong = two_years(&last, &in_force("{ issued = 2, repealed = 1, in_force = 13 }"));
    let run = wrong.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[in-force-continuity]"), "{}", run.stderr);
    assert!(run.stderr.contains("2025.toml:16:62") && run.stderr.contains("2024.toml:16:62"), "{}", run.stderr);
    refused(&wrong.run(["check", "--deny", "warnings"]), "[in-force-continuity]", 1);
}

#[test]
fn last_year_that_is_wrong_is_not_compared_and_not_passed_over_in_silence() {
    let project = two_years("year = \n", &plain_facts());
    let run = project.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[last-year]") && run.stderr.contains("2024.toml"), "{}", run.stderr);
    refused(&project.run(["check", "2025", "--deny", "warnings"]), "[last-year]", 1);
}

/// What `doctor` says of a role: the file that serves it.
fn serving(project: &Project, role: &str) -> String {
    let said = project.run(["doctor", "--lang", "en"]).stdout;
    let line = said.lines().find(|line| line.trim_start().starts_with(&format!("{role}: "))).expect("the role");
    let path = line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).expect("a path").0;
    path.to_owned()
}

#[test]
fn the_projects_own_fonts_come_before_the_systems() {
    let project = Project::with(&plain_facts());
    let system = serving(&project, "body");
    project.write("fonts/own.otf", fs::read(&system).expect("the face"));
    assert_eq!(serving(&project, "body"), system);
    project.write("nianbao.toml", "font-paths = [\"fonts\"]\n");
    assert_eq!(serving(&project, "body"), "fonts/own.otf");
    project.build(&["--engine", support::ENGINE]);
}

#[test]
fn the_project_file_holds_defaults_that_the_command_line_overrides() {
    let project = Project::with(&plain_facts());
    project.write("nianbao.toml", "[build]\nformats = [\"typ\"]\nout = \"pages\"\n");
    let made = |args: &[&str]| {
        project.build(args);
        let files: Vec<String> =
            project.files().into_iter().filter(|name| name.contains("2025.") && !name.ends_with("toml")).collect();
        let files: Vec<String> = files.into_iter().filter(|name| !name.ends_with(".json")).collect();
        for file in &files {
            fs::remove_file(project.path(file)).expect("it is there");
        }
        files
    };
    assert_eq!(made(&[]), ["pages/机关/2025.typ"]);
    assert_eq!(made(&["--format", "html", "--out", "web"]), ["web/机关/2025.html"]);
    // From a folder below, the project is found and a selection is read from there.
    let run = Run::of(project.command().args(["build", "2025.toml"]).current_dir(project.path("reports/机关")));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert!(project.path("pages/机关/2025.typ").is_file());
}

const IN_FORCE: &str = "documents = { issued = 0, repealed = 0, in_force = 5 }";

#[test]
fn a_warning_can_be_accepted_with_a_reason_and_an_idle_acceptance_is_a_warning() {
    let accept = "\n[[accept]]\ncheck = \"in-force-continuity\"\nreason = \"清理后调整\"\n";
    let changed = plain_facts().replace("documents = { issued = 0, repealed = 0, in_force = 0 }", IN_FORCE) + accept;
    let project = two_years(&plain_facts(), &changed);
    let run = project.run(["check", "--deny", "warnings"]);
    assert_eq!((run.status, run.stderr.matches("[in-force-continuity]").count()), (0, 0), "{}", run.stderr);
    assert!(
        run.stderr.starts_with("说明[accepted-places]: 这一条接受了 in-force-continuity 的 1 处警告\n"),
        "{}",
        run.stderr
    );
    let idle = two_years(&plain_facts(), &(plain_facts() + accept));
    let run = idle.run(["check", "2025"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stderr.contains("警告[unused-acceptance]"), "{}", run.stderr);
    refused(&idle.run(["check", "--deny", "warnings"]), "[unused-acceptance]", 1);
}

#[test]
fn a_facts_file_of_a_hundred_mebibytes() {
    let project = Project::with(&plain_facts());
    let huge = fs::File::create(project.path("reports/机关/2025.toml")).expect("a file");
    huge.set_len(100 << 20).expect("a file of that size");
    refused(&project.run(["check"]), "[too-large]", 1);
}

/// Each of these would run for ever, or overflow a stack or the memory, if nothing stopped it.
#[test]
fn what_has_no_end_is_refused_within_seconds() {
    let deep = 10_000;
    let facts = |extra: &str| format!("{}\n{extra}\n", plain_facts());
    let prose = |text: &str| plain_facts().replace("信息发布前逐件审核。", text);
    let rule = "\n[rule.x]\nmessage = { zh = '甲', en = 'a' }\nsource = 's'\nright = ''\nwrong = ''\n";
    let form = |extra: &str| support::text("templates/zfxxgk/form.toml") + rule + extra;
    let condition = |test: &str| form(&format!("[[condition]]\nrule = 'x'\ntest = \"\"\"{test}\"\"\""));
    let loops = "  { key = 'loop', label = 'x', use = 'denied' },\n".repeat(12);
    let uses_itself =
        support::text("templates/zfxxgk/form.toml").replace("\ndenied = [\n", &format!("\ndenied = [\n{loops}"));
    let endless = "{% for i in range(end=90000) %}{% for j in range(end=90000) %}{{ i }}{% endfor %}{% endfor %}";
    let page = "report.html.tera";
    /// Facts, a file of the form, and the code and status that come of them.
    type Endless<'a> = (String, Option<(&'a str, String)>, &'a str, i32);
    let cases: Vec<Endless<'_>> = vec![
        (facts(&format!("x = {}{}", "[".repeat(deep), "]".repeat(deep))), None, "[toml-syntax]", 1),
        (facts(&format!("x = {}1{}", "{a = ".repeat(deep), "}".repeat(deep))), None, "[toml-syntax]", 1),
        (facts(&format!("[x{}]", ".a".repeat(deep))), None, "[toml-syntax]", 1),
        (prose(&format!("{}甲", ">".repeat(deep))), None, "[too-deep]", 1),
        (prose(&"甲".repeat(100_001)), None, "[too-large]", 1),
        (plain_facts(), Some(("form.toml", condition("x > 1"))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition(&"+1".repeat(deep)))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition(&"(".repeat(900)))), "[form-file]", 2),
        (plain_facts(), Some(("form.toml", condition("('x' * 1000000000) == ''"))), "[check-failed]", 2),
        (plain_facts(), Some(("form.toml", uses_itself)), "[form-file]", 2),
        (plain_facts(), Some((page, endless.to_owned())), "[template-error]", 2),
        (plain_facts(), Some((page, "{% include 'report.html.tera' %}".to_owned())), "[template-error]", 2),
        (plain_facts(), Some((page, "{% if true %}".repeat(3000))), "[template-error]", 2),
    ];
    for (facts, file, code, status) in cases {
        let project = Project::with(&facts);
        if let Some((name, text)) = &file {
            project.write(&format!("templates/zfxxgk/{name}"), text);
        }
        let started = std::time::Instant::now();
        refused(&project.run(["build", "--format", "html"]), code, status);
        let taken = started.elapsed().as_secs();
        assert!(taken < 20, "{code} took {taken} s");
    }
}

#[test]
fn a_page_without_a_record() {
    let project = Project::with(&plain_facts());
    project.write("2025.pdf", "%PDF-1.7");
    refused(&project.run(["verify", "2025.pdf"]), "[no-record]", 2);
    project.write("2025.json", "{}");
    refused(&project.run(["verify", "2025.pdf"]), "[no-record]", 2);
    refused(&project.run(["verify", "2024.pdf"]), "[unreadable]", 2);
}
