//! The program that the other tests run lies where they look for it. That this is a test of the same package makes cargo build it.

use std::path::Path;
use std::process::Command;

#[path = "suite/support/program.rs"]
mod program;

#[test]
fn the_program_is_the_one_that_was_just_built() {
    let built = Path::new(env!("CARGO_BIN_EXE_nianbao")).canonicalize().expect("the program");
    assert_eq!(program::path().canonicalize().ok(), Some(built));
    let said = Command::new(program::path()).arg("--version").output().expect("it runs").stdout;
    assert_eq!(String::from_utf8_lossy(&said), concat!("nianbao ", env!("CARGO_PKG_VERSION"), "\n"));
}
