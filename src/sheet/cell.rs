//! One cell of the working sheet. In: a government and the key of a figure; out: [`CellSheet`]: the part of each organ, last year's beside
//! it, and where it stands in the organ's facts.

use std::path::Path;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use super::whole::{Government, shown};
use crate::check::last_year;
use crate::consolidate::Part;
use crate::diag::{Code, Diagnostic, did_you_mean, text};
use crate::facts::years_before::YearsBefore;
use crate::facts::{self, Facts};
use crate::form::Key;
use crate::report::{Values, author, figure};
use crate::session::{Around, Forms};
use crate::source::display_path;

/// One sum with its parts.
#[derive(Debug, Serialize)]
pub struct CellSheet {
    /// The facts of the government.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// The year.
    pub year: u16,
    /// The key.
    pub key: Key,
    /// What the page has over and beside it, outermost first.
    pub labels: Vec<String>,
    /// Whether no organ is missing or wrong, so that the sum is whole.
    pub is_whole: bool,
    /// The part of each organ.
    pub parts: Vec<CellPart>,
    /// The sum; absent where the figures are not added up.
    pub sum: Option<String>,
    /// The figure in the report of the government.
    pub reported: Option<String>,
    /// Where it stands there, where it is written.
    pub at: Option<String>,
    /// What the government had last year.
    pub last_year: Option<String>,
}

/// The part of an organ.
#[derive(Debug, Serialize)]
pub struct CellPart {
    /// Its folder below `reports/`.
    pub folder: String,
    /// What it is called.
    pub name: String,
    /// Its figure.
    pub figure: Option<String>,
    /// Where it stands: `file:line:column`, or the file alone where the figure follows from others.
    pub at: String,
    /// Its figure last year.
    pub last_year: Option<String>,
    /// By how much it has changed.
    pub difference: Option<String>,
}

impl CellSheet {
    /// A cell of a government.
    ///
    /// # Errors
    /// The form has no such figure.
    pub fn of(government: &Government, key: &str, forms: &Forms) -> Result<Self, Diagnostic> {
        let (report, form) = (&government.report, &government.report.form);
        let Some((key, _)) = form.keys.iter().find(|(known, info)| **known == *key && info.kind.is_figure()) else {
            let message = text!("表式没有 {key} 这个数字", "the form has no figure {key}");
            let figures = form.keys.iter().filter(|(_, known)| known.kind.is_figure()).map(|(key, _)| key.as_str());
            let help = did_you_mean(key, figures).unwrap_or_else(|| {
                text!(
                    "键写在 nianbao consolidate --format csv 的表头里",
                    "the keys are in the head of `nianbao consolidate --format csv`"
                )
            });
            return Err(Diagnostic::error(Code::Usage, message).help(help));
        };
        let part = |part: &Arc<Part>| self::part(government, part, key, forms);
        let facts = Facts::parse(&government.source).ok();
        Ok(Self {
            file: display_path(&government.file),
            name: author(form, &report.values).unwrap_or_default(),
            year: report.year,
            labels: form.label_path(key),
            is_whole: government.consolidated().is_some_and(|all| all.is_whole),
            parts: government.consolidated().map(|all| all.parts.iter().map(part).collect()).unwrap_or_default(),
            sum: shown(figure(&government.sums(), key)),
            reported: shown(figure(&report.values, key)),
            at: facts.and_then(|facts| facts.place_of(key)).map(|place| place.to_string()),
            last_year: report.last.as_ref().and_then(|last| shown(figure(last, key))),
            key: key.clone(),
        })
    }
}

fn part(government: &Government, part: &Part, key: &Key, forms: &Forms) -> CellPart {
    let form = &government.report.form;
    let file = part.counted.first().map(|counted| counted.file.clone()).unwrap_or_default();
    let now = figure(&part.values(form), key);
    let last = last_year_of(government, &file, forms).and_then(|last| figure(&last, key));
    CellPart {
        folder: part.folder.clone(),
        name: part.name.clone(),
        figure: shown(now),
        at: place_of(&file, key).unwrap_or_else(|| display_path(&file)),
        last_year: shown(last),
        difference: now.zip(last).map(|(now, last)| signed(now - last)),
    }
}

/// What an organ had last year, as far as that was in order.
fn last_year_of(government: &Government, file: &Path, forms: &Forms) -> Option<Values> {
    let before = YearsBefore::of(file);
    let year = government.report.year.checked_sub(1)?;
    let source = before.source(year).ok()??;
    let path = before.path_of(year);
    last_year::values(&source, &path, &government.report.form, &Around::of(forms)).map(|last| last.values)
}

fn place_of(file: &Path, key: &Key) -> Option<String> {
    let source = facts::open(file).ok()?;
    let facts = Facts::parse(&source).ok()?;
    facts.place_of(key).map(|place| place.to_string())
}

/// A change with its sign.
pub fn signed(number: Decimal) -> String {
    if number.is_sign_positive() && !number.is_zero() { format!("+{number}") } else { number.to_string() }
}
