use std::fmt::Write;

use super::super::super::blocks::{Block, Document, Limit, Remark, Unread};
use super::super::read_flat;

/// A part of a file.
pub(super) fn part(name: &str, xml: &str) -> String {
    format!("<pkg:part pkg:name='{name}'><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>")
}

/// A file in one file of XML, with these parts beside its text.
pub(super) fn file(body: &str, parts: &str) -> String {
    let main = part("/word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>"));
    format!(
        "<pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'
          xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'
          xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' xmlns:v='urn:schemas-microsoft-com:vml'
          xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'
          xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'>{main}{parts}</pkg:package>"
    )
}

fn show(document: &Document) -> String {
    let mut shown = String::new();
    for block in &document.blocks {
        match block {
            Block::Paragraph(paragraph) => {
                let lines: Vec<&str> = paragraph.lines.iter().map(|line| line.text.as_str()).collect();
                let sign = if paragraph.is_heading { "H" } else { "P" };
                let item = paragraph.item.map(|item| format!("({:?} {})", item.number, item.depth)).unwrap_or_default();
                writeln!(shown, "{sign}{item} {}", lines.join(" / ")).expect("a string");
            }
            Block::Grid(grid) => {
                writeln!(shown, "G {}x{}", grid.rows, grid.columns).expect("a string");
                for cell in &grid.cells {
                    let (row, column, down, across) = (cell.row, cell.column, cell.rowspan, cell.colspan);
                    writeln!(shown, "{row},{column} {down}x{across} {:?}", cell.text).expect("a string");
                }
                assert_apart(grid);
            }
        }
    }
    shown
}

/// No two cells cover the same square, and none stands out of its table.
fn assert_apart(grid: &super::super::super::blocks::Grid) {
    let mut squares = std::collections::BTreeSet::new();
    for cell in &grid.cells {
        for row in cell.row..cell.row + cell.rowspan {
            for column in cell.column..cell.column + cell.colspan {
                assert!(row < grid.rows && column < grid.columns, "{cell:?}");
                assert!(squares.insert((row, column)), "{cell:?}");
            }
        }
    }
}

fn read(body: &str) -> Result<Document, Unread> {
    read_flat(file(body, "").as_bytes())
}

fn shown(body: &str) -> String {
    show(&read(body).expect("a good file"))
}

fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn tc(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}

fn table(rows: &[&[(&str, &str)]]) -> String {
    let row = |cells: &&[(&str, &str)]| cells.iter().map(|(properties, text)| tc(properties, text)).collect::<String>();
    format!(
        "<w:tbl><w:tblPr/><w:tblGrid/>{}</w:tbl>",
        rows.iter().map(|cells| format!("<w:tr>{}</w:tr>", row(cells))).collect::<String>()
    )
}

const SPAN2: &str = "<w:gridSpan w:val='2'/>";
const BEGINS: &str = "<w:vMerge w:val='restart'/>";
const GOES_ON: &str = "<w:vMerge/>";

#[test]
fn words_come_with_their_lines_and_places() {
    let body = "<w:p/><w:p><w:pPr><w:jc w:val='center'/></w:pPr><w:r><w:t>甲</w:t><w:tab/><w:t xml:space='preserve'> 乙 </w:t></w:r>
        <w:r><w:t>
          丙 &amp; </w:t><w:br/><w:t>丁</w:t><w:noBreakHyphen/><w:softHyphen/><w:t>戊</w:t><w:cr/></w:r></w:p>";
    let document = read(body).expect("a good file");
    assert_eq!(show(&document), "P 甲\t 乙 丙 & / 丁-戊\n");
    let Some(Block::Paragraph(paragraph)) = document.blocks.first() else { panic!("a paragraph") };
    assert_eq!(paragraph.lines[0].place.to_string(), "paragraph 2");
}

#[test]
fn elements_around_words_do_not_hide_them_and_deleted_ones_do() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let body = format!(
        "<w:sdt><w:sdtPr><w:alias w:val='no'/></w:sdtPr><w:sdtContent><w:p><w:hyperlink>{}</w:hyperlink><w:ins>{}</w:ins>
         <w:smartTag>{}</w:smartTag><w:customXml>{}</w:customXml><w:unknown><w:r><w:t>5</w:t></w:r></w:unknown><w:moveTo>{}</w:moveTo>
         <w:del>{}<w:r><w:delText>no</w:delText></w:r></w:del><w:moveFrom>{}</w:moveFrom></w:p></w:sdtContent></w:sdt>",
        run("1"), run("2"), run("3"), run("4"), run("6"), run("no"), run("no")
    );
    assert_eq!(shown(&body), "P 123456\n");
}

#[test]
fn a_paragraph_whose_end_was_deleted_goes_on_with_the_next() {
    let body = format!(
        "<w:p><w:pPr><w:outlineLvl w:val='0'/><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>一</w:t></w:r></w:p>{}{}",
        p("二"),
        p("三")
    );
    assert_eq!(shown(&body), "P 一二\nP 三\n");
    let old = "<w:p><w:pPr><w:rPr><w:rPrChange><w:rPr><w:del/></w:rPr></w:rPrChange></w:rPr></w:pPr><w:r><w:t>一</w:t></w:r></w:p>";
    assert_eq!(shown(&format!("{old}{}", p("二"))), "P 一\nP 二\n");
}

#[test]
fn hidden_words_are_left_out() {
    let body = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:t>1</w:t></w:r>
        <w:r><w:rPr><w:vanish w:val='false'/></w:rPr><w:t>2</w:t></w:r>
        <w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>3</w:t></w:r>
        <w:r><w:rPr><w:vanish/></w:rPr><w:pict><w:txbxContent><w:p><w:r><w:t>no</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>";
    assert_eq!(shown(body), "P 123\n");
}

#[test]
fn raised_digits_and_signs_are_what_is_seen() {
    let body = "<w:p><w:r><w:t>m</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r>
        <w:r><w:sym w:font='Wingdings' w:char='F0FE'/><w:sym w:font='仿宋' w:char='4E2D'/><w:sym w:font='Nobody' w:char='F041'/></w:r>
        <w:r><w:rPr><w:rFonts w:ascii='Wingdings 2'/></w:rPr><w:t>R</w:t></w:r><w:r><w:t>R</w:t></w:r>
        <m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></w:p>";
    let document = read(body).expect("a good file");
    assert_eq!(show(&document), "P m²☑中\u{fffd}☑R10^2\n");
    assert_eq!(document.remarks, [Remark::Unreadable { unknown: 1, of: 11 }]);
}

#[test]
fn results_of_fields_are_kept_and_instructions_are_not() {
    let field = |kind: &str| format!("<w:r><w:fldChar w:fldCharType='{kind}'/></w:r>");
    let (begin, separate, end) = (field("begin"), field("separate"), field("end"));
    let instruction = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText></w:r>");
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let body = format!("<w:p>{begin}{}{separate}{}{end}{}</w:p>", instruction("PAGE"), run("7"), run("页"));
    assert_eq!(shown(&body), "P 7页\n");
    let inner = format!("{begin}{}{separate}{}{end}", instruction("MERGEFIELD x"), run("no"));
    let body =
        format!("<w:p>{begin}{}{inner}{}{separate}{}{end}</w:p>", instruction("IF "), instruction("= 1"), run("yes"));
    assert_eq!(shown(&body), "P yes\n");
    let body = format!("<w:p>{begin}{}{end}{}</w:p>", instruction(r"eq \o\ac(□,√)"), run("同意"));
    assert_eq!(shown(&body), "P □√同意\n");
    // Very many that do not end take no time, and hide nothing but what may be a part of them.
    assert_eq!(shown(&format!("<w:p>{}{}</w:p>{}", begin.repeat(70), end.repeat(70), p("2"))), "P 2\n");
    // One that does not end hides nothing.
    assert_eq!(shown(&format!("<w:p>{begin}{}{}</w:p>{}", instruction("X"), run("1"), p("2"))), "P 1\nP 2\n");
    assert_eq!(shown(&format!("<w:p><w:fldSimple w:instr='DATE'>{}</w:fldSimple></w:p>", run("今日"))), "P 今日\n");
}

#[test]
fn entries_and_boxes_to_tick_are_what_is_chosen() {
    let field = |inner: &str| {
        format!(
            "<w:p><w:r><w:fldChar w:fldCharType='begin'><w:ffData>{inner}</w:ffData></w:fldChar></w:r>
        <w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t>x</w:t></w:r></w:p>"
        )
    };
    assert_eq!(
        shown(&field(
            "<w:ddList><w:result w:val='1'/><w:listEntry w:val='甲'/><w:listEntry w:val='乙'/><w:listEntry w:val='丙'/></w:ddList>"
        )),
        "P 乙x\n"
    );
    assert_eq!(shown(&field("<w:ddList><w:listEntry w:val='甲'/><w:listEntry w:val='乙'/></w:ddList>")), "P 甲x\n");
    assert_eq!(shown(&field("<w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox>")), "P ☒x\n");
    assert_eq!(shown(&field("<w:checkBox><w:default w:val='1'/></w:checkBox>")), "P ☒x\n");
    assert_eq!(shown(&field("<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/></w:checkBox>")), "P ☐x\n");
}

#[test]
fn one_of_several_forms_is_taken() {
    let boxed = |text: &str| {
        format!("<w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict>", p(text))
    };
    let forms = |choice: &str, fallback: &str| {
        format!(
            "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='x'>{choice}</mc:Choice><mc:Fallback>{fallback}</mc:Fallback></mc:AlternateContent><w:t>字</w:t></w:r></w:p>"
        )
    };
    assert_eq!(shown(&forms(&boxed("new"), &boxed("old"))), "P 字\nP new\n");
    assert_eq!(shown(&forms("<x/>", &boxed("old"))), "P 字\nP old\n");
    assert_eq!(shown(&forms("", "")), "P 字\n");
}

#[test]
fn boxes_follow_the_paragraph_that_they_hang_on() {
    let boxed = format!(
        "<w:p><w:r><w:t>前</w:t><w:pict><w:txbxContent>{}{}</w:txbxContent></w:pict><w:t>后</w:t></w:r></w:p>{}",
        p("1"),
        table(&[&[("", "a"), ("", "b")]]),
        p("次")
    );
    assert_eq!(shown(&boxed), "P 前后\nP 1\nG 1x2\n0,0 1x1 \"a\"\n0,1 1x1 \"b\"\nP 次\n");
    let art = "<w:p><w:r><w:pict><v:shape><v:textpath string='艺术字'/></v:shape></w:pict></w:r></w:p>";
    assert_eq!(shown(art), "P 艺术字\n");
    let ruby = "<w:p><w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>hàn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>汉</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>";
    assert_eq!(shown(ruby), "P 汉\nP hàn\n");
}

#[test]
fn notes_that_are_referred_to_stand_at_the_end() {
    let body = "<w:p><w:r><w:t>数</w:t><w:footnoteReference w:id='2'/><w:endnoteReference w:id='1'/></w:r></w:p>";
    let note = |id: u32, text: &str| format!("<w:footnote w:id='{id}'>{}</w:footnote>", p(text));
    let parts = part(
        "/word/footnotes.xml",
        &format!("<w:footnotes>{}{}{}</w:footnotes>", note(0, "no"), note(2, "脚注"), note(3, "no")),
    ) + &part(
        "/word/endnotes.xml",
        &format!("<w:endnotes><w:endnote w:id='1'>{}</w:endnote></w:endnotes>", p("尾注")),
    );
    let document = read_flat(file(body, &parts).as_bytes()).expect("a good file");
    assert_eq!(show(&document), "P 数\nP 脚注\nP 尾注\n");
}

#[test]
fn headings_and_items_are_known_by_style_and_by_themselves() {
    let said =
        |properties: &str, text: &str| format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>");
    let list = "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='3'/></w:numPr>";
    let body = [
        said("<w:pStyle w:val='2'/>", "一"),
        said("<w:pStyle w:val='2'/><w:outlineLvl w:val='9'/>", "二"),
        said("<w:outlineLvl w:val='1'/>", "三"),
        said(list, "四"),
        said(&format!("<w:pStyle w:val='2'/>{list}"), "五"),
        said("<w:pPrChange><w:pPr><w:outlineLvl w:val='1'/></w:pPr></w:pPrChange>", "六"),
    ]
    .concat();
    let styles =
        part("/word/styles.xml", "<w:styles><w:style w:styleId='2'><w:name w:val='heading 1'/></w:style></w:styles>");
    let numbers = part(
        "/word/numbering.xml",
        "<w:numbering><w:abstractNum w:abstractNumId='0'><w:lvl w:ilvl='1'><w:start w:val='4'/><w:numFmt w:val='decimal'/></w:lvl>
         </w:abstractNum><w:num w:numId='3'><w:abstractNumId w:val='0'/></w:num></w:numbering>",
    );
    let document = read_flat(file(&body, &(styles + &numbers)).as_bytes()).expect("a good file");
    assert_eq!(show(&document), "H 一\nP 二\nH 三\nP(Some(4) 2) 四\nH 五\nP 六\n");
    // Damaged hints are no reason to lose the words.
    let document = read_flat(file(&body, &part("/word/styles.xml", "<w:styles>&no;</w:styles>")).as_bytes());
    assert!(matches!(document, Err(Unread::Damaged(_))), "one file of XML is damaged as a whole");
}

#[test]
fn cells_are_merged_down_and_across() {
    let grid = table(&[
        &[(BEGINS, "甲"), (SPAN2, "乙"), ("", "1")],
        &[(GOES_ON, "unseen"), ("", "丙"), ("", "丁"), ("", "2")],
        &[("<w:vMerge w:val='continue'/>", ""), (SPAN2, "戊"), ("", "3")],
        &[(GOES_ON.replace("/>", " w:val='restart'/>").as_str(), "己"), (SPAN2, "庚"), ("", "4")],
    ]);
    let want = "G 4x4\n0,0 3x1 \"甲\"\n0,1 1x2 \"乙\"\n0,3 1x1 \"1\"\n1,1 1x1 \"丙\"\n1,2 1x1 \"丁\"\n1,3 1x1 \"2\"\n2,1 1x2 \"戊\"\n2,3 1x1 \"3\"\n3,0 1x1 \"己\"\n3,1 1x2 \"庚\"\n3,3 1x1 \"4\"\n";
    assert_eq!(shown(&grid), want);
}

#[test]
fn a_cell_that_goes_on_below_nothing_is_one_of_its_own() {
    let grid = table(&[&[("", "甲"), ("", "乙")], &[(GOES_ON, "丙"), ("", "丁")], &[(GOES_ON, ""), ("", "戊")]]);
    assert_eq!(shown(&grid), "G 3x2\n0,0 1x1 \"甲\"\n0,1 1x1 \"乙\"\n1,0 2x1 \"丙\"\n1,1 1x1 \"丁\"\n2,1 1x1 \"戊\"\n");
}

#[test]
fn cells_that_go_on_with_other_spans_are_merged_as_far_as_they_go() {
    let wide = format!("{SPAN2}{BEGINS}");
    let two = table(&[&[(&wide, "甲"), ("", "1")], &[(GOES_ON, ""), (GOES_ON, ""), ("", "2")]]);
    assert_eq!(shown(&two), "G 2x3\n0,0 2x2 \"甲\"\n0,2 1x1 \"1\"\n1,2 1x1 \"2\"\n");
    let narrow = table(&[&[(&wide, "甲"), ("", "1")], &[(GOES_ON, ""), ("", "2"), ("", "3")]]);
    assert_eq!(shown(&narrow), "G 2x3\n0,0 2x1 \"甲\"\n0,2 1x1 \"1\"\n1,1 1x1 \"2\"\n1,2 1x1 \"3\"\n");
    let wider =
        table(&[&[(BEGINS, "甲"), (BEGINS, "乙"), ("", "1")], &[(&format!("{SPAN2}{GOES_ON}"), ""), ("", "2")]]);
    assert_eq!(shown(&wider), "G 2x3\n0,0 2x1 \"甲\"\n0,1 2x1 \"乙\"\n0,2 1x1 \"1\"\n1,2 1x1 \"2\"\n");
    let moved = table(&[&[("", "1"), (&wide, "甲")], &[(SPAN2, "2"), (GOES_ON, "乙")]]);
    assert_eq!(shown(&moved), "G 2x3\n0,0 1x1 \"1\"\n0,1 1x2 \"甲\"\n1,0 1x2 \"2\"\n1,2 1x1 \"乙\"\n");
}

#[test]
fn merged_cells_of_old_files_and_free_columns_are_counted() {
    let old = table(&[
        &[("<w:hMerge w:val='restart'/>", "甲"), ("<w:hMerge/>", ""), ("", "1")],
        &[("<w:hMerge/>", "乙"), ("", "2"), ("", "3")],
    ]);
    assert_eq!(shown(&old), "G 2x3\n0,0 1x2 \"甲\"\n0,2 1x1 \"1\"\n1,0 1x1 \"乙\"\n1,1 1x1 \"2\"\n1,2 1x1 \"3\"\n");
    let row = |properties: &str, cells: &str| format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>");
    let free = format!(
        "<w:tbl>{}{}</w:tbl>",
        row("<w:gridBefore w:val='1'/>", &tc("", "甲")),
        row("<w:gridAfter w:val='1'/>", &tc(SPAN2, "乙"))
    );
    assert_eq!(shown(&free), "G 2x2\n0,1 1x1 \"甲\"\n1,0 1x2 \"乙\"\n");
    let odd = table(&[&[("<w:gridSpan w:val='0'/>", "甲"), ("<w:gridSpan w:val='x'/>", "乙")]]);
    assert_eq!(shown(&odd), "G 1x2\n0,0 1x1 \"甲\"\n0,1 1x1 \"乙\"\n");
}

#[test]
fn rows_and_cells_that_were_deleted_are_left_out_and_those_in_frames_are_not() {
    let row = |properties: &str, cells: &str| format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>");
    let body = format!(
        "<w:tbl>{}{}{}<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:tbl>",
        row("<w:del/>", &tc(BEGINS, "no")),
        row("<w:ins/>", &(tc(GOES_ON, "甲") + "<w:sdt><w:sdtContent>" + &tc("", "乙") + "</w:sdtContent></w:sdt>")),
        row("<w:hidden/>", &tc("", "no")),
        row("", &(tc("<w:cellDel/>", "no") + &tc("", "丙") + &tc("", "丁"))),
    );
    let document = read(&body).expect("a good file");
    assert_eq!(show(&document), "G 2x2\n0,0 1x1 \"甲\"\n0,1 1x1 \"乙\"\n1,0 1x1 \"丙\"\n1,1 1x1 \"丁\"\n");
    let Some(Block::Grid(grid)) = document.blocks.first() else { panic!("a table") };
    assert_eq!(grid.cells[3].place.to_string(), "table 1 r2 c2");
}

#[test]
fn what_is_in_a_cell_is_its_paragraphs_and_its_tables_come_after() {
    let inner = table(&[&[("", "内")]]);
    let cell = format!("<w:tc>{}<w:p/>{}{inner}<w:p/></w:tc>", p("一"), p("二"));
    let body = format!("<w:tbl><w:tr>{cell}{}{}</w:tr></w:tbl>{}", tc("", "三"), tc("", "四"), p("后"));
    assert_eq!(
        shown(&body),
        "G 1x3\n0,0 1x1 \"一\\n二\"\n0,1 1x1 \"三\"\n0,2 1x1 \"四\"\nG 1x1\n0,0 1x1 \"内\"\nP 后\n"
    );
}

#[test]
fn a_table_that_only_lays_out_text_is_text() {
    let inner = table(&[&[("", "1"), ("", "2")]]);
    let cell = format!("<w:tc>{}{inner}{}</w:tc>", p("前"), p("后"));
    assert_eq!(
        shown(&format!("<w:tbl><w:tr>{cell}</w:tr></w:tbl>")),
        "P 前\nG 1x2\n0,0 1x1 \"1\"\n0,1 1x1 \"2\"\nP 后\n"
    );
    let long = "字".repeat(150);
    let column = |text: &str| format!("<w:tbl><w:tr><w:tc>{}{}</w:tc></w:tr></w:tbl>", p(text), p(text));
    assert_eq!(shown(&column(&long)), format!("P {long}\nP {long}\n"));
    assert_eq!(shown(&column("短")), "G 1x1\n0,0 1x1 \"短\\n短\"\n");
}

#[test]
fn pictures_are_told() {
    let picture = "<w:p><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>";
    assert_eq!(read(&format!("{picture}{}", p("字"))).expect("a good file").remarks, [Remark::Pictures(1)]);
    assert_eq!(read(&format!("{picture}{picture}")).err(), Some(Unread::PicturesOnly { pages: 2 }));
    assert_eq!(read("<w:p/>").err(), Some(Unread::Empty));
    assert!(matches!(read_flat(b"<a/>"), Err(Unread::Damaged(_))));
}

#[test]
fn words_where_none_should_be_are_not_lost() {
    let body = format!(
        "<w:r><w:t>1</w:t></w:r><w:tc>{}</w:tc><w:tr>{}</w:tr><w:tbl><w:tr>{}{}</w:tr>{}</w:tbl>",
        p("2"),
        p("3"),
        p("4"),
        tc("", "5"),
        p("6")
    );
    let shown = shown(&body);
    for digit in '1'..='6' {
        assert_eq!(
            shown.matches(&format!(" {digit}\n")).count() + shown.matches(&format!("\"{digit}\"\n")).count(),
            1,
            "{digit} in {shown}"
        );
    }
    let within = "<w:p><w:r><w:t>1</w:t></w:r><w:p><w:r><w:t>2</w:t></w:r></w:p><w:r><w:t>3</w:t></w:r></w:p>";
    assert_eq!(super::tests::shown(within), "P 1\nP 2\nP 3\n");
}

#[test]
fn files_that_are_too_large_are_refused() {
    let too_large = Some(Unread::TooLarge(Limit::Pieces));
    let wide = table(&[&[("<w:gridSpan w:val='99999999999'/>", "甲")]]);
    assert!(shown(&wide).starts_with("G 1x1000\n"));
    let cell = tc("<w:gridSpan w:val='1000'/>", "");
    let row = format!("<w:tr>{}</w:tr>", cell.repeat(100));
    assert_eq!(read(&format!("<w:tbl>{}</w:tbl>", row.repeat(25))).err(), too_large);
    assert_eq!(read(&format!("<w:tbl>{}</w:tbl>", row.repeat(15)).repeat(2)).err(), too_large);
    assert_eq!(read(&"<w:p/>".repeat(200_001)).err(), too_large);
    assert_eq!(read(&p(&"字".repeat(2_000_001))).err(), too_large);
    assert_eq!(read(&("<w:sdt>".repeat(60) + &"</w:sdt>".repeat(60))).err(), Some(Unread::TooLarge(Limit::Nesting)));
}
