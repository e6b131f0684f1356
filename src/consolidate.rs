//! A government's figures as the sum of its organs' (汇总). In: what facts say of the organs that they consolidate
//! (`consolidate/declared.rs`), and the figures of each of these ([`Part`]); out: [`Consolidated`], which puts the sums into the place of
//! figures that are not written, and says which of those that are written differ. Where organs are found and how their facts are read is
//! for whoever knows the project to say ([`Organs`]).

pub mod declared;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::check::sum;
use crate::diag::{Code, Diagnostic, Text, text};
use crate::form::kind::{DIGITS, fits_table};
use crate::form::{Form, Key, KeyInfo};
use crate::report::value::Value;
use crate::report::values::{Entry, Values, author, figure};
use crate::source::{Place, Source};

pub use declared::Consolidates;

/// How many organs are named in one message.
const NAMED: usize = 100;

/// Where the organs are whose figures are added up.
pub trait Organs {
    /// The figures of the organs that facts consolidate, and what keeps some of them from being added up.
    fn gather(&self, consolidates: &Consolidates, of: &Subject<'_>) -> (Consolidated, Vec<Diagnostic>);
}

/// The facts that consolidate others.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Their form, which the organs must use too.
    pub form: &'a Arc<Form>,
    /// Their year.
    pub year: u16,
    /// Their file.
    pub path: &'a Path,
    /// How the organs' facts are read.
    pub reading: Reading,
}

/// How facts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// All checks are made: none with an error counts.
    Checked,
    /// As last year's figures are read, to be compared with: what is there must be whole and add up.
    AsLastYear,
}

/// Facts that lie in no project, and so have no organs.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Organs for Alone {
    fn gather(&self, consolidates: &Consolidates, of: &Subject<'_>) -> (Consolidated, Vec<Diagnostic>) {
        let message = text!(
            "这里没有其他机关的事实文件，不能汇总",
            "there are no facts of other organs here, so that nothing can be added up"
        );
        let problem = Diagnostic::error(Code::OrganUnknown, message).at(consolidates.place.clone());
        (Consolidated::new(of.form, &consolidates.place), vec![problem])
    }
}

/// A facts file whose figures count, and a name for what is in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Counted {
    /// The file.
    pub file: PathBuf,
    /// The hash of its text.
    pub hash: blake3::Hash,
}

impl Counted {
    /// A file with this text.
    pub fn new(file: &Path, source: &Source) -> Self {
        Self { file: file.to_path_buf(), hash: blake3::hash(source.text().as_bytes()) }
    }
}

/// The figures of one organ, as far as governments have use for them.
#[derive(Debug)]
pub struct Part {
    /// Its folder, from `reports/` on.
    pub folder: String,
    /// What it is called.
    pub name: String,
    /// The figures by the place of their key in the form; one that is 0 is left out where the form wants it to be written.
    figures: Box<[(u32, Decimal)]>,
    /// The cells that do not apply to it.
    not_applicable: Box<[u32]>,
    /// The words that stand in the place of figures, such as `<1`.
    words: Box<[(u32, String)]>,
    /// The files that its figures are of: its own, and those of the organs that it consolidates itself.
    pub counted: Vec<Arc<Counted>>,
}

/// Whether a government has use for an organ's value: to add it up, or to see that it has to write its own.
fn is_of_use(known: &KeyInfo) -> bool {
    known.adds_up() || known.is_asked()
}

impl Part {
    /// The figures of values that are whole.
    pub fn of(form: &Form, values: &Values, folder: &str, counted: Vec<Arc<Counted>>) -> Self {
        let (mut figures, mut not_applicable, mut words) = (Vec::new(), Vec::new(), Vec::new());
        for (position, (key, known)) in (0u32..).zip(form.keys.iter()).filter(|(_, (_, known))| is_of_use(known)) {
            match values.get(key).map(|entry| &entry.value) {
                Some(Value::Figure(number)) if number.is_zero() && known.required => {}
                Some(Value::Figure(number)) => figures.push((position, *number)),
                Some(Value::NotApplicable) => not_applicable.push(position),
                Some(Value::Line(text)) => words.push((position, text.clone())),
                _ => {}
            }
        }
        Self {
            folder: folder.to_owned(),
            name: author(form, values).unwrap_or_else(|| folder.to_owned()),
            figures: figures.into(),
            not_applicable: not_applicable.into(),
            words: words.into(),
            counted,
        }
    }

    /// The figure at the place of a key in the form.
    pub fn figure(&self, position: u32) -> Decimal {
        let found = self.figures.binary_search_by_key(&position, |(position, _)| *position);
        found.ok().and_then(|at| self.figures.get(at)).map_or(Decimal::ZERO, |(_, number)| *number)
    }

    /// Every figure of the organ by key, with the totals of which all parts are known.
    pub fn values(&self, form: &Form) -> Values {
        let entry = |value| Entry { value, place: None };
        let mut values = Values::new();
        for (position, (key, known)) in (0u32..).zip(form.keys.iter()).filter(|(_, (_, known))| is_of_use(known)) {
            if self.not_applicable.binary_search(&position).is_ok() {
                values.insert(key.clone(), entry(Value::NotApplicable));
            } else if let Some((_, words)) = self.words.iter().find(|(at, _)| *at == position) {
                values.insert(key.clone(), entry(Value::Line(words.clone())));
            } else if known.required || self.figures.binary_search_by_key(&position, |(at, _)| *at).is_ok() {
                values.insert(key.clone(), entry(Value::Figure(self.figure(position))));
            }
        }
        sum::complete_known(form, &mut values);
        values
    }
}

/// The figures of all organs that a government consolidates.
#[derive(Debug)]
pub struct Consolidated {
    /// Those of each organ, in the order of the names that name them, then of their folders.
    pub parts: Vec<Arc<Part>>,
    /// Whether none is missing or wrong.
    pub is_whole: bool,
    /// Where the facts name the organs.
    place: Place,
    /// By the place of a key in the form.
    sums: Vec<Sum>,
}

/// What the organs say of one cell.
#[derive(Clone, Debug, Default)]
struct Sum {
    /// The sum, unless it has more digits than can be counted.
    total: Option<Decimal>,
    /// How many organs have a figure that is not left out.
    figures: usize,
    not_applicable: usize,
    /// The first organ that has words in the place of a figure.
    words: Option<(usize, String)>,
}

/// A figure that was written and is not the sum of the organs'.
struct Differing<'a> {
    key: &'a Key,
    known: &'a KeyInfo,
    position: u32,
    written: Decimal,
    sum: Decimal,
    place: &'a Place,
}

impl Consolidated {
    /// Nothing yet.
    pub fn new(form: &Form, place: &Place) -> Self {
        let none = Sum { total: Some(Decimal::ZERO), ..Sum::default() };
        let sums = vec![none; form.keys.iter().count()];
        Self { parts: Vec::new(), is_whole: false, place: place.clone(), sums }
    }

    /// Adds the figures of an organ.
    pub fn add(&mut self, part: Arc<Part>) {
        let number = self.parts.len();
        let sums = &mut self.sums;
        let mut of = |position: u32, add: &dyn Fn(&mut Sum)| {
            let sum = usize::try_from(position).ok().and_then(|position| sums.get_mut(position));
            sum.into_iter().for_each(add);
        };
        for (position, figure) in &part.figures {
            of(*position, &|sum| {
                sum.total = sum.total.and_then(|total| exact(total, *figure));
                sum.figures += 1;
            });
        }
        part.not_applicable.iter().for_each(|position| of(*position, &|sum| sum.not_applicable += 1));
        for (position, words) in &part.words {
            of(*position, &|sum| {
                sum.words.get_or_insert_with(|| (number, words.clone()));
            });
        }
        self.parts.push(part);
    }

    /// The files that the figures of all organs are of.
    pub fn counted(&self) -> impl Iterator<Item = &Arc<Counted>> {
        self.parts.iter().flat_map(|part| &part.counted)
    }

    /// What the sum of a cell stands for in the report of the government; `None` where no organ says anything of a cell that may be
    /// blank, and where the figures cannot be added up.
    pub fn sum(&self, form: &Form, key: &str) -> Option<Value> {
        let position = form.keys.position(key)?;
        let (known, sum) = (form.keys.get(key)?, self.sums.get(position)?);
        let is_blank = sum.figures + sum.not_applicable == 0 && known.may_be_blank();
        if is_blank || sum.words.is_some() || !known.adds_up() {
            return None;
        }
        match sum.not_applicable == self.parts.len() && sum.not_applicable > 0 {
            true => Some(Value::NotApplicable),
            false => sum.total.map(Value::Figure),
        }
    }

    /// Puts the sums into the place of figures that are not written; tells those that cannot be added up and must be written.
    pub fn fill(&self, form: &Form, values: &mut Values) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        for (position, (key, known)) in form.keys.iter().enumerate() {
            if values.contains_key(key) || !is_of_use(known) {
                continue;
            }
            let Some(sum) = self.sums.get(position) else { continue };
            match self.sum(form, key) {
                Some(Value::Figure(number)) if !fits_table(number) => problems.push(self.too_large(key, known)),
                Some(value) => {
                    values.insert(key.clone(), Entry { value, place: Some(self.place.clone()) });
                }
                None if known.adds_up() && sum.total.is_none() => problems.push(self.too_large(key, known)),
                None => problems.extend(self.unsummed(key, known, sum)),
            }
        }
        problems
    }

    /// The problem of a cell in which figures cannot be added up, where there are any.
    fn unsummed(&self, key: &Key, known: &KeyInfo, sum: &Sum) -> Option<Diagnostic> {
        let label = &known.label;
        let reason = match &sum.words {
            Some((number, words)) => {
                let organ = self.parts.get(*number).map(|part| part.name.as_str()).unwrap_or_default();
                text!("{organ}写的是“{words}”，不能相加", "{organ} says `{words}`, which cannot be added up")
            }
            // One that must be there in any case is missed like any other.
            None if known.is_asked() && !known.required && sum.figures > 0 => {
                text!(
                    "表式说各机关的这项数字不能相加",
                    "the form says that the organs' figures cannot be added up here"
                )
            }
            None => return None,
        };
        let message = text!("缺少：{key}（{label}）", "missing: {key} ({label})");
        let help = text!("由本级另行统计，写在这里", "work it out for the government and write it");
        let problem = Diagnostic::error(Code::MissingValue, message).at(self.place.clone()).lacking([key]);
        Some(problem.note(reason).help(help))
    }

    fn too_large(&self, key: &Key, known: &KeyInfo) -> Diagnostic {
        let label = &known.label;
        let message = text!(
            "{key}（{label}）各机关之和超过 {DIGITS} 位，或小数过长",
            "the sum of {key} ({label}) has more than {DIGITS} digits, or too many decimals"
        );
        let help = text!("核对各机关的这项数字", "look at the organs' figures");
        Diagnostic::error(Code::NumberTooLarge, message).at(self.place.clone()).help(help)
    }

    /// A warning for each figure that is written and is not the sum of the organs'.
    pub fn differences(&self, form: &Form, values: &Values) -> Vec<Diagnostic> {
        let differing = (0u32..).zip(form.keys.iter()).filter_map(|(position, (key, known))| {
            let (entry, sum) = (values.get(key)?, self.sums.get(usize::try_from(position).ok()?)?);
            // Nobody can say what words and a sum have to do with each other.
            let (written, sum) = (entry.value.figure()?, sum.total.filter(|_| sum.words.is_none())?);
            let place = entry.place.as_ref().filter(|_| known.adds_up() && written != sum)?;
            Some(self.differing(&Differing { key, known, position, written, sum, place }))
        });
        differing.collect()
    }

    fn differing(&self, of: &Differing<'_>) -> Diagnostic {
        let Differing { key, known, position, written, sum, place } = of;
        let (label, difference, count) = (&known.label, written - sum, self.parts.len());
        let message = text!("“{label}”（{key}）与各机关之和不同", "{key} ({label}) is not the sum of the organs'");
        let said = text!("写的是 {written}", "stated: {written}");
        let problem =
            Diagnostic::warning(Code::DiffersFromOrgans, message).at_saying((*place).clone(), said).note(text!(
                "写的是 {written}，{count} 个机关之和是 {sum}，相差 {difference}",
                "stated {written}, the sum of {count} organs is {sum}, difference {difference}"
            ));
        problem.note(self.parts_in_words(*position)).help(text!(
            "核对各机关的数字；不写这一格，由程序相加；确有不同的，写 [[accept]] 并说明理由",
            "look at the organs' figures; left out, the cell is added up; where it must differ, write [[accept]] with the reason"
        ))
    }

    /// Each organ's part in a cell that is not 0, in words.
    fn parts_in_words(&self, position: u32) -> Text {
        let parts = self.parts.iter().map(|part| (part, part.figure(position))).filter(|(_, number)| !number.is_zero());
        let parts: Vec<String> = parts.map(|(part, number)| format!("{} {number}", part.name)).collect();
        let (zeros, more) = (self.parts.len() - parts.len(), parts.len().saturating_sub(NAMED));
        let shown = &parts[..parts.len() - more];
        let (zh, en) = (shown.join("，"), shown.join(", "));
        let mut said = match parts.is_empty() {
            true => text!("各机关都是 0", "all organs have 0"),
            false => text!("其中：{zh}", "of these: {en}"),
        };
        if more > 0 {
            said.zh += &format!("，另有 {more} 个机关");
            said.en += &format!(", and {more} more organs");
        } else if zeros > 0 && !parts.is_empty() {
            said.zh += &format!("；其余 {zeros} 个机关是 0");
            said.en += &format!("; 0 in the other {zeros}");
        }
        said
    }
}

/// The sum of two figures; `None` where it could only be rounded.
fn exact(a: Decimal, b: Decimal) -> Option<Decimal> {
    a.checked_add(b).filter(|sum| sum.scale() == a.scale().max(b.scale()))
}

/// The organs and the figures of some cells, row by row, for pages and messages.
#[derive(Debug)]
pub struct OrganRow {
    /// What it is called.
    pub name: String,
    /// The figures in the order of the keys that were asked for.
    pub figures: Vec<Option<Decimal>>,
}

impl Consolidated {
    /// For each organ its figures under these keys, which may be totals.
    pub fn rows(&self, form: &Form, keys: &[Key]) -> Vec<OrganRow> {
        let row = |part: &Arc<Part>| {
            let values = part.values(form);
            OrganRow { name: part.name.clone(), figures: keys.iter().map(|key| figure(&values, key)).collect() }
        };
        self.parts.iter().map(row).collect()
    }
}

/// Names of organs, as many as are told in one message.
pub fn named(names: &[String]) -> Text {
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let (zh, en) = (shown.join("、"), shown.join(", "));
    match names.len().saturating_sub(NAMED) {
        0 => Text { zh, en },
        more => text!("{zh} 等，另有 {more} 个", "{en} and {more} more"),
    }
}
