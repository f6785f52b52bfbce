#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""vectors.py - prints vectors.h: frames as scapy builds them, for the unit tests to compare with.

Not here: the tests. Run by hand when a frame is added: tests/unit/vectors.py > tests/unit/vectors.h
"""
from scapy.all import ARP, ICMP, IP, UDP, Ether, IPOption_Router_Alert, IPOption_RR, Raw
from scapy.contrib.igmp import IGMP

OUR_MAC, PEER_MAC, ALL = "02:00:00:00:00:01", "02:00:00:00:00:02", "ff:ff:ff:ff:ff:ff"
OUR_IP, PEER_IP, NONE = "10.0.0.1", "10.0.0.2", "00:00:00:00:00:00"
HEAD = """/* SPDX-License-Identifier: MIT
 * vectors.h - frames in hexadecimal, as scapy builds them. Made by vectors.py, not by hand.
 * Not here: what the stack does with them.
 * Unit tests inject and compare them. 10.0.0.1 is we, 10.0.0.2 the peer.
 * Source: scapy. */
#pragma once
"""


def sent(data, dst=PEER_IP, mac=PEER_MAC, check=None, **ip):
    """A datagram of ours, 5000 to 4747, not to be fragmented."""
    fields = {"src": OUR_IP, "dst": dst, "id": 0, "flags": "DF", "ttl": 64, **ip}
    return Ether(dst=mac, src=OUR_MAC) / IP(**fields) / UDP(sport=5000, dport=4747,
                                                            chksum=check) / Raw(data)


def received(payload, **ip):
    """Something from the peer to us."""
    fields = {"src": PEER_IP, "dst": OUR_IP, "id": 0x1234, "ttl": 64, **ip}
    return Ether(dst=OUR_MAC, src=PEER_MAC) / IP(**fields) / payload


def answered(payload):
    """ICMP from us to the peer."""
    return Ether(dst=PEER_MAC, src=OUR_MAC) / IP(src=OUR_IP, dst=PEER_IP, id=0,
                                                 flags="DF") / payload


def arp(to, frm, **fields):
    """ARP for IPv4 over Ethernet."""
    return Ether(dst=to, src=frm) / ARP(**fields)


def igmp(mac, ours, dst, **fields):
    """IGMP to a group, of ours or of the peer."""
    src = {"src": OUR_IP, "id": 0, "flags": "DF"} if ours else {"src": PEER_IP}
    return (Ether(dst=mac, src=OUR_MAC if ours else PEER_MAC) /
            IP(dst=dst, ttl=1, tos=0xc0, options=[IPOption_Router_Alert()], **src) /
            IGMP(**fields))


def bytes_of(packet, at=14, end=None):
    """A packet's bytes behind its Ethernet header."""
    return bytes(packet)[at:end]


def zero_check_payload():
    """Two bytes that make the sum come out as zero (RFC 768: sent as ffff)."""
    return IP(bytes_of(sent(b"\0\0")))[UDP].chksum.to_bytes(2, "big")


def frames():
    """Name and packet of each."""
    crumbs = UDP(sport=4747, dport=5000) / Raw(b"crumbs")
    datagram, muffin = received(crumbs), sent(b"muffin")
    options = received(crumbs, options=[IPOption_RR(length=7, routers=["0.0.0.0"])])
    echo = Raw(b"are you there?")
    yield "MUFFIN", muffin
    yield "EMPTY", sent(b"")
    yield "ODD", sent(b"muffins")
    yield "NO_CHECK", sent(b"muffin", check=0)
    yield "ZERO_CHECK", sent(zero_check_payload(), check=0xffff)
    yield "TTL7_TOS16", sent(b"muffin", ttl=7, tos=16)
    yield "TO_BROADCAST", sent(b"muffin", dst="10.0.0.255", mac=ALL)
    yield "TO_GROUP", sent(b"muffin", dst="239.129.2.3", mac="01:00:5e:01:02:03", ttl=1)
    yield "TO_FAR", sent(b"muffin", dst="192.0.2.1", mac="02:00:00:00:00:fe")
    yield "ARP_ASK", arp(ALL, OUR_MAC, op=1, hwsrc=OUR_MAC, psrc=OUR_IP, hwdst=NONE, pdst=PEER_IP)
    yield "ARP_ASK_AGAIN", arp(PEER_MAC, OUR_MAC, op=1, hwsrc=OUR_MAC, psrc=OUR_IP, hwdst=NONE,
                               pdst=PEER_IP)
    yield "ARP_ANSWER", arp(PEER_MAC, OUR_MAC, op=2, hwsrc=OUR_MAC, psrc=OUR_IP, hwdst=PEER_MAC,
                            pdst=PEER_IP)
    yield "ARP_ANNOUNCE", arp(ALL, OUR_MAC, op=1, hwsrc=OUR_MAC, psrc=OUR_IP, hwdst=NONE,
                              pdst=OUR_IP)
    yield "ARP_ASKED", arp(ALL, PEER_MAC, op=1, hwsrc=PEER_MAC, psrc=PEER_IP, hwdst=NONE,
                           pdst=OUR_IP)
    yield "ARP_ANSWERED", arp(OUR_MAC, PEER_MAC, op=2, hwsrc=PEER_MAC, psrc=PEER_IP,
                              hwdst=OUR_MAC, pdst=OUR_IP)
    yield "CRUMBS", datagram
    yield "CRUMBS_OPTIONS", options
    yield "ECHO", received(ICMP(type=8, id=0xbeef, seq=7) / echo)
    yield "ECHO_REPLY", answered(ICMP(type=0, id=0xbeef, seq=7) / echo)
    yield "PORT_UNREACH", answered(ICMP(type=3, code=3) / Raw(bytes_of(datagram, end=14 + 28)))
    yield "PORT_UNREACH_OPTIONS", answered(ICMP(type=3, code=3) /
                                           Raw(bytes_of(options, end=14 + 28 + 8)))
    quoted = Raw(bytes_of(muffin, end=14 + 28))
    for code, name in enumerate(("NET", "HOST", "PROTOCOL", "PORT", "FRAG_NEEDED", "ROUTE")):
        yield f"TOLD_{name}", received(ICMP(type=3, code=code) / quoted)
    group, mac = "239.129.2.3", "01:00:5e:01:02:03"
    hosts, hosts_mac = "224.0.0.1", "01:00:5e:00:00:01"
    yield "IGMP_REPORT", igmp(mac, True, group, type=0x16, mrcode=0, gaddr=group)
    yield "IGMP_LEAVE", igmp("01:00:5e:00:00:02", True, "224.0.0.2", type=0x17, mrcode=0,
                             gaddr=group)
    yield "IGMP_REPORTED", igmp(mac, False, group, type=0x16, mrcode=0, gaddr=group)
    yield "IGMP_QUERY", igmp(hosts_mac, False, hosts, type=0x11, mrcode=20, gaddr="0.0.0.0")
    yield "IGMP_QUERY_V1", igmp(hosts_mac, False, hosts, type=0x11, mrcode=0, gaddr="0.0.0.0")
    yield "IGMP_QUERY_V3", igmp(hosts_mac, False, hosts, type=0x11, mrcode=0x8f,
                                gaddr="0.0.0.0") / Raw(bytes(4))
    yield "IGMP_QUERY_GROUP", igmp(mac, False, group, type=0x11, mrcode=10, gaddr=group)
    yield "IGMP_QUERY_OTHER", igmp(hosts_mac, False, hosts, type=0x11, mrcode=10,
                                   gaddr="239.129.2.4")


print(HEAD)
for name, packet in frames():
    digits = bytes(packet).hex()
    lines = [f'\t"{digits[i:i + 80]}"' for i in range(0, len(digits), 80)]
    print(f"#define FRAME_{name} \\\n" + " \\\n".join(lines))
