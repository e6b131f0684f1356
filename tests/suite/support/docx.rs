//! Reads Word files: the archive with `zip`, the XML with `roxmltree`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use roxmltree::{Document as Xml, Node};

use super::grid::{Grid, Spanning, grid};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// What stands in a document.
#[derive(Debug, Default)]
pub struct Document {
    /// Paragraphs outside of tables, each with its style, `""` for none.
    pub paragraphs: Vec<(String, String)>,
    /// Tables, each with how many head rows it has.
    pub tables: Vec<(usize, Grid)>,
    /// All that can be read in order, but for the captions of tables.
    pub text: String,
}

/// The parts of a file, by name.
pub fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(File::open(path).expect("a file")).expect("an archive");
    let mut parts = BTreeMap::new();
    for number in 0..zip.len() {
        let mut part = zip.by_index(number).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("UTF-8");
        parts.insert(part.name().expect("a name").into_owned(), text);
    }
    parts
}

/// What stands in the document of a file.
pub fn read(path: &Path) -> Document {
    let parts = parts(path);
    let xml = Xml::parse(&parts["word/document.xml"]).expect("well-formed");
    let body = xml.root_element().first_element_child().expect("a body");
    let mut document = Document::default();
    for node in body.children().filter(Node::is_element) {
        if style(node) != "Caption" {
            document.text.push_str(&text(node));
        }
        match node.tag_name().name() {
            "p" => document.paragraphs.push((style(node), text(node))),
            "tbl" => document.tables.push(table(node)),
            "sectPr" => {}
            other => panic!("{other} in the body"),
        }
    }
    document
}

/// The values of all elements of a name.
pub fn values<'a>(part: &'a str, name: &str) -> Vec<&'a str> {
    let before = format!("<w:{name} w:val=\"");
    let all = part.split(before.as_str()).skip(1);
    all.filter_map(|rest| rest.split('"').next()).collect()
}

fn inner<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name((W, name)))
}

fn value<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    inner(node, name)?.attribute((W, "val"))
}

fn style(paragraph: Node<'_, '_>) -> String {
    inner(paragraph, "pPr").and_then(|all| value(all, "pStyle").map(str::to_owned)).unwrap_or_default()
}

/// The text of runs; a break is a line end.
pub fn text(node: Node<'_, '_>) -> String {
    let mut text = String::new();
    for one in node.descendants() {
        match one.tag_name().name() {
            "t" => text.push_str(one.text().unwrap_or_default()),
            "br" => text.push('\n'),
            _ => {}
        }
    }
    text
}

fn table(node: Node<'_, '_>) -> (usize, Grid) {
    let rows: Vec<Node<'_, '_>> = node.children().filter(|child| child.has_tag_name((W, "tr"))).collect();
    let is_head = |row: &&Node<'_, '_>| inner(**row, "trPr").is_some_and(|all| inner(all, "tblHeader").is_some());
    let heads = rows.iter().take_while(is_head).count();
    assert_eq!(rows.iter().filter(is_head).count(), heads, "heads come first");
    let mut spanning: Vec<Vec<(usize, Spanning)>> = Vec::new();
    for row in rows {
        let (mut own, mut column) = (Vec::new(), 0);
        for cell in row.children().filter(|child| child.has_tag_name((W, "tc"))) {
            let all = inner(cell, "tcPr").expect("properties");
            let columns = value(all, "gridSpan").map_or(1, |span| span.parse().expect("a number"));
            let merge = inner(all, "vMerge").map(|merge| merge.attribute((W, "val")).unwrap_or("continue"));
            if merge == Some("continue") {
                assert_eq!(text(cell), "", "a cell that goes on has words");
                let begun = spanning.iter_mut().rev().find_map(|row| row.iter_mut().find(|(at, _)| *at == column));
                begun.expect("a cell above").1.rows += 1;
            } else {
                own.push((column, Spanning { text: text(cell), columns, rows: 1, ..Spanning::default() }));
            }
            column += columns;
        }
        spanning.push(own);
    }
    (heads, grid(spanning.into_iter().map(|row| row.into_iter().map(|(_, cell)| cell).collect()).collect()))
}
