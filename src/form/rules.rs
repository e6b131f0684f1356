//! The checks of a form, made whole. In: what `form.toml` declares of rules, equations, conditions, patterns and
//! unchanged prose; out: [`Rules`], in which every expression and pattern is compiled and reads only what there is, or
//! a problem at each name, expression or pattern that is wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use time::{Date, Month};
use toml::Spanned;

use super::declared::{
    Declared, DeclaredBalanced, DeclaredCondition, DeclaredDoubled, DeclaredDue, DeclaredPattern, DeclaredRepeated,
    DeclaredRule, DeclaredUnchanged, Equation, Wording,
};
use super::expression::{Expression, Expressions};
use super::head::{Block, Head};
use super::key::Key;
use super::keys::Keys;
use super::kind::FieldKind;
use super::needed::Needed;
use super::regex::{Compiler, Refused, Search};
use super::rule::Rule;
use super::sums::{self, Origin, Sum};
use super::table::Table;
use crate::diag::{Code, Diagnostic, Text, did_you_mean, text};
use crate::source::{Place, Source};

/// The longest expression in bytes; a longer one could be nested deeper than the library's stack is.
const LONGEST: usize = 2_000;
/// The longest pattern in bytes, with all words in it.
const LONGEST_PATTERN: usize = 20_000;
/// How many patterns a form may have; the memory of each has a bound, and so has that of all of them.
const MOST_PATTERNS: usize = 500;
/// How many words of a form one pattern may hold.
const WORDS_IN_WORDS: usize = 100;

/// The checks that a form declares.
#[derive(Debug, Default)]
pub struct Rules {
    /// The rules by code.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// The sums that must hold: those of totals, then those of equations.
    pub sums: Vec<Sum>,
    /// The conditions on values.
    pub conditions: Vec<Condition>,
    /// The patterns in text.
    pub patterns: Vec<Pattern>,
    /// For each text, by its key, the patterns that look at it.
    pub patterns_of: BTreeMap<Key, Vec<usize>>,
    /// Which of the patterns are worth looking at in a text.
    needed: OnceLock<Needed>,
    /// The words that should not stand twice in a row.
    pub doubled: Vec<Doubled>,
    /// The prose that may not be last year's.
    pub unchanged: Vec<Unchanged>,
    /// The marks that come in pairs.
    pub balanced: Vec<Balanced>,
    /// Whether the figures may be last year's.
    pub repeated: Vec<Repeated>,
    /// By when reports are published; the first that holds.
    pub due: Vec<Due>,
    /// What evaluates the expressions in them.
    pub expressions: Expressions,
}

impl Rules {
    /// The words that each pattern needs, worked out when texts are first looked at.
    pub fn needed(&self) -> &Needed {
        self.needed.get_or_init(|| Needed::of(self.patterns.iter().map(|pattern| pattern.find.as_str())))
    }

    /// Whether any check enforces the rule called `code`.
    pub fn enforces(&self, code: &str) -> bool {
        self.sums.iter().any(|sum| matches!(&sum.origin, Origin::Equation { rule, .. } if rule.code == code))
            || self.conditions.iter().any(|condition| condition.rule.code == code)
            || self.patterns.iter().any(|pattern| pattern.rule.code == code)
            || self.doubled.iter().any(|doubled| doubled.rule.code == code)
            || self.unchanged.iter().any(|unchanged| unchanged.rule.code == code)
            || self.balanced.iter().any(|balanced| balanced.rule.code == code)
            || self.repeated.iter().any(|repeated| repeated.rule.code == code)
    }
}

/// A condition on values.
#[derive(Debug)]
pub struct Condition {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// The rows in each of which it holds; one that is empty where it holds once.
    pub each: Vec<String>,
    /// What must be true.
    pub test: Expression,
    /// When it matters.
    pub when: Option<Expression>,
    /// Where the form declares it.
    pub place: Place,
}

/// The last day on which reports may be published, in the year after the one reported on.
#[derive(Debug)]
pub struct Due {
    /// The month.
    pub month: Month,
    /// The day of the month.
    pub day: u8,
    /// For which reports; without it for all.
    pub when: Option<Expression>,
}

impl Due {
    /// The day, for a report of this year.
    pub fn after(&self, year: u16) -> Option<Date> {
        Date::from_calendar_date(i32::from(year) + 1, self.month, self.day).ok()
    }
}

/// A pattern in text.
#[derive(Debug)]
pub struct Pattern {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// The keys of the texts.
    pub keys: Vec<Key>,
    /// What is looked for.
    pub find: Search,
    /// Whether it finds nothing in a text without a digit.
    pub needs_digit: bool,
    /// What excuses a match that it covers.
    pub unless: Option<Search>,
    /// What must be true of a match.
    pub test: Option<Expression>,
    /// Whether the text must have a match.
    pub required: bool,
    /// Where the form declares it.
    pub place: Place,
}

/// Words that should not stand twice in a row.
#[derive(Debug)]
pub struct Doubled {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// The keys of the texts.
    pub keys: Vec<Key>,
    /// Words that may.
    pub unless: Option<Search>,
}

/// Prose that may not be last year's.
#[derive(Debug)]
pub struct Unchanged {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// The keys of the texts.
    pub keys: Vec<Key>,
    /// The share of sentences that may be last year's, in per cent.
    pub percent: u32,
    /// With fewer sentences than these, nothing is said.
    pub least: usize,
}

/// Quotation marks and brackets that come in pairs.
#[derive(Debug)]
pub struct Balanced {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// The keys of the texts.
    pub keys: Vec<Key>,
    /// What opens and what closes.
    pub pairs: Vec<(char, char)>,
}

/// Figures that may not all be last year's.
#[derive(Debug)]
pub struct Repeated {
    /// Its rule.
    pub rule: Arc<Rule>,
    /// With fewer figures above zero than these, nothing is said.
    pub least: usize,
}

/// Makes the checks of a declaration whole.
pub fn resolve(
    declared: &Declared,
    keys: &Keys,
    tables: &[Table],
    source: &Arc<Source>,
    is_trusted: bool,
    problems: &mut Vec<Diagnostic>,
) -> Rules {
    let rules = declared.rules.iter().map(|(code, rule)| (code.clone(), Arc::new(whole(code, rule)))).collect();
    let mut resolver = Resolver {
        declared,
        rules,
        keys,
        tables,
        source,
        expressions: Expressions::default(),
        compiler: if is_trusted { Compiler::trusting() } else { Compiler::default() },
        is_pattern: false,
        problems,
    };
    let equations: Vec<Vec<Sum>> =
        declared.equations.iter().filter_map(|equation| resolver.equation(equation)).collect();
    let sums = sums::totals(keys).chain(equations.into_iter().flatten()).collect();
    let conditions = declared.conditions.iter().filter_map(|condition| resolver.condition(condition)).collect();
    if let Some(pattern) = declared.patterns.get(MOST_PATTERNS) {
        let message = text!("正则表达式超过 {MOST_PATTERNS} 个", "there are more than {MOST_PATTERNS} patterns");
        resolver.wrong(&pattern.find, message, None);
    }
    let patterns = declared.patterns.iter().take(MOST_PATTERNS);
    let patterns: Vec<Pattern> = patterns.filter_map(|pattern| resolver.pattern(pattern)).collect();
    let mut patterns_of: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (number, pattern) in patterns.iter().enumerate() {
        pattern.keys.iter().for_each(|key| patterns_of.entry(key.clone()).or_default().push(number));
    }
    let doubled = declared.doubled.iter().filter_map(|doubled| resolver.doubled(doubled)).collect();
    let unchanged = declared.unchanged.iter().filter_map(|unchanged| resolver.unchanged(unchanged)).collect();
    let balanced = declared.balanced.iter().filter_map(|balanced| resolver.balanced(balanced)).collect();
    let repeated = declared.repeated.iter().filter_map(|repeated| resolver.repeated(repeated)).collect();
    let due = declared.due.iter().filter_map(|due| resolver.due(due)).collect();
    let Resolver { rules, expressions, .. } = resolver;
    Rules {
        rules,
        sums,
        conditions,
        patterns,
        patterns_of,
        needed: OnceLock::new(),
        doubled,
        unchanged,
        balanced,
        repeated,
        due,
        expressions,
    }
}

/// A rule with its code.
fn whole(code: &str, declared: &DeclaredRule) -> Rule {
    let DeclaredRule { severity, message, help, source, right, wrong, last } = declared.clone();
    let (message, help) = (message.into(), help.map(Wording::into));
    Rule { code: code.to_owned(), severity, message, help, source, right, wrong, last }
}

struct Resolver<'a> {
    declared: &'a Declared,
    rules: BTreeMap<String, Arc<Rule>>,
    keys: &'a Keys,
    tables: &'a [Table],
    source: &'a Arc<Source>,
    expressions: Expressions,
    compiler: Compiler,
    /// Whether the expression at hand is the test of a pattern.
    is_pattern: bool,
    problems: &'a mut Vec<Diagnostic>,
}

impl Resolver<'_> {
    fn rule(&mut self, name: &Spanned<String>) -> Option<Arc<Rule>> {
        let code = name.get_ref();
        if !self.declared.rules.contains_key(code) {
            let near = did_you_mean(code, self.declared.rules.keys().map(String::as_str));
            self.wrong(name, text!("没有名为“{code}”的规则", "there is no rule `{code}`"), near);
        }
        if Code::BUILT_IN.iter().any(|built_in| built_in.as_str() == code) {
            let message = text!("“{code}”是程序自己的代码", "`{code}` is one of the program's own codes");
            self.wrong(name, message, Some(text!("给规则另取一个名称", "call the rule something else")));
        }
        self.rules.get(code).map(Arc::clone)
    }

    /// The terms of an equation are rows, or columns where it names its rows.
    fn equation(&mut self, equation: &Equation) -> Option<Vec<Sum>> {
        let rule = self.rule(&equation.rule);
        let Some(table) = self.tables.iter().find(|table| table.name == *equation.table.get_ref()) else {
            let name = equation.table.get_ref();
            self.wrong(&equation.table, text!("没有名为“{name}”的表格", "there is no table `{name}`"), None);
            return None;
        };
        let keys = |leaves: fn(&Block) -> Vec<Vec<&Head>>| -> Vec<Key> {
            let paths = table.blocks.iter().flat_map(leaves);
            paths.filter_map(|path| path.last().map(|head| head.key.clone())).collect()
        };
        let (rows, columns) = (keys(Block::leaf_rows), keys(Block::leaf_columns));
        let terms = equation.left.iter().chain(&equation.right).chain(&equation.last);
        let terms_are = if equation.rows.is_empty() { &rows } else { &columns };
        let unknown_rows =
            equation.rows.iter().filter(|row| !rows.iter().any(|known| *known == row.get_ref().as_str()));
        for name in
            unknown_rows.chain(terms.filter(|term| !terms_are.iter().any(|known| *known == term.get_ref().as_str())))
        {
            let shown = name.get_ref();
            let known = rows.iter().chain(&columns).map(Key::as_str);
            let message = text!("表格中没有名为“{shown}”的行或列", "the table has no row or column `{shown}`");
            self.wrong(name, message, did_you_mean(shown, known));
        }
        Some(sums::of_equation(equation, &rule?, table))
    }

    fn condition(&mut self, declared: &DeclaredCondition) -> Option<Condition> {
        let rule = self.rule(&declared.rule);
        let each: Vec<String> = match declared.each.is_empty() {
            true => vec![String::new()],
            false => declared.each.iter().map(|row| row.get_ref().clone()).collect(),
        };
        let test = self.expression(&declared.test, &each, &[]);
        let when = declared.when.as_ref().map(|when| self.expression(when, &each, &[]));
        let place = self.place(&declared.test);
        Some(Condition { rule: rule?, each, test: test?, when: transposed(when)?, place })
    }

    fn due(&mut self, declared: &DeclaredDue) -> Option<Due> {
        let when = declared.when.as_ref().map(|when| self.expression(when, &[String::new()], &[]));
        let day = || {
            let (month, day) = declared.day.get_ref().split_once('-')?;
            let due =
                Due { month: Month::try_from(month.parse::<u8>().ok()?).ok()?, day: day.parse().ok()?, when: None };
            due.after(2000).is_some().then_some(due)
        };
        let Some(due) = day() else {
            let message = text!("这里应是月和日，例如 01-31", "this must be a month and a day, such as 01-31");
            self.wrong(&declared.day, message, None);
            return None;
        };
        Some(Due { when: transposed(when)?, ..due })
    }

    fn pattern(&mut self, declared: &DeclaredPattern) -> Option<Pattern> {
        let rule = self.rule(&declared.rule);
        let keys = self.texts(&declared.within);
        let find = self.regex(&declared.find);
        let unless = declared.unless.as_ref().map(|unless| self.regex(unless));
        let groups: Vec<String> = match &find {
            Some(find) => find.names().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        self.is_pattern = true;
        let test = declared.test.as_ref().map(|test| self.expression(test, &[String::new()], &groups));
        self.is_pattern = false;
        let place = self.place(&declared.find);
        let (unless, test) = (transposed(unless)?, transposed(test)?);
        // The group that messages point at is in every match.
        let needs_digit = !declared.required && self.worded(&declared.find)?.contains("(?P<figure>[0-9]+)");
        Some(Pattern { rule: rule?, keys, find: find?, needs_digit, unless, test, required: declared.required, place })
    }

    fn doubled(&mut self, declared: &DeclaredDoubled) -> Option<Doubled> {
        let rule = self.rule(&declared.rule);
        let keys = self.texts(&declared.within);
        let unless = declared.unless.as_ref().map(|unless| self.regex(unless));
        Some(Doubled { rule: rule?, keys, unless: transposed(unless)? })
    }

    fn unchanged(&mut self, declared: &DeclaredUnchanged) -> Option<Unchanged> {
        let rule = self.rule(&declared.rule);
        let keys = self.texts(&declared.within);
        Some(Unchanged { rule: rule?, keys, percent: declared.percent, least: declared.least })
    }

    fn balanced(&mut self, declared: &DeclaredBalanced) -> Option<Balanced> {
        let rule = self.rule(&declared.rule);
        let keys = self.texts(&declared.within);
        let mut pairs = Vec::new();
        for pair in &declared.pairs {
            let characters: Vec<char> = pair.get_ref().chars().collect();
            match characters[..] {
                [open, close] if open != close => pairs.push((open, close)),
                _ => self.wrong(pair, text!("一对应是两个不同的字符", "a pair is two characters that differ"), None),
            }
        }
        (pairs.len() == declared.pairs.len()).then_some(Balanced { rule: rule?, keys, pairs })
    }

    fn repeated(&mut self, declared: &DeclaredRepeated) -> Option<Repeated> {
        Some(Repeated { rule: self.rule(&declared.rule)?, least: declared.least })
    }

    /// A pattern or test with the form's words in the place of `<<name>>`; words may hold other words.
    fn worded(&mut self, written: &Spanned<String>) -> Option<String> {
        let mut whole = written.get_ref().clone();
        for _ in 0..WORDS_IN_WORDS {
            let Some((open, close)) = whole.find("<<").and_then(|open| Some((open, open + whole[open..].find(">>")?)))
            else {
                return Some(whole);
            };
            let name = whole[open + 2..close].to_owned();
            let Some(words) = self.declared.words.get(&name) else {
                let near = did_you_mean(&name, self.declared.words.keys().map(String::as_str));
                self.wrong(written, text!("[words] 中没有“{name}”", "[words] has no `{name}`"), near);
                return None;
            };
            whole.replace_range(open..close + 2, &format!("(?:{})", words.get_ref()));
            if whole.len() > LONGEST_PATTERN {
                break;
            }
        }
        self.wrong(written, text!("<<…>>套得太深或太长", "<<…>> is nested too deeply, or too long"), None);
        None
    }

    /// The texts that keys or groups of keys name; all prose where none are named.
    fn texts(&mut self, named: &[Spanned<String>]) -> Vec<Key> {
        if named.is_empty() {
            let prose = self.keys.iter().filter(|(_, known)| known.kind == FieldKind::Prose);
            return prose.map(|(key, _)| key.clone()).collect();
        }
        let mut keys = Vec::new();
        for name in named {
            let group = Key::from(name.get_ref().as_str());
            let meant = self
                .keys
                .iter()
                .filter(|(key, known)| known.kind.is_text() && !group.is_empty() && key.is_within(&group));
            let before = keys.len();
            keys.extend(meant.map(|(key, _)| key.clone()));
            if keys.len() == before {
                let shown = name.get_ref();
                self.wrong(name, text!("没有名为“{shown}”的文字", "there is no text under `{shown}`"), None);
            }
        }
        keys
    }

    fn regex(&mut self, pattern: &Spanned<String>) -> Option<Search> {
        let whole = self.worded(pattern)?;
        if whole.len() > LONGEST_PATTERN {
            let message =
                text!("正则表达式超过 {LONGEST_PATTERN} 字节", "the pattern is longer than {LONGEST_PATTERN} bytes");
            self.wrong(pattern, message, Some(text!("分成几项检查", "part it into several checks")));
            return None;
        }
        match self.compiler.search(&whole) {
            Ok(regex) => Some(regex),
            Err(Refused::Wrong(error)) => {
                self.wrong(pattern, text!("正则表达式有误：{error}", "the pattern is wrong: {error}"), None);
                None
            }
            Err(Refused::TooLarge) => {
                let message = text!("这条正则表达式太大", "this pattern is too large");
                self.wrong(pattern, message, Some(text!("少用大的重复次数", "repeat less, and fewer times")));
                None
            }
            Err(Refused::TooLargeTogether) => {
                let message = text!(
                    "到这一条为止，各正则表达式合在一起太大",
                    "up to this one, the patterns of the form are too large together"
                );
                self.wrong(
                    pattern,
                    message,
                    Some(text!("少用大的重复次数，或少写几条", "repeat less, or have fewer patterns")),
                );
                None
            }
        }
    }

    fn expression(&mut self, written: &Spanned<String>, each: &[String], groups: &[String]) -> Option<Expression> {
        let whole = self.worded(written)?;
        if whole.len() > LONGEST {
            let message = text!("表达式超过 {LONGEST} 字节", "the expression is longer than {LONGEST} bytes");
            self.wrong(written, message, Some(text!("分成几项检查", "part it into several checks")));
            return None;
        }
        let expression = match self.expressions.compile(&whole) {
            Ok(expression) => expression,
            Err(said) => {
                self.wrong(written, text!("表达式有误：{said}", "the expression is wrong: {said}"), None);
                return None;
            }
        };
        let before = self.problems.len();
        for name in &expression.reads {
            for row in each {
                self.readable(written, name, row, groups);
            }
        }
        (self.problems.len() == before).then_some(expression)
    }

    /// Whether an expression may read a name: a figure, date or line of the facts, or what its check gives it.
    fn readable(&mut self, at: &Spanned<String>, name: &str, row: &str, groups: &[String]) {
        let is_of_match = [SENTENCE, BEFORE, AFTER, REST].contains(&name) && self.is_pattern;
        if GIVEN.contains(&name) || groups.iter().any(|group| group == name) || is_of_match {
            return;
        }
        let key = key_of(name, row);
        match self.keys.get(&key).map(|known| known.kind) {
            Some(kind) if kind != FieldKind::Prose => {}
            Some(_) => {
                let message = text!("表达式不能读正文“{key}”", "an expression cannot read prose, such as `{key}`");
                self.wrong(at, message, Some(text!("正文用 pattern 检查", "prose is for a pattern")));
            }
            None => {
                let message = text!("表达式读的“{key}”不存在", "the expression reads `{key}`, which is not there");
                let near = did_you_mean(&key, self.keys.iter().map(|(key, _)| key.as_str()));
                self.wrong(at, message, near);
            }
        }
    }

    fn place(&self, at: &Spanned<String>) -> Place {
        Place::new(self.source, at.span())
    }

    fn wrong(&mut self, at: &Spanned<String>, message: Text, help: Option<Text>) {
        let problem = Diagnostic::error(Code::FormFile, message).at(self.place(at));
        self.problems.push(match help {
            Some(help) => problem.help(help),
            None => problem,
        });
    }
}

/// What every expression may read besides facts.
pub const GIVEN: [&str; 4] = ["year", "folder", "notice.title", "notice.number"];
/// For the test of a pattern: the sentence that the match stands in.
pub const SENTENCE: &str = "sentence";
/// For the test of a pattern: what stands before the match in its sentence.
pub const BEFORE: &str = "before";
/// For the test of a pattern: what stands after the match in its sentence.
pub const AFTER: &str = "after";
/// For the test of a pattern: what stands after the match in its paragraph.
pub const REST: &str = "rest";

/// The key of the fact that an expression names: `it.x` is of the row, `last.x` of last year's facts.
pub fn key_of(name: &str, row: &str) -> Key {
    match (name.strip_prefix("it."), name.strip_prefix(LAST)) {
        (Some(column), _) if !row.is_empty() => Key::from(row).join(column),
        (_, Some(key)) => key.into(),
        _ => name.into(),
    }
}

/// What stands before the names of last year's facts.
pub const LAST: &str = "last.";

/// Something that is wrong keeps the whole from being made; nothing does not.
fn transposed<T>(inner: Option<Option<T>>) -> Option<Option<T>> {
    match inner {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}
