#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""syscalls.py - docs/syscalls.md: every system call by number, and what the kernel has of it.

Not here: what each does (its man page, section 2). The rows of kernel/entry/syscalls.h are its source.
    syscalls.py          check: exits 1 when the file is not what the table says (`make check`)
    syscalls.py --write  make it
"""
import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path("kernel", "entry", "syscalls.h")
DOC = Path("docs", "syscalls.md")
ROW = re.compile(r"^CALL\d\((\d+), (\w+)[^)]*\)[ \t]*(?:/\* (\w+): (.*) \*/)?$", re.M)
HEAD = """# System calls

The numbers and the ABI are those of Linux on x86_64; errors are Linux's, in Linux's order. A number that is not here
answers ENOSYS, and is named once on the console with `loglevel=8`. One process runs, as user 0, with one thread on
one CPU; what would need a second one says so. Made by `tools/syscalls.py --write` from
[kernel/entry/syscalls.h](../kernel/entry/syscalls.h).

| number | call | what there is of it |
|---|---|---|
"""


def rows(text):
    """(number, name, what there is of it) of each line of the table, in order."""
    found = ROW.findall(text)
    if len(found) != len(re.findall(r"^CALL", text, re.M)):
        sys.exit(f"syscalls: {TABLE}: a line of the table is not understood")
    for number, function, name, words in found:
        if not words:
            sys.exit(f"syscalls: {TABLE}: [{number}] {function}: no word of what there is of it")
        yield int(number), name, words


def document(text):
    """The whole file."""
    return HEAD + "".join(f"| {number} | `{name}` | {words} |\n"
                          for number, name, words in rows(text))


def main():
    """Make it, or judge it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="make the file anew")
    parser.add_argument("--root", type=Path, default=ROOT, help="top of the project")
    args = parser.parse_args()
    made = document((args.root / TABLE).read_text(encoding="utf-8"))
    if args.write:
        (args.root / DOC).write_text(made, encoding="utf-8")
    doc = args.root / DOC
    if not doc.is_file() or doc.read_text(encoding="utf-8") != made:
        sys.exit(f"syscalls: {DOC} is not what {TABLE} says: make it with "
                 "`tools/syscalls.py --write`")
    print(f"syscalls: {made.count(chr(10)) - HEAD.count(chr(10))} system calls, as in {DOC}")


if __name__ == "__main__":
    main()
