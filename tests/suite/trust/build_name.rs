//! The name by which a program knows its own pages and fonts is another for each other build.
#![allow(dead_code, reason = "the script has a main function of its own")]

use std::fs;

#[path = "../../../build.rs"]
mod script;

fn said(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>().into_iter()
}

#[test]
fn a_build_of_other_sources_crates_compiler_or_kind_has_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let files = [
        "Cargo.lock",
        "Cargo.toml",
        "build.rs",
        "docs/codes.toml",
        "src/main.rs",
        "src/a/b.rs",
        "templates/a/form.toml",
    ];
    files.iter().for_each(|file| write(file, "one"));
    let kind = [("OPT_LEVEL", "0"), ("PROFILE", "debug"), ("TARGET", "here"), ("CARGO_CFG_UNIX", "")];
    let name = || script::identity(root, "rustc 1", said(&kind));
    let first = name();
    for file in files {
        write(file, "other");
        assert_ne!(name(), first, "{file}");
        write(file, "one");
        assert_eq!(name(), first, "{file}");
    }
    fs::rename(root.join("src/a/b.rs"), root.join("src/a/c.rs")).expect("renamed");
    assert_ne!(name(), first, "a file of another name");
    fs::rename(root.join("src/a/c.rs"), root.join("src/a/b.rs")).expect("renamed");
    assert_ne!(script::identity(root, "rustc 2", said(&kind)), first, "another compiler");
    for (number, other) in ["3", "release", "there", "1"].into_iter().enumerate() {
        let mut kind = kind;
        kind[number].1 = other;
        assert_ne!(script::identity(root, "rustc 1", said(&kind)), first, "{}", kind[number].0);
    }
    let mut more = kind.to_vec();
    more.extend([("HOME", "/root"), ("OUT_DIR", "/tmp"), ("NUM_JOBS", "2")]);
    assert_eq!(script::identity(root, "rustc 1", said(&more)), first, "where and by whom it is built is no matter");
    more.push(("CARGO_FEATURE_EMBEDDED", "1"));
    assert_ne!(script::identity(root, "rustc 1", said(&more)), first, "another feature");
}
