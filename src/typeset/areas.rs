//! Where on laid out sheets a stretch of the markup stands. In: a document, what it was made of, and stretches of its markup; out: for each stretch and
//! sheet the area that its glyphs take.

use std::ops::Range;

use typst::layout::{Abs, Frame, FrameItem, Point, Size, Transform};
use typst::syntax::Span;
use typst::text::TextItem;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;

use super::engine::SheetArea;

/// The width or the height of a sheet, as areas on it are measured.
const WHOLE: u16 = 10_000;

/// The areas of stretches, which are in order and do not overlap.
pub(super) fn areas(document: &PagedDocument, world: &dyn World, stretches: &[Range<usize>]) -> Vec<SheetArea> {
    let mut all = Vec::new();
    for (sheet, page) in document.pages().iter().enumerate() {
        let mut found = Found { world, stretches, known: None, areas: vec![None; stretches.len()] };
        found.frame(&page.frame, Transform::identity());
        let areas = found.areas.into_iter().enumerate();
        all.extend(areas.filter_map(|(stretch, area)| Some(area?.on(page.frame.size(), stretch, sheet))));
    }
    all
}

/// What was found on a sheet so far.
struct Found<'a> {
    world: &'a dyn World,
    stretches: &'a [Range<usize>],
    /// Where in the markup the text begins that was last asked for: most glyphs are of the same text as the one before.
    known: Option<(Span, Option<usize>)>,
    areas: Vec<Option<Area>>,
}

/// A rectangle on a sheet.
#[derive(Clone, Copy)]
struct Area {
    from: Point,
    to: Point,
}

impl Area {
    fn with(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    fn on(self, sheet: Size, stretch: usize, number: usize) -> SheetArea {
        let most = f64::from(WHOLE);
        let share = |length: Abs, whole: Abs| (length * most / whole).round().clamp(0.0, most) as u16;
        SheetArea {
            stretch,
            sheet: number,
            left: share(self.from.x, sheet.x),
            top: share(self.from.y, sheet.y),
            right: share(self.to.x, sheet.x),
            bottom: share(self.to.y, sheet.y),
        }
    }
}

impl Found<'_> {
    fn frame(&mut self, frame: &Frame, to_sheet: Transform) {
        for (at, item) in frame.items() {
            let to_sheet = to_sheet.pre_concat(Transform::translate(at.x, at.y));
            match item {
                FrameItem::Group(group) => self.frame(&group.frame, to_sheet.pre_concat(group.transform)),
                FrameItem::Text(text) => self.text(text, to_sheet),
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &TextItem, to_sheet: Transform) {
        let mut x = Abs::zero();
        let metrics = text.font.metrics();
        let (top, bottom) = (-metrics.ascender.at(text.size), -metrics.descender.at(text.size));
        for glyph in &text.glyphs {
            let end = x + glyph.x_advance.at(text.size);
            if let Some(stretch) = self.stretch(glyph.span) {
                let corners = [(x, top), (end, top), (x, bottom), (end, bottom)];
                let corners = corners.map(|(x, y)| Point::new(x, y).transform(to_sheet));
                let area = corners.into_iter().map(|corner| Area { from: corner, to: corner }).reduce(Area::with);
                let before = self.areas[stretch];
                self.areas[stretch] = before.into_iter().chain(area).reduce(Area::with);
            }
            x = end;
        }
    }

    /// The stretch that a glyph was written in.
    fn stretch(&mut self, (span, offset): (Span, u16)) -> Option<usize> {
        let start = match self.known {
            Some((known, start)) if known == span => start,
            _ => {
                let start = self.world.range(span).map(|range| range.start);
                self.known = Some((span, start));
                start
            }
        };
        let at = start? + usize::from(offset);
        let stretch = self.stretches.partition_point(|stretch| stretch.end <= at);
        self.stretches.get(stretch)?.contains(&at).then_some(stretch)
    }
}
