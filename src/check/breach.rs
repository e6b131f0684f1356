//! Breaches of declared rules. In: a rule of the form; out: the problem that names it, with where the rule comes from.

use crate::diag::{Code, Diagnostic, Severity, Text, text};
use crate::form::{Rule, Wording};

/// A problem of a rule, as heavy as the form says.
pub fn breach(rule: &Rule, code: &str, message: Text) -> Diagnostic {
    let code = Code::Declared(code.to_owned());
    match rule.severity {
        Severity::Error => Diagnostic::error(code, message),
        Severity::Warning | Severity::Note => Diagnostic::warning(code, message),
    }
}

/// The problem with the rule's source, and with its advice where it has any.
pub fn sourced(problem: Diagnostic, rule: &Rule) -> Diagnostic {
    let problem = problem.note(text!("依据：{}", "source: {}", rule.source));
    match &rule.help {
        Some(help) => problem.help(words(help)),
        None => problem,
    }
}

/// A form's wording as the program's own.
pub fn words(wording: &Wording) -> Text {
    Text { zh: wording.zh.clone(), en: wording.en.clone() }
}
