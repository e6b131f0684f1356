//! The live page misses no change and works for nobody but the person who started it.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::support::watch::Watch;
use crate::support::{Project, can_run, plain_facts, signal};

const REPORT: &str = "reports/机关/2025.toml";

/// A project that is watched in English.
fn watched(project: Project) -> Watch {
    Watch::of(project, "--lang en")
}

/// Whether the web version that is said to be up to date comes to have these words.
fn shows(watch: &Watch, words: &str) -> bool {
    watch.comes(|watch| {
        let state = watch.state(REPORT);
        state["what"] == "now" && state["web"].is_string() && watch.web(&state).contains(words)
    })
}

fn of_organ(name: &str) -> String {
    let facts = plain_facts();
    let line = facts.lines().find(|line| line.starts_with("name = ")).expect("the organ's name");
    facts.replacen(line, &format!("name = \"{name}\""), 1)
}

/// More changes than the kernel keeps, so that it tells of none of the last.
#[test]
fn what_changed_while_the_queue_was_full_is_made_before_it_is_called_up_to_date() {
    let watch = watched(Project::with(&of_organ("甲机关")));
    assert!(shows(&watch, "甲机关"), "{}", watch.log());
    signal(watch.id(), "-STOP");
    let most: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events")
        .ok()
        .and_then(|most| most.trim().parse().ok())
        .expect("the length of the queue");
    for number in 0..most {
        File::create(watch.project.path(&format!("reports/机关/.x{}", number % 50))).expect("a file");
    }
    watch.project.write(REPORT, of_organ("乙机关"));
    thread::scope(|scope| {
        // Which of the watch's threads goes on first is chance: the page is asked as soon as it can answer.
        let asked = scope.spawn(|| shows(&watch, "乙机关"));
        signal(watch.id(), "-CONT");
        assert!(asked.join().expect("answers"), "{}", watch.log());
    });
    let built = of_organ("乙机关");
    assert!(watch.comes(|watch| watch.is_built("机关", &built)), "{}", watch.log());
}

/// A link's own folder is listened to, not the one that it leads to.
#[test]
fn what_nobody_tells_of_is_seen_all_the_same() {
    let project = Project::new();
    project.write("elsewhere/facts", of_organ("甲机关"));
    project.write("reports/机关/note", "");
    symlink("../../elsewhere/facts", project.path(REPORT)).expect("a link");
    let watch = watched(project);
    assert!(shows(&watch, "甲机关"), "{}", watch.log());
    watch.project.write("elsewhere/facts", of_organ("乙机关"));
    assert!(shows(&watch, "乙机关"), "{}", watch.log());
}

/// Where folders cannot be listened to, as where there are more than the system allows, that is told, and all else goes on.
#[test]
fn what_cannot_be_listened_to_is_told_and_looked_at_instead() {
    let few = "echo 2 > /proc/sys/user/max_inotify_watches";
    let inside = |then: &str| format!("exec unshare -Ur sh -c '{few} && {then}'");
    // Some machines let nobody have limits of their own.
    let has_own_limits = Command::new("sh").args(["-c", &inside("true")]).status().is_ok_and(|status| status.success());
    if !can_run(has_own_limits, "user namespaces (unshare -Ur)", "NAMESPACES") {
        return;
    }
    let project = Project::with(&of_organ("甲机关"));
    project.write("reports/别的机关/2025.toml", plain_facts());
    let watch = Watch::by(project, &inside("exec nianbao watch --lang en"));
    assert!(shows(&watch, "甲机关"), "{}", watch.log());
    assert!(watch.comes(|watch| watch.log().contains("warning[preview]: cannot watch all folders")), "{}", watch.log());
    let problems = watch.state(REPORT)["problems"].to_string();
    assert!(problems.contains("all files are looked at every few seconds instead"), "{problems}");
    for name in ["乙机关", "丙机关"] {
        watch.project.write(REPORT, of_organ(name));
        assert!(shows(&watch, name), "{}", watch.log());
    }
    watch.project.write("reports/新机关/2025.toml", plain_facts());
    assert!(watch.comes(|watch| watch.project.path("build/新机关/2025.json").is_file()), "{}", watch.log());
    assert_eq!(watch.log().matches("cannot watch").count(), 1, "{}", watch.log());
}

/// What a stranger asks for is answered without being looked at: no report becomes one that somebody looks at.
#[test]
fn a_stranger_is_refused_before_anything_is_done() {
    let watch = watched(Project::with(&of_organ("甲机关")));
    let host = ("Host", watch.address.as_str());
    let asks = |path: &str, headers: &[(&str, &str)]| watch.asks("GET", path, headers, "");
    let state = format!("{}/state?after=0", watch.root);
    for path in [
        "/",
        "/state?after=0",
        "/page.js",
        "/elements.js",
        "/live.js",
        "/sheets.js",
        "/base.css",
        "/page.css",
        "/web/0",
        "/docx/0",
    ] {
        assert_eq!(asks(path, &[host]), (403, String::new()), "{path}");
        let other = format!("/0123456789abcdef0123456789abcdef{path}");
        assert_eq!(asks(&other, &[host]), (403, String::new()), "{other}");
    }
    for foreign in [
        &[("Host", "evil.example")][..],
        &[host, ("Origin", "http://evil.example")],
        &[host, ("Sec-Fetch-Site", "cross-site")],
        &[host, ("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(asks(&state, foreign), (403, String::new()), "{foreign:?}");
    }
    assert_eq!(watch.asks("POST", &state, &[host], "{}"), (403, String::new()));
    let own = format!("http://{}", watch.address);
    let json = [host, ("Origin", own.as_str()), ("Content-Type", "application/json")];
    assert_eq!(
        watch.asks("POST", &state, &json, "{}").0,
        405,
        "of the page itself, but nothing is to be changed there"
    );
    // A page that was looked at would be drawn before the files are written.
    assert!(watch.comes(|watch| watch.project.path("build/机关/2025.json").is_file()), "{}", watch.log());
    let began = Instant::now();
    let first = watch.asks("GET", &state, &[host, ("Sec-Fetch-Site", "same-origin")], "").1;
    let first: Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!((&first["what"], &first["web"]), (&Value::String("waiting".to_owned()), &Value::Null), "{first}");
    assert!(shows(&watch, "甲机关"), "after {:?}: {}", began.elapsed(), watch.log());
}

/// More connections than the process may have files open.
#[test]
fn a_shortage_of_file_descriptors_passes() {
    let watch = Watch::by(Project::with(&of_organ("甲机关")), "ulimit -n 64; exec nianbao watch --lang en");
    assert!(shows(&watch, "甲机关"), "{}", watch.log());
    let open =
        |watch: &Watch| fs::read_dir(format!("/proc/{}/fd", watch.id())).map(Iterator::count).unwrap_or_default();
    let many: Vec<TcpStream> = (0..100).map(|_| watch.connect()).collect();
    assert!(watch.comes(|watch| open(watch) >= 64), "{} are open", open(&watch));
    // Clients that say nothing are cut off one after the other.
    assert_eq!(watch.get("/page.css").0, 200);
    for stream in &many {
        let _ = stream.shutdown(Shutdown::Both);
    }
    watch.project.write(REPORT, of_organ("乙机关"));
    assert!(shows(&watch, "乙机关"), "{}", watch.log());
}

/// A build in another window holds the folder of the pages for as long as it runs.
#[test]
fn the_page_is_kept_up_to_date_while_another_run_writes() {
    let project = Project::with(&of_organ("甲机关"));
    project.write("build/note", "");
    let held = File::open(project.path("build")).expect("the folder");
    held.lock().expect("the lock");
    let watch = Watch::of(project, "--lang en");
    for name in ["甲机关", "乙机关", "丙机关"] {
        watch.project.write(REPORT, of_organ(name));
        assert!(shows(&watch, name), "{}", watch.log());
    }
    assert_eq!(watch.said("build is being written by another run"), 1, "{}", watch.log());
    assert!(!watch.project.path("build/机关/2025.json").exists());
    drop(held);
    assert!(watch.comes(|watch| watch.is_built("机关", &of_organ("丙机关"))), "{}", watch.log());
}
