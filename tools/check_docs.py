#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_docs.py - proves what style asks of every file: a head, docstrings, short functions, links
that lead somewhere; and of every folder of net/: a README that names its files.

Not here: whether the words are true. `make check` calls it.
"""
import argparse
import ast
import re
import sys
from pathlib import Path

from sources import ATTRIBUTE, NAME, blank, c_functions, files, line_of

LONG, TOO_LONG = 40, 60     # lines of a function: warned about, refused
HEAD_LINES = 5
MAN_PAGE = "sys_"           # system calls need no docstring: section 2 of the manual is theirs
README, README_LINES = "README.md", 25
OWN_README = ("net", "drivers/e1000")       # these folders and those in them have one each
NAMED_IN_README = ("net", "drivers", "kernel")     # what is below is named in the nearest README
SPDX = "SPDX-License-Identifier: MIT"

DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.M)
FILE = re.compile(r"[\w-]+\.(?:[chS]|py)\b")
IN_BACKTICKS = re.compile(r"`([\w./-]+\.[chS])`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# What is followed is no source: a head says `Behaves as Linux's ..`. Documents and numbers are sources.
FOLLOWED = re.compile(r"Source: (?:(?:(?!Behaves as|Names as).)*?;\s+(?:\* )?)?Linux's "
                      r"(?!Documentation|include/|answers|early-userspace|rtnetlink names)", re.S)
SOURCES = re.compile(r"Source:|Behaves as|Names as")


def check_head(path, text):
    """SPDX, what it is, what it is not, who uses it; in C the source as well."""
    head = text.split("*/", maxsplit=1)[0] if path.suffix in (".c", ".h", ".S", ".ld") else text
    top = "\n".join(head.split("\n")[:HEAD_LINES + 15])
    if SPDX not in "\n".join(top.split("\n")[:3]):
        yield f"{path}: no '{SPDX}' in its first lines"
    if path.suffix not in (".c", ".h", ".S"):
        return
    if f" {path.name} - " not in top:
        yield f"{path}: its head does not say what it is: expected '{path.name} - ...'"
    if "Not here" not in top:
        yield f"{path}: its head does not say what it is not responsible for ('Not here: ...')"
    if FOLLOWED.search(head.split("\n *\n", maxsplit=1)[0]):
        yield f"{path}: its head names what of Linux it follows as a source: 'Behaves as Linux's ...'"
    if top.count("\n") + 1 < HEAD_LINES - 1:
        yield f"{path}: its head does not say who uses it and where its facts come from"


def check_files_named(path, text, names):
    """Files that a head names, before it comes to its sources, are there."""
    for name in FILE.findall(SOURCES.split(text.split("*/", maxsplit=1)[0], maxsplit=1)[0]):
        if name not in names:
            yield f"{path}: its head names {name}, which is not there"


def declarations(code):
    """(name, position) of every function declared, not defined, at the top of a header."""
    code = DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), code)
    depth, start = 0, 0
    for at, char in enumerate(code):
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            start = at + 1 if not depth else start
        elif char == ";" and not depth:
            name = declared_name(code[start:at])
            if name:
                first = start + len(code[start:at]) - len(code[start:at].lstrip())
                yield name, first
            start = at + 1


def declared_name(text):
    """The function a declaration declares, or None: a variable, a type, a static one."""
    plain = ATTRIBUTE.sub(" ", text).strip()
    words = plain.split()
    if not words or words[0] in ("typedef", "static") or "=" in plain:
        return None
    match = NAME.search(plain)
    return match.group(1) if match and match.start() > 0 else None


def check_docstrings(path, text):
    """Every function a header declares stands behind a comment that begins with its name; a
    comment that names several covers all of them, one behind the other."""
    for name, at in declarations(blank(text)):
        if not name.startswith(MAN_PAGE) and name not in docstring_names(text[:at]):
            yield f"{path}:{line_of(text, at)}: {name} has no docstring '/* {name} - ...' before it"


def docstring_names(before):
    """The names the last comment begins with, if nothing but declarations has followed it."""
    comment, _, after = before[before.rfind("/*") + 2:].partition("*/")
    title, dash, _ = comment.partition(" - ")
    if not dash or "{" in after or "\n\n" in after.rstrip():
        return []
    return re.findall(r"\w+", title)


def python_functions(text):
    """(name, line, lines of the body) of every function in Python text."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno


def check_lengths(path, text, warn):
    """Functions over TOO_LONG lines; those over LONG go to warn."""
    found = python_functions(text) if path.suffix == ".py" else (
        (name, line, body.count("\n") - 1) for name, line, body in c_functions(text))
    for name, line, length in found:
        words = f"{path}:{line}: {name} has {length} lines"
        if length > TOO_LONG:
            yield f"{words}, more than {TOO_LONG}"
        elif length > LONG:
            warn.append(f"{words}: long (over {LONG})")


def check_links(root, path, text):
    """Links of a document that lead to a file lead to one that is there."""
    for match in LINK.finditer(text):
        target = match.group(1).split("#", maxsplit=1)[0]
        if target and not re.match(r"[a-z]+:", target) \
                and not Path(root, path.parent, target).exists():
            yield f"{path}:{line_of(text, match.start())}: link to {target}, which is not there"


def check_readmes(root):
    """The README of each folder: short, and its files are those that are there."""
    sources = files(root, ".c", ".h", ".S", under=NAMED_IN_README)
    readmes = [path for path in files(root, ".md", under=NAMED_IN_README) if path.name == README]
    for folder in sorted({path.parent for path in sources}):
        if folder.as_posix().startswith(OWN_README) and folder / README not in readmes:
            yield f"{folder}: has no {README}"
    named = {path: IN_BACKTICKS.findall(Path(root, path).read_text(encoding="utf-8"))
             for path in readmes}
    for path in readmes:
        length = Path(root, path).read_text(encoding="utf-8").count("\n")
        if length > README_LINES:
            yield f"{path}: has {length} lines, at most {README_LINES}"
        below = {source.name for source in sources if path.parent in source.parents}
        yield from (f"{path}: names {name}, which is not there" for name in named[path]
                    if name not in below and not Path(root, name).exists())
    for source in sources:
        nearest = next((up / README for up in source.parents if up / README in readmes), None)
        if nearest and source.suffix != ".h" and source.name not in named[nearest]:
            yield f"{source}: {nearest} does not name it"


def check_all(root, warn):
    """All lines of complaint."""
    paths = files(root, ".c", ".h", ".S", ".ld", ".py", ".sh", ".mk", ".toml", ".cfg", ".md")
    names = {path.name for path in paths}
    yield from check_readmes(root)
    for path in paths:
        text = Path(root, path).read_text(encoding="utf-8")
        if path.suffix == ".md":
            yield from check_links(root, path, text)
            continue
        yield from check_head(path, text)
        if path.suffix in (".c", ".h", ".S"):
            yield from check_files_named(path, text, names)
        if path.suffix == ".h":
            yield from check_docstrings(path, text)
        if path.suffix in (".c", ".h", ".py"):
            yield from check_lengths(path, text, warn)


def main():
    """Check, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--root", default=".", help="top of the project (default: here)")
    args = parser.parse_args()
    warn = []
    lines = list(check_all(args.root, warn))
    for line in warn:
        print(f"warning: {line}")
    for line in lines:
        print(line)
    print(f"check_docs: {len(lines)} violations, {len(warn)} warnings")
    sys.exit(bool(lines))


if __name__ == "__main__":
    main()
