//! How many facts files `check` judges in a second: whole runs over 10,000 files (5,000 organs, two years each, so that
//! half of them are compared with last year's), in turn with a program that only reads the same files. Prints medians.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ORGANS: usize = 5_000;
const RUNS: usize = 5;
const FACTS: &str = "tests/cases/accept/full/facts.toml";

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bytes = write(folder.path());
    let files = ORGANS * 2;
    println!("{files} files, {} MB, {RUNS} runs of each, alternating", bytes / 1_000_000);
    let (mut reading, mut checking) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        reading.push(timed(|| read(folder.path())));
        checking.push(timed(|| check(folder.path())));
    }
    let (reading, checking) = (median(reading), median(checking));
    println!("reading them, one after the other:  {:6} ms", reading.as_millis());
    println!(
        "nianbao check:                      {:6} ms   {} files a second",
        checking.as_millis(),
        files as u128 * 1000 / checking.as_millis()
    );
}

/// Two years for each organ, the second beginning with what the first carried out.
fn write(root: &Path) -> usize {
    let facts = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(FACTS)).expect("the facts");
    fs::write(root.join("nianbao.toml"), "").expect("the project");
    let last = facts
        .replace("year = 2025", "year = 2024")
        .replace("carried_out = { natural = 103, total = 103 }", "carried_out = { natural = 34, total = 34 }")
        .replace("received = { natural = 3001", "received = { natural = 2932")
        .replace("other = 4, total = 3119 }", "other = 4, total = 3050 }")
        .replace("issued = 1, repealed = 0, in_force = 11", "issued = 0, repealed = 0, in_force = 10")
        .replace("issued = 8, repealed = 26, in_force = 66", "issued = 0, repealed = 0, in_force = 84");
    let mut bytes = 0;
    for organ in 0..ORGANS {
        let folder = root.join(format!("reports/{organ:05}"));
        fs::create_dir_all(&folder).expect("a folder");
        for (year, text) in [(2024, &last), (2025, &facts)] {
            let text = text.replace("淮安市人民政府\"", &format!("第{organ}市人民政府\""));
            bytes += text.len();
            fs::write(folder.join(format!("{year}.toml")), text).expect("a file");
        }
    }
    bytes
}

fn read(root: &Path) {
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(root).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        bytes += fs::read(entry.path()).expect("a file").len();
    }
    assert!(bytes > 0);
}

fn check(root: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    let done = command.arg("check").current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(done.is_ok_and(|status| status.success()));
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
