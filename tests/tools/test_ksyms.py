# SPDX-License-Identifier: MIT
"""test_ksyms.py - the names of functions that the kernel carries are those of its own ELF file."""
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KERNEL = ROOT / "build" / "muffin.elf"
RUN_S = 180


def symbols():
    """(name -> address, the lines of nm) of the linked kernel."""
    text = subprocess.run(["nm", "-n", str(KERNEL)], capture_output=True, text=True, timeout=RUN_S,
                          check=True).stdout
    rows = [line.split() for line in text.splitlines()]
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3}, rows


def contents(address, length, tmp_path):
    """Bytes of .rodata."""
    out = tmp_path / "rodata"
    subprocess.run(["objcopy", "-O", "binary", "-j", ".rodata", str(KERNEL), str(out)], check=True,
                   timeout=RUN_S)
    sections = subprocess.run(["objdump", "-h", str(KERNEL)], capture_output=True, text=True,
                              timeout=RUN_S, check=True).stdout
    start = int(next(line.split()[3] for line in sections.splitlines() if " .rodata " in line), 16)
    return out.read_bytes()[address - start:address - start + length]


def expand(byte, pairs):
    """What a byte of a name stands for."""
    if byte < 0x80:
        return chr(byte)
    return "".join(expand(part, pairs) for part in pairs[byte - 0x80])


def test_table_is_the_link_s(tmp_path):
    """Address for address and name for name, as nm has them: the second link moved nothing."""
    at, rows = symbols()
    raw = contents(at["ksyms_pairs"], at["ksyms"] - at["ksyms_pairs"], tmp_path)
    pairs = list(zip(raw[::2], raw[1::2]))
    table = contents(at["ksyms"], at["ksyms_end"] - at["ksyms"], tmp_path)
    address, found = at["_text"], {}
    while table:
        address += int.from_bytes(table[:2], "little")
        name, table = table[2:].split(b"\0", maxsplit=1)
        found[address] = "".join(expand(byte, pairs) for byte in name)
    functions = {}
    for value, kind, name in (row for row in rows if len(row) == 3):
        if kind in "tT" and at["_text"] <= int(value, 16) < at["_etext"] and name != "_text" \
                and not name.removeprefix("entry_").isdigit():    # a jump, in which nothing is ever seen
            functions.setdefault(int(value, 16), set()).add(name)
    assert set(found) == set(functions) and len(found) > 1000
    assert all(name in functions[where] for where, name in found.items())


def test_long_name_is_refused():
    """The kernel has room for 63 characters."""
    lines = f"1000 T _text\n1010 T {'f' * 64}\n1020 T _etext\n"
    done = subprocess.run([sys.executable, ROOT / "tools" / "ksyms.py"], input=lines, text=True,
                          capture_output=True, timeout=RUN_S, check=False)
    assert done.returncode != 0 and "has more than 63 characters" in done.stderr
