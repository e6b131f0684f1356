//! Which organs have reported, what is wrong with what they sent, and what is to be done. In: a selection of organs and years
//! (`status/owed.rs`); out: [`Status`], a row for each organ that owes a report (`status/survey.rs`), as data (`status/rows.rs`) from which
//! tables, JSON, CSV and web pages are written (`status/show.rs`,
//! `status/page.rs`), and letters to the organs that have something to mend
//! (`status/letters.rs`).

mod letter;
mod letters;
mod owed;
mod page;
mod rows;
mod show;
mod survey;

pub use letters::Letters;
pub use owed::{Owed, StatusJob};
pub use rows::{CodeCount, OrganStatus, State, Status, Sums};
pub use show::StatusFormat;
pub use survey::{Surveyed, survey};
