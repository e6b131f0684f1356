//! What a build of the seed's report adds to `typst compile` of the very page that it makes: whole processes, one of
//! each in turn, so that a busy machine slows both. Prints medians in milliseconds and their ratio.
//!
//! `typst compile` gets the same fonts, standards and time stamp as the build gives it. It is run twice: with just
//! those fonts (`bare`), and with the system's fonts looked through as a person's call would do (`plain`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 25;
const REPORT: &str = "reports/湛河区应急管理局/2023.toml";
const FANDOL: &str = "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol";

/// A name, and the command that it stands for.
type Candidate<'a> = (&'a str, Box<dyn Fn() -> Command + 'a>);

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let page = out.join("湛河区应急管理局/2023.typ");
    run(&mut nianbao("typst-cli", &out, "typ"));
    let fonts = linked_fonts(folder.path());
    let candidates: [Candidate<'_>; 4] = [
        ("typst compile (bare)", Box::new(|| typst(&page, &["--ignore-system-fonts", "--font-path"], &fonts))),
        ("typst compile (plain)", Box::new(|| typst(&page, &["--font-path"], Path::new(FANDOL)))),
        ("nianbao, typst-cli", Box::new(|| nianbao("typst-cli", &out, "pdf"))),
        ("nianbao, embedded", Box::new(|| nianbao("embedded", &out, "pdf"))),
    ];
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..=RUNS {
        for (index, (_, command)) in candidates.iter().enumerate() {
            let start = Instant::now();
            run(&mut command());
            // The first round fills the disk cache.
            if round > 0 {
                times[index].push(start.elapsed());
            }
        }
    }
    let medians = times.map(median);
    println!("{RUNS} runs of each, alternating; median of the whole process");
    for ((name, _), time) in candidates.iter().zip(medians) {
        let (bare, plain) = (percent(time, medians[0]), percent(time, medians[1]));
        println!("{name:24} {:4} ms   {bare} % of bare   {plain} % of plain", time.as_millis());
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn percent(time: Duration, of: Duration) -> u128 {
    time.as_micros() * 100 / of.as_micros()
}

fn nianbao(engine: &str, out: &Path, format: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["build", REPORT, "--force", "--engine", engine, "--format", format, "--out"]).arg(out);
    command
}

fn typst(page: &Path, args: &[&str], fonts: &Path) -> Command {
    let mut command = Command::new("typst");
    command.args(["compile", "--features", "a11y-extras"]).args(args).arg(fonts);
    command.args(["--ignore-embedded-fonts", "--pdf-standard", "a-2a,ua-1", "--creation-timestamp", "1704067200"]);
    command.arg(page).arg(page.with_extension("bare.pdf"));
    command
}

/// The faces that the build uses, as `nianbao doctor` lists them.
fn linked_fonts(folder: &Path) -> PathBuf {
    let said = Command::new(env!("CARGO_BIN_EXE_nianbao")).args(["doctor", "--lang", "en"]).output().expect("doctor");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let fonts = folder.join("fonts");
    fs::create_dir_all(&fonts).expect("a folder");
    let mut files: Vec<&str> = said
        .lines()
        .flat_map(|line| line.split(['(', ')', ';']))
        .map(str::trim)
        .filter(|part| Path::new(part).extension().is_some_and(|e| e == "otf" || e == "ttf" || e == "ttc"))
        .collect();
    files.sort_unstable();
    files.dedup();
    for (number, file) in files.iter().enumerate() {
        let extension = Path::new(file).extension().unwrap_or_default().to_string_lossy();
        let link = fonts.join(format!("{number}.{extension}"));
        fs::copy(file, link).expect("a font");
    }
    fonts
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the program runs");
    assert!(status.success(), "{command:?} failed");
}
