//! `init`: starts a project. In: a folder; out: the files of a project with one example, none of them overwritten.

use std::path::Path;

use crate::cli::Init;
use crate::diag::emit::Emitter;
use crate::diag::{Code, Diagnostic, ExitStatus, Problems, text};
use crate::disk;
use crate::disk::MARKER;
use crate::form::Form;
use crate::form::files::{built_in_text, load, names};
use crate::project::{self, REPORTS};
use crate::schema;
use crate::source::display_path;

const SETTINGS: &str = "\
# 年报项目的标志，也存放默认设置；各项都可省略。
# The mark of a nianbao project, and its defaults; everything may be left out.

# 单位自有的字体所在的文件夹  Folders with the office's own fonts
# font-paths = [\"fonts\"]

[build]
formats = [\"pdf\", \"html\", \"docx\"]
# engine = \"auto\"        # auto | typst-cli | embedded
# out = \"build\"
# charts = true          # 画出图表  draw the charts of the form
";

/// Starts a project.
///
/// # Errors
/// A project is there already, or a file cannot be written.
pub(super) fn run(typed: Init, emitter: &Emitter) -> Result<ExitStatus, Problems> {
    init(&typed.dir, emitter)?;
    let dir = display_path(&typed.dir);
    emitter.say(&text!("下一步：cd {dir}，然后 nianbao build", "next: cd {dir}, then nianbao build"));
    Ok(ExitStatus::Done)
}

/// Says that a file was written.
pub(super) fn say_written(path: &Path, emitter: &Emitter) {
    let shown = display_path(path);
    emitter.say(&text!("已生成 {shown}", "wrote {shown}"));
}

/// Makes the project's files, and says which.
fn init(dir: &Path, emitter: &Emitter) -> Result<(), Diagnostic> {
    let Some((form, example)) = example() else {
        return Err(Diagnostic::error(Code::FormFile, text!("没有带示例的表式", "no form has an example")));
    };
    if let Some(bad) = new_folders(dir).find(|name| !disk::is_name_everywhere(name)) {
        let message = text!("“{bad}”不能作文件夹的名称", "`{bad}` cannot be the name of a folder");
        return Err(Diagnostic::error(Code::Usage, message).help(disk::name_everywhere()));
    }
    let report = format!("{REPORTS}/示例机关/{}.toml", example_year(example));
    let facts = format!("{}\n{example}", schema::directive(&form.name));
    let (schema_path, schema) = (schema::path(&form.name), schema::text(&form));
    let settings = format!("#:schema {}\n{SETTINGS}", project::SCHEMA);
    let schema_of_settings = format!("{:#}\n", project::schema());
    let files = [
        (MARKER, settings.as_str()),
        (project::SCHEMA, schema_of_settings.as_str()),
        (".gitignore", "/build\n"),
        (schema_path.as_str(), schema.as_str()),
        (report.as_str(), facts.as_str()),
    ];
    if let Some(there) = [MARKER, report.as_str()].iter().map(|name| dir.join(name)).find(|path| path.exists()) {
        let there = display_path(&there);
        let message = text!("{there} 已经存在，没有改动", "{there} is there already; nothing was changed");
        let help = text!(
            "换一个文件夹，或直接在其中运行 nianbao build",
            "choose another folder, or run `nianbao build` in this one"
        );
        return Err(Diagnostic::error(Code::AlreadyExists, message).help(help));
    }
    for (name, text) in files {
        let path = dir.join(name);
        match disk::write_new(&path, text.as_bytes()) {
            // One that is there already serves as well.
            Err(problem) if problem.code == Code::AlreadyExists && ![MARKER, report.as_str()].contains(&name) => {}
            done => {
                done?;
                say_written(&path, emitter);
            }
        }
    }
    Ok(())
}

/// The names of the folders on the way that are not there yet.
fn new_folders(dir: &Path) -> impl Iterator<Item = String> {
    let new = dir.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    new.filter_map(|folder| folder.file_name()).map(|name| name.to_string_lossy().into_owned())
}

/// The built-in form that new projects start with, and its example.
fn example() -> Option<(Form, &'static str)> {
    let starters = names(None).into_iter().filter_map(|name| load(&name, None, None).ok()).filter(|form| form.starter);
    let mut with_examples = starters.filter_map(|form| {
        let example = built_in_text(&format!("{}/example.toml", form.name))?;
        Some((form, example))
    });
    with_examples.next()
}

/// The year that the example states.
fn example_year(example: &str) -> &str {
    example.lines().find_map(|line| line.strip_prefix("year = ")).map_or("example", str::trim)
}
