#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ksyms.py - the table of function names that the kernel carries, from its first link.

Not here: the lookup (kernel/console/symbols.c). The Makefile calls it between the two links: the
table lies behind all text, so the second link moves no function.

    nm -n build/muffin.first.elf | tools/ksyms.py > build/ksyms.S
"""
import sys

KINDS = "tT"


def functions(lines):
    """(address, name) of each function between _text and _etext, sorted, one name an address."""
    symbols = [line.split() for line in lines]
    symbols = [(int(s[0], 16), s[1], s[2]) for s in symbols if len(s) == 3]
    bound = {name: address for address, _, name in symbols if name in ("_text", "_etext")}
    found = {}
    for address, kind, name in symbols:
        if kind in KINDS and bound["_text"] <= address < bound["_etext"] and name != "_text":
            found.setdefault(address - bound["_text"], name)
    return sorted(found.items())


def assembly(table):
    yield '\t.section .ksyms, "a"'
    yield "\t.globl ksyms, ksyms_end"
    yield "ksyms:"
    before = 0
    for offset, name in table:
        yield f'\t.short {offset - before}\n\t.asciz "{name}"'
        before = offset
    yield "ksyms_end:"


def main():
    table = functions(sys.stdin)
    if any(after - before > 0xFFFF for (before, _), (after, _) in zip([(0, "")] + table, table)):
        sys.exit("ksyms: a function of more than 64 KiB: widen the gaps in kernel/console/symbols.c")
    print("\n".join(assembly(table)))


if __name__ == "__main__":
    main()
