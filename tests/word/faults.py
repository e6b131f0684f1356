#!/usr/bin/env python3
"""Faults planted one at a time into a good DOCX. In: a DOCX in which no check finds anything; out: which check finds which fault.

    tests/word/faults.py GOOD.docx

A fault that no checker finds is an error, and so is an invariant that finds no fault, and a good file that is not clean, before and after
it was only read and written again. So a check that no longer sees what it is for is noticed. What a reader makes of a file is tried by
`readback.py --faults`.
"""

import copy
import io
import multiprocessing
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

import check
import invariants
from lxml import etree
from package import CONTENT_TYPES, CORE, DC, MC, RELS, TERMS, TYPES, XML, Package, R, W

DOCUMENT, STYLES, SETTINGS, CORE_PART = "word/document.xml", "word/styles.xml", "word/settings.xml", "docProps/core.xml"
DOCUMENT_RELS, TYPES_PART = "word/_rels/document.xml.rels", CONTENT_TYPES
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
# One fault is a part twice, of which the writer warns.
warnings.filterwarnings("ignore", "Duplicate name")


class Draft:
    """A package that is being broken: its parts as trees where a fault asks for them, else as bytes."""

    def __init__(self, data):
        package = Package(data)
        self.parts, self.trees = dict(package.parts), {}
        self.stamp, self.extra, self.twice, self.pack = FIRST_DAY, b"", None, zipfile.ZIP_DEFLATED
        self.after = lambda data: data

    def tree(self, part):
        """A part as a tree that may be changed."""
        if part not in self.trees:
            self.trees[part] = etree.fromstring(self.parts[part])
        return self.trees[part]

    def all(self, path, part=DOCUMENT):
        """The elements that an XPath leads to; none at all is an error of the test, not of the file."""
        names = {"w": W[1:-1], "r": R[1:-1], "t": TYPES[1:-1], "l": RELS[1:-1], "dc": DC[1:-1], "terms": TERMS[1:-1], "cp": CORE[1:-1]}
        found = self.tree(part).xpath(path, namespaces=names)
        if not found:
            raise LookupError(f"{part} has no {path} to break")
        return found

    def one(self, path, part=DOCUMENT):
        """The first of them."""
        return self.all(path, part)[0]

    def replace(self, part, old, new):
        """Replaces the first occurrence of some text."""
        text = self.text(part)
        if old not in text:
            raise LookupError(f"{part} has no {old!r} to break")
        self.set_text(part, text.replace(old, new, 1))

    def text(self, part):
        """A part as text, as it would be written."""
        if part in self.trees:
            self.parts[part] = etree.tostring(self.trees.pop(part), xml_declaration=True, encoding="UTF-8", standalone=True)
        return self.parts[part].decode("utf-8", "surrogateescape")

    def set_text(self, part, text):
        """Writes a part."""
        self.parts[part] = text.encode("utf-8", "surrogateescape")

    def reread(self):
        """Reads every part and writes it again, which changes nothing that counts."""
        for part in self.parts:
            self.tree(part)
        return self

    def packed(self):
        """The file, with fixed times and no extra fields unless a fault says otherwise."""
        for part in list(self.trees):
            self.text(part)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in [*self.parts, *([self.twice] if self.twice else [])]:
                info = zipfile.ZipInfo(name, self.stamp)
                info.compress_type, info.extra, info.create_system = self.pack, self.extra, 0
                archive.writestr(info, self.parts[name])
        return self.after(out.getvalue())


def w(tag, children=(), /, **attributes):
    """An element of WordprocessingML."""
    element = etree.Element(W + tag, {W + key: told for key, told in attributes.items()})
    element.extend(children)
    return element


def run(text):
    """A run of text."""
    made = w("t")
    made.text = text
    made.set(XML + "space", "preserve")
    return w("r", [made])


def paragraph(*runs):
    """A paragraph."""
    return w("p", runs)


def field(instruction, kinds=("begin", "separate", "end")):
    """The runs of a field."""
    made = {kind: w("r", [w("fldChar", fldCharType=kind)]) for kind in ("begin", "separate", "end")}
    told = w("instrText")
    told.text = instruction
    told.set(XML + "space", "preserve")
    runs = [made["begin"], w("r", [told]), made["separate"], run("1"), made["end"]]
    return [one for one in runs if one[0].tag != W + "fldChar" or one[0].get(W + "fldCharType") in kinds]


def table(*rows, widths=(2000, 2000, 2000), look="1"):
    """A table from rows of (columns, merge), the first a head row."""
    made = []
    for number, row in enumerate(rows):
        cells, at = [], 0
        for columns, merge in row:
            properties = [w("tcW", w=str(sum(widths[at : at + columns])), type="dxa")]
            properties += [w("gridSpan", val=str(columns))] if columns > 1 else []
            properties += [w("vMerge", val=merge)] if merge else []
            cells.append(w("tc", [w("tcPr", properties), w("p")]))
            at += columns
        made.append(w("tr", [*([w("trPr", [w("tblHeader")])] if number == 0 else []), *cells]))
    flags = {"firstRow": look, "lastRow": "0", "firstColumn": "0", "lastColumn": "0", "noHBand": "1", "noVBand": "1"}
    properties = [w("tblW", w=str(sum(widths)), type="dxa"), w("tblLayout", type="fixed"), w("tblLook", val="0000", **flags)]
    return w("tbl", [w("tblPr", properties), w("tblGrid", [w("gridCol", w=str(width)) for width in widths]), *made])


PLAIN = [(1, None), (1, None), (1, None)]
CELL, TABLE = "//w:tc[w:p/w:r/w:t]", "//w:body/w:tbl"
RESTART = "//w:tc[w:tcPr/w:vMerge/@w:val='restart']"
CONTINUED = "//w:tc[w:tcPr/w:vMerge[not(@w:val='restart')]]"


def before_section(draft, *blocks):
    """Puts blocks at the end of the body, before the section properties."""
    section = draft.one("//w:body/w:sectPr")
    for block in blocks:
        section.addprevious(block)


def remove(element):
    """Takes an element out."""
    element.getparent().remove(element)


# One function for each fault; its first line says what it plants.
FAULTS = []


def fault(function):
    """Enters a fault into the list."""
    FAULTS.append(function)
    return function


@fault
def order_of_elements(d):
    """properties after the runs of a paragraph"""
    made = paragraph(run("甲"))
    made.append(w("pPr", [w("keepNext")]))
    before_section(d, made)


@fault
def order_within_properties(d):
    """w:jc before w:spacing"""
    before_section(d, w("p", [w("pPr", [w("jc", val="left"), w("spacing", before="20")])]))


@fault
def unknown_element(d):
    """an element that WordprocessingML does not have"""
    before_section(d, w("chapter"))


@fault
def unknown_attribute(d):
    """an attribute that w:jc does not have"""
    before_section(d, w("p", [w("pPr", [w("jc", val="left", side="left")])]))


@fault
def empty_cell(d):
    """a cell with nothing in it"""
    cell = d.one(CELL)
    for child in cell.findall(W + "p"):
        cell.remove(child)


@fault
def bad_enum(d):
    """w:jc that says middle"""
    before_section(d, w("p", [w("pPr", [w("jc", val="middle")])]))


@fault
def missing_part(d):
    """the part with the settings left out"""
    del d.parts[SETTINGS]


@fault
def dangling_relationship_id(d):
    """a footer by an id that no relationship has"""
    d.one("//w:footerReference").set(R + "id", "rId999")


@fault
def dangling_relationship(d):
    """a relationship to a part that is not there"""
    kind = R[1:-1] + "/webSettings"
    etree.SubElement(d.tree(DOCUMENT_RELS), RELS + "Relationship", Id="rId999", Type=kind, Target="webSettings.xml")


@fault
def doubled_relationship(d):
    """two relationships with one id"""
    one = d.one("l:Relationship[1]", DOCUMENT_RELS)
    one.addnext(copy.deepcopy(one))


@fault
def undefined_style(d):
    """a paragraph of a style that is not there"""
    before_section(d, w("p", [w("pPr", [w("pStyle", val="Nowhere")])]))


@fault
def undefined_run_style(d):
    """a run of a style that is not there"""
    made = run("甲")
    made.insert(0, w("rPr", [w("rStyle", val="Nowhere")]))
    before_section(d, paragraph(made))


@fault
def undefined_table_style(d):
    """a table of a style that is not there"""
    d.one("//w:tblStyle").set(W + "val", "Nowhere")


@fault
def style_of_other_type(d):
    """a paragraph whose style is one of tables"""
    before_section(d, w("p", [w("pPr", [w("pStyle", val=d.one("//w:tblStyle").get(W + "val"))])]))


@fault
def doubled_style(d):
    """two styles with one id"""
    style = d.one("w:style[@w:type='paragraph'][last()]", STYLES)
    style.addnext(copy.deepcopy(style))


@fault
def style_based_on_itself(d):
    """a style based on one that is based on it"""
    style = d.one("w:style[@w:type='paragraph'][w:basedOn]", STYLES)
    style.find(W + "basedOn").set(W + "val", style.get(W + "styleId"))


@fault
def heading_without_level(d):
    """a heading style with no outline level"""
    remove(d.one("w:style[starts-with(w:name/@w:val, 'heading')]//w:outlineLvl", STYLES))


@fault
def heading_passed_over(d):
    """a heading of the ninth level after one of the first"""
    before_section(d, w("p", [w("pPr", [w("outlineLvl", val="8")]), run("甲")]))


@fault
def grid_too_wide(d):
    """a grid with a column more than the cells"""
    d.one("//w:tblGrid").append(w("gridCol", w="500"))


@fault
def grid_too_short(d):
    """a grid with a column less than the cells"""
    remove(d.one("//w:tblGrid/w:gridCol[last()]"))


@fault
def no_grid(d):
    """a table with no grid"""
    remove(d.one("//w:tblGrid"))


@fault
def row_too_short(d):
    """a row without its last cell"""
    remove(d.one(f"{TABLE}/w:tr[last()][count(w:tc) > 1]/w:tc[last()]"))


@fault
def span_too_wide(d):
    """a cell that covers a column more than there are"""
    properties = d.one(f"{TABLE}/w:tr/w:tc[last()][not(w:tcPr/w:gridSpan)]/w:tcPr")
    properties.find(W + "tcW").addnext(w("gridSpan", val="2"))


@fault
def cell_of_other_width(d):
    """a cell a twentieth of a point wider than its columns"""
    width = d.one("//w:tcW")
    width.set(W + "w", str(int(width.get(W + "w")) + 1))


@fault
def table_wider_than_page(d):
    """a table that sticks out of the text area"""
    table = d.one("//w:tbl[not(.//w:gridSpan)] | //w:tbl")
    for element in table.iter(W + "tblW", W + "gridCol", W + "tcW"):
        element.set(W + "w", str(int(element.get(W + "w")) * 2))


@fault
def table_at_end_of_cell(d):
    """a cell that ends in a table"""
    table = copy.deepcopy(d.one(TABLE))
    d.one(CELL).append(table)


@fault
def adjacent_tables(d):
    """two tables with no paragraph between"""
    table = d.one(TABLE)
    table.addnext(copy.deepcopy(table))


@fault
def merge_without_start(d):
    """a continued merge with no start above"""
    merge = d.one(RESTART).find(f"{W}tcPr/{W}vMerge")
    merge.getparent().remove(merge)


@fault
def merge_in_first_row(d):
    """a first row that continues a merge"""
    d.one(RESTART).find(f"{W}tcPr/{W}vMerge").attrib.pop(W + "val")


@fault
def merge_without_end(d):
    """a merge that nothing continues"""
    remove(d.one(CONTINUED).find(f"{W}tcPr/{W}vMerge"))


@fault
def text_in_continued_cell(d):
    """text in a cell that others cover"""
    d.one(CONTINUED).find(W + "p").append(run("甲"))


@fault
def head_row_last(d):
    """a head row below the others"""
    rows = d.all(f"{TABLE}[1]/w:tr")
    d.one(f"{TABLE}[1]/w:tr[last()]/w:trPr").append(w("tblHeader"))
    if len(rows) < 2:
        raise LookupError("a table of two rows is wanted")


@fault
def no_head_row(d):
    """a table with no head row"""
    for head in d.all(f"({TABLE})[1]//w:tblHeader"):
        remove(head)


@fault
def wrong_content_type(d):
    """the document with the type of plain text"""
    d.one("t:Override[@PartName='/word/document.xml']", TYPES_PART).set("ContentType", "text/plain")


@fault
def footer_of_other_type(d):
    """a footer with the type of a header"""
    one = d.one("t:Override[contains(@PartName, 'footer')]", TYPES_PART)
    one.set("ContentType", one.get("ContentType").replace("footer", "header"))


@fault
def no_content_type(d):
    """a part of a kind that the list of content types does not know"""
    d.parts["word/media/image1.png"] = b"\x89PNG\r\n\x1a\n"


@fault
def type_of_no_part(d):
    """the content type of a part that is not there"""
    one = d.one("t:Override[1]", TYPES_PART)
    made = copy.deepcopy(one)
    made.set("PartName", "/word/nothing.xml")
    one.addnext(made)


@fault
def unreferenced_part(d):
    """a part that no relationship leads to"""
    d.parts["word/left.xml"] = d.parts[SETTINGS]
    one = d.one("t:Override[@PartName='/word/settings.xml']", TYPES_PART)
    made = copy.deepcopy(one)
    made.set("PartName", "/word/left.xml")
    one.addnext(made)


@fault
def external_relationship(d):
    """a template that is fetched from the web"""
    kind = R[1:-1] + "/image"
    etree.SubElement(d.tree(DOCUMENT_RELS), RELS + "Relationship", Id="rId998", Type=kind, Target="https://a.example/x.png", TargetMode="External")


@fault
def control_character(d):
    """U+0007 in a text"""
    text = d.text(DOCUMENT)
    d.set_text(DOCUMENT, text.replace("</w:t>", "\x07</w:t>", 1))


@fault
def control_reference(d):
    """U+0001 as a reference"""
    text = d.text(DOCUMENT)
    d.set_text(DOCUMENT, text.replace("</w:t>", "&#1;</w:t>", 1))


@fault
def malformed(d):
    """a paragraph that does not end"""
    d.replace(DOCUMENT, "</w:p>", "")


@fault
def malformed_styles(d):
    """an ampersand that is not escaped, in the styles"""
    d.replace(STYLES, "<w:qFormat/>", "<w:qFormat/>&")


@fault
def not_utf_8(d):
    """a byte that is not UTF-8"""
    d.replace(DOCUMENT, "</w:t>", "\udcff</w:t>")


@fault
def document_type(d):
    """a document type with an entity"""
    text = d.text(DOCUMENT)
    d.set_text(DOCUMENT, text.replace("<w:document", '<!DOCTYPE w:document [<!ENTITY a "b">]><w:document', 1))


@fault
def undeclared_prefix(d):
    """mc:Ignorable with a prefix that is not declared"""
    d.tree(DOCUMENT)
    d.replace(DOCUMENT, "<w:document ", f'<w:document xmlns:mc="{MC[1:-1]}" mc:Ignorable="w99" ')


@fault
def bad_number(d):
    """a size of 15.75 points in half points"""
    d.one("//w:sz", STYLES).set(W + "val", "31.5")


@fault
def size_of_nothing(d):
    """text of size 0"""
    d.one("//w:sz", STYLES).set(W + "val", "0")


@fault
def bad_indent(d):
    """an indent with a unit"""
    before_section(d, w("p", [w("pPr", [w("ind", firstLine="two")])]))


@fault
def date_not_w3c(d):
    """a date as people write it"""
    d.one("terms:created", CORE_PART).text = "2024年1月1日"


@fault
def date_not_in_calendar(d):
    """the thirtieth of February"""
    d.one("terms:modified", CORE_PART).text = "2024-02-30T00:00:00Z"


@fault
def no_title(d):
    """no title in the properties"""
    d.one("dc:title", CORE_PART).text = ""


@fault
def no_language(d):
    """no language in the properties"""
    remove(d.one("dc:language", CORE_PART))


@fault
def other_language(d):
    """text that is said to be of another language than the properties say"""
    language = d.one("//w:docDefaults//w:lang", STYLES)
    for attribute in language.attrib:
        language.set(attribute, "fr-FR")


@fault
def text_outside_a_run(d):
    """text right in a paragraph"""
    made = paragraph(run("甲"))
    made[0].tail = "乙"
    before_section(d, made)


@fault
def text_outside_of_t(d):
    """text right in a run"""
    made = run("甲")
    made[0].tail = "乙"
    before_section(d, paragraph(made))


@fault
def t_outside_a_run(d):
    """w:t right in a paragraph"""
    before_section(d, w("p", [run("甲")[0]]))


@fault
def spaces_lost(d):
    """spaces at the end of a text that are not kept"""
    made = run("甲 ")
    made[0].attrib.pop(XML + "space")
    before_section(d, paragraph(made))


@fault
def unclosed_field(d):
    """a field that does not end"""
    before_section(d, paragraph(*field(" PAGE ", ("begin", "separate"))))


@fault
def unopened_field(d):
    """a field that does not begin"""
    before_section(d, paragraph(*field(" PAGE ", ("separate", "end"))))


@fault
def field_over_paragraphs(d):
    """a field that ends in the next paragraph"""
    runs = field(" PAGE ")
    before_section(d, paragraph(*runs[:4]), paragraph(runs[4]))


@fault
def field_that_fetches(d):
    """a field that runs a program"""
    before_section(d, paragraph(*field(' DDEAUTO c:\\\\a "b" ')))


@fault
def link_to_script(d):
    """a link that is no web or mail address"""
    before_section(d, paragraph(*field(' HYPERLINK "javascript:alert(1)" ')))


@fault
def field_without_result(d):
    """a field that shows nothing until it is renewed"""
    runs = field(" PAGE ")
    before_section(d, paragraph(*runs[:3], runs[4]))


@fault
def list_that_is_not(d):
    """a paragraph in a list that is not there"""
    before_section(d, w("p", [w("pPr", [w("numPr", [w("ilvl", val="0"), w("numId", val="777")])])]))


@fault
def doubled_bookmark(d):
    """two bookmarks with one id and name"""
    marks = [w("bookmarkStart", id="1", name="a"), w("bookmarkEnd", id="1")]
    before_section(d, w("p", copy.deepcopy(marks)), w("p", marks))


@fault
def bookmark_without_end(d):
    """a bookmark that does not end"""
    before_section(d, w("p", [w("bookmarkStart", id="1", name="a")]))


@fault
def link_to_no_bookmark(d):
    """a link within the document that leads nowhere"""
    before_section(d, paragraph(w("hyperlink", [run("甲")], anchor="nowhere")))


@fault
def no_section(d):
    """no section properties"""
    remove(d.one("//w:body/w:sectPr"))


@fault
def section_not_last(d):
    """a paragraph behind the section properties"""
    d.one("//w:body").append(paragraph(run("甲")))


@fault
def page_smaller_than_margins(d):
    """a page with no room for text"""
    d.one("//w:body/w:sectPr/w:pgSz").set(W + "w", "1000")


@fault
def even_footers_off(d):
    """footers for even pages that the settings do not ask for"""
    remove(d.one("w:evenAndOddHeaders", SETTINGS))


@fault
def fields_renewed(d):
    """fields that are renewed on opening"""
    d.one("w:evenAndOddHeaders", SETTINGS).addprevious(w("updateFields"))


@fault
def older_word(d):
    """the compatibility mode of an older Word"""
    d.one("//w:compatSetting[@w:name='compatibilityMode']", SETTINGS).set(W + "val", "12")


@fault
def columns_not_fixed(d):
    """a table whose columns are not fixed"""
    d.one("//w:tblLayout").set(W + "type", "autofit")


@fault
def quotation_marks_without_hint(d):
    """Chinese quotation marks that are set in the Latin face"""
    before_section(d, paragraph(run("“甲”")))


@fault
def face_of_a_theme(d):
    """a face by way of a theme"""
    d.one("//w:rFonts[@w:ascii]", STYLES).set(W + "asciiTheme", "minorHAnsi")


@fault
def face_in_one_slot(d):
    """a face for Latin letters alone"""
    d.one("//w:rFonts[@w:eastAsia]", STYLES).attrib.pop(W + "eastAsia")


@fault
def face_not_in_table(d):
    """a face that is not in the font table"""
    d.one("//w:rFonts[@w:eastAsia]", STYLES).set(W + "eastAsia", "Nowhere Sans")


@fault
def nested_paragraph(d):
    """a paragraph in a paragraph"""
    before_section(d, paragraph(paragraph(run("甲"))))


@fault
def other_root(d):
    """a document whose root is something else"""
    d.tree(DOCUMENT).tag = W + "glossaryDocument"


@fault
def zip_with_times(d):
    """files with the time at which they were made"""
    d.stamp = (2026, 1, 2, 3, 4, 6)


@fault
def zip_with_extra_fields(d):
    """files with an extra field"""
    d.extra = b"\x55\x54\x05\x00\x01\x00\x00\x00\x00"


@fault
def zip_in_other_order(d):
    """the list of content types last"""
    d.text(TYPES_PART)
    d.parts[TYPES_PART] = d.parts.pop(TYPES_PART)


@fault
def zip_with_a_part_twice(d):
    """one part twice"""
    d.twice = STYLES


@fault
def zip_with_other_compression(d):
    """files packed in a way that Word does not read"""
    d.pack = zipfile.ZIP_BZIP2


@fault
def zip_of_other_checksum(d):
    """a checksum that is not that of the file"""
    d.pack = zipfile.ZIP_STORED
    d.after = lambda data: data.replace("</w:body>".encode(), "</w:bodi>".encode(), 1)


@fault
def zip_cut_off(d):
    """the last bytes missing"""
    d.after = lambda data: data[:-30]


@fault
def zip_with_more_behind(d):
    """bytes behind the end"""
    d.after = lambda data: data + b"more"


@fault
def zip_with_descriptors(d):
    """sizes behind the files instead of before them"""
    d.after = with_descriptors


def with_descriptors(data):
    """The file as a writer makes it that cannot go back."""

    class Stream(io.RawIOBase):
        """What is written goes one way."""

        def __init__(self):
            self.out = io.BytesIO()

        def writable(self):
            return True

        def write(self, piece):
            return self.out.write(bytes(piece))

    stream = Stream()
    with zipfile.ZipFile(stream, "w") as archive, zipfile.ZipFile(io.BytesIO(data)) as old:
        for info in old.infolist():
            archive.writestr(zipfile.ZipInfo(info.filename, FIRST_DAY), old.read(info), zipfile.ZIP_DEFLATED)
    return stream.out.getvalue()


@fault
def empty_caption(d):
    """a table with an empty title"""
    made = table(PLAIN, PLAIN)
    made.find(W + "tblPr").append(w("tblCaption", val=""))
    before_section(d, made, w("p"))


@fault
def merge_out_of_heads(d):
    """a merge from the head rows into the others"""
    before_section(d, table([(1, "restart"), *PLAIN[1:]], [(1, "continue"), *PLAIN[1:]]), w("p"))


@fault
def heads_denied(d):
    """a table with a head row whose look says that it has none"""
    before_section(d, table(PLAIN, PLAIN, look="0"), w("p"))


@fault
def only_heads(d):
    """a table that has nothing but a head row"""
    before_section(d, table(PLAIN), w("p"))


@fault
def merge_of_other_columns(d):
    """a merge that goes on with fewer columns than it began with"""
    before_section(d, table(PLAIN, [(2, "restart"), (1, None)], [(1, "continue"), (1, None), (1, None)]), w("p"))


@fault
def merge_past_a_row(d):
    """a merge that goes on behind a row where it does not"""
    before_section(d, table(PLAIN, [(1, "restart"), *PLAIN[1:]], PLAIN, [(1, "continue"), *PLAIN[1:]]), w("p"))


@fault
def too_many_columns(d):
    """a table of 64 columns"""
    widths = (100,) * 64
    before_section(d, table([(64, None)], [(1, None)] * 64, widths=widths), w("p"))


@fault
def row_too_long(d):
    """a row with a cell more than there are columns"""
    before_section(d, table(PLAIN, [*PLAIN, (1, None)]), w("p"))


@fault
def column_without_width(d):
    """a column of width 0"""
    before_section(d, table(PLAIN, PLAIN, widths=(3000, 3000, 0)), w("p"))


@fault
def lines_of_no_height(d):
    """lines that are exactly 0 high"""
    before_section(d, w("p", [w("pPr", [w("spacing", line="0", lineRule="exact")]), run("甲")]))


@fault
def tab_in_text(d):
    """a tab as a character"""
    before_section(d, paragraph(run("甲\t乙")))


@fault
def part_with_backslash(d):
    """a part whose name has a backslash"""
    d.parts["word\\settings2.xml"] = d.parts[SETTINGS]


@fault
def relationships_of_nothing(d):
    """relationships of a part that is not there"""
    d.parts["word/_rels/nothing.xml.rels"] = d.parts[DOCUMENT_RELS]


@fault
def footer_not_used(d):
    """a footer that no section names"""
    remove(d.one("//w:footerReference[last()]"))


@fault
def two_default_styles(d):
    """two paragraph styles that are the default one"""
    d.one("w:style[@w:type='paragraph'][not(@w:default)]", STYLES).set(W + "default", "1")


@fault
def heading_of_other_name(d):
    """a heading style that Word does not know for one by its name"""
    d.one("w:style[@w:styleId='Heading1']/w:name", STYLES).set(W + "val", "Chapter")


@fault
def two_styles_of_a_name(d):
    """two styles with one name"""
    names = d.all("w:style[@w:type='paragraph']/w:name", STYLES)
    names[-1].set(W + "val", names[0].get(W + "val").upper())


@fault
def style_based_on_other_type(d):
    """a paragraph style based on one of characters"""
    base = d.one("w:style[@w:type='character']", STYLES).get(W + "styleId")
    d.one("w:style[@w:type='paragraph']/w:basedOn", STYLES).set(W + "val", base)


@fault
def empty_heading(d):
    """a heading with no text"""
    before_section(d, w("p", [w("pPr", [w("pStyle", val="Heading1")])]))


@fault
def list_without_levels(d):
    """a list whose definition is not there"""
    d.one("w:num/w:abstractNumId", "word/numbering.xml").set(W + "val", "99")


@fault
def two_sections_at_the_end(d):
    """section properties twice"""
    section = d.one("//w:body/w:sectPr")
    section.addnext(copy.deepcopy(section))


@fault
def date_without_type(d):
    """a date that does not say how it is written"""
    d.one("terms:created", CORE_PART).attrib.clear()


@fault
def lines_stretched(d):
    """lines of tables stretched to those of the page"""
    d.one("w:compat", SETTINGS).append(w("adjustLineHeightInTable"))


@fault
def theme_there(d):
    """a theme, though nothing names it"""
    namespace = b"http://schemas.openxmlformats.org/drawingml/2006/main"
    d.parts["word/theme/theme1.xml"] = b'<?xml version="1.0" encoding="UTF-8"?><a:theme xmlns:a="' + namespace + b'"/>'


@fault
def no_author_of_xml(d):
    """a part that does not begin with an XML declaration"""
    text = d.text(SETTINGS)
    d.set_text(SETTINGS, text[text.index("<w:settings") :])


def found_in(data):
    """For each checker, the rules by which it found something that is not accepted."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fault.docx"
        path.write_bytes(data)
        found = [one for one in check.check(path) if check.accepted(one) is None]
    return {name: list(dict.fromkeys(one.rule for one in found if one.checker == name)) for name in check.CHECKERS}


def planted(job):
    """A fault by its number, in a good file: the rules that find it."""
    number, good = job
    draft = Draft(good)
    FAULTS[number](draft)
    return found_in(draft.packed())


def line(what, columns):
    """A line of the table."""
    return (f"{what:70}" + "".join(f"{told:34}" for told in columns)).rstrip()


def main():
    good = Path(sys.argv[1]).read_bytes()
    for what, data in (("good file", good), ("good file, written again", Draft(good).reread().packed())):
        if any(found_in(data).values()):
            sys.exit(f"the {what} is not clean: {found_in(data)}")
    with multiprocessing.Pool() as pool:
        results = pool.map(planted, [(number, good) for number in range(len(FAULTS))], chunksize=4)
    print(line("fault", check.CHECKERS))
    for plant, rules in zip(FAULTS, results):
        print(line(plant.__doc__, [", ".join(rules[name])[:32] or "-" for name in check.CHECKERS]))
    counts = ", ".join(f"{name} {sum(bool(rules[name]) for rules in results)}" for name in check.CHECKERS)
    others = [name for name in check.CHECKERS if name != "invariants"]
    ours = sum(bool(rules["invariants"]) and not any(rules[name] for name in others) for rules in results)
    theirs = sum(any(rules[name] for name in others) and not rules["invariants"] for rules in results)
    missed = [plant.__doc__ for plant, rules in zip(FAULTS, results) if not any(rules.values())]
    print(f"{len(FAULTS)} faults; found by: {counts}; by our invariants alone {ours}; by the validators alone {theirs}")
    idle = invariants.NAMES.symmetric_difference({rule for rules in results for rule in rules["invariants"]})
    print(f"found by none: {', '.join(missed) or 'no fault'}; invariants that found none: {', '.join(sorted(idle)) or 'none'}")
    sys.exit(bool(missed or idle))


if __name__ == "__main__":
    main()
