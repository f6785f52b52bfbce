#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""soak.py - millions of numbered datagrams by each call that sends: all on the wire, in order, none
twice, every frame whole.

Not here: reading the wire at that speed (check.c), sending (tests/boot/programs/soak.c).
`make soak` runs it; tests/boot/test_soak.py does a short one.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "tools"), str(ROOT / "tests" / "boot")]

import images  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402
from support import GATEWAY, STATIC, check_balance  # noqa: E402

MODES = ("sendto", "sendmmsg", "segment")
MILLIONS = 10
SLOWEST_PER_S = 1_000       # slower than this the machine is stuck
BUILD_S = 300


def build_checker(target):
    """check.c as a program of the host."""
    subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", target,
                    ROOT / "tests" / "soak" / "check.c"], check=True, timeout=BUILD_S)
    return target


def soak(kernel, program, checker, mode, count, folder):
    """One machine: (its Result, what the checker said)."""
    pipe = Path(folder) / f"{mode}.pcap"
    os.mkfifo(pipe)
    machine = Machine(kernel=kernel, append=f"{STATIC} -- {GATEWAY} {mode} {count}",
                      initrd=str(program), nics=[Nic(null_net(), pcap=pipe)])
    deadline = 180 + count / SLOWEST_PER_S
    with subprocess.Popen([checker, pipe], stdout=subprocess.PIPE, text=True) as checking:
        try:
            result = machine.run(deadline)
            said, _ = checking.communicate(timeout=deadline)
        finally:
            checking.kill()
    return result, said.strip()


def main():
    """All modes, one after the other; the exit status tells whether all was well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernel", default=ROOT / "build" / "muffin.elf")
    parser.add_argument("--count", type=int, default=MILLIONS * 1_000_000)
    parser.add_argument("modes", nargs="*", default=MODES, metavar="mode")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="muffin-soak-") as folder:
        program = images.compile_program("soak", Path(folder) / "soak")
        checker = build_checker(Path(folder) / "check")
        for mode in args.modes:
            started = time.monotonic()
            result, said = soak(args.kernel, program, checker, mode, args.count, folder)
            rate = args.count / (time.monotonic() - started)
            print(f"{mode}: {said}, {result.words()}, {rate:,.0f} a second", flush=True)
            check_balance(result)
            if result.status != 0 or not said.endswith(" in order"):
                print(result.serial)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
