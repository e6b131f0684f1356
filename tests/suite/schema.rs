//! The schemas: every facts file that is shipped obeys that of its form; what a schema can express it refuses as the
//! checker does; and a SARIF log obeys that of SARIF.

use std::path::PathBuf;

use crate::support::{self, Project, plain_facts, repository, text};
use jsonschema::Validator;
use nianbao::consolidate::Alone;
use nianbao::facts::years_before::YearsBefore;
use nianbao::form::files;
use nianbao::schema;
use serde_json::{Value, json};

fn validator() -> Validator {
    validator_of("zfxxgk")
}

fn validator_of(form: &str) -> Validator {
    let form = files::load(form, None, None).expect("a built-in form");
    jsonschema::draft202012::new(&schema::of(&form)).expect("a schema")
}

/// TOML as editors see it: dates are text.
fn value(toml: &toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(truth) => json!(truth),
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Array(list) => list.iter().map(value).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.iter().map(|(key, inner)| (key.clone(), value(inner))).collect())
        }
    }
}

fn facts(text: &str) -> Value {
    value(&toml::Value::Table(text.parse().expect("TOML")))
}

fn shipped() -> Vec<PathBuf> {
    let folders = ["reports", "tests/cases/accept", "templates"];
    let files =
        folders.iter().flat_map(|folder| walkdir::WalkDir::new(repository().join(folder)).into_iter().flatten());
    let is_facts = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "toml")
            && path.file_name().is_some_and(|name| name != "form.toml")
    };
    files.map(walkdir::DirEntry::into_path).filter(is_facts).collect()
}

#[test]
fn every_shipped_facts_file_obeys_the_schema() {
    let files = shipped();
    assert!(files.len() >= 7, "{files:?}");
    for file in files {
        let facts = facts(&std::fs::read_to_string(&file).expect("facts"));
        let validator = validator_of(facts["form"].as_str().expect("a form"));
        let errors: Vec<String> =
            validator.iter_errors(&facts).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.display());
    }
}

#[test]
fn what_a_schema_can_express_it_refuses_and_the_rest_it_passes() {
    let validator = validator();
    let expressed = [
        "control-character",
        "empty-value",
        "fractional-count",
        "missing-value",
        "negative-number",
        "number-too-large",
        "rest-not-zero",
        "unknown-form",
        "unknown-key",
        "wrong-type",
    ];
    let form = files::load("zfxxgk", None, None).expect("the built-in form");
    let rules =
        form.checks.rules.keys().map(String::as_str).chain(["wrong-total", "unknown-reference", "year-mismatch"]);
    let is_valid = |code: &str| validator.is_valid(&facts(&text(format!("tests/cases/reject/{code}/facts.toml"))));
    for code in expressed {
        assert!(!is_valid(code), "the schema passes {code}");
    }
    for code in rules {
        assert!(is_valid(code), "the schema refuses {code}, which is for the checker");
    }
}

/// Every value of a correct report in turn, removed or of another type: the schema says what the checker says.
#[test]
fn schema_and_checker_agree_on_every_key() {
    let validator = validator();
    let whole: toml::Table = text("tests/cases/accept/zeros/facts.toml").parse().expect("TOML");
    let mut keys = Vec::new();
    leaves(&toml::Value::Table(whole.clone()), "", &mut keys);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        for change in [None, Some(toml::Value::Boolean(true)), Some(toml::Value::Integer(-1))] {
            let mut changed = toml::Value::Table(whole.clone());
            set(&mut changed, &key, change.clone());
            let accepted = is_accepted(&changed.as_table().expect("a table").to_string());
            assert_eq!(validator.is_valid(&value(&changed)), accepted, "{key} = {change:?}");
        }
    }
}

fn leaves(value: &toml::Value, key: &str, keys: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, inner) in table {
                leaves(inner, &if key.is_empty() { name.clone() } else { format!("{key}.{name}") }, keys);
            }
        }
        _ => keys.push(key.to_owned()),
    }
}

fn set(value: &mut toml::Value, key: &str, change: Option<toml::Value>) {
    let Some(table) = value.as_table_mut() else { return };
    match (key.split_once('.'), change) {
        (Some((first, rest)), change) => set(&mut table[first], rest, change),
        (None, Some(change)) => table[key] = change,
        (None, None) => {
            table.remove(key);
        }
    }
}

/// Whether the checker finds nothing wrong of the kind that a schema can say.
fn is_accepted(facts: &str) -> bool {
    use nianbao::check::check;
    let source = nianbao::source::Source::new("2025.toml", facts);
    let facts = nianbao::facts::Facts::parse(&source).expect("TOML");
    let form = std::sync::Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
    let named = facts.form_name().is_ok_and(|(name, _)| name == form.name);
    named && check(&facts, &form, &YearsBefore::of(std::path::Path::new("/nowhere/2025.toml")), &Alone).is_ok()
}

#[test]
fn the_committed_schema_is_that_of_the_form_and_init_writes_it_with_its_line() {
    let form = files::load("zfxxgk", None, None).expect("the built-in form");
    support::golden(&repository().join(schema::path("zfxxgk")), &schema::text(&form));
    let project = Project::new();
    let run = project.run(["init", "新"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let facts = String::from_utf8(project.read("新/reports/示例机关/2025.toml")).expect("UTF-8");
    let line = facts.lines().next().and_then(|line| line.strip_prefix("#:schema ")).expect("the line");
    let schema = project.path("新/reports/示例机关").join(line);
    assert!(std::fs::read_to_string(schema).expect("where the line says") == schema::text(&form));
    assert!(project.run(["schema", "zfxxgk"]).stdout == schema::text(&form));
    let wrong = project.run(["schema", "zfxxkg"]);
    assert!(wrong.status == 2 && wrong.stderr.contains("[usage]"), "{}", wrong.stderr);
}

fn sarif_validator() -> Validator {
    // As published, this pattern has a bracket too many and is no regular expression.
    let (wrong, right) = ("^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$", "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
    let schema = text("tests/data/sarif-schema-2.1.0.json");
    assert!(schema.contains(wrong));
    let schema: Value = schema.replace(wrong, right).parse().expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn a_sarif_log_obeys_the_schema_of_sarif() {
    let validator = sarif_validator();
    let wrong = text("tests/cases/reject/wrong-total/facts.toml").replace("penalties = 0", "penalties = -8");
    let full = text("tests/cases/accept/full/facts.toml")
        .replace("received = { natural = 3001", "received = { natural = 3002");
    for (facts, codes) in [
        (plain_facts(), &[][..]),
        (wrong, &["negative-number"]),
        (text("tests/cases/reject/wrong-total/facts.toml"), &["requests-balance", "wrong-total"]),
        (text("tests/cases/reject/other-year/facts.toml"), &["other-year"]),
        (full, &["requests-balance", "wrong-total"]),
    ] {
        let run = Project::with(&facts).run(["check", "--message-format", "sarif"]);
        assert_eq!(run.stderr, "");
        let log: Value = run.stdout.parse().expect("one JSON document");
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let results = log["runs"][0]["results"].as_array().expect("results");
        let mut found: Vec<&str> = results.iter().filter_map(|result| result["ruleId"].as_str()).collect();
        found.dedup();
        assert_eq!(found, codes);
    }
}

#[test]
fn a_sarif_result_has_the_place_and_the_edit() {
    let full = text("tests/cases/accept/full/facts.toml")
        .replace("received = { natural = 3001", "received = { natural = 3002");
    let run = Project::with(&full).run(["--lang", "en", "check", "--message-format", "sarif"]);
    let log: Value = run.stdout.parse().expect("JSON");
    let result = &log["runs"][0]["results"][0];
    let physical = &result["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "reports/%E6%9C%BA%E5%85%B3/2025.toml");
    assert_eq!(physical["region"], json!({ "startLine": 44, "startColumn": 24, "endLine": 44, "endColumn": 28 }));
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "3001");
    assert_eq!(replacement["deletedRegion"], physical["region"]);
    // The edit mends the report.
    let mended = full.replace("natural = 3002", "natural = 3001");
    assert_eq!(Project::with(&mended).run(["check"]).status, 0);
}

/// The validator that the tests rely on does refuse what is no log.
#[test]
fn what_is_no_log_is_refused() {
    let validator = sarif_validator();
    assert!(!validator.is_valid(&json!({ "version": "2.1.0" })));
    assert!(!validator.is_valid(&json!({ "version": "2.1.0", "runs": [{ "tool": {} }] })));
}
