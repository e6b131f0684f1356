#!/usr/bin/env python3
"""The Word file of a report as LibreOffice sets it, beside our PDF. In: a DOCX with the PDF and the web page of the same report beside it;
out: how many pages each has and on which page each heading stands; 1 if the numbers of pages differ by more than one or text is lost.

    tests/word/pages.py FILE.docx|FOLDER... [--keep FOLDER]
    tests/word/pages.py --faults FILE.docx     # changed in one place at a time: is each change seen?

Where the faces of the Word file are not on the machine, LibreOffice takes others, and where it breaks lines and pages is its own choice;
so headings may stand on other pages, which is told and is no fault. In LibreOffice's PDF each heading and paragraph must be there, in
order, each figure of a table in one piece, and in both PDFs no character less often than on the page (heads are repeated on further
pages). Only marks that hang at the end of a line may go: LibreOffice 7.4 does not draw some of them, which is told.
"""

import argparse
import collections
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

import docx
import webpage
from check import files
from docx.oxml.ns import qn

# The number of a page at its foot, and how long LibreOffice may take for one report.
FOOT = re.compile(r"^\s*[—\-–]\s*\d+\s*[—\-–]\s*$", re.MULTILINE)
SECONDS = 60
HANGING = dict.fromkeys(map(ord, "，。、；：！？"))


def converted(paths, folder):
    """LibreOffice's PDF of each DOCX, from a process with a profile of its own that is ended when its time is up."""
    program = shutil.which("soffice") or shutil.which("libreoffice") or sys.exit("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
    made = []
    for number, path in enumerate(paths):
        shutil.copy(path, folder / f"{number}.docx")
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", "pdf", "--outdir"]
    sources = [str(folder / f"{number}.docx") for number in range(len(paths))]
    with subprocess.Popen([*command, str(folder), *sources], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            told = process.communicate(timeout=SECONDS + 10 * len(paths))[0].decode(errors="replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            sys.exit("LibreOffice did not end in time")
    for number, path in enumerate(paths):
        made.append(folder / f"{number}.pdf")
        if not made[-1].is_file():
            sys.exit(f"LibreOffice made no PDF of {path}: {told}")
    return made


def pages(path):
    """The text of each page, without the number at its foot."""
    told = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return [FOOT.sub("", page) for page in told.split("\f")[:-1]]


def letters(text, without=HANGING):
    """Text without what readers of PDFs add or drop: spaces, forms of one letter, and marks that may hang."""
    return "".join(letter for letter, _ in _letters(text, without))


def _letters(text, without=HANGING):
    for at, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character):
            if ord(character) not in without and not letter.isspace() and unicodedata.category(letter) not in ("Cf", "Cc"):
                yield letter, at


class Reading:
    """A PDF as pdftotext reads it, in which texts are looked for by their letters alone."""

    def __init__(self, path):
        self.pages = pages(path)
        self.text = "\f".join(self.pages)
        found = list(_letters(self.text))
        self.letters, self.at = "".join(letter for letter, _ in found), [at for _, at in found]
        self.rest = list(self.text)

    def places(self, texts):
        """The page on which each text begins, counted from 1, or nothing; each is looked for behind the one before, and then anywhere,
        since lines that stand beside each other are read in one order or in another. What is found is no longer in the rest."""
        found, behind = [], 0
        for text in map(letters, texts):
            here = self.letters.find(text, behind)
            if here >= 0:
                behind = here + len(text)
            else:
                here = self.letters.find(text)
            if here < 0:
                found.append(None)
                continue
            begin, end = self.at[here], self.at[here + len(text) - 1] + 1
            self.rest[begin:end] = " " * (end - begin)
            found.append(self.text.count("\f", 0, begin) + 1)
        return found

    def lost(self, cells):
        """Characters of tables that occur less often in the rest than they must."""
        return collections.Counter(letters("".join(cells))) - collections.Counter(letters("".join(self.rest)))

    def torn(self, cells):
        """The figures of tables that do not stand in one piece in the rest as often as they must."""
        figure = r"\d[\d,]*(?:\.\d+)?"
        there = collections.Counter(re.findall(rf"(?<![\d.,]){figure}(?![\d.,])", "".join(self.rest)))
        return [cell for cell, count in collections.Counter(cells).items() if re.fullmatch(figure, cell) and there[cell] < count]


def compare(path, theirs):
    """The lines to show of one report, and what is wrong with it."""
    blocks = webpage.blocks(webpage.parsed(path.with_suffix(".html").read_text(encoding="utf-8")))
    running = [(kind, rest[-1]) for kind, *rest in blocks if kind != "table" and rest[-1]]
    cells = [cell.text for kind, *rest in blocks if kind == "table" for cell in rest[0].cells]
    theirs, ours = Reading(theirs), Reading(path.with_suffix(".pdf"))
    shown, wrong = [f"{path}: {len(theirs.pages)} pages, ours {len(ours.pages)}"], []
    texts = [text for _, text in running]
    whole = letters(theirs.text, {})
    for (kind, text), here, there in zip(running, theirs.places(texts), ours.places(texts)):
        if kind == "heading":
            shown.append(f"  {here or '-':>3} {there or '-':>3}  {text[:40]}{'' if here == there else '   another page'}")
        if here is None:
            wrong.append(f"LibreOffice lost the {kind} {text[:60]!r}")
        elif letters(text, {}) not in whole:
            shown.append(f"  a mark at the end of a line is not drawn by LibreOffice: {text[:30]}…")
    if abs(len(theirs.pages) - len(ours.pages)) > 1:
        wrong.append("the numbers of pages differ by more than one")
    for name, reading in (("LibreOffice", theirs), ("our PDF", ours)):
        lost = reading.lost(cells)
        if lost:
            wrong.append(f"{name} lost {sum(lost.values())} characters of tables: {''.join(lost)[:60]!r}")
        wrong += [f"{name} tears the figure {figure}" for figure in reading.torn(cells)]
    return shown, wrong


def _drop_paragraph(document):
    paragraph = max(document.paragraphs, key=lambda paragraph: len(paragraph.text))._p
    paragraph.getparent().remove(paragraph)


def _runs_of_figures(document):
    return [run for table in document.tables for run in table._tbl.iter(qn("w:t")) if re.fullmatch(r"\d{4,}", run.text or "")]


def _tear(document):
    run = _runs_of_figures(document)[0]
    run.text = f"{run.text[:2]} {run.text[2:]}"


def _drop_letter(document):
    row = max(document.tables, key=lambda table: len(table.rows)).rows[-1]
    run = next(row._tr.iter(qn("w:t")))
    run.text = run.text[:-1]


def _two_pages_more(document):
    for _ in range(3):
        document.paragraphs[1].insert_paragraph_before("").add_run().add_break(docx.enum.text.WD_BREAK.PAGE)


CHANGES = {
    "nothing": lambda document: None,
    "a paragraph left out": _drop_paragraph,
    "a figure torn": _tear,
    "the last letter of a label left out": _drop_letter,
    "three page breaks more": _two_pages_more,
}


def faults(path):
    """Each change, and what is wrong then; a change after which nothing is wrong is an error."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for number, change in enumerate(CHANGES.values()):
            document = docx.Document(str(path))
            change(document)
            made.append(Path(folder) / f"changed-{number}.docx")
            document.save(str(made[-1]))
            for suffix in (".pdf", ".html"):
                shutil.copy(path.with_suffix(suffix), made[-1].with_suffix(suffix))
        for what, changed, theirs in zip(CHANGES, made, converted(made, Path(folder))):
            wrong = compare(changed, theirs)[1]
            print(f"{what:40} {len(wrong)} faults{': ' + wrong[0] if wrong else ''}"[:150])
            if bool(wrong) != (what != "nothing"):
                missed.append(what)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--keep", type=Path, help="where LibreOffice's PDFs are put")
    parser.add_argument("--faults", action="store_true")
    given = parser.parse_args()
    paths, failed = files(given.paths, ".docx"), 0
    if given.faults:
        missed = [what for path in paths for what in faults(path)]
        print(f"{len(CHANGES) - 1} changes; not seen: {', '.join(missed) or 'none'}")
        sys.exit(bool(missed))
    print("  page in LibreOffice's PDF, page in ours, heading")
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, theirs) in enumerate(zip(paths, converted(paths, Path(folder)))):
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(theirs, given.keep / f"{number + 1}-{path.parent.name}-{path.stem}.pdf")
            shown, wrong = compare(path, theirs)
            print("\n".join(shown))
            for told in wrong:
                print(f"{path}: {told}")
            failed += len(wrong)
    print(f"{len(paths)} reports set by LibreOffice: {failed or 'no'} faults")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
