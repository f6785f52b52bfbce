# SPDX-License-Identifier: MIT
"""budget.py - what every bench needs: a place for its numbers, the budgets, a verdict, the table.

Not here: measuring. Used by the benches of this folder and tools/readme.py. Calls nothing.
"""
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "bench"
COLUMNS = ("muffin", "peer", "bare ring")
PEER = "linux"          # of a group that does not name another


def groups():
    """budgets.toml: [{title, rows: [{what, value, most or least, unit}], peer, more}]."""
    with open(ROOT / "bench" / "budgets.toml", "rb") as file:
        return tomllib.load(file)["group"]


def keep(name, numbers):
    """Write the numbers to build/bench/name.json."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name}.json"
    path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
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


def judge(name):
    """Print the rows of one bench beside their budgets; returns whether all are kept."""
    good = True
    for row in (row for group in groups() for row in group["rows"]):
        value = kept(row["value"].format("muffin"))
        if not row["value"].startswith(name + ".") or not {"most", "least"} & row.keys():
            continue
        if value is None:
            print(f"{plain(row['what'])}: not measured, {budget_text(row)}")
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


def main():
    """Print the table of everything that was measured last; fail when a budget is exceeded."""
    good = True
    heads = [*COLUMNS, "ratio"]
    print(" " * 62 + " ".join(f"{head:>12}" for head in heads) + "  budget")
    for title, rows in table():
        print(f"\n{title}")
        for what, *cells, limit, verdict in rows:
            good &= not verdict
            print(f"  {plain(what)[:60]:60}" + " ".join(f"{cell:>12}" for cell in cells) +
                  f"  {limit} {verdict}".rstrip())
    sys.exit(not good)


if __name__ == "__main__":
    main()
