//! What a project changes of a form without copying it: labels and rules, in `templates/<form>/override.toml`. In: a
//! declaration and the project's overrides; out: the declaration with the changes, or a problem at each name that stands
//! for nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::declared::{Declared, Wording};
use super::head::Head;
use super::key::Key;
use super::table::Table;
use crate::diag::{Code, Diagnostic, Severity, did_you_mean, text};
use crate::source::{Place, Source};

/// The name of the file.
pub const OVERRIDES: &str = "override.toml";

/// What may stand in it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// Labels by the key of a field, or of a row or column of a table.
    pub labels: BTreeMap<Spanned<String>, String>,
    /// Rules by code.
    #[serde(rename = "rule")]
    pub rules: BTreeMap<Spanned<String>, RuleOverride>,
}

/// What may be changed of a rule.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleOverride {
    /// Whether its checks are left out.
    pub off: bool,
    /// Whether a violation keeps the report from being made.
    pub severity: Option<Severity>,
    /// The rule in words.
    pub message: Option<Wording>,
    /// What to do about a violation.
    pub help: Option<Wording>,
}

impl Overrides {
    /// Changes the rules of a declaration, and the labels of its fields.
    pub fn apply(&self, declared: &mut Declared, source: &Arc<Source>, problems: &mut Vec<Diagnostic>) {
        for (code, change) in &self.rules {
            let name = code.get_ref().as_str();
            let Some(rule) = declared.rules.get_mut(name) else {
                let near = did_you_mean(name, declared.rules.keys().map(String::as_str));
                let message = text!("表式没有规则“{name}”", "the form has no rule `{name}`");
                let problem = Diagnostic::error(Code::FormFile, message).at(Place::new(source, code.span()));
                problems.push(near.map_or(problem.clone(), |near| problem.help(near)));
                continue;
            };
            rule.severity = change.severity.unwrap_or(rule.severity);
            if let Some(message) = &change.message {
                rule.message = message.clone();
            }
            rule.help = change.help.clone().or(rule.help.take());
            if change.off {
                declared.equations.retain(|equation| equation.rule.get_ref() != name);
                declared.conditions.retain(|condition| condition.rule.get_ref() != name);
                declared.patterns.retain(|pattern| pattern.rule.get_ref() != name);
                declared.doubled.retain(|doubled| doubled.rule.get_ref() != name);
                declared.unchanged.retain(|unchanged| unchanged.rule.get_ref() != name);
                declared.balanced.retain(|balanced| balanced.rule.get_ref() != name);
                declared.repeated.retain(|repeated| repeated.rule.get_ref() != name);
            }
        }
        for field in &mut declared.fields {
            if let Some(label) = self.label(field.key.get_ref()) {
                field.label.clone_from(label);
            }
        }
    }

    /// Changes the labels of rows and columns; every label must then stand for something.
    pub fn apply_to_tables(
        &self,
        tables: &mut [Table],
        declared: &Declared,
        source: &Arc<Source>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let mut known: Vec<Key> = declared.fields.iter().map(|field| field.key.get_ref().as_str().into()).collect();
        for block in tables.iter_mut().flat_map(|table| &mut table.blocks) {
            for head in block.columns.iter_mut().chain(&mut block.rows) {
                self.relabel(head, &mut known);
            }
        }
        for key in self.labels.keys().filter(|key| !known.iter().any(|known| known == key.get_ref().as_str())) {
            let name = key.get_ref();
            let message = text!("表式没有“{name}”这一项", "the form has nothing called `{name}`");
            let problem = Diagnostic::error(Code::FormFile, message).at(Place::new(source, key.span()));
            let near = did_you_mean(name, known.iter().map(Key::as_str));
            problems.push(near.map_or(problem.clone(), |near| problem.help(near)));
        }
    }

    fn relabel(&self, head: &mut Head, known: &mut Vec<Key>) {
        if !head.key.is_empty() {
            known.push(head.key.clone());
        }
        if let Some(label) = self.label(&head.key) {
            head.label.clone_from(label);
        }
        head.children.iter_mut().for_each(|child| self.relabel(child, known));
    }

    fn label(&self, key: &str) -> Option<&String> {
        self.labels.iter().find(|(name, _)| name.get_ref() == key).map(|(_, label)| label)
    }

    /// What is changed, for `doctor` and `forms`: a line for each label and rule.
    pub fn told(&self) -> Vec<crate::diag::Text> {
        let labels = self.labels.iter().map(|(key, label)| {
            let key = key.get_ref();
            text!("  {key} 的名称改为“{label}”", "  {key} is labelled `{label}`")
        });
        let rules = self.rules.iter().map(|(code, change)| {
            let code = code.get_ref();
            match (change.off, change.severity) {
                (true, _) => text!("  不检查 {code}", "  {code} is not checked"),
                (false, Some(Severity::Error)) => text!("  {code} 改为错误", "  {code} is an error"),
                (false, Some(Severity::Warning | Severity::Note)) => {
                    text!("  {code} 改为警告", "  {code} is a warning")
                }
                (false, None) => text!("  {code} 的文字改变了", "  the wording of {code} is changed"),
            }
        });
        labels.chain(rules).collect()
    }
}
