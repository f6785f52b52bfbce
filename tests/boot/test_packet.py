# SPDX-License-Identifier: MIT
"""test_packet.py - packet sockets, questions about devices and /proc/net, by a program that gives the
same answers on the build host's Linux, and by Debian's static busybox as it is.
"""
import re
from pathlib import Path

import pytest
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import images
from peer import Peer
from support import (BROADCAST_MAC, DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST, GUEST_MAC, NEIGH, WORDS,
                     STATIC, Machine, Nic, arps_sent, assert_success, boot, check_by_tshark,
                     datagrams_sent, null_net, quiet_net, run_on_host, shown, table)

BUSYBOX = Path("/bin/busybox")      # Debian's package busybox-static


@pytest.fixture(name="busybox", scope="session")
def fixture_busybox(tmp_path_factory):
    """An initrd with nothing but busybox."""
    program = BUSYBOX.read_bytes() if BUSYBOX.is_file() else b""
    if not program or b"/lib64/ld-linux" in program[:4096]:
        pytest.skip("no static busybox: run `make setup`")
    initrd = tmp_path_factory.mktemp("busybox") / "initrd"
    initrd.write_bytes(images.cpio({"bin/busybox": program}))
    return str(initrd)


def run_busybox(kernel, busybox, command, pcap=None, words=WORDS):
    """What a command wrote, without the kernel's lines."""
    result = boot(kernel, f"{words} quiet rdinit=/bin/busybox -- {command}", initrd=busybox,
                  nics=[Nic(quiet_net(), pcap=pcap)])
    assert result.status == 0, result.words()
    return result.serial


def test_packet_sockets_as_on_linux(kernel, program):
    """Both ways, addresses, truncation, bounds, each errno: line by line as the host has it."""
    result = boot(kernel, initrd=str(program("packet")))
    lines = table(result.serial)
    assert lines == table(run_on_host(program("packet"))) and len(lines) > 30
    assert_success(result)


def test_arping(kernel, busybox, pcap):
    """A program of others' asks by a packet socket and hears the answer."""
    text = run_busybox(kernel, busybox, f"arping -f -c 2 -I eth0 {GATEWAY}", pcap)
    assert f"Unicast reply from {GATEWAY} [{GATEWAY_MAC}]" in text
    assert "Received 1 response(s)" in text
    (_, announcement), (_, asked) = arps_sent(pcap)
    assert announcement[ARP].pdst == GUEST
    assert (asked[Ether].dst, asked[ARP].op, asked[ARP].pdst) == (BROADCAST_MAC, 1, GATEWAY)
    assert (asked[ARP].hwsrc, asked[ARP].psrc) == (GUEST_MAC, GUEST)
    check_by_tshark(pcap, 0)


OTHERS = Ether(src=GATEWAY_MAC, dst="02:00:00:00:00:99", type=0x88b5) / Raw(bytes(50))


@pytest.mark.parametrize("promisc", [False, True])
def test_frames_for_others(kernel, program, promisc):
    """The card keeps them away, unless PACKET_MR_PROMISC asks for them."""
    with Peer() as peer:
        machine = Machine(kernel=kernel, append=WORDS, nics=[Nic(peer.netdev)],
                          initrd=f"{program('sniff')} {'promisc' if promisc else ''}".strip())
        with machine.start() as running:
            running.wait_for("= promiscuous", DEADLINE_S)
            peer.send(OTHERS)
            peer.send(OTHERS / Raw(b"x"))
            peer.send(Ether(src=GATEWAY_MAC, dst=GUEST_MAC, type=0x88b5) / Raw(b"end" + bytes(47)))
            result = shown(running.wait(DEADLINE_S))
    assert f"= promiscuous: {int(promisc)}\n" in result.serial
    heard = re.findall(r"^heard (\d+) bytes, type 3, to 02:..:99$", result.serial, re.M)
    assert heard == (["64", "65"] if promisc else [])
    assert "FAILED" not in result.serial
    assert_success(result)


def test_tap_in_the_middle_of_a_flow(kernel, program, pcap):
    """What the sender had ready for the flow is not used past a tap: frames are heard, complete with
    their checksums, as they are on the wire; and nothing is lost or changed when the tap goes."""
    result = boot(kernel, f"{STATIC} -- {GATEWAY}", initrd=str(program("tap_late")),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    wire = [raw for _, raw in datagrams_sent(pcap)]
    assert [int.from_bytes(raw[42:46], "little") for raw in wire] == list(range(400))
    heard = [bytes.fromhex(text) for text in re.findall(r"^heard (\w+)$", result.serial, re.M)]
    assert heard == [raw[:46] for raw in wire[300:350]]     # before the card's padding
    check_by_tshark(pcap, 400)


def test_ifconfig(kernel, busybox):
    """Addresses by SIOCGIF*, counters from /proc/net/dev."""
    text = run_busybox(kernel, busybox, "ifconfig -a")
    assert re.search(rf"^eth0 +Link encap:Ethernet  HWaddr {GUEST_MAC} *\n"
                     rf" +inet addr:{GUEST}  Bcast:10.0.2.255  Mask:255.255.255.0\n"
                     r" +UP BROADCAST RUNNING MULTICAST  MTU:1500 ", text, re.M)
    assert re.search(r"TX packets:1 errors:0 .*\n.*\n +RX bytes:0 .* TX bytes:60 ", text)
    assert re.search(r"^lo +Link encap:Local Loopback", text, re.M)


def test_routes_and_neighbours(kernel, busybox):
    """route and arp show what the command line made."""
    words = f"{WORDS} {NEIGH} route=192.0.2.0/24,via={GATEWAY},metric=7"
    text = run_busybox(kernel, busybox, "route -n", words=words)
    assert re.findall(r"^([\d.]+) +([\d.]+) +([\d.]+) +(\w+) +(\d+) .* eth0$", text, re.M) == [
        ("0.0.0.0", GATEWAY, "0.0.0.0", "UG", "0"),
        ("10.0.2.0", "0.0.0.0", "255.255.255.0", "U", "0"),
        ("192.0.2.0", GATEWAY, "255.255.255.0", "UG", "7")]
    text = run_busybox(kernel, busybox, "arp -n", words=words)
    assert f"? ({GATEWAY}) at {GATEWAY_MAC} [ether] PERM on eth0" in text


@pytest.mark.parametrize("name", ["dev", "route", "arp", "udp", "packet"])
def test_heads_as_on_linux(kernel, busybox, name):
    """The lines that name the columns, but for spaces at their ends."""
    ours = run_busybox(kernel, busybox, f"cat /proc/net/{name}").splitlines()
    linux = Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()
    heads = 2 if name == "dev" else 1
    assert [line.rstrip() for line in ours[:heads]] == [line.rstrip() for line in linux[:heads]]


def test_counters_have_linuxs_names(kernel, busybox):
    """A reader goes by the names in the line before: ours are some of Linux's."""
    ours = run_busybox(kernel, busybox, "cat /proc/net/snmp")
    linux = Path("/proc/net/snmp").read_text(encoding="ascii")
    for protocol in ("Ip", "Icmp", "Udp"):
        names, values = re.findall(rf"^{protocol}: (.*)$", ours, re.M)
        assert len(names.split()) == len(values.split()) > 1
        assert set(names.split()) <= set(re.search(rf"^{protocol}: (.*)$", linux, re.M)[1].split())


def test_counts_of_what_is_in_use(kernel, busybox):
    """/proc/muffin: cat has standard input, output and error open, and the file itself."""
    text = run_busybox(kernel, busybox, "cat /proc/muffin")
    free, total = map(int, re.search(r"^pages free (\d+) of (\d+)$", text, re.M).groups())
    tables, areas = (int(re.search(rf"^{name} (\d+)$", text, re.M).group(1))
                     for name in ("page tables", "areas"))
    assert 0 < free < total and 4 <= tables <= 8 and 4 <= areas <= 8
    assert re.search(r"^files open 4$", text, re.M)


def test_account_at_run_time(kernel, busybox):
    """/proc/net/muffin adds up while the program runs."""
    text = run_busybox(kernel, busybox, "cat /proc/net/muffin")
    account = {name: int(value) for name, value in re.findall(r"^([a-z]+) (\d+)$", text, re.M)}
    assert account["accepted"] == account["sent"] == 1      # the announcement
    assert account["waiting"] == account["queued"] == account["dropped"] == 0
    assert "out 0 neighbour did not answer ARP\n" in text
