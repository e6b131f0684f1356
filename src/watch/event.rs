//! What a watch is told of.

use std::path::PathBuf;
use std::time::Duration;

/// How long files must be left alone before they are read, where nobody says that they are whole.
pub(super) const QUIET: Duration = Duration::from_millis(8);
/// What a watch is told of.
pub(crate) enum Event {
    /// These files changed; `is_whole` says whether whoever wrote them is done.
    Changed {
        /// The files.
        paths: Vec<PathBuf>,
        /// Whether whoever wrote them is done.
        is_whole: bool,
    },
    /// Changes may have been missed, and nobody knows which.
    Missed,
    /// Somebody looks at this report.
    Asked(String),
}
