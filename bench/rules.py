#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""rules.py - guest instructions that a filter rule costs which does not match.

Not here: the rules (bench/programs/bench-rules.c), the machine (guest.py).
"""
import sys

import guest
from budget import judge, keep, run

PROGRAM, ROUNDS = "build/bench/programs/bench-rules", 201


def main():
    """Measure, show, keep, judge."""
    rows = guest.costs(guest.on_muffin(str(ROUNDS), program=PROGRAM, icount=guest.ICOUNT))
    numbers = {name: row["median"] for name, row in rows.items()}
    for name, each in numbers.items():
        print(f"{name}: {each:.0f}")
    keep("rules", numbers | {"most": max(numbers.values())})
    sys.exit(not judge("rules"))


if __name__ == "__main__":
    run("rules", main)
