#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_only.py - proves that what a rule of the transmit path rests on happens where it should, and
nowhere else.

Not here: the patterns and the functions, which are data (road.toml, [[only]]). `make check` calls it.
A function that does it without being named is an error, and so is a named one that does not.
"""
import argparse
import re
import sys
import tomllib
from pathlib import Path

from sources import c_functions, files

UNDER = ("net", "drivers")


def functions(root):
    """(file, name, line, body) of every function."""
    for path in files(root, ".c", ".h", under=UNDER):
        text = Path(root, path).read_text(encoding="utf-8")
        for name, line, body in c_functions(text):
            yield path, name, line, body


def check(rule, found):
    """One line for each function that breaks the rule."""
    pattern, missing = re.compile(rule["pattern"]), set(rule["functions"])
    for path, name, line, text in found:
        if not pattern.search(text):
            continue
        if name not in rule["functions"]:
            yield f"{path}:{line}: {name} {rule['what']}: only {', '.join(rule['functions'])} may"
        missing.discard(name)
    for name in sorted(missing):
        yield f"road.toml: no function {name} {rule['what']}"


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    root = parser.parse_args().root
    with open(Path(root, "tools", "road.toml"), "rb") as file:
        rules = tomllib.load(file)["only"]
    found = list(functions(root))
    lines = [line for rule in rules for line in check(rule, found)]
    for line in lines:
        print(line)
    print(f"check_only: {len(found)} functions, {len(rules)} rules, {len(lines)} violations")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
