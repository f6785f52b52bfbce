#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""throughput.py - datagrams a second, in one QEMU after the other.

Not here: what a call costs by itself (instructions.py). The bare ring (bench/floor), muffin and, with
PEERS=linux, Linux with pktgen run in turns, and each run is compared with those beside it, so that a
host that is busy for a while slows all of them. A second is one that QEMU spent on a CPU: on a host with
nothing else to do that is the wall clock's. The median of the ratios counts, not their best.
"""
import argparse
import statistics
import sys

import guest
import linux_peer
from budget import judge, keep, run
from outcome import MachineError

sys.path.insert(0, str(guest.ROOT / "tools"))

from qemu import Nic, user_net  # noqa: E402

WAYS = "sendto,send,sendmmsg,segment,sendto_1472,segment_1472"
LAST = "lengths"        # bench-send's last way: its end is the machine's, too late to be timed
COUNT, LINUX_COUNT, PKTGEN = 1000000, 50000, "pktgen=1000000,32"
USER_WAYS, USER_COUNT = "sendto,sendmmsg", 50000    # over a wire that takes each frame: QEMU's user network
FLOOR_COUNT = 4000000
RATIOS = {  # name: (ours, whose, theirs)
    "sendto_to_linux": ("sendto", "linux", "sendto"),
    "sendmmsg_to_pktgen": ("sendmmsg", "linux", "pktgen"),
    "segment_to_floor": ("segment", "floor", "segment"),
    "sendto_to_floor": ("sendto", "floor", "sendto"),
}


def rate(who, name, cpu_s):
    """Packets a second, of seconds a packet."""
    if cpu_s <= 0:
        raise MachineError(f"{who}'s {name}: this host is too busy to see when it began and ended")
    return 1 / cpu_s


def one_round(beside_linux):
    """who -> name -> packets a second of QEMU's CPU time."""
    found = {"muffin": guest.floods(guest.on_muffin(f"flood={COUNT} only={WAYS},{LAST}")),
             "floor": guest.floor_floods(FLOOR_COUNT)}
    if beside_linux:
        found["linux"] = guest.floods(guest.on_linux(f"flood={LINUX_COUNT} only={WAYS},{LAST}",
                                                     before=PKTGEN))
    return {who: {name: rate(who, name, row["cpu_s"]) for name, row in rows.items() if name != LAST}
            for who, rows in found.items()}


def over_user_network(beside_linux):
    """who -> name -> the same where QEMU's user network takes each frame apart and sends it to this host's loopback."""
    ways = f"flood={USER_COUNT} only={USER_WAYS},{LAST}"
    found = {"muffin": guest.floods(guest.on_muffin(ways, nics=[Nic(user_net())]))}
    if beside_linux:
        found["linux"] = guest.floods(guest.on_linux(ways, nics=[Nic(user_net())]))
    return {who: {name: round(rate(who, name, row["cpu_s"])) for name, row in rows.items() if name != LAST}
            for who, rows in found.items()}


def ratios(rounds):
    """name -> median over the rounds of ours / theirs, packets a second; what is missing is left out."""
    found = {}
    for name, (ours, who, theirs) in RATIOS.items():
        each = [r["muffin"][ours] / r[who][theirs] for r in rounds
                if ours in r["muffin"] and theirs in r.get(who, {})]
        if each:
            found[name] = round(statistics.median(each), 3)
            print(f"{name:20} {found[name]:7.2f}  ({min(each):.2f} .. {max(each):.2f})")
    return found


def medians(rounds):
    """who -> name -> median packets a second, each shown with its spread."""
    found = {}
    for who in rounds[0]:
        for name in rounds[0][who]:
            each = [r[who][name] for r in rounds]
            found.setdefault(who, {})[name] = round(statistics.median(each))
            print(f"{who:8} {name:14} {statistics.median(each):12,.0f} packets/s  "
                  f"({min(each):,.0f} .. {max(each):,.0f})")
    return found


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    args = parser.parse_args()
    beside_linux = linux_peer.wanted()
    rounds = [one_round(beside_linux) for _ in range(args.rounds)]
    user = over_user_network(beside_linux)
    for who, row in user.items():
        print(f"{who:8}", *(f"{name} {each:,} packets/s" for name, each in row.items()), "over QEMU's user network")
    if beside_linux:
        user["ratio"] = round(user["muffin"]["sendto"] / user["linux"]["sendto"], 2)
    keep("throughput", medians(rounds) | {"ratios": ratios(rounds), "rounds": args.rounds, "user": user})
    sys.exit(not judge("throughput"))


if __name__ == "__main__":
    run("throughput", main)
