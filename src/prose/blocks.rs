//! The blocks of prose. In: the whole text; out: its events, paragraphs, lists and tables around what `inline` reads.

use super::event::{DEEPEST, Event, Placed, Side, Tag};
use super::inline;
use super::line::Line;
use super::stray::{Stray, is_left_out, is_line_end, stray};

/// How much deeper a line stands that belongs to the item above it, in spaces.
const STEP: usize = 2;
/// How wide a tab is, in spaces.
const TAB: usize = 4;

/// The most bars in a row of a table; a wider one fits no page and is text.
const WIDEST: usize = 40;

/// Reads the blocks of a text.
pub(super) fn read(text: &str) -> Vec<Placed<'_>> {
    let lines = lines(text);
    let mut reader = Reader { source: text, events: Vec::new(), lists: Vec::new(), open: Vec::new() };
    let mut next = 0;
    let runs = Runs::of(&lines);
    while let Some(line) = lines.get(next) {
        next += match table_of(&lines, next, &runs) {
            Some(rows) => {
                reader.table(&lines[next..next + rows]);
                rows
            }
            None => {
                reader.line(line);
                1
            }
        };
    }
    reader.close_lists(0);
    reader.events
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let (mut found, mut start, mut is_hard) = (Vec::new(), 0, false);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c != '\n' && c != '\r' && !is_line_end(c) {
            continue;
        }
        found.push(line(text, start, at, is_hard));
        start = at + c.len_utf8();
        if c == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n') {
            characters.next();
            start += 1;
        }
        is_hard = is_line_end(c);
    }
    found.push(line(text, start, text.len(), is_hard));
    found
}

fn line(source: &str, start: usize, end: usize, is_hard: bool) -> Line<'_> {
    let is_blank = |c: char| c.is_whitespace() || is_left_out(c);
    let whole = &source[start..end];
    let text = whole.trim_start_matches(|c| is_blank(c) || stray(c) == Some(Stray::Symbol));
    let margin = &whole[..whole.len() - text.len()];
    let indent = margin.chars().map(|c| if c == '\t' { TAB } else { usize::from(c == ' ') }).sum();
    let is_wide = |c: char| matches!(c, '\u{3000}' | '\u{2002}' | '\u{2003}') || stray(c) == Some(Stray::Symbol);
    let begins = is_hard || margin.contains(is_wide) || margin.contains("\u{a0}\u{a0}");
    Line { start: end - text.len(), text: text.trim_end_matches(is_blank), indent, begins }
}

struct Reader<'a> {
    source: &'a str,
    events: Vec<Placed<'a>>,
    /// The lists that are open, the innermost last; an item of each is open.
    lists: Vec<List>,
    /// The lines of the paragraph that is open.
    open: Vec<Line<'a>>,
}

struct List {
    indent: usize,
    numbered: bool,
    /// The number of the item that is open.
    item: Option<u32>,
}

/// What makes a line an item of a list.
struct Marker {
    number: Option<u32>,
    length: usize,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &Line<'a>) {
        if line.text.is_empty() {
            self.close_paragraph();
            return;
        }
        match marker(line.text).filter(|marker| self.may_begin(marker)) {
            Some(marker) => self.item(line, &marker),
            None => self.text(line),
        }
    }

    /// A number in the middle of a text that was broken into lines is no marker, but a bullet is, and so is a first item.
    fn may_begin(&self, marker: &Marker) -> bool {
        let before = self.open.last().map_or("", |line| line.text);
        let is_introduced = ends_sentence(before) || before.ends_with(['：', ':', '；', ';']);
        marker.number.is_none_or(|number| number == 1) || before.is_empty() || !self.lists.is_empty() || is_introduced
    }

    fn item(&mut self, line: &Line<'a>, marker: &Marker) {
        self.close_paragraph();
        let numbered = marker.number.is_some();
        let is_deeper = |list: &List, depth: usize| line.indent >= list.indent + STEP && depth <= DEEPEST;
        while let Some(list) = self.lists.last() {
            let (is_outside, is_another) = (line.indent < list.indent, list.numbered != numbered);
            if is_deeper(list, self.lists.len()) || !(is_outside || is_another) {
                break;
            }
            self.close_lists(self.lists.len() - 1);
        }
        let at = line.start;
        let depth = self.lists.len();
        match self.lists.last_mut() {
            Some(list) if !is_deeper(list, depth) => {
                let before = std::mem::replace(&mut list.item, marker.number);
                self.push(Event::End(Tag::Item(before)), at);
            }
            _ => {
                self.push(Event::Start(Tag::List { numbered }), at);
                self.lists.push(List { indent: line.indent, numbered, item: marker.number });
            }
        }
        self.push(Event::Start(Tag::Item(marker.number)), at);
        let text = &line.text[marker.length..];
        let words = text.trim_start();
        self.open.push(Line { start: line.start + marker.length + text.len() - words.len(), text: words, ..*line });
    }

    fn text(&mut self, line: &Line<'a>) {
        let follows = self.open.last().is_some_and(|before| !ends_sentence(before.text));
        if !follows || line.begins || is_numbered(line.text) {
            self.close_paragraph();
            let belongs = |list: &List| !line.begins && line.indent >= list.indent + STEP;
            while self.lists.last().is_some_and(|list| !belongs(list)) {
                self.close_lists(self.lists.len() - 1);
            }
        }
        self.open.push(*line);
    }

    fn close_paragraph(&mut self) {
        let lines = std::mem::take(&mut self.open);
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
        self.push(Event::Start(Tag::Paragraph), first.start);
        inline::read(self.source, &lines, &mut self.events);
        self.push(Event::End(Tag::Paragraph), last.start + last.text.len());
    }

    /// Closes lists until so many are left.
    fn close_lists(&mut self, left: usize) {
        self.close_paragraph();
        let at = self.events.last().map_or(0, |event| event.at.end);
        while self.lists.len() > left
            && let Some(List { numbered, item, .. }) = self.lists.pop()
        {
            self.push(Event::End(Tag::Item(item)), at);
            self.push(Event::End(Tag::List { numbered }), at);
        }
    }

    fn table(&mut self, lines: &[Line<'a>]) {
        self.close_lists(0);
        let [head, sides, rows @ ..] = lines else { return };
        let sides: Vec<Side> = cells(sides).iter().map(|cell| side(cell.text)).collect();
        let rows: Vec<Vec<Line<'a>>> = std::iter::once(head).chain(rows).map(cells).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        self.push(Event::Start(Tag::Table { columns }), head.start);
        for (number, row) in rows.iter().enumerate() {
            let tag = Tag::Row { head: number == 0 };
            self.push(Event::Start(tag), row.first().map_or(head.start, |cell| cell.start));
            for column in 0..columns {
                let side = Tag::Cell(sides.get(column).copied().unwrap_or_default());
                let (start, end) =
                    row.get(column).map_or((head.start, head.start), |cell| (cell.start, cell.start + cell.text.len()));
                self.push(Event::Start(side), start);
                inline::read(self.source, row.get(column).map_or(&[], std::slice::from_ref), &mut self.events);
                self.push(Event::End(side), end);
            }
            self.push(Event::End(tag), row.last().map_or(head.start, |cell| cell.start + cell.text.len()));
        }
        let end = lines.last().map_or(head.start, |line| line.start + line.text.len());
        self.push(Event::End(Tag::Table { columns }), end);
    }

    fn push(&mut self, event: Event<'a>, at: usize) {
        self.events.push(Placed { event, at: at..at });
    }
}

/// The marker that a line begins with: `- `, `* ` or a number with a full stop; something must follow it.
fn marker(text: &str) -> Option<Marker> {
    if text.starts_with("- ") || text.starts_with("* ") {
        return (!text[2..].trim().is_empty()).then_some(Marker { number: None, length: 2 });
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text[..digits].parse::<u32>().ok()?;
    // A number that would be printed otherwise than it was typed is text.
    let is_plain = number.to_string().len() == digits && digits <= 9;
    let rest = text[digits..].strip_prefix(". ")?;
    (is_plain && !rest.trim().is_empty()).then_some(Marker { number: Some(number), length: digits + 2 })
}

/// Whether a line begins with a number as headings and items of Chinese documents do: `（一）`, `一、`, `1、`, `(1)`, `1）`, `①`.
fn is_numbered(text: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let inner = text.trim_start_matches(['（', '(']);
    let rest = inner.trim_start_matches(is_number);
    let length = inner[..inner.len() - rest.len()].chars().count();
    let is_closed = rest.starts_with(['）', ')']);
    let is_bracketed = inner.len() < text.len() && is_closed;
    let is_counted = inner.len() == text.len() && (is_closed || rest.starts_with('、'));
    text.starts_with(|c| ('①'..='⑳').contains(&c)) || ((1..=3).contains(&length) && (is_bracketed || is_counted))
}

/// Whether a line ends a sentence, with whatever closes behind its full stop.
fn ends_sentence(text: &str) -> bool {
    let closes = |c: char| "”’』」）)】》〉\"'*".contains(c);
    text.trim_end_matches(closes).ends_with(['。', '！', '？'])
}

/// For each line, the next one without a bar, and the next one that is too wide for a row; so that a text of lines that may
/// all begin a table is not looked through for each.
struct Runs {
    ends: Vec<usize>,
    wide: Vec<usize>,
}

impl Runs {
    fn of(lines: &[Line<'_>]) -> Self {
        let (mut end, mut next) = (lines.len(), lines.len());
        let (mut ends, mut wide) = (vec![end; lines.len()], vec![next; lines.len()]);
        for (at, line) in lines.iter().enumerate().rev() {
            let bars = bars(line.text).len();
            if bars == 0 {
                end = at;
            }
            if bars > WIDEST {
                next = at;
            }
            (ends[at], wide[at]) = (end, next);
        }
        Self { ends, wide }
    }
}

/// How many lines a table takes that begins with the first of these; a line of dashes with as many columns follows its head.
fn table_of(lines: &[Line<'_>], first: usize, runs: &Runs) -> Option<usize> {
    let [head, dashes, ..] = &lines[first..] else { return None };
    let is_dashed = !dashes.text.is_empty() && dashes.text.chars().all(|c| "|-: \t".contains(c));
    if !has_bar(head.text) || !is_dashed || !has_bar(dashes.text) {
        return None;
    }
    let columns = cells(dashes);
    let is_sides = columns.iter().all(|cell| cell.text.contains('-'));
    let end = runs.ends.get(first).copied().unwrap_or(lines.len());
    let is_wide = runs.wide.get(first).is_some_and(|wide| *wide < end);
    (is_sides && columns.len() == cells(head).len() && !is_wide).then_some(end - first)
}

fn has_bar(text: &str) -> bool {
    !bars(text).is_empty()
}

/// Where the bars of a row stand that are not meant as themselves.
fn bars(text: &str) -> Vec<usize> {
    let mut is_escaped = false;
    let mut found = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'|' && !is_escaped {
            found.push(at);
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    found
}

/// The cells of a row, each as a line of its own.
fn cells<'a>(row: &Line<'a>) -> Vec<Line<'a>> {
    let bars = bars(row.text);
    let (mut found, mut start) = (Vec::new(), 0);
    let mut cell = |start: usize, end: usize| found.push(line(row.text, start, end, false));
    for bar in bars.into_iter().chain([row.text.len()]) {
        // Nothing stands before a bar at the beginning, or after one at the end.
        if !(bar == 0 || (bar == row.text.len() && start == bar)) {
            cell(start, bar);
        }
        start = bar + 1;
    }
    found.into_iter().map(|cell| Line { start: row.start + cell.start, ..cell }).collect()
}

fn side(dashes: &str) -> Side {
    match (dashes.starts_with(':'), dashes.ends_with(':')) {
        (true, false) => Side::Start,
        (false, true) => Side::End,
        _ => Side::Middle,
    }
}
