# SPDX-License-Identifier: MIT
"""test_mutants.py - tools/mutants.py on a project of one line: what it refuses, what it tries, what it
remembers.

Not here: the edits of this project (tests/mutants); `make check` asks whether they fit, `make mutants` tries them.
"""
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL_S = 60
SOURCE = "answer 42, of 7\n"
MAKEFILE = """
build/host/test_answer: src
\t@mkdir -p build/host; ! grep -q '!' src && touch $@
run-test_answer: build/host/test_answer
\t@grep -q 42 src
run-test_count: build/host/test_answer
\t@grep -q 7 src
build/host/test_count: build/host/test_answer
\t@true
"""
KILLED = ("another answer", "42", "43", "unit:test_answer")
KILLED_LATER = ("another count", "7", "8", "unit:test_answer", "unit:test_count")
ALIVE = ("another word", "of", "in", "unit:test_answer")
BROKEN = ("no answer at all", "42", "!", "unit:test_answer")


def mutant(what, old, new, *tests, equivalent=None):
    """One row of a list."""
    row = f'[[mutant]]\nfile = "src"\nwhat = "{what}"\nold = "{old}"\nnew = "{new}"\ntests = {list(tests)}\n'
    return row + (f'equivalent = "{equivalent}"\n' if equivalent else "")


class Project:
    """A project with the tool in it."""

    def __init__(self, root):
        self.root = root
        for folder in ("tools", "tests/mutants", "tests/unit"):
            (root / folder).mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "mutants.py", root / "tools")
        (root / "src").write_text(SOURCE)
        (root / "Makefile").write_text(MAKEFILE)
        (root / ".gitignore").write_text("build\n")
        for test in ("answer", "count"):
            (root / f"tests/unit/test_{test}.c").write_text("")
        subprocess.run(["git", "init", "-q", root], check=True)

    def run(self, rows, *args):
        """Exit status and output of the tool with these edits in the list."""
        (self.root / "tests/mutants/all.toml").write_text("\n".join(rows))
        done = subprocess.run([sys.executable, self.root / "tools/mutants.py", *args], capture_output=True,
                              text=True, timeout=TOOL_S, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="project")
def fixture_project(tmp_path):
    """Nothing tried yet."""
    return Project(tmp_path)


@pytest.mark.parametrize("row, words", [
    (("gone", "43", "42", "unit:test_answer"), "0 times, not once"),
    (("untested", "42", "43", "unit:test_none"), "unit:test_none: there is no such test"),
    (("nothing", "42", "42", "unit:test_answer"), "it changes nothing"),
    (("nothing", "42", "43"), "names no test"),
    (("boot", "42", "43", "tests/unit/test_answer.c::test_it"), "its file has no such test"),
])
def test_list_that_does_not_fit(project, row, words):
    """An edit that cannot be made, or a test that is not there."""
    status, said = project.run([mutant(*row)], "--check")
    assert status == 1 and words in said


def test_text_twice_and_name_twice(project):
    """Which of two places is meant? Which of two results?"""
    (project.root / "src").write_text(SOURCE * 2)
    status, said = project.run([mutant(*KILLED)] * 2, "--check")
    assert status == 1 and "2 times, not once" in said and "stands in the list twice" in said


def test_check_says_how_many(project):
    """A list that fits."""
    assert project.run([mutant(*KILLED), mutant(*ALIVE)], "--check") == (0, "mutants: 2 edits fit the tree\n")


def test_killed_by_whom(project):
    """The first test that fails is named; the copy is whole again for the next edit."""
    status, said = project.run([mutant(*KILLED), mutant(*KILLED_LATER)])
    assert status == 0, said
    assert "another answer  by unit:test_answer" in said and "another count  by unit:test_count" in said
    assert (project.root / "build/mutants/tree/src").read_text() == SOURCE


def test_survivors(project):
    """One in two is too many, one without a reason is too; one in thirty with a reason is not."""
    many = [mutant(f"answer {n}", "42", f"{n}", "unit:test_answer") for n in range(10, 39)]
    assert project.run([mutant(*KILLED), mutant(*ALIVE, equivalent="it is a word")])[0] == 1
    assert project.run([*many, mutant(*ALIVE)])[0] == 1
    status, said = project.run([*many, mutant(*ALIVE, equivalent="it is a word")])
    assert status == 0 and "another word (equivalent: it is a word)" in said


def test_edit_that_does_not_compile(project):
    """It proves nothing about a test."""
    status, said = project.run([mutant(*BROKEN)])
    assert status == 1 and "does not compile: src: no answer at all" in said


def test_what_is_tried_again(project):
    """Nothing, until the file or the source of a named test changes."""
    rows = [mutant(*KILLED)]
    project.run(rows)
    assert "by unit" not in project.run(rows)[1]
    (project.root / "tests/unit/test_answer.c").write_text("/* stronger */")
    assert "by unit:test_answer" in project.run(rows)[1]
    assert "by unit" not in project.run(rows)[1]
    (project.root / "src").write_text(SOURCE + "more\n")
    assert "by unit:test_answer" in project.run(rows)[1]


def test_tests_must_pass_first(project):
    """A test that fails without any edit would kill them all."""
    (project.root / "src").write_text(SOURCE.replace("7", "9"))
    status, said = project.run([mutant("another answer", "42", "43", "unit:test_count")])
    assert status == 1 and "unit:test_count fails on the tree as it is" in said
