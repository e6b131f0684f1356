#!/usr/bin/env python3
"""Twenty reports whose own templates never end or fill the memory, and as many whose own declarations do, beside twenty that are
in order. The good ones are made, each bomb is told or harmless, and all of it takes at most so much time and memory.

    tests/attack/bombs.py                               # a minute and a GiB
    tests/attack/bombs.py --seconds 120 --program target/release/nianbao
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

# Prose that the declarations below are at work on.
TEXT = "甲乙丙丁戊己庚辛aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 2024年收到5件，" * 2000
RULE = "[rule.much]\nmessage = { zh = '多', en = 'much' }\nsource = 'test'\nright = ''\nwrong = ''\n"
TABLE = "[[table]]\nname = 't'\nkey = 't'\nlabel = 't'\n"


def patterns(one, count=500):
    """A rule, and so many patterns, each with its number in it."""
    written = (one.replace("@", str(number)) for number in range(count))
    return RULE + "".join(f"[[pattern]]\nrule = 'much'\nin = ['notes']\nfind = '''{find}'''\n" for find in written)


def condition(test):
    """A rule, and a condition."""
    return RULE + f"[[condition]]\nrule = 'much'\ntest = '''{test}'''\n"


def heads(name, count):
    """So many heads of rows or columns."""
    return "[" + ", ".join(f"{{ key = '{name}{number}', label = '{name}' }}" for number in range(count)) + "]"


def fields(count, label):
    """So many more fields."""
    return "".join(f"[[field]]\nkey = 'office.f{number}'\nkind = 'line'\nlabel = '{label}'\n" for number in range(count))


# What is declared beyond what is honest.
DECLARED = [
    patterns(r"[\w]{60}@"),
    patterns(r"(?:\p{Han}{1,9}|\w{1,9}){5}@"),
    patterns(r"(?:\w{1,3}){400}@"),
    patterns(r"(?<=\w{30}@)\w{30}"),
    patterns(r"(a*)*b@"),
    patterns(r"(?=(\w+))\1-@"),
    patterns(r"(?:(?:(?:(?:\w?){9}){9}){9}){9}@"),
    patterns(r"^(\w|\d|.)*@$"),
    patterns(r"[^@]*(?:甲|乙)[\w\W]{99}"),
    patterns(r"(?=.*a)(?:\w|a)*@"),
    patterns("甲" * 6000 + "@", 40),
    condition(" or ".join(f"office.name is matching('[\\\\w]{{{40 + number}}}')" for number in range(40))),
    condition("(" * 900 + "1" + ")" * 900),
    fields(9000, "栏"),
    fields(9, "甲" * 30_000),
    "x = " + "[" * 400_000,
    TABLE + "widths = [" + "1," * 3001 + "]\n[[table.block]]\nlabel-columns = 1\n"
    f"rows = {heads('r', 3000)}\ncolumns = {heads('c', 3000)}\n",
    TABLE + f"widths = [1, 1]\n[[table.block]]\nlabel-columns = 1\nrows = {heads('r', 25_000)}\ncolumns = {heads('c', 1)}\n",
    TABLE + "widths = [" + "4000000000, " * 9000 + "]\n",
    TABLE + "widths = [1]\n[[table.block]]\nlabel-columns = 1000000000\n"
    "rows = [{ key = 'a', label = 'a', span = 1000000000 }]\ncolumns = [{ key = 'b', label = 'b', span = 1000000000 }]\n",
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
    for number, bomb in enumerate(DECLARED):
        name = f"declared-{number:02}"
        ground.quick([ground.program, "forms", "new", name])
        form, folder = ground.project / "templates" / name, ground.project / "reports" / name
        with (form / "form.toml").open("a") as declaration:
            declaration.write("\n" + bomb)
        folder.mkdir()
        example = re.sub("(?m)^notes = .*$", lambda _: f'notes = "{TEXT}"', (form / "example.toml").read_text())
        (folder / "2025.toml").write_text(example)


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
    names = [f"bomb-{number:02}" for number in range(len(BOMBS))] + [f"declared-{number:02}" for number in range(len(DECLARED))]
    harmless = [name for name in names if (ground.out / name / "2025.pdf").is_file()]
    told = [name for name in names if f"reports/{name}/2025.toml" in text or f"templates/{name}/" in text]
    print(f"{took:.1f} s, {peak:.0f} MiB, exit {build.returncode}; good pages {made} of 20, bombs told {len(told)} of {len(names)}, bombs that came to a page {harmless}")
    kept = took <= asked.seconds and peak <= asked.mib and build.returncode == 2 and made == 20 and set(told) | set(harmless) == set(names)
    if not kept or asked.verbose:
        print(text)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
