# SPDX-License-Identifier: MIT
"""sources.py - the project's files, and C text without its comments.

Not here: any judgement. Used by the check_*.py tools. Calls nothing.
"""
import re
from pathlib import Path

HIDDEN = {"build", ".git", "__pycache__", ".pytest_cache"}
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)
NAME = re.compile(r"([A-Za-z_]\w*)\s*\((?!\s*\*)")
ATTRIBUTE = re.compile(r"\b(?:__\w+|_Static_assert|_Alignas)\s*"
                       r"(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?")
FUNCTION = re.compile(r"^(?P<head>[A-Za-z_][^;{}#]*?\))\s*^\{$(?P<body>.*?)^\}", re.M | re.S)


def files(root, *suffixes, under=("",)):
    """Files with these suffixes below root, as sorted paths relative to it."""
    found = []
    for folder in under:
        for path in Path(root, folder).rglob("*"):
            relative = path.relative_to(root)
            if path.suffix in suffixes and path.is_file() and not HIDDEN & set(relative.parts):
                found.append(relative)
    return sorted(found)


def blank(text):
    """The text without comments and the insides of strings, every line where it was."""
    def cover(match):
        token = match.group()
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[0]
        return re.sub(r"[^\n]", " ", token)
    return COMMENT.sub(cover, text)


def line_of(text, position):
    """The number of the line a position is on, from 1."""
    return text.count("\n", 0, position) + 1


def c_functions(text):
    """(name, line, body) of every function in C text; the body without comments and strings."""
    code = blank(text)
    for match in FUNCTION.finditer(code):
        names = NAME.findall(ATTRIBUTE.sub(" ", match.group("head")))
        yield names[0] if names else "?", line_of(code, match.start()), match.group("body")
