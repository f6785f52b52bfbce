#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""many.py - guest instructions of sending away from one flow: many destinations, sockets and lengths; the same with
a rule, a packet socket, a capture, a queueing discipline.

Not here: what the program does (bench/programs/bench-many.c), one flow (instructions.py), the budgets (budgets.toml).
"""
import sys
import tempfile
from pathlib import Path

import guest
import linux_peer
from budget import judge, keep, run

sys.path.insert(0, str(guest.ROOT / "tools"))

from qemu import Machine, Nic, null_net  # noqa: E402

PROGRAM = "build/bench/programs/bench-many"
RULE = "filter=out,proto=udp,dport=9,drop"
# What is on meanwhile: the kernel's words, the program's.
WITH = {
    "rule": (RULE, ""),
    "rules": (" ".join(f"filter=out,proto=udp,dport={port},drop" for port in range(9, 19)), ""),
    "tap": ("", "tap=1"),
    "capture": ("pcap", "rest=5 rounds=101"),
    "pfifo": ("qdisc=pfifo", ""),
    "tbf": ("qdisc=tbf,rate=100mpps,burst=1000", ""),
}


def measure(words, arguments):
    """name -> median instructions a datagram. The capture's line goes to a file."""
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        more = {"extra": ["-serial", f"file:{Path(folder, 'pcap')}"]} if words == "pcap" else {}
        text = guest.on_muffin(arguments, words=words, program=PROGRAM, icount=guest.ICOUNT, **more)
    return {name: row["median"] for name, row in guest.costs(text).items()}


def growth():
    """name -> what it costs with more of it in use, to that with fewer: hosts that are neighbours, sockets."""
    address = guest.ADDRESS.replace("255.255.255.0", "255.255.0.0")
    found = {}
    for name, few, many in (("hosts", 64, 1000), ("sockets", 10, 250)):
        costs = []
        for n in (few, many):
            machine = Machine(kernel=guest.KERNEL, initrd=PROGRAM, nics=[Nic(null_net())], icount=guest.ICOUNT,
                              append=f"{address} -- only=nothing,{name} {name}={n} rounds=2001")
            costs.append(guest.costs(guest.said_by(machine, "muffin"))[name]["median"])
        found[name] = round(costs[1] / costs[0], 4)
        print(f"{name} in turn: {few} {costs[0]:.0f}, {many} {costs[1]:.0f}")
    return found


def main():
    """Measure, show, keep, judge."""
    found = {"muffin": measure("", "")}
    if linux_peer.wanted():
        text = guest.on_linux("", PROGRAM, icount=guest.ICOUNT)
        found["linux"] = {name: row["median"] for name, row in guest.costs(text).items()}
    beyond = {}
    for what, (words, arguments) in WITH.items():
        rows = measure(words, arguments)
        found[what] = {name: round(rows[name] - found["muffin"][name], 1) for name in rows}
        beyond[what] = max(value for name, value in found[what].items() if not name.startswith("imix"))
    print(f"{'instructions a datagram':14}", *(f"{name:>9}" for name in found))
    for name in found["muffin"]:
        print(f"{name:23}", *(f"{found[what].get(name, 0):9.1f}" for what in found))
    found["most"] = beyond | {"further_rule": round(
        max(found["rules"][name] - found["rule"][name] for name in found["rule"]) / 9, 2)}
    found["growth"] = growth()
    keep("many", found)
    sys.exit(not judge("many"))


if __name__ == "__main__":
    run("many", main)
