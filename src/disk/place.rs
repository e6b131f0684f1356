//! Where files really are. In: a path as it was named or found; out: whether it leads out of the project that it lies in, and
//! whether a name can be that of a file on every system.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::diag::{Text, text};

/// Names that Windows keeps for devices, whatever comes after a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// The same with a digit behind them.
const NUMBERED: [&str; 2] = ["com", "lpt"];
/// The longest name of a file, in bytes, with room for an ending.
const LONGEST: usize = 240;

/// The file that marks a project's root.
pub const MARKER: &str = "nianbao.toml";

/// Whether a folder is a project's root. What is called as its mark is and is no file is told when it is read.
pub fn is_root(folder: &Path) -> bool {
    let marker = folder.join(MARKER);
    marker.exists() && !marker.is_dir()
}

/// Whether a path lies in a project and leads out of it by way of a link. Paths that lie in none may lead anywhere: they were
/// named by whoever runs the program.
///
/// # Errors
/// The path, or what it leads to, is not there or cannot be looked at.
pub fn leads_outside(path: &Path) -> io::Result<bool> {
    let path = plain(path)?;
    let real = fs::canonicalize(&path);
    // Where no part of it is a link, it lies where it says.
    if real.as_ref().is_ok_and(|real| *real == path) {
        return Ok(false);
    }
    // A link may lead into another project; what lies there is not this one's either.
    let roots: Vec<&Path> = path.ancestors().skip(1).filter(|folder| is_root(folder)).collect();
    if roots.is_empty() {
        return Ok(false);
    }
    let real = real?;
    for root in roots {
        if !real.starts_with(fs::canonicalize(root)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a path, which need not be there yet, lies below a folder, by its name and by way of links.
///
/// # Errors
/// A part that is there cannot be looked at.
pub fn is_within(folder: &Path, path: &Path) -> io::Result<bool> {
    let (folder, path) = (plain(folder)?, plain(path)?);
    if !path.starts_with(&folder) {
        return Ok(false);
    }
    // A link to nothing may lead anywhere.
    let there = path.ancestors().find(|part| fs::symlink_metadata(part).is_ok()).unwrap_or(&folder);
    Ok(fs::canonicalize(there)?.starts_with(fs::canonicalize(&folder)?))
}

/// The path from the root of the file system, without `.` and `..`.
fn plain(path: &Path) -> io::Result<PathBuf> {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    Ok(plain)
}

/// Whether a file or folder can have this name on every system that people may open the project on.
pub fn is_name_everywhere(name: &str) -> bool {
    let is_kept_out = |letter: char| letter.is_control() || r#"<>:"/\|?*"#.contains(letter);
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_lowercase();
    let is_numbered = |device: &str| {
        let rest = stem.strip_prefix(device).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(rest.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    !name.is_empty()
        && name.len() <= LONGEST
        && !name.chars().any(is_kept_out)
        && !name.ends_with(['.', ' '])
        && !DEVICES.contains(&stem.as_str())
        && !NUMBERED.iter().any(|device| is_numbered(device))
}

/// What a name must be like that is to be one on every system.
pub fn name_everywhere() -> Text {
    text!(
        "在任何系统上都能用的名称：不用 < > : \" / \\ | ? * 和控制字符，不以句点或空格结尾，不是 CON、NUL、COM1 等 Windows 保留的名称，也不太长",
        "a name that every system can have: none of < > : \" / \\ | ? * and no control characters, no dot or space at its end, not too long, and none that Windows keeps, such as CON, NUL and COM1"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_system_cannot_have() {
        let bad = "CON|con|Con.toml|aux|NUL.txt|nul .x|prn|COM1|com9.a.b|lpt0|COM²|CONIN$|a.|a |a<b|a>b|a:b|a\"b|a/b|a\\b|a?b|a*b|.|..|a\u{7}b|a\nb||";
        for name in bad.split('|').chain(["a|b"]) {
            assert!(!is_name_everywhere(name), "{name:?}");
        }
        for name in
            ["水务局", "console", "aux局", "com", "com10", "lpt一", "nullable.toml", "a.b", ".gitignore", "a b", "COMX"]
        {
            assert!(is_name_everywhere(name), "{name:?}");
        }
        assert!(!is_name_everywhere(&"水".repeat(100)));
    }
}
