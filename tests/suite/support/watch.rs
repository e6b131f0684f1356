//! A `watch` that runs. In: a project, how it is started and what is asked of its page; out: what it says and what it answers.
//! Its engine is a script that draws an empty sheet, where the settings ask for no other.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::{Project, comes, signal};

/// The settings of a project that is watched.
pub const SETTINGS: &str = "[build]\nengine = \"typst-cli\"\n";
const ENGINE: &str = r#"[ "$1" = --version ] && { echo typst VERSION; exit; }
case "$*" in *svg*) mkdir -p sheets; echo '<svg xmlns="http://www.w3.org/2000/svg"/>' > sheets/1.svg;; *) echo %PDF-;; esac"#;

/// A project that is watched; what the watch says goes to a file in the project, as `> log` would let it.
pub struct Watch {
    /// The project.
    pub project: Project,
    /// Host and port of its page.
    pub address: String,
    /// What the path of everything on the page begins with, without the last slash.
    pub root: String,
    running: Child,
}

impl Watch {
    /// Watches a project, with these arguments.
    pub fn of(project: Project, args: &str) -> Self {
        Self::by(project, &format!("exec nianbao watch {args}"))
    }

    /// Watches a project by lines of a shell, which may set limits first and must become the program (`exec`).
    pub fn by(project: Project, script: &str) -> Self {
        Self::with(project, SETTINGS, script)
    }

    /// The same with other settings, which may ask for an engine that draws.
    pub fn with(project: Project, settings: &str, script: &str) -> Self {
        project.write("nianbao.toml", settings);
        project.program("typst", &ENGINE.replace("VERSION", nianbao::typeset::TYPST_VERSION));
        let log = File::create(project.path("log")).expect("a file");
        let mut command = project.shell(script);
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("the file")).stderr(log);
        let running = command.spawn().expect("the program");
        let mut watch = Self { project, running, address: String::new(), root: String::new() };
        assert!(watch.comes(|watch| watch.log().contains("Ctrl-C")), "{}", watch.log());
        let log = watch.log();
        let (_, rest) = log.split_once("http://").expect("an address");
        let mut parts = rest.split('/');
        watch.address = parts.next().expect("a host").to_owned();
        watch.root = format!("/{}", parts.next().expect("a secret"));
        watch
    }

    /// Its number among the processes of the system.
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// All that it has said.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.project.read("log")).into_owned()
    }

    /// How often something has been said.
    pub fn said(&self, words: &str) -> usize {
        self.log().matches(words).count()
    }

    /// Whether something comes to be so before long.
    pub fn comes(&self, is_so: impl Fn(&Self) -> bool) -> bool {
        comes(|| is_so(self))
    }

    /// Whether the page of an organ is of these facts.
    pub fn is_built(&self, organ: &str, facts: &str) -> bool {
        let record = fs::read(self.project.path(&format!("build/{organ}/2025.json"))).unwrap_or_default();
        String::from_utf8_lossy(&record).contains(blake3::hash(facts.as_bytes()).to_hex().as_str())
    }

    /// A connection to its page.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the page");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        stream
    }

    /// Status and body of what is answered to a request with these headers and this body.
    pub fn asks(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
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
    pub fn get(&self, path: &str) -> (u16, String) {
        self.asks("GET", &format!("{}{path}", self.root), &[("Host", &self.address)], "")
    }

    /// What the page is told of a report.
    pub fn state(&self, report: &str) -> Value {
        let name: String = report.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (status, state) = self.get(&format!("/state?after=0&report={name}"));
        assert_eq!(status, 200, "{state}");
        serde_json::from_str(&state).expect("JSON")
    }

    /// The web version of which the page is told.
    pub fn web(&self, state: &Value) -> String {
        self.get(&format!("/web/{}", state["web"].as_str().expect("a web version"))).1
    }

    /// Waits until the page is told that it shows this.
    pub fn shows(&self, report: &str, what: &str) -> Value {
        assert!(self.comes(|watch| watch.state(report)["what"] == what), "{what}: {}", self.state(report));
        self.state(report)
    }

    /// The project of one that was killed.
    pub fn leave(mut self) -> Project {
        let _ = self.running.wait();
        std::mem::replace(&mut self.project, Project::new())
    }

    /// Ctrl-C ends it well.
    pub fn end(mut self) {
        signal(self.id(), "-INT");
        assert_eq!(self.running.wait().expect("the end").code(), Some(0), "{}", self.log());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}
