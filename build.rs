//! Makes cargo compile again when a built-in form changes, which the macro that puts them into the program cannot say; and
//! names all that the program is made of (its sources, the crates that it is linked with, the compiler, and how it was
//! called), so that pages and fonts of another build are not taken for its own.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;

/// What is compiled, or decides what is.
const MADE_OF: [&str; 6] = ["build.rs", "Cargo.lock", "Cargo.toml", "docs/codes.toml", "src", "templates"];
/// How the variables begin by which cargo says what it compiles for, and how.
const SAID_BY: [&str; 6] =
    ["CARGO_CFG_", "CARGO_ENCODED_RUSTFLAGS", "CARGO_FEATURE_", "OPT_LEVEL", "PROFILE", "TARGET"];

fn main() {
    for path in MADE_OF {
        println!("cargo::rerun-if-changed={path}");
    }
    println!("cargo::rustc-env=NIANBAO_SOURCES={:016x}", identity(Path::new("."), &compiler(), env::vars()));
}

/// A name for files below a root, a compiler, and what cargo says of the build.
pub fn identity(root: &Path, compiler: &str, said: impl Iterator<Item = (String, String)>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in MADE_OF {
        take_in(root, path, &mut hasher);
    }
    compiler.hash(&mut hasher);
    let mut said: Vec<_> = said.filter(|(name, _)| SAID_BY.iter().any(|start| name.starts_with(start))).collect();
    said.sort();
    said.hash(&mut hasher);
    hasher.finish()
}

/// The compiler's version, commit and host.
fn compiler() -> String {
    let asked = env::var_os("RUSTC").map(|rustc| Command::new(rustc).arg("-vV").output());
    let told = asked.and_then(Result::ok).map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&told).into_owned()
}

/// Names are relative to the root and the same everywhere, so that it does not matter where the sources lie.
fn take_in(root: &Path, path: &str, hasher: &mut DefaultHasher) {
    path.hash(hasher);
    let at = root.join(path);
    if !at.is_dir() {
        fs::read(&at).unwrap_or_default().hash(hasher);
        return;
    }
    let entries = fs::read_dir(&at).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        take_in(root, &format!("{path}/{name}"), hasher);
    }
}
