//! Where the program is that tests run.

use std::path::PathBuf;

/// The program, which cargo puts into the folder above that of the tests.
pub fn path() -> PathBuf {
    let tests = std::env::current_exe().expect("the test knows where it lies");
    let folder = tests.parent().and_then(std::path::Path::parent).expect("a folder of a profile");
    folder.join(format!("nianbao{}", std::env::consts::EXE_SUFFIX))
}
