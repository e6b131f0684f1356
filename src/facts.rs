//! Facts as they were written. In: a facts file; out: [`Facts`], its TOML with every value at its place. Nothing is
//! judged here: whether a key exists or a value fits is for `check` to say.

pub mod edit;
pub mod labels;
pub mod layout;
pub mod literal;
pub mod meant;
pub mod skeleton;
pub mod slips;
pub mod years_before;

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Problems, text};
use crate::disk::{self, Unread};
use crate::form::Form;
use crate::source::{Place, Source, display_path, path_name};

/// One organ's one year, as written.
#[derive(Debug)]
pub struct Facts<'s> {
    /// The file.
    pub source: &'s Arc<Source>,
    /// Its TOML.
    pub root: DeTable<'s>,
}

/// Reads a facts file. A byte order mark is dropped, and both kinds of line ends are accepted.
///
/// # Errors
/// A file that cannot be read or that is not UTF-8.
pub fn open(path: &Path) -> Result<Arc<Source>, Problems> {
    Ok(source(path, read(path)?)?)
}

impl<'s> Facts<'s> {
    /// Parses the text of a facts file.
    ///
    /// # Errors
    /// Every slip of syntax.
    pub fn parse(source: &'s Arc<Source>) -> Result<Self, Problems> {
        Self::parse_with(source, &|_| None)
    }

    /// Parses the text of a facts file; where it is not TOML, the form of the name that it gives helps to say what is meant.
    ///
    /// # Errors
    /// Every slip of syntax.
    pub fn parse_with(source: &'s Arc<Source>, forms: &dyn Fn(&str) -> Option<Arc<Form>>) -> Result<Self, Problems> {
        match DeTable::parse(source.text()) {
            Ok(root) => Ok(Self { source, root: root.into_inner() }),
            Err(_) => Err(slips::explain(source, &Code::TomlSyntax, forms).into()),
        }
    }

    /// What stands under a dotted key.
    pub fn get(&self, key: &str) -> Option<&DeValue<'_>> {
        let mut parts = key.split('.');
        let first = self.root.get(parts.next()?)?.get_ref();
        parts.try_fold(first, |value, part| Some(value.as_table()?.get(part)?.get_ref()))
    }

    /// The form that the facts name, and where they do.
    ///
    /// # Errors
    /// No `form`, or one that is not a string.
    pub fn form_name(&self) -> Result<(&str, Place), Diagnostic> {
        let Some(value) = self.root.get("form") else {
            let message = text!("事实文件没有写明表式（form）", "the facts do not name their form");
            return Err(Diagnostic::error(Code::MissingValue, message).at(self.start()).help(text!(
                "在文件开头写上 form = \"…\"；nianbao forms 列出可用的表式",
                "write form = \"…\" at the top; `nianbao forms` lists the forms"
            )));
        };
        match value.get_ref().as_str() {
            Some(name) => Ok((name, self.place(value))),
            None => {
                let message = text!("form 应是字符串", "`form` must be a string");
                Err(Diagnostic::error(Code::WrongType, message).at(self.place(value)))
            }
        }
    }

    /// The year that the facts state, where they state one that could be a year; whether it is right is for the check.
    pub fn stated_year(&self) -> Option<u16> {
        let number = self.root.get("year")?.get_ref().as_integer()?;
        u16::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// Where a value stands.
    pub fn place(&self, value: &Spanned<DeValue<'_>>) -> Place {
        Place::new(self.source, value.span())
    }

    /// Where the value of a key stands.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        let mut parts = key.split('.');
        let mut value = self.root.get(parts.next()?)?;
        for part in parts {
            value = value.get_ref().as_table()?.get(part)?;
        }
        Some(self.place(value))
    }

    /// The first line of the file, for problems that have no place of their own.
    pub fn start(&self) -> Place {
        let first = self.source.line_range(1).unwrap_or(0..0);
        Place::new(self.source, first)
    }
}

/// The text of bytes that stand in a facts file, or are to stand there.
///
/// # Errors
/// Bytes that could not be read from there: too many, or not UTF-8.
pub fn source(path: &Path, bytes: Vec<u8>) -> Result<Arc<Source>, Diagnostic> {
    let name = path_name(path);
    let bytes = disk::bounded(bytes, disk::TEXT).map_err(|unread| unreadable(path, unread))?;
    let text = decode(&name, bytes)?;
    Ok(Source::new(name, text))
}

fn read(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    disk::read_own(path, disk::TEXT).map_err(|unread| unreadable(path, unread))
}

fn unreadable(path: &Path, unread: Unread) -> Diagnostic {
    let name = display_path(path);
    match unread {
        Unread::Folder => {
            let message = text!("{name} 是文件夹，不是事实文件", "{name} is a folder, not a facts file");
            let help = text!("把文件夹改名或移走，或写上其中的文件", "rename or move the folder, or name a file in it");
            Diagnostic::error(Code::Unreadable, message).help(help)
        }
        Unread::TooLarge(limit) => {
            let limit = limit >> 20;
            let message = text!(
                "{name} 超过 {limit} MiB，不像是事实文件",
                "{name} is larger than {limit} MiB: these are no facts"
            );
            let help = text!(
                "检查文件是否放错；正文过长的，删去粘贴进来的多余内容",
                "see whether the file is the right one; remove what was pasted in by mistake"
            );
            Diagnostic::error(Code::TooLarge, message).help(help)
        }
        unread => unread.told(path),
    }
}

fn decode(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let help = text!("用编辑器另存为 UTF-8（记事本：另存为 → 编码 → UTF-8）", "save it as UTF-8 in your editor");
    disk::utf8(name, bytes, Code::NotUtf8).map_err(|problem| problem.help(help))
}

/// Whether the name of a facts file, without its extension, is a year.
pub fn is_year(stem: &str) -> bool {
    stem.len() == 4 && stem.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_syntax_error_is_told_with_its_line() {
        let source = Source::new("a.toml", "a = \nb = 1\nc = \"x\nd = 2\n");
        let problems = Facts::parse(&source).expect_err("two lines are wrong");
        let lines: Vec<_> = problems
            .iter()
            .filter_map(|problem| problem.primary())
            .map(|place| source.line_column(place.span.start).0)
            .collect();
        assert!(lines.contains(&1) && lines.contains(&3), "{lines:?}");
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(decode("a", b"\xef\xbb\xbfa = 1".to_vec()).ok().as_deref(), Some("a = 1"));
    }
}
