# SPDX-License-Identifier: MIT
"""test_syscalls.py - docs/syscalls.md is made of the table, whose numbers are Linux's; `make check` sees when
it is not.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN_S = 60
TABLE = Path("kernel", "entry", "syscalls.h")
DOC = Path("docs", "syscalls.md")


def syscalls(root, *words):
    """Run the tool; returns (whether it passed, what it said)."""
    done = subprocess.run([sys.executable, ROOT / "tools" / "syscalls.py", "--root", root, *words],
                          capture_output=True, text=True, timeout=RUN_S, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(name="copy")
def fixture_copy(tmp_path):
    """Table and document, to be broken."""
    for name in (TABLE, DOC):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def edit(path, old, new):
    """Replace old, which is there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_numbers_are_linux_s():
    """Each call stands at the number that the header of Linux's ABI gives it."""
    done = subprocess.run(["cc", "-E", "-dM", "-x", "c", "-include", "asm/unistd_64.h", "/dev/null"],
                          capture_output=True, text=True, timeout=RUN_S, check=True)
    linux = {name: int(number) for name, number
             in re.findall(r"^#define __NR_(\w+) (\d+)$", done.stdout, re.M)}
    ours = re.findall(r"^\| (\d+) \| `(\w+)` \| \S", (ROOT / DOC).read_text(encoding="utf-8"), re.M)
    assert len(ours) > 130
    assert [(number, name) for number, name in ours if linux.get(name) != int(number)] == []


def test_document_is_the_table_s(copy):
    """As it stands; not after a call was added, or says something else; then it is made anew."""
    passed, said = syscalls(copy)
    assert passed, said
    edit(copy / TABLE, "/* getpid: 1 */", "/* getpid: 2 */")
    passed, said = syscalls(copy)
    assert not passed and "docs/syscalls.md is not what" in said
    assert syscalls(copy, "--write")[0] and syscalls(copy)[0]
    assert "| 39 | `getpid` | 2 |" in (copy / DOC).read_text(encoding="utf-8")


@pytest.mark.parametrize("words,said", [
    ("", "[39] sys_getpid: no word of what there is of it"),
    ("/* 1 */", "a line of the table is not understood"),
])
def test_call_without_words_is_refused(copy, words, said):
    """A new call comes with its line of the document."""
    edit(copy / TABLE, "/* getpid: 1 */", words)
    passed, words = syscalls(copy)
    assert not passed and said in words
