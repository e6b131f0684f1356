//! A file, read. In: its bytes; out: a [`Document`], whatever kind of file it is, or why nothing of it was read.

use std::path::Path;

use super::blocks::{Document, Limit, Unread};
use super::convert::{self, PATIENCE};
use super::kind::{self, Kind};
use super::{docx, html, sheet};
use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;
use crate::worker::{self, Guard, Stopped};

/// The most bytes that a file may have.
pub const LARGEST: u64 = 64 << 20;

/// Reads a file by what its bytes say it is.
///
/// # Errors
/// A file that is damaged, empty, encrypted, too large, a picture, or of a kind that nothing here reads.
pub fn document(bytes: &[u8], guard: &Guard) -> Result<Document, Unread> {
    let stop = || guard.interrupt.is_asked();
    let document = match kind::of(bytes)? {
        Kind::Pdf => apart(bytes, guard)?,
        Kind::Docx => docx::read(bytes)?,
        // The sheets of before 2007.
        Kind::Sheet if bytes.starts_with(&kind::OLE) => sheet::read(&convert::to_xlsx(bytes, "xls", PATIENCE, &stop)?)?,
        Kind::Sheet => sheet::read(bytes)?,
        Kind::Html => html::read(bytes)?,
        Kind::Mhtml => html::read_archive(bytes)?,
        Kind::Text => super::text::read(bytes)?,
        Kind::Convertible("xml") => docx::read_flat(bytes)?,
        Kind::Convertible(extension) => docx::read(&convert::to_docx(bytes, extension, PATIENCE, &stop)?)?,
        Kind::Ofd => return Err(Unread::UnknownKind),
    };
    if document.is_empty() { Err(Unread::Empty) } else { Ok(document) }
}

/// Reads a PDF in a process of its own: nothing within the library that reads it bounds its stack and memory.
fn apart(bytes: &[u8], guard: &Guard) -> Result<Document, Unread> {
    worker::read(bytes, guard).unwrap_or_else(|stopped| match stopped {
        Stopped::Time | Stopped::Memory | Stopped::Depth => Err(Unread::Exhausting),
        Stopped::Failed(said) => Err(Unread::Damaged(said)),
    })
}

/// Why nothing of a file was read, for people.
pub fn told(unread: &Unread, path: &Path) -> Diagnostic {
    let name = display_path(path);
    let error = Diagnostic::error;
    match unread {
        Unread::Encrypted => error(
            Code::ImportEncrypted,
            text!("{name} 有密码，没有读", "{name} is protected by a password; it was not read"),
        )
        .help(text!(
            "在 WPS 或 Word 中打开，去掉密码，另存",
            "open it in Word or WPS, take the password off, and save it"
        )),
        Unread::Damaged(reason) => error(
            Code::ImportUnreadable,
            text!("{name} 已损坏，没有读：{reason}", "{name} is damaged; it was not read: {reason}"),
        )
        .help(text!(
            "重新下载，或在 WPS、Word 中打开后另存",
            "fetch it once more, or open it in Word or WPS and save it"
        )),
        Unread::Empty => error(Code::ImportUnreadable, text!("{name} 里没有文字", "there is no text in {name}")),
        Unread::PicturesOnly { pages } => error(
            Code::ImportPicturesOnly,
            text!("{name} 是扫描件或图片（{pages} 页），没有读", "{name} is a scan ({pages} pages); nothing was read"),
        )
        .help(text!("找出扫描之前的 Word 文件或 PDF", "look for the Word file or PDF that was scanned")),
        Unread::Unreadable { unknown, of } => error(
            Code::ImportTextUnreadable,
            text!(
                "{name} 的字体没有说明是哪些字（{of} 个中有 {unknown} 个），没有读",
                "the fonts of {name} do not say which characters they draw ({unknown} of {of}); nothing was read"
            ),
        )
        .help(text!("用 Word 文件，或网站上的页面", "take the Word file, or the page of the site")),
        Unread::TooLarge(limit) => {
            let (zh, en) = bound(*limit);
            error(
                Code::ImportTooLarge,
                text!("{name} 太大，没有读：超过{zh}", "{name} is too large; it was not read: more than {en}"),
            )
            .help(text!(
                "检查文件是否放错；只留下报告的几页，另存",
                "see whether it is the right file; keep only the pages of the report, and save them"
            ))
        }
        Unread::Exhausting => error(
            Code::ImportTooLarge,
            text!(
                "{name} 读起来用的时间或内存太多，没有读",
                "to read {name} takes more time or memory than any report needs; it was not read"
            ),
        )
        .help(text!(
            "检查文件是否放错；或在 WPS、Word 中打开，另存",
            "see whether it is the right file; or open it in Word or WPS, and save it"
        )),
        Unread::ConverterMissing => error(
            Code::ImportConverterMissing,
            text!(
                "{name} 的格式要由 LibreOffice 转换，这台电脑上没有",
                "the format of {name} is one that only LibreOffice reads, and it is not on this machine"
            ),
        )
        .help(text!("在 WPS 或 Word 中打开，另存为 .docx", "open it in Word or WPS, and save it as .docx")),
        Unread::ConverterFailed(reason) => error(
            Code::ImportConverterMissing,
            text!("LibreOffice 没有转换成 {name}：{reason}", "LibreOffice could not convert {name}: {reason}"),
        )
        .help(text!("在 WPS 或 Word 中打开，另存为 .docx", "open it in Word or WPS, and save it as .docx")),
        Unread::UnknownKind => {
            error(Code::ImportUnreadable, text!("{name} 不是能读的格式", "{name} is of no kind that is read")).help(
                text!(
                    "能读 .pdf、.docx、.html、.xlsx、.ods 和文本",
                    "what is read: .pdf, .docx, .html, .xlsx, .ods and text"
                ),
            )
        }
    }
}

/// A bound in words, in each language.
fn bound(limit: Limit) -> (String, String) {
    let most = limit.most();
    let mebibytes = most >> 20;
    match limit {
        Limit::Bytes => (format!(" {mebibytes} MiB"), format!("{mebibytes} MiB")),
        Limit::Unpacked => (format!("解开后的 {mebibytes} MiB"), format!("{mebibytes} MiB unpacked")),
        Limit::Pages => (format!(" {most} 页"), format!("{most} pages")),
        Limit::Pieces => (format!(" {most} 个字和线"), format!("{most} characters and lines")),
        Limit::Nesting => (format!(" {most} 层嵌套"), format!("{most} levels of nesting")),
    }
}
