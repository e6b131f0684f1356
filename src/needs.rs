//! What tests need of the machine. In: whether it is there, and what it is called; out: whether the test can run. The unit tests
//! use it, and by its path so do the tests from outside.

use std::env;
use std::io::{self, Write};
use std::thread;

/// Whether a test can run, which what it needs decides; where not, that is said, and where `NIANBAO_REQUIRE_…` of that name is
/// set, the test fails.
pub(crate) fn can_run(is_there: bool, needed: &str, name: &str) -> bool {
    assert!(is_there || env::var_os(format!("NIANBAO_REQUIRE_{name}")).is_none(), "required: {needed}");
    if !is_there {
        let test = thread::current().name().unwrap_or_default().to_owned();
        // Not `eprintln!`, which tests keep to themselves where they do not fail.
        let _ = writeln!(io::stderr(), "NOT RUN: {test}: needed: {needed}");
    }
    is_there
}
