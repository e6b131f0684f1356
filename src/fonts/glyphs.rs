//! Which characters a face draws, and how wide. In: a font file and the number of a face in it; out: [`Glyphs`], from the few
//! tables that say so: a Chinese font has some ten million bytes of outlines, which no one asks for here.

use std::io::{self, Read, Seek, SeekFrom};

use ttf_parser::{Face, RawFace, RawFaceTables, TableRecord, Tag};

/// How many bytes at the start of a file are looked at for the list of its tables. Collections have more of them.
const HEAD: u64 = 1 << 16;

/// The tables of a face that say which glyph stands for a character and how wide it is.
#[derive(Debug)]
pub struct Glyphs {
    head: Vec<u8>,
    hhea: Vec<u8>,
    maxp: Vec<u8>,
    hmtx: Vec<u8>,
    cmap: Vec<u8>,
}

impl Glyphs {
    /// The tables of the face with this number; `None` where the file has no such face.
    ///
    /// # Errors
    /// What was opened cannot be read.
    pub fn read(file: &mut (impl Read + Seek), index: u32) -> io::Result<Option<Self>> {
        let length = file.seek(SeekFrom::End(0))?;
        let whole = TableRecord { tag: Tag(0), check_sum: 0, offset: 0, length: length.try_into().unwrap_or(u32::MAX) };
        for most in [HEAD, length] {
            let start = TableRecord { length: whole.length.min(most.try_into().unwrap_or(u32::MAX)), ..whole };
            let start = table(file, Some(start), length)?;
            if let Ok(face) = RawFace::parse(&start, index) {
                let mut named = |name| {
                    let record = face.table_records.into_iter().find(|record| record.tag == Tag::from_bytes(name));
                    table(file, record, length)
                };
                return Ok(Some(Self {
                    head: named(b"head")?,
                    hhea: named(b"hhea")?,
                    maxp: named(b"maxp")?,
                    hmtx: named(b"hmtx")?,
                    cmap: named(b"cmap")?,
                }));
            }
        }
        Ok(None)
    }

    /// The face, as far as these tables go; `None` where it is damaged.
    pub fn face(&self) -> Option<Face<'_>> {
        Face::from_raw_tables(RawFaceTables {
            head: &self.head,
            hhea: &self.hhea,
            maxp: &self.maxp,
            hmtx: Some(&self.hmtx),
            cmap: Some(&self.cmap),
            ..RawFaceTables::default()
        })
        .ok()
    }
}

/// The bytes of a table; none where it is missing or said to lie beyond the end of the file, as a damaged font may say.
fn table(file: &mut (impl Read + Seek), record: Option<TableRecord>, length: u64) -> io::Result<Vec<u8>> {
    let within = |record: &TableRecord| u64::from(record.offset) + u64::from(record.length) <= length;
    let Some(record) = record.filter(within) else { return Ok(Vec::new()) };
    let mut bytes = Vec::new();
    let size = usize::try_from(record.length).unwrap_or(usize::MAX);
    bytes.try_reserve_exact(size)?;
    bytes.resize(size, 0);
    file.seek(SeekFrom::Start(record.offset.into()))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use super::*;
    use crate::needs::can_run;

    const FONTS: [&str; 3] = [
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolSong-Regular.otf",
    ];

    #[test]
    fn glyphs_and_widths_are_those_of_the_whole_file() {
        for font in FONTS {
            let bytes = fs::read(font);
            if !can_run(bytes.is_ok(), font, "FONTS") {
                continue;
            }
            let bytes = bytes.expect("a font");
            for index in 0..ttf_parser::fonts_in_collection(&bytes).unwrap_or(1) {
                let whole = Face::parse(&bytes, index).expect("a face");
                let glyphs = Glyphs::read(&mut Cursor::new(&bytes), index).expect("readable").expect("a face");
                let face = glyphs.face().expect("a face");
                assert_eq!(face.units_per_em(), whole.units_per_em());
                for c in ('\0'..'\u{ffff}').chain(['𠮷', '😀', '\u{10ffff}']) {
                    let glyph = whole.glyph_index(c);
                    assert_eq!(face.glyph_index(c), glyph, "{font} {index} {c}");
                    let wide = |face: &Face<'_>| glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
                    assert_eq!(wide(&face), wide(&whole), "{font} {index} {c}");
                }
            }
            let beyond = ttf_parser::fonts_in_collection(&bytes).unwrap_or(1);
            assert!(Glyphs::read(&mut Cursor::new(&bytes), beyond).expect("readable").is_none());
        }
    }

    #[test]
    fn what_is_no_font_has_no_faces_and_what_is_cut_off_no_characters() {
        let read = |bytes: &[u8]| Glyphs::read(&mut Cursor::new(bytes), 0).expect("readable");
        assert!(read(b"").is_none());
        assert!(read(b"no font at all").is_none());
        let bytes = fs::read(FONTS[0]);
        if !can_run(bytes.is_ok(), FONTS[0], "FONTS") {
            return;
        }
        let bytes = bytes.expect("a font");
        for length in [12, 100, 400, 5000, bytes.len() / 2, bytes.len() - 1] {
            let glyphs = read(&bytes[..length]);
            let drawn = glyphs.as_ref().and_then(Glyphs::face).and_then(|face| face.glyph_index('W'));
            let whole = Face::parse(&bytes[..length], 0).ok().and_then(|face| face.glyph_index('W'));
            assert_eq!(drawn, whole, "{length} bytes");
        }
    }
}
