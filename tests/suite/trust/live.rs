//! The live page misses no change and works for nobody but the person who started it.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Project, plain_facts};

const REPORT: &str = "reports/机关/2025.toml";
/// An engine that draws an empty sheet.
const ENGINE: &str = r#"#!/bin/sh
[ "$1" = --version ] && { echo typst VERSION; exit; }
case "$*" in *svg*) mkdir -p sheets; echo '<svg xmlns="http://www.w3.org/2000/svg"/>' > sheets/1.svg;; *) echo %PDF-;; esac
"#;

/// A project that is watched, by a shell that may set limits first.
struct Watch {
    project: Project,
    running: Child,
    address: String,
    root: String,
}

impl Watch {
    fn new(project: Project, shell: &str) -> Self {
        project.write("nianbao.toml", "[build]\nengine = \"typst-cli\"\n");
        project.write("bin/typst", ENGINE.replace("VERSION", nianbao::compile::TYPST_VERSION));
        fs::set_permissions(project.path("bin/typst"), fs::Permissions::from_mode(0o755)).expect("permissions");
        let log = File::create(project.path("log")).expect("a file");
        let asked = project.command();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{shell} exec \"$0\" watch --lang en")]).arg(asked.get_program());
        command.current_dir(project.root()).env("XDG_CACHE_HOME", project.path("cache"));
        command.env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", project.path("bin").display()));
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("the file")).stderr(log);
        let running = command.spawn().expect("the program");
        let mut watch = Self { project, running, address: String::new(), root: String::new() };
        assert!(watch.comes(|watch| watch.log().contains("(Ctrl-C ends it)")), "{}", watch.log());
        let log = watch.log();
        let (_, rest) = log.split_once("http://").expect("an address");
        let (address, rest) = rest.split_once('/').expect("a path");
        let root = rest.split(' ').next().expect("its end");
        (watch.address, watch.root) = (address.to_owned(), format!("/{root}"));
        watch
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&self.project.read("log")).into_owned()
    }

    fn comes(&self, is_there: impl Fn(&Self) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if is_there(self) {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.running.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{signal}");
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the page");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        stream
    }

    /// Status and body of what is answered to a request with these headers and this body.
    fn asks(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let mut stream = self.connect();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).expect("the request");
        let mut answer = Vec::new();
        // What was refused before it was read may be cut off after the answer.
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status.unwrap_or_else(|| panic!("no answer to {method} {path} {headers}: {answer}")), body)
    }

    /// A path below the page's address, as its own page asks for it.
    fn get(&self, path: &str) -> (u16, String) {
        self.asks("GET", &format!("{}{path}", self.root), &[("Host", &self.address)], "")
    }

    fn state(&self) -> Value {
        let name: String = REPORT.bytes().map(|byte| format!("%{byte:02X}")).collect();
        serde_json::from_str(&self.get(&format!("state?after=0&report={name}")).1).expect("JSON")
    }

    /// The web version that is said to be up to date, where any is.
    fn shown(&self) -> Option<String> {
        let state = self.state();
        let web = state["web"].as_str().filter(|_| state["what"] == "now")?;
        Some(self.get(&format!("web/{web}")).1)
    }

    fn shows(&self, words: &str) -> bool {
        self.comes(|watch| watch.shown().is_some_and(|web| web.contains(words)))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

fn of_organ(name: &str) -> String {
    let facts = plain_facts();
    let line = facts.lines().find(|line| line.starts_with("name = ")).expect("the organ's name");
    facts.replacen(line, &format!("name = \"{name}\""), 1)
}

/// More changes than the kernel keeps, so that it tells of none of the last.
#[test]
fn what_changed_while_the_queue_was_full_is_made_before_it_is_called_up_to_date() {
    let watch = Watch::new(Project::with(&of_organ("甲机关")), "");
    assert!(watch.shows("甲机关"), "{}", watch.log());
    watch.signal("-STOP");
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
        let asked = scope.spawn(|| watch.shows("乙机关"));
        watch.signal("-CONT");
        assert!(asked.join().expect("answers"), "{}", watch.log());
    });
    let hash = blake3::hash(of_organ("乙机关").as_bytes()).to_hex();
    let is_built =
        |watch: &Watch| String::from_utf8_lossy(&watch.project.read("build/机关/2025.json")).contains(hash.as_str());
    assert!(watch.comes(is_built), "{}", watch.log());
}

/// A link's own folder is listened to, not the one that it leads to.
#[test]
fn what_nobody_tells_of_is_seen_all_the_same() {
    let project = Project::new();
    project.write("elsewhere/facts", of_organ("甲机关"));
    project.write("reports/机关/note", "");
    symlink("../../elsewhere/facts", project.path(REPORT)).expect("a link");
    let watch = Watch::new(project, "");
    assert!(watch.shows("甲机关"), "{}", watch.log());
    watch.project.write("elsewhere/facts", of_organ("乙机关"));
    assert!(watch.shows("乙机关"), "{}", watch.log());
}

/// Where folders cannot be listened to, as where there are more than the system allows, that is told, and all else goes on.
#[test]
fn what_cannot_be_listened_to_is_told_and_looked_at_instead() {
    let few = "echo 2 > /proc/sys/user/max_inotify_watches";
    let inside = |then: &str| format!("unshare -Ur sh -c '{few} && {then}' \"$0\"");
    // Some machines let nobody have limits of their own.
    if !Command::new("sh").args(["-c", &inside("true")]).status().is_ok_and(|status| status.success()) {
        return;
    }
    let project = Project::with(&of_organ("甲机关"));
    project.write("reports/别的机关/2025.toml", plain_facts());
    let watch = Watch::new(project, &format!("exec {};", inside("exec \"$0\" watch --lang en")));
    assert!(watch.shows("甲机关"), "{}", watch.log());
    assert!(watch.comes(|watch| watch.log().contains("warning[preview]: cannot watch")), "{}", watch.log());
    let problems = watch.state()["problems"].to_string();
    assert!(problems.contains("all files are looked at every few seconds instead"), "{problems}");
    for name in ["乙机关", "丙机关"] {
        watch.project.write(REPORT, of_organ(name));
        assert!(watch.shows(name), "{}", watch.log());
    }
    watch.project.write("reports/新机关/2025.toml", plain_facts());
    assert!(watch.comes(|watch| watch.project.path("build/新机关/2025.json").is_file()), "{}", watch.log());
    assert_eq!(watch.log().matches("cannot watch").count(), 1, "{}", watch.log());
}

/// What a stranger asks for is answered without being looked at: no report becomes one that somebody looks at.
#[test]
fn a_stranger_is_refused_before_anything_is_done() {
    let watch = Watch::new(Project::with(&of_organ("甲机关")), "");
    let host = ("Host", watch.address.as_str());
    let asks = |path: &str, headers: &[(&str, &str)]| watch.asks("GET", path, headers, "");
    let state = format!("{}state?after=0", watch.root);
    for path in ["/", "/state?after=0", "/page.js", "/sheets.js", "/page.css", "/web/0"] {
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
    assert!(watch.shows("甲机关"), "after {:?}: {}", began.elapsed(), watch.log());
}

/// More connections than the process may have files open.
#[test]
fn a_shortage_of_file_descriptors_passes() {
    let watch = Watch::new(Project::with(&of_organ("甲机关")), "ulimit -n 64;");
    assert!(watch.shows("甲机关"), "{}", watch.log());
    let open = |watch: &Watch| {
        fs::read_dir(format!("/proc/{}/fd", watch.running.id())).map(Iterator::count).unwrap_or_default()
    };
    let many: Vec<TcpStream> = (0..100).map(|_| watch.connect()).collect();
    assert!(watch.comes(|watch| open(watch) >= 64), "{} are open", open(&watch));
    // Clients that say nothing are cut off one after the other.
    assert_eq!(watch.get("page.css").0, 200);
    for stream in &many {
        let _ = stream.shutdown(Shutdown::Both);
    }
    watch.project.write(REPORT, of_organ("乙机关"));
    assert!(watch.shows("乙机关"), "{}", watch.log());
}

/// A build in another window holds the folder of the pages for as long as it runs.
#[test]
fn the_page_is_kept_up_to_date_while_another_run_writes() {
    let project = Project::with(&of_organ("甲机关"));
    project.write("build/note", "");
    let held = File::open(project.path("build")).expect("the folder");
    held.lock().expect("the lock");
    let watch = Watch::new(project, "");
    for name in ["甲机关", "乙机关", "丙机关"] {
        watch.project.write(REPORT, of_organ(name));
        assert!(watch.shows(name), "{}", watch.log());
    }
    assert_eq!(watch.log().matches("build is being written by another run").count(), 1, "{}", watch.log());
    assert!(!watch.project.path("build/机关/2025.json").exists());
    drop(held);
    let hash = blake3::hash(of_organ("丙机关").as_bytes()).to_hex();
    let is_built = |watch: &Watch| {
        let record = watch.project.path("build/机关/2025.json");
        fs::read_to_string(record).is_ok_and(|record| record.contains(hash.as_str()))
    };
    assert!(watch.comes(is_built), "{}", watch.log());
}
