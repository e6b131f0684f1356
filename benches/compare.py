#!/usr/bin/env python3
"""Compares whole processes: nianbao against other ways to make the same pages, one of each in turn, so that a busy machine slows
all of them. Prints medians, processor time, peak memory and ratios; needs nothing but the program, `typst`, and what pip and apt
have. `benches/compare.py --help` says what can be measured.

    cargo build --release --bin nianbao --example generate
    benches/compare.py one batch changes check growth others
    benches/compare.py province             # some 55 minutes and 35 GB
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
BUILT = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")) / "release"
NIANBAO, GENERATE = BUILT / "nianbao", BUILT / "examples/generate"
FANDOL = "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
SEED = "湛河区应急管理局/2023"
QUIET = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Run:
    """A process from its start to its end, with those that it started."""

    def __init__(self, command, cwd, okay=(0,)):
        start = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], cwd=cwd, **QUIET)
        self.memory = []
        watcher = threading.Thread(target=self.watch, args=(process.pid,), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in okay:
            sys.exit(f"{command} ended with {process.returncode}")
        self.processor = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024

    def watch(self, pid):
        """Notes the memory in MiB every half second."""
        try:
            while True:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                self.memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
                time.sleep(0.5)
        except (OSError, IndexError):
            pass


def alternating(candidates, runs, warm=1):
    """The runs of each candidate, one of each in turn; `candidates` are (name, function that gives a Run). The order changes from
    turn to turn: on a virtual machine, a process is slower after one that gave back much memory."""
    found, order = {name: [] for name, _ in candidates}, random.Random(1)
    for number in range(runs + warm):
        for name, run in order.sample(candidates, len(candidates)):
            done = run()
            if number >= warm:
                found[name].append(done)
    return found


def table(title, found, base, unit="ms"):
    scale = 1000 if unit == "ms" else 1
    print(f"\n## {title}\n\n| | median {unit} | processor {unit} | peak MiB | ratio |\n| --- | ---: | ---: | ---: | ---: |")
    reference = statistics.median(run.seconds for run in found[base])
    rows = {}
    for name, runs in found.items():
        median = statistics.median(run.seconds for run in runs)
        processor = statistics.median(run.processor for run in runs)
        peak = max(run.peak for run in runs)
        print(f"| {name} | {median * scale:.{0 if unit == 'ms' else 2}f} | {processor * scale:.{0 if unit == 'ms' else 2}f} | {peak:.0f} | {median / reference:.3f} |")
        rows[name] = {"seconds": median, "processor": processor, "peak_mib": peak, "ratio": median / reference}
    return rows


def fresh(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def project(work, organs, seed=1):
    folder = work / f"organs-{organs}"
    if not (folder / "nianbao.toml").exists():
        fresh(folder)
        subprocess.run([GENERATE, "--organs", str(organs), "--seed", str(seed), folder], check=True, **QUIET)
    return folder


def nianbao(cwd, *arguments):
    return Run([NIANBAO, *arguments], cwd)


TYPST = ["typst", "compile", "--features", "a11y-extras", "--font-path", FANDOL, "--ignore-embedded-fonts",
         "--pdf-standard", "a-2a,ua-1"]


def one(work, runs):
    """One report: the seed's, from facts to PDF, against `typst compile` of the markup that comes of it."""
    out = fresh(work / "one")
    nianbao(HERE, "build", f"reports/{SEED}.toml", "--format", "typ", "--out", out)
    build = lambda engine: lambda: nianbao(HERE, "build", f"reports/{SEED}.toml", "--force", "--format", "pdf", "--engine", engine, "--out", out)
    found = alternating([
        ("typst compile", lambda: Run([*TYPST, out / f"{SEED}.typ", out / "typst.pdf"], HERE)),
        ("nianbao, embedded", build("embedded")),
        ("nianbao, typst-cli", build("typst-cli")),
    ], runs, warm=2)
    return table(f"One report ({runs} runs)", found, "typst compile")


def batch(work, runs):
    """200 reports, all different: one nianbao against one typst process each."""
    folder = project(work, 200)
    nianbao(folder, "build", "--force", "--format", "typ", "--out", "typ")
    names = sorted(str(path) for path in (folder / "typ").rglob("*.typ"))
    script = f"exec {' '.join(TYPST)} --creation-timestamp 1767225600 \"$1\" \"${{1%.typ}}.pdf\""
    (work / "names").write_text("\n".join(names))
    each = lambda jobs: lambda: Run(["xargs", "-a", work / "names", "-P", jobs, "-n1", "sh", "-c", script, "sh"], folder)
    found = alternating([
        ("xargs -P2 typst compile", each(2)),
        ("typst compile, one by one", each(1)),
        ("nianbao, PDF", lambda: nianbao(folder, "build", "--force", "--format", "pdf")),
        ("nianbao, PDF and HTML", lambda: nianbao(folder, "build", "--force")),
    ], runs, warm=0)
    rows = table(f"200 reports, two cores ({runs} runs)", found, "xargs -P2 typst compile", "s")
    print(f"\n{rows['xargs -P2 typst compile']['seconds'] / rows['nianbao, PDF']['seconds']:.2f} times as fast as xargs -P2 typst compile")
    differ = [name for name in names if Path(name).with_suffix(".pdf").read_bytes()
              != Path(name.replace("/typ/", "/build/", 1)).with_suffix(".pdf").read_bytes()]
    print(f"{len(names)} PDFs compared with those of typst, {len(differ)} differ")
    single = fresh(work / "single")
    for name in names:
        organ = Path(name).relative_to(folder / "typ").parent
        nianbao(folder, "build", organ, "--force", "--format", "pdf", "--engine", "embedded", "--out", single)
    hashes = lambda root: {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in root.rglob("*.pdf")}
    print(f"{len(names)} PDFs compared with those of single builds: {'the same' if hashes(single) == hashes(folder / 'build') else 'THEY DIFFER'}")
    rows["differ"] = len(differ)
    return rows


def word(work, runs):
    """200 reports: PDF and HTML against the same with Word files, and Word files alone."""
    folder = project(work, 200)
    build = lambda formats: lambda: nianbao(folder, "build", "--force", "--format", formats)
    found = alternating([
        ("PDF and HTML", build("pdf,html")),
        ("PDF, HTML and Word", build("pdf,html,docx")),
        ("Word", build("docx")),
    ], runs)
    rows = table(f"200 reports with Word files, two cores ({runs} runs)", found, "PDF and HTML", "s")
    # Of each turn, since what else the machine does changes from turn to turn.
    more = [with_word.processor - without.processor for with_word, without in zip(found["PDF, HTML and Word"], found["PDF and HTML"])]
    print(f"\na Word file adds {statistics.median(more) * 1000 / 200:.2f} ms of processor time to a report")
    return rows


def changes(work, runs):
    """200 reports, of which none or one changed since the last build."""
    folder = project(work, 200)
    facts = folder / "reports/000/000100/2025.toml"
    text = facts.read_text()

    def edited(count=[0]):
        count[0] += 1
        facts.write_text(text.replace("licences = ", f"licences = {count[0]}"))
        return nianbao(folder, "build")
    full = lambda: nianbao(folder, "build", "--force")
    found = alternating([("all of them", full), ("nothing changed", lambda: nianbao(folder, "build")), ("one changed", edited)], runs)
    facts.write_text(text)
    return table(f"200 reports, what changed ({runs} runs)", found, "all of them")


def written(folder):
    """The bytes of all pages and records, by their kind."""
    sizes = {}
    for path in (folder / "build").rglob("*.*"):
        sizes[path.suffix] = sizes.get(path.suffix, 0) + path.stat().st_size
    return sizes


def check(work, runs):
    """`check` of 10,000 files."""
    folder = project(work, 10_000)
    found = alternating([("nianbao check", lambda: nianbao(folder, "check"))], runs)
    rows = table(f"check of 10,000 files ({runs} runs)", found, "nianbao check", "s")
    print(f"\n{10_000 / rows['nianbao check']['seconds']:.0f} files a second")
    return rows


def status(work, runs):
    """`status` of 10,000 organs beside `check` of the same."""
    folder = project(work, 10_000)
    found = alternating([("nianbao check", lambda: nianbao(folder, "check")), ("nianbao status", lambda: nianbao(folder, "status"))], runs)
    return table(f"status and check of 10,000 organs ({runs} runs)", found, "nianbao check", "s")


def organs(work, runs):
    """`check` of one government that adds up 5,000 organs, and of one on three levels."""
    rows = {}
    for levels in (2, 3):
        folder = work / f"project-5000-on-{levels}"
        if not folder.exists():
            subprocess.run([GENERATE, "--organs", "5000", "--levels", str(levels), folder], check=True, stdout=subprocess.DEVNULL)
        found = alternating([(f"{levels} levels", lambda: nianbao(folder, "check", "reports/全省/2025.toml"))], runs)
        rows |= table(f"check of a government of 5,000 organs ({runs} runs)", found, f"{levels} levels", "s")
    return rows


def edits(work, runs):
    """A day at the page of `edit`: 5,000 values saved one after the other, as the page saves them, while the sheets are kept up."""
    folder = fresh(work / "edits")
    (folder / "nianbao.toml").touch()
    name = f"reports/{SEED}.toml"
    (folder / name).parent.mkdir(parents=True)
    shutil.copy(HERE / name, folder / name)
    log = (folder / "log").open("w")
    server = subprocess.Popen([NIANBAO, "edit", "--no-open", name], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    while not (found := re.search(r"http://[0-9.:]+/[0-9a-f]+/", (folder / "log").read_text())):
        time.sleep(0.1)
    page, origin = found.group(), found.group().rsplit("/", 2)[0]

    def answer(path, body=None):
        told = {"Content-Type": "application/json", "Origin": origin} if body else {}
        request = urllib.request.Request(page + path, json.dumps(body).encode() if body else None, told)
        with urllib.request.urlopen(request) as said:
            return json.load(said)

    def state(after):
        return answer(f"state?after={after}&report={urllib.parse.quote(name)}")

    key, version, rows, times = "proactive.licences", state(0)["version"], [], []
    written = answer(f"report?name={urllib.parse.quote(name)}")["values"][key]["written"]
    for number in range(1, 5_001):
        start = time.monotonic()
        saved = answer("save", {"name": name, "edits": {"values": [{"key": key, "was": written, "now": str(10_000 + number)}]}})
        times.append(time.monotonic() - start)
        assert saved["saved"], saved
        written = str(10_000 + number)
        if number % 10 == 0:
            version = state(version)["version"]
        if number % 500 == 0:
            pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
            rows.append((number, pages * os.sysconf("SC_PAGE_SIZE") / 2**20))
    server.send_signal(signal.SIGINT)
    server.wait()
    print("\n## A day at the page: 5,000 edits\n\n| edits | MiB |\n| ---: | ---: |")
    for number, memory in rows:
        print(f"| {number} | {memory:.0f} |")
    print(f"\nfrom the request to saved: median {statistics.median(times) * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms")
    return {"memory": rows, "median": statistics.median(times), "longest": max(times)}


def growth(work, runs):
    """10 to 10,000 reports: time and memory, and a plot of both."""
    rows = []
    print("\n## Growth\n\n| reports | s | ms each | peak MiB | MiB at a quarter, half, three quarters | GB written |\n| ---: | ---: | ---: | ---: | --- | ---: |")
    for organs in (10, 100, 1_000, 10_000):
        folder = project(work, organs)
        times = [nianbao(folder, "build", "--force") for _ in range(runs if organs <= 100 else 1)]
        run = sorted(times, key=lambda run: run.seconds)[len(times) // 2]
        size = sum(written(folder).values())
        along = [run.memory[len(run.memory) * part // 4] for part in (1, 2, 3)] if len(run.memory) > 3 else []
        print(f"| {organs} | {run.seconds:.2f} | {run.seconds * 1000 / organs:.1f} | {run.peak:.0f} | {', '.join(f'{mib:.0f}' for mib in along)} | {size / 1e9:.3f} |")
        rows.append({"reports": organs, "seconds": run.seconds, "peak_mib": run.peak, "along_mib": along, "bytes": size})
        if organs == 10_000:
            shutil.rmtree(folder / "build")
    plot(rows)
    return rows


def plot(rows):
    """Time and memory by the number of reports, on logarithmic scales, as SVG."""
    import math
    width, height, left, bottom = 640, 360, 60, 50
    x = lambda count: left + (math.log10(count) - 1) / 3 * (width - 2 * left)
    y_time = lambda seconds: height - bottom - (math.log10(seconds) + 1) / 4 * (height - 2 * bottom)
    y_memory = lambda mib: height - bottom - mib / 400 * (height - 2 * bottom)
    line = lambda points, colour: f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>' + "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{colour}"/>' for a, b in points)
    text = lambda a, b, words, anchor="middle", colour="#222": f'<text x="{a:.0f}" y="{b:.0f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" role="img" aria-label="Time and peak memory of a build by the number of reports">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for count in (10, 100, 1_000, 10_000):
        parts += [f'<line x1="{x(count)}" x2="{x(count)}" y1="{bottom}" y2="{height - bottom}" stroke="#ddd"/>', text(x(count), height - bottom + 20, f"{count:,}")]
    for seconds in (0.1, 1, 10, 100, 1000):
        parts += [f'<line x1="{left}" x2="{width - left}" y1="{y_time(seconds)}" y2="{y_time(seconds)}" stroke="#ddd"/>', text(left - 8, y_time(seconds) + 4, f"{seconds:g} s", "end", "#1d4f8c")]
    for mib in (0, 100, 200, 300, 400):
        parts.append(text(width - left + 8, y_memory(mib) + 4, f"{mib} MiB", "start", "#a15c00"))
    parts += [line([(x(row["reports"]), y_time(row["seconds"])) for row in rows], "#1d4f8c"),
              line([(x(row["reports"]), y_memory(row["peak_mib"])) for row in rows], "#a15c00"),
              text(width / 2, height - 8, "reports"), text(left, 28, "time (logarithmic)", "start", "#1d4f8c"), text(width - left, 28, "peak memory", "end", "#a15c00"), "</svg>"]
    (HERE / "docs/growth.svg").write_text("\n".join(parts) + "\n")


def province(work, runs):
    """100,000 organs in ten shards, one after the other; then all of them checked, and built again with nothing changed."""
    folder, rows = project(work, 100_000), []
    summaries = [folder / f"summary-{shard}.json" for shard in range(1, 11)]
    print("\n## 100,000 organs\n\n| shard | reports | s | ms each | peak MiB | GB free after |\n| ---: | ---: | ---: | ---: | ---: | ---: |")
    for shard, summary in enumerate(summaries, 1):
        run = nianbao(folder, "build", "--force", "--shard", f"{shard}/10", "--summary", summary)
        built = json.loads(summary.read_text())["built"]
        rows.append({"reports": built, "seconds": run.seconds, "peak_mib": run.peak})
        print(f"| {shard} | {built} | {run.seconds:.1f} | {run.seconds * 1000 / built:.1f} | {run.peak:.0f} | {shutil.disk_usage(folder).free / 1e9:.1f} |", flush=True)
    rest = {"merge-summary": ["merge-summary", *summaries], "check": ["check"], "build, nothing changed": ["build"]}
    for name, arguments in rest.items():
        run = nianbao(folder, *arguments)
        rows.append({"name": name, "seconds": run.seconds, "processor": run.processor, "peak_mib": run.peak})
        print(f"{name}: {run.seconds:.1f} s, {run.processor:.1f} s of processor, {run.peak:.0f} MiB", flush=True)
    sizes = written(folder)
    print(f"written: {sum(sizes.values()) / 1e9:.2f} GB; each kind in GB: { {kind: round(size / 1e9, 2) for kind, size in sizes.items()} }")
    return rows + [sizes]


TOOLS = ["pypandoc_binary", "weasyprint", "docxtpl"]


def others(work, runs):
    """Other ways to a PDF of one report: each gets the words and figures of the seed's report and is a process of its own."""
    venv, out = work / "venv", fresh(work / "others")
    if not venv.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "-q", *TOOLS], check=True)
    python = venv / "bin/python"
    nianbao(HERE, "build", f"reports/{SEED}.toml", "--format", "html", "--out", out)
    html = out / f"{SEED}.html"
    pandoc = subprocess.run([python, "-c", "import pypandoc; print(pypandoc.get_pandoc_path())"], check=True, capture_output=True, text=True).stdout.strip()
    template = out / "template.docx"
    subprocess.run([python, HERE / "benches/word.py", "template", html, template], check=True)
    office = f"{python} {HERE / 'benches/word.py'} fill {html} {template} {out}/report.docx && soffice --headless --convert-to pdf --outdir {out} {out}/report.docx"
    candidates = [
        ("nianbao, embedded", lambda: nianbao(HERE, "build", f"reports/{SEED}.toml", "--force", "--format", "pdf", "--engine", "embedded", "--out", out)),
        ("Pandoc and Typst, from the HTML", lambda: Run([pandoc, html, "-o", out / "pandoc.pdf", "--pdf-engine=typst", "-V", "mainfont=Noto Serif CJK SC"], out)),
        ("WeasyPrint, from the HTML", lambda: Run([venv / "bin/weasyprint", html, out / "weasyprint.pdf"], out)),
    ]
    if shutil.which("soffice"):
        candidates.append(("docxtpl and LibreOffice", lambda: Run(["sh", "-c", office], out)))
    else:
        print("NOT RUN: docxtpl and LibreOffice (apt-get install libreoffice-writer-nogui)")
    return table(f"Other ways, one report ({runs} runs)", alternating(candidates, runs), "nianbao, embedded")


def main():
    measures = {"one": (one, 25), "batch": (batch, 3), "word": (word, 7), "changes": (changes, 7), "check": (check, 5), "status": (status, 5), "organs": (organs, 5), "edits": (edits, 1), "growth": (growth, 3), "others": (others, 9),
                "province": (province, 1)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="+", choices=measures, metavar="MEASURE", help="; ".join(f"{name}: {measure.__doc__}" for name, (measure, _) in measures.items()))
    parser.add_argument("--runs", type=int, help="how many runs of each, instead of the measure's own number")
    parser.add_argument("--work", type=Path, default=HERE / "build/bench", help="a folder for what is made on the way")
    typed = parser.parse_args()
    typed.work.mkdir(parents=True, exist_ok=True)
    processor = next(line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    typst = subprocess.run(["typst", "--version"], capture_output=True, text=True).stdout.strip() if shutil.which("typst") else "no typst"
    print(f"{processor}, {os.cpu_count()} cores; {typst}")
    kept = typed.work / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for name in typed.measures:
        measure, runs = measures[name]
        results[name] = measure(typed.work, typed.runs or runs)
        kept.write_text(json.dumps(results, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
