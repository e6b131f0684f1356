//! `doctor`: says what the program would work with. In: the project, if there is one, and the machine; out: the engines, and the face
//! that serves each font role of each form, for people or as JSON, and what is missing.

use serde::Serialize;

use super::aside::tell;
use super::forms::{OwnFile, forms_of, origins, own_files, unusable};
use crate::cli::{Doctor, ListFormat};
use crate::diag::emit::Emitter;
use crate::diag::{ExitStatus, Problems, Text, text};
use crate::fonts::{self, FontIndex, RoleFaces};
use crate::form::Form;
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::source::display_path;
use crate::typeset::{self, EngineChoice, TYPST_VERSION};

/// Says what there is to work with, whether a report can be made with it, and what is wrong with the forms.
///
/// # Errors
/// A project file that is wrong.
pub(super) fn run(typed: Doctor, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    let (findings, problems) = look()?;
    match typed.format {
        ListFormat::Json => {
            emitter.print_json(&serde_json::to_string_pretty(&findings).unwrap_or_default());
        }
        ListFormat::Table => findings.say(emitter),
    }
    let status = if findings.is_enough() { ExitStatus::Done } else { ExitStatus::Environment };
    Ok(status.max(tell(&problems, emitter)))
}

/// All that was found.
#[derive(Serialize)]
struct Findings {
    /// The project's root; absent outside of projects.
    project: Option<String>,
    engines: Engines,
    /// The engine of one report, and that of several.
    chosen: Vec<Choice>,
    /// How many font files there are.
    font_files: usize,
    forms: Vec<OfForm>,
}

/// The engines that there are.
#[derive(Serialize)]
struct Engines {
    /// The `typst` on PATH, or why it cannot be used.
    typst_cli: Found,
    /// The version of the one in this program; absent where there is none.
    embedded: Option<&'static str>,
}

/// A thing that was looked for.
#[derive(Serialize)]
#[serde(untagged)]
enum Found {
    There { found: String },
    Missing { problem: Text },
}

/// The engine that would be used.
#[derive(Serialize)]
struct Choice {
    /// For one report, or for several.
    several_reports: bool,
    /// Which, and why; absent where there is none.
    engine: Option<&'static str>,
    /// Why this one, or why none.
    reason: Text,
    /// What to do where there is none.
    help: Option<Text>,
}

/// What there is for a form.
#[derive(Serialize)]
struct OfForm {
    name: String,
    /// What it is called; absent where it cannot be used.
    label: Option<String>,
    own_files: Vec<OwnFile>,
    roles: Vec<Role>,
    /// What to install where a role has no face.
    font_advice: Option<String>,
    #[serde(skip)]
    changed: Vec<Text>,
}

/// The faces of a font role, best first.
#[derive(Serialize)]
struct Role {
    role: String,
    faces: Vec<Face>,
    /// Those for Latin letters and digits, best first; absent where the form names none.
    latin: Option<Vec<Face>>,
}

#[derive(Serialize)]
struct Face {
    family: String,
    path: String,
}

fn look() -> Result<(Findings, Problems), Problems> {
    let project = Project::find_if_any()?;
    let asked = project.as_ref().and_then(|project| project.settings.build.engine).unwrap_or_default();
    let index = FontIndex::scan(&project.as_ref().map(Project::font_paths).unwrap_or_default());
    let mut problems: Problems = project.iter().flat_map(|project| project.faults.clone()).collect();
    problems.extend(index.troubles().iter().cloned());
    let mut forms = Vec::new();
    for (name, form) in forms_of(project.as_ref()) {
        forms.push(match form {
            Ok(form) => OfForm::of(&form, &index),
            Err(wrong) => {
                problems.extend(wrong);
                OfForm::unusable(name)
            }
        });
    }
    let findings = Findings {
        project: project.map(|project| display_path(&project.root)),
        engines: Engines {
            typst_cli: match typeset::typst_on_path() {
                Ok(found) => Found::There { found },
                Err(problem) => Found::Missing { problem: problem.message.clone() },
            },
            embedded: cfg!(feature = "embedded").then_some(TYPST_VERSION),
        },
        chosen: [false, true].map(|several| Choice::of(asked, several)).into(),
        font_files: index.files(),
        forms,
    };
    Ok((findings, problems))
}

impl Choice {
    fn of(asked: EngineChoice, several_reports: bool) -> Self {
        match typeset::choose(asked, 1 + usize::from(several_reports), &Interrupt::default()) {
            Ok(chosen) => Self { several_reports, engine: Some(chosen.name()), reason: chosen.reason, help: None },
            Err(problem) => {
                let (reason, help) = (problem.message.clone(), problem.help.clone());
                Self { several_reports, engine: None, reason, help }
            }
        }
    }
}

impl OfForm {
    fn of(form: &Form, index: &FontIndex) -> Self {
        let roles: Vec<Role> = index.roles(&form.fonts).iter().map(|role| Role::of(role, form)).collect();
        let is_wanting = roles.iter().any(|role| role.faces.is_empty() || role.lacks_latin());
        let own_files = own_files(form);
        Self {
            name: form.name.clone(),
            label: Some(form.label.clone()),
            roles,
            font_advice: Some(form.font_advice.clone()).filter(|advice| is_wanting && !advice.is_empty()),
            changed: if own_files.is_empty() { Vec::new() } else { origins(form) },
            own_files,
        }
    }

    fn unusable(name: String) -> Self {
        let (own_files, roles, changed) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, label: None, own_files, roles, font_advice: None, changed }
    }
}

impl Role {
    fn of(role: &RoleFaces, form: &Form) -> Self {
        let face = |face: &fonts::Face| Face { family: face.family.clone(), path: display_path(face.file.path()) };
        let names_latin = form.fonts.get(&role.role).is_some_and(|declared| !declared.latin.is_empty());
        Self {
            role: role.role.clone(),
            faces: role.faces.iter().map(face).collect(),
            latin: names_latin.then(|| role.latin.iter().map(face).collect()),
        }
    }

    /// Whether the form names faces for Latin letters and digits, of which there is none.
    fn lacks_latin(&self) -> bool {
        self.latin.as_ref().is_some_and(Vec::is_empty)
    }
}

impl Findings {
    /// Whether every report can be made.
    fn is_enough(&self) -> bool {
        let has_faces = |form: &OfForm| form.label.is_some() && form.roles.iter().all(|role| !role.faces.is_empty());
        self.chosen.iter().all(|choice| choice.engine.is_some()) && self.forms.iter().all(has_faces)
    }

    fn say(&self, emitter: &Emitter) {
        emitter.answer(&match &self.project {
            Some(root) => text!("项目：{root}", "project: {root}"),
            None => text!("项目：这里没有（nianbao init 可新建）", "project: none here (`nianbao init` starts one)"),
        });
        emitter.answer(&match &self.engines.typst_cli {
            Found::There { found } => text!("typst-cli：{found}", "typst-cli: {found}"),
            Found::Missing { problem: Text { zh, en } } => {
                text!("typst-cli：不可用（{zh}）", "typst-cli: not usable ({en})")
            }
        });
        emitter.answer(&match self.engines.embedded {
            Some(version) => text!("embedded：Typst {version}", "embedded: Typst {version}"),
            None => text!("embedded：编译时未带", "embedded: not built in"),
        });
        self.chosen.iter().for_each(|choice| choice.say(emitter));
        let files = self.font_files;
        emitter.answer(&text!("字体：找到 {files} 个字体文件", "fonts: {files} files found"));
        self.forms.iter().for_each(|form| form.say(emitter));
    }
}

impl Choice {
    fn say(&self, emitter: &Emitter) {
        let (zh, en) =
            if self.several_reports { ("多份报告", "several reports") } else { ("一份报告", "one report") };
        let Text { zh: why_zh, en: why_en } = &self.reason;
        emitter.answer(&match self.engine {
            Some(name) => text!("{zh}用 {name}：{why_zh}", "{en}: {name}, because {why_en}"),
            None => text!("{zh}：没有可用的引擎（{why_zh}）", "{en}: no engine ({why_en})"),
        });
        if let Some(help) = &self.help {
            emitter.answer(help);
        }
    }
}

impl OfForm {
    fn say(&self, emitter: &Emitter) {
        emitter.print("");
        let name = &self.name;
        let Some(label) = &self.label else { return emitter.answer(&unusable(name)) };
        if !self.changed.is_empty() {
            emitter.answer(&text!(
                "表式 {name}（{label}）中由项目改变的：",
                "what the project changes of the form {name} ({label}):"
            ));
            self.changed.iter().for_each(|line| emitter.answer(line));
        }
        emitter.answer(&text!("表式 {name}（{label}）的字体：", "fonts of the form {name} ({label}):"));
        for role in &self.roles {
            emitter.answer(&role.said());
            role.latin_said().iter().for_each(|line| emitter.answer(line));
        }
        if let Some(advice) = &self.font_advice {
            emitter.answer(&text!("  安装字体：{advice}", "  install fonts: {advice}"));
        }
    }
}

impl Role {
    fn latin_said(&self) -> Option<Text> {
        Some(match self.latin.as_ref()?.first() {
            Some(Face { family, path }) => {
                text!("    西文和数字：{family}（{path}）", "    Latin letters and digits: {family} ({path})")
            }
            None => text!(
                "    西文和数字：没有专用的字体，也用它",
                "    Latin letters and digits: no face of their own, so the same"
            ),
        })
    }

    fn said(&self) -> Text {
        let name = &self.role;
        let Some((Face { family, path }, others)) = self.faces.split_first() else {
            return text!("  {name}：没有可用的字体", "  {name}: no font");
        };
        let others = others.iter().map(|face| face.family.as_str()).collect::<Vec<_>>().join(", ");
        match others.is_empty() {
            true => text!("  {name}：{family}（{path}）", "  {name}: {family} ({path})"),
            false => text!(
                "  {name}：{family}（{path}）；缺字时用 {others}",
                "  {name}: {family} ({path}); for missing characters {others}"
            ),
        }
    }
}
