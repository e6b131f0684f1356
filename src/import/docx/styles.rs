//! What a Word file says of paragraphs apart from their words. In: its styles and its lists; out: whether a style is that of a
//! heading or of hidden words, and the marks that Word draws before the items of lists.

use std::collections::BTreeMap;

use super::super::blocks::{Item, Unread};
use super::super::xml::{Element, Family, Token, Xml};

/// How many styles a style may be based on, one on the other; they may also go round in a circle.
const LONGEST_CHAIN: usize = 20;
/// How many styles or lists are kept.
const MOST: usize = 10_000;
/// How many levels a list has.
const LEVELS: usize = 9;

/// Which list a paragraph belongs to, as far as something says so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ListPlace {
    /// The list; 0 is none.
    pub list: Option<u64>,
    /// Its level in the list, from 0.
    pub level: Option<usize>,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    /// Whether it is one of those that Word knows as headings.
    is_heading: bool,
    /// Its level in the outline; the tenth is that of the text.
    outline: Option<u64>,
    place: ListPlace,
    is_hidden: Option<bool>,
}

/// The styles of a file.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: BTreeMap<String, Style>,
    /// The style of paragraphs that name none.
    usual: Option<String>,
}

impl Styles {
    /// Reads the part that holds them.
    ///
    /// # Errors
    /// It is no XML, or too large.
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Self, Unread> {
        let mut styles = Self::default();
        let mut current: Option<(String, Style)> = None;
        loop {
            let is_passed = match xml.next()? {
                Token::Open(element) if element.is(Family::Word, "style") => {
                    let id = element.attribute("styleId").unwrap_or_default();
                    if is_on(element.attribute("default").as_deref().unwrap_or("0"))
                        && element.attribute("type").as_deref() == Some("paragraph")
                    {
                        styles.usual = Some(id.clone());
                    }
                    styles.keep(current.replace((id, Style::default())));
                    false
                }
                Token::Open(element) => match &mut current {
                    Some((_, style)) if element.family == Family::Word => !style.take(&element),
                    Some(_) => true,
                    None => element.is(Family::Word, "docDefaults"),
                },
                Token::End => break,
                Token::Close | Token::Text(_) => false,
            };
            if is_passed {
                xml.skip()?;
            }
        }
        styles.keep(current);
        Ok(styles)
    }

    /// Keeps a style that was read.
    fn keep(&mut self, style: Option<(String, Style)>) {
        if let Some((id, style)) = style.filter(|_| self.styles.len() < MOST) {
            self.styles.entry(id).or_insert(style);
        }
    }

    /// A style, then the one that it is based on, and so on.
    fn chain(&self, id: Option<&str>) -> impl Iterator<Item = &Style> {
        let first = id.or(self.usual.as_deref()).and_then(|id| self.styles.get(id));
        let next = |style: &&Style| style.based_on.as_deref().and_then(|id| self.styles.get(id));
        std::iter::successors(first, next).take(LONGEST_CHAIN)
    }

    /// Whether paragraphs of that style are headings.
    pub(super) fn is_heading(&self, id: Option<&str>) -> bool {
        let said = self.chain(id).find_map(|style| style.outline.or(style.is_heading.then_some(0)));
        said.is_some_and(|level| level < 9)
    }

    /// Which list paragraphs of that style belong to.
    pub(super) fn list(&self, id: Option<&str>) -> ListPlace {
        let mut place = ListPlace::default();
        for style in self.chain(id) {
            place = ListPlace { list: place.list.or(style.place.list), level: place.level.or(style.place.level) };
        }
        place
    }

    /// Whether words of that style are not to be seen; words without a style are.
    pub(super) fn is_hidden(&self, id: &str) -> bool {
        self.chain(Some(id)).find_map(|style| style.is_hidden).unwrap_or(false)
    }
}

impl Style {
    /// Takes what an element of it says; whether what the element holds says more of it.
    fn take(&mut self, element: &Element<'_>) -> bool {
        let value = || element.attribute("val");
        match element.name() {
            "name" => self.is_heading = value().is_some_and(|name| is_heading(&name)),
            "basedOn" => self.based_on = value(),
            "outlineLvl" => self.outline = value().and_then(|level| level.trim().parse().ok()),
            "numId" => self.place.list = value().and_then(|list| list.trim().parse().ok()),
            "ilvl" => self.place.level = value().and_then(|level| level.trim().parse().ok()),
            "vanish" => self.is_hidden = Some(value().is_none_or(|value| is_on(&value))),
            "pPr" | "rPr" | "numPr" => return true,
            _ => return false,
        }
        true
    }
}

/// Whether Word knows the style of that name as one of headings; it writes the names in English, whatever it shows.
fn is_heading(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let numbered = ["heading", "标题", "標題"].iter().find_map(|prefix| name.strip_prefix(prefix));
    let level = numbered.and_then(|level| level.trim().parse::<u8>().ok());
    level.is_some_and(|level| (1..=9).contains(&level)) || matches!(name.as_str(), "title" | "subtitle")
}

/// What a switch says that is not set by being there alone.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value.trim(), "0" | "false" | "off" | "no" | "none")
}

/// How a level of a list marks its items.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The number of the first; none where items have a sign, or none at all.
    start: u64,
    is_numbered: bool,
    is_marked: bool,
    /// Whether it counts anew where a level before it goes on.
    restarts: bool,
}

impl Default for Level {
    fn default() -> Self {
        Self { start: 0, is_numbered: false, is_marked: true, restarts: true }
    }
}

#[derive(Debug, Default)]
struct List {
    pattern: u64,
    /// Where it begins to count, at some levels.
    starts: [Option<u64>; LEVELS],
    is_begun: bool,
}

/// The lists of a file, and how far each has been counted.
#[derive(Debug, Default)]
pub(super) struct Lists {
    patterns: BTreeMap<u64, [Level; LEVELS]>,
    lists: BTreeMap<u64, List>,
    counts: BTreeMap<u64, [Option<u64>; LEVELS]>,
}

impl Lists {
    /// Reads the part that holds them.
    ///
    /// # Errors
    /// It is no XML, or too large.
    pub(super) fn read(xml: &mut Xml<'_>) -> Result<Self, Unread> {
        let mut lists = Self::default();
        let mut at = At::default();
        loop {
            match xml.next()? {
                Token::Open(element) if element.family == Family::Word => lists.take(&element, &mut at),
                Token::End => return Ok(lists),
                Token::Open(_) | Token::Close | Token::Text(_) => {}
            }
        }
    }

    /// Takes what an element says.
    fn take(&mut self, element: &Element<'_>, at: &mut At) {
        let number = |name: &str| element.attribute(name).and_then(|value| value.trim().parse::<u64>().ok());
        match element.name() {
            "abstractNum" if self.patterns.len() < MOST => {
                *at = At { pattern: number("abstractNumId"), ..At::default() }
            }
            "num" if self.lists.len() < MOST => *at = At { list: number("numId"), ..At::default() },
            "abstractNumId" => {
                if let (Some(list), Some(pattern)) = (at.list, number("val")) {
                    self.lists.entry(list).or_default().pattern = pattern;
                }
            }
            "lvl" | "lvlOverride" => {
                at.level = number("ilvl").and_then(|level| usize::try_from(level).ok());
                if let Some(level) = self.level(at) {
                    level.is_numbered = true;
                }
            }
            "startOverride" => {
                let list = at.list.and_then(|list| self.lists.get_mut(&list));
                if let Some(start) = list.zip(at.level).and_then(|(list, level)| list.starts.get_mut(level)) {
                    *start = number("val");
                }
            }
            name => {
                let Some(level) = self.level(at) else { return };
                match name {
                    "start" => level.start = number("val").unwrap_or(0),
                    "numFmt" => {
                        let format = element.attribute("val").unwrap_or_default();
                        level.is_numbered = !matches!(format.as_str(), "bullet" | "none");
                        level.is_marked = format != "none";
                    }
                    "lvlText" => level.is_marked &= element.attribute("val").is_none_or(|text| !text.is_empty()),
                    "lvlRestart" => level.restarts = number("val") != Some(0),
                    _ => {}
                }
            }
        }
    }

    /// The level of a list that is being read.
    fn level(&mut self, at: &At) -> Option<&mut Level> {
        let levels = self.patterns.entry(at.pattern?).or_default();
        levels.get_mut(at.level?)
    }

    /// Counts one more item of a list, and says how it is marked; none where nothing stands before it.
    pub(super) fn count(&mut self, place: ListPlace) -> Option<Item> {
        let list = place.list.filter(|list| *list != 0)?;
        let at = place.level.unwrap_or(0).min(LEVELS - 1);
        let unknown = Some(Item { number: None, depth: at + 1 });
        let Some(list) = self.lists.get_mut(&list) else { return unknown };
        let Some(levels) = self.patterns.get(&list.pattern) else { return unknown };
        let counts = self.counts.entry(list.pattern).or_default();
        if !std::mem::replace(&mut list.is_begun, true) {
            for (count, start) in counts.iter_mut().zip(list.starts) {
                *count = start.map(|start| start.saturating_sub(1)).or(*count);
            }
        }
        let mut item = None;
        for (depth, (count, level)) in counts.iter_mut().zip(levels).enumerate() {
            if depth == at {
                let number = count.map_or(level.start, |count| count.saturating_add(1));
                *count = Some(number);
                item = level.is_marked.then_some(Item { number: level.is_numbered.then_some(number), depth: at + 1 });
            } else if depth > at && level.restarts {
                *count = list.starts.get(depth).copied().flatten().map(|start| start.saturating_sub(1));
            }
        }
        item
    }
}

/// Where the reader of lists is.
#[derive(Debug, Default)]
struct At {
    pattern: Option<u64>,
    list: Option<u64>,
    level: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'";

    fn styles(inner: &str) -> Styles {
        let mut left = 1 << 20;
        let xml = format!("<w:styles {WORD}>{inner}</w:styles>");
        Styles::read(&mut Xml::new(xml.as_bytes(), &mut left)).expect("good styles")
    }

    #[test]
    fn headings_are_known_by_their_names_and_levels_through_what_styles_are_based_on() {
        let styles = styles(
            "<w:style w:type='paragraph' w:default='1' w:styleId='1'><w:name w:val='Normal'/></w:style>
             <w:style w:styleId='2'><w:name w:val='heading 1'/><w:basedOn w:val='1'/></w:style>
             <w:style w:styleId='3'><w:name w:val='公文标题'/><w:basedOn w:val='2'/></w:style>
             <w:style w:styleId='4'><w:name w:val='x'/><w:pPr><w:outlineLvl w:val='2'/></w:pPr></w:style>
             <w:style w:styleId='5'><w:name w:val='y'/><w:basedOn w:val='2'/><w:pPr><w:outlineLvl w:val='9'/></w:pPr></w:style>
             <w:style w:styleId='6'><w:basedOn w:val='7'/></w:style><w:style w:styleId='7'><w:basedOn w:val='6'/></w:style>
             <w:style w:styleId='8'><w:name w:val='heading'/></w:style><w:style w:styleId='9'><w:name w:val='toc 1'/></w:style>",
        );
        let headings: Vec<&str> =
            "1 2 3 4 5 6 7 8 9 none".split(' ').filter(|id| styles.is_heading(Some(id))).collect();
        assert_eq!(headings, ["2", "3", "4"]);
        assert!(!styles.is_heading(None));
    }

    #[test]
    fn lists_and_hidden_words_come_with_styles_too() {
        let styles = styles(
            "<w:style w:styleId='a'><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='4'/></w:numPr></w:pPr></w:style>
             <w:style w:styleId='b'><w:basedOn w:val='a'/><w:pPr><w:numPr><w:ilvl w:val='2'/></w:numPr></w:pPr><w:rPr><w:vanish/></w:rPr></w:style>
             <w:style w:styleId='c'><w:basedOn w:val='b'/><w:rPr><w:vanish w:val='0'/></w:rPr></w:style>",
        );
        let place = styles.list(Some("b"));
        assert_eq!((place.list, place.level), (Some(4), Some(2)));
        assert_eq!([styles.is_hidden("a"), styles.is_hidden("b"), styles.is_hidden("c")], [false, true, false]);
    }

    #[test]
    fn items_are_counted_as_word_counts_them() {
        let xml = format!(
            "<w:numbering {WORD}><w:abstractNum w:abstractNumId='0'>
             <w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='%1、'/></w:lvl>
             <w:lvl w:ilvl='1'><w:start w:val='3'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%2.'/></w:lvl>
             <w:lvl w:ilvl='2'><w:numFmt w:val='bullet'/><w:lvlText w:val='x'/></w:lvl>
             <w:lvl w:ilvl='3'><w:numFmt w:val='none'/></w:lvl><w:lvl w:ilvl='4'><w:lvlText w:val=''/></w:lvl>
             </w:abstractNum><w:num w:numId='5'><w:abstractNumId w:val='0'/></w:num>
             <w:num w:numId='6'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='8'/></w:lvlOverride></w:num>
             </w:numbering>"
        );
        let mut left = 1 << 20;
        let mut lists = Lists::read(&mut Xml::new(xml.as_bytes(), &mut left)).expect("good lists");
        let mut at = |list, level| lists.count(ListPlace { list: Some(list), level: Some(level) });
        let item = |number, depth| Some(Item { number, depth });
        assert_eq!([at(5, 0), at(5, 0)], [item(Some(1), 1), item(Some(2), 1)]);
        assert_eq!(
            [at(5, 1), at(5, 1), at(5, 0), at(5, 1)],
            [item(Some(3), 2), item(Some(4), 2), item(Some(3), 1), item(Some(3), 2)]
        );
        assert_eq!([at(5, 2), at(5, 3), at(5, 4), at(5, 99)], [item(None, 3), None, None, item(None, 9)]);
        assert_eq!(
            [at(6, 0), at(6, 0), at(0, 0), at(77, 0)],
            [item(Some(8), 1), item(Some(9), 1), None, item(None, 1)]
        );
    }
}
