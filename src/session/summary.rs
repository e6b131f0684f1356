//! How it went with many reports. In: what came of each; out: messages as they come, at the end what failed and why, and
//! the same as JSON, so that the shards of several machines can be put together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Problems;
use super::job::Selection;
use super::make::{Fate, Outcome};
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Fix, Severity, Text, text};
use crate::disk;
use crate::shard::Shard;
use crate::source::display_path;

/// How many failed reports are named on a terminal; the file has them all.
const NAMED: usize = 50;

/// How a run went.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    /// The program and its version.
    pub program: String,
    /// The shard, where there are several.
    pub shard: Option<Shard>,
    /// How many reports there were in all shards.
    pub selected: usize,
    /// How many were made.
    pub built: usize,
    /// How many were there already, made of the same.
    pub unchanged: usize,
    /// How many were only checked.
    pub checked: usize,
    /// How many were not begun or not done, because somebody asked to stop.
    pub not_begun: usize,
    /// How many warnings there were.
    pub warnings: usize,
    /// How many of these were of the project itself, which every shard tells.
    pub project_warnings: usize,
    /// What the program ends with because of the problems that there were.
    pub status: u8,
    /// The reports that were not made, in order of path.
    pub failed: Vec<Failed>,
    /// The pages of an earlier build of reports with errors that are still there and are not of what there is now.
    #[serde(default)]
    pub left: Vec<String>,
}

/// A report that was not made.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Failed {
    /// Its facts file.
    pub file: String,
    /// What the program ends with because of it: 1 the facts were rejected, 2 the environment.
    pub status: u8,
    /// The errors.
    pub errors: Vec<Said>,
}

/// An error in words.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Said {
    /// The code.
    pub code: String,
    /// Where: `file:line:column`.
    pub at: Option<String>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Counts what becomes of the reports of a run.
pub(super) struct SummaryBuilder {
    summary: Summary,
    /// How many reports are to come.
    due: usize,
    deny_warnings: bool,
    /// How many problems have an edit that is beyond doubt.
    mendable: usize,
}

impl SummaryBuilder {
    /// Nothing yet, of `due` reports.
    pub(super) fn new(due: usize, deny_warnings: bool) -> Self {
        let program = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned();
        let summary = Summary { program, selected: due, not_begun: due, ..Summary::default() };
        Self { summary, due, deny_warnings, mendable: 0 }
    }

    /// Of a shard of `selected` reports.
    #[must_use]
    pub(super) fn of_shard(mut self, shard: Option<Shard>, selected: usize) -> Self {
        (self.summary.shard, self.summary.selected) = (shard, selected);
        self
    }

    /// Prints what is wrong with the project itself, and what lies among the facts and is not read, and counts it.
    pub(super) fn project(&mut self, job: &Selection, emitter: &Emitter) {
        let (faults, strays) = (&job.project.faults, job.strays.iter().map(|stray| stray.problem.clone()));
        self.told(faults.iter().cloned().chain(strays).collect(), emitter);
        if !self.deny_warnings {
            self.summary.project_warnings = faults.iter().filter(|fault| fault.is_warning()).count();
        }
    }

    /// Prints problems and counts them; gives the errors, and what the program ends with because of them.
    fn told(&mut self, mut problems: Problems, emitter: &Emitter) -> (Problems, ExitStatus) {
        if self.deny_warnings {
            let warnings = problems.iter_mut().filter(|problem| problem.is_warning());
            warnings.for_each(|problem| problem.severity = Severity::Error);
        }
        emitter.emit(&problems);
        self.mendable += problems.iter().filter(|one| one.fix.as_ref().is_some_and(Fix::is_safe)).count();
        self.summary.warnings += problems.iter().filter(|problem| problem.is_warning()).count();
        problems.retain(Diagnostic::is_error);
        let worst = problems.iter().map(|problem| problem.code.exit_status()).max().unwrap_or(ExitStatus::Done);
        self.summary.status = self.summary.status.max(worst.number());
        (problems, worst)
    }

    /// Prints what became of a report, and counts it.
    pub(super) fn take(&mut self, file: &Path, outcome: Outcome, emitter: &Emitter) {
        let Outcome { fate, problems, left } = outcome;
        let (errors, worst) = self.told(problems, emitter);
        let summary = &mut self.summary;
        summary.not_begun -= 1;
        summary.left.extend(left);
        match fate {
            Fate::Built(paths) => {
                summary.built += 1;
                for path in paths {
                    emitter.say(&text!("已生成 {path}", "wrote {path}"));
                }
            }
            Fate::Unchanged => summary.unchanged += 1,
            Fate::Checked if errors.is_empty() => summary.checked += 1,
            Fate::Checked | Fate::Failed => {
                let errors = errors.iter().map(Said::of).collect();
                summary.failed.push(Failed { file: display_path(file), status: worst.number(), errors });
            }
        }
    }

    /// Says how the check of so many files went.
    pub(super) fn close_check(self, count: usize, emitter: &Emitter) -> ExitStatus {
        let (warnings, mendable) = (self.warnings(), self.mendable());
        let status = self.close(emitter);
        if mendable > 0 {
            emitter.tell(&text!(
                "其中 {mendable} 处可以代为改正：nianbao check --fix（先看改法：加 --dry-run）",
                "mended by `nianbao check --fix`: {mendable} of these (add --dry-run to see the edits first)"
            ));
        }
        if status == ExitStatus::Done {
            emitter.say(&match warnings {
                0 => text!("已检查 {count} 份，没有错误", "checked {count}, no errors"),
                _ => text!(
                    "已检查 {count} 份，没有错误，{warnings} 处警告",
                    "checked {count}, no errors, warnings: {warnings}"
                ),
            });
        }
        status
    }

    /// Writes the summary as JSON.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), Diagnostic> {
        disk::send(path, self.summary.text().as_bytes())
    }

    /// How many warnings there were.
    pub(super) fn warnings(&self) -> usize {
        self.summary.warnings
    }

    /// How many problems `check --fix` would mend.
    pub(super) fn mendable(&self) -> usize {
        self.mendable
    }

    /// Prints what is to be said of all of them.
    pub(super) fn close(self, emitter: &Emitter) -> ExitStatus {
        if self.summary.unchanged > 0 {
            let fresh = self.summary.unchanged;
            emitter.say(&text!(
                "{fresh} 份没有变化，没有重新生成（--force 重新生成）",
                "{fresh} unchanged and not built again (--force builds them)"
            ));
        }
        if self.due > 1 {
            self.summary.say_failed(emitter);
        }
        self.summary.say_left(emitter);
        self.summary.ended(emitter)
    }
}

impl Said {
    fn of(problem: &Diagnostic) -> Self {
        let at = problem.primary().map(ToString::to_string);
        Self { code: problem.code.to_string(), at, zh: problem.message.zh.clone(), en: problem.message.en.clone() }
    }
}

impl Failed {
    /// The codes of the errors, each with how often it came.
    fn why(&self) -> String {
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for error in &self.errors {
            *codes.entry(&error.code).or_default() += 1;
        }
        let shown = codes.iter().map(|(code, count)| match count {
            1 => (*code).to_owned(),
            _ => format!("{code} ×{count}"),
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

impl Summary {
    fn text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    fn done(&self) -> Text {
        let (built, unchanged, checked) = (self.built, self.unchanged, self.checked);
        match checked {
            0 => text!("{built} 份已生成，{unchanged} 份没有变化", "{built} made, {unchanged} unchanged"),
            _ => text!("{checked} 份没有错误", "{checked} without errors"),
        }
    }

    /// Names the reports that failed, and why.
    fn say_failed(&self, emitter: &Emitter) {
        let failed = self.failed.len();
        if failed == 0 {
            return;
        }
        let Text { zh, en } = self.done();
        let (warned_zh, warned_en) = match self.warnings {
            0 => Default::default(),
            1 => ("，警告 1 个".to_owned(), ", 1 warning".to_owned()),
            count => (format!("，警告 {count} 个"), format!(", {count} warnings")),
        };
        emitter.tell(&text!("{zh}，{failed} 份有错误{warned_zh}：", "{en}, {failed} failed{warned_en}:"));
        for one in self.failed.iter().take(NAMED) {
            let (file, why) = (&one.file, one.why());
            emitter.tell(&text!("  {file}：{why}", "  {file}: {why}"));
        }
        if failed > NAMED {
            let more = failed - NAMED;
            emitter.tell(&text!(
                "  另有 {more} 份；build --summary <文件> 写出全部",
                "  and {more} more; `build --summary FILE` writes them all"
            ));
        }
    }

    /// Names the old pages that nobody should take for those of the facts as they are now.
    fn say_left(&self, emitter: &Emitter) {
        let left = &self.left;
        if left.is_empty() {
            return;
        }
        emitter.tell(&text!(
            "以下是以前生成的旧页面，仍在原处，不是现在的事实生成的，请勿发布：",
            "these pages of an earlier build are still there and are not of the facts as they are now; do not publish them:"
        ));
        for page in left.iter().take(NAMED) {
            emitter.tell(&text!("  {page}", "  {page}"));
        }
        if left.len() > NAMED {
            let more = left.len() - NAMED;
            emitter.tell(&text!(
                "  另有 {more} 个；build --summary <文件> 写出全部",
                "  and {more} more; `build --summary FILE` writes them all"
            ));
        }
    }

    /// What the run ends with; where somebody asked to stop, that is said.
    fn ended(&self, emitter: &Emitter) -> ExitStatus {
        ExitStatus::from_number(self.status).max(self.stopped(emitter))
    }

    /// Says so where somebody asked to stop.
    fn stopped(&self, emitter: &Emitter) -> ExitStatus {
        if self.not_begun == 0 {
            return ExitStatus::Done;
        }
        let left = self.not_begun;
        let message = text!("已中断，{left} 份没有做完", "interrupted with {left} not done");
        let help = text!(
            "已写出的文件都是完整的；再运行一次，已生成的不会重做",
            "every file that is there is whole; run it again, and what was made is not made again"
        );
        let problem = Diagnostic::error(Code::Interrupted, message).help(help);
        let status = problem.code.exit_status();
        emitter.emit(&[problem]);
        status
    }

    fn read(path: &Path) -> Result<Self, Diagnostic> {
        let shown = display_path(path);
        let bytes = disk::read(path, disk::LARGE).map_err(|unread| unread.told(path))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| unfit(text!("{shown} 不是生成摘要：{error}", "{shown} is no summary of a build: {error}")))
    }
}

fn unfit(message: Text) -> Diagnostic {
    Diagnostic::error(Code::Summary, message).help(text!(
        "摘要由 nianbao build --shard I/N --summary <文件> 写出，每个分片一份",
        "summaries are written by `nianbao build --shard I/N --summary FILE`, one for each shard"
    ))
}

/// Puts the summaries of all shards of one run together, prints what failed, and writes the whole where it is asked for.
///
/// # Errors
/// A file that is no summary, shards that are missing, there twice or of another run, or an output that cannot be written.
pub fn merge(files: &[PathBuf], out: Option<&Path>, emitter: &Emitter) -> Result<ExitStatus, Diagnostic> {
    let parts = files.iter().map(|file| Ok((file, Summary::read(file)?))).collect::<Result<Vec<_>, Diagnostic>>()?;
    let whole = whole(&parts)?;
    if let Some(out) = out {
        disk::send(out, whole.text().as_bytes())?;
    }
    let (shards, selected, Text { zh, en }) = (parts.len(), whole.selected, whole.done());
    emitter
        .say(&text!("{shards} 份摘要，共 {selected} 份报告：{zh}", "{shards} summaries of {selected} reports: {en}"));
    whole.say_failed(emitter);
    whole.say_left(emitter);
    Ok(whole.ended(emitter))
}

fn whole(parts: &[(&PathBuf, Summary)]) -> Result<Summary, Diagnostic> {
    let mut whole = Summary::default();
    let (mut of, mut seen) = (None, BTreeSet::new());
    for (file, part) in parts {
        let shown = display_path(file);
        let Some(shard) = part.shard else {
            return Err(unfit(text!("{shown} 不是分片的摘要", "{shown} is not the summary of a shard")));
        };
        let run = (shard.of, part.selected, &part.program);
        if *of.get_or_insert(run) != run {
            return Err(unfit(text!("{shown} 属于另一次生成", "{shown} is of another run")));
        }
        if !seen.insert(shard.index.get()) {
            let index = shard.index;
            return Err(unfit(text!("分片 {index} 有两份摘要", "there are two summaries of shard {index}")));
        }
        whole.program.clone_from(&part.program);
        whole.selected = part.selected;
        whole.built += part.built;
        whole.unchanged += part.unchanged;
        whole.not_begun += part.not_begun;
        whole.warnings += part.warnings.saturating_sub(part.project_warnings);
        whole.project_warnings = whole.project_warnings.max(part.project_warnings);
        whole.status = whole.status.max(part.status);
        whole.failed.extend(part.failed.iter().cloned());
        whole.left.extend(part.left.iter().cloned());
    }
    let all = of.map_or(0, |(of, _, _)| of.get());
    let missing: Vec<String> = (1..=all).filter(|index| !seen.contains(index)).map(|i| format!("{i}/{all}")).collect();
    if !missing.is_empty() {
        let names = missing.join(", ");
        return Err(unfit(text!("缺少分片的摘要：{names}", "no summary of the shards {names}")));
    }
    whole.warnings += whole.project_warnings;
    whole.failed.sort();
    whole.left.sort();
    let counted = whole.built + whole.unchanged + whole.not_begun + whole.failed.len();
    if counted != whole.selected {
        let selected = whole.selected;
        return Err(unfit(text!(
            "各分片共 {counted} 份，应是 {selected} 份：生成期间事实文件有增减",
            "the shards have {counted} reports and should have {selected}: files came or went while they were built"
        )));
    }
    Ok(whole)
}
