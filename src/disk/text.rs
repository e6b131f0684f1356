//! Text out of files. In: bytes, or what kept them from being read; out: the text, or the problem of the file.

use std::error::Error;

use crate::diag::{Code, Diagnostic, text};
use crate::source::{Place, Source};

/// The problem of a file that cannot be read.
pub fn unreadable(name: &str, error: &dyn Error) -> Diagnostic {
    Diagnostic::error(Code::Unreadable, text!("无法读取 {name}：{error}", "cannot read {name}: {error}"))
        .help(text!("检查文件是否存在、是否有读取权限", "check that the file is there and that you may read it"))
}

/// The text of a file without a byte order mark.
///
/// # Errors
/// Bytes that are not UTF-8, told under `code` at the first of them.
pub fn utf8(name: &str, bytes: Vec<u8>, code: Code) -> Result<String, Diagnostic> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let byte = bytes[good];
        // The source is shown up to the bad byte, so that the line and column are right.
        let source = Source::new(name, format!("{}\u{fffd}", String::from_utf8_lossy(&bytes[..good])));
        let place = Place::new(&source, good..good + '\u{fffd}'.len_utf8());
        Diagnostic::error(code, text!("{name} 不是 UTF-8 编码", "{name} is not UTF-8"))
            .at_saying(place, text!("这里的字节是 0x{byte:02X}", "the byte here is 0x{byte:02X}"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
