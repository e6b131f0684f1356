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
    /// What it was made of.
    pub inputs: Inputs,
    /// The font files that the PDF was set in.
    pub fonts: Vec<Piece>,
    /// The warnings that the facts accept, and why.
    pub accepted: Vec<Accepted>,
    /// The files that came of it.
    pub artifacts: Vec<Piece>,
}

/// All that decides what comes of a build.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The program, its version, and a name for its sources.
    pub program: String,
    /// The engine, where there is a PDF.
    pub engine: Option<String>,
    /// The version of Typst, where there is a PDF.
    pub typst: Option<String>,
    /// A name for all the fonts that there were to choose from, where there is a PDF.
    pub font_index: Option<String>,
    /// What `SOURCE_DATE_EPOCH` was, where it was set.
    pub source_date_epoch: Option<i64>,
    /// The facts, relative to the project.
    pub facts: Piece,
    /// The facts of the years before that were drawn on, latest first.
    pub years_before: Vec<Piece>,
    /// The form.
    pub form: String,
    /// Its files.
    pub form_files: Vec<Piece>,
    /// Whether charts were drawn.
    pub charts: bool,
    /// How many problems were open, where the pages are a draft.
    pub open_problems: Option<usize>,
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

/// What a report would be made of now.
///
/// # Errors
/// A file that can no longer be read.
pub fn inputs(
    job: &BuildJob,
    set_with: Option<&(&'static str, String)>,
    source: &Source,
    file: &Path,
    report: &Report,
) -> Result<Inputs, Diagnostic> {
    let (name, version, sources) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), env!("NIANBAO_SOURCES"));
    Ok(Inputs {
        program: format!("{name} {version} ({sources})"),
        engine: set_with.map(|(engine, _)| (*engine).to_owned()),
        typst: set_with.map(|_| crate::compile::TYPST_VERSION.to_owned()),
        font_index: set_with.map(|(_, fonts)| fonts.clone()),
        source_date_epoch: match job.stamp {
            Stamp::Fixed(seconds) => Some(seconds),
            Stamp::FromFacts => None,
        },
        facts: Piece::new(relative(job, file), source.text().as_bytes()),
        years_before: years_before(job, file, report)?,
        form: report.form.name.clone(),
        form_files: form_files(&report.form),
        charts: report.charts,
        open_problems: report.open_problems,
    })
}

/// Records a build.
///
/// # Errors
/// A font file that can no longer be read.
pub fn record(
    inputs: Inputs,
    hashes: &FontHashes,
    report: &Report,
    artifacts: &[Artifact],
) -> Result<Record, Diagnostic> {
    let pdf = artifacts.iter().find_map(|artifact| artifact.set_in.as_ref());
    let fonts = pdf.iter().flat_map(|set_in| &set_in.fonts).map(|path| hashes.of(path)).collect::<Result<_, _>>()?;
    let named = |artifact: &Artifact| Piece::new(format!("{}.{}", report.year, artifact.extension()), &artifact.bytes);
    Ok(Record { inputs, fonts, accepted: report.accepted.clone(), artifacts: artifacts.iter().map(named).collect() })
}

/// Last year's facts, and with charts those of the years that they draw.
fn years_before(job: &BuildJob, file: &Path, report: &Report) -> Result<Vec<Piece>, Diagnostic> {
    let years = if report.charts { report.form.charts.iter().map(|chart| chart.years).max().unwrap_or(1) } else { 1 };
    let siblings = (1..=years.max(2) - 1).filter_map(|back| report.year.checked_sub(u16::try_from(back).ok()?));
    let paths = siblings.map(|year| file.with_file_name(format!("{year:04}.toml"))).filter(|path| path.is_file());
    paths.map(|path| Piece::read(relative(job, &path), &path)).collect()
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

    /// Whether the artifacts of these formats lie beside the record as it says, made of `inputs`. A record that cannot be
    /// read, or an artifact that is not the one recorded, is never trusted.
    pub fn is_fresh(target: &Path, formats: &[Format], inputs: &Inputs) -> bool {
        let with = |extension: &str| {
            let mut path = target.as_os_str().to_owned();
            path.push(".");
            path.push(extension);
            PathBuf::from(path)
        };
        let text = fs::read_to_string(with("json")).unwrap_or_default();
        let Ok(record) = serde_json::from_str::<Self>(&text) else { return false };
        record.inputs == *inputs
            && formats.iter().all(|format| {
                let path = with(format.extension());
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                fs::read(&path).is_ok_and(|bytes| record.artifacts.contains(&Piece::new(name, &bytes)))
            })
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
