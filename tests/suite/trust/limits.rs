//! A project's own templates and patterns have limits of time and memory, and the second Ctrl-C ends everything.

use std::fs;
use std::process::{Child, Command, Stdio};

#[cfg(feature = "embedded")]
use crate::support::repository;
use crate::support::{self, Project, comes, signal};

/// What a template may do that never ends or fills the memory: its name, what it writes, and the flag that raises the limit
/// that it meets; nothing raises that of nesting.
const BOMBS: [(&str, &str, &str); 6] = [
    (
        "tera-loops",
        "{% for i in range(end=100000) %}{% for j in range(end=100000) %}{% set x = i %}{% endfor %}{% endfor %}",
        "--page-seconds",
    ),
    (
        "tera-doubles",
        "{% set_global s = \"xxxxxxxx\" %}{% for i in range(end=40) %}{% set_global s = s ~ s %}{% endfor %}",
        "--page-mib",
    ),
    ("typst-loops", "#for i in range(100000) { for j in range(100000) { } }", "--page-seconds"),
    ("typst-range", "#for i in range(1000000000) { }", "--page-mib"),
    ("typst-doubles", "#{ let s = \"xxxxxxxx\"; for i in range(40) { s = s + s } }", "--page-mib"),
    ("xml", "#xml(bytes(\"<a>\" * 50000))", ""),
];

/// A project with a form of its own under a name, with something more in its template, and a report by it.
fn with_form(project: &Project, name: &str, more: &str) {
    let run = project.run(["forms", "new", name]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let folder = format!("templates/{name}");
    let template = String::from_utf8(project.read(&format!("{folder}/report.typ.tera"))).expect("UTF-8");
    project.write(&format!("{folder}/report.typ.tera"), format!("{template}{more}\n"));
    project.write(&format!("reports/{name}/2025.toml"), project.read(&format!("{folder}/example.toml")));
}

fn is_made(project: &Project, report: &str, format: &str) -> bool {
    project.path(&format!("build/{report}/2025.{format}")).is_file()
}

/// Every bomb is told at its template with its limit, and all else is made.
fn only_bombs_fail(engine: &str) {
    let project = Project::new();
    with_form(&project, "good", "");
    for (name, bomb, _) in BOMBS {
        with_form(&project, name, bomb);
    }
    project.write("reports/机关/2025.toml", support::plain_facts());
    let run = project.run(["--lang", "en", "build", "--engine", engine, "--page-seconds", "1"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    for report in ["good", "机关"] {
        for format in ["pdf", "html"] {
            assert!(is_made(&project, report, format), "{report}.{format}\n{}", run.stderr);
        }
    }
    for (name, _, flag) in BOMBS {
        let told: Vec<&str> =
            run.stderr.split("error[").filter(|told| told.contains(&format!("--> templates/{name}/"))).collect();
        assert_eq!(told.len(), 1, "{name}\n{}", run.stderr);
        assert!(told[0].starts_with("page-limit]") && told[0].contains("report.typ.tera:"), "{name}\n{}", told[0]);
        let said = if flag.is_empty() { "the stack is full" } else { flag };
        assert!(told[0].contains(said), "{name}\n{}", told[0]);
        assert!(!is_made(&project, name, "pdf") && !is_made(&project, name, "html"), "{name}");
    }
}

#[test]
#[cfg(all(unix, feature = "embedded"))]
fn a_bomb_keeps_its_own_report_from_being_made_and_no_other() {
    only_bombs_fail("embedded");
}

#[test]
#[cfg(target_os = "linux")]
fn the_typst_program_is_kept_to_the_limits_too() {
    if support::typst_cli_is_there() {
        only_bombs_fail("typst-cli");
    }
}

/// The page takes some memory, which is too much for one limit and not for another; `verify` and `forms check` know it too.
#[test]
#[cfg(all(target_os = "linux", feature = "embedded"))]
fn a_limit_can_be_raised() {
    let project = Project::new();
    with_form(
        &project,
        "large",
        "{% set_global s = \"xxxxxxxx\" %}{% for i in range(end=23) %}{% set_global s = s ~ s %}{% endfor %}",
    );
    let build = ["build", "--engine", "embedded"];
    let run = project.run(build.iter().chain(&["--page-mib", "64"]));
    assert!(run.status == 2 && run.stderr.contains("错误[page-limit]"), "{}", run.stderr);
    assert!(run.stderr.contains("64 MiB") && run.stderr.contains("--page-mib 256"), "{}", run.stderr);
    project.build(&["--engine", "embedded"]);
    for (command, said) in [(&["verify", "build/large/2025.pdf"][..], 0), (&["forms", "check", "large"], 0)] {
        let run = project.run(command);
        assert_eq!(run.status, said, "{}", run.stderr);
        let run = project.run(command.iter().chain(&["--page-mib", "64"]));
        assert!(run.status == 2 && run.stderr.contains("错误[page-limit]"), "{command:?}\n{}", run.stderr);
    }
}

/// The same templates give the same bytes, whether they are the program's own or copied into the project.
#[test]
#[cfg(feature = "embedded")]
fn what_another_process_makes_is_the_same() {
    let facts = support::text("reports/示例县人民政府办公室/2025.toml");
    let (own, copied) = (Project::with(&facts), Project::with(&facts));
    for entry in walkdir::WalkDir::new(repository().join("templates")).into_iter().flatten() {
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(repository()).expect("below").to_string_lossy().into_owned();
            copied.write(&name, fs::read(entry.path()).expect("a file"));
        }
    }
    let args = ["--format", "pdf,html,html-fragment,typ", "--charts", "--engine", "embedded"];
    own.build_with_notes(&args);
    copied.build_with_notes(&args);
    for format in ["pdf", "html", "fragment.html", "typ"] {
        let page = format!("build/机关/2025.{format}");
        assert!(own.read(&page) == copied.read(&page), "{format} differs");
    }
}

/// What a template gets wrong is told as it is where the program's own templates are at fault.
#[test]
#[cfg(feature = "embedded")]
fn faults_of_own_templates_are_told_at_their_lines() {
    let project = Project::new();
    with_form(&project, "unknown", "{{ facts.office_nam }}");
    with_form(&project, "syntax", "{% if %}");
    with_form(&project, "typst", "\n#panic(\"no\")");
    let run = project.run(["--lang", "en", "build", "--engine", "embedded", "--format", "pdf"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    for (code, name, line, said) in [
        ("template-error", "unknown", 15, "did you mean `office_name`?"),
        ("template-error", "syntax", 15, "the template is wrong"),
        ("typst-error", "typst", 16, "this template line wrote: #panic(\"no\")"),
    ] {
        let place = format!("--> templates/{name}/report.typ.tera:{line}:");
        let told = run.stderr.split("error[").find(|told| told.contains(&place));
        let told = told.unwrap_or_else(|| panic!("{name} is not told at {place}\n{}", run.stderr));
        assert!(told.starts_with(code) && told.contains(said), "{told}");
    }
}

/// A pattern that goes back for long at each letter of a long text is given up, and told at its place.
#[test]
fn patterns_have_a_budget_for_all_texts_of_a_report() {
    let project = Project::new();
    with_form(&project, "evil", "");
    let form = String::from_utf8(project.read("templates/evil/form.toml")).expect("UTF-8");
    let rule = "[rule.bomb]\nseverity = \"warning\"\nmessage = { zh = \"x\", en = \"x\" }\nsource = \"x\"\nright = \"\"\nwrong = \"\"\n";
    let pattern = "[[pattern]]\nrule = \"bomb\"\nfind = '(?=a)(?:(?:(?=a)a|(?=a)a){16}b|a)'\ntest = \"1 == 1\"\n";
    project.write("templates/evil/form.toml", format!("{form}\n{rule}{pattern}"));
    let facts = String::from_utf8(project.read("reports/evil/2025.toml")).expect("UTF-8");
    let notes = facts.lines().find(|line| line.starts_with("notes")).expect("notes");
    project.write("reports/evil/2025.toml", facts.replace(notes, &format!("notes = \"{}\"", "a".repeat(20_000))));
    let run = project.run(["--lang", "en", "check"]);
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("error[check-failed]: the check bomb takes too long"), "{}", run.stderr);
    assert!(run.stderr.contains("--> templates/evil/form.toml:"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("takes too long").count(), 1, "{}", run.stderr);
}

/// What a pattern becomes has a bound, and so has how many there are.
#[test]
fn patterns_that_are_too_large_are_refused() {
    let project = Project::new();
    with_form(&project, "evil", "");
    let form = String::from_utf8(project.read("templates/evil/form.toml")).expect("UTF-8");
    let pattern = |find: &str| format!("[[pattern]]\nrule = \"few-open\"\nfind = '{find}'\ntest = \"1 == 1\"\n");
    for (patterns, said) in [
        (pattern("(?:a{1000}){1000}"), "this pattern is too large"),
        (pattern(r"(?<=a)\w{30}").repeat(20), "the patterns of the form are too large together"),
        (pattern(r"\w{60}"), "the pattern is wrong"),
        (pattern(&"a".repeat(30_000)), "the pattern is longer than 20000 bytes"),
        (pattern("a").repeat(501), "there are more than 500 patterns"),
    ] {
        project.write("templates/evil/form.toml", format!("{form}\n{patterns}"));
        let run = project.run(["--lang", "en", "check"]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains("error[form-file]") && run.stderr.contains(said), "{said}\n{}", run.stderr);
    }
}

/// Numbers that no form should have, and files without end, are told and keep no other report from being made.
#[test]
#[cfg(feature = "embedded")]
fn declarations_that_no_form_should_have_stop_no_other_report() {
    let huge = "9223372036854775807";
    let spans = |form: &str| {
        let form = form.replace("key = \"open\", label", &format!("key = \"open\", span = {huge}, label"));
        form.replace("key = \"closed\", label", &format!("key = \"closed\", span = {huge}, label"))
    };
    let chart = |form: &str| {
        let bars = "bars = [{ label = \"A\", cells = [\"cases.small.all\"] }]";
        let chart = format!("[[chart]]\nname = \"c\"\nlabel = \"C\"\nyears = {huge}\n{bars}\n");
        format!("{}\n{chart}", form.replace("{ table = \"cases\" }", "{ chart = \"c\" }, { table = \"cases\" }"))
    };
    type Change<'a> = &'a dyn Fn(&str) -> String;
    let changes: [(Change<'_>, &str); 4] = [
        (&spans, "`widths` has 4"),
        (&chart, ""),
        (&|form| form.replace("[2, 1, 1, 1]", "[4294967295, 4294967295, 4294967295, 4294967295]"), ""),
        (&|form| format!("{form}\n#{}", "x".repeat(1 << 20)), "form.toml is not read: it is larger than 1 MiB"),
    ];
    for (change, said) in changes {
        let project = Project::with(&support::plain_facts());
        with_form(&project, "evil", "");
        let form = String::from_utf8(project.read("templates/evil/form.toml")).expect("UTF-8");
        project.write("templates/evil/form.toml", change(&form));
        let run = project.run(["--lang", "en", "build", "--engine", "embedded", "--format", "html", "--charts"]);
        assert!(is_made(&project, "机关", "html"), "{}", run.stderr);
        assert_eq!(
            (run.status, is_made(&project, "evil", "html")),
            if said.is_empty() { (0, true) } else { (2, false) },
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains(said), "{said}\n{}", run.stderr);
    }
}

/// A running program, and what it is told.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program"))
    }

    /// The exit status, within some seconds.
    fn end(mut self) -> (Option<i32>, String) {
        assert!(comes(|| self.0.try_wait().expect("a status").is_some()), "it goes on");
        let output = self.0.wait_with_output().expect("the end");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn lives(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{}/stat", process.trim())).unwrap_or_default();
    // A process that nobody has asked about yet is dead all the same.
    state.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// A project whose engine says who it is and works for ever, with a temporary folder of its own.
#[cfg(target_os = "linux")]
fn with_endless_engine() -> (Project, Command) {
    let project = Project::with(&support::plain_facts());
    let note = project.path("engine").display().to_string();
    let version = nianbao::typeset::TYPST_VERSION;
    let script = format!(
        "[ \"$1\" = --version ] && {{ echo typst {version}; exit; }}\necho $$ > '{note}.new'; mv '{note}.new' '{note}'\nexec sleep 1000"
    );
    project.program("typst", &script);
    fs::create_dir(project.path("tmp")).expect("a folder");
    let mut command = project.command();
    command.env("TMPDIR", project.path("tmp"));
    (project, command)
}

/// Asked to stop while a page is laid out, a build says at once how far it came; nothing that it started is left, whatever the
/// command.
#[test]
#[cfg(target_os = "linux")]
fn nothing_outlives_a_command_that_is_stopped() {
    for (args, signals, status) in [
        (&["build", "--engine", "typst-cli"][..], &["-INT"][..], 2),
        (&["build", "--engine", "typst-cli"], &["-TERM"], 2),
        (&["build", "--engine", "typst-cli"], &["-INT", "-INT"], 130),
        (&["forms", "check", "zfxxgk"], &["-INT"], 130),
    ] {
        let (project, mut command) = with_endless_engine();
        let running = Running::start(command.args(args));
        assert!(comes(|| project.path("engine").is_file()), "{args:?}: no engine was started");
        let engine = String::from_utf8(project.read("engine")).expect("a number");
        assert!(lives(&engine));
        signals.iter().for_each(|name| signal(running.0.id(), name));
        let (ended, said) = running.end();
        // The second signal may come when the first has already done its work.
        assert!(
            ended == Some(status) || (signals.len() > 1 && ended == Some(2)),
            "{args:?} {signals:?}: {ended:?}\n{said}"
        );
        assert!(!lives(&engine), "{args:?} {signals:?}: the engine goes on");
        let left: Vec<_> = fs::read_dir(project.path("tmp")).expect("a folder").flatten().collect();
        assert!(left.is_empty(), "{args:?} {signals:?}: {left:?}");
        if status == 2 {
            assert!(said.contains("错误[interrupted]") && said.contains("1 份没有做完"), "{said}");
        }
        let written: Vec<String> = project.files().into_iter().filter(|name| name.starts_with("build/")).collect();
        assert!(written.is_empty(), "{written:?}");
    }
}

/// Nobody can be told to stop by a process that is killed: who works for it sees that it is gone.
#[test]
#[cfg(all(target_os = "linux", feature = "embedded"))]
fn a_page_is_given_up_when_the_program_is_killed() {
    let mut engines = vec!["embedded"];
    engines.extend(support::typst_cli_is_there().then_some("typst-cli"));
    for engine in engines {
        let project = Project::new();
        with_form(&project, "evil", "#for i in range(100000) { for j in range(100000) { } }");
        let mut command = project.command();
        command.args(["build", "--page-seconds", "1000", "--format", "pdf", "--engine", engine]);
        let running = Running::start(&mut command);
        let mut children = Vec::new();
        assert!(comes(|| {
            children = children_of(running.0.id());
            children.iter().any(|child| is_at_work(child))
        }));
        signal(running.0.id(), "-KILL");
        running.0.wait_with_output().expect("the end");
        assert!(comes(|| children.iter().all(|child| !lives(child))), "{engine}: {children:?} go on");
    }
}

/// Whether a process has worked for a third of a second, and so has long had its task.
#[cfg(all(target_os = "linux", feature = "embedded"))]
fn is_at_work(process: &str) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let ticks = state.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(11)?.parse::<u64>().ok());
    ticks.is_some_and(|ticks| ticks > 33)
}

#[cfg(all(target_os = "linux", feature = "embedded"))]
fn children_of(parent: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("processes").flatten();
    let names = processes.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let is_child = |name: &String| {
        let state = fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        state.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)) == Some(&parent.to_string())
    };
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit())).filter(is_child).collect()
}

/// What is no longer looked at may not pass for being in order, whatever is accepted.
#[test]
fn more_problems_in_the_prose_than_are_looked_at_are_an_error() {
    let project = Project::with(&support::plain_facts());
    let facts = support::plain_facts();
    let line = facts.lines().find(|line| line.starts_with("management = ")).expect("prose");
    let many = format!("management = \"{}\"", "TODO。".repeat(10_100));
    let accepted = "\n[[accept]]\ncheck = \"leftover\"\nreason = \"x\"\n";
    project.write("reports/机关/2025.toml", facts.replace(line, &many) + accepted);
    let run = project.run(["check"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stderr.contains("[too-large]") && run.stderr.contains("10000"), "{}", run.stderr);
}
