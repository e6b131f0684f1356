//! Last year's figures. In: the path of this year's facts; out: the values of the sibling `<year-1>.toml`, if there is
//! one. It is judged by its own check, not here; where it is wrong, a warning says that nothing was compared.

use std::path::Path;
use std::sync::Arc;

use super::{Values, shape, totals};
use crate::diag::{Code, Diagnostic, ExitStatus, text};
use crate::facts::{self, Facts};
use crate::form::Form;
use crate::source::{Source, display_path};

/// The values of the year before; `None` where there is no file, or the file is wrong or of another form. One that cannot even
/// be read is an error: nobody knows what it says.
pub fn read(path: &Path, year: u16, form: &Form, problems: &mut Vec<Diagnostic>) -> Option<Values> {
    let sibling = path.with_file_name(format!("{:04}.toml", year.checked_sub(1)?));
    if sibling == path || !sibling.exists() {
        return None;
    }
    let source = match facts::open(&sibling) {
        Ok(source) => Some(source),
        Err(unread) if unread.iter().any(|problem| problem.code.exit_status() == ExitStatus::Environment) => {
            problems.extend(unread);
            return None;
        }
        Err(_) => None,
    };
    let values = source.and_then(|source| values(&source, form));
    if values.is_none() {
        let name = display_path(&sibling);
        let message = text!(
            "上年的事实文件 {name} 有错误，没有与它核对",
            "last year's facts, {name}, are wrong, so nothing was compared with them"
        );
        let help = text!("运行 nianbao check {name} 查看", "run `nianbao check {name}` to see what is wrong");
        problems.push(Diagnostic::warning(Code::LastYear, message).help(help));
    }
    values
}

fn values(source: &Arc<Source>, form: &Form) -> Option<Values> {
    let facts = Facts::parse(source).ok()?;
    let mut problems = Vec::new();
    let mut values = shape::read(&facts, form, &mut problems);
    totals::complete(form, &mut values, &mut problems);
    let same_form = facts.form_name().is_ok_and(|(name, _)| name == form.name);
    (same_form && problems.is_empty()).then_some(values)
}
