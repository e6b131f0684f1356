//! Whether a page is the one that today's facts, form and fonts make. In: a page and the record beside it; out: that it
//! is, or what differs. Everything is worked out anew: of the record nothing is believed but which facts and what kind of
//! page it is of, and whatever else it says is compared with what is so.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::slice::from_ref;
use std::sync::Arc;

use super::Problems;
use super::exporters::Toolchain;
use super::job::{BuildJob, Selection, Stamp};
use super::make::Session;
use super::progress::Progress;
use super::record::{Inputs, Piece, Record, prefix};
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Text, exit_status, text};
use crate::disk;
use crate::export::Format;
use crate::project::{Project, REPORTS};
use crate::source::{display_path, file_name};
use crate::typeset::EngineChoice;
use crate::worker::Guard;

/// Makes pages anew, in memory, and compares. An engine and fonts that were found for one page serve the next.
pub struct Verifier<'a> {
    guard: Guard,
    emitter: &'a Emitter,
    kits: Vec<(EngineChoice, Arc<Toolchain>)>,
}

impl<'a> Verifier<'a> {
    /// Nothing is found yet.
    pub fn new(guard: Guard, emitter: &'a Emitter) -> Self {
        Self { guard, emitter, kits: Vec::new() }
    }

    /// Makes a page anew and says whether it is the same, and what differs.
    ///
    /// # Errors
    /// A page or record that cannot be read, a project that is not there, or no engine.
    pub fn verify(&mut self, page: &Path) -> Result<ExitStatus, Problems> {
        let bytes = disk::read(page, disk::LARGE).map_err(|unread| unread.told(page))?;
        let record = Record::beside(page)?;
        let (format, extension) = format_of(page)?;
        let (job, file) = rebuild(&record, format, self.guard.clone())?;
        // With a toolchain, a session makes a PDF too.
        let serves = |engine: EngineChoice| format == Format::Pdf && engine == job.engine;
        let toolchain =
            self.kits.iter().find(|(engine, _)| serves(*engine)).map(|(_, toolchain)| Arc::clone(toolchain));
        let is_new = toolchain.is_none();
        let session = Session::with(&job, toolchain)?;
        if is_new {
            self.kits.extend(session.toolchain().map(|toolchain| (job.engine, toolchain)));
        }
        let made = match session.made(&file, &Progress::silent(self.emitter.language()).report(&file)) {
            Ok(made) => made,
            Err(problems) => return Ok(self.unmade(&record, &problems)),
        };
        let is_same = made.artifacts.iter().any(|artifact| artifact.extension == extension && artifact.bytes == bytes);
        let differences = differences(&record, &made.record, page, &bytes, &job.check.project.root);
        Ok(self.compared(&record, page, is_same, &differences))
    }

    /// Says that today's facts make no page.
    fn unmade(&self, record: &Record, problems: &[Diagnostic]) -> ExitStatus {
        self.emitter.emit(problems);
        let facts = &record.inputs.facts.file;
        self.emitter.answer(&text!("不同：今天的 {facts} 不能生成报告", "differs: today's {facts} make no report"));
        stale(record).iter().for_each(|said| self.emitter.answer(said));
        exit_status(problems).max(ExitStatus::Rejected)
    }

    /// Says how a page and its record are to what was made. That it is the same is not worth a word to those who only want to know
    /// what is wrong.
    fn compared(&self, record: &Record, page: &Path, is_same: bool, differences: &[Difference]) -> ExitStatus {
        let is_untrue = differences.iter().any(|difference| difference.is_untrue);
        let is_fine = is_same && !is_untrue;
        let say = |said: &Text| if is_fine { self.emitter.say(said) } else { self.emitter.answer(said) };
        let (shown, facts) = (display_path(page), &record.inputs.facts.file);
        say(&match is_same {
            true => text!(
                "相同：{shown} 就是今天的事实、表式和字体生成的文件",
                "same: {shown} is what today's facts, form and fonts make"
            ),
            false => text!("不同：{shown} 不是今天生成的文件", "differs: {shown} is not what is made today"),
        });
        say(&text!("  事实：{facts}", "  facts: {facts}"));
        if is_same && is_untrue {
            say(&text!(
                "不过旁边的生成记录说的不是现在的情况；重新生成一次即可更新：",
                "but the record beside it does not say what is so now; build again to renew it:"
            ));
        }
        differences.iter().for_each(|difference| say(&difference.said));
        if is_fine { ExitStatus::Done } else { ExitStatus::Rejected }
    }
}

/// What a record says otherwise than what was found.
struct Difference {
    said: Text,
    /// Whether it is of things that can be found out today; with which program a page was made cannot.
    is_untrue: bool,
}

impl Difference {
    fn untrue(said: Text) -> Self {
        Self { said, is_untrue: true }
    }
}

/// The format of a page, and the extension that it has for it.
fn format_of(page: &Path) -> Result<(Format, String), Diagnostic> {
    Format::of_file(page).ok_or_else(|| {
        let name = file_name(page);
        let message = text!(
            "不能核对 {name}：不是 pdf、html、docx、typ、data.json 或 csv",
            "cannot verify {name}: not pdf, html, docx, typ, data.json or csv"
        );
        Diagnostic::error(Code::Usage, message)
    })
}

/// The job that makes the page again, and the facts file it is made of.
fn rebuild(record: &Record, format: Format, guard: Guard) -> Result<(BuildJob, PathBuf), Problems> {
    let project = Project::find()?;
    let facts = project.own(&record.inputs.facts.file)?;
    let engine = match record.inputs.engine.as_deref() {
        Some("embedded") if cfg!(feature = "embedded") => EngineChoice::Embedded,
        // Where there is no typst any more, the other engine gives the same bytes.
        _ => EngineChoice::Auto,
    };
    let target = facts.with_extension("");
    let check = Selection { project, files: vec![facts.clone()], strays: Vec::new(), deny_warnings: false };
    // Nothing that today's settings or variables say of builds counts.
    let job = BuildJob {
        check,
        out: target.parent().unwrap_or(&target).to_path_buf(),
        targets: vec![target],
        formats: vec![format],
        engine,
        jobs: NonZeroUsize::MIN,
        stamp: record.inputs.source_date_epoch.map_or(Stamp::FromFacts, Stamp::Fixed),
        force: true,
        clean: false,
        charts: record.inputs.charts,
        draft: record.inputs.open_problems.is_some(),
        shard: None,
        selected: 1,
        summary: None,
        guard,
    };
    Ok((job, facts))
}

/// What the record knows of what came after it.
fn stale(record: &Record) -> Option<Text> {
    record.stale.then(|| {
        text!(
            "  生成之后，事实、往年的事实或表式改过；改过之后有错误，没有生成新的页面",
            "  after it was made, the facts, those of years before or the form have changed, and then had errors: no new page was made"
        )
    })
}

fn differences(then: &Record, now: &Record, page: &Path, bytes: &[u8], root: &Path) -> Vec<Difference> {
    let mut found: Vec<Text> = wrong_place(then, now, page, root);
    let name = file_name(page);
    let own = Piece::new(name.clone(), bytes);
    match then.artifacts.iter().find(|piece| piece.file == name) {
        Some(recorded) if *recorded == own => {}
        Some(_) => found.push(text!("  {name} 生成之后被改动过", "  {name} was changed after it was made")),
        // Another build, of other formats, has written the record since.
        None => found.push(text!("  旁边的记录说的不是 {name}", "  the record beside it is not of {name}")),
    }
    found.extend(then.artifacts.iter().filter(|piece| piece.file != name).filter_map(|piece| other_page(piece, page)));
    found.extend(pieces("事实", "facts", from_ref(&then.inputs.facts), from_ref(&now.inputs.facts)));
    let (before_then, before_now) = (&then.inputs.years_before, &now.inputs.years_before);
    found.extend(pieces("往年的事实", "facts of years before", before_then, before_now));
    found.extend(pieces("各机关的事实", "facts of organs", &then.inputs.organs, &now.inputs.organs));
    found.extend(pieces("表式", "form", &then.inputs.form_files, &now.inputs.form_files));
    found.extend(judgements(then, now));
    // A page that is no PDF is set in no fonts.
    if !now.fonts.is_empty() {
        found.extend(pieces("字体", "font", &then.fonts, &now.fonts));
    }
    if let (Some(then), Some(now)) = (&then.inputs.font_index, &now.inputs.font_index)
        && then != now
    {
        found.push(text!("  可用的字体与当时不同", "  the fonts that there are to choose from are others than then"));
    }
    let found = found.into_iter().map(Difference::untrue);
    // That the facts were wrong for a while is true, whatever they are now.
    let once = stale(then).map(|said| Difference { said, is_untrue: false });
    once.into_iter().chain(tools(&then.inputs, &now.inputs)).chain(found).collect()
}

/// What is not where it should be: a draft under the name of a final page, or one organ's page in the place of another's.
fn wrong_place(then: &Record, now: &Record, page: &Path, root: &Path) -> Vec<Text> {
    let mut found = Vec::new();
    let name = file_name(page);
    let is_draft = now.inputs.open_problems.is_some();
    if is_draft && !name.contains(&format!(".{}", prefix(true))) {
        found.push(text!(
            "  {name} 是草稿，用的却是正式页面的名称",
            "  {name} is a draft under the name of a final page"
        ));
    }
    let year = name.split('.').next().unwrap_or_default();
    let organ = page.parent().and_then(Path::file_name).map(|organ| organ.to_string_lossy().into_owned());
    let facts = &then.inputs.facts.file;
    if let Some(due) = organ.map(|organ| format!("{REPORTS}/{organ}/{year}.toml"))
        && due != *facts
        && root.join(&due).is_file()
    {
        found.push(text!(
            "  这里应是 {due} 的页面，它却是 {facts} 的",
            "  this is the place of the page of {due}, and it is of {facts}"
        ));
    }
    found
}

/// Another page of the same build that lies beside this one and is not what the record says.
fn other_page(piece: &Piece, page: &Path) -> Option<Text> {
    // A name that is a path would lead away from here.
    let name = Path::new(&piece.file).file_name().filter(|name| *name == piece.file.as_str())?;
    let other = page.with_file_name(name);
    let bytes = match disk::read_made(&other, disk::LARGE) {
        Ok(bytes) => bytes,
        Err(unread) if unread.is_missing() => return None,
        Err(unread) => {
            let Text { zh, en } = &unread.told(&other).message;
            return Some(text!("  {zh}", "  {en}"));
        }
    };
    let shown = &piece.file;
    (Piece::new(shown.as_str(), &bytes) != *piece)
        .then(|| text!("  {shown} 不是记录中的那一份", "  {shown} is not the one in the record"))
}

/// With what else the page was made then.
fn tools(then: &Inputs, now: &Inputs) -> Vec<Difference> {
    let tools = [
        ("程序", "program", Some(&then.program), Some(&now.program)),
        ("引擎", "engine", then.engine.as_ref(), now.engine.as_ref()),
        ("Typst", "Typst", then.typst.as_ref(), now.typst.as_ref()),
    ];
    let other = tools.into_iter().filter_map(|(zh, en, then, now)| Some((zh, en, then?, now?)));
    other
        .filter(|(_, _, then, now)| then != now)
        .map(|(zh, en, then, now)| Difference {
            said: text!("  {zh}：当时 {then}，现在 {now}", "  {en}: {then} then, {now} now"),
            is_untrue: false,
        })
        .collect()
}

/// What was found of the facts then and is found now.
fn judgements(then: &Record, now: &Record) -> Vec<Text> {
    let mut found = Vec::new();
    for (zh, en, then, now) in [
        ("表式", "form", then.inputs.form.clone(), now.inputs.form.clone()),
        ("年份", "year", then.inputs.year.to_string(), now.inputs.year.to_string()),
        ("警告和提示的处数", "warnings and notes", then.warnings.to_string(), now.warnings.to_string()),
        ("认可的警告", "accepted warnings", accepted(then), accepted(now)),
    ] {
        if then != now {
            found.push(text!("  {zh}：记录中是 {then}，现在是 {now}", "  {en}: {then} in the record, {now} now"));
        }
    }
    found
}

fn accepted(record: &Record) -> String {
    let told = record.accepted.iter().map(|accepted| format!("{} ({})", accepted.check, accepted.reason));
    let told: Vec<String> = told.collect();
    if told.is_empty() { "0".to_owned() } else { told.join(", ") }
}

fn pieces(zh: &str, en: &str, then: &[Piece], now: &[Piece]) -> Vec<Text> {
    let named = |pieces: &[Piece], name: &str| pieces.iter().find(|piece| piece.file == name).cloned();
    let mut found = Vec::new();
    for piece in then {
        let name = &piece.file;
        match named(now, name) {
            Some(other) if other == *piece => {}
            Some(_) => found.push(text!("  {zh} {name} 改变了", "  {en} {name} has changed")),
            None => found.push(text!("  {zh} {name} 现在没有用到", "  {en} {name} is not used now")),
        }
    }
    for piece in now.iter().filter(|piece| named(then, &piece.file).is_none()) {
        let name = &piece.file;
        found.push(text!("  {zh} {name} 当时没有用到", "  {en} {name} was not used then"));
    }
    found
}
