//! The figures of the organs that a government consolidates. In: what its facts say, and the project; out: the figures of each organ,
//! read and checked once in a run however many governments count it, and at its place each one that is missing, has errors, is of another form,
//! counts twice or leads back to where it began.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;

use super::forms::Forms;
use super::found::Found;
use crate::check;
use crate::consolidate::declared::Named;
use crate::consolidate::{Consolidated, Consolidates, Counted, Organs, Part, Reading, Subject, named};
use crate::diag::{Code, Diagnostic, Problems, Text, text};
use crate::facts;
use crate::facts::years_before::YearsBefore;
use crate::project::{OrganList, Unknown};
use crate::source::display_path;

/// How many of the organs with errors are told with what is wrong with them.
const EXPLAINED: usize = 10;
/// With fewer organs, it is not worth the while to read several at once.
const FEW: usize = 8;

/// How many governments may stand above each other: a ministry, a province, a city, a county, a township, and some to spare.
const LEVELS: usize = 16;

/// The organs of a project, seen from facts that are being read.
pub struct Around<'a> {
    forms: &'a Forms,
    /// The governments that the facts are read for, each of which consolidates the next.
    above: Vec<Year>,
}

/// An organ's folder and a year. What an organ was part of in another year leads round in no circle.
type Year = (String, u16);

/// A folder that is to be added up.
struct Member {
    folder: String,
    /// By which of the names.
    entry: usize,
}

impl<'a> Around<'a> {
    /// Seen from facts that are read for themselves.
    pub fn of(forms: &'a Forms) -> Self {
        Self { forms, above: Vec::new() }
    }
}

/// A government whose organs are being read.
struct Government<'a> {
    forms: &'a Forms,
    list: Arc<OrganList>,
    /// The governments that lead to it, itself last unless it is in no folder of organs.
    round: Vec<Year>,
    /// Its own folder.
    own: Option<String>,
    of: &'a Subject<'a>,
}

impl Organs for Around<'_> {
    fn gather(&self, consolidates: &Consolidates, of: &Subject<'_>) -> (Consolidated, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let list = self.forms.organs();
        let own = list.folder_of(of.path);
        let round = self.above.iter().cloned().chain(own.clone().map(|own| (own, of.year))).collect();
        let government = Government { forms: self.forms, list, round, own, of };
        let members = government.members(consolidates, &mut problems);
        let found = government.found(&members);
        let mut consolidated = Consolidated::new(of.form, &consolidates.place);
        let mut faults = Faults::default();
        for (member, found) in members.iter().zip(found) {
            match found {
                Found::Part(part) => {
                    faults.count(&part, member);
                    consolidated.add(part);
                }
                other => faults.note(&government, member, other),
            }
        }
        problems.extend(faults.told(&consolidates.organs, &government));
        consolidated.is_whole = consolidates.is_clear && problems.is_empty();
        (consolidated, problems)
    }
}

impl Government<'_> {
    /// The folders that the names mean, without those that are left out.
    fn members(&self, consolidates: &Consolidates, problems: &mut Vec<Diagnostic>) -> Vec<Member> {
        let (list, year) = (&self.list, self.of.year);
        let mut members: BTreeMap<String, usize> = BTreeMap::new();
        for (entry, named) in consolidates.organs.iter().enumerate() {
            let folders = match list.named(&named.name, year) {
                Ok(folders) => folders,
                Err(unknown) => {
                    problems.push(unknown_organ(named, &unknown, year));
                    continue;
                }
            };
            let is_single = folders.len() == 1;
            let mut again: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            for folder in folders {
                match &self.own {
                    Some(own) if *own == folder && is_single => problems.push(circle(named, &folder)),
                    // What a pattern or a group means beside the government itself are its organs.
                    Some(own) if *own == folder => {}
                    _ => match members.get(&folder) {
                        Some(first) => again.entry(*first).or_default().push(folder),
                        None => drop(members.insert(folder, entry)),
                    },
                }
            }
            let first = |first: usize| consolidates.organs.get(first);
            let twice = again.iter().filter_map(|(entry, folders)| Some(listed_twice(named, first(*entry)?, folders)));
            problems.extend(twice);
        }
        for without in &consolidates.without {
            problems.extend(self.leave_out(&without.organ, &mut members));
        }
        let mut members: Vec<Member> = members.into_iter().map(|(folder, entry)| Member { folder, entry }).collect();
        members.sort_by_key(|member| member.entry);
        members
    }

    /// Takes out what a name means; tells one that means none of the members.
    fn leave_out(&self, named: &Named, members: &mut BTreeMap<String, usize>) -> Option<Diagnostic> {
        let folders = match self.list.named(&named.name, self.of.year) {
            Ok(folders) => folders,
            // Of those that a name could mean, one alone may be added up.
            Err(Unknown::Several(folders)) => {
                let meant: Vec<String> = folders.into_iter().filter(|folder| members.contains_key(folder)).collect();
                if meant.len() > 1 {
                    return Some(unknown_organ(named, &Unknown::Several(meant), self.of.year));
                }
                meant
            }
            Err(unknown @ Unknown::Pattern(_)) => return Some(unknown_organ(named, &unknown, self.of.year)),
            Err(Unknown::Nothing(_)) => Vec::new(),
        };
        let left_out = folders.iter().filter(|folder| members.remove(*folder).is_some()).count();
        (left_out == 0).then(|| not_left_out(named, members.keys().map(String::as_str)))
    }

    /// What there is of each member. Several are read at once, unless others are being read at the same time for the same report.
    fn found(&self, members: &[Member]) -> Vec<Found> {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN).get();
        if members.len() < FEW || threads == 1 || self.round.len() > 1 {
            return members.iter().map(|member| self.organ(&member.folder)).collect();
        }
        let next = AtomicUsize::new(0);
        // In a pool of rayon's, whoever waits for the others would begin on other reports meanwhile, one within the other.
        let work = || -> Vec<(usize, Found)> {
            let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            numbers.map_while(|number| Some((number, self.organ(&members.get(number)?.folder)))).collect()
        };
        let mut found: Vec<(usize, Found)> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)))
                .collect()
        });
        found.sort_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, found)| found).collect()
    }

    fn organ(&self, folder: &str) -> Found {
        let (list, of) = (&self.list, self.of);
        if !list.has(folder, of.year) {
            return Found::Missing;
        }
        if self.round.iter().any(|(above, year)| above == folder && *year == of.year) {
            return wrong(&[Diagnostic::error(Code::OrganCircle, self.round_in_words(folder))]);
        }
        if self.round.len() >= LEVELS {
            return wrong(&[too_many_levels()]);
        }
        let file = list.file(folder, of.year);
        let key = (file.clone(), of.reading);
        let known = || self.forms.known_organs().lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return found.clone();
        }
        // Two who ask at the same time both read it: whoever waited for the other could wait for itself.
        let found = self.read(folder, &file).unwrap_or_else(|problems| wrong(&problems));
        known().insert(key, found.clone());
        found
    }

    fn read(&self, folder: &str, file: &Path) -> Result<Found, Problems> {
        let of = self.of;
        let source = facts::open(file)?;
        let facts = self.forms.parse(&source)?;
        let form = self.forms.of(&facts)?;
        if form.name != of.form.name {
            return Ok(Found::Form(form.name.clone()));
        }
        let below = Around { forms: self.forms, above: self.round.clone() };
        let mut counted = vec![Arc::new(Counted::new(file, &source))];
        let values = match of.reading {
            Reading::AsLastYear => {
                let last = check::last_year::values(&source, file, &form, &below);
                let Some(last) = last.filter(|_| facts.stated_year() == Some(of.year)) else {
                    let shown = display_path(file);
                    let message = text!("{shown} 有错误", "{shown} is wrong");
                    return Err(Diagnostic::error(Code::OrganWrong, message).into());
                };
                counted.extend(last.counted);
                last.values
            }
            Reading::Checked => {
                let (report, _) = check::check(&facts, &form, &YearsBefore::of(file), &below)?;
                let undrawn = self.forms.undrawn(&report)?;
                if !undrawn.is_empty() {
                    return Err(undrawn);
                }
                counted.extend(report.consolidated.iter().flat_map(Consolidated::counted).cloned());
                report.values
            }
        };
        Ok(Found::Part(Arc::new(Part::of(&form, &values, folder, counted))))
    }

    /// The way round from an organ to itself, the same whoever is asked for.
    fn round_in_words(&self, folder: &str) -> Text {
        let begin = self.round.iter().position(|(above, _)| above == folder).unwrap_or_default();
        let mut round: Vec<&str> = self.round.iter().skip(begin).map(|(above, _)| above.as_str()).collect();
        let first = (0..round.len()).min_by_key(|at| round.get(*at)).unwrap_or_default();
        round.rotate_left(first);
        round.extend(round.first().copied());
        round_in_words(&round)
    }

    /// What an organ is called, with its folder where that is something else.
    fn name_of(&self, folder: &str) -> Text {
        match self.list.listed(folder).and_then(|organ| organ.name.as_deref()) {
            Some(name) => text!("{name}（{folder}）", "{name} ({folder})"),
            None => text!("{folder}", "{folder}"),
        }
    }
}

/// The names of organs in one message.
fn listed(names: impl IntoIterator<Item = Text>) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = names.into_iter().map(|name| (name.zh, name.en)).unzip();
    Text { zh: named(&zh).zh, en: named(&en).en }
}

fn wrong(problems: &[Diagnostic]) -> Found {
    let errors = || problems.iter().filter(|problem| problem.is_error());
    // What leads round in a circle is the cause of whatever else is wrong.
    let circle = problems.iter().find(|problem| problem.code == Code::OrganCircle);
    let first = circle.or_else(|| errors().next()).or(problems.first());
    let message = || Diagnostic::error(Code::OrganWrong, text!("有错误", "it is wrong"));
    Found::Wrong(Arc::new(first.cloned().unwrap_or_else(message)), errors().count().max(1))
}

/// What is wrong with the members, by the name that names them.
#[derive(Default)]
struct Faults {
    missing: BTreeMap<usize, Vec<Text>>,
    forms: BTreeMap<(usize, String), Vec<Text>>,
    wrong: BTreeMap<usize, Vec<(Text, Arc<Diagnostic>, usize)>>,
    /// Each circle once.
    circles: BTreeMap<(usize, String), Text>,
    /// For each file that counts, the member that it counts in.
    counted: HashMap<PathBuf, String>,
    twice: Vec<(String, String, usize, PathBuf)>,
}

impl Faults {
    /// Takes down which files count in a member, and which of them count elsewhere too.
    fn count(&mut self, part: &Part, member: &Member) {
        for counted in &part.counted {
            match self.counted.get(&counted.file) {
                Some(other) => {
                    self.twice.push((other.clone(), member.folder.clone(), member.entry, counted.file.clone()));
                }
                None => {
                    self.counted.insert(counted.file.clone(), member.folder.clone());
                }
            }
        }
    }

    fn note(&mut self, government: &Government<'_>, member: &Member, found: Found) {
        let (entry, name) = (member.entry, government.name_of(&member.folder));
        match found {
            Found::Part(_) => {}
            Found::Missing => self.missing.entry(entry).or_default().push(name),
            Found::Form(form) => self.forms.entry((entry, form)).or_default().push(name),
            Found::Wrong(problem, _) if problem.code == Code::OrganCircle => {
                self.circles.insert((entry, problem.message.zh.clone()), problem.message.clone());
            }
            Found::Wrong(problem, count) => self.wrong.entry(entry).or_default().push((name, problem, count)),
        }
    }

    fn told(self, entries: &[Named], government: &Government<'_>) -> Vec<Diagnostic> {
        let of = government.of;
        let at = |entry: usize, code: Code, message: Text| match entries.get(entry) {
            Some(named) => Diagnostic::error(code, message).at(named.place.clone()),
            None => Diagnostic::error(code, message),
        };
        let missing = self.missing.into_iter().map(|(entry, names)| {
            let (year, count, Text { zh, en }) = (of.year, names.len(), listed(names));
            at(
                entry,
                Code::OrganMissing,
                text!("{count} 个机关没有 {year} 年的事实文件：{zh}", "organs without facts of {year}: {count} ({en})"),
            )
            .help(text!(
                "催报；确实不用报的，写 without = [{{ organ = \"…\", reason = \"…\" }}]",
                "ask for them; for one that need not report, write without = [{{ organ = \"…\", reason = \"…\" }}]"
            ))
        });
        let forms = self.forms.into_iter().map(|((entry, form), names)| {
            let (own, Text { zh, en }) = (&of.form.name, listed(names));
            at(
                entry,
                Code::OrganWrong,
                text!(
                    "表式不同（{form}，本级是 {own}），不能相加：{zh}",
                    "of another form ({form}, and this one is {own}), which cannot be added up: {en}"
                ),
            )
            .help(text!("从 organs 中去掉，或写在 without 中", "take it out of `organs`, or put it into `without`"))
        });
        let wrong =
            self.wrong.into_iter().map(|(entry, organs)| told_wrong(&organs, |code, message| at(entry, code, message)));
        let circles = self.circles.into_iter().map(|((entry, _), round)| {
            at(entry, Code::OrganCircle, round).help(text!(
                "从圈中一个机关的 organs 里去掉下一个",
                "take the next one out of the `organs` of one that is in the circle"
            ))
        });
        let twice = self.twice.into_iter().map(|(first, second, entry, file)| {
            let (file, first, second) = (display_path(&file), government.name_of(&first), government.name_of(&second));
            let (Text { zh: first_zh, en: first_en }, Text { zh: second_zh, en: second_en }) = (first, second);
            at(
                entry,
                Code::OrganTwice,
                text!(
                    "{file} 会算两次：在 {first_zh} 里一次，在 {second_zh} 里一次",
                    "{file} would count twice: in {first_en} and in {second_en}"
                ),
            )
            .help(text!(
                "从 organs 中去掉一个，或写在 without 中",
                "take one of them out of `organs`, or put it into `without`"
            ))
        });
        missing.chain(forms).chain(wrong).chain(circles).chain(twice.take(EXPLAINED)).collect()
    }
}

/// The organs of one name that have errors, each with its first one.
fn told_wrong(organs: &[(Text, Arc<Diagnostic>, usize)], at: impl Fn(Code, Text) -> Diagnostic) -> Diagnostic {
    let (count, Text { zh, en }) = (organs.len(), listed(organs.iter().map(|(name, ..)| name.clone())));
    let problem = at(
        Code::OrganWrong,
        text!(
            "{count} 个机关的事实文件有错误，不能相加：{zh}",
            "organs with errors, which cannot be added up: {count} ({en})"
        ),
    );
    let said = |(name, problem, count): &(Text, Arc<Diagnostic>, usize)| {
        let Text { zh: name_zh, en: name_en } = name;
        let place = problem.primary().map(|place| format!("{place} ")).unwrap_or_default();
        let Text { zh, en } = &problem.message;
        match count - 1 {
            0 => text!("{name_zh}：{place}{zh}", "{name_en}: {place}{en}"),
            more => text!("{name_zh}：{place}{zh}（另有 {more} 个错误）", "{name_en}: {place}{en} (and {more} more)"),
        }
    };
    let problem = organs.iter().take(EXPLAINED).map(said).fold(problem, Diagnostic::note);
    problem.help(text!("先改正这些文件：nianbao check <机关>", "mend these first: `nianbao check <organ>`"))
}

fn unknown_organ(named: &Named, unknown: &Unknown, year: u16) -> Diagnostic {
    let name = &named.name;
    let problem = |message| Diagnostic::error(Code::OrganUnknown, message).at(named.place.clone());
    match unknown {
        Unknown::Nothing(near) => {
            let last = year.saturating_sub(1);
            let problem = problem(text!(
                "没有“{name}”：它不是 reports/ 下有 {last} 或 {year} 年事实的文件夹，也不是 nianbao.toml 中的机关或组",
                "there is no `{name}`: neither a folder below reports/ with facts of {last} or {year}, nor an organ or a group of nianbao.toml"
            ));
            match near.is_empty() {
                true => problem.help(text!(
                    "写 reports/ 下的文件夹、通配式（县区/*）或 nianbao.toml 中的组",
                    "name a folder below reports/, a pattern (counties/*) or a group of nianbao.toml"
                )),
                false => {
                    let (zh, en) = (near.join("、"), near.join(", "));
                    problem.help(text!("是否为：{zh}？", "did you mean one of these: {en}?"))
                }
            }
        }
        Unknown::Pattern(Text { zh, en }) => {
            problem(text!("通配式“{name}”有误：{zh}", "the pattern `{name}` is wrong: {en}"))
        }
        Unknown::Several(folders) => {
            let (zh, en) = (folders.join("、"), folders.join(", "));
            problem(text!("“{name}”有几个", "there are several of the name `{name}`"))
                .help(text!("写明是哪一个：{zh}", "say which: {en}"))
        }
    }
}

fn too_many_levels() -> Diagnostic {
    let message = text!("汇总超过 {LEVELS} 层", "more than {LEVELS} levels are added up");
    Diagnostic::error(Code::OrganWrong, message)
}

fn circle(named: &Named, folder: &str) -> Diagnostic {
    let problem = Diagnostic::error(Code::OrganCircle, round_in_words(&[folder, folder])).at(named.place.clone());
    problem.help(text!("从 organs 中删去本级", "take the government itself out of `organs`"))
}

fn round_in_words(round: &[&str]) -> Text {
    let round = round.join(" → ");
    text!("汇总绕成了圈：{round}", "what is added up leads round in a circle: {round}")
}

fn listed_twice(named: &Named, first: &Named, folders: &[String]) -> Diagnostic {
    let Text { zh, en } = crate::consolidate::named(folders);
    let message = text!("会算两次：{zh}", "these would count twice: {en}");
    let problem = Diagnostic::error(Code::OrganTwice, message).at(named.place.clone());
    problem
        .and_at(first.place.clone(), text!("在这里已经算了", "counted here already"))
        .help(text!("删去其中一个，或写得窄些", "take one of the two out, or make it narrower"))
}

fn not_left_out<'m>(named: &Named, members: impl Iterator<Item = &'m str>) -> Diagnostic {
    let name = &named.name;
    let message = text!("“{name}”不在要汇总的机关之中", "`{name}` is none of the organs that are added up");
    let problem = Diagnostic::error(Code::OrganUnknown, message).at(named.place.clone());
    let near = crate::diag::did_you_mean(name, members.collect::<BTreeSet<_>>());
    problem.help(near.unwrap_or_else(|| text!("从 without 中删去", "take it out of `without`")))
}
