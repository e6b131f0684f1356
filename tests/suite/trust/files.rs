//! Files of others stay as they are, nothing outside the project is read, and nothing is left behind.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Project, Run, can_run, plain_facts, signal};

/// Longer than anything here takes that does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(60);
const FACTS: &str = "reports/机关/2025.toml";
/// How often something is tried at the most.
const ROUNDS: usize = 1_000;
/// What must never be seen in a message.
const SECRET: &str = "hunter2-is-the-token";

/// Facts that `fmt` would change.
fn untidy() -> String {
    plain_facts().replace("licences = ", "licences   =   ")
}

/// Runs the program, and expects that it ends.
fn ends(project: &Project, args: &[&str]) -> Run {
    let mut child = begun(project, args);
    let begun = Instant::now();
    while child.try_wait().expect("a process").is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().expect("killed");
            panic!("{args:?} waits for ever");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().expect("its output").into()
}

fn begun(project: &Project, args: &[&str]) -> Child {
    project.command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn pipe(path: &Path) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    assert_eq!(Run::of(Command::new("mkfifo").arg(path)).status, 0);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

/// The temporary files below a folder.
fn temporary(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let is_temporary = |entry: &walkdir::DirEntry| entry.file_name().to_string_lossy().starts_with(".nianbao-");
    entries.filter(is_temporary).map(walkdir::DirEntry::into_path).collect()
}

/// Whether something was tried often enough: so many times at least, and until it fell into the right moment, which on a busy
/// machine it seldom does.
fn is_enough(tried: usize, least: usize, met: usize) -> bool {
    tried >= least && met > 0
}

/// Does something at the moment at which the program is about to put a file in its place.
fn as_it_is_written(project: &Project, args: &[&str], mut act: impl FnMut()) -> Run {
    let folder = project.path("reports/机关");
    let mut child = begun(project, args);
    loop {
        if !temporary(&folder).is_empty() {
            act();
            break;
        }
        if child.try_wait().expect("a process").is_some() {
            break;
        }
    }
    child.wait_with_output().expect("its output").into()
}

#[test]
fn a_file_that_comes_while_next_years_is_made_is_never_overwritten() {
    let project = Project::with(&plain_facts());
    let next = project.path("reports/机关/2026.toml");
    let mut met = 0;
    for round in 0..ROUNDS {
        if is_enough(round, 20, met) {
            break;
        }
        let own = format!("# mine, {round}\n");
        let mut is_first = false;
        let run = as_it_is_written(&project, &["roll", "机关"], || {
            let created = fs::File::options().write(true).create_new(true).open(&next);
            is_first = created.is_ok_and(|mut file| file.write_all(own.as_bytes()).is_ok());
        });
        if is_first {
            met += 1;
            assert_eq!(fs::read_to_string(&next).expect("a file"), own);
            assert!(run.status == 2 && run.stderr.contains("[already-exists]"), "{}{}", run.stdout, run.stderr);
        } else {
            assert_eq!(run.status, 0, "{}", run.stderr);
        }
        fs::remove_file(&next).expect("removed");
    }
    assert!(met > 0, "the file was there first in no round");
    assert_eq!(temporary(project.root()), Vec::<PathBuf>::new());
}

#[test]
fn what_was_rolled_before_a_file_came_in_the_way_is_told() {
    let project = Project::with(&plain_facts());
    project.write("reports/乙/2025.toml", plain_facts());
    let next = project.path("reports/机关/2026.toml");
    let mut met = 0;
    for round in 0..ROUNDS {
        if is_enough(round, 20, met) {
            break;
        }
        let run = as_it_is_written(&project, &["roll", "2025"], || {
            let _ = fs::File::options().write(true).create_new(true).open(&next);
        });
        if run.status == 2 {
            met += 1;
            assert!(run.stdout.contains("已生成 reports/乙/2026.toml"), "{}{}", run.stdout, run.stderr);
            assert!(!run.stdout.contains("已生成 reports/机关/2026.toml"), "{}", run.stdout);
        }
        for folder in ["机关", "乙"] {
            fs::remove_file(project.path(&format!("reports/{folder}/2026.toml"))).expect("removed");
        }
    }
    assert!(met > 0, "the file was there first in no round");
}

#[test]
fn a_link_to_nowhere_stands_in_the_way_of_a_new_file() {
    let project = Project::with(&plain_facts());
    symlink("elsewhere.toml", project.path("reports/机关/2026.toml")).expect("a link");
    let run = ends(&project, &["roll", "机关"]);
    assert!(run.status == 2 && run.stderr.contains("[already-exists]"), "{}", run.stderr);
    let run = ends(&project, &["new", "机关", "--form", "zfxxgk", "--year", "2026"]);
    assert!(run.status == 2 && run.stderr.contains("[already-exists]"), "{}", run.stderr);
    assert!(!project.path("reports/机关/elsewhere.toml").exists());
}

#[test]
fn a_save_that_falls_into_an_edit_is_not_lost() {
    let project = Project::with("");
    let path = project.path(FACTS);
    let (mut lost, mut met) = (Vec::new(), 0);
    for round in 0..ROUNDS {
        if is_enough(round, 60, met) {
            break;
        }
        let command = ["fmt", "check"][round % 2];
        project.write(FACTS, untidy().replace("year = 2025", "year =２０２５"));
        let args: &[&str] = if command == "fmt" { &["fmt"] } else { &["check", "--fix"] };
        if command == "fmt" {
            project.write(FACTS, untidy());
        }
        // Both ways in which editors save.
        let own = format!("# saved in round {round}\n");
        let mut is_met = false;
        let run = as_it_is_written(&project, args, || {
            is_met = true;
            if round % 4 < 2 {
                fs::write(project.path("saved"), &own).expect("written");
                fs::rename(project.path("saved"), &path).expect("renamed");
            } else {
                fs::write(&path, &own).expect("written");
            }
        });
        if !is_met {
            continue;
        }
        met += 1;
        let found = fs::read_to_string(&path).expect("a file");
        // Either the save came before and is told, or it came after and replaced what was written.
        let is_told = run.status == 2 && run.stderr.contains("[unwritable]") && run.stderr.contains("被改动");
        if found != own || !(is_told || run.status == 0) {
            lost.push((round, run.status, run.stdout, run.stderr, found));
        }
    }
    assert!(lost.is_empty(), "{} of {met} lost: {:?}", lost.len(), lost.first());
    assert!(met > 0, "no save fell into an edit");
    assert_eq!(temporary(project.root()), Vec::<PathBuf>::new());
}

#[test]
fn an_edited_file_keeps_its_mode_its_links_and_its_other_names() {
    let project = Project::with(&untidy());
    let path = project.path(FACTS);
    let tidy = |run: Run| assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    for wanted in [0o600, 0o664, 0o640] {
        project.write(FACTS, untidy());
        set_mode(&path, wanted);
        tidy(project.run(["fmt"]));
        assert_eq!(mode(&path), wanted);
        assert!(project.read(FACTS) != untidy().as_bytes());
    }
    // By the edits of `check` as well.
    project.write(FACTS, plain_facts().replace("licences = 0", "licences = ０"));
    set_mode(&path, 0o600);
    let run = project.run(["check", "--fix"]);
    assert!(run.status == 0 && run.stdout.contains("已改正"), "{}{}", run.stdout, run.stderr);
    assert_eq!(mode(&path), 0o600);
    // A link stays one, and what it leads to is edited.
    project.write("真/2025.toml", untidy());
    fs::remove_file(&path).expect("removed");
    symlink("../../真/2025.toml", &path).expect("a link");
    tidy(project.run(["fmt"]));
    assert!(path.is_symlink());
    assert_eq!(project.read("真/2025.toml"), project.read(FACTS));
    assert!(!String::from_utf8_lossy(&project.read("真/2025.toml")).contains("licences   ="));
    // A file of two names has both.
    fs::remove_file(&path).expect("removed");
    project.write(FACTS, untidy());
    fs::hard_link(&path, project.path("副.toml")).expect("a hard link");
    tidy(project.run(["fmt"]));
    assert_eq!(project.read(FACTS), project.read("副.toml"));
    assert_eq!(fs::metadata(&path).expect("a file").nlink(), 2);
}

#[test]
fn an_edited_file_keeps_its_owner() {
    let project = Project::with(&untidy());
    let path = project.path(FACTS);
    // Only the superuser can give files away.
    let is_given = std::os::unix::fs::chown(&path, Some(12345), Some(23456)).is_ok();
    if !can_run(is_given, "the superuser's right to give files away", "ROOT") {
        return;
    }
    assert_eq!(project.run(["fmt"]).status, 0);
    let found = fs::metadata(&path).expect("a file");
    assert_eq!((found.uid(), found.gid()), (12345, 23456));
    assert!(project.read(FACTS) != untidy().as_bytes());
}

#[test]
fn new_files_are_for_those_whom_the_umask_lets_in() {
    for (umask, wanted) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let project = Project::with(&plain_facts());
        let script = format!(
            "umask {umask}; nianbao build --format html,typ --summary s.json && nianbao roll 机关 && \
             nianbao new 乙 --form zfxxgk --year 2025 && nianbao forms new own && nianbao init p"
        );
        let run = Run::of(&mut project.shell(&script));
        assert_eq!(run.status, 0, "{}", run.stderr);
        for file in project.files().iter().filter(|file| !["nianbao.toml", FACTS].contains(&file.as_str())) {
            assert_eq!(mode(&project.path(file)), wanted, "{file} with {umask}");
        }
        // A page that somebody has kept from others stays so.
        set_mode(&project.path("build/机关/2025.html"), 0o640);
        assert_eq!(project.run(["build", "机关/2025", "--format", "html", "--force"]).status, 0);
        assert_eq!(mode(&project.path("build/机关/2025.html")), 0o640);
    }
}

#[test]
fn what_is_named_for_output_may_be_a_pipe_or_a_link() {
    let project = Project::with(&plain_facts());
    let whole = |text: &str| {
        let summary: serde_json::Value = serde_json::from_str(text).expect("a summary");
        assert_eq!(summary["selected"], 1, "{text}");
    };
    let through = |args: &[&str]| {
        let name = project.path("pipe");
        pipe(&name);
        let reader = {
            let name = name.clone();
            thread::spawn(move || fs::read_to_string(name).expect("what comes"))
        };
        let run = ends(&project, args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        whole(&reader.join().expect("a reader"));
        assert!(fs::symlink_metadata(&name).expect("the pipe").file_type().is_fifo());
        fs::remove_file(&name).expect("removed");
    };
    through(&["build", "--format", "typ", "--summary", "pipe"]);
    assert_eq!(project.run(["build", "--format", "typ", "--shard", "1/1", "--summary", "shard.json"]).status, 0);
    through(&["merge-summary", "shard.json", "--out", "pipe"]);
    // Standard output, by its names, with what else is printed there.
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        if !can_run(Path::new(name).exists(), name, "PROC") {
            continue;
        }
        let run = project.run(["build", "--force", "--format", "typ", "--summary", name]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let (said, summary) = run.stdout.split_once('\n').expect("two lines");
        assert_eq!(said, "已生成 build/机关/2025.typ");
        whole(summary);
    }
    // To a file as well, after what is there.
    let script = "echo before > out; nianbao build --force --format typ --summary /dev/stdout >> out";
    let run = Run::of(&mut project.shell(script));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let out = String::from_utf8(project.read("out")).expect("text");
    whole(out.strip_prefix("before\n已生成 build/机关/2025.typ\n").expect("what was there"));
    // A link leads to the file that is written.
    project.write("kept/real.json", "old");
    symlink("kept/real.json", project.path("link.json")).expect("a link");
    assert_eq!(project.run(["build", "--format", "typ", "--summary", "link.json"]).status, 0);
    assert!(project.path("link.json").is_symlink());
    whole(&String::from_utf8(project.read("kept/real.json")).expect("text"));
    // A page is written in the place of a file alone.
    fs::remove_file(project.path("build/机关/2025.typ")).expect("removed");
    pipe(&project.path("build/机关/2025.typ"));
    let run = ends(&project, &["build", "--force", "--format", "typ"]);
    assert!(run.status == 2 && run.stderr.contains("[unwritable]"), "{}", run.stderr);
    assert!(fs::symlink_metadata(project.path("build/机关/2025.typ")).expect("the pipe").file_type().is_fifo());
}

#[test]
fn the_first_interrupt_ends_a_wait_for_whoever_reads_a_summary() {
    let project = Project::with(&plain_facts());
    pipe(&project.path("pipe"));
    let mut command = project.command();
    command.args(["build", "--format", "typ", "--summary", "pipe"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut running = command.spawn().expect("the program");
    let is_waiting = || project.path("build/机关/2025.json").exists();
    let begun = Instant::now();
    while !is_waiting() && begun.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(is_waiting());
    // The record is the last thing written before.
    thread::sleep(Duration::from_millis(300));
    assert!(running.try_wait().expect("it runs").is_none(), "it waits");
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().is_ok_and(|s| s.success()));
    let begun = Instant::now();
    let status = loop {
        match running.try_wait().expect("its status") {
            Some(status) => break status,
            None if begun.elapsed() > Duration::from_secs(10) => {
                running.kill().expect("ended");
                panic!("it still waits");
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    assert_eq!(status.code(), Some(130));
}

/// A pipe in the place of a file is refused at once, by its name.
fn refused(project: &Project, name: &str, runs: &[&[&str]]) {
    let path = project.path(name);
    let before = fs::read(&path).ok();
    let _ = fs::remove_file(&path);
    pipe(&path);
    for args in runs {
        let run = ends(project, args);
        let said = (run.status, run.stderr.contains("[unreadable]"), run.stderr.contains("管道"));
        assert_eq!(said, (2, true, true), "{name}, {args:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(name.rsplit('/').next().unwrap_or(name)), "{}", run.stderr);
    }
    fs::remove_file(&path).expect("removed");
    if let Some(before) = before {
        fs::write(path, before).expect("written");
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_refused_at_once() {
    let project = Project::with(&plain_facts());
    let every: &[&[&str]] = &[
        &["build", "--format", "typ"],
        &["check"],
        &["check", "--fix"],
        &["fmt"],
        &["roll", "2025"],
        &["check", FACTS],
    ];
    refused(&project, FACTS, every);
    refused(
        &project,
        "reports/机关/2024.toml",
        &[&["check", "2025"], &["build", "2025", "--format", "typ"], &["diff", "机关"]],
    );
    project.write("reports/机关/2024.toml", plain_facts().replace("year = 2025", "year = 2024"));
    refused(&project, "reports/机关/2023.toml", &[&["build", "2025", "--charts", "--format", "typ"], &["check"]]);
    fs::remove_file(project.path("reports/机关/2024.toml")).expect("removed");
    refused(
        &project,
        "nianbao.toml",
        &[&["check"], &["build"], &["doctor"], &["fmt"], &["new", "丁", "--form", "zfxxgk", "--year", "2025"]],
    );
    refused(&project, "facts.toml", &[&["check", "facts.toml"], &["fmt", "facts.toml"]]);
    for name in ["form.toml", "report.typ.tera", "report.html.tera", "partials/own.typ.tera", "override.toml"] {
        let name = format!("templates/zfxxgk/{name}");
        refused(&project, &name, &[&["build", "--format", "typ"], &["check"], &["forms", "check", "zfxxgk"]]);
        let _ = fs::remove_dir_all(project.path("templates"));
    }
    refused(&project, "templates/partials/own.typ.tera", &[&["check"]]);
    fs::remove_dir_all(project.path("templates")).expect("removed");
    refused(&project, "s.json", &[&["merge-summary", "s.json"]]);
    project.build(&["--format", "html"]);
    refused(&project, "build/机关/2025.json", &[&["verify", "build/机关/2025.html"]]);
    refused(&project, "build/机关/2025.html", &[&["verify", "build/机关/2025.html"]]);
    // A build finds no record there, and writes none over it.
    fs::remove_file(project.path("build/机关/2025.json")).expect("removed");
    pipe(&project.path("build/机关/2025.json"));
    let run = ends(&project, &["build", "--format", "html"]);
    assert!(run.status == 2 && run.stderr.contains("[unwritable]"), "{}", run.stderr);
}

#[test]
fn a_socket_and_an_endless_file_are_refused() {
    let project = Project::with(&plain_facts());
    fs::remove_file(project.path(FACTS)).expect("removed");
    let _socket = std::os::unix::net::UnixListener::bind(project.path(FACTS)).expect("a socket");
    let run = ends(&project, &["check"]);
    assert!(run.status == 2 && run.stderr.contains("套接字"), "{}", run.stderr);
    fs::remove_file(project.path(FACTS)).expect("removed");
    project.write(FACTS, plain_facts());
    // Larger than anything of the kind is, though it takes no room.
    for name in ["nianbao.toml", "templates/zfxxgk/report.typ.tera", "templates/zfxxgk/override.toml"] {
        let path = project.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::File::create(&path).and_then(|file| file.set_len(2 << 20)).expect("a large file");
        let run = ends(&project, &["check"]);
        assert!(run.status == 2 && run.stderr.contains("超过 1 MiB"), "{name}: {}", run.stderr);
        fs::write(&path, "").expect("written");
        if name != "nianbao.toml" {
            fs::remove_file(&path).expect("removed");
        }
    }
}

/// A project and, outside it, a folder with a secret in files of every kind.
fn beside_a_secret() -> (Project, tempfile::TempDir) {
    let outside = tempfile::tempdir().expect("a folder");
    for name in
        ["2025.toml", "2024.toml", "form.toml", "report.typ.tera", "report.html.tera", "nianbao.toml", "2025.json"]
    {
        fs::write(outside.path().join(name), format!("{SECRET} = ?\n{{{{ {SECRET}\n")).expect("written");
    }
    (Project::with(&plain_facts()), outside)
}

fn keeps_the_secret(project: &Project, args: &[&str]) -> Run {
    let run = Run::of(project.command().args(args).env("CI_TOKEN", SECRET));
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains(SECRET), "{args:?}: {said}");
    assert!(["[outside-project]", "\"outside-project\""].iter().any(|code| said.contains(code)), "{args:?}: {said}");
    assert_eq!(run.status, 2, "{args:?}: {said}");
    run
}

#[test]
fn facts_that_lead_out_of_the_project_are_refused_unread() {
    let (project, outside) = beside_a_secret();
    let every: &[&[&str]] = &[
        &["check"],
        &["check", "--fix"],
        &["check", "--message-format", "json"],
        &["check", "--message-format", "sarif"],
        &["build", "--format", "typ"],
        &["build", "--draft", "--format", "typ"],
        &["fmt"],
        &["roll", "x"],
        &["check", "reports/x/2025.toml"],
        &["check", "reports/x/2025"],
    ];
    for target in [PathBuf::from("/proc/self/environ"), outside.path().join("2025.toml")] {
        if !can_run(target.exists(), &target.display().to_string(), "PROC") {
            continue;
        }
        fs::create_dir_all(project.path("reports/x")).expect("a folder");
        symlink(&target, project.path("reports/x/2025.toml")).expect("a link");
        every.iter().for_each(|args| drop(keeps_the_secret(&project, args)));
        fs::remove_dir_all(project.path("reports/x")).expect("removed");
    }
    // By way of a folder, and by one link after another.
    symlink(outside.path(), project.path("away")).expect("a link");
    symlink("../away", project.path("reports/x")).expect("a link");
    for args in [
        &["check"] as &[&str],
        &["build", "--format", "typ"],
        &["fmt"],
        &["check", "reports/x"],
        &["check", "reports/x/2025.toml"],
    ] {
        keeps_the_secret(&project, args);
    }
    assert!(
        keeps_the_secret(&project, &["build", "--force", "--format", "typ"])
            .stdout
            .contains("已生成 build/机关/2025.typ")
    );
    // Nothing is written there either.
    keeps_the_secret(&project, &["new", "x", "--form", "zfxxgk", "--year", "2030"]);
    assert!(!outside.path().join("2030.toml").exists());
    fs::remove_file(project.path("reports/x")).expect("removed");
    // Last year's, which is read for a comparison, and with charts the year before.
    symlink(outside.path().join("2024.toml"), project.path("reports/机关/2024.toml")).expect("a link");
    keeps_the_secret(&project, &["check", "2025"]);
    keeps_the_secret(&project, &["build", "2025", "--format", "typ"]);
    fs::remove_file(project.path("reports/机关/2024.toml")).expect("removed");
    // Another project is outside too, though it has a mark of its own.
    fs::write(outside.path().join("nianbao.toml"), "").expect("written");
    symlink(outside.path(), project.path("reports/y")).expect("a link");
    keeps_the_secret(&project, &["check", "reports/y/2025.toml"]);
}

#[test]
fn forms_and_settings_that_lead_out_of_the_project_are_refused_unread() {
    let (project, outside) = beside_a_secret();
    fs::create_dir_all(project.path("templates/zfxxgk/partials")).expect("a folder");
    for name in ["form.toml", "report.typ.tera", "partials/own.typ.tera"] {
        let file = outside.path().join(name.rsplit('/').next().unwrap_or(name).replace("own", "report"));
        let link = project.path("templates/zfxxgk").join(name);
        symlink(file, &link).expect("a link");
        for args in [
            &["build", "--format", "typ"] as &[&str],
            &["check"],
            &["forms"],
            &["forms", "check", "zfxxgk"],
            &["explain"],
        ] {
            keeps_the_secret(&project, args);
        }
        fs::remove_file(link).expect("removed");
    }
    fs::remove_dir_all(project.path("templates")).expect("removed");
    fs::create_dir(project.path("templates")).expect("a folder");
    for name in ["zfxxgk", "partials", "own"] {
        let link = project.path("templates").join(name);
        symlink(outside.path(), &link).expect("a link");
        keeps_the_secret(&project, &["forms"]);
        if name != "own" {
            keeps_the_secret(&project, &["build", "--format", "typ"]);
        }
        fs::remove_file(link).expect("removed");
    }
    fs::remove_dir(project.path("templates")).expect("removed");
    symlink(outside.path(), project.path("templates")).expect("a link");
    keeps_the_secret(&project, &["check"]);
    fs::remove_file(project.path("templates")).expect("removed");
    fs::remove_file(project.path("nianbao.toml")).expect("removed");
    symlink(outside.path().join("nianbao.toml"), project.path("nianbao.toml")).expect("a link");
    keeps_the_secret(&project, &["check"]);
    keeps_the_secret(&project, &["doctor"]);
}

#[test]
fn the_facts_that_a_record_names_are_read_in_the_project_alone() {
    let (project, outside) = beside_a_secret();
    project.build(&["--format", "html"]);
    let record = String::from_utf8(project.read("build/机关/2025.json")).expect("text");
    symlink(outside.path(), project.path("linked")).expect("a link");
    let absolute = outside.path().join("2025.toml").to_string_lossy().into_owned();
    let up = format!("../{}/2025.toml", outside.path().file_name().expect("a name").to_string_lossy());
    for name in [&absolute, &up, "linked/2025.toml", "reports/../../x", "/etc/passwd", ""] {
        project.write("build/机关/2025.json", record.replace(FACTS, name));
        keeps_the_secret(&project, &["verify", "build/机关/2025.html"]);
    }
    for target in [outside.path().join("2025.json"), "/proc/self/environ".into()] {
        fs::remove_file(project.path("build/机关/2025.json")).expect("removed");
        symlink(target, project.path("build/机关/2025.json")).expect("a link");
        keeps_the_secret(&project, &["verify", "build/机关/2025.html"]);
    }
    // Built again, the record is a file, and what the link led to is as it was.
    project.build(&["--format", "html"]);
    assert!(!project.path("build/机关/2025.json").is_symlink());
    assert!(fs::read_to_string(outside.path().join("2025.json")).expect("a file").contains(SECRET));
    project.write("build/机关/2025.json", record.replace(FACTS, "pipe.toml"));
    pipe(&project.path("pipe.toml"));
    let run = ends(&project, &["verify", "build/机关/2025.html"]);
    assert!(run.status == 2 && run.stderr.contains("管道"), "{}", run.stderr);
}

#[test]
fn links_within_a_project_and_to_it_are_fine() {
    let project = Project::new();
    project.write("共享/2025.toml", plain_facts());
    project.write("共享/part.typ.tera", "");
    fs::create_dir_all(project.path("reports/甲")).expect("a folder");
    fs::create_dir_all(project.path("templates/zfxxgk")).expect("a folder");
    symlink("../../共享/2025.toml", project.path("reports/甲/2025.toml")).expect("a link");
    symlink(project.path("共享"), project.path("reports/乙")).expect("a link");
    symlink("../../共享/part.typ.tera", project.path("templates/zfxxgk/part.typ.tera")).expect("a link");
    // An editor's lock leads nowhere.
    symlink("user@host.1:2", project.path("templates/zfxxgk/.#report.typ.tera")).expect("a link");
    project.build_with_notes(&["--format", "typ"]);
    assert!(project.path("build/甲/2025.typ").exists());
    // The whole project by way of a link, from inside and by its name.
    let folder = tempfile::tempdir().expect("a folder");
    symlink(project.root(), folder.path().join("p")).expect("a link");
    let run = Run::of(project.command().args(["check", "甲"]).current_dir(folder.path().join("p")));
    assert_eq!(run.status, 0, "{}", run.stderr);
    let named = folder.path().join("p/reports/甲/2025.toml");
    assert_eq!(project.run(["check".as_ref(), named.as_os_str()]).status, 0);
    // The folder of the pages may be anywhere, where that is typed.
    fs::rename(project.path("build"), folder.path().join("www")).expect("moved");
    symlink(folder.path().join("www"), project.path("build")).expect("a link");
    project.build_with_notes(&["--format", "typ", "--out", "build"]);
    assert!(project.run(["build", "--format", "typ", "--out", "build"]).stdout.contains("没有变化"));
    assert_eq!(project.run(["verify", "build/甲/2025.typ"]).status, 0);
    // What lies in no project is the word of whoever names it.
    fs::write(folder.path().join("2025.toml"), plain_facts()).expect("written");
    let run = project.run(["check".as_ref(), folder.path().join("2025.toml").as_os_str()]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn names_that_windows_cannot_have_are_refused() {
    let project = Project::new();
    for organ in [
        "CON", "aux", "NUL.txt", "com1", "LPT9.局", "局.", "a:b", "a?b", "a*", "<局>", "a|b", "a\"b", "局\u{7}", "COM²",
    ] {
        let run = project.run(["new", organ, "--form", "zfxxgk", "--year", "2025"]);
        assert!(
            run.status == 2 && run.stderr.contains("[usage]") && run.stderr.contains("Windows"),
            "{organ}: {}",
            run.stderr
        );
    }
    for name in ["con", "nul", "com1", "lpt0", "prn"] {
        let run = project.run(["forms", "new", name]);
        assert!(run.status == 2 && run.stderr.contains("[usage]"), "{name}: {}", run.stderr);
    }
    for folder in ["aux", "a/NUL.d/b", "b.", "c "] {
        let run = project.run(["init", folder]);
        assert!(run.status == 2 && run.stderr.contains("[usage]"), "{folder}: {}", run.stderr);
    }
    assert_eq!(project.files(), ["nianbao.toml"]);
    assert_eq!(project.run(["new", "Console 局", "--form", "zfxxgk", "--year", "2025"]).status, 0);
}

/// What a run that was ended leaves.
fn leave(project: &Project, folder: &str, name: &str) -> PathBuf {
    let path = project.path(folder).join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, "half a pa").expect("written");
    path
}

#[test]
fn what_an_ended_run_left_is_gone_after_the_next() {
    let project = Project::with(&plain_facts());
    let left = ["build", "build/机关"].map(|folder| leave(&project, folder, ".nianbao-aB3xY9aB3xY9aB3x.tmp"));
    let others =
        [".nianbao-notes", ".nianbao-aB3xY9.tmp", ".nianbao-aB3x-9aB3xY9aB3x.tmp", "nianbao-aB3xY9aB3xY9aB3x.tmp"]
            .map(|name| leave(&project, "build/机关", name));
    let used = leave(&project, "build/机关", ".nianbao-in1usein1usein1u.tmp");
    let held = fs::File::open(&used).expect("a file");
    held.lock().expect("a lock");
    project.build(&["--format", "typ"]);
    assert!(left.iter().all(|path| !path.exists()));
    assert!(others.iter().all(|path| path.exists()) && used.exists());
    // Not only closed: a process that another test starts just now may have the lock open for a moment.
    held.unlock().expect("unlocked");
    project.build_with_notes(&["--format", "typ"]);
    assert!(!used.exists(), "an unchanged build clears up as well");
    for args in [
        &["fmt"] as &[&str],
        &["check", "--fix"],
        &["roll", "机关"],
        &["new", "机关", "--form", "zfxxgk", "--year", "2030"],
    ] {
        let broken =
            if args[0] == "check" { plain_facts().replace("licences = 0", "licences = ０") } else { untidy() };
        project.write(FACTS, broken);
        let left = leave(&project, "reports/机关", ".nianbao-aB3xY9aB3xY9aB3x.tmp");
        let run = project.run(args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(!left.exists(), "{args:?}");
    }
}

#[test]
fn builds_that_are_killed_leave_whole_sets_and_nothing_else() {
    let project = Project::with(&plain_facts());
    fs::create_dir(project.path("build")).expect("a folder");
    let mut left = 0;
    for round in 0..ROUNDS {
        if is_enough(round, 30, left) {
            break;
        }
        project.write(FACTS, plain_facts().replace("licences = 0", &format!("licences = {round}")));
        let mut child = begun(&project, &["build", "--force", "--format", "html,typ"]);
        let wanted = temporary(&project.path("build")).len() + 1;
        // At every moment of writing, by and by.
        while temporary(&project.path("build")).len() < wanted && child.try_wait().expect("a process").is_none() {}
        thread::sleep(Duration::from_micros(round as u64 % 30 * 50));
        child.kill().expect("killed");
        child.wait().expect("ended");
        left += usize::from(!temporary(&project.path("build")).is_empty());
        // No set that is not whole counts as built.
        let run = project.run(["build", "--format", "html,typ"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert_eq!(temporary(project.root()), Vec::<PathBuf>::new());
        let pages = || ["html", "typ"].map(|format| project.read(&format!("build/机关/2025.{format}")));
        let before = pages();
        project.build(&["--force", "--format", "html,typ"]);
        assert!(before == pages());
    }
    assert!(left > 0, "no killed run left anything");
}

#[test]
fn two_builds_with_other_options_do_not_mix() {
    let project = Project::new();
    let organs: Vec<String> = (1..=24).map(|number| format!("局{number}")).collect();
    for organ in &organs {
        project.write(&format!("reports/{organ}/2025.toml"), plain_facts().replace("示例区水务局", organ));
    }
    // One is faster, and would overtake the other.
    let args = |charts: bool| match charts {
        true => ["build", "--format", "html,typ", "--jobs", "1", "--charts"].as_slice(),
        false => ["build", "--format", "html,typ", "--jobs", "4"].as_slice(),
    };
    for _ in 0..3 {
        let children = [true, false].map(|charts| begun(&project, args(charts)));
        children.into_iter().for_each(|child| assert!(child.wait_with_output().expect("ended").status.success()));
        let has_charts = |organ: &String| {
            let record = project.read(&format!("build/{organ}/2025.json"));
            serde_json::from_slice::<serde_json::Value>(&record).expect("a record")["inputs"]["charts"] == true
        };
        let charts: Vec<bool> = organs.iter().map(has_charts).collect();
        assert!(charts.iter().all(|one| *one == charts[0]), "{charts:?}");
        let run = project.run(args(charts[0]));
        assert!(run.status == 0 && run.stdout.contains("24 份没有变化"), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_build_waits_for_another_and_says_so() {
    let project = Project::with(&plain_facts());
    fs::create_dir(project.path("build")).expect("a folder");
    let held = fs::File::open(project.path("build")).expect("the folder");
    held.lock().expect("a lock");
    let says = |child: &mut Child| {
        let mut stderr = child.stderr.take().expect("its messages");
        let mut said = Vec::new();
        let mut byte = [0];
        while !said.ends_with(b"\n") && stderr.read(&mut byte).is_ok_and(|read| read == 1) {
            said.push(byte[0]);
        }
        String::from_utf8(said).expect("text")
    };
    let mut child = begun(&project, &["build", "--format", "typ"]);
    let said = says(&mut child);
    assert!(said.contains("build 正由另一次运行写入"), "{said}");
    assert!(child.try_wait().expect("a process").is_none() && !project.path("build/机关/2025.typ").exists());
    // Somebody who does not want to wait does not.
    let mut other = begun(&project, &["build", "--format", "typ"]);
    says(&mut other);
    let asked = Instant::now();
    signal(other.id(), "-INT");
    assert_eq!(other.wait().expect("ended").code(), Some(2));
    assert!(asked.elapsed() < Duration::from_secs(5));
    held.unlock().expect("unlocked");
    assert!(child.wait().expect("ended").success());
    assert!(project.path("build/机关/2025.typ").exists());
}

#[test]
fn a_build_that_writes_nothing_makes_no_folder() {
    let project = Project::with("form = ");
    assert_eq!(project.run(["build", "--format", "typ"]).status, 1);
    assert!(!project.path("build").exists());
}

#[test]
fn pages_of_facts_that_are_gone_are_removed_when_that_is_asked_for() {
    let project = Project::with(&plain_facts());
    for file in ["reports/区/乙/2025.toml", "reports/丙/2025.toml", "reports/丙/2024.toml"] {
        let year = if file.contains("2024") { "year = 2024" } else { "year = 2025" };
        project.write(file, plain_facts().replace("year = 2025", year));
    }
    project.build_in_spite_of_warnings(&["--format", "html,typ"]);
    assert_eq!(project.run(["build", "区/乙/2025", "--draft", "--format", "html"]).status, 0);
    fs::remove_dir_all(project.path("reports/区")).expect("removed");
    fs::remove_file(project.path("reports/丙/2024.toml")).expect("removed");
    // Not ours: what somebody else put there, what was changed since, and a record that was copied.
    project.write("build/丙/notes.html", "notes");
    project.write("build/丙/2024.html", "somebody's own page");
    project.write("build/存档/2024.json", project.read("build/丙/2024.json"));
    project.write("build/存档/2024.typ", project.read("build/丙/2024.typ"));
    let before = project.files();
    project.build_in_spite_of_warnings(&["--format", "html,typ"]);
    assert_eq!(project.files(), before, "nothing goes unasked");
    let run = project.run(["build", "机关", "--clean", "--format", "html,typ"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let gone = [
        "build/丙/2024.typ",
        "build/区/乙/2025.draft.html",
        "build/区/乙/2025.draft.json",
        "build/区/乙/2025.html",
        "build/区/乙/2025.json",
        "build/区/乙/2025.typ",
    ];
    let left: Vec<String> = before.into_iter().filter(|file| !gone.contains(&file.as_str())).collect();
    assert_eq!(project.files(), left);
    assert!(!project.path("build/区").exists());
    for file in gone {
        assert!(run.stdout.contains(&format!("删除 {file}：reports/")), "{file}: {}", run.stdout);
    }
    assert!(run.stdout.contains("保留 build/丙/2024.html"), "{}", run.stdout);
    // A record that names what is elsewhere removes nothing.
    let record = String::from_utf8(project.read("build/机关/2025.json")).expect("text");
    project.write("build/机关/2025.json", record.replace(FACTS, "reports/../../gone.toml"));
    let before = project.files();
    assert_eq!(project.run(["build", "丙", "--clean", "--format", "html,typ"]).status, 0);
    assert_eq!(project.files(), before);
}

#[test]
#[cfg(unix)]
fn pages_are_written_outside_the_project_only_where_that_is_typed() {
    let outside = tempfile::tempdir().expect("a folder");
    fs::create_dir(outside.path().join("机关")).expect("a folder");
    fs::write(outside.path().join("机关/2025.html"), "somebody's own").expect("written");
    let victim = || fs::read_to_string(outside.path().join("机关/2025.html")).expect("readable");
    let linked = Project::with(&plain_facts());
    std::os::unix::fs::symlink(outside.path(), linked.path("build")).expect("a link");
    let named = Project::with(&plain_facts());
    named.write("nianbao.toml", format!("[build]\nout = \"{}\"\n", outside.path().display()));
    for project in [&linked, &named] {
        let run = project.run(["build", "--format", "html"]);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains("[outside-project]") && run.stderr.contains("--out"), "{}", run.stderr);
        assert_eq!(victim(), "somebody's own");
    }
    let out = outside.path().display().to_string();
    assert_eq!(linked.run(["build", "--format", "html", "--out", &out]).status, 0);
    assert!(victim().starts_with("<!DOCTYPE html>"), "{}", victim());
}

#[test]
fn no_output_replaces_what_people_write() {
    let project = Project::with(&plain_facts());
    for input in ["reports/机关/2025.toml", "nianbao.toml"] {
        let before = project.read(input);
        let run = project.run(["build", "--format", "html", "--summary", input]);
        assert_eq!(run.status, 2, "{}", run.stdout);
        assert!(run.stderr.contains("[already-exists]"), "{}", run.stderr);
        assert_eq!(project.read(input), before);
    }
}

#[test]
fn names_that_people_give_are_not_taken_for_temporary_ones() {
    let project = Project::with(&plain_facts().replace("licences = 0", "licences   =   0"));
    project.write("reports/机关/.nianbao-config", "mine");
    project.write("build/机关/.nianbao-backup", "mine");
    assert_eq!(project.run(["fmt"]).status, 0);
    project.build(&["--format", "html"]);
    assert_eq!(project.read("reports/机关/.nianbao-config"), b"mine");
    assert_eq!(project.read("build/机关/.nianbao-backup"), b"mine");
}
