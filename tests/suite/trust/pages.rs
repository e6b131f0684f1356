//! A page is set in the faces that its record names, a record is believed by nobody, and faults of the machine are told as such.

use std::fs;
use std::time::Duration;

use crate::support::{self, ENGINE, Project, Run, can_run, pdf, plain_facts};

/// A project with its own copy of the face that tables are set in, and the good page.
fn with_own_font() -> (Project, Vec<u8>) {
    let project = Project::with(&plain_facts());
    let said = Run::of(project.command().args(["--lang", "en", "doctor"])).stdout;
    let of_form = said.lines().skip_while(|line| !line.starts_with("fonts of the form zfxxgk"));
    let line = of_form.into_iter().find(|line| line.starts_with("  table: "));
    let path = line.and_then(|line| line.split_once('(')?.1.split_once(')')).expect("the face of tables").0;
    project.write("fonts/own.otf", fs::read(path).expect("the machine's font"));
    project.write("nianbao.toml", "font-paths = [\"fonts\"]\n");
    project.build(&["--engine", ENGINE]);
    let page = project.read("build/机关/2025.pdf");
    assert!(String::from_utf8_lossy(&project.read("build/机关/2025.json")).contains("own.otf"));
    (project, page)
}

fn refused(run: &Run, code: &str, words: &[&str]) {
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains(code), "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_font_that_cannot_be_read_is_an_error_for_every_command_and_is_not_remembered() {
    let (project, good) = with_own_font();
    let font = project.read("fonts/own.otf");
    // A link to itself: there, and not to be opened, even by root.
    fs::remove_file(project.path("fonts/own.otf")).expect("removed");
    std::os::unix::fs::symlink("own.otf", project.path("fonts/own.otf")).expect("a link");
    for args in [&["build", "--force", "--engine", ENGINE][..], &["build"], &["check"], &["doctor"]] {
        refused(&project.run(args), "[unreadable]", &["fonts/own.otf", "不用其他字体代替"]);
    }
    assert_eq!(project.read("build/机关/2025.pdf"), good, "the page of before");
    fs::remove_file(project.path("fonts/own.otf")).expect("removed");
    project.write("fonts/own.otf", font);
    project.build(&["--engine", ENGINE, "--force"]);
    assert_eq!(project.read("build/机关/2025.pdf"), good);
}

#[test]
fn another_font_in_the_place_of_one_is_another_page_and_is_recorded_as_such() {
    let (project, _) = with_own_font();
    let recorded = |project: &Project| {
        let record: serde_json::Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("JSON");
        let fonts = record["fonts"].as_array().expect("fonts").clone();
        fonts.into_iter().find(|font| font["file"] == "own.otf").map(|font| font["blake3"].clone())
    };
    let before = recorded(&project).expect("it is used");
    assert_eq!(before, blake3::hash(&project.read("fonts/own.otf")).to_hex().as_str());
    // The same face with other bytes at its end, which no reader of fonts looks at.
    let mut font = project.read("fonts/own.otf");
    font.extend([0; 64]);
    project.write("fonts/own.otf", &font);
    project.build(&["--engine", ENGINE]);
    assert_eq!(recorded(&project).expect("it is used"), blake3::hash(&font).to_hex().as_str());
}

#[test]
#[cfg(unix)]
fn a_page_that_was_set_while_a_font_changed_is_not_written() {
    let (project, good) = with_own_font();
    // A file is linked for typst, and not copied, once it has been left alone for a while.
    std::thread::sleep(Duration::from_millis(2_200));
    let font = project.path("fonts/own.otf");
    let script = format!(
        "case $1 in --version) echo typst {};; *) printf x >> '{}'; printf %%PDF;; esac",
        nianbao::typeset::TYPST_VERSION,
        font.display()
    );
    project.program("typst", &script);
    let build = || project.run(["build", "--force", "--engine", "typst-cli"]);
    refused(&build(), "[fonts-changed]", &["fonts/own.otf", "再运行一次"]);
    assert_eq!(project.read("build/机关/2025.pdf"), good, "the page of before");
    // A font that has just changed is copied: what happens to it meanwhile does not matter.
    assert_eq!(build().status, 0);
    assert_eq!(project.read("build/机关/2025.pdf"), b"%PDF");
}

#[test]
#[cfg(unix)]
fn a_folder_that_holds_everything_is_no_font_folder() {
    let project = Project::with(&plain_facts());
    project.write("nianbao.toml", "font-paths = [\"/\"]\n");
    let (run, worked) = Run::timed(project.command().arg("build"));
    refused(&run, "[project-file]", &["字体文件夹太大（看到 / 为止）", "font-paths"]);
    assert!(worked < Duration::from_secs(20), "{worked:?}");
}

/// Facts with a warning: last year there was one licence more than this year says.
fn with_warning() -> Project {
    let project = Project::with(&plain_facts().replace("licences = 0", "licences = 2"));
    let last = plain_facts().replace("year = 2025", "year = 2024").replace("licences = 0", "licences = -1");
    project.write("reports/机关/2024.toml", last);
    project
}

#[test]
fn warnings_are_told_from_the_facts_whatever_a_record_says_of_them() {
    let project = with_warning();
    let build = |more: &[&str]| project.run(["build", "2025", "--engine", ENGINE].iter().chain(more));
    let first = build(&[]);
    assert_eq!(first.status, 0, "{}", first.stderr);
    assert!(first.stderr.contains("[last-year]"), "{}", first.stderr);
    let record = "build/机关/2025.json";
    let text = String::from_utf8(project.read(record)).expect("UTF-8");
    assert!(text.contains("\"warnings\": 1"), "{text}");
    project.write(record, text.replace("\"warnings\": 1", "\"warnings\": 0"));
    let denied = build(&["--deny", "warnings"]);
    assert_eq!(denied.status, 1, "{}", denied.stdout);
    assert!(denied.stderr.contains("[last-year]"), "{}", denied.stderr);
    let unchanged = build(&[]);
    assert!(unchanged.status == 0 && unchanged.stderr.contains("[last-year]"), "{}", unchanged.stderr);
}

#[test]
fn whatever_is_forged_in_a_record_is_found_by_verify() {
    let project = with_warning();
    project.run(["build", "2025", "--engine", ENGINE, "--charts"]);
    let record = "build/机关/2025.json";
    let good = String::from_utf8(project.read(record)).expect("UTF-8");
    let verify = || project.run(["verify", "build/机关/2025.pdf"]);
    assert_eq!(verify().status, 0, "{}", verify().stdout);
    let parsed: serde_json::Value = serde_json::from_str(&good).expect("JSON");
    let hashes: Vec<&str> = good.split('"').filter(|word| word.len() == 64).collect();
    assert!(hashes.len() > 15, "{good}");
    let mut forged: Vec<String> =
        hashes.iter().map(|hash| good.replacen(hash, &format!("0000{}", &hash[4..]), 1)).collect();
    forged.push(good.replace("\"warnings\": 1", "\"warnings\": 0"));
    let acceptance = "\"accepted\": [{\"check\": \"last-year\", \"reason\": \"forged\"}]";
    forged.push(good.replace("\"accepted\": []", acceptance));
    forged.push(good.replace("\"year\": 2025", "\"year\": 2024"));
    forged.push(good.replace("\"form\": \"zfxxgk\"", "\"form\": \"wznb\""));
    for (number, text) in forged.iter().enumerate() {
        assert_ne!(serde_json::from_str::<serde_json::Value>(text).expect("JSON"), parsed, "{number}");
        project.write(record, text);
        let run = verify();
        assert_eq!(run.status, 1, "{number}: {}\n{text}", run.stdout);
        assert!(run.stdout.starts_with("相同"), "the page is the same all the while: {}", run.stdout);
    }
}

#[test]
fn the_engines_of_two_builds_write_the_same_record_of_fonts() {
    let has_embedded = can_run(cfg!(feature = "embedded"), "the embedded engine", "EMBEDDED");
    if !has_embedded || !support::typst_cli_is_there() {
        return;
    }
    let project = Project::with(&plain_facts());
    let fonts = |engine: &str| {
        project.build(&["--engine", engine, "--force"]);
        let record: serde_json::Value = serde_json::from_slice(&project.read("build/机关/2025.json")).expect("JSON");
        (record["fonts"].clone(), pdf::fonts(&project.path("build/机关/2025.pdf")))
    };
    assert_eq!(fonts("typst-cli"), fonts("embedded"));
}

/// The program under a limit of address space, in MB.
#[cfg(all(target_os = "linux", feature = "embedded"))]
fn limited(project: &Project, megabytes: u32) -> std::process::Output {
    let mut command = project.around("prlimit");
    command.arg(format!("--as={megabytes}000000")).args(["nianbao", "build", "--engine", "embedded", "--force"]);
    command.output().expect("prlimit runs")
}

#[test]
#[cfg(all(target_os = "linux", feature = "embedded"))]
fn too_little_memory_is_told_as_such_and_never_of_the_facts() {
    let project = Project::with(&plain_facts());
    project.build(&["--engine", "embedded"]);
    let good = project.read("build/机关/2025.pdf");
    let (mut refused, mut made) = (0, 0);
    for megabytes in (100..500).step_by(25) {
        let output = limited(&project, megabytes);
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => made += 1,
            Some(2) => {
                refused += 1;
                assert!(said.contains("[engine-failed]") || said.contains("[unreadable]"), "{megabytes}: {said}");
            }
            // Where not even a message can be put together, the Rust library says so and ends the process.
            None if said.contains("memory allocation of") => refused += 1,
            other => panic!("{megabytes} MB: {other:?}: {said}"),
        }
        assert_eq!(project.read("build/机关/2025.pdf"), good, "{megabytes}");
    }
    assert!(refused > 0 && made > 0, "{refused} refused, {made} made");
}

#[test]
fn a_temporary_folder_that_is_not_there_is_no_fault_of_a_form() {
    let project = Project::new();
    let run = Run::of(project.command().args(["forms", "check", "zfxxgk"]).env("TMPDIR", "/nowhere"));
    assert!(!run.stderr.contains("警告["), "{}", run.stderr);
    // The rules need no files; only an engine that is another program does.
    assert!(run.status == 0 || run.stderr.contains("/nowhere"), "{}", run.stderr);
}

#[test]
fn a_page_in_the_place_of_another_is_found_by_verify() {
    let project = Project::with(&plain_facts());
    project.write("reports/乙局/2025.toml", plain_facts().replace("示例", "另一"));
    project.build_in_spite_of_warnings(&["--engine", ENGINE, "--format", "pdf"]);
    let verify = || project.run(["--lang", "en", "verify", "build/乙局/2025.pdf"]);
    let run = verify();
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("facts: reports/乙局/2025.toml"), "{}", run.stdout);
    for name in ["2025.pdf", "2025.json"] {
        project.write(&format!("build/乙局/{name}"), project.read(&format!("build/机关/{name}")));
    }
    let run = verify();
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("the place of the page of reports/乙局/2025.toml"), "{}", run.stdout);
}

#[test]
fn a_draft_under_the_name_of_a_final_page_is_found_by_verify() {
    let project = Project::with(&plain_facts().replace("licences = 0", "licences = 0\nunknown = 1"));
    assert_eq!(project.run(["build", "--engine", ENGINE]).status, 1);
    project.run(["build", "--draft", "--engine", ENGINE, "--format", "pdf"]);
    project.write("build/机关/2025.pdf", project.read("build/机关/2025.draft.pdf"));
    let record = String::from_utf8(project.read("build/机关/2025.draft.json")).expect("UTF-8");
    project.write("build/机关/2025.json", record.replace("2025.draft.pdf", "2025.pdf"));
    let run = project.run(["--lang", "en", "verify", "build/机关/2025.pdf"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("2025.pdf is a draft under the name of a final page"), "{}", run.stdout);
}
