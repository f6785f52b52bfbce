# SPDX-License-Identifier: MIT
"""test_pxe.py - a card that was used before us: booted over the network by iPXE from the card's own
ROM, and with rings that firmware left running.
"""
import socket
import subprocess
import shutil

from support import (ADDRESS, HOSTS, Machine, Nic, assert_success, check_datagram, datagrams_sent,
                     shown, user_net)

ROM = "/usr/lib/ipxe/qemu/pxe-e1000.rom"
SCRIPT = "#!ipxe\nkernel muffin.elf debug {words}\nboot\n"
BOOT_S = 300


class RomNic(Nic):
    """A card with its boot ROM, first in the boot order."""

    def arguments(self, index):
        """As usual, but the ROM stays."""
        return [arg.replace("romfile=", f"romfile={ROM},bootindex=0")
                for arg in super().arguments(index)]


def test_pxe(kernel, pcap, tmp_path):
    """TFTP, iPXE's multiboot loader, and a muffin through a card that was used before."""
    shutil.copy(kernel, tmp_path / "muffin.elf")
    (tmp_path / "boot.ipxe").write_text(SCRIPT.format(words=f"{ADDRESS} {HOSTS}"))
    nic = RomNic(user_net(tftp=tmp_path, bootfile="boot.ipxe"), pcap=pcap)
    machine = Machine(kernel=kernel, nics=[nic])
    machine._boot_arguments = lambda: ["-boot", "n"]    # no kernel of QEMU's: the ROM loads it
    result = shown(machine.run(BOOT_S))
    assert "muffin sent :)" in result.serial
    assert_success(result)
    [(_, raw)] = datagrams_sent(pcap)
    check_datagram(raw, b"muffin")


# As a careless loader leaves the card: on the way into the reset, the driver is first sent through
# its own e1000_setup_tx, which gives the ring a length and starts the transmitter. (The debugger's
# own writes do not reach registers.)
POKE = """
set confirm off
set pagination off
target remote 127.0.0.1:{port}
hbreak *&e1000_reset_hw
continue
set $adapter = $rdi
set $problem = $rsi
set $rsp = $rsp - 8
set {{long}}$rsp = (long)&e1000_reset_hw
set $rip = (long)&e1000_setup_tx
continue
set $rdi = $adapter
set $rsi = $problem
delete
detach
quit
"""


def free_port():
    """A TCP port of loopback that is free right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_card_in_use_is_reset(kernel, pcap, tmp_path):
    """The driver quiets and resets it first, and then everything works."""
    port = free_port()
    (tmp_path / "poke.gdb").write_text(POKE.format(port=port))
    machine = Machine(kernel=kernel, append=f"debug {ADDRESS} {HOSTS}",
                      nics=[Nic(user_net(), pcap=pcap)],
                      extra=["-S", "-gdb", f"tcp:127.0.0.1:{port}"])
    with machine.start() as running:
        subprocess.run(["gdb", "-q", "-batch", "-x", tmp_path / "poke.gdb", kernel], check=True,
                       timeout=BOOT_S, stdout=subprocess.DEVNULL)
        result = shown(running.wait(BOOT_S))
    assert "was in use: reset" in result.serial
    assert_success(result)
    [(_, raw)] = datagrams_sent(pcap)
    check_datagram(raw, b"muffin")
