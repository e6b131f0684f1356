//! What the tests share: throw-away projects, runs of the program that the machine's own settings do not reach, and
//! independent readers of what it wrote.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub mod docx;
#[path = "../../benches/generated.rs"]
pub mod generated;
mod grid;
#[path = "../../src/needs.rs"]
mod needs;
pub mod pdf;
mod program;
#[cfg(unix)]
pub mod watch;
pub mod web;

pub(crate) use needs::can_run;

/// The engine that tests run with where any would do.
pub const ENGINE: &str = if cfg!(feature = "embedded") { "embedded" } else { "typst-cli" };

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of it")
}

/// A file of the repository as text.
pub fn text(path: impl AsRef<Path>) -> String {
    let path = repository().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A facts file in which everything is there and zero.
pub fn plain_facts() -> String {
    text("tests/cases/accept/zeros/facts.toml")
}

/// A project in a folder of its own, gone at the end of the test.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty project.
    pub fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        project.write("nianbao.toml", "");
        project
    }

    /// A project with one report, at `reports/机关/2025.toml`.
    pub fn with(facts: &str) -> Self {
        let project = Self::new();
        project.write("reports/机关/2025.toml", facts);
        project
    }

    /// Its root.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, to be run in the project; messages are Chinese, and the machine's own settings do not count.
    pub fn command(&self) -> Command {
        self.around(program::path())
    }

    /// Lines of a shell, in which `nianbao` is the program.
    pub fn shell(&self, script: &str) -> Command {
        let mut command = self.around("sh");
        command.args(["-c", script]);
        command
    }

    /// Whatever starts the program as `nianbao`, kept like the program itself from the machine's own settings. What is in the
    /// project's `bin/` comes before all else on PATH.
    pub fn around(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = isolated(program);
        let machine = env::var_os("PATH").unwrap_or_default();
        let folders = [self.path("bin"), program::path().parent().expect("a folder").to_owned()];
        let path = env::join_paths(folders.into_iter().chain(env::split_paths(&machine))).expect("PATH");
        command.current_dir(self.root()).env("PATH", path);
        command
    }

    /// Writes a script of the shell to the project's `bin/`, to be run as a program. Another process writes it: a thread that
    /// starts a process just then would hand it the open file, and the system runs no file that is open for writing.
    #[cfg(unix)]
    pub fn program(&self, name: &str, script: &str) {
        let mut command =
            self.shell("mkdir -p bin && printf '#!/bin/sh\n%s\n' \"$1\" > \"bin/$0\" && chmod +x \"bin/$0\"");
        assert_eq!(Run::of(command.args([name, script])).status, 0, "{name} cannot be written");
    }

    /// Runs the program.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        Run::of(self.command().args(args))
    }

    /// Builds everything, and expects it to succeed.
    pub fn build(&self, args: &[&str]) {
        let run = self.run(["build"].iter().chain(args));
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    }

    /// Builds everything, and expects no error and no warning; notes on what is accepted may be told.
    pub fn build_with_notes(&self, args: &[&str]) {
        let run = self.run(["build"].iter().chain(args));
        assert!(run.status == 0 && !run.stderr.contains("错误[") && !run.stderr.contains("警告["), "{}", run.stderr);
    }

    /// Builds everything, warnings or not: text that nobody would write often looks like a slip.
    pub fn build_in_spite_of_warnings(&self, args: &[&str]) {
        let run = self.run(["build"].iter().chain(args));
        assert!(run.status == 0 && !run.stderr.contains("错误["), "{}", run.stderr);
    }

    /// Every file below the project, by name.
    pub fn files(&self) -> Vec<String> {
        let walk = walkdir::WalkDir::new(self.root()).sort_by_file_name().into_iter().flatten();
        let files = walk.filter(|entry| entry.file_type().is_file());
        files
            .filter_map(|entry| Some(entry.path().strip_prefix(self.root()).ok()?.to_string_lossy().into_owned()))
            .collect()
    }
}

/// What a run of the program said.
pub struct Run {
    /// Its exit status.
    pub status: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Run {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        command.output().expect("the program runs").into()
    }

    /// Runs a command to its end, and says how long it and all that it waited for had a processor: unlike the time that went by,
    /// that is the same on a busy machine. What would take 30 s of one is ended.
    #[cfg(unix)]
    pub fn timed(command: &Command) -> (Self, Duration) {
        let mut shell = Command::new("sh");
        let times = tempfile::NamedTempFile::new().expect("a file");
        let script = "ulimit -t 30; out=$1; shift; \"$@\"; status=$?; times > \"$out\"; exit $status";
        shell.args(["-c", script, "sh"]).arg(times.path());
        shell.arg(command.get_program()).args(command.get_args());
        command.get_current_dir().map(|folder| shell.current_dir(folder));
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let run = Self::of(&mut shell);
        assert!(run.status < 128, "ended by a signal, as after 30 s of a processor: {}", run.stderr);
        let said = fs::read_to_string(times.path()).expect("the times");
        // The second line is of the children: `0m1.230s 0m0.450s`.
        let children = said.lines().nth(1).unwrap_or_else(|| panic!("no times: {said}"));
        let seconds = |time: &str| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m').expect("minutes");
            60.0 * minutes.parse::<f64>().expect("minutes") + seconds.parse::<f64>().expect("seconds")
        };
        (run, Duration::from_secs_f64(children.split(' ').map(seconds).sum()))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("the program was not killed"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// A command without what the person who runs the tests has set: language, colours, width, time stamp, and what earlier runs kept.
fn isolated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in ["LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS"] {
        command.env_remove(name);
    }
    // What is kept between runs is kept between tests.
    command.env("NIANBAO_LANG", "zh").env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    command
}

/// Whether something comes to be so before long.
pub fn comes(mut is_so: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        if is_so() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Sends a signal, like `-INT`, to a process.
#[cfg(unix)]
pub fn signal(process: u32, signal: &str) {
    let sent = Command::new("kill").args([signal, &process.to_string()]).stdout(Stdio::null()).status();
    assert!(sent.is_ok_and(|status| status.success()), "{signal}");
}

/// Whether the `typst` program that the engine needs is there.
pub fn typst_cli_is_there() -> bool {
    let said = Command::new("typst").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let wanted = format!("typst {}", nianbao::typeset::TYPST_VERSION);
    can_run(String::from_utf8_lossy(&said).starts_with(&wanted), &format!("{wanted} on PATH"), "TYPST_CLI")
}

/// Compares with a golden file, or renews it where `NIANBAO_BLESS` is set.
pub fn golden(path: &Path, actual: &str) {
    if env::var_os("NIANBAO_BLESS").is_some() {
        fs::write(path, actual).expect("the golden file can be written");
        return;
    }
    let expected = fs::read_to_string(path)
        .unwrap_or_else(|_| panic!("{} is missing; `just bless` makes it:\n{actual}", path.display()));
    assert!(
        expected == actual,
        "{} differs; `just bless` renews it\n--- expected\n{expected}\n--- actual\n{actual}",
        path.display()
    );
}

/// Text without any white space, for comparing what line breaks cannot change.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
