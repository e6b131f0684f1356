"""The web page of a report, read by Python's own parser. In: HTML; out: `blocks` as a reader of the page meets them.

What is read of a Word file has the same shape, so that both can be compared:

    ("title", text), ("heading", level, text), ("text", text), ("item", marker, text), ("pair", text), ("table", Table)
"""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

VOID = {"meta", "col", "br", "link", "hr", "img", "input"}
SPACE = " \t\r\n\f"


@dataclass
class Element:
    """An element and what is in it, in order."""

    tag: str
    attributes: dict
    content: list = field(default_factory=list)

    def all(self, *tags):
        """The elements of these names in it, at any depth, in order."""
        for child in self.content:
            if isinstance(child, Element):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def children(self):
        """The elements right in it."""
        return [child for child in self.content if isinstance(child, Element)]


@dataclass(frozen=True)
class Cell:
    """A cell at its first row and column, counted from 0."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


@dataclass
class Table:
    """A table: what it is called, how many of its rows are heads, how many of its columns head rows, its cells."""

    caption: str
    head_rows: int
    head_columns: int
    cells: list

    def drop_empty_columns(self):
        """Forgets the column of bars in a chart, which a page draws within the cells beside it."""
        columns = {cell.column for cell in self.cells} - {cell.column for cell in self.cells if cell.text}
        if self.head_rows == 0 and columns:
            kept = [cell for cell in self.cells if cell.column not in columns]
            self.cells = [replace(cell, column=cell.column - sum(one < cell.column for one in columns)) for cell in kept]

    def corner(self):
        """How many columns the lowest cell in the corner of the head rows covers."""
        corner = [cell for cell in self.cells if cell.column == 0 and cell.row < self.head_rows]
        return max(corner, key=lambda cell: cell.row).columns if corner else 1

    def with_heads(self):
        """Each cell that is no head, as its text with the heads of its column and of its row, from the outside in."""
        column_heads = [cell for cell in self.cells if cell.row < self.head_rows]
        row_heads = [cell for cell in self.cells if cell.row >= self.head_rows and cell.column < self.head_columns]
        for cell in self.cells:
            if cell.row >= self.head_rows and cell.column >= self.head_columns:
                yield (
                    cell.text,
                    tuple(head.text for head in column_heads if _meet(head.column, head.columns, cell.column, cell.columns)),
                    tuple(head.text for head in row_heads if _meet(head.row, head.rows, cell.row, cell.rows)),
                )


def _meet(first, length, other, other_length):
    return first < other + other_length and other < first + length


def placed(rows, caption, head_rows, head_columns=None):
    """A table from rows of (text, rows, columns, is head), where cells that others cover are not written out."""
    covered, cells, heads = set(), [], 0
    for row, line in enumerate(rows):
        column = 0
        for text, height, width, is_head in line:
            while (row, column) in covered:
                column += 1
            covered |= {(r, c) for r in range(row, row + height) for c in range(column, column + width)}
            cells.append(Cell(row, column, height, width, text))
            if is_head and row >= head_rows:
                heads = max(heads, column + width)
            column += width
    return Table(caption, head_rows, heads if head_columns is None else head_columns, cells)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if self.open[-1].tag != tag:
            raise ValueError(f"line {self.getpos()[0]}: </{tag}> within <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].content.append(data)


def parsed(html):
    """The page as a tree; a page whose elements do not nest is an error."""
    reader = _Reader()
    # XML has no place for these two; a Word file has the sign for what cannot be shown.
    reader.feed(html.translate({0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}))
    reader.close()
    if len(reader.open) != 1:
        raise ValueError(f"<{reader.open[-1].tag}> does not end")
    return reader.open[0]


def one_line(text):
    """Text as a page shows it: each run of spaces and line ends is one space."""
    return " ".join(filter(None, text.translate({ord(c): " " for c in SPACE}).split(" ")))


def text(element, skip=()):
    """The text of an element on one line, without what stands in elements of these names."""
    return one_line(_text(element, skip))


def _text(element, skip):
    if isinstance(element, str):
        return element
    if element.tag == "br":
        return "\n"
    apart = " " if element.tag in ("p", "li", "dt") else ""
    told = "".join(_text(child, skip) for child in element.content if isinstance(child, str) or child.tag not in skip)
    return f"{apart}{told}{apart}"


def blocks(page):
    """What is on the page, in order."""
    found = []
    main = next(page.all("main"))
    for child in main.children():
        _block(child, found)
    return found


def _block(element, found):
    if element.tag == "h1":
        found.append(("title", one_line(" ".join(text(line) for line in element.children()) or text(element))))
    elif element.tag in ("h2", "h3", "h4"):
        found.append(("heading", int(element.tag[1]) - 1, text(element)))
    elif element.tag == "figure":
        found.append(("table", _table(next(element.all("table")), text(next(element.all("figcaption"))))))
    elif element.tag == "p":
        found.append(("text", text(element)))
    elif element.tag in ("ol", "ul"):
        _list(element, found, 0)
    elif element.tag == "dl":
        found.extend(("pair", _pair(*map(text, pair.children()))) for pair in element.children())
    elif element.tag == "table":
        found.append(("table", _table(element, "")))
    elif "table" in element.attributes.get("class", "").split():
        found.extend(("table", _table(table, element.attributes.get("aria-label", ""))) for table in element.all("table"))
    else:
        for child in element.children():
            _block(child, found)


def _pair(label, told):
    """A label with what it is of; a space stands between them where the label does not end in a full-width mark."""
    return one_line(f"{label}{'' if label.endswith('：') else ' '}{told}")


def _list(element, found, depth):
    for number, item in enumerate(element.children(), 1):
        marker = f"{item.attributes.get('value', number)}" if element.tag == "ol" else "•"
        at = len(found)
        found.append(("item", marker, text(Element("", {}, _before_blocks(item)))))
        for child in item.children():
            if child.tag in ("ol", "ul"):
                _list(child, found, depth + 1)
            elif child.tag in ("p", "table"):
                _block(child, found)
        if found[at][2] == "" and len(found) > at + 1 and found[at + 1][0] == "text":
            found[at : at + 2] = [("item", marker, found[at + 1][1])]


def _before_blocks(item):
    inline = []
    for child in item.content:
        if isinstance(child, Element) and child.tag in ("ol", "ul", "p", "table"):
            break
        inline.append(child)
    return inline


def _table(table, caption):
    head = next(table.all("thead"), None)
    rows = [
        [(text(cell), int(cell.attributes.get("rowspan", 1)), int(cell.attributes.get("colspan", 1)), cell.tag == "th") for cell in row.children()]
        for row in table.all("tr")
    ]
    return placed(rows, caption, len(list(head.all("tr"))) if head else 0)
