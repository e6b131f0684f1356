//! A project and its root. In: the working directory; out: [`Project`], with what `nianbao.toml` says.

use std::env;
use std::path::{Component, Path, PathBuf};

use super::settings::Settings;
use crate::diag::{Code, Diagnostic, Problems, text};
use crate::disk;
use crate::disk::{MARKER, is_root, unreadable, utf8};
use crate::source::{Source, display_path};

/// The folder of the facts.
pub const REPORTS: &str = "reports";

/// A project.
#[derive(Debug)]
pub struct Project {
    /// Its root folder.
    pub root: PathBuf,
    /// What `nianbao.toml` says.
    pub settings: Settings,
    /// Warnings of these settings.
    pub faults: Problems,
}

impl Project {
    /// Finds the project that the working directory is in.
    ///
    /// # Errors
    /// There is none, or its `nianbao.toml` is wrong.
    pub fn find() -> Result<Self, Problems> {
        let here = env::current_dir().map_err(|error| unreadable(".", &error))?;
        let root = here.ancestors().find(|folder| is_root(folder)).ok_or_else(no_project)?;
        Self::open(root)
    }

    /// The project that the working directory is in, if it is in one.
    ///
    /// # Errors
    /// Its `nianbao.toml` is wrong.
    pub fn find_if_any() -> Result<Option<Self>, Problems> {
        match Self::find() {
            Ok(project) => Ok(Some(project)),
            Err(problems) if problems.is_only(&Code::NoProject) => Ok(None),
            Err(problems) => Err(problems),
        }
    }

    /// Opens the project at `root`.
    ///
    /// # Errors
    /// Its `nianbao.toml` cannot be read or is wrong.
    pub fn open(root: &Path) -> Result<Self, Problems> {
        let path = root.join(MARKER);
        let name = display_path(&path);
        let bytes = disk::read_own(&path, disk::TEXT).map_err(|unread| unread.told(&path))?;
        let help = text!("用编辑器另存为 UTF-8", "save it as UTF-8 in your editor");
        let text = utf8(&name, bytes, Code::ProjectFile).map_err(|problem| problem.help(help))?;
        let source = Source::new(name, text);
        let settings = Settings::read(&source)?;
        let faults = settings.faults(root, &source);
        Ok(Self { root: root.to_path_buf(), settings, faults })
    }

    /// The folder of the project's own forms and overrides.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// The file of the project that a record names.
    ///
    /// # Errors
    /// It lies outside the project, whether by its name or by way of a link; whether it is there is not asked.
    pub fn own(&self, name: &str) -> Result<PathBuf, Diagnostic> {
        let is_below =
            !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = self.root.join(name);
        if is_below && !disk::leads_outside(&path).unwrap_or(false) {
            return Ok(path);
        }
        let message = text!("没有读取 {name}：它不在这个项目里", "{name} is not read: it does not lie in this project");
        Err(Diagnostic::error(Code::OutsideProject, message).help(text!(
            "旁边的记录写的是别处的文件；在项目里重新生成一次",
            "the record names a file elsewhere; build the page again in this project"
        )))
    }

    /// The folder that pages are written into where no other is typed.
    ///
    /// # Errors
    /// It lies outside the project, by its name or by way of a link: what lies there is not the project's to replace.
    pub fn out(&self) -> Result<PathBuf, Diagnostic> {
        let name = self.settings.build.out.clone().unwrap_or_else(|| PathBuf::from("build"));
        let path = self.root.join(&name);
        if disk::is_within(&self.root, &path).unwrap_or(false) {
            return Ok(path);
        }
        let shown = display_path(&path);
        let message = text!("输出文件夹 {shown} 在项目之外", "the output folder {shown} lies outside the project");
        Err(Diagnostic::error(Code::OutsideProject, message)
            .help(text!("要用它，在命令行写明：--out {shown}", "to use it, say so on the command line: --out {shown}")))
    }

    /// The folders of the project's own fonts.
    pub fn font_paths(&self) -> Vec<PathBuf> {
        self.settings.font_paths.iter().map(|path| self.root.join(path.get_ref())).collect()
    }
}

fn no_project() -> Diagnostic {
    let message = text!("这里不是年报项目：没有找到 nianbao.toml", "this is not a project: no nianbao.toml was found");
    Diagnostic::error(Code::NoProject, message).help(text!(
        "到项目的文件夹中运行，或用 nianbao init <文件夹> 新建一个",
        "go to the project's folder, or start one with `nianbao init DIR`"
    ))
}
