# SPDX-License-Identifier: MIT
"""test_bad_input.py - thousands of wrong system calls: muffin's answers against those of the build
host's Linux, which gets the same network in a namespace of its own.
"""
import errno
import fnmatch
import re

import images
from support import STATIC, assert_success, boot, run_in_namespace, table

FILE = b"forty bytes, a line and another line too"
DESCRIPTORS = 256       # muffin's FDS_MAX

# Rows that differ on purpose, as patterns of "<row>: <Linux's answer> <ours>", and why.
KNOWN = {
    "getsockopt-* level=* len=*: ENOTSUP EFAULT":
        "the length is looked at before the level, in one place for all of them",
    "getsockopt-* val=*: EFAULT, length 4 EFAULT":
        "Linux has told the length of IP's and UDP's options by then, though not of the socket's",
    "setsockopt-cork level=2^32+1: EACCES 0":
        "that is SO_DEBUG, for which the test's namespace has no capability on Linux",
}


def linux(program, tmp_path):
    """The table as this host's Linux prints it."""
    (tmp_path / "file").write_bytes(FILE)
    return table(run_in_namespace(program, tmp_path / "file", also=f"ulimit -n {DESCRIPTORS}"))


def muffin(kernel, program, tmp_path):
    """The same from the kernel under test."""
    archive = images.cpio({"bad_input": program.read_bytes(), "file": FILE})
    (tmp_path / "initrd.cpio").write_bytes(archive)
    result = boot(kernel, f"{STATIC} init=/bad_input -- /file",
                  initrd=str(tmp_path / "initrd.cpio"))
    assert "end of table" in result.serial
    assert_success(result)
    return table(result.serial)


def answer(row):
    """The result of a row, errors by their names."""
    return re.sub(r"^-(\d+)", lambda m: errno.errorcode[int(m[1])], row.split(": ")[1])


def test_bad_input(kernel, program, tmp_path):
    """Line by line the same, but for what is known."""
    path = program("bad_input")
    theirs, ours = linux(path, tmp_path), muffin(kernel, path, tmp_path)
    assert len(theirs) > 3000
    assert [row.split(":")[0] for row in ours] == [row.split(":")[0] for row in theirs]
    differing = [f"{a.split(':')[0]}: {answer(a)} {answer(b)}"
                 for a, b in zip(theirs, ours) if a != b]
    unknown = [row for row in differing
               if not any(fnmatch.fnmatchcase(row, pattern) for pattern in KNOWN)]
    print(*unknown, sep="\n")
    assert unknown == [], f"{len(unknown)} rows differ: call, Linux's answer, muffin's"
    for pattern, reason in KNOWN.items():
        assert fnmatch.filter(differing, pattern), f"no longer so: {pattern} ({reason})"
