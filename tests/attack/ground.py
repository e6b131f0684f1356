"""The ground on which attacks are made: a small project with two reports, builds of it, and what lies in its output folder. In:
the program; out: pages by name and bytes, to be compared with those that an undisturbed build made."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
OTHER = HERE / "templates/foia/example.toml"
# How the name of a file begins that is not whole yet.
TEMPORARY = ".nianbao-"


def parser(description):
    """What every attack can be told."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--program", default=os.environ.get("NIANBAO", HERE / "target/release/nianbao"), type=Path)
    made.add_argument("--engine", choices=["embedded", "typst-cli"], default="embedded")
    made.add_argument("--seed", type=int, default=1, help="another one gives other moments")
    made.add_argument("--verbose", action="store_true", help="also what held")
    return made


def strace_or_exit():
    """Ends the attack where nothing can be injected."""
    if shutil.which("strace") is None:
        sys.exit("strace is not installed: apt-get install strace")


class Ground:
    """A project in a folder of its own, with a font cache of its own. `options` are those of the builds that set things right."""

    def __init__(self, program, engine, options=()):
        self.program, self.engine, self.options = Path(program).resolve(), engine, tuple(options)
        self.temporary = tempfile.TemporaryDirectory(prefix="nianbao-attack-", ignore_cleanup_errors=True)
        self.root = Path(self.temporary.name)
        self.project, self.cache = self.root / "project", self.root / "cache"
        self.quick([self.program, "init", self.project], cwd=self.root)
        other = self.project / "reports/Harbour"
        other.mkdir()
        # The example carries the year that an office would write first.
        shutil.copy(OTHER, other / "2025.toml")
        self.out = self.project / "build"

    def environment(self, cache=None):
        """The environment of every build: one thread, so that calls come in one order as far as that is possible."""
        return os.environ | {
            "NIANBAO_LANG": "en",
            "RAYON_NUM_THREADS": "1",
            "XDG_CACHE_HOME": str(cache or self.cache),
        }

    def command(self, *options):
        """A build of all reports."""
        return [str(self.program), "build", "--engine", self.engine, *options]

    def quick(self, command, cwd=None, cache=None):
        """Runs something to its end; gives its exit status and what it said."""
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.project,
            env=self.environment(cache),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
        )
        return done.returncode, done.stdout.decode(errors="replace")

    def build(self, *options, cache=None):
        """An undisturbed build."""
        return self.quick(self.command(*options), cache=cache)

    def good(self, *options):
        """The pages of an undisturbed build into an empty folder."""
        self.clear()
        status, said = self.build(*options)
        files = self.files()
        if status != 0 or not any(name.endswith(".pdf") for name in files):
            sys.exit(f"the undisturbed build ends with {status}:\n{said}")
        return files

    def clear(self):
        """Takes all pages away."""
        shutil.rmtree(self.out, ignore_errors=True)

    def files(self):
        """Everything in the output folder by its name."""
        found = sorted(path for path in self.out.rglob("*") if path.is_file())
        return {str(path.relative_to(self.out)): path.read_bytes() for path in found}

    def left_over(self, good):
        """Files that an undisturbed build does not make."""
        return sorted(set(self.files()) - set(good))


def pages(files):
    """Without records."""
    return {name: data for name, data in files.items() if not name.endswith(".json") and not is_temporary(name)}


def is_temporary(name):
    """Whether a file is not whole yet."""
    return Path(name).name.startswith(TEMPORARY)


def table(head, rows):
    """Prints rows below a head, each column as wide as it must be."""
    rows = [head, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
