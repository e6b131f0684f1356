//! XML as it comes out of a file that nobody vouches for. In: bytes as they are read; out: one [`Token`] after the other, with
//! names told apart by their namespace, whatever prefix the file gives it. Nothing is kept of what was read, and nothing is
//! expanded: a document type, and with it any entity of its own, is refused.

use std::borrow::Cow;
use std::io::{self, BufReader, Read};
use std::str;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Prefix, PrefixDeclaration};

use super::blocks::{Limit, Unread};

/// How many bytes a tag or a piece of text may take: it is held in memory whole.
const LONGEST: usize = 8 << 20;
/// How many pieces of any kind are read: small ones take longer than their bytes.
const MOST_TOKENS: usize = 10_000_000;
/// How many namespaces may be named at one place.
const MOST_NAMES: usize = 256;

/// What a namespace is for, as far as anybody here asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// The text of a Word file.
    Word,
    /// Several ways to say one thing (`mc:AlternateContent`).
    Markup,
    /// Formulas.
    Math,
    /// Drawings.
    Drawing,
    /// Charts in drawings.
    Chart,
    /// Diagrams in drawings.
    Diagram,
    /// Drawings of old.
    Vml,
    /// The cells of a sheet.
    Sheet,
    /// References of a part to what it is related to.
    Reference,
    /// Tables of an OpenDocument file.
    OdfTable,
    /// The frame of an OpenDocument file.
    OdfOffice,
    /// The words of an OpenDocument file.
    OdfText,
    /// The styles of an OpenDocument file.
    OdfStyle,
    /// What is in the archive of an OpenDocument file.
    OdfManifest,
    /// What a part of a package refers to.
    Relations,
    /// Of what kind the parts of a package are.
    Types,
    /// A package in one file of XML.
    Package,
    /// What a file says of itself.
    DublinCore,
    /// Any other, or none.
    Other,
}

impl Family {
    /// The family of a namespace; the standard and its strict form have different names for each.
    fn of(name: &[u8]) -> Self {
        let Ok(name) = str::from_utf8(name) else { return Self::Other };
        match name.trim() {
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => Self::Markup,
            "http://schemas.openxmlformats.org/officeDocument/2006/math"
            | "http://purl.oclc.org/ooxml/officeDocument/math" => Self::Math,
            "http://schemas.openxmlformats.org/drawingml/2006/main" | "http://purl.oclc.org/ooxml/drawingml/main" => {
                Self::Drawing
            }
            "http://schemas.openxmlformats.org/drawingml/2006/chart" | "http://purl.oclc.org/ooxml/drawingml/chart" => {
                Self::Chart
            }
            "http://schemas.openxmlformats.org/drawingml/2006/diagram"
            | "http://purl.oclc.org/ooxml/drawingml/diagram" => Self::Diagram,
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            | "http://purl.oclc.org/ooxml/officeDocument/relationships" => Self::Reference,
            "urn:oasis:names:tc:opendocument:xmlns:table:1.0" => Self::OdfTable,
            "urn:oasis:names:tc:opendocument:xmlns:office:1.0" => Self::OdfOffice,
            "urn:oasis:names:tc:opendocument:xmlns:text:1.0" => Self::OdfText,
            "urn:oasis:names:tc:opendocument:xmlns:style:1.0" => Self::OdfStyle,
            "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" => Self::OdfManifest,
            "urn:schemas-microsoft-com:vml" => Self::Vml,
            "http://schemas.openxmlformats.org/package/2006/relationships" => Self::Relations,
            "http://schemas.openxmlformats.org/package/2006/content-types" => Self::Types,
            "http://schemas.microsoft.com/office/2006/xmlPackage" => Self::Package,
            "http://purl.org/dc/elements/1.1/" => Self::DublinCore,
            // Drafts of the standard have a number between.
            name if name.contains("/wordprocessingml/") && name.ends_with("/main") => Self::Word,
            name if name.contains("/spreadsheetml/") && name.ends_with("/main") => Self::Sheet,
            _ => Self::Other,
        }
    }
}

/// A piece of XML.
#[derive(Debug)]
pub(super) enum Token<'t> {
    /// An element begins; an empty one ends at once.
    Open(Element<'t>),
    /// The element ends that began last of those that have not ended.
    Close,
    /// Characters.
    Text(Cow<'t, str>),
    /// Nothing more comes.
    End,
}

/// An element that begins.
#[derive(Debug)]
pub(super) struct Element<'t> {
    tag: BytesStart<'t>,
    names: &'t Names,
    /// The family of its name.
    pub family: Family,
}

impl Element<'_> {
    /// Its name without the prefix.
    pub(super) fn name(&self) -> &str {
        str::from_utf8(self.tag.local_name().into_inner()).unwrap_or_default()
    }

    /// Whether it is of that family and has that name.
    pub(super) fn is(&self, family: Family, name: &str) -> bool {
        self.family == family && self.tag.local_name().into_inner() == name.as_bytes()
    }

    /// What an attribute says: one of the family of the element, or one without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.attribute_where(name, |prefix| prefix.is_none_or(|prefix| self.names.family(prefix) == self.family))
    }

    /// What an attribute of a family says.
    pub(super) fn attribute_of(&self, family: Family, name: &str) -> Option<String> {
        self.attribute_where(name, |prefix| prefix.is_some_and(|prefix| self.names.family(prefix) == family))
    }

    /// What an attribute says, whatever its prefix.
    pub(super) fn any_attribute(&self, name: &str) -> Option<String> {
        self.attribute_where(name, |_| true)
    }

    /// What the first attribute of that name says whose prefix is right.
    fn attribute_where(&self, name: &str, is_meant: impl Fn(Option<&[u8]>) -> bool) -> Option<String> {
        let mut attributes = self.tag.attributes();
        // Looking for doubles takes time that grows with the square of their count; the first of them is taken.
        attributes.with_checks(false).filter_map(Result::ok).find_map(|attribute| {
            let (local, prefix) = attribute.key.decompose();
            if local.into_inner() != name.as_bytes() || !is_meant(prefix.map(|prefix| prefix.into_inner())) {
                return None;
            }
            unescape(str::from_utf8(&attribute.value).ok()?).ok().map(Cow::into_owned)
        })
    }
}

/// XML that is being read.
pub(super) struct Xml<'r> {
    reader: Reader<BufReader<Metered<'r>>>,
    buffer: Vec<u8>,
    names: Names,
    /// How many elements have begun and not ended.
    depth: usize,
    /// How many have at least, where everything stands that is asked for.
    floor: usize,
    /// How many elements have begun.
    elements: usize,
    /// How many pieces were read.
    tokens: usize,
    is_over: bool,
}

impl<'r> Xml<'r> {
    /// Reads XML; `left` is how many bytes may be read at most, and is lowered by those that are.
    pub(super) fn new(source: impl Read + 'r, left: &'r mut usize) -> Self {
        let metered = Metered { source: Box::new(source), left, since: 0, is_over: false };
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, metered));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            names: Names::default(),
            depth: 0,
            floor: 0,
            elements: 0,
            tokens: 0,
            is_over: false,
        }
    }

    /// From here on, the element that began last is all that there is.
    pub(super) fn keep_within(&mut self) {
        self.floor = self.depth;
    }

    /// What comes next.
    ///
    /// # Errors
    /// It is no XML, it brings entities of its own, or it is larger or nested deeper than is read.
    pub(super) fn next(&mut self) -> Result<Token<'_>, Unread> {
        if self.is_over {
            return Ok(Token::End);
        }
        self.tokens += 1;
        if self.tokens > MOST_TOKENS {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        self.buffer.clear();
        self.reader.get_mut().get_mut().since = 0;
        match self.reader.read_event_into(&mut self.buffer) {
            Err(_) if self.reader.get_ref().get_ref().is_over => Err(Unread::TooLarge(Limit::Unpacked)),
            Err(error) => Err(damaged(error)),
            Ok(Event::Eof) if self.depth > 0 => Err(damaged("the XML ends within an element")),
            Ok(Event::Eof) => Ok(Token::End),
            Ok(Event::DocType(_)) => Err(damaged("the XML brings a document type of its own")),
            Ok(Event::Text(text)) => Ok(Token::Text(utf8(text.into_inner())?)),
            Ok(Event::CData(text)) => Ok(Token::Text(utf8(text.into_inner())?)),
            Ok(Event::GeneralRef(name)) => Ok(Token::Text(Cow::Owned(character(&name)?.to_string()))),
            Ok(Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {
                Ok(Token::Text(Cow::Borrowed("")))
            }
            Ok(Event::Start(tag)) => {
                self.elements += 1;
                self.depth += 1;
                if self.depth > Limit::Nesting.most() {
                    return Err(Unread::TooLarge(Limit::Nesting));
                }
                if self.elements > Limit::Pieces.most() {
                    return Err(Unread::TooLarge(Limit::Pieces));
                }
                self.names.open(&tag, self.depth)?;
                let family = self.names.family(tag.name().prefix().map_or(b"".as_slice(), Prefix::into_inner));
                Ok(Token::Open(Element { tag, names: &self.names, family }))
            }
            Ok(Event::End(_)) => {
                self.names.close(self.depth);
                self.depth = self.depth.saturating_sub(1);
                self.is_over = self.depth < self.floor;
                Ok(if self.is_over { Token::End } else { Token::Close })
            }
        }
    }

    /// Passes over the element that began last, with all that it holds.
    ///
    /// # Errors
    /// Those of [`Xml::next`].
    pub(super) fn skip(&mut self) -> Result<(), Unread> {
        let depth = self.depth;
        while self.depth >= depth && !matches!(self.next()?, Token::End) {}
        Ok(())
    }
}

/// Which prefixes stand for which namespaces, at one place of a file.
#[derive(Debug, Default)]
struct Names {
    /// Prefix, family, and how deep the element stands that says so.
    bound: Vec<(Box<[u8]>, Family, usize)>,
}

impl Names {
    /// Takes what an element says of prefixes.
    fn open(&mut self, tag: &BytesStart<'_>, depth: usize) -> Result<(), Unread> {
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(damaged)?;
            let prefix: &[u8] = match attribute.key.as_namespace_binding() {
                Some(PrefixDeclaration::Default) => b"",
                Some(PrefixDeclaration::Named(prefix)) => prefix,
                None => continue,
            };
            let family = Family::of(&attribute.value);
            // One that nobody asks for need not be kept, unless it hides one that somebody does.
            if family != Family::Other || self.family(prefix) != Family::Other {
                self.bound.push((prefix.into(), family, depth));
            }
            if self.bound.len() > MOST_NAMES {
                return Err(Unread::TooLarge(Limit::Pieces));
            }
        }
        Ok(())
    }

    /// Forgets what an element said that ends.
    fn close(&mut self, depth: usize) {
        while self.bound.last().is_some_and(|(_, _, at)| *at >= depth) {
            self.bound.pop();
        }
    }

    /// The family that a prefix stands for.
    fn family(&self, prefix: &[u8]) -> Family {
        self.bound.iter().rev().find(|(one, _, _)| **one == *prefix).map_or(Family::Other, |(_, family, _)| *family)
    }
}

/// Bytes that are counted as they are read: what a file says of its own size is no measure.
struct Metered<'r> {
    source: Box<dyn Read + 'r>,
    left: &'r mut usize,
    /// How many were read for the piece that is being read.
    since: usize,
    is_over: bool,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.since += read;
        self.is_over = read > *self.left || self.since > LONGEST;
        *self.left = self.left.saturating_sub(read);
        if self.is_over { Err(io::Error::other("more than is read")) } else { Ok(read) }
    }
}

/// The character that a reference stands for.
fn character(name: &BytesRef<'_>) -> Result<char, Unread> {
    if let Some(character) = name.resolve_char_ref().map_err(damaged)? {
        return Ok(character);
    }
    match &**name {
        b"amp" => Ok('&'),
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"quot" => Ok('"'),
        b"apos" => Ok('\''),
        _ => Err(damaged("the XML uses an entity of its own")),
    }
}

/// Characters as they stand in the file.
fn utf8(bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, Unread> {
    match bytes {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).map(Cow::Borrowed).map_err(damaged),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(damaged),
    }
}

/// What is said of a file that is not what it looks like.
pub(super) fn damaged(reason: impl ToString) -> Unread {
    Unread::Damaged(reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    fn all(xml: &str) -> Result<String, Unread> {
        let mut left = 1 << 20;
        let mut xml = Xml::new(xml.as_bytes(), &mut left);
        let mut said = String::new();
        loop {
            match xml.next()? {
                Token::Open(element) => said.push_str(&format!("<{:?} {}>", element.family, element.name())),
                Token::Close => said.push_str("</>"),
                Token::Text(text) => said.push_str(&text),
                Token::End => return Ok(said),
            }
        }
    }

    #[test]
    fn names_are_told_by_their_namespace_and_not_by_their_prefix() {
        let strict = "http://purl.oclc.org/ooxml/wordprocessingml/main";
        let xml =
            format!("<a:p xmlns:a='{WORD}'><p xmlns='{strict}'/><a:q xmlns:a='other'><a:p/></a:q><a:r/><p/></a:p>");
        let want = "<Word p><Word p></><Other q><Other p></></><Word r></><Other p></></>";
        assert_eq!(all(&xml).expect("good XML"), want);
    }

    #[test]
    fn attributes_are_told_by_their_namespace() {
        let xml = format!("<w:p xmlns:w='{WORD}' xmlns:x='other' x:val='1' w:val='&lt;&#20108;' id='3'/>");
        let mut left = 1 << 20;
        let mut xml = Xml::new(xml.as_bytes(), &mut left);
        let Ok(Token::Open(element)) = xml.next() else { panic!("an element") };
        assert_eq!(element.attribute("val").as_deref(), Some("<二"));
        assert_eq!(element.attribute("id").as_deref(), Some("3"));
        assert_eq!(element.any_attribute("val").as_deref(), Some("1"));
        assert_eq!(element.attribute("none"), None);
    }

    #[test]
    fn characters_are_what_they_stand_for() {
        assert_eq!(
            all("<a>1 &lt; 2 &#x4E8C;<![CDATA[<&]]><!-- no --><?no no?></a>").expect("good XML"),
            "<Other a>1 < 2 二<&</>"
        );
    }

    #[test]
    fn a_document_type_and_entities_are_refused() {
        for xml in [
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<a>&b;</a>",
            "<a>&#xD800;</a>",
            "<a><b></a>",
            "<a>",
            "<a b=1/>",
            "<a>\u{0}&",
        ] {
            assert!(matches!(all(xml), Err(Unread::Damaged(_))), "{xml}: {:?}", all(xml));
        }
    }

    #[test]
    fn what_is_too_large_is_refused() {
        let deep = "<a>".repeat(61);
        assert_eq!(all(&deep), Err(Unread::TooLarge(Limit::Nesting)));
        let names: String = (0..300).map(|number| format!(" xmlns:n{number}='{WORD}'")).collect();
        assert_eq!(all(&format!("<a{names}/>")), Err(Unread::TooLarge(Limit::Pieces)));
        assert_eq!(all(&format!("<a>{}</a>", "<a/>".repeat(2_000_000))), Err(Unread::TooLarge(Limit::Unpacked)));
        let mut left = usize::MAX;
        let many = format!("<a>{}", "&lt;".repeat(MOST_TOKENS));
        let mut many = Xml::new(many.as_bytes(), &mut left);
        assert!(matches!(many.next(), Ok(Token::Open(_))));
        assert_eq!(many.skip(), Err(Unread::TooLarge(Limit::Pieces)));
        let long = "a".repeat(2 << 20);
        assert_eq!(all(&format!("<a>{long}</a>")), Err(Unread::TooLarge(Limit::Unpacked)));
    }

    #[test]
    fn a_piece_that_does_not_end_is_not_held_whole() {
        let mut left = usize::MAX;
        let mut xml = Xml::new(io::repeat(b'a').take(1 << 30), &mut left);
        assert_eq!(xml.next().err(), Some(Unread::TooLarge(Limit::Unpacked)));
        assert!(xml.buffer.capacity() <= 4 * LONGEST);
    }

    #[test]
    fn many_attributes_take_no_longer_than_their_count() {
        let many: String = (0..100_000).map(|number| format!(" a{number}='{number}'")).collect();
        let mut left = 16 << 20;
        let xml = format!("<a{many}/>");
        let mut xml = Xml::new(xml.as_bytes(), &mut left);
        let Ok(Token::Open(element)) = xml.next() else { panic!("an element") };
        assert_eq!(element.attribute("a99999").as_deref(), Some("99999"));
    }

    #[test]
    fn an_element_is_passed_over_or_kept_within() {
        let mut left = 1 << 20;
        let mut xml = Xml::new("<a><b><c/>x</b><d>y</d>z</a>".as_bytes(), &mut left);
        assert!(matches!(xml.next(), Ok(Token::Open(_))));
        assert!(matches!(xml.next(), Ok(Token::Open(_))));
        xml.skip().expect("good XML");
        assert!(matches!(xml.next(), Ok(Token::Open(element)) if element.name() == "d"));
        xml.keep_within();
        assert!(matches!(xml.next(), Ok(Token::Text(text)) if text == "y"));
        assert!(matches!(xml.next(), Ok(Token::End)));
        assert!(matches!(xml.next(), Ok(Token::End)));
    }
}
