#!/usr/bin/env python3
"""PDFs against PDF/A-2a and PDF/UA-1 by page-validation. In: files, or folders that have some; out: what it finds, and 1 if any of it is not
accepted.

    tests/word/pdf.py FILE.pdf|FOLDER...
    tests/word/pdf.py --faults FILE.pdf     # broken in one place at a time: is each of them found?

page-validation 0.11.0 gives two false alarms. Each is accepted by its rule and by its cause, and the cause is verified in the file itself:

* Glyph widths (ISO 19005-2 6.2.11.5, ISO 14289-1 7.21.5) of faces with CFF outlines. A subset's CFF has its FontMatrix in real numbers;
  page-validation reads them as 0, and so each width as 0. fontTools computes the width of every such glyph here, and all must be those
  of the PDF.
* Length of streams (ISO 19005-2 6.1.7.1): where the last byte of a stream happens to be a carriage return, page-validation takes it for
  a part of the line end behind it. Here each stream must end where its Length says, with a line feed and `endstream` behind it.

page-validation shows one place of each rule and counts the others. So it is counted here how many false alarms there must be, and any more,
or any fewer, is an error: an alarm at another place does not hide behind these.
"""

import collections
import io
import re
import sys
import zlib
from pathlib import Path

import page
from check import files
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen

PROFILES = {"2a": "PDF/A-2a", "ua1": "PDF/UA-1"}
WIDTHS = {"2a": "PDFA2A-TRUETYPE-GLYPH-WIDTH-001", "ua1": "PDFUA1-FONT-GLYPH-WIDTH-001"}
LENGTHS = {"2a": "PDFA2A-STREAM-LENGTH-001"}
ZERO = re.compile(r"font object \d+ \d+ has rendered CID \d+ width 0\.000 in its embedded CIDFontType0C program but [0-9.]+ in /W or /DW")
# The operands of the operator FontMatrix (12 7) that begins a number written in digits.
REAL, FONT_MATRIX = 30, (12, 7)


class Odd(Exception):
    """A PDF that is not written as ours are, so that this reader cannot speak for it."""


class Pdf:
    """The objects of a PDF that has a plain table of them."""

    def __init__(self, data):
        self.data, self.objects = data, {}
        start = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*$", data)
        if not start or not data.startswith(b"xref", int(start[1])):
            raise Odd("no plain table of objects at its end")
        at = int(start[1])
        for line in re.finditer(rb"(\d{10}) (\d{5}) n", data[at:]):
            offset = int(line[1])
            head = re.compile(rb"\s*(\d+) \d+ obj\s*").match(data, offset)
            if not head:
                raise Odd(f"no object at byte {offset}")
            self.objects[int(head[1])] = head.end()

    def dictionary(self, number):
        """What stands in an object before its stream, if it has one."""
        begin = self.objects[number]
        ends = [at for at in (self.data.find(word, begin) for word in (b"endobj", b"stream")) if at >= 0]
        return self.data[begin : min(ends)]

    def stream(self, number):
        """The bytes of an object's stream as they lie there, or nothing; they must end where Length says."""
        dictionary = self.dictionary(number)
        begin = self.objects[number] + len(dictionary)
        if not self.data.startswith(b"stream", begin):
            return None
        begin += len(b"stream") + (2 if self.data.startswith(b"\r\n", begin + 6) else 1)
        length = re.search(rb"/Length (\d+)(?! \d+ R)", dictionary)
        if not length:
            raise Odd(f"object {number}: a stream whose length stands elsewhere")
        end = begin + int(length[1])
        if not self.data.startswith((b"\nendstream", b"\r\nendstream"), end):
            raise Odd(f"object {number}: the stream does not end where its length says")
        return self.data[begin:end]

    def decoded(self, number):
        """The same unpacked; what is behind the packed data, or missing from it, is an error."""
        raw, filters = self.stream(number), re.search(rb"/Filter\s*\[?\s*/(\w+)", self.dictionary(number))
        if not filters:
            return raw
        if filters[1] != b"FlateDecode":
            raise Odd(f"object {number}: packed by {filters[1].decode()}")
        unpack = zlib.decompressobj()
        told = unpack.decompress(raw)
        if not unpack.eof or unpack.unused_data:
            raise Odd(f"object {number}: the packed data does not end where the stream does")
        return told

    def reference(self, dictionary, key):
        """The number of the object that a key leads to, or nothing."""
        found = re.search(rb"/" + key + rb"\s*\[?\s*(\d+) \d+ R", dictionary)
        return int(found[1]) if found else None


def widths(dictionary):
    """The widths of a CID font by CID, and that of all others."""
    array = re.search(rb"/W\s*\[((?:[^\[\]]|\[[^\]]*\])*)\]", dictionary)
    found, words = {}, re.findall(rb"\[[^\]]*\]|[-0-9.]+", array[1] if array else b"")
    while words:
        first = int(words.pop(0))
        if words[0].startswith(b"["):
            found.update(enumerate(map(float, words.pop(0).strip(b"[]").split()), first))
        else:
            last, width = int(words.pop(0)), float(words.pop(0))
            found.update(dict.fromkeys(range(first, last + 1), width))
    default = re.search(rb"/DW (\d+)", dictionary)
    return collections.defaultdict(lambda: float(default[1]) if default else 1000.0, found)


def has_real_matrix(program):
    """Whether the top dictionary of a CFF writes its FontMatrix with real numbers."""
    at = program[2]
    for _ in range(2):
        begin, at = at, _after_index(program, at)
    count, size = int.from_bytes(program[begin : begin + 2], "big"), program[begin + 2]
    top = program[begin + 3 + (count + 1) * size : at]
    position, has_real = 0, False
    while position < len(top):
        byte = top[position]
        if byte == REAL:
            has_real = True
            while top[position + 1] & 0x0F != 0x0F and top[position + 1] >> 4 != 0x0F:
                position += 1
            position += 2
        elif byte <= 21:
            operator = (byte, top[position + 1]) if byte == 12 else (byte,)
            if operator == FONT_MATRIX:
                return has_real
            position, has_real = position + len(operator), False
        else:
            position += 3 if byte == 28 else 5 if byte == 29 else 2 if byte >= 247 else 1
    return False


def _after_index(program, at):
    count = int.from_bytes(program[at : at + 2], "big")
    if count == 0:
        return at + 2
    size = program[at + 2]
    last = at + 3 + count * size
    return last + size - 1 + int.from_bytes(program[last : last + size], "big")


def computed_widths(program):
    """The width of each glyph of a CFF by its CID, in thousandths, as fontTools computes it."""
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(program), None)
    top = fonts.topDictIndex[0]
    for glyph in fonts[fonts.fontNames[0]].getGlyphOrder():
        outline = top.CharStrings[glyph]
        outline.draw(NullPen())
        matrix = outline.private.rawDict.get("FontMatrix") or _own_matrix(top, glyph)
        cid = 0 if glyph == ".notdef" else int(glyph.removeprefix("cid"))
        yield cid, outline.width * top.FontMatrix[0] * matrix[0] * 1000


def _own_matrix(top, glyph):
    chosen = top.FDArray[top.CharStrings.getItemAndSelector(glyph)[1]] if hasattr(top, "FDArray") else None
    return (chosen.rawDict.get("FontMatrix") if chosen is not None else None) or [1]


def faces(pdf):
    """Of each embedded face: its name, whether its outlines are CFF, how many false alarms it must give."""
    for number in pdf.objects:
        dictionary = pdf.dictionary(number)
        descriptor = pdf.reference(dictionary, b"FontDescriptor")
        if descriptor is None:
            continue
        name = re.search(rb"/BaseFont\s*/([^\s/<>\[\]]+)", dictionary)[1].decode()
        program = pdf.reference(pdf.dictionary(descriptor), b"FontFile3")
        yield name.split("+")[-1], program is not None, _false_widths(pdf, name, dictionary, program) if program else 0


def _false_widths(pdf, name, dictionary, program):
    told, outlines = widths(dictionary), pdf.decoded(program)
    if outlines[:1] != b"\1":
        raise Odd(f"{name}: no bare CFF")
    computed = dict(computed_widths(outlines))
    for cid, width in computed.items():
        if abs(width - told[cid]) > 1:
            raise Odd(f"{name}: glyph {cid} is {width:.1f} wide, the PDF says {told[cid]:.1f}")
    return sum(cid != 0 and told[cid] != 0 for cid in computed) if has_real_matrix(outlines) else 0


def false_lengths(pdf):
    """How many streams end in a carriage return; all streams must end where they say."""
    raw = [pdf.stream(number) for number in pdf.objects]
    return sum(stream is not None and stream.endswith(b"\r") for stream in raw)


def expected(data):
    """The false alarms that the file must give, by profile: rule and number; and why nothing can be said of it, or nothing."""
    try:
        pdf = Pdf(data)
        glyphs, lengths = sum(alarms for _, _, alarms in faces(pdf)), false_lengths(pdf)
    except (Odd, KeyError, IndexError, TypeError, zlib.error) as error:
        return dict.fromkeys(PROFILES, {}), str(error)
    counts = {profile: {WIDTHS[profile]: glyphs, LENGTHS.get(profile): lengths} for profile in PROFILES}
    return {profile: {rule: count for rule, count in rules.items() if rule and count} for profile, rules in counts.items()}, None


def check(data):
    """What is wrong with a PDF, and how many false alarms were accepted of it, by profile and rule."""
    false, odd = expected(data)
    wrong = [odd] if odd else []
    for profile, name in PROFILES.items():
        try:
            report = page.validate_pdf_bytes(data, profile=profile)
        except (page.PageError, ValueError, RuntimeError) as error:
            wrong.append(f"{name}: {error!r}")
            continue
        allowed = false[profile]
        other = [f for f in report.failures if f.rule_id not in allowed or (f.rule_id == WIDTHS[profile] and not ZERO.fullmatch(f.message))]
        wrong += [f"{name}: {failure.rule_id}: {failure.message}" for failure in other]
        if not other and report.checks.failed != sum(allowed.values()):
            wrong.append(f"{name}: {report.checks.failed} alarms, of which {sum(allowed.values())} are known to be false: {allowed}")
    return wrong, false


# What is broken, by bytes of the same number so that every offset stays right.
FAULTS = [
    ("no language", rb"/Lang\(", b"/Lung("),
    ("no structure", rb"/StructTreeRoot (\d+ 0 R/M)", rb"/StruckTreeRoot \1"),
    ("not marked as tagged", rb"/Marked true", b"/Marked null"),
    ("the title not shown", rb"/DisplayDocTitle true", b"/DisplayDocTitle null"),
    ("another part of PDF/A", rb"<pdfaid:part>2", b"<pdfaid:part>7"),
    ("another level of PDF/A", rb"<pdfaid:conformance>A", b"<pdfaid:conformance>Z"),
    ("not said to be PDF/UA", rb"<pdfuaid:part>1", b"<pdfuaid:part>9"),
    ("a head that is of an unknown kind", rb"/S/TH/", b"/S/TQ/"),
    ("a paragraph that is of an unknown kind", rb"/StructElem/S/P/", b"/StructElem/S/X/"),
    ("no names of characters", rb"/ToUnicode", b"/ToUnicorn"),
    ("tags that are said to be doubtful", rb"/Suspects false", b"/Suspects true "),
    ("a width that is not that of the glyph", rb"(/W\[0 \d+ [0-9.]+ \d+ \d+ )(\d)", lambda m: m[1] + (b"2" if m[2] == b"1" else b"1")),
    ("a stream of another length", rb"<</Length (\d+)(\d)/Filter", lambda m: b"<</Length %s%d/Filter" % (m[1], (int(m[2]) + 3) % 10)),
    ("a face without its program", rb"/FontFile([23]) ", rb"/FuntFile\1 "),
    ("a file without its end", rb"startxref", b"startxxxx"),
]


def faults(path):
    """Each fault, and what is found; a fault that is not found is an error."""
    data, missed = path.read_bytes(), []
    for what, pattern, replacement in [("nothing", rb"%PDF", b"%PDF"), *FAULTS]:
        broken, count = re.subn(pattern, replacement, data, count=1)
        if not count or len(broken) != len(data):
            sys.exit(f"{path} has nothing to break: {what}")
        wrong = check(broken)[0]
        print(f"{what:40} {len(wrong)} findings{': ' + wrong[0] if wrong else ''}"[:180])
        if bool(wrong) != (what != "nothing"):
            missed.append(what)
    return missed


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--faults"]
    paths, wrong = files(arguments, ".pdf"), 0
    if "--faults" in sys.argv:
        missed = [what for path in paths for what in faults(path)]
        print(f"{len(FAULTS)} faults; found by none: {', '.join(missed) or 'no fault'}")
        sys.exit(bool(missed))
    totals, by_face = collections.Counter(), collections.Counter()
    for path in paths:
        found, false = check(path.read_bytes())
        for told in found:
            print(f"{path}: {told}")
        wrong += len(found)
        totals.update((profile, rule) for profile, rules in false.items() for rule in rules)
        if not found:
            by_face.update((name, "CFF" if is_cff else "TrueType", bool(alarms)) for name, is_cff, alarms in faces(Pdf(path.read_bytes())))
    for (name, outlines, alarms), count in sorted(by_face.items()):
        told = "false alarms about widths, each refuted" if alarms else "passed without an alarm"
        print(f"  {name:40} {outlines:9} in {count:3} files, {told}")
    for (profile, rule), count in sorted(totals.items()):
        print(f"  accepted in {count} of {len(paths)} files: {PROFILES[profile]} {rule}")
    # Lengths depend on chance; widths are an alarm in every file that has a face with CFF outlines.
    if any(is_cff for _, is_cff, _ in by_face) is not any(rule == WIDTHS[profile] for profile, rule in totals) and not wrong:
        print("accepted (glyph widths of faces with CFF outlines), but no longer told")
        wrong += 1
    print(f"{len(paths)} PDFs, {' and '.join(PROFILES.values())} by page-validation {page.__version__}: {wrong or 'no'} findings")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
