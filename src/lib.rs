//! `nianbao` compiles a year's facts into an official report.
//!
//! ```text
//! reports/<organ>/2023.toml ─load→ Facts ─check→ Report ─view→ View ─render→ Markup ─layout→ PDF
//!                                         ▲                        ▲
//!                               templates/<form>/form.toml   templates/<form>/report.typ.tera
//! ```
//!
//! The modules below stand in the order in which a build goes through them.

#![warn(unreachable_pub)]
// Tests may unwrap and measure pages; the program may do neither, and figures are never floating-point numbers.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)]
#![cfg_attr(not(test), deny(clippy::disallowed_methods))]

// What may be typed, what each command does, and the project that it is done in.
pub mod cli;
pub mod commands;
pub mod disk;
pub mod project;
mod shard;

// From a facts file to a report that may become a page. Whether a sum fails is decided in `check/sum.rs`.
pub mod check;
pub mod consolidate;
pub mod facts;
pub mod form;
mod prose;
pub mod report;

// From a report to a page. All that a template may use is in `view.rs`.
pub mod export;
pub mod fonts;
pub mod render;
pub mod typeset;
pub mod view;
pub mod worker;

// The stages in a row, and what is done with facts and forms beside making pages of them.
mod compare;
mod editor;
mod ends;
pub mod format;
pub mod forms;
pub mod import;
pub mod interrupt;
mod roll;
pub mod schema;
mod serve;
pub mod session;
pub mod sheet;
pub mod start;
pub mod status;
mod watch;

// What is wrong, where, and how it is shown.
pub mod diag;
mod output;
pub mod source;

// What several of the above share.
#[cfg(test)]
mod needs;
mod once_map;
