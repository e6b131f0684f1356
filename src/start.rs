//! Starts an organ's first facts file. In: an organ, a form and a year; out: the file, with the text of `facts/skeleton.rs`.

use std::path::PathBuf;

use crate::diag::{Code, Diagnostic, Language, text};
use crate::disk;
use crate::form::files;
use crate::job::NewJob;
use crate::project::REPORTS;
use crate::schema;
use crate::source::display_path;

pub use crate::facts::skeleton::facts;

/// Writes the file, and the schema that its first line names where there is none; gives back what was written.
///
/// # Errors
/// No such form, a file that is there already, or one that cannot be written.
pub fn start(job: &NewJob) -> Result<Vec<PathBuf>, Vec<Diagnostic>> {
    let templates = job.project.templates();
    let form = files::load(&job.form, Some(&templates), None)?;
    let path = job.project.root.join(REPORTS).join(&job.organ).join(format!("{}.toml", job.year));
    if path.exists() {
        let shown = display_path(&path);
        let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
        let help = text!("下一年的文件用 nianbao roll", "for the next year's file there is `nianbao roll`");
        return Err(vec![Diagnostic::error(Code::AlreadyExists, message).help(help)]);
    }
    let one = |problem| vec![problem];
    disk::write_new(&path, facts(&form, &job.organ, job.year).as_bytes()).map_err(one)?;
    let mut written = vec![path];
    let schema_path = job.project.root.join(schema::path(&form.name));
    if !schema_path.exists() {
        disk::write_new(&schema_path, schema::text(&form).as_bytes()).map_err(one)?;
        written.push(schema_path);
    }
    Ok(written)
}

/// What is said of it.
pub fn said(written: &[PathBuf], language: Language) -> String {
    let lines = written.iter().map(|path| {
        let path = display_path(path);
        text!("已生成 {path}", "wrote {path}").get(language).to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}
