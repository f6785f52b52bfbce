#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_man.py - the manual pages are well formed, and muffin(7) has every word of the command line.

Not here: what the words do. `make check` calls it; calls mandoc.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "man").glob("*.[1-8]"))
LINT_S = 120
WORD = re.compile(r'^\t\{ (?:\.key = )?"(\S+?)"', re.M)


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
    for line in lines:
        print(line)
    print(f"check_man: {len(PAGES)} pages, {len(words)} words, {len(lines)} violations")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
