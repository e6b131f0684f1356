//! Whether two organs' reports are one report under two names. In: a report; out: a name for its figures and prose that is the
//! same for another organ's only where both are, the organ's own name left out.

use crate::report::{Report, Value};

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
    let is_total = |key: &str| report.form.keys.get(key).is_none_or(|known| !known.sums.is_empty());
    let mut figures = 0;
    for (key, entry) in &report.values {
        match &entry.value {
            // A cell that is zero is as good as one that is not written, and totals follow from the others.
            Value::Figure(number) if !number.is_zero() && !is_total(key) => {
                figures += 1;
                hasher.update(key.as_bytes()).update(&number.normalize().serialize());
            }
            // A text that the form gives is the same for all.
            Value::Prose(text) if entry.place.is_some() => {
                hasher.update(key.as_bytes());
                text.split(organ).flat_map(str::split_whitespace).for_each(|said| {
                    hasher.update(said.as_bytes());
                });
            }
            _ => {}
        }
    }
    (figures >= FIGURES).then(|| Likeness(*hasher.finalize().as_bytes()))
}
