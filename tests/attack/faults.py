#!/usr/bin/env python3
"""Each call of a build fails in turn: opening, reading, looking at and mapping files. A failed call may keep a page from being
made; it may not make another page, may not be passed over in silence, and may not spoil the next build.

    tests/attack/faults.py                              # every call that is made, with one error each
    tests/attack/faults.py --every 20                   # one in twenty
    tests/attack/faults.py --piece 1/4                  # a quarter of them, to run four side by side
    tests/attack/faults.py --calls openat --errors EIO --caches cold
"""

import collections
import re
import shutil
import subprocess
import sys

from ground import Ground, pages, parser, strace_or_exit, table

# What each call is made to fail with; taken in turn.
ERRORS = {
    "openat": ["EIO", "EMFILE", "EACCES"],
    "read": ["EIO", "ENOMEM"],
    "statx": ["EIO", "EACCES"],
    "newfstatat": ["EIO", "EACCES"],
    "getdents64": ["EIO"],
    "mmap": ["ENOMEM"],
    "write": ["EIO", "ENOSPC"],
    "fsync": ["EIO"],
    "rename": ["EIO", "EACCES"],
}
PANIC = 101


def arguments():
    made = parser(__doc__.splitlines()[0])
    made.add_argument("--calls", default="openat,read,statx,newfstatat,getdents64,mmap", help="or any of: " + " ".join(ERRORS))
    made.add_argument("--errors", help="instead of those that suit each call, as EIO,EMFILE")
    made.add_argument("--all-errors", action="store_true", help="every error for every call, not one in turn")
    made.add_argument("--caches", default="warm,cold", help="whether a font cache is there")
    made.add_argument("--every", type=int, default=1, help="only one call in so many")
    made.add_argument("--piece", default="1/1", help="only the I-th of N pieces")
    return made.parse_args()


def counted(ground, log, call):
    """How often a thread makes a call at most: the injection counts for each thread apart."""
    lines = collections.Counter()
    for line in log.read_text(errors="replace").splitlines():
        found = re.match(r"(\d+) +(\w+)\(", line)
        if found and found[2] == call:
            lines[found[1]] += 1
    return max(lines.values(), default=0)


def faces(path):
    """The faces that a page is set in."""
    told = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=False).stdout.splitlines()[2:]
    return sorted(line.split()[0].split("+")[-1] for line in told)


class Attack:
    """All calls, with a font cache or without."""

    def __init__(self, asked, cache):
        self.asked, self.is_cold = asked, cache == "cold"
        self.ground = Ground(asked.program, asked.engine)
        self.good = self.ground.good()
        self.ground.good()
        self.warm = self.ground.root / "warm"
        shutil.copytree(self.ground.cache, self.warm)
        self.faces = {name: faces(self.ground.out / name) for name in self.good if name.endswith(".pdf")}
        self.rows, self.broken = [], []

    def prepare(self):
        """No pages, and a font cache as it is to be."""
        self.ground.clear()
        shutil.rmtree(self.ground.cache, ignore_errors=True)
        if not self.is_cold:
            shutil.copytree(self.warm, self.ground.cache)

    def traced(self, *options):
        """A build under strace."""
        self.prepare()
        log = self.ground.root / "trace"
        log.unlink(missing_ok=True)
        command = ["strace", "-f", "-qq", "-o", log, *options, *self.ground.command("--jobs", "1")]
        status, said = self.ground.quick(command)
        return status, said, log

    def run(self, calls, piece, pieces):
        """Fails each call in turn."""
        for call in calls:
            _, _, log = self.traced("-e", f"trace={call}")
            number = counted(self.ground, log, call)
            errors = self.asked.errors.split(",") if self.asked.errors else ERRORS[call]
            tally = collections.Counter()
            for index in range(1 + (self.asked.seed - 1) % self.asked.every, number + 1, self.asked.every):
                if (index // self.asked.every) % pieces != piece - 1:
                    continue
                for error in errors if self.asked.all_errors else [errors[index // self.asked.every % len(errors)]]:
                    self.one(call, error, index, tally)
            self.row(call, number, tally)

    def one(self, call, error, index, tally):
        """Fails one call, and looks at what came of it and of the next build."""
        tally["tried"] += 1
        what = f"{call} {error} number {index}, {'without' if self.is_cold else 'with'} font cache"
        status, said, log = self.traced("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={index}")
        injected = [line for line in log.read_text(errors="replace").splitlines() if "INJECTED" in line]
        if not injected:
            tally["not reached"] += 1
            return
        there, whole = pages(self.ground.files()), pages(self.good)
        other = sorted(name for name, data in there.items() if data != whole.get(name))
        faults = []
        for name in other:
            is_face = name in self.faces and faces(self.ground.out / name) != self.faces[name]
            tally["other faces" if is_face else "other pages"] += 1
            faults.append(f"{name} is {'set in other faces' if is_face else 'another page'}")
        if status == 0 and there != whole:
            tally["0, not whole"] += 1
            faults.append("exit status 0, and the pages are not those of the good build")
        if status == PANIC or "panicked at" in said:
            tally["panics"] += 1
            faults.append("a panic")
        if status in (1, 2) and not said.strip():
            tally["silent"] += 1
            faults.append(f"exit status {status} without a word")
        tally["0, whole" if status == 0 else "1" if status == 1 else "2" if status == 2 else "other status"] += 1
        faults += self.after(tally)
        if faults or self.asked.verbose:
            self.broken.extend(faults)
            print(f"{what}: status {status}: {'; '.join(faults) or 'held'}", flush=True)
            for line in [*injected[:2], *said.splitlines()[:6]]:
                print(f"    {line[:200]}")

    def after(self, tally):
        """The next build, by the font cache that the one before left."""
        status, said = self.ground.build()
        files = self.ground.files()
        if status == 0 and files == self.good:
            return []
        tally["next is wrong"] += 1
        names = sorted(name for name in files.keys() | self.good.keys() if files.get(name) != self.good.get(name))
        return [f"the next build gives {status} and other {', '.join(names)}"]

    def row(self, call, number, tally):
        """What came of one call's failures."""
        self.rows.append([
            call, "without" if self.is_cold else "with", number, *[tally[key] for key in COLUMNS],
        ])


COLUMNS = [
    "tried", "not reached", "0, whole", "1", "2", "other status",
    "other faces", "other pages", "0, not whole", "panics", "silent", "next is wrong",
]


def main():
    strace_or_exit()
    asked = arguments()
    piece, pieces = (int(part) for part in asked.piece.split("/"))
    rows, broken = [], []
    for cache in asked.caches.split(","):
        attack = Attack(asked, cache)
        attack.run(asked.calls.split(","), piece, pieces)
        rows += attack.rows
        broken += attack.broken
    table(["call", "cache", "calls", *COLUMNS], rows)
    print(f"{len(broken)} promises broken")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
