#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""native.py - net/ built for this host beside lwIP and DPDK: time-stamp counter ticks and instructions.

Not here: the stacks (bench/native). Ticks are medians of batches, all ways in turns within one process; of several
processes, which are spread over the bench's time, the least: what else the machine does only adds. Instructions are
callgrind's, of the batches alone: in a second run with so many more, and divided. callgrind does not run DPDK.
"""
import argparse
import re
import shutil
import subprocess
import sys

from budget import judge, keep, run

CALLS = 20, 120     # batches of the two counted runs
RUN_S = 120
VARIANT = re.compile("(_64)?(_offload)?$")  # what is not in the name of a batch's function

# What stands beside what: name in budgets.toml -> our way, the peer's. lwIP has no batches: its calls in a row.
COMPARISONS = {
    "sendto": ("sendto", "lwip_send"),
    "send": ("send", "lwip_send"),
    "sendmmsg": ("sendmmsg", "lwip_send"),
    "segment": ("segment", "lwip_send"),
    "sendto_64": ("sendto_64", "lwip_send_64"),
    "sendmmsg_64": ("sendmmsg_64", "lwip_send_64"),
    "recvmmsg": ("recvmmsg", "lwip_recv"),
    "recvmmsg_64": ("recvmmsg_64", "lwip_recv_64"),
    "built": ("sendmmsg_offload", "dpdk_build"),
    "built_64": ("sendmmsg_64_offload", "dpdk_build_64"),
    "prebuilt": ("sendmmsg_offload", "dpdk_prebuilt"),
    "prebuilt_64": ("sendmmsg_64_offload", "dpdk_prebuilt_64"),
    "kept": ("sendmmsg_offload", "dpdk_kept"),
    "parsed": ("recvmmsg", "dpdk_recv"),
    "parsed_64": ("recvmmsg_64", "dpdk_recv_64"),
}


def said_by(command):
    """What a command says, on both of its outputs."""
    if not shutil.which(command[0]):
        sys.exit(f"native: {command[0]} is not installed: run `make setup bench`")
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, check=False)
    if done.returncode:
        sys.exit(f"native: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def ticks(said):
    """{way: (datagrams a batch, median ticks a datagram)} of one process."""
    return {name: (int(datagrams), float(middle)) for name, datagrams, middle
            in re.findall(r"^ticks (\w+) (\d+) (\S+)", said, re.M)}


def instructions(program, way, datagrams):
    """Instructions a datagram: what a hundred batches more have cost more."""
    counts = []
    for calls in CALLS:
        said = said_by(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                        "--collect-atstart=no", f"--toggle-collect=batch_{VARIANT.sub('', way)}",
                        program, way, str(calls)])
        counts.append(int(re.search(r"Collected : (\d+)", said)[1]))
    return (counts[1] - counts[0]) / (CALLS[1] - CALLS[0]) / datagrams


def compare(ours, theirs):
    """{muffin, the peer, ratio: {ticks, instructions}} of two ways: (name, {ticks, instructions})."""
    both = ours[1].keys() & theirs[1].keys()
    return {"muffin": ours[1], theirs[0].split("_", maxsplit=1)[0]: theirs[1],
            "ratio": {unit: ours[1][unit] / theirs[1][unit] for unit in both}}


def measure(program):
    """{way: {ticks, instructions}}."""
    processes, found = [ticks(said_by([program]))], {}
    for way, (datagrams, _) in processes[0].items():
        processes.append(ticks(said_by([program])))
        found[way] = {}
        if not way.startswith("dpdk_"):
            found[way]["instructions"] = instructions(program, way, datagrams)
    for way, row in found.items():
        row["ticks"] = min(process[way][1] for process in processes)
    return found


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("program", help="build/bench/native/native")
    found = measure(parser.parse_args().program)
    for way, row in found.items():
        print(f"{way:20}", *(f"{number:8.1f} {unit}" for unit, number in sorted(row.items(), reverse=True)))
    keep("native", {name: compare((ours, found[ours]), (theirs, found[theirs]))
                    for name, (ours, theirs) in COMPARISONS.items()})
    sys.exit(not judge("native"))


if __name__ == "__main__":
    run("native", main)
