use proptest::prelude::*;

use super::super::archive::made::archive;
use super::super::blocks::*;
use super::squares::*;
use super::*;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A file of XLSX with one sheet beside a hidden one.
fn xlsx(sheet: &str, book: &str, strings: &str, styles: &str) -> Vec<u8> {
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id='{id}' Type='{OFFICE}/{kind}' Target='{target}'/>")
    };
    let relations = |inner: &str| {
        format!(
            "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{inner}</Relationships>"
        )
    };
    let book = format!(
        "<x:workbook xmlns:x='{MAIN}' xmlns:r='{OFFICE}'>{book}<x:sheets><x:sheet name='隐' sheetId='2' state='hidden' r:id='h'/>
         <x:sheet name='表 1' sheetId='1' r:id='s'/></x:sheets></x:workbook>"
    );
    let inner = relation("h", "worksheet", "hidden.xml")
        + &relation("s", "worksheet", "/xl/one.xml")
        + &relation("t", "sharedStrings", "strings.xml")
        + &relation("y", "styles", "styles.xml");
    archive(&[
        ("_rels/.rels", relations(&relation("a", "officeDocument", "xl/workbook.xml")).as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations(&inner).as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/hidden.xml", sheet_of("<c r='A1' t='str'><v>no</v></c>").as_bytes()),
        ("xl/one.xml", sheet_of(sheet).as_bytes()),
        ("xl/strings.xml", format!("<sst xmlns='{MAIN}'>{strings}</sst>").as_bytes()),
        ("xl/styles.xml", format!("<styleSheet xmlns='{MAIN}'>{styles}</styleSheet>").as_bytes()),
    ])
}

fn sheet_of(inner: &str) -> String {
    format!("<worksheet xmlns='{MAIN}'>{inner}</worksheet>")
}

fn ods(styles: &str, tables: &str) -> Vec<u8> {
    let odf = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<o:document-content xmlns:o='{odf}:office:1.0' xmlns:table='{odf}:table:1.0' xmlns:text='{odf}:text:1.0' xmlns:style='{odf}:style:1.0'>
         <o:automatic-styles>{styles}</o:automatic-styles><o:body><o:spreadsheet>{tables}</o:spreadsheet></o:body></o:document-content>"
    );
    archive(&[("content.xml", content.as_bytes())])
}

fn shown(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for block in read(bytes).expect("a good file").blocks {
        match block {
            Block::Paragraph(paragraph) => {
                shown.push_str(&format!("P {} {}\n", paragraph.lines[0].place, paragraph.text()))
            }
            Block::Grid(grid) => {
                shown.push_str(&format!("G {}x{}\n", grid.rows, grid.columns));
                for cell in &grid.cells {
                    shown.push_str(&format!(
                        "{},{} {}x{} {} {:?}\n",
                        cell.row, cell.column, cell.rowspan, cell.colspan, cell.place, cell.text
                    ));
                }
            }
        }
    }
    shown
}

/// Cells of one row, each with its square, its kind and what it holds.
fn cells(cells: &[(&str, &str, &str)]) -> String {
    cells.iter().map(|(at, kind, value)| format!("<c r='{at}' {kind}><v>{value}</v></c>")).collect()
}

fn values(kinds: &[(&str, &str)], book: &str, strings: &str, styles: &str) -> Vec<String> {
    let cells: String = kinds.iter().map(|(kind, value)| format!("<c {kind}>{value}</c>")).collect();
    let bytes = xlsx(&format!("<row>{cells}<c t='str'><v>end</v></c></row>"), book, strings, styles);
    let document = read(&bytes).expect("a good file");
    let Some(Block::Grid(grid)) = document.blocks.into_iter().next() else { panic!("a table") };
    grid.cells.into_iter().map(|cell| cell.text).collect()
}

#[test]
fn cells_show_what_they_hold() {
    let kinds = [
        ("t='s'", "<v>1</v>"),
        ("t='inlineStr'", "<is><t>内</t><r><t>联</t></r></is>"),
        ("t='str'", "<f>A1&amp;B1</f><v>算</v>"),
        ("t='b'", "<v>1</v>"),
        ("t='e'", "<v>#REF!</v>"),
        ("", "<v>12</v>"),
        ("", "<f>1/2</f><v>59237.244899999998</v>"),
        ("", "<v>0.30000000000000004</v>"),
        ("", "<v>5.9E-2</v>"),
        ("", "<v>1E100</v>"),
        ("t='d'", "<v>2024-01-31</v>"),
    ];
    let strings = "<si><t>no</t></si><si><r><t>共</t></r><r><t xml:space='preserve'>享_x000D_&#10;二</t></r><rPh><t>no</t></rPh></si>";
    let want =
        ["共享\n二", "内联", "算", "TRUE", "#REF!", "12", "59237.2449", "0.3", "0.059", "1E100", "2024-01-31", "end"];
    assert_eq!(values(&kinds, "", strings, ""), want);
}

#[test]
fn dates_are_known_by_their_formats() {
    let styles = "<numFmts><numFmt numFmtId='170' formatCode='yyyy\"年\"m\"月\"'/><numFmt numFmtId='171' formatCode='0.00\"days\"'/>
        <numFmt numFmtId='172' formatCode='[h]:mm'/><numFmt numFmtId='173' formatCode='[$-804]yyyy/m/d;@'/><numFmt numFmtId='174' formatCode='[Red]0\\d'/></numFmts>
        <cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/><xf numFmtId='171'/>
        <xf numFmtId='172'/><xf numFmtId='173'/><xf numFmtId='174'/></cellXfs>";
    let kinds = [
        ("", "<v>45322</v>"),
        ("s='1'", "<v>45322</v>"),
        ("s='2'", "<v>45322.5</v>"),
        ("s='3'", "<v>45322</v>"),
        ("s='4'", "<v>1.5</v>"),
        ("s='5'", "<v>0.3541666667</v>"),
        ("s='6'", "<v>3</v>"),
        ("s='1'", "<v>1</v>"),
        ("s='1'", "<v>61</v>"),
        ("s='1'", "<v>-1</v>"),
        ("s='1'", "<v>45321.999999</v>"),
        ("s='9'", "<v>45322</v>"),
    ];
    let want = [
        "45322",
        "2024-01-31",
        "2024-01-31T12:00:00",
        "45322",
        "1.5",
        "08:30:00",
        "3",
        "1900-01-01",
        "1900-03-01",
        "-1",
        "2024-01-31",
        "45322",
        "end",
    ];
    assert_eq!(values(&kinds, "", "", styles), want);
    let kinds = [("s='1'", "<v>0</v>"), ("s='1'", "<v>43860</v>")];
    assert_eq!(values(&kinds, "<x:workbookPr date1904='1'/>", "", styles), ["1904-01-01", "2024-01-31", "end"]);
}

#[test]
fn a_sheet_is_cut_at_empty_rows_and_texts_alone_are_paragraphs() {
    let rows = [
        cells(&[("B1", "t='str'", "年报")]),
        cells(&[("A3", "t='str'", "表一")]),
        cells(&[("A4", "t='str'", "甲"), ("AB4", "", "1")]),
        cells(&[("A5", "t='str'", "乙"), ("C5", "t='str'", " ")]),
        cells(&[("B8", "", "7"), ("C8", "", "8")]),
    ];
    let bytes = xlsx(
        &(rows.concat()
            + "<mergeCells><mergeCell ref='B1:F1'/><mergeCell ref='A5:Z5'/><mergeCell ref='B8:B20'/></mergeCells>"),
        "",
        "",
        "",
    );
    let want = "P 表 1!B1 年报\nP 表 1!A3 表一\nG 2x28\n0,0 1x1 表 1!A4 \"甲\"\n0,27 1x1 表 1!AB4 \"1\"\n1,0 1x26 表 1!A5 \"乙\"\nG 1x2\n0,0 1x1 表 1!B8 \"7\"\n0,1 1x1 表 1!C8 \"8\"\n";
    assert_eq!(shown(&bytes), want);
}

#[test]
fn merged_cells_hold_a_table_together_and_hide_what_is_under_them() {
    let rows = cells(&[("A1", "t='str'", "甲"), ("B1", "", "1"), ("A2", "", "9"), ("B3", "", "3"), ("B4", "", "4")]);
    let merged = "<mergeCells><mergeCell ref='A1:A4'/><mergeCell ref='B3:B4'/><mergeCell ref='X1:B2'/><mergeCell ref='B1:XFD1'/></mergeCells>";
    let want = "G 4x2\n0,0 4x1 表 1!A1 \"甲\"\n0,1 1x1 表 1!B1 \"1\"\n2,1 2x1 表 1!B3 \"3\"\n";
    assert_eq!(shown(&xlsx(&(rows + merged), "", "", "")), want);
}

#[test]
fn hidden_rows_and_columns_are_left_out_and_close_up() {
    let row = |number: u32, is_hidden: &str, cells: &str| format!("<row r='{number}' {is_hidden}>{cells}</row>");
    let sheet = "<cols><col min='2' max='3' hidden='1'/><col min='4' max='4'/></cols>".to_owned()
        + &row(1, "", &cells(&[("A1", "t='str'", "甲"), ("B1", "", "9"), ("D1", "", "1")]))
        + &row(2, "hidden='1'", &cells(&[("A2", "", "9")]))
        + &row(3, "hidden='true'", "")
        + &row(4, "hidden='0'", &cells(&[("A4", "", "2"), ("D4", "", "3")]))
        + "<mergeCells><mergeCell ref='A1:C1'/></mergeCells>";
    assert_eq!(
        shown(&xlsx(&sheet, "", "", "")),
        "G 2x2\n0,0 1x1 表 1!A1 \"甲\"\n0,1 1x1 表 1!D1 \"1\"\n1,0 1x1 表 1!A4 \"2\"\n1,1 1x1 表 1!D4 \"3\"\n"
    );
}

#[test]
fn what_a_sheet_says_of_its_size_is_no_measure() {
    let far = "<dimension ref='A1:XFD1048576'/>".to_owned()
        + &cells(&[("A1", "", "1"), ("XFD1048576", "", "2"), ("XFE1", "", "9"), ("A0", "", "9")]);
    let start = std::time::Instant::now();
    let shown = shown(&xlsx(&far, "", "", ""));
    assert!(shown.contains("XFD1048576 \"2\"") && start.elapsed().as_secs() < 2, "{shown}");
    let rows: String =
        (1..200).map(|row| cells(&[(&format!("A{row}"), "", "1"), (&format!("XFD{row}"), "", "1")])).collect();
    assert_eq!(read(&xlsx(&rows, "", "", "")).err(), Some(Unread::TooLarge(Limit::Pieces)));
    let same = "<row><c t='s'><v>0</v></c></row>".repeat(9);
    assert_eq!(
        read(&xlsx(&same, "", &format!("<si><t>{}</t></si>", "x".repeat(1 << 20)), "")).err(),
        Some(Unread::TooLarge(Limit::Pieces))
    );
    assert!(Sheet::default().set((0, 0), &"x".repeat(MOST_BYTES + 1)).is_err());
    let many = "<row><c><v>1</v></c><c><v>2</v></c></row>".repeat(MOST_CELLS / 2 + 1);
    assert_eq!(read(&xlsx(&many, "", "", "")).err(), Some(Unread::TooLarge(Limit::Pieces)));
}

#[test]
fn rows_and_cells_that_do_not_say_where_they_are_follow_each_other() {
    let sheet = "<row><c><v>1</v></c><c><v>2</v></c></row><row r='3'><c r='B3'><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>";
    let want = "G 1x2\n0,0 1x1 表 1!A1 \"1\"\n0,1 1x1 表 1!B1 \"2\"\nG 2x3\n0,1 1x1 表 1!B3 \"3\"\n0,2 1x1 表 1!C3 \"4\"\n1,0 1x1 表 1!A4 \"5\"\n";
    assert_eq!(shown(&xlsx(sheet, "", "", "")), want);
}

#[test]
fn columns_are_named_as_sheets_name_them() {
    assert_eq!([0, 25, 26, 701, 702, 16_383].map(letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
}

#[test]
fn open_document_sheets_are_read_with_their_spans_and_repeats() {
    let styles = "<style:style style:name='h'><style:table-properties table:display='false'/></style:style>
        <style:style style:name='v'><style:table-properties table:display='true'/></style:style>";
    let tables = "<table:table table:name='隐' table:style-name='h'><table:table-row><table:table-cell><text:p>no</text:p></table:table-cell></table:table-row></table:table>
        <table:table table:name='表' table:style-name='v'><table:shapes><text:p>no</text:p></table:shapes><table:table-column/><table:table-column table:visibility='collapse'/>
        <table:table-header-rows><table:table-row><table:table-cell table:number-rows-spanned='2'><o:annotation><text:p>no</text:p></o:annotation><text:p>甲<text:s text:c='2'/><text:span>乙</text:span></text:p><text:p>丙</text:p></table:table-cell>
        <table:table-cell><text:p>no</text:p></table:table-cell><table:table-cell table:number-columns-repeated='2' o:value-type='float' o:value='1234.5'><text:p>1,234.50</text:p></table:table-cell></table:table-row></table:table-header-rows>
        <table:table-row table:visibility='filter'><table:table-cell><text:p>no</text:p></table:table-cell></table:table-row>
        <table:table-row><table:covered-table-cell/><table:table-cell/><table:table-cell o:value-type='date' o:date-value='2024-01-31T00:00:00'><text:p>x</text:p></table:table-cell>
        <table:table-cell o:value-type='float' o:value='0'><text:p>#REF!</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated='1000000'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>
        <table:table-row table:number-rows-repeated='2'><table:table-cell o:value-type='boolean' o:boolean-value='true'><text:p>真</text:p></table:table-cell></table:table-row></table:table>";
    let want = "G 2x3\n0,0 1x1 表!A1 \"甲  乙\\n丙\"\n0,1 1x1 表!C1 \"1234.5\"\n0,2 1x1 表!D1 \"1234.5\"\n1,1 1x1 表!C3 \"2024-01-31\"\n1,2 1x1 表!D3 \"#REF!\"\nP 表!A1000004 TRUE\nP 表!A1000005 TRUE\n";
    assert_eq!(shown(&ods(styles, tables)), want);
}

#[test]
fn open_document_sheets_that_repeat_without_end_or_are_encrypted_are_refused() {
    let row = |inner: &str| {
        format!(
            "<table:table table:name='a'><table:table-row table:number-rows-repeated='1000000'>{inner}</table:table-row></table:table>"
        )
    };
    assert_eq!(
        read(&ods("", &row("<table:table-cell><text:p>x</text:p></table:table-cell>"))).err(),
        Some(Unread::TooLarge(Limit::Pieces))
    );
    assert_eq!(read(&ods("", &row(""))).err(), Some(Unread::Empty));
    let manifest = "<m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>";
    let bytes = archive(&[("content.xml", b"\xff"), ("META-INF/manifest.xml", manifest.as_bytes())]);
    assert_eq!(read(&bytes).err(), Some(Unread::Encrypted));
}

#[test]
fn what_is_no_sheet_is_told() {
    assert!(matches!(read(b""), Err(Unread::Damaged(_))));
    assert!(matches!(read(&archive(&[("word/document.xml", b"<a/>")])), Err(Unread::Damaged(_))));
    assert_eq!(read(&xlsx("", "", "", "")).err(), Some(Unread::Empty));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_merges_give_sound_tables(
        filled in prop::collection::btree_map((0_u32..8, 0_u32..8), "[0-9]|甲", 1..30),
        merges in prop::collection::vec((0_u32..8, 0_u32..8, 0_u32..8, 0_u32..8), 0..12),
        hidden in prop::collection::vec(0_u32..8, 0..4),
    ) {
        let mut sheet: String = hidden.iter().map(|row| format!("<row r='{}' hidden='1'/>", row + 1)).collect();
        sheet += &filled.iter().map(|((row, column), text)| format!("<c r='{}{}' t='str'><v>{text}</v></c>", letters(*column), row + 1)).collect::<String>();
        sheet += &merges.iter().map(|(a, b, c, d)| format!("<mergeCell ref='{}{}:{}{}'/>", letters(*b), a + 1, letters(*d), c + 1)).collect::<String>();
        let Ok(document) = read(&xlsx(&sheet, "", "", "")) else { return Ok(()) };
        for block in &document.blocks {
            let Block::Grid(grid) = block else { continue };
            let mut squares = std::collections::BTreeSet::new();
            for cell in &grid.cells {
                for row in cell.row..cell.row + cell.rowspan {
                    for column in cell.column..cell.column + cell.colspan {
                        prop_assert!(row < grid.rows && column < grid.columns && squares.insert((row, column)));
                    }
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>()) {
        let _ = read(&bytes);
        let _ = read(&archive(&[("content.xml", &bytes)]));
        let mut spoiled = xlsx("<row r='1'><c r='A1'><v>1</v></c></row>", "", "", "");
        let at = at.index(spoiled.len());
        spoiled.splice(at..(at + bytes.len() / 20).min(spoiled.len()), bytes.iter().copied().take(bytes.len() / 20));
        let _ = read(&spoiled);
    }
}

#[test]
fn columns_beyond_the_last_hide_nothing() {
    let mut hidden = Hidden::default();
    hidden.add(5, 3);
    assert!(!hidden.has(4));
}
