//! What a watch is told of.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::source::Source;

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
    /// A file is about to have this text; that it changed is told once the text is on the disk, or could not be put there.
    Saving {
        /// The file.
        file: PathBuf,
        /// Its text.
        source: Arc<Source>,
    },
    /// Changes may have been missed, and nobody knows which.
    Missed,
    /// Somebody looks at this report.
    Asked(String),
}
