//! Starts an organ's first facts file. In: an organ, a form and a year; out: the file, with the text of `facts/skeleton.rs`.

use std::path::PathBuf;

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::disk;
use crate::form::files;
use crate::project::{Project, REPORTS};
use crate::schema;
use crate::source::display_path;

pub use crate::facts::skeleton::facts;

/// Writes the file, and the schema that its first line names where there is none; gives back what was written.
///
/// # Errors
/// No such form, a file that is there already, or one that cannot be written.
pub fn start(project: &Project, form: &str, organ: &str, year: u16) -> Result<Vec<PathBuf>, Problems> {
    let templates = project.templates();
    let form = files::load_typed(form, Some(&templates))?;
    let path = project.root.join(REPORTS).join(organ).join(format!("{year}.toml"));
    if path.exists() {
        let shown = display_path(&path);
        let message = text!("{shown} 已经存在，没有改动", "{shown} is there already; nothing was changed");
        let help = text!("下一年的文件用 nianbao roll", "for the next year's file there is `nianbao roll`");
        return Err(Diagnostic::error(Code::AlreadyExists, message).help(help).into());
    }
    disk::write_new(&path, facts(&form, organ, year).as_bytes())?;
    let mut written = vec![path];
    let schema_path = project.root.join(schema::path(&form.name));
    if !schema_path.exists() {
        disk::write_new(&schema_path, schema::text(&form).as_bytes())?;
        written.push(schema_path);
    }
    Ok(written)
}
