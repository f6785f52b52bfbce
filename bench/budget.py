# SPDX-License-Identifier: MIT
"""budget.py - what every bench needs: the machine to itself, a place for its numbers, the budgets, a
verdict, the table.

Not here: measuring. Used by the benches of this folder and tools/readme.py. Calls nothing.
"""
import fcntl
import json
import os
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from outcome import MachineError  # noqa: E402

KEPT = ROOT / "build" / "bench"
COLUMNS = ("muffin", "peer", "bare ring")
PEER = "linux"          # of a group that does not name another
WHAT, CELLS, BUDGET = 35, (11, 10, 11, 8), 16   # columns of the table, 99 in all
INTERRUPTED = 130       # what a shell says of a program that Ctrl-C ended


def run(name, main):
    """A bench from its start to its exit: one at a time, for two would measure each other; what stops it
    is said in a line, and the numbers of before stay."""
    KEPT.mkdir(parents=True, exist_ok=True)
    try:
        with open(KEPT / "lock", "w", encoding="ascii") as lock:
            wait_for(lock, name)
            sys.exit(main())
    except (MachineError, OSError, subprocess.SubprocessError) as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        print(f"{name}: interrupted, nothing kept", file=sys.stderr)
        sys.exit(INTERRUPTED)


def wait_for(lock, name):
    """Until no other bench of this folder measures."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"{name}: waits for another bench to end", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def groups():
    """budgets.toml: [{title, rows: [{what, value, most or least, unit, needs}], peer, more}]."""
    with open(ROOT / "bench" / "budgets.toml", "rb") as file:
        return tomllib.load(file)["group"]


def keep(name, numbers):
    """Write the numbers to build/bench/name.json: whole, or not at all."""
    path, fresh = KEPT / f"{name}.json", KEPT / f"{name}.new"
    fresh.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    fresh.replace(path)
    print(f"kept in {path.relative_to(ROOT)}")


def kept(path):
    """The number at file.member.member.., or None when nobody has measured it."""
    name, *members = path.split(".")
    file = KEPT / f"{name}.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for member in members:
        found = found.get(member) if isinstance(found, dict) else None
    return found


def within(row, value):
    """Whether a value keeps a row's budget; a row without budget is always kept."""
    return row.get("least", value) <= value <= row.get("most", value)


def judge(name, part=False):
    """Print the rows of one bench beside their budgets; returns whether all are kept. What was not
    measured is not kept, unless it needs a peer that nobody asked for, or only a part was asked for."""
    good = True
    for row in (row for group in groups() for row in group["rows"]):
        value = kept(row["value"].format("muffin"))
        if not row["value"].startswith(name + ".") or not {"most", "least"} & row.keys():
            continue
        if value is None:
            print(f"{plain(row['what'])}: {budget_text(row)}: not measured")
            good &= part or row.get("needs", "") not in os.environ.get("PEERS", "")
            continue
        verdict = "kept" if within(row, value) else "OVER BUDGET"
        print(f"{plain(row['what'])}: {number(value, row)}, {budget_text(row)}: {verdict}")
        good &= within(row, value)
    return good


def number(value, row):
    """A number as people read it: 12,345, 123.4 or 1.23, with its unit."""
    digits = 0 if value == int(value) or value >= 1000 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {row.get('unit', '')}".rstrip()


def budget_text(row):
    """at most 70, or nothing."""
    return next((f"at {key} {number(row[key], row)}" for key in ("most", "least") if key in row),
                "")


def plain(text):
    """Without Markdown."""
    return text.replace("`", "")


def table():
    """Rows (what, one cell a column, ratio, budget, verdict) in groups: (title, rows). The ratio is to
    the peer, and above 1 when ours is better. What nobody has measured is left out."""
    for group in groups():
        rows = [cells for row in group["rows"] if (cells := line(row, group))]
        if rows:
            yield group["title"], rows


def line(row, group):
    """One row of the table as texts, or None."""
    more = group.get("more", False)
    paths = dict.fromkeys(row["value"].format(who)
                          for who in ("muffin", group.get("peer", PEER), "floor"))
    values = [kept(path) for path in paths] + [None] * (len(COLUMNS) - len(paths))
    if not any(values):
        return None
    ours, theirs, *_ = values
    ratio = f"{(ours / theirs if more else theirs / ours):.3g} ×" if ours and theirs else ""
    verdict = "" if ours is None or within(row, ours) else "OVER"
    cells = ("" if value is None else number(value, row) for value in values)
    return row["what"], *cells, ratio, budget_text(row), verdict


def text_row(what, cells, limit, verdict):
    """A row as text: what was measured, in as many lines as it takes, the numbers in the last."""
    *before, last = textwrap.wrap(plain(what), WHAT, subsequent_indent="  ")
    numbers = "".join(f"{cell:>{width}}" for cell, width in zip(cells, CELLS))
    return "\n".join([f"  {part}" for part in before] +
                     [f"  {last:{WHAT}}{numbers}  {limit:{BUDGET}}{verdict}".rstrip()])


def main():
    """Print the table of everything that was measured last; fail when a budget is exceeded."""
    good = True
    print(text_row("a ratio above 1: ours is better", [*COLUMNS, "ratio"], "budget", ""))
    for title, rows in table():
        print("\n" + textwrap.fill(plain(title), 100))
        for what, *cells, limit, verdict in rows:
            good &= not verdict
            print(text_row(what, cells, limit, verdict))
    sys.exit(not good)


if __name__ == "__main__":
    main()
