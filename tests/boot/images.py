# SPDX-License-Identifier: MIT
"""images.py - files to boot with: programs, archives, and kernels and programs with a mistake.

Not here: what the kernel makes of them (the tests).
Used by conftest.py and the tests. Calls musl-gcc.
Source: System V ABI chapter 5 (ELF), cpio(5) newc, the multiboot specification 3.1.1.
"""
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from cpio import archive as cpio  # noqa: E402,F401

PROGRAMS = Path(__file__).parent / "programs"
USER_CC = os.environ.get("USER_CC", "musl-gcc")
USER_CFLAGS = ["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"]
COMPILE_S = 300
STATIC_PIE = ("static-pie",)    # for compile_program: see there

MULTIBOOT_MAGIC = struct.pack("<I", 0x1BADB002)
PHDR_LEN = 56
PT_LOAD = 1


def compile_program(name, target, flags=("-static",)):
    """programs/<name>.c as a program at target; flags go to the compiler, or are STATIC_PIE."""
    if flags == STATIC_PIE:
        return _link_static_pie(_compile(name, f"{target}.o", ["-c", "-fPIE"]), target)
    return _compile(name, target, flags)


def _compile(name, target, flags):
    _run([*USER_CC.split(), *USER_CFLAGS, *flags, "-o", target, PROGRAMS / f"{name}.c"])
    return target


def _link_static_pie(object_file, target):
    """musl-gcc's -static-pie names a dynamic linker, so the link is spelled out."""
    folder = _libc_folder()
    libgcc = _run([*USER_CC.split(), "-print-libgcc-file-name"]).strip()
    _run(["ld", "-static", "-pie", "--no-dynamic-linker", "-o", target, folder / "rcrt1.o",
          folder / "crti.o", object_file, "--start-group", folder / "libc.a", libgcc,
          "--end-group", folder / "crtn.o"])
    return target


def _libc_folder():
    """Where the libc is that the compiler links with, from the link it would do."""
    words = _run([*USER_CC.split(), "-static", "-###", PROGRAMS / "exit.c"])
    return Path(re.search(r"(\S+)/S?crt1\.o", words).group(1))


def _run(command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=COMPILE_S).stdout


def without_multiboot(kernel, target):
    """A copy without its multiboot 1 header: QEMU then goes by the PVH note."""
    image = bytearray(Path(kernel).read_bytes())
    at = image.find(MULTIBOOT_MAGIC)
    assert 0 <= at < 8192, "no multiboot header"
    image[at:at + 4] = bytes(4)
    Path(target).write_bytes(image)
    return target


def poke(image, offset, fmt, value):
    """A copy of an image with one field changed."""
    changed = bytearray(image)
    struct.pack_into(fmt, changed, offset, value)
    return bytes(changed)


def pie_beyond(offset):
    """A static PIE whose second segment lies so far behind its first: 16 KiB of 0xcc, from the file."""
    code = bytes.fromhex("bf0b000000 b83c000000 0f05")     # exit(11)
    data = b"\xcc" * 0x4000
    header = struct.pack("<4s12xHHIQQQIHHHHHH", b"\x7fELF", 3, 62, 1, 0x100, 64, 0, 0, 64, PHDR_LEN,
                         2, 0, 0, 0)
    header = poke(header, 4, "<I", 0x010102)
    header += struct.pack("<IIQQQQQQ", PT_LOAD, 5, 0, 0, 0, 0x1000, 0x1000, 0x1000)
    header += struct.pack("<IIQQQQQQ", PT_LOAD, 6, 0x1000, offset, 0, len(data), len(data), 0x1000)
    return (header.ljust(0x100, b"\0") + code).ljust(0x1000, b"\0") + data


def phdr(image, wanted=PT_LOAD, which=0):
    """Offset of the which-th program header of a type."""
    table, = struct.unpack_from("<Q", image, 32)
    number, = struct.unpack_from("<H", image, 56)
    offsets = [table + i * PHDR_LEN for i in range(number)]
    return [at for at in offsets if struct.unpack_from("<I", image, at)[0] == wanted][which]
