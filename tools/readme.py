#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""readme.py - the parts of README.md and docs/ that would rot if people kept them: made, and checked.

Not here: prose. Parts stand between <!-- name --> and <!-- /name -->; docs/road.svg is one by itself.
    readme.py          check: exits 1 and names the part that no longer agrees
    readme.py --write [part ..]
                       make them anew; `run` runs `make run`; `figures`, `numbers` and `profile` take
                       what the last `make bench` left under build/
The road is also checked against the sources and the link: every function named is defined in one
of its stop's files, and the stops' objects are linked in the road's order. The parts that `make
OMIT=` knows are those that the manual describes.
"""
import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

import budget  # noqa: E402
import picture  # noqa: E402

BENCH = ROOT / "build" / "bench"
PROFILED = {"sendto": "`sendto`", "sendmmsg": "`sendmmsg` of 64", "segment": "UDP_SEGMENT of 64"}
RUN_S = 180
STATUS = re.compile(r"^\tSTATUS_\w+ =\s+(\d+),?\s+/\* (.*) \*/$", re.MULTILINE)


def road():
    """The stops, as road.toml has them."""
    with open(ROOT / "tools" / "road.toml", "rb") as file:
        return tomllib.load(file)["stop"]


def road_table():
    """The road as a Markdown table with links into the files."""
    yield "| # | layer | read | functions | may answer |"
    yield "|---|---|---|---|---|"
    for number, stop in enumerate(road(), 1):
        files = " ".join(f"[{Path(f).name}](../{f})" for f in stop["files"])
        names = " → ".join(f"`{name}`" for name in stop["functions"])
        yield f"| {number} | {stop['name']} | {files} | {names} | {stop['answers']} |"


def status_table():
    """kernel/power/power.h's exit statuses, with what QEMU makes of them."""
    yield "| status | QEMU exits with | meaning |"
    yield "|---|---|---|"
    text = (ROOT / "kernel" / "power" / "power.h").read_text()
    rows = STATUS.findall(text)
    if len(rows) != len(re.findall(r"^\tSTATUS_", text, re.MULTILINE)):
        sys.exit("readme: a status of kernel/power/power.h is not understood")
    for number, words in rows:
        number = int(number)
        shown = "1..63" if number == 63 else str(number)
        qemu = "3..127 (2 × status + 1)" if number == 63 else str(2 * number + 1 if number else 0)
        yield f"| {shown} | {qemu} | {words} |"


def run_output():
    """A real run, as `make run` prints it."""
    result = subprocess.run([sys.executable, ROOT / "tools" / "run.py"], cwd=ROOT, text=True,
                            capture_output=True, timeout=RUN_S, check=False)
    if result.returncode:
        sys.exit(f"readme: `make run` failed:\n{result.stdout}{result.stderr}")
    yield "```"
    yield "$ make run"
    yield from result.stdout.rstrip().splitlines()
    yield "```"


def figures_table():
    """A few of the numbers, for those who have not decided yet to read on."""
    yield "| | muffin | Debian's Linux |"
    yield "|---|---|---|"
    for row, group in ((row, group) for group in budget.groups() for row in group["rows"]):
        if "short" in row and (cells := budget.line(row, group)):
            yield f"| {row['short']} | {cells[1]} | {cells[2]} |"


def numbers_table():
    """What the benches measured last, beside Linux and the budgets."""
    heads = ["what", *budget.COLUMNS, "budget"]
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for title, rows in budget.table():
        yield f"| **{title}** " + "| " * (len(heads) - 1) + "|"
        for what, *cells, _, limit, _ in rows:
            yield f"| {' | '.join([what, *cells, limit])} |"


def profile_table():
    """Where the instructions of a datagram go, layer by layer, for each way of sending profiled."""
    found = {call: json.loads((BENCH / f"profile_{call}.json").read_text()) for call in PROFILED
             if (BENCH / f"profile_{call}.json").is_file()}
    yield " | ".join(["| layer", *(PROFILED[call] for call in found)]) + " |"
    yield "|---" * (len(found) + 1) + "|"
    for stop in dict.fromkeys(stop for profile in found.values() for stop in profile["stops"]):
        cells = (profile["stops"].get(stop, 0) / profile["datagrams"] for profile in found.values())
        yield " | ".join([f"| {stop}", *(f"{cell:.0f}" if cell >= 10 else f"{cell:.1f}"
                                         for cell in cells)]) + " |"


def road_picture():
    """The road as a picture."""
    return picture.svg(road())


# part -> (page, what makes it); a page that is no text is the part itself.
STATIC = {"road": ("docs/tour.md", road_table), "statuses": ("docs/manual.md", status_table),
          "picture": ("docs/road.svg", road_picture)}
MEASURED = {"run": ("docs/run.md", run_output), "figures": ("README.md", figures_table),
            "numbers": ("docs/numbers.md", numbers_table),
            "profile": ("docs/numbers.md", profile_table)}
PARTS = STATIC | MEASURED


def part(name):
    """(text of the page, start, end) of a part's contents."""
    page = ROOT / PARTS[name][0]
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if page.suffix != ".md":
        return text, 0, len(text)
    match = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    if not match:
        sys.exit(f"readme: {PARTS[name][0]} has no part <!-- {name} -->")
    return text, *match.span(1)


def omit_problems():
    """Parts that the Makefile has and the manual does not, or the other way round."""
    text = (ROOT / "docs" / "manual.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(\w+)` \|", text.partition("<!-- parts -->")[2]
                           .partition("<!-- /parts -->")[0], re.MULTILINE)
    linked = re.findall(r"^PART_(\w+) +:=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for name in sorted(set(described) ^ set(linked)):
        yield f"make OMIT={name}: in {'the Makefile' if name in linked else 'docs/manual.md'} alone"


def defined_in(name, files):
    """Is the function (or macro) defined in one of the files?"""
    pattern = re.compile(rf"(^|[ *]){name}\(|^{name}:|^#define {name}\(", re.MULTILINE)
    return any(pattern.search((ROOT / f).read_text()) for f in files)


def road_problems():
    """What of the road disagrees with the sources or the Makefile's link order."""
    objects = re.findall(r"^\t(\S+)\.o \\?$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    last = -1
    for stop in road():
        for name in stop["functions"]:
            if not defined_in(name, stop["files"]):
                yield f"{name} is not in {' '.join(stop['files'])}"
        linked = [objects.index(str(Path(f).with_suffix(""))) for f in stop["files"]
                  if str(Path(f).with_suffix("")) in objects]
        if linked and max(linked) < last:
            yield f"{stop['name']} is linked before the stop above it"
        last = max([last, *linked])


def check():
    """Every problem, as a line."""
    yield from road_problems()
    yield from omit_problems()
    for name, (page, make) in STATIC.items():
        text, start, end = part(name)
        if text[start:end] != "\n".join(make()) + "\n":
            yield f"{page}: the part '{name}' is out of date: tools/readme.py --write {name}"
    for name in MEASURED:
        part(name)


def write(names):
    """These parts made anew in their pages, or all."""
    for name in names or PARTS:
        page, make = PARTS[name]
        text, start, end = part(name)
        made = "\n".join(make()) + "\n"
        (ROOT / page).write_text(text[:start] + made + text[end:], encoding="utf-8")


def main():
    """Check or write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", nargs="*", choices=[*PARTS], metavar="PART",
                        help="make these parts anew, or all")
    args = parser.parse_args()
    if args.write is not None:
        write(args.write)
        return
    problems = list(check())
    for problem in problems:
        print(f"readme: {problem}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
