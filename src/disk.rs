//! Whole files in and out. In: a path; out: the bytes of the regular file there, never more than a limit and never by waiting
//! for a device or a pipe; or a file that at no moment is half there. Which files belong to the project is said by `place.rs`,
//! how they are read by `read.rs` and written by `write.rs`, and what earlier runs left is cleared away by `left.rs`.

// All other modules go through this one, so that none forgets a limit or a device.
#![allow(clippy::disallowed_methods)]

mod folder;
mod left;
mod place;
mod read;
mod text;
mod write;

pub use folder::go_to;
pub use left::{Lock, Scratch, Who, sweep, sweep_scratch};
pub use place::{MARKER, is_name_everywhere, is_root, is_within, leads_outside, name_everywhere};
pub use read::{LARGE, TEXT, Unread, bounded, is_missing, is_there, open, outside, read, read_made, read_own};
pub use text::{unreadable, utf8};
pub use write::{put, remove, remove_empty, replace, send, write, write_new};
