//! What of a page the parser is fed with. In: the page; out: its pieces in order, without what would only cost time and memory.
//!
//! Pages hold pictures as long attributes, and long scripts and comments: of these only the start is fed. What is left is bounded,
//! since the parser takes up to a hundred nanoseconds for a byte. It also compares the attributes of a tag with each other,
//! so their number is bounded. Last, what a page in XML closes with `/>` is closed here, for to the rules of HTML it stays open.

use super::super::blocks::Limit;

/// How many bytes of a long attribute, script or comment are fed.
const LONG: usize = 4096;

/// How many bytes are fed at most.
pub(super) const MOST: usize = 8 << 20;

/// How many pieces there may be. Each element that is closed here makes up to four.
const PIECES: usize = 1_000_000;

/// How many comparisons of attributes are made at most.
const COMPARISONS: usize = 100_000_000;

/// Elements whose content is words up to their closing tag, whatever stands there.
const RAW: [&str; 10] =
    ["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext"];

/// Those of them that are shown.
const SHOWN: &[&str] = RAW.split_at(8).1;

/// Elements that never hold anything.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// The pieces of a page.
///
/// # Errors
/// A page of which too much is left.
pub(super) fn pieces(text: &str) -> Result<Vec<&str>, Limit> {
    let is_xml = text.trim_start().starts_with("<?xml ");
    let mut feed = Feed { text, at: 0, taken: 0, pieces: Vec::new(), comparisons: 0, is_xml };
    while let Some(open) = feed.find("<", feed.at) {
        feed.at = open + 1;
        let rest = feed.text.get(feed.at..).unwrap_or_default();
        if rest.starts_with("!--") {
            feed.comment();
        } else if rest.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.starts_with("//")
        {
            feed.tag();
        }
        if feed.comparisons > COMPARISONS || feed.pieces.len() > PIECES {
            return Err(Limit::Pieces);
        }
    }
    feed.take(text.len());
    let fed: usize = feed.pieces.iter().map(|piece| piece.len()).sum();
    if fed > MOST { Err(Limit::Pieces) } else { Ok(feed.pieces) }
}

/// A page on its way through.
struct Feed<'a> {
    /// The page.
    text: &'a str,
    /// Where it is looked at; always the start of a character.
    at: usize,
    /// Up to where it is among the pieces, or left out.
    taken: usize,
    /// The pieces.
    pieces: Vec<&'a str>,
    /// How often the parser will compare two attributes.
    comparisons: usize,
    /// Whether the page is XML.
    is_xml: bool,
}

impl<'a> Feed<'a> {
    /// Where something stands next.
    fn find(&self, what: &str, from: usize) -> Option<usize> {
        self.text.get(from..)?.find(what).map(|at| from + at)
    }

    /// The byte at a place.
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Takes what stands before a place, where it was not yet.
    fn take(&mut self, end: usize) {
        if let Some(piece) = self.text.get(self.taken..end).filter(|piece| !piece.is_empty()) {
            self.pieces.push(piece);
        }
        self.taken = self.taken.max(end);
    }

    /// Leaves out all but the start of a part that is long.
    fn shorten(&mut self, start: usize, end: usize) {
        if end.saturating_sub(start) > LONG {
            self.take(self.text.ceil_char_boundary(start + LONG));
            self.taken = end;
        }
    }

    /// Goes over a comment.
    fn comment(&mut self) {
        let start = self.at + 3;
        let rest = self.text.get(start..).unwrap_or_default();
        let end = if rest.starts_with('>') || rest.starts_with("->") {
            start
        } else {
            let end = self.find("-->", start).unwrap_or(self.text.len());
            // Both ends are those of a comment; the other is looked for no further than this one, so as not to look twice.
            self.text.get(start..end).and_then(|comment| comment.find("--!>")).map_or(end, |at| start + at)
        };
        self.shorten(start, end);
        self.at = end;
    }

    /// Goes over a tag, and over what stands in an element of words.
    fn tag(&mut self) {
        let closes = self.byte(self.at) == Some(b'/');
        let start = self.at + usize::from(closes);
        self.at = start;
        self.over(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>'));
        let text = self.text;
        let name = text.get(start..self.at).unwrap_or_default();
        let is_empty = self.attributes();
        if closes {
            return;
        }
        if self.is_xml && is_empty && !VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
            self.take(self.at);
            self.pieces.extend(["</", name, ">"]);
        } else if RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw)) {
            let end = self.closing(name);
            if !SHOWN.iter().any(|shown| name.eq_ignore_ascii_case(shown)) {
                self.shorten(self.at, end);
            }
            self.at = end;
        }
    }

    /// Goes over the attributes of a tag and its end; whether it closes itself.
    fn attributes(&mut self) -> bool {
        let mut count = 0_usize;
        let is_empty = loop {
            self.over(|byte| byte.is_ascii_whitespace() || byte == b'/');
            let slash = self.at.checked_sub(1).and_then(|before| self.byte(before)) == Some(b'/');
            match self.byte(self.at) {
                None => break false,
                Some(b'>') => break slash,
                Some(_) => self.attribute(),
            }
            self.comparisons = self.comparisons.saturating_add(count);
            count += 1;
        };
        self.at = self.text.len().min(self.at + 1);
        is_empty
    }

    /// Goes over an attribute.
    fn attribute(&mut self) {
        // An equals sign at the start is part of the name.
        self.at += 1;
        self.over(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
        let name_end = self.at;
        self.over(|byte| byte.is_ascii_whitespace());
        if self.byte(self.at) != Some(b'=') {
            self.at = name_end;
            return;
        }
        self.at += 1;
        self.over(|byte| byte.is_ascii_whitespace());
        match self.byte(self.at) {
            Some(quote @ (b'"' | b'\'')) => {
                let start = self.at + 1;
                let end = self.find(if quote == b'"' { "\"" } else { "'" }, start).unwrap_or(self.text.len());
                self.shorten(start, end);
                self.at = self.text.len().min(end + 1);
            }
            _ => self.over(|byte| !byte.is_ascii_whitespace() && byte != b'>'),
        }
    }

    /// Goes over bytes of a sort. All that ends one is ASCII, so that this never ends within a character.
    fn over(&mut self, is_of_it: impl Fn(u8) -> bool) {
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += bytes.iter().position(|byte| !is_of_it(*byte)).unwrap_or(bytes.len());
    }

    /// Where the closing tag of an element of words stands.
    fn closing(&self, name: &str) -> usize {
        let mut at = self.at;
        while let Some(tag) = self.find("</", at) {
            let rest = self.text.as_bytes().get(tag + 2..).unwrap_or_default();
            let ends =
                rest.get(name.len()).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
            if ends && rest.get(..name.len()).is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes())) {
                return tag;
            }
            at = tag + 2;
        }
        self.text.len()
    }
}
