#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""rules.py - guest instructions that a filter rule costs which does not match.

Not here: the rules (bench/programs/bench-rules.c), how it is counted (instructions.py).
"""
import sys

from budget import budget, keep, verdict
from instructions import measure
from outcome import MachineError

ROUNDS = 201


def main():
    """Measure, show, keep, judge."""
    try:
        rows = measure("build/muffin.elf", "build/bench/programs/bench-rules", ROUNDS)
    except MachineError as error:
        sys.exit(f"rules: {error}")
    limit = budget("rule_instructions")
    good = [verdict(name, median, limit) for name, (median, *_) in rows.items()]
    keep("rules", {name: median for name, (median, *_) in rows.items()})
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
