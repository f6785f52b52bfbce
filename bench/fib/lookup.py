#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""lookup.py - guest instructions from fib_table_lookup to the fib_info, and to load a million routes.

Not here: nanoseconds beside DPDK (run.py). QEMU's default CPU, which has no POPCNT. The machine is
stopped at its first lookup for a program and made to do it again and again with other addresses, one
instruction at a time through the gdb stub; the fib_info is there when a register holds it.
"""
import random
import re
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tools")]

import cpio  # noqa: E402
from budget import judge, keep, run  # noqa: E402
from guest import ADDRESS, ICOUNT, KERNEL  # noqa: E402
from outcome import MachineError  # noqa: E402
from profile import RIP, RSP, Stub, symbols  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402

SIZES = (3, 1000, 1000000)  # an interval list, a small root, a full root
LOOKUPS = 150               # each of prefixes up to /24, and of longer ones
STEPS_MAX = 1000
RUN_S = 100
RSI, RDX = 4, 3             # flp and res at the entry
RES_FI = 16                 # offset of fib_result.fi
LENGTHS = {24: 60, 23: 11, 22: 12, 21: 6, 20: 5, 19: 3, 18: 1, 16: 1, 12: 0.1,
           25: 0.3, 28: 0.3, 30: 0.2, 32: 0.2}


def prefixes(n):
    """n different (prefix, length), outside those that mean something here."""
    rng, found = random.Random(n), {}
    while len(found) < n:
        length, = rng.choices(list(LENGTHS), LENGTHS.values())
        prefix = rng.randrange(11 << 24, 127 << 24) >> (32 - length) << (32 - length)
        found[prefix, length] = None
    return list(found)


def line(prefix, length):
    """A route as /etc/routes has it."""
    octets = ".".join(str(prefix >> shift & 255) for shift in (24, 16, 8, 0))
    return f"{octets}/{length} 10.0.2.{2 + prefix // 4096 % 200} eth0\n"


def destinations(routes, rng):
    """A random host of each of some routes."""
    return [prefix | rng.getrandbits(32 - length) if length < 32 else prefix
            for prefix, length in rng.choices(routes, k=LOOKUPS)]


class Lookup:
    """A machine that stands at the first instruction of fib_table_lookup."""

    def __init__(self, stub, entries):
        self._stub = stub
        stub.run_to(entries["ip_route_output_flow"])
        stub.run_to(entries["fib_table_lookup"])
        self._registers = stub.ask("g")
        self._flp, self._res = stub.register(RSI), stub.register(RDX)
        self._back = stub.word(stub.register(RSP))
        self._daddr = stub.ask(f"m{self._flp:x},4")

    def _begin(self, daddr):
        self._stub.ask("G" + self._registers)
        self._stub.ask(f"M{self._flp:x},4:{daddr}")

    def leave(self):
        """Let the machine go on as if nothing had happened."""
        self._begin(self._daddr)
        self._stub.ask("D")

    def cost(self, addr):
        """Instructions until a register holds the fib_info of the answer."""
        stub, seen = self._stub, []
        self._begin(f"{addr:08x}")
        while stub.register(RIP) != self._back:
            stub.ask("s")
            seen.append(bytes.fromhex(stub.ask("g"))[:16 * 8])
            if len(seen) > STEPS_MAX:
                raise MachineError("fib_table_lookup does not return")
        info = stub.word(self._res + RES_FI).to_bytes(8, "little")
        return next(i for i, values in enumerate(seen, 1)
                    if any(values[at:at + 8] == info for at in range(0, len(values), 8)))


def measure(n, folder):
    """The costs in a table of n routes, and the milliseconds it took to load: a million instructions
    each, as QEMU counts."""
    routes = prefixes(n)
    initrd, path = Path(folder, "initrd"), Path(folder, "gdb")
    initrd.write_bytes(cpio.archive({"etc/routes": "".join(
        line(*route) for route in routes).encode()}))
    addresses, symbol_names = symbols(KERNEL)
    machine = Machine(kernel=KERNEL, initrd=str(initrd), mem="512M", icount=ICOUNT,
                      append=f"{ADDRESS} hosts=b:11.1.1.1 init=muffin-send", nics=[Nic(null_net())],
                      extra=["-S", "-gdb", f"unix:{path},server=on,wait=off"])
    with machine.start() as running:
        running.monitor.command("query-status")     # the stub is there before the monitor is
        stub = Stub(path)
        try:
            lookup = Lookup(stub, dict(zip(symbol_names, addresses)))
            rng = random.Random(1)
            short = [r for r in routes if r[1] <= 24]
            longer = [r for r in routes if r[1] > 24] or short
            costs = [[lookup.cost(addr) for addr in destinations(some, rng)]
                     for some in (short, longer)]
            lookup.leave()
        finally:
            stub.close()
        result = running.wait(RUN_S)
    loaded = re.search(r"routes: \d+ from the initrd, in (\d+) ms", result.serial)
    if not loaded:
        raise MachineError(f"no routes were loaded: {result.words()}\n{result.serial}")
    return costs, int(loaded[1])


def main():
    """Measure, show, keep, judge."""
    found = {}
    for n in SIZES:
        with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
            (short, longer), loaded = measure(n, folder)
        found[str(n)] = {"median": statistics.median(short), "most": max(short),
                         "longer": max(longer), "load_ms": loaded}
        print(f"{n:9,} routes: {found[str(n)]}")
    keep("lookup", found)
    sys.exit(not judge("lookup"))


if __name__ == "__main__":
    run("lookup", main)
