//! What a PDF says of its own structure. In: the opened file; out: [`Tree`], its elements with their roles and the numbers of
//! the marked content that they hold. Few files say so, and what they say is not always so: Chromium leaves out empty cells.

use std::collections::BTreeMap;

use hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier};
use hayro_syntax::xref::XRef;

use super::glyphs::File;
use crate::import::blocks::Limit;

/// How many elements and marks are read.
const MOST: usize = 500_000;
/// How many names a role may be said by until it is one that is known.
const RENAMED: usize = 8;

/// The structure of a document.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// Its elements; the first is the whole.
    pub elements: Vec<Element>,
}

/// A part of a document.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// What it is.
    pub role: Role,
    /// Its parts, in reading order.
    pub kids: Vec<Kid>,
    /// Of a cell: how many rows it covers.
    pub rowspan: usize,
    /// Of a cell: how many columns it covers.
    pub colspan: usize,
}

/// A part of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kid {
    /// An element, by its number in the tree.
    Element(usize),
    /// Marked content: the page, from 0, and its number there.
    Mark(usize, i32),
}

/// What an element is, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A paragraph.
    Paragraph,
    /// A heading.
    Heading,
    /// An item of a list, with its mark.
    Item,
    /// A table.
    Table,
    /// A row of a table.
    Row,
    /// A cell of a table.
    Cell,
    /// A part of a line.
    Inline,
    /// A part that holds others.
    Group,
}

struct Reader<'a> {
    xref: &'a XRef,
    pages: BTreeMap<ObjectIdentifier, usize>,
    roles: BTreeMap<Vec<u8>, Vec<u8>>,
    tree: Tree,
    left: usize,
}

/// The structure of a file; `None` where it has none, or one without end.
pub(super) fn tree(file: &File) -> Option<Tree> {
    let xref = file.pdf.xref();
    let root: Dict<'_> = xref.get::<Dict<'_>>(xref.root_id())?.get("StructTreeRoot")?;
    let pages = file.pdf.pages().iter().enumerate();
    let pages = pages.filter_map(|(index, page)| Some((page.raw().obj_id()?, index))).collect();
    let mut roles = BTreeMap::new();
    if let Some(map) = root.get::<Dict<'_>>("RoleMap") {
        for key in map.keys() {
            if let Some(name) = map.get::<Name<'_>>(key.as_ref()) {
                roles.insert(key.as_ref().to_vec(), name.as_ref().to_vec());
            }
        }
    }
    let mut reader = Reader { xref, pages, roles, tree: Tree::default(), left: MOST };
    reader.tree.elements.push(Element { role: Role::Group, kids: Vec::new(), rowspan: 1, colspan: 1 });
    reader.kids(root.get::<Object<'_>>("K")?, 0, None, 0)?;
    Some(reader.tree)
}

impl<'a> Reader<'a> {
    /// Reads what an element holds; `None` if it is too much.
    fn kids(&mut self, kids: Object<'a>, owner: usize, page: Option<usize>, depth: usize) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        if depth > Limit::Nesting.most() {
            return None;
        }
        match kids {
            Object::Array(kids) => {
                // One that is not there ends no list, as it would for the array's own iterator.
                for kid in kids.raw_iter() {
                    let kid = match kid {
                        MaybeRef::Ref(kid) => self.xref.get::<Object<'_>>(kid.into()),
                        MaybeRef::NotRef(kid) => Some(kid),
                    };
                    if let Some(kid) = kid {
                        self.kids(kid, owner, page, depth + 1)?;
                    }
                }
            }
            Object::Number(number) => self.mark(owner, page, number.as_f64() as i32),
            // Content of a drawing within the page is numbered apart.
            Object::Dict(kid) if kid.contains_key("Stm") => {}
            Object::Dict(kid) if !kid.contains_key("S") => {
                if let Some(number) = kid.get::<i32>("MCID") {
                    let page = self.page(&kid).or(page);
                    self.mark(owner, page, number);
                }
            }
            Object::Dict(kid) => {
                let number = self.tree.elements.len();
                let page = self.page(&kid).or(page);
                let element = self.element(&kid);
                self.tree.elements.push(element);
                self.tree.elements.get_mut(owner)?.kids.push(Kid::Element(number));
                if let Some(kids) = kid.get::<Object<'_>>("K") {
                    self.kids(kids, number, page, depth + 1)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn mark(&mut self, owner: usize, page: Option<usize>, number: i32) {
        if let Some((page, element)) = page.zip(self.tree.elements.get_mut(owner)) {
            element.kids.push(Kid::Mark(page, number));
        }
    }

    fn page(&self, kid: &Dict<'_>) -> Option<usize> {
        self.pages.get(&kid.get_ref("Pg")?.into()).copied()
    }

    fn element(&self, kid: &Dict<'_>) -> Element {
        let mut name = kid.get::<Name<'_>>("S").map(|name| name.as_ref().to_vec()).unwrap_or_default();
        for _ in 0..RENAMED {
            match self.roles.get(&name) {
                Some(other) if role(&name).is_none() => name.clone_from(other),
                _ => break,
            }
        }
        let mut element =
            Element { role: role(&name).unwrap_or(Role::Group), kids: Vec::new(), rowspan: 1, colspan: 1 };
        match kid.get::<Object<'_>>("A") {
            Some(Object::Dict(attributes)) => spans(&attributes, &mut element),
            Some(Object::Array(list)) => each_dict(&list, |attributes| spans(attributes, &mut element)),
            _ => {}
        }
        element
    }
}

fn each_dict(list: &Array<'_>, mut take: impl FnMut(&Dict<'_>)) {
    for item in list.iter::<Object<'_>>() {
        if let Object::Dict(item) = item {
            take(&item);
        }
    }
}

fn spans(attributes: &Dict<'_>, element: &mut Element) {
    let span = |key: &str| attributes.get::<i32>(key).and_then(|span| usize::try_from(span).ok());
    element.rowspan = span("RowSpan").map_or(element.rowspan, |span| span.max(1));
    element.colspan = span("ColSpan").map_or(element.colspan, |span| span.max(1));
}

fn role(name: &[u8]) -> Option<Role> {
    Some(match name {
        b"P" | b"Caption" | b"Note" | b"FENote" | b"TOCI" | b"Code" | b"Formula" | b"BibEntry" => Role::Paragraph,
        b"H" | b"H1" | b"H2" | b"H3" | b"H4" | b"H5" | b"H6" | b"Title" => Role::Heading,
        b"LI" => Role::Item,
        b"Table" => Role::Table,
        b"TR" => Role::Row,
        b"TD" | b"TH" => Role::Cell,
        b"Span" | b"Link" | b"Reference" | b"Em" | b"Strong" | b"Sub" | b"Quote" | b"Lbl" | b"Ruby" | b"RB" | b"RT"
        | b"RP" | b"Warichu" | b"WT" | b"WP" | b"Annot" | b"NonStruct" => Role::Inline,
        b"Document" | b"DocumentFragment" | b"Part" | b"Art" | b"Sect" | b"Div" | b"L" | b"LBody" | b"TOC"
        | b"BlockQuote" | b"Aside" | b"THead" | b"TBody" | b"TFoot" | b"Figure" | b"Form" | b"Index" | b"Private" => {
            Role::Group
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::pdf::samples::Sample;

    fn read(objects: &[(usize, &str)]) -> Option<Tree> {
        let sample = Sample { catalog: "/StructTreeRoot 200 0 R".into(), ..Sample::of(&["", ""]) };
        let sample = objects.iter().fold(sample, |sample, (number, object)| sample.with(*number, *object));
        tree(&File::open(sample.bytes()).unwrap())
    }

    #[test]
    fn roles_are_those_that_they_are_mapped_to() {
        let tree = read(&[
            (200, "<</K[201 0 R 202 0 R]/RoleMap<</Standard/Body/Body/P/H1/P/Loop/Loop>>>>"),
            (201, "<</S/Standard/Pg 12 0 R/K[3 <</Type/MCR/Pg 10 0 R/MCID 4>> <</Type/MCR/Stm 90 0 R/MCID 5>>]>>"),
            (202, "<</S/H1/K[<</S/Loop>>]>>"),
        ]);
        let tree = tree.unwrap();
        let roles: Vec<Role> = tree.elements.iter().map(|element| element.role).collect();
        assert_eq!(roles, [Role::Group, Role::Paragraph, Role::Heading, Role::Group]);
        assert_eq!(tree.elements[1].kids, [Kid::Mark(1, 3), Kid::Mark(0, 4)]);
    }

    #[test]
    fn spans_stand_in_any_of_the_attributes() {
        let tree = read(&[(200, "<</K <</S/TD/A[<</O/Layout>> <</O/Table/RowSpan 2/ColSpan 3>>]>> >>")]).unwrap();
        assert_eq!((tree.elements[1].rowspan, tree.elements[1].colspan), (2, 3));
        let tree = read(&[(200, "<</K <</S/TD/A<</RowSpan -2/ColSpan 0>>>> >>")]).unwrap();
        assert_eq!((tree.elements[1].rowspan, tree.elements[1].colspan), (1, 1));
    }

    #[test]
    fn elements_that_are_not_there_end_no_list() {
        let tree = read(&[(200, "<</K[90 0 R 201 0 R]>>"), (201, "<</S/P/Pg 10 0 R/K 0>>")]).unwrap();
        assert_eq!(tree.elements.len(), 2);
    }

    #[test]
    fn what_has_no_end_says_nothing() {
        assert!(read(&[]).is_none());
        assert!(read(&[(200, "<</K 201 0 R>>"), (201, "<</S/P/K[201 0 R]>>")]).is_none());
        let doubled: Vec<(usize, String)> =
            (0..30).map(|n| (201 + n, format!("<</S/P/K[{} 0 R {} 0 R]>>", 202 + n, 202 + n))).collect();
        let mut objects: Vec<(usize, &str)> =
            doubled.iter().map(|(number, object)| (*number, object.as_str())).collect();
        objects.extend([(200, "<</K 201 0 R>>"), (231, "<</S/P/Pg 10 0 R/K 0>>")]);
        assert!(read(&objects).is_none());
    }
}
