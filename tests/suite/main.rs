//! The program from outside: projects, templates and command lines go in; pages, messages, records and exit statuses come out.
//! All tests are one binary, `cargo test --test suite`; `cargo test --test suite cases::` runs those of one module. No test
//! may change what belongs to the whole process: its environment, its folder, its signals.

mod support;

// Facts, and what is said of them.
mod accept;
mod cases;
mod edges;
mod kinds;
mod mutations;
mod organs;
mod prose_rates;
mod real_cases;
mod rules;
mod schema;
mod slips;

// Pages and data, read back.
mod data;
mod engines;
mod foia;
mod hard_cases;
mod hostile;
mod layout;
mod pictures;
mod prose;
mod provenance;
mod readback;
mod second_form;
mod word;
mod wznb;

// Forms and their templates.
mod forms;
mod overrides;
mod templates;

// Commands, and what the machine does to them.
mod batch;
mod command_line;
mod consolidate;
mod conventions;
mod diff;
mod edit;
#[cfg(unix)]
mod editor;
mod environment;
mod fuzz;
mod git;
mod import;
mod new;
mod roll;
mod status;
mod trust;
mod watch;
