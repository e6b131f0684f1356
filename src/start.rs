//! Starts an organ's first facts file. In: an organ, a form and a year; out: a file that names every key with its official
//! label and how to fill it in, all of it commented out, so that the checker asks for what is left.

use std::path::PathBuf;

use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Language, text};
use crate::form::{FieldKind, Form, Shape, files};
use crate::job::NewJob;
use crate::output;
use crate::project::REPORTS;
use crate::schema;
use crate::source::display_path;

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
    output::write_new(&path, facts(&form, &job.organ, job.year).as_bytes()).map_err(one)?;
    let mut written = vec![path];
    let schema_path = job.project.root.join(schema::path(&form.name));
    if !schema_path.exists() {
        output::write_new(&schema_path, schema::text(&form).as_bytes()).map_err(one)?;
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

/// The facts file.
pub fn facts(form: &Form, organ: &str, year: u16) -> String {
    let mut page = Page { form, organ, lines: Vec::new() };
    page.lines.push(schema::directive(&form.name));
    page.lines.push(format!("# {}", form.label));
    page.lines.push(String::new());
    page.lines.push(format!("form = \"{}\"", form.name));
    page.lines.push(format!("year = {year}"));
    // Keys that stand in no table come before the first header.
    for (key, shape) in form.catalog.shape() {
        if let Shape::Value(full) = shape {
            page.value(key, full);
        }
    }
    for (key, shape) in form.catalog.shape() {
        if let Shape::Branch(children) = shape {
            page.lines.push(String::new());
            page.lines.push(format!("[{key}]"));
            page.branch("", children);
        }
    }
    page.lines.join("\n") + "\n"
}

struct Page<'a> {
    form: &'a Form,
    organ: &'a str,
    lines: Vec<String>,
}

impl Page<'_> {
    fn branch(&mut self, prefix: &str, children: &IndexMap<String, Shape>) {
        for (key, shape) in children {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match shape {
                Shape::Head => {}
                Shape::Rest => {
                    self.lines.push(format!("# {name} = 0    # 没有写的格都是 0  every cell not written is 0"))
                }
                Shape::Value(full) => self.value(&name, full),
                Shape::Branch(cells) if cells.values().all(|cell| matches!(cell, Shape::Value(_))) => {
                    self.row(&name, cells);
                }
                Shape::Branch(below) => self.branch(&name, below),
            }
        }
    }

    /// A row of cells on one line, under the label that they share and those of its columns.
    fn row(&mut self, name: &str, cells: &IndexMap<String, Shape>) {
        let known = cells.iter().filter_map(|(key, shape)| match shape {
            Shape::Value(full) => self.form.catalog.get(full).map(|known| (key, known)),
            _ => None,
        });
        let known: Vec<_> = known.collect();
        let Some((_, first)) = known.first() else { return };
        let row = first.label.rsplit_once('·').map_or("", |(row, _)| row).to_owned();
        let columns: Vec<String> = known
            .iter()
            .map(|(key, known)| format!("{key} {}", known.label.rsplit('·').next().unwrap_or_default()))
            .collect();
        let guides: Vec<&str> = known.iter().flat_map(|(_, known)| known.guide.lines()).collect();
        // The same words for every cell of the row are its own.
        let shared = guides.iter().find(|guide| known.iter().all(|(_, known)| known.guide.contains(**guide)));
        self.comment(&[row.as_str(), shared.copied().unwrap_or_default()]);
        self.comment(&[&columns.join("，")]);
        let blanks: Vec<String> =
            known.iter().filter(|(_, known)| known.required).map(|(key, _)| format!("{key} = 0")).collect();
        self.lines.push(format!("# {name} = {{ {} }}", blanks.join(", ")));
    }

    fn value(&mut self, name: &str, full: &str) {
        let Some(known) = self.form.catalog.get(full) else { return };
        let (label, guide, kind, required) = (known.label.clone(), known.guide.clone(), known.kind, known.required);
        let guide = guide.replace('\n', " ");
        // Some rules begin with the name of what they are about.
        let name_of = if guide.starts_with(&label) { "" } else { label.as_str() };
        self.comment(&[name_of, &guide]);
        if full == self.form.author {
            let organ = self.organ.replace('\\', "\\\\").replace('"', "\\\"");
            self.lines.push(format!("{name} = \"{organ}\""));
            return;
        }
        let optional = if required { "" } else { "    # 可省略  optional" };
        match kind {
            FieldKind::Prose => {
                self.lines.push(format!("# {name} = \"\"\"\n# \n# \"\"\"{optional}").replace("# \n", "#\n"))
            }
            FieldKind::Flag => self.lines.push(format!("# {name} = false{optional}")),
            FieldKind::Choice => {
                let options = known.options.join("、");
                let first = known.options.first().cloned().unwrap_or_default();
                self.lines.push(format!("# {name} = \"{first}\"    # {options}"));
            }
            FieldKind::Lines => self.lines.push(format!("# {name} = []{optional}")),
            FieldKind::Line => self.lines.push(format!("# {name} = \"\"{optional}")),
            FieldKind::Date => self.lines.push(format!("# {name} = 2026-01-20{optional}")),
            FieldKind::Count | FieldKind::Amount => self.lines.push(format!("# {name} = 0{optional}")),
        }
    }

    fn comment(&mut self, words: &[&str]) {
        let words: Vec<&str> = words.iter().copied().filter(|words| !words.is_empty()).collect();
        if !words.is_empty() {
            self.lines.push(format!("# {}", words.join("：")));
        }
    }
}
