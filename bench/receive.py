#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""receive.py - guest instructions of each way to receive, and what they are among many of something.

Not here: what the program does (bench/programs/bench-recv.c), the budgets (budgets.toml), sending
(instructions.py). Two cards on one wire, the second in a namespace of its own: the machine receives
what it sends. QEMU's e1000 gives no verdict on checksums, so every byte is summed up.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import guest
import linux_peer
from budget import judge, keep, run
from growth import MEM, routes_file

sys.path.insert(0, str(guest.ROOT / "tools"))

import cpio  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402

PROGRAM = "build/bench/programs/bench-recv"
MACS = ("52:54:00:00:00:01", "52:54:00:00:00:02")
FLOOD, LINUX_FLOOD = 200000, 20000
GROWN = {"sockets": ("sockets=250", 0), "senders": ("senders=1000", 0), "routes": ("", 1000000)}
GROWTH_WAYS = "nothing,recvfrom,recvmmsg"


def cards():
    """Both on one hub."""
    return [Nic(null_net(), mac=mac) for mac in MACS]


def on_muffin(arguments, routes=0):
    """What the program said there. routes: how many further ones the table has."""
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        files = {"init": (guest.ROOT / PROGRAM).read_bytes()}
        if routes:
            files["etc/routes"] = routes_file(routes).encode()
        initrd = Path(folder, "initrd")
        initrd.write_bytes(cpio.archive(files))
        machine = Machine(kernel=guest.KERNEL, initrd=str(initrd), nics=cards(), mem=MEM,
                          append=f"{guest.ADDRESS} init=/init -- {arguments}", icount=guest.ICOUNT)
        return guest.said_by(machine, "muffin")


def on_linux(arguments):
    """What it said on Linux: as guest.on_linux, with two cards."""
    return guest.on_linux(arguments, PROGRAM, nics=cards(), icount=guest.ICOUNT)


def rows(text, rate):
    """name -> its numbers a datagram. What only looks for frames is taken off what drops some; rate: the
    text of a flood."""
    found = guest.costs(text)
    look = found["look"]
    for name in ("closed", "not_ours"):
        of = found[name]["datagrams"]
        for key in ("median", "least", "most", "mean"):
            found[name][key] -= look[key] / of
    copy = found["sendto_1472"]["least"] - found["sendto"]["least"]
    found["recvfrom_1472"]["beyond_copy"] = found["recvfrom_1472"]["median"] - copy
    found["batches"] = {"rate": round(1e9 / guest.floods(rate)["batches"]["ns"])}
    return found


def growth(few):
    """what -> name -> the cost among many, to that among few."""
    found = {}
    for what, (arguments, routes) in GROWN.items():
        many = guest.costs(on_muffin(f"only={GROWTH_WAYS} {arguments}", routes))
        if what == "senders":
            few = few | {"recvmmsg": few["recvmmsg_senders"]}   # in turn, too
        found[what] = {name: round(many[name]["median"] / few[name]["median"], 4) for name in many}
        print(f"growth {what:10}", *(f"{name} {ratio:.3f}" for name, ratio in found[what].items()))
    return found


def show(found, unit):
    """One line a way to receive."""
    print(f"{unit + ' a datagram':28} {'median':>9} {'least':>9} {'most':>9} {'mean':>9}")
    for who in ("muffin", "linux"):
        for name, row in found.get(who, {}).items():
            cells = (f"{row[key]:9.1f}" for key in ("median", "least", "most", "mean") if key in row)
            print(f"{who:6} {name:21}", *cells, *([f"{row['rate']} a second"] if "rate" in row else []))


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=501)
    parser.add_argument("--no-growth", action="store_true", help="only the costs among few")
    args = parser.parse_args()
    beside_linux = linux_peer.wanted()
    unit = "instructions" if guest.ICOUNT else "ticks"
    arguments = f"rounds={args.rounds}"
    found = {"muffin": rows(on_muffin(arguments), on_muffin(f"flood={FLOOD}"))}
    if beside_linux:
        found["linux"] = rows(on_linux(arguments), on_linux(f"flood={LINUX_FLOOD}"))
        found["ratio"] = round(found["muffin"]["batches"]["rate"] / found["linux"]["batches"]["rate"], 1)
    show(found, unit)
    if not args.no_growth:
        found["growth"] = growth(found["muffin"])
    keep("receive", found)
    sys.exit(not judge("receive", part=args.no_growth))


if __name__ == "__main__":
    run("receive", main)
