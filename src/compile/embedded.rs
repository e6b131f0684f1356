//! The Typst library as an engine. In: markup; out: a PDF, made in this process from the page and its fonts alone:
//! there are no other files, no packages and no clock.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source as TypstSource, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};

use super::{Engine, MAIN, PDF_STANDARDS, Setting, typst_problem};
use crate::diag::{Code, Diagnostic, text};
use crate::fonts::FontSet;
use crate::render::Markup;

/// The Typst library, with the fonts that it has loaded; reports of one form share them.
#[derive(Default)]
pub struct Embedded {
    stores: Mutex<HashMap<Vec<PathBuf>, Arc<FontStore>>>,
}

impl Embedded {
    fn store(&self, fonts: &FontSet) -> Arc<FontStore> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(stores.entry(fonts.files.clone()).or_insert_with(|| Arc::new(load(fonts))))
    }
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
    let list: Vec<typst_pdf::PdfStandard> = PDF_STANDARDS
        .split(',')
        .filter_map(|name| match name {
            "a-2a" => Some(typst_pdf::PdfStandard::A_2a),
            "ua-1" => Some(typst_pdf::PdfStandard::Ua_1),
            _ => None,
        })
        .collect();
    PdfStandards::new(&list).map_err(|error| error.message().to_string())
}

fn datetime(timestamp: i64) -> Option<Datetime> {
    let time = time::OffsetDateTime::from_unix_timestamp(timestamp).ok()?;
    Datetime::from_ymd_hms(time.year(), u8::from(time.month()), time.day(), time.hour(), time.minute(), time.second())
}

/// The whole world of one page.
struct Page {
    library: LazyHash<Library>,
    fonts: Arc<FontStore>,
    main: TypstSource,
    now: Datetime,
}

impl Page {
    fn new(markup: &Markup, fonts: Arc<FontStore>, now: Datetime) -> Option<Self> {
        let path = VirtualPath::new(MAIN).ok()?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Some(Self {
            library: LazyHash::new(Library::builder().build()),
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

fn load(fonts: &FontSet) -> FontStore {
    let mut store = FontStore::new();
    // A file that has vanished since it was found leaves its characters to the other faces of the role.
    for data in fonts.files.iter().filter_map(|path| std::fs::read(path).ok()) {
        store.extend(Font::iter(Bytes::new(data)).map(|font| {
            let info = font.info().clone();
            (font, info)
        }));
    }
    store
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
