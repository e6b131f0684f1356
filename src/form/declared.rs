//! What may stand in a `form.toml`. In: TOML; out: plain structs that serde fills, every name still unresolved.
//!
//! Unknown keys are errors here too: a form's author who mistypes `requierd` is told so.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::kind::{Consolidate, FieldKind, Rolled};
use crate::diag::{Severity, Text};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Declared {
    pub label: String,
    /// Whether new projects start with this form's example.
    #[serde(default)]
    pub starter: bool,
    pub language: String,
    pub title: Vec<Spanned<String>>,
    pub author: Spanned<String>,
    pub dated: Option<Spanned<String>>,
    #[serde(default = "iso_date")]
    pub date_pattern: String,
    /// What the months are called, where `{month}` is to be a name.
    pub months: Option<[String; 12]>,
    /// What stands between the thousands of a figure.
    pub thousands: Option<Spanned<String>>,
    #[serde(default = "draft_words")]
    pub draft: String,
    /// What stands on each page of a draft without a problem.
    pub draft_in_order: Option<String>,
    /// How no and yes are printed.
    #[serde(default = "no_and_yes")]
    pub flag_words: [String; 2],
    /// What stands before an option that is not chosen, and before the one that is.
    #[serde(default = "boxes")]
    pub choice_marks: [String; 2],
    pub notice: Option<Notice>,
    pub fonts: BTreeMap<String, FontRole>,
    #[serde(default)]
    pub font_advice: String,
    #[serde(default, rename = "field")]
    pub fields: Vec<DeclaredField>,
    #[serde(default)]
    pub heads: BTreeMap<String, Vec<DeclaredHead>>,
    #[serde(default, rename = "table")]
    pub tables: Vec<DeclaredTable>,
    #[serde(default, rename = "rule")]
    pub rules: BTreeMap<String, DeclaredRule>,
    #[serde(default, rename = "equation")]
    pub equations: Vec<Equation>,
    #[serde(default, rename = "condition")]
    pub conditions: Vec<DeclaredCondition>,
    /// Parts of regular expressions by name; `<<name>>` stands for them in patterns and tests.
    #[serde(default)]
    pub words: BTreeMap<String, Spanned<String>>,
    #[serde(default, rename = "pattern")]
    pub patterns: Vec<DeclaredPattern>,
    #[serde(default)]
    pub doubled: Vec<DeclaredDoubled>,
    #[serde(default)]
    pub unchanged: Vec<DeclaredUnchanged>,
    #[serde(default)]
    pub balanced: Vec<DeclaredBalanced>,
    #[serde(default)]
    pub repeated: Vec<DeclaredRepeated>,
    /// By when reports are published, the first that holds.
    #[serde(default)]
    pub due: Vec<DeclaredDue>,
    #[serde(default, rename = "roll")]
    pub rolls: Vec<DeclaredRoll>,
    #[serde(default, rename = "chart")]
    pub charts: Vec<DeclaredChart>,
    #[serde(default, rename = "section")]
    pub sections: Vec<DeclaredSection>,
    /// How published reports are read back.
    #[serde(default)]
    pub import: DeclaredImport,
}

/// How reports of the form that are published are read back into facts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclaredImport {
    /// How print says that a figure does not apply.
    pub none: Vec<String>,
    /// What may stand behind a figure: units and measure words.
    pub units: Vec<String>,
    /// What a blank figure means.
    pub blank: Blank,
    /// Where the text of a section goes that cannot be parted: the key by the section's heading.
    pub unparted: BTreeMap<String, Spanned<String>>,
    /// Where text goes that stands in a section before its first part: the key by the section's heading.
    pub before: BTreeMap<String, Spanned<String>>,
    /// Titles beside the form's own by which its reports are known, written as `title` is.
    pub titles: Vec<String>,
    /// Words that stand at the foot of a site, below the report.
    pub ends: Vec<String>,
    /// Editions of the form that went before this one.
    pub old: Vec<OldEdition>,
}

impl Default for DeclaredImport {
    fn default() -> Self {
        Self {
            none: ["/", "-", "—"].map(str::to_owned).to_vec(),
            units: Vec::new(),
            blank: Blank::default(),
            unparted: BTreeMap::new(),
            before: BTreeMap::new(),
            titles: Vec::new(),
            ends: Vec::new(),
            old: Vec::new(),
        }
    }
}

/// What a blank figure of a published report means.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Blank {
    /// Nobody knows; whoever reads the report is asked.
    #[default]
    Ask,
    /// None: offices leave out zeros.
    Zero,
}

/// An earlier edition of a form, of which no report is read into this one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldEdition {
    /// What it is called: the number of its notice.
    pub edition: String,
    /// Words that stand in its tables and in none of this form.
    pub signs: Vec<String>,
}

/// The official notice that fixes a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its title.
    pub title: String,
    /// Its number.
    pub number: String,
}

/// The faces that may serve a role, best first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FontRole {
    /// Family names as the font files give them, in any language.
    pub families: Vec<String>,
    /// Those for Latin letters, digits and the signs beside them, best first; what they lack the others draw.
    #[serde(default)]
    pub latin: Vec<String>,
    /// The weight wanted.
    #[serde(default)]
    pub weight: Weight,
}

/// A font weight, in the two steps that reports use.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 700.
    Bold,
}

impl Weight {
    /// The number that OpenType and Typst use.
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Bold => 700,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredField {
    pub key: Spanned<String>,
    pub kind: FieldKind,
    pub label: String,
    /// Other wordings of the label in print.
    #[serde(default)]
    pub also: Vec<String>,
    #[serde(default)]
    pub required: bool,
    pub default: Option<Spanned<String>>,
    /// How to fill it in, for those who write the facts.
    #[serde(default)]
    pub guide: String,
    /// For a choice: what may be chosen.
    #[serde(default)]
    pub options: Vec<String>,
    /// What becomes of it in next year's facts; without it, lines are kept, prose is drafted and all else is dropped.
    pub roll: Option<Rolled>,
    /// What becomes of the organs' values in the report of their government; without it, figures are added up.
    pub consolidate: Option<Consolidate>,
}

/// A figure, or a row of them, that next year's facts begin with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRoll {
    /// A cell or row of this year.
    pub from: Spanned<String>,
    /// The cell or row of next year that it becomes.
    pub to: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredTable {
    pub name: Spanned<String>,
    pub key: String,
    pub label: String,
    pub widths: Vec<u32>,
    #[serde(rename = "block")]
    pub blocks: Vec<DeclaredBlock>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredBlock {
    pub bar: Option<String>,
    #[serde(default)]
    pub corner: String,
    pub label_columns: usize,
    pub columns: Vec<DeclaredHead>,
    pub rows: Vec<DeclaredHead>,
}

/// A column or row head.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredHead {
    #[serde(default)]
    pub key: String,
    #[serde(default)]
    pub label: String,
    /// Other wordings of the label in print.
    #[serde(default)]
    pub also: Vec<String>,
    pub kind: Option<FieldKind>,
    pub unit: Option<String>,
    /// How to fill it in, for those who write the facts.
    #[serde(default)]
    pub guide: String,
    /// For a choice: what may be chosen; for figures: the words that may stand in the place of one, such as `<1`.
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether its cells may be left out, and then stay blank.
    #[serde(default)]
    pub optional: bool,
    /// What becomes of its cells in next year's facts; without it, figures are dropped and all else is kept.
    pub roll: Option<Rolled>,
    /// What becomes of the organs' cells in the report of their government; without it, figures are added up.
    pub consolidate: Option<Consolidate>,
    #[serde(default = "one")]
    pub span: usize,
    /// Keys of siblings; a group stands for all its leaves.
    #[serde(default)]
    pub sum: Vec<Spanned<String>>,
    /// Heads of its own.
    #[serde(default)]
    pub heads: Vec<DeclaredHead>,
    /// Or the name of a list under `[heads]`.
    #[serde(rename = "use")]
    pub uses: Option<Spanned<String>>,
}

fn draft_words() -> String {
    "DRAFT: {problems} open problems".to_owned()
}

fn no_and_yes() -> [String; 2] {
    ["no", "yes"].map(str::to_owned)
}

fn boxes() -> [String; 2] {
    ["□", "■"].map(str::to_owned)
}

fn iso_date() -> String {
    "{year}-{month}-{day}".to_owned()
}

fn error() -> Severity {
    Severity::Error
}

fn one() -> usize {
    1
}

/// A rule that checks enforce: what it is called, how much a violation weighs, and how it is explained.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRule {
    /// Whether a violation keeps the report from being made.
    #[serde(default = "error")]
    pub severity: Severity,
    /// The rule in words.
    pub message: Wording,
    /// What to do about a violation.
    pub help: Option<Wording>,
    /// Where the rule comes from.
    pub source: String,
    /// Facts that obey it, as they would replace those of the form's example.
    pub right: String,
    /// Facts that break it.
    pub wrong: String,
    /// Last year's facts to both, where the rule needs them.
    pub last: Option<String>,
}

/// Cells of a table whose sums are equal: `left` = `right` + `last`.
///
/// Without `rows`, the terms are full keys of rows and the equation holds in every column. With `rows`, the terms are
/// keys of columns and it holds in each of those rows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equation {
    /// The rule that it enforces.
    pub rule: Spanned<String>,
    /// The table that it holds in.
    pub table: Spanned<String>,
    /// Full keys of the rows in which columns are added up.
    #[serde(default)]
    pub rows: Vec<Spanned<String>>,
    /// The terms on the left.
    pub left: Vec<Spanned<String>>,
    /// The terms on the right.
    #[serde(default)]
    pub right: Vec<Spanned<String>>,
    /// More terms on the right, of last year's facts; without those the equation is passed over.
    #[serde(default)]
    pub last: Vec<Spanned<String>>,
}

/// A condition on values, written as an expression.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredCondition {
    pub rule: Spanned<String>,
    /// Keys of rows, for each of which the condition holds; `it` is the row.
    #[serde(default)]
    pub each: Vec<Spanned<String>>,
    /// What must be true.
    pub test: Spanned<String>,
    /// When the condition matters.
    pub when: Option<Spanned<String>>,
}

/// The last day on which a report may be published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDue {
    /// Month and day of the year after the one reported on, such as `01-31`.
    pub day: Spanned<String>,
    /// For which reports, as an expression; without it for all.
    pub when: Option<Spanned<String>>,
}

/// A pattern in text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredPattern {
    pub rule: Spanned<String>,
    /// Keys of the texts, or of groups of them; without any, all prose.
    #[serde(default, rename = "in")]
    pub within: Vec<Spanned<String>>,
    /// What is looked for; named groups are variables of `test`.
    pub find: Spanned<String>,
    /// What excuses a match: words that cover all that its message would point at.
    pub unless: Option<Spanned<String>>,
    /// What must be true of a match; without it, every match is a violation.
    pub test: Option<Spanned<String>>,
    /// Whether the text must have a match.
    #[serde(default)]
    pub required: bool,
}

/// Words that should not stand twice in a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDoubled {
    pub rule: Spanned<String>,
    /// Keys of the texts, or of groups of them; without any, all prose.
    #[serde(default, rename = "in")]
    pub within: Vec<Spanned<String>>,
    /// Words that may.
    pub unless: Option<Spanned<String>>,
}

/// Prose that may not be last year's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredUnchanged {
    pub rule: Spanned<String>,
    /// Keys of the texts, or of groups of them; without any, all prose.
    #[serde(default, rename = "in")]
    pub within: Vec<Spanned<String>>,
    /// The share of sentences that may be last year's but for digits, in per cent.
    pub percent: u32,
    /// With fewer sentences than these, nothing is said.
    pub least: usize,
}

/// Quotation marks and brackets that come in pairs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredBalanced {
    pub rule: Spanned<String>,
    /// Keys of the texts, or of groups of them; without any, all prose.
    #[serde(default, rename = "in")]
    pub within: Vec<Spanned<String>>,
    /// The pairs, each two characters.
    pub pairs: Vec<Spanned<String>>,
}

/// Figures that may not all be last year's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRepeated {
    pub rule: Spanned<String>,
    /// With fewer figures above zero than these, nothing is said.
    pub least: usize,
}

/// A wording in each language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<Wording> for Text {
    fn from(Wording { zh, en }: Wording) -> Self {
        Self { zh, en }
    }
}

/// Figures drawn as bars.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredChart {
    pub name: Spanned<String>,
    pub label: String,
    /// The bars.
    pub bars: Vec<DeclaredBar>,
    /// How many years each bar is drawn for, this one the last.
    #[serde(default = "one")]
    pub years: usize,
}

/// A bar: the sum of some figures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredBar {
    pub label: String,
    pub cells: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredSection {
    pub heading: Option<String>,
    /// Other wordings of the heading in print.
    #[serde(default)]
    pub also: Vec<String>,
    #[serde(default, rename = "block")]
    pub blocks: Vec<DeclaredContent>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredContent {
    pub heading: Option<String>,
    /// Other wordings of the heading in print.
    #[serde(default)]
    pub also: Vec<String>,
    pub prose: Option<Spanned<String>>,
    pub table: Option<Spanned<String>>,
    pub listing: Option<Vec<Spanned<String>>>,
    pub chart: Option<Spanned<String>>,
    /// A table of the organs that a government consolidates.
    pub organs: Option<DeclaredOrgans>,
}

/// A table with a row for each organ that a government consolidates, and a last one with the sums; left out where there are none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredOrgans {
    /// What the table is called.
    pub label: String,
    /// What stands over the names of the organs.
    pub name: String,
    /// What the row of the sums is called.
    pub sum: String,
    /// Relative widths of the columns: that of the names, then one for each cell.
    pub widths: Vec<u32>,
    /// The figures of each organ.
    pub cells: Vec<DeclaredOrganCell>,
}

/// A column of that table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredOrganCell {
    /// The key of the figure.
    pub key: Spanned<String>,
    /// What stands over it; without it, the official label.
    pub label: Option<String>,
}
