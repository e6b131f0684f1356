//! What means something in each kind of file.

use super::change::Words;

pub const HTML: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td colspan=3>", "<td rowspan=0>", "<td rowspan=65535 colspan=1001>", "</td>",
        "<th>", "<thead>", "<tfoot>", "<caption>", "<p>", "</p>", "<br>", "<hr>", "<div style='display:none'>", "</div>", "<!--", "-->",
        "<![CDATA[", "]]>", "<script>", "</script>", "<style>", "</style>", "<template>", "</template>", "<svg>", "<math><mi>", "<select><option>",
        "<ul>", "<ol start=99999999999999999999>", "<ol reversed>", "<li value=-5>", "<li>", "<dl><dt>", "<dd>", "<sup>", "<s>", "<ruby>甲<rt>",
        "<img src=a>", "<iframe srcdoc='&lt;p&gt;甲'>", "<frameset>", "<meta charset=utf-16>", "<meta charset=gb18030>", "<plaintext>", "<xmp>",
        "<textarea>", "<noscript>", "<a href=", "'", "\"", ">", "<", "/", "=", "<h1>", "</h1>", "<b>", "<font>", "<form>", "<body>", "</html>", "<title>",
        "&nbsp;", "&#0;", "&#x10ffff;", "&#xd800;", "&amp", "&", ";", "&notin;", "\0", "\u{202e}", "\u{feff}", "\u{3000}", "\u{301}",
        " colspan=1000000", " rowspan=-1", " rowspan=4000000000", " hidden", " style=\"white-space:pre;visibility:hidden\"", "总计", "其他", "1", "-", "年",
        "\r\n--b\r\n", "=E4=B8", "=\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Location: cid:a\r\n",
    ],
    #[rustfmt::skip]
    whole: &[
        "<table><tr><td>1</td><td>2</td></tr></table>", "<td>1</td>", "<td rowspan=\"2\" colspan=\"2\">总计</td>", "<tr></tr>", "<tr><td>其他</td></tr>",
        "<p>一、总体情况</p>", "<br>", "<ul><li>甲</li><li>乙<ol><li>丙</li></ol></li></ul>", "<div style=\"display:none\">1</div>", "<span hidden>1</span>",
        "<sup>2</sup>", "<del>1</del>", "&nbsp;", "　", "<img src=\"a\">", "<h2>二、主动公开</h2>", "<tbody></tbody>", "<td colspan=\"0\"></td>", "-", "1,234",
        "<iframe srcdoc=\"&lt;table&gt;&lt;tr&gt;&lt;td&gt;1\"></iframe>", "<template><p>1</p></template>", "<ruby>甲<rt>j</rt></ruby>",
    ],
    values: &[
        "",
        "a",
        "display:none",
        "text/html; charset=big5",
        "gbk",
        "utf-16le",
        "x-user-defined",
        "heading",
        "总计",
        "&quot;",
    ],
};

pub const DOCX: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>", "</w:tc>", "<w:tcPr>", "</w:tcPr>",
        "<w:pPr>", "</w:pPr>", "<w:del>", "</w:del>", "<w:sdt>", "<w:sdtContent>", "<!--", "-->", "<![CDATA[", "]]>", "<?x ", "?>", "&#x2;", "&lt;", "&a;", "&",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<", ">", "/", "\"", "=", "xmlns:w=\"\"", " w:val=\"1\"", "\0", "\u{fffe}", "甲", "1", "w:", "<a:b/>",
    ],
    #[rustfmt::skip]
    whole: &[
        "<w:p><w:r><w:t>一、总体情况</w:t></w:r></w:p>", "<w:p/>", "<w:r><w:t xml:space=\"preserve\"> 12 </w:t></w:r>", "<w:gridSpan w:val=\"9\"/>",
        "<w:vMerge w:val=\"restart\"/>", "<w:vMerge/>", "<w:hMerge w:val=\"restart\"/>", "<w:cellMerge w:vMerge=\"rest\"/>", "<w:cellDel/>", "<w:vanish/>",
        "<w:trPr><w:gridBefore w:val=\"5\"/><w:gridAfter w:val=\"3\"/></w:trPr>", "<w:trPr><w:del/></w:trPr>", "<w:del><w:r><w:delText>1</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>1</w:t></w:r></w:ins>", "<w:moveFrom><w:r><w:t>1</w:t></w:r></w:moveFrom>", "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>",
        "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>", "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>", "<w:r><w:instrText> PAGE </w:instrText></w:r>",
        "<w:r><w:sym w:font=\"Wingdings\" w:char=\"F052\"/></w:r>", "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>2</w:t></w:r></w:p></w:sdtContent></w:sdt>", "<w:r><w:footnoteReference w:id=\"1\"/></w:r>",
        "<w:pPr><w:numPr><w:ilvl w:val=\"8\"/><w:numId w:val=\"1\"/></w:numPr></w:pPr>", "<w:pPr><w:pStyle w:val=\"1\"/></w:pPr>", "<w:r><w:br/></w:r>",
        "<w:r><w:tab/></w:r>", "<w:r><w:drawing/></w:r>", "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>3</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
        "<w:altChunk/>", "<w:tc/>", "<w:tr/>", "<w:tc><w:p/></w:tc>", "<w:rPr><w:strike/><w:vertAlign w:val=\"superscript\"/></w:rPr>", "<w:lvl w:ilvl=\"0\"/>",
        "<w:num w:numId=\"1\"><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"5\"/></w:lvlOverride></w:num>", "<w:basedOn w:val=\"1\"/>", "<w:outlineLvl w:val=\"0\"/>",
    ],
    values: &[
        "",
        "restart",
        "continue",
        "begin",
        "end",
        "separate",
        "true",
        "off",
        "a",
        "1",
        "F052",
        "decimal",
        "none",
        "chineseCounting",
        "superscript",
        "Wingdings",
        "/",
        "../../a",
    ],
};

pub const XLSX: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "<row>", "</row>", "<c>", "</c>", "<v>", "</v>", "<is><t>", "</t></is>", "<f>", "<sheetData>", "</sheetData>", "<mergeCell ref=\"A1:XFD1048576\"/>", "<!--", "-->",
        "<![CDATA[", "]]>", "&#10;", "_x000D_", "_xD800_", "_x", "&a;", "&", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<", ">", "\"", "=", "xmlns=\"\"", " t=\"s\"", " r=\"A0\"", "\0",
        "总计", "1", "<a:b/>",
    ],
    #[rustfmt::skip]
    whole: &[
        "<c r=\"XFD1048576\"><v>1</v></c>", "<c r=\"A1\"><v>1</v></c>", "<c><v>2</v></c>", "<c t=\"s\"><v>1</v></c>", "<c t=\"s\"><v>99999</v></c>",
        "<c t=\"inlineStr\"><is><t>总计</t></is></c>", "<c t=\"b\"><v>1</v></c>", "<c t=\"e\"><v>#REF!</v></c>", "<c t=\"d\"><v>2024-01-31</v></c>", "<c s=\"1\"><v>45000.5</v></c>",
        "<c s=\"1\"><v>-1</v></c>", "<c s=\"1\"><v>1e300</v></c>", "<c><v>1E400</v></c>", "<c><v>59237.244899999998</v></c>", "<row r=\"1048576\"><c><v>3</v></c></row>",
        "<row hidden=\"1\"><c><v>4</v></c></row>", "<row/>", "<mergeCell ref=\"B2:A1\"/>", "<mergeCell ref=\"A1:C40\"/>", "<mergeCell ref=\"A1\"/>",
        "<cols><col min=\"1\" max=\"16384\" hidden=\"1\"/></cols>", "<workbookPr date1904=\"1\"/>", "<si><t>甲</t></si>", "<si><r><t>甲</t></r><rPh><t>j</t></rPh></si>",
        "<numFmt numFmtId=\"170\" formatCode=\"[红色]yyyy&quot;年&quot;\"/>", "<xf numFmtId=\"14\"/>", "<sheet name=\"丙\" sheetId=\"9\" r:id=\"s\"/>",
    ],
    values: &[
        "",
        "A1",
        "XFD1048576",
        "A1048577",
        "AAAA1",
        "A1:B2",
        "B2:A1",
        "A1:A1048576",
        "A1:XFD1",
        "s",
        "str",
        "inlineStr",
        "b",
        "e",
        "d",
        "n",
        "hidden",
        "veryHidden",
        "h:mm",
        "yyyy/m/d",
        "@",
        "[h]",
        "0%",
        "/xl/one.xml",
        "xl",
    ],
};

pub const ODS: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "<table:table-row>", "</table:table-row>", "<table:table-cell>", "</table:table-cell>", "<text:p>", "</text:p>", "<table:table>", "</table:table>", "<!--", "-->",
        "<![CDATA[", "]]>", "&a;", "&", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<", ">", "\"", "=", " table:number-columns-repeated=\"16384\"", "\0", "总计", "1",
        " table:number-rows-repeated=\"1048576\"", " table:number-columns-spanned=\"99999\"", " table:number-rows-spanned=\"2000000000\"",
    ],
    #[rustfmt::skip]
    whole: &[
        "<table:covered-table-cell/>", "<table:covered-table-cell table:number-columns-repeated=\"16384\"/>", "<table:table-cell office:value-type=\"float\" office:value=\"1e9\"/>",
        "<table:table-cell table:number-columns-repeated=\"16384\"/>", "<table:table-cell table:number-columns-repeated=\"900\"><text:p>1</text:p></table:table-cell>",
        "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>",
        "<table:table-row table:visibility=\"collapse\"><table:table-cell/></table:table-row>", "<table:table-row/>", "<text:s text:c=\"999999999\"/>", "<text:s/>", "<text:tab/>",
        "<text:line-break/>", "<text:p>甲<text:span>乙</text:span></text:p>", "<text:note><text:note-body><text:p>1</text:p></text:note-body></text:note>", "<office:annotation><text:p>1</text:p></office:annotation>",
        "<table:table-cell table:number-columns-spanned=\"3\" table:number-rows-spanned=\"3\"><text:p>总计</text:p></table:table-cell>", "<table:table-column table:number-columns-repeated=\"1000000\"/>",
        "<table:table table:name=\"丙\"><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table>",
        "<table:table-header-rows><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row></table:table-header-rows>",
    ],
    values: &[
        "",
        "float",
        "percentage",
        "date",
        "boolean",
        "string",
        "time",
        "2024-01-31T00:00:00",
        "true",
        "collapse",
        "filter",
        "a",
        "-1",
        "0",
    ],
};

pub const TEXT: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "|", "\t", "　　", "  ", "        ", "\n", "\r", "\r\n", "\n\n", "---|---", "|---|\n", "```\n", "# ", "## ", "1. ", "- ", "> ", "**", "\\|", "\\", "<br>", "<table><tr><td>",
        "</table>", "<td>", "&nbsp;", "\0", "\u{feff}", "\u{202e}", "\u{a0}", "\u{301}", "\u{c}", "总计", "其他", "1", "-", "—", "/", "一、", "（一）", "2024年", "+---+---+\n", "│", "┼", "─",
    ],
    whole: &[
        "|",
        "|1",
        "\t1",
        "　",
        "\n",
        "| 1 | 2 |\n",
        "|---|---|\n",
        "总计",
        "1,234",
        "1. 甲\n",
        "<td colspan=\"9\">1</td>",
    ],
    values: &["", "a"],
};

pub const PDF: Words = Words {
    #[rustfmt::skip]
    pieces: &[
        "q ", "Q ", "BT ", "ET ", "/F1 8 Tf ", "/F2 0 Tf ", "/F9 1e9 Tf ", "1 0 0 1 5 5 Tm ", "0 0 0 0 0 0 cm ", "1e38 0 0 1e38 0 0 cm ", "0.7 0.7 -0.7 0.7 0 0 cm ", "re S ", "re f ", "f* ", "b ",
        "0 0 1000 800 re W n ", "0 0 m 1000 800 l S ", "1 2 3 4 5 6 c ", "h ", "/I Do ", "/X Do ", "3 Tr ", "7 Tr ", "<4e00> Tj ", "[<4e00> -1000 <4e01>] TJ ", "(a) ' ", "BI /W 1 /H 1 ID x EI ", "/P <</MCID 0>> BDC ",
        "/Span <</ActualText<FEFF4E00>>> BDC ", "/Artifact BMC ", "EMC ", "-1 Tz ", "1e9 Tc ", "9999 TL T* ", "1e9 w ", "[1 2] 0 d ", "/Sh sh ", "/G gs ", "0.5 0 d0 ", "nan ", "--1 ", "+ ", ". ",
        "[", "]", "<<", ">>", "(", ")", "<", ">", "{", "}", "/", "%", "null", "true", "1 0 R", "2 0 R", "3 0 R", "5 0 R", "6 0 R", "99 0 R", "/Kids", "/Parent 2 0 R", "/K 0", "/S/TD", "/S/Table", "/Pg 5 0 R",
        "/Length 99999999", "/Filter/LZWDecode", "/Filter/FlateDecode", "/Filter[/ASCII85Decode/RunLengthDecode]", "/Filter/DCTDecode", "/Filter/JBIG2Decode", "/Filter/JPXDecode", "/Filter/CCITTFaxDecode", "/DecodeParms<</Predictor 15/Columns 9>>",
        "/MediaBox[0 0 0 0]", "/MediaBox[-1e9 -1e9 1e9 1e9]", "/CropBox[10 10 5 5]", "/Rotate 90", "/Rotate 45", "/UserUnit 1e9", "/W[1 65535 500]", "/W[1[1 2 3]]", "/W2[1 2 3 4 5]", "/DW -1", "/ToUnicode 6 0 R", "/Encoding/Identity-H", "/Encoding/Identity-V",
        "/Subtype/Form", "/Subtype/Image", "/Subtype/TrueType", "/Subtype/Type3", "/BaseFont/Helvetica", "/Count -1", "/Type/ObjStm/N 9/First 9", "/Type/XRef/W[1 2 1]", "/OCProperties<</D<</OFF[5 0 R]>>>>", "endobj", "endstream", "stream\n", "obj", "xref", "trailer",
        "begincodespacerange <0000> <ffff> endcodespacerange ", "1 beginbfrange <0000> <ffff> <0000> endbfrange ", "usecmap ", "\0", "\u{ff}",
    ],
    whole: &[
        "0 ",
        "q Q ",
        "BT ET ",
        "<<>>",
        "[]",
        "()",
        "<>",
        "null ",
        "/A ",
        "1 0 R ",
        "BT /F1 8 Tf 1 0 0 1 60 60 Tm <603b8ba1> Tj ET ",
        "100 100 50 20 re S ",
    ],
    values: &["", "a"],
};
