#!/usr/bin/env python3
"""Builds are ended by `kill -9` at random moments, and two at once write with different options into one folder. Each page that is
there is whole; what a later build leaves alone as unchanged is what it would have made; and no temporary file outlasts it.

    tests/attack/kills.py                               # 200 kills, 40 rounds of two at once
    tests/attack/kills.py --kills 0 --rounds 10
"""

import os
import random
import shutil
import subprocess
import sys
import time

from ground import Ground, is_temporary, pages, parser, table

# Options that give other pages, PDF and web page alike.
PLAIN, CHARTS = [], ["--charts"]
# About how long a build writes, in seconds.
WRITING = 0.03


def arguments():
    made = parser(__doc__.splitlines()[0])
    made.add_argument("--kills", type=int, default=200)
    made.add_argument("--rounds", type=int, default=40, help="of two builds at once")
    return made.parse_args()


class Attack:
    """A project, and its pages with either options."""

    def __init__(self, asked):
        self.asked, self.random = asked, random.Random(asked.seed)
        self.ground = Ground(asked.program, asked.engine)
        self.good = [(options, self.ground.good(*options)) for options in (PLAIN, CHARTS)]
        if any(self.good[0][1].get(name) == self.good[1][1].get(name) for name in self.good[0][1]):
            sys.exit("both options make one page: nothing would be seen of a mixture")
        start = time.monotonic()
        self.ground.build("--force")
        self.seconds = time.monotonic() - start
        self.broken = []

    def start(self, *options):
        """A build that is not waited for."""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = self.ground.command("--force", "--jobs", "2", *options)
        return subprocess.Popen(command, cwd=self.ground.project, env=self.ground.environment(), **quiet)

    def count(self, tally, what, faults):
        """Notes promises that are broken."""
        if faults:
            tally["broken"] += 1
            self.broken.append(what)
            print(f"{what}: {'; '.join(faults)}", flush=True)
        elif self.asked.verbose:
            print(f"{what}: held", flush=True)

    def torn(self):
        """Pages that are neither those of one nor of the other."""
        known = [good for _, good in self.good]
        return [
            f"{name} is torn"
            for name, data in pages(self.ground.files()).items()
            if all(good.get(name) != data for good in known)
        ]

    def mixed(self):
        """Whether the pages of a report are of both builds, or its record is not of its pages."""
        files = self.ground.files()
        by_report = {}
        for name, data in files.items():
            if not is_temporary(name):
                of = {which for which, (_, good) in enumerate(self.good) if good.get(name) == data}
                by_report.setdefault(name.split("/")[0], []).append(of)
        return any(not set.intersection(*of) for of in by_report.values() if of)

    def after(self, tally, which):
        """The next build, without force: it believes the record."""
        options, good = self.good[which]
        status, said = self.ground.build(*options)
        files, faults = self.ground.files(), []
        if status != 0:
            faults.append(f"the next build ends with {status}: {said[:300]}")
        others = [name for name in pages(good) if files.get(name) != good[name]]
        if others:
            tally["called unchanged"] += 1
            faults.append(f"the next build leaves {', '.join(others)} as of other options")
        elif any(files.get(name) != good[name] for name in good):
            tally["other record"] += 1
            faults.append("the next build leaves another record")
        left = self.ground.left_over(good)
        if left:
            tally["left over"] += 1
            faults.append(f"left over: {', '.join(left)}")
            # So that each is told once.
            self.ground.clear()
        return faults

    def await_writing(self, process):
        """Until something in the output folder is not as it was: most kills would miss the short time of writing."""
        before = self.names()
        while process.poll() is None and self.names() == before:
            pass

    def names(self):
        """The files there are, and which they are."""
        try:
            return {entry.inode() for folder in os.scandir(self.ground.out) for entry in os.scandir(folder)}
        except OSError:
            return set()

    def kills(self):
        """Ends builds at random moments."""
        tally = dict.fromkeys(COLUMNS, 0)
        for number in range(self.asked.kills):
            if number % 5 == 0:
                self.ground.clear()
            if number % 8 == 0:
                shutil.rmtree(self.ground.cache, ignore_errors=True)
            started = time.monotonic()
            process = self.start(*self.good[number % 2][0])
            if number % 2 == 0:
                time.sleep(self.random.uniform(0, self.seconds * 1.2))
            else:
                self.await_writing(process)
                time.sleep(self.random.uniform(0, WRITING))
            process.kill()
            moment = time.monotonic() - started
            tally["done before"] += process.wait() == 0
            tally["tried"] += 1
            faults = self.torn()
            tally["torn"] += bool(faults)
            tally["mixed"] += self.mixed()
            faults += self.after(tally, self.random.randrange(2))
            self.count(tally, f"kill {number} after {moment * 1000:.0f} ms", faults)
        return ["kill -9", *[tally[column] for column in COLUMNS]]

    def rounds(self):
        """Two builds at once, with different options."""
        tally = dict.fromkeys(COLUMNS, 0)
        for number in range(self.asked.rounds):
            if number % 2 == 0:
                self.ground.clear()
            both = [self.start(*self.good[number % 2][0])]
            time.sleep(self.random.choice([0, self.random.uniform(0, self.seconds / 2)]))
            both.append(self.start(*self.good[1 - number % 2][0]))
            statuses = [process.wait() for process in both]
            tally["tried"] += 1
            tally["refused"] += statuses.count(2)
            faults = self.torn()
            tally["torn"] += bool(faults)
            if self.mixed():
                tally["mixed"] += 1
                faults.append("the pages of a report are of both builds")
            if 0 not in statuses or any(status not in (0, 2) for status in statuses):
                faults.append(f"the builds end with {statuses}")
            faults += self.after(tally, self.random.randrange(2))
            self.count(tally, f"round {number}", faults)
        return ["two at once", *[tally[column] for column in COLUMNS]]


COLUMNS = [
    "tried", "done before", "refused", "torn", "mixed", "called unchanged", "other record", "left over", "broken",
]


def main():
    attack = Attack(arguments())
    rows = [attack.kills(), attack.rounds()]
    table(["attack", *COLUMNS], rows)
    print(f"{len(attack.broken)} times a promise was broken")
    sys.exit(1 if attack.broken else 0)


if __name__ == "__main__":
    main()
