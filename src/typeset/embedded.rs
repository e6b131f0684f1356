//! The Typst library as an engine. In: markup; out: a PDF, made in this process from the page and its fonts alone:
//! there are no other files, no packages and no clock.

use std::collections::VecDeque;
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use typst::diag::{FileError, FileResult, Severity, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source as TypstSource, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::{LazyHash, hash128};
use typst::{Feature, Features, Library, LibraryExt, World};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandards, Timestamp};
use typst_svg::SvgOptions;

use super::areas::areas;
use super::confined::Confined;
use super::engine::{CompileOptions, Engine, MAIN, PDF_STANDARDS, Pages, SheetArea, typst_problem};
use crate::diag::{Code, Diagnostic, Problems, Text, text};
use crate::fonts::{FontFile, PageFonts};
use crate::once_map::OnceMap;
use crate::render::Markup;
use crate::worker::{LEAST_MIB, Workers, is_memory_short, memory_short};

/// After how many pages Typst forgets what none of them has had a use for. It goes through all that it keeps to do so: less
/// often costs memory, more often time.
const EVICT_EVERY: usize = 4;

/// How many sheets are kept; most stay the same when a figure changes.
const SHEETS: usize = 32;

/// The faces of a font file with what Typst wants to know of each.
type Faces = Arc<Vec<(Font, FontInfo)>>;

/// The Typst library, with what pages share: the font files loaded so far, and what Typst asks of them for each choice of
/// files.
pub(super) struct Embedded {
    library: Arc<LazyHash<Library>>,
    files: Arc<OnceMap<PathBuf, Result<Faces, Diagnostic>>>,
    stores: OnceMap<Vec<PathBuf>, Result<Arc<FontStore>, Diagnostic>>,
    pages: AtomicUsize,
    sheets: Arc<Mutex<Sheets>>,
}

/// Sheets drawn before, the latest first, each by the hash of what is on it.
type Sheets = VecDeque<(u128, Arc<str>)>;

/// Looks whether the memory for a page can be had now, in pieces such as pages ask for.
///
/// # Errors
/// Less memory than pages take. Once pages are laid out, nothing could be said of it: the process would be ended.
pub(super) fn enough_memory() -> Result<(), Diagnostic> {
    const MIB: usize = 1 << 20;
    // Elsewhere the system promises all, and to ask takes longer than a tenth of a page.
    if !is_memory_short() {
        return Ok(());
    }
    let piece = || {
        let mut piece: Vec<u8> = Vec::new();
        piece.try_reserve_exact(MIB).map(|()| piece)
    };
    let pieces: Result<Vec<_>, _> = (0..LEAST_MIB).map(|_| piece()).collect();
    pieces.map(drop).map_err(|_| memory_short())
}

impl Default for Embedded {
    fn default() -> Self {
        let library = Arc::new(LazyHash::new(Library::builder().with_features(features()).build()));
        Self {
            library,
            files: Arc::default(),
            stores: OnceMap::default(),
            pages: AtomicUsize::new(0),
            sheets: Arc::default(),
        }
    }
}

impl Embedded {
    fn store(&self, fonts: &PageFonts) -> Result<Arc<FontStore>, Diagnostic> {
        let paths: Vec<PathBuf> = fonts.files.iter().map(|file| file.path().to_path_buf()).collect();
        self.stores.get(paths.as_slice(), || {
            // From the last to the first, to meet those that load what was expected from the first on.
            fonts.files.iter().rev().for_each(|file| drop(self.faces(file)));
            let mut store = FontStore::new();
            for file in &fonts.files {
                store.extend(self.faces(file)?.iter().cloned());
            }
            Ok(Arc::new(store))
        })
    }

    fn faces(&self, file: &FontFile) -> Result<Faces, Diagnostic> {
        self.files.get(file.path(), || load(file))
    }
}

/// The bytes of a font file, which are shared with what looks for characters in them.
struct Content(Arc<Vec<u8>>);

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

fn load(file: &FontFile) -> Result<Faces, Diagnostic> {
    let faces = Font::iter(Bytes::new(Content(file.bytes()?))).map(|font| {
        // Typst tells fonts apart by all that is in them. It works that out once for each file; here, files do not wait for
        // each other.
        hash128(&font);
        (font.clone(), font.info().clone())
    });
    Ok(Arc::new(faces.collect()))
}

impl Engine for Embedded {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn confined(&self, workers: &Arc<Workers>) -> Arc<dyn Engine> {
        Arc::new(Confined::new(workers))
    }

    fn expect(&self, fonts: &[FontFile]) {
        fonts.iter().for_each(FontFile::expect);
        // Outside of a pool of threads, a new one might not be had.
        if self.pages.load(Ordering::Relaxed) > 0 || rayon::current_thread_index().is_none() {
            return;
        }
        for file in fonts {
            let (file, files) = (file.clone(), Arc::clone(&self.files));
            // What is wrong with a file is told by the page that needs it.
            rayon::spawn(move || drop(files.get(file.path(), || load(&file))));
        }
    }

    /// What Typst keeps for later pages is thrown away as it goes, so that memory does not grow with the number of pages.
    fn layout(&self, markup: Markup, options: CompileOptions) -> Result<Box<dyn Pages>, Problems> {
        let now = datetime(options.timestamp)
            .ok_or_else(|| failed(text!("时间戳超出范围", "the timestamp is out of range")))?;
        let fonts = self.store(&options.fonts)?;
        let world = PageWorld::new(Arc::clone(&self.library), &markup, fonts, now)
            .ok_or_else(|| failed(text!("无法准备页面", "cannot prepare the page")))?;
        let before = self.pages.fetch_add(1, Ordering::Relaxed);
        if before > 0 && before.is_multiple_of(EVICT_EVERY) {
            comemo::evict(0);
        }
        let document = whole(|| {
            let document = typst::compile::<PagedDocument>(&world).output;
            document.map_err(|errors| world.problems(&markup, &errors))
        })?;
        Ok(Box::new(LaidOut { markup, world, document, sheets: Arc::clone(&self.sheets) }))
    }
}

/// A fault in the library must not end a batch of other reports.
fn whole<T>(work: impl FnOnce() -> Result<T, Problems>) -> Result<T, Problems> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(failed(text!("Typst 内部出错，没有排出这一页", "Typst failed inside and made no page")))
    })
}

/// A page that Typst has laid out.
struct LaidOut {
    markup: Markup,
    world: PageWorld,
    document: PagedDocument,
    sheets: Arc<Mutex<Sheets>>,
}

impl Pages for LaidOut {
    fn pdf(&self) -> Result<Vec<u8>, Problems> {
        let options = PdfOptions {
            ident: Smart::Auto,
            creator: Smart::Auto,
            timestamp: Some(Timestamp::new_utc(self.world.now)),
            page_ranges: None,
            standards: standards().map_err(|message| failed(text!("{message}", "{message}")))?,
            tagged: true,
            pretty: false,
        };
        whole(|| typst_pdf::pdf(&self.document, &options).map_err(|errors| self.world.problems(&self.markup, &errors)))
    }

    fn svg(&self) -> Result<Vec<Arc<str>>, Problems> {
        whole(|| Ok(self.document.pages().par_iter().map(|page| self.sheet(hash128(page), page)).collect()))
    }

    fn areas(&self, stretches: &[Range<usize>]) -> Vec<SheetArea> {
        areas(&self.document, &self.world, stretches)
    }
}

impl LaidOut {
    /// Draws a sheet, or takes the one drawn before of the very same.
    fn sheet(&self, hash: u128, page: &typst_layout::Page) -> Arc<str> {
        let known =
            |sheets: &Sheets| sheets.iter().find(|(known, _)| *known == hash).map(|(_, sheet)| Arc::clone(sheet));
        if let Some(sheet) = known(&self.sheets.lock().unwrap_or_else(PoisonError::into_inner)) {
            return sheet;
        }
        let sheet: Arc<str> = typst_svg::svg(page, &SvgOptions::default()).into();
        let mut sheets = self.sheets.lock().unwrap_or_else(PoisonError::into_inner);
        sheets.push_front((hash, Arc::clone(&sheet)));
        sheets.truncate(SHEETS);
        sheet
    }
}

fn failed(message: Text) -> Problems {
    Diagnostic::error(Code::EngineFailed, message).into()
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

/// What the typst program is asked for as [`FEATURE`](super::engine::FEATURE).
fn features() -> Features {
    [Feature::A11yExtras].into_iter().collect()
}

fn datetime(timestamp: i64) -> Option<Datetime> {
    let time = time::OffsetDateTime::from_unix_timestamp(timestamp).ok()?;
    Datetime::from_ymd_hms(time.year(), u8::from(time.month()), time.day(), time.hour(), time.minute(), time.second())
}

/// The whole world of one page.
struct PageWorld {
    library: Arc<LazyHash<Library>>,
    fonts: Arc<FontStore>,
    main: TypstSource,
    now: Datetime,
}

impl PageWorld {
    fn new(library: Arc<LazyHash<Library>>, markup: &Markup, fonts: Arc<FontStore>, now: Datetime) -> Option<Self> {
        let path = VirtualPath::new(MAIN).ok()?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        Some(Self { library, fonts, main: TypstSource::new(id, markup.text.clone()), now })
    }

    fn problems(&self, markup: &Markup, errors: &[SourceDiagnostic]) -> Problems {
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

impl World for PageWorld {
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
