//! What is shown of a file. In: the places of a problem in one file; out: [`Excerpt`]s, which are no more of its lines than a
//! person needs: of a file of a million lines those with places, of a line of a million characters what is around them.

use std::ops::Range;

use super::{Label, plain};
use crate::source::Source;

/// How many places of one problem are shown.
const PLACES: usize = 60;
/// How far apart two places of one excerpt may be, in lines; those that are not shown still cost time.
const APART: usize = 1_000;
/// How many lines are shown of the beginning and of the end of a place of several lines, at most.
const AROUND: (usize, usize) = (5, 3);
/// The longest line that is shown by leaving out one of its ends, in bytes.
const LONG: usize = 4_096;
/// The least that is shown around a place in a long line, in columns.
const LEAST: usize = 8;
/// What stands where something is left out of a line.
const GAP: &str = "...";

/// Some lines of a file, and places in them.
pub(super) struct Excerpt<'a> {
    /// The lines.
    pub text: String,
    /// The number of the first of them, from 1.
    pub first: usize,
    /// The places, in bytes of the text.
    pub places: Vec<(Range<usize>, &'a Label)>,
    /// Where the first place has another column in the text than in the file: its line, and both columns, all from 1.
    pub column: Option<(usize, usize, usize)>,
}

/// A place, with the lines (from 0) that it begins and ends in.
struct Spot<'a> {
    span: Range<usize>,
    lines: (usize, usize),
    label: &'a Label,
}

/// The excerpts of the places, which are of one file, for lines of `width` columns; that of the first place before the others.
pub(super) fn excerpts<'a>(labels: &[&'a Label], width: usize) -> Vec<Excerpt<'a>> {
    let Some(first) = labels.first() else { return Vec::new() };
    let source = &first.place.source;
    let mut spots: Vec<Spot<'_>> = labels.iter().take(PLACES).map(|label| spot(source, label)).collect();
    let start = spots.first().map_or(0, |spot| spot.lines.0);
    spots.sort_by_key(|spot| spot.lines.0);
    let mut groups: Vec<Vec<Spot<'_>>> = Vec::new();
    for spot in spots {
        let end = |group: &Vec<Spot<'_>>| group.iter().map(|spot| spot.lines.1).max().unwrap_or(0);
        match groups.last_mut() {
            Some(group) if spot.lines.0 <= end(group) + APART => group.push(spot),
            _ => groups.push(vec![spot]),
        }
    }
    groups.sort_by_key(|group| !group.iter().any(|spot| spot.lines.0 == start));
    groups.iter().map(|group| excerpt(source, group, width)).collect()
}

fn spot<'a>(source: &Source, label: &'a Label) -> Spot<'a> {
    let text = source.text();
    // The end of a file that ends with a line feed is shown at its last line.
    let last = source.line_of(text.len().saturating_sub(1));
    let line = |at: usize| source.line_of(at).min(last);
    let start = text.floor_char_boundary(label.place.span.start.min(text.len()));
    let end = text.floor_char_boundary(label.place.span.end.clamp(start, text.len()));
    let (from, to) = (line(start), line(end));
    match to - from > APART {
        true => Spot { span: start..body(source, from).end.max(start), lines: (from, from), label },
        false => Spot { span: start..end, lines: (from, to), label },
    }
}

/// The bytes of a line without its line end.
fn body(source: &Source, line: usize) -> Range<usize> {
    let whole = source.line(line);
    let text = source.text()[whole.clone()].trim_end_matches(['\n', '\r']);
    whole.start..whole.start + text.len()
}

fn excerpt<'a>(source: &Source, spots: &[Spot<'a>], width: usize) -> Excerpt<'a> {
    let first = spots.iter().map(|spot| spot.lines.0).min().unwrap_or(0);
    let last = spots.iter().map(|spot| spot.lines.1).max().unwrap_or(0);
    let is_shown = |line: usize| {
        spots.iter().any(|Spot { lines: (from, to), .. }| {
            (from.saturating_sub(1)..=from + AROUND.0).contains(&line)
                || (to.saturating_sub(AROUND.1)..=to + 1).contains(&line)
        })
    };
    let is_cut = is_too_wide(source, spots, (first..=last).filter(|line| is_shown(*line)), width);
    let mut made = Made { text: String::new(), places: vec![0..0; spots.len()] };
    for line in first..=last {
        match (is_shown(line), is_cut) {
            (false, _) => made.text.push('\n'),
            (true, false) => made.whole(source, line, spots),
            (true, true) => made.cut(source, line, spots, width),
        }
    }
    let column = spots.iter().zip(&made.places).min_by_key(|(spot, _)| !spot.label.primary).map(|(spot, place)| {
        let line = made.text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
        let (number, there) = source.line_column(spot.span.start);
        (number, made.text[line..place.start].chars().count() + 1, there)
    });
    let places = made.places.into_iter().zip(spots).map(|(place, spot)| (place, spot.label)).collect();
    let column = column.filter(|(_, here, there)| is_cut && here != there);
    Excerpt { text: plain::excerpt(made.text), first: first + 1, places, column }
}

/// Whether lines are so long, or the places in them so far apart, that no one stretch of columns shows all places.
fn is_too_wide(source: &Source, spots: &[Spot<'_>], lines: impl Iterator<Item = usize>, width: usize) -> bool {
    let bodies: Vec<Range<usize>> = lines.map(|line| body(source, line)).collect();
    if bodies.iter().any(|body| body.len() > LONG) {
        return true;
    }
    let is_one =
        spots.iter().all(|spot| spot.lines.0 == spot.lines.1 && spot.lines == spots[0].lines) && spots.len() == 1;
    let longest = bodies.iter().map(|body| columns(&source.text()[body.clone()])).max().unwrap_or(0);
    if is_one || longest <= width {
        return false;
    }
    let column = |at: usize| {
        let line = source.line(source.line_of(at)).start;
        columns(&source.text()[line..at])
    };
    let ends = || spots.iter().flat_map(|spot| [column(spot.span.start), column(spot.span.end)]);
    ends().max().unwrap_or(0) - ends().min().unwrap_or(0) > width - 2 * LEAST
}

/// How wide a text is, near enough: all that is not ASCII is as wide as two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// An excerpt that is being made.
struct Made {
    text: String,
    /// Each place in the text, as far as it is known.
    places: Vec<Range<usize>>,
}

impl Made {
    /// A line as it is.
    fn whole(&mut self, source: &Source, line: usize, spots: &[Spot<'_>]) {
        let (start, whole) = (self.text.len(), source.line(line));
        for (place, spot) in self.places.iter_mut().zip(spots) {
            if spot.lines.0 == line {
                place.start = start + spot.span.start - whole.start;
            }
            if spot.lines.1 == line {
                place.end = start + spot.span.end - whole.start;
            }
        }
        self.text.push_str(&source.text()[whole]);
    }

    /// A line with what is around the places in it; a place of several lines ends with the first of them.
    fn cut(&mut self, source: &Source, line: usize, spots: &[Spot<'_>], width: usize) {
        let body = body(source, line);
        let text = &source.text()[body.clone()];
        let here: Vec<usize> = (0..spots.len()).filter(|at| spots[*at].lines.0 == line).collect();
        let share = (width / here.len().max(1)).max(LEAST);
        let spans = here.iter().map(|at| {
            let span = &spots[*at].span;
            span.start.min(body.end) - body.start..span.end.min(body.end) - body.start
        });
        let spans: Vec<Range<usize>> = spans.collect();
        let mut kept: Vec<Range<usize>> = spans.iter().flat_map(|span| stretches(text, span, share)).collect();
        if kept.is_empty() {
            kept.push(0..forward(text, 0, width));
        }
        kept.sort_by_key(|stretch| stretch.start);
        let shown = Shown::of(text, &kept);
        let start = self.text.len();
        for (at, span) in here.iter().zip(&spans) {
            self.places[*at] = start + shown.place(span.start)..start + shown.place(span.end);
        }
        self.text.push_str(&shown.text);
        self.text.push('\n');
    }
}

/// What is kept of a line around a place in it, in a share of so many columns.
fn stretches(text: &str, span: &Range<usize>, share: usize) -> Vec<Range<usize>> {
    let third = (share / 3).max(1);
    let end = forward(text, span.start, 2 * third).min(span.end);
    let (before, after) = (backward(text, span.start, third / 2), forward(text, span.end, third / 2));
    let (first, last) = match end == span.end {
        true => (before..after, after..after),
        false => (before..forward(text, span.start, third), backward(text, span.end, third)..after),
    };
    [first, last].into_iter().filter(|stretch| !stretch.is_empty() || stretch.start == before).collect()
}

/// The place so many columns further on in a line.
fn forward(text: &str, from: usize, columns: usize) -> usize {
    let mut left = columns;
    let rest = text[from..].char_indices().find(|(_, c)| {
        let width = if c.is_ascii() { 1 } else { 2 };
        let ends = left < width;
        left = left.saturating_sub(width);
        ends
    });
    rest.map_or(text.len(), |(at, _)| from + at)
}

/// The place so many columns before in a line.
fn backward(text: &str, from: usize, columns: usize) -> usize {
    let mut left = columns;
    let kept = text[..from].char_indices().rev().take_while(|(_, c)| {
        let width = if c.is_ascii() { 1 } else { 2 };
        let goes_on = left >= width;
        left = left.saturating_sub(width);
        goes_on
    });
    kept.last().map_or(from, |(at, _)| at)
}

/// A line of which only stretches are kept.
struct Shown {
    text: String,
    /// What was kept, and where it stands in the text.
    kept: Vec<(Range<usize>, usize)>,
}

impl Shown {
    fn of(line: &str, stretches: &[Range<usize>]) -> Self {
        let (mut text, mut kept, mut done) = (String::new(), Vec::new(), 0);
        for stretch in stretches {
            let start = stretch.start.max(done);
            if start > done {
                text.push_str(GAP);
            }
            if stretch.end > start || kept.is_empty() {
                kept.push((start..stretch.end, text.len()));
                text.push_str(&line[start..stretch.end]);
                done = stretch.end;
            }
        }
        if done < line.len() {
            text.push_str(GAP);
        }
        Self { text, kept }
    }

    /// Where a place of the line stands in what is shown.
    fn place(&self, at: usize) -> usize {
        let kept = self.kept.iter().find(|(stretch, _)| at <= stretch.end);
        kept.map_or(self.text.len(), |(stretch, start)| start + at.saturating_sub(stretch.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;
    use std::slice::from_ref;
    use std::sync::Arc;

    fn labels(source: &Arc<Source>, spans: &[Range<usize>]) -> Vec<Label> {
        let place = |span: &Range<usize>| Place::new(source, span.clone());
        let label = |(at, span)| Label { place: place(span), text: None, primary: at == 0 };
        spans.iter().enumerate().map(label).collect()
    }

    fn of(text: &str, spans: &[Range<usize>]) -> Vec<(String, usize, Vec<String>)> {
        let labels = labels(&Source::new("a", text), spans);
        let excerpts = excerpts(&labels.iter().collect::<Vec<_>>(), 60);
        let shown = |one: &Excerpt<'_>| one.places.iter().map(|(span, _)| one.text[span.clone()].to_owned()).collect();
        excerpts.iter().map(|one| (one.text.clone(), one.first, shown(one))).collect()
    }

    #[test]
    fn short_lines_are_shown_as_they_are() {
        assert_eq!(of("a\nbcd\ne\n", from_ref(&(3..4))), [("bcd\n".to_owned(), 2, vec!["c".to_owned()])]);
        assert_eq!(of("a\nb", from_ref(&(3..3))), [("b".to_owned(), 2, vec![String::new()])]);
        assert_eq!(of("a\nb\n", from_ref(&(4..4)))[0].0, "b\n");
    }

    #[test]
    fn a_long_line_is_shown_around_its_places() {
        let text = format!("{}甲{}乙{}", "x".repeat(5_000), "y".repeat(5_000), "z".repeat(5_000));
        let made = of(&text, &[5_000..5_003, 10_003..10_006]);
        assert_eq!(made[0].2, ["甲", "乙"]);
        assert_eq!(made[0].0, "...xxxxx甲yyyyy...yyyyy乙zzzzz...\n");
        let made = of(&text, from_ref(&(10..14_000)));
        assert!(made[0].0.len() < 100 && made[0].2[0].contains("..."), "{made:?}");
    }

    #[test]
    fn places_far_apart_are_shown_apart() {
        let text = "line\n".repeat(5_000);
        let made = of(&text, &[20_000..20_004, 0..4]);
        let shown: Vec<_> = made.iter().map(|(text, first, _)| (text.as_str(), *first)).collect();
        assert_eq!(shown, [("line\n", 4_001), ("line\n", 1)]);
        assert_eq!(of(&text, from_ref(&(0..24_000)))[0].0, "line\n");
    }
}
