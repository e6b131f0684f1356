//! Expressions of a form's checks, such as `issued <= in_force + repealed`. In: their text; out: whether they hold for
//! given values, and which values they read, so that a message can point at each.
//!
//! They are minijinja's expressions: that library says which dotted names an expression reads, refuses overflow, and
//! stops after a number of steps. Counts are whole numbers in them, dates text such as `2026-01-31`, which compares as
//! dates do. Amounts are text as well, because the library would make floating-point numbers of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use fancy_regex::Regex;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use rust_decimal::Decimal;

use super::regex::{Compiler, Refused};

/// Steps after which an expression is given up; real ones take a few dozen.
const FUEL: u64 = 20_000;

/// How many patterns are kept.
const MOST_PATTERNS: usize = 200;

/// The functions that expressions have, besides `| sum`, `| length` and `is matching('…')`.
const FUNCTIONS: [&str; 8] = ["amount", "at_most", "exceed", "is_short_for", "number", "numbers", "steps", "up_to"];

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    name: String,
    /// The text, as the form has it.
    pub text: String,
    /// The dotted names that it reads.
    pub reads: Vec<String>,
}

/// The expressions of a form.
pub struct Expressions {
    environment: Environment<'static>,
    count: usize,
}

impl std::fmt::Debug for Expressions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Expressions({})", self.count)
    }
}

impl Default for Expressions {
    fn default() -> Self {
        // Nothing of the library's own filters and functions, some of which could run for long or make much of little.
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let kept = Arc::new(Kept::default());
        let other = Arc::clone(&kept);
        environment.add_test("matching", move |text: &Value, pattern: &str| {
            kept.find(&text.to_string(), pattern).map(|found| found.is_some())
        });
        environment.add_function("up_to", move |text: &Value, pattern: &str| -> Result<String, Error> {
            let text = text.to_string();
            let end = other.find(&text, pattern)?.unwrap_or(text.len());
            Ok(text[..end].to_owned())
        });
        environment.add_function("numbers", numbers);
        environment.add_function("amount", |written: &Value| amount(&written.to_string()));
        environment.add_function("at_most", |less: &Value, more: &Value| at_most(&less.to_string(), &more.to_string()));
        environment.add_function("exceed", |parts: Vec<i64>, whole: i64| exceed(&parts, whole));
        environment.add_function("is_short_for", is_short_for);
        environment.add_function("number", |written: &Value| number(&written.to_string()));
        environment.add_function("steps", steps);
        environment.add_filter("sum", minijinja::filters::sum);
        environment.add_filter("length", minijinja::filters::length);
        Self { environment, count: 0 }
    }
}

impl Expressions {
    /// Compiles an expression.
    ///
    /// # Errors
    /// What the library says of a text that is no expression.
    pub fn compile(&mut self, text: &str) -> Result<Expression, String> {
        let expression = self.environment.compile_expression(text).map_err(|error| said(&error))?;
        let mut reads: Vec<String> = expression.undeclared_variables(true).into_iter().collect();
        reads.retain(|name| !FUNCTIONS.contains(&name.as_str()));
        reads.sort();
        let name = self.count.to_string();
        self.count += 1;
        let template = format!("{{{{ ({text}) }}}}");
        self.environment.add_template_owned(name.clone(), template).map_err(|error| said(&error))?;
        Ok(Expression { name, text: text.to_owned(), reads })
    }

    /// Whether an expression is true for these values, given by dotted name.
    ///
    /// # Errors
    /// What keeps it from being worked out: values that do not go together, or a result that is neither true nor false.
    pub fn holds(&self, expression: &Expression, values: &[(String, Value)]) -> Result<bool, String> {
        let template = self.environment.get_template(&expression.name).map_err(|error| said(&error))?;
        let result = template.render(nested(values)).map_err(|error| said(&error))?;
        match result.as_str() {
            "True" => Ok(true),
            "False" => Ok(false),
            other => Err(format!("`{}` is {other}, neither true nor false", expression.text)),
        }
    }
}

fn said(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()))
}

/// `a.b` = 1 becomes `a` = { `b` = 1 }.
fn nested(values: &[(String, Value)]) -> Value {
    enum Node {
        Leaf(Value),
        Branch(BTreeMap<String, Node>),
    }
    fn put(branch: &mut BTreeMap<String, Node>, name: &str, value: &Value) {
        match name.split_once('.') {
            None => {
                branch.insert(name.to_owned(), Node::Leaf(value.clone()));
            }
            Some((first, rest)) => {
                let below = branch.entry(first.to_owned()).or_insert_with(|| Node::Branch(BTreeMap::new()));
                if let Node::Branch(below) = below {
                    put(below, rest, value);
                }
            }
        }
    }
    fn value(node: Node) -> Value {
        match node {
            Node::Leaf(value) => value,
            Node::Branch(branch) => {
                Value::from(branch.into_iter().map(|(name, node)| (name, value(node))).collect::<BTreeMap<_, _>>())
            }
        }
    }
    let mut root = BTreeMap::new();
    for (name, given) in values {
        put(&mut root, name, given);
    }
    value(Node::Branch(root))
}

/// The patterns of `matching`, compiled once each: compiling one takes longer than all else that is done with it.
#[derive(Default)]
struct Kept {
    patterns: RwLock<(HashMap<String, Regex>, Compiler)>,
}

impl Kept {
    /// Where a regular expression is first found in a text.
    fn find(&self, text: &str, pattern: &str) -> Result<Option<usize>, Error> {
        let wrong = |error: fancy_regex::Error| Error::new(ErrorKind::InvalidOperation, error.to_string());
        let first = |regex: &Regex| Ok(regex.find(text).map_err(wrong)?.map(|found| found.start()));
        if let Some(regex) = self.patterns.read().ok().as_ref().and_then(|kept| kept.0.get(pattern)) {
            return first(regex);
        }
        if let Ok(mut kept) = self.patterns.write() {
            let (patterns, compiler) = &mut *kept;
            // A pattern that an expression puts together from the facts is another one for each report.
            if patterns.len() < MOST_PATTERNS
                && let Ok(regex) = compiler.compile(pattern)
            {
                return first(patterns.entry(pattern.to_owned()).or_insert(regex));
            }
        }
        match Compiler::default().compile(pattern) {
            Ok(regex) => first(&regex),
            Err(Refused::Wrong(error)) => Err(wrong(*error)),
            Err(Refused::TooLarge | Refused::TooLargeTogether) => {
                Err(Error::new(ErrorKind::InvalidOperation, "the pattern is too large"))
            }
        }
    }
}

/// `amount(text)`: an amount without the zeros at its end, so that `1.50` and `1.5` are the same text.
fn amount(written: &str) -> String {
    let plain = written.replace(',', "");
    Decimal::from_str_exact(&plain).map_or(plain, |number| number.normalize().to_string())
}

/// `numbers(text, '件')`: the whole numbers in a text that stand before a unit.
fn numbers(text: &str, unit: &str) -> Vec<i64> {
    let mut found = Vec::new();
    let mut digits = String::new();
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            if text[at..].starts_with(unit) {
                found.extend(digits.parse::<i64>());
            }
            digits.clear();
        }
    }
    found
}

/// `at_most(a, b)`: whether one figure or amount is not above another, in exact decimals; `<1` is anything from 0 below 1, and
/// what is no figure is above nothing.
fn at_most(less: &str, more: &str) -> bool {
    let decimal = |written: &str| Decimal::from_str_exact(&written.replace(',', "")).ok();
    match (less.strip_prefix('<'), more.strip_prefix('<')) {
        (Some(_), _) if decimal(more).is_some_and(|more| !more.is_zero()) => true,
        (None, Some(bound)) => decimal(less).zip(decimal(bound)).is_none_or(|(less, bound)| less < bound),
        (Some(_), None) => false,
        _ => decimal(less).zip(decimal(more)).is_none_or(|(less, more)| less <= more),
    }
}

/// `exceed(parts, whole)`: whether parts add up to more than the whole. Where the first of them come to just the whole, the
/// others divide it in another way.
fn exceed(parts: &[i64], whole: i64) -> bool {
    let mut sum = 0i64;
    for (number, part) in parts.iter().enumerate() {
        sum = sum.saturating_add(*part);
        if sum == whole && number > 0 {
            return false;
        }
    }
    sum > whole
}

/// `is_short_for(short, long)`: whether a name has the characters of a longer one in their order, as names that people
/// shorten do.
pub fn is_short_for(short: &str, long: &str) -> bool {
    let mut long = long.chars();
    short.chars().all(|c| long.any(|other| other == c))
}

const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// `number(text)`: the whole number that a text says in digits, or from one to ten in Chinese; 0 for any other text.
fn number(written: &str) -> i64 {
    let numeral = NUMERALS.iter().zip(1i64..).find(|(numeral, _)| **numeral == written).map(|(_, number)| number);
    numeral.or((written == "两").then_some(2)).or_else(|| written.parse().ok()).unwrap_or(0)
}

/// `steps(text)`: how many steps a text that begins with 一是 or （一） counts off, one after the other.
fn steps(text: &str) -> usize {
    let named = |numeral: &str| [format!("{numeral}是"), format!("（{numeral}）")];
    let Some(style) = named(NUMERALS[0]).iter().position(|first| text.starts_with(first.as_str())) else { return 0 };
    let mut rest = text;
    let mut count = 0;
    for numeral in NUMERALS {
        let [is, bracket] = named(numeral);
        let mark = if style == 0 { is } else { bracket };
        let Some(at) = rest.find(&mark) else { break };
        rest = &rest[at + mark.len()..];
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, values: &[(&str, Value)]) -> Result<bool, String> {
        let mut expressions = Expressions::default();
        let expression = expressions.compile(text)?;
        let values: Vec<(String, Value)> = values.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        expressions.holds(&expression, &values)
    }

    #[test]
    fn expressions_compare_counts_dates_and_texts() {
        let row = [("it.issued", Value::from(2)), ("it.in_force", Value::from(1))];
        assert_eq!(holds("it.issued <= it.in_force + 1", &row), Ok(true));
        assert_eq!(holds("it.issued <= it.in_force", &row), Ok(false));
        let published = [("published", Value::from("2026-02-01")), ("year", Value::from(2025))];
        assert_eq!(holds("published <= (year + 1) ~ '-01-31'", &published), Ok(false));
        assert_eq!(holds("name is matching('局$')", &[("name", Value::from("水务局"))]), Ok(true));
        assert_eq!(holds("up_to('甲4条，其中3条', '其中') == '甲4条，'", &[]), Ok(true));
        assert_eq!(holds("amount('1,001.50') == amount(x)", &[("x", Value::from("1001.5"))]), Ok(true));
        assert_eq!(holds("is_short_for('市卫健委', '甲市卫生健康委员会')", &[]), Ok(true));
        assert_eq!(holds("is_short_for('市水务局', '甲市卫生健康委员会')", &[]), Ok(false));
        assert_eq!(
            holds("at_most('6.5', 12) and at_most('<1', '<1') and at_most('<1', '0.5') and at_most(0, '<1')", &[]),
            Ok(true)
        );
        assert_eq!(holds("at_most('12.5', '6.5') or at_most('<1', 0) or at_most(1, '<1')", &[]), Ok(false));
        assert_eq!(holds("exceed([4, 3], 6) and not exceed([4, 2, 5], 6) and not exceed([4], 6)", &[]), Ok(true));
        assert_eq!(
            holds("number('六') == 6 and number('两') == 2 and number(12) == 12 and number('几') == 0", &[]),
            Ok(true)
        );
        assert_eq!(holds("steps('一是甲；二是乙。三是丙。') == 3 and steps('甲') == 0", &[]), Ok(true));
        assert_eq!(holds("numbers(t, '条') | sum <= 9", &[("t", Value::from("甲4条、乙5条、3件"))]), Ok(true));
    }

    #[test]
    fn what_is_read_is_known_by_its_dotted_name() {
        let mut expressions = Expressions::default();
        let expression =
            expressions.compile("n in [requests.received.total, year, numbers(n, '件')[0]]").expect("fine");
        assert_eq!(expression.reads, ["n", "requests.received.total", "year"]);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        assert!(holds("1 +", &[]).is_err());
        assert!(holds("1 + 1", &[]).is_err());
        assert!(holds("a > 1", &[]).is_err());
        assert!(holds("true }} {{ false", &[]).is_err());
        assert!(holds("9223372036854775807 * 9223372036854775807 * 9223372036854775807 > 1", &[]).is_err());
        assert!(holds("'a' is matching('(')", &[]).is_err());
    }
}
