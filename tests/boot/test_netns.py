# SPDX-License-Identifier: MIT
"""test_netns.py - one program, two cards, two network namespaces with the same addresses: what each
wire sees.

Not here: what is in a namespace (tests/unit/test_net_namespace.c), the word's mistakes
(tests/unit/test_ipconfig.c).
Source: network_namespaces(7), ip-netns(8).
"""
import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether

from peer import Peer
from support import (CONSOLE, GUEST_TIME, Nic, assert_success, boot, frames_sent, null_net, said,
                     shown, table)

MACS = ["52:54:00:00:00:01", "52:54:00:00:00:02"]
PEER_MACS = ["02:00:00:00:0a:01", "02:00:00:00:0a:02"]
OURS, PEER, PORT = "10.9.0.1", "10.9.0.2", 4747
SAME = f"{OURS}::{PEER}:255.255.255.0"
WORDS = f"{CONSOLE} netns=red:eth1 ip={SAME}::eth0:off ip={SAME}::eth1:off"


class Host:
    """One PEER on a wire of its own: answers ARP with its address and datagrams with its name."""

    def __init__(self, index):
        self.mac, self.name = PEER_MACS[index], f"host {index}".encode()

    def __call__(self, frame):
        back = Ether(src=self.mac, dst=frame.src)
        if ARP in frame and frame[ARP].op == 1 and frame[ARP].pdst == PEER:
            return back / ARP(op=2, hwsrc=self.mac, psrc=PEER, hwdst=frame.src, pdst=OURS)
        if UDP in frame and frame[IP].dst == PEER:
            return back / IP(src=PEER, dst=OURS) / UDP(sport=PORT, dport=frame[UDP].sport) / self.name
        return None


def payloads(pcap, mac):
    """What the guest's card sent to PORT."""
    packets = [Ether(raw) for _, raw in frames_sent(pcap, mac)]
    return [bytes(p[UDP].payload)[:p[UDP].len - 8] for p in packets if UDP in p and ICMP not in p]


def test_two_of_everything(kernel, program, tmp_path):
    """The same address, port, gateway and peer in both; each wire sees its own alone."""
    pcaps = [tmp_path / "0.pcap", tmp_path / "1.pcap"]
    with Peer(Host(0)) as one, Peer(Host(1)) as two:
        nics = [Nic(peer.netdev, mac=mac, pcap=pcap)
                for peer, mac, pcap in zip((one, two), MACS, pcaps)]
        result = boot(kernel, f"{WORDS} -- red {PEER} {PORT}", initrd=str(program("netns")),
                      nics=nics)
        asked = [peer.seen(lambda f: ICMP in f) for peer in (one, two)]
    assert [line for line in table(result.serial) if not line.startswith("ok ")] == []
    assert_success(result)
    assert "eth1: in namespace red" in said(result)
    for pcap, mac, word in zip(pcaps, MACS, (b"first", b"second")):
        assert payloads(pcap, mac) == [word] * 3
    assert "first heard 'host 0'" in result.serial
    assert "second heard 'host 1'" in result.serial
    assert asked == [[], []]


def test_routes_and_neighbours_follow_their_device(kernel, program, tmp_path):
    """route= and neigh= with a device mean its namespace: the same prefix, two ways."""
    pcaps = [tmp_path / "0.pcap", tmp_path / "1.pcap"]
    words = " ".join(f"route=192.0.2.0/24,via=10.9.0.{9 + i},dev=eth{i} "
                     f"neigh=10.9.0.{9 + i},02:00:00:00:0b:0{i},dev=eth{i}" for i in (0, 1))
    nics = [Nic(null_net(), mac=mac, pcap=pcap) for mac, pcap in zip(MACS, pcaps)]
    nics[1].netdev = "hubport,hubid=1"
    result = boot(kernel, f"{WORDS} {words} -- red 192.0.2.5 {PORT}",
                  initrd=str(program("netns")), nics=nics, icount=GUEST_TIME)
    assert_success(result)
    for i, (pcap, mac) in enumerate(zip(pcaps, MACS)):
        sent = [Ether(raw) for _, raw in frames_sent(pcap, mac)]
        assert {p.dst for p in sent if UDP in p} == {f"02:00:00:00:0b:0{i}"}
        assert {p[ARP].pdst for p in sent if ARP in p} <= {OURS}


@pytest.mark.parametrize("word,culprit", [
    ("netns=red", "device ''"), ("netns=:eth0", "name ''"), ("netns=a/b:eth0", "name 'a/b'"),
    ("netns=red:eth0,", "device ''"), ("netns=red:eth0123456789abcdef", "'eth0123456789abcdef'"),
])
def test_malformed(kernel, word, culprit):
    """The word is shown with its place."""
    result = boot(kernel, f"{CONSOLE} {word}")
    assert result.status == 64
    assert culprit in result.serial and f"in '{word}'" in result.serial, shown(result)


def test_no_such_device(kernel):
    """Refused, naming namespace and device."""
    result = boot(kernel, f"{CONSOLE} netns=red:eth7")
    assert result.status == 64
    assert "netns=red: there is no device 'eth7'" in result.serial, shown(result)
