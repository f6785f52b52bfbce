#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""stages.py - guest instructions from the kernel's first to the first datagram's doorbell, by stage.

Not here: how long they take (boot_time.py). QEMU counts them (-icount) and stops at a stage's first
function through its gdb stub. Firmware comes before and is not counted.
"""
import argparse
import sys
import tempfile
from pathlib import Path

import guest
from budget import judge, keep, run
from profile import RSP, Stub, symbols
from qemu import Machine, Nic, null_net

# The function a stage begins with, in kmain's order; what is not reached is left out.
STAGES = {
    "boot_start": "long mode, first page tables",
    "kmain": "console, CPU, traps, randomness",
    "bootinfo_read": "command line",
    "page_init": "memory",
    "net_init": "network's tables",
    "pci_scan": "PCI, card",
    "ipconfig_apply": "addresses, routes, neighbours",
    "exec_load": "program and its memory",
    "clock_init": "clock: waits for the 8254, two milliseconds in all",
    "enter_user": "ring 3: libc, name, socket; the whole way down",
}
LAST = "enter_user"
DOORBELLS = ["e1000_xmit_frame", "e1000_xmit_again"]    # one of them rings it
WORDS = f"{guest.ADDRESS} hosts=b:10.0.2.2"


def count(kernel, addresses):
    """Instructions that a machine has executed when it has come to these addresses, one after the other.
    An address may be a function that is told the stub, which stands at the one before."""
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        path = Path(folder, "gdb")
        machine = Machine(kernel=kernel, append=WORDS, nics=[Nic(null_net())], icount=guest.ICOUNT,
                          extra=["-S", "-gdb", f"unix:{path},server=on,wait=off"])
        with machine.start() as running:
            running.monitor.command("query-status")     # the stub is there before the monitor is
            stub = Stub(path)
            try:
                for address in addresses:
                    stub.run_to(address(stub) if callable(address) else address)
                return running.monitor.command("query-replay")["icount"]
            finally:
                stub.close()


def behind_doorbell(table):
    """A function for count: from where the stub stands on to a doorbell's function, and where that returns to."""
    def follow(stub):
        for name in DOORBELLS:
            stub.ask(f"Z0,{table[name]:x},1")
        stub.ask("c")
        for name in DOORBELLS:
            stub.ask(f"z0,{table[name]:x},1")
        return stub.word(stub.register(RSP))
    return follow


def measure(kernel):
    """stage -> instructions, in order. One machine for each: time goes on in a machine that the stub has
    stopped, and what waits for a timer then does not."""
    table = dict(zip(*reversed(symbols(kernel))))
    starts = {name: count(kernel, [table[name]]) for name in STAGES if name in table}
    marks = sorted(starts.items(), key=lambda item: item[1])
    end = count(kernel, [table[LAST], behind_doorbell(table)])
    return {STAGES[name]: then - at
            for (name, at), (_, then) in zip(marks, [*marks[1:], ("end", end)])}


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
