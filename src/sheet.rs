//! The working sheet of a government that adds up its organs' figures: organs down, cells across, the sums at the foot, last year beside.
//! In: the government's facts; out: a [`Sheet`], or one cell of it with its parts ([`CellSheet`]), as data from which tables, JSON, CSV
//! and web pages are written (`sheet/show.rs`); and the sums written into the facts (`sheet/write.rs`).

mod cell;
mod show;
mod whole;
mod write;

pub use cell::{CellPart, CellSheet, signed};
pub use show::SheetFormat;
pub use whole::{Government, Sheet, SheetCell, SheetRow};
pub use write::{Wrote, write};
