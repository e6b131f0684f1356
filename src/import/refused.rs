//! Why nothing of a file was read, in words. In: [`Unread`]; out: a problem that says what to do.

use std::path::Path;

use super::blocks::{Limit, Unread};
use crate::diag::{Code, Diagnostic, Text, text};
use crate::source::display_path;

/// Why nothing of a file was read, for people.
pub fn told(unread: &Unread, path: &Path) -> Diagnostic {
    let name = display_path(path);
    match unread {
        Unread::Encrypted | Unread::Damaged(_) | Unread::Empty | Unread::UnknownKind => of_file(unread, &name),
        Unread::PicturesOnly { .. } | Unread::Unreadable { .. } => of_text(unread, &name),
        Unread::TooLarge(_) | Unread::Exhausting => of_size(unread, &name),
        Unread::ConverterMissing | Unread::ConverterFailed(_) => of_converter(unread, &name),
    }
}

fn of_file(unread: &Unread, name: &str) -> Diagnostic {
    let (code, message, help) = match unread {
        Unread::Encrypted => (
            Code::ImportEncrypted,
            text!("{name} 有密码，没有读", "{name} is protected by a password; it was not read"),
            text!(
                "在 WPS 或 Word 中打开，去掉密码，另存",
                "open it in Word or WPS, take the password off, and save it"
            ),
        ),
        Unread::Damaged(reason) => (
            Code::ImportUnreadable,
            text!("{name} 已损坏，没有读：{reason}", "{name} is damaged; it was not read: {reason}"),
            text!("重新下载，或在 WPS、Word 中打开后另存", "fetch it once more, or open it in Word or WPS and save it"),
        ),
        Unread::Empty => (
            Code::ImportUnreadable,
            text!("{name} 里没有文字", "there is no text in {name}"),
            text!("检查文件是否放错", "see whether it is the right file"),
        ),
        _ => (
            Code::ImportUnreadable,
            text!("{name} 不是能读的格式", "{name} is of no kind that is read"),
            text!(
                "能读 .pdf、.docx、.html、.xlsx、.ods 和文本；别的在 WPS 或 Word 中打开，另存为 .docx",
                "what is read: .pdf, .docx, .html, .xlsx, .ods and text; open others in Word or WPS, and save them as .docx"
            ),
        ),
    };
    Diagnostic::error(code, message).help(help)
}

fn of_text(unread: &Unread, name: &str) -> Diagnostic {
    let (code, message, help) = match unread {
        Unread::Unreadable { unknown, of } => (
            Code::ImportTextUnreadable,
            text!(
                "{name} 的字体没有说明是哪些字（{of} 个中有 {unknown} 个），没有读",
                "the fonts of {name} do not say which characters they draw ({unknown} of {of}); nothing was read"
            ),
            text!("用 Word 文件，或网站上的页面", "take the Word file, or the page of the site"),
        ),
        Unread::PicturesOnly { pages } => (
            Code::ImportPicturesOnly,
            text!(
                "{name} 是扫描件或图片（{pages} 页），没有读",
                "{name} is a scan or a picture ({pages} pages); nothing was read"
            ),
            text!("找出扫描之前的 Word 文件或 PDF", "look for the Word file or PDF that was scanned"),
        ),
        other => return of_file(other, name),
    };
    Diagnostic::error(code, message).help(help)
}

fn of_size(unread: &Unread, name: &str) -> Diagnostic {
    let message = match unread {
        Unread::TooLarge(limit) => {
            let Text { zh, en } = bound(*limit);
            text!("{name} 太大，没有读：超过{zh}", "{name} is too large; it was not read: more than {en}")
        }
        _ => text!(
            "{name} 读起来用的时间或内存太多，没有读",
            "to read {name} takes more time or memory than any report needs; it was not read"
        ),
    };
    let help = text!(
        "检查文件是否放错；或在 WPS、Word 中打开，只留下报告的几页，另存",
        "see whether it is the right file; or open it in Word or WPS, keep only the pages of the report, and save it"
    );
    Diagnostic::error(Code::ImportTooLarge, message).help(help)
}

fn of_converter(unread: &Unread, name: &str) -> Diagnostic {
    let message = match unread {
        Unread::ConverterFailed(reason) => {
            text!("LibreOffice 没有转换成 {name}：{reason}", "LibreOffice could not convert {name}: {reason}")
        }
        _ => text!(
            "{name} 的格式要由 LibreOffice 转换，这台电脑上没有",
            "the format of {name} is one that only LibreOffice reads, and it is not on this machine"
        ),
    };
    let help = text!("在 WPS 或 Word 中打开，另存为 .docx", "open it in Word or WPS, and save it as .docx");
    Diagnostic::error(Code::ImportConverterMissing, message).help(help)
}

/// A bound in words.
fn bound(limit: Limit) -> Text {
    let most = limit.most();
    let mebibytes = most >> 20;
    match limit {
        Limit::Bytes => text!(" {mebibytes} MiB", "{mebibytes} MiB"),
        Limit::Unpacked => text!("解开后的 {mebibytes} MiB", "{mebibytes} MiB unpacked"),
        Limit::Pages => text!(" {most} 页", "{most} pages"),
        Limit::Pieces => text!("报告会有的字、线和格", "any report has of characters, lines and cells"),
        Limit::Nesting => text!("报告会有的嵌套", "any report has of nesting"),
    }
}
