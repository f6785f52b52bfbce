#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""gdb.py - boot muffin, stopped, and attach gdb with a breakpoint at every layer of the transmit path.

Not here: what the layers are (road.toml). `make gdb` calls it. In gdb: `continue` goes from layer to
layer, `backtrace` shows the way so far. Arguments after -- go to gdb.
"""
import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from qemu import USER_NET_WORDS, Machine, Nic, user_net
from outcome import MachineError

ROOT = Path(__file__).resolve().parent.parent
# libc makes many calls before the one of the road
ONLY = dict.fromkeys(["entry_SYSCALL_64", "do_syscall_64"], "$rax == 44")      # sendto
SESSION_S = 24 * 3600    # a person is thinking


def stops():
    """Every function of the road that has a symbol, in order."""
    with open(ROOT / "tools" / "road.toml", "rb") as file:
        road = tomllib.load(file)["stop"]
    for stop in road:
        for name in stop["functions"]:
            if name not in stop.get("inlined", []):
                yield stop["name"], name


def script(port):
    """What gdb reads first."""
    lines = ["set confirm off", "set pagination off", f"target remote 127.0.0.1:{port}"]
    lines += [f"break {name}" + (f" if {ONLY[name]}" if name in ONLY else "") for _, name in stops()]
    lines += ["echo \\nThe machine is stopped at its first instruction. 'continue' goes to the next layer.\\n"]
    return "\n".join(lines) + "\n"


def free_port():
    """A TCP port of loopback that nobody uses right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def main():
    """Boot, attach, clean up."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", default="build/muffin.elf")
    parser.add_argument("--append", default=f"debug {USER_NET_WORDS}",
                        help="kernel command line (%(default)s)")
    parser.add_argument("gdb", nargs="*", help="further arguments for gdb")
    args = parser.parse_args()
    if not shutil.which("gdb"):
        sys.exit("gdb: not installed: run 'make setup'")
    port = free_port()
    machine = Machine(kernel=args.kernel, append=args.append, nics=[Nic(user_net())],
                      extra=["-S", "-gdb", f"tcp:127.0.0.1:{port}"])
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".gdb") as commands, machine.start() as running:
            commands.write(script(port))
            commands.flush()
            subprocess.run(["gdb", "-q", "-x", commands.name, *args.gdb, args.kernel],
                           timeout=SESSION_S, check=False)
            print(running.serial)
    except MachineError as error:
        sys.exit(f"gdb: {error}")


if __name__ == "__main__":
    main()
