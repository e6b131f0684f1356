//! What was typed becomes what it means. In: [`Cli`](crate::cli::Cli) arguments, the project's defaults and the
//! environment; out: a [`BuildJob`] or [`CheckJob`] with every path, format and choice settled. Stages see only these.

use std::collections::BTreeMap;
use std::env;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use crate::cli::{Build, Check, Deny, Diff, DiffFormat, Fmt, Format, New, PageLimits, Roll, Selection, Watch};
use crate::compile::EngineChoice;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::disk;
use crate::disk::unreadable;
use crate::interrupt::Interrupt;
use crate::project::{Project, REPORTS, Selected, Stray};
use crate::shard::Shard;
use crate::source::display_path;
use crate::worker::{Guard, Limits};

/// What `check` is to do.
#[derive(Debug)]
pub struct CheckJob {
    /// The project.
    pub project: Project,
    /// The facts files, in order of path.
    pub files: Vec<PathBuf>,
    /// What lies among them and is not read.
    pub strays: Vec<Stray>,
    /// Whether warnings count as errors.
    pub deny_warnings: bool,
}

/// What `new` is to do.
#[derive(Debug)]
pub struct NewJob {
    /// The project.
    pub project: Project,
    /// The organ, which is also the name of its folder.
    pub organ: String,
    /// The name of the form.
    pub form: String,
    /// The year.
    pub year: u16,
}

/// What `roll` is to do.
#[derive(Debug)]
pub struct RollJob {
    /// The facts files, which are checked before.
    pub check: CheckJob,
    /// The year to roll to; the next one where none is named.
    pub to: Option<u16>,
    /// Whether files are only shown.
    pub dry_run: bool,
}

/// What `fmt` is to do.
#[derive(Debug)]
pub struct FormatJob {
    /// The facts files.
    pub check: CheckJob,
    /// Whether files are only looked at.
    pub only_check: bool,
}

/// Settles `fmt`.
///
/// # Errors
/// No project, or a selection that names nothing.
pub fn format(typed: Fmt) -> Result<FormatJob, Diagnostic> {
    let selection = Selection { select: typed.select, deny: None };
    Ok(FormatJob { check: selected(selection)?, only_check: typed.check })
}

/// What `diff` is to do.
#[derive(Debug)]
pub struct DiffJob {
    /// The facts files: two to be compared, or the years of an organ.
    pub check: CheckJob,
    /// How to say it.
    pub format: DiffFormat,
}

/// Settles `diff`.
///
/// # Errors
/// No project, a selection that names nothing, or one of two that names several files.
pub fn diff(typed: Diff) -> Result<DiffJob, Diagnostic> {
    let project = Project::find()?;
    let Selected { mut files, mut strays } = project.select(std::slice::from_ref(&typed.a))?;
    if let Some(b) = &typed.b {
        let other = project.select(std::slice::from_ref(b))?;
        if files.len() != 1 || other.files.len() != 1 {
            let message = text!("diff A B 的 A 和 B 应各是一个文件", "in `diff A B`, A and B must each be one file");
            let help = text!(
                "写事实文件的路径；一个机关的各年：nianbao diff <机关>",
                "name facts files; for the years of an organ: nianbao diff <organ>"
            );
            return Err(Diagnostic::error(Code::Usage, message).help(help));
        }
        files.extend(other.files);
        strays.extend(other.strays);
    } else if files.len() < 2 {
        let message = text!("只选中一个文件，没有可比较的", "only one file is named, and nothing to compare it with");
        return Err(Diagnostic::error(Code::Usage, message));
    }
    Ok(DiffJob { check: CheckJob { project, files, strays, deny_warnings: false }, format: typed.format })
}

/// Settles `new`.
///
/// # Errors
/// No project, or an organ that cannot be a folder.
pub fn new(typed: New) -> Result<NewJob, Diagnostic> {
    let project = Project::find()?;
    let organ = typed.organ.trim().to_owned();
    if organ.starts_with('.') || !disk::is_name_everywhere(&organ) {
        let message =
            text!("机关名称“{organ}”不能作文件夹的名称", "the organ `{organ}` cannot be the name of a folder");
        return Err(Diagnostic::error(Code::Usage, message).help(name_everywhere()));
    }
    Ok(NewJob { project, organ, form: typed.form, year: typed.year })
}

/// What a name must be like that is to be one on every system.
pub fn name_everywhere() -> Text {
    text!(
        "在任何系统上都能用的名称：不用 < > : \" / \\ | ? * 和控制字符，不以句点或空格结尾，不是 CON、NUL、COM1 等 Windows 保留的名称，也不太长",
        "a name that every system can have: none of < > : \" / \\ | ? * and no control characters, no dot or space at its end, not too long, and none that Windows keeps, such as CON, NUL and COM1"
    )
}

/// Settles `roll`.
///
/// # Errors
/// No project, or a selection that names nothing.
pub fn roll(typed: Roll) -> Result<RollJob, Diagnostic> {
    let selection = Selection { select: typed.select, deny: None };
    Ok(RollJob { check: selected(selection)?, to: typed.to, dry_run: typed.dry_run })
}

/// What `build` is to do.
#[derive(Debug)]
pub struct BuildJob {
    /// What is checked before.
    pub check: CheckJob,
    /// The output folder.
    pub out: PathBuf,
    /// The output path of each facts file, without extension, in the same order.
    pub targets: Vec<PathBuf>,
    /// The formats to write, each once.
    pub formats: Vec<Format>,
    /// Which Typst.
    pub engine: EngineChoice,
    /// How many reports at once.
    pub jobs: NonZeroUsize,
    /// What PDFs are stamped with.
    pub stamp: Stamp,
    /// Whether reports are made that are there already, made of the same.
    pub force: bool,
    /// Whether the pages of facts that are gone are removed.
    pub clean: bool,
    /// Whether the charts of forms are drawn.
    pub charts: bool,
    /// Whether pages are made in spite of problems, marked as drafts.
    pub draft: bool,
    /// The share of the work that the facts files are, where it is shared.
    pub shard: Option<Shard>,
    /// How many facts files there are to share.
    pub selected: usize,
    /// Where a summary is to be written.
    pub summary: Option<PathBuf>,
    /// What pages of a project's own templates may take, and what ends the work before its end.
    pub guard: Guard,
}

/// What `watch` is to do.
#[derive(Debug)]
pub struct WatchJob {
    /// What is built.
    pub build: BuildJob,
    /// Whether a browser is opened.
    pub open: bool,
    /// The port asked for.
    pub port: Option<u16>,
    /// Whether a report that never was in order is shown as a draft.
    pub draft: bool,
}

/// Settles `watch`. Sheets and a web version are always made, since they are what is looked at.
///
/// # Errors
/// Those of [`build`].
pub fn watch(typed: Watch, interrupt: &Interrupt) -> Result<WatchJob, Diagnostic> {
    let Watch { select, open, port, draft, limits } = typed;
    let mut build =
        build(Build { selection: Selection { select, deny: None }, limits, ..Build::default() }, interrupt)?;
    if build.engine == EngineChoice::Auto && cfg!(feature = "embedded") {
        build.engine = EngineChoice::Embedded;
    }
    build.formats.extend([Format::Pdf, Format::Html]);
    build.formats.sort_unstable();
    build.formats.dedup();
    Ok(WatchJob { build, open, port, draft })
}

/// What the page was made by that is to be made again.
#[derive(Debug)]
pub struct Again {
    /// The facts file.
    pub facts: PathBuf,
    /// The format of the page.
    pub format: Format,
    /// Which Typst.
    pub engine: EngineChoice,
    /// What a PDF is stamped with.
    pub stamp: Stamp,
    /// Whether charts were drawn.
    pub charts: bool,
    /// Whether it is a draft.
    pub draft: bool,
    /// What pages of a project's own templates may take.
    pub guard: Guard,
}

/// Settles how a page is made again. Nothing that today's settings or variables say of builds counts.
pub fn again(project: Project, page: Again) -> BuildJob {
    let Again { facts, format, engine, stamp, charts, draft, guard } = page;
    let target = facts.with_extension("");
    let out = target.parent().unwrap_or(&target).to_path_buf();
    let check = CheckJob { project, files: vec![facts], strays: Vec::new(), deny_warnings: false };
    BuildJob {
        check,
        out,
        targets: vec![target],
        formats: vec![format],
        engine,
        jobs: NonZeroUsize::MIN,
        stamp,
        force: true,
        clean: false,
        charts,
        draft,
        shard: None,
        selected: 1,
        summary: None,
        guard,
    }
}

/// The time that PDFs are stamped with; never the clock's, so that the same facts give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// The date that the facts give the document; without one, the first day after the year.
    FromFacts,
    /// Seconds since 1970, from `SOURCE_DATE_EPOCH`.
    Fixed(i64),
}

/// Settles `check`.
///
/// # Errors
/// No project, or a selection that names nothing.
pub fn check(typed: Check) -> Result<CheckJob, Diagnostic> {
    selected(typed.selection)
}

/// Settles `build`.
///
/// # Errors
/// No project, a selection that names nothing, two facts files with one output, or a variable that is no number.
pub fn build(typed: Build, interrupt: &Interrupt) -> Result<BuildJob, Diagnostic> {
    let mut check = selected(typed.selection)?;
    let selected = check.files.len();
    if let Some(shard) = typed.shard {
        let root = check.project.root.clone();
        let takes = |path: &Path| shard.takes(path.strip_prefix(&root).unwrap_or(path));
        check.files.retain(|file| takes(file));
        check.strays.retain(|stray| takes(&stray.path));
    }
    let settings = &check.project.settings.build;
    let mut formats = if !typed.format.is_empty() {
        typed.format
    } else if !settings.formats.is_empty() {
        settings.formats.clone()
    } else {
        vec![Format::Pdf, Format::Html]
    };
    formats.sort_unstable();
    formats.dedup();
    let out = match typed.out {
        Some(out) => env::current_dir().map_err(|error| unreadable(".", &error))?.join(out),
        None => check.project.out()?,
    };
    let targets = targets(&check.project.root, &check.files, &out)?;
    let charts = typed.charts || settings.charts;
    let engine = typed.engine.or(settings.engine).unwrap_or_default();
    let jobs = typed.jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    Ok(BuildJob {
        out,
        targets,
        formats,
        engine,
        jobs,
        stamp: stamp()?,
        draft: typed.draft,
        force: typed.force || typed.draft,
        clean: typed.clean,
        charts,
        shard: typed.shard,
        selected,
        summary: typed.summary,
        guard: guard(&typed.limits, interrupt),
        check,
    })
}

/// What work runs under: the limits that were typed, else the usual ones.
pub fn guard(typed: &PageLimits, interrupt: &Interrupt) -> Guard {
    let usual = Limits::default();
    let limits = Limits {
        seconds: typed.page_seconds.map_or(usual.seconds, NonZeroU32::get),
        mib: typed.page_mib.map_or(usual.mib, NonZeroU32::get),
    };
    Guard { limits, interrupt: interrupt.clone() }
}

fn selected(typed: Selection) -> Result<CheckJob, Diagnostic> {
    let project = Project::find()?;
    let Selected { files, strays } = project.select(&typed.select)?;
    Ok(CheckJob { project, files, strays, deny_warnings: typed.deny == Some(Deny::Warnings) })
}

/// Where each file's output goes: the same path below `out` as below `reports/`.
fn targets(root: &Path, files: &[PathBuf], out: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let mut taken: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    let mut targets = Vec::with_capacity(files.len());
    let below = |path: &Path| {
        let below = path.strip_prefix(root.join(REPORTS)).or_else(|_| path.strip_prefix(&root));
        below.map(Path::to_path_buf).ok()
    };
    for file in files {
        // Resolving links is slow for many files, and needed only for those that were named by way of one.
        let without_links = || below(&file.canonicalize().ok()?);
        let below = below(file).or_else(without_links);
        let below = below.unwrap_or_else(|| PathBuf::from(file.file_name().unwrap_or_default()));
        let target = out.join(below.with_extension(""));
        if let Some(other) = taken.insert(target.clone(), file) {
            let (a, b) = (display_path(other), display_path(file));
            let message = text!("{a} 和 {b} 会写到同一个文件", "{a} and {b} would be written to the same file");
            return Err(Diagnostic::error(Code::OutputConflict, message)
                .help(text!("分开生成，用 --out 指定不同的文件夹", "build them apart, each with its own --out")));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn stamp() -> Result<Stamp, Diagnostic> {
    match env::var("SOURCE_DATE_EPOCH") {
        Err(_) => Ok(Stamp::FromFacts),
        Ok(value) => value.trim().parse().map(Stamp::Fixed).map_err(|_| {
            let message = text!(
                "环境变量 SOURCE_DATE_EPOCH 不是整数：{value}",
                "SOURCE_DATE_EPOCH is not a whole number: {value}"
            );
            Diagnostic::error(Code::Usage, message)
        }),
    }
}
