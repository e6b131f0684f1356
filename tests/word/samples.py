#!/usr/bin/env python3
"""Reports to look at. In: the program; out: a folder with the Word file, the PDF and the web page of each.

    tests/word/samples.py PROGRAM FOLDER

`demo` has the reports of this repository, `charts` the same with charts, `cases` each case of tests/cases/accept, `start` what `init`
writes, `form` the example of a form that `forms new` started, `draft` a report that is not in order, and `hostile` prose that no one
writes in good faith; `no-characters` has no PDF.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORMATS = "docx,pdf,html"
# Ends of markup, entities, characters that XML has not, characters that turn the direction, twelve lists in each other and a table, as
# TOML writes them; and as long a paragraph as there may be.
HOSTILE = "\\n\\n".join(
    [
        "]]> &amp; &#7; <w:p> </w:t> <!-- --> <?xml?> {% raw %} %PDF",
        "甲\\u0007乙\\u000b丙\\u001b丁",
        "甲\\u202e乙\\u202c丙\\u2066丁\\u2069戊\\u200b己\\u00a0庚\\u00ad辛\\u2028壬",
        "\\n".join("  " * depth + f"- 第{depth + 1}层" for depth in range(12)),
        "\\n".join("   " * depth + f"{depth + 3}. 第{depth + 1}项" for depth in range(12)),
        "| 月份 | ]]> |\\n|---|---:|\\n| 一月 | &lt; |\\n| 二月 | **粗** |",
        "HYPERLINK [链接](https://a.example/?a=1&b=2) [邮箱](mailto:a@b.example) [不是](javascript:alert)",
    ]
)
LONG = "长" * 100_000
# No font draws these, so no PDF has them, and XML has no place for them.
NO_CHARACTERS = "甲\\ufffe乙\\uffff丙"


def run(program, *arguments, folder):
    """Runs the program without what is set on the machine; anything but success is an error, and for a draft that success."""
    environment = {key: told for key, told in os.environ.items() if not key.startswith("NIANBAO")}
    command = [program, "--lang", "en", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != ("--draft" in arguments):
        sys.exit(f"nianbao {' '.join(map(str, arguments))} in {folder}: {done.stdout}{done.stderr}")


def project(program, facts, out, *options, form=None, formats=FORMATS):
    """One report as a project of its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "reports/机关/2025.toml"
        report.parent.mkdir(parents=True)
        (Path(folder) / "nianbao.toml").touch()
        if form:
            run(program, "forms", "new", form, folder=folder)
            facts = (Path(folder) / "templates" / form / "example.toml").read_text(encoding="utf-8")
        report.write_text(facts, encoding="utf-8")
        run(program, "build", "--format", formats, "--out", out, *options, folder=folder)


def started(program, out):
    """What a new project has."""
    with tempfile.TemporaryDirectory() as folder:
        run(program, "init", "new", folder=folder)
        run(program, "build", "--format", FORMATS, "--out", out, folder=Path(folder) / "new")


def main():
    program, out = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve()
    shutil.rmtree(out, ignore_errors=True)
    zeros = (ROOT / "tests/cases/accept/zeros/facts.toml").read_text(encoding="utf-8")
    jobs = [
        lambda: run(program, "build", "--format", FORMATS, "--out", out / "demo", folder=ROOT),
        lambda: run(program, "build", "--format", FORMATS, "--charts", "--out", out / "charts", folder=ROOT),
        lambda: started(program, out / "start"),
        lambda: project(program, "", out / "form", form="mine"),
        lambda: project(program, zeros.replace("信息发布前逐件审核。", HOSTILE).replace("网站栏目定期检查。", LONG), out / "hostile"),
        lambda: project(program, zeros.replace("信息发布前逐件审核。", NO_CHARACTERS), out / "no-characters", formats="docx,html"),
        lambda: project(program, zeros.replace("penalties = 0", "penalties = -1"), out / "draft", "--draft"),
    ]
    for facts in sorted((ROOT / "tests/cases/accept").glob("*/facts.toml")):
        text = facts.read_text(encoding="utf-8")
        jobs.append(lambda text=text, name=facts.parent.name: project(program, text, out / "cases" / name))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    made = sorted(out.rglob("*.docx"))
    for path in made:
        for suffix in (".pdf", ".html"):
            if not path.with_suffix(suffix).is_file() and (suffix == ".html" or "no-characters" not in path.parts):
                sys.exit(f"{path} has no {suffix} beside it")
    print(f"{len(made)} reports")


if __name__ == "__main__":
    main()
