//! Problems for other programs. In: a [`Diagnostic`]; out: one JSON object, described in `docs/messages.md`. Its keys
//! and the codes in it are stable; wordings are not.

use serde_json::{Value, json};

use super::{Diagnostic, Label, Severity, Text};

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
    })
}

fn words(text: &Text) -> Value {
    json!({ "zh": text.zh, "en": text.en })
}

fn label(label: &Label) -> Value {
    let place = &label.place;
    let (line, column) = place.source.line_column(place.span.start);
    let (end_line, end_column) = place.source.line_column(place.span.end);
    json!({
        "file": place.source.name(),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "primary": label.primary,
        "message": label.text.as_ref().map(words),
    })
}
