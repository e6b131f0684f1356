//! Makes cargo compile again when a built-in form changes: the macro that puts them into the program cannot say so.

fn main() {
    println!("cargo::rerun-if-changed=templates");
}
