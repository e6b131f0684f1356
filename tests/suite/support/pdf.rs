//! Reads PDFs with Poppler, which shares no code with the program: the structure tree (what is a heading, a table, a
//! cell, and where in its table) and the words at their places on the page.

use std::path::Path;
use std::process::Command;

use scraper::{Html, Selector};

use super::grid::{Grid, Spanning, grid};
use super::squeezed;

/// What the structure tree of a PDF says.
#[derive(Debug, Default)]
pub struct Document {
    /// Headings with their level, in order.
    pub headings: Vec<(usize, String)>,
    /// Paragraphs that are neither headings nor in tables, in order.
    pub paragraphs: Vec<String>,
    /// Tables, in order; a cell that spans stands in each place that it covers.
    pub tables: Vec<Grid>,
    /// For each table, which rows are heads on every page.
    pub head_rows: Vec<usize>,
    /// For each table, the cells that are tagged as heads of rows.
    pub row_heads: Vec<Vec<String>>,
}

fn poppler(program: &str, args: &[&str], path: &Path) -> String {
    let output = Command::new(program).args(args).arg(path).args((program != "pdfinfo").then_some("-")).output();
    let output = output.unwrap_or_else(|error| panic!("{program} of poppler-utils is needed to read PDFs: {error}"));
    assert!(output.status.success(), "{program} cannot read {}", path.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Reads the structure tree.
pub fn read(path: &Path) -> Document {
    let said = poppler("pdfinfo", &["-struct-text"], path);
    let mut reader = Reader::default();
    for line in said.lines() {
        let depth = line.len() - line.trim_start().len();
        reader.line(depth, line.trim());
    }
    reader.close_to(0);
    reader.document
}

/// The document information: title, author, language and the like.
pub fn info(path: &Path) -> String {
    poppler("pdfinfo", &[], path)
}

/// The structure tree as text.
pub fn structure(path: &Path) -> String {
    poppler("pdfinfo", &["-struct"], path)
}

/// The text of a long document, all pages in one and without white space, and how many paragraphs its structure tree has beside those
/// in headings and tables. To give each element its text, Poppler would draw the page once for each.
pub fn running_text(path: &Path) -> (String, usize) {
    let is_number = |line: &&str| line.starts_with('—') && line.ends_with('—');
    let text =
        plain(path).lines().map(|line| line.trim_matches('\u{c}')).filter(|line| !is_number(line)).collect::<String>();
    (squeezed(&text), structure(path).lines().filter(|line| line.starts_with("  P ")).count())
}

/// All text of a PDF in reading order.
pub fn plain(path: &Path) -> String {
    poppler("pdftotext", &["-raw"], path)
}

#[derive(Default)]
struct Reader {
    document: Document,
    open: Vec<(usize, Element)>,
}

enum Element {
    Heading(usize, String),
    Paragraph(String),
    Table(Vec<Vec<Spanning>>, usize),
    Row(Vec<Spanning>),
    Cell(Spanning),
    Other,
}

impl Reader {
    fn line(&mut self, depth: usize, line: &str) {
        if let Some(text) = line.strip_prefix('"') {
            self.text(text.strip_suffix('"').unwrap_or(text));
            return;
        }
        if let Some(attribute) = line.strip_prefix('/') {
            self.attribute(attribute);
            return;
        }
        self.close_to(depth);
        let name = line.split([' ', ':']).next().unwrap_or("");
        let element = match name {
            "H1" | "H2" | "H3" => Element::Heading(name[1..].parse().unwrap_or(1), String::new()),
            "P" | "Title" | "Lbl" | "LBody" => Element::Paragraph(String::new()),
            "Table" => Element::Table(Vec::new(), 0),
            "TR" => Element::Row(Vec::new()),
            "TH" | "TD" => Element::Cell(Spanning { columns: 1, rows: 1, ..Spanning::default() }),
            _ => Element::Other,
        };
        self.open.push((depth, element));
    }

    fn text(&mut self, words: &str) {
        for (_, element) in self.open.iter_mut().rev() {
            match element {
                Element::Heading(_, text) | Element::Cell(Spanning { text, .. }) => return text.push_str(words),
                _ => {}
            }
        }
        if let Some(Element::Paragraph(text)) =
            self.open.iter_mut().rev().map(|(_, element)| element).find(|e| matches!(e, Element::Paragraph(_)))
        {
            text.push_str(words);
        }
    }

    fn attribute(&mut self, attribute: &str) {
        let cell = self.open.iter_mut().rev().find_map(|(_, element)| match element {
            Element::Cell(cell) => Some(cell),
            _ => None,
        });
        if let (Some(cell), Some((name, value))) = (cell, attribute.split_once(' ')) {
            match name {
                "ColSpan" => cell.columns = value.parse().unwrap_or(1),
                "RowSpan" => cell.rows = value.parse().unwrap_or(1),
                "Scope" => cell.scope = value.trim_start_matches('/').to_owned(),
                _ => {}
            }
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.last().is_some_and(|(open, _)| *open >= depth) {
            let Some((_, element)) = self.open.pop() else { return };
            self.close(element);
        }
    }

    fn close(&mut self, element: Element) {
        let parent = self.open.iter_mut().rev().map(|(_, element)| element);
        match element {
            Element::Heading(level, text) => self.document.headings.push((level, text)),
            Element::Paragraph(text) if !text.is_empty() => self.document.paragraphs.push(text),
            Element::Cell(cell) => {
                if let Some(row) =
                    parent.into_iter().find_map(|e| if let Element::Row(row) = e { Some(row) } else { None })
                {
                    row.push(cell);
                }
            }
            Element::Row(row) => {
                let table = parent.into_iter().find_map(|e| match e {
                    Element::Table(rows, heads) => Some((rows, heads)),
                    _ => None,
                });
                if let Some((rows, heads)) = table {
                    *heads += usize::from(row.iter().all(|cell| cell.scope == "Column"));
                    rows.push(row);
                }
            }
            Element::Table(rows, heads) => {
                let of_rows = rows.iter().flatten().filter(|cell| cell.scope == "Row");
                self.document.row_heads.push(of_rows.map(|cell| cell.text.clone()).collect());
                self.document.tables.push(grid(rows));
                self.document.head_rows.push(heads);
            }
            _ => {}
        }
    }
}

/// A word at its place on a page, in points from the top left.
#[derive(Clone, Debug)]
pub struct Word {
    /// The page, from 1.
    pub page: usize,
    /// Its left, top, right and bottom.
    pub edges: [f64; 4],
    /// The word.
    pub text: String,
}

impl Word {
    /// The middle of its height.
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.edges[1], self.edges[3])
    }
}

/// Every word at its place.
pub fn words(path: &Path) -> Vec<Word> {
    words_and_size(path).0
}

/// Every word at its place, and the width and height of the first page.
pub fn words_and_size(path: &Path) -> (Vec<Word>, (f64, f64)) {
    let said = poppler("pdftotext", &["-bbox"], path);
    let page = Selector::parse("page").expect("a selector");
    let word = Selector::parse("word").expect("a selector");
    let document = Html::parse_document(&said);
    let (mut found, mut sizes) = (Vec::new(), Vec::new());
    for (number, page) in document.select(&page).enumerate() {
        let length = |name| page.attr(name).and_then(|value| value.parse::<f64>().ok()).expect("a length");
        sizes.push((length("width"), length("height")));
        for word in page.select(&word) {
            let edge = |name| word.attr(name).and_then(|value| value.parse().ok()).expect("an edge");
            found.push(Word {
                page: number + 1,
                edges: [edge("xmin"), edge("ymin"), edge("xmax"), edge("ymax")],
                text: word.text().collect(),
            });
        }
    }
    (found, sizes.first().copied().expect("a page"))
}

/// The names of the embedded faces.
pub fn fonts(path: &Path) -> Vec<String> {
    let output = Command::new("pdffonts").arg(path).output().expect("poppler-utils");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().skip(2).filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}
