#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_layers.py - proves that includes and calls run strictly downward, that no two folders include each
other, that no files need each other in a circle, and that no folder has more than 14 .c files.

Not here: the order itself, which is data (layers.toml). `make check` calls it.
Includes are read from the sources; calls are the undefined symbols of the object files below
build/, as far as they exist. A call upward is legal through a seam header (the caller's side
declares, a higher layer implements) and from a wiring file.
"""
import argparse
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sources import blank, files, line_of

NM = os.environ.get("NM", os.environ.get("CROSS_COMPILE", "") + "nm")
NM_S = 120
FOLDER_MAX = 14
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.M)
DECLARED = re.compile(r"\b([A-Za-z_]\w*)\s*\(|\bextern\b[^;(]*?\b(\w+)\s*(?:\[[^;]*)?;")


@dataclass
class Layer:
    """One layer: its place from the bottom, what is in it, what it may see."""

    place: int
    name: str
    paths: list
    sees: list | None       # None: everything below


class Order:
    """layers.toml, asked."""

    def __init__(self, data):
        rows = data["layer"]
        self.layers = [Layer(i, r["name"], r["paths"], r.get("sees")) for i, r in enumerate(rows)]
        self.roots = data["roots"]
        self.system = set(data["system_headers"])
        self.wiring = set(data["wiring"])
        self.seams = data["seams"]
        self.circles_in = set(data.get("circles_in", []))

    def layer_of(self, path):
        """The layer with the longest path that the file's name starts with, or None."""
        best = max(((len(prefix), layer.place) for layer in self.layers
                    for prefix in layer.paths if path.startswith(prefix)), default=None)
        return self.layers[best[1]] if best else None

    def refusal(self, source, target):
        """Why source may not use target, or None if it may. Who may see a header may use what
        the .c file of that name defines."""
        here, there = self.layer_of(source), self.layer_of(target)
        if not there:
            return "which is in no layer of layers.toml"
        if source in self.wiring:
            return None
        if not here:
            return None         # check_includes has said so
        if there.place > here.place:
            return f"layer '{there.name}' is above '{here.name}'"
        header = target.removesuffix(".c") + ".h" if target.endswith(".c") else target
        if here.sees is not None and there is not here \
                and not any(header.startswith(prefix) for prefix in here.sees):
            return f"layer '{here.name}' may see only {', '.join(here.sees)}"
        return None


def unit(path):
    """A .c and its .h are one."""
    return str(Path(path).with_suffix(""))


def folder(path):
    """The folder that a file lies in."""
    return str(Path(path).parent)


def load(path):
    """layers.toml as an Order; a malformed one ends the program with its name."""
    try:
        with open(path, "rb") as file:
            return Order(tomllib.load(file))
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        sys.exit(f"check_layers: {path}: {error}")


def check_includes(root, order):
    """One line for every file without a layer and every include that is not downward."""
    for path in files(root, ".c", ".h", ".S", under=order.roots):
        if not order.layer_of(str(path)):
            yield f"{path}: in no layer of layers.toml: name its place there"
            continue
        text = Path(root, path).read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            why = refuse_include(root, order, path, *match.groups())
            if why:
                yield f"{path}:{line_of(text, match.start())}: includes {match.group(2)}: {why}"


def read_includes(root, order):
    """All (file, header of ours) that stand in an #include."""
    for path in files(root, ".c", ".h", ".S", under=order.roots):
        for _, name in INCLUDE.findall(Path(root, path).read_text(encoding="utf-8")):
            if Path(root, name).is_file():
                yield str(path), name


def refuse_include(root, order, path, bracket, name):
    """Why this include is not allowed, or None."""
    if bracket == "<":
        return None if name in order.system else "no header of a freestanding compiler"
    if Path(root, name).is_file():
        return order.refusal(str(path), name)
    if Path(root, path.parent, name).is_file():
        return f"write it from the top: {path.parent / name}"
    return None if name in order.system else "there is no such file"


def read_symbols(root, build, order):
    """(source file -> undefined symbols, symbol -> source file that defines it)."""
    wanted, defined = {}, {}
    for source in files(root, ".c", ".S", under=order.roots):
        path = Path(root, build, source).with_suffix(".o")
        if not path.is_file():
            continue
        done = subprocess.run([NM, str(path)], capture_output=True, text=True, timeout=NM_S,
                              check=False)
        if done.returncode:
            sys.exit(f"check_layers: {NM} cannot read {path}: {done.stderr.strip()}")
        wanted[str(source)] = set()
        for line in done.stdout.splitlines():
            *_, kind, name = line.split()
            if kind == "U":
                wanted[str(source)].add(name)
            elif kind.isupper():
                defined[name] = str(source)
    return wanted, defined


def seam_names(root, order):
    """All functions and variables that a seam header declares."""
    names = set(order.seams.get("symbols", []))
    for header in order.seams.get("headers", []):
        path = Path(root, header)
        if path.is_file():
            for pair in DECLARED.findall(blank(path.read_text(encoding="utf-8"))):
                names |= set(pair)
    return names


def check_symbols(wanted, defined, root, order):
    """One line for every call upward that no seam declares."""
    seams = seam_names(root, order)
    for source, names in sorted(wanted.items()):
        for name in sorted(names - seams):
            why = order.refusal(source, defined[name]) if name in defined else None
            if why:
                yield f"{source}: uses {name} of {defined[name]}: {why}"


def check_pairs(includes, order):
    """One line for every two folders that include each other, with a file on each side. What a seam
    header declares is implemented above: it stands for no folder. A wiring file ties folders."""
    pairs = {}
    for source, target in sorted(includes):
        if folder(source) != folder(target) and source not in order.wiring \
                and target not in order.seams.get("headers", []):
            pairs.setdefault((folder(source), folder(target)), (source, target))
    for (one, other), (source, target) in pairs.items():
        if one < other and (other, one) in pairs:
            back, to = pairs[other, one]
            yield (f"{one} and {other} include each other: {source} has {target}, "
                   f"{back} has {to}")


def circles(arrows):
    """The sets of two or more that reach each other (Tarjan's algorithm)."""
    place, low, stack, found = {}, {}, [], []

    def visit(node):
        place[node] = low[node] = len(place)
        stack.append(node)
        for to in sorted(arrows.get(node, ())):
            if to not in place:
                visit(to)
            if to in stack:
                low[node] = min(low[node], low[to])
        if low[node] == place[node]:
            at = stack.index(node)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for node in sorted(arrows):
        if node not in place:
            visit(node)
    return [circle for circle in found if len(circle) > 1]


def check_circles(includes, wanted, defined, order):
    """One line for every circle of files that need each other, by includes or calls; but for those within
    one of the folders that layers.toml lets have them, as long as they do."""
    compilers = set(order.seams.get("symbols", []))
    arrows = {}
    calls = ((source, defined[name]) for source, names in wanted.items()
             for name in names - compilers if name in defined)
    for source, target in [*includes, *calls]:
        if unit(source) != unit(target) and source not in order.wiring:
            arrows.setdefault(unit(source), set()).add(unit(target))
    found = circles(arrows)
    for circle in found:
        folders = {folder(path) for path in circle}
        if len(folders) > 1 or not folders <= order.circles_in:
            yield f"files that need each other: {' '.join(circle)}"
    if wanted:
        for name in sorted(order.circles_in - {folder(circle[0]) for circle in found}):
            yield f"layers.toml: circles_in: {name} has none any more: take it off the list"


def check_sizes(root, order):
    """One line for every folder that is too large to see through: divide it by idea."""
    numbers = {}
    for path in files(root, ".c", under=order.roots):
        numbers[folder(path)] = numbers.get(folder(path), 0) + 1
    for name, number in sorted(numbers.items()):
        if number > FOLDER_MAX:
            yield f"{name}: {number} .c files, at most {FOLDER_MAX}: divide it by idea"


def check_table(root, order):
    """A path in layers.toml that fits no file is a leftover, or misspelt."""
    known = [str(path) for path in files(root, ".c", ".h", ".S", under=order.roots)]
    for layer in order.layers:
        for prefix in layer.paths:
            if not any(path.startswith(prefix) for path in known):
                yield f"layers.toml: layer '{layer.name}': no file starts with '{prefix}'"
    for name in sorted(order.circles_in - {folder(path) for path in known}):
        yield f"layers.toml: circles_in: there is no folder '{name}'"


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    parser.add_argument("--build", default="build", help="where its object files are")
    parser.add_argument("--strict", action="store_true",
                        help="paths of layers.toml that fit no file are errors too")
    args = parser.parse_args()
    order = load(Path(args.root, "tools", "layers.toml"))
    includes = set(read_includes(args.root, order))
    wanted, defined = read_symbols(args.root, args.build, order)
    lines = [*check_includes(args.root, order), *check_symbols(wanted, defined, args.root, order),
             *check_pairs(includes, order), *check_circles(includes, wanted, defined, order),
             *check_sizes(args.root, order)]
    leftover = list(check_table(args.root, order))
    for line in lines + leftover:
        print(line)
    bad = len(lines) + (len(leftover) if args.strict else 0)
    print(f"check_layers: {len(wanted)} objects, {bad} violations" + ("" if wanted else
          "; nothing is built, so only the includes were checked"))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
