//! The sums written into the facts, for those who want them there. In: a government; out: its facts file with each sum that was not
//! written or was another, but for those whose difference is accepted with a reason.

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::facts::Facts;
use crate::facts::edit::{Change, Original, apply};
use crate::form::Key;
use crate::form::keys::REST;
use crate::report::{Value, Values, figure};
use crate::source::display_path;

use super::whole::{Government, shown};

/// A figure that was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrote {
    /// Its key.
    pub key: Key,
    /// What stood there.
    pub before: Option<String>,
    /// What stands there now.
    pub after: String,
}

/// Writes the sums; gives those that were written.
///
/// # Errors
/// An organ is missing or wrong, or the facts cannot be edited or written.
pub fn write(government: &Government) -> Result<Vec<Wrote>, Problems> {
    let Some(consolidated) = government.consolidated().filter(|all| all.is_whole) else {
        let shown = display_path(&government.file);
        let message = text!("没有写入 {shown}：汇总不完整", "{shown} was not written: the sums are not whole");
        let help = text!("先改正上面的错误", "mend the errors above first");
        return Err(Diagnostic::error(Code::OrganWrong, message).help(help).into());
    };
    let original = Original::open(&government.file)?;
    let facts = Facts::parse(&original.source)?;
    let form = &government.report.form;
    let written = written(government, &facts);
    let (mut changes, mut wrote) = (Vec::new(), Vec::new());
    for (key, _) in form.keys.iter().filter(|(_, known)| known.adds_up()) {
        let Some(value) = consolidated.sum(form, key) else { continue };
        let before = figure(&written, key);
        let is_said = match before {
            Some(_) => before == value.figure(),
            None => is_rest(&facts, key, &value),
        };
        if is_said || is_accepted(government, key) {
            continue;
        }
        let Some(after) = shown(value.figure()) else { continue };
        wrote.push(Wrote { key: key.clone(), before: shown(before), after });
        changes.push(Change::Set(key.to_string(), value));
    }
    if !changes.is_empty() {
        let edited = apply(original.source.name(), original.bytes(), form, &changes)?;
        original.put(&edited.bytes)?;
    }
    Ok(wrote)
}

/// The values that the facts write themselves.
fn written(government: &Government, facts: &Facts<'_>) -> Values {
    let values = government.report.values.iter();
    values.filter(|(key, _)| facts.get(key).is_some()).map(|(key, entry)| (key.clone(), entry.clone())).collect()
}

/// Whether a cell that is not written is 0 by the word of its table.
fn is_rest(facts: &Facts<'_>, key: &Key, value: &Value) -> bool {
    let is_zero = matches!(value, Value::Figure(number) if number.is_zero());
    let mut above = key.split_last().0;
    while is_zero && !above.is_empty() {
        if facts.get(&above.join(REST)).is_some() {
            return true;
        }
        above = above.split_last().0;
    }
    false
}

/// Whether the facts accept that this figure differs from the sum.
fn is_accepted(government: &Government, key: &Key) -> bool {
    let code = Code::DiffersFromOrgans;
    let accepted = government.report.accepted.iter().filter(|accepted| accepted.check == code.as_str());
    let of = |accepted: &crate::report::Accepted| accepted.key.as_ref().is_none_or(|above| key.is_within(above));
    accepted.into_iter().any(of)
}
