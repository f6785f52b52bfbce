#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""run.py - boot muffin, catch what it sends, show it, and judge: what `make run` calls.

Not here: the machine (qemu.py), the decoding (frame.py).
Ends with 0 only if the machine ended with success and the listener got exactly one datagram that
says exactly "muffin".
"""
import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import frame
from outcome import MachineError
from qemu import USER_NET_WORDS, Machine, Nic, user_net

PORT = 4747
MUFFIN = b"muffin"
LISTEN_POLL_S = 0.1
TSHARK_S = 120
RULE, WIDTH = "=", 72
SHOW_N = 12     # datagrams and frames shown before "and so many more"


class StepError(Exception):
    """A step that failed: which one, and what to try."""

    def __init__(self, step, what, advice):
        super().__init__(f"{step}: {what}\n  try: {advice}")


class Listener:
    """A UDP socket on the host's loopback that keeps what it gets."""

    def __init__(self, port):
        self.datagrams = []     # (payload, sender)
        self._stop = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError as error:
            self._socket.close()
            raise StepError("listener", f"UDP port {port} of the loopback is taken ({error})",
                            f"`ss -lunp sport = :{port}` names who has it; stop that program"
                            ) from error
        self._socket.settimeout(LISTEN_POLL_S)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self):
        """Take what has already arrived, then stop."""
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _listen(self):
        while True:
            try:
                self.datagrams.append(self._socket.recvfrom(65535))
            except socket.timeout:
                if self._stop.is_set():
                    return


def title(text):
    """Start a part of the output."""
    print(f"\n{RULE * 3} {text} {RULE * (WIDTH - len(text) - 5)}", flush=True)


def parse_arguments():
    """The command line; argparse itself answers what it does not know."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    add = parser.add_argument
    add("--kernel", default="build/muffin.elf", help="what to boot (default: %(default)s)")
    add("--iso", nargs="?", const="build/muffin.iso",
        help="boot this disc image instead (default: build/muffin.iso)")
    add("--uefi", action="store_true", help="with --iso: under UEFI firmware, not BIOS")
    add("--pcap", default="build/muffin.pcap", help="where the capture goes (default: %(default)s)")
    add("--timeout", type=positive, default=60, help="seconds until the machine is stopped")
    add("--append", default="", help="more words for the kernel's command line")
    add("--program", metavar="FILE", help='another program: a static ELF, with arguments: "f a b"')
    add("--mem", default="64M", help="memory of the machine (default: %(default)s)")
    add("--device", default="e1000", help="network card model (default: %(default)s)")
    add("--accel", help="QEMU's accelerator (default: ACCEL from the environment, or tcg)")
    return check_arguments(parser, parser.parse_args())


def check_arguments(parser, args):
    """Options that exclude each other are told apart here."""
    if args.uefi and not args.iso:
        parser.error("--uefi needs --iso: QEMU's -kernel does not go through the firmware")
    if args.iso and (args.append or args.program):
        parser.error("--append and --program need the direct kernel: "
                     "with --iso the boot menu decides")
    return args


def positive(text):
    """A number of seconds above zero."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < 86400:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds between 0 and a day")
    return value


def make_machine(args):
    """The virtual machine these arguments ask for."""
    machine = Machine(mem=args.mem, nics=[Nic(user_net(), model=args.device, pcap=args.pcap)])
    if args.accel:
        machine.accel = args.accel
    if args.iso:
        machine.iso, machine.firmware = args.iso, "uefi" if args.uefi else "bios"
    else:
        machine.kernel, machine.initrd = args.kernel, args.program
        machine.append = f"console=ttyS0,115200 {USER_NET_WORDS} {args.append}".strip()
    return machine


def boot(machine, timeout):
    """Run the machine, its serial text streamed; returns the Result."""
    title("what the kernel said")
    try:
        return machine.run(timeout, on_serial=lambda text: print(text, end="", flush=True))
    except MachineError as error:
        raise StepError("start", str(error), "again after that") from error


def show_first(lines):
    """A few lines, then how many more there are."""
    lines = list(lines)
    print("\n".join(lines[:SHOW_N]) or "nothing")
    if len(lines) > SHOW_N:
        print(f".. and {len(lines) - SHOW_N} more")


def show_received(datagrams):
    """The second part: what the listener got."""
    title(f"what the listener on 127.0.0.1:{PORT} received")
    show_first(f"{len(payload)} bytes from {host}:{port}: {repr(payload)[1:]}"
               for payload, (host, port) in datagrams)


def show_capture(path):
    """The third part: one line a frame, then the muffin's frame field by field."""
    title(f"what was on the wire ({path})")
    try:
        frames = frame.read_pcap(path)
    except (OSError, ValueError) as error:
        print(f"no capture: {error}")
        return
    show_first(summaries(path))
    muffins = [udp for _, raw in frames if (udp := frame.as_udp(raw)) and udp.ports[1] == PORT]
    if muffins:
        print("\nthe muffin's frame, field by field: offset, bytes, name, meaning")
        print("\n".join(frame.show(frame.decode(muffins[0]))))


def summaries(path, most=None, ports=None):
    """One line a frame, of the first so many: tshark's if it is there, else scapy's.

    ports  what their datagrams carry is data, also where another protocol is registered: 4747-4810"""
    if shutil.which("tshark"):
        options = ["-c", str(most)] if most else []
        options += ["-d", f"udp.port=={ports},data"] if ports else []
        try:
            done = subprocess.run(["tshark", "-n", "-r", path, *options], capture_output=True,
                                  text=True, timeout=TSHARK_S, check=True)
            return done.stdout.splitlines()
        except (subprocess.SubprocessError, OSError) as error:
            print(f"(tshark failed: {error}; scapy's words instead)")
    return scapy_summaries(path, most)


def scapy_summaries(path, most):
    """One line a frame, in scapy's words."""
    try:
        from scapy.utils import rdpcap  # pylint: disable=import-outside-toplevel
        import scapy.layers.l2  # noqa: F401  pylint: disable=import-outside-toplevel
        import scapy.layers.inet  # noqa: F401  pylint: disable=import-outside-toplevel
    except ImportError:
        return ["(neither tshark nor scapy is installed: run `make setup`)"]
    return [f"{number:5} {packet.summary()}" for number, packet in enumerate(rdpcap(path, most or -1), 1)]


def judge(result, datagrams):
    """Nothing, if all went as it should; else the StepError that says what did not."""
    if result.status != 0:
        raise StepError("machine", result.words(), advice_for(result))
    if not datagrams:
        raise StepError("delivery", "the machine reports success, but nothing arrived",
                        "see the capture above: is there a frame to 10.0.2.2 port 4747 "
                        "with right checksums?")
    if len(datagrams) > 1:
        raise StepError("delivery", f"{len(datagrams)} datagrams arrived, expected one",
                        "a second sender on this host? see the addresses above")
    if datagrams[0][0] != MUFFIN:
        raise StepError("delivery", f"the datagram says {datagrams[0][0]!r}, expected {MUFFIN!r}",
                        "compare with the payload in the capture above")


def advice_for(result):
    """What to try when the machine did not end with success."""
    if result.exit_code is None:
        return "read the kernel's last line above; --timeout gives more time, --append debug words"
    if result.status is None:
        return f"run it by hand:\n  {result.command}"
    return "the kernel's own words above name the cause; --append debug makes it say more"


def main():
    """Everything in order; the exit status of the script."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    args = parse_arguments()
    try:
        Path(args.pcap).parent.mkdir(parents=True, exist_ok=True)
        Path(args.pcap).unlink(missing_ok=True)
        listener = Listener(PORT)
        try:
            result = boot(make_machine(args), args.timeout)
        finally:
            listener.stop()
        show_received(listener.datagrams)
        show_capture(args.pcap)
        title("verdict")
        judge(result, listener.datagrams)
    except BrokenPipeError:
        raise
    except (StepError, OSError) as error:
        sys.stdout.flush()
        print(f"run: FAILED at {error}", file=sys.stderr)
        return 1
    print(f"one muffin sent and received, {result.seconds:.2f} s from start to power-off")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os._exit(141)   # the reader of our output is gone
