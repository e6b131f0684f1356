//! Last year's figures. In: the facts of the years before; out: the values of the one before, if there is one. It is judged
//! by its own check, not here; where it is wrong, a warning says that nothing was compared.

use std::path::Path;
use std::sync::Arc;

use super::shape;
use super::sum::{self, Verdict};
use crate::consolidate::{Consolidates, Counted, Organs, Reading, Subject};
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::Form;
use crate::report::Values;
use crate::source::{Source, display_path};

/// The figures of a year before.
#[derive(Debug)]
pub struct Last {
    /// The values.
    pub values: Values,
    /// The facts of organs from which figures were added up.
    pub counted: Vec<Arc<Counted>>,
}

/// The values of the year before `year`; `None` where there is no file, or the file is wrong or of another form.
///
/// # Errors
/// A file that is there and could not be read.
pub fn read(
    years: &YearsBefore,
    year: u16,
    form: &Arc<Form>,
    organs: &dyn Organs,
    problems: &mut Vec<Diagnostic>,
) -> Result<Option<Last>, Problems> {
    let Some(before) = year.checked_sub(1) else { return Ok(None) };
    let path = years.path_of(before);
    let last = match years.source(before) {
        Ok(None) => return Ok(None),
        Ok(Some(source)) => values(&source, &path, form, organs),
        // What the machine keeps from being read may be in order.
        Err(wrong) if wrong.iter().any(|problem| problem.code.exit_status() == ExitStatus::Environment) => {
            return Err(wrong);
        }
        Err(_) => None,
    };
    if last.is_none() {
        let name = display_path(&path);
        let message = text!(
            "上年的事实文件 {name} 有错误，没有与它核对",
            "last year's facts, {name}, are wrong, so nothing was compared with them"
        );
        let help = text!("运行 nianbao check {name} 查看", "run `nianbao check {name}` to see what is wrong");
        problems.push(Diagnostic::warning(Code::LastYear, message).help(help));
    }
    Ok(last)
}

/// The values of facts that are whole, of this form and add up, as far as that can be said without looking at the year before.
pub fn values(source: &Arc<Source>, path: &Path, form: &Arc<Form>, organs: &dyn Organs) -> Option<Last> {
    let facts = Facts::parse(source).ok()?;
    let (mut problems, mut counted) = (Vec::new(), Vec::new());
    let consolidates = Consolidates::read(&facts, &mut problems);
    let mut values = shape::read(&facts, form, consolidates.is_some(), &mut problems);
    if let Some(consolidates) = consolidates {
        let subject = Subject { form, year: facts.stated_year()?, path, reading: Reading::AsLastYear };
        let (consolidated, wrong) = organs.gather(&consolidates, &subject);
        problems.extend(wrong);
        problems.extend(consolidated.fill(form, &mut values));
        counted.extend(consolidated.counted().cloned());
    }
    sum::complete(form, &mut values);
    let adds_up = sum::verdicts(form, &values, None).iter().filter(|verdict| verdict.is_of_total()).all(Verdict::holds);
    let same_form = facts.form_name().is_ok_and(|(name, _)| name == form.name);
    (same_form && adds_up && problems.is_empty()).then_some(Last { values, counted })
}
