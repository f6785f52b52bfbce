# SPDX-License-Identifier: MIT
"""test_muffin.py - one datagram, the muffin, on every machine and by every way to boot one; every
field of its frame by scapy, by our own sums, and by tshark.
"""
import shutil

import pytest
from scapy.layers.inet import UDP
from scapy.layers.l2 import Ether

import images
from support import (ADDRESS, CONSOLE, HOSTS, NEIGH, STATIC, WORDS, Machine, Nic, assert_success,
                     boot, check_by_tshark, check_datagram, datagrams_sent, frames_sent, quiet_net,
                     said, shown)

MUFFIN = b"muffin"
FIRMWARE_S = 300


def check_capture(pcap):
    """The muffin, once, and nothing wrong about any frame."""
    muffins = datagrams_sent(pcap)
    assert len(muffins) == 1
    check_datagram(muffins[0][1], MUFFIN)
    assert all(len(raw) >= 60 for _, raw in frames_sent(pcap))
    check_by_tshark(pcap)


class BridgedNic(Nic):
    """A card behind one or more bridges, which QEMU must have been told of before."""

    bridges = 1

    def arguments(self, index):
        args = []
        for number in range(1, self.bridges + 1):
            above = f",bus=bridge{number - 1},addr=1" if number > 1 else ""
            args += ["-device", f"pci-bridge,id=bridge{number},chassis_nr={number}{above}"]
        self.options = f"bus=bridge{self.bridges},addr=3"
        return args + super().arguments(index)


@pytest.mark.parametrize("machine", [
    pytest.param({}, id="pc"),
    pytest.param({"board": "q35"}, id="q35"),
    pytest.param({"mem": "4M"}, id="4MiB"),
    pytest.param({"mem": "6G"}, id="6GiB"),
    pytest.param({"cpu": "max"}, id="cpu-max"),
    pytest.param({"model": "e1000-82545em"}, id="82545em"),
    pytest.param({"model": "e1000-82544gc"}, id="82544gc"),
    pytest.param({"model": "e1000-82544gc", "board": "q35", "cpu": "max"}, id="82544gc-q35-max"),
    pytest.param({"nic": "autonegotiation=off"}, id="no-autonegotiation"),
])
def test_machines(kernel, pcap, machine):
    """The same muffin, address resolved by ARP, on every machine."""
    machine = dict(machine)
    nic = Nic(quiet_net(), model=machine.pop("model", "e1000"), pcap=pcap,
              options=machine.pop("nic", ""))
    result = boot(kernel, WORDS, nics=[nic], **machine)
    assert_success(result)
    assert "muffin sent :)\n" in result.serial
    assert "started by multiboot 1" in result.serial
    check_capture(pcap)


@pytest.mark.parametrize("bridges", [1, 2])
@pytest.mark.parametrize("board", ["pc", "q35"])
def test_behind_bridges(kernel, pcap, board, bridges):
    """The card is found on buses that only bridges lead to."""
    nic = BridgedNic(quiet_net(), pcap=pcap)
    nic.bridges = bridges
    assert_success(boot(kernel, nics=[nic], board=board))
    check_capture(pcap)


def test_kernel_path_with_blanks(kernel, tmp_path):
    """QEMU puts the path before the words: what of it is no word is known by its looks."""
    folder = tmp_path / "my kernels"
    folder.mkdir()
    copy = shutil.copy(kernel, folder / "my muffin.elf")
    result = boot(copy)
    assert_success(result)
    assert f"the kernel's file name is '{copy}'" in said(result)


def test_pvh(kernel, pcap, tmp_path):
    """Without a multiboot header QEMU takes the PVH entry."""
    copy = images.without_multiboot(kernel, tmp_path / "pvh.elf")
    result = boot(copy, nics=[Nic(quiet_net(), pcap=pcap)])
    assert_success(result)
    assert "started by PVH" in result.serial
    check_capture(pcap)


def test_pvh_with_program(kernel, program, tmp_path):
    """Modules and the command line come by that way as well."""
    copy = images.without_multiboot(kernel, tmp_path / "pvh.elf")
    result = boot(copy, f"{STATIC} -- 7", initrd=str(program("exit")))
    assert result.status == 7


@pytest.mark.parametrize("firmware,medium", [("bios", "cd"), ("bios", "usb"), ("bios", "disk"),
                                             ("uefi", "cd"), ("uefi", "usb")])
def test_image(iso, pcap, firmware, medium):
    """The image, left alone at its menu, from every medium under both firmwares."""
    machine = Machine(iso=iso, firmware=firmware, iso_as=medium, mem="128M",
                      nics=[Nic(quiet_net(), pcap=pcap)])
    result = shown(machine.run(FIRMWARE_S))
    assert_success(result)
    assert "started by multiboot 2" in result.serial
    check_capture(pcap)


def test_verbose_entry(iso):
    """The menu's second entry adds `debug`; keys may come from the serial port."""
    with Machine(iso=iso, mem="128M", nics=[Nic(quiet_net())]).start() as running:
        running.wait_for("verbose", FIRMWARE_S)
        running.write("d")
        result = shown(running.wait(FIRMWARE_S))
    assert_success(result)
    assert "command line: debug" in said(result)


def test_protections_are_reported(kernel):
    """-cpu max has SMEP, SMAP and UMIP; the default CPU has none, and the kernel does without."""
    line = "cpu: GenuineIntel smep smap umip rdrand"
    assert line in said(boot(kernel, f"debug {STATIC}", cpu="max,vendor=GenuineIntel"))
    plain = said(boot(kernel, f"debug {STATIC}"))
    assert "cpu: " in plain and "sm" not in plain.split("cpu: ")[1].split("\n")[0]


def test_source_port_is_random(kernel, tmp_path):
    """RFC 6056: another port at each boot, from Linux's range. Four equal ones are no accident."""
    ports = []
    for number in range(4):
        pcap = tmp_path / f"{number}.pcap"
        assert_success(boot(kernel, nics=[Nic(quiet_net(), pcap=pcap)]))
        ports.append(Ether(datagrams_sent(pcap)[0][1])[UDP].sport)
    assert len(set(ports)) >= 3, ports


@pytest.mark.parametrize("payload", [b"", b"odd", b"x" * 18, b"y" * 19, b"z" * 1472])
def test_payload_lengths(kernel, pcap, payload):
    """Nothing, odd, as long as needs no padding, one more, and a full frame."""
    words = f"{STATIC} -- b \"{payload.decode()}\""
    assert_success(boot(kernel, words, nics=[Nic(quiet_net(), pcap=pcap)]))
    check_datagram(datagrams_sent(pcap)[0][1], payload)
    check_by_tshark(pcap)


def test_checksum_zero_is_sent_as_ones(kernel, program, pcap):
    """RFC 768: a sum that comes out as zero goes out as 0xffff. The program finds such a payload:
    of the 65536 values of one word, one must give it."""
    result = boot(kernel, STATIC, initrd=f"{program('zero_sum')} 10.0.2.2",
                  nics=[Nic(quiet_net(), pcap=pcap)])
    assert_success(result)
    frames = [raw for _, raw in datagrams_sent(pcap)]
    assert len(frames) == 1
    assert frames[0][40:42] == b"\xff\xff"
    check_datagram_sum(frames[0])
    check_by_tshark(pcap)


def check_datagram_sum(raw):
    """The frame of test_checksum_zero: any two bytes of payload."""
    check_datagram(raw, raw[42:44])


def test_mac_of_the_card(kernel, pcap):
    """The Ethernet source is the card's own."""
    mac = "02:00:5e:10:20:30"
    assert_success(boot(kernel, nics=[Nic(quiet_net(), pcap=pcap, mac=mac)]))
    frames = frames_sent(pcap, mac)
    assert len(frames) == 2     # the announcement and the muffin
    check_datagram(frames[1][1], MUFFIN, source=mac)


def test_two_cards(kernel, tmp_path):
    """Two cards: ip= names the one that gets the address; the other stays silent."""
    pcaps = [tmp_path / "0.pcap", tmp_path / "1.pcap"]
    nics = [Nic(quiet_net(), pcap=pcaps[0]), Nic(quiet_net(), pcap=pcaps[1])]
    words = f"{CONSOLE} {ADDRESS.replace('eth0', 'eth1')} {HOSTS} {NEIGH},dev=eth1"
    assert_success(boot(kernel, words, nics=nics))
    assert len(frames_sent(pcaps[0])) == 0
    assert len(datagrams_sent_by(pcaps[1])) == 1


def datagrams_sent_by(pcap):
    """As datagrams_sent, for QEMU's second card."""
    second = "52:54:00:12:34:57"
    return [raw for _, raw in frames_sent(pcap, second) if UDP in Ether(raw)]
