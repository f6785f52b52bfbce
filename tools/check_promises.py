#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_promises.py - every promise of README.md, docs/ and SECURITY.md names tests, and these exist.

Not here: whether the tests hold what they should. `make check` calls it.
A promise is a row of a table whose second column is headed "held by": there stand its tests, each as
`file::name`. In docs/promises.md the first column is a quotation, which one of QUOTED must have, word
for word (line breaks aside).
"""
import argparse
import re
import sys
from pathlib import Path

ROW = re.compile(r"^\| (.+) \| ([^|]*) \|$")
TEST = re.compile(r"`([^`\s]+)::([^`\s]+)`")
TABLES = ("SECURITY.md", "docs/promises.md")
QUOTES = "docs/promises.md"
QUOTED = ("README.md", "docs/manual.md", "docs/run.md", "docs/tour.md", "docs/numbers.md")


def rows(text):
    """(number of the line, promise, tests) of every promise in a page."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        match = ROW.match(line)
        if not match:
            inside = inside and line.startswith("|---")
        elif match.group(2).strip() == "held by":
            inside = True
        elif inside:
            yield number, match.group(1), match.group(2)


def missing(root, file, name):
    """What is wrong with a test's name, or None. A parameter's value may follow in brackets."""
    path = Path(root, file)
    if not path.is_file():
        return f"{file} is not there"
    plain = name.split("[", maxsplit=1)[0]
    defined = re.compile(rf"^\s*(?:def |(?:static )?\w+ ){re.escape(plain)}\(", re.M)
    if not defined.search(path.read_text(encoding="utf-8")):
        return f"{file} has no {plain}"
    return None


def one_line(text):
    """Text with all white space alike."""
    return re.sub(r"\s+", " ", text)


def check(root):
    """Every problem, as a line; and how many promises there are."""
    pages = [Path(root, page) for page in QUOTED]
    said = one_line("\n\n".join(page.read_text(encoding="utf-8") for page in pages if page.is_file()))
    lines, count = [], 0
    for page in TABLES:
        promises = list(rows(Path(root, page).read_text(encoding="utf-8")))
        count += len(promises)
        if not promises:
            lines.append(f"{page}: has no table of promises with a column 'held by'")
        for number, promise, tests in promises:
            if page == QUOTES and one_line(promise) not in said:
                lines.append(f"{page}:{number}: no page says: {promise}")
            found = TEST.findall(tests)
            if not found:
                lines.append(f"{page}:{number}: names no test: {promise}")
            lines += [f"{page}:{number}: {why}" for test in found if (why := missing(root, *test))]
    return lines, count


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    lines, count = check(parser.parse_args().root)
    for line in lines:
        print(line)
    print(f"check_promises: {count} promises, {len(lines)} violations")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
