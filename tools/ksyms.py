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
    text_at, at = [], 0
    for _, name in table:
        text_at.append(at)
        at += len(name) + 1
    yield '\t.section .ksyms, "a"'
    yield "\t.globl ksym_count, ksym_offset, ksym_name, ksym_text"
    yield "\t.balign 4"
    yield f"ksym_count:\t.long {len(table)}"
    yield "ksym_offset:"
    yield from (f"\t.long {offset:#x}" for offset, _ in table)
    yield "ksym_name:"
    yield from (f"\t.short {n}" for n in text_at)
    yield "ksym_text:"
    yield from (f'\t.asciz "{name}"' for _, name in table)


def main():
    table = functions(sys.stdin)
    if sum(len(name) + 1 for _, name in table) > 0xFFFF:
        sys.exit("ksyms: names longer than 64 KiB: widen ksym_name in kernel/console/symbols.c")
    print("\n".join(assembly(table)))


if __name__ == "__main__":
    main()
