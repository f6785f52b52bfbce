# SPDX-License-Identifier: MIT
"""qemu.py - one virtual machine: what it consists of, and the command line that makes it.

Not here: the process once it runs (running.py), how it ended (outcome.py), what a run should have
done (run.py, the boot tests and the benches judge that).
Used by run.py, tests and bench. Calls running.py.

    result = Machine(kernel="build/muffin.elf", nics=[Nic(user_net(), pcap="x.pcap")]).run(30)
    with Machine(iso="build/muffin.iso", firmware="uefi").start() as running:
        running.wait_for("muffin sent", 60)
"""
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from outcome import MachineError
from running import Running

QEMU = os.environ.get("QEMU", "qemu-system-x86_64")
DEBUG_EXIT_PORT = 0xF4

# Where distributions keep the UEFI firmware: code, and the variable store that belongs to it.
FIRMWARE_UEFI = [
    ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
    ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
    ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
    ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
]

# What the guest is told on the command line when it is on user_net().
USER_NET_WORDS = "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off hosts=b:10.0.2.2"


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
        store = uefi_files()[1] if self.firmware == "uefi" else None
        return Running(self.command, store, on_serial)

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
