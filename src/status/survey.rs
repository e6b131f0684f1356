//! Looks at each report that is owed. In: a [`StatusJob`]; out: a row for each, in the order of the job, with all that is wrong with
//! the report and the report itself for whoever writes to the organ.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use time::Date;

use super::owed::{Due, StatusJob};
use super::rows::{CodeCount, OrganStatus, State, Status};
use crate::check::due::due;
use crate::check::kept::{Share, kept};
use crate::check::last_year;
use crate::check::likeness::{self, Likeness};
use crate::diag::explanation::known;
use crate::diag::{Code, Diagnostic, ExitStatus, Language, Problems, Severity, Text};
use crate::facts::years_before::YearsBefore;
use crate::facts::{self, literal};
use crate::form::Form;
use crate::interrupt::Interrupt;
use crate::report::{Entry, Report, Value, Values, author};
use crate::session::{Around, Errors, Forms, Loaded, Progress, Step, Taking, current_pages, in_order, whole};
use crate::source::{Source, display_path};

/// What was found of one report.
pub struct Surveyed {
    /// Its row; what only the others tell is still missing.
    pub row: OrganStatus,
    /// The text of the facts, where there are any that can be read.
    pub source: Option<Arc<Source>>,
    /// The form, as far as it is known: of facts that are missing, last year's.
    pub form: Option<Arc<Form>>,
    /// All that is wrong.
    pub problems: Problems,
    /// The report in spite of what is wrong, where there is one.
    pub report: Option<Report>,
}

/// Looks at all reports of a job; `each` sees what was found of each, on the thread that found it.
pub fn survey(
    job: &StatusJob,
    out: &Path,
    interrupt: &Interrupt,
    progress: &Progress,
    each: &(dyn Fn(&Surveyed) -> Result<(), Problems> + Sync),
) -> Result<Status, Problems> {
    let forms = Forms::new(&job.selection);
    let jobs = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let look = |number: usize| {
        let due = &job.due[number];
        let stage = progress.report(due.file.as_deref().unwrap_or(Path::new(&due.folder)));
        stage.at(Step::Check);
        let surveyed = looked_at(job, due, &forms, out);
        let said = each(&surveyed);
        (Seen::of(surveyed, &forms), said)
    };
    let take = |gathered: &mut Gathered, _, (seen, said): (Seen, Result<(), Problems>)| {
        gathered.take(seen);
        gathered.wrong.extend(said.err().into_iter().flatten());
    };
    let leave = |_| interrupt.stop(i32::from(ExitStatus::Environment.number()));
    let taking = Taking { into: Gathered::default(), take, leave };
    let gathered = in_order(job.due.len(), jobs, interrupt, look, taking);
    progress.finish();
    if !gathered.wrong.is_empty() {
        return Err(gathered.wrong);
    }
    Ok(gathered.whole(job))
}

/// Looks once more at reports of which rows are there, with what only the others told.
pub(super) fn again<'a>(
    job: &'a StatusJob,
    out: &'a Path,
    rows: impl Iterator<Item = &'a OrganStatus>,
) -> impl Iterator<Item = Surveyed> {
    let forms = Forms::new(&job.selection);
    let due: BTreeMap<(u16, &str), &Due> = job.due.iter().map(|due| ((due.year, due.folder.as_str()), due)).collect();
    rows.filter_map(move |row| {
        let due = due.get(&(row.year, row.folder.as_str()))?;
        let mut surveyed = looked_at(job, due, &forms, out);
        surveyed.row.same_as.clone_from(&row.same_as);
        Some(surveyed)
    })
}

/// A row and what the others must know of it: what its report is like, and the folders of the organs that it consolidates.
struct Seen {
    row: OrganStatus,
    codes: BTreeMap<String, Text>,
    likeness: Option<Likeness>,
    members: Vec<String>,
}

impl Seen {
    fn of(surveyed: Surveyed, forms: &Forms) -> Self {
        let Surveyed { row, form, report, .. } = surveyed;
        let likeness = report.as_ref().filter(|_| row.errors == 0).and_then(likeness::of);
        let parts = report.iter().flat_map(|report| &report.consolidated).flat_map(|all| &all.parts);
        let members = parts.map(|part| part.folder.clone()).collect();
        let form = form.or_else(|| forms.named(row.form.as_deref()?).ok());
        let titles = row.problems.iter().map(|count| (count.code.clone(), title(&count.code, form.as_deref())));
        Self { codes: titles.collect(), row, likeness, members }
    }
}

/// What a code stands for.
fn title(code: &str, form: Option<&Form>) -> Text {
    if let Some(rule) = form.and_then(|form| form.checks.rules.get(code)) {
        return rule.message.clone();
    }
    match known(code) {
        Some(known) => Text { zh: known.title(Language::Zh), en: known.title(Language::En) },
        None => Text::verbatim(code),
    }
}

/// Rows as they come.
#[derive(Default)]
struct Gathered {
    status: Status,
    /// The row whose report was first of its likeness.
    seen: BTreeMap<Likeness, usize>,
    /// The governments that consolidate a folder, by year.
    counted_in: BTreeMap<(u16, String), Vec<String>>,
    wrong: Problems,
}

impl Gathered {
    fn take(&mut self, seen: Seen) {
        let Seen { mut row, codes, likeness, members } = seen;
        let number = self.status.organs.len();
        if let Some(likeness) = likeness {
            let first = *self.seen.entry(likeness).or_insert(number);
            if let Some(other) = self.status.organs.get(first) {
                row.same_as = Some(other.folder.clone());
                row.warn(Code::SameAsOther);
                let code = Code::SameAsOther.as_str().to_owned();
                self.status.codes.insert(code, title(Code::SameAsOther.as_str(), None));
            }
        }
        self.status.codes.extend(codes);
        for member in members {
            self.counted_in.entry((row.year, member)).or_default().push(row.folder.clone());
        }
        self.status.organs.push(row);
    }

    fn whole(self, job: &StatusJob) -> Status {
        let Self { mut status, mut counted_in, .. } = self;
        for row in &mut status.organs {
            row.counted_in = counted_in.remove(&(row.year, row.folder.clone())).unwrap_or_default();
            status.sums.count(row);
        }
        status.organs.sort_by(|a, b| (a.state, &a.due, &a.folder, a.year).cmp(&(b.state, &b.due, &b.folder, b.year)));
        status.years =
            job.due.iter().map(|due| due.year).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        status
    }
}

impl OrganStatus {
    /// Counts a warning that only the others tell.
    fn warn(&mut self, code: Code) {
        self.warnings += 1;
        self.problems.push(CodeCount { code: code.as_str().to_owned(), severity: Severity::Warning, count: 1 });
        self.state = self.state.min(State::Warned);
    }
}

fn looked_at(job: &StatusJob, due: &Due, forms: &Forms, out: &Path) -> Surveyed {
    let listed = job.list.listed(&due.folder);
    let row = OrganStatus {
        folder: due.folder.clone(),
        name: listed.and_then(|organ| organ.name.clone()).unwrap_or_default(),
        groups: listed.map(|organ| organ.groups.clone()).unwrap_or_default(),
        year: due.year,
        state: State::Missing,
        facts: due.file.as_deref().map(display_path),
        owed: due.owed,
        form: None,
        errors: 0,
        warnings: 0,
        accepted: 0,
        problems: Vec::new(),
        prose_kept: None,
        figures_kept: None,
        published: None,
        due: None,
        is_late: false,
        pages: Vec::new(),
        pages_are_current: None,
        same_as: None,
        consolidates: 0,
        counted_in: Vec::new(),
    };
    let blank = Surveyed { row, source: None, form: None, problems: Problems::new(), report: None };
    match &due.file {
        None => missing(blank, &job.list.file(&due.folder, due.year), forms),
        Some(file) => there(blank, file, forms, &out.join(&due.folder).join(due.year.to_string())),
    }
}

/// Of a report that is not there, what last year's says.
fn missing(mut surveyed: Surveyed, file: &Path, forms: &Forms) -> Surveyed {
    let before = YearsBefore::of(file);
    let last = before.source(surveyed.row.year.saturating_sub(1)).ok().flatten();
    let form = last.as_ref().and_then(|source| forms.parse(source).ok().and_then(|facts| forms.of(&facts).ok()));
    let values = last.zip(form.clone()).and_then(|(source, form)| {
        let path = before.path_of(surveyed.row.year.saturating_sub(1));
        last_year::values(&source, &path, &form, &Around::of(forms))
    });
    let mut values = values.map(|last| last.values).unwrap_or_default();
    if let (Some(form), false) = (&form, surveyed.row.name.is_empty()) {
        let name = Value::Line(surveyed.row.name.clone());
        values.insert(form.author.clone(), Entry { value: name, place: None });
    }
    if let Some(form) = form {
        surveyed.identify(&form, &values, file);
        surveyed.form = Some(form);
    }
    surveyed.name_by_folder();
    surveyed
}

fn there(mut surveyed: Surveyed, file: &Path, forms: &Forms, target: &Path) -> Surveyed {
    surveyed.row.state = State::Wrong;
    let source = match facts::open(file) {
        Ok(source) => source,
        Err(problems) => {
            surveyed.judge(problems);
            surveyed.name_by_folder();
            return surveyed;
        }
    };
    surveyed.source = Some(Arc::clone(&source));
    match whole(|| Loaded::of(&source, file, forms, Errors::Draft)) {
        Ok(loaded) => {
            let Loaded { report, mut problems, years_before, .. } = loaded;
            if !problems.iter().any(Diagnostic::is_error) {
                match forms.undrawn(&report) {
                    Ok(undrawn) => problems.extend(undrawn),
                    Err(unreadable) => problems.push(unreadable),
                }
            }
            surveyed.judge(problems);
            surveyed.report(&report, file);
            (surveyed.row.pages, surveyed.row.pages_are_current) =
                current_pages(target, &source, &report, &years_before);
            surveyed.form = Some(Arc::clone(&report.form));
            surveyed.report = Some(report);
        }
        Err(problems) => {
            surveyed.judge(problems);
            surveyed.form = forms.parse(&source).ok().and_then(|facts| forms.of(&facts).ok());
        }
    }
    surveyed.row.state = surveyed.state();
    surveyed.name_by_folder();
    surveyed
}

impl Surveyed {
    fn judge(&mut self, problems: Problems) {
        let mut counts: BTreeMap<(bool, String), usize> = BTreeMap::new();
        for problem in problems.iter().filter(|problem| problem.severity != Severity::Note) {
            *counts.entry((problem.is_warning(), problem.code.to_string())).or_default() += 1;
        }
        let row = &mut self.row;
        for ((is_warning, code), count) in counts {
            let severity = if is_warning { Severity::Warning } else { Severity::Error };
            *(if is_warning { &mut row.warnings } else { &mut row.errors }) += count;
            row.problems.push(CodeCount { code, severity, count });
        }
        self.problems = problems;
    }

    fn report(&mut self, report: &Report, file: &Path) {
        self.identify(&report.form, &report.values, file);
        let row = &mut self.row;
        row.accepted = report.accepted.len();
        (row.prose_kept, row.figures_kept) =
            kept(report).map_or((None, None), |(prose, figures)| (Share::percent(prose), Share::percent(figures)));
        row.consolidates = report.consolidated.as_ref().map_or(0, |all| all.parts.len());
    }

    /// Who the report is of, and when it is due.
    fn identify(&mut self, form: &Form, values: &Values, file: &Path) {
        let row = &mut self.row;
        row.form = Some(form.name.clone());
        row.name = author(form, values).unwrap_or_else(|| row.name.clone());
        let published = form.dated.as_ref().and_then(|key| match &values.get(key)?.value {
            Value::Date(date) => Some(*date),
            _ => None,
        });
        let due: Option<Date> = due(form, row.year, values, file);
        let is_there = row.facts.is_some();
        row.published = published.filter(|_| is_there).map(literal::day);
        row.due = due.map(literal::day);
        row.is_late = is_there && published.zip(due).is_some_and(|(published, due)| published > due);
    }

    fn name_by_folder(&mut self) {
        if self.row.name.is_empty() {
            self.row.name = self.row.folder.rsplit('/').next().unwrap_or_default().to_owned();
        }
    }

    fn state(&self) -> State {
        match (&self.row.pages_are_current, self.row.errors, self.row.warnings) {
            (_, 1.., _) => State::Wrong,
            (_, _, 1..) => State::Warned,
            (Some(false), ..) => State::Outdated,
            (None, ..) => State::Unbuilt,
            (Some(true), ..) => State::Done,
        }
    }
}
