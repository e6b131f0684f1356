//! Makes cargo compile again when a built-in form changes, which the macro that puts them into the program cannot say; and
//! names the sources that the program is made of, so that pages of an older one are not taken for its own.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

fn main() {
    let mut hasher = DefaultHasher::new();
    for folder in ["templates", "src"] {
        println!("cargo::rerun-if-changed={folder}");
        take_in(Path::new(folder), &mut hasher);
    }
    println!("cargo::rerun-if-changed=Cargo.toml");
    fs::read("Cargo.toml").unwrap_or_default().hash(&mut hasher);
    println!("cargo::rustc-env=NIANBAO_SOURCES={:016x}", hasher.finish());
}

fn take_in(folder: &Path, hasher: &mut DefaultHasher) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            take_in(&path, hasher);
        } else {
            path.to_string_lossy().replace('\\', "/").hash(hasher);
            fs::read(&path).unwrap_or_default().hash(hasher);
        }
    }
}
