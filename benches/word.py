"""The way by Word: a template with fields for the words and figures of a report, and the report that comes of it. In: the report
as HTML, from which paragraphs and tables are taken; out: a .docx. Used by compare.py."""

import sys
from html.parser import HTMLParser

from docx import Document
from docxtpl import DocxTemplate


class Page(HTMLParser):
    """The headings, paragraphs and table rows of a page, in order."""

    def __init__(self):
        super().__init__()
        self.blocks, self.row, self.text, self.inside = [], None, None, False

    def handle_starttag(self, tag, attributes):
        if tag in ("h1", "h2", "h3", "p", "td", "th"):
            self.text = ""
        if tag == "tr":
            self.row = []

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.row is not None and self.text is not None:
            self.row.append(self.text.strip())
        elif tag in ("h1", "h2", "h3", "p") and self.text is not None:
            self.blocks.append((tag, self.text.strip()))
        elif tag == "tr" and self.row:
            self.blocks.append(("row", self.row))
            self.row = None
        if tag in ("td", "th", "h1", "h2", "h3", "p"):
            self.text = None

    def handle_data(self, data):
        if self.text is not None:
            self.text += data


def page(path):
    parser = Page()
    parser.feed(open(path, encoding="utf-8").read())
    return parser.blocks


def template(html, out):
    document = Document()
    for number, (kind, content) in enumerate(page(html)):
        if kind == "row":
            table = document.add_table(rows=1, cols=len(content))
            for cell, _ in enumerate(content):
                table.rows[0].cells[cell].text = f"{{{{ blocks[{number}][{cell}] }}}}"
        else:
            document.add_paragraph(f"{{{{ blocks[{number}] }}}}", style=None if kind == "p" else f"Heading {kind[1]}")
    document.save(out)


def fill(html, source, out):
    document = DocxTemplate(source)
    document.render({"blocks": [content for _, content in page(html)]})
    document.save(out)


if __name__ == "__main__":
    {"template": template, "fill": fill}[sys.argv[1]](*sys.argv[2:])
