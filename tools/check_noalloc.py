#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_noalloc.py - proves from the linked kernel that no allocator is reachable from a send call.

Not here: what counts as a root, an allocator, a place to stop, and where calls through pointers
lead: noalloc.toml. `make check` calls it; it calls objdump, and pyelftools for the image.
The walk goes over the call graph of the machine code: direct calls, tail jumps, both sides of
every static branch, what a fault in user memory goes on with. A call through a pointer leads where
a row of the table says: to the same slot of every object of a struct, as the image holds them. One
that no row covers is an error, and so is a row that nothing needs.
"""
import argparse
import bisect
import os
import re
import subprocess
import sys
import tomllib
from collections import namedtuple
from pathlib import Path

from sources import blank, files

try:
    from elftools.elf.elffile import ELFFile
except ImportError:
    sys.exit("check_noalloc: pyelftools is not installed: run `make setup check`")

TOOL = os.environ.get("CROSS_COMPILE", "")
TOOL_S = 120
HEADER = re.compile(r"^([0-9a-f]{8,16}) <([^>]+)>:$")
LINE = re.compile(r"^\s*([0-9a-f]{8,16}):\t(?:(?:rep|repz|repnz|lock|bnd|notrack|cs|ds|data16) )*"
                  r"(\S+)\s*([^#<]*)(?:<[^>]*>)?(?:\s*# [0-9a-f]+ <([^>]+)>)?")
DIRECT = re.compile(r"^([0-9a-f]{8,16}) $")
MEMORY = re.compile(r"^\*?(-?0x[0-9a-f]+)?\((?:%(\w+))?(?:,%(\w+),8)?\)$")
ENDS = {"jmp", "ret", "ud2", "iretq", "sysretq", "hlt"}
READS = re.compile(r"^(cmp|test|push|nop|bt[bwlq]?$|out|stac|clac)")
ALSO_WRITES = re.compile(r"^(i?mul|i?div|cqto|cltd|cltq|rdtsc|rdmsr|cpuid|in|movs|stos|xchg)")
CALLER_SAVED = {"rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11"}
WORD = 8

Code = namedtuple("Code", "at op args symbol")
OBJECT = re.compile(r"\bstruct (\w+) (\w+)(\[\w*\])? = ")


def run(*args):
    """What a tool of binutils says."""
    done = subprocess.run(args, capture_output=True, text=True, timeout=TOOL_S, check=False)
    if done.returncode:
        sys.exit(f"check_noalloc: {args[0]}: {done.stderr.strip()}")
    return done.stdout


def plain(name):
    """A function's name without what gcc hangs on when it splits or clones one."""
    return name.split(".")[0]


def wide(register):
    """The 64-bit register that this is a part of."""
    name = re.sub(r"^e?([abcd])[xlh]$", r"r\1x", register)
    name = re.sub(r"^e?([sd]i|[sb]p)l?$", r"r\1", name)
    return re.sub(r"^(r\d+)[dwb]$", r"\1", name)


class Image:
    """The ELF file: its symbols and the bytes of its segments."""

    def __init__(self, path):
        self.segments, self.symbols = [], {}
        with open(path, "rb") as file:
            elf = ELFFile(file)
            for segment in elf.iter_segments("PT_LOAD"):
                self.segments.append((segment["p_vaddr"], segment.data()))
            for symbol in elf.get_section_by_name(".symtab").iter_symbols():
                if symbol["st_info"]["type"] not in ("STT_SECTION", "STT_FILE"):
                    pair = symbol["st_value"], symbol["st_size"]
                    self.symbols.setdefault(plain(symbol.name), []).append(pair)

    def word(self, va):
        """The 8 bytes at an address; 0 for what the file does not hold."""
        for start, data in self.segments:
            if start <= va <= start + len(data) - WORD:
                return int.from_bytes(data[va - start:va - start + WORD], "little")
        return 0

    def words(self, first, end):
        """All words between two symbols."""
        (start, _), (stop, _) = self.symbols[first][0], self.symbols[end][0]
        return [self.word(va) for va in range(start, stop, WORD)]


class Function:
    """One function: its instructions, and how control passes between and out of them."""

    def __init__(self, name, start):
        self.name, self.start = name, start
        self.codes, self.index = [], {}
        self.jumps = []         # (address from, address to): inside or outside

    def add(self, code):
        """The next instruction."""
        self.index[code.at] = len(self.codes)
        self.codes.append(code)
        if code.op[0] == "j" or code.op == "call":
            target = DIRECT.match(code.args)
            if target:
                self.jumps.append((code.at, int(target.group(1), 16)))

    def leaving(self):
        """The addresses outside that control goes to."""
        return {to for _, to in self.jumps if to not in self.index}

    def runs_on(self):
        """Does control fall out of its end, into the next function? Only assembly does that; behind
        a last call gcc knows that nothing comes back."""
        last = next((c for c in reversed(self.codes) if not c.op.startswith("nop")
                     and not (c.op == "xchg" and c.args == "%ax,%ax")), None)
        return last is not None and last.op not in ENDS | {"call"}

    def before(self, i):
        """The instructions that may have run just before number i."""
        at = self.codes[i].at
        found = [self.index[there] for there, to in self.jumps
                 if to == at and self.codes[self.index[there]].op != "call"]
        return found + ([i - 1] if i and self.codes[i - 1].op not in ENDS else [])

    def origins(self, i):
        """Where the pointer that instruction i calls was read from, on every way to it: a slot of
        an object is a number, a variable is its name, None is what cannot be told."""
        args = self.codes[i].args.strip()
        if not args.startswith("*%"):
            return {read_from(args, self.codes[i].symbol)}
        found, seen, todo = set(), set(), [(i, args[2:])]
        while todo:
            i, register = todo.pop()
            for j in self.before(i) or [None]:
                origin, copied_from = (None, None) if j is None else \
                    before_it(self.codes[j], register)
                if copied_from is None:
                    found.add(origin)
                elif (j, copied_from) not in seen:
                    seen.add((j, copied_from))
                    todo.append((j, copied_from))
        return found


def read_from(operand, symbol):
    """What a read from this place in memory says about where a pointer came from."""
    if symbol:
        return symbol
    match = MEMORY.match(operand)
    known = match and not match.group(3) and match.group(2) not in (None, "rsp")
    return int(match.group(1) or "0", 16) if known else None


def before_it(code, register):
    """Backwards over one instruction: (None, the register that the value was in before), or
    (where it was read from, None)."""
    source, _, target = code.args.strip().rpartition(",")
    if code.op == "call" or ALSO_WRITES.match(code.op):
        return None, None if register in CALLER_SAVED else register
    if code.op[0] == "j" or READS.match(code.op) or wide(target.lstrip("%")) != register:
        return None, register
    if code.op == "mov" and source.startswith("%"):
        return None, source[1:]
    return read_from(source, code.symbol) if code.op == "mov" else None, None


class Kernel:
    """All functions of a listing, and the image that it was made from."""

    def __init__(self, listing, image):
        self.image, self.functions, self.tables = image, {}, {}
        function = None
        for line in listing.splitlines():
            match = LINE.match(line)
            if match and function:
                at, op, args, symbol = match.groups()
                function.add(Code(int(at, 16), op, args, symbol))
            elif (match := HEADER.match(line)):
                start = int(match.group(1), 16)
                function = self.functions.setdefault(start, Function(match.group(2), start))
        self.starts = sorted(self.functions)
        branches = image.words("_static_branches", "_static_branches_end")
        faults = image.words("_ex_table", "_ex_table_end")
        for at, to in list(zip(branches[::3], branches[1::3])) + list(zip(faults[::2], faults[1::2])):
            self.at(at).jumps.append((at, to))
        for function in self.functions.values():
            self.find_tables(function)

    def at(self, va):
        """The function that an address lies in, or None."""
        place = bisect.bisect_right(self.starts, va) - 1
        function = self.functions[self.starts[place]] if place >= 0 else None
        return function if function and va in function.index else None

    def named(self, name):
        """All functions of this name, and what gcc made of them."""
        return [f for f in self.functions.values() if plain(f.name) == name]

    def find_tables(self, function):
        """Switch statements: jumps through a table of places in the same function."""
        for code in function.codes:
            match = MEMORY.match(code.args.strip()) if code.op == "jmp" else None
            if not match or not match.group(3):
                continue
            va = int(match.group(1), 16) % 2**64
            while (to := self.at(self.image.word(va))) and plain(to.name) == plain(function.name):
                function.jumps.append((code.at, self.image.word(va)))
                self.tables[code.at] = True
                va += WORD

    def callees(self, function):
        """The functions that control goes to directly."""
        found = [self.at(to) for to in sorted(function.leaving())]
        if function.runs_on():
            after = bisect.bisect_right(self.starts, function.start)
            found += [self.functions[va] for va in self.starts[after:after + 1]]
        return [f for f in found if f and f is not function]

    def pointers(self, function):
        """(number, instruction) of each call through a pointer, switch statements apart."""
        return [(i, code) for i, code in enumerate(function.codes)
                if code.args.startswith("*") and code.at not in self.tables]


class Table:
    """noalloc.toml, and the objects of the structs that it names."""

    def __init__(self, path, root):
        with open(path, "rb") as file:
            data = tomllib.load(file)
        self.roots, self.forbidden = data["roots"], data["forbidden"]
        self.stops = [row["function"] for row in data["stop"]]
        self.rows, self.used = data["call"], set()
        self.objects = {row["struct"]: set() for row in self.rows if "struct" in row}
        for source in files(root, ".c", under=("kernel", "net", "drivers")):
            text = blank(Path(root, source).read_text(encoding="utf-8"))
            for kind, name, array in OBJECT.findall(text):
                if kind in self.objects:
                    self.objects[kind].add((name, bool(array)))

    def names(self):
        """All functions that it names, but those that calls stand in: leftovers() looks at them."""
        called = [name for row in self.rows for name in row.get("functions", [])]
        return self.roots + self.forbidden + self.stops + called

    def targets(self, kernel, function, i):
        """The functions that a call through a pointer may lead to; none if no row is about it."""
        found, origins = [], function.origins(i)
        for number, row in enumerate(self.rows):
            more = self.row_targets(kernel, row, origins) if plain(function.name) in row["in"] else []
            if more:
                self.used.add(number)
            found += more
        return found

    def row_targets(self, kernel, row, origins):
        """What a row says about a pointer with these origins; empty if it is about other ones."""
        if "struct" not in row:
            fits = origins == {row.get("variable")} if "variable" in row else \
                not any(isinstance(o, str) for o in origins)
            return [f for name in row["functions"] for f in kernel.named(name)] if fits else []
        if not all(isinstance(o, int) for o in origins):
            return []
        words, image, arrays = set(), kernel.image, False
        for name, array in self.objects[row["struct"]]:
            arrays |= array     # all that stands in them, in any slot
            for at, size in image.symbols.get(name, ()):
                slots = range(0, size, WORD) if array else origins
                words |= {image.word(at + slot) for slot in slots}
        found = [kernel.functions[word] for word in words if word in kernel.functions]
        return found if arrays or len(found) == len(words - {0}) else []


class Walk:
    """What can be reached from the roots, and what is wrong with it."""

    def __init__(self, kernel, table):
        self.kernel, self.table, self.stopped, self.calls = kernel, table, set(), 0
        self.complaints = [f"{name}: no such function (noalloc.toml)"
                           for name in table.names() if not kernel.named(name)]
        self.came_from = {f: None for name in table.roots for f in kernel.named(name)}
        todo = list(self.came_from)
        for function in todo:
            for callee in self.leads_to(function):
                if callee not in self.came_from:
                    self.came_from[callee] = function
                    todo.append(callee)

    def leads_to(self, function):
        """Where the walk goes on from a function: nowhere from an allocator and from where it stops."""
        name = plain(function.name)
        if name in self.table.forbidden:
            self.complaints.append(f"{name}: an allocator, by way of {self.way(function)}")
            return []
        if name in self.table.stops:
            self.stopped.add(name)
            return []
        return self.kernel.callees(function) + self.through_pointers(function)

    def through_pointers(self, function):
        """The targets of its calls through pointers; one that nothing explains is a complaint."""
        found = []
        for i, code in self.kernel.pointers(function):
            self.calls += 1
            more = self.table.targets(self.kernel, function, i)
            if not more:
                self.complaints.append(
                    f"{function.name}: {code.at:x}: {code.op} {code.args.strip()}: no row of "
                    f"noalloc.toml says where it leads (by way of {self.way(function)})")
            found += more
        return found

    def way(self, function):
        """The functions from a root down to this one."""
        names = []
        while function:
            names.append(plain(function.name))
            function = self.came_from[function]
        return " > ".join(reversed(names))

    def leftovers(self):
        """Rows that nothing needs any more: a table that is not true of the kernel hides things."""
        for name in self.table.stops:
            if name not in self.stopped:
                yield f"{name}: the walk stops there, but never comes there (noalloc.toml)"
        for number, row in enumerate(self.table.rows):
            if number not in self.table.used:
                yield f"call in {', '.join(row['in'])}: fits no call that is reached (noalloc.toml)"


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    parser.add_argument("--elf", default="build/muffin.elf", help="the linked kernel")
    parser.add_argument("--table", default="tools/noalloc.toml", help="what to prove")
    parser.add_argument("--listing", help="its disassembly (default: what objdump says now)")
    parser.add_argument("--verbose", action="store_true", help="say what was reached, and how")
    args = parser.parse_args()
    listing = Path(args.listing).read_text(encoding="utf-8") if args.listing else \
        run(TOOL + "objdump", "-d", "--no-show-raw-insn", args.elf)
    walk = Walk(Kernel(listing, Image(args.elf)),
                Table(Path(args.root, args.table), args.root))
    if args.verbose:
        print("\n".join(sorted(walk.way(f) for f in walk.came_from)))
    lines = walk.complaints + list(walk.leftovers())
    for line in lines:
        print(line)
    print(f"check_noalloc: {len(walk.came_from)} functions, {walk.calls} calls through pointers, "
          f"{len(lines)} violations")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
