//! The whole working sheet. In: facts that consolidate; out: [`Government`], which has been read, and its [`Sheet`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::check::sum;
use crate::consolidate::Consolidated;
use crate::diag::{Code, Diagnostic, Problems, text};
use crate::form::{Form, Key, KeyInfo};
use crate::report::{Entry, Report, Values, author, figure};
use crate::session::{Errors, Forms, Loaded};
use crate::source::{Source, display_path};

/// A government whose facts have been read, whatever is wrong with them.
pub struct Government {
    /// Its facts.
    pub file: PathBuf,
    /// What is in them.
    pub source: Arc<Source>,
    /// Its report, as far as it goes.
    pub report: Report,
    /// All that is wrong.
    pub problems: Problems,
}

/// The working sheet. Numbers are decimal text, so that none passes through a floating-point number.
#[derive(Debug, Serialize)]
pub struct Sheet {
    /// The facts of the government.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// The year.
    pub year: u16,
    /// The form.
    pub form: String,
    /// Whether no organ is missing or wrong, so that the sums are whole.
    pub is_whole: bool,
    /// The cells, in the order of the form.
    pub cells: Vec<SheetCell>,
    /// The organs, in the order in which the facts name them.
    pub organs: Vec<SheetRow>,
    /// The sum of each cell; absent where figures are not added up.
    pub sums: Vec<Option<String>>,
    /// What the report of the government has in each cell.
    pub reported: Vec<Option<String>>,
    /// What it had last year.
    pub last_year: Vec<Option<String>>,
}

/// A cell.
#[derive(Clone, Debug, Serialize)]
pub struct SheetCell {
    /// Its key.
    pub key: Key,
    /// What the page has over and beside it, outermost first.
    pub labels: Vec<String>,
    /// Whether it is a total, which follows from others.
    pub is_total: bool,
    /// Whether the organs' figures are added up in it.
    pub is_sum: bool,
}

/// An organ.
#[derive(Debug, Serialize)]
pub struct SheetRow {
    /// Its folder below `reports/`.
    pub folder: String,
    /// What it is called.
    pub name: String,
    /// Its facts.
    pub file: String,
    /// Whether it consolidates organs itself.
    pub consolidates: bool,
    /// Its figures; absent where it has none.
    pub figures: Vec<Option<String>>,
}

impl Government {
    /// Reads facts that consolidate organs.
    ///
    /// # Errors
    /// Facts that cannot be read at all, or that consolidate nothing.
    pub fn open(file: &Path, forms: &Forms) -> Result<Self, Problems> {
        let Loaded { source, report, problems, .. } = Loaded::open(file, forms, Errors::Draft)?;
        if report.consolidated.is_none() {
            let shown = display_path(file);
            let message = text!(
                "{shown} 没有写 [consolidates]，不汇总别的机关",
                "{shown} has no [consolidates]: it adds up no organs"
            );
            let help = text!(
                "在事实文件中写：[consolidates]，下面写 organs = [\"机关的文件夹\", \"县区/*\"]",
                "write into the facts: [consolidates], and below it organs = [\"an organ's folder\", \"counties/*\"]"
            );
            return Err(Diagnostic::error(Code::Usage, message).help(help).into());
        }
        Ok(Self { file: file.to_path_buf(), source, report, problems })
    }

    /// The figures of its organs.
    pub fn consolidated(&self) -> Option<&Consolidated> {
        self.report.consolidated.as_ref()
    }

    /// The sums of all cells that are added up, with the totals that follow from them.
    pub fn sums(&self) -> Values {
        let form = &self.report.form;
        let mut sums = Values::new();
        let keys = form.keys.iter().filter(|(_, known)| known.adds_up());
        for (key, _) in keys {
            if let Some(value) = self.consolidated().and_then(|all| all.sum(form, key)) {
                sums.insert(key.clone(), Entry { value, place: None });
            }
        }
        sum::complete_known(form, &mut sums);
        sums
    }

    /// The sheet.
    pub fn sheet(&self) -> Sheet {
        let form = &self.report.form;
        let cells: Vec<SheetCell> = cells(form);
        let of = |values: &Values| cells.iter().map(|cell| shown(figure(values, &cell.key))).collect::<Vec<_>>();
        let row = |part: &Arc<crate::consolidate::Part>| SheetRow {
            folder: part.folder.clone(),
            name: part.name.clone(),
            file: part.counted.first().map(|counted| display_path(&counted.file)).unwrap_or_default(),
            consolidates: part.counted.len() > 1,
            figures: of(&part.values(form)),
        };
        Sheet {
            file: display_path(&self.file),
            name: author(form, &self.report.values).unwrap_or_default(),
            year: self.report.year,
            form: form.name.clone(),
            is_whole: self.consolidated().is_some_and(|all| all.is_whole),
            organs: self.consolidated().map(|all| all.parts.iter().map(row).collect()).unwrap_or_default(),
            sums: of(&self.sums()),
            reported: of(&self.report.values),
            last_year: self.report.last.as_ref().map_or_else(|| vec![None; cells.len()], of),
            cells,
        }
    }
}

/// The cells of a form that hold figures, and its other figures.
fn cells(form: &Form) -> Vec<SheetCell> {
    let is_figure = |(_, known): &(&Key, &KeyInfo)| known.kind.is_figure();
    let mut paths = form.label_paths();
    let cell = |(key, known): (&Key, &KeyInfo)| SheetCell {
        labels: paths.remove(key).unwrap_or_default(),
        key: key.clone(),
        is_total: !known.sums.is_empty(),
        is_sum: known.adds_up() || !known.sums.is_empty(),
    };
    form.keys.iter().filter(is_figure).map(cell).collect()
}

/// A figure as it is written down.
pub(super) fn shown(number: Option<Decimal>) -> Option<String> {
    number.map(|number| number.to_string())
}
