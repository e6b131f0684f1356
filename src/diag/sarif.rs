//! Problems as SARIF 2.1.0, for code scanning. In: the [`Diagnostic`]s of a run; out: one SARIF log.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::explanation::built_in;
use super::{Diagnostic, Label, Language, Severity, Text};
use crate::source::Place;

/// What may stand in the path of a URI as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The log of a run.
pub(super) fn log(problems: &[Diagnostic], language: Language) -> Value {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for problem in problems {
        codes.entry(problem.code.as_str()).or_default();
    }
    for (index, (_, at)) in codes.iter_mut().enumerate() {
        *at = index;
    }
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.keys().map(|code| rule(code, language)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "language": language.tag(),
            "results": problems.iter().map(|problem| result(problem, &codes, language)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: &str, language: Language) -> Value {
    match built_in(code) {
        Some(explanation) => {
            let text = match language {
                Language::Zh => explanation.zh,
                Language::En => explanation.en,
            };
            json!({ "id": code, "shortDescription": { "text": text.trim() } })
        }
        None => json!({ "id": code }),
    }
}

fn result(problem: &Diagnostic, codes: &BTreeMap<&str, usize>, language: Language) -> Value {
    let said = |text: &Text| text.get(language).to_owned();
    let mut message = vec![said(&problem.message)];
    message.extend(problem.notes.iter().chain(&problem.help).map(said));
    let (first, others) = match problem.labels.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let mut result = json!({
        "ruleId": problem.code.as_str(),
        "ruleIndex": codes.get(problem.code.as_str()),
        "level": match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": { "text": message.join("\n") },
        "locations": first.iter().map(|label| location(label, language)).collect::<Vec<_>>(),
        "relatedLocations": others.iter().map(|label| location(label, language)).collect::<Vec<_>>(),
    });
    if let (Some(fix), Value::Object(result)) = (&problem.fix, &mut result) {
        let replacements = fix.edits.iter().map(
            |edit| json!({ "deletedRegion": region(&edit.place), "insertedContent": { "text": edit.replacement } }),
        );
        let changes = fix.edits.first().map(|edit| {
            let replacements: Vec<Value> = replacements.collect();
            json!({ "artifactLocation": artifact(&edit.place), "replacements": replacements })
        });
        result.insert(
            "fixes".to_owned(),
            json!([{ "artifactChanges": Vec::from_iter(changes), "properties": { "safe": fix.is_safe() } }]),
        );
    }
    result
}

fn location(label: &Label, language: Language) -> Value {
    let physical = json!({ "artifactLocation": artifact(&label.place), "region": region(&label.place) });
    match &label.text {
        Some(text) => json!({ "physicalLocation": physical, "message": { "text": text.get(language) } }),
        None => json!({ "physicalLocation": physical }),
    }
}

fn artifact(place: &Place) -> Value {
    json!({ "uri": utf8_percent_encode(place.source.name(), PATH).to_string() })
}

fn region(place: &Place) -> Value {
    let (line, column) = place.source.line_column(place.span.start);
    let (end_line, end_column) = place.source.line_column(place.span.end);
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}
