//! `import`: reads a report that was published into facts. In: what was typed; out: a facts file, or its text where it is only to be shown,
//! and what was not read or is in doubt.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::init::say_written;
use crate::check;
use crate::cli::Import;
use crate::consolidate::Alone;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, MessageFormat, Problems, Text, text};
use crate::disk;
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::{Form, files};
use crate::import::blocks::{Limit, Unread};
use crate::import::{self, Asked, Best, Count, Origin, Written, read, refused};
use crate::interrupt::{First, Interrupt};
use crate::project::{Project, REPORTS};
use crate::schema;
use crate::source::display_path;
use crate::worker::Guard;

/// Reads a report into facts.
///
/// # Errors
/// A file that is no report, or one that is there already where the facts would be.
pub(super) fn run(typed: Import, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let project = Project::find_if_any()?;
    let forms = forms(&typed, project.as_ref())?;
    let bytes = disk::read(&typed.file, read::LARGEST).map_err(|unread| match unread {
        disk::Unread::TooLarge(_) => refused::told(&Unread::TooLarge(Limit::Bytes), &typed.file),
        other => other.told(&typed.file),
    })?;
    let guard = Guard { limits: read::LIMITS, interrupt: Interrupt::listen(First::IsHeeded) };
    let document = read::document(&bytes, &guard).map_err(|unread| refused::told(&unread, &typed.file))?;
    let organ = typed.organ.as_deref().map(str::trim).filter(|organ| !organ.is_empty());
    let asked = Asked { organ: organ.map(str::to_owned), year: typed.year };
    let Best { form, draft } = match import::facts(&document, &forms, &asked) {
        Ok(best) => best,
        Err(problems) => {
            emitter.emit(&problems);
            return Ok(ExitStatus::Environment);
        }
    };
    let path = path(&typed, project.as_ref(), draft.organ.as_deref(), draft.year)?;
    let origin = Origin { name: name_of(&typed.file), hash: blake3::hash(&bytes).to_hex().to_string() };
    let written = import::write(&draft, form, &display_path(&path), &origin);
    match typed.dry_run {
        true => emitter.print(written.source.text().trim_end()),
        false => put(&path, &written, project.as_ref(), form, emitter)?,
    }
    if let Some(trace) = &typed.trace {
        disk::write_new(trace, written.trace.as_bytes())?;
    }
    emitter.emit(&written.problems);
    // What is in doubt comes before what does not add up.
    let open = if written.problems.is_empty() { open(&written, form, &path) } else { 0 };
    if typed.message_format == MessageFormat::Human {
        said(&written, open, &path, typed.dry_run, emitter);
    }
    let is_whole = written.problems.is_empty() && open == 0;
    Ok(if is_whole { ExitStatus::Done } else { ExitStatus::Rejected })
}

/// The form that was asked for; else every form that can be used.
fn forms(typed: &Import, project: Option<&Project>) -> Result<Vec<Arc<Form>>, Problems> {
    let templates = project.map(Project::templates);
    if let Some(name) = &typed.form {
        return Ok(vec![Arc::new(files::load(name, templates.as_deref(), None)?)]);
    }
    let names = files::names(templates.as_deref());
    let usable = names.iter().filter_map(|name| files::load(name, templates.as_deref(), None).ok());
    Ok(usable.map(Arc::new).collect())
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Where the facts are written.
fn path(
    typed: &Import,
    project: Option<&Project>,
    organ: Option<&str>,
    year: Option<u16>,
) -> Result<PathBuf, Problems> {
    let unsaid = |what: Text, option: &str| {
        let Text { zh, en } = what;
        let message = text!("标题没有说{zh}", "the title does not say {en}");
        let help = text!("用 {option} 写明", "say it with {option}");
        Problems::from(Diagnostic::error(Code::ImportIdentity, message).help(help))
    };
    let mut missing = Problems::new();
    if organ.is_none() {
        missing.extend(unsaid(text!("是哪个机关", "which organ it is of"), "--organ"));
    }
    if year.is_none() {
        missing.extend(unsaid(text!("是哪一年", "which year it is of"), "--year"));
    }
    let (Some(organ), Some(year)) = (organ, year) else { return Err(missing) };
    let path = match (&typed.out, project) {
        (Some(out), _) => out.clone(),
        (None, project) => {
            let root = match project {
                Some(project) => project.root.clone(),
                // Nothing is written.
                None if typed.dry_run => PathBuf::new(),
                None => return Err(no_project().into()),
            };
            if organ.starts_with('.') || !disk::is_name_everywhere(organ) {
                let message = text!(
                    "机关“{organ}”的名称不能作文件夹的名称",
                    "the organ `{organ}` cannot be the name of a folder"
                );
                return Err(Diagnostic::error(Code::ImportIdentity, message).help(disk::name_everywhere()).into());
            }
            root.join(REPORTS).join(organ).join(format!("{year}.toml"))
        }
    };
    if typed.trace.as_ref() == Some(&path) {
        let message = text!("--out 和 --trace 是同一个文件", "--out and --trace are the same file");
        return Err(Diagnostic::error(Code::Usage, message).into());
    }
    let is_taken = |path: &Path| path.symlink_metadata().is_ok();
    for path in std::iter::once(&path).filter(|_| !typed.dry_run).chain(&typed.trace) {
        if is_taken(path) {
            let shown = display_path(path);
            let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
            let help = text!(
                "用 --out 写到别处，再用 nianbao diff 比较",
                "write elsewhere with --out, and compare with `nianbao diff`"
            );
            return Err(Diagnostic::error(Code::AlreadyExists, message).help(help).into());
        }
    }
    Ok(path)
}

/// Writes the facts, and the schema that their first line names where there is none.
fn put(
    path: &Path,
    written: &Written,
    project: Option<&Project>,
    form: &Form,
    emitter: &Emitter,
) -> Result<(), Problems> {
    disk::write_new(path, written.source.text().as_bytes())?;
    say_written(path, emitter);
    if let Some(project) = project {
        let schema_path = project.root.join(schema::path(&form.name));
        if !schema_path.exists() {
            match disk::write_new(&schema_path, schema::text(form).as_bytes()) {
                Ok(()) => say_written(&schema_path, emitter),
                // Another run wrote it meanwhile.
                Err(problem) if problem.code == Code::AlreadyExists => {}
                Err(problem) => return Err(problem.into()),
            }
        }
    }
    Ok(())
}

/// How many problems `check` finds in the facts that were written.
fn open(written: &Written, form: &Arc<Form>, path: &Path) -> usize {
    let facts = match Facts::parse(&written.source) {
        Ok(facts) => facts,
        Err(problems) => return problems.len(),
    };
    match check::check(&facts, form, &YearsBefore::of(path), &Alone) {
        Ok((_, warnings)) => warnings.len(),
        Err(problems) => problems.len(),
    }
}

/// What was read, and what to do next.
fn said(written: &Written, open: usize, path: &Path, is_shown: bool, emitter: &Emitter) {
    if is_shown {
        return;
    }
    let Count { cells, read, doubtful, blank, unread } = written.count;
    emitter.say(&text!(
        "{cells} 格中读出 {read} 格（存疑 {doubtful} 格），空白 {blank} 格，未读出 {unread} 格",
        "of {cells} cells {read} were read ({doubtful} in doubt), {blank} are blank, {unread} were not read"
    ));
    let shown = display_path(path);
    emitter.say(&match (written.problems.is_empty(), open) {
        (false, _) => text!(
            "下一步：打开 {shown}，看有“# ?”和“# !”的各行；然后 nianbao check {shown}，再 nianbao roll {shown}",
            "next: look at the lines with `# ?` and `# !` in {shown}; then nianbao check {shown}, and nianbao roll {shown}"
        ),
        (true, 0) => text!(
            "各项都合得上；新的一年：nianbao roll {shown}",
            "all adds up; for the next year: nianbao roll {shown}"
        ),
        (true, _) => text!(
            "都读出来了，检查有 {open} 处问题：nianbao check {shown}；改好后：nianbao roll {shown}",
            "all was read; there are {open} problems: nianbao check {shown}; once they are mended: nianbao roll {shown}"
        ),
    });
}

fn no_project() -> Diagnostic {
    let message = text!("这里不是年报项目：没有找到 nianbao.toml", "this is not a project: no nianbao.toml was found");
    let help = text!(
        "用 nianbao init <文件夹> 新建一个，到其中运行；或用 --out 写明文件",
        "start one with `nianbao init DIR`, and run this in it; or say where to write with --out"
    );
    Diagnostic::error(Code::NoProject, message).help(help)
}
