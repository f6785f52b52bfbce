#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""stages.py - guest instructions from the kernel's first to the first datagram's doorbell, by stage.

Not here: how long they take (boot_time.py). QEMU counts them (-icount) and stops at each stage's first
function through its gdb stub. Firmware comes before and is not counted.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import guest
from budget import judge, keep, run
from profile import RIP, RSP, Stub, symbols
from qemu import Machine, Nic, null_net

# The function a stage begins with, in kmain's order; what is not reached is left out.
STAGES = {
    "boot_start": "long mode, first page tables",
    "kmain": "console, CPU, traps, randomness",
    "bootinfo_read": "command line",
    "page_init": "memory",
    "net_init": "network's tables",
    "clock_init": "clock: waits for the 8254, two milliseconds in all",
    "pci_scan": "PCI, card",
    "ipconfig_apply": "addresses, routes, neighbours",
    "exec_load": "program and its memory",
    "enter_user": "ring 3: libc, name, socket; the whole way down",
}
LAST = "enter_user"
DOORBELL = "e1000_xmit_frame"
WORDS = f"{guest.ADDRESS} hosts=b:10.0.2.2"


def stop_at(stub, address):
    """A breakpoint there."""
    stub.ask(f"Z0,{address:x},1")


def follow(stub, monitor, addresses):
    """function -> instructions executed before its first, as the functions are met; the last is
    the end of the first datagram's DOORBELL function."""
    found, names = {}, {address: name for name, address in addresses.items() if name != DOORBELL}
    for address in names:
        stop_at(stub, address)
    while LAST not in found:
        stub.ask("c")
        at = stub.register(RIP)
        stub.ask(f"z0,{at:x},1")
        found[names[at]] = monitor.command("query-replay")["icount"]
    for address in names:
        stub.ask(f"z0,{address:x},1")
    stub.run_to(addresses[DOORBELL])
    stub.run_to(stub.word(stub.register(RSP)))
    found["end"] = monitor.command("query-replay")["icount"]
    return found


def measure(kernel):
    """stage -> instructions, in order."""
    table = dict(zip(*reversed(symbols(kernel))))
    addresses = {name: table[name] for name in [*STAGES, DOORBELL] if name in table}
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        path = Path(folder, "gdb")
        machine = Machine(kernel=kernel, append=WORDS, nics=[Nic(null_net())], icount=guest.ICOUNT,
                          extra=["-S", "-gdb", f"unix:{path},server=on,wait=off"])
        with machine.start() as running:
            running.monitor.command("query-status")     # the stub is there before the monitor is
            stub = Stub(path)
            try:
                found = follow(stub, running.monitor, addresses)
            finally:
                stub.close()
    marks = list(found.items())
    return {STAGES[name]: then - at for (name, at), (_, then) in zip(marks, marks[1:])}


def main():
    """Measure, show, keep, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", default=guest.KERNEL)
    parser.add_argument("--road", default="build/road.elf", help="a kernel without parts")
    args = parser.parse_args()
    found = measure(args.kernel)
    total = sum(found.values())
    for stage, n in found.items():
        print(f"{n:10,} {n / total:6.1%}  {stage}")
    print(f"{total:10,} 100.0%  from entry to the first datagram's doorbell")
    road = sum(measure(args.road).values())
    print(f"{road:10,} {road / total:6.1%}  the same of {args.road}")
    keep("stages", {"stages": found, "total": total, "road": {"total": road}})
    sys.exit(not judge("stages"))


if __name__ == "__main__":
    run("stages", main)
