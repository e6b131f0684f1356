#!/usr/bin/env python3
"""Three checkers over DOCX files. In: files, or folders that have some; out: what they find, and 1 if any of it is not accepted.

    tests/word/check.py FILE.docx|FOLDER...

The checkers are openxml-audit (the rules of the Open XML SDK), ooxml-integrity (references, tables, content types) and our own
`invariants.py`. What they find is accepted by checker, rule and message only, and what is accepted must occur: a false alarm that a
newer version no longer gives is an error too, so that the list stays true.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import invariants
import ooxml_integrity
import openxml_audit

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Checker, rule, the whole message, why it is no fault. A theme is left out since WPS says that fonts are missing where a theme names
# any that the machine lacks; the schema of relationships makes it optional, and Word opens files without one.
ACCEPTED = [
    (
        "openxml-audit",
        "Sem_MissingRelationshipType",
        re.compile(re.escape(f"/word/document.xml: A required relationship type '{RELATIONSHIPS}/theme' is missing.")),
        "a theme is optional, and WPS complains of the fonts that one names",
    ),
]


@dataclass(frozen=True)
class Found:
    """What a checker says of a file."""

    checker: str
    rule: str
    message: str

    def __str__(self):
        return f"{self.checker} {self.rule}: {self.message}"


def _joined(*pieces):
    return ": ".join(filter(None, map(str, pieces)))


def audit(path):
    """What openxml-audit finds, warnings too."""
    result = openxml_audit.OpenXmlValidator(file_format=openxml_audit.FileFormat.MICROSOFT_365, max_errors=0).validate(path)
    for error in result.errors:
        yield error.id or error.error_type.value, _joined(error.part_uri, error.path, error.description)


def integrity(path):
    """What ooxml-integrity finds, of every severity."""
    for finding in ooxml_integrity.check(str(path)):
        yield finding.code, _joined(finding.part, finding.where, finding.message)


def own(path):
    """What breaks one of our invariants."""
    for finding in invariants.check(Path(path).read_bytes()):
        yield finding.rule, _joined(finding.part, finding.place, finding.what)


CHECKERS = {"openxml-audit": audit, "ooxml-integrity": integrity, "invariants": own}


def check(path):
    """What each checker finds in a file; a checker that gives up has found something."""
    found = []
    for name, checker in CHECKERS.items():
        try:
            found.extend(Found(name, rule, message) for rule, message in checker(path))
        except Exception as error:  # pylint: disable=broad-except # broken files are what checkers are for
            found.append(Found(name, "gives-up", f"{type(error).__name__}: {error}"))
    return found


def accepted(found):
    """The place in the list of what is accepted, or nothing."""
    for at, (checker, rule, message, _) in enumerate(ACCEPTED):
        if (found.checker, found.rule) == (checker, rule) and message.fullmatch(found.message):
            return at
    return None


def files(arguments, suffix):
    """The files that are meant; a folder without any is an error."""
    found = []
    for argument in map(Path, arguments):
        below = sorted(argument.rglob(f"*{suffix}")) if argument.is_dir() else [argument]
        if not below:
            sys.exit(f"{argument}: no {suffix} file")
        found.extend(below)
    if not found:
        sys.exit(f"which {suffix} files?")
    return found


def main():
    wrong, occurred, paths = 0, set(), files(sys.argv[1:], ".docx")
    for path in paths:
        for found in check(path):
            at = accepted(found)
            if at is None:
                print(f"{path}: {found}")
                wrong += 1
            else:
                occurred.add(at)
    for at, (checker, rule, _, why) in enumerate(ACCEPTED):
        if at not in occurred:
            print(f"accepted ({why}), but {checker} no longer says it: {rule}")
            wrong += 1
    print(f"{len(paths)} DOCX files, {', '.join(CHECKERS)}: {wrong or 'no'} findings")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
