#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_man.py - the manual pages are well formed, muffin(7) has every word of the command line, and each
built-in program's page every option of its table.

Not here: what the words do. `make check` calls it; calls mandoc.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "man").glob("*.[1-8]"))
LINT_S = 120
PROGRAMS = sorted((ROOT / "user").glob("muffin-*.c"))
OPTION = re.compile(r"""^\t\{ (?:'(\w)'|0), "(\w+)", (NULL)?""", re.M)
WORD = re.compile(r'^\t\{ (?:\.key = )?"(\S+?)"', re.M)


def lacking_options(program):
    """One line for each option that the program's page has no entry for, or no page."""
    page = ROOT / "docs" / "man" / f"{program.stem}.1"
    if not page.is_file():
        return [f"{program.name}: there is no docs/man/{page.name}"]
    text = page.read_text(encoding="utf-8")
    items = []
    sources = [program, *(ROOT / "user" / program.stem.removeprefix("muffin-")).glob("*.c")]
    rows = [row for file in sources for row in OPTION.findall(file.read_text(encoding="utf-8"))]
    if not rows:
        return [f"{program.name}: no table of options found"]
    for letter, name, flag in rows:
        short = f"Fl {letter} , " if letter else ""
        items.append(f".It {short}Fl -{name}\n" if flag else f".It {short}Cm {name}= ")
    return [f"{page.name}: lacks {item.strip()!r}" for item in items if item not in text]


def main():
    """Check, print, judge."""
    lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *PAGES], cwd=ROOT, text=True,
                          capture_output=True, timeout=LINT_S, check=False)
    lines = (lint.stdout + lint.stderr).splitlines()
    page = (ROOT / "docs" / "man" / "muffin.7").read_text(encoding="utf-8")
    words = WORD.findall((ROOT / "kernel" / "cmdline.c").read_text(encoding="utf-8"))
    if not words:
        lines.append("kernel/cmdline.c: no table of words found")
    lines += [f"muffin.7: lacks {word}" for word in words
              if not re.search(rf"[ ,.]{re.escape(word)}(\s|,|$)", page, re.M)]
    for program in PROGRAMS:
        lines += lacking_options(program)
    for line in lines:
        print(line)
    print(f"check_man: {len(PAGES)} pages, {len(words)} words, {len(lines)} violations")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
