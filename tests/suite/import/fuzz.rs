//! Files that no program would write: real ones, changed. Each is read, and one in a few goes on to facts, twice. None may panic, take
//! long, or take much memory; what comes out is TOML, and the same each time. `NIANBAO_FUZZ` says how many to try; `docs/fuzzing.md`
//! has the figures of long runs.
//!
//! Files of a kind are read by processes with one thread each, which note before each file which one it is. So one that ends its
//! process is known, and memory is that of the files alone. Only a PDF may end it or fail within a crate that this program is not the
//! maker of: the program reads PDFs in a process of their own, and is asked what it says of such a file.

use std::fmt::Write as _;
use std::fs;
use std::io::{Seek, SeekFrom, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use nianbao::facts::Facts;
use nianbao::form::{Form, files};
use nianbao::import::blocks::{Block, Document, Grid, Unread};
use nianbao::import::{self, Asked, Origin, pdf, read};
use nianbao::source::Source;
use nianbao::worker::Guard;

use super::form;
use crate::fuzz::{Clock, SLOWEST, peak};
use crate::support::{Project, Run, text};

mod change;
mod seeds;
mod words;

/// Files of each kind where nothing else is asked for.
const FEW: u64 = 1_000;
/// The most memory that a process that reads them may ever have had, in KiB.
const MEMORY: u64 = 200 * 1024;
/// What the system gives it, in bytes: no file may take the machine's.
const BOUND: u64 = 512 << 20;
/// What the program gives a process that reads a PDF.
const PDF_BOUND: u64 = 256 << 20;
/// One in so many files goes on to facts.
const DEEP: u8 = 4;
/// What the program may take of a processor for a file, with all that it starts.
const PROGRAM: Duration = Duration::from_secs(10);
/// After how long by the clock a file is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so many faults there is no more to learn.
const MOST_FAULTS: u64 = 500;
/// Says to a process where its notes are.
const NOTES: &str = "NIANBAO_FUZZ_NOTES";
/// Where the last panic was.
static PANICKED: Mutex<String> = Mutex::new(String::new());

/// A kind of file.
struct Kind<M> {
    name: &'static str,
    /// The part of all inputs that is of this kind, in thousandths: to read a file takes much longer than other inputs do.
    share: u64,
    /// Whether a file may end the process that reads it.
    may_exhaust: bool,
    /// Makes a file.
    make: M,
}

/// What a process notes.
#[derive(Clone, Copy, Debug, Default)]
struct Notes {
    /// The file at hand, and the first that is not of this process.
    next: u64,
    end: u64,
    /// How many were read, and how many gave facts.
    read: u64,
    drafted: u64,
    faults: u64,
    /// How many the program has to leave to a process of their own.
    ended: u64,
    /// The longest, in microseconds, and which it was.
    slowest: u64,
    which: u64,
    /// The most memory, in KiB.
    peak: u64,
}

impl Notes {
    fn at(path: &Path) -> Self {
        let said = fs::read_to_string(path).expect("the notes");
        let numbers: Vec<u64> = said.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let [next, end, read, drafted, faults, ended, slowest, which, peak] = numbers[..] else {
            panic!("notes: {said}");
        };
        Self { next, end, read, drafted, faults, ended, slowest, which, peak }
    }

    fn text(&self) -> String {
        let Self { next, end, read, drafted, faults, ended, slowest, which, peak } = self;
        let mut text = String::new();
        for number in [next, end, read, drafted, faults, ended, slowest, which, peak] {
            write!(text, "{number:>20} ").expect("a string");
        }
        text
    }
}

/// The source of chance for a file of a kind.
fn chance(number: u64) -> Rng {
    Rng::with_seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Where a file is kept that should not do what it does.
fn kept(kind: &str, number: u64, bytes: &[u8], why: &str) -> PathBuf {
    let folder = std::env::temp_dir().join("nianbao-fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{kind}-{why}-{number}"));
    fs::write(&path, bytes).expect("a file");
    path
}

/// Tries as many files as are asked for; this very process again, asked for one test alone, reads them.
fn tried<M: Fn(&mut Rng) -> Vec<u8> + Sync>(test: &str, kind: &Kind<M>) {
    if let Some(notes) = std::env::var_os(NOTES) {
        return read_all(kind, Path::new(&notes));
    }
    let asked: Option<u64> = std::env::var("NIANBAO_FUZZ").ok().and_then(|count| count.parse().ok());
    let count = asked.map_or(FEW, |all| all * kind.share / 1000);
    let threads = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let folder = tempfile::tempdir().expect("a folder");
    let started = Instant::now();
    let notes = thread::scope(|scope| {
        let parts = (0..threads).map(|part| {
            let path = folder.path().join(part.to_string());
            let (next, end) = (count * part / threads, count * (part + 1) / threads);
            scope.spawn(move || started_again(test, kind, &path, Notes { next, end, ..Notes::default() }))
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().map(|part| part.join().expect("a thread")).collect::<Vec<Notes>>()
    });
    let sum = |of: fn(&Notes) -> u64| notes.iter().map(of).sum::<u64>();
    let slowest = notes.iter().max_by_key(|notes| notes.slowest).expect("a thread");
    let (read, drafted, ended, faults) = (sum(|n| n.read), sum(|n| n.drafted), sum(|n| n.ended), sum(|n| n.faults));
    println!(
        "{}: {count} files in {:.1} s, {read} read, {drafted} to facts, {ended} ended a process, slowest {} ms (number {}), peak {} MiB",
        kind.name,
        started.elapsed().as_secs_f64(),
        slowest.slowest / 1000,
        slowest.which,
        notes.iter().map(|notes| notes.peak).max().unwrap_or(0) / 1024,
    );
    if std::env::var_os("NIANBAO_FUZZ_SLOWEST").is_some() {
        let bytes = (kind.make)(&mut chance(slowest.which));
        println!("the slowest of {}: {}", kind.name, kept(kind.name, slowest.which, &bytes, "slowest").display());
    }
    assert_eq!(faults, 0, "{}: the files are in {}", kind.name, std::env::temp_dir().join("nianbao-fuzz").display());
    assert!(read > count / 10 && drafted > count / 100, "most files should be worth reading");
}

/// Has the files read that are still to be read, by as many processes as are ended by one.
fn started_again<M: Fn(&mut Rng) -> Vec<u8>>(test: &str, kind: &Kind<M>, path: &Path, mut notes: Notes) -> Notes {
    while notes.next < notes.end && notes.faults < MOST_FAULTS {
        fs::write(path, notes.text()).expect("the notes");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        // Without PATH there is no other program that would be asked to read a file.
        command.args([&format!("import::fuzz::{test}"), "--exact", "--nocapture"]).env(NOTES, path).env("PATH", "");
        let output = command.output().expect("this program runs");
        notes = Notes::at(path);
        let said = String::from_utf8_lossy(&output.stderr);
        if notes.faults > 0 {
            eprint!("{said}");
        }
        if notes.next < notes.end && notes.faults < MOST_FAULTS {
            let bytes = (kind.make)(&mut chance(notes.next));
            notes.ended += 1;
            let is_fault = !kind.may_exhaust || !is_told(&bytes);
            if is_fault || std::env::var_os("NIANBAO_FUZZ").is_some() {
                let path = kept(kind.name, notes.next, &bytes, "ends");
                eprintln!("{} ends its process ({}): {said}", path.display(), output.status);
            }
            notes.faults += u64::from(is_fault);
            notes.next += 1;
        }
    }
    notes
}

/// Whether the program says something sensible of a file that is too much for a process, and soon.
fn is_told(bytes: &[u8]) -> bool {
    let project = Project::new();
    project.write("a.pdf", bytes);
    let mut command = project.command();
    command.args(["import", "a.pdf", "--dry-run"]);
    #[cfg(unix)]
    let (run, taken) = Run::timed(&command);
    #[cfg(not(unix))]
    let (run, taken) = (Run::of(&mut command), Duration::ZERO);
    (0..=2).contains(&run.status) && !run.stderr.contains("panicked") && taken < PROGRAM
}

/// Reads files until all are read or one ends the process.
fn read_all<M: Fn(&mut Rng) -> Vec<u8> + Sync>(kind: &Kind<M>, path: &Path) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let bytes = if kind.may_exhaust { PDF_BOUND } else { BOUND };
        setrlimit(Resource::Data, Rlimit { current: Some(bytes), maximum: Some(bytes) }).expect("a limit");
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).expect("a limit");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("{panic}");
        *PANICKED.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    let at_hand = Arc::new(AtomicU64::new(0));
    watch(&at_hand);
    let mut notes = Notes::at(path);
    let mut file = fs::OpenOptions::new().write(true).open(path).expect("the notes");
    let mut note = |notes: &Notes| {
        file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(notes.text().as_bytes())).expect("the notes");
    };
    let forms = forms();
    // As much stack as the program has.
    thread::scope(|scope| {
        let reading = thread::Builder::new().stack_size(8 << 20).spawn_scoped(scope, || {
            while notes.next < notes.end && notes.faults < MOST_FAULTS {
                at_hand.store(notes.next + 1, Ordering::Relaxed);
                note(&notes);
                read_one(kind, &forms, &mut notes);
                notes.next += 1;
            }
            note(&notes);
        });
        reading.expect("a thread").join().expect("a thread");
    });
}

/// A large form and a small one.
fn forms() -> [Arc<Form>; 2] {
    [form("zfxxgk"), Arc::new(files::parse("mine", &text("tests/data/small-form.toml")).expect("a form"))]
}

/// Whether the last panic was within another crate.
fn is_foreign() -> bool {
    let place = PANICKED.lock().unwrap_or_else(PoisonError::into_inner);
    !place.starts_with("src") && !place.starts_with("tests")
}

/// Ends this process if a file has no end.
fn watch(at_hand: &Arc<AtomicU64>) {
    let at_hand = Arc::clone(at_hand);
    thread::spawn(move || {
        let mut seen = (0, Instant::now());
        loop {
            thread::sleep(Duration::from_millis(500));
            let now = at_hand.load(Ordering::Relaxed);
            if now != seen.0 {
                seen = (now, Instant::now());
            } else if seen.1.elapsed() > PATIENCE {
                std::process::exit(4);
            }
        }
    });
}

/// Reads the file at hand.
fn read_one<M: Fn(&mut Rng) -> Vec<u8>>(kind: &Kind<M>, forms: &[Arc<Form>], notes: &mut Notes) {
    let mut random = chance(notes.next);
    let bytes = (kind.make)(&mut random);
    let is_deep = random.u8(..DEEP) == 0;
    let done = catch_unwind(AssertUnwindSafe(|| gone_through(&bytes, is_deep, forms)));
    let mut fault = |why: &str| {
        let path = kept(kind.name, notes.next, &bytes, why);
        eprintln!("{why}: {}", path.display());
        notes.faults += 1;
    };
    match done {
        Err(_) if kind.may_exhaust && is_foreign() => std::process::exit(5),
        Err(_) => fault("panics"),
        Ok((is_read, is_drafted, reading, taken)) => {
            // The program ends its own reading of a PDF by then, and is asked whether it does.
            if kind.may_exhaust && reading > SLOWEST {
                std::process::exit(6);
            }
            if taken > SLOWEST {
                fault("slow");
            }
            notes.read += u64::from(is_read);
            notes.drafted += u64::from(is_drafted);
            if taken.as_micros() > u128::from(notes.slowest) {
                (notes.slowest, notes.which) = (u64::try_from(taken.as_micros()).expect("not so long"), notes.next);
            }
        }
    }
    if peak() > MEMORY {
        // It is started again, and the next file begins with nothing.
        std::process::exit(3);
    }
    notes.peak = notes.peak.max(peak());
}

/// Whether a file can be read, whether it gave facts, how long the reading took, and how long all of it once.
fn gone_through(bytes: &[u8], is_deep: bool, forms: &[Arc<Form>]) -> (bool, bool, Duration, Duration) {
    let began = Clock::now();
    let document = document(bytes);
    if let Ok(document) = &document {
        document.blocks.iter().for_each(sound);
    }
    let reading = began.elapsed();
    if !is_deep {
        return (document.is_ok(), false, reading, reading);
    }
    let is_drafted = facts(bytes, &document, forms);
    // All is done twice.
    (document.is_ok(), is_drafted, reading, (began.elapsed() / 2).max(reading))
}

/// Reads a file as the program does, but for a PDF, which is read in this process.
fn document(bytes: &[u8]) -> Result<Document, Unread> {
    let head = &bytes[..bytes.len().min(1024)];
    match head.windows(5).any(|five| five == b"%PDF-") {
        true => pdf::read(bytes.to_vec()),
        false => read::document(bytes, &Guard::default()),
    }
}

/// What holds of every table, whoever read it.
fn sound(block: &Block) {
    let Block::Grid(Grid { cells, rows, columns, .. }) = block else { return };
    let mut squares = std::collections::HashSet::new();
    for cell in cells {
        assert!(cell.rowspan > 0 && cell.colspan > 0, "{cell:?} covers nothing");
        assert!(
            cell.row + cell.rowspan <= *rows && cell.column + cell.colspan <= *columns,
            "{cell:?} of {rows}x{columns}"
        );
        if cell.rowspan * cell.colspan < 10_000 && squares.len() < 100_000 {
            for row in cell.row..cell.row + cell.rowspan {
                for column in cell.column..cell.column + cell.colspan {
                    assert!(squares.insert((row, column)), "two cells cover row {row}, column {column}");
                }
            }
        }
    }
}

/// Whether a file gives facts; reading it again gives the same.
fn facts(bytes: &[u8], read: &Result<Document, Unread>, forms: &[Arc<Form>]) -> bool {
    let again = document(bytes);
    let json = |read: &Result<Document, Unread>| serde_json::to_string(read).expect("JSON");
    assert_eq!(json(read), json(&again), "read again, it is another document");
    let (Ok(read), Ok(again)) = (read, &again) else { return false };
    let (once, twice) = (written(read, forms), written(again, forms));
    assert_eq!(once, twice, "written again, it is something else");
    let (_, Some((facts, trace))) = once else { return false };
    if let Err(error) = facts.parse::<toml::Table>() {
        panic!("{error}\n{facts}");
    }
    let source = Source::new("2024.toml", facts.as_str());
    assert!(Facts::parse(&source).is_ok(), "the program does not read what it wrote:\n{facts}");
    serde_json::from_str::<serde_json::Value>(&trace).expect("JSON");
    true
}

/// What an import of a document says, and the facts and their trace.
fn written(document: &Document, forms: &[Arc<Form>]) -> (String, Option<(String, String)>) {
    let best = match import::facts(document, forms, &Asked::default()) {
        Ok(best) => best,
        Err(problems) => return (format!("{problems:?}"), None),
    };
    let origin = Origin { name: "甲\n\"乙".to_owned(), hash: "0".repeat(64) };
    let written = import::write(&best.draft, best.form, "2024.toml", &origin);
    (format!("{:?}", written.problems), Some((written.source.text().to_owned(), written.trace)))
}

/// A file that was kept: `NIANBAO_FUZZ_FILE` says which.
#[test]
fn a_file_that_is_named_is_read() {
    if let Some(path) = std::env::var_os("NIANBAO_FUZZ_FILE") {
        let bytes = fs::read(path).expect("a file");
        println!("{:?}", document(&bytes));
        println!("{:?}", gone_through(&bytes, true, &forms()));
    }
}

#[test]
fn web_pages_of_any_kind_are_read() {
    tried("web_pages_of_any_kind_are_read", &Kind { name: "html", share: 22, may_exhaust: false, make: seeds::html() });
}

#[test]
fn word_files_of_any_kind_are_read() {
    tried(
        "word_files_of_any_kind_are_read",
        &Kind { name: "docx", share: 18, may_exhaust: false, make: seeds::docx() },
    );
}

#[test]
fn excel_files_of_any_kind_are_read() {
    tried(
        "excel_files_of_any_kind_are_read",
        &Kind { name: "xlsx", share: 15, may_exhaust: false, make: seeds::xlsx() },
    );
}

#[test]
fn open_sheets_of_any_kind_are_read() {
    tried("open_sheets_of_any_kind_are_read", &Kind { name: "ods", share: 15, may_exhaust: false, make: seeds::ods() });
}

#[test]
fn texts_of_any_kind_are_read() {
    tried("texts_of_any_kind_are_read", &Kind { name: "text", share: 15, may_exhaust: false, make: seeds::text() });
}

#[test]
fn pdfs_of_any_kind_are_read() {
    tried("pdfs_of_any_kind_are_read", &Kind { name: "pdf", share: 15, may_exhaust: true, make: seeds::pdf() });
}
