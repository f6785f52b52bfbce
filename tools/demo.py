#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""demo.py - two machines and a switch: one sends, the other receives, the wire between is shown:
what `make demo` calls.

Not here: the machines (qemu.py), one machine alone (run.py).
The switch is a Linux bridge in a network namespace of its own; where no namespace or no tap can be had, the two
cards are joined by QEMU's own sockets. Ends with 0 only if exactly one datagram came out at the other
side, and says exactly "muffin"; with --rate only if all datagrams came out once, in order.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import frame
from outcome import DeadlineError, MachineError
from qemu import Machine, Nic
from run import MUFFIN, PORT, SHOW_N, StepError, positive, show_first, summaries, title

SENDER, RECEIVER = "10.0.2.15", "10.0.2.16"
SENDER_MAC, RECEIVER_MAC = "52:54:00:12:34:56", "52:54:00:12:34:57"
PORTS = f"{PORT}-{PORT + 63}"
MANY = 1_000_000
WINDOW = 256                    # so many of them may be under way: what a receiver has packets for
INSIDE = "MUFFIN_DEMO_INSIDE"   # set for this script once it runs in the namespace
NAMESPACE_S = 30
QUEUE = 10_000                  # frames that a tap keeps for a slow card

SWITCH = f"""set -e
ip link add br0 type bridge mcast_snooping 0
for tap in tap0 tap1; do
    ip tuntap add $tap mode tap
    ip link set $tap addrgenmode none txqueuelen {QUEUE} master br0 up
done
ip link set br0 addrgenmode none up
"""

RECEIVED = re.compile(r"^(\d+) bytes? from ([\d.]+):(\d+): ([^\r\n]*)", re.M)


class Screen:
    """Both machines' lines on one screen, each with the name of who said it."""

    def __init__(self):
        self._lock = threading.Lock()

    def of(self, name):
        """A function that takes a machine's text as it comes."""
        rest = ""

        def show(text):
            nonlocal rest
            *lines, rest = (rest + text).split("\n")
            with self._lock:
                for line in lines:
                    print(f"{name:8} | {line}", flush=True)
        return show


def parse_arguments():
    """The command line; argparse itself answers what it does not know."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    add = parser.add_argument
    add("--kernel", default="build/muffin.elf", help="what to boot (default: %(default)s)")
    add("--pcap", default="build/demo.pcap", help="where the capture goes (default: %(default)s)")
    add("--wire", choices=["bridge", "sockets"],
        help="what is between the two (default: bridge, if it can be had)")
    add("--count", type=int, default=MANY, help="with --rate: how many (default: %(default)s)")
    add("--rate", help=f"send many numbered datagrams to {PORTS} instead: 10kpps, 100mbit, max")
    add("--message", default=MUFFIN.decode(), help="what is sent (default: %(default)s)")
    add("--timeout", type=positive, default=300, help="seconds until the machines are stopped")
    return parser.parse_args()


# ---- the wire ------------------------------------------------------------------------------------

def enter_namespace():
    """Run this script once more, in a namespace with a bridge. Returns why it cannot be had."""
    unshare = ["unshare", "--net", "--map-root-user"]
    try:
        subprocess.run([*unshare, "sh", "-c", SWITCH], check=True, capture_output=True, text=True,
                       timeout=NAMESPACE_S)
    except subprocess.CalledProcessError as error:
        return (error.stderr.strip().splitlines() or ["no reason given"])[-1]
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    os.environ[INSIDE] = "1"
    os.execvp(unshare[0], [*unshare, "sh", "-c", f'{SWITCH}exec "$@"', "sh", sys.executable,
                           *sys.argv])


def bridge():
    """The two ends of the bridge, for qemu.Nic."""
    return [f"tap,ifname=tap{i},script=no,downscript=no" for i in range(2)]


def sockets(folder):
    """Two ends of a wire without a switch."""
    ends = [Path(folder, "sender"), Path(folder, "receiver")]
    return [f"dgram,local.type=unix,local.path={here},remote.type=unix,remote.path={there}"
            for here, there in (ends, ends[::-1])]


def choose_wire(args, folder):
    """(what it is called, its two ends)"""
    if os.environ.get(INSIDE):
        return "a Linux bridge", bridge()
    if args.wire != "sockets":
        why = enter_namespace()
        if args.wire == "bridge":
            raise StepError("bridge", why, "`--wire sockets`, or `modprobe tun bridge` as root")
        print(f"(no bridge: {why}; QEMU's sockets instead)")
    return "QEMU's sockets", sockets(folder)


# ---- the machines --------------------------------------------------------------------------------

def machine(args, address, mac, netdev, told, pcap=None):
    """One of the two."""
    line = f"console=ttyS0,115200 ip={address}:::255.255.255.0::eth0:off hosts=b:{RECEIVER}"
    return Machine(kernel=args.kernel, append=f"{line} {told}", nics=[Nic(netdev, mac=mac, pcap=pcap)])


def words(args):
    """What the two programs are told: sender's and receiver's words."""
    if args.rate:
        return (f"init=muffin-blast -- rate={args.rate} count={args.count} window={WINDOW} port={PORTS} b",
                f"init=muffin-recv -- port={PORTS} --quiet --check --answer --busy --json idle=2s "
                f"time={args.timeout}s")
    return f'-- b "{args.message}"', f"init=muffin-recv -- idle=1s time={args.timeout}s"


def play(args, ends):
    """Both machines to their ends: the Results of sender and receiver."""
    screen = Screen()
    to_sender, to_receiver = words(args)
    receiver = machine(args, RECEIVER, RECEIVER_MAC, ends[1], to_receiver, args.pcap)
    sender = machine(args, SENDER, SENDER_MAC, ends[0], to_sender)
    with receiver.start(screen.of("receiver")) as receiving:
        receiving.wait_for("starting 'muffin-recv'", args.timeout)
        with sender.start(screen.of("sender")) as sending:
            sent = sending.wait(args.timeout)
        return sent, receiving.wait(args.timeout)


def show_wire(args, name):
    """One line a frame, then the muffin's frame field by field."""
    title(f"the wire between: {name} ({args.pcap})")
    show_first(summaries(args.pcap, SHOW_N if args.rate else None, PORTS))
    muffins = [] if args.rate else [udp for _, raw in frame.read_pcap(args.pcap)
                                    if (udp := frame.as_udp(raw)) and udp.ports[1] == PORT]
    if muffins:
        print("\nthe muffin's frame, field by field: offset, bytes, name, meaning")
        print("\n".join(frame.show(frame.decode(muffins[0]))))


def judge(sent, received):
    """Nothing, if exactly the muffin came out; else the StepError that says what did not."""
    came_out = RECEIVED.findall(received.serial)
    if [(text, address) for _, address, _, text in came_out] != [(MUFFIN.decode(), SENDER)]:
        texts = ", ".join(repr(text) for *_, text in came_out) or "nothing"
        raise StepError("delivery", f"{texts} came out, expected exactly {MUFFIN.decode()!r}",
                        "see the wire above: did a frame pass that says so?")
    judge_machines(sent, received)


def judge_many(sent, received, count):
    """The same for many: each once, in order."""
    account = re.search(r"^\{.*\}", received.serial, re.M)
    account = json.loads(account.group()) if account else {}
    expected = {"received": count, "lost": 0, "twice": 0, "out_of_order": 0, "unknown": 0}
    if expected.items() - account.items():
        found = ", ".join(f"{key} {account.get(key)}" for key in expected)
        raise StepError("delivery", f"{found}; expected {count} received and 0 of all others",
                        "a lower --rate, and what both machines said above")
    judge_machines(sent, received)
    return account


def judge_machines(sent, received):
    """Both must have succeeded."""
    for name, result in (("sender", sent), ("receiver", received)):
        if result.status != 0:
            raise StepError(name, result.words(), f"run it by hand:\n  {result.command}")


def main():
    """Everything in order; the exit status of the script."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    args = parse_arguments()
    folder = tempfile.mkdtemp(prefix="muffin-")     # short: the path of a socket has 108 bytes
    try:
        Path(args.pcap).parent.mkdir(parents=True, exist_ok=True)
        Path(args.pcap).unlink(missing_ok=True)
        name, ends = choose_wire(args, folder)
        title(f"a sender, {name}, a receiver")
        sent, received = play(args, ends)
        show_wire(args, name)
        title("verdict")
        account = judge_many(sent, received, args.count) if args.rate else judge(sent, received)
    except BrokenPipeError:
        raise
    except (StepError, MachineError, DeadlineError, OSError, ValueError) as error:
        sys.stdout.flush()
        print(f"demo: FAILED at {error}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    what = (f"{args.count:,} datagrams in {account['seconds']:.2f} s, none lost, none twice, in order,"
            if args.rate else "one muffin")
    print(f"{what} went from {SENDER} across {name} to {RECEIVER}, "
          f"{sent.seconds:.2f} s from the sender's start to its power-off")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)   # the reader of our output is gone
