//! What a PDF draws. In: its bytes; out: [`PageMarks`] by page, made by a drawing device of the `hayro` interpreter that draws
//! nothing. Only this file and `tags.rs` know of `hayro`. No font is drawn from and no picture unpacked.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use flate2::read::{DeflateDecoder, ZlibDecoder};
use hayro_interpret::font::Glyph as FontGlyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, TransformExt, interpret_page,
};
use hayro_syntax::object::{Array, Dict, Stream};
use hayro_syntax::page::Page;
use hayro_syntax::{DecryptionError, Filter, LoadPdfError, Pdf};
use kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};

use super::characters::{is_nothing, is_unknown, meant};
use super::marks::{Axis, Glyph, PageMarks, Segment, Turn};
use crate::import::blocks::{Limit, Unread};

/// A filled shape thinner than this is a line.
const THIN: f64 = 2.5;
/// A line shorter than this is a dash or a serif.
const SHORT: f64 = 3.0;
/// How many calls of the interpreter are borne; each character and each line is three or four.
const CALLS: usize = 12_000_000;
/// How many calls one that begins a part of a page counts for: a drawing within a drawing is unpacked each time.
const PART: usize = 200;
/// How many bytes of drawing instructions of all pages are read.
const INSTRUCTIONS: usize = 64 << 20;
/// How much larger than itself what is packed may be.
const PACKED: usize = 1100;

/// An opened PDF.
pub(super) struct File {
    pub(super) pdf: Pdf,
}

/// Thrown to get out of the interpreter, which has no other way out.
struct TooMuch;

impl File {
    /// Opens a PDF, with no password.
    ///
    /// # Errors
    /// It asks for a password, is damaged, or has too many pages.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, Unread> {
        let pdf = catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))).map_err(|_| broken())?;
        let pdf = pdf.map_err(|error| match error {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Unread::Encrypted,
            LoadPdfError::Decryption(error) => Unread::Damaged(format!("how it is encrypted is not known: {error:?}")),
            LoadPdfError::Invalid => Unread::Damaged("it has no list of its objects or pages".into()),
        })?;
        if pdf.pages().len() > Limit::Pages.most() {
            return Err(Unread::TooLarge(Limit::Pages));
        }
        Ok(Self { pdf })
    }

    /// What is drawn on each page.
    ///
    /// # Errors
    /// It is more than is borne, or the interpreter gave up.
    pub(super) fn pages(&self) -> Result<Vec<PageMarks>, Unread> {
        catch_unwind(AssertUnwindSafe(|| self.draw())).unwrap_or_else(|thrown| {
            Err(if thrown.is::<TooMuch>() { Unread::TooLarge(Limit::Pieces) } else { broken() })
        })
    }

    fn draw(&self) -> Result<Vec<PageMarks>, Unread> {
        let cache = InterpreterCache::new();
        let mut pages = Vec::new();
        let (mut instructions, mut pieces, mut calls) = (INSTRUCTIONS, Limit::Pieces.most(), CALLS);
        for page in self.pdf.pages().iter() {
            let fits = unpacks_within(page, instructions);
            let length = if fits { page.page_stream().map_or(0, <[u8]>::len) } else { usize::MAX };
            instructions = instructions.checked_sub(length).ok_or(Unread::TooLarge(Limit::Unpacked))?;
            let mut collector = Collector::new(page, pieces, calls);
            let bounds = collector.clips.first().copied().unwrap_or_default();
            let transform = page.initial_transform(true).to_kurbo();
            let mut context = Context::new(transform, bounds, &cache, self.pdf.xref(), InterpreterSettings::default());
            interpret_page(page, &mut context, &mut collector);
            (pieces, calls) = (collector.pieces, collector.calls);
            pages.push(collector.page);
        }
        Ok(pages)
    }

    /// How many pages are counted and not there, or are not there as a whole.
    pub(super) fn missing(&self) -> usize {
        let xref = self.pdf.xref();
        let root: Option<Dict<'_>> = xref.get::<Dict<'_>>(xref.root_id()).and_then(|root| root.get("Pages"));
        let counted = root.and_then(|root| root.get::<i32>("Count")).and_then(|count| usize::try_from(count).ok());
        let pages = self.pdf.pages();
        let in_part = pages.iter().filter(|page| page.raw().contains_key("Contents")).filter(|page| {
            let parts = page.raw().get::<Array<'_>>("Contents");
            let is_short = parts.is_some_and(|parts| parts.raw_iter().count() > parts.iter::<Stream<'_>>().count());
            is_short || page.page_stream().is_none()
        });
        counted.unwrap_or_default().saturating_sub(pages.len()) + in_part.count()
    }

    /// The title in its metadata.
    pub(super) fn title(&self) -> Option<String> {
        let bytes = self.pdf.metadata().title.as_deref()?;
        let title = match bytes {
            [0xfe, 0xff, text @ ..] => {
                let units = text.chunks_exact(2).filter_map(|pair| Some(u16::from_be_bytes(pair.try_into().ok()?)));
                String::from_utf16_lossy(&units.collect::<Vec<_>>())
            }
            [0xef, 0xbb, 0xbf, text @ ..] => String::from_utf8_lossy(text).into_owned(),
            text => std::str::from_utf8(text).ok()?.to_owned(),
        };
        let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { meant(c) }).collect();
        Some(title.trim().to_owned()).filter(|title| !title.is_empty())
    }
}

/// Whether the instructions of a page unpack to no more than so many bytes, as far as it can be told before they are.
fn unpacks_within(page: &Page<'_>, most: usize) -> bool {
    let one = page.raw().get::<Stream<'_>>("Contents");
    let several = page.raw().get::<Array<'_>>("Contents");
    let streams = one.into_iter().chain(several.iter().flat_map(Array::iter::<Stream<'_>>));
    let mut left = most;
    for stream in streams {
        let raw = stream.raw_data();
        let length = match stream.filters().as_slice() {
            [Filter::FlateDecode] if raw.len() > most / PACKED => unpacked(&raw, left),
            _ => raw.len(),
        };
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// How many bytes are packed, as far as one more than so many.
fn unpacked(raw: &[u8], most: usize) -> usize {
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let counted = io::copy(&mut ZlibDecoder::new(raw).take(most), &mut io::sink());
    let counted = counted.or_else(|_| io::copy(&mut DeflateDecoder::new(raw).take(most), &mut io::sink()));
    counted.map_or(0, |count| usize::try_from(count).unwrap_or(usize::MAX))
}

fn broken() -> Unread {
    Unread::Damaged("the interpreter of PDF broke off".into())
}

/// Takes down what the interpreter draws.
struct Collector {
    page: PageMarks,
    /// What can be seen, innermost last; the page itself first.
    clips: Vec<Rect>,
    /// The marked content that is open: its number, and whether it is no part of the text.
    marked: Vec<(Option<i32>, bool)>,
    /// Whether the last character's advance is not known, so that the next one may tell it.
    is_open: bool,
    pieces: usize,
    calls: usize,
}

impl Collector {
    fn new(page: &Page<'_>, pieces: usize, calls: usize) -> Self {
        let (width, height) = page.render_dimensions();
        let seen = Rect::new(0.0, 0.0, f64::from(width), f64::from(height)).inset(1.0);
        let page = PageMarks { width, height, ..PageMarks::default() };
        Self { page, clips: vec![seen], marked: Vec::new(), is_open: false, pieces, calls }
    }

    /// Counts what is drawn, and gets out if it is too much.
    fn spend(&mut self, pieces: usize, calls: usize) {
        let left = self.pieces.checked_sub(pieces).zip(self.calls.checked_sub(calls));
        let Some(left) = left else { resume_unwind(Box::new(TooMuch)) };
        (self.pieces, self.calls) = left;
    }

    fn seen(&self) -> Rect {
        self.clips.last().copied().unwrap_or_default()
    }

    /// Takes down a line between two points, where it is level or upright.
    fn line(&mut self, p: Point, q: Point) {
        self.bar(Rect::from_points(p, q), 1.0);
    }

    /// Takes down a long thin rectangle as a line.
    fn bar(&mut self, rect: Rect, thin: f64) {
        let seen = self.seen();
        let rect = Rect::new(rect.x0.max(seen.x0), rect.y0.max(seen.y0), rect.x1.min(seen.x1), rect.y1.min(seen.y1));
        let (wide, high) = (rect.x1 - rect.x0, rect.y1 - rect.y0);
        if !(wide >= 0.0 && high >= 0.0) {
            return;
        }
        let middle = rect.center();
        if high < thin && wide > SHORT {
            self.segment(Axis::Level, middle.y, rect.x0, rect.x1);
        } else if wide < thin && high > SHORT {
            self.segment(Axis::Upright, middle.x, rect.y0, rect.y1);
        } else if thin == THIN && wide <= THIN && high <= THIN {
            // The corner of a border, or a dot of a dotted line.
            self.segment(Axis::Level, middle.y, rect.x0 - 0.5, rect.x1 + 0.5);
            self.segment(Axis::Upright, middle.x, rect.y0 - 0.5, rect.y1 + 0.5);
        }
    }

    fn segment(&mut self, axis: Axis, at: f64, from: f64, to: f64) {
        self.spend(1, 1);
        self.page.segments.push(Segment { axis, at: at as f32, from: from as f32, to: to as f32 });
    }

    fn stroke(&mut self, path: &BezPath, transform: Affine) {
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(p) => (start, last) = (p, p),
                PathEl::LineTo(p) => {
                    self.line(transform * last, transform * p);
                    last = p;
                }
                PathEl::ClosePath => {
                    self.line(transform * last, transform * start);
                    last = start;
                }
                PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => last = p,
            }
        }
    }

    /// Takes down the thin parts of a filled path: WPS draws all borders of a page as one. Two rectangles, one just within the
    /// other, are a frame.
    fn fill(&mut self, path: &BezPath, transform: Affine) {
        let mut outer: Option<Rect> = None;
        for part in subpaths(path) {
            let mut around: Option<Rect> = None;
            for p in part.iter().filter_map(PathEl::end_point) {
                let dot = Rect::from_points(transform * p, transform * p);
                around = Some(around.map_or(dot, |rect| rect.union(dot)));
            }
            let Some(rect) = around.filter(|rect| rect.is_finite()) else { continue };
            if rect.width() < THIN || rect.height() < THIN {
                self.bar(rect, THIN);
            } else if outer.is_some_and(|outer| is_frame(outer, rect)) {
                self.stroke(&rect.to_path(0.1), Affine::IDENTITY);
            } else {
                outer = Some(rect);
            }
        }
    }

    /// Takes down a character; `advance` is in thousandths of the font's height.
    fn glyph(&mut self, c: char, at: Affine, advance: f64, is_known: bool) {
        let [a, b, x, y, ..] = at.as_coeffs();
        let origin = at * Point::ZERO;
        let size = x.hypot(y) * 1000.0;
        let em = a.hypot(b) * 1000.0;
        if !(size > 0.05 && size < 10_000.0 && em > 0.0 && em < 10_000.0 && origin.is_finite()) {
            return;
        }
        let turn = match (a, b) {
            _ if b.abs() <= 0.1 * a.abs() && a > 0.0 && advance != 0.0 => Turn::Upright,
            _ if b.abs() <= 0.1 * a.abs() || a.abs() <= 0.1 * b.abs() => Turn::Turned,
            _ => Turn::Askew,
        };
        let (left, right, base) = if turn == Turn::Upright {
            (origin.x, origin.x + a * advance, origin.y)
        } else {
            // Written in columns, a character has no advance to the right.
            let across = if advance == 0.0 { 1000.0 } else { advance };
            let middle = at * Point::new(across / 2.0, 350.0);
            let half = em * across / 2000.0;
            (middle.x - half, middle.x + half, middle.y + 0.35 * size)
        };
        let (left, right) = (left.min(right), left.max(right));
        let middle = Point::new((left + right) / 2.0, base - 0.35 * size);
        if !self.seen().contains(middle) {
            return;
        }
        self.close(left as f32, base as f32);
        let mark = self.marked.iter().rev().find_map(|(mark, _)| *mark);
        let is_artifact = self.marked.iter().any(|(_, is_artifact)| *is_artifact);
        let (left, right, base, size) = (left as f32, right as f32, base as f32, size as f32);
        self.page.unknown += usize::from(is_unknown(c));
        self.page.glyphs.push(Glyph { c, left, right, base, size, turn, mark, is_artifact });
        self.is_open = !is_known;
    }

    /// Where a character's advance is not known, it ends where the next one of its line begins, at the latest.
    fn close(&mut self, left: f32, base: f32) {
        if let Some(last) = self.page.glyphs.last_mut().filter(|_| self.is_open)
            && last.turn == Turn::Upright
            && (last.base - base).abs() < 0.1 * last.size
            && left > last.left
        {
            last.right = left.min(last.left + last.size);
        }
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph(&mut self, glyph: &FontGlyph<'a>, to: Affine, of: Affine, _: &Paint<'a>, mode: &GlyphDrawMode) {
        self.spend(1, 1);
        // What text recognition has put under a scan is not what a person sees.
        if matches!(mode, GlyphDrawMode::Invisible) {
            return;
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => String::from(c),
            Some(BfString::String(text)) => text,
            None => String::from('\u{fffd}'),
        };
        let characters: Vec<char> = text.chars().filter(|c| !is_nothing(*c)).map(meant).collect();
        let advance = match glyph {
            FontGlyph::Outline(glyph) => glyph.advance_width().map(f64::from),
            FontGlyph::Type3(_) => None,
        };
        // A ligature is as wide as its characters.
        let each = advance.unwrap_or(500.0) / characters.len().max(1) as f64;
        for (index, c) in characters.into_iter().take(16).enumerate() {
            let c = if c.is_control() { '\u{fffd}' } else { c };
            let at = to * of * Affine::translate((each * index as f64, 0.0));
            self.glyph(c, at, each, advance.is_some());
        }
    }

    fn draw_path(&mut self, path: &BezPath, transform: Affine, _: &Paint<'a>, mode: &PathDrawMode) {
        self.spend(path.elements().len() / 64, 1);
        match mode {
            PathDrawMode::Stroke(_) => self.stroke(path, transform),
            PathDrawMode::Fill(_) => self.fill(path, transform),
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, transform: Affine) {
        self.spend(1, 1);
        let rect = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let rect = transform.transform_rect_bbox(rect);
        if !rect.is_finite() {
            return;
        }
        if rect.width() < THIN || rect.height() < THIN {
            self.bar(rect, THIN);
            return;
        }
        let page = f64::from(self.page.width) * f64::from(self.page.height);
        let covers = rect.intersect(self.seen()).area() / page.max(1.0);
        self.page.pictures += usize::from(covers > 0.05);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.spend(0, PART);
        let seen = self.seen();
        let clipped = clip.path.bounding_box().inset(1.0);
        self.clips.push(if clipped.is_finite() { clipped.intersect(seen) } else { seen });
    }

    fn pop_clip_path(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], mark: Option<i32>) {
        self.spend(0, 1);
        self.marked.push((mark, tag == b"Artifact"));
    }

    fn end_marked_content(&mut self) {
        self.marked.pop();
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {
        self.spend(0, 1);
    }

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn pop_transparency_group(&mut self) {}
}

/// The parts of a path that are drawn without lifting the pen.
fn subpaths(path: &BezPath) -> impl Iterator<Item = &[PathEl]> {
    let mut rest = path.elements();
    std::iter::from_fn(move || {
        let next = rest.iter().skip(1).position(|element| matches!(element, PathEl::MoveTo(_)));
        let (part, after) = rest.split_at(next.map_or(rest.len(), |next| next + 1));
        rest = after;
        Some(part).filter(|part| !part.is_empty())
    })
}

/// Whether a rectangle lies within another so closely that what is between them is a border.
fn is_frame(outer: Rect, inner: Rect) -> bool {
    let gaps = [inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1];
    gaps.iter().all(|gap| (0.0..=3.0).contains(gap))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    use super::*;
    use crate::import::pdf::samples::{Sample, text, turned};

    fn page(content: &str) -> PageMarks {
        let sample = Sample::of(&[content]);
        File::open(sample.bytes()).unwrap().pages().unwrap().remove(0)
    }

    #[test]
    fn characters_stand_where_they_are_drawn() {
        let page = page(&text(100, 600, "年1"));
        let places: Vec<_> =
            page.glyphs.iter().map(|glyph| (glyph.c, glyph.left, glyph.right, glyph.base, glyph.size)).collect();
        assert_eq!(places, [('年', 100.0, 110.0, 200.0, 10.0), ('1', 110.0, 115.0, 200.0, 10.0)]);
        assert_eq!((page.width, page.height), (600.0, 800.0));
    }

    #[test]
    fn characters_know_how_they_are_turned() {
        let turn = |matrix: &str| page(&turned(matrix, "年")).glyphs[0].turn;
        assert_eq!(turn("1 0 0 1 300 300"), Turn::Upright);
        assert_eq!(turn("0 1 -1 0 300 300"), Turn::Turned);
        assert_eq!(turn("-1 0 0 -1 300 300"), Turn::Turned);
        assert_eq!(turn("0.7 0.7 -0.7 0.7 300 300"), Turn::Askew);
    }

    #[test]
    fn lines_are_level_or_upright() {
        let page = page("10 20 m 110 20 l 110 90 l 10 20 l S 10 40 100 1 re f 30 60 50 50 re f");
        let segments: Vec<_> = page.segments.iter().map(|line| (line.axis, line.at, line.from, line.to)).collect();
        let expected = [
            (Axis::Level, 780.0, 10.0, 110.0),
            (Axis::Upright, 110.0, 710.0, 780.0),
            (Axis::Level, 759.5, 10.0, 110.0),
        ];
        assert_eq!(segments, expected);
    }

    #[test]
    fn what_is_packed_is_measured_before_it_is_unpacked() {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&vec![b' '; 100_000]).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!((unpacked(&packed, 1_000_000), unpacked(&packed, 70)), (100_000, 71));
        assert_eq!(unpacked(b"nothing", 70), 0);
        let mut big = ZlibEncoder::new(Vec::new(), Compression::fast());
        (0..65).for_each(|_| big.write_all(&vec![b' '; 1 << 20]).unwrap());
        let big = big.finish().unwrap();
        let head = format!("<</Filter/FlateDecode/Length {}>>\nstream\n", big.len());
        let stream = [head.as_bytes(), &big, b"\nendstream"].concat();
        let sample = Sample::of(&[""]).with(200, stream);
        let sample =
            sample.with(2, "<</Type/Pages/Kids[201 0 R]/Count 1>>").with(201, "<</Type/Page/Contents 200 0 R>>");
        assert_eq!(File::open(sample.bytes()).unwrap().pages().unwrap_err(), Unread::TooLarge(Limit::Unpacked));
    }
}
