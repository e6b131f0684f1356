//! Regular expressions of a form, with bounds. In: their text; out: a [`Regex`] that gives up on a text after a bounded number of
//! steps, as long as all that were compiled together take bounded memory.
//!
//! The library bounds the memory of each part of a pattern, and knows no bound for all of them. So what a pattern will take is
//! reckoned from its text before it is compiled: measured memory is about seven times that, for programs in both directions and
//! what is kept while they search.

use std::sync::OnceLock;

use fancy_regex::{Error, Expr, Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Steps after which a pattern is given up on a text; real ones take some thousand.
const BACKTRACKING: usize = 1_000_000;
/// The largest program that a part of a pattern may become, in bytes.
const LARGEST_PROGRAM: usize = 512 << 10;
/// What all patterns may take together, as [`weight`] reckons; those of the largest form here take a fifth of it.
const TOGETHER: usize = 4 << 20;
/// What one step of a program takes, in bytes.
const STEP: usize = 24;

/// Why a pattern is not compiled.
#[derive(Debug)]
pub enum Refused {
    /// It is no regular expression, or part of it becomes too large a program.
    Wrong(Box<Error>),
    /// It would take too much memory.
    TooLarge,
    /// Together with those before it, it would take too much memory.
    TooLargeTogether,
}

/// A pattern, compiled when it is first searched for: most texts hold nothing that most patterns look for.
#[derive(Debug)]
pub struct Search {
    pattern: String,
    names: Vec<String>,
    compiled: OnceLock<Result<Regex, Box<Error>>>,
}

impl Search {
    /// The compiled pattern.
    ///
    /// # Errors
    /// It is wrong, which for patterns of a project is known since its form was read.
    pub fn regex(&self) -> Result<&Regex, Box<Error>> {
        self.compiled.get_or_init(|| build(&self.pattern)).as_ref().map_err(Clone::clone)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// The names of its groups, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// Compiles patterns that are kept together.
#[derive(Debug)]
pub struct Compiler {
    left: usize,
    is_trusted: bool,
}

impl Default for Compiler {
    fn default() -> Self {
        Self { left: TOGETHER, is_trusted: false }
    }
}

impl Compiler {
    /// For the patterns of the program's own forms, which are known to be right and small enough: nothing is compiled before it
    /// is searched for.
    pub fn trusting() -> Self {
        Self { is_trusted: true, ..Self::default() }
    }

    /// A pattern that is searched for later.
    ///
    /// # Errors
    /// It is wrong or too large.
    pub fn search(&mut self, pattern: &str) -> Result<Search, Refused> {
        let tree = Expr::parse_tree(pattern).map_err(wrong)?;
        let mut names: Vec<(usize, String)> =
            tree.named_groups.iter().map(|(name, group)| (*group, name.to_string())).collect();
        names.sort();
        let names = names.into_iter().map(|(_, name)| name).collect();
        let compiled = OnceLock::new();
        if !self.is_trusted {
            let regex = self.compile(pattern)?;
            // Nobody else has it yet.
            let _ = compiled.set(Ok(regex));
        }
        Ok(Search { pattern: pattern.to_owned(), names, compiled })
    }

    /// Compiles a pattern.
    ///
    /// # Errors
    /// It is wrong or too large.
    pub fn compile(&mut self, pattern: &str) -> Result<Regex, Refused> {
        let tree = Expr::parse_tree(pattern).map_err(wrong)?;
        let weight = weight(&tree.expr);
        if weight > TOGETHER {
            return Err(Refused::TooLarge);
        }
        self.left = self.left.checked_sub(weight).ok_or(Refused::TooLargeTogether)?;
        build(pattern).map_err(Refused::Wrong)
    }
}

fn build(pattern: &str) -> Result<Regex, Box<Error>> {
    let built = RegexBuilder::new(pattern).backtrack_limit(BACKTRACKING).delegate_size_limit(LARGEST_PROGRAM).build();
    built.map_err(Box::new)
}

fn wrong(error: Error) -> Refused {
    Refused::Wrong(Box::new(error))
}

/// About how many bytes the program of an expression takes.
fn weight(expression: &Expr) -> usize {
    let all = |parts: &[Expr]| parts.iter().map(weight).fold(STEP, usize::saturating_add);
    match expression {
        Expr::Literal { val, casei } => val.len().saturating_mul(if *casei { 2 * STEP } else { STEP }),
        Expr::Concat(parts) | Expr::Alt(parts) => all(parts),
        Expr::Group(inner) | Expr::LookAround(inner, _) | Expr::AtomicGroup(inner) => {
            weight(inner).saturating_add(2 * STEP)
        }
        Expr::Repeat { child, lo, hi, .. } => times(weight(child), *lo, Some(*hi).filter(|most| *most != usize::MAX)),
        // What cannot be read, and what cannot be done, is said by the library when it is compiled.
        Expr::Delegate { inner, .. } => regex_syntax::parse(inner).map_or(0, |hir| delegated(&hir)),
        Expr::Conditional { condition, true_branch, false_branch } => {
            [condition, true_branch, false_branch].iter().map(|part| weight(part)).fold(STEP, usize::saturating_add)
        }
        _ => 4 * STEP,
    }
}

fn times(one: usize, least: usize, most: Option<usize>) -> usize {
    let count = most.unwrap_or_else(|| least.saturating_add(1)).max(1);
    one.saturating_add(STEP).saturating_mul(count)
}

/// The same of what is left to the library underneath.
fn delegated(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.len().saturating_mul(STEP),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_add(1).saturating_mul(STEP),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().saturating_add(1).saturating_mul(STEP),
        HirKind::Repetition(repetition) => {
            let number = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
            times(delegated(&repetition.sub), number(repetition.min), repetition.max.map(number))
        }
        HirKind::Capture(capture) => delegated(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(delegated).fold(STEP, usize::saturating_add)
        }
        HirKind::Empty | HirKind::Look(_) => STEP,
    }
}

#[cfg(test)]
mod tests {
    use super::super::files;
    use super::*;

    #[test]
    fn the_patterns_of_the_built_in_forms_are_right_and_small_enough_together() {
        for name in files::names(None) {
            let form = files::load(&name, None, None).expect("a built-in form");
            let patterns =
                form.checks.patterns.iter().flat_map(|pattern| [Some(&pattern.find), pattern.unless.as_ref()]);
            let doubled = form.checks.doubled.iter().map(|doubled| doubled.unless.as_ref());
            let mut compiler = Compiler::default();
            for search in patterns.chain(doubled).flatten() {
                let regex = compiler.compile(&search.pattern);
                let regex = regex.unwrap_or_else(|refused| panic!("{name}: {refused:?}: {}", search.pattern));
                assert!(regex.capture_names().flatten().eq(search.names()), "{}", search.pattern);
            }
        }
    }

    #[test]
    fn many_patterns_of_which_each_is_small_enough_are_too_large_together() {
        let taken = |pattern: &str| {
            let mut compiler = Compiler::default();
            (0..500).take_while(|number| compiler.compile(&format!("{pattern}{number}")).is_ok()).count()
        };
        for large in [r"(?<=a)\w{30}", r"(?<=\w{30})", r"(?=a)\w{9}(?=b)\w{9}(?=c)\w{9}", r"(?:[\p{Han}]{1,9}){5}"] {
            assert!((2..200).contains(&taken(large)), "{large}: {}", taken(large));
        }
        for small in [r"收到(?:[0-9]{1,9}|[〇一二三四五六七八九十]+)件", r"(?<!甲)[^，。]{0,30}?乙", r"(a+)\1-"]
        {
            assert_eq!(taken(small), 500, "{small}");
        }
    }

    #[test]
    fn what_repeats_or_calls_itself_without_end_is_refused() {
        let compiled = |pattern| Compiler::default().compile(pattern);
        assert!(matches!(compiled(r"((((a{1000}){1000}){1000}){1000}){1000}"), Err(Refused::TooLarge)));
        for pattern in [r"(?<a>b\g<a>?)", "(", r"[\p{Nonsense}]"] {
            assert!(matches!(compiled(pattern), Err(Refused::Wrong(_))), "{pattern}");
        }
    }
}
