//! Last year's figures. In: the facts of the years before; out: the values of the one before, if there is one. It is judged
//! by its own check, not here; where it is wrong, a warning says that nothing was compared.

use std::sync::Arc;

use super::shape;
use super::sum::{self, Verdict};
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::Form;
use crate::report::Values;
use crate::source::{Source, display_path};

/// The values of the year before `year`; `None` where there is no file, or the file is wrong or of another form.
///
/// # Errors
/// A file that is there and could not be read.
pub fn read(
    years: &YearsBefore,
    year: u16,
    form: &Form,
    problems: &mut Vec<Diagnostic>,
) -> Result<Option<Values>, Problems> {
    let Some(before) = year.checked_sub(1) else { return Ok(None) };
    let values = match years.source(before) {
        Ok(None) => return Ok(None),
        Ok(Some(source)) => values(&source, form),
        // What the machine keeps from being read may be in order.
        Err(wrong) if wrong.iter().any(|problem| problem.code.exit_status() == ExitStatus::Environment) => {
            return Err(wrong);
        }
        Err(_) => None,
    };
    if values.is_none() {
        let name = display_path(&years.path_of(before));
        let message = text!(
            "上年的事实文件 {name} 有错误，没有与它核对",
            "last year's facts, {name}, are wrong, so nothing was compared with them"
        );
        let help = text!("运行 nianbao check {name} 查看", "run `nianbao check {name}` to see what is wrong");
        problems.push(Diagnostic::warning(Code::LastYear, message).help(help));
    }
    Ok(values)
}

fn values(source: &Arc<Source>, form: &Form) -> Option<Values> {
    let facts = Facts::parse(source).ok()?;
    let mut problems = Vec::new();
    let mut values = shape::read(&facts, form, &mut problems);
    sum::complete(form, &mut values);
    let adds_up = sum::verdicts(form, &values, None).iter().filter(|verdict| verdict.is_of_total()).all(Verdict::holds);
    let same_form = facts.form_name().is_ok_and(|(name, _)| name == form.name);
    (same_form && adds_up && problems.is_empty()).then_some(values)
}
