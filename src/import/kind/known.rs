//! The kinds of files, and the numbers in their heads. In: bytes; out: [`Kind`], or a number.

/// A kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// PDF.
    Pdf,
    /// OFD, the Chinese standard for pages.
    Ofd,
    /// Word's files since 2007.
    Docx,
    /// Sheets of any age and maker: XLSX, XLSB, XLS, ODS.
    Sheet,
    /// A web page.
    Html,
    /// A web page with all that belongs to it in one file, as Word, WPS and browsers save it.
    Mhtml,
    /// Plain text.
    Text,
    /// What only an office program reads, which makes a DOCX of it; it goes by names, so this is what the name must end in.
    Convertible(&'static str),
}

/// A number of up to eight bytes at a place, the least first; none where the bytes end before it.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    let number =
        bytes.iter().rev().try_fold(0_u64, |number, byte| Some(number.checked_mul(256)? + u64::from(*byte)))?;
    usize::try_from(number).ok()
}
