//! Whether two organs' reports are one report under two names. In: a report; out: a name for its figures and prose that is the
//! same for another organ's only where both are, the organ's own name left out.

use super::{Report, Value};

/// With fewer figures above zero than these, reports of small offices are alike by chance.
const FIGURES: usize = 4;

/// What a report says, whoever says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness([u8; blake3::OUT_LEN]);

/// The likeness of a report; `None` where it says too little for that to mean anything.
pub fn of(report: &Report) -> Option<Likeness> {
    let organ = match report.values.get(&report.form.author).map(|entry| &entry.value) {
        Some(Value::Line(name)) => name.as_str(),
        _ => return None,
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{} {}\n", report.form.name, report.year).as_bytes());
    let mut figures = 0;
    for (key, entry) in &report.values {
        let is_total = report.form.catalog.get(key).is_some_and(|known| !known.sums.is_empty());
        match &entry.value {
            Value::Figure(number) if !is_total => {
                figures += usize::from(!number.is_zero());
                hasher.update(format!("{key} {number}\n").as_bytes());
            }
            // A text that the form gives is the same for all.
            Value::Prose(text) if entry.place.is_some() => {
                let said: String = text.replace(organ, "").chars().filter(|c| !c.is_whitespace()).collect();
                hasher.update(format!("{key} {said}\n").as_bytes());
            }
            _ => {}
        }
    }
    (figures >= FIGURES).then(|| Likeness(*hasher.finalize().as_bytes()))
}
