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
    "clock_init": "clock: waits for the 8254, two milliseconds in all",
    "pci_scan": "PCI, card",
    "ipconfig_apply": "addresses, routes, neighbours",
    "exec_load": "program and its memory",
    "enter_user": "ring 3: libc, name, socket; the whole way down",
}
LAST = "enter_user"
DOORBELL = "e1000_xmit_frame"
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


def caller(stub):
    """Where the function that has just been entered returns to."""
    return stub.word(stub.register(RSP))


def measure(kernel):
    """stage -> instructions, in order. One machine for each: time goes on in a machine that the stub has
    stopped, and what waits for a timer then does not."""
    table = dict(zip(*reversed(symbols(kernel))))
    starts = {name: count(kernel, [table[name]]) for name in STAGES if name in table}
    marks = sorted(starts.items(), key=lambda item: item[1])
    end = count(kernel, [table[LAST], table[DOORBELL], caller])
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
