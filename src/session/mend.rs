//! Makes the edits that are beyond doubt. In: the facts files of a job; out: the same files with those edits and no other
//! byte changed, what was edited, and what is still wrong; or the difference alone, and nothing written.

use std::path::Path;
use std::sync::Arc;

use similar::TextDiff;

use super::forms::Forms;
use super::job::Selection;
use super::load::problems;
use super::make::{Fate, Outcome};
use super::summary::SummaryBuilder;
use crate::diag::Problems;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, Edit, ExitStatus, Fix, Text, text};
use crate::facts::edit::{Original, Splice, spliced};
use crate::facts::slips::is_invisible;
use crate::source::{Source, display_path};

/// How often edits are looked for anew: what is told of a file that is TOML is told only once it is.
const ROUNDS: usize = 10;
/// The longest text that is shown with what it becomes.
const SHOWN: usize = 40;

/// Mends every facts file of a job and checks it again; `dry_run` shows the difference and writes nothing.
pub fn mend(job: &Selection, dry_run: bool, emitter: &Emitter) -> ExitStatus {
    let forms = Forms::new(job);
    let mut summary_so_far = SummaryBuilder::new(job.files.len(), job.deny_warnings);
    let (mut count, mut waiting) = (0, Vec::new());
    for file in &job.files {
        let outcome = match mended(file, &forms) {
            Ok(mended) if dry_run => mended.shown(file, emitter),
            Ok(mended) => mended.written(emitter, &mut count),
            Err(problems) => Outcome::failed(problems),
        };
        match outcome.problems.iter().any(|problem| problem.code == Code::OrganWrong) {
            true => waiting.push((file, outcome)),
            false => summary_so_far.take(file, outcome, emitter),
        }
    }
    // Their organs may be in order by now.
    let is_to_be_looked_at = count > 0;
    forms.forget_all();
    for (file, outcome) in waiting {
        let again = || Original::open(file).map(|now| Outcome::checked(problems(&now.source, file, &forms)));
        let outcome = if is_to_be_looked_at { again().unwrap_or_else(Outcome::failed) } else { outcome };
        summary_so_far.take(file, outcome, emitter);
    }
    if count > 0 {
        emitter.answer(&text!("已改正 {count} 处", "mended: {count}"));
    }
    summary_so_far.close_check(job.files.len(), emitter)
}

/// A file with the edits made in memory.
struct Mended {
    /// The file as it was.
    before: Original,
    after: Arc<Source>,
    /// What was mended, each with the edits.
    made: Vec<Diagnostic>,
    /// What was wrong at first.
    found: Problems,
    /// What is still wrong.
    left: Problems,
}

fn mended(file: &Path, forms: &Forms) -> Result<Mended, Problems> {
    let before = Original::open(file)?;
    let found = problems(&before.source, file, forms);
    let (mut after, mut made, mut left) = (Arc::clone(&before.source), Vec::new(), found.clone());
    for _ in 0..ROUNDS {
        let safe: Vec<Diagnostic> = left.iter().filter(|problem| is_safe(problem, &after)).cloned().collect();
        if safe.is_empty() {
            break;
        }
        let Some(text) = with_edits(&after, &safe) else {
            let shown = display_path(file);
            let message =
                text!("{shown} 有互相重叠的改法，没有代为改正", "the edits of {shown} overlap, and none was made");
            let mut problems = found;
            problems.push(
                Diagnostic::error(Code::FixConflict, message).help(text!("先改正其中一处", "mend one of them first")),
            );
            return Err(problems);
        };
        if text == after.text() {
            break;
        }
        made.extend(safe);
        after = Source::new(before.source.name(), text);
        left = problems(&after, file, forms);
    }
    Ok(Mended { before, after, made, found, left })
}

fn is_safe(problem: &Diagnostic, source: &Arc<Source>) -> bool {
    let is_here = |fix: &Fix| fix.edits.iter().all(|edit| edit.place.source == *source);
    problem.fix.as_ref().is_some_and(|fix| fix.is_safe() && !fix.edits.is_empty() && is_here(fix))
}

/// The text with the edits of all problems; `None` where two of them overlap.
fn with_edits(source: &Source, problems: &[Diagnostic]) -> Option<String> {
    let edits = problems.iter().filter_map(|problem| problem.fix.as_ref()).flat_map(|fix| &fix.edits);
    let mut edits: Vec<Splice> = edits.map(|edit| (edit.place.span.clone(), edit.replacement.clone())).collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    // One edit may mend two problems.
    edits.dedup();
    // Where two are put in at one place, their order would be a guess.
    if edits.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    spliced(source.text(), edits)
}

impl Mended {
    fn is_changed(&self) -> bool {
        self.before.source.text() != self.after.text()
    }

    /// Shows the difference.
    fn shown(self, file: &Path, emitter: &Emitter) -> Outcome {
        if self.is_changed() {
            let name = display_path(file);
            let diff = TextDiff::from_lines(self.before.source.text(), self.after.text());
            let diff = diff.unified_diff().header(&format!("a/{name}"), &format!("b/{name}")).to_string();
            emitter.print(diff.trim_end_matches('\n'));
        }
        Outcome::checked(self.found)
    }

    /// Writes the file, if it is still as it was read, and says each edit.
    fn written(self, emitter: &Emitter, count: &mut usize) -> Outcome {
        if !self.is_changed() {
            return Outcome::checked(self.left);
        }
        match self.before.put_text(self.after.text()) {
            Err(problem) => {
                let mut problems = self.found;
                problems.push(problem);
                Outcome::failed(problems)
            }
            Ok(()) => {
                *count += self.made.len();
                self.made.iter().for_each(|problem| say(problem, emitter));
                Outcome::checked(self.left)
            }
        }
    }
}

/// Says what was mended, and by what.
fn say(problem: &Diagnostic, emitter: &Emitter) {
    let at = problem.primary().map(ToString::to_string).unwrap_or_default();
    let (zh, en) = (&problem.message.zh, &problem.message.en);
    let edit = problem.fix.as_ref().and_then(Fix::whole);
    let short = |text: &str| !text.contains('\n') && text.chars().count() <= SHOWN;
    let seen = |text: &str| text.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
    let change = match &edit {
        Some(Edit { place, replacement }) if short(place.text()) && short(replacement) => {
            let (found, replacement) = (place.text(), replacement.trim());
            match (seen(found), seen(replacement)) {
                (true, true) => text!("（{found} 改为 {replacement}）", " ({found} is now {replacement})"),
                (true, false) => text!("（删去 {found}）", " ({found} is removed)"),
                (false, true) => text!("（补上 {replacement}）", " ({replacement} is put in)"),
                (false, false) => text!("", ""),
            }
        }
        _ => text!("", ""),
    };
    let Text { zh: change_zh, en: change_en } = change;
    emitter.answer(&text!("已改正 {at}：{zh}{change_zh}", "mended {at}: {en}{change_en}"));
}

impl Outcome {
    /// A file that was only checked.
    fn checked(problems: Problems) -> Self {
        let failed = problems.iter().any(Diagnostic::is_error);
        Self::of(if failed { Fate::Failed } else { Fate::Checked }, problems)
    }
}
