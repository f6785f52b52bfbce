# SPDX-License-Identifier: MIT
"""qemu.py - one virtual machine: its command line, its run, its end.

Not here: what a run should have done; run.py, the boot tests and the benches judge that.
Used by run.py, tests/boot and bench. Calls QEMU, and qmp.py to talk to it.

    result = Machine(kernel="build/muffin.elf", nics=[Nic(user_net(), pcap="x.pcap")]).run(30)
    with Machine(iso="build/muffin.iso", firmware="uefi").start() as running:
        running.wait_for("muffin sent", 60)
"""
import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from qmp import Monitor, MonitorError

QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
DEBUG_EXIT_PORT = 0xF4
QUIT_GRACE_S = 3

# Where distributions keep the UEFI firmware: code, and the variable store that belongs to it.
FIRMWARE_UEFI = [
    ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
    ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
    ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
]

# What a status from 64 on means; 1..63 are the program's own.
STATUS_WORDS = {
    0: "success",
    64: "the command line is malformed",
    65: "no network card",
    66: "the network card failed its self-diagnosis",
    67: "the program cannot be loaded",
    68: "out of memory",
    69: "the program faulted and was killed",
    70: "datagrams were dropped although the program succeeded",
    71: "kernel panic",
    72: "the CPU lacks a needed feature",
}


class MachineError(Exception):
    """A machine that cannot even be started: says what is missing and what to do."""


class DeadlineError(Exception):
    """Something did not happen in time."""


def user_net(**options):
    """QEMU's user network: the guest is 10.0.2.15, the host's loopback 10.0.2.2."""
    return _netdev("user", options)


def udp_net(peer_port, local_port):
    """A wire to a UDP socket on loopback: one datagram carries one frame, both ways.

    peer_port receives what the guest sends; frames sent to local_port reach the guest."""
    return f"socket,udp=127.0.0.1:{peer_port},localaddr=127.0.0.1:{local_port}"


def null_net():
    """A wire that swallows everything at once: two ports of a hub, the second one unused."""
    return "hubport,hubid=0"


def _netdev(kind, options):
    return ",".join([kind] + [f"{key}={value}" for key, value in options.items()])


@dataclass
class Nic:
    """One network card and the wire it is plugged into."""

    netdev: str                 # user_net(), udp_net(..), null_net() or any -netdev text without id
    model: str = "e1000"
    pcap: str | Path | None = None  # everything on the wire, as the card model handed it over
    mac: str | None = None
    options: str = ""           # further properties of the device: "autonegotiation=off"

    def arguments(self, index):
        wire, card = f"wire{index}", f"nic{index}"
        device = f"{self.model},netdev={wire},id={card},romfile="
        device += f",mac={self.mac}" if self.mac else ""
        device += f",{self.options}" if self.options else ""
        args = ["-netdev", f"{self.netdev},id={wire}", "-device", device]
        if self.netdev.startswith("hubport,"):
            args += ["-netdev", f"{self.netdev},id={wire}sink"]
        if self.pcap:
            args += ["-object", f"filter-dump,id=dump{index},netdev={wire},file={self.pcap}"]
        return args


@dataclass
class Result:
    """How a run ended."""

    serial: str                 # all the machine wrote to its serial port
    exit_code: int | None       # QEMU's own; None when the deadline passed
    reason: str                 # why the machine stopped, in QEMU's word: guest-shutdown, ..
    seconds: float
    stderr: str                 # QEMU's own complaints
    command: str                # to try by hand

    @property
    def status(self):
        """The machine's exit status: 0 success, 1..127 from isa-debug-exit, None for neither."""
        if self.exit_code == 0 and self.reason == "guest-shutdown":
            return 0
        if self.exit_code and self.exit_code > 1 and self.exit_code % 2:
            return self.exit_code // 2
        return None

    def words(self):
        """The end in one sentence."""
        if self.exit_code is None:
            return f"did not end within {self.seconds:.0f} s and was stopped"
        if self.status is not None:
            return f"status {self.status}: {describe_status(self.status)}"
        if self.reason == "guest-reset":
            return "the machine reset itself (a triple fault, or a reboot)"
        if self.exit_code < 0:
            return f"QEMU was killed by signal {-self.exit_code}"
        return f"QEMU gave up with {self.exit_code}: {self.stderr.strip() or 'no reason given'}"


def describe_status(status):
    """A machine's exit status in words."""
    if 1 <= status < 64:
        return f"the program ended with {status}"
    return STATUS_WORDS.get(status, "not a status this kernel uses")


@dataclass
class Machine:
    """A virtual PC. Give it a kernel or an iso; everything else has a default."""

    kernel: str | Path | None = None
    iso: str | Path | None = None
    iso_as: str = "cd"          # cd, usb (a stick) or disk
    firmware: str = "bios"      # bios or uefi
    board: str | None = None    # pc or q35; default: pc, under uefi q35
    mem: str = "64M"
    append: str = ""
    initrd: str | None = None   # module: "prog arg arg"; a comma in it is doubled here
    nics: list = field(default_factory=list)
    cpu: str | None = None
    icount: str | None = None   # "shift=0,sleep=off": one TSC tick is one instruction
    accel: str = field(default_factory=lambda: os.environ.get("ACCEL", "tcg"))
    extra: list = field(default_factory=list)

    def command(self, vars_copy=None):
        """The command line, as a list. vars_copy: writable copy of the UEFI variable store."""
        args = [QEMU, "-accel", self.accel, "-m", str(self.mem)]
        args += ["-machine", self.board or ("q35" if self.firmware == "uefi" else "pc")]
        args += ["-device", f"isa-debug-exit,iobase={DEBUG_EXIT_PORT:#x},iosize=0x04"]
        args += "-no-reboot -display none -serial stdio -monitor none -nodefaults -vga std".split()
        args += ["-cpu", self.cpu] if self.cpu else []
        args += ["-icount", self.icount] if self.icount else []
        args += self._firmware_arguments(vars_copy) + self._boot_arguments()
        for index, nic in enumerate(self.nics):
            args += nic.arguments(index)
        return args + list(self.extra)

    def run(self, deadline, on_serial=None):
        """Run to the end, at most deadline seconds; on_serial gets the text as it arrives."""
        with self.start(on_serial) as running:
            return running.wait(deadline)

    def start(self, on_serial=None):
        """Start, and hand over control. Use as a context manager: leaving it ends the machine."""
        self._check()
        return Running(self, on_serial)

    def _check(self):
        if not shutil.which(QEMU):
            raise MachineError(f"{QEMU} is not installed: run `make setup`")
        if bool(self.kernel) == bool(self.iso):
            raise MachineError("a machine boots either a kernel or an iso: give exactly one")
        for file, target in ((self.kernel, ""), (self.iso, " iso"), (self._program(), "")):
            if file and not Path(file).is_file():
                raise MachineError(f"{file} does not exist: run `make{target}`, or mend the name")
        if self.firmware not in ("bios", "uefi"):
            raise MachineError(f"firmware is '{self.firmware}', expected bios or uefi")

    def _program(self):
        return self.initrd.split()[0] if self.initrd and self.initrd.strip() else None

    def _boot_arguments(self):
        if self.kernel:
            args = ["-kernel", str(self.kernel)]
            args += ["-append", self.append] if self.append else []
            return args + (["-initrd", self.initrd.replace(",", ",,")] if self.initrd else [])
        drive = f"file={self.iso},format=raw,if=none,id=boot"
        devices = {
            "cd": ["-drive", f"{drive},media=cdrom,readonly=on",
                   "-device", "ide-cd,drive=boot,bootindex=0"],
            "disk": ["-drive", f"{drive},snapshot=on",
                     "-device", "ide-hd,drive=boot,bootindex=0"],
            "usb": ["-drive", f"{drive},readonly=on", "-device", "qemu-xhci", "-device",
                    "usb-storage,drive=boot,bootindex=0"],
        }
        return devices[self.iso_as]

    def _firmware_arguments(self, vars_copy):
        if self.firmware == "bios":
            return []
        code, store = uefi_files()
        return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={code}",
                "-drive", f"if=pflash,format=raw,unit=1,file={vars_copy or store}"]


def uefi_files():
    """The UEFI firmware of this system: (code, variable store)."""
    for code, store in FIRMWARE_UEFI:
        if Path(code).is_file() and Path(store).is_file():
            return code, store
    raise MachineError("no UEFI firmware found: run `make setup` (Debian's package is ovmf)")


class Running:
    """A machine under way: its serial port, its monitor, its end."""

    def __init__(self, machine, on_serial):
        self._on_serial = on_serial or (lambda text: None)
        self._text = ""
        self._grown = threading.Condition()
        self._folder = tempfile.TemporaryDirectory(prefix="muffin-")
        try:
            self._launch(machine)
        except BaseException:
            self._folder.cleanup()
            raise

    def _launch(self, machine):
        vars_copy = None
        if machine.firmware == "uefi":
            vars_copy = shutil.copy(uefi_files()[1], Path(self._folder.name, "vars.fd"))
        ours, theirs = socket.socketpair()
        command = machine.command(vars_copy)
        self._command = " ".join(shlex.quote(arg) for arg in command)
        command += ["-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "qmp,mode=control"]
        self._stderr = open(Path(self._folder.name, "stderr"), "w+", encoding="utf-8")
        self.started = time.perf_counter()
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], bufsize=0,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._stderr)
        theirs.close()
        self.monitor = Monitor(ours)
        self._reader = threading.Thread(target=self._read_serial, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self._reader.join(QUIT_GRACE_S)
        self._process.stdin.close()
        self._process.stdout.close()
        self.monitor.close()
        self._stderr.close()
        self._folder.cleanup()

    @property
    def ended(self):
        """Whether the machine has come to its end."""
        return self._process.poll() is not None

    @property
    def serial(self):
        """All the machine has written to its serial port so far."""
        with self._grown:
            return self._text

    def write(self, text):
        """Type on the machine's serial port."""
        self._process.stdin.write(text.encode())

    def wait_for(self, pattern, seconds):
        """Wait until the serial text matches the regular expression; returns the match."""
        deadline = time.monotonic() + seconds
        with self._grown:
            while not (match := re.search(pattern, self._text)):
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    when = f"within {seconds} s" if left <= 0 else "before the machine ended"
                    raise DeadlineError(f"no {pattern!r} on the serial port {when}; "
                                        f"it said:\n{self._text}")
                self._grown.wait(min(left, 0.1))
            return match

    def set_link(self, up, nic=0):
        """Plug the cable of a card in or out."""
        self.monitor.command("set_link", name=f"nic{nic}", up=up)

    def screendump(self, file):
        """Write the screen to a file, as PPM."""
        self.monitor.command("screendump", filename=str(file))

    def quit(self, seconds=QUIT_GRACE_S):
        """Switch the machine off from outside; returns the Result."""
        try:
            self.monitor.command("quit")
        except MonitorError:
            pass  # it was gone already: wait() tells how
        return self.wait(seconds)

    def wait(self, seconds):
        """Wait for the machine's own end, at most so long, then stop it; returns the Result."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.kill()
        took = time.perf_counter() - self.started
        self._reader.join(QUIT_GRACE_S)
        self._stderr.seek(0)
        return Result(self.serial, code, self.monitor.shutdown_reason(), took,
                      self._stderr.read(), self._command)

    def kill(self):
        """End QEMU, politely first. Nothing happens when it has ended."""
        for end in (self._process.terminate, self._process.kill):
            if self._process.poll() is not None:
                return
            end()
            try:
                self._process.wait(QUIT_GRACE_S)
            except subprocess.TimeoutExpired:
                continue

    def _read_serial(self):
        while chunk := self._process.stdout.read(4096):
            text = chunk.decode("utf-8", "replace").replace("\r\n", "\n")
            self._on_serial(text)
            with self._grown:
                self._text += text
                self._grown.notify_all()
