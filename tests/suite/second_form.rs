//! A form that the program has never heard of, in another language, with other rows, columns, totals and fonts: it
//! lives in this test's folder only, so nothing of any one form can be written in Rust.

use crate::support::{self, Project, pdf, text, web};

fn project(facts: &str) -> Project {
    let project = Project::new();
    for name in ["form.toml", "report.typ.tera", "report.html.tera"] {
        let name = format!("templates/census/{name}");
        project.write(&name, text(format!("tests/second_form/{name}")));
    }
    project.write("reports/Ambridge/1881.toml", facts);
    project
}

fn facts() -> String {
    text("tests/second_form/facts.toml")
}

#[test]
fn its_tables_totals_and_prose_come_out() {
    let project = project(&facts());
    project.build(&["--engine", support::ENGINE]);
    let wanted = vec![
        vec!["Material", "Material", "Bridges", "Bridges", "Bridges"],
        vec!["Material", "Material", "Open", "Shut", "All"],
        vec!["Stone", "Stone", "3", "1", "4"],
        vec!["Iron", "Cast", "5", "0", "5"],
        vec!["Iron", "Wrought", "2", "2", "4"],
        vec!["Every material", "Every material", "10", "3", "13"],
    ];
    let document = pdf::read(&project.path("build/Ambridge/1881.pdf"));
    assert_eq!(document.tables, std::slice::from_ref(&wanted));
    assert_eq!(document.headings, [(1, "Count".to_owned()), (1, "Notes".to_owned())]);
    assert!(document.paragraphs.contains(&"Nothing to note in 1881.".to_owned()), "{:?}", document.paragraphs);
    assert!(pdf::info(&project.path("build/Ambridge/1881.pdf")).contains("Bridges of Ambridge, 1881"));
    let page = web::page(&project, "build/Ambridge/1881.html");
    assert_eq!(web::tables(&page), [wanted]);
}

#[test]
fn its_sums_are_checked() {
    let project = project(&facts().replace("all = 5", "all = 6"));
    let run = project.run(["check"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("错误[wrong-total]") && run.stderr.contains("bridges.iron.cast.all"), "{}", run.stderr);
}

#[test]
fn it_is_listed_beside_the_built_in_one() {
    let run = project(&facts()).run(["forms"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("census  Bridge census"), "{}", run.stdout);
    assert!(run.stdout.contains("zfxxgk  政府信息公开工作年度报告"), "{}", run.stdout);
}

#[test]
fn one_file_of_a_built_in_form_can_be_replaced() {
    let project = Project::with(&support::plain_facts());
    project.write("templates/zfxxgk/report.html.tera", "<title>{{ full_title }}</title>{{ facts.organ_name }}");
    project.build(&["--format", "html,typ"]);
    let page = String::from_utf8(project.read("build/机关/2025.html")).expect("UTF-8");
    assert_eq!(page, "<title>示例区水务局2025年政府信息公开工作年度报告</title>示例区水务局");
    assert!(String::from_utf8(project.read("build/机关/2025.typ")).expect("UTF-8").contains("一、总体情况"));
    let forms = project.run(["forms"]);
    assert!(forms.stdout.contains("report.html.tera 取自 templates/zfxxgk/report.html.tera"), "{}", forms.stdout);
}

/// The program's own source names no section, row or label of the built-in form.
#[test]
fn no_label_of_a_form_is_written_in_rust() {
    let form: toml::Table = text("templates/zfxxgk/form.toml").parse().expect("TOML");
    let mut words = Vec::new();
    collect(&toml::Value::Table(form), &mut words);
    words.push("zfxxgk".to_owned());
    assert!(words.len() > 80);
    for entry in walkdir::WalkDir::new(support::repository().join("src")).into_iter().flatten() {
        if entry.file_type().is_file() {
            let source = std::fs::read_to_string(entry.path()).expect("source");
            // Tests may use any words, and so may documentation.
            let code = source.split("#[cfg(test)]").next().unwrap_or_default();
            let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for word in &words {
                // SARIF has keys of its own.
                let is_sarifs = word == "results" && entry.path().ends_with("diag/sarif.rs");
                let known = !is_sarifs && code.contains(&format!("\"{word}\""))
                    || (word.chars().count() > 4 && !word.is_ascii() || word == "zfxxgk") && code.contains(word);
                assert!(!known, "{} knows {word}", entry.path().display());
            }
        }
    }
}

/// Keys, labels and headings, wherever they stand.
fn collect(value: &toml::Value, words: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("key" | "label" | "heading" | "bar" | "corner", toml::Value::String(word)) if !word.is_empty() => {
                        words.push(word.clone());
                    }
                    _ => collect(value, words),
                }
            }
        }
        toml::Value::Array(list) => list.iter().for_each(|value| collect(value, words)),
        _ => {}
    }
}
