//! Problems for other programs. In: a [`Diagnostic`]; out: one JSON object, described in `docs/messages.md`. Its keys
//! and the codes in it are stable; wordings are not.

use serde_json::{Map, Value, json};

use super::{Diagnostic, Edit, Fix, Label, Severity, Text};
use crate::source::Place;

/// The problem as a JSON object, with every wording in both languages.
pub fn object(problem: &Diagnostic) -> Value {
    json!({
        "code": problem.code.as_str(),
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": words(&problem.message),
        "labels": problem.labels.iter().map(label).collect::<Vec<_>>(),
        "notes": problem.notes.iter().map(words).collect::<Vec<_>>(),
        "help": problem.help.as_ref().map(words),
        "fix": problem.fix.as_ref().and_then(fix),
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

/// All edits as one, for those who know no other; then each, and whether they may be made without a person's judgement.
fn fix(fix: &Fix) -> Option<Value> {
    let mut object = edit(&fix.whole()?);
    object.insert("safe".to_owned(), json!(fix.is_safe()));
    object.insert("edits".to_owned(), fix.edits.iter().map(|one| Value::Object(edit(one))).collect());
    Some(Value::Object(object))
}

fn edit(edit: &Edit) -> Map<String, Value> {
    let mut object = place(&edit.place);
    object.insert("replacement".to_owned(), json!(edit.replacement));
    object
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
