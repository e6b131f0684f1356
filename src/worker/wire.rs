//! What goes between a process and those that work for it. In and out: a message as JSON with pieces of bytes behind it, each
//! with its length before it. Places in templates go as numbers; both sides have the templates in the same order.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Severity, Text};
use crate::fonts::PageFonts;
use crate::render::{LineMap, Target};
use crate::source::{Place, Source};

/// What a process is to do; `V` is the view.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Task<V> {
    /// Parse templates, and keep them under a number.
    Load {
        /// The number.
        set: u64,
        /// The templates.
        load: Load,
    },
    /// Render a view by templates that were parsed.
    Render {
        /// Their number.
        set: u64,
        /// The view.
        view: V,
    },
    /// Lay a page out; its markup is the piece behind the message.
    LayOut(LayoutTask),
}

/// The templates of one form for one output language.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Load {
    /// The output language.
    pub target: Target,
    /// The templates by name, each with what it is called in messages and its text; last the form's declaration.
    files: Vec<(String, String, String)>,
}

impl Load {
    /// Templates, and the declaration of their form.
    pub fn new<'a>(
        target: Target,
        templates: impl Iterator<Item = (&'a str, &'a Arc<Source>)>,
        declaration: &'a Arc<Source>,
    ) -> Self {
        let file = |(name, source): (&str, &Arc<Source>)| {
            (name.to_owned(), source.name().to_owned(), source.text().to_owned())
        };
        Self { target, files: templates.chain([("", declaration)]).map(file).collect() }
    }

    /// The files as they were, by name, and all of them as places name them.
    pub fn files(&self) -> (Vec<(String, Arc<Source>)>, Sources) {
        let files: Vec<(String, Arc<Source>)> = self
            .files
            .iter()
            .map(|(name, shown, text)| (name.clone(), Source::new(shown.as_str(), text.as_str())))
            .collect();
        let sources = files.iter().map(|(_, source)| Arc::clone(source)).collect();
        (files, sources)
    }
}

/// A page to be laid out.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct LayoutTask {
    /// What is to come of it.
    pub wanted: Wanted,
    /// The time that it is stamped with.
    pub timestamp: i64,
    /// Its font files.
    pub fonts: PageFonts,
    /// Which template line wrote what.
    pub lines: Vec<(usize, Span)>,
    /// What those templates are called.
    pub sources: Vec<String>,
}

/// What is to come of a page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Wanted {
    /// A PDF.
    Pdf,
    /// The PDF, or nothing in its place where there can be none, and a picture of each sheet.
    All,
    /// Where these stretches of the markup stand on the sheets, as JSON.
    Areas(Vec<Range<usize>>),
}

/// What came of a task.
#[derive(Debug, Deserialize, Serialize)]
pub enum Reply {
    /// It was done.
    Done,
    /// Something was made, which is behind the message.
    Made {
        /// For rendered text: which template line wrote what.
        lines: Vec<(usize, Span)>,
        /// What was made.
        #[serde(skip)]
        made: Vec<Vec<u8>>,
    },
    /// Nothing was made, because of these problems.
    Wrong(Vec<Told>),
}

/// A place: the number of its source, and where it begins and ends.
pub type Span = (usize, usize, usize);

/// The sources that places are in.
#[derive(Default)]
pub struct Sources(Vec<Arc<Source>>);

impl FromIterator<Arc<Source>> for Sources {
    fn from_iter<T: IntoIterator<Item = Arc<Source>>>(sources: T) -> Self {
        Self(sources.into_iter().collect())
    }
}

impl Sources {
    /// Those that a map names.
    pub fn of(lines: &LineMap) -> Self {
        let mut sources: Vec<Arc<Source>> = Vec::new();
        for (_, place) in lines.iter() {
            if !sources.iter().any(|source| Arc::ptr_eq(source, &place.source)) {
                sources.push(Arc::clone(&place.source));
            }
        }
        Self(sources)
    }

    /// What they are called.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|source| source.name().to_owned()).collect()
    }

    fn span(&self, place: &Place) -> Option<Span> {
        let number = self.0.iter().position(|source| Arc::ptr_eq(source, &place.source))?;
        Some((number, place.span.start, place.span.end))
    }

    fn place(&self, (number, start, end): Span) -> Option<Place> {
        self.0.get(number).map(|source| Place::new(source, start..end))
    }

    /// A map in numbers.
    pub fn spans(&self, lines: &LineMap) -> Vec<(usize, Span)> {
        lines.iter().filter_map(|(at, place)| Some((at, self.span(place)?))).collect()
    }

    /// A map out of numbers.
    pub fn lines(&self, spans: &[(usize, Span)]) -> LineMap {
        spans.iter().filter_map(|(at, span)| Some((*at, self.place(*span)?))).collect()
    }
}

/// A text in both languages: Chinese, English.
type Words = (String, String);

/// A problem, on its way.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Told {
    code: String,
    is_warning: bool,
    message: Words,
    labels: Vec<(Span, Option<Words>, bool)>,
    notes: Vec<Words>,
    help: Option<Words>,
}

impl Told {
    /// A problem whose places are in these sources.
    pub fn of(problem: &Diagnostic, sources: &Sources) -> Self {
        let words = |text: &Text| (text.zh.clone(), text.en.clone());
        let labels = problem
            .labels
            .iter()
            .filter_map(|label| Some((sources.span(&label.place)?, label.text.as_ref().map(words), label.primary)));
        Self {
            code: problem.code.to_string(),
            is_warning: problem.severity != Severity::Error,
            message: words(&problem.message),
            labels: labels.collect(),
            notes: problem.notes.iter().map(words).collect(),
            help: problem.help.as_ref().map(words),
        }
    }

    /// The problem again.
    pub fn problem(&self, sources: &Sources) -> Diagnostic {
        let text = |(zh, en): &Words| Text { zh: zh.clone(), en: en.clone() };
        let known = Code::BUILT_IN.iter().find(|code| code.as_str() == self.code).cloned();
        let code = known.unwrap_or_else(|| Code::Declared(self.code.clone()));
        let mut problem = match self.is_warning {
            true => Diagnostic::warning(code, text(&self.message)),
            false => Diagnostic::error(code, text(&self.message)),
        };
        for (span, said, primary) in &self.labels {
            if let Some(place) = sources.place(*span) {
                problem.labels.push(crate::diag::Label { place, text: said.as_ref().map(text), primary: *primary });
            }
        }
        problem.notes = self.notes.iter().map(text).collect();
        problem.help = self.help.as_ref().map(text);
        problem
    }
}

/// Sends a message with pieces behind it.
pub(super) fn send(to: &mut impl Write, message: &impl Serialize, pieces: &[&[u8]]) -> io::Result<()> {
    let message = serde_json::to_vec(message)?;
    to.write_all(&length(pieces.len())?)?;
    for piece in [message.as_slice()].iter().chain(pieces) {
        to.write_all(&length(piece.len())?)?;
        to.write_all(piece)?;
    }
    to.flush()
}

fn length(length: usize) -> io::Result<[u8; 8]> {
    u64::try_from(length).map(u64::to_le_bytes).map_err(|_| io::ErrorKind::FileTooLarge.into())
}

/// The next message with the pieces behind it; `None` where there is no more.
pub(super) fn receive<M: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(M, Vec<Vec<u8>>)>> {
    let pieces = match number(from) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        pieces => pieces?,
    };
    let message = serde_json::from_slice(&piece(from)?)?;
    let pieces = (0..pieces).map(|_| piece(from)).collect::<io::Result<_>>()?;
    Ok(Some((message, pieces)))
}

fn number(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn piece(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = number(from)?;
    let mut piece = Vec::with_capacity(usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?);
    from.take(length).read_to_end(&mut piece)?;
    if u64::try_from(piece.len()) == Ok(length) { Ok(piece) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
