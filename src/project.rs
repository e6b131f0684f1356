//! The project on disk. In: the working directory; out: [`Project`]: its root, what `nianbao.toml` says (`settings.rs`), and the facts
//! files under `reports/` that are meant (`select.rs`), with what lies among them and is none (`strays.rs`), and where their pages go
//! (`targets.rs`); which organs it has (`organs.rs`), and which of
//! these a pattern means (`glob.rs`).

mod glob;
mod listed;
mod organs;
mod root;
mod select;
mod settings;
mod strays;
mod targets;

pub use listed::ListedOrgan;
pub use organs::{OrganList, Unknown};
pub use root::{Project, REPORTS};
pub use select::Selected;
pub use settings::{BuildSettings, SCHEMA, Settings, schema};
pub use strays::{Name, Stray, name_of};
