#!/usr/bin/env python3
"""The power fails while a build writes. No disk is cut off: what a build asks of the system is noted, and folders are made as
a disk may look that stopped in between: what was written and not synced is empty, what was renamed is renamed or not yet, in
any order. Then no page may be another than it was or is to be, and the next build puts all of it right.

    tests/attack/cuts.py                                # about a hundred disks
    tests/attack/cuts.py --disks 1000
"""

import codecs
import random
import re
import sys

from ground import Ground, is_temporary, pages, parser, strace_or_exit, table

CALLS = "openat,fsync,fdatasync,syncfs,rename,renameat,renameat2,link,linkat,write,pwrite64,writev,copy_file_range,ftruncate"
STRING = r'"((?:[^"\\]|\\.)*)"'


def arguments():
    made = parser(__doc__.splitlines()[0])
    made.add_argument("--disks", type=int, default=100)
    return made.parse_args()


def plain(text):
    """A path without the escapes that strace writes."""
    return codecs.escape_decode(text.encode())[0].decode(errors="replace").removesuffix(" (deleted)")


class Event:
    """Something that changes what is, or will be, on the disk."""

    def __init__(self, kind, path, target=None):
        self.kind, self.path, self.target = kind, path, target


def events(log, project):
    """The events of a log, in the order in which the calls ended."""
    found, begun = [], {}
    for line in log.read_text(errors="replace").splitlines():
        pid, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>")
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>", rest)
        if resumed:
            rest = begun.pop(pid, "") + rest[resumed.end() :]
        if re.search(r"= -1 E\w+", rest):
            continue
        absolute = lambda path: str(project / plain(path))
        if found_at := re.match(r"(write|pwrite64|writev|ftruncate)\(\d+<([^>]*)>", rest):
            found.append(Event("write", plain(found_at[2])))
        elif found_at := re.match(r"copy_file_range\(\d+<[^>]*>, [^,]*, \d+<([^>]*)>", rest):
            found.append(Event("write", plain(found_at[1])))
        elif found_at := re.match(r"(fsync|fdatasync)\(\d+<([^>]*)>", rest):
            found.append(Event("sync", plain(found_at[2])))
        elif re.match(r"(rename|link)", rest):
            names = re.findall(STRING, rest)
            if len(names) == 2:
                found.append(Event("rename", absolute(names[0]), absolute(names[1])))
    return found


class Disk:
    """What may be there at one moment."""

    def __init__(self, before):
        self.before = before
        self.dirty, self.synced, self.renames = set(), set(), []

    def take(self, event):
        """Goes on by one event."""
        if event.kind == "write":
            self.dirty.add(event.path)
            self.synced.discard(event.path)
        elif event.kind == "sync":
            self.synced.add(event.path)
            for rename in self.renames:
                if rename["target"].rpartition("/")[0] == event.path:
                    rename["is_sure"] = True
        else:
            whole = event.path in self.synced or event.path not in self.dirty
            self.renames.append({"from": event.path, "target": event.target, "is_whole": whole, "is_sure": False})

    def variants(self, chance):
        """Which renames may have come to the disk: all, only those that are sure, and some."""
        unsure = [rename for rename in self.renames if not rename["is_sure"]]
        some = [rename for rename in unsure if chance.random() < 0.5]
        for kept in (unsure, [], some):
            yield [rename for rename in self.renames if rename["is_sure"] or rename in kept]


class Attack:
    """Cuts of one build into a folder with the pages of another, or into an empty one."""

    def __init__(self, asked):
        self.asked, self.chance = asked, random.Random(asked.seed)
        self.ground = Ground(asked.program, asked.engine)
        self.old, self.new = self.ground.good(), self.ground.good("--charts")
        self.broken = []

    def traced(self, is_empty):
        """What a build does, and what there was and is."""
        self.ground.good()
        if is_empty:
            self.ground.clear()
        before = dict(self.ground.files())
        log = self.ground.root / "trace"
        options = ["-f", "-y", "-s", "4096", "-qq", "-o", log, "-e", f"trace={CALLS}"]
        status, said = self.ground.quick(["strace", *options, *self.ground.command("--jobs", "1", "--charts")])
        if status != 0:
            sys.exit(f"the traced build ends with {status}:\n{said}")
        out = f"{self.ground.out}/"
        return before, [event for event in events(log, self.ground.project) if self.is_in(event, out)]

    @staticmethod
    def is_in(event, out):
        return any(path and f"{path}/".startswith(out) for path in (event.path, event.target))

    def disks(self, before, found):
        """Each moment, three times."""
        disk = Disk(before)
        yield disk, []
        for event in found:
            disk.take(event)
            for kept in disk.variants(self.chance):
                yield disk, kept

    def lay(self, disk, kept):
        """Makes the output folder as the disk has it."""
        self.ground.clear()
        out = self.ground.out
        files = dict(disk.before)
        name = lambda path: path.removeprefix(f"{out}/")
        for rename in kept:
            files.pop(name(rename["from"]), None)
            files[name(rename["target"])] = self.new.get(name(rename["target"]), b"") if rename["is_whole"] else b""
        moved = {rename["from"] for rename in kept}
        for path in disk.dirty - moved:
            if is_temporary(path):
                files[name(path)] = b""
        for file, data in files.items():
            (out / file).parent.mkdir(parents=True, exist_ok=True)
            (out / file).write_bytes(data)

    def run(self, is_empty):
        """All moments, or as many as are asked for."""
        before, found = self.traced(is_empty)
        if not any(event.kind == "rename" for event in found):
            sys.exit("nothing was renamed into the output folder: the log is not understood")
        tally = dict.fromkeys(COLUMNS, 0)
        tally["moments"] = len(found)
        for number, (disk, kept) in enumerate(self.cuts(before, found)):
            self.lay(disk, kept)
            self.one(number, is_empty, tally)
        return ["empty" if is_empty else "other pages", *[tally[column] for column in COLUMNS]]

    def cuts(self, before, found):
        """Some of all disks, each as it was at its moment."""
        count = sum(1 for _ in self.disks(before, found))
        wanted = set(self.chance.sample(range(count), min(count, self.asked.disks // 2)))
        for number, (disk, kept) in enumerate(self.disks(before, found)):
            if number in wanted:
                copy = Disk(disk.before)
                copy.dirty = set(disk.dirty)
                yield copy, [dict(rename) for rename in kept]

    def one(self, number, is_empty, tally):
        """One disk: what is there, and what the next build makes of it."""
        tally["disks"] += 1
        faults = []
        for name, data in pages(self.ground.files()).items():
            if data not in (self.old.get(name), self.new.get(name)):
                tally["torn"] += 1
                faults.append(f"{name} is torn")
        options, good = self.chance.choice([((), self.old), (("--charts",), self.new)])
        status, said = self.ground.build(*options)
        files = self.ground.files()
        if status != 0 or any(files.get(name) != data for name, data in good.items()):
            tally["next is wrong"] += 1
            faults.append(f"the next build gives {status} and other pages: {said[:200]}")
        left = self.ground.left_over(good)
        if left:
            tally["left over"] += 1
            faults.append(f"left over: {', '.join(left)}")
        if faults:
            tally["broken"] += 1
            self.broken.append(number)
            print(f"disk {number}, {'empty' if is_empty else 'with other pages'} before: {'; '.join(faults)}", flush=True)
        elif self.asked.verbose:
            print(f"disk {number}: held", flush=True)


COLUMNS = ["moments", "disks", "torn", "next is wrong", "left over", "broken"]


def main():
    strace_or_exit()
    attack = Attack(arguments())
    rows = [attack.run(is_empty) for is_empty in (True, False)]
    table(["folder before", *COLUMNS], rows)
    print(f"{len(attack.broken)} disks broke a promise")
    sys.exit(1 if attack.broken else 0)


if __name__ == "__main__":
    main()
