//! What stands in paragraphs and cells. In: their lines; out: text, bold text and links.

use std::collections::BTreeMap;
use std::ops::Range;

use super::event::{Event, Placed, Tag, is_wide};
use super::line::Line;
use super::stray::is_left_out;

/// What cannot begin bold text.
const CLOSING: &str = "，、。；：！？）”’』」】》〉…,.;:!?)]}";
/// What cannot end it.
const OPENING: &str = "（“‘『「【《〈([{";

/// The longest address of a link in characters; browsers follow none that is longer.
const LONGEST_ADDRESS: usize = 2_000;
/// What the address of a page begins with.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];
/// How deep brackets may stand in brackets in an address.
const DEEPEST_BRACKETS: usize = 20;

/// A character that is shown, or the end of a line.
#[derive(Clone, Copy, Debug)]
struct Piece {
    at: usize,
    /// `None` for the end of a line.
    c: Option<char>,
}

/// Reads the lines of a paragraph or cell.
pub(super) fn read<'a>(source: &'a str, lines: &[Line<'a>], events: &mut Vec<Placed<'a>>) {
    let mut pieces: Vec<Piece> = Vec::new();
    for line in lines {
        if !pieces.is_empty() {
            pieces.push(Piece { at: line.start, c: None });
        }
        let shown = line.text.char_indices().filter(|(_, c)| !is_left_out(*c));
        pieces.extend(shown.map(|(at, c)| Piece { at: line.start + at, c: Some(c) }));
    }
    let reader = Reader { source, pieces: &pieces };
    let marks = reader.marks();
    let mut writer = Writer { source, events, pending: None };
    reader.write(0..pieces.len(), &marks, &mut writer);
    writer.flush();
}

struct Reader<'a, 'p> {
    source: &'a str,
    pieces: &'p [Piece],
}

/// Where bold text begins (`true`) and ends.
type Marks = BTreeMap<usize, bool>;

/// `[words](address)`, by the places of its parts.
struct Link {
    words: Range<usize>,
    address: Range<usize>,
    end: usize,
}

impl<'a> Reader<'a, '_> {
    fn c(&self, index: usize) -> Option<char> {
        self.pieces.get(index).and_then(|piece| piece.c)
    }

    fn before(&self, index: usize) -> Option<char> {
        index.checked_sub(1).and_then(|before| self.c(before))
    }

    /// Whether a backslash says that the next character is meant as itself.
    fn escapes(&self, index: usize) -> bool {
        self.c(index) == Some('\\') && self.c(index + 1).is_some_and(|c| c.is_ascii_punctuation())
    }

    /// The pairs of `**` around bold text.
    fn marks(&self) -> Marks {
        let (mut marks, mut open, mut index) = (Marks::new(), None, 0);
        while index < self.pieces.len() {
            if self.escapes(index) {
                index += 2;
            } else if let Some(link) = self.link(index) {
                index = link.end;
            } else if self.c(index) == Some('*') {
                let length = (index..).take_while(|at| self.c(*at) == Some('*')).count();
                match open {
                    Some(start) if length == 2 && self.may_end(index) => {
                        marks.extend([(start, true), (index, false)]);
                        open = None;
                    }
                    None if length == 2 && self.may_start(index) => open = Some(index),
                    _ => {}
                }
                index += length;
            } else {
                index += 1;
            }
        }
        marks
    }

    fn may_start(&self, index: usize) -> bool {
        let next = self.c(index + 2);
        next.is_some_and(|c| !c.is_whitespace() && !CLOSING.contains(c)) && !self.is_inside_number(index)
    }

    fn may_end(&self, index: usize) -> bool {
        let before = self.before(index);
        before.is_some_and(|c| !c.is_whitespace() && !OPENING.contains(c)) && !self.is_inside_number(index)
    }

    /// Whether `**` stands in for figures that are not shown, or is a sign of multiplication.
    fn is_inside_number(&self, index: usize) -> bool {
        let sides = [self.before(index), self.c(index + 2)].map(|side| side.filter(char::is_ascii_alphanumeric));
        matches!(sides, [Some(a), Some(b)] if a.is_ascii_digit() || b.is_ascii_digit())
    }

    fn link(&self, index: usize) -> Option<Link> {
        if self.c(index) != Some('[') || (self.before(index) == Some('!')) {
            return None;
        }
        let close = (index + 1..self.pieces.len()).find(|at| matches!(self.c(*at), Some('[' | ']')))?;
        if self.c(close) != Some(']') || close == index + 1 || self.c(close + 1) != Some('(') {
            return None;
        }
        let (start, mut depth) = (close + 2, 0usize);
        if !self.begins_address(start) {
            return None;
        }
        for at in (start..self.pieces.len()).take(LONGEST_ADDRESS) {
            match self.c(at)? {
                '(' if depth == DEEPEST_BRACKETS => return None,
                '(' => depth += 1,
                ')' if depth == 0 => {
                    let link = Link { words: index + 1..close, address: start..at, end: at + 1 };
                    return is_safe_address(self.address(&link)).then_some(link);
                }
                ')' => depth -= 1,
                c if c.is_whitespace() || is_wide(c) => return None,
                _ => {}
            }
        }
        None
    }

    /// Whether the address of a page begins at a place, so that it is worth looking for its end.
    fn begins_address(&self, start: usize) -> bool {
        let is = |scheme: &str| {
            scheme
                .chars()
                .enumerate()
                .all(|(at, c)| self.c(start + at).is_some_and(|here| here.eq_ignore_ascii_case(&c)))
        };
        SCHEMES.iter().any(|scheme| is(scheme))
    }

    fn address(&self, link: &Link) -> &'a str {
        let at = |index: usize| self.pieces.get(index).map_or(self.source.len(), |piece| piece.at);
        self.source.get(at(link.address.start)..at(link.address.end)).unwrap_or("")
    }

    fn write(&self, range: Range<usize>, marks: &Marks, writer: &mut Writer<'a, '_>) {
        let mut index = range.start;
        while index < range.end {
            let Some(piece) = self.pieces.get(index) else { break };
            if self.escapes(index) {
                writer.flush();
                writer.text(self.pieces[index + 1]);
                writer.flush();
                index += 2;
            } else if let Some(link) = self.link(index) {
                let tag = Tag::Link(self.address(&link));
                writer.mark(Event::Start(tag), piece.at);
                self.write(link.words.clone(), &Marks::new(), writer);
                writer.mark(Event::End(tag), piece.at);
                index = link.end;
            } else if let Some(starts) = marks.get(&index) {
                writer.mark(if *starts { Event::Start(Tag::Bold) } else { Event::End(Tag::Bold) }, piece.at);
                index += 2;
            } else {
                match piece.c {
                    Some(_) => writer.text(*piece),
                    None if self.is_spaced(index) => writer.mark(Event::Space, piece.at),
                    None => {}
                }
                index += 1;
            }
        }
    }

    /// Whether the end of a line parts two words, as it does where no script without spaces stands on either side.
    fn is_spaced(&self, index: usize) -> bool {
        let is_narrow = |c: Option<char>| c.is_some_and(|c| !is_wide(c));
        let skip = |c: Option<char>| c == Some('*');
        let before = (0..index).rev().map(|at| self.c(at)).find(|c| !skip(*c)).flatten();
        let after = (index + 1..self.pieces.len()).map(|at| self.c(at)).find(|c| !skip(*c)).flatten();
        is_narrow(before) && is_narrow(after)
    }
}

/// Whether a link's address may be followed from a published page.
fn is_safe_address(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| address.len() > scheme.len() && address.starts_with(scheme))
}

/// Puts characters that stand side by side in the source together.
struct Writer<'a, 'e> {
    source: &'a str,
    events: &'e mut Vec<Placed<'a>>,
    pending: Option<Range<usize>>,
}

impl<'a> Writer<'a, '_> {
    fn text(&mut self, piece: Piece) {
        let end = piece.at + piece.c.map_or(0, char::len_utf8);
        match &mut self.pending {
            Some(pending) if pending.end == piece.at => pending.end = end,
            _ => {
                self.flush();
                self.pending = Some(piece.at..end);
            }
        }
    }

    fn mark(&mut self, event: Event<'a>, at: usize) {
        self.flush();
        self.events.push(Placed { event, at: at..at });
    }

    fn flush(&mut self) {
        if let Some(at) = self.pending.take()
            && let Some(text) = self.source.get(at.clone())
        {
            self.events.push(Placed { event: Event::Text(text), at });
        }
    }
}
