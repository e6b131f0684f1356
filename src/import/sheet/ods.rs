//! ODS. In: the bytes of a file; out: its sheets, with what each cell holds.

use super::super::archive::Archive;
use super::super::blocks::{Limit, Unread};
use super::super::xml::{Element, Family, Token, Xml, damaged};
use super::squares::{At, MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Sheet};
use super::xlsx::digits;

/// How many styles of sheets are kept.
const MOST_STYLES: usize = 10_000;

/// Reads the sheets that are seen.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let mut archive = Archive::open(bytes)?;
    if let Some(mut xml) = archive.xml("META-INF/manifest.xml")? {
        loop {
            match xml.next()? {
                Token::Open(element) if element.is(Family::OdfManifest, "encryption-data") => {
                    return Err(Unread::Encrypted);
                }
                Token::End => break,
                Token::Open(_) | Token::Close | Token::Text(_) => {}
            }
        }
    }
    let mut xml = archive.xml("content.xml")?.ok_or_else(|| damaged("there is no content.xml"))?;
    let mut reader = Reader::default();
    reader.read(&mut xml)?;
    Ok(reader.sheets)
}

/// A cell of a row, and how many of them.
#[derive(Debug)]
struct Held {
    column: u32,
    count: u32,
    /// How many rows and columns it covers.
    span: (u32, u32),
    text: String,
}

/// What is known on the way.
#[derive(Debug, Default)]
struct Reader {
    /// Styles of hidden sheets, and the style that is being read.
    hidden: Vec<String>,
    style: Option<String>,
    sheets: Vec<Sheet>,
    sheet: Option<Sheet>,
    /// The row that is being read, how often it stands there, and the column after its last cell.
    row: u32,
    rows: u32,
    column: u32,
    /// What cells of it hold something.
    cells: Vec<Held>,
    /// How many cells were set, and what they show in bytes.
    total: usize,
    bytes: usize,
}

impl Reader {
    /// Reads the part that holds the sheets.
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), Unread> {
        loop {
            let mut cell = None;
            let mut is_passed = false;
            match xml.next()? {
                Token::Open(element) => match (element.family, element.name()) {
                    (Family::OdfStyle, "style") => self.style = element.attribute("name"),
                    (Family::OdfStyle, "table-properties") => {
                        let is_hidden = element.attribute_of(Family::OdfTable, "display").as_deref() == Some("false");
                        let style = self.style.take().filter(|_| is_hidden && self.hidden.len() < MOST_STYLES);
                        self.hidden.extend(style);
                    }
                    (Family::OdfTable, "table") => is_passed = !self.begin_sheet(&element)?,
                    (Family::OdfTable, "table-column") => self.column(&element),
                    (Family::OdfTable, "table-row") => {
                        self.end_row()?;
                        self.begin_row(&element);
                    }
                    (Family::OdfTable, "table-cell" | "covered-table-cell") => cell = Some(self.cell(&element)),
                    // Shapes over the cells, and what the file knows of its own changes.
                    (Family::OdfTable, "shapes" | "tracked-changes") => is_passed = true,
                    _ => {}
                },
                Token::Text(_) | Token::Close => {}
                Token::End => break,
            }
            if is_passed {
                xml.skip()?;
            }
            if let Some((held, value)) = cell {
                let shown = words(xml)?;
                let text = value.filter(|_| !shown.starts_with('#')).unwrap_or(shown);
                if !text.trim().is_empty() {
                    self.cells.push(Held { text, ..held });
                }
            }
        }
        self.end_sheet()
    }

    /// Begins a sheet; whether it is seen.
    fn begin_sheet(&mut self, element: &Element<'_>) -> Result<bool, Unread> {
        self.end_sheet()?;
        let style = element.attribute("style-name").unwrap_or_default();
        if self.hidden.contains(&style) {
            return Ok(false);
        }
        (self.row, self.rows, self.column) = (0, 0, 0);
        self.sheet = Some(Sheet { name: element.attribute("name").unwrap_or_default(), ..Sheet::default() });
        Ok(true)
    }

    /// Ends the sheet that is being read.
    fn end_sheet(&mut self) -> Result<(), Unread> {
        self.end_row()?;
        self.sheets.extend(self.sheet.take());
        Ok(())
    }

    /// Takes what is said of columns before the rows.
    fn column(&mut self, element: &Element<'_>) {
        let end = self.column.saturating_add(repeated(element, "number-columns-repeated")).min(MOST_COLUMNS);
        if let Some(sheet) = self.sheet.as_mut().filter(|_| is_hidden(element)) {
            sheet.columns.add(self.column, end);
        }
        self.column = end;
    }

    /// Begins a row.
    fn begin_row(&mut self, element: &Element<'_>) {
        self.rows = repeated(element, "number-rows-repeated");
        self.column = 0;
        if let Some(sheet) = self.sheet.as_mut().filter(|_| is_hidden(element)) {
            sheet.rows.add(self.row.min(MOST_ROWS), self.row.saturating_add(self.rows).min(MOST_ROWS));
        }
    }

    /// The cell that an element begins, and what it holds where that is no text.
    fn cell(&mut self, element: &Element<'_>) -> (Held, Option<String>) {
        let count = repeated(element, "number-columns-repeated");
        let span = (repeated(element, "number-rows-spanned"), repeated(element, "number-columns-spanned"));
        let held = Held { column: self.column, count, span, text: String::new() };
        self.column = self.column.saturating_add(count);
        (held, value(element))
    }

    /// Sets the cells of the row, as often as it stands there.
    fn end_row(&mut self) -> Result<(), Unread> {
        let cells = std::mem::take(&mut self.cells);
        let Some(sheet) = self.sheet.as_mut() else { return Ok(()) };
        let rows = if cells.is_empty() { 0 } else { self.rows };
        for row in self.row..self.row.saturating_add(rows).min(MOST_ROWS) {
            for held in &cells {
                for column in held.column..held.column.saturating_add(held.count).min(MOST_COLUMNS) {
                    let at: At = (row, column);
                    self.total += 1;
                    self.bytes += held.text.len();
                    if self.total > MOST_CELLS || self.bytes > MOST_BYTES {
                        return Err(Unread::TooLarge(Limit::Pieces));
                    }
                    sheet.set(at, &held.text)?;
                    if held.span != (1, 1) {
                        let to = (row.saturating_add(held.span.0), column.saturating_add(held.span.1));
                        sheet.merged.insert(at, (to.0.min(MOST_ROWS), to.1.min(MOST_COLUMNS)));
                    }
                }
            }
        }
        self.row = self.row.saturating_add(self.rows);
        self.rows = 0;
        Ok(())
    }
}

/// How often something stands there.
fn repeated(element: &Element<'_>, name: &str) -> u32 {
    element.attribute(name).and_then(|count| count.trim().parse().ok()).unwrap_or(1).max(1)
}

/// Whether rows or columns are hidden.
fn is_hidden(element: &Element<'_>) -> bool {
    element.attribute("visibility").is_some_and(|value| matches!(value.as_str(), "collapse" | "filter"))
}

/// What a cell holds, where that is no text.
fn value(element: &Element<'_>) -> Option<String> {
    let said = |name: &str| element.attribute_of(Family::OdfOffice, name);
    match said("value-type")?.as_str() {
        "float" | "percentage" | "currency" => said("value").map(|value| digits(value.trim())),
        "date" => said("date-value").map(|date| date.trim_end_matches("T00:00:00").to_owned()),
        "boolean" => said("boolean-value").map(|value| value.to_uppercase()),
        _ => None,
    }
}

/// What the element that began last shows: its paragraphs, parted by line feeds.
fn words(xml: &mut Xml<'_>) -> Result<String, Unread> {
    let mut words = String::new();
    let mut depth = 1;
    let mut within = 0_usize;
    let mut is_first = true;
    while depth > 0 {
        let is_passed = match xml.next()? {
            Token::Open(element) => {
                depth += 1;
                match (element.family, element.name()) {
                    (Family::OdfText, "p" | "h") if within == 0 => {
                        words.push_str(if std::mem::take(&mut is_first) { "" } else { "\n" });
                        within = depth;
                    }
                    (Family::OdfText, "s") => {
                        let count = element.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                        words.extend(std::iter::repeat_n(' ', count.min(1000)));
                    }
                    (Family::OdfText, "tab") => words.push('\t'),
                    (Family::OdfText, "line-break") => words.push('\n'),
                    _ => {}
                }
                element.is(Family::OdfOffice, "annotation") || element.is(Family::OdfTable, "table")
            }
            Token::Close => {
                within = if within == depth { 0 } else { within };
                depth -= 1;
                false
            }
            Token::Text(text) => {
                words.push_str(if within > 0 { &text } else { "" });
                false
            }
            Token::End => break,
        };
        if is_passed {
            xml.skip()?;
            depth -= 1;
        }
        if words.len() > 4 * Limit::Pieces.most() {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
    }
    Ok(words)
}
