//! A rule of a form. In: what is declared of it; out: [`Rule`], which each check that enforces it holds, and the problem of a violation.

use crate::diag::{Code, Diagnostic, Severity, Text, text};

/// A rule that checks enforce: what it is called, how much a violation weighs, and how it is explained.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its code, by which it is explained and its warnings are accepted.
    pub code: String,
    /// Whether a violation keeps the report from being made.
    pub severity: Severity,
    /// The rule in words.
    pub message: Text,
    /// What to do about a violation.
    pub help: Option<Text>,
    /// Where the rule comes from.
    pub source: String,
    /// Facts that obey it, as they would replace those of the form's example.
    pub right: String,
    /// Facts that break it.
    pub wrong: String,
    /// Last year's facts to both, where the rule needs them.
    pub last: Option<String>,
}

impl Rule {
    /// The problem of a violation, in the words of the rule.
    pub fn violation(&self) -> Diagnostic {
        self.violation_saying(self.message.clone())
    }

    /// The problem of a violation, in other words.
    pub fn violation_saying(&self, message: Text) -> Diagnostic {
        let code = Code::Declared(self.code.clone());
        match self.severity {
            Severity::Error => Diagnostic::error(code, message),
            Severity::Warning | Severity::Note => Diagnostic::warning(code, message),
        }
    }

    /// The problem with where the rule comes from, and with its advice where it has any.
    pub fn sourced(&self, problem: Diagnostic) -> Diagnostic {
        let problem = problem.note(text!("依据：{}", "source: {}", self.source));
        match &self.help {
            Some(help) => problem.help(help.clone()),
            None => problem,
        }
    }
}
