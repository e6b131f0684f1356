//! Folders of facts with what must come of them. `tests/cases/accept/<name>/` holds `facts.toml` and the pages that it
//! makes; `tests/cases/reject/<code>/`, or `<code>.<what>/` for another case of a code, holds `facts.toml`, perhaps further
//! project files under `files/`, and what is said of it in each language. A golden file that is missing or belongs to nothing
//! fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{self, Project, Run, golden, repository};
use nianbao::diag::{Code, Severity};
use nianbao::form::{Form, files};

fn folders(kind: &str) -> Vec<PathBuf> {
    let folder = repository().join("tests/cases").join(kind);
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}

/// What must be told of a rejected case.
fn code(folder: &Path) -> String {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    name.split_once('.').map_or(name.as_str(), |(code, _)| code).to_owned()
}

/// The case as a project of its own.
fn project(folder: &Path) -> Project {
    let project = Project::new();
    project.write("reports/机关/2025.toml", fs::read(folder.join("facts.toml")).expect("facts.toml"));
    let files = folder.join("files");
    for entry in walkdir::WalkDir::new(&files).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let relative = entry.path().strip_prefix(&files).expect("below").to_string_lossy().into_owned();
        project.write(&relative, fs::read(entry.path()).expect("a file"));
    }
    project
}

fn only_these(folder: &Path, wanted: &[&str]) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(wanted.contains(&name.as_str()), "{}/{name} belongs to no test", folder.display());
    }
}

#[test]
fn accepted_facts_make_the_expected_pages() {
    for folder in folders("accept") {
        only_these(&folder, &["facts.toml", "expected.typ", "expected.html"]);
        let project = project(&folder);
        project.build_with_notes(&["--engine", support::ENGINE, "--format", "pdf,typ,html"]);
        for format in ["typ", "html"] {
            let made = String::from_utf8(project.read(&format!("build/机关/2025.{format}"))).expect("UTF-8");
            golden(&folder.join(format!("expected.{format}")), &made);
        }
    }
}

#[test]
fn rejected_facts_are_told_why_in_both_languages_and_nothing_is_written() {
    for folder in folders("reject") {
        only_these(&folder, &["facts.toml", "files", "expected.stderr", "expected.en.stderr"]);
        let code = code(&folder);
        for (language, error, file) in [("zh", "错误", "expected.stderr"), ("en", "error", "expected.en.stderr")] {
            let project = project(&folder);
            let before = project.files();
            let build = ["--lang", language, "build", "reports/机关/2025.toml", "--engine", support::ENGINE];
            let deny = ["--deny", "warnings"].into_iter().filter(|_| is_warning(&code));
            let run = Run::of(project.command().args(build.into_iter().chain(deny)));
            assert_eq!(run.stdout, "", "{code}");
            assert!(run.stderr.contains(&format!("{error}[{code}]")), "{code}:\n{}", run.stderr);
            assert_eq!(run.status, status_of(&code), "{code}:\n{}", run.stderr);
            assert_eq!(project.files(), before, "{code}: something was written");
            golden(&folder.join(file), &run.stderr);
        }
    }
}

/// Whether problems with that code are warnings, which reject facts only where they are denied.
fn is_warning(code: &str) -> bool {
    let rule = forms().into_iter().find_map(|form| form.checks.rules.get(code).map(|rule| rule.severity));
    rule == Some(Severity::Warning)
        || ["differs-from-organs", "last-year", "markup-left", "unused-acceptance"].contains(&code)
}

fn forms() -> Vec<Form> {
    files::names(None).iter().map(|name| files::load(name, None, None).expect("a built-in form")).collect()
}

fn status_of(code: &str) -> i32 {
    let status = Code::BUILT_IN.iter().find(|known| known.as_str() == code).map(Code::exit_status);
    match status {
        None | Some(nianbao::diag::ExitStatus::Rejected) => 1,
        Some(nianbao::diag::ExitStatus::Environment) => 2,
        Some(nianbao::diag::ExitStatus::Done) => 0,
    }
}

/// Codes of machines and calls rather than of rejected files, and one that no facts should reach; one of the files below has a test for each.
const ELSEWHERE: &[&str] = &[
    "accepted-places",
    "already-exists",
    "engine-failed",
    "fix-conflict",
    // What comes of files that are read back; see the tests of `import`.
    "import-cell-doubtful",
    "import-cell-unread",
    "import-column-unknown",
    "import-columns-reordered",
    "import-converter-missing",
    "import-encrypted",
    "import-figure-unused",
    "import-group-row",
    "import-heading-guessed",
    "import-heading-missing",
    "import-identity",
    "import-not-parted",
    "import-old-edition",
    "import-pictures-only",
    "import-row-missing",
    "import-row-unknown",
    "import-table-missing",
    "import-table-twice",
    "import-text-unplaced",
    "import-text-unreadable",
    "import-too-large",
    "import-unreadable",
    "interrupted",
    "no-engine",
    "no-fonts",
    // Fonts that change at the right moment: see the tests of the module that reads them.
    "fonts-changed",
    "no-project",
    "no-record",
    "nothing-selected",
    "output-conflict",
    "page-limit",
    "outside-project",
    "preview",
    "stray-file",
    "same-as-other",
    "summary",
    "unreadable",
    "text-lost",
    "too-large",
    "unwritable",
    "usage",
];

#[test]
fn every_code_has_a_reject_case() {
    let cases: BTreeSet<String> = folders("reject").iter().map(|folder| code(folder)).collect();
    let declared: Vec<String> = forms().into_iter().flat_map(|form| form.checks.rules.into_keys()).collect();
    let all: BTreeSet<String> = Code::BUILT_IN.iter().map(|code| code.as_str().to_owned()).chain(declared).collect();
    let covered: BTreeSet<String> = cases.into_iter().chain(ELSEWHERE.iter().map(|code| (*code).to_owned())).collect();
    assert_eq!(all, covered);
    let elsewhere: String =
        ["environment", "batch", "accept", "prose", "slips", "trust/files", "trust/limits", "trust/pages"]
            .map(|name| support::text(format!("tests/suite/{name}.rs")))
            .concat();
    let imports = ["bad_input", "command", "form_keys", "real", "round_trip", "rules", "spoiled", "told"]
        .map(|name| support::text(format!("tests/suite/import/{name}.rs")))
        .concat();
    for code in ELSEWHERE {
        let is_tried = elsewhere.contains(&format!("[{code}]")) || imports.contains(code);
        assert!(is_tried, "no test says anything of {code}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let plain = fs::read_to_string(repository().join("tests/cases/accept/markdown/facts.toml")).expect("facts");
    let page = |facts: String| {
        let project = Project::with(&facts);
        project.build(&["--format", "typ,html"]);
        (project.read("build/机关/2025.typ"), project.read("build/机关/2025.html"))
    };
    let expected = page(plain.clone());
    assert_eq!(page(format!("\u{feff}{plain}")), expected);
    assert_eq!(page(plain.replace('\n', "\r\n")), expected);
}
