//! XLSX. In: the bytes of a file; out: its sheets, with what each cell holds: numbers in the digits that are stored, dates as ISO 8601
//! writes them, results of formulas as they were when the file was written.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::super::blocks::{Limit, Unread};
use super::super::package::Parts;
use super::super::xml::{Element, Family, Token, Xml, damaged};
use super::squares::{At, MOST_BYTES, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Sheet};

/// How many sheets are read.
const MOST_SHEETS: usize = 200;
/// The number of a day in the count from 4713 BC that is day 0 here, and in files that count from 1904.
const DAY_ZERO: i32 = 2_415_019;
const DAY_ZERO_1904: i32 = 2_416_481;
/// How many significant digits Excel keeps of a number: more are of its binary form only.
const DIGITS: u32 = 15;

/// What cells of a file refer to.
#[derive(Debug, Default)]
struct Book {
    /// Name, and the name of its part, of each sheet that is seen.
    sheets: Vec<(String, String)>,
    counts_from_1904: bool,
    strings: Vec<String>,
    /// What a number shows as in a cell of each style.
    shows: Vec<Shows>,
}

/// What a number shows as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    /// Its digits.
    #[default]
    Digits,
    /// A date or a time.
    Date,
    /// A thousandth of it, or another part: nobody sees the digits that the file keeps.
    Part,
}

/// Reads the sheets that are seen.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let mut parts = Parts::zip(bytes)?;
    let main = parts.main("sheet", "xl/workbook.xml")?;
    let relations = parts.relations(&main)?;
    let mut book = Book::default();
    let mut text = parts.open(&main)?.ok_or_else(|| damaged(format!("there is no {main}")))?;
    book.take_sheets(&mut text)?;
    drop(text);
    if let Some(name) = relations.target("sharedStrings")
        && let Some(mut xml) = parts.open(name)?
    {
        book.take_strings(&mut xml)?;
    }
    if let Some(name) = relations.target("styles")
        && let Some(mut xml) = parts.open(name)?
    {
        book.take_styles(&mut xml)?;
    }
    let mut sheets = Vec::new();
    let (mut cells, mut bytes) = (0, 0);
    for (name, id) in &book.sheets {
        let Some(part) = relations.by_id(id) else { continue };
        let Some(mut xml) = parts.open(part)? else { continue };
        let sheet = book.sheet(name, &mut xml)?;
        cells += sheet.cells.len();
        bytes += sheet.bytes;
        if cells > MOST_CELLS || bytes > MOST_BYTES {
            return Err(Unread::TooLarge(Limit::Pieces));
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

impl Book {
    /// Takes the sheets that the book lists.
    fn take_sheets(&mut self, xml: &mut Xml<'_>) -> Result<(), Unread> {
        let mut is_book = false;
        loop {
            match xml.next()? {
                Token::Open(element) if element.is(Family::Sheet, "workbook") => is_book = true,
                Token::Open(element) if element.is(Family::Sheet, "workbookPr") => {
                    self.counts_from_1904 = element.attribute("date1904").is_some_and(|value| is_on(&value));
                }
                Token::Open(element) if element.is(Family::Sheet, "sheet") => {
                    let is_seen = element.attribute("state").is_none_or(|state| state == "visible");
                    let id = element.attribute_of(Family::Reference, "id");
                    let sheet = element.attribute("name").zip(id).filter(|_| is_seen);
                    self.sheets.extend(sheet);
                    if self.sheets.len() > MOST_SHEETS {
                        return Err(Unread::TooLarge(Limit::Pages));
                    }
                }
                Token::End if !is_book => return Err(damaged("there is no workbook")),
                Token::End => return Ok(()),
                Token::Open(_) | Token::Close | Token::Text(_) => {}
            }
        }
    }

    /// Takes the strings that cells share.
    fn take_strings(&mut self, xml: &mut Xml<'_>) -> Result<(), Unread> {
        let mut characters = 0;
        loop {
            let string = match xml.next()? {
                Token::Open(element) => element.is(Family::Sheet, "si"),
                Token::End => return Ok(()),
                Token::Close | Token::Text(_) => false,
            };
            if string {
                let string = words(xml)?;
                characters += string.len();
                self.strings.push(string);
                if characters > 4 * Limit::Pieces.most() || self.strings.len() > 2 * MOST_CELLS {
                    return Err(Unread::TooLarge(Limit::Pieces));
                }
            }
        }
    }

    /// Takes what numbers show as in cells of each style.
    fn take_styles(&mut self, xml: &mut Xml<'_>) -> Result<(), Unread> {
        let mut formats: Vec<(u32, Shows)> = Vec::new();
        let mut is_of_cells = false;
        loop {
            match xml.next()? {
                Token::Open(element) if element.is(Family::Sheet, "numFmt") && formats.len() < 10_000 => {
                    let id = element.attribute("numFmtId").and_then(|id| id.parse().ok());
                    let shows = element.attribute("formatCode").map(|code| shows(&code)).unwrap_or_default();
                    formats.extend(id.map(|id| (id, shows)));
                }
                Token::Open(element) if element.is(Family::Sheet, "cellXfs") => {
                    is_of_cells = true;
                    formats.sort_unstable();
                }
                Token::Open(element) if element.is(Family::Sheet, "cellStyles") => is_of_cells = false,
                Token::Open(element) if is_of_cells && element.is(Family::Sheet, "xf") => {
                    let id = element.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                    let own =
                        formats.binary_search_by_key(&id, |(id, _)| *id).ok().and_then(|index| formats.get(index));
                    // Those that every file has; from 27 on they are dates where the language is Chinese.
                    let is_date = matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58);
                    let known = if is_date { Shows::Date } else { Shows::Digits };
                    self.shows.push(own.map_or(known, |(_, shows)| *shows));
                }
                Token::End => return Ok(()),
                Token::Open(_) | Token::Close | Token::Text(_) => {}
            }
        }
    }

    /// Reads a sheet.
    fn sheet(&self, name: &str, xml: &mut Xml<'_>) -> Result<Sheet, Unread> {
        let mut sheet = Sheet { name: name.to_owned(), ..Sheet::default() };
        // Where the next cell and the next row are, for files that do not say.
        let (mut next, mut after): (At, u32) = ((0, 0), 0);
        loop {
            let cell = match xml.next()? {
                Token::Open(element) if element.family == Family::Sheet => match element.name() {
                    "row" => {
                        next = (number(&element, "r").map_or(after, |row| row.saturating_sub(1)), 0);
                        after = next.0.saturating_add(1);
                        if element.attribute("hidden").is_some_and(|value| is_on(&value)) {
                            sheet.rows.add(next.0, after);
                        }
                        None
                    }
                    "c" => Some(Held::of(&element, next)),
                    "col" => {
                        let ends = number(&element, "min").zip(number(&element, "max"));
                        let is_hidden = element.attribute("hidden").is_some_and(|value| is_on(&value));
                        if let Some((from, to)) = ends.filter(|(from, to)| is_hidden && *from > 0 && from <= to) {
                            sheet.columns.add(from - 1, to.min(MOST_COLUMNS));
                        }
                        None
                    }
                    "mergeCell" => {
                        let range = element.attribute("ref");
                        if let Some((from, to)) = range.as_deref().and_then(range_of) {
                            sheet.merged.entry(from).or_insert(to);
                        }
                        None
                    }
                    _ => None,
                },
                Token::End => return Ok(sheet),
                Token::Open(_) | Token::Text(_) => None,
                Token::Close => None,
            };
            if let Some(held) = cell {
                next = (held.at.0, held.at.1.saturating_add(1));
                let text = self.shown(&held, words(xml)?);
                sheet.set(held.at, &text)?;
            }
        }
    }

    /// What a cell shows that holds something.
    fn shown<'b>(&'b self, held: &Held, value: String) -> Cow<'b, str> {
        match held.kind.as_deref() {
            Some("s") => {
                let index = value.trim().parse::<usize>().ok();
                Cow::Borrowed(index.and_then(|index| self.strings.get(index)).map_or("", String::as_str))
            }
            Some("b") if value.trim() == "1" => Cow::Borrowed("TRUE"),
            Some("b") if !value.is_empty() => Cow::Borrowed("FALSE"),
            Some("str" | "inlineStr" | "e" | "d") => Cow::Owned(value),
            _ => {
                let digits = || digits(value.trim());
                Cow::Owned(match self.shows.get(held.style).copied().unwrap_or_default() {
                    Shows::Digits => digits(),
                    Shows::Date => date(value.trim(), self.counts_from_1904).unwrap_or_else(digits),
                    Shows::Part if value.trim().is_empty() => String::new(),
                    // A mark that is in no figure keeps it from being taken for one.
                    Shows::Part => format!("{}\u{fffd}", digits()),
                })
            }
        }
    }
}

/// A cell that holds something.
struct Held {
    at: At,
    kind: Option<String>,
    style: usize,
}

impl Held {
    /// The cell that an element begins.
    fn of(element: &Element<'_>, next: At) -> Self {
        let at = element.attribute("r").as_deref().and_then(square).unwrap_or(next);
        let style = element.attribute("s").and_then(|style| style.parse().ok()).unwrap_or(0);
        Self { at, kind: element.attribute("t"), style }
    }
}

/// The words of the element that began last: those of a cell or of a string, without formulas and without how they are spoken.
fn words(xml: &mut Xml<'_>) -> Result<String, Unread> {
    let mut words = String::new();
    let mut depth = 1;
    let (mut is_word, mut is_formula) = (false, false);
    while depth > 0 {
        let is_passed = match xml.next()? {
            Token::Open(element) => {
                is_word = element.family == Family::Sheet && matches!(element.name(), "t" | "v");
                depth += 1;
                is_formula |= element.family == Family::Sheet && element.name() == "f";
                matches!(element.name(), "f" | "rPh" | "extLst")
            }
            Token::Close => {
                depth -= 1;
                is_word = false;
                false
            }
            Token::Text(text) => {
                words.push_str(if is_word { &text } else { "" });
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
    if words.is_empty() && is_formula {
        // What a formula comes to is not blank, though the file does not say it.
        words.push('\u{fffd}');
    }
    Ok(words.replace("_x000D_", "").replace("\r\n", "\n"))
}

/// A number that an attribute gives.
fn number(element: &Element<'_>, name: &str) -> Option<u32> {
    element.attribute(name)?.trim().parse().ok()
}

/// Whether a switch is on.
fn is_on(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// A square by its name, such as `AB12`.
fn square(name: &str) -> Option<At> {
    let name = name.trim().replace('$', "");
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at_checked(letters)?;
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row: u32 = digits.parse().ok()?;
    let at = (row.checked_sub(1)?, column.checked_sub(1)?);
    (at.0 < MOST_ROWS && at.1 < MOST_COLUMNS).then_some(at)
}

/// The first square of a range, and what comes after its last row and column.
fn range_of(range: &str) -> Option<(At, At)> {
    let (from, to) = range.split_once(':')?;
    let (from, to) = (square(from)?, square(to)?);
    (from.0 <= to.0 && from.1 <= to.1).then_some((from, (to.0 + 1, to.1 + 1)))
}

/// A number in decimal digits, without those that only its binary form has: sheets keep fifteen that count.
pub(super) fn digits(value: &str) -> String {
    let number = match value.contains(['e', 'E']) {
        true => Decimal::from_scientific(value),
        false => Decimal::from_str_exact(value).or_else(|_| value.parse()),
    };
    let rounded = number.ok().and_then(|number| number.round_sf(DIGITS));
    rounded.map_or_else(|| value.to_owned(), |number| number.normalize().to_string())
}

/// What a number shows as by a format.
fn shows(format: &str) -> Shows {
    if is_date(format) {
        return Shows::Date;
    }
    let plain: String = format.split(';').next().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    // A comma behind the last place of a digit divides by a thousand, and a point that is written as it is divides nothing.
    let last = plain.rfind(['0', '#', '?']).map_or("", |at| &plain[at + 1..]);
    let is_part = last.starts_with(',') || plain.contains("!.") || plain.contains("\\.") || plain.contains("\".\"");
    if is_part { Shows::Part } else { Shows::Digits }
}

/// Whether a format shows a date or a time of day: it has one of their letters outside of words, colours and languages.
fn is_date(format: &str) -> bool {
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => drop(characters.find(|end| *end == '"')),
            '[' => {
                let inner: String = characters.by_ref().take_while(|end| *end != ']').collect();
                // How many hours there are in all is no time of day.
                if !inner.is_empty() && inner.chars().all(|one| matches!(one, 'h' | 'H' | 'm' | 'M' | 's' | 'S')) {
                    return false;
                }
            }
            '\\' | '_' | '*' => drop(characters.next()),
            ';' => return false,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// A count of days as a date, a time, or both.
fn date(value: &str, counts_from_1904: bool) -> Option<String> {
    let number: f64 = value.parse().ok()?;
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    let written = format!("{number:.8}");
    let (days, part) = written.split_once('.')?;
    let (days, part): (i32, u64) = (days.parse().ok()?, part.parse().ok()?);
    // Rounded to the second; a day has this many.
    let seconds = (part * 86_400 + 50_000_000) / 100_000_000;
    let (days, seconds) = if seconds == 86_400 { (days + 1, 0) } else { (days, seconds) };
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if days == 0 && !counts_from_1904 {
        return Some(time);
    }
    // Excel has a 29th of February in 1900.
    let zero = if counts_from_1904 { DAY_ZERO_1904 } else { DAY_ZERO + i32::from(days < 60) };
    let date = time::Date::from_julian_day(zero + days).ok()?;
    let day = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
    Some(if seconds == 0 { day } else { format!("{day}T{time}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_show_a_part_of_a_number_are_known() {
        for format in ["0,", "0!.0,", "#,##0.00,,", "0\\.0", "0.0,\"千\""] {
            assert_eq!(shows(format), Shows::Part, "{format}");
        }
        for format in ["0", "#,##0", "0.00", "General", "#,##0.00;[Red]-#,##0.00", "0\"件\""] {
            assert_eq!(shows(format), Shows::Digits, "{format}");
        }
        assert_eq!(shows("yyyy\"年\"m\"月\""), Shows::Date);
    }
}
