//! The record of a build, which lies beside the pages as `<year>.json`. In: what a report was made of; out: each input
//! and artifact by its BLAKE3 hash (what `b3sum` prints), so that a page can be traced and made again byte for byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::job::{BuildJob, Stamp};
use crate::consolidate::Counted;
use crate::diag::{Code, Diagnostic, text};
use crate::disk::{self, Unread};
use crate::export::Format;
use crate::facts::years_before::YearsBefore;
use crate::fonts::FontSet;
use crate::form::Form;
use crate::form::overrides::OVERRIDES;
use crate::once_map::OnceMap;
use crate::report::{Accepted, Report};
use crate::source::{Source, display_path, file_name};

/// What a report was made of, and what came of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Record {
    /// What it was made of.
    pub inputs: Inputs,
    /// The font files that the PDF was set in.
    pub fonts: Vec<Piece>,
    /// The warnings that the facts accept, and why.
    pub accepted: Vec<Accepted>,
    /// How many warnings and notes there were.
    pub warnings: usize,
    /// The files that came of it.
    pub artifacts: Vec<Piece>,
    /// Whether the facts, or what belongs to them, have changed since and had errors, so that the files are not of them.
    #[serde(default)]
    pub stale: bool,
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
    /// A name for what is in all the faces that there were to choose from, where there is a PDF.
    pub font_index: Option<String>,
    /// What `SOURCE_DATE_EPOCH` was, where it was set.
    pub source_date_epoch: Option<i64>,
    /// The facts, relative to the project.
    pub facts: Piece,
    /// The year reported on.
    pub year: u16,
    /// The facts of the years before that were drawn on, latest first.
    pub years_before: Vec<Piece>,
    /// The facts of the organs whose figures were added up, this year's and those of years before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organs: Vec<Piece>,
    /// The form.
    pub form: String,
    /// Its files.
    pub form_files: Vec<Piece>,
    /// Whether charts were drawn.
    pub charts: bool,
    /// How many problems were open, where the pages are a draft.
    pub open_problems: Option<usize>,
}

impl Inputs {
    /// Whether the facts, the years before as far as both have them, and the form are the same.
    pub fn is_of_the_same_facts(&self, other: &Self) -> bool {
        let is_other = |piece: &Piece| other.years_before.iter().any(|year| year.file == piece.file && year != piece);
        self.facts.blake3 == other.facts.blake3
            && self.form_files == other.form_files
            && self.organs == other.organs
            && !self.years_before.iter().any(is_other)
    }
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
}

/// A report, as far as it decides what its pages are made of.
pub(super) struct Subject<'a> {
    /// The facts file.
    pub file: &'a Path,
    /// What is in it.
    pub source: &'a Source,
    /// Its form.
    pub form: &'a Form,
    /// The year reported on.
    pub year: u16,
    /// How many problems are open, where the pages are a draft.
    pub open_problems: Option<usize>,
    /// The facts of the years before, as far as they were read.
    pub years_before: &'a YearsBefore,
    /// The facts of the organs whose figures were added up.
    pub counted: Vec<Arc<Counted>>,
}

/// What is the same for all reports of a job.
pub(super) struct Surroundings<'a> {
    /// The job.
    pub job: &'a BuildJob,
    /// The project's root, without links.
    root: PathBuf,
    /// The files of each form by its name; a job reads no form twice.
    form_files: OnceMap<String, Vec<Piece>>,
}

impl<'a> Surroundings<'a> {
    /// Those of a job.
    pub(super) fn of(job: &'a BuildJob) -> Self {
        let root = &job.check.project.root;
        let root = root.canonicalize().unwrap_or_else(|_| root.clone());
        Self { job, root, form_files: OnceMap::default() }
    }

    /// What a report is made of; `set_with` is the engine's name and the faces, where there is a PDF. Every hash is of bytes
    /// that are in memory, so that they are those which the pages are made of.
    pub(super) fn inputs(&self, of: &Subject<'_>, set_with: Option<(&str, &FontSet)>) -> Inputs {
        let (name, version, sources) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), env!("NIANBAO_SOURCES"));
        let years_before = of.years_before.read();
        Inputs {
            program: format!("{name} {version} ({sources})"),
            engine: set_with.map(|(engine, _)| engine.to_owned()),
            typst: set_with.map(|_| crate::typeset::TYPST_VERSION.to_owned()),
            font_index: set_with.map(|(_, fonts)| fonts.identity().to_owned()),
            source_date_epoch: match self.job.stamp {
                Stamp::Fixed(seconds) => Some(seconds),
                Stamp::FromFacts => None,
            },
            facts: self.facts(of.file, of.source),
            year: of.year,
            years_before: years_before.iter().map(|(path, source)| self.facts(path, source)).collect(),
            organs: of.counted.iter().map(|counted| self.counted(counted)).collect(),
            form: of.form.name.clone(),
            form_files: self.form_files.get(&of.form.name, || form_files(of.form)),
            charts: self.job.charts,
            open_problems: of.open_problems,
        }
    }

    fn facts(&self, file: &Path, source: &Source) -> Piece {
        Piece::new(self.relative(file), source.text().as_bytes())
    }

    fn counted(&self, counted: &Counted) -> Piece {
        Piece { file: self.relative(&counted.file), blake3: counted.hash.to_hex().to_string() }
    }

    fn relative(&self, file: &Path) -> String {
        let below = |file: &Path| file.strip_prefix(&self.root).map(Path::to_path_buf).ok();
        let without_links = || file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
        let shown = below(file).unwrap_or_else(|| below(&without_links()).unwrap_or_else(without_links));
        shown.to_string_lossy().replace('\\', "/")
    }
}

fn form_files(form: &Form) -> Vec<Piece> {
    let makes_pages = |name: &str| name.ends_with(".tera") || ["form.toml", OVERRIDES].contains(&name);
    let files = form.files.iter().filter(|(name, _)| makes_pages(name));
    files.map(|(name, file)| Piece::new(name, file.source.text().as_bytes())).collect()
}

/// What comes before the extension of the pages of a draft, and of their record.
pub(super) fn prefix(is_draft: bool) -> &'static str {
    if is_draft { "draft." } else { "" }
}

/// A target with an extension; the name before it may have dots of its own.
pub(super) fn with_extension(target: &Path, extension: &str) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    PathBuf::from(path)
}

impl Record {
    /// The record as it is written.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// The record that lies at a target, that of a draft where there is a prefix, if there is one that can be read.
    pub fn at(target: &Path, prefix: &str) -> Option<Self> {
        serde_json::from_slice(&disk::read_made(&with_extension(target, &format!("{prefix}json")), disk::TEXT).ok()?)
            .ok()
    }

    /// Writes it beside its pages.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, target: &Path, prefix: &str) -> Result<(), Diagnostic> {
        disk::write(&with_extension(target, &format!("{prefix}json")), self.text().as_bytes())
    }

    /// Writes down whether its pages are stale, where it does not say so yet.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn mark(mut self, target: &Path, prefix: &str, stale: bool) -> Result<(), Diagnostic> {
        if self.stale == stale {
            return Ok(());
        }
        self.stale = stale;
        self.write(target, prefix)
    }

    /// Whether it is of these facts.
    pub fn is_of(&self, source: &Source) -> bool {
        self.inputs.facts.blake3 == blake3::hash(source.text().as_bytes()).to_hex().as_str()
    }

    /// Whether it is of these facts, of the years before, the form and the organs as they are.
    fn is_current(&self, source: &Source, report: &Report, years_before: &YearsBefore) -> bool {
        let hash = |source: &Source| blake3::hash(source.text().as_bytes()).to_hex().to_string();
        let before: Vec<String> = years_before.read().iter().map(|(_, source)| hash(source)).collect();
        let organs: Vec<String> = report.counted().iter().map(|counted| counted.hash.to_hex().to_string()).collect();
        let hashes = |pieces: &[Piece]| pieces.iter().map(|piece| piece.blake3.clone()).collect::<Vec<_>>();
        let inputs = &self.inputs;
        !self.stale
            && self.is_of(source)
            // With charts, more years were drawn on than the one that checks look at.
            && hashes(&inputs.years_before).starts_with(&before)
            && hashes(&inputs.organs).starts_with(&organs)
            && inputs.form_files == form_files(&report.form)
    }

    /// Whether a file with these bytes is one that it names.
    pub fn names(&self, file: &Path, bytes: &[u8]) -> bool {
        self.artifacts.contains(&Piece::new(file_name(file), bytes))
    }

    /// Whether the artifacts with these extensions lie at the target as the record says. One that is not the one recorded is
    /// never trusted.
    pub fn has_artifacts(&self, target: &Path, extensions: impl IntoIterator<Item = String>) -> bool {
        extensions.into_iter().all(|extension| {
            let path = with_extension(target, &extension);
            disk::read_made(&path, disk::LARGE).is_ok_and(|bytes| self.names(&path, &bytes))
        })
    }

    /// The record that lies beside an artifact.
    ///
    /// # Errors
    /// There is none, or it is no record.
    pub fn beside(artifact: &Path) -> Result<Self, Diagnostic> {
        let path = match Format::of_file(artifact) {
            Some((_, extension)) => {
                let name = file_name(artifact);
                artifact.with_file_name(format!("{}json", name.strip_suffix(&extension).unwrap_or(&name)))
            }
            None => artifact.with_extension("json"),
        };
        let shown = display_path(&path);
        let help =
            || text!("重新生成一次；记录与页面在同一个文件夹", "build it again; the record lies beside the page");
        let bytes = disk::read_made(&path, disk::TEXT).map_err(|unread| match unread {
            Unread::Io(error) => {
                let message = text!("没有生成记录 {shown}：{error}", "there is no record {shown}: {error}");
                Diagnostic::error(Code::NoRecord, message).help(help())
            }
            unread => unread.told(&path),
        })?;
        serde_json::from_slice(&bytes).map_err(|error: serde_json::Error| {
            // What is in a file that is no record is not to be shown.
            let (line, column) = (error.line(), error.column());
            let message = text!(
                "{shown} 不是生成记录：第 {line} 行第 {column} 列有误",
                "{shown} is no record of a build: it is wrong at line {line}, column {column}"
            );
            Diagnostic::error(Code::NoRecord, message).help(help())
        })
    }
}

/// The extensions of the pages that lie at a target as their record names them, and whether they are of these facts and of all that
/// belongs to them. Their bytes are not looked at: that is for `verify`.
pub fn current_pages(
    target: &Path,
    source: &Source,
    report: &Report,
    years_before: &YearsBefore,
) -> (Vec<String>, Option<bool>) {
    let Some(record) = Record::at(target, "") else { return (Vec::new(), None) };
    let folder = target.parent().unwrap_or(target);
    let pages: Vec<&Piece> = record.artifacts.iter().filter(|piece| folder.join(&piece.file).is_file()).collect();
    let extension = |piece: &&Piece| piece.file.split_once('.').map(|(_, extension)| extension.to_owned());
    let extensions: Vec<String> = pages.iter().filter_map(extension).collect();
    let is_current = (!pages.is_empty()).then(|| record.is_current(source, report, years_before));
    (extensions, is_current)
}

/// The pages that lie at a target, drafts or final ones by their `prefix`.
pub fn pages_at(target: &Path, prefix: &str) -> Vec<PathBuf> {
    artifacts_at(target, prefix).into_iter().filter(|page| page.is_file()).collect()
}

/// All that has the name of an artifact at a target, of whatever kind it is, by its format and its name. For which tables there are
/// files is not asked of the form: those of an earlier one lie there too.
pub(super) fn artifacts_at(target: &Path, prefix: &str) -> Vec<PathBuf> {
    let Some(folder) = target.parent() else { return Vec::new() };
    let before = with_extension(target, prefix);
    let before = file_name(&before);
    let of = |path: &Path| Format::of_extension(file_name(path).strip_prefix(&before)?);
    // What cannot be listed is nobody's page.
    let files = WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name().into_iter().flatten();
    let mut found: Vec<(Format, PathBuf)> =
        files.filter_map(|entry| Some((of(entry.path())?, entry.into_path()))).collect();
    found.sort_by_key(|(format, _)| *format);
    found.into_iter().map(|(_, path)| path).collect()
}
