# SPDX-License-Identifier: MIT
"""test_inet.py - sockets of AF_INET as programs know them from Linux: options, control messages, what
routers complain about, groups, datagrams that wait whole.
"""
from scapy.contrib.igmp import IGMP
from scapy.layers.inet import ICMP, IP, UDP, IPOption_Router_Alert
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from peer import Peer, answer_arp, arp_reply, asks_for
from support import (DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST, GUEST_MAC, PORT, STATIC, WORDS, Machine, Nic,
                     assert_success, boot, check_by_tshark, frames_sent, run_on_host, shown, table)

ROUTER, ROUTER_TTL = "10.0.2.254", 61
GROUP, GROUP_MAC = "239.129.2.3", "01:00:5e:01:02:03"
COMPLAINTS = {b"port": {"type": 3, "code": 3}, b"filtered": {"type": 3, "code": 13},
              b"host": {"type": 3, "code": 1}, b"time": {"type": 11, "code": 0},
              b"narrow": {"type": 3, "code": 4, "nexthopmtu": 1000}}


def peer_boot(kernel, peer, words, program, pcap):
    """Boot a program with the peer on the wire; all it says of its checks is ok. The guest's IPv4 packets,
    fragments, too: out of the capture, as the peer may not get the last ones."""
    machine = Machine(kernel=kernel, append=words, nics=[Nic(peer.netdev, pcap=pcap)],
                      initrd=str(program))
    with machine.start() as running:
        result = shown(running.wait(DEADLINE_S))
    assert [line for line in table(result.serial) if not line.startswith("ok ")] == []
    assert_success(result)
    return [frame for frame in (Ether(raw) for _, raw in frames_sent(pcap)) if IP in frame]


def test_options_as_on_linux(kernel, program):
    """Every option and every way to receive, line by line what this host's Linux answers."""
    result = boot(kernel, initrd=str(program("options_table")))
    here, there = table(result.serial), table(run_on_host(program("options_table")))
    assert "end of table" in result.serial and len(there) > 900
    assert_success(result)
    assert [pair for pair in zip(here, there) if pair[0] != pair[1]] == []
    assert len(here) == len(there)


def complain(frame):
    """A router's answer to a datagram whose text names a complaint."""
    if UDP not in frame or frame[UDP].dport != PORT:
        return answer_arp(frame)
    text = frame[Raw].load
    for name, fields in COMPLAINTS.items():
        if text.startswith(name):
            return (Ether(src=GATEWAY_MAC, dst=GUEST_MAC) /
                    IP(src=ROUTER, dst=GUEST, ttl=ROUTER_TTL) / ICMP(**fields) /
                    Raw(bytes(frame[IP])[:20 + 8 + len(name)]))
    return None


def test_complaints(kernel, program, pcap):
    """ICMP errors reach the sockets that should know; the path's MTU is learned and heeded."""
    with Peer(complain) as peer:
        sent = peer_boot(kernel, peer, f"{STATIC} -- {GATEWAY}", program("complaints"), pcap)
    sizes = [(frame[IP].len, str(frame[IP].flags), frame[IP].frag) for frame in sent]
    assert sizes[-4:] == [(1428, "DF", 0), (996, "MF", 0), (452, "", 122), (1000, "DF", 0)]


def test_groups(kernel, program, pcap):
    """Joined, a group is heard: the card's filter lets it in. TTL 0 stays inside. The link is told of members
    (RFC 2236): at once, when a switch asks all hosts, from 0.0.0.0, and that there are none left."""
    def call(frame):
        if UDP in frame and frame[IP].dst == GROUP:
            text = frame[Raw].load
            if text == b"alone":
                peer.send(Ether(src=GATEWAY_MAC, dst="01:00:5e:00:00:01") /
                          IP(src="0.0.0.0", dst="224.0.0.1", ttl=1,
                             options=[IPOption_Router_Alert()]) / IGMP(type=0x11, mrcode=1))
            else:
                peer.send(Ether(src=GATEWAY_MAC, dst=GROUP_MAC) / IP(src=GATEWAY, dst=GROUP, ttl=1) /
                          UDP(sport=9, dport=PORT) / Raw(to_group[text]))
            if text != b"ready 2":      # to the guest alone: what came before it has been heard, or not
                return (Ether(src=GATEWAY_MAC, dst=GUEST_MAC) / IP(src=GATEWAY, dst=GUEST) /
                        UDP(sport=9, dport=PORT) / Raw(b"after " + to_group.get(text, text)))
            return None
        return answer_arp(frame)

    to_group = {b"ready 1": b"one", b"ready 2": b"two"}

    with Peer(call) as peer:
        frames = peer_boot(kernel, peer, STATIC, program("groups"), pcap)
    sent = [(frame.dst, frame[IP].ttl, frame[Raw].load) for frame in frames if UDP in frame]
    assert sent == [(GROUP_MAC, 1, text) for text in (b"ready 1", b"ready 2", b"alone")]
    told = [frame for frame in frames if IGMP in frame]
    assert [frame[IGMP].type for frame in told] == [0x16, 0x16, 0x17]
    assert frames.index(told[0]) == 1 and frames[-1] is told[2]
    for frame, to in zip(told, (GROUP, GROUP, "224.0.0.2")):
        ip, igmp = frame[IP], frame[IGMP]
        assert (ip.src, ip.dst, ip.ttl, igmp.mrcode, igmp.gaddr) == (GUEST, to, 1, 0, GROUP)
        assert bytes(ip.options[0]) == bytes.fromhex("94040000")
        assert frame.dst == (GROUP_MAC if to == GROUP else "01:00:5e:00:00:02")
    check_by_tshark(pcap, datagrams=3)


def test_a_large_datagram_waits_whole(kernel, program, pcap):
    """60,000 bytes for a host that answers ARP late: every fragment leaves, in order."""
    asked = []

    def second_time(frame):
        if asks_for(frame):
            asked.append(frame)
        return arp_reply() if asks_for(frame) and len(asked) == 2 else None

    with Peer(second_time) as peer:
        frames = peer_boot(kernel, peer, f"{WORDS} -- {GATEWAY}", program("whole"), pcap)
    assert [frame[IP].frag * 8 for frame in frames] == list(range(0, 60008, 1480))
