//! Explains a code. In: the code of a problem; out: the rule in words, where it comes from, and facts that are wrong and
//! right by it. The program's own codes are told in `docs/codes.toml`, those of a form's rules by the form.

use serde::Deserialize;

use crate::diag::{Code, Diagnostic, Language, Severity, did_you_mean, text};
use crate::form::{Form, Rule, files};
use crate::project::Project;

const CODES: &str = include_str!("../docs/codes.toml");

/// What is known of one of the program's own codes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What it means and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Where the rule comes from, where it is more than the program's own.
    #[serde(default)]
    pub source: String,
    /// Facts, or a call, that get it.
    #[serde(default)]
    pub wrong: String,
    /// The same without it.
    #[serde(default)]
    pub right: String,
}

/// The explanation of one of the program's own codes.
pub fn built_in(code: &str) -> Option<Explanation> {
    let mut codes: std::collections::BTreeMap<String, Explanation> = toml::from_str(CODES).ok()?;
    codes.remove(code)
}

/// The explanation of a code, for people.
///
/// # Errors
/// A code that neither the program nor a form has.
pub fn explain(code: &str, language: Language) -> Result<String, Diagnostic> {
    if let Some(explanation) = built_in(code) {
        let words = match language {
            Language::Zh => &explanation.zh,
            Language::En => &explanation.en,
        };
        let Explanation { source, wrong, right, .. } = &explanation;
        return Ok(Page { code, words, source, wrong, right, last: None, form: None }.text(language));
    }
    let templates = Project::find_if_any()?.map(|project| project.templates());
    let forms: Vec<Form> = files::names(templates.as_deref())
        .into_iter()
        .filter_map(|name| files::load(&name, templates.as_deref(), None).ok())
        .collect();
    let pages: Vec<String> = forms
        .iter()
        .filter_map(|form| Some((form, form.checks.rules.get(code)?)))
        .map(|(form, rule)| of_rule(code, form, rule, language))
        .collect();
    match pages.is_empty() {
        false => Ok(pages.join("\n\n")),
        true => Err(unknown(code, &forms)),
    }
}

fn of_rule(code: &str, form: &Form, rule: &Rule, language: Language) -> String {
    let words = match language {
        Language::Zh => &rule.message.zh,
        Language::En => &rule.message.en,
    };
    let severity = match rule.severity {
        Severity::Error => text!("错误", "error"),
        Severity::Warning | Severity::Note => {
            text!("警告，可以用 [[accept]] 说明理由后接受", "warning, can be accepted with a reason: [[accept]]")
        }
    };
    let words = format!("{words}\n({})", severity.get(language));
    let Rule { source, wrong, right, last, .. } = rule;
    Page { code, words: &words, source, wrong, right, last: last.as_deref(), form: Some(form) }.text(language)
}

struct Page<'a> {
    code: &'a str,
    words: &'a str,
    source: &'a str,
    wrong: &'a str,
    right: &'a str,
    last: Option<&'a str>,
    form: Option<&'a Form>,
}

impl Page<'_> {
    fn text(&self, language: Language) -> String {
        let mut text = match self.form {
            Some(form) => format!("{} [{}]\n\n{}\n", self.code, form.name, self.words),
            None => format!("{}\n\n{}\n", self.code, self.words),
        };
        let parts = [
            (text!("出处", "source"), self.source),
            (text!("上年", "last year"), self.last.unwrap_or_default()),
            (text!("错误", "wrong"), self.wrong),
            (text!("正确", "right"), self.right),
        ];
        for (name, part) in parts.iter().filter(|(_, part)| !part.is_empty()) {
            let indented: Vec<String> = part.trim_end().lines().map(|line| format!("    {line}")).collect();
            text += &format!("\n{}:\n{}\n", name.get(language), indented.join("\n"));
        }
        text.trim_end().to_owned()
    }
}

fn unknown(code: &str, forms: &[Form]) -> Diagnostic {
    let declared = forms.iter().flat_map(|form| form.checks.rules.keys().map(String::as_str));
    let known: Vec<&str> = Code::BUILT_IN.iter().map(Code::as_str).chain(declared).collect();
    let problem = Diagnostic::error(Code::Usage, text!("没有代码“{code}”", "there is no code `{code}`"));
    let list = known.join(", ");
    problem.help(did_you_mean(code, known).unwrap_or_else(|| text!("所有代码：{list}", "the codes are: {list}")))
}
