#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""native.py - net/ built for this host beside lwIP: time-stamp counter ticks and instructions.

Not here: the two stacks (bench/native). Ticks are medians of batches in turns within one process;
instructions are callgrind's, of the batches alone: in a second run with so many more, and divided.
"""
import argparse
import re
import shutil
import subprocess
import sys

from budget import judge, keep, run

BATCH, CALLS = 64, (20, 120)    # datagrams a batch; batches of the two counted runs
RUN_S = 120


def said_by(command):
    """What a command says, on both of its outputs."""
    if not shutil.which(command[0]):
        sys.exit(f"native: {command[0]} is not installed: run `make setup bench`")
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, check=False)
    if done.returncode:
        sys.exit(f"native: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def instructions(program, way):
    """Instructions a datagram: what a hundred batches more have cost more."""
    counts = []
    for calls in CALLS:
        said = said_by(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                        "--collect-atstart=no",
                        f"--toggle-collect=batch_{way.removesuffix('_offload')}",
                        program, way, str(calls)])
        counts.append(int(re.search(r"Collected : (\d+)", said)[1]))
    return (counts[1] - counts[0]) / (CALLS[1] - CALLS[0]) / BATCH


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program", help="build/bench/native/native")
    args = parser.parse_args()
    said = said_by([args.program])
    found = {name: {"ticks": float(median), "instructions": instructions(args.program, name)}
             for name, median in re.findall(r"^ticks (\w+) (\S+)", said, re.M)}
    peer = found.pop("lwip")
    for name, row in (("lwIP udp_sendto", peer), *found.items()):
        print(f"{name:17} {row['ticks']:8.1f} ticks {row['instructions']:8.1f} instructions")
    keep("native", {"muffin": found, "lwip": dict.fromkeys(found, peer), "ratios": {
        name: {key: row[key] / peer[key] for key in row} for name, row in found.items()}})
    sys.exit(not judge("native"))


if __name__ == "__main__":
    run("native", main)
