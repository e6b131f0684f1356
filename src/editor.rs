//! The clerk's page: facts filled in like paper, in a browser on this machine. In: the project's forms and facts, and what is typed; out: the
//! form as the page draws it (`editor/form_page.rs`), the values and all that is wrong with them (`editor/report_state.rs`), and small
//! edits of the same facts files, each of which says what value it saw (`editor/save.rs`). All arithmetic, all rules and all writing
//! are those of the other commands; the page only shows and asks.

mod desk;
mod form_page;
mod kept;
mod paste;
mod problem_state;
mod prose_state;
mod refused;
mod report_state;
mod routes;
mod save;
mod start;
mod typed_text;
mod words;

pub(crate) use desk::Editor;
