//! For those who write forms. In: the name of a form; out: the files of a new one that builds as it is, or all that is to be
//! said of one that is there: what is wrong, and what is declared and never used.

pub mod overlay;
mod proof;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check;
use crate::consolidate::Alone;
use crate::diag::{Code, Diagnostic, Problems, Text, text};
use crate::disk;
use crate::facts::Facts;
use crate::facts::years_before::YearsBefore;
use crate::form::{Block, Content, Form, Head, Key, files};
use crate::import::{self, alike::Pair};
use crate::project::Project;
use crate::render::{Target, Templates};
use crate::source::{Place, Source};
use crate::worker::{Guard, Workers};

/// What a new form begins with; `NAME` stands for its name.
const STARTER: [(&str, &str); 4] = [
    ("form.toml", include_str!("forms/form.toml")),
    ("report.typ.tera", include_str!("forms/report.typ.tera")),
    ("report.html.tera", include_str!("forms/report.html.tera")),
    ("example.toml", include_str!("forms/example.toml")),
];

/// Starts a form in the project; gives the files that were written.
///
/// # Errors
/// No project, a name that cannot be one, a form of that name, or a file that cannot be written.
pub fn start(name: &str) -> Result<Vec<PathBuf>, Problems> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.chars().all(is_name) || !disk::is_name_everywhere(name) || name == "partials" {
        let message = text!("“{name}”不能作表式的名称", "`{name}` cannot be the name of a form");
        let help = text!(
            "用小写字母、数字和连字符，不用 Windows 保留的名称（con、nul、com1 等）",
            "use small letters, digits and hyphens, and no name that Windows keeps (con, nul, com1 and the like)"
        );
        return Err(Diagnostic::error(Code::Usage, message).help(help).into());
    }
    let templates = Project::find()?.templates();
    if files::names(Some(&templates)).iter().any(|known| known == name) {
        let message = text!("已经有名为“{name}”的表式", "there is a form called `{name}` already");
        return Err(Diagnostic::error(Code::AlreadyExists, message).into());
    }
    let mut written = Vec::new();
    for (file, text) in STARTER {
        let path = templates.join(name).join(file);
        disk::write_new(&path, text.replace("NAME", name).as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

/// What a check of a form came to.
pub struct Checked {
    /// All that is wrong.
    pub problems: Problems,
    /// What could not be tried on this machine.
    pub untried: Option<Text>,
}

/// Checks a form: that its templates compile for every target, that its example is in order and makes every page, that
/// every rule passes its right example and reports its wrong one, and that nothing is unlabelled or unused.
///
/// # Errors
/// No such form, or one whose declaration is wrong.
pub fn check(name: &str, guard: Guard) -> Result<Checked, Problems> {
    let project = Project::find_if_any()?;
    let templates = project.as_ref().map(Project::templates);
    let form = Arc::new(files::load_typed(name, templates.as_deref())?);
    let mut checked = Checked { problems: Problems::new(), untried: None };
    unused(&form, &mut checked.problems);
    unlabelled(&form, &mut checked.problems);
    alike(&form, &mut checked.problems);
    let workers = Arc::new(Workers::new(guard));
    example(&form, project.as_ref(), &workers, &mut checked);
    Ok(checked)
}

fn declaration(form: &Form) -> Option<&Arc<Source>> {
    form.files.get("form.toml").map(|file| &file.source)
}

/// A problem of the form, at the words of its declaration that it is about.
fn of_form(form: &Form, words: &str, message: crate::diag::Text) -> Diagnostic {
    let problem = Diagnostic::warning(Code::FormFile, message);
    let place = declaration(form).and_then(|source| {
        let at = source.text().find(words)?;
        Some(Place::new(source, at..at + words.len()))
    });
    place.map_or(problem.clone(), |place| problem.at(place))
}

/// Fields that no section, title or template shows, tables that no section shows, and rules that no check enforces.
fn unused(form: &Form, problems: &mut Vec<Diagnostic>) {
    let mut shown: BTreeSet<&str> = BTreeSet::from([form.author.as_str()]);
    shown.extend(form.dated.as_deref());
    let mut tables = BTreeSet::new();
    for content in form.sections.iter().flat_map(|section| &section.blocks) {
        match content {
            Content::Prose { key, .. } => drop(shown.insert(key)),
            Content::Table(name) => drop(tables.insert(name.as_str())),
            Content::Listing(keys) => shown.extend(keys.iter().map(|key| key.as_str())),
            Content::Chart(_) | Content::Organs(_) => {}
        }
    }
    let words: Vec<&str> =
        form.files.iter().filter(|(name, _)| name.ends_with(".tera")).map(|(_, file)| file.source.text()).collect();
    for field in &form.fields {
        let drawn = |text: &str| text.contains(&format!("facts.{}", field.key.replace('.', "_")));
        let in_title = form.title.iter().any(|line| line.contains(field.key.as_str()));
        if !shown.contains(field.key.as_str()) && !in_title && !words.iter().any(|text| drawn(text)) {
            let key = &field.key;
            problems.push(of_form(form, key, text!("“{key}”没有用在页面上", "`{key}` is shown on no page")));
        }
    }
    for table in form.tables.iter().filter(|table| !tables.contains(table.name.as_str())) {
        let name = &table.name;
        problems.push(of_form(
            form,
            name,
            text!("表格“{name}”没有用在页面上", "the table `{name}` is shown on no page"),
        ));
    }
    for code in form.checks.rules.keys().filter(|code| !form.checks.enforces(code)) {
        let off = form.overrides.rules.iter().any(|(name, change)| name.get_ref() == code && change.off);
        if !off {
            problems.push(of_form(form, code, text!("规则“{code}”没有检查", "nothing checks the rule `{code}`")));
        }
    }
}

fn unlabelled(form: &Form, problems: &mut Vec<Diagnostic>) {
    for field in form.fields.iter().filter(|field| field.label.trim().is_empty()) {
        let key = &field.key;
        problems.push(of_form(form, key, text!("“{key}”没有名称（label）", "`{key}` has no label")));
    }
    let blocks = form.tables.iter().flat_map(|table| &table.blocks);
    let leaves = |block: &Block| -> Vec<(Key, bool)> {
        let bare = |path: Vec<&Head>| path.last().map(|head| (head.key.clone(), head.label.trim().is_empty()));
        // Where rows have no labels on the page, they need none.
        let rows = block.leaf_rows().into_iter().filter(|_| block.label_columns > 0);
        rows.chain(block.leaf_columns()).filter_map(bare).collect()
    };
    for (key, _) in blocks.flat_map(leaves).filter(|(key, bare)| *bare && !key.is_empty()) {
        let last = key.rsplit('.').next().unwrap_or(&key).to_owned();
        problems.push(of_form(form, &last, text!("“{key}”没有名称（label）", "`{key}` has no label")));
    }
}

/// Labels that a report which is read back could not be told by.
fn alike(form: &Form, problems: &mut Vec<Diagnostic>) {
    for Pair { table, first, second } in import::alike::alike(form) {
        let message = text!(
            "表格“{table}”的“{first}”和“{second}”太相像，导入时分不开",
            "`{first}` and `{second}` of the table `{table}` are too alike for an import to tell them apart"
        );
        let last = second.rsplit('·').next().unwrap_or_default().to_owned();
        problems.push(of_form(form, &last, message));
    }
}

/// The templates for every target, and the example through all of them.
fn example(form: &Arc<Form>, project: Option<&Project>, workers: &Arc<Workers>, checked: &mut Checked) {
    let problems = &mut checked.problems;
    let mut targets = vec![Target::Typst, Target::Html, Target::Docx];
    if form.files.get("fragment.html.tera").is_some() {
        targets.push(Target::HtmlFragment);
    }
    let mut templates = Vec::new();
    for target in targets {
        match Templates::load(form, target, workers) {
            Ok(loaded) => templates.push((target, loaded)),
            Err(problem) => problems.push(problem),
        }
    }
    let Some(file) = form.files.get("example.toml") else {
        let name = &form.name;
        let message = text!(
            "表式 {name} 没有 example.toml，检查没有试过",
            "the form {name} has no example.toml, so its checks are untried"
        );
        problems.push(Diagnostic::warning(Code::FormFile, message));
        return;
    };
    let facts = match Facts::parse(&file.source) {
        Ok(facts) => facts,
        Err(wrong) => return problems.extend(wrong),
    };
    // What lies beside the example, and not where the command happens to run, is what was before it.
    let path = Path::new(file.source.name());
    match check::check(&facts, form, &YearsBefore::of(path), &Alone) {
        Ok((report, warnings)) => {
            problems.extend(warnings);
            checked.untried = proof::pages(report, path, &templates, (project, workers), problems);
            rules(form, file.source.text(), problems);
        }
        Err(wrong) => problems.extend(wrong),
    }
}

/// Every rule by its own examples, put over the form's example.
fn rules(form: &Arc<Form>, example: &str, problems: &mut Vec<Diagnostic>) {
    for (code, rule) in &form.checks.rules {
        if rule.right.is_empty() && rule.wrong.is_empty() || !form.checks.enforces(code) {
            continue;
        }
        let reported = |own: &str| overlay::reports(form, code, rule, example, own);
        match (reported(&rule.right), reported(&rule.wrong)) {
            (Ok(false), Ok(true)) => {}
            (Ok(true), _) => problems.push(of_form(
                form,
                code,
                text!("规则“{code}”报告了自己的正确例", "the rule `{code}` is reported of its right example"),
            )),
            (_, Ok(false)) => problems.push(of_form(
                form,
                code,
                text!("规则“{code}”没有报告自己的错误例", "the rule `{code}` is not reported of its wrong example"),
            )),
            (Err(said), _) | (_, Err(said)) => {
                problems.push(of_form(
                    form,
                    code,
                    text!("规则“{code}”的例子有误：{said}", "the examples of the rule `{code}` are wrong: {said}"),
                ));
            }
        }
    }
}
