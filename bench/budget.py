# SPDX-License-Identifier: MIT
"""budget.py - what every bench needs: the budgets, a verdict, a place for the numbers.

Not here: measuring. Used by the benches of this folder. Calls nothing.
"""
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "bench"


def budget(name):
    """One number of budgets.toml."""
    with open(ROOT / "bench" / "budgets.toml", "rb") as file:
        budgets = tomllib.load(file)
    if name not in budgets:
        sys.exit(f"bench: budgets.toml has no '{name}'")
    return budgets[name]


def keep(name, numbers):
    """Write the numbers to build/bench/name.json."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = KEPT / f"{name}.json"
    path.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(f"kept in {path.relative_to(ROOT)}")


def verdict(what, value, limit, unit=""):
    """Print a value beside its budget; returns whether it keeps it."""
    good = value <= limit
    word = "kept" if good else "OVER BUDGET"
    print(f"{what}: {value:g}{unit}, budget {limit:g}{unit}: {word}")
    return good
