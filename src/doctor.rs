//! Says what the program would work with. In: the project, if there is one, and the machine; out: text for people
//! about the forms, the engine and the face that serves each font role.

use crate::compile::{self, EngineChoice, TYPST_VERSION};
use crate::diag::{Diagnostic, ExitStatus, Language, Text, text};
use crate::fonts::{FontIndex, RoleFaces};
use crate::form::{Form, Origin, files};
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::source::display_path;

/// Every form by its name, or what is wrong with it.
fn forms_of(project: Option<&Project>) -> Vec<(String, Result<Form, Vec<Diagnostic>>)> {
    let templates = project.map(Project::templates);
    let templates = templates.as_deref();
    files::names(templates).into_iter().map(|name| (name.clone(), files::load(&name, templates, None))).collect()
}

/// The forms, one a line, with the project's own files under each, and what is wrong with those that cannot be used.
///
/// # Errors
/// A project file that is wrong.
pub fn forms(language: Language) -> Result<(String, Vec<Diagnostic>), Diagnostic> {
    let project = Project::find_if_any()?;
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    for (name, form) in forms_of(project.as_ref()) {
        match form {
            Ok(form) => {
                lines.push(format!("{}  {}", form.name, form.label));
                lines.extend(origins(&form, language));
            }
            Err(wrong) => {
                lines.push(unusable(&name).get(language).to_owned());
                problems.extend(wrong);
            }
        }
    }
    Ok((lines.join("\n"), problems))
}

fn unusable(name: &str) -> Text {
    text!("{name}  有误，不能使用", "{name}  is wrong and cannot be used")
}

fn origins(form: &Form, language: Language) -> Vec<String> {
    let own = form.files.iter().filter_map(|(name, file)| match &file.origin {
        Origin::BuiltIn => None,
        Origin::Project(path) => Some((name, display_path(path))),
    });
    let own: Vec<Text> = own.map(|(name, path)| text!("  {name} 取自 {path}", "  {name} comes from {path}")).collect();
    match own.is_empty() {
        true => vec![text!("  内置", "  built in").get(language).to_owned()],
        false => own.iter().chain(&form.overrides.told()).map(|line| line.get(language).to_owned()).collect(),
    }
}

/// The engine and the fonts, whether a report can be built with them, and what is wrong with the forms.
///
/// # Errors
/// A project file that is wrong.
pub fn doctor(language: Language) -> Result<(String, Vec<Diagnostic>, ExitStatus), Diagnostic> {
    let project = Project::find_if_any()?;
    let mut report = Report { language, lines: Vec::new(), status: ExitStatus::Done };
    match &project {
        Some(project) => {
            let root = display_path(&project.root);
            report.say(&text!("项目：{root}", "project: {root}"));
        }
        None => report
            .say(&text!("项目：这里没有（nianbao init 可新建）", "project: none here (`nianbao init` starts one)")),
    }
    let asked = project.as_ref().and_then(|project| project.settings.build.engine).unwrap_or_default();
    report.engines(asked);
    let index = FontIndex::scan(&project.as_ref().map(Project::font_paths).unwrap_or_default());
    let files = index.files();
    report.say(&text!("字体：找到 {files} 个字体文件", "fonts: {files} files found"));
    let mut problems = index.troubles().to_vec();
    for (name, form) in forms_of(project.as_ref()) {
        match form {
            Ok(form) => report.form(&form, &index),
            Err(wrong) => {
                report.lines.push(String::new());
                report.bad(&unusable(&name));
                problems.extend(wrong);
            }
        }
    }
    Ok((report.lines.join("\n"), problems, report.status))
}

struct Report {
    language: Language,
    lines: Vec<String>,
    status: ExitStatus,
}

impl Report {
    fn say(&mut self, text: &Text) {
        self.lines.push(text.get(self.language).to_owned());
    }

    fn bad(&mut self, text: &Text) {
        self.say(text);
        self.status = ExitStatus::Environment;
    }

    fn engines(&mut self, asked: EngineChoice) {
        match compile::typst_on_path() {
            Ok(found) => self.say(&text!("typst-cli：{found}", "typst-cli: {found}")),
            Err(problem) => {
                let (zh, en) = (&problem.message.zh, &problem.message.en);
                self.say(&text!("typst-cli：不可用（{zh}）", "typst-cli: not usable ({en})"));
            }
        }
        match cfg!(feature = "embedded") {
            true => self.say(&text!("embedded：Typst {TYPST_VERSION}", "embedded: Typst {TYPST_VERSION}")),
            false => self.say(&text!("embedded：编译时未带", "embedded: not built in")),
        }
        for (reports, zh, en) in [(1, "一份报告", "one report"), (2, "多份报告", "several reports")] {
            match compile::choose(asked, reports, &Interrupt::default()) {
                Ok(chosen) => {
                    let (name, why) = (chosen.name(), chosen.reason);
                    let (why_zh, why_en) = (why.zh, why.en);
                    self.say(&text!("{zh}用 {name}：{why_zh}", "{en}: {name}, because {why_en}"));
                }
                Err(problem) => {
                    let (said_zh, said_en) = (&problem.message.zh, &problem.message.en);
                    self.bad(&text!("{zh}：没有可用的引擎（{said_zh}）", "{en}: no engine ({said_en})"));
                    if let Some(help) = &problem.help {
                        self.say(help);
                    }
                }
            }
        }
    }

    fn form(&mut self, form: &Form, index: &FontIndex) {
        let (name, label) = (&form.name, &form.label);
        self.lines.push(String::new());
        if form.files.iter().any(|(_, file)| file.origin != Origin::BuiltIn) {
            self.say(&text!(
                "表式 {name}（{label}）中由项目改变的：",
                "what the project changes of the form {name} ({label}):"
            ));
            self.lines.extend(origins(form, self.language));
        }
        self.say(&text!("表式 {name}（{label}）的字体：", "fonts of the form {name} ({label}):"));
        let roles = index.roles(&form.fonts);
        for role in &roles {
            self.role(role);
        }
        let wanting = roles.iter().any(|role| role.faces.is_empty());
        if wanting && !form.font_advice.is_empty() {
            let advice = &form.font_advice;
            self.say(&text!("  安装字体：{advice}", "  install fonts: {advice}"));
        }
    }

    fn role(&mut self, role: &RoleFaces) {
        let name = &role.role;
        let Some((best, others)) = role.faces.split_first() else {
            self.bad(&text!("  {name}：没有可用的字体", "  {name}: no font"));
            return;
        };
        let (family, path) = (&best.family, display_path(best.file.path()));
        let others = others.iter().map(|face| face.family.as_str()).collect::<Vec<_>>().join(", ");
        if others.is_empty() {
            self.say(&text!("  {name}：{family}（{path}）", "  {name}: {family} ({path})"));
        } else {
            self.say(&text!(
                "  {name}：{family}（{path}）；缺字时用 {others}",
                "  {name}: {family} ({path}); for missing characters {others}"
            ));
        }
    }
}
