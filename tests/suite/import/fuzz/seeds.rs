//! What is changed: pages of the official form and small ones with all that a kind of file has beside it. In: a source of chance; out:
//! the bytes of a file.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use fastrand::Rng;
use zip::write::SimpleFileOptions;

use super::super::page::{self, Piece, Table};
use super::super::report::Report;
use super::change::{Words, change_bytes, changed};
use super::words;

/// The pages: the small ones first, the whole form last.
fn pages() -> [Vec<Piece>; 3] {
    let whole = Report::random(&mut Rng::with_seed(1)).pieces();
    let tables = || whole.iter().filter(|piece| matches!(piece, Piece::Table(_)));
    let few = |table: usize| whole[..3].iter().chain(tables().nth(table)).cloned().collect();
    [few(0), few(2), whole.clone()]
}

/// One of several texts; the last, which is the longest, less often.
fn some<'a, T>(of: &'a [T], random: &mut Rng) -> &'a T {
    if random.u8(..12) == 0 { &of[of.len() - 1] } else { &of[random.usize(..of.len() - 1)] }
}

/// A file whose bytes may be changed too.
fn finished(mut bytes: Vec<u8>, random: &mut Rng) -> Vec<u8> {
    if random.u8(..6) == 0 {
        change_bytes(&mut bytes, random);
    }
    bytes
}

/// Web pages, and archives of them.
pub fn html() -> impl Fn(&mut Rng) -> Vec<u8> {
    const ODD: &str = "<html><head><title>某局2024年年报</title><style>.a{display:none}</style></head><body><div class=a>导航</div><h1>某局2024年政府信息公开工作年度报告</h1><p>一、<b>总体</b>情况&nbsp;</p><ol start=\"3\"><li>甲<ul><li>乙</li></ul></li></ol><dl><dt>电话：</dt><dd>010</dd></dl><table><caption>表</caption><thead><tr><th rowspan=\"2\">项</th><th colspan=\"2\">数</th></tr><tr><th>一</th><th>二</th></tr></thead><tbody><tr><td>甲</td><td>1<sup>①</sup></td><td><table><tr><td>2</td></tr></table></td></tr></tbody></table><iframe srcdoc=\"&lt;p&gt;丙\"></iframe><img src=\"a.png\"><pre>甲  1\n乙  2</pre></body></html>";
    const ARCHIVE: &str = "From: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"; type=\"text/html\"\r\n\r\n--b\r\nContent-Type: text/html; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: file:///a.htm\r\n\r\n<html><body><p>=E4=B8=80=E3=80=81</p><table><tr><td rowspan=3D\"2\">=E7=94=B2</td><td>1</td></tr><tr><td>2</td></tr></table><iframe src=3D\"cid:c\"></iframe></body></html>\r\n--b\r\nContent-Type: text/html\r\nContent-ID: <c>\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+55SyPC9wPg==\r\n--b--\r\n";
    let mut seeds = vec![ODD.to_owned(), ARCHIVE.to_owned()];
    seeds.extend(pages().map(|pieces| String::from_utf8(page::html(&pieces)).expect("text")));
    move |random| {
        let text = changed(some::<String>(&seeds, random), &seeds, &words::HTML, random);
        finished(encoded(&text, random), random)
    }
}

/// A text in one of the encodings that there are.
fn encoded(text: &str, random: &mut Rng) -> Vec<u8> {
    match random.u8(..16) {
        0 | 1 => encoding_rs::GBK.encode(text).0.into_owned(),
        2 => encoding_rs::BIG5.encode(text).0.into_owned(),
        3 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        4 => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
        5 => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        6 => format!("\u{feff}{text}").into_bytes(),
        _ => text.as_bytes().to_vec(),
    }
}

/// A text by itself.
pub fn text() -> impl Fn(&mut Rng) -> Vec<u8> {
    let mut seeds = vec![
        "某局2024年政府信息公开工作年度报告\n\n一、总体情况\n　　全年主动公开 12 条。\n\n项目        一    二    计\n甲          1     2     3\n乙          4     5     9\n".to_owned(),
        "# 某局2024年年报\n\n## 一、总体情况\n\n1. 甲\n   - 乙\n\n| 项 | 一 | 二 |\n|:--|--:|---|\n| 甲 | 1 | 2 |\n| 乙 \\| 丙 | **3** | 4 |\n\n<table><tr><td rowspan=\"2\">甲</td><td>1</td></tr><tr><td>2</td></tr></table>\n".to_owned(),
    ];
    seeds.extend(pages().iter().flat_map(|pieces| ["\t", " | ", "    "].map(|between| plain(pieces, between))));
    move |random| {
        let text = changed(some::<String>(&seeds, random), &seeds, &words::TEXT, random);
        finished(encoded(&text, random), random)
    }
}

/// A page as text, with this between its cells.
fn plain(pieces: &[Piece], between: &str) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => writeln!(text, "{words}\n").expect("a string"),
            Piece::Table(table) => {
                for row in squares(table) {
                    let cells: Vec<&str> = row.iter().map(|cell| cell.map_or("", |cell| cell.text.as_str())).collect();
                    writeln!(text, "{}", cells.join(between)).expect("a string");
                }
            }
        }
    }
    text
}

/// For each square of a table the cell that begins there.
fn squares(table: &Table) -> Vec<Vec<Option<&page::Cell>>> {
    let mut squares = vec![vec![None; table.columns]; table.rows];
    for cell in &table.cells {
        squares[cell.row][cell.column] = Some(cell);
    }
    squares
}

/// The parts of an archive, by their names.
type Parts = Vec<(&'static str, String)>;

/// Archives of which one or two parts are changed, and then perhaps the whole.
fn archives(seeds: Vec<Parts>, main: &'static str, words: &'static Words) -> impl Fn(&mut Rng) -> Vec<u8> {
    let texts: Vec<String> = seeds.iter().flatten().map(|(_, text)| text.clone()).collect();
    move |random| {
        let mut parts = some(&seeds, random).clone();
        for _ in 0..random.u8(1..=2) {
            let main = parts.iter().position(|(name, _)| *name == main).expect("a main part");
            let part = if random.u8(..4) > 0 { main } else { random.usize(..parts.len()) };
            parts[part].1 = changed(&parts[part].1, &texts, words, random);
        }
        let bytes = match random.u8(..8) {
            // Only Word's files may be one file of XML too.
            0 if main.starts_with("word/") => flat(&parts),
            one => zipped(&parts, one == 1),
        };
        finished(bytes, random)
    }
}

fn zipped(parts: &Parts, is_packed: bool) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let packed = is_packed && *name != "mimetype";
        let method = if packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(*name, options).expect("an archive");
        archive.write_all(text.as_bytes()).expect("an archive");
    }
    archive.finish().expect("an archive").into_inner()
}

/// The parts in one file of XML.
fn flat(parts: &Parts) -> Vec<u8> {
    let part = |(name, text): &(&str, String)| {
        format!("<pkg:part pkg:name=\"/{name}\"><pkg:xmlData>{text}</pkg:xmlData></pkg:part>")
    };
    let inner: String = parts.iter().map(part).collect();
    let space = "http://schemas.microsoft.com/office/2006/xmlPackage";
    format!("<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"{space}\">{inner}</pkg:package>").into_bytes()
}

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(of: &[(&str, &str, &str)]) -> String {
    let relation = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let inner: String = of.iter().map(relation).collect();
    format!(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{inner}</Relationships>"
    )
}

/// Word files.
pub fn docx() -> impl Fn(&mut Rng) -> Vec<u8> {
    let body = |pieces: &[Piece]| {
        let bytes = page::docx(pieces);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        std::io::read_to_string(archive.by_name("word/document.xml").expect("a part")).expect("text")
    };
    let odd = "<w:p><w:pPr><w:pStyle w:val=\"1\"/></w:pPr><w:r><w:t>某局2024年年报</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>甲</w:t><w:footnoteReference w:id=\"1\"/></w:r></w:p><w:tbl><w:tblGrid><w:gridCol w:w=\"8\"/><w:gridCol w:w=\"8\"/></w:tblGrid><w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr><w:tc><w:tcPr><w:vMerge w:val=\"restart\"/></w:tcPr><w:p><w:r><w:t>项</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>1</w:t></w:r></w:ins></w:p></w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl><w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>5</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r><w:r><w:sym w:font=\"Wingdings\" w:char=\"F052\"/></w:r></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:sdtContent></w:sdt>";
    let bodies = [format!("{}<w:body>{odd}</w:body></w:document>", page::HEAD)];
    let bodies = bodies.into_iter().chain(pages().map(|pieces| body(&pieces)));
    let word = page::HEAD.trim_start_matches("<w:document").trim_end_matches('>');
    let seeds = bodies.map(|body| {
        vec![
            ("_rels/.rels", relations(&[("a", "officeDocument", "word/document.xml")])),
            ("word/_rels/document.xml.rels", relations(&[("s", "styles", "styles.xml"), ("n", "numbering", "numbering.xml")])),
            ("word/document.xml", body),
            ("word/styles.xml", format!("<w:styles{word}><w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"2\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"2\"><w:basedOn w:val=\"1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style></w:styles>")),
            ("word/numbering.xml", format!("<w:numbering{word}><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"3\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>")),
            ("word/footnotes.xml", format!("<w:footnotes{word}><w:footnote w:id=\"1\"><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:footnotes>")),
            ("docProps/core.xml", "<a xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>年报</dc:title></a>".to_owned()),
        ]
    });
    archives(seeds.collect(), "word/document.xml", &words::DOCX)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Sheets as Excel keeps them.
pub fn xlsx() -> impl Fn(&mut Rng) -> Vec<u8> {
    const ODD: &str = "<cols><col min=\"3\" max=\"3\" hidden=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>内</t><r><t>联</t></r></is></c></row><row><c t=\"b\"><v>1</v></c><c><f>1/2</f><v>0.30000000000000004</v></c><c s=\"1\"><v>45000.5</v></c></row><row hidden=\"1\"><c><v>1</v></c></row><row r=\"9\"><c r=\"B9\" t=\"str\"><v>总计_x000D_</v></c><c t=\"e\"><v>#REF!</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B9:D12\"/></mergeCells>";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheets = [ODD.to_owned()].into_iter().chain(pages().map(|pieces| xlsx_sheet(&pieces)));
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"表 1\" sheetId=\"1\" r:id=\"s\"/><sheet name=\"隐\" sheetId=\"2\" state=\"hidden\" r:id=\"h\"/></sheets></workbook>"
    );
    let seeds = sheets.map(|sheet| {
        vec![
            ("_rels/.rels", relations(&[("a", "officeDocument", "xl/workbook.xml")])),
            ("xl/_rels/workbook.xml.rels", relations(&[("s", "worksheet", "one.xml"), ("h", "worksheet", "hidden.xml"), ("t", "sharedStrings", "strings.xml"), ("y", "styles", "styles.xml")])),
            ("xl/workbook.xml", book.clone()),
            ("xl/one.xml", format!("<worksheet xmlns=\"{MAIN}\">{sheet}</worksheet>")),
            ("xl/hidden.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>")),
            ("xl/strings.xml", format!("<sst xmlns=\"{MAIN}\"><si><t>某局2024年年报</t></si><si><r><t>共</t></r><r><t xml:space=\"preserve\"> 享</t></r></si></sst>")),
            ("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy/m/d h:mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>")),
        ]
    });
    archives(seeds.collect(), "xl/one.xml", &words::XLSX)
}

/// The name of a column of a sheet.
fn letters(column: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number).expect("a letter"));
    if column < 26 { letter(column).into() } else { format!("{}{}", letter(column / 26 - 1), letter(column % 26)) }
}

fn xlsx_sheet(pieces: &[Piece]) -> String {
    let (mut rows, mut merges, mut row) = (String::new(), String::new(), 0);
    let put = |rows: &mut String, row: usize, column: usize, text: &str| {
        let at = format!("{}{}", letters(column), row + 1);
        match text.parse::<u32>() {
            Ok(number) => write!(rows, "<c r=\"{at}\"><v>{number}</v></c>"),
            Err(_) => write!(rows, "<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
        }
        .expect("a string");
    };
    for piece in pieces {
        match piece {
            Piece::Words(words) => {
                write!(rows, "<row r=\"{}\">", row + 1).expect("a string");
                put(&mut rows, row, 0, words);
                rows.push_str("</row>");
                row += 1;
            }
            Piece::Table(table) => {
                for (below, squares) in squares(table).iter().enumerate() {
                    write!(rows, "<row r=\"{}\">", row + below + 1).expect("a string");
                    for (column, cell) in squares.iter().enumerate() {
                        let Some(cell) = cell else { continue };
                        put(&mut rows, row + below, column, &cell.text);
                        if cell.rowspan * cell.colspan > 1 {
                            let last = (letters(column + cell.colspan - 1), row + below + cell.rowspan);
                            let first = (letters(column), row + below + 1);
                            write!(merges, "<mergeCell ref=\"{}{}:{}{}\"/>", first.0, first.1, last.0, last.1)
                                .expect("a string");
                        }
                    }
                    rows.push_str("</row>");
                }
                row += table.rows;
            }
        }
    }
    format!("<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>")
}

/// Sheets as LibreOffice keeps them.
pub fn ods() -> impl Fn(&mut Rng) -> Vec<u8> {
    const ODD: &str = "<table:table table:name=\"表\"><table:table-column table:number-columns-repeated=\"3\"/><table:table-row table:number-rows-repeated=\"2\"><table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"2\"><text:p>某局<text:s text:c=\"2\"/>2024年年报</text:p><text:p>二</text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type=\"float\" office:value=\"12\"><text:p>12.00</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell table:number-columns-repeated=\"2\"/><table:table-cell office:value-type=\"date\" office:date-value=\"2024-01-31T00:00:00\"/><table:table-cell table:number-columns-repeated=\"1021\"/></table:table-row><table:table-row table:visibility=\"collapse\"><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/></table:table-row><table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row></table:table>";
    let tables = [ODD.to_owned()].into_iter().chain(pages().map(|pieces| ods_table(&pieces)));
    let odf = "urn:oasis:names:tc:opendocument:xmlns";
    let seeds = tables.map(|table| {
        let content = format!("<office:document-content xmlns:office=\"{odf}:office:1.0\" xmlns:table=\"{odf}:table:1.0\" xmlns:text=\"{odf}:text:1.0\" xmlns:style=\"{odf}:style:1.0\"><office:automatic-styles><style:style style:name=\"a\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>");
        vec![("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()), ("content.xml", content)]
    });
    archives(seeds.collect(), "content.xml", &words::ODS)
}

fn ods_table(pieces: &[Piece]) -> String {
    let mut rows = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => {
                let words = escaped(words);
                write!(rows, "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{words}</text:p></table:table-cell></table:table-row>").expect("a string");
            }
            Piece::Table(table) => {
                for squares in squares(table) {
                    rows.push_str("<table:table-row>");
                    for cell in squares {
                        let Some(cell) = cell else {
                            rows.push_str("<table:covered-table-cell/>");
                            continue;
                        };
                        let (across, down, text) = (cell.colspan, cell.rowspan, escaped(&cell.text));
                        write!(rows, "<table:table-cell table:number-columns-spanned=\"{across}\" table:number-rows-spanned=\"{down}\"><text:p>{text}</text:p></table:table-cell>").expect("a string");
                    }
                    rows.push_str("</table:table-row>");
                }
            }
        }
    }
    format!("<table:table table:name=\"表\">{rows}</table:table>")
}

/// PDFs.
pub fn pdf() -> impl Fn(&mut Rng) -> Vec<u8> {
    let objects = |bytes: Vec<u8>| -> Vec<String> {
        let text = String::from_utf8(bytes).expect("text");
        let objects = text.split("\nendobj\n").filter_map(|object| Some(object.split_once(" 0 obj\n")?.1.to_owned()));
        objects.collect()
    };
    let seeds: Vec<Vec<String>> =
        [odd_pdf()].into_iter().chain(pages().map(|pieces| objects(page::pdf(&pieces)))).collect();
    let texts: Vec<String> = seeds.iter().flatten().filter(|text| text.len() < 20_000).cloned().collect();
    move |random| {
        let mut objects = some(&seeds, random).clone();
        for _ in 0..random.u8(1..=3) {
            let number = random.usize(..objects.len());
            objects[number] = changed(&objects[number], &texts, &words::PDF, random);
        }
        let number = random.usize(..objects.len());
        if random.u8(..6) == 0
            && let Some(packed) = packed(&objects[number])
        {
            objects[number] = packed;
        }
        if random.u8(..4) > 0 {
            objects.iter_mut().for_each(measured);
        }
        let bytes = page::raw_pdf(&objects);
        let bytes = if random.u8(..12) == 0 {
            // What stands between and behind the objects.
            changed(&String::from_utf8_lossy(&bytes), &texts, &words::PDF, random).into_bytes()
        } else {
            bytes
        };
        finished(bytes, random)
    }
}

/// Where the content of a stream begins and ends.
fn content(object: &str) -> Option<(usize, usize)> {
    let from = object.find("stream\n")? + 7;
    let to = object.rfind("\nendstream").filter(|to| *to >= from)?;
    Some((from, to))
}

/// Gives a stream the length that it has.
fn measured(object: &mut String) {
    let Some((from, to)) = content(object) else { return };
    let Some(at) = object[..from].find("/Length ") else { return };
    let at = at + "/Length ".len();
    let digits = object[at..].find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    object.replace_range(at..at + digits, &(to - from).to_string());
}

/// A stream as most files keep it.
fn packed(object: &str) -> Option<String> {
    let (from, to) = content(object)?;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&object.as_bytes()[from..to]).ok()?;
    let mut hex = String::new();
    for byte in encoder.finish().ok()? {
        write!(hex, "{byte:02x}").ok()?;
    }
    let head = object[..from].replacen("/Length", "/Filter[/ASCIIHexDecode/FlateDecode]/Length", 1);
    Some(format!("{head}{hex}>\nendstream"))
}

/// A page with what pages of the tests do not have: tags, a drawing, a picture, a field, fonts that say less or more.
fn odd_pdf() -> Vec<String> {
    let stream =
        |entries: &str, content: &str| format!("<<{entries}/Length {}>>\nstream\n{content}\nendstream", content.len());
    let drawn = "/P <</MCID 0>> BDC BT /F1 16 Tf 1 0 0 1 100 700 Tm <67d05c4000320030003200345e745e7462a5> Tj ET EMC\n/P <</MCID 1>> BDC BT /F2 10 Tf 100 680 Td (aa) Tj ET EMC\n/Artifact BMC BT /F3 8 Tf 1 0 0 1 300 30 Tm [(- 1) -200 (-)] TJ ET EMC\nq 600 0 0 800 0 0 cm /I Do Q /X Do\n0.5 w 100 600 m 300 600 l 100 580 m 300 580 l 100 560 m 300 560 l 100 560 m 100 600 l 200 560 m 200 600 l 300 560 m 300 600 l S\nBT /F1 8 Tf 1 0 0 1 105 586 Tm <7532> Tj 1 0 0 1 205 586 Tm <0031> Tj 1 0 0 1 105 566 Tm <4e59> Tj 0 1 -1 0 290 566 Tm <0032> Tj ET\n100 540 100 1 re 200 520 1 20 re f q 10 10 50 50 re W n BT /F1 8 Tf 3 Tr 20 20 Td <9690> Tj ET Q\n";
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <2d> <002d> <31> <0031> endbfchar 1 beginbfrange <20> <2c> <0020> endbfrange endcmap";
    vec![
        "<</Type/Catalog/Pages 2 0 R/StructTreeRoot 7 0 R/MarkInfo<</Marked true>>/AcroForm<</Fields[14 0 R]>>>>".into(),
        "<</Type/Pages/Kids[5 0 R]/Count 1>>".into(),
        "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>".into(),
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/DW 1000/W[1 95 500]/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>".into(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Rotate 0/Annots[14 0 R]/StructParents 0/Resources<</Font<</F1 3 0 R/F2 9 0 R/F3 11 0 R>>/XObject<</I 13 0 R/X 16 0 R>>>>/Contents 6 0 R>>".into(),
        stream("", drawn),
        "<</Type/StructTreeRoot/K[8 0 R]/RoleMap<</Standard/P>>>>".into(),
        "<</S/Document/K[<</S/H1/Pg 5 0 R/K 0>><</S/Table/Pg 5 0 R/K[<</S/TR/K[<</S/TH/A<</O/Table/ColSpan 2/RowSpan 1>>/K 1>><</S/TD/K[<</Type/MCR/Pg 5 0 R/MCID 1>>]>>]>>]>>]>>".into(),
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<</a 10 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[1000]>>".into(),
        stream("", "1000 0 0 0 750 750 d1 0 0 750 750 re f"),
        "<</Type/Font/Subtype/TrueType/BaseFont/Helvetica/FirstChar 32/LastChar 50/Widths[500 500 500 500]/ToUnicode 12 0 R/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[45/hyphen]>>>>".into(),
        stream("", map),
        stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x"),
        "<</Type/Annot/Subtype/Widget/FT/Tx/Rect[205 561 295 579]/AP<</N 15 0 R>>>>".into(),
        stream("/Type/XObject/Subtype/Form/BBox[0 0 90 20]/Resources<</Font<</F1 3 0 R>>>>", "BT /F1 8 Tf 2 5 Td <00310032> Tj ET"),
        stream("/Type/XObject/Subtype/Form/BBox[0 0 90 20]/Matrix[1 0 0 1 5 5]/Resources<</Font<</F1 3 0 R>>/XObject<</X 16 0 R>>>>", "BT /F1 8 Tf 2 5 Td <4e00> Tj ET /X Do"),
    ]
}
