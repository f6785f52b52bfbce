#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""instructions.py - guest instructions of one system call, from the program's call to its return.

Not here: what the program does (bench/programs/bench-send.c). QEMU counts instructions as time
(-icount shift=0), so two runs agree to the digit; the cost of reading the clock twice is taken off.
The wire is two ports of a hub: it takes every frame and costs nothing.
"""
import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from budget import budget, keep, verdict  # noqa: E402
from outcome import MachineError  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402

RUN_S = 60
APPEND = ("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off "
          "neigh=10.0.2.2,52:55:0a:00:02:02 -- {rounds}")
ROW = re.compile(r"^(\w+) (\d+) (\d+) (\d+)\r?$", re.MULTILINE)
BUDGETS = {"sendto": "sendto_instructions"}


def measure(kernel, program, rounds):
    """name -> (median, least, most) in instructions."""
    machine = Machine(kernel=kernel, initrd=str(program),
                      append=APPEND.format(rounds=rounds), nics=[Nic(null_net())],
                      icount="shift=0,sleep=off")
    result = machine.run(RUN_S)
    rows = {m[1]: tuple(map(int, m.groups()[1:])) for m in ROW.finditer(result.serial)}
    if result.status != 0 or "nothing" not in rows:
        raise MachineError(f"{kernel}: {result.words()}\n{result.serial}{result.command}")
    empty = rows.pop("nothing")[0]
    return {name: tuple(n - empty for n in row) for name, row in rows.items()}


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=2001)
    parser.add_argument("--kernel", default="build/muffin.elf")
    parser.add_argument("--program", default="build/bench/programs/bench-send")
    args = parser.parse_args()
    try:
        rows = measure(args.kernel, args.program, args.rounds)
    except MachineError as error:
        sys.exit(f"instructions: {error}")
    good = True
    for name, (median, least, most) in rows.items():
        if name in BUDGETS:
            good &= verdict(f"{name} ({least} .. {most})", median, budget(BUDGETS[name]))
        else:
            print(f"{name}: {median} ({least} .. {most})")
    keep("instructions", {name: dict(zip(("median", "least", "most"), row))
                          for name, row in rows.items()})
    sys.exit(not good)


if __name__ == "__main__":
    main()
