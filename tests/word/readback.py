#!/usr/bin/env python3
"""The Word file of a report read by readers that are not ours. In: a DOCX with the web page of the same report beside it; out: what
differs, and 1 if anything does.

    tests/word/readback.py FILE.docx|FOLDER...
    tests/word/readback.py --published FIGURES.tsv FILE.docx     # each row of figures, with its label, as it was published
    tests/word/readback.py --faults FILE.docx                    # contents changed one at a time: is each change seen?

pandoc reads title, headings with their levels, paragraphs, lists, and tables with captions, head rows and spans; python-docx whether
the first column heads the rows, which pandoc does not tell. From these each cell gets the heads above it and beside it, and all must be
as on the page. python-docx reads each text once more, letter by letter with its spaces, and the properties.
"""

import argparse
import difflib
import itertools
import json
import sys
import tempfile
from pathlib import Path

import docx
import pypandoc
import webpage
from check import files
from docx.oxml.ns import qn

INLINE_TEXT = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
INLINES = {"Emph", "Strong", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps"}


class Unknown(Exception):
    """Something in pandoc's tree that no report should have."""


def inlines(content):
    """The text of a line of pandoc's."""
    told = []
    for one in content:
        kind, inner = one["t"], one.get("c")
        if kind in INLINE_TEXT:
            told.append(INLINE_TEXT[kind])
        elif kind == "Str":
            told.append(inner)
        elif kind in INLINES:
            told.append(inlines(inner))
        elif kind in ("Span", "Link", "Quoted"):
            told.append(inlines(inner[1]))
        else:
            raise Unknown(kind)
    return "".join(told)


def line(content):
    """The same as a page shows it."""
    return webpage.one_line(inlines(content))


def plain(blocks):
    """The text of blocks in a cell or a caption."""
    return webpage.one_line(" ".join(inlines(block["c"]) for block in blocks if block["t"] in ("Para", "Plain")))


def by_pandoc(path):
    """What pandoc reads, in the shape of `webpage.blocks`."""
    tree = json.loads(pypandoc.convert_file(str(path), "json", format="docx"))
    found = []
    if "title" in tree["meta"]:
        found.append(("title", line(tree["meta"]["title"]["c"])))
    for block in tree["blocks"]:
        _block(block, found)
    tables = [rest[0] for kind, *rest in found if kind == "table"]
    for table, head_columns in zip(tables, first_columns_head_rows(path), strict=True):
        table.head_columns = table.corner() if head_columns else 0
        table.drop_empty_columns()
    return [block for one in found for block in (lined_up(one[1]) if is_layout(one) else [one])]


def is_layout(block):
    """Whether a block is a table that only puts lines beside each other: without a caption and without heads."""
    return block[0] == "table" and not block[1].caption and not block[1].head_rows and not block[1].head_columns


def lined_up(table):
    """The lines of such a table."""
    return [("text", cell.text) for cell in table.cells if cell.text]


def first_columns_head_rows(path):
    """Of each table, whether its look says that the first column heads the rows."""
    for table in docx.Document(str(path)).element.body.iter(qn("w:tbl")):
        look = table.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
        yield look is not None and look.get(qn("w:firstColumn")) in ("1", "true", "on")


def _block(block, found):
    kind, inner = block["t"], block.get("c")
    if kind == "Header":
        found.append(("heading", inner[0], line(inner[2])))
    elif kind in ("Para", "Plain"):
        found.append(("text", line(inner)))
    elif kind == "OrderedList":
        for number, item in enumerate(inner[1], inner[0][0]):
            _item(str(number), item, found)
    elif kind == "BulletList":
        for item in inner:
            _item("•", item, found)
    elif kind == "Table":
        found.append(("table", _table(inner)))
    elif kind in ("BlockQuote", "Div"):
        for child in inner if kind == "BlockQuote" else inner[1]:
            _block(child, found)
    else:
        raise Unknown(kind)


def _item(marker, blocks, found):
    at = len(found)
    for block in blocks:
        _block(block, found)
    if len(found) > at and found[at][0] == "text":
        found[at] = ("item", marker, found[at][1])


def _table(inner):
    _, (_, caption), _, (_, head), bodies, (_, foot) = inner
    rows = [*head]
    for _, _, heads, body in bodies:
        rows += [*heads, *body]
    cells = [[(plain(blocks), height, width, False) for _, _, height, width, blocks in row[1]] for row in [*rows, *foot]]
    return webpage.placed(cells, plain(caption), len(head), 0)


def lines(blocks):
    """One line for each thing that a reader meets, so that two readings can be laid side by side."""
    for kind, *rest in blocks:
        if kind != "table":
            yield " | ".join([kind, *map(str, rest)])
            continue
        table = rest[0]
        yield f"table | {table.caption} | {table.head_rows} head rows, {table.head_columns} head columns"
        for cell in table.cells:
            yield f"cell | row {cell.row + 1}, column {cell.column + 1} | {cell.rows} x {cell.columns} | {cell.text}"
        for text, above, beside in table.with_heads():
            yield f"figure | {text} | {' / '.join(above)} | {' / '.join(beside)}"


def as_marked(wanted, read):
    """What was read, where a paragraph that begins with the number or mark that the page gives the item there is an item with it, and
    labels with their values that stand in one line are apart.

    Offices type such numbers, and Word's lists make them; a reader sees the same."""
    made = []
    for block in read:
        here = wanted[len(made) :] if block[0] == "text" else []
        pairs = list(itertools.takewhile(lambda one: one[0] == "pair", here))
        count = next((n for n in range(len(pairs), 0, -1) if " ".join(text for _, text in pairs[:n]) == block[1]), 0)
        if count:
            made += pairs[:count]
        elif here and here[0][0] == "item":
            text = unmarked(block[1], here[0][1])
            made.append(block if text is None else ("item", here[0][1], text))
        else:
            made.append(block)
    return made


def unmarked(text, marker):
    """The text behind a typed number or mark, or nothing."""
    for end in (".", "．", "、", "") if marker == "•" else (".", "．", "、"):
        if text.startswith(marker + end):
            return text[len(marker + end) :].strip()
    return None


def texts(blocks):
    """Each text of a page once, in the order of reading, as blocks of which only items and pairs are told from others."""
    for kind, *rest in blocks:
        if kind == "table":
            yield from (("text", cell.text) for cell in rest[0].cells)
        else:
            yield (kind, *rest) if kind in ("item", "pair") else ("text", rest[-1])


def by_python_docx(path):
    """Each text that python-docx reads, with all its spaces; cells that others cover, empty paragraphs between
    blocks, and captions that tell a table's title once more have none."""
    document = docx.Document(str(path))
    for element in document.element.body.iter(qn("w:p")):
        cell = next(element.iterancestors(qn("w:tc")), None)
        text = docx.text.paragraph.Paragraph(element, document).text
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") if cell is not None else None
        if (merge is not None and merge.get(qn("w:val")) != "restart") or (not text and (cell is None or _has_no_heads(cell))):
            continue
        if _is_caption(element) and _title(element.getnext()) == text:
            continue
        yield webpage.one_line(text)


def _has_no_heads(cell):
    """Whether a cell is of a table without head rows: one that puts lines beside each other, or a chart with its bars."""
    look = next(cell.iterancestors(qn("w:tbl"))).find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
    return look is not None and look.get(qn("w:firstRow")) == "0"


def _is_caption(paragraph):
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val")) == "Caption"


def _title(table):
    title = table.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}") if table is not None else None
    return None if title is None else title.get(qn("w:val"))


def difference(wanted, read, reader):
    """What one list of lines has and the other has not."""
    for told in difflib.unified_diff(wanted, read, "page", reader, lineterm="", n=0):
        if not told.startswith(("---", "+++", "@@")):
            yield f"{reader}: {'missing' if told[0] == '-' else 'instead'}: {told[1:][:200]}"


SHOWN = 20


def compare(path, page_path=None):
    """What differs between a DOCX and the page beside it."""
    page = webpage.parsed((page_path or path.with_suffix(".html")).read_text(encoding="utf-8"))
    wanted = webpage.blocks(page)
    yield from difference(list(lines(wanted)), list(lines(as_marked(wanted, by_pandoc(path)))), "pandoc")
    told = list(texts(wanted))
    read = as_marked(told, [("text", text) for text in by_python_docx(path)])
    # python-docx does not tell the marks that Word's lists make.
    yield from difference([block[-1] for block in told], [block[-1] for block in read], "python-docx")
    properties = docx.Document(str(path)).core_properties
    language = next(page.all("html")).attributes["lang"]
    yield from difference([title(page, language), language], [properties.title, properties.language], "properties")


def title(page, language):
    """What the document is called: the lines of its heading as one."""
    heading = next(page.all("h1"))
    apart = "" if language.startswith("zh") else " "
    return apart.join(map(webpage.text, heading.children() or [heading]))


def published(path, figures):
    """What differs between the rows of a DOCX and rows that were published: the last label of a row, then its figures."""
    wanted = [row for row in figures.read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    read = []
    for kind, *rest in by_pandoc(path):
        rows = {}
        for cell in rest[0].cells if kind == "table" else ():
            if cell.row >= rest[0].head_rows:
                labels, told = rows.setdefault(cell.row, ([], []))
                (labels if cell.column < rest[0].head_columns else told).append(cell.text)
        read += ["\t".join([*(labels[-1:] or [""]), *told]) for labels, told in rows.values()]
    return list(difference(wanted, read, "pandoc")), len(wanted), sum(row.count("\t") for row in wanted)


def _change(path, folder, change):
    document = docx.Document(str(path))
    change(document)
    changed = Path(folder) / "changed.docx"
    document.save(str(changed))
    return list(compare(changed, path.with_suffix(".html")))


def _first(document, wanted):
    return next(p for p in document.paragraphs if p.text and wanted(p))


def _cells(document):
    table = max(document.tables, key=lambda table: len(table.rows))
    return [cell for cell in table._tbl.iter(qn("w:tc")) if cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}") is None]


def _swap(one, other):
    mine, theirs = one.find(qn("w:p")), other.find(qn("w:p"))
    one.append(theirs)
    other.append(mine)


def _drop(element):
    element.getparent().remove(element)


def _is_heading(paragraph):
    return paragraph.style.name.lower().startswith("heading")


def _all_heads_off(document):
    for head in list(document.tables[0]._tbl.iter(qn("w:tblHeader"))):
        _drop(head)


def _letter(document):
    paragraph = _first(document, lambda p: not _is_heading(p))
    paragraph.runs[-1].text = paragraph.runs[-1].text[:-1]


CHANGES = {
    "a paragraph left out": lambda d: _drop(_first(d, lambda p: not _is_heading(p) and p.style.name != "Title")._p),
    "the last letter of a paragraph left out": _letter,
    "a heading that is only text": lambda d: setattr(_first(d, _is_heading), "style", d.styles["Normal"]),
    "a heading one level lower": lambda d: setattr(_first(d, lambda p: p.style.name.lower() == "heading 1"), "style", d.styles["Heading 2"]),
    "two headings in each other's place": lambda d: _first(d, _is_heading)._p.addprevious([p for p in d.paragraphs if _is_heading(p)][-1]._p),
    "a paragraph twice": lambda d: _first(d, lambda p: not _is_heading(p)).insert_paragraph_before(d.paragraphs[2].text),
    "the last two cells in each other's place": lambda d: _swap(*[c for c in _cells(d) if c.find(qn("w:p")).find(qn("w:r")) is not None][-8:-6]),
    "a figure changed": lambda d: setattr(docx.table._Cell(_cells(d)[-1], d.tables[0]).paragraphs[0].runs[0], "text", "77777"),
    "a table without a caption": lambda d: _drop(d.tables[0]._tbl.find(f"{qn('w:tblPr')}/{qn('w:tblCaption')}")),
    "a table without head rows": _all_heads_off,
    "a table whose first column heads no rows": lambda d: d.tables[0]._tbl.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}").set(qn("w:firstColumn"), "0"),
    "a row left out": lambda d: _drop(max(d.tables, key=lambda t: len(t.rows)).rows[-1]._tr),
    "a table left out": lambda d: _drop(d.tables[-1]._tbl),
    "another title": lambda d: setattr(d.core_properties, "title", "x"),
    "another language": lambda d: setattr(d.core_properties, "language", "fr"),
}


def changes(path):
    """Each change, and how many differences it makes; a change that makes none is an error."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for what, change in {"nothing": lambda d: None, **CHANGES}.items():
            found = _change(path, folder, change)
            print(f"{what:45} {len(found):3} differences{': ' + found[0] if found else ''}"[:150])
            if (what == "nothing") == bool(found):
                missed.append(what)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--published", type=Path, help="rows of label and figures, parted by tabs")
    parser.add_argument("--faults", action="store_true")
    given = parser.parse_args()
    wrong, paths = 0, files(given.paths, ".docx")
    for path in paths:
        if given.faults:
            found = changes(path)
        elif given.published:
            found, rows, figures = published(path, given.published)
            print(f"{path}: {rows} rows with {figures} figures were published")
        else:
            found = list(compare(path))
        for told in found[:SHOWN]:
            print(f"{path}: {told}")
        if len(found) > SHOWN:
            print(f"{path}: and {len(found) - SHOWN} more")
        wrong += len(found)
    print(f"{len(paths)} DOCX files read by pandoc {pypandoc.get_pandoc_version()} and python-docx: {wrong or 'no'} differences")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
