//! The `typst` program as an engine. In: markup; out: a PDF, made by a process that sees a private folder with the
//! page and links to its fonts, and nothing else of the project. It does not outlive this process, and its folder is gone by then.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::engine::{
    CompileOptions, Engine, FEATURE, MAIN, PDF_STANDARDS, Pages, TYPST_VERSION, stopped_problem, typst_problem,
};
use crate::diag::{Code, Diagnostic, Problems, text};
use crate::disk::{self, Unread};
use crate::fonts::{PageFonts, Probe};
use crate::interrupt::Interrupt;
use crate::render::Markup;
use crate::render::escape::typst_text;
use crate::source::{Source, display_path};
use crate::worker::{Child, Ended, Guard, Workers, stopped};

/// A `typst` program of the supported version.
#[derive(Clone)]
pub(super) struct TypstCli {
    program: PathBuf,
    interrupt: Interrupt,
    /// What it is kept to, where a project's own templates write the pages.
    guard: Option<Guard>,
}

impl TypstCli {
    /// Finds the program on PATH.
    ///
    /// # Errors
    /// There is none, it does not run, or it is of another version.
    pub(super) fn find(interrupt: &Interrupt) -> Result<Self, Diagnostic> {
        let program =
            on_path("typst").ok_or_else(|| missing(text!("PATH 中没有 typst", "there is no typst on PATH")))?;
        let output = Command::new(&program).arg("--version").stdin(Stdio::null()).output();
        let said = output.map_err(|error| {
            let shown = program.display();
            missing(text!("无法运行 {shown}：{error}", "cannot run {shown}: {error}"))
        })?;
        let said = String::from_utf8_lossy(&said.stdout);
        let version = said.split_whitespace().nth(1).unwrap_or("?");
        if version == TYPST_VERSION {
            return Ok(Self { program, interrupt: interrupt.clone(), guard: None });
        }
        Err(missing(text!(
            "PATH 中的 typst 是 {version}，需要 {TYPST_VERSION}",
            "the typst on PATH is {version}, and {TYPST_VERSION} is needed"
        )))
    }

    /// Where it is.
    pub(super) fn describe(&self) -> String {
        format!("typst {TYPST_VERSION} ({})", self.program.display())
    }

    /// Runs the program on the page in `work`; `wanted` says what is to come of it, and where it goes.
    fn run(&self, work: &Path, options: &CompileOptions, wanted: &[&str]) -> io::Result<(Vec<u8>, Ended)> {
        let mut command = match &self.guard {
            Some(guard) => guard.limited(self.program.as_os_str(), &options.fonts)?,
            None => Command::new(&self.program),
        };
        command
            .current_dir(work)
            .args(["compile", "--root", ".", "--ignore-system-fonts", "--ignore-embedded-fonts"])
            .args(["--font-path", "fonts", "--diagnostic-format", "short", "--features", FEATURE])
            .args(["--package-path", "packages", "--package-cache-path", "packages"])
            .arg(format!("--creation-timestamp={}", options.timestamp))
            .arg(MAIN)
            .args(wanted)
            .env_remove("TYPST_FONT_PATHS")
            .env_remove("TYPST_FEATURES")
            .env_remove("SOURCE_DATE_EPOCH")
            // A template that imports a package from the network must fail, not fetch it.
            .envs(["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:1")))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        let (child, _, mut stdout) = Child::start(command, &self.interrupt)?;
        let mut made = Vec::new();
        let mut read = || stdout.read_to_end(&mut made);
        match &self.guard {
            Some(guard) => child.within(guard.limits.patience(), read)?,
            None => read()?,
        };
        Ok((made, child.end()?))
    }
}

impl Engine for TypstCli {
    fn name(&self) -> &'static str {
        "typst-cli"
    }

    fn confined(&self, workers: &Arc<Workers>) -> Arc<dyn Engine> {
        let (program, interrupt) = (self.program.clone(), self.interrupt.clone());
        Arc::new(Self { program, interrupt, guard: Some(workers.guard().clone()) })
    }

    fn layout(&self, markup: Markup, options: CompileOptions) -> Result<Box<dyn Pages>, Problems> {
        Ok(Box::new(ToBeLaidOut { engine: self.clone(), markup, options }))
    }
}

/// A page that the program lays out for each thing that is made of it: it keeps nothing from call to call.
struct ToBeLaidOut {
    engine: TypstCli,
    markup: Markup,
    options: CompileOptions,
}

impl Pages for ToBeLaidOut {
    fn pdf(&self) -> Result<Vec<u8>, Problems> {
        let wanted = ["-", "--format", "pdf", "--pdf-standard", PDF_STANDARDS];
        self.engine.made(&self.markup, &self.options, &wanted, |_, pdf| Ok(pdf))
    }

    fn svg(&self) -> Result<Vec<Arc<str>>, Problems> {
        // Numbers with zeros before them, so that the names are in the order of the sheets.
        let wanted = ["sheets/{0p}.svg", "--format", "svg"];
        self.engine.made(&self.markup, &self.options, &wanted, |work, _| {
            let mut sheets = fs::read_dir(work.join("sheets"))?.collect::<io::Result<Vec<_>>>()?;
            sheets.sort_by_key(fs::DirEntry::file_name);
            let read = |sheet: &fs::DirEntry| disk::read(&sheet.path(), disk::LARGE);
            let text = |bytes: Vec<u8>| Arc::from(String::from_utf8_lossy(&bytes).as_ref());
            sheets.iter().map(|sheet| read(sheet).map(text).map_err(Unread::into_io)).collect()
        })
    }
}

impl TypstCli {
    /// Lets the program work in a private folder, and takes from there what it made.
    fn made<T>(
        &self,
        markup: &Markup,
        options: &CompileOptions,
        wanted: &[&str],
        take: impl FnOnce(&Path, Vec<u8>) -> io::Result<T>,
    ) -> Result<T, Problems> {
        let not_run = |error: io::Error| {
            let message = text!("无法运行 typst：{error}", "cannot run typst: {error}");
            Problems::from(Diagnostic::error(Code::EngineFailed, message))
        };
        let made = self.interrupt.folder(disk::Scratch::new, disk::Scratch::path);
        let (work, _folder) = made.map_err(|error| no_folder(&error))?;
        let probing = probing(&options.fonts);
        // Nobody looks for the file after a crash, so that it need not be on the disk.
        #[allow(clippy::disallowed_methods)]
        let run = || {
            fs::write(work.path().join(MAIN), [probing.as_str(), &markup.text].concat())?;
            fs::create_dir(work.path().join("sheets"))?;
            self.run(work.path(), options, wanted)
        };
        options.fonts.appear_in(&work.path().join("fonts"))?;
        let (made, ended) = run().map_err(not_run)?;
        options.fonts.check_unchanged()?;
        if ended.status.success() {
            return take(work.path(), made).map_err(not_run);
        }
        let met = self.guard.as_ref().filter(|_| ended.status.code() != Some(REJECTED) || ended.is_late);
        match met {
            Some(guard) => Err(stopped_problem(&stopped(&ended), markup, guard.limits).into()),
            None => Err(problems(markup, probing.chars().count(), &ended.said)),
        }
    }
}

/// How a probe that fails begins what it says.
const FAULT: &str = "assertion failed: face: ";

/// What finds out before a page, and on its first line, that the program reads the faces that the page needs. It passes in
/// silence over those that it cannot read, and sets the page in others.
fn probing(fonts: &PageFonts) -> String {
    let list = |names: &[String]| names.iter().map(|name| quoted(name) + ",").collect::<String>();
    let one = |probe: &Probe| {
        let Probe { families, weight, character, advance, units_per_em } = probe;
        let (asked, shown) = (list(families), quoted(families.first().map_or("", String::as_str)));
        let character = u32::from(*character);
        format!("(({asked}),{weight},\"\\u{{{character:x}}}\",1000*{advance}/{units_per_em},{shown}),")
    };
    let probes: String = fonts.probes.iter().map(one).collect();
    format!(
        "#context for (names,weight,sign,wide,shown) in ({probes}){{\
         let seen=measure(text(font:names,weight:weight,size:1000pt,fallback:false,sign)).width;\
         assert(calc.abs(seen/1pt - wide) < 1,message:\"face: \"+shown)}}"
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", typst_text(text))
}

fn no_folder(error: &io::Error) -> Diagnostic {
    let folder = display_path(&env::temp_dir());
    let message = text!("临时文件夹 {folder} 不能用：{error}", "the temporary folder {folder} cannot be used: {error}");
    Diagnostic::error(Code::Unwritable, message)
        .help(text!("检查磁盘空间和环境变量 TMPDIR", "check the disk and the variable TMPDIR"))
}

/// The exit status of the program where it has something against a page.
const REJECTED: i32 = 1;

/// The first program of that name on PATH.
fn on_path(name: &str) -> Option<PathBuf> {
    let file = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    env::var_os("PATH")
        .as_deref()
        .map(env::split_paths)
        .into_iter()
        .flatten()
        .map(|folder| folder.join(OsStr::new(&file)))
        .find(|path| path.is_file())
}

fn missing(message: crate::diag::Text) -> Diagnostic {
    let problem = Diagnostic::error(Code::NoEngine, message);
    if cfg!(feature = "embedded") {
        return problem.help(text!(
            "安装：cargo install typst-cli --version {TYPST_VERSION} --locked；或使用 --engine embedded",
            "install it: cargo install typst-cli --version {TYPST_VERSION} --locked; or use --engine embedded"
        ));
    }
    problem.help(text!(
        "安装：cargo install typst-cli --version {TYPST_VERSION} --locked",
        "install it: cargo install typst-cli --version {TYPST_VERSION} --locked"
    ))
}

/// The errors that typst printed, one a line: `report.typ:12:3: error: message`, with `hint:` lines after it.
/// Before the first line of the page as it was given, so many other characters stand.
fn problems(markup: &Markup, before: usize, said: &str) -> Problems {
    let page = Source::new(MAIN, markup.text.as_str());
    let mut found: Vec<(Option<usize>, String, Vec<String>)> = Vec::new();
    for line in said.lines() {
        if let Some((_, family)) = line.split_once(FAULT) {
            let message =
                text!("typst 没有用上字体 {family}", "typst did not use the face {family}, which the page needs");
            let help = text!("再运行一次；仍然不行，用 --engine embedded", "run again, or use --engine embedded");
            return Diagnostic::error(Code::EngineFailed, message).help(help).into();
        }
        if let Some((place, message)) = line.split_once("error: ") {
            found.push((offset_of(&page, before, place), message.to_owned(), Vec::new()));
        } else if let (Some((_, hint)), Some(last)) = (line.split_once("hint: "), found.last_mut()) {
            last.2.push(hint.to_owned());
        }
    }
    if found.is_empty() {
        let said = said.trim();
        let message = text!("typst 失败：{said}", "typst failed: {said}");
        return Problems::from(Diagnostic::error(Code::EngineFailed, message));
    }
    found.iter().map(|(offset, message, hints)| typst_problem(markup, *offset, message, hints)).collect()
}

/// The offset that `report.typ:12:3: ` means; columns are in characters, from 1.
fn offset_of(page: &Source, before: usize, place: &str) -> Option<usize> {
    let mut parts = place.trim_end_matches([' ', ':']).rsplit(':');
    let column: usize = parts.next()?.parse().ok()?;
    let line: usize = parts.next()?.parse().ok()?;
    let range = page.line_range(line)?;
    let text = page.text().get(range.clone())?;
    let before = if line == 1 { before } else { 0 };
    let within: usize = text.chars().take(column.saturating_sub(1 + before)).map(char::len_utf8).sum();
    Some(range.start + within)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fonts::FontIndex;
    use crate::form::files;
    use crate::needs::can_run;

    /// A page in the body face of a built-in form, and the fonts that it needs.
    fn page() -> (Markup, PageFonts) {
        let form = files::load("zfxxgk", None, None).expect("a built-in form");
        let fonts =
            FontIndex::scan(&[]).serve(&form).expect("the fonts of the form").for_page(["字"]).expect("readable fonts");
        let family = quoted(&fonts.probes.first().expect("a face").families[0]);
        let text = format!("#set document(title: \"x\")\n#set text(font: {family}, lang: \"zh\")\n#title[x]\n= x\nW\n");
        (Markup { text, lines: crate::render::LineMap::default() }, fonts)
    }

    #[test]
    fn a_page_is_refused_where_a_face_draws_otherwise_than_the_one_that_it_needs() {
        let engine = TypstCli::find(&Interrupt::default());
        if !can_run(engine.is_ok(), &format!("typst {TYPST_VERSION} on PATH"), "TYPST_CLI") {
            return;
        }
        let (engine, (markup, fonts)) = (engine.expect("the engine"), page());
        let compile = |fonts: &PageFonts| {
            let pages = engine.layout(markup.clone(), CompileOptions { fonts: fonts.clone(), timestamp: 0 });
            pages.and_then(|pages| pages.pdf())
        };
        assert!(!fonts.probes.is_empty());
        if let Err(problems) = compile(&fonts) {
            assert!(problems.iter().all(|problem| problem.code != Code::EngineFailed), "{problems:?}");
        }
        for probe in &fonts.probes {
            let mut other = probe.clone();
            other.advance += probe.units_per_em / 10;
            let probes: BTreeSet<Probe> =
                fonts.probes.iter().filter(|one| *one != probe).cloned().chain([other]).collect();
            let problems = compile(&PageFonts { probes, ..fonts.clone() }).expect_err("another width");
            assert_eq!(problems[0].code, Code::EngineFailed, "{problems:?}");
            assert!(problems[0].message.en.contains(&probe.families[0]), "{problems:?}");
        }
        // A face that is not among the files is noticed too.
        let without = PageFonts { files: fonts.files[1..].to_vec(), ..fonts.clone() };
        assert_eq!(compile(&without).expect_err("a file is missing")[0].code, Code::EngineFailed);
    }

    #[test]
    fn problems_of_the_first_line_are_told_at_their_columns() {
        let page = Source::new(MAIN, "abc\ndef\n");
        assert_eq!(offset_of(&page, 10, "report.typ:1:12: "), Some(1));
        assert_eq!(offset_of(&page, 10, "report.typ:2:2: "), Some(5));
    }
}
