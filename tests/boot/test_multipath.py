# SPDX-License-Identifier: MIT
"""test_multipath.py - two cards, two gateways, many flows: which wire each datagram was on while links
break and routes change.

Not here: each rule alone (tests/unit/test_multipath.c).
Source: RFC 2992; ip-route(8).
"""
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from support import (CONSOLE, DEADLINE_S, Machine, Nic, assert_success, boot, frames_sent, null_net,
                     sent_without_link, shown)

MACS = ["52:54:00:00:00:01", "52:54:00:00:00:02"]
GATEWAY_MACS = ["02:00:00:00:0a:01", "02:00:00:00:0a:02"]
WORDS = (f"{CONSOLE} ip=10.0.0.1:::255.255.255.0::eth0:off ip=10.1.0.1:::255.255.255.0::eth1:off "
         f"neigh=10.0.0.9,{GATEWAY_MACS[0]},dev=eth0 neigh=10.1.0.9,{GATEWAY_MACS[1]},dev=eth1")
BOTH = "route=198.51.100.0/24,via=10.0.0.9,weight=1,via=10.1.0.9,weight=2"
FLOWS = 120


def nics(tmp_path):
    """Two cards, each on a wire of its own; and the two captures."""
    pcaps = [tmp_path / "0.pcap", tmp_path / "1.pcap"]
    wires = [null_net(), "hubport,hubid=1"]
    cards = [Nic(wire, mac=mac, pcap=pcap) for wire, mac, pcap in zip(wires, MACS, pcaps)]
    return cards, pcaps


def ways(pcaps):
    """{round: {flow: (wire, its gateway's address)}}."""
    seen = {}
    for wire, (pcap, mac) in enumerate(zip(pcaps, MACS)):
        for packet in (Ether(raw) for _, raw in frames_sent(pcap, mac)):
            if UDP in packet and packet[UDP].dport == 4747:
                number = int(bytes(packet[UDP].payload)[:packet[UDP].len - 8])
                flow = int(packet[IP].dst.rsplit(".", 1)[1])
                assert flow not in seen.setdefault(number, {}), "sent twice"
                assert packet[IP].src == f"10.{wire}.0.1"
                seen[number][flow] = (wire, packet.dst)
    return seen


def test_shares_and_stickiness(kernel, program, tmp_path):
    """One third and two thirds of the flows; each stays on its wire."""
    cards, pcaps = nics(tmp_path)
    result = boot(kernel, f"{WORDS} {BOTH} -- {FLOWS} 4 0", initrd=str(program("spray")), nics=cards)
    assert_success(result)
    assert "unsent 0" in result.serial
    seen = ways(pcaps)
    assert sorted(seen) == [0, 1, 2, 3]
    assert all(seen[number] == seen[0] for number in seen)
    second = sum(wire for wire, _ in seen[0].values())
    assert 55 <= second <= 105      # of 120: 80, four standard deviations of 5.2 and some
    assert set(seen[0].values()) == set(enumerate(GATEWAY_MACS))


def spray(running, first, rounds):
    """So many rounds more, the first of that number; they are over then."""
    for number in range(first, first + rounds):
        running.write("more\n")
        running.wait_for(f"round {number}\r?\n", DEADLINE_S)


def test_a_link_is_pulled(kernel, program, tmp_path):
    """Flows of a wire that is pulled go by the other one, and come back with it."""
    cards, pcaps = nics(tmp_path)
    machine = Machine(kernel=kernel, append=f"{WORDS} {BOTH} -- {FLOWS} 12 asked", nics=cards,
                      initrd=str(program("spray")))
    with machine.start() as running:
        spray(running, 0, 4)
        running.set_link(False, nic=1)
        running.wait_for("eth1: link is down", DEADLINE_S)
        spray(running, 4, 4)
        running.set_link(True, nic=1)
        running.wait_for("(?s)link is down.*eth1: link is up", DEADLINE_S)
        spray(running, 8, 4)
        result = shown(running.wait(DEADLINE_S))
    assert sent_without_link(result) <= FLOWS       # at most: the round before the cable went, which is on the wire
    assert "unsent 0" in result.serial
    seen = ways(pcaps)
    assert sorted(seen) == list(range(12)) and all(len(flows) == FLOWS for flows in seen.values())
    for number, flows in seen.items():
        if 4 <= number < 8:
            assert {wire for wire, _ in flows.values()} == {0}
        else:
            assert flows == seen[0] and {wire for wire, _ in flows.values()} == {0, 1}


def test_replaced_and_deleted(kernel, program, tmp_path):
    """RTM_NEWROUTE and RTM_DELROUTE take effect with the next datagram of flows under way."""
    cards, pcaps = nics(tmp_path)
    default = "route=default,via=10.0.0.9"
    result = boot(kernel, f"{WORDS} {BOTH} {default} -- 30 9 0 10.1.0.9",
                  initrd=str(program("spray")), nics=cards)
    assert_success(result)
    assert "replaced: 0" in result.serial and "deleted: 0" in result.serial
    seen = ways(pcaps)
    assert {wire for n in range(3) for wire, _ in seen[n].values()} == {0, 1}
    assert {wire for n in range(3, 6) for wire, _ in seen[n].values()} == {1}
    assert {wire for n in range(6, 9) for wire, _ in seen[n].values()} == {0}
    assert all(len(seen[n]) == 30 for n in range(9))
