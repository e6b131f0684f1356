//! What lies under `reports/` and is not read, though it may hold facts. In: names; out: which are those of facts files, and
//! for those that only look like one a warning that says what it most likely is and what to do.

use std::path::{Path, PathBuf};

use crate::diag::{Code, Diagnostic, Text, text};
use crate::disk;
use crate::facts::is_year;
use crate::prose::half_width;
use crate::source::{Place, Source, display_path, file_name};

/// What looks like facts and is not read.
#[derive(Clone, Debug)]
pub struct Stray {
    /// Where it lies.
    pub path: PathBuf,
    /// What is said of it.
    pub problem: Diagnostic,
}

/// What the name of a file says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// It holds the facts of a year.
    Facts,
    /// Editors and this program keep it for a moment, or out of sight.
    Passing,
    /// Emacs keeps it beside a facts file as long as changes are not saved. It comes and goes with each of them, so that it is no
    /// change to look at, but it says that the facts on the disk are not yet those on the screen.
    Lock,
    /// It looks like facts, and is not named as facts are.
    Stray,
    /// It is something else.
    Other,
}

/// The end of the name of a facts file.
const ENDING: &str = ".toml";

/// What the name of a file, or of a link to one, says of it.
pub fn name_of(path: &Path) -> Name {
    let Some(name) = path.file_name() else { return Name::Other };
    let name = name.to_string_lossy();
    if name.strip_suffix(ENDING).is_some_and(is_year) {
        return Name::Facts;
    }
    if name.strip_prefix(".#").is_some_and(|name| name_of(Path::new(name)) == Name::Facts) {
        return Name::Lock;
    }
    let ends = |ending: &&str| name.ends_with(*ending);
    let is_saved_by_emacs = name.len() > 1 && name.starts_with('#') && name.ends_with('#');
    if name.starts_with('.') || is_saved_by_emacs || ["~", ".swp", ".swo", ".swx", "___"].iter().any(ends) {
        return Name::Passing;
    }
    if looks_like_facts(&plain(&name)) { Name::Stray } else { Name::Other }
}

/// A name in small letters, with the half-width form of what is full-width.
fn plain(name: &str) -> String {
    let half = |letter: char| match letter {
        '。' => '.',
        '\u{3000}' | '\u{a0}' => ' ',
        _ => half_width(letter),
    };
    name.chars().map(half).flat_map(char::to_lowercase).collect()
}

fn looks_like_facts(plain: &str) -> bool {
    let (stem, extension) = plain.split_once('.').unwrap_or((plain, ""));
    let is_near = || extension.is_empty() || extension == "txt" || strsim::damerau_levenshtein(extension, "toml") == 1;
    // Vim tries whether it may write with a file named by another number.
    let is_near_year = |stem: &str| is_year(stem) && (stem.starts_with("19") || stem.starts_with("20"));
    plain.contains(ENDING) || (is_near_year(stem.trim()) && is_near())
}

/// The year that a name speaks of: its first four digits that stand alone.
pub(super) fn year_in(name: &str) -> Option<String> {
    let plain = plain(name);
    let digits = plain.split(|letter: char| !letter.is_ascii_digit());
    digits.into_iter().find(|digits| is_year(digits)).map(str::to_owned)
}

/// Where a file comes from whose name has one of these signs in it.
struct Sign {
    signs: &'static [&'static str],
    zh: &'static str,
    en: &'static str,
    /// Whether it holds no facts of its own, so that it may go without being looked at.
    is_empty: bool,
}

/// In the order in which they are looked for.
const SIGNS: &[Sign] = &[
    Sign {
        signs: &["~$"],
        zh: "WPS 或 Office 打开文件时放的锁文件",
        en: "the lock that WPS or Office keeps while a file is open",
        is_empty: true,
    },
    Sign {
        signs: &[".#"],
        zh: "Emacs 在文件修改后没有保存时放的锁",
        en: "the lock that Emacs keeps while a file has changes that are not saved",
        is_empty: true,
    },
    Sign {
        signs: &["zone.identifier"],
        zh: "Windows 给下载的文件附的来源标记",
        en: "the mark that Windows puts on what was downloaded",
        is_empty: true,
    },
    Sign {
        signs: &["download", ".part", ".tmp", ".temp"],
        zh: "没有下载完或没有写完的文件",
        en: "a file that was not wholly downloaded or written",
        is_empty: false,
    },
    Sign {
        signs: &["_backup_", "_base_", "_local_", "_remote_", ".orig", ".rej", ".mine", ".theirs"],
        zh: "Git 合并或打补丁时留下的文件",
        en: "what a merge or a patch in Git left behind",
        is_empty: false,
    },
    Sign {
        signs: &["conflict", "冲突"],
        zh: "同步软件因两处同时修改而另存的文件",
        en: "what a sync program kept because two had changed the file",
        is_empty: false,
    },
    Sign {
        signs: &["副本", "复制", "复件", "拷贝", "copy", "("], zh: "复制出来的副本", en: "a copy", is_empty: false
    },
    Sign { signs: &["bak", "backup", "备份", ".old", ".save", "~"], zh: "备份", en: "a backup", is_empty: false },
];

/// What a stray file most likely is, and whether it holds no facts of its own.
fn likely(plain: &str, year: Option<&str>) -> (Option<Text>, bool) {
    if let Some(sign) = SIGNS.iter().find(|sign| sign.signs.iter().any(|sign| plain.contains(sign))) {
        return (Some(Text { zh: sign.zh.to_owned(), en: sign.en.to_owned() }), sign.is_empty);
    }
    let Some(year) = year else { return (None, false) };
    let rest = plain.strip_prefix(year).unwrap_or(plain);
    let said = match plain.replace(' ', "").strip_prefix(year) {
        Some("" | ".txt" | ".toml" | ".toml.txt" | ".toml.") => {
            text!("写错了文件名的 {year} 年事实", "the facts of {year} under a name that is not quite right")
        }
        _ if rest.starts_with('-') => {
            text!("同步软件以另一台电脑的名字另存的文件", "what a sync program kept under the name of another computer")
        }
        _ => text!("另一份 {year} 年的事实", "another version of the facts of {year}"),
    };
    (Some(said), false)
}

impl Stray {
    /// A file or folder with such a name.
    pub fn named(path: &Path) -> Self {
        let name = file_name(path);
        let year = year_in(&name);
        let (likely, is_empty) = likely(&plain(&name), year.as_deref());
        let shown = display_path(path);
        let message = match likely {
            Some(Text { zh, en }) => {
                text!("没有读取 {shown}：多半是{zh}", "{shown} is not read: most likely it is {en}")
            }
            None => text!("没有读取 {shown}：它不是以年份命名的", "{shown} is not read: it is not named after a year"),
        };
        let help = match year.as_deref() {
            _ if is_empty => text!(
                "关闭打开它的程序，它还在就删除，或移出 reports/",
                "close what has it open; if it is still there, delete it or move it out of reports/"
            ),
            Some(year) if is_beside(path, year) => text!(
                "与 {year}.toml 比较，没有用就删除；要留着就移出 reports/",
                "compare it with {year}.toml and delete it, or move it out of reports/"
            ),
            Some(year) => text!(
                "是 {year} 年的事实，就改名为 {year}.toml；没有用就删除，或移出 reports/",
                "if these are the facts of {year}, rename it to {year}.toml; else delete it, or move it out of reports/"
            ),
            None => unnamed(path, &name),
        };
        Self::of(path, message, help)
    }

    /// A link that leads nowhere.
    pub fn dangling(path: &Path) -> Self {
        if name_of(path) == Name::Lock {
            return Self::named(path);
        }
        let shown = display_path(path);
        let target = path.read_link().map(|target| target.to_string_lossy().into_owned()).unwrap_or_default();
        let message = text!(
            "没有读取 {shown}：它是一个链接，指向的 {target} 不存在",
            "{shown} is not read: it is a link to {target}, which is not there"
        );
        let help = text!(
            "没有用就删除这个链接；要用就恢复它指向的文件，或改指别处",
            "delete the link; or bring back what it leads to, or let it lead elsewhere"
        );
        Self::of(path, message, help)
    }

    /// A link to what is read at another place, or to a folder that the link itself lies in.
    pub fn twice(path: &Path, target: &Path) -> Self {
        let (shown, target) = (display_path(path), display_path(target));
        let message = text!(
            "没有读取 {shown}：它是一个链接，指向的 {target} 已经读取",
            "{shown} is not read: it is a link to {target}, which is read already"
        );
        let help = text!("删除这个链接，或移出 reports/", "delete the link, or move it out of reports/");
        Self::of(path, message, help)
    }

    /// A link to a folder outside the project.
    pub fn outside(path: &Path) -> Self {
        Self { path: path.to_path_buf(), problem: disk::outside(path) }
    }

    fn of(path: &Path, message: Text, help: Text) -> Self {
        // Nothing of it was read, so that only the file itself can be shown.
        let place = Place::new(&Source::new(display_path(path), ""), 0..0);
        let problem = Diagnostic::warning(Code::StrayFile, message).at(place).help(help);
        Self { path: path.to_path_buf(), problem }
    }

    /// Whether it is of that year, or may be of any.
    pub fn may_be_of(&self, year: &str) -> bool {
        let name = file_name(&self.path);
        year_in(&name).is_none_or(|of| of == year)
    }
}

/// What to do with a file that no year is named in. Where each year has a folder with a file for each organ, it is the
/// folder that says the year.
fn unnamed(path: &Path, name: &str) -> Text {
    let folder = path.parent().and_then(Path::file_name).and_then(|folder| folder.to_str());
    match folder.filter(|folder| is_year(folder)) {
        Some(year) => {
            let stem = name.trim_end_matches(ENDING);
            text!(
                "是 {year} 年的事实，就移到 reports/{stem}/{year}.toml；没有用就删除，或移出 reports/",
                "if these are facts of {year}, move it to reports/{stem}/{year}.toml; else delete it, or move it out of reports/"
            )
        }
        None => text!(
            "是事实文件，就改名为 <年份>.toml；没有用就删除，或移出 reports/",
            "if it holds facts, rename it to <year>.toml; else delete it, or move it out of reports/"
        ),
    }
}

/// Whether the facts of the year lie beside a file; on systems that do not tell capitals from small letters, they may be
/// that file itself.
fn is_beside(path: &Path, year: &str) -> bool {
    let beside = path.with_file_name(format!("{year}{ENDING}"));
    beside.exists() && beside.canonicalize().ok() != path.canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Name {
        name_of(&Path::new("reports/水务局").join(name))
    }

    #[test]
    fn only_a_year_and_toml_make_a_facts_file() {
        assert_eq!(of("2025.toml"), Name::Facts);
        for stray in [
            "~$2025.toml",
            "2025 - 副本.toml",
            "2025-DESKTOP-7QK2.toml",
            "2025.orig.toml",
            "2025_BACKUP_412.toml",
            "2025.toml.txt",
            "2025.TOML",
            "2025.Toml",
            "2025 (1).toml",
            "2025（2）.toml",
            "2025.toml.bak",
            "2025~.toml",
            "Copy of 2025.toml",
            "２０２５.toml",
            "2025。toml",
            "2025 .toml",
            "2025.toml ",
            "2025.txt",
            "2025",
            "2025.tml",
            "2025.tolm",
            "年报.toml",
            "20255.toml",
            "2025.sync-conflict-20260103-1.toml",
            "2025.toml:Zone.Identifier",
            "2025.toml.crdownload",
            "2025 2.toml",
            "2025_v2.toml",
            "2025.toml.zip",
        ] {
            assert_eq!(of(stray), Name::Stray, "{stray}");
        }
        assert_eq!(of(".#2025.toml"), Name::Lock);
        for passing in [
            ".#notes.md",
            ".2025.toml.swp",
            "#2025.toml#",
            "2025.toml~",
            ".~lock.2025.toml#",
            "._2025.toml",
            "2025.toml___jb_tmp___",
        ] {
            assert_eq!(of(passing), Name::Passing, "{passing}");
        }
        for other in [
            "2025.pdf",
            "2025.docx",
            "2025.html",
            "2025年报.txt",
            "说明.md",
            "4913",
            "2025.json",
            "Thumbs.db",
            "2025-附件",
        ] {
            assert_eq!(of(other), Name::Other, "{other}");
        }
    }

    #[test]
    fn the_year_of_a_name_is_that_of_four_digits_alone() {
        assert_eq!(year_in("Copy of 2025.toml").as_deref(), Some("2025"));
        assert_eq!(year_in("２０２４ - 副本.toml").as_deref(), Some("2024"));
        assert_eq!(year_in("20255.toml"), None);
        assert_eq!(year_in("年报.toml"), None);
    }
}
