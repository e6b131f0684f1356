//! Where everything stands in a facts file. In: a text that is TOML; out: [`Outline`]: its headers, its statements down to the
//! cells of inline rows, and its comments, each with its bytes. Nothing is decoded but keys.

use std::iter::Peekable;
use std::ops::Range;
use std::slice::Iter;

use toml::de::DeTable;
use toml_parser::parser::{Event, EventKind, parse_document};
use toml_parser::{ParseError, Source};

/// A facts file as it is laid out.
#[derive(Debug)]
pub struct Outline<'a> {
    /// The text.
    pub text: &'a str,
    /// What stands before the first header, and what stands under each; never empty.
    pub sections: Vec<Section>,
    /// The comments, without the ends of their lines.
    pub comments: Vec<Range<usize>>,
}

/// A header with the statements under it.
#[derive(Debug)]
pub struct Section {
    /// The key of the table; that of the file itself is empty.
    pub path: Vec<String>,
    /// From the first bracket to the last; empty at the beginning of the file.
    pub header: Range<usize>,
    /// Whether the header is one of `[[ ]]`.
    pub is_item: bool,
    /// Whether it is an item of a list, or of what is in one, so that no key leads to its statements.
    pub is_in_list: bool,
    /// The statements, in the order of the file.
    pub entries: Vec<Entry>,
}

/// A key with its value: a statement, or a cell of an inline row.
#[derive(Debug)]
pub struct Entry {
    /// The full key.
    pub path: Vec<String>,
    /// The parts of the key as they stand here; at least one.
    pub keys: Vec<Range<usize>>,
    /// Where the `=` stands.
    pub equals: usize,
    /// The value.
    pub value: Range<usize>,
    /// What the value holds.
    pub held: Held,
}

/// What a value holds.
#[derive(Debug)]
pub enum Held {
    /// Text, a number, a date or a truth value.
    One,
    /// `[ … ]`
    List(Items),
    /// `{ … }`
    Row(Items, Vec<Entry>),
}

/// What stands between two brackets.
#[derive(Debug, Default)]
pub struct Items {
    /// Where the first bracket ends.
    pub open: usize,
    /// Where the last bracket begins.
    pub close: usize,
    /// The items, those of rows with their keys.
    pub items: Vec<Range<usize>>,
    /// The commas; as many as items or one less.
    pub commas: Vec<usize>,
}

impl Entry {
    /// From the key to the end of the value.
    pub fn span(&self) -> Range<usize> {
        self.keys.first().map_or(self.value.start, |key| key.start)..self.value.end
    }

    /// The cells of an inline row.
    pub fn cells(&self) -> &[Entry] {
        match &self.held {
            Held::Row(_, cells) => cells,
            _ => &[],
        }
    }
}

impl<'a> Outline<'a> {
    /// The outline of a text; `None` where it is not TOML.
    pub fn of(text: &'a str) -> Option<Self> {
        // The events alone would not tell a value that is none.
        DeTable::parse(text).ok()?;
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let (mut events, mut error): (Vec<Event>, Option<ParseError>) = (Vec::new(), None);
        parse_document(&tokens, &mut events, &mut error);
        if error.is_some() {
            return None;
        }
        let of_kind = |kind: EventKind| events.iter().filter(move |event| event.kind() == kind);
        let comments = of_kind(EventKind::Comment).map(range).collect();
        let is_meant =
            |event: &&Event| !matches!(event.kind(), EventKind::Comment | EventKind::Whitespace | EventKind::Newline);
        let events: Vec<Event> = events.iter().filter(is_meant).copied().collect();
        let mut reader = Reader { source, events: events.iter().peekable() };
        Some(Self { text, sections: reader.document()?, comments })
    }

    /// The sections whose statements a key leads to.
    pub fn tables(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.is_in_list)
    }

    /// The entries along a key, outermost first: statements or cells whose own key it begins with. The last of them is the
    /// entry of the key itself, where there is one.
    pub fn along(&self, path: &[String]) -> Vec<&Entry> {
        let mut found = Vec::new();
        let statements = self.tables().flat_map(|section| &section.entries);
        let mut next = statements.into_iter().find(|entry| path.starts_with(&entry.path));
        while let Some(entry) = next {
            found.push(entry);
            next = entry.cells().iter().find(|cell| path.starts_with(&cell.path));
        }
        found
    }

    /// The entry of a key.
    pub fn entry(&self, path: &[String]) -> Option<&Entry> {
        self.along(path).pop().filter(|entry| entry.path == path)
    }

    /// Whether a header, a statement or a cell stands at a key or below it.
    pub fn has_below(&self, path: &[String]) -> bool {
        fn any(entries: &[Entry], path: &[String]) -> bool {
            entries.iter().any(|entry| entry.path.starts_with(path) || any(entry.cells(), path))
        }
        self.sections.iter().any(|section| section.path.starts_with(path) || any(&section.entries, path))
    }

    /// Whether a comment stands in a stretch of the text.
    pub fn has_comment(&self, within: &Range<usize>) -> bool {
        self.comments.iter().any(|comment| within.contains(&comment.start))
    }
}

fn range(event: &Event) -> Range<usize> {
    event.span().start()..event.span().end()
}

/// Reads events without white space and comments.
struct Reader<'a, 'e> {
    source: Source<'a>,
    events: Peekable<Iter<'e, Event>>,
}

impl Reader<'_, '_> {
    fn next_is(&mut self, kind: EventKind) -> bool {
        self.events.peek().is_some_and(|event| event.kind() == kind)
    }

    fn document(&mut self) -> Option<Vec<Section>> {
        let root = Section { path: Vec::new(), header: 0..0, is_item: false, is_in_list: false, entries: Vec::new() };
        let (mut sections, mut lists) = (vec![root], Vec::<Vec<String>>::new());
        while let Some(event) = self.events.peek() {
            let is_item = event.kind() == EventKind::ArrayTableOpen;
            if !is_item && event.kind() != EventKind::StdTableOpen {
                let section = sections.last_mut()?;
                let entry = self.entry(&section.path)?;
                section.entries.push(entry);
                continue;
            }
            let open = range(self.events.next()?);
            let (path, _) = self.key(&[])?;
            let close = range(self.events.next()?);
            if is_item {
                lists.push(path.clone());
            }
            let is_in_list = lists.iter().any(|list| path.starts_with(list));
            sections.push(Section { path, header: open.start..close.end, is_item, is_in_list, entries: Vec::new() });
        }
        Some(sections)
    }

    /// A key below another, and its parts as they stand.
    fn key(&mut self, above: &[String]) -> Option<(Vec<String>, Vec<Range<usize>>)> {
        let (mut path, mut parts) = (above.to_vec(), Vec::new());
        loop {
            let event = self.events.next().filter(|event| event.kind() == EventKind::SimpleKey)?;
            let mut name = std::borrow::Cow::Borrowed("");
            let raw = self.source.get(event)?;
            raw.decode_key(&mut name, &mut ());
            path.push(name.into_owned());
            parts.push(range(event));
            if !self.next_is(EventKind::KeySep) {
                return Some((path, parts));
            }
            self.events.next();
        }
    }

    fn entry(&mut self, above: &[String]) -> Option<Entry> {
        let (path, keys) = self.key(above)?;
        let equals = range(self.events.next().filter(|event| event.kind() == EventKind::KeyValSep)?).start;
        let (value, held) = self.value(&path)?;
        Some(Entry { path, keys, equals, value, held })
    }

    fn value(&mut self, path: &[String]) -> Option<(Range<usize>, Held)> {
        let first = self.events.next()?;
        let mut items = Items { open: first.span().end(), ..Items::default() };
        let end = match first.kind() {
            EventKind::Scalar => return Some((range(first), Held::One)),
            EventKind::ArrayOpen => EventKind::ArrayClose,
            EventKind::InlineTableOpen => EventKind::InlineTableClose,
            _ => return None,
        };
        let mut cells = Vec::new();
        loop {
            let event = *self.events.peek()?;
            if event.kind() == end {
                self.events.next();
                items.close = event.span().start();
                let span = first.span().start()..event.span().end();
                let held = if end == EventKind::ArrayClose { Held::List(items) } else { Held::Row(items, cells) };
                return Some((span, held));
            }
            if event.kind() == EventKind::ValueSep {
                self.events.next();
                items.commas.push(event.span().start());
            } else if end == EventKind::ArrayClose {
                items.items.push(self.value(path)?.0);
            } else {
                let cell = self.entry(path)?;
                items.items.push(cell.span());
                cells.push(cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_key_leads_to_its_value() {
        let text = "a.'b' = 1 # x\n[\"c.d\"]\ne = { f = 2, g.h = [ 3, # y\n 4 ] }\n[[l]]\nm = 5\n[l.n]\no = 6\n";
        let outline = Outline::of(text).expect("TOML");
        let value = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            outline.entry(&path).map(|entry| &text[entry.value.clone()])
        };
        assert_eq!(value(&["a", "b"]), Some("1"));
        assert_eq!(value(&["c.d", "e", "f"]), Some("2"));
        assert_eq!(value(&["c.d", "e", "g", "h"]), Some("[ 3, # y\n 4 ]"));
        assert_eq!(value(&["c", "d", "e", "f"]), None);
        assert_eq!(value(&["l", "m"]), None);
        assert_eq!(value(&["l", "n", "o"]), None);
        let comments: Vec<&str> = outline.comments.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(comments, ["# x", "# y"]);
        assert!(Outline::of("a = \n").is_none());
    }

    #[test]
    fn brackets_say_where_their_items_and_commas_stand() {
        let text = "a = { b = 1, c = [2, 3,], } # {";
        let outline = Outline::of(text).expect("TOML");
        let Held::Row(items, cells) = &outline.sections[0].entries[0].held else { panic!("a row") };
        let at = |span: &Range<usize>| &text[span.clone()];
        assert_eq!(items.items.iter().map(at).collect::<Vec<_>>(), ["b = 1", "c = [2, 3,]"]);
        assert_eq!((items.commas.len(), &text[items.open..items.close]), (2, " b = 1, c = [2, 3,], "));
        let Held::List(list) = &cells[1].held else { panic!("a list") };
        assert_eq!((list.items.len(), list.commas.len()), (2, 2));
    }
}
