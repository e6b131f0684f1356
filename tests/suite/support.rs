//! What the tests share: throw-away projects, runs of the program, and independent readers of what it wrote.
#![allow(dead_code, reason = "each test file uses a part of this")]

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod grid;
pub mod pdf;
pub mod web;

/// The engine that tests run with where any would do.
pub const ENGINE: &str = if cfg!(feature = "embedded") { "embedded" } else { "typst-cli" };

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
        command.current_dir(self.root()).env("NIANBAO_LANG", "zh").env_remove("SOURCE_DATE_EPOCH");
        // What is kept between runs is kept between tests, but out of the way of the person who runs them.
        command.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
        command
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
        let Output { status, stdout, stderr } = command.output().expect("the program runs");
        Self {
            status: status.code().expect("the program was not killed"),
            stdout: String::from_utf8(stdout).expect("UTF-8"),
            stderr: String::from_utf8(stderr).expect("UTF-8"),
        }
    }
}

/// Whether the `typst` program that the engine needs is there; where it is required, its absence fails the test.
pub fn typst_cli_is_there() -> bool {
    let said = Command::new("typst").arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let there = String::from_utf8_lossy(&said).starts_with(&format!("typst {}", nianbao::compile::TYPST_VERSION));
    assert!(
        there || env::var_os("NIANBAO_REQUIRE_TYPST_CLI").is_none(),
        "typst {} is required on PATH",
        nianbao::compile::TYPST_VERSION
    );
    if !there {
        eprintln!("NOT RUN: typst {} is not on PATH", nianbao::compile::TYPST_VERSION);
    }
    there
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
