#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""chaos.py - random system calls for as long as asked for, one machine after the other, each with a new
seed.

Not here: the calls (tests/boot/programs/chaos.c), a short run with known seeds (test_chaos.py).
`make fuzz FUZZ_SECONDS=<n>` runs it. Calls tools/qemu.py.
"""
import argparse
import random
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tools"), str(ROOT / "tests" / "boot")]

import images  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402
from support import ADDRESS, CONSOLE, DROPPED, NEIGH, check_balance  # noqa: E402

MACHINE_S = 120     # of one seed
END_S = 120         # more than its end may wait for
MACHINES = ({"mem": "64M"}, {"mem": "64M", "cpu": "max"}, {"mem": "5M"})


def run(kernel, program, seed, seconds, machine):
    """One machine: its Result."""
    return Machine(kernel=kernel, append=f"{CONSOLE} {ADDRESS} {NEIGH} -- {seed} {seconds}",
                   initrd=str(program), nics=[Nic(null_net())], **machine).run(seconds + END_S)


def main():
    """One seed after the other; the exit status tells whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernel", default=ROOT / "build" / "muffin.elf")
    parser.add_argument("--seconds", type=int, default=MACHINE_S)
    parser.add_argument("--seed", type=int, help="this one alone")
    args = parser.parse_args()
    end = time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory(prefix="muffin-chaos-") as folder:
        program = images.compile_program("chaos", Path(folder) / "chaos")
        for number in range(1_000_000):
            seed = args.seed or random.randrange(2**40)
            seconds = max(1, min(MACHINE_S, int(end - time.monotonic())))
            print(f"chaos: seed {seed}, {seconds} s", end="", flush=True)
            result = run(args.kernel, program, seed, seconds, MACHINES[number % len(MACHINES)])
            calls = re.search(r"^chaos: (.*), still here$", result.serial, re.M)
            print(f": {calls.group(1) if calls else result.words()}", flush=True)
            if not calls or result.status not in (0, DROPPED):
                print(result.serial, result.words(), f"again: {sys.argv[0]} --seed {seed}", sep="\n")
                return 1
            check_balance(result)
            if args.seed or time.monotonic() >= end:
                return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
