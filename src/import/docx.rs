//! A Word file (DOCX, DOCM, or the same in one file of XML). In: its bytes; out: its paragraphs and tables, as they are seen once all
//! changes are accepted.
//!
//! Left out: headers and footers, which repeat on each page and hold page numbers; comments; what is hidden or was deleted; the
//! numbers that Word sets before headings. Notes stand at the end. What a picture, a chart or an embedded file shows is not read,
//! and is told.

mod flow;
mod styles;
pub(super) mod symbols;
mod table;
mod walk;

use styles::{Lists, Styles};
use walk::Walk;

use super::blocks::{Document, Unread};
use super::package::Parts;
use super::xml::{Family, Token, Xml, damaged};

/// How many characters of a title are kept.
const LONGEST_TITLE: usize = 500;

/// Reads a file that is packed as a ZIP archive.
///
/// # Errors
/// It is damaged, larger than is read, or holds no text.
pub(super) fn read(bytes: &[u8]) -> Result<Document, Unread> {
    document(Parts::zip(bytes)?)
}

/// Reads a file whose parts stand in one file of XML (`pkg:package`).
///
/// # Errors
/// It is damaged, larger than is read, or holds no text.
pub(super) fn read_flat(bytes: &[u8]) -> Result<Document, Unread> {
    document(Parts::flat(bytes))
}

/// Reads a file from its parts.
fn document(mut parts: Parts<'_>) -> Result<Document, Unread> {
    let main = parts.main("word", "word/document.xml")?;
    let relations = parts.relations(&main)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let part = |kind: &str| relations.target(kind).map_or_else(|| format!("{folder}/{kind}.xml"), str::to_owned);
    let title = title(&mut parts)?;
    let styles = hint(&mut parts, &part("styles"), Styles::read)?;
    let mut lists = hint(&mut parts, &part("numbering"), Lists::read)?;
    let mut walk = Walk::new(&styles, &mut lists);
    let mut text = parts.open(&main)?.ok_or_else(|| no_text(&main))?;
    walk.read(&mut text)?;
    drop(text);
    if !walk.has_text() {
        return Err(no_text(&main));
    }
    for (kind, at_end) in [("footnotes", false), ("endnotes", true)] {
        if walk.has_notes(at_end)
            && let Some(mut notes) = parts.open(&part(kind))?
        {
            walk.read(&mut notes)?;
        }
    }
    walk.finish(title)
}

/// Reads a part that only says how others look: without it, or where it is damaged, all words are there.
fn hint<T: Default>(
    parts: &mut Parts<'_>,
    name: &str,
    read: impl FnOnce(&mut Xml<'_>) -> Result<T, Unread>,
) -> Result<T, Unread> {
    let read = match parts.open(name) {
        Ok(Some(mut xml)) => read(&mut xml),
        Ok(None) => Ok(T::default()),
        Err(unread) => Err(unread),
    };
    match read {
        Err(Unread::Damaged(_)) => Ok(T::default()),
        read => read,
    }
}

/// The title that the file gives itself.
fn title(parts: &mut Parts<'_>) -> Result<Option<String>, Unread> {
    let name = parts.relations("")?.target("core-properties").unwrap_or("docProps/core.xml").to_owned();
    hint(parts, &name, |xml| {
        let mut title: Option<String> = None;
        let mut is_title = false;
        loop {
            match xml.next()? {
                Token::Open(element) => is_title = element.is(Family::DublinCore, "title"),
                Token::Text(text) if is_title => title.get_or_insert_default().push_str(&text),
                Token::Close => is_title = false,
                Token::Text(_) => {}
                Token::End => break,
            }
        }
        let title = title.map(|title| title.trim().chars().take(LONGEST_TITLE).collect::<String>());
        Ok(title.filter(|title| !title.is_empty()))
    })
}

/// What is said of a file without text.
fn no_text(main: &str) -> Unread {
    damaged(format!("there is no Word text in {main}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::archive::made::archive;
    use super::super::blocks::{Block, Limit};
    use super::*;

    const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    fn relations(relations: &[(&str, &str)]) -> String {
        let relation =
            |(kind, target): &(&str, &str)| format!("<Relationship Id='a' Type='{OFFICE}/{kind}' Target='{target}'/>");
        let inner: String = relations.iter().map(relation).collect();
        format!(
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{inner}</Relationships>"
        )
    }

    fn text(namespace: &str, style: &str, words: &str) -> String {
        format!(
            "\u{feff}<?xml version='1.0'?><x:document xmlns:x='{namespace}'><x:body><x:p><x:pPr><x:pStyle x:val='{style}'/></x:pPr><x:r><x:t>{words}</x:t></x:r></x:p></x:body></x:document>"
        )
    }

    fn words(document: &Document) -> Vec<(String, bool)> {
        let word = |block: &Block| match block {
            Block::Paragraph(paragraph) => (paragraph.text(), paragraph.is_heading),
            Block::Grid(_) => ("table".to_owned(), false),
        };
        document.blocks.iter().map(word).collect()
    }

    #[test]
    fn parts_are_found_by_what_refers_to_them() {
        let styles = format!(
            "<x:styles xmlns:x='{STRICT}'><x:style x:styleId='1'><x:name x:val='heading 2'/></x:style></x:styles>"
        );
        let core = "<cp:coreProperties xmlns:cp='x' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator>no</dc:creator><dc:title> 年 &amp; 报 </dc:title></cp:coreProperties>";
        let bytes = archive(&[
            (
                "_rels/.rels",
                relations(&[("officeDocument", "/wps/text.xml"), ("metadata/core-properties", "meta/core.xml")])
                    .as_bytes(),
            ),
            ("wps/_rels/text.xml.rels", relations(&[("styles", "../look/styles.xml")]).as_bytes()),
            ("look/styles.xml", styles.as_bytes()),
            ("meta/core.xml", core.as_bytes()),
            ("wps/text.xml", text(STRICT, "1", "一").as_bytes()),
            ("word/document.xml", text(WORD, "1", "no").as_bytes()),
        ]);
        let document = read(&bytes).expect("a good file");
        assert_eq!(words(&document), [("一".to_owned(), true)]);
        assert_eq!(document.title.as_deref(), Some("年 & 报"));
    }

    #[test]
    fn parts_are_found_where_they_usually_are_or_by_their_kind() {
        let styles = format!(
            "<w:styles xmlns:w='{WORD}'><w:style w:styleId='1'><w:name w:val='heading 2'/></w:style></w:styles>"
        );
        let bytes =
            archive(&[("word/document.xml", text(WORD, "1", "一").as_bytes()), ("word/styles.xml", styles.as_bytes())]);
        assert_eq!(words(&read(&bytes).expect("a good file")), [("一".to_owned(), true)]);
        let types = "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>
            <Override PartName='/word/styles.xml' ContentType='application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml'/>
            <Override PartName='/a.xml' ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/></Types>";
        let bytes = archive(&[("[Content_Types].xml", types.as_bytes()), ("a.xml", text(WORD, "1", "二").as_bytes())]);
        assert_eq!(words(&read(&bytes).expect("a good file")), [("二".to_owned(), false)]);
    }

    #[test]
    fn damaged_hints_lose_no_words_and_damaged_words_are_told() {
        let good = text(WORD, "1", "一");
        for hint in ["word/styles.xml", "word/numbering.xml", "docProps/core.xml"] {
            let bytes = archive(&[("word/document.xml", good.as_bytes()), (hint, b"<!DOCTYPE a><a>")]);
            assert_eq!(words(&read(&bytes).expect("a good file")), [("一".to_owned(), false)], "{hint}");
        }
        for bad in ["<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a", "", "<workbook/>", "\u{0}"] {
            let bytes = archive(&[("word/document.xml", bad.as_bytes())]);
            assert!(matches!(read(&bytes), Err(Unread::Damaged(_))), "{bad}");
        }
        assert!(matches!(read(&archive(&[("a", b"")])), Err(Unread::Damaged(_))));
    }

    #[test]
    fn a_file_that_unpacks_to_more_than_is_read_is_refused_in_time() {
        let start = std::time::Instant::now();
        let spaces = vec![b' '; 5 << 20];
        let mut long = format!("<w:document xmlns:w='{WORD}'><w:body>").into_bytes();
        for _ in 0..60 {
            long.extend_from_slice(b"<w:p/>");
            long.extend_from_slice(&spaces);
        }
        let bytes = archive(&[("word/document.xml", &long)]);
        assert_eq!(read(&bytes).err(), Some(Unread::TooLarge(Limit::Unpacked)));
        assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
    }

    /// Elements that mean something, in any order and nesting.
    fn tree() -> impl Strategy<Value = String> {
        let names = [
            "p",
            "r",
            "t",
            "tbl",
            "tr",
            "tc",
            "tcPr",
            "trPr",
            "pPr",
            "rPr",
            "gridSpan w:val='2'",
            "vMerge",
            "vMerge w:val='restart'",
            "hMerge",
            "del",
            "ins",
            "sdt",
            "txbxContent",
            "fldChar w:fldCharType='begin'",
            "fldChar w:fldCharType='end'",
            "br",
            "fldChar w:fldCharType='separate'",
            "instrText",
            "numPr",
            "footnote w:id='1'",
            "footnoteReference w:id='1'",
            "ruby",
            "rt",
            "ddList",
            "listEntry w:val='x'",
            "checkBox",
            "gridBefore w:val='3'",
            "cellDel",
            "vanish",
            "sym w:char='F0FE'",
        ];
        let leaf = prop_oneof![Just("<w:t>字</w:t>".to_owned()), Just("eq \\o(1,2)".to_owned()), Just(String::new())];
        leaf.prop_recursive(12, 200, 8, move |inner| {
            (prop::sample::select(names.to_vec()), prop::collection::vec(inner, 0..8)).prop_map(|(name, inner)| {
                let end = name.split(' ').next().unwrap_or_default();
                format!("<w:{name}>{}</w:{end}>", inner.concat())
            })
        })
    }

    fn assert_sound(document: &Document) {
        for block in &document.blocks {
            let Block::Grid(grid) = block else { continue };
            let mut squares = std::collections::BTreeSet::new();
            for cell in &grid.cells {
                for row in cell.row..cell.row + cell.rowspan {
                    for column in cell.column..cell.column + cell.colspan {
                        assert!(row < grid.rows && column < grid.columns && squares.insert((row, column)), "{cell:?}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn elements_in_any_order_give_sound_tables(trees in prop::collection::vec(tree(), 1..8)) {
            let xml = format!("<w:document xmlns:w='{WORD}'><w:body>{}</w:body></w:document>", trees.concat());
            let document = read(&archive(&[("word/document.xml", xml.as_bytes())]));
            if let Ok(document) = document {
                assert_sound(&document);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            let _ = read_flat(&bytes);
            let _ = read(&archive(&[("word/document.xml", &bytes)]));
        }

        #[test]
        fn spoiled_files_are_read_or_refused(
            spoiled in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
            cut in any::<prop::sample::Index>(),
        ) {
            let parts = [("word/document.xml", text(WORD, "1", "一")), ("_rels/.rels", relations(&[("officeDocument", "word/document.xml")]))];
            let mut bytes = archive(&parts.each_ref().map(|(name, xml)| (*name, xml.as_bytes())));
            for (at, byte) in &spoiled {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = read(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes);
            let mut xml = text(WORD, "1", "一").into_bytes();
            for (at, byte) in &spoiled {
                let at = at.index(xml.len());
                xml[at] = *byte;
            }
            let _ = read(&archive(&[("word/document.xml", &xml)]));
        }
    }
}
