# SPDX-License-Identifier: MIT
"""test_promises.py - what a machine on the network owes the others, and what the kernel owes
itself: echoes answered, closed ports told, floods whole and in order, every packet accounted for.
"""
import re
import struct
import subprocess

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

from peer import Peer, answer_arp
from support import (BALANCE, DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST, GUEST_MAC, HOST_S, STATIC,
                     Machine, Nic, assert_success, boot, check_by_tshark, datagrams_sent,
                     frames_sent, null_net, monitor, quiet_net, rests, said,
                     shown, wait_until)

FLOOD = 10_000


def to_guest(*layers, **ip):
    """A frame from the gateway to the guest."""
    packet = Ether(src=GATEWAY_MAC, dst=GUEST_MAC) / IP(**{"src": GATEWAY, "dst": GUEST, **ip})
    for layer in layers:
        packet = packet / layer
    return packet


def talk(kernel, program, act, pcap=None, port=None):
    """Boot wait.c with a peer; act(peer) as soon as the guest has announced itself and listens."""
    with Peer(answer_arp) as peer:
        nic = Nic(peer.netdev, pcap=pcap)
        initrd = f"{program('wait')} {port or ''}".strip()
        machine = Machine(kernel=kernel, append=STATIC, nics=[nic], initrd=initrd)
        with machine.start() as running:
            running.wait_for("listening" if port else "waiting", DEADLINE_S)
            act(peer)
            running.write("\n")
            result = shown(running.wait(DEADLINE_S))
        assert_success(result)
        return peer, result


def is_echo_reply(frame):
    """ICMP type 0."""
    return ICMP in frame and frame[ICMP].type == 0


@pytest.mark.parametrize("length", [0, 1, 18, 56, 57, 1472])
def test_echo_is_answered(kernel, program, pcap, length):
    """RFC 792, RFC 1122 3.2.2.6: identifier, number and data come back, sums are right."""
    data = bytes(i & 255 for i in range(length))
    ping = to_guest(ICMP(id=0x4D75, seq=0x6666), Raw(data))

    def act(peer):
        peer.send(ping)
        peer.wait_for(is_echo_reply)

    peer, _ = talk(kernel, program, act, pcap)
    replies = peer.seen(is_echo_reply)
    assert len(replies) == 1
    reply = replies[0]
    assert (reply.src, reply.dst) == (GUEST_MAC, GATEWAY_MAC)
    assert (reply[IP].src, reply[IP].dst, reply[IP].len) == (GUEST, GATEWAY, 28 + length)
    assert (reply[ICMP].code, reply[ICMP].id, reply[ICMP].seq) == (0, 0x4D75, 0x6666)
    assert bytes(reply[ICMP].payload)[:length] == data
    check_by_tshark(pcap, datagrams=0)
    assert [raw for _, raw in frames_sent(pcap) if not 60 <= len(raw) <= 1514] == []


def test_closed_port_is_told(kernel, program, pcap):
    """RFC 1122 4.1.3.1: port unreachable, quoting the IP header and 8 bytes at least."""
    datagram = to_guest(UDP(sport=5555, dport=4321), Raw(b"anybody?"))

    def act(peer):
        peer.send(datagram)
        peer.wait_for(lambda frame: ICMP in frame)

    peer, _ = talk(kernel, program, act, pcap)
    told = peer.seen(lambda frame: ICMP in frame)
    assert len(told) == 1
    icmp = told[0][ICMP]
    assert (icmp.type, icmp.code) == (3, 3)
    quoted = bytes(icmp.payload)
    assert quoted[:28] == bytes(datagram)[14:42]
    check_by_tshark(pcap, datagrams=0)


def spoil(packet, **fields):
    """A packet with wrong fields, as bytes; scapy fills in the rest first."""
    packet = Ether(bytes(packet))
    for name, value in fields.items():
        layer, field = name.split("_")
        packet[{"ip": IP, "udp": UDP, "icmp": ICMP}[layer]].setfieldval(field, value)
    return bytes(packet)


PING = to_guest(ICMP(id=1, seq=1), Raw(b"x" * 40))
UNREACHED = to_guest(UDP(sport=1, dport=1), Raw(b"x" * 40))
IGNORED = {
    "IP checksum": spoil(PING, ip_chksum=1),
    "ICMP checksum": spoil(PING, icmp_chksum=1),
    "UDP checksum": spoil(UNREACHED, udp_chksum=1),
    "IP version 6": spoil(PING, ip_version=6),
    "header length 4": spoil(PING, ip_ihl=4),
    "header longer than the packet": spoil(PING, ip_ihl=15, ip_len=30),
    "total length beyond the frame": spoil(PING, ip_len=1400),
    "total length below the header": spoil(PING, ip_len=10),
    "UDP length beyond the packet": spoil(UNREACHED, udp_len=1400),
    "UDP length below 8": spoil(UNREACHED, udp_len=7),
    "another address": bytes(to_guest(ICMP(), Raw(b"x"), dst="10.0.2.16")),
    "another Ethernet address": bytes(Ether(dst="52:54:00:00:00:77", src=GATEWAY_MAC) / PING[IP]),
    "broadcast ping": bytes(Ether(dst="ff:ff:ff:ff:ff:ff", src=GATEWAY_MAC) /
                            IP(src=GATEWAY, dst="10.0.2.255") / ICMP()),
    "broadcast to a closed port": bytes(Ether(dst="ff:ff:ff:ff:ff:ff", src=GATEWAY_MAC) /
                                        IP(src=GATEWAY, dst="10.0.2.255") / UDP(dport=9)),
    "from a broadcast": bytes(to_guest(ICMP(), src="255.255.255.255")),
    "from loopback": bytes(to_guest(ICMP(), src="127.0.0.1")),
    "to loopback": bytes(to_guest(ICMP(), dst="127.0.0.1")),
    "from ourselves": bytes(to_guest(ICMP(), src=GUEST)),
    "an echo reply": bytes(to_guest(ICMP(type=0))),
    "unreachable about nothing": bytes(to_guest(ICMP(type=3, code=3), Raw(b"\x45"))),
    "half an IP header": bytes(PING)[:24],
    "no protocol": bytes(Ether(dst=GUEST_MAC, src=GATEWAY_MAC, type=0x86DD)) + bytes(50),
}


def test_broken_packets_are_ignored(kernel, program):
    """None is answered; the ping at the end is."""
    def act(peer):
        for raw in IGNORED.values():
            peer.send(raw)
        peer.send(to_guest(ICMP(id=0x7777)))
        peer.wait_for(is_echo_reply)

    peer, _ = talk(kernel, program, act)
    answers = peer.seen(lambda frame: ARP not in frame)
    assert [frame[ICMP].id for frame in answers] == [0x7777], [f.summary() for f in answers]


def test_service_answers_from_its_port(kernel, program):
    """A socket bound to a port gets what comes there, and answers from there."""
    datagram = to_guest(UDP(sport=5555, dport=7), Raw(b"hello"))

    def act(peer):
        peer.send(datagram)
        peer.wait_for(lambda frame: UDP in frame)

    peer, _ = talk(kernel, program, act, port=7)
    answer = peer.seen(lambda frame: UDP in frame)[0]
    assert (answer[UDP].sport, answer[UDP].dport) == (7, 5555)
    assert bytes(answer[UDP].payload)[:5] == b"hello"


def test_checksum_of_zero_is_no_checksum(kernel, program):
    """RFC 768: the sender computed none; the datagram is taken."""
    datagram = to_guest(UDP(sport=5555, dport=7, chksum=0), Raw(b"hello"))

    def act(peer):
        peer.send(datagram)
        peer.wait_for(lambda frame: UDP in frame)

    talk(kernel, program, act, port=7)


def test_many_closed_ports_are_not_a_flood(kernel, program, pcap):
    """RFC 1812 4.3.2.8: complaints are rate-limited: a hundred in a second of the guest's. However slow the host is,
    some burst is faster."""
    def act(peer):
        for burst in range(1, 31):
            for port in range(300):
                peer.send(to_guest(UDP(sport=1, dport=10000 + port)))
            peer.send(to_guest(ICMP(id=burst)))
            peer.wait_for(lambda frame: is_echo_reply(frame) and frame[ICMP].id == burst)
            if len(peer.seen(is_complaint)) < 300 * burst:
                return
        raise AssertionError("all are told")

    talk(kernel, program, act, pcap)
    times = [when for when, raw in frames_sent(pcap) if is_complaint(Ether(raw))]
    assert 1 <= len(times) <= 100 * (int(times[-1] - times[0]) + 2)


def is_complaint(frame):
    """ICMP type 3."""
    return ICMP in frame and frame[ICMP].type == 3


# ---- the way out -------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["e1000", "e1000-82544gc"])
def test_flood_is_whole_and_in_order(kernel, program, pcap, model):
    """Ten thousand datagrams, each once, none out of order."""
    result = boot(kernel, f"{STATIC} -- {GATEWAY} {FLOOD}", initrd=str(program("flood")),
                  nics=[Nic(null_net(), model=model, pcap=pcap)])
    assert_success(result)
    numbers = [struct.unpack_from("<I", raw, 42)[0] for _, raw in numbered(pcap)]
    assert numbers == list(range(FLOOD))
    accepted, sent = map(int, BALANCE.search(said(result)).group("accepted", "sent"))
    assert accepted == sent == FLOOD + 1       # and the announcement


def numbered(pcap):
    """The flood's frames; scapy would take minutes for them."""
    return [(when, raw) for when, raw in frames_sent(pcap)
            if raw[12:14] == b"\x08\x00" and raw[36:38] == (4747).to_bytes(2, "big")]


def test_flood_on_the_smallest_machine(kernel, program, pcap):
    """Four megabytes: fewer packets in the pool, the same order."""
    result = boot(kernel, f"{STATIC} -- {GATEWAY} {FLOOD}", initrd=str(program("flood")), mem="4M",
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    numbers = [struct.unpack_from("<I", raw, 42)[0] for _, raw in numbered(pcap)]
    assert numbers == list(range(FLOOD))


def test_count_agrees_with_the_wire(kernel, pcap):
    """The account's `sent` is what the capture holds."""
    result = boot(kernel, nics=[Nic(quiet_net(), pcap=pcap)])
    assert int(BALANCE.search(said(result))["sent"]) == len(frames_sent(pcap))
    assert len(datagrams_sent(pcap)) == 1


def test_count_with_loopback(kernel, program):
    """Frames over the loopback are in the account, too."""
    result = boot(kernel, f"debug {STATIC}", initrd=str(program("loopback")))
    assert_success(result)
    lines = re.findall(r"^(\w+): sent (\d+) frames", said(result), re.M)
    sent = {name: int(n) for name, n in lines}
    assert sent["lo"] > 20
    assert int(BALANCE.search(said(result))["sent"]) == sent["lo"] + sent["eth0"]


def test_nmi_changes_nothing(kernel, program):
    """A non-maskable interrupt is told and survived, in ring 3 as in the kernel."""
    machine = Machine(kernel=kernel, append=STATIC, nics=[Nic(null_net())],
                      initrd=str(program("wait")))
    with machine.start() as running:
        running.wait_for("waiting", DEADLINE_S)
        for told in range(1, 6):
            running.monitor.command("inject-nmi")
            wait_until(lambda told=told: running.serial.count("non-maskable interrupt") >= told)
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    assert "non-maskable interrupt" in said(result)
    assert_success(result)


def test_verbose_says_what_was_parsed(kernel):
    """The parse is echoed, word by word."""
    text = said(boot(kernel, f"debug {STATIC}"))
    for word in f"debug {STATIC}".split():
        assert f"command line: {word}\n" in text


def test_nothing_configured(kernel):
    """An empty command line: the built-in program cannot resolve b, and says so at once: no server is asked
    and waited for."""
    result = boot(kernel, "")
    assert "no ip= on the command line: no card has an address" in said(result)
    assert "cannot resolve 'b'" in result.serial
    assert "net: accepted 0 packets (0 datagrams, 0 ARP) = " in said(result)
    assert result.status == 1, result.words()


# ---- the CPU as QEMU sees it -------------------------------------------------------------------

CR0_WP, EFER_NXE = 1 << 16, 1 << 11
CR4_UMIP, CR4_SMEP, CR4_SMAP = 1 << 11, 1 << 20, 1 << 21
EFLAGS_DF, EFLAGS_NT, EFLAGS_AC = 1 << 10, 1 << 14, 1 << 18
UPPER_HALF = 1 << 63
PAGE = 4096
NULL_AREA = 0x10000


def inspect(kernel, program, command, name="wait", **machine):
    """What QEMU's monitor says about the CPU while a program sleeps."""
    machine = Machine(kernel=kernel, append=STATIC, nics=[Nic(null_net())],
                      initrd=str(program(name)), **machine)
    with machine.start() as running:
        running.wait_for("waiting", DEADLINE_S)
        wait_until(lambda: rests(running))
        text = monitor(running, command)
        running.write("\n")
        assert_success(shown(running.wait(DEADLINE_S)))
    return text


def register(text, name):
    """One value of `info registers`."""
    return int(re.search(rf"\b{name} *=([0-9a-f]+)", text).group(1), 16)


def symbol(kernel, name):
    """The address of a symbol of the kernel."""
    lines = subprocess.run(["nm", str(kernel)], capture_output=True, text=True, timeout=HOST_S,
                           check=True).stdout.splitlines()
    return next(int(line.split()[0], 16) for line in lines if line.endswith(f" {name}"))


@pytest.mark.parametrize("cpu,expected", [(None, 0), ("max", CR4_UMIP | CR4_SMEP | CR4_SMAP)])
def test_protections_are_on(kernel, program, cpu, expected):
    """Not only found but turned on: write protection and NX always, the others where they are."""
    text = inspect(kernel, program, "info registers", cpu=cpu)
    assert register(text, "CR0") & CR0_WP
    assert register(text, "EFER") & EFER_NXE
    assert register(text, "CR4") & (CR4_UMIP | CR4_SMEP | CR4_SMAP) == expected


@pytest.mark.parametrize("cpu", [None, "max"])
def test_flags_of_ring_3_stay_there(kernel, program, cpu):
    """In a system call made with AC, NT and DF set the kernel has none of them: AC would take SMAP
    away, NT would break IRET, DF would turn string instructions round."""
    text = inspect(kernel, program, "info registers", "flags", cpu=cpu)
    assert register(text, "CPL") == 0, "not in the system call"
    assert register(text, "RFL") & (EFLAGS_DF | EFLAGS_NT | EFLAGS_AC) == 0


def test_guard_pages(kernel, program):
    """Below each of the kernel's stacks there is a page that is not mapped."""
    text = inspect(kernel, program, "info tlb")
    mapped = {int(va, 16) for va in re.findall(r"^([0-9a-f]{16}): ", text, re.M)}
    for name in ("kernel_stack", "df_stack", "nmi_stack"):
        guard = symbol(kernel, f"{name}_guard")
        assert guard not in mapped, f"{name}: the page below it is mapped"
        assert guard + PAGE in mapped, f"{name}: it is not above its guard page"


def test_no_page_is_writable_and_executable(kernel, program):
    """All page tables, kernel's and program's: W^X, no kernel page in ring 3, no null page."""
    text = inspect(kernel, program, "info tlb")
    pages = re.findall(r"^([0-9a-f]{16}): [0-9a-f]{16} ([XGPDACTUW-]{9})", text, re.M)
    assert len(pages) > 100
    for at, flags in pages:
        va = int(at, 16)
        assert "W" not in flags or "X" in flags, f"{at} {flags}"    # QEMU's X: not executable
        assert "U" not in flags or NULL_AREA <= va < UPPER_HALF, f"{at} {flags}"
        assert va >= NULL_AREA, f"{at} {flags}"
