//! The parts of a Word file or sheet. In: the file, packed as a ZIP archive or written as one file of XML; out: each part as XML, and
//! what it refers to.

use super::archive::Archive;
use super::blocks::{Limit, Unread};
use super::xml::{Element, Family, Token, Xml};

/// How many relations of a part are kept.
const MOST_RELATIONS: usize = 10_000;

/// A file with parts.
pub(super) enum Parts<'a> {
    /// An archive.
    Zip(Box<Archive<'a>>),
    /// One file of XML, of which so much may still be read.
    Flat(&'a [u8], usize),
}

/// What a part refers to.
#[derive(Debug, Default)]
pub(super) struct Relations(Vec<Relation>);

#[derive(Debug)]
struct Relation {
    id: String,
    /// What for.
    kind: String,
    /// Which part.
    target: String,
}

impl Relations {
    /// The first part that is referred to for something; kinds are known by the end of their names, which the standard and
    /// its strict form have in common.
    pub(super) fn target(&self, kind: &str) -> Option<&str> {
        let is_meant = |found: &str| found.rsplit('/').next() == Some(kind);
        self.0.iter().find(|relation| is_meant(&relation.kind)).map(|relation| relation.target.as_str())
    }

    /// The part that goes by a name in the part that refers to it.
    pub(super) fn by_id(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|relation| relation.id == id).map(|relation| relation.target.as_str())
    }
}

impl<'a> Parts<'a> {
    /// The parts of an archive.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn zip(bytes: &'a [u8]) -> Result<Self, Unread> {
        Ok(Self::Zip(Box::new(Archive::open(bytes)?)))
    }

    /// The parts of a file of XML.
    pub(super) fn flat(bytes: &'a [u8]) -> Self {
        Self::Flat(bytes, Limit::Unpacked.most())
    }

    /// A part; none where there is none of that name.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn open(&mut self, name: &str) -> Result<Option<Xml<'_>>, Unread> {
        match self {
            Self::Zip(archive) => archive.xml(name),
            Self::Flat(bytes, left) => within(Xml::new(*bytes, left), name),
        }
    }

    /// What a part refers to; for the file itself, its name is empty.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn relations(&mut self, of: &str) -> Result<Relations, Unread> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let slash = if folder.is_empty() { "" } else { "/" };
        let mut relations = Relations::default();
        self.each(&format!("{folder}{slash}_rels/{file}.rels"), |element| {
            let is_inside = element.attribute("TargetMode").as_deref() != Some("External");
            let relation = element.attribute("Type").zip(element.attribute("Target"));
            let Some((kind, target)) = relation.filter(|_| is_inside && element.is(Family::Relations, "Relationship"))
            else {
                return;
            };
            if relations.0.len() < MOST_RELATIONS {
                let (id, target) = (element.attribute("Id").unwrap_or_default(), resolved(folder, &target));
                relations.0.push(Relation { id, kind, target });
            }
        })?;
        Ok(relations)
    }

    /// The name of the part that holds what the file is there for: of a kind of content whose name has a word in it, usually at
    /// some place.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn main(&mut self, word: &str, usual: &str) -> Result<String, Unread> {
        if let Some(target) = self.relations("")?.target("officeDocument") {
            return Ok(target.to_owned());
        }
        let mut main = None;
        self.each("[Content_Types].xml", |element| {
            let kind = element.attribute("ContentType").unwrap_or_default();
            let is_main = kind.contains(word) && (kind.contains(".main+xml") || kind.contains("Main+xml"));
            if main.is_none() && is_main && element.is(Family::Types, "Override") {
                main = element.attribute("PartName");
            }
        })?;
        Ok(main.unwrap_or_else(|| usual.to_owned()))
    }

    /// Looks at each element of a part, where there is one.
    fn each(&mut self, name: &str, mut look: impl FnMut(&Element<'_>)) -> Result<(), Unread> {
        let Some(mut xml) = self.open(name)? else { return Ok(()) };
        loop {
            match xml.next()? {
                Token::Open(element) => look(&element),
                Token::End => return Ok(()),
                Token::Close | Token::Text(_) => {}
            }
        }
    }
}

/// Goes to a part in a file of XML.
fn within<'r>(mut xml: Xml<'r>, name: &str) -> Result<Option<Xml<'r>>, Unread> {
    enum Found {
        Package,
        Part,
        Data,
        Other,
    }
    let wanted = name.trim_start_matches('/');
    loop {
        let found = match xml.next()? {
            Token::Open(element) if element.is(Family::Package, "package") => Found::Package,
            Token::Open(element) if element.is(Family::Package, "xmlData") => Found::Data,
            Token::Open(element) if element.is(Family::Package, "part") => {
                let name = element.attribute("name").unwrap_or_default();
                if name.trim_start_matches('/').eq_ignore_ascii_case(wanted) { Found::Part } else { Found::Other }
            }
            Token::Open(_) => Found::Other,
            Token::Close | Token::Text(_) => continue,
            Token::End => return Ok(None),
        };
        match found {
            Found::Package | Found::Part => {}
            Found::Data => {
                xml.keep_within();
                return Ok(Some(xml));
            }
            Found::Other => xml.skip()?,
        }
    }
}

/// The name of a part, as it is referred to from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." => {}
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
