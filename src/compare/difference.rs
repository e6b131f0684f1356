//! What differs between reports, as it is said in every format.

use serde::Serialize;

/// Everything that differs between two reports.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// The one compared with.
    pub before: Side,
    /// The one compared.
    pub after: Side,
    /// The figures that differ, in the order of the form.
    pub figures: Vec<FigureChange>,
    /// The texts that differ, in the order of the form.
    pub texts: Vec<TextChange>,
}

/// One of the two reports.
#[derive(Debug, Serialize)]
pub(crate) struct Side {
    /// Its facts file.
    pub file: String,
    /// Who reports.
    pub author: String,
    /// The year.
    pub year: u16,
}

/// A figure that differs; numbers are decimal text, so that none passes through a floating-point number.
#[derive(Debug, Serialize)]
pub(crate) struct FigureChange {
    /// Its key.
    pub key: String,
    /// Its official label.
    pub label: String,
    /// What it was; absent where it was not written.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
    /// By how much it has changed.
    pub difference: Option<String>,
    /// The change in per cent of what it was, with one decimal; absent where it was 0.
    pub percent: Option<String>,
    /// Of a figure that is the sum of organs': the organs whose figures have changed, the largest change first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organs: Vec<OrganChange>,
}

/// The part of an organ in a change.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct OrganChange {
    /// Its folder below `reports/`.
    pub folder: String,
    /// What it is called.
    pub name: String,
    /// What its figure was; absent where it was none of the organs.
    pub before: Option<String>,
    /// What its figure is; absent where it is none of the organs any more.
    pub after: Option<String>,
    /// By how much it has changed.
    pub difference: String,
}

/// A text that differs.
#[derive(Debug, Serialize)]
pub(crate) struct TextChange {
    /// Its key.
    pub key: String,
    /// Its official label.
    pub label: String,
    /// Its sentences, in order.
    pub sentences: Vec<Sentence>,
}

/// A sentence of a text.
#[derive(Debug, Serialize)]
pub(crate) struct Sentence {
    /// `same`, `removed` or `added`.
    pub change: &'static str,
    /// The sentence.
    pub text: String,
}

/// The figures of several years of one organ.
#[derive(Debug, Serialize)]
pub(crate) struct Years {
    /// Who reports.
    pub author: String,
    /// The years, in order.
    pub years: Vec<u16>,
    /// The figures that are not 0 in all of them, in the order of the form.
    pub figures: Vec<YearsOfFigure>,
}

/// A figure over the years.
#[derive(Debug, Serialize)]
pub(crate) struct YearsOfFigure {
    /// Its key.
    pub key: String,
    /// Its official label.
    pub label: String,
    /// Its number in each year; absent where it was not written.
    pub numbers: Vec<Option<String>>,
}
