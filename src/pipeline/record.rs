//! The record of a build, which lies beside the pages as `<year>.json`. In: what a report was made of; out: each input
//! and artifact by its BLAKE3 hash (what `b3sum` prints), so that a page can be traced and made again byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::press::Artifact;
use crate::check::{Accepted, Report};
use crate::cli::Format;
use crate::diag::{Code, Diagnostic, text};
use crate::facts::unreadable;
use crate::form::Form;
use crate::form::overrides::OVERRIDES;
use crate::job::{BuildJob, Stamp};
use crate::source::{Source, display_path};

/// What a report was made of, and what came of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Record {
    /// The program and its version.
    pub program: String,
    /// The engine, where there is a PDF.
    pub engine: Option<String>,
    /// The version of Typst, where there is a PDF.
    pub typst: Option<String>,
    /// What `SOURCE_DATE_EPOCH` was, where it was set.
    pub source_date_epoch: Option<i64>,
    /// The facts, relative to the project.
    pub facts: Piece,
    /// Last year's facts, where there were any.
    pub last_year: Option<Piece>,
    /// The form.
    pub form: String,
    /// Its files.
    pub form_files: Vec<Piece>,
    /// The font files that the PDF was set in.
    pub fonts: Vec<Piece>,
    /// The warnings that the facts accept, and why.
    pub accepted: Vec<Accepted>,
    /// Whether charts were drawn.
    pub charts: bool,
    /// How many problems were open, where the pages are a draft.
    pub open_problems: Option<usize>,
    /// The files that came of it.
    pub artifacts: Vec<Piece>,
}

/// A file by name and content.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Its name.
    pub file: String,
    /// The BLAKE3 hash of its bytes, in hexadecimal.
    pub blake3: String,
}

impl Piece {
    /// A piece of these bytes.
    pub fn new(file: impl Into<String>, bytes: &[u8]) -> Self {
        Self { file: file.into(), blake3: blake3::hash(bytes).to_hex().to_string() }
    }

    fn read(file: String, path: &Path) -> Result<Self, Diagnostic> {
        let bytes = fs::read(path).map_err(|error| unreadable(&display_path(path), &error))?;
        Ok(Self::new(file, &bytes))
    }
}

/// The hashes of font files, each worked out once in a run.
#[derive(Default)]
pub struct FontHashes {
    known: Mutex<BTreeMap<PathBuf, Piece>>,
}

impl FontHashes {
    fn of(&self, path: &Path) -> Result<Piece, Diagnostic> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(piece) = known {
            return Ok(piece);
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let piece = Piece::read(name, path)?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf(), piece.clone());
        Ok(piece)
    }
}

/// Records a build.
///
/// # Errors
/// A file that can no longer be read.
pub fn record(
    job: &BuildJob,
    hashes: &FontHashes,
    source: &Source,
    file: &Path,
    report: &Report,
    artifacts: &[Artifact],
) -> Result<Record, Diagnostic> {
    let pdf = artifacts.iter().find_map(|artifact| artifact.set_in.as_ref());
    let fonts = pdf.iter().flat_map(|set_in| &set_in.fonts).map(|path| hashes.of(path)).collect::<Result<_, _>>()?;
    let named = |artifact: &Artifact| Piece::new(format!("{}.{}", report.year, artifact.extension()), &artifact.bytes);
    Ok(Record {
        program: format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        engine: pdf.map(|set_in| set_in.engine.to_owned()),
        typst: pdf.map(|_| crate::compile::TYPST_VERSION.to_owned()),
        source_date_epoch: match job.stamp {
            Stamp::Fixed(seconds) => Some(seconds),
            Stamp::FromFacts => None,
        },
        facts: Piece::new(relative(job, file), source.text().as_bytes()),
        last_year: last_year(job, file, report.year)?,
        form: report.form.name.clone(),
        form_files: form_files(&report.form),
        fonts,
        accepted: report.accepted.clone(),
        charts: report.charts,
        open_problems: report.open_problems,
        artifacts: artifacts.iter().map(named).collect(),
    })
}

fn last_year(job: &BuildJob, file: &Path, year: u16) -> Result<Option<Piece>, Diagnostic> {
    let sibling = file.with_file_name(format!("{:04}.toml", year.saturating_sub(1)));
    match sibling.is_file() {
        true => Piece::read(relative(job, &sibling), &sibling).map(Some),
        false => Ok(None),
    }
}

fn form_files(form: &Form) -> Vec<Piece> {
    let makes_pages = |name: &str| name.ends_with(".tera") || ["form.toml", OVERRIDES].contains(&name);
    let files = form.files.iter().filter(|(name, _)| makes_pages(name));
    files.map(|(name, file)| Piece::new(name, file.source.text().as_bytes())).collect()
}

fn relative(job: &BuildJob, file: &Path) -> String {
    let root = job.check.project.root.canonicalize().unwrap_or_else(|_| job.check.project.root.clone());
    let file = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/")
}

impl Record {
    /// The record as it is written.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// The record that lies beside an artifact.
    ///
    /// # Errors
    /// There is none, or it is no record.
    pub fn beside(artifact: &Path) -> Result<Self, Diagnostic> {
        let name = artifact.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let stem = name.strip_suffix(Format::HtmlFragment.extension()).and_then(|stem| stem.strip_suffix('.'));
        let path = match stem {
            Some(stem) => artifact.with_file_name(format!("{stem}.json")),
            None => artifact.with_extension("json"),
        };
        let shown = display_path(&path);
        let help =
            || text!("重新生成一次；记录与页面在同一个文件夹", "build it again; the record lies beside the page");
        let text = fs::read_to_string(&path).map_err(|error| {
            let message = text!("没有生成记录 {shown}：{error}", "there is no record {shown}: {error}");
            Diagnostic::error(Code::NoRecord, message).help(help())
        })?;
        serde_json::from_str(&text).map_err(|error| {
            let message = text!("{shown} 不是生成记录：{error}", "{shown} is no record of a build: {error}");
            Diagnostic::error(Code::NoRecord, message).help(help())
        })
    }
}
