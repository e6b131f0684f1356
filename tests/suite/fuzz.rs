//! Facts, forms, templates, records, settings and prose that no person would write: pieces of real ones, mutated. None may
//! panic, none may take long, and all together may not take much memory. `NIANBAO_FUZZ` says how many inputs to try; `docs/fuzzing.md` has the
//! figures of long runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::support::{self, Run, text};
use arbitrary::Unstructured;
use nianbao::check::check;
use nianbao::consolidate::Alone;
use nianbao::disk::MARKER;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::{Form, files, pattern};
use nianbao::project::Project;
use nianbao::render::{Loaded, Target, prose};
use nianbao::session::Record;
use nianbao::source::Source;
use nianbao::view::{View, view};

/// Inputs of each kind where nothing else is asked for.
const FEW: u64 = 3_000;
/// No input may take longer of a processor; most take some microseconds. A program that is compiled for tests takes some five
/// times as long.
pub const SLOWEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
/// The most memory that a process that tries them may ever have had, in KiB.
const MEMORY: u64 = 512 * 1024;

/// What means something to TOML, Markdown, Tera, Typst, expressions, patterns or the program.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "{{ ", " }}", "{{ requests.received.total }}", "{{ year }}", "\\", "\\\n", "\"", "\"\"\"", "'''", "[", "]", "[[", "]]",
    "{", "}", " = ", ".", ",", "\n", "\r\n", "\t", "#", "-1", "0", "9999999999999999", "1e999", "0x7fffffffffffffff",
    "1.5", "nan", "inf", "1979-05-27", "2026-02-30", "true", "rest = 0", "total", "sum", "use", "heads", "key", "label",
    "> ", "- ", "* ", "1. ", "**", "_", "`", "```", "[a](b)", "![", "](", "<b>", "&lt;", "---", "***", "| a |", "\u{202e}",
    "\u{feff}", "\u{0}", "\u{7f}", "\u{a0}", "\u{3000}", "\u{f0000}", "\u{10ffff}", "\u{301}", "年", "件", "〔2021〕30号", "XX",
    "收到申请5件", "2024年", "其中3件、4件", "区区", "(?P<n>", "(a+)+", "\\k<n>", "[^", "*?", "|", "$", "^", "{1000}",
    "it.", "last.", " and ", " or ", "not ", " in [", " ~ ", " | sum", " is matching('", "==", "<=", "//", "%", "**",
];

/// A text made of a seed by some changes that the bytes decide.
fn mutated(seeds: &[String], bytes: &[u8]) -> Option<String> {
    let mut choices = Unstructured::new(bytes);
    let mut text = choices.choose(seeds).ok()?.clone();
    for _ in 0..choices.int_in_range(1..=6).ok()? {
        let (start, end) = (position(&text, &mut choices)?, position(&text, &mut choices)?);
        let (start, end) = (start.min(end), start.max(end));
        match choices.int_in_range(0..=6).ok()? {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, choices.choose(PIECES).ok()?),
            2 => text.replace_range(start..end.min(text.ceil_char_boundary(start + 8)), choices.choose(PIECES).ok()?),
            3 => {
                let piece = text[start..end.min(text.ceil_char_boundary(start + 400))].to_owned();
                text.insert_str(end, &piece);
            }
            4 => {
                let other = choices.choose(seeds).ok()?;
                let from = position(other, &mut choices)?;
                let piece = &other[from..other.ceil_char_boundary((from + 300).min(other.len()))];
                text.insert_str(start, piece);
            }
            5 => text.insert(start, char::from_u32(choices.int_in_range(0..=0x10_ffff).ok()?)?),
            _ => {
                let times = choices.int_in_range(1..=200).ok()?;
                let piece: &str = choices.choose(PIECES).ok()?;
                text.insert_str(start, &piece.repeat(times));
            }
        }
    }
    Some(text)
}

fn position(text: &str, choices: &mut Unstructured<'_>) -> Option<usize> {
    Some(text.floor_char_boundary(choices.int_in_range(0..=text.len()).ok()?))
}

/// The time that a thread has had of a processor, where the system says, so that a busy machine is not taken for a slow input.
pub struct Clock {
    ran: Option<Duration>,
    begun: Instant,
}

impl Clock {
    pub fn now() -> Self {
        Self { ran: Self::ran(), begun: Instant::now() }
    }

    fn ran() -> Option<Duration> {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }

    pub fn elapsed(&self) -> Duration {
        let ran = Self::ran().zip(self.ran).map(|(now, then)| now.saturating_sub(then));
        ran.unwrap_or_else(|| self.begun.elapsed())
    }
}

/// Runs a test of this file in a process of its own: how much memory its inputs took can only be known of a whole process, and
/// the other tests take some too. That process is this one again, asked for that test alone.
fn alone(name: &str, test: impl FnOnce()) {
    const MARK: &str = "NIANBAO_FUZZ_ALONE";
    if std::env::var_os(MARK).is_some() {
        return test();
    }
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args([&format!("fuzz::{name}"), "--exact", "--nocapture"]).env(MARK, "1");
    let run = Run::of(&mut command);
    print!("{}", run.stdout);
    assert!(run.status == 0 && run.stdout.contains("test result: ok. 1 passed"), "{}", run.stderr);
}

/// Tries `count` inputs on every core; says what panicked, what was slowest and how much memory there was.
fn fuzz(name: &str, share: u64, seeds: &[String], run: impl Fn(&str) + Sync) {
    let asked: Option<u64> = std::env::var("NIANBAO_FUZZ").ok().and_then(|count| count.parse().ok());
    let count = asked.map_or(FEW, |all| all * share / 100);
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (slowest, made) = (Mutex::new((Duration::ZERO, String::new())), AtomicU64::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (run, slowest, made) = (&run, &slowest, &made);
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(thread);
                let mut bytes = [0u8; 96];
                for _ in 0..count / threads {
                    random.fill(&mut bytes);
                    let Some(input) = mutated(seeds, &bytes) else { continue };
                    let began = Clock::now();
                    assert!(catch_unwind(AssertUnwindSafe(|| run(&input))).is_ok(), "{name} panics on:\n{input}");
                    let taken = began.elapsed();
                    assert!(taken < SLOWEST, "{name} takes {taken:?} on:\n{input}");
                    let mut slowest = slowest.lock().unwrap_or_else(PoisonError::into_inner);
                    if taken > slowest.0 {
                        *slowest = (taken, input);
                    }
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let (made, seconds) = (made.into_inner(), started.elapsed().as_secs_f64());
    let (longest, input) = slowest.into_inner().unwrap_or_else(PoisonError::into_inner);
    let rate = made as f64 / seconds;
    println!(
        "{name}: {made} inputs in {seconds:.1} s ({rate:.0} a second), slowest {} ms, peak {} MiB",
        longest.as_millis(),
        peak() / 1024
    );
    if std::env::var_os("NIANBAO_FUZZ_SLOWEST").is_some() {
        println!("the slowest of {name}:\n{input}\n");
    }
    assert!(made > count * 9 / 10, "most inputs are tried: {made} of {count}");
    assert!(peak() < MEMORY, "{name} took {} MiB", peak() / 1024);
}

/// The most memory that this process has had, in KiB, where the system says.
pub fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn facts_seeds() -> Vec<String> {
    ["full", "hostile", "markdown", "zeros"].map(|name| text(format!("tests/cases/accept/{name}/facts.toml"))).to_vec()
}

fn judged(facts: &str, form: &Arc<Form>) {
    let source = Source::new("2025.toml", facts);
    let Ok(facts) = Facts::parse(&source) else { return };
    if let Ok((report, _)) = check(&facts, form, &YearsBefore::of(Path::new("/nowhere/2025.toml")), &Alone) {
        let _ = view(&report, 0);
    }
}

#[test]
fn facts_of_any_kind_are_judged() {
    alone("facts_of_any_kind_are_judged", || {
        let form = Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
        fuzz("facts", 20, &facts_seeds(), |facts| judged(facts, &form));
    });
}

#[test]
fn forms_of_any_kind_are_read() {
    alone("forms_of_any_kind_are_read", || {
        let seeds = vec![
            text("tests/second_form/templates/census/form.toml"),
            text("tests/cases/reject/check-failed/files/templates/mine/form.toml"),
            text("tests/data/small-form.toml"),
        ];
        let facts = "form = \"mine\"\nyear = 2025\nmark = \"甲\"\ncount = 1\nnotes = \"2024年收到5件，其中3件、4件。\"\n[town]\nname = \"乙\"\n[items]\nrest = 0\n";
        for seed in &seeds {
            files::parse("mine", seed).expect("a form, before it is mutated");
        }
        fuzz("form", 15, &seeds, |form| {
            if let Ok(form) = files::parse("mine", form) {
                judged(facts, &Arc::new(form));
            }
        });
    });
}

#[test]
fn prose_of_any_kind_is_written() {
    alone("prose_of_any_kind_is_written", || {
        let mut seeds: Vec<String> = facts_seeds();
        seeds.extend([
            "> - 1. 甲*乙*`丙`[丁](https://a.cn)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".to_owned(),
            "{{ year }}年\\{{ a }}\n\n  * 甲\n    * 乙\n".to_owned(),
        ]);
        fuzz("prose", 20, &seeds, |text| {
            let text = &text[..text.floor_char_boundary(600)];
            pattern::references(text);
            let room = prose::docx::Room { width: 8_845, em: 315, first: 2, keep: true };
            for (language, most) in
                [(prose::Language::Typst, 64), (prose::Language::Html, 64), (prose::Language::Docx(room), 512)]
            {
                let written = prose::write(text, language);
                assert!(written.len() <= most * text.len() + most, "a page should not be so much longer than its text");
            }
        });
    });
}

/// The same values, the same comments, and nothing left to change: whatever TOML it is.
#[test]
fn facts_of_any_kind_keep_their_meaning_when_formatted() {
    alone("facts_of_any_kind_keep_their_meaning_when_formatted", || {
        let meaning = |facts: &str| facts.replace("\r\n", "\n").parse::<toml::Table>().map(|table| table.to_string());
        let comments = |facts: &str| facts.matches('#').count();
        fuzz("fmt", 5, &facts_seeds(), |facts| {
            let Ok(before) = meaning(facts) else { return };
            let source = Source::new("2025.toml", facts);
            let Ok(formatted) = nianbao::format::formatted(&source) else { return };
            assert_eq!(meaning(&formatted).as_deref(), Ok(before.as_str()));
            assert_eq!(comments(&formatted), comments(facts));
            let again = nianbao::format::formatted(&Source::new("2025.toml", formatted.as_str())).expect("TOML");
            assert_eq!(again, formatted);
        });
    });
}

/// A folder for each thread, in which files are tried that the program reads from the disk.
fn own_folder(folder: &Path) -> PathBuf {
    let thread = format!("{:?}", std::thread::current().id());
    let own = folder.join(thread.replace(|letter: char| !letter.is_ascii_alphanumeric(), ""));
    std::fs::create_dir_all(&own).expect("a folder");
    own
}

#[test]
fn settings_of_any_kind_are_read() {
    alone("settings_of_any_kind_are_read", || {
        let seeds = vec![
            text("nianbao.toml"),
            "font-paths = [\"fonts\", \"/usr/share/fonts\"]\n\n[build]\nformats = [\"pdf\", \"html-fragment\"]\nengine = \"embedded\"\nout = \"build\"\ncharts = true\n".to_owned(),
            "\u{feff}[build]\r\nengine = \"typst-cli\"\r\n".to_owned(),
        ];
        let folder = tempfile::tempdir().expect("a folder");
        fuzz("nianbao.toml", 15, &seeds, |settings| {
            let root = own_folder(folder.path());
            std::fs::write(root.join(MARKER), settings).expect("the settings");
            if let Ok(project) = Project::open(&root) {
                assert!(project.font_paths().len() <= settings.len());
            }
        });
    });
}

/// A record of the year that is built, as it is written.
fn record_seed() -> String {
    let project = support::Project::with(&support::plain_facts());
    project.build(&["--format", "html,html-fragment"]);
    String::from_utf8(project.read("build/机关/2025.json")).expect("text")
}

/// What is read of a record is compared with what there is, and written again; nothing of it is a command.
#[test]
fn records_of_any_kind_are_read() {
    alone("records_of_any_kind_are_read", || {
        let seed = record_seed();
        let fonts = seed.replacen("\"fonts\": []", "\"fonts\": [{\"file\": \"a.otf\", \"blake3\": \"00\"}]", 1);
        assert_ne!(fonts, seed);
        let whole: Record = serde_json::from_str(&seed).expect("a record");
        let source = Source::new("2025.toml", support::plain_facts());
        let folder = tempfile::tempdir().expect("a folder");
        fuzz("record", 15, &[seed.clone(), fonts], |record| {
            let target = own_folder(folder.path()).join("2025");
            std::fs::write(target.with_extension("json"), record).expect("the record");
            std::fs::write(target.with_extension("html"), "page").expect("the page");
            assert_eq!(Record::at(&target, "").is_some(), Record::beside(&target.with_extension("html")).is_ok());
            let Some(read) = Record::at(&target, "") else { return };
            assert!(!read.has_artifacts(&target, ["html".to_owned()]), "the page is not that of any record");
            let _ = (read.is_of(&source), read.inputs.is_of_the_same_facts(&whole.inputs));
            let again: Record = serde_json::from_str(&read.text()).expect("a record");
            assert_eq!(again, read);
        });
    });
}

/// The form that `nianbao forms new` begins with, in a project, and a view of its example.
fn new_form() -> (support::Project, View) {
    let project = support::Project::new();
    assert_eq!(project.run(["forms", "new", "mine"]).status, 0);
    let form = Arc::new(files::load("mine", Some(&project.path("templates")), None).expect("the form"));
    let example = text("src/forms/example.toml").replace("NAME", "mine");
    let source = Source::new("2025.toml", example);
    let facts = Facts::parse(&source).expect("the example");
    let (report, _) =
        check(&facts, &form, &YearsBefore::of(Path::new("/nowhere/2025.toml")), &Alone).expect("a report");
    let view = view(&report, 0);
    (project, view)
}

/// Whatever stands in a template, what is wrong with it is a problem with a place. Seeds have no macros and include nothing that
/// includes them, so that what is tried here has an end; `trust/limits.rs` has templates without one.
#[test]
fn templates_of_any_kind_are_rendered() {
    alone("templates_of_any_kind_are_rendered", || {
        let (project, view) = new_form();
        let folder = tempfile::tempdir().expect("a folder");
        for (target, name) in [(Target::Typst, "report.typ.tera"), (Target::Html, "report.html.tera")] {
            let (declaration, seed) = (project.read("templates/mine/form.toml"), text(format!("src/forms/{name}")));
            fuzz(name, 5, &[seed], |template| {
                let templates = own_folder(folder.path());
                std::fs::create_dir_all(templates.join("mine")).expect("a folder");
                std::fs::write(templates.join("mine/form.toml"), &declaration).expect("the form");
                std::fs::write(templates.join("mine").join(name), template).expect("the template");
                let form = files::load("mine", Some(&templates), None).expect("the form");
                // In this process, where a panic is seen; the program leaves such templates to another one.
                let files = form.files.iter().filter(|(name, _)| name.ends_with(target.suffix()));
                let files = files.map(|(name, file)| (name, &file.source));
                if let Ok(templates) = Loaded::parse(target, files, Source::new("form.toml", "")) {
                    let _ = templates.render(&view);
                }
            });
        }
    });
}
