//! Pages as offices publish them, written here by hand. In: paragraphs and tables of merged cells; out: the bytes of a web page, of a
//! Word file and of a PDF. Nothing of the program takes part.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

/// A piece of a page.
#[derive(Clone)]
pub enum Piece {
    /// Running text.
    Words(String),
    /// A table.
    Table(Table),
}

/// A table as it is printed.
#[derive(Clone, Default)]
pub struct Table {
    /// Its cells, by rows.
    pub cells: Vec<Cell>,
    /// How many rows it has.
    pub rows: usize,
    /// How many columns it has.
    pub columns: usize,
}

/// A cell at the first square that it covers.
#[derive(Clone)]
pub struct Cell {
    pub row: usize,
    pub column: usize,
    pub rowspan: usize,
    pub colspan: usize,
    pub text: String,
}

impl Table {
    /// Adds a cell.
    pub fn put(&mut self, (row, column): (usize, usize), (rowspan, colspan): (usize, usize), text: &str) {
        self.cells.push(Cell { row, column, rowspan, colspan, text: text.to_owned() });
        self.rows = self.rows.max(row + rowspan);
        self.columns = self.columns.max(column + colspan);
    }

    /// The cells that begin in a row, from left to right.
    fn row(&self, row: usize) -> Vec<&Cell> {
        let mut cells: Vec<&Cell> = self.cells.iter().filter(|cell| cell.row == row).collect();
        cells.sort_by_key(|cell| cell.column);
        cells
    }
}

/// Text where `<` and `&` mean something.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A web page.
pub fn html(pieces: &[Piece]) -> Vec<u8> {
    let mut page = String::from("<!doctype html><meta charset=utf-8><title>年报</title>\n");
    for piece in pieces {
        match piece {
            Piece::Words(words) => writeln!(page, "<p>{}</p>", escaped(words)).expect("a string"),
            Piece::Table(table) => {
                page.push_str("<table border=1>\n");
                for row in 0..table.rows {
                    page.push_str("<tr>");
                    for cell in table.row(row) {
                        let span = |name: &str, span: usize| match span {
                            1 => String::new(),
                            span => format!(" {name}={span}"),
                        };
                        let spans = span("rowspan", cell.rowspan) + &span("colspan", cell.colspan);
                        write!(page, "<td{spans}>{}</td>", escaped(&cell.text)).expect("a string");
                    }
                    page.push_str("</tr>\n");
                }
                page.push_str("</table>\n");
            }
        }
    }
    page.into_bytes()
}

/// A Word file: each merged cell has its `gridSpan`, and a `vMerge` in every row that it goes on in.
pub fn docx(pieces: &[Piece]) -> Vec<u8> {
    let mut body = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => body.push_str(&word_paragraph(words)),
            Piece::Table(table) => body.push_str(&word_table(table)),
        }
    }
    docx_part(&format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{HEAD}<w:body>{body}<w:sectPr/></w:body></w:document>"
    ))
}

const TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

/// An archive of files.
pub fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an archive");
        archive.write_all(text.as_bytes()).expect("an archive");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A Word file whose body this is.
pub fn docx_of(body: &str) -> Vec<u8> {
    docx_part(&format!("{HEAD}<w:body>{body}</w:body></w:document>"))
}

/// A Word file whose main part is this.
pub fn docx_part(document: &str) -> Vec<u8> {
    zipped(&[("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", document)])
}

/// How the main part of a Word file begins.
pub const HEAD: &str = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">";

/// A paragraph whose words are in several runs, as Word keeps them after every change.
fn word_paragraph(words: &str) -> String {
    let characters: Vec<char> = words.chars().collect();
    let runs: String = characters
        .chunks(7)
        .map(|run| {
            let text = escaped(&run.iter().collect::<String>());
            format!("<w:r><w:rPr><w:sz w:val=\"21\"/></w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
        })
        .collect();
    format!("<w:p><w:pPr><w:spacing w:line=\"560\"/></w:pPr>{runs}</w:p>")
}

fn word_table(table: &Table) -> String {
    let mut out = String::from("<w:tbl><w:tblPr/><w:tblGrid>");
    out.push_str(&"<w:gridCol w:w=\"800\"/>".repeat(table.columns));
    out.push_str("</w:tblGrid>");
    for row in 0..table.rows {
        out.push_str("<w:tr>");
        let mut cells: Vec<&Cell> =
            table.cells.iter().filter(|cell| (cell.row..cell.row + cell.rowspan).contains(&row)).collect();
        cells.sort_by_key(|cell| cell.column);
        for cell in cells {
            out.push_str("<w:tc><w:tcPr>");
            if cell.colspan > 1 {
                write!(out, "<w:gridSpan w:val=\"{}\"/>", cell.colspan).expect("a string");
            }
            match (cell.rowspan > 1, cell.row == row) {
                (true, true) => out.push_str("<w:vMerge w:val=\"restart\"/>"),
                (true, false) => out.push_str("<w:vMerge/>"),
                (false, _) => {}
            }
            let words = if cell.row == row { cell.text.as_str() } else { "" };
            write!(out, "</w:tcPr>{}</w:tc>", word_paragraph(words)).expect("a string");
        }
        out.push_str("</w:tr>");
    }
    out + "</w:tbl>"
}

/// How wide a page is, and how high.
const PAGE: (i32, i32) = (1000, 800);
/// What is left free around it.
const MARGIN: i32 = 50;
/// The size of its characters, and the height of its lines.
const SIZE: i32 = 8;
const LINE: i32 = 10;

/// A PDF without tags, whose tables are ruled and torn wherever a page is full; its font is one of those that every reader has to
/// know by name, and does not say which character is which.
pub fn pdf(pieces: &[Piece]) -> Vec<u8> {
    let mut sheets = Sheets { pages: vec![String::new()], y: PAGE.1 - MARGIN };
    for piece in pieces {
        match piece {
            Piece::Words(words) => sheets.paragraph(words),
            Piece::Table(table) => sheets.table(table),
        }
    }
    file(&sheets.pages)
}

struct Sheets {
    pages: Vec<String>,
    y: i32,
}

impl Sheets {
    fn draw(&mut self, what: &str) {
        self.pages.last_mut().expect("a page").push_str(what);
    }

    fn turn(&mut self) {
        self.pages.push(String::new());
        self.y = PAGE.1 - MARGIN;
    }

    /// A paragraph whose first line is indented by two characters; the first of all is the title, in the middle.
    fn paragraph(&mut self, words: &str) {
        let is_title = self.pages.len() == 1 && self.pages[0].is_empty();
        let indent = if is_title { (PAGE.0 - width(words) * 2 * SIZE / 1000) / 2 - MARGIN } else { 2 * SIZE };
        let all = lines(&format!("　　{words}"), PAGE.0 - 2 * MARGIN);
        for (number, line) in all.iter().enumerate() {
            if self.y - 2 * LINE < MARGIN {
                self.turn();
            }
            self.y -= LINE + 6;
            let left = if number == 0 { MARGIN + indent } else { MARGIN };
            let line = drawn(left, self.y, line.trim_start_matches('　'));
            self.draw(&if is_title { line.replace("/F1 8 Tf", "/F1 16 Tf") } else { line });
        }
        self.y -= if is_title { 3 * LINE } else { 0 };
    }

    fn table(&mut self, table: &Table) {
        let width = (PAGE.0 - 2 * MARGIN) / i32::try_from(table.columns).expect("few columns");
        let x = |column: usize| MARGIN + width * i32::try_from(column).expect("few columns");
        // A row is as high as its words; what spans rows makes the last of them higher.
        let mut heights = vec![LINE + 6; table.rows];
        let needed = |cell: &Cell| {
            let count = lines(&cell.text, x(cell.column + cell.colspan) - x(cell.column) - 6).len();
            LINE * i32::try_from(count).expect("few lines") + 6
        };
        for cell in table.cells.iter().filter(|cell| cell.rowspan == 1) {
            heights[cell.row] = heights[cell.row].max(needed(cell));
        }
        for cell in table.cells.iter().filter(|cell| cell.rowspan > 1) {
            let own: i32 = heights[cell.row..cell.row + cell.rowspan].iter().sum();
            heights[cell.row + cell.rowspan - 1] += (needed(cell) - own).max(0);
        }
        let mut from = 0;
        while from < table.rows {
            let mut to = from;
            let mut bottom = self.y;
            while to < table.rows && bottom - heights[to] >= MARGIN {
                bottom -= heights[to];
                to += 1;
            }
            if to == from {
                self.turn();
                continue;
            }
            self.part(table, (from, to), &heights, &x);
            self.y = bottom;
            from = to;
            if from < table.rows {
                self.turn();
            }
        }
        self.y -= LINE;
    }

    /// The rows of a table that stand on one page.
    fn part(&mut self, table: &Table, (from, to): (usize, usize), heights: &[i32], x: &impl Fn(usize) -> i32) {
        let top = self.y;
        let y = |row: usize| top - heights[from..row].iter().sum::<i32>();
        let mut out = String::from("0.5 w\n");
        for cell in table.cells.iter().filter(|cell| cell.row < to && cell.row + cell.rowspan > from) {
            let (first, last) = (cell.row.max(from), (cell.row + cell.rowspan).min(to));
            let (left, right) = (x(cell.column), x(cell.column + cell.colspan));
            writeln!(out, "{left} {} {} {} re S", y(last), right - left, y(first) - y(last)).expect("a string");
            // A label that a page tears stands on the page where it begins.
            if cell.row >= from {
                for (number, line) in lines(&cell.text, right - left - 6).iter().enumerate() {
                    let below = LINE * (1 + i32::try_from(number).expect("few lines"));
                    out.push_str(&drawn(left + 3, y(first) - below, line));
                }
            }
        }
        self.draw(&out);
    }
}

/// How wide a text is, in thousandths of its size.
fn width(text: &str) -> i32 {
    text.chars().map(|c| if c.is_ascii() { 500 } else { 1000 }).sum()
}

/// A text broken into lines that are no wider than this.
fn lines(text: &str, widest: i32) -> Vec<String> {
    let mut lines = vec![String::new()];
    for c in text.chars() {
        let last = lines.last_mut().expect("a line");
        if c == '\n' || width(&format!("{last}{c}")) * SIZE > widest * 1000 && !last.is_empty() {
            lines.push(String::new());
        }
        if c != '\n' {
            lines.last_mut().expect("a line").push(c);
        }
    }
    lines
}

fn drawn(x: i32, y: i32, text: &str) -> String {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
    format!("BT /F1 {SIZE} Tf 1 0 0 1 {x} {y} Tm <{hex}> Tj ET\n")
}

/// A PDF of pages that draw this.
pub fn file(pages: &[String]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), pages.len()),
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>".to_owned(),
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/DW 1000/W[1 95 500]/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>".to_owned(),
    ];
    for page in pages {
        let number = objects.len() + 2;
        let (wide, high) = PAGE;
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Resources<</Font<</F1 3 0 R>>>>/Contents {number} 0 R>>"
        ));
        objects.push(format!("<</Length {}>>\nstream\n{page}\nendstream", page.len()));
    }
    raw_pdf(&objects)
}

/// A PDF of these objects, the first of which is its catalogue.
pub fn raw_pdf(objects: &[String]) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", out.len()).expect("a string");
        write!(out, "{} 0 obj\n{object}\nendobj\n", number + 1).expect("a string");
    }
    let start = out.len();
    write!(out, "{table}trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF", objects.len() + 1)
        .expect("a string");
    out.into_bytes()
}
