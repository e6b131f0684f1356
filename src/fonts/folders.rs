//! Where a machine keeps its fonts. In: the environment; out: folders, whether they are there or not.

use std::path::PathBuf;

/// Folders of Debian's TeX packages that fontconfig does not know, where they put the Fandol faces.
const TEX: &[&str] = &[
    "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
    "/usr/share/texmf/fonts/opentype/public/fandol",
    "/usr/local/share/texmf/fonts/opentype/public/fandol",
];

/// The folders of the whole machine and of the user.
pub fn all() -> Vec<PathBuf> {
    TEX.iter().map(PathBuf::from).chain(system()).collect()
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[cfg(target_os = "windows")]
fn system() -> Vec<PathBuf> {
    let root = variable("SYSTEMROOT").unwrap_or_else(|| PathBuf::from("C:\\Windows"));
    let data = [variable("LOCALAPPDATA"), variable("APPDATA")].into_iter().flatten();
    [root.join("Fonts")].into_iter().chain(data.map(|data| data.join("Microsoft\\Windows\\Fonts"))).collect()
}

#[cfg(target_os = "macos")]
fn system() -> Vec<PathBuf> {
    let assets = std::fs::read_dir("/System/Library/AssetsV2").into_iter().flatten().flatten();
    let loaded = assets.map(|entry| entry.path()).filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("com_apple_MobileAsset_Font"))
    });
    let fixed = ["/Library/Fonts", "/System/Library/Fonts", "/Network/Library/Fonts"].map(PathBuf::from);
    let own = variable("HOME").map(|home| home.join("Library/Fonts"));
    fixed.into_iter().chain(own).chain(loaded).collect()
}

/// What fontconfig's files name; the usual folders where it has none.
#[cfg(all(unix, not(target_os = "macos")))]
fn system() -> Vec<PathBuf> {
    let named = fontconfig();
    if !named.is_empty() {
        return named;
    }
    let fixed = ["/usr/share/fonts", "/usr/local/share/fonts"].map(PathBuf::from);
    let own = variable("HOME").map(|home| [home.join(".fonts"), home.join(".local/share/fonts")]);
    fixed.into_iter().chain(own.into_iter().flatten()).collect()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn fontconfig() -> Vec<PathBuf> {
    let mut config = fontconfig_parser::FontConfig::default();
    match variable("FONTCONFIG_FILE") {
        Some(file) => {
            let _ = config.merge_config(&file);
        }
        None => {
            let own = variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
            let files = own.map(|folder| folder.join("fontconfig/fonts.conf")).into_iter();
            // A file that is not there, or is wrong, names no folders.
            for file in files.chain(["/etc/fonts/local.conf", "/etc/fonts/fonts.conf"].map(PathBuf::from)) {
                let _ = config.merge_config(&file);
            }
        }
    }
    let home = variable("HOME");
    let whole = |path: PathBuf| match (path.strip_prefix("~"), &home) {
        (Ok(below), Some(home)) => home.join(below),
        _ => path,
    };
    config.dirs.into_iter().map(|dir| whole(dir.path)).collect()
}
