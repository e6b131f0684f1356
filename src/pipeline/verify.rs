//! Whether a page is the one that today's facts, form and fonts make. In: a page and the record beside it; out: that it
//! is, or what differs.

use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::record::{Piece, Record};
use super::workshop::Workshop;
use crate::cli::Format;
use crate::compile::EngineChoice;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Text, text};
use crate::disk;
use crate::job::{self, Again, BuildJob, Stamp};
use crate::project::Project;
use crate::source::display_path;

/// Makes the page anew, in memory, and compares.
///
/// # Errors
/// A page or record that cannot be read, a project that is not there, or no engine.
pub fn verify(page: &Path, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
    let shown = display_path(page);
    let bytes = disk::read(page, disk::LARGE).map_err(|unread| unread.told(page))?;
    let record = Record::beside(page)?;
    let format = format_of(page)?;
    let (job, file) = rebuild(&record, format)?;
    let workshop = Workshop::new(&job)?;
    let made = match workshop.made(&file, &Progress::silent().report(&file)) {
        Ok(made) => made,
        Err(problems) => {
            emitter.emit(&problems);
            let facts = &record.inputs.facts.file;
            emitter.say(&text!("不同：今天的 {facts} 不能生成报告", "differs: today's {facts} make no report"));
            stale(&record).iter().for_each(|said| emitter.say(said));
            return Ok(problems.iter().map(|problem| problem.code.exit_status()).max().unwrap_or(ExitStatus::Rejected));
        }
    };
    if made.artifacts.first().is_some_and(|artifact| artifact.bytes == bytes) {
        emitter.say(&text!(
            "相同：{shown} 就是今天的事实、表式和字体生成的文件",
            "same: {shown} is what today's facts, form and fonts make"
        ));
        return Ok(ExitStatus::Done);
    }
    emitter.say(&text!("不同：{shown} 不是今天生成的文件", "differs: {shown} is not what is made today"));
    for difference in differences(&record, &made.record, page, &bytes) {
        emitter.say(&difference);
    }
    Ok(ExitStatus::Rejected)
}

fn format_of(page: &Path) -> Result<Format, Diagnostic> {
    let name = page.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // The fragment's extension ends in that of the page.
    let formats = [Format::HtmlFragment, Format::Pdf, Format::Html, Format::Typ];
    formats.into_iter().find(|format| name.ends_with(&format!(".{}", format.extension()))).ok_or_else(|| {
        let message = text!("不能核对 {name}：不是 pdf、html 或 typ", "cannot verify {name}: not pdf, html or typ");
        Diagnostic::error(Code::Usage, message)
    })
}

/// The job that makes the page again, and the facts file it is made of.
fn rebuild(record: &Record, format: Format) -> Result<(BuildJob, PathBuf), Diagnostic> {
    let project = Project::find()?;
    let facts = project.own(&record.inputs.facts.file)?;
    let engine = match record.inputs.engine.as_deref() {
        Some("embedded") if cfg!(feature = "embedded") => EngineChoice::Embedded,
        Some("typst-cli") => EngineChoice::TypstCli,
        _ => EngineChoice::Auto,
    };
    let page = Again {
        facts: facts.clone(),
        format,
        engine,
        stamp: record.inputs.source_date_epoch.map_or(Stamp::FromFacts, Stamp::Fixed),
        charts: record.inputs.charts,
        draft: record.inputs.open_problems.is_some(),
    };
    Ok((job::again(project, page), facts))
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

fn differences(then: &Record, now: &Record, page: &Path, bytes: &[u8]) -> Vec<Text> {
    let mut found: Vec<Text> = stale(then).into_iter().collect();
    let name = page.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let own = Piece::new(name.clone(), bytes);
    match then.artifacts.iter().find(|piece| piece.file == name) {
        Some(recorded) if *recorded == own => {}
        Some(_) => found.push(text!("  {name} 生成之后被改动过", "  {name} was changed after it was made")),
        // Another build, of other formats, has written the record since.
        None => found.push(text!("  旁边的记录说的不是 {name}", "  the record beside it is not of {name}")),
    }
    let (fonts_then, fonts_now) = (&then.fonts, &now.fonts);
    let (then, now) = (&then.inputs, &now.inputs);
    for (zh, en, then, now) in [
        ("程序", "program", Some(&then.program), Some(&now.program)),
        ("引擎", "engine", then.engine.as_ref(), now.engine.as_ref()),
        ("Typst", "Typst", then.typst.as_ref(), now.typst.as_ref()),
    ] {
        if let (Some(then), Some(now)) = (then, now)
            && then != now
        {
            found.push(text!("  {zh}：当时 {then}，现在 {now}", "  {en}: {then} then, {now} now"));
        }
    }
    found.extend(pieces("事实", "facts", std::slice::from_ref(&then.facts), std::slice::from_ref(&now.facts)));
    found.extend(pieces("往年的事实", "facts of years before", &then.years_before, &now.years_before));
    found.extend(pieces("表式", "form", &then.form_files, &now.form_files));
    // A page that is no PDF is set in no fonts.
    if !fonts_now.is_empty() {
        found.extend(pieces("字体", "font", fonts_then, fonts_now));
    }
    found
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
