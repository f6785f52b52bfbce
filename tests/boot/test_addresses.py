# SPDX-License-Identifier: MIT
"""test_addresses.py - special addresses as sources and destinations, in both directions: what is sent, and
what comes in as unicast, broadcast and multicast frames; the same program and the same frames under the
build host's Linux. Where muffin differs on purpose, the reason stands in a table.

Not here: each rule alone (tests/unit/test_martians.c, test_broadcast.c, test_ip_input.c).
Source: RFC 1122 3.2.1.3 and 3.3.6, RFC 6890, RFC 7126.
"""
import fnmatch
import sys

from scapy.layers.inet import ICMP, IP, UDP, IPOption_LSRR, IPOption_RR, IPOption_SSRR
from scapy.layers.l2 import ARP, Dot1AD, Dot1Q, Ether
from scapy.packet import Raw

from peer import Peer
from support import (BROADCAST_MAC, DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST, GUEST_MAC, STATIC, Machine, Nic,
                     assert_success, boot, frames_sent, null_net, run_in_namespace, shown, table)

NETWORK, SUBNET, LIMITED = "10.0.2.0", "10.0.2.255", "255.255.255.255"
JOINED = "239.1.2.3"                # hears.c's group
LISTEN, END, CLOSED, ECHO = 5000, 5001, 5002, 7
NETWORK_MAC = "52:55:0a:00:02:00"   # there is a host at 10.0.2.0

# ---- what is sent --------------------------------------------------------------------------------

# Rows that differ on purpose: patterns of "<source> > <destination>: <what differs>", and why.
SENT = {
    "127.* > 0.0.0.0: connect *":
        "by eth0, Linux asks a second time for what 0.0.0.0 has become; sendto there does not",
    "10.0.2.15 > 0.0.0.0 *: *": "to itself by 0.0.0.0, Linux names lo, and by the address eth0",
    "0.0.0.0lo > 10.0.2.15 *: *": "by lo, Linux names lo; a packet on lo does not tell",
    "0.0.0.0lo > 10.0.2.255 *: *": "by lo, a broadcast address of eth0's is a host's to Linux",
}


def differences(theirs, ours):
    """'<row>: <ours>' for each part of a row that is not Linux's."""
    found = []
    for their_row, our_row in zip(theirs, ours):
        name = our_row.split(" heard")[0].split(", ")[0]
        parts = zip(their_row.split(", "), our_row.split(", "))
        found += [f"{name}{' heard' if ' heard' in our_row else ''}: {part}"
                  for their_part, part in parts if their_part != part]
    return found


def check_known(differing, known):
    """Nothing else differs, and each of these does."""
    unknown = [row for row in differing
               if not any(fnmatch.fnmatchcase(row, pattern) for pattern in known)]
    print(*unknown, sep="\n")
    assert unknown == [], f"{len(unknown)} differ from Linux"
    for pattern, reason in known.items():
        assert fnmatch.filter(differing, pattern), f"no longer so: {pattern} ({reason})"


def test_sent(kernel, program):
    """Every source to every destination by every call; which sockets of this host receive it."""
    path = program("addresses")
    theirs = table(run_in_namespace(
        path, also=f"ip neigh add {NETWORK} lladdr {NETWORK_MAC} dev eth0"))
    result = boot(kernel, f"{STATIC} neigh={NETWORK},{NETWORK_MAC}", initrd=str(path),
                  nics=[Nic(null_net())])
    ours = table(result.serial)
    assert_success(result)
    assert len(theirs) == len(ours) > 500
    check_known(differences(theirs, ours), SENT)


# ---- what comes in -------------------------------------------------------------------------------

MACS = {"unicast": GUEST_MAC, "broadcast": BROADCAST_MAC, "multicast": "01:00:5e:00:00:01"}
SOURCES = (GATEWAY, "8.8.8.8", "169.254.1.1", "192.0.2.1", NETWORK, "0.0.0.5", "240.0.0.1",
           "0.0.0.0", GUEST, SUBNET, LIMITED, "127.0.0.1", "127.5.6.7", "127.255.255.255",
           "224.0.0.1", JOINED)
DESTINATIONS = (GUEST, SUBNET, LIMITED, "224.0.0.1", JOINED)
OTHERS = (NETWORK, GATEWAY, "8.8.8.8", "127.0.0.1", "127.255.255.255", "0.0.0.0", "0.0.0.5",
          "240.0.0.1", "224.0.0.251", "239.1.2.4")

# Rows that differ on purpose: patterns of "<row>: <Linux's> <ours>".
CAME = {
    "0.0.0.0 > *: * -": "an answer would go to this host itself: only DHCP's port hears it",
    "10.0.2.255 > *: * -": "RFC 1122 3.2.1.3 (d): no source, and an answer would be heard by all",
    "* from 10.0.2.255: * -": "the same",
    "127.5.6.7 > 255.255.255.255 *: * -": "RFC 1122 3.2.1.3 (g): never outside a host",
    "127.255.255.255 > 255.255.255.255 *: * -": "the same",
}


def datagram(number, source, to, mac=GUEST_MAC, port=LISTEN, **ip):
    """Row number as a datagram."""
    return (Ether(src=GATEWAY_MAC, dst=mac) / IP(src=source, dst=to, id=number, **ip) /
            UDP(sport=LISTEN, dport=port) / Raw(str(number)))


def datagrams():
    """Name and maker of each row whose frame is a datagram to LISTEN."""
    for source in SOURCES:
        for to in DESTINATIONS:
            for kind, mac in MACS.items():
                yield f"{source} > {to} {kind}", dict(source=source, to=to, mac=mac)
    for to in OTHERS:
        for source in ("8.8.8.8", "0.0.0.0"):
            yield f"{source} > {to} other", dict(source=source, to=to)
    route = [GUEST, "8.8.4.4"]
    for name, option in (("LSRR to here", IPOption_LSRR(routers=route, pointer=12)),
                         ("LSRR on", IPOption_LSRR(routers=route, pointer=4)),
                         ("SSRR to here", IPOption_SSRR(routers=route, pointer=12)),
                         ("RR", IPOption_RR(routers=["0.0.0.0"], pointer=4))):
        yield name, dict(source="8.8.8.8", to=GUEST, options=[option])


TAGS = {"priority": [Dot1Q(prio=5)], "priority, 802.1ad": [Dot1AD(prio=3)],
        "two priorities": [Dot1AD(prio=3), Dot1Q(prio=5)], "VLAN 5": [Dot1Q(vlan=5)],
        "VLAN 5, 802.1ad": [Dot1AD(vlan=5)], "VLAN 5 in a priority": [Dot1Q(prio=1), Dot1Q(vlan=5)]}


def tagged():
    """Name and frame of each row with VLAN tags: a short frame, and the longest."""
    for name, tags in TAGS.items():
        for size in (0, 1460):
            yield f"{name} {size}", lambda n, tags=tags, size=size: _with_tags(
                datagram(n, "8.8.8.8", GUEST) / Raw(b"\0" * size), tags)


def _with_tags(frame, tags):
    packet = Ether(src=frame.src, dst=frame.dst)
    for tag in tags:
        packet /= tag.copy()
    return packet / frame[IP]


def questions():
    """Name and frame of what may be answered by a frame."""
    for kind, mac in MACS.items():
        ask = Ether(src=GATEWAY_MAC, dst=mac)
        yield f"closed port {kind}", lambda n, a=ask: (
            a / IP(src="1.1.1.1", dst=GUEST, id=n) / UDP(sport=9, dport=CLOSED) / b"?")
        yield f"protocol {kind}", lambda n, a=ask: (
            a / IP(src="2.2.2.2", dst=GUEST, id=n, proto=250) / b"?")
    for to in (SUBNET, LIMITED, "224.0.0.1"):
        yield f"protocol to {to}", lambda n, to=to: (
            Ether(src=GATEWAY_MAC, dst=GUEST_MAC) / IP(src="2.2.2.2", dst=to, id=n, proto=250))
    for to in DESTINATIONS:
        for kind, mac in MACS.items():
            yield f"echo to {to} {kind}", lambda n, to=to, mac=mac: (
                Ether(src=GATEWAY_MAC, dst=mac) / IP(src="3.3.3.3", dst=to) / ICMP(id=n))
    for source in SOURCES:
        yield f"echo from {source}", lambda n, source=source: (
            Ether(src=GATEWAY_MAC, dst=GUEST_MAC) / IP(src=source, dst=GUEST) / ICMP(id=n))
        yield f"ARP from {source}", lambda n, source=source: (
            Ether(src=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", dst=BROADCAST_MAC) /
            ARP(op=1, hwsrc=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", psrc=source, pdst=GUEST))
    for target in (*DESTINATIONS[1:], *OTHERS):
        yield f"ARP for {target}", lambda n, target=target: (
            Ether(src=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", dst=BROADCAST_MAC) /
            ARP(op=1, hwsrc=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}", psrc=GATEWAY, pdst=target))


def rows():
    """(name, frame) in the order of their numbers."""
    made = []
    for name, fields in datagrams():
        made.append((name, datagram(len(made), **fields)))
    for name, make in (*tagged(), *questions()):
        made.append((name, make(len(made))))
    return made


def answered(frames):
    """The numbers of the rows that these frames answer, with the answer."""
    answers = {}
    for frame in frames:
        if frame.src != GUEST_MAC:
            continue
        if ARP in frame and frame[ARP].op == 2:
            answers[int(frame.dst.replace(":", "")[-4:], 16)] = "ARP reply"
        elif ICMP in frame and frame[ICMP].type == 3:
            quoted = IP(bytes(frame[ICMP].payload))
            answers[quoted.id] = f"unreachable {frame[ICMP].code}"
        elif ICMP in frame and frame[ICMP].type == 0:
            answers[frame[ICMP].id] = "echo reply"
    return answers


def results(text, frames, names):
    """What happened to each row: '<name>: <its receivers, or the errno, or ->'."""
    heard = {int(line.split()[0]): "|".join(line.split()[1:]) for line in table(text)
             if line[0].isdigit()}
    heard.update(answered(frames))
    return [f"{name}: {heard.get(number, '-')}" for number, name in enumerate(names)]


BATCH = 16      # frames that the guest can keep, with a copy for each socket


def mark(text):
    """What the program sends back when it has heard all before."""
    return (Ether(src=GATEWAY_MAC, dst=GUEST_MAC) / IP(src=GATEWAY, dst=GUEST) /
            UDP(sport=END, dport=END) / Raw(text))

# In the namespace: starts a program, sends it the frames of standard input once it is ready, prints what it
# printed and the frames that it sent.
FEED = """
import socket, subprocess, sys, threading
frames = [bytes.fromhex(line) for line in sys.stdin.read().split()]
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
wire.bind(("other", 0))
program = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE, text=True)
heard, ready = [], threading.Event()
def listen():
    while not (heard and heard[-1].endswith(b"end")):
        frame, where = wire.recvfrom(65536)
        if where[2] != socket.PACKET_OUTGOING:
            heard.append(frame)
            if b"ready" in frame:
                ready.set()
listener = threading.Thread(target=listen)
listener.start()
assert ready.wait(60)
for frame in frames:
    wire.send(frame)
print(program.stdout.read())
listener.join()
print(*("frame " + frame.hex() for frame in heard), sep="\\n")
"""


def linux(path, frames):
    """The program's table on this host's Linux, and the frames it sent."""
    sysctl = "/proc/sys/net/ipv4"
    text = run_in_namespace(
        sys.executable, "-c", FEED, path, text_in="\n".join(bytes(f).hex() for f in frames),
        also=f"for f in {sysctl}/conf/*/rp_filter {sysctl}/icmp_ratelimit; do echo 0 >$f || :; done")
    return text, [Ether(bytes.fromhex(line.split()[1])) for line in text.splitlines()
                  if line.startswith("frame ")]


def muffin(kernel, path, frames, pcap):
    """The same of the guest; out of the capture, as the peer may not get the last ones."""
    with Peer() as peer:
        machine = Machine(kernel=kernel, append=STATIC, nics=[Nic(peer.netdev, pcap=pcap)],
                          initrd=str(path))
        with machine.start() as running:
            peer.wait_for(lambda frame: b"ready" in bytes(frame), DEADLINE_S)
            for start in range(0, len(frames), BATCH):
                for frame in (*frames[start:start + BATCH], mark(f"mark {start}")):
                    peer.send(frame)
                text = f"mark {start}".encode()
                peer.wait_for(lambda frame, text=text: text in bytes(frame), DEADLINE_S)
            peer.send(mark("end"))
            result = shown(running.wait(DEADLINE_S))
        assert_success(result)
        return result.serial, [Ether(raw) for _, raw in frames_sent(pcap)]


def echo_frames():
    """RFC 862's service is asked once by a host, and as if by itself from 0.0.0.0."""
    for source, to, mac in ((GATEWAY, GUEST, GUEST_MAC), ("0.0.0.0", GUEST, GUEST_MAC),
                            ("0.0.0.0", LIMITED, BROADCAST_MAC), ("0.0.0.0", SUBNET, BROADCAST_MAC),
                            ("0.0.0.0", "224.0.0.1", MACS["multicast"])):
        yield (Ether(src=GATEWAY_MAC, dst=mac) / IP(src=source, dst=to) /
               UDP(sport=ECHO, dport=ECHO) / b"echo")


def test_came(kernel, program, pcap):
    """The same frames to the same sockets: which receive them, and what is answered."""
    path = program("hears")
    names, frames = zip(*rows())
    theirs = results(*linux(path, [*frames, mark("end")]), names)
    text, sent = muffin(kernel, path, [*echo_frames(), *frames], pcap)
    ours = results(text, sent, names)
    check_known([f"{name}: {there.split(': ')[1]} {here.split(': ')[1]}"
                 for name, there, here in zip(names, theirs, ours) if there != here], CAME)
    assert "echoed 1" in table(text)    # never to 0.0.0.0, which is this host
