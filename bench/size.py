#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""size.py - how big two kernels are without their program, folder by folder: the full one, and the one
without parts (`make road`); how many lines of C each links of net/ and drivers/, and how many lines
the files have that a datagram meets (road.toml); how little memory the full one boots and sends with.

Not here: building. What counts is all that is loaded from the file (text, read-only data, data);
zeroed memory is shown apart. Reads the kernels with pyelftools and the linker's maps beside them;
lines are cloc's: without comments and empty ones.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import frame  # noqa: E402
from budget import judge, keep, run  # noqa: E402
from qemu import USER_NET_WORDS, Machine, Nic, user_net  # noqa: E402
from run import PORT  # noqa: E402

try:
    from elftools.elf.constants import SH_FLAGS
    from elftools.elf.elffile import ELFFile
except ImportError:
    sys.exit("size: pyelftools is not installed: run `make setup bench`")

PROGRAM_SECTION = ".program"
COUNTED = ("net/", "drivers/")
CLOC_S = 60
BOOT_S = 10
MOST_MIB = 64

MAP_OUTPUT = re.compile(r"^(\.\S+|/DISCARD/)", re.M)
MAP_OBJECT = re.compile(r"^LOAD build/(\S+)\.o$", re.M)
MAP_INPUT = re.compile(r"^ (\.\S+)\s+0x[0-9a-f]+\s+(0x[0-9a-f]+)\s+(\S+\.o)\)?$", re.M)


def sections(elf):
    """Allocated sections of the file: name -> (bytes, whether the bytes are in the file)."""
    with open(elf, "rb") as file:
        return {section.name: (section["sh_size"], section["sh_type"] != "SHT_NOBITS")
                for section in ELFFile(file).iter_sections()
                if section["sh_flags"] & SH_FLAGS.SHF_ALLOC}


def counted(found):
    """Names of the sections that count against the budget."""
    return {name for name, (_, in_file) in found.items() if in_file and name != PROGRAM_SECTION}


def kind_of(name, in_file):
    """Column of an output section: text (what is only read, too), data or bss."""
    return ("data" if name == ".data" else "text") if in_file else "bss"


def by_folder(map_text, found):
    """Column -> bytes per top-level folder."""
    kinds = {name: kind_of(name, in_file) for name, (_, in_file) in found.items()
             if name != PROGRAM_SECTION}
    return {kind: folders(map_text, {name for name in kinds if kinds[name] == kind})
            for kind in ("text", "data", "bss")}


def folders(map_text, names):
    """Bytes per top-level folder, over the output sections in names."""
    sizes = Counter()
    starts = [(m.start(), m.group(1)) for m in MAP_OUTPUT.finditer(map_text)]
    starts.append((len(map_text), ""))
    for (start, name), (end, _) in zip(starts, starts[1:]):
        if name in names:
            for _, size, path in MAP_INPUT.findall(map_text, start, end):
                sizes[folder_of(path)] += int(size, 16)
    return sizes


def folder_of(path):
    """Top-level folder of an object file, build/net/udp/udp.o is net; or a generated file by itself."""
    parts = [part for part in Path(path).parts if part not in ("build", "/", ".")]
    return f"{parts[0]}/" if len(parts) > 1 else parts[0]


def linked(map_text):
    """C sources of the folders COUNTED whose objects were linked, as paths from the top."""
    sources = (f"{path}.c" for path in MAP_OBJECT.findall(map_text) if path.startswith(COUNTED))
    return [path for path in sources if (ROOT / path).is_file()]


def code_lines(paths):
    """Lines of code in these files, as cloc counts."""
    try:
        done = subprocess.run(["cloc", "--quiet", "--json", "--skip-uniqueness", *paths], cwd=ROOT,
                              text=True, capture_output=True, timeout=CLOC_S, check=True)
    except FileNotFoundError:
        sys.exit("size: cloc is not installed: run `make setup bench`")
    return json.loads(done.stdout)["SUM"]["code"]


def path_files():
    """The files that one datagram meets."""
    with open(ROOT / "tools" / "road.toml", "rb") as file:
        return sorted({name for stop in tomllib.load(file)["stop"] for name in stop["files"]})


def sends_with(kernel, mib):
    """Whether the kernel boots and sends with so much memory."""
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        pcap = Path(folder, "size.pcap")
        nic = Nic(user_net(), pcap=pcap)
        result = Machine(kernel=kernel, mem=f"{mib}M", append=USER_NET_WORDS, nics=[nic]).run(BOOT_S)
        if result.status != 0 or not pcap.is_file():
            return False
        frames = (frame.as_udp(raw) for _, raw in frame.read_pcap(pcap))
        return any(udp and udp.ports[1] == PORT for udp in frames)


def least_memory(kernel):
    """The least -m in MiB that boots and sends."""
    low, high = 0, MOST_MIB     # low fails, high works
    if not sends_with(kernel, high):
        sys.exit(f"size: {kernel} does not send with {high} MiB: see `make run`")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if sends_with(kernel, middle) else (middle, high)
    return high


def show(found, columns):
    """The sections and the folders, biggest first."""
    for name, (size, in_file) in found.items():
        note = "" if name in counted(found) else ("not counted" if in_file else "zeroed memory")
        print(f"  {name:20} {size:8}  {note}".rstrip())
    print(f"  {'':20}" + "".join(f" {kind:>8}" for kind in columns))
    for name, _ in sum(columns.values(), Counter()).most_common():
        print(f"  {name:20}" + "".join(f" {sizes[name]:8}" for sizes in columns.values()))


def sizes_of(kernel):
    """One kernel, shown: its bytes, folder by folder, and its lines of code."""
    found = sections(kernel)
    map_text = Path(kernel).with_suffix(".map").read_text(encoding="utf-8")
    print(f"{kernel}:")
    columns = by_folder(map_text, found)
    show(found, columns)
    return {"text_data_bytes": sum(found[name][0] for name in counted(found)),
            "bss_bytes": sum(size for size, in_file in found.values() if not in_file),
            "code_lines": code_lines(linked(map_text)), "folders": columns}


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", default="build/muffin.elf", help="(default: %(default)s)")
    parser.add_argument("--road", default="build/road.elf", help="(default: %(default)s)")
    parser.add_argument("--no-boot", action="store_true", help="leave out the search for memory")
    args = parser.parse_args()
    numbers = sizes_of(args.kernel) | {"road": sizes_of(args.road),
                                       "path_lines": code_lines(path_files())}
    if not args.no_boot:
        numbers["least_memory_mib"] = least_memory(args.kernel)
    keep("size", numbers)
    sys.exit(not judge("size", part=args.no_boot))


if __name__ == "__main__":
    run("size", main)
