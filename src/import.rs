//! Facts out of a report that was published. In: the bytes of a PDF, Word file, web page, sheet or text, and the forms; out: [`Written`]: a
//! facts file with every figure that could be read, where each was read, and all that was not read or is in doubt.
//!
//! ```text
//! FILE ─kind→ Kind ─read→ Document ─place→ Placed ─draft→ Draft ─write→ facts, problems, trace
//!                                     ▲ form.toml
//! ```
//!
//! Readers know nothing of forms, and what comes after them knows nothing of files. Nothing is guessed: what is not sure is said, and a
//! figure that was not read is left out. An empty answer is forgiven; a wrong one is not.

pub mod align;
pub mod alike;
mod archive;
pub mod blocks;
mod convert;
mod cut;
mod decode;
mod docx;
mod draft;
mod finding;
mod html;
mod identity;
mod kind;
mod listing;
mod look;
mod markdown;
mod package;
mod passages;
pub mod pdf;
mod place;
pub mod read;
pub mod refused;
mod settle;
mod sheet;
mod text;
mod wanted;
mod words;
mod write;
mod xml;

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::form::Form;

use blocks::Document;
use place::Placed;
use wanted::WantedTable;

pub use draft::{Asked, Draft};
pub(crate) use write::short;
pub use write::{Count, Origin, ReadAt, Written, sources, write};

/// Less likeness than this of all tables together speaks for no form.
const LEAST: u64 = 2_500;

/// The facts of a document by the form that it is most alike to.
pub struct Best<'f> {
    /// The form.
    pub form: &'f Arc<Form>,
    /// The facts.
    pub draft: Draft,
}

/// Reads the facts of a document by the form that it is most alike to.
///
/// # Errors
/// A document that is a report of none of the forms, of an earlier edition, or more than one report.
pub fn facts<'f>(document: &Document, forms: &'f [Arc<Form>], asked: &Asked) -> Result<Best<'f>, Problems> {
    let tried = forms.iter().map(|form| {
        let wanted = WantedTable::all(form);
        let placed = place::place(document, form, &wanted);
        (form, wanted, placed)
    });
    let Some((form, wanted, placed)) = tried.max_by_key(|(_, _, placed)| placed.weight) else {
        return Err(no_report(document, forms).into());
    };
    refuse(document, &placed, forms)?;
    Ok(Best { form, draft: draft::draft(document, placed, form, &wanted, asked) })
}

/// What is read of nothing: another report, one of an earlier edition, or several reports.
fn refuse(document: &Document, placed: &Placed, forms: &[Arc<Form>]) -> Result<(), Problems> {
    if let Some(edition) = &placed.old {
        let message = text!(
            "这是旧格式（{edition}）的报告，各项与现在的表式不同，没有导入",
            "this is a report of an earlier edition ({edition}) with other rows and columns; it was not imported"
        );
        let help = text!(
            "用 nianbao new 新建，把仍然有的各项填进去",
            "start with `nianbao new`, and fill in what there still is"
        );
        return Err(Diagnostic::error(Code::ImportOldEdition, message).help(help).into());
    }
    if let Some(twice) = placed.twice.first() {
        let help = text!(
            "把不要的一份从文件里删去，另存后再导入",
            "delete the one that is not wanted from the file, save it under another name, and import that"
        );
        return Err(Diagnostic::error(Code::ImportTableTwice, twice.clone()).help(help).into());
    }
    if placed.weight < LEAST || placed.cells.is_empty() {
        return Err(no_report(document, forms).into());
    }
    Ok(())
}

fn no_report(document: &Document, forms: &[Arc<Form>]) -> Diagnostic {
    let labels: Vec<&str> = forms.iter().map(|form| form.label.as_str()).collect();
    let (zh, en) = (labels.join("、"), labels.join(", "));
    let message =
        text!("没有找到任何一种报告的表格，没有导入", "the tables of no report were found; nothing was imported");
    let help = text!("能认的报告：{zh}", "the reports that are known: {en}");
    let problem = Diagnostic::error(Code::ImportTableMissing, message).help(help);
    document.remarks.iter().fold(problem, |problem, remark| problem.note(draft::said(remark)))
}
