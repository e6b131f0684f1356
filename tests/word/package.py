"""A DOCX file opened for the checks of this folder. In: bytes; out: its ZIP entries as they lie there, its parts, its relationships."""

import posixpath
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import dataclass
from io import BytesIO

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
DC = "{http://purl.org/dc/elements/1.1/}"
TERMS = "{http://purl.org/dc/terms/}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
XML = "{http://www.w3.org/XML/1998/namespace}"
MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml."
CONTENT_TYPES = "[Content_Types].xml"


class BadZip(Exception):
    """What cannot be read as a ZIP file at all."""


@dataclass
class Entry:
    """One file of the ZIP, as its two headers describe it."""

    name: str
    data: bytes
    method: int
    flags: int
    stamp: tuple
    extra: int
    headers_agree: bool
    at: int
    end: int


@dataclass
class Relationship:
    """One line of a `.rels` part; `target` is the name of a part, or what stood there if it leads outside."""

    part: str
    id: str
    kind: str
    target: str
    external: bool


def entries(data):
    """The files of a ZIP in the order of its list, read by hand, for what Python's own reader forgives; and the offset of the list."""
    end = data.rfind(b"PK\5\6")
    if end < 0 or len(data) < end + 22:
        raise BadZip("no end record")
    count, _, start, comment = struct.unpack("<HIIH", data[end + 10 : end + 22])
    found, at = [], start
    for _ in range(count):
        if data[at : at + 4] != b"PK\1\2":
            raise BadZip("the list of files is cut off")
        flags, method, time, date, crc, packed, size, name, extra, note = struct.unpack("<HHHHIIIHHH", data[at + 8 : at + 34])
        offset = struct.unpack("<I", data[at + 42 : at + 46])[0]
        raw = data[at + 46 : at + 46 + name]
        found.append(_entry(data, raw, offset, (flags, method, time, date, crc, packed, size), extra + note))
        at += 46 + name + extra + note
    return found, start, at == end and len(data) == end + 22 and comment == 0


def _entry(data, raw, offset, wanted, extra):
    if data[offset : offset + 4] != b"PK\3\4":
        raise BadZip(f"{raw!r}: no local header")
    *local, name, more = struct.unpack("<HHHHIIIHH", data[offset + 6 : offset + 30])
    flags, method, time, date, crc, packed, size = wanted
    start = offset + 30 + name + more
    body = data[start : start + packed]
    agree = tuple(local) == wanted and data[offset + 30 : offset + 30 + name] == raw
    if method == 8:
        try:
            body = zlib.decompress(body, -15)
        except zlib.error as error:
            raise BadZip(f"{raw!r}: {error}") from error
    agree = agree and len(body) == size and zlib.crc32(body) == crc
    return Entry(raw.decode("utf-8", "replace"), body, method, flags, (date, time), extra + more, agree, offset, start + packed)


def rels_of(part):
    """The name of the part that holds the relationships of a part; of the package for the empty name."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


class Package:
    """The parts of a DOCX by name (without the leading slash), those that are XML as trees."""

    def __init__(self, data):
        self.entries, self.list_at, self.ends_well = entries(data)
        self.parts = {entry.name: entry.data for entry in self.entries}
        self.trees, self.malformed = {}, {}
        for name, body in self.parts.items():
            if name.endswith((".xml", ".rels")):
                try:
                    self.trees[name] = ET.fromstring(body)
                except (ET.ParseError, ValueError, LookupError) as error:
                    self.malformed[name] = str(error)
        self.defaults, self.overrides = self._types()

    def _types(self):
        tree = self.trees.get(CONTENT_TYPES)
        if tree is None:
            return {}, {}
        defaults = {e.get("Extension", "").lower(): e.get("ContentType") for e in tree.iter(TYPES + "Default")}
        return defaults, {e.get("PartName", "").lstrip("/"): e.get("ContentType") for e in tree.iter(TYPES + "Override")}

    def content_type(self, part):
        """The content type of a part, or nothing."""
        return self.overrides.get(part) or self.defaults.get(part.rpartition(".")[2].lower())

    def relationships(self, part):
        """What a part is related to; the package itself for the empty name."""
        tree = self.trees.get(rels_of(part))
        if tree is None:
            return []
        folder = posixpath.dirname(part)
        return [self._relationship(e, part, folder) for e in tree.iter(RELS + "Relationship")]

    @staticmethod
    def _relationship(element, part, folder):
        target = element.get("Target", "")
        external = element.get("TargetMode") == "External"
        if not external:
            target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        return Relationship(part, element.get("Id", ""), element.get("Type", ""), target, external)

    def one(self, part, kind):
        """The part that a part is related to by that kind, the last word of the relationship's type, or nothing."""
        return next((r.target for r in self.relationships(part) if r.kind.rpartition("/")[2] == kind), None)

    @property
    def document(self):
        """The name of the main part, or nothing."""
        return self.one("", "officeDocument")

    def tree(self, kind):
        """The tree of the part that the main part is related to by that kind, or nothing."""
        name = self.document and self.one(self.document, kind)
        return (name, self.trees.get(name)) if name else (None, None)

    def stories(self):
        """The names and trees of the parts that have running text: the document, headers, footers, notes."""
        kinds = {"header", "footer", "footnotes", "endnotes", "comments"}
        names = [self.document] if self.document else []
        names += [r.target for r in self.relationships(names[0]) if r.kind.rpartition("/")[2] in kinds] if names else []
        return [(name, self.trees[name]) for name in dict.fromkeys(names) if name in self.trees]

    @property
    def words(self):
        """Those parts whose root is of WordprocessingML."""
        return [(name, tree) for name, tree in self.trees.items() if tree.tag.startswith(W)]


def prefixes(body):
    """The namespace prefixes that the root of a part declares, for attributes whose values name prefixes."""
    found = {}
    try:
        for event, value in ET.iterparse(BytesIO(body), events=("start-ns", "start")):
            if event == "start":
                break
            found[value[0]] = value[1]
    except ET.ParseError:
        pass
    return found


def value(element, path):
    """The `w:val` of the first such element below, or nothing."""
    found = element.find("/".join(W + step for step in path.split("/"))) if element is not None else None
    return None if found is None else found.get(W + "val")


def number(text):
    """A whole number as it must be written, or nothing."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else None


def on(element, name):
    """Whether a switch such as `w:tblHeader` stands below and is on."""
    found = element.find(W + name) if element is not None else None
    return found is not None and found.get(W + "val") not in ("0", "false", "off")


def text(element):
    """The text that a reader sees in an element."""
    signs = {W + "tab": "\t", W + "br": "\n", W + "noBreakHyphen": "\u2011"}
    return "".join(one.text or "" if one.tag == W + "t" else signs.get(one.tag, "") for one in element.iter())


def each(element, *names):
    """The elements of these names at any depth, in order."""
    wanted = {W + name for name in names}
    return (one for one in element.iter() if one.tag in wanted)
