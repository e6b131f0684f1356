//! Where pages are written. In: facts files and an output folder; out: for each a path in that folder, without extension; the
//! same path below it as below `reports/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::root::{Project, REPORTS};
use crate::diag::{Code, Diagnostic, text};
use crate::source::display_path;

impl Project {
    /// Where the pages of each facts file go.
    ///
    /// # Errors
    /// Two files whose pages would go to the same place.
    pub fn targets(&self, files: &[PathBuf], out: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let mut taken: BTreeMap<PathBuf, &Path> = BTreeMap::new();
        let mut targets = Vec::with_capacity(files.len());
        let below = |path: &Path| {
            let below = path.strip_prefix(root.join(REPORTS)).or_else(|_| path.strip_prefix(&root));
            below.map(Path::to_path_buf).ok()
        };
        for file in files {
            // Resolving links is slow for many files, and needed only for those that were named by way of one.
            let without_links = || below(&file.canonicalize().ok()?);
            let below = below(file).or_else(without_links);
            let below = below.unwrap_or_else(|| PathBuf::from(file.file_name().unwrap_or_default()));
            let target = out.join(below.with_extension(""));
            if let Some(other) = taken.insert(target.clone(), file) {
                let (a, b) = (display_path(other), display_path(file));
                let message = text!("{a} 和 {b} 会写到同一个文件", "{a} and {b} would be written to the same file");
                return Err(Diagnostic::error(Code::OutputConflict, message)
                    .help(text!("分开生成，用 --out 指定不同的文件夹", "build them apart, each with its own --out")));
            }
            targets.push(target);
        }
        Ok(targets)
    }
}
