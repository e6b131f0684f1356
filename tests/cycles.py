#!/usr/bin/env python3
"""Whether files of src/ depend on each other in a circle. A file depends on those in which the things that it names are defined,
wherever they are shown again by `pub use`; that a file declares another as its module is no dependency. Test modules do not count.

    tests/cycles.py             # status 1 and the circles, where there are any
    tests/cycles.py --edges     # every dependency, one a line
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src"
WORD = r"[A-Za-z_][A-Za-z0-9_]*"
DEFINED = re.compile(
    rf"(?m)^[ \t]*(?:pub(?:\([a-z ]+\))?\s+)?(?:unsafe\s+|const\s+|async\s+)*(?:fn|struct|enum|trait|type|const|static|macro_rules!)\s+({WORD})"
)


def bare(text):
    """The code without comments, strings and test modules."""
    pattern = r'//[^\n]*|/\*.*?\*/|(?:b|c)?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?\'(?:\\.[^\']*|[^\'\\])\''
    text = re.sub(pattern, lambda found: '""' if '"' in found[0] else " ", text, flags=re.S)
    while (start := re.search(r"#\[cfg\((?:all\()?test\b[^\]]*\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+\w+\s*(\{)", text)) is not None:
        depth, end = 0, start.start(1)
        for end in range(start.start(1), len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                break
        text = text[: start.start()] + text[end + 1 :]
    return text


def trees(text):
    """The paths of a `use` tree with what each is called: `a::{b, c as d}` is a::b as b and a::c as d."""
    text = re.sub(r"\s+", " ", text).strip()
    brace = text.find("{")
    if brace < 0:
        path, _, name = text.partition(" as ")
        parts = [part for part in path.strip().split("::") if part]
        if parts and parts[-1] == "self":
            parts.pop()
        yield parts, (name or (parts[-1] if parts else "")).strip()
        return
    head, inner, depth, start = text[:brace].strip(), text[brace + 1 : text.rindex("}")], 0, 0
    for at, sign in enumerate(inner + ","):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            if inner[start:at].strip():
                yield from trees(head + inner[start:at].strip())
            start = at + 1


class Module:
    """A file of src/: what it defines, declares and names."""

    def __init__(self, path):
        self.file = path.relative_to(ROOT)
        parts = list(self.file.with_suffix("").parts)
        self.path = () if parts in (["lib"], ["main"]) else tuple(parts)
        self.code = bare(path.read_text())
        self.defined = set(DEFINED.findall(self.code))
        self.names, self.globs, uses = {}, [], re.compile(r"(?m)^[ \t]*(?:pub(?:\([a-z ]+\))?\s+)?use\s+([^;]+);")
        for used in uses.findall(self.code):
            for parts, name in trees(used):
                if name == "*":
                    self.globs.append(parts[:-1])
                else:
                    self.names[name] = parts
        self.rest = uses.sub("", self.code)


class House:
    """All files, and how names lead from one to another."""

    def __init__(self):
        files = [Module(path) for path in sorted(ROOT.rglob("*.rs")) if path.name != "main.rs"]
        self.modules = {module.path: module for module in files}

    def absolute(self, module, parts):
        """A path from the root of the crate; None where it leads out of it."""
        if not parts:
            return None
        head, rest, at = parts[0], parts[1:], module.path
        if head == "crate":
            return tuple(rest)
        if head == "self":
            return at + tuple(rest)
        if head == "super":
            while parts and parts[0] == "super":
                at, parts = at[:-1], parts[1:]
            return at + tuple(parts)
        if at + (head,) in self.modules:
            return at + tuple(parts)
        if head in module.names and module.names[head] != parts:
            begin = self.absolute(module, module.names[head])
            return None if begin is None else begin + tuple(rest)
        return None

    def owner(self, path, seen=()):
        """The file in which what a path names is defined."""
        for length in range(len(path), -1, -1):
            module = self.modules.get(tuple(path[:length]))
            if module is None:
                continue
            if length == len(path):
                return module
            name = path[length]
            if name in module.defined or (module.path, name) in seen:
                return module
            if name in module.names:
                further = self.absolute(module, module.names[name])
                if further is None:
                    return module
                return self.owner(further + tuple(path[length + 1 :]), (*seen, (module.path, name)))
            return module
        return None

    def needs(self, module):
        """The files that a file depends on."""
        paths = list(module.names.values()) + module.globs
        paths += [found.split("::") for found in re.findall(rf"\b{WORD}(?:::{WORD})+", module.rest)]
        needed = set()
        for parts in paths:
            path = self.absolute(module, parts)
            owner = self.owner(path) if path is not None else None
            if owner is not None and owner is not module:
                needed.add(owner.file)
        return needed


def circles(edges):
    """The sets of files that lead to each other, by Tarjan's algorithm."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            found.append(sorted(stack[at:]))
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for node in sorted(edges):
        if node not in index:
            visit(node)
    return [one for one in found if len(one) > 1]


def main():
    house = House()
    edges = {module.file: house.needs(module) for module in house.modules.values()}
    if "--edges" in sys.argv:
        for file, needed in sorted(edges.items()):
            for other in sorted(needed):
                print(file, other)
    found = circles(edges)
    for circle in found:
        print(f"a circle of {len(circle)} files:")
        for file in circle:
            print(f"  {file} -> {', '.join(str(other) for other in sorted(edges[file]) if other in circle)}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
