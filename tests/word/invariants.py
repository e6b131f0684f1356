#!/usr/bin/env python3
"""What must hold in each DOCX beyond what validators look at. In: files; out: what is wrong, by rule, part and place.

    tests/word/invariants.py FILE.docx...

Each rule is a function that yields `Finding`s; all of them run on every file, and none needs more than Python itself.
"""

import datetime
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from package import (CONTENT_TYPES, CORE, DC, MC, MIME, TERMS, XML, XSI, BadZip, Package, R, W, each, number, on, prefixes, rels_of, text,
                     value)

# What the counted elements are called in messages; the others are told by the nearest of these around them.
COUNTED = {W + "p": "paragraph", W + "tbl": "table", W + "tr": "row", W + "tc": "cell", W + "abstractNum": "list", W + "lvl": "level"}
# Columns that Word allows in a table.
COLUMNS = 63
DAY_ONE = (0x21, 0)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REFERENCE = re.compile(r"&#(x[0-9A-Fa-f]+|[0-9]+);")
W3C_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
FIELD = re.compile(r' *(PAGE|NUMPAGES|HYPERLINK "(https?://[^"\\\s]+|mailto:[^"\\\s]+)") *')
AMBIGUOUS = re.compile("[“”‘’…—·]")
FACES = ("ascii", "hAnsi", "eastAsia", "cs")
# Parts of these kinds count from the relationship alone; the others must be named by an id in the text.
IMPLICIT = {"styles", "settings", "fontTable", "numbering", "webSettings", "footnotes", "endnotes", "comments", "officeDocument",
            "core-properties", "extended-properties", "custom-properties"}
OF_KIND = {"officeDocument": MIME + "document.main+xml", "styles": MIME + "styles+xml", "settings": MIME + "settings+xml",
           "fontTable": MIME + "fontTable+xml", "numbering": MIME + "numbering+xml", "header": MIME + "header+xml",
           "footer": MIME + "footer+xml", "core-properties": "application/vnd.openxmlformats-package.core-properties+xml",
           "extended-properties": "application/vnd.openxmlformats-officedocument.extended-properties+xml"}
# Attributes that are whole numbers wherever they stand below these elements; twentieths of a point, or half points for the last.
LENGTHS = {"gridCol": "w", "tcW": "w", "tblW": "w", "tblInd": "w", "pgSz": "w h", "trHeight": "val", "tabs": "pos", "cols": "space num",
           "pgMar": "top right bottom left header footer gutter", "spacing": "before after line val beforeLines afterLines",
           "ind": "left right firstLine hanging leftChars rightChars firstLineChars hangingChars start end", "docGrid": "linePitch charSpace",
           "kern": "val", "position": "val", "gridSpan": "val", "outlineLvl": "val", "ilvl": "val", "defaultTabStop": "val"}
# The attributes of elements that our pages are made of; Word refuses a file with others, and openxml-audit does not look at them.
ATTRIBUTES = {**LENGTHS, "jc": "val", "pStyle": "val", "rStyle": "val", "tblStyle": "val", "tcW": "w type", "tblW": "w type", "tblInd": "w type",
              "vMerge": "val", "vAlign": "val", "pgSz": "w h orient code", "trHeight": "val hRule", "tblHeader": "val", "cantSplit": "val",
              "keepNext": "val", "keepLines": "val", "shd": "val color fill", "sz": "val", "szCs": "val", "b": "val", "bCs": "val", "i": "val",
              "color": "val", "lang": "val eastAsia bidi", "tblCaption": "val", "tblDescription": "val", "tblLayout": "type", "numId": "val",
              "spacing": LENGTHS["spacing"] + " lineRule beforeAutospacing afterAutospacing", "cols": "space num equalWidth sep",
              "docGrid": "type linePitch charSpace", "rFonts": "ascii hAnsi eastAsia cs hint", "fldChar": "fldCharType dirty fldLock",
              "br": "type clear", "t": "", "r": "rsidR rsidRPr", "tc": "id", "tbl": "", "body": "", "bookmarkStart": "id name",
              "bookmarkEnd": "id", "snapToGrid": "val", "footerReference": "type", "headerReference": "type", "pageBreakBefore": "val",
              "tblLook": "val firstRow lastRow firstColumn lastColumn noHBand noVBand"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    rule: str
    part: str
    place: str
    what: str

    def __str__(self):
        return ": ".join(filter(None, [self.part, self.place, self.what])) + f" [{self.rule}]"


class Places:
    """Where each element of a part is, in words that lead a person to it."""

    def __init__(self, tree):
        self._of = {}
        self._walk(tree, "")

    def _walk(self, element, place):
        self._of[id(element)] = place
        counts = Counter()
        for child in self._children(element):
            counts[child.tag] += 1
            self._walk(child, self._named(child, place, counts[child.tag]))

    def _children(self, element):
        """What may stand between a container and its blocks does not count."""
        for child in element:
            if child.tag in (W + "sdt", W + "sdtContent", W + "hyperlink", W + "ins"):
                self._of.setdefault(id(child), "")
                yield from self._children(child)
            yield child

    @staticmethod
    def _named(child, place, count):
        word = COUNTED.get(child.tag)
        if child.tag == W + "style":
            word, count = "style", child.get(W + "styleId", "?")
        return place if word is None else f"{place}, {word} {count}" if place else f"{word} {count}"

    def __getitem__(self, element):
        return self._of[id(element)]


def zip_as_it_should_be(package):
    """The same bytes every time: one order, one time, nothing that only some writers add."""

    def found(what, entry=None):
        return Finding("zip", entry.name if entry else "", "", what)

    if package.entries and package.entries[0].name != CONTENT_TYPES:
        yield found(f"{CONTENT_TYPES} is not the first file")
    if not package.ends_well:
        yield found("the list of files is followed by a comment or by something else")
    at = 0
    for entry in sorted(package.entries, key=lambda entry: entry.at):
        if entry.at != at:
            yield found(f"bytes {at} to {entry.at} before it belong to no file", entry)
        at = entry.end
        if entry.stamp != DAY_ONE:
            yield found("its time is not 1980-01-01 00:00", entry)
        if entry.flags & ~0x0806:
            yield found(f"flags {entry.flags:#06x}: a data descriptor, encryption or what readers need not know", entry)
        if entry.extra:
            yield found("it has extra fields or a comment", entry)
        if entry.method not in (0, 8):
            yield found(f"compression method {entry.method}", entry)
        if not entry.headers_agree:
            yield found("its two headers and its contents do not agree", entry)
    if at != package.list_at:
        yield found("there are bytes between the last file and the list")


def names_of_parts(package):
    """Part names that every reader takes for the same part."""
    seen = Counter(entry.name.lower() for entry in package.entries)
    for name, count in seen.items():
        if count > 1:
            yield Finding("name", name, "", f"{count} parts have this name")
        steps = name.split("/")
        if "\\" in name or not all(steps) or {".", ".."} & set(steps) or not name.isascii():
            yield Finding("name", name, "", "this is no name for a part")


def well_formed(package):
    """XML that parses, in UTF-8, without a document type, without what XML 1.0 has no place for."""
    for name, body in package.parts.items():
        if name in package.malformed:
            yield Finding("xml", name, "", f"not well-formed: {package.malformed[name]}")
        if not name.endswith((".xml", ".rels")):
            continue
        try:
            told = body.decode("utf-8")
        except UnicodeDecodeError as error:
            yield Finding("xml", name, f"byte {error.start}", "not UTF-8")
            continue
        if "<!DOCTYPE" in told or "<!ENTITY" in told:
            yield Finding("xml", name, "", "it declares a document type")
        if not re.match(r"""<\?xml version=["']1.0["'] encoding=["'](UTF|utf)-8["']""", told):
            yield Finding("xml", name, "", "it does not begin with an XML declaration of UTF-8")
        yield from _forbidden(name, told)


def _forbidden(name, told):
    for found in FORBIDDEN.finditer(told):
        line = told.count("\n", 0, found.start()) + 1
        yield Finding("character", name, f"line {line}", f"XML 1.0 has no U+{ord(found[0]):04X}")
    for found in REFERENCE.finditer(told):
        code = int(found[1][1:], 16) if found[1][0] == "x" else int(found[1])
        if code > 0x10FFFF or FORBIDDEN.match(chr(code)):
            yield Finding("character", name, found[0], f"XML 1.0 has no U+{code:04X}")


def declared_prefixes(package):
    """Word refuses a part whose `mc:Ignorable` names a prefix that is not declared."""
    for name, tree in package.trees.items():
        known = prefixes(package.parts[name])
        for prefix in tree.get(MC + "Ignorable", "").split():
            if prefix not in known:
                yield Finding("prefix", name, "", f"mc:Ignorable names {prefix}, which is not declared")


def content_types(package):
    """Each part has a content type, that which its kind needs, and no type is of a part that is not there."""
    if CONTENT_TYPES not in package.parts:
        yield Finding("content-type", CONTENT_TYPES, "", "the part is missing")
    for part in package.overrides:
        if part not in package.parts:
            yield Finding("content-type", CONTENT_TYPES, part, "there is no such part")
    if len(package.trees.get(CONTENT_TYPES, ())) != len(package.defaults) + len(package.overrides):
        yield Finding("content-type", CONTENT_TYPES, "", "a part or an extension is named twice")
    for part in package.parts:
        kind = package.content_type(part)
        if part == CONTENT_TYPES:
            continue
        if kind is None:
            yield Finding("content-type", part, "", "the part has no content type")
        elif part.endswith(".xml") and kind in ("application/xml", "text/xml"):
            yield Finding("content-type", part, "", "the part has only the type of all XML")


def _sources(package):
    return ["", *(name for name in package.parts if not name.endswith(".rels") and name != CONTENT_TYPES)]


def relationships(package):
    """Each leads to a part of the type it says, none leads outside, and each part is reached and used."""
    sources = _sources(package)
    for name in package.parts:
        if name.endswith(".rels") and name not in {rels_of(source) for source in sources}:
            yield Finding("relationship", name, "", "the part that it is of is not there")
    for source in sources:
        related = package.relationships(source)
        for identity, count in Counter(r.id for r in related).items():
            if count > 1 or not identity:
                yield Finding("relationship", rels_of(source), identity, f"{count} relationships have this id")
        for relationship in related:
            yield from _relationship(package, relationship)
    for kind in ("officeDocument", "core-properties"):
        if package.one("", kind) is None:
            yield Finding("relationship", "_rels/.rels", "", f"none leads to the {kind} part")
    yield from _reached(package)


def _relationship(package, relationship):
    part, place, kind = rels_of(relationship.part), relationship.id, relationship.kind.rpartition("/")[2]
    if relationship.external:
        yield Finding("external", part, place, f"it leads out of the file, to {relationship.target}")
        return
    if relationship.target not in package.parts:
        yield Finding("relationship", part, place, f"{relationship.target} is not there")
    elif package.content_type(relationship.target) != OF_KIND.get(kind, package.content_type(relationship.target)):
        told = package.content_type(relationship.target)
        yield Finding("content-type", relationship.target, "", f"its type is {told}, but it is related as {kind}")


def _reached(package):
    reached, todo = set(), [""]
    while todo:
        for relationship in package.relationships(todo.pop()):
            if not relationship.external and relationship.target not in reached:
                reached.add(relationship.target)
                todo.append(relationship.target)
    for part in _sources(package)[1:]:
        if part not in reached:
            yield Finding("unreferenced", part, "", "no relationship leads to this part")


def relationship_ids(package):
    """Each id in the text is one of that part's relationships, of the right kind; each that must be named is."""
    wanted = {W + "footerReference": "footer", W + "headerReference": "header"}
    for part, tree in package.trees.items():
        if part.endswith(".rels"):
            continue
        known, used, places = {r.id: r for r in package.relationships(part)}, set(), Places(tree)
        for element in tree.iter():
            for name, identity in element.attrib.items():
                if not name.startswith(R):
                    continue
                used.add(identity)
                kind = known[identity].kind.rpartition("/")[2] if identity in known else None
                if kind is None or wanted.get(element.tag, kind) != kind:
                    yield Finding("relationship", part, places[element], f"{identity} is no relationship that fits here")
        for relationship in known.values():
            if relationship.kind.rpartition("/")[2] not in IMPLICIT and relationship.id not in used:
                yield Finding("unreferenced", part, relationship.id, f"nothing in the text uses {relationship.target}")


def _text_of(element):
    yield element.text
    for child in element:
        yield child.tail


def text_in_runs(package):
    """Text stands in `w:t`, `w:instrText` and `w:delText` alone, these stand in runs, and spaces at their ends are kept."""
    leaves = {W + "t", W + "instrText", W + "delText"}
    for part, tree in package.words:
        places, parents = Places(tree), {child: parent for parent in tree.iter() for child in parent}
        for element in tree.iter():
            told = "".join(filter(None, _text_of(element)))
            if element.tag not in leaves:
                if told.strip():
                    yield Finding("text", part, places[element], f"text outside of a run, in {_short(element)}: {told.strip()[:40]!r}")
                continue
            if element not in parents or parents[element].tag != W + "r":
                yield Finding("text", part, places[element], f"{_short(element)} stands in no run")
            if element.tag == W + "t" and told != told.strip(" \t\r\n") and element.get(XML + "space") != "preserve":
                yield Finding("text", part, places[element], f"the spaces at the ends of {told[:40]!r} are lost")
            if re.search("[\t\r\n]", told):
                yield Finding("text", part, places[element], f"a tab or line end within {told[:40]!r}: Word shows a space")
    for part, tree in package.trees.items():
        if part == CONTENT_TYPES or part.endswith(".rels"):
            for element in tree.iter():
                if "".join(filter(None, _text_of(element))).strip():
                    yield Finding("text", part, "", f"text in {_short(element)}")


def _short(element):
    return "w:" + element.tag[len(W) :] if element.tag.startswith(W) else element.tag.rpartition("}")[2]


def tables(package):
    """All that a table must be, at any depth."""
    for part, tree in package.stories():
        places = Places(tree)
        for table in tree.iter(W + "tbl"):
            yield from (Finding(rule, part, places[at], what) for rule, at, what in _table(table))
        for container in tree.iter():
            yield from (Finding(rule, part, places[at], what) for rule, at, what in _neighbours(container))


def _neighbours(container):
    blocks = [child for child in container if child.tag in (W + "p", W + "tbl", W + "sectPr", W + "sdt")]
    for first, second in zip(blocks, blocks[1:]):
        if first.tag == second.tag == W + "tbl":
            yield "adjacent", second, "no paragraph stands between this table and the one before it, so that Word joins them"
    if container.tag == W + "tc" and (len(container) == 0 or container[-1].tag != W + "p"):
        yield "cell-end", container, "the cell does not end in a paragraph"
    if container.tag in (W + "ftr", W + "hdr") and (not blocks or blocks[-1].tag != W + "p"):
        yield "cell-end", container, "the part does not end in a paragraph"


def _table(table):
    columns = [number(column.get(W + "w")) for column in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    if not columns or any(width is None or width <= 0 for width in columns):
        yield "grid", table, f"the widths of its columns are {columns}"
        return
    if len(columns) > COLUMNS:
        yield "grid", table, f"{len(columns)} columns, of which Word allows {COLUMNS}"
    layout = table.find(f"{W}tblPr/{W}tblLayout")
    if layout is None or layout.get(W + "type") != "fixed":
        yield "grid", table, "its columns are not fixed, so that WPS and Word make them as wide as they like"
    width = table.find(f"{W}tblPr/{W}tblW")
    if width is not None and width.get(W + "type") == "dxa" and number(width.get(W + "w")) != sum(columns):
        yield "grid", table, f"its width is {width.get(W + 'w')}, its columns come to {sum(columns)}"
    if value(table, "tblPr/tblCaption") == "":
        yield "caption", table, "its title is empty"
    rows = table.findall(W + "tr")
    yield from _heads(table, rows)
    above = {}
    for row in rows:
        found, below = [], {}
        found.extend(_row(row, columns, above, below))
        yield from found
        above = below
    yield from _unfinished(above)


def _heads(table, rows):
    heads = [on(row.find(W + "trPr"), "tblHeader") for row in rows]
    look = table.find(f"{W}tblPr/{W}tblLook")
    says = look is not None and look.get(W + "firstRow") != "0"
    if not any(heads):
        # Charts have heads of rows alone, and lines that stand beside each other have none; both say so.
        if says or look is None:
            yield "head-rows", table, "it has no head row, and does not say so"
    elif not says:
        yield "head-rows", table, "it has head rows but says that it has none"
    elif not heads[0] or True in heads[heads.index(False) if False in heads else len(heads) :]:
        late = next(n for n, head in enumerate(heads) if head and False in heads[:n])
        yield "head-rows", rows[late], "a head row stands below rows that are none, so that Word does not repeat it"
    elif all(heads):
        yield "head-rows", table, "it has no row but head rows"
    for row, head, following in zip(rows, heads, heads[1:]):
        if head and not following:
            below = rows[rows.index(row) + 1]
            if any(_merge(cell) == "continue" for cell in below.iterfind(W + "tc")):
                yield "head-rows", below, "a merged cell goes from the head rows into the others"


def _merge(cell):
    merge = cell.find(f"{W}tcPr/{W}vMerge")
    return None if merge is None else merge.get(W + "val", "continue")


def _row(row, columns, above, below):
    """One row; `above` and `below` map a first column to span, cell and whether a merge that began has gone on."""
    before = number(value(row, "trPr/gridBefore") or "0")
    at = before
    for cell in row.iterfind(W + "tc"):
        span = number(value(cell, "tcPr/gridSpan") or "1")
        if span is None or span < 1 or at + span > len(columns):
            yield "grid", cell, f"it covers columns {at + 1} to {at + (span or 0)} of {len(columns)}"
            return
        width = cell.find(f"{W}tcPr/{W}tcW")
        wanted = sum(columns[at : at + span])
        if width is None or number(width.get(W + "w")) != wanted or width.get(W + "type") != "dxa":
            told = None if width is None else width.get(W + "w")
            yield "grid", cell, f"its width is {told}, its columns come to {wanted}"
        merge = _merge(cell)
        if merge == "continue":
            if above.get(at, (None,))[0] != span:
                yield "merge", cell, "it continues a merge that no cell above it, of the same columns, begins"
            if text(cell).strip():
                yield "merge", cell, f"it continues a merge but has text of its own, which no one sees: {text(cell)[:40]!r}"
        if merge is not None:
            below[at] = (span, cell, merge == "continue")
        at += span
    after = number(value(row, "trPr/gridAfter") or "0")
    if at + after != len(columns):
        yield "grid", row, f"its cells cover {at + after} of {len(columns)} columns"
    yield from _unfinished({start: one for start, one in above.items() if below.get(start, (0, 0, False))[2] is False})


def _unfinished(merges):
    for _, cell, has_gone_on in merges.values():
        if not has_gone_on:
            yield "merge", cell, "it begins a merge that no cell below it continues"


def fields(package):
    """Each field begins, separates and ends in that order within one paragraph, is one of those we write, and shows something."""
    for part, tree in package.stories():
        places = Places(tree)
        for at, what in _fields(tree):
            yield Finding("field", part, places[at], what)


def _fields(tree):
    open_fields = []
    for element in tree.iter():
        if element.tag == W + "p":
            yield from _left_open(open_fields)
            open_fields.clear()
        elif element.tag == W + "fldChar":
            yield from _field_character(element, open_fields)
        elif element.tag == W + "instrText":
            if not open_fields or open_fields[-1]["separated"]:
                yield element, "a field's instruction stands outside of the first half of a field"
            else:
                open_fields[-1]["instruction"] += element.text or ""
        elif element.tag == W + "t" and open_fields:
            if open_fields[-1]["separated"]:
                open_fields[-1]["shows"] = True
            else:
                yield element, "text stands in the first half of a field, which no one sees"
        elif element.tag == W + "fldSimple":
            yield from _instruction(element, element.get(W + "instr", ""))
    yield from _left_open(open_fields)


def _field_character(element, open_fields):
    kind = element.get(W + "fldCharType")
    if kind == "begin":
        open_fields.append({"at": element, "instruction": "", "separated": False, "shows": False})
    elif not open_fields or (kind == "separate" and open_fields[-1]["separated"]):
        yield element, f"a field's {kind!r} with no beginning before it"
    elif kind == "separate":
        open_fields[-1]["separated"] = True
    else:
        field = open_fields.pop()
        yield from _instruction(field["at"], field["instruction"])
        if not field["shows"]:
            yield field["at"], "the field has no result, so that nothing shows until it is renewed"
        elif open_fields:
            open_fields[-1]["shows"] = True


def _instruction(at, instruction):
    if not FIELD.fullmatch(instruction):
        yield at, f"a field other than PAGE, NUMPAGES and HYPERLINK with a web or mail address: {instruction!r}"


def _left_open(open_fields):
    for field in open_fields:
        yield field["at"], "the field does not end in its paragraph"


def styles(package):
    """Each style that is named is there and of that type; headings are headings to Word and to a screen reader."""
    part, tree = package.tree("styles")
    if tree is None:
        yield Finding("style", package.document or "", "", "there is no styles part")
        return
    by_id = {style.get(W + "styleId"): style for style in tree.iter(W + "style")}
    yield from (Finding("style", part, place, what) for place, what in _each_style(by_id))
    for kind in ("paragraph", "character", "table"):
        standard = [s for s in by_id.values() if s.get(W + "type") == kind and s.get(W + "default") in ("1", "true")]
        if len(standard) != 1:
            yield Finding("style", part, "", f"{len(standard)} {kind} styles are the default one")
    uses = {W + "pStyle": "paragraph", W + "rStyle": "character", W + "tblStyle": "table"}
    for name, words in package.words:
        places = Places(words)
        for element in each(words, "pStyle", "rStyle", "tblStyle"):
            style = by_id.get(element.get(W + "val"))
            if style is None or style.get(W + "type") != uses[element.tag]:
                yield Finding("style", name, places[element], f"there is no {uses[element.tag]} style {element.get(W + 'val')!r}")


def _each_style(by_id):
    for identity, style in by_id.items():
        place, name = f"style {identity}", value(style, "name") or ""
        for element in each(style, "basedOn", "next", "link"):
            other = by_id.get(element.get(W + "val"))
            if other is None or (element.tag != W + "link" and other.get(W + "type") != style.get(W + "type")):
                yield place, f"{_short(element)} names {element.get(W + 'val')!r}, which is no such style"
        seen, up = {identity}, value(style, "basedOn")
        while up in by_id and up not in seen:
            seen.add(up)
            up = value(by_id[up], "basedOn")
        if up in seen:
            yield place, "it is based on itself"
        level = re.fullmatch(r"heading ([1-9])", name.lower())
        if level and value(style, "pPr/outlineLvl") != str(int(level[1]) - 1):
            yield place, f"{name} has the outline level {value(style, 'pPr/outlineLvl')}"
        if re.fullmatch(r"Heading[1-9]", identity) and name.lower() != f"heading {identity[-1]}":
            yield place, f"Word knows headings by their names, and this one is {name!r}"


def headings(package):
    """No level of headings is passed over, and none is empty."""
    part, tree = package.tree("styles")
    if tree is None:
        return
    levels = {s.get(W + "styleId"): number(value(s, "pPr/outlineLvl")) for s in tree.iter(W + "style")}
    last = -1
    for name, story in package.stories()[:1]:
        places = Places(story)
        for paragraph in story.iter(W + "p"):
            level = number(value(paragraph, "pPr/outlineLvl")) if value(paragraph, "pPr/outlineLvl") else levels.get(value(paragraph, "pPr/pStyle"))
            if level is None or level > 8:
                continue
            if level > last + 1:
                yield Finding("heading", name, places[paragraph], f"a heading of level {level + 1} follows one of level {last + 1}")
            if not text(paragraph).strip():
                yield Finding("heading", name, places[paragraph], "the heading is empty")
            last = level


def attributes(package):
    """Elements that we know have no attributes that WordprocessingML does not give them."""
    for part, tree in package.words:
        places = Places(tree)
        for element in tree.iter():
            known = ATTRIBUTES.get(element.tag[len(W) :]) if element.tag.startswith(W) else None
            for attribute in element.attrib if known is not None else ():
                plain = attribute.startswith(W) and attribute[len(W) :] in known.split()
                if not plain and not attribute.startswith((XML, R)) and "theme" not in attribute.lower():
                    yield Finding("attribute", part, places[element], f"{_short(element)} has no attribute {attribute.rpartition('}')[2]}")


def numbering(package):
    """Each list that a paragraph or a style is in is there, with that level."""
    part, tree = package.tree("numbering")
    lists, levels = {}, {}
    for one in tree.iter(W + "abstractNum") if tree is not None else ():
        levels[one.get(W + "abstractNumId")] = {level.get(W + "ilvl") for level in one.iterfind(W + "lvl")}
    for one in tree.iterfind(W + "num") if tree is not None else ():
        lists[one.get(W + "numId")] = value(one, "abstractNumId")
        if value(one, "abstractNumId") not in levels:
            yield Finding("numbering", part, f"num {one.get(W + 'numId')}", f"there is no abstractNum {value(one, 'abstractNumId')}")
    for name, words in package.words:
        places = Places(words)
        for element in words.iter(W + "numPr"):
            identity, level = value(element, "numId"), value(element, "ilvl") or "0"
            if identity != "0" and level not in levels.get(lists.get(identity), ()):
                yield Finding("numbering", name, places[element], f"there is no list {identity} with a level {level}")


def sizes(package):
    """Half points and twentieths are whole numbers; sizes of text are above 0."""
    for part, tree in package.words:
        places = Places(tree)
        for element in tree.iter():
            short = element.tag[len(W) :] if element.tag.startswith(W) else ""
            if short in ("sz", "szCs") and (number(element.get(W + "val")) or 0) <= 0:
                yield Finding("size", part, places[element], f"a size of {element.get(W + 'val')} half points")
            for attribute in LENGTHS.get(short, "").split():
                told = element.get(W + attribute)
                if told is not None and number(told) is None:
                    yield Finding("size", part, places[element], f"w:{short} has {attribute} {told!r}, which is no whole number")
            if short == "spacing" and element.get(W + "lineRule") and (number(element.get(W + "line")) or 0) <= 0:
                yield Finding("size", part, places[element], f"lines {element.get(W + 'line')} twentieths high")


def ids(package):
    """What must be unique is."""
    kinds = [("bookmarkStart", "id"), ("bookmarkStart", "name"), ("bookmarkEnd", "id"), ("style", "styleId"), ("abstractNum", "abstractNumId"),
             ("num", "numId")]
    seen = {}
    for part, tree in package.words:
        for element, attribute in kinds:
            for one in tree.iter(W + element):
                seen.setdefault((f"w:{element}", attribute, one.get(W + attribute)), []).append(part)
        for style in tree.iter(W + "style"):
            seen.setdefault(("w:style", "name", (value(style, "name") or "").lower()), []).append(part)
        for one in tree.iter():
            if one.tag.endswith("}docPr"):
                seen.setdefault(("docPr", "id", one.get("id")), []).append(part)
    for (element, attribute, told), parts in seen.items():
        if len(parts) > 1 or not told:
            yield Finding("id", parts[0], "", f"{len(parts)} times {element} with {attribute} {told!r}")
    starts = {key[2] for key in seen if key[:2] == ("w:bookmarkStart", "id")}
    for identity in starts ^ {key[2] for key in seen if key[:2] == ("w:bookmarkEnd", "id")}:
        yield Finding("id", package.document, "", f"bookmark {identity} does not both begin and end")
    names = {key[2] for key in seen if key[:2] == ("w:bookmarkStart", "name")}
    for part, tree in package.stories():
        for link in tree.iter(W + "hyperlink"):
            if link.get(W + "anchor") is not None and link.get(W + "anchor") not in names:
                yield Finding("id", part, Places(tree)[link], f"there is no bookmark {link.get(W + 'anchor')!r}")


def sections(package):
    """The page is described, last in the body; its text area holds its tables; even pages have footers only where the settings say so."""
    name, tree = package.document, package.trees.get(package.document)
    body = tree.find(W + "body") if tree is not None else None
    if body is None:
        yield Finding("section", name or "", "", "there is no body")
        return
    found = body.findall(W + "sectPr")
    if len(found) != 1 or body[-1] is not found[0]:
        yield Finding("section", name, "", "the body does not end in its one section properties")
    places, waiting = Places(tree), []
    for block in body:
        waiting.append(block)
        section = block if block.tag == W + "sectPr" else block.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            yield from (Finding("section", name, place, what) for place, what in _section(section, waiting, places))
            waiting = []
    settings = package.tree("settings")[1]
    even = any(e.get(W + "type") == "even" for e in each(tree, "footerReference", "headerReference"))
    if even != on(settings, "evenAndOddHeaders"):
        yield Finding("section", name, "", "footers of even pages are there, or the settings ask for them, but not both")


def _section(section, blocks, places):
    size, margins = section.find(W + "pgSz"), section.find(W + "pgMar")
    if size is None or margins is None:
        yield places[section], "the section does not say how large its page or its margins are"
        return
    sides = [number(size.get(W + side)) or 0 for side in "wh"]
    edges = [number(margins.get(W + edge)) for edge in ("left", "right", "top", "bottom")]
    if None in edges or sides[0] <= sum(edges[:2]) or sides[1] <= sum(edges[2:]) or min(edges) < 0:
        yield places[section], f"a page of {sides} with margins {edges}"
        return
    room = sides[0] - sum(edges[:2])
    for table in (block for block in blocks if block.tag == W + "tbl"):
        width = sum(number(column.get(W + "w")) or 0 for column in table.iterfind(f"{W}tblGrid/{W}gridCol"))
        if width > room:
            yield places[table], f"the table is {width} wide, the text area {room}"


def settings(package):
    """What Word and WPS do with the file when they open it."""
    part, tree = package.tree("settings")
    if tree is None:
        yield Finding("settings", package.document or "", "", "there are no settings")
        return
    modes = [one.get(W + "val") for one in tree.iter(W + "compatSetting") if one.get(W + "name") == "compatibilityMode"]
    if modes != ["15"]:
        yield Finding("settings", part, "", f"compatibility mode {modes}: Word's title bar says so unless it is 15")
    if on(tree, "updateFields"):
        yield Finding("settings", part, "", "fields are renewed on opening, for which Word asks the user")
    if any(True for _ in each(tree, "adjustLineHeightInTable")):
        yield Finding("settings", part, "", "lines of tables are stretched to those of the page")


def hints(package):
    """In Chinese text “ ” … — are Chinese only where the run says so; else Word takes them from the Latin face."""
    core = package.trees.get(package.one("", "core-properties"))
    if core is None or not (core.findtext(DC + "language") or "").startswith("zh"):
        return
    for part, tree in package.stories():
        places = Places(tree)
        for run in tree.iter(W + "r"):
            told = "".join(one.text or "" for one in run.iter(W + "t"))
            fonts = run.find(f"{W}rPr/{W}rFonts")
            if AMBIGUOUS.search(told) and (fonts is None or fonts.get(W + "hint") != "eastAsia"):
                yield Finding("hint", part, places[run], f"no east-asian hint for {told[:40]!r}")


def properties(package):
    """Title, language and times are in the core properties, the times as W3CDTF has them; the text has the same language."""
    part = package.one("", "core-properties")
    tree = package.trees.get(part)
    if tree is None:
        yield Finding("properties", part or "", "", "there are no core properties")
        return
    for name in ("title", "language"):
        if not (tree.findtext(DC + name) or "").strip():
            yield Finding("properties", part, f"dc:{name}", "it is missing or empty")
    for name in ("created", "modified"):
        found = tree.findall(TERMS + name)
        if len(found) != 1 or found[0].get(XSI + "type") != "dcterms:W3CDTF" or not _is_date(found[0].text or ""):
            yield Finding("date", part, f"dcterms:{name}", f"no date as W3CDTF has it: {[one.text for one in found]}")
    if tree.tag != CORE + "coreProperties":
        yield Finding("properties", part, "", f"the root is {tree.tag}")
    language, styles_part = tree.findtext(DC + "language"), package.tree("styles")
    told = styles_part[1].find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang") if styles_part[1] is not None else None
    if told is None or language not in (told.get(W + "val"), told.get(W + "eastAsia")):
        yield Finding("properties", styles_part[0] or "", "w:lang", f"the text is not said to be {language}")


def _is_date(told):
    if not W3C_DATE.fullmatch(told):
        return False
    try:
        datetime.datetime.fromisoformat(told.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def faces(package):
    """Each face is named in all four slots and in the font table, and none by way of a theme."""
    table = package.tree("fontTable")[1]
    known = {font.get(W + "name") for font in table.iter(W + "font")} if table is not None else set()
    for part, tree in package.words:
        places = Places(tree)
        for element in tree.iter():
            for attribute in element.attrib:
                if attribute.startswith(W) and "theme" in attribute[len(W) :].lower():
                    yield Finding("theme", part, places[element], f"{_short(element)} names a face or colour of a theme")
        for fonts in tree.iter(W + "rFonts"):
            named = {face: fonts.get(W + face) for face in FACES if fonts.get(W + face) is not None}
            if named and len(named) != len(FACES):
                yield Finding("face", part, places[fonts], f"only the slots {', '.join(named)} name a face")
            for face in {*named.values()} - known:
                yield Finding("face", part, places[fonts], f"{face!r} is not in the font table")
    for part in package.parts:
        if "/theme" in part.lower() or "theme+xml" in (package.content_type(part) or ""):
            yield Finding("theme", part, "", "there is a theme: WPS says that fonts are missing where it names any that the machine lacks")


# What findings are called; `faults.py` has at least one fault for each.
NAMES = {"adjacent", "attribute", "caption", "cell-end", "character", "content-type", "date", "external", "face", "field", "grid", "head-rows",
         "heading", "hint", "id", "merge", "name", "numbering", "prefix", "properties", "relationship", "section", "settings", "size", "style",
         "text", "theme", "unreferenced", "xml", "zip"}
RULES = [zip_as_it_should_be, names_of_parts, well_formed, declared_prefixes, content_types, relationships, relationship_ids, text_in_runs,
         tables, fields, styles, headings, attributes, numbering, sizes, ids, sections, settings, properties, faces,
         hints]


def check(data):
    """All that is wrong with a DOCX, given as bytes."""
    try:
        package = Package(data)
    except (BadZip, ValueError, IndexError) as error:
        return [Finding("zip", "", "", f"no ZIP file: {error}")]
    except Exception as error:  # pylint: disable=broad-except # struct.error and the like: what cannot be read is wrong
        return [Finding("zip", "", "", f"no ZIP file: {error!r}")]
    return [finding for rule in RULES for finding in rule(package)]


def main():
    found = 0
    for path in map(Path, sys.argv[1:]):
        for finding in check(path.read_bytes()):
            print(f"{path}: {finding}")
            found += 1
    sys.exit(found > 0)


if __name__ == "__main__":
    main()
