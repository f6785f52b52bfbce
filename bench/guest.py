# SPDX-License-Identifier: MIT
"""guest.py - the bench program run on a kernel in QEMU, and the numbers it prints.

Not here: what is done with them (instructions.py, throughput.py, growth.py). The program is
bench/programs/bench-send.c, the same file on muffin and on Linux. The wire is two ports of a hub: it
takes every frame and costs nothing. Addresses and neighbours are set, so nothing waits for an answer.
"""
import os
import re
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import linux_peer  # noqa: E402
from outcome import MachineError  # noqa: E402
from qemu import Machine, Nic, null_net  # noqa: E402

KERNEL, PROGRAM = "build/muffin.elf", "build/bench/programs/bench-send"
FLOOR = "build/floor.elf"
# One tick of the time-stamp counter is one guest instruction. Only TCG can: else ticks are the CPU's.
ICOUNT = "shift=0,sleep=off" if os.environ.get("ACCEL", "tcg") == "tcg" else None
ADDRESS = ("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off "
           "neigh=10.0.2.2,52:55:0a:00:02:02 neigh=10.0.2.3,52:55:0a:00:02:03")
RUN_S = 300

COST = re.compile(r"^cost (\w+) (\d+) (\d+) (\d+) (\d+) (\d+)$", re.M)
FLOOD = re.compile(r"^flood (\w+) (\d+) (\d+) (\d+)$", re.M)
BARE_FLOOD = re.compile(r"^floor: frames=\d+ batch=\d+ ticks=\d+ per_frame=([\d.]+)$", re.M)
MARK = re.compile(r"^(begin|flood|floor:) ", re.M)
LINUX_SENT_ALL = re.compile(r"^init: .* ended with 0\nsent \d+ dropped 0$", re.M)  # bench/linux/init.c
UNSUPPORTED = re.compile(r"^unsupported (\w+) (.*)$", re.M)


def on_muffin(arguments, words="", kernel=KERNEL, program=PROGRAM, **options):
    """What the program said there. words: further ones for the kernel; options: of qemu.Machine."""
    options.setdefault("initrd", program)
    options.setdefault("nics", [Nic(null_net())])
    machine = Machine(kernel=kernel, append=f"{ADDRESS} {words} -- {arguments}", **options)
    return said_by(machine, "muffin")


def on_linux(arguments, program=PROGRAM, before="", **options):
    """What the program said there. before: pktgen=<frames>,<burst> to run first. As on muffin a program
    that fails is no measurement, nor is a datagram that a queue has dropped."""
    nics = options.pop("nics", None) or [Nic(null_net())]
    machine = linux_peer.machine(f"{before} {program} {arguments}", nics, **options)
    said = said_by(machine, "linux")
    if not LINUX_SENT_ALL.search(said):
        raise MachineError(f"linux: the program failed, or not all it sent has left:\n{said}")
    return said


def floor_floods(count, **options):
    """What the kernel that is nothing but a ring (bench/floor) needs for each way to send: a doorbell
    each, or one for 64."""
    found = {}
    for batch, names in ((1, ("sendto", "send")), (64, ("sendmmsg", "segment"))):
        machine = Machine(kernel=FLOOR, append=f"count={count} batch={batch} rounds=2",
                          nics=[Nic(null_net())], **options)
        said = said_by(machine, "floor")
        (ticks, cpu), *_ = zip(BARE_FLOOD.findall(said), said.cpu_s)
        found |= {name: {"ticks": float(ticks), "cpu_s": cpu / count} for name in names}
    return found


class Said(str):
    """A machine's serial text, and how long QEMU was on a CPU from each begin to its flood line. The
    last may not count: the machine is gone by then."""

    cpu_s = ()


def said_by(machine, who):
    """What a machine said in a run that ended well."""
    heard, marks = [], []   # QEMU's CPU time as lines come: each about as late as the others
    began = threading.Event()

    def listen(text):
        began.wait()
        heard.append(text)
        lines = MARK.findall("".join(heard))
        marks.extend((line, running.cpu_s) for line in lines[len(marks):])

    with machine.start(listen) as running:
        began.set()
        result = running.wait(RUN_S)
    text = Said(result.serial.replace("\r", ""))
    if result.status != 0 or not (COST.search(text) or FLOOD.search(text) or
                                  BARE_FLOOD.search(text)):
        raise MachineError(f"{who}: {result.words()}\n{text}{result.command}")
    for name, why in UNSUPPORTED.findall(text):
        print(f"{who} has no {name}: {why}")
    text.cpu_s = [end - start for (line, start), (_, end) in zip(marks, marks[1:])
                  if line == "begin"]
    return text


def costs(text):
    """name -> what one datagram costs, in ticks: median, least, most and mean; the two readings of
    the clock are taken off."""
    rows = {name: [int(n) for n in numbers] for name, *numbers in COST.findall(text)}
    empty = rows.pop("nothing")[1]
    return {name: {key: (value - empty) / of for key, value in
                   zip(("median", "least", "most", "mean"), ticks)} | {"datagrams": of}
            for name, (of, *ticks) in rows.items()}


def floods(text):
    """name -> ticks, nanoseconds and seconds of QEMU's CPU time, a datagram."""
    return {name: {"ticks": int(ticks) / int(n), "ns": int(ns) / int(n), "cpu_s": cpu / int(n)}
            for (name, n, ticks, ns), cpu in zip(FLOOD.findall(text), text.cpu_s)}
