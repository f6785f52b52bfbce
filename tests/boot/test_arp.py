# SPDX-License-Identifier: MIT
"""test_arp.py - finding the next hop and being found: requests, answers, announcements, silence;
and a link that comes late or never.
"""
import re

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from peer import (Peer, answer_arp, arp_reply, arp_request, asks_for, is_announcement)
from support import (ADDRESS, BROADCAST_MAC, CONSOLE, DEADLINE_S, DROPPED, GATEWAY, GATEWAY_MAC, GUEST_TIME,
                     GUEST, GUEST_MAC, PORT, STATIC, WORDS, Machine, Nic, arps_sent,
                     assert_success, boot, check_balance, check_by_tshark, check_datagram,
                     datagrams_sent, frames_sent, null_net, quiet_net, rests, said, shown,
                     table, wait_until)

SENT = "muffin sent :)\n"
TRIES, APART_S, SLACK_S = 3, 1.0, 0.02     # in the guest's time
ZERO_MAC = "00:00:00:00:00:00"


def is_muffin(frame):
    """The muffin's frame."""
    return UDP in frame and frame[UDP].dport == PORT


def check_arp(packet, to, **fields):
    """RFC 826, every field of an ARP packet of the guest, and the frame around it."""
    arp = packet[ARP]
    assert (packet.dst, packet.src, packet.type) == (to, GUEST_MAC, 0x0806)
    assert (arp.hwtype, arp.ptype, arp.hwlen, arp.plen) == (1, 0x0800, 6, 4)
    assert (arp.hwsrc, arp.psrc) == (GUEST_MAC, GUEST)
    assert {name: arp.getfieldval(name) for name in fields} == fields
    assert len(packet) == 60 and bytes(packet)[42:] == bytes(18)


def test_request(kernel, pcap):
    """An announcement, then one request, before the muffin; both whole and broadcast."""
    result = boot(kernel, WORDS, nics=[Nic(quiet_net(), pcap=pcap)])
    assert_success(result)
    announcement, request = [packet for _, packet in arps_sent(pcap)]
    check_arp(announcement, BROADCAST_MAC, op=1, hwdst=ZERO_MAC, pdst=GUEST)
    check_arp(request, BROADCAST_MAC, op=1, hwdst=ZERO_MAC, pdst=GATEWAY)
    order = [packet.type for packet in map(Ether, dict(frames_sent(pcap)).values())]
    assert order == [0x0806, 0x0806, 0x0800]


def test_static_neighbour_is_not_asked_for(kernel, pcap):
    """neigh= sends at once: only the announcement goes before the muffin."""
    assert_success(boot(kernel, STATIC, nics=[Nic(quiet_net(), pcap=pcap)]))
    assert [is_announcement(packet) for _, packet in arps_sent(pcap)] == [True]
    check_datagram(datagrams_sent(pcap)[0][1], b"muffin")


def test_neighbour_on_the_link_is_asked_for_itself(kernel, pcap):
    """Inside the prefix the destination is asked for, not the gateway."""
    words = f"{WORDS} hosts=near:10.0.2.3 -- near"
    result = boot(kernel, words, nics=[Nic(quiet_net(), pcap=pcap)])
    assert_success(result)
    assert [packet[ARP].pdst for _, packet in arps_sent(pcap)] == [GUEST, "10.0.2.3"]


def test_beyond_the_link_the_gateway_is_asked_for(kernel, pcap):
    """Outside of the prefix the gateway gets the frame, the destination stays in the packet."""
    result = boot(kernel, f"{WORDS} -- 198.51.100.7", nics=[Nic(quiet_net(), pcap=pcap)])
    assert_success(result)
    assert [packet[ARP].pdst for _, packet in arps_sent(pcap)] == [GUEST, GATEWAY]
    packet = Ether(datagrams_sent(pcap)[0][1])
    assert packet.dst == GATEWAY_MAC and packet[IP].dst == "198.51.100.7"


def test_no_answer(kernel, pcap):
    """sendto succeeds as on Linux; three requests a second apart; then the loss is told, by words
    and by the status."""
    result = boot(kernel, WORDS, nics=[Nic(null_net(), pcap=pcap)], icount=GUEST_TIME)
    assert result.serial.index(SENT) < result.serial.index("did not answer ARP")
    assert f"eth0: {GATEWAY} did not answer ARP, 1 packet dropped" in said(result)
    assert re.search(r"program ended .*dropped", said(result))
    assert result.status == DROPPED
    check_tries([when for when, packet in arps_sent(pcap) if asks_for(packet)])
    assert not datagrams_sent(pcap)


def check_tries(times):
    """Three, a second apart."""
    assert len(times) == TRIES
    for before, after in zip(times, times[1:]):
        assert abs(after - before - APART_S) < SLACK_S, times


def test_no_answer_is_a_pending_error(kernel, program):
    """A socket that asked (IP_RECVERR) is told: EHOSTUNREACH, once."""
    result = boot(kernel, f"{WORDS} -- {GATEWAY}", initrd=str(program("pending_error")),
                  nics=[Nic(null_net())])
    lines = table(result.serial)
    assert len(lines) == 5 and all(line.startswith("ok ") for line in lines), lines
    assert result.status == DROPPED     # the program ended with 0, its datagram was lost


def test_flood_to_a_host_that_does_not_answer(kernel, program, pcap):
    """Many datagrams for a host that does not answer: none is refused, all are lost, and counted."""
    result = boot(kernel, f"{WORDS} -- {GATEWAY} 5000", initrd=str(program("flood")),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert "5000 sent" in result.serial and result.status == DROPPED
    assert "dropped 5000 on the way out: neighbour did not answer ARP" in said(result)
    assert re.search("program ended .* dropped.*: 5000", said(result))
    check_balance(result)
    assert not datagrams_sent(pcap)


def peer_boot(kernel, peer, words, act=None, **machine):
    """Boot with the peer on the wire; act(running) meanwhile."""
    nic = Nic(peer.netdev, pcap=machine.pop("pcap", None))
    with Machine(kernel=kernel, append=words, nics=[nic], **machine).start() as running:
        if act:
            act(running)
        return shown(running.wait(DEADLINE_S))


def test_late_answer_still_counts(kernel):
    """Only the third request is answered: the muffin leaves, nothing is lost."""
    asked = []

    def third_time(frame):
        if asks_for(frame):
            asked.append(frame)
        return arp_reply() if asks_for(frame) and len(asked) == TRIES else None

    with Peer(third_time) as peer:
        assert_success(peer_boot(kernel, peer, WORDS))
        assert len(peer.seen(asks_for)) == TRIES and len(peer.seen(is_muffin)) == 1


def test_answers_for_its_own_address(kernel, program, pcap):
    """A request for our address is answered, to the asker alone; others are not."""
    with Peer() as peer:
        def ask(running):
            peer.wait_for(is_announcement)
            peer.send(arp_request("10.0.2.77"))
            peer.send(arp_request(GUEST))
            peer.wait_for(lambda frame: ARP in frame and frame[ARP].op == 2)
            running.write("\n")

        result = peer_boot(kernel, peer, STATIC, ask, initrd=str(program("wait")), pcap=pcap)
        assert_success(result)
        replies = peer.seen(lambda frame: ARP in frame and frame[ARP].op == 2)
    assert len(replies) == 1
    check_arp(replies[0], GATEWAY_MAC, op=2, hwdst=GATEWAY_MAC, pdst=GATEWAY)
    check_by_tshark(pcap, datagrams=0)


def test_probe_is_answered(kernel, program):
    """RFC 5227 2.1.1: a probe comes from 0.0.0.0, and its address is defended."""
    with Peer() as peer:
        def probe(running):
            peer.wait_for(is_announcement)
            peer.send(arp_request(GUEST, sender="0.0.0.0"))
            peer.wait_for(lambda frame: ARP in frame and frame[ARP].op == 2)
            running.write("\n")

        assert_success(peer_boot(kernel, peer, STATIC, probe, initrd=str(program("wait"))))


def test_address_conflict_is_told(kernel, program):
    """Another host announces our address: the console names its Ethernet address."""
    with Peer() as peer:
        def announce(running):
            peer.wait_for(is_announcement)
            peer.send(arp_request(GUEST, mac="02:00:00:00:00:99", sender=GUEST))
            running.wait_for("02:00:00:00:00:99 uses our address", DEADLINE_S)
            running.write("\n")

        assert_success(peer_boot(kernel, peer, STATIC, announce, initrd=str(program("wait"))))


def truncated(frame, length):
    """The first bytes of a frame only."""
    return bytes(frame)[:length]


MALFORMED = {
    "hardware type": arp_reply(hwtype=6),
    "protocol type": arp_reply(ptype=0x86DD),
    "hardware length": arp_reply(hwlen=8),
    "protocol length": arp_reply(plen=16),
    "multicast sender": arp_reply(mac="01:00:5e:00:00:01"),
    "broadcast sender": arp_reply(mac=BROADCAST_MAC),
    "another sender": arp_reply(address="10.0.2.99"),
    "for another": Ether(src=GATEWAY_MAC, dst="52:54:00:00:00:01") / arp_reply()[ARP],
    "reverse request": arp_reply(op=3, psrc="10.0.2.98"),
    "cut short": truncated(arp_reply(), 14 + 12),    # the card fills it up with zeros
    "no ARP at all": truncated(arp_reply(), 14),
}


def test_malformed_packets_teach_nothing(kernel):
    """Every kind of broken answer to the first request is ignored: there is a second one, a second of the guest's
    later, whose good answer is taken."""
    asked = []

    def answer(frame):
        if not asks_for(frame):
            return None
        asked.append(frame)
        if len(asked) > 1:
            return arp_reply()
        for broken in MALFORMED.values():
            peer.send(broken)
        return None

    with Peer(answer) as peer:
        assert_success(peer_boot(kernel, peer, f"debug {WORDS}"))
        order = [is_muffin(frame) for frame in peer.seen(lambda f: asks_for(f) or is_muffin(f))]
        assert order[:2] == [False, False] and order[-1], "a broken answer was taken"
        assert [frame.dst for frame in peer.seen(is_muffin)] == [GATEWAY_MAC]


@pytest.mark.parametrize("name", ["cut short", "multicast sender", "for another"])
def test_malformed_alone(kernel, name):
    """With nothing better to come the muffin never leaves. Three seconds each, so not for all."""
    with Peer(lambda frame: MALFORMED[name] if asks_for(frame) else None) as peer:
        result = peer_boot(kernel, peer, WORDS)
        assert result.status == DROPPED
        assert not peer.seen(is_muffin)


def start_unplugged(kernel, peer, **machine):
    """A machine whose cable is out from the start: stopped until it is."""
    return Machine(kernel=kernel, append=STATIC, nics=[Nic(peer.netdev)], extra=["-S"], **machine)


def test_link_comes_late(kernel):
    """No cable at first: the sender waits; plugged in, the muffin leaves."""
    with Peer(answer_arp) as peer, start_unplugged(kernel, peer).start() as running:
        running.set_link(False)
        running.monitor.command("cont")
        running.wait_for("eth0: no link yet", DEADLINE_S)
        running.wait_for("starting", DEADLINE_S)
        wait_until(lambda: rests(running))
        assert not peer.seen(is_muffin) and SENT not in running.serial
        running.set_link(True)
        result = shown(running.wait(DEADLINE_S))
        assert_success(result)
        assert result.serial.index("eth0: link is up") < result.serial.index(SENT)
        peer.wait_for(is_muffin)


def test_link_never_comes(kernel):
    """No cable at all: it ends by itself, and not with success."""
    with Peer() as peer, start_unplugged(kernel, peer, icount=GUEST_TIME).start() as running:
        running.set_link(False)
        running.monitor.command("cont")
        result = shown(running.wait(DEADLINE_S))
        assert result.status not in (0, None), result.words()
        assert SENT not in result.serial and not peer.seen(is_muffin)


def test_no_address_no_announcement(kernel, pcap):
    """Without an address there is nothing to announce and no way out."""
    result = boot(kernel, f"{CONSOLE} ip=off -- 192.0.2.1", nics=[Nic(quiet_net(), pcap=pcap)])
    assert "not sent: Network unreachable" in result.serial and result.status == 3
    assert not frames_sent(pcap)


def test_foreign_traffic_teaches_nothing(kernel, program):
    """A stranger's request does not fill the table: a host that we never sent to is asked for."""
    with Peer(answer_arp) as peer:
        def meet(_):
            peer.wait_for(is_announcement)
            peer.send(arp_request(GUEST))

        result = peer_boot(kernel, peer, f"{CONSOLE} {ADDRESS} -- {GATEWAY} 1", meet,
                           initrd=str(program("flood")))
        assert_success(result)
        assert len(peer.seen(asks_for)) == 1
