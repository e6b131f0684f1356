//! Sheets as text, for spreadsheets and for programs. In: rows of [`Cell`]s; out: the bytes of a CSV file (RFC 4180) that Excel and WPS
//! open rightly in any country: UTF-8 with a byte order mark, by which they know it from the character set of the machine, and lines
//! that end as on Windows.

use std::borrow::Cow;
use std::io;

use rust_decimal::Decimal;

use crate::diag::{Code, Diagnostic, text};

/// By it Excel and WPS know that a file is UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text, which is never run as a formula; empty for a cell in which nothing stands.
    Text(Cow<'a, str>),
    /// A figure, written as it is.
    Figure(Decimal),
}

impl<'a> Cell<'a> {
    /// A cell with nothing in it.
    pub const BLANK: Self = Self::Text(Cow::Borrowed(""));

    /// A cell with text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    fn written(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => defused(text),
            Self::Figure(number) => number.to_string().into(),
        }
    }
}

/// The file of these rows, the heads first. A row may have fewer cells than another.
///
/// # Errors
/// It cannot be put together, which would be a fault of the program.
pub fn file<'a, R>(rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, Diagnostic>
where
    R: IntoIterator<Item = Cell<'a>>,
{
    written(rows).map_err(|error| {
        let message = text!("不能写成 CSV：{error}", "cannot be written as CSV: {error}");
        Diagnostic::error(Code::EngineFailed, message)
    })
}

fn written<'a, R>(rows: impl IntoIterator<Item = R>) -> io::Result<Vec<u8>>
where
    R: IntoIterator<Item = Cell<'a>>,
{
    let mut options = csv::WriterBuilder::new();
    let mut writer = options.flexible(true).terminator(csv::Terminator::CRLF).from_writer(MARK.to_vec());
    for row in rows {
        for cell in row {
            writer.write_field(cell.written().as_bytes())?;
        }
        // What ends a record that was written by fields.
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Text that no spreadsheet takes for a formula, whatever it begins with: an apostrophe in front says that it is text.
fn defused(text: &str) -> Cow<'_, str> {
    // In Chinese and Japanese, the wide forms are taken for the others.
    let begins_formula = |c: char| "=+-@＝＋－＠\t\r\n".contains(c);
    if text.starts_with(begins_formula) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(rows: &[&[Cell<'_>]]) -> String {
        let bytes = file(rows.iter().map(|row| row.iter().cloned())).expect("a file");
        String::from_utf8(bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("the mark").to_owned()
    }

    fn figure(number: &str) -> Cell<'static> {
        Cell::Figure(number.parse().expect("a number"))
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let row = [Cell::text("甲"), Cell::text("a,b"), Cell::text("a\"b"), Cell::text("a\nb"), Cell::text(" a ")];
        assert_eq!(text_of(&[&row]), "甲,\"a,b\",\"a\"\"b\",\"a\nb\", a \r\n");
        assert_eq!(text_of(&[&[Cell::BLANK], &[Cell::BLANK, Cell::BLANK], &[]]), "\"\"\r\n,\r\n\"\"\r\n");
        assert_eq!(text_of(&[]), "");
    }

    #[test]
    fn figures_are_written_as_they_are_and_formulas_are_text() {
        assert_eq!(text_of(&[&[figure("-1.50"), figure("0"), figure("1234567890.10")]]), "-1.50,0,1234567890.10\r\n");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x", "\t=1"] {
            assert_eq!(text_of(&[&[Cell::text(formula)]]), format!("'{formula}\r\n"));
        }
        assert_eq!(text_of(&[&[Cell::text("\r=1")]]), "\"'\r=1\"\r\n");
        for text in ["1-1", "a=b", "'=1", "/", "<1", "—", ""] {
            assert!(!text_of(&[&[Cell::text(text)]]).contains("'=") || text == "'=1", "{text}");
        }
        assert_eq!(text_of(&[&[Cell::text("/"), Cell::text("<1")]]), "/,<1\r\n");
    }
}
