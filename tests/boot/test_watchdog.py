# SPDX-License-Identifier: MIT
"""test_watchdog.py - a transmitter that stops moving is reset, and what it had not sent is sent.

The hang is an honest one: QEMU's monitor takes bus mastering away from the card, as a broken bridge
would. Then the card steps over descriptors that it cannot read, sends nothing and reports nothing.
"""
import re
import struct

import pytest

from support import (BALANCE, DEADLINE_S, GATEWAY, PORT, STATIC, Machine, Nic, assert_success,
                     frames_sent, monitor, null_net, said, shown, wait_for_frames)

CONFIG_ADDRESS, CONFIG_DATA = 0xCF8, 0xCFC      # PCI Local Bus 3.0, 3.2.2.3.2
ENABLE, COMMAND = 1 << 31, 4
BUS_MASTER = 1 << 2
SLOT = 3                                        # where QEMU puts the first card of a pc


def without_bus_master(running):
    """Take the card's bus mastering away, by the two ports that every PC has for that."""
    monitor(running, f"o/w {CONFIG_ADDRESS:#x} {ENABLE | SLOT << 11 | COMMAND:#x}")
    said_so = monitor(running, f"i/h {CONFIG_DATA:#x}")
    command = int(re.search(r"= (0x[0-9a-f]+)", said_so).group(1), 16)
    assert command & BUS_MASTER
    monitor(running, f"o/h {CONFIG_DATA:#x} {command & ~BUS_MASTER:#x}")


def numbers(pcap):
    """What the program's frames carry, in the order in which they left."""
    return [struct.unpack_from("<I", raw, 42)[0] for _, raw in frames_sent(pcap)
            if raw[12:14] == b"\x08\x00" and raw[36:38] == PORT.to_bytes(2, "big")]


@pytest.mark.parametrize("mem", ["64M", "4M"])
def test_hang_is_seen_and_mended(kernel, program, pcap, mem):
    """Each datagram once, in order, for every state of the ring; the account says so, too."""
    machine = Machine(kernel=kernel, append=f"{STATIC} -- {GATEWAY} 2", mem=mem,
                      initrd=str(program("trickle")), nics=[Nic(null_net(), pcap=pcap)])
    with machine.start() as running:
        wait_for_frames(pcap, 50)
        without_bus_master(running)
        running.wait_for("frames are sent again", DEADLINE_S)
        wait_for_frames(pcap, 50)
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    assert_success(result)
    again = int(re.search(r"reset, (\d+) frames are sent again", said(result)).group(1))
    assert again > 10
    assert numbers(pcap) == list(range(int(re.search(r"(\d+) sent", result.serial).group(1))))
    assert int(BALANCE.search(said(result))["dropped"]) == 0
