#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""boot_time.py - wall time from starting QEMU to the first UDP frame on its wire.

Not here: what happens in between (stages.py). Muffin and the floor kernel run in turns, and each run
is compared with the one beside it, so that a host that is busy for a while slows both; the ratio is
the median of these. The clock stops when the frame reaches a socket of this script: frames that come
before the first UDP one (an ARP announcement) are timed too, but not compared.
Machine: static address and static neighbour, so nothing waits for an answer. With PEERS=linux the
same program runs on Linux, a few times only: there it takes seconds.
"""
import argparse
import select
import socket
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import frame  # noqa: E402
import linux_peer  # noqa: E402
from budget import judge, keep, run  # noqa: E402
from outcome import MachineError  # noqa: E402
from qemu import Machine, Nic, udp_net  # noqa: E402

RUN_S = 60
LINUX_RUNS = 3
PROGRAM = "build/user/muffin-send 10.0.2.2"     # on Linux; ours has it built in
LOOK_S = 0.2   # between looks whether the machine has ended
APPEND = ("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off hosts=b:10.0.2.2 "
          "neigh=10.0.2.2,52:55:0a:00:02:02 {console}")


def wire():
    """Two loopback sockets' worth of wire: our end, and the port QEMU may bind."""
    ours = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ours.bind(("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as spare:
        spare.bind(("127.0.0.1", 0))
        return ours, spare.getsockname()[1]


def first_frames(ours, running):
    """Seconds from the start to the first frame, and to the first UDP frame; None if none came."""
    first = None
    while time.perf_counter() < running.started + RUN_S:
        ended = running.ended       # before looking: what it sent last is in the socket then
        if not select.select([ours], [], [], LOOK_S)[0]:
            if ended:
                break
            continue
        raw = ours.recv(65536)
        now = time.perf_counter() - running.started
        first = first or now
        if frame.as_udp(raw):
            return first, now
    return None


def one_run(make):
    """Boot once; returns (first frame, first UDP frame, end) in seconds. make: a Machine for a card."""
    ours, port = wire()
    machine = make([Nic(udp_net(ours.getsockname()[1], port))])
    with ours, machine.start() as running:
        times = first_frames(ours, running)
        result = running.wait(RUN_S)
    if result.status != 0 or not times:
        why = result.words() if result.status else "ended without a UDP frame"
        raise MachineError(f"{why}\n{result.serial}{result.command}")
    return *times, result.seconds


def measure(machines, runs):
    """All runs in turns: name -> list of one_run's answers. The first of each is thrown away."""
    times = {name: [] for name in machines}
    for _ in range(runs + 1):
        for name, make in machines.items():
            times[name].append(one_run(make))
    return {name: rows[1:] for name, rows in times.items()}


def summary(rows):
    """Medians and spread in milliseconds."""
    any_frame, udp, end = ([row[i] * 1000 for row in rows] for i in range(3))
    return {"first_frame_ms": statistics.median(any_frame),
            "first_udp_ms": statistics.median(udp), "least_ms": min(udp), "most_ms": max(udp),
            "end_ms": statistics.median(end), "runs": len(rows)}


def show(name, row):
    """One line of the table."""
    print(f"{name:8} first frame {row['first_frame_ms']:7.1f} ms, "
          f"first UDP frame {row['first_udp_ms']:7.1f} ms "
          f"({row['least_ms']:.1f} .. {row['most_ms']:.1f}), end {row['end_ms']:7.1f} ms")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=121, help="of each, at least 3 (%(default)s)")
    parser.add_argument("--kernel", default="build/muffin.elf", help="(default: %(default)s)")
    parser.add_argument("--floor", default="build/floor.elf", help="(default: %(default)s)")
    parser.add_argument("--console", default="console=ttyS0,115200",
                        help="the kernel's console words (default: %(default)s)")
    args = parser.parse_args()
    if args.runs < 3:
        parser.error(f"--runs is {args.runs}: a median of fewer than 3 runs says nothing")
    return args


def main():
    """Measure, show, keep, judge."""
    args = parse_arguments()
    append = APPEND.format(console=args.console)
    machines = {"floor": lambda nics: Machine(kernel=args.floor, nics=nics),
                "muffin": lambda nics: Machine(kernel=args.kernel, append=append, nics=nics)}
    linux = {"linux": lambda nics: linux_peer.machine(PROGRAM, nics)}
    beside_linux = linux_peer.wanted()
    runs = measure(machines, args.runs)
    if beside_linux:
        runs |= measure(linux, LINUX_RUNS)
    rows = {name: summary(r) for name, r in runs.items()}
    for name, row in rows.items():
        show(name, row)
    ratio = statistics.median(ours[1] / bare[1] for ours, bare in zip(runs["muffin"],
                                                                      runs["floor"]))
    keep("boot_time", rows | {"ratio": round(ratio, 3)})
    sys.exit(not judge("boot_time"))


if __name__ == "__main__":
    run("boot_time", main)
