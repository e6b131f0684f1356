//! Patterns in text: a number that differs from the table, a year that is not this one, a leftover of a template. In:
//! the texts of the facts as the page will show them; out: a problem at the very words.

use std::collections::BTreeMap;
use std::ops::Range;

use fancy_regex::Captures;
use minijinja::Value as Operand;

use super::conditions::{Scope, failed};
use super::prose::Looked;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::regex::Search;
use crate::form::rules::{AFTER, BEFORE, REST, SENTENCE};
use crate::form::{Form, Pattern};
use crate::report::figure;

/// The group that a message points at, where a pattern has it; else it points at the whole match.
const SHOWN: &str = "figure";
/// How many problems patterns find in a report before they look no further.
const MOST_TOLD: usize = 10_000;
/// How much of a sentence before and behind a match counts, in bytes: some eight hundred characters.
const NEAR: usize = 2_400;
/// How many cells a message names one by one.
const FEW: usize = 3;

/// Checks every pattern of the form.
pub(super) fn check(scope: Scope<'_>, texts: &[Looked<'_>], problems: &mut Vec<Diagnostic>) {
    let mut told = Told { first: problems.len(), stretches: BTreeMap::new() };
    let checks = &scope.sources.form.checks;
    for text in texts {
        let is_needed = checks.needed().in_text(&text.normal.text);
        let has_digit = text.normal.text.bytes().any(|byte| byte.is_ascii_digit());
        let numbers = checks.patterns_of.get(&text.prose.key).map(Vec::as_slice).unwrap_or_default();
        // One that must find something is looked at in any case.
        let is_due = |number: &usize| {
            checks
                .patterns
                .get(*number)
                .filter(|pattern| pattern.required || ((has_digit || !pattern.needs_digit) && is_needed(*number)))
        };
        for pattern in numbers.iter().filter_map(is_due) {
            match look(scope, pattern, text, &mut told, problems) {
                Ok(()) => {}
                Err(Trouble::Time) => {
                    problems.extend(scope.budget.spent_on(&pattern.rule.code, &pattern.place));
                    return;
                }
                Err(Trouble::Test(said)) => problems.push(failed(&pattern.rule.code, &pattern.place, &said)),
                Err(Trouble::Search(error)) => problems.push(given_up(pattern, text, &error)),
            }
            // Each takes memory; what is not looked at any more may not pass for being in order.
            if problems.len() - told.first > MOST_TOLD {
                problems.push(too_many(text));
                return;
            }
        }
    }
}

fn too_many(text: &Looked<'_>) -> Diagnostic {
    let message = text!(
        "正文问题超过 {MOST_TOLD} 处，其余没有再检查",
        "more than {MOST_TOLD} problems in the prose; the rest was not looked at"
    );
    Diagnostic::error(Code::TooLarge, message)
        .at(text.prose.place.clone())
        .help(text!("先改正已列出的，再检查一次", "mend those listed, and check again"))
}

/// What keeps a pattern from being checked.
enum Trouble {
    /// The time for all checks is spent.
    Time,
    /// Its test cannot be worked out.
    Test(String),
    /// The text is too long, or too much like the pattern everywhere, to be searched in time.
    Search(Box<fancy_regex::Error>),
}

impl From<Box<fancy_regex::Error>> for Trouble {
    fn from(error: Box<fancy_regex::Error>) -> Self {
        Self::Search(error)
    }
}

impl From<fancy_regex::Error> for Trouble {
    fn from(error: fancy_regex::Error) -> Self {
        Self::Search(Box::new(error))
    }
}

/// The warning that a text was not looked through; no text of an office should keep its report from being made.
fn given_up(pattern: &Pattern, text: &Looked<'_>, error: &fancy_regex::Error) -> Diagnostic {
    let rule = &pattern.rule.code;
    let message =
        text!("没有检查 {rule}：文字过长或过于重复", "{rule} was not checked: the text is too long or too repetitive");
    Diagnostic::warning(Code::CheckFailed, message).at(text.prose.place.clone()).note(text!("{error}", "{error}"))
}

fn look(
    scope: Scope<'_>,
    pattern: &Pattern,
    text: &Looked<'_>,
    told: &mut Told,
    problems: &mut Vec<Diagnostic>,
) -> Result<(), Trouble> {
    let mut seen = false;
    let in_time = || if scope.budget.is_spent() { Err(Trouble::Time) } else { Ok(()) };
    in_time()?;
    // Most find nothing, and to know that is cheaper than to look for their groups.
    if !pattern.required && !pattern.find.regex()?.is_match(&text.normal.text)? {
        return Ok(());
    }
    let mut excuses = Excuses::of(pattern, &text.normal.text);
    for found in pattern.find.regex()?.captures_iter(&text.normal.text) {
        let found = found?;
        in_time()?;
        if problems.len() - told.first > MOST_TOLD {
            break;
        }
        seen = true;
        if !pattern.required && !passes(scope, pattern, text, &found, &mut excuses)? {
            let found = problem(scope, pattern, text, &found);
            problems.extend(found.filter(|found| is_new(found, told)));
        }
    }
    if pattern.required && !seen {
        problems.push(missing(pattern, text));
    }
    Ok(())
}

/// What patterns have told so far.
struct Told {
    /// How many problems there were before.
    first: usize,
    /// The stretches of the facts that were told, by code; none of one code overlaps another of it.
    stretches: BTreeMap<Code, BTreeMap<usize, usize>>,
}

/// Whether no other pattern of the same rule has told the same words: one thing is said in ways that overlap.
fn is_new(found: &Diagnostic, told: &mut Told) -> bool {
    let Some(Range { start, end }) = found.primary().map(|place| place.span.clone()) else { return true };
    let told = told.stretches.entry(found.code.clone()).or_default();
    let is_new = told.range(..end).next_back().is_none_or(|(_, before)| *before <= start);
    if is_new {
        told.insert(start, end);
    }
    is_new
}

/// Whether a match is no violation.
fn passes(
    scope: Scope<'_>,
    pattern: &Pattern,
    text: &Looked<'_>,
    found: &Captures<'_>,
    excuses: &mut Excuses<'_>,
) -> Result<bool, Trouble> {
    let (Some(whole), Some(shown)) = (found.get(0), found.name(SHOWN).or_else(|| found.get(0))) else {
        return Ok(true);
    };
    let all = text.normal.text.as_str();
    let around = near(text, &whole.range());
    if excuses.cover(&around, &shown.range())? {
        return Ok(true);
    }
    match &pattern.test {
        None => Ok(false),
        Some(test) => {
            let holds = scope.holds(test, "", &given(pattern, found, all, &around)).map_err(Trouble::Test)?;
            Ok(holds.unwrap_or(true))
        }
    }
}

/// The sentence around a match, as far as it is near: a text without a full stop is one sentence, and it may have thousands of
/// matches.
fn near(text: &Looked<'_>, found: &Range<usize>) -> Range<usize> {
    let (all, sentence) = (text.normal.text.as_str(), text.sentence(found));
    let start = all.floor_char_boundary(found.start.saturating_sub(NEAR)).max(sentence.start);
    let end = all.ceil_char_boundary(found.end.saturating_add(NEAR).min(all.len())).min(sentence.end);
    start..end
}

/// Where the words stand in a text that excuse a match: an exception holds for what it covers, and for nothing else in the
/// sentence. They are looked for once for all matches, as far as one needs them.
struct Excuses<'t> {
    text: &'t str,
    unless: Option<&'t Search>,
    /// In order, each beginning behind the beginning of the one before.
    found: Vec<Range<usize>>,
    /// From where more are to be looked for; nothing once there are no more.
    next: Option<usize>,
}

impl<'t> Excuses<'t> {
    fn of(pattern: &'t Pattern, text: &'t str) -> Self {
        Self { text, unless: pattern.unless.as_ref(), found: Vec::new(), next: Some(0) }
    }

    /// Whether one that begins in the sentence covers what is shown.
    fn cover(&mut self, around: &Range<usize>, shown: &Range<usize>) -> Result<bool, Trouble> {
        let Some(unless) = self.unless else { return Ok(false) };
        while let Some(from) = self.next.filter(|from| *from <= shown.start) {
            let found = unless.regex()?.find_from_pos(self.text, from)?;
            self.next =
                found.map(|found| self.text.ceil_char_boundary(found.start() + 1)).filter(|_| from < self.text.len());
            self.found.extend(found.map(|found| found.range()));
        }
        let first = self.found.partition_point(|excuse| excuse.start < around.start);
        let mut begun = self.found[first..].iter().take_while(|excuse| excuse.start <= shown.start);
        Ok(begun.any(|excuse| shown.end <= excuse.end))
    }
}

/// The named groups, the sentence, and what of it stands before and after the match, for the test; groups of digits are
/// numbers.
fn given(pattern: &Pattern, found: &Captures<'_>, text: &str, around: &Range<usize>) -> Vec<(String, Operand)> {
    let whole = found.get(0).map_or(around.clone(), |whole| whole.range());
    let mut given = vec![(SENTENCE.to_owned(), Operand::from(&text[around.clone()]))];
    for name in pattern.find.names() {
        let written = found.name(name).map_or("", |group| group.as_str());
        let operand = written.parse::<i64>().map_or_else(|_| Operand::from(written), Operand::from);
        given.push((name.to_owned(), operand));
    }
    // A group of the same name comes first.
    given.push((BEFORE.to_owned(), Operand::from(&text[around.start..whole.start])));
    let rest = &text[whole.end..text.ceil_char_boundary(whole.end.saturating_add(4 * NEAR).min(text.len()))];
    let paragraph = rest.find('\n').map_or(whole.end + rest.len(), |at| whole.end + at);
    given.push((REST.to_owned(), Operand::from(&text[whole.end..paragraph])));
    given.push((AFTER.to_owned(), Operand::from(&text[whole.end..around.end.max(whole.end)])));
    given
}

fn problem(scope: Scope<'_>, pattern: &Pattern, text: &Looked<'_>, found: &Captures<'_>) -> Option<Diagnostic> {
    let form = scope.sources.form;
    let rule = &pattern.rule;
    let whole = found.name(SHOWN).or_else(|| found.get(0))?;
    let mut problem = rule.violation().at_saying(text.place(whole.range()), text.said(whole.range()));
    let mut figures = Vec::new();
    if let Some(test) = &pattern.test {
        let cells: Vec<&String> = test.reads.iter().filter(|key| is_cell(form, key)).collect();
        // Of a sum of many cells, those that are zero say nothing.
        let is_told = |key: &&String| {
            cells.len() <= FEW || !is_cell(form, key) || figure(scope.sources.values, key).is_none_or(|n| !n.is_zero())
        };
        problem = scope.labelled(problem, test.reads.iter().filter(is_told), "");
        let told: Vec<&String> = cells.iter().copied().filter(is_told).collect();
        problem = noted(problem, scope, &told);
        figures = cells.iter().filter(|_| cells.len() <= FEW).map(|key| format!("{{{{ {key} }}}}")).collect();
    }
    problem = rule.sourced(problem);
    if problem.help.is_none() && !figures.is_empty() {
        let (zh, en) = (figures.join("、"), figures.join(", "));
        problem = problem.help(text!(
            "改正数字；或引用表中的数字，正文就不会与表不一致：{zh}",
            "correct the number, or take it from the table so that the two cannot differ: {en}"
        ));
    }
    Some(problem)
}

fn is_cell(form: &Form, key: &str) -> bool {
    form.keys.get(key).is_some_and(|known| known.is_cell)
}

/// The problem with what the table has in these cells: a note for each, or one for many.
fn noted(problem: Diagnostic, scope: Scope<'_>, cells: &[&String]) -> Diagnostic {
    let form = scope.sources.form;
    let said = cells.iter().map(|key| {
        let label = form.label_of(key).unwrap_or_default();
        let number = figure(scope.sources.values, key).unwrap_or_default();
        text!("“{label}”是 {number}", "{key} ({label}) is {number}")
    });
    let said: Vec<Text> = said.collect();
    if said.len() > FEW {
        let all = |language: fn(&Text) -> &str, with: &str| said.iter().map(language).collect::<Vec<_>>().join(with);
        let (zh, en) = (all(|text| &text.zh, "，"), all(|text| &text.en, "; "));
        return problem.note(text!("表中{zh}", "in the table, {en}"));
    }
    said.iter().fold(problem, |problem, Text { zh, en }| problem.note(text!("表中{zh}", "in the table, {en}")))
}

fn missing(pattern: &Pattern, text: &Looked<'_>) -> Diagnostic {
    let rule = &pattern.rule;
    let problem = rule.violation().at(text.prose.place.clone());
    rule.sourced(problem)
}
