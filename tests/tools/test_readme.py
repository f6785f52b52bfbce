# SPDX-License-Identifier: MIT
"""test_readme.py - the generated parts of README.md and docs/ are compared with what they are made of, and a
change of that is noticed.

Not here: what the pages say otherwise.
"""
import shutil
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))

import readme  # noqa: E402


@pytest.fixture(name="copy")
def fixture_copy(tmp_path, monkeypatch):
    """What readme.py reads, in a folder of its own."""
    names = {"Makefile", "tools/road.toml", "kernel/power/power.h"}
    names |= {page for page, _ in readme.PARTS.values()}
    names |= {file for stop in readme.road() for file in stop["files"]}
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(TOP / name, tmp_path / name)
    monkeypatch.setattr(readme, "ROOT", tmp_path)
    return tmp_path


def test_the_pages_are_as_they_are_made(copy):
    """And nothing is complained of."""
    assert copy == readme.ROOT and not list(readme.check())


@pytest.mark.parametrize("name,old,new,words", [
    ("tools/road.toml", 'name = "UDP"', 'name = "datagrams"', "docs/tour.md: the part 'road' is out of date"),
    ("tools/road.toml", "cached = true", "cached = false", "docs/road.svg: the part 'picture' is out of date"),
    ("tools/road.toml", '"sys_sendto"', '"sys_sent"', "sys_sent is not in net/socket/socket.c"),
    ("kernel/power/power.h", "out of memory", "no memory", "docs/manual.md: the part 'statuses' is out of date"),
    ("docs/manual.md", "| `egress` |", "| `ingress` |", "make OMIT=egress: in the Makefile alone"),
    ("Makefile", "PART_unix ", "PART_linux ", "make OMIT=unix: in docs/manual.md alone"),
    ("Makefile", "\tkernel/entry/syscall.o \\\n\tnet/socket/socket.o \\\n",
     "\tnet/socket/socket.o \\\n\tkernel/entry/syscall.o \\\n", "socket layer is linked before the stop above it"),
])
def test_a_change_is_noticed(copy, name, old, new, words):
    """Each thing that a part is made of."""
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert words in "\n".join(readme.check())
