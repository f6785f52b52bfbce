#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_layers.py - proves that includes and calls run strictly downward.

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
        if there.place > here.place:
            return f"layer '{there.name}' is above '{here.name}'"
        header = target.removesuffix(".c") + ".h" if target.endswith(".c") else target
        if here.sees is not None and there is not here \
                and not any(header.startswith(prefix) for prefix in here.sees):
            return f"layer '{here.name}' may see only {', '.join(here.sees)}"
        return None


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


def check_symbols(root, build, order):
    """One line for every call upward that no seam declares; and how many files were looked at."""
    wanted, defined = read_symbols(root, build, order)
    seams, lines = seam_names(root, order), []
    for source, names in sorted(wanted.items()):
        for name in sorted(names - seams):
            why = order.refusal(source, defined[name]) if name in defined else None
            if why:
                lines.append(f"{source}: uses {name} of {defined[name]}: {why}")
    return lines, len(wanted)


def check_table(root, order):
    """A path in layers.toml that fits no file is a leftover, or misspelt."""
    known = [str(path) for path in files(root, ".c", ".h", ".S", under=order.roots)]
    for layer in order.layers:
        for prefix in layer.paths:
            if not any(path.startswith(prefix) for path in known):
                yield f"layers.toml: layer '{layer.name}': no file starts with '{prefix}'"


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    parser.add_argument("--build", default="build", help="where its object files are")
    parser.add_argument("--strict", action="store_true",
                        help="paths of layers.toml that fit no file are errors too")
    args = parser.parse_args()
    order = load(Path(args.root, "tools", "layers.toml"))
    lines = list(check_includes(args.root, order))
    upward, objects = check_symbols(args.root, args.build, order)
    leftover = list(check_table(args.root, order))
    for line in lines + upward + leftover:
        print(line)
    bad = len(lines) + len(upward) + (len(leftover) if args.strict else 0)
    print(f"check_layers: {objects} objects, {bad} violations" + ("" if objects else
          "; nothing is built, so only the includes were checked"))
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
