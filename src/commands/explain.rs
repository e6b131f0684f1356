//! `explain`: explains a code, or lists them all. In: the code of a problem; out: the rule in words, where it comes from, and facts
//! that are wrong and right by it. The program's own codes are told in `docs/codes.toml`, those of a form's rules by the form.

use super::aside::tell;
use crate::cli::Explain;
use crate::diag::emit::Emitter;
use crate::diag::explanation::{Explanation, all_built_in, built_in, first_sentence};
use crate::diag::{Code, Diagnostic, ExitStatus, Language, Problems, Severity, did_you_mean, text};
use crate::form::{Form, Rule, files};
use crate::project::Project;

/// Prints the explanation of a code, or the list of all; with the list, what is wrong with forms that are missing in it.
///
/// # Errors
/// A code that neither the program nor a form has.
pub(super) fn run(typed: Explain, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let (text, problems) = explain(typed.code.as_deref(), emitter.language())?;
    emitter.print(&text);
    Ok(tell(&problems, emitter))
}

/// The explanation of a code, or the list of all, for people; with the list, what is wrong with forms that are missing in it.
///
/// # Errors
/// A code that neither the program nor a form has.
fn explain(code: Option<&str>, language: Language) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let Some(code) = code else {
        let (forms, problems) = forms();
        return Ok((list(&forms, language), problems));
    };
    if let Some(explanation) = built_in(code) {
        let words = explanation.words(language);
        let Explanation { source, wrong, right, .. } = &explanation;
        return Ok((
            Explained { code, words, source, wrong, right, last: None, form: None }.text(language),
            Vec::new(),
        ));
    }
    let (forms, problems) = forms();
    let pages: Vec<String> = forms
        .iter()
        .filter_map(|form| Some((form, form.checks.rules.get(code)?)))
        .map(|(form, rule)| of_rule(code, form, rule, language))
        .collect();
    match pages.is_empty() {
        false => Ok((pages.join("\n\n"), Vec::new())),
        true => Err(unknown(code, &forms, !problems.is_empty())),
    }
}

/// The forms that are in order, and what is wrong with the others.
fn forms() -> (Vec<Form>, Vec<Diagnostic>) {
    let (mut forms, mut problems) = (Vec::new(), Vec::new());
    let project = Project::find_if_any().unwrap_or_else(|wrong| {
        problems.extend(wrong);
        None
    });
    let templates = project.map(|project| project.templates());
    for name in files::names(templates.as_deref()) {
        match files::load(&name, templates.as_deref(), None) {
            Ok(form) => forms.push(form),
            Err(wrong) => problems.extend(wrong),
        }
    }
    (forms, problems)
}

/// Every code with its title: the program's own, then those of each form.
fn list(forms: &[Form], language: Language) -> String {
    let explanations = all_built_in();
    let own = Code::BUILT_IN.iter().map(|code| {
        let title = explanations.get(code.as_str()).map(|explanation| explanation.title(language));
        (code.as_str().to_owned(), title.unwrap_or_default())
    });
    let mut groups = vec![(text!("程序自己的代码", "the program's own codes"), own.collect::<Vec<_>>())];
    for form in forms.iter().filter(|form| !form.checks.rules.is_empty()) {
        let (name, label) = (&form.name, &form.label);
        let rules = form.checks.rules.iter().map(|(code, rule)| {
            let words = first_sentence(words_of(rule, language));
            let warning = text!("（警告）", "(warning) ");
            let severity = if rule.severity == Severity::Warning { warning.get(language) } else { "" };
            (code.clone(), format!("{severity}{words}"))
        });
        groups.push((text!("表式 {name}（{label}）的规则", "the rules of the form {name} ({label})"), rules.collect()));
    }
    let width = groups.iter().flat_map(|(_, codes)| codes).map(|(code, _)| code.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, codes) in &groups {
        text += &format!("{}\n", name.get(language));
        for (code, title) in codes {
            text += &format!("  {code:width$}  {title}\n");
        }
        text.push('\n');
    }
    text += text!("nianbao explain <代码> 说明其中一个", "`nianbao explain CODE` explains one of them").get(language);
    text
}

fn words_of(rule: &Rule, language: Language) -> &str {
    match language {
        Language::Zh => &rule.message.zh,
        Language::En => &rule.message.en,
    }
}

fn of_rule(code: &str, form: &Form, rule: &Rule, language: Language) -> String {
    let words = words_of(rule, language);
    let severity = match rule.severity {
        Severity::Error => text!("错误", "error"),
        Severity::Warning | Severity::Note => {
            text!("警告，可以用 [[accept]] 说明理由后接受", "warning, can be accepted with a reason: [[accept]]")
        }
    };
    let words = format!("{words}\n({})", severity.get(language));
    let Rule { source, wrong, right, last, .. } = rule;
    Explained { code, words: &words, source, wrong, right, last: last.as_deref(), form: Some(form) }.text(language)
}

struct Explained<'a> {
    code: &'a str,
    words: &'a str,
    source: &'a str,
    wrong: &'a str,
    right: &'a str,
    last: Option<&'a str>,
    form: Option<&'a Form>,
}

impl Explained<'_> {
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

fn unknown(code: &str, forms: &[Form], some_are_wrong: bool) -> Diagnostic {
    let declared = forms.iter().flat_map(|form| form.checks.rules.keys().map(String::as_str));
    let known = Code::BUILT_IN.iter().map(Code::as_str).chain(declared);
    let all = || text!("nianbao explain 列出所有代码", "`nianbao explain` lists all codes");
    let problem = Diagnostic::error(Code::Usage, text!("没有代码“{code}”", "there is no code `{code}`"))
        .help(did_you_mean(code, known).unwrap_or_else(all));
    match some_are_wrong {
        true => problem.note(text!(
            "有的表式或 nianbao.toml 有误，其中的代码没有算在内；nianbao forms 说明是哪些",
            "some forms, or nianbao.toml, are wrong, and their codes are not known; `nianbao forms` says which"
        )),
        false => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_sentence() {
        assert_eq!(first_sentence("总计不等于各项之和。可以不写。"), "总计不等于各项之和");
        assert_eq!(first_sentence("form.toml is wrong. Mend it."), "form.toml is wrong");
        assert_eq!(first_sentence("One sentence."), "One sentence");
        assert_eq!(first_sentence("no full stop"), "no full stop");
    }

    /// A code without words would be an empty line of the list.
    #[test]
    fn every_code_has_a_title_in_both_languages() {
        for code in Code::BUILT_IN {
            let explanation = built_in(code.as_str()).unwrap_or_else(|| panic!("{code} is not explained"));
            for words in [&explanation.zh, &explanation.en] {
                let title = first_sentence(words);
                assert!(!title.is_empty() && !title.ends_with(['.', '。']), "{code}: {title}");
            }
        }
    }
}
