//! PDFs written out for tests. In: what a page draws; out: the bytes of a file.

use std::collections::BTreeMap;

/// A PDF in the making: pages of 600 by 800 points, whose font `/F1` takes UTF-16 and says nothing of characters but its name.
#[derive(Default)]
pub(super) struct Sample {
    /// Its objects beside pages and fonts, by their numbers, which begin at 200.
    pub objects: BTreeMap<usize, Vec<u8>>,
    /// What its pages draw.
    pub pages: Vec<String>,
    /// Entries of its catalogue.
    pub catalog: String,
    /// Entries of each page.
    pub page: String,
    /// Entries of its trailer.
    pub trailer: String,
    /// Its drawings, as entries of the resources.
    pub drawings: String,
}

impl Sample {
    /// A PDF of pages that draw this.
    pub(super) fn of(pages: &[&str]) -> Self {
        Self { pages: pages.iter().map(|page| (*page).to_owned()).collect(), ..Self::default() }
    }

    /// Adds an object.
    pub(super) fn with(mut self, number: usize, object: impl Into<Vec<u8>>) -> Self {
        self.objects.insert(number, object.into());
        self
    }

    /// Sets the entries of its trailer.
    pub(super) fn with_trailer(mut self, trailer: &str) -> Self {
        self.trailer = trailer.to_owned();
        self
    }

    /// The bytes of the file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut objects = self.objects.clone();
        let kids: Vec<String> = (0..self.pages.len()).map(|page| format!("{} 0 R", 10 + 2 * page)).collect();
        objects.insert(1, format!("<</Type/Catalog/Pages 2 0 R {}>>", self.catalog).into());
        let pages = format!("<</Type/Pages/Kids[{}]/Count {}>>", kids.join(" "), kids.len());
        objects.entry(2).or_insert_with(|| pages.into());
        objects.insert(
            3,
            "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>".into(),
        );
        objects.insert(4, FONT.into());
        objects.insert(5, TYPE3.into());
        objects.insert(6, stream("1000 0 0 0 750 750 d1 0 0 750 750 re f"));
        for (index, page) in self.pages.iter().enumerate() {
            let resources = format!("<</Font<</F1 3 0 R/F2 5 0 R>>/XObject<<{}>>>>", self.drawings);
            let number = 10 + 2 * index;
            let entries =
                format!("/Parent 2 0 R/MediaBox[0 0 600 800]/Resources {resources}/Contents {} 0 R", number + 1);
            objects.insert(number, format!("<</Type/Page {entries} {}>>", self.page).into());
            objects.insert(number + 1, stream(page));
        }
        file(&objects, &self.trailer)
    }
}

const FONT: &str = "<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/DW 1000/W[1 95 500]\
                    /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>";
const TYPE3: &str = "<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a 6 0 R>>\
                     /Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1000]>>";

/// A stream of instructions.
pub(super) fn stream(content: &str) -> Vec<u8> {
    format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()).into()
}

/// A drawing, or a picture, that pages can draw.
pub(super) fn drawing(entries: &str, content: &str) -> Vec<u8> {
    format!("<</Type/XObject {entries}/Length {}>>\nstream\n{content}\nendstream", content.len()).into()
}

fn file(objects: &BTreeMap<usize, Vec<u8>>, trailer: &str) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut table = String::from("xref\n0 1\n0000000000 65535 f \n");
    for (number, object) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", bytes.len());
        bytes.extend(format!("{number} 0 obj\n").bytes().chain(object.iter().copied()).chain(*b"\nendobj\n"));
    }
    let start = bytes.len();
    let size = objects.keys().last().map_or(0, |last| last + 1);
    let end = format!("{table}trailer\n<</Size {size}/Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF");
    bytes.extend(end.bytes());
    bytes
}

/// Draws a text of size 10 at a place counted from below.
pub(super) fn text(x: i32, y: i32, text: &str) -> String {
    turned(&format!("1 0 0 1 {x} {y}"), text)
}

/// Draws a text of size 10 under a matrix.
pub(super) fn turned(matrix: &str, text: &str) -> String {
    let hex: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
    format!("BT /F1 10 Tf {matrix} Tm <{hex}> Tj ET\n")
}

/// Marks what is drawn with a number.
pub(super) fn marked(number: i32, drawn: &str) -> String {
    format!("/P <</MCID {number}>> BDC {drawn} EMC\n")
}

/// Draws a table of cells 100 wide and 20 high, with its upper left corner at (100, `top`), and the words in them. Without
/// `bottom`, its last line is not drawn.
pub(super) fn table(top: i32, rows: &[&[&str]], bottom: bool) -> String {
    let columns = rows.first().map_or(0, |row| row.len()) as i32;
    let count = rows.len() as i32;
    let mut drawn = String::new();
    for row in 0..count + i32::from(bottom) {
        drawn += &format!("100 {y} m {} {y} l S\n", 100 + 100 * columns, y = top - 20 * row);
    }
    for column in 0..=columns {
        drawn += &format!("{x} {top} m {x} {} l S\n", top - 20 * count, x = 100 + 100 * column);
    }
    for (row, cells) in rows.iter().enumerate() {
        for (column, words) in cells.iter().enumerate().filter(|(_, words)| !words.is_empty()) {
            drawn += &text(105 + 100 * column as i32, top - 14 - 20 * row as i32, words);
        }
    }
    drawn
}
