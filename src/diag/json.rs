//! Problems for other programs. In: a [`Diagnostic`]; out: one JSON object, described in `docs/messages.md`. Its keys
//! and the codes in it are stable; wordings are not.

use serde_json::{Map, Value, json};

use super::{Diagnostic, Fix, Label, Severity, Text};
use crate::source::Place;

/// The problem as a JSON object, with every wording in both languages.
pub fn object(problem: &Diagnostic) -> Value {
    json!({
        "code": problem.code.as_str(),
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": words(&problem.message),
        "labels": problem.labels.iter().map(label).collect::<Vec<_>>(),
        "notes": problem.notes.iter().map(words).collect::<Vec<_>>(),
        "help": problem.help.as_ref().map(words),
        "fix": problem.fix.as_ref().map(fix),
    })
}

fn words(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

fn label(label: &Label) -> Value {
    let mut object = place(&label.place);
    object.insert("primary".to_owned(), json!(label.primary));
    object.insert("message".to_owned(), json!(label.text.as_ref().map(words)));
    Value::Object(object)
}

fn fix(fix: &Fix) -> Value {
    let mut object = place(&fix.place);
    object.insert("replacement".to_owned(), json!(fix.replacement));
    Value::Object(object)
}

fn place(place: &Place) -> Map<String, Value> {
    let (line, column) = place.source.line_column(place.span.start);
    let (end_line, end_column) = place.source.line_column(place.span.end);
    let pairs = [
        ("file", json!(place.source.name())),
        ("line", json!(line)),
        ("column", json!(column)),
        ("end_line", json!(end_line)),
        ("end_column", json!(end_column)),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
