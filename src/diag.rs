//! Problems. In: what a stage found wrong, and where; out: [`Diagnostic`], the only form in which a problem
//! leaves a stage. `diag/emit.rs` is the only writer to standard error.

mod code;
mod diagnostic;
pub mod emit;
mod excerpt;
pub mod explanation;
mod fix;
mod github;
pub mod json;
mod nearest;
pub mod plain;
mod problems;
mod sarif;
mod text;

pub use code::{Code, ExitStatus};
pub use diagnostic::{Diagnostic, Label, Problem, Severity, sort};
pub use emit::MessageFormat;
pub use fix::{Applicability, Edit, Fix, edited};
pub use nearest::{did_you_mean, nearest};
pub use problems::{Problems, exit_status};
pub(crate) use text::text;
pub use text::{Language, Text};
