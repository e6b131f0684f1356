#!/usr/bin/env python3
"""Twenty reports whose own templates never end or fill the memory, beside twenty that are in order. The good ones are made, each
bomb is told at its template, and all of it takes at most so much time and memory.

    tests/attack/bombs.py                               # a minute and a GiB
    tests/attack/bombs.py --seconds 120 --program target/debug/nianbao
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ground import Ground, parser

LOOPS = "{% for i in range(end=100000) %}{% for j in range(end=100000) %}{% set x = i %}{% endfor %}{% endfor %}"
DOUBLES = '{% set_global s = "xxxxxxxx" %}{% for i in range(end=40) %}{% set_global s = s ~ s %}{% endfor %}'
# What a template writes or does beyond what is honest.
BOMBS = [
    LOOPS,
    DOUBLES,
    "{% for i in range(end=90000) %}{% for j in range(end=90000) %}{{ i }}{% endfor %}{% endfor %}",
    "{% set_global s = 'x' %}{% for i in range(end=99999) %}{% set_global s = s ~ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' %}{% endfor %}",
    "#for i in range(100000) { for j in range(100000) { } }",
    "#{ let i = 0; while i >= 0 { i += 1 } }",
    "#for i in range(1000000000) { }",
    '#{ let s = "xxxxxxxx"; for i in range(40) { s = s + s } }',
    '#xml(bytes("<a>" * 50000))',
    "#{ let a = (); for i in range(100000000) { a.push(i) } }",
    "#{ let a = (1,); for i in range(40) { a = a + a } }",
    "#let f(x) = f(x + 1)\n#f(1)",
    "#let f(x) = if x == 0 { 1 } else { f(x - 1) + f(x - 1) }\n#f(60)",
    "#for i in range(100000) [ #lorem(100) ]",
    "#for i in range(100000) { pagebreak() }",
    "#table(columns: 1000, ..range(1000000).map(str))",
    '#{ "x" * 100000000000 }',
    "#rect(width: 1pt * 1e300)\n#{ let i = 0; while i >= 0 { i += 1 } }",
    "#let s = state(\"s\", 0)\n#context for i in range(1000000) { s.update(x => x + 1) }",
    "#regex(\"(a*)*b\")\n#(\"a\" * 100000).matches(regex(\"(x+x+)+y\"))\n#{ let i = 0; while i >= 0 { i += 1 } }",
]


def arguments():
    made = parser(__doc__.splitlines()[0])
    made.add_argument("--seconds", type=float, default=60)
    made.add_argument("--mib", type=float, default=1024)
    return made.parse_args()


def resident(root):
    """The resident memory of a process and all below it, in MiB."""
    below, sizes = {}, {}
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "status").read_text() if entry.name.isdigit() else ""
        except OSError:
            continue
        parent, size = re.search(r"^PPid:\s+(\d+)", status, re.M), re.search(r"^VmRSS:\s+(\d+)", status, re.M)
        if parent and size:
            below.setdefault(int(parent[1]), []).append(int(entry.name))
            sizes[int(entry.name)] = int(size[1])
    waiting, total = [root], 0
    while waiting:
        process = waiting.pop()
        total += sizes.get(process, 0)
        waiting += below.get(process, [])
    return total / 1024


def prepare(ground):
    """Twenty good reports in the place of those that were there, and a form and a report for each bomb."""
    facts = next((ground.project / "reports").glob("*/2025.toml")).read_text()
    for number in range(20):
        folder = ground.project / f"reports/good-{number:02}"
        folder.mkdir()
        (folder / "2025.toml").write_text(facts)
    for number, bomb in enumerate(BOMBS):
        name = f"bomb-{number:02}"
        ground.quick([ground.program, "forms", "new", name])
        form, folder = ground.project / "templates" / name, ground.project / "reports" / name
        with (form / "report.typ.tera").open("a") as template:
            template.write(bomb + "\n")
        folder.mkdir()
        shutil.copy(form / "example.toml", folder / "2025.toml")


def main():
    asked = arguments()
    ground = Ground(asked.program, asked.engine)
    prepare(ground)
    start, peak = time.monotonic(), 0.0
    said = (ground.root / "said").open("w+")
    command = ground.command("--force", "--jobs", "2", "--format", "pdf")
    build = subprocess.Popen(command, cwd=ground.project, env=ground.environment(), stdout=said, stderr=said)
    while build.poll() is None:
        peak = max(peak, resident(build.pid))
        time.sleep(0.05)
    took = time.monotonic() - start
    said.seek(0)
    text = said.read()
    made = sum((ground.out / f"good-{number:02}/2025.pdf").is_file() for number in range(20))
    exploded = [number for number in range(20) if (ground.out / f"bomb-{number:02}/2025.pdf").is_file()]
    told = [number for number in range(20) if f"reports/bomb-{number:02}/2025.toml" in text]
    print(f"{took:.1f} s, {peak:.0f} MiB, exit {build.returncode}; good pages {made} of 20, bombs told {len(told)} of 20, bombs that came to a page {exploded}")
    kept = took <= asked.seconds and peak <= asked.mib and build.returncode == 2 and made == 20 and len(told) + len(exploded) == 20
    if not kept or asked.verbose:
        print(text)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
