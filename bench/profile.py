#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""profile.py - where each guest instruction of one warm system call goes, by stop and function.

Not here: how many there may be (instructions.py, budgets.toml), what the stops are (tools/road.toml).
QEMU runs the bench program up to its last call, then one instruction at a time through its gdb
stub. Debug information tells which function an instruction was written in, inlined or not; what no
stop owns (checksums, copies) counts for the stop that used it.
"""
import argparse
import bisect
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from budget import keep, run  # noqa: E402
from guest import ADDRESS, ICOUNT, KERNEL, PROGRAM  # noqa: E402
from outcome import MachineError  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402

WARM_UP = 64                # of bench-send.c
ROUNDS = 501                # enough for the transmit ring to have been all round
CALL_MAX = 200000           # instructions of one call; more means that the return was missed
RUN_S = 60
RSP, RIP = 7, 16            # places among the registers, eight bytes each (gdb's x86_64)
USER_TOP = 1 << 47


class Stub:
    """QEMU's gdb stub, as much of its protocol as this needs."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(RUN_S)
        self._socket.connect(str(path))
        self._buffer = b""

    def close(self):
        """Hang up."""
        self._socket.close()

    def ask(self, packet):
        """Send a packet, return the answer's text."""
        body = packet.encode()
        self._socket.sendall(b"$" + body + b"#%02x" % (sum(body) % 256))
        while self._buffer.count(b"#") < 1 or len(self._buffer.split(b"#", 1)[1]) < 2:
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError as error:
                raise MachineError(f"the machine went on for {RUN_S} s without getting where it was "
                                   "to stop") from error
            if not chunk:
                raise MachineError("the machine ended while it was being profiled")
            self._buffer += chunk
        answer, self._buffer = self._buffer.split(b"#", 1)
        self._buffer = self._buffer[2:]
        self._socket.sendall(b"+")
        return answer.lstrip(b"+$").decode()

    def register(self, number):
        """A 64-bit register."""
        registers = bytes.fromhex(self.ask("g"))
        return int.from_bytes(registers[number * 8:number * 8 + 8], "little")

    def word(self, address):
        """64 bits of memory."""
        return int.from_bytes(bytes.fromhex(self.ask(f"m{address:x},8")), "little")

    def run_to(self, address):
        """Continue until an instruction is next; its breakpoint is gone afterwards."""
        self.ask(f"Z0,{address:x},1")
        self.ask("c")
        self.ask(f"z0,{address:x},1")
        if self.register(RIP) != address:
            raise MachineError(f"the machine stopped at {self.register(RIP):#x}, not {address:#x}")


def symbols(elf):
    """Code symbols of an ELF file: sorted addresses, and their names."""
    done = subprocess.run(["nm", "-n", elf], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()]
    code = [(int(row[0], 16), row[2]) for row in rows if len(row) == 3 and row[1] in "tTwW"]
    return [address for address, _ in code], [name for _, name in code]


def record(kernel, program, call):
    """Addresses of all instructions of the last call of call_<call>, in order."""
    entry = {name: address for address, name in zip(*symbols(program))}.get(f"call_{call}")
    if entry is None:
        raise MachineError(f"{program} has no function call_{call}")
    with tempfile.TemporaryDirectory(prefix="muffin-") as folder:
        path = Path(folder, "gdb")
        machine = Machine(kernel=kernel, initrd=str(program), nics=[Nic(null_net())], icount=ICOUNT,
                          append=f"{ADDRESS} -- rounds={ROUNDS} only={call}",
                          extra=["-S", "-gdb", f"unix:{path},server=on,wait=off"])
        with machine.start() as running:
            running.monitor.command("query-status")     # the stub is there before the monitor is
            stub = Stub(path)
            try:
                return steps(stub, entry)
            finally:
                stub.close()


def steps(stub, entry):
    """Go to the last of the calls, then step through it."""
    for left in range(WARM_UP + ROUNDS - 1, -1, -1):
        stub.run_to(entry)
        if left:
            stub.ask("s")       # off the place where the breakpoint will be again
    back, trace = stub.word(stub.register(RSP)), []
    while (at := stub.register(RIP)) != back:
        trace.append(at)
        if len(trace) > CALL_MAX:
            raise MachineError(f"the call did not return within {CALL_MAX} instructions")
        stub.ask("s")
    return trace


class Road:
    """Which stop a function or a file belongs to."""

    def __init__(self):
        with open(ROOT / "tools" / "road.toml", "rb") as file:
            stops = tomllib.load(file)["stop"]
        self.names = [stop["name"] for stop in stops]
        self._functions, self._files = {}, {}
        for stop in stops:
            for function in stop["functions"]:
                self._functions.setdefault(function, stop["name"])
            for name in stop["files"]:
                self._files.setdefault(name, []).append(stop["name"])

    def stop(self, chain, before):
        """chain: (function, file) from the innermost outwards; before: the stop so far, which goes
        on where two share a file and where none owns any of the chain."""
        for function, file in chain:
            if function in self._functions:
                return self._functions[function]
            if file in self._files:
                return before if before in self._files[file] else self._files[file][0]
        return before


def inlining(kernel, addresses):
    """address -> [(function, file), ...] from the innermost function outwards."""
    done = subprocess.run(["addr2line", "-e", kernel, "-f", "-i", "-a"], check=True, text=True,
                          capture_output=True, input="".join(f"{a:#x}\n" for a in addresses))
    chains, rows = {}, iter(done.stdout.splitlines())
    for row in rows:
        if row.startswith("0x"):
            chain = chains[int(row, 16)] = []
        else:
            chain.append((row, source(next(rows).split(":")[0])))
    return chains


@cache
def source(path):
    """A source's path from here, wherever it was when it was compiled."""
    parts = Path(path).parts
    tails = (Path(*parts[i:]) for i in range(1, len(parts)))
    return str(next((tail for tail in tails if (ROOT / tail).is_file()), path))


def attribute(trace, kernel, program):
    """(stop, function) -> instructions, in the order of the first of each."""
    road = Road()
    tables = {True: symbols(program), False: symbols(kernel)}
    chains = inlining(kernel, sorted({at for at in trace if at >= USER_TOP}))
    counts, stop = Counter(), road.names[0]
    for at in trace:
        addresses, names = tables[at < USER_TOP]
        symbol = names[bisect.bisect(addresses, at) - 1]
        stop = road.names[0] if at < USER_TOP else road.stop(chains[at] + [(symbol, "")], stop)
        inner = chains[at][0][0] if at in chains and chains[at][0][0] != "??" else symbol
        counts[stop, inner] += 1
    return counts


def by_stop(counts):
    """stop -> instructions, in the order of the first of each."""
    total = Counter()
    for (stop, _), n in counts.items():
        total[stop] += n
    return total


def show(counts, datagrams):
    """Each stop with its share, and its functions below it, a datagram."""
    total = sum(counts.values())
    for stop, own in by_stop(counts).items():
        print(f"{own / datagrams:7.1f} {own / total:6.1%}  {stop}")
        for name, n in ((name, n) for (of, name), n in counts.items() if of == stop):
            print(f"{'':15}  {n / datagrams:7.1f}  {name}")
    print(f"{total / datagrams:7.1f} 100.0%  in all")


def listing(trace, kernel, names):
    """Print the executed instructions of some functions, as the listing has them."""
    rows = Path(kernel).with_suffix(".lst").read_text(encoding="utf-8").splitlines()
    text = {row.split(":")[0].strip(): row for row in rows if ":\t" in row}
    addresses, symbol = symbols(kernel)
    for at in trace:
        name = symbol[bisect.bisect(addresses, at) - 1] if at >= USER_TOP else ""
        if name in names:
            print(f"{name:20} {text.get(f'{at:x}', hex(at))}")


def main():
    """Record, attribute, show, keep."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--call", default="sendto", help="one of bench-send's (%(default)s)")
    parser.add_argument("--datagrams", type=int, default=1, help="that one such call sends")
    parser.add_argument("--list", nargs="*", default=[], metavar="FUNCTION",
                        help="also print the executed instructions of these kernel functions")
    parser.add_argument("--kernel", default=KERNEL)
    parser.add_argument("--program", default=PROGRAM)
    args = parser.parse_args()
    try:
        trace = record(args.kernel, args.program, args.call)
    except (MachineError, OSError) as error:
        raise MachineError(f"{args.call}: {error}; has the kernel this call? "
                           "bench-instructions tells") from error
    counts = attribute(trace, args.kernel, args.program)
    listing(trace, args.kernel, args.list)
    show(counts, args.datagrams)
    keep(f"profile_{args.call}", {"datagrams": args.datagrams, "stops": by_stop(counts)})


if __name__ == "__main__":
    run("profile", main)
