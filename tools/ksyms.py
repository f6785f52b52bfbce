#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""ksyms.py - the table of function names that the kernel carries, from its first link.

Not here: the lookup (kernel/console/symbols.c). The Makefile calls it between the two links: the
table lies behind all text, so the second link moves no function.

    nm -n build/muffin.first.elf | tools/ksyms.py > build/ksyms.S
"""
import sys
from collections import Counter

KINDS = "tT"
PAIRS = 128             # bytes from 0x80 up stand for two others each
JUMPS = "entry_"        # a system call's (kernel/entry/syscall.c), behind it its number: no address lies in one
NAME_MAX = 63           # KSYM_NAME_MAX of kernel/console/symbols.c


def functions(lines):
    """(address, name) of each function between _text and _etext, sorted, one name an address."""
    symbols = [line.split() for line in lines]
    symbols = [(int(s[0], 16), s[1], s[2]) for s in symbols if len(s) == 3]
    bound = {name: address for address, _, name in symbols if name in ("_text", "_etext")}
    found = {}
    for address, kind, name in symbols:
        if kind in KINDS and bound["_text"] <= address < bound["_etext"] and name != "_text" \
                and not name.removeprefix(JUMPS).isdigit():
            found.setdefault(address - bound["_text"], name)
    return sorted(found.items())


def replace(name, pair, byte):
    """The name with each occurrence of the pair, from the left, as one byte."""
    out, at = [], 0
    while at < len(name):
        both = tuple(name[at:at + 2]) == pair
        out.append(byte if both else name[at])
        at += 2 if both else 1
    return out


def compress(names):
    """Byte-pair encoding: (the pairs, the names as lists of bytes). The pair that occurs most often
    becomes a byte, again and again."""
    names, pairs = [list(name.encode("ascii")) for name in names], []
    while len(pairs) < PAIRS:
        count = Counter(pair for name in names for pair in zip(name, name[1:]))
        pair, occurs = max(count.items(), key=lambda item: (item[1], item[0]), default=(None, 0))
        if occurs < 3:      # a pair takes two bytes itself
            break
        names = [replace(name, pair, 0x80 + len(pairs)) for name in names]
        pairs.append(pair)
    return pairs, names


def assembly(table):
    """The pairs, then for each function how far it is from the one before, and its name."""
    pairs, names = compress([name for _, name in table])
    yield '\t.section .ksyms, "a"'
    yield "\t.globl ksyms, ksyms_end, ksyms_pairs"
    yield "ksyms_pairs:"
    for pair in pairs:
        yield "\t.byte %d, %d" % pair
    yield "ksyms:"
    before = 0
    for (offset, name), packed in zip(table, names):
        yield f"\t.short {offset - before}\n\t.byte {', '.join(map(str, packed))}, 0 # {name}"
        before = offset
    yield "ksyms_end:"


def main():
    table = functions(sys.stdin)
    if any(after - before > 0xFFFF for (before, _), (after, _) in zip([(0, "")] + table, table)):
        sys.exit("ksyms: a function of more than 64 KiB: widen the gaps in kernel/console/symbols.c")
    if long := [name for _, name in table if len(name) > NAME_MAX]:
        sys.exit(f"ksyms: {long[0]} has more than {NAME_MAX} characters: widen KSYM_NAME_MAX")
    print("\n".join(assembly(table)))


if __name__ == "__main__":
    main()
