//! The Typst library as an engine. In: markup; out: a PDF, made in this process from the page and its fonts alone:
//! there are no other files, no packages and no clock.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source as TypstSource, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;
use typst::{Feature, Features, Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};

use super::{Engine, MAIN, PDF_STANDARDS, Setting, typst_problem};
use crate::diag::{Code, Diagnostic, text};
use crate::fonts::PageFonts;
use crate::render::Markup;

/// The faces of a font file with what Typst wants to know of each.
type Faces = Arc<Vec<(Font, FontInfo)>>;

/// The Typst library, with the font files that it has loaded; pages share them.
#[derive(Default)]
pub struct Embedded {
    files: Mutex<HashMap<PathBuf, Faces>>,
}

impl Embedded {
    fn store(&self, fonts: &PageFonts) -> FontStore {
        let mut store = FontStore::new();
        for path in &fonts.files {
            store.extend(self.faces(path).iter().cloned());
        }
        store
    }

    fn faces(&self, path: &Path) -> Faces {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(files.entry(path.to_path_buf()).or_insert_with(|| Arc::new(load(path))))
    }
}

/// A file that has vanished since it was found has no faces; the engine then reports the characters that it drew.
fn load(path: &Path) -> Vec<(Font, FontInfo)> {
    let data = std::fs::read(path).unwrap_or_default();
    Font::iter(Bytes::new(data)).map(|font| (font.clone(), font.info().clone())).collect()
}

impl Engine for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn compile(&self, markup: &Markup, setting: &Setting<'_>) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let now = datetime(setting.timestamp).ok_or_else(|| {
            let message = text!("时间戳超出范围", "the timestamp is out of range");
            vec![Diagnostic::error(Code::EngineFailed, message)]
        })?;
        let world = Page::new(markup, self.store(setting.fonts), now).ok_or_else(|| {
            let message = text!("无法准备页面", "cannot prepare the page");
            vec![Diagnostic::error(Code::EngineFailed, message)]
        })?;
        let rejected = |errors: &[SourceDiagnostic]| world.problems(markup, errors);
        let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| rejected(&errors))?;
        let standards = standards()
            .map_err(|message| vec![Diagnostic::error(Code::EngineFailed, text!("{message}", "{message}"))])?;
        let options = PdfOptions {
            ident: Smart::Auto,
            creator: Smart::Auto,
            timestamp: Some(Timestamp::new_utc(now)),
            page_ranges: None,
            standards,
            tagged: true,
            pretty: false,
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| rejected(&errors));
        comemo::evict(10);
        pdf
    }
}

/// The standards that both engines are asked for.
fn standards() -> Result<PdfStandards, String> {
    let known = |name| match name {
        "a-2a" => Ok(typst_pdf::PdfStandard::A_2a),
        "ua-1" => Ok(typst_pdf::PdfStandard::Ua_1),
        _ => Err(format!("{name} is not a PDF standard known here")),
    };
    let list: Vec<_> = PDF_STANDARDS.split(',').map(known).collect::<Result<_, _>>()?;
    PdfStandards::new(&list).map_err(|error| error.message().to_string())
}

/// What the typst program is asked for as [`FEATURE`](super::FEATURE).
fn features() -> Features {
    [Feature::A11yExtras].into_iter().collect()
}

fn datetime(timestamp: i64) -> Option<Datetime> {
    let time = time::OffsetDateTime::from_unix_timestamp(timestamp).ok()?;
    Datetime::from_ymd_hms(time.year(), u8::from(time.month()), time.day(), time.hour(), time.minute(), time.second())
}

/// The whole world of one page.
struct Page {
    library: LazyHash<Library>,
    fonts: FontStore,
    main: TypstSource,
    now: Datetime,
}

impl Page {
    fn new(markup: &Markup, fonts: FontStore, now: Datetime) -> Option<Self> {
        let path = VirtualPath::new(MAIN).ok()?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Some(Self {
            library: LazyHash::new(Library::builder().with_features(features()).build()),
            fonts,
            main: TypstSource::new(id, markup.text.clone()),
            now,
        })
    }

    fn problems(&self, markup: &Markup, errors: &[SourceDiagnostic]) -> Vec<Diagnostic> {
        errors
            .iter()
            .filter(|error| error.severity == Severity::Error)
            .map(|error| {
                let offset = self.offset(error);
                let hints: Vec<String> = error.hints.iter().map(|hint| hint.v.to_string()).collect();
                typst_problem(markup, offset, &error.message, &hints)
            })
            .collect()
    }

    fn offset(&self, error: &SourceDiagnostic) -> Option<usize> {
        use typst::WorldExt;
        self.range(error.span).map(|range| range.start)
    }
}

impl World for Page {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<TypstSource> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(outside(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.main.id() { Ok(Bytes::from_string(self.main.clone())) } else { Err(outside(id)) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        Datetime::from_ymd(self.now.year()?, self.now.month()?, self.now.day()?)
    }
}

fn outside(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
