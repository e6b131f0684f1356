//! The rules that forms declare, by their own examples: in the place of the same keys of the form's example, the right
//! one is passed over by its rule and the wrong one is not. So no rule is there that cannot fail.

use std::sync::Arc;

use nianbao::diag::explanation;
use nianbao::diag::{Code, Diagnostic};
use nianbao::form::{Form, Rule, files};
use nianbao::forms::overlay::problems;

use crate::support::{self, text};

fn violations(form: &Arc<Form>, code: &str, rule: &Rule, own: &str) -> Vec<Diagnostic> {
    let example = text(format!("templates/{}/example.toml", form.name));
    let all = problems(form, &example, own, rule.last.as_deref()).unwrap_or_else(|said| panic!("{code}: {said}"));
    let strange =
        all.iter().find(|problem| ["check-failed", "last-year", "unknown-key"].contains(&problem.code.as_str()));
    assert!(strange.is_none(), "{code}: {strange:?}");
    all.into_iter().filter(|problem| problem.code.as_str() == code).collect()
}

#[test]
fn every_rule_passes_its_right_example_and_reports_its_wrong_one() {
    for name in files::names(None) {
        let form = Arc::new(files::load(&name, None, None).expect("a built-in form"));
        assert!(!form.checks.rules.is_empty());
        for (code, rule) in &form.checks.rules {
            let right = violations(&form, code, rule, &rule.right);
            assert!(right.is_empty(), "{code} is reported of its right example: {right:?}");
            let wrong = violations(&form, code, rule, &rule.wrong);
            assert!(!wrong.is_empty(), "{code} is not reported of its wrong example");
            for problem in wrong {
                assert_eq!(problem.severity, rule.severity, "{code}");
                assert!(problem.primary().is_some(), "{code} has no place");
                let notes: String = problem.notes.iter().map(|note| note.zh.as_str()).collect();
                assert!(notes.contains(&rule.source), "{code} does not say where it comes from");
            }
        }
    }
}

/// Every rule is used by a check.
#[test]
fn no_rule_is_idle() {
    for name in files::names(None) {
        let form = files::load(&name, None, None).expect("a built-in form");
        let checks = &form.checks;
        for code in checks.rules.keys() {
            let used = checks.enforces(code);
            assert!(used, "{code} is declared and never checked");
        }
    }
}

/// The program's own codes are explained in both languages, and their examples are what they say.
#[test]
fn every_code_is_explained_and_its_examples_hold() {
    let form = Arc::new(files::load("zfxxgk", None, None).expect("the built-in form"));
    let example = text("templates/zfxxgk/example.toml");
    let known: Vec<&str> = Code::BUILT_IN.iter().map(Code::as_str).collect();
    let codes: toml::Table = text("docs/codes.toml").parse().expect("TOML");
    assert_eq!(codes.keys().filter(|code| !known.contains(&code.as_str())).count(), 0);
    for code in known {
        let explanation = explanation::built_in(code).unwrap_or_else(|| panic!("{code} is not explained"));
        assert!(!explanation.zh.is_empty() && !explanation.en.is_empty(), "{code}");
        if explanation.wrong.is_empty() || code == "toml-syntax" {
            continue;
        }
        let codes_of = |own: &str| -> Vec<String> {
            let mut example: toml::Table = example.parse().expect("the example");
            // `proactive = { licences = 0 }` is the whole table; a dotted key is one of its values.
            if own.contains(" = {") && !own.contains('.') {
                let tables = own.parse::<toml::Table>().expect("TOML");
                tables.keys().for_each(|key| drop(example.remove(key)));
            }
            let told = problems(&form, &example.to_string(), own, None).unwrap_or_else(|said| panic!("{code}: {said}"));
            told.iter().map(|problem| problem.code.to_string()).collect()
        };
        assert!(codes_of(&explanation.wrong).contains(&code.to_owned()), "{code}: {:?}", codes_of(&explanation.wrong));
        assert!(!codes_of(&explanation.right).contains(&code.to_owned()), "{code}");
    }
}

#[test]
fn explain_prints_the_rule_its_source_and_both_examples() {
    let project = support::Project::new();
    for (lang, words) in [
        ("zh", ["第一项加第二项之和", "出处", "错误:", "正确:"]),
        ("en", ["items one and two", "source:", "wrong:", "right:"]),
    ] {
        let run = project.run(["--lang", lang, "explain", "requests-balance"]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        for word in words.iter().chain(&["国办公开办函〔2021〕30号", "requests.carried_out = { natural = 2 }"])
        {
            assert!(run.stdout.contains(word), "{word}\n{}", run.stdout);
        }
    }
    let run = project.run(["explain", "wrong-totl"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("wrong-total"), "{}", run.stderr);
}

/// A wording that is missing, or is in the other language, fails. Messages of the program itself have both wordings by
/// their macro; help is looked at beside its words.
#[test]
fn every_wording_of_rules_and_codes_is_there_in_both_languages() {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let mut wordings: Vec<(String, String, String)> = Vec::new();
    for name in files::names(None) {
        let form = files::load(&name, None, None).expect("a built-in form");
        for (code, rule) in &form.checks.rules {
            for words in [Some(&rule.message), rule.help.as_ref()].into_iter().flatten() {
                wordings.push((code.clone(), words.zh.clone(), words.en.clone()));
            }
        }
    }
    for code in Code::BUILT_IN {
        let explanation = explanation::built_in(code.as_str()).expect("an explanation");
        wordings.push((code.to_string(), explanation.zh, explanation.en));
    }
    assert!(wordings.len() > 50);
    for (code, zh, en) in wordings {
        // What is to be written into a report is Chinese in any language.
        let quoted = ["自{{", "《{{", "年", "其中"].iter().any(|words| en.contains(words));
        assert!(is_chinese(&zh) && !en.is_empty() && (quoted || !is_chinese(&en)), "{code}: {zh} / {en}");
    }
}
