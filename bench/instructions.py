#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""instructions.py - guest instructions of each way to send, from the program's call to its return.

Not here: what the program does (bench/programs/bench-send.c), its machine (guest.py), the budgets
(budgets.toml). QEMU counts instructions as time (-icount shift=0), so two runs agree to the digit;
with ACCEL=kvm it cannot, and what is shown are ticks, without budgets.
"""
import argparse
import sys

import guest
import linux_peer
from budget import judge, keep, run

PKTGEN = "pktgen=1000000,32"   # frames, and how many a doorbell
FLOOR_COUNT = 100000


def measure(kernel, program, rounds):
    """who -> name -> instructions a datagram."""
    beside_linux = linux_peer.wanted()
    arguments = f"rounds={rounds}"
    found = {"muffin": guest.costs(guest.on_muffin(arguments, kernel=kernel, program=program,
                                                   icount=guest.ICOUNT))}
    found["floor"] = {name: {"median": row["ticks"], "mean": row["ticks"]} for name, row in
                      guest.floor_floods(FLOOR_COUNT, icount=guest.ICOUNT).items()}
    if beside_linux:
        text = guest.on_linux(arguments, program, before=PKTGEN, icount=guest.ICOUNT)
        found["linux"] = guest.costs(text)
        found["linux"]["pktgen"] = {"mean": guest.floods(text)["pktgen"]["ticks"]}
        found["linux_version"] = linux_peer.version()
    return found


def show(found, unit):
    """One line a way to send; what is cached shows as the distance between the rows."""
    print(f"{unit + ' a datagram':24} {'median':>9} {'least':>9} {'most':>9} {'mean':>9}")
    for who in ("muffin", "floor", "linux"):
        for name, row in found.get(who, {}).items():
            cells = (f"{row[key]:9.1f}" if key in row else " " * 9
                     for key in ("median", "least", "most", "mean"))
            print(f"{who:6} {name:17}", *cells)


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=2001)
    parser.add_argument("--kernel", default=guest.KERNEL)
    parser.add_argument("--program", default=guest.PROGRAM)
    args = parser.parse_args()
    found = measure(args.kernel, args.program, args.rounds)
    unit = "instructions" if guest.ICOUNT else "ticks"
    show(found, unit)
    keep(unit, found)
    sys.exit(not judge(unit))


if __name__ == "__main__":
    run("instructions", main)
