# SPDX-License-Identifier: MIT
"""test_ways_to_send.py - GSO bursts, pieces, many by one call, control messages: what each call answers and
how the bytes are cut into datagrams is as on the build host's Linux; every frame is whole, for scapy and
for tshark; a checksum is never zero.

Not here: each way alone (tests/unit/test_send_many.c, test_udp_cork.c), order under load (test_soak.py).
Source: udp(7), sendmmsg(2); RFC 768.
"""
import hashlib
import struct
import subprocess
import sys

from scapy.layers.inet import IP
from scapy.layers.l2 import Ether

from support import (GATEWAY, GUEST_MAC, HOST_S, PORT, STATIC, TSHARK_S, Nic, assert_success, boot,
                     check_ip_checksum, check_udp_checksum, frames_sent, null_net, ones_complement,
                     table)

# In a network namespace of its own, where lo is a link of 1500 bytes.
LISTEN = """
import fcntl, hashlib, socket, struct, subprocess, sys, threading
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(link, 0x8922, struct.pack("16si12x", b"lo", 1500))      # SIOCSIFMTU
fcntl.ioctl(link, 0x8914, struct.pack("16sh14x", b"lo", 0x49))      # SIOCSIFFLAGS: up
link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
link.bind(("127.0.0.1", int(sys.argv[1])))
heard = []
def listen():
    while not heard or heard[-1] != END:
        heard.append(link.recv(70000))
END = b"the program has ended"
listener = threading.Thread(target=listen)
listener.start()
done = subprocess.run([sys.argv[2], "127.0.0.1", "shapes"], stdout=subprocess.PIPE, text=True)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(END, link.getsockname())
listener.join()
print(done.stdout)
for payload in heard[:-1]:
    print("datagram", len(payload), hashlib.md5(payload).hexdigest())
"""


def linux_says(program):
    """The same program under this host's Linux: (its table, its datagrams)."""
    text = subprocess.run(["unshare", "-rn", sys.executable, "-c", LISTEN, str(PORT), program],
                          stdout=subprocess.PIPE, text=True, timeout=HOST_S, check=True).stdout
    return table(text), [line.split()[1:] for line in text.splitlines()
                         if line.startswith("datagram ")]


def ip_sent(pcap):
    """The guest's IPv4 frames."""
    return [raw for _, raw in frames_sent(pcap) if raw[12:14] == b"\x08\0"]


def datagrams_of(frames):
    """The payloads of a capture, fragments put together: they come in order, one datagram at a time."""
    payloads, pieces = [], b""
    for raw in frames:
        ip = Ether(raw)[IP]
        check_ip_checksum(raw)
        data = raw[34:14 + ip.len]
        assert raw[14 + ip.len:] == bytes(len(raw) - 14 - ip.len), "padding is not zero"
        assert ip.frag * 8 == len(pieces)
        pieces += data
        if ip.flags.MF:
            assert len(data) % 8 == 0
            continue
        assert struct.unpack(">H", pieces[4:6])[0] == len(pieces)
        check_whole(raw[26:34], pieces)
        payloads.append(pieces[8:])
        pieces = b""
    assert pieces == b""
    return payloads


def check_whole(addresses, datagram):
    """The checksum of a datagram, also of one that came in fragments; one without has zero."""
    if datagram[6:8] != b"\0\0":
        pseudo = addresses + bytes([0, 17]) + datagram[4:6]
        assert ones_complement(pseudo + datagram) == 0


def tshark(pcap, *fields):
    """Fields of every UDP frame of the guest; nothing in the capture may be malformed."""
    command = ["tshark", "-n", "-r", str(pcap), "-T", "fields", "-o", "udp.check_checksum:TRUE",
               "-o", "ip.check_checksum:TRUE", "-o", "ip.defragment:TRUE", "-d",
               f"udp.port=={PORT},data", "-Y"]

    def rows(which, *args):
        text = subprocess.run([*command, f"eth.src == {GUEST_MAC} and {which}", *args], check=True,
                              stdout=subprocess.PIPE, text=True, timeout=TSHARK_S).stdout
        return [line.split("\t") for line in text.splitlines()]
    assert rows("(_ws.malformed or ip.checksum.status == 0)", "-e", "frame.number") == []
    return rows("udp", *[arg for field in fields for arg in ("-e", field)])


def test_as_on_linux(kernel, program, pcap):
    """The table of answers, and each datagram's bytes, are Linux's."""
    ways = program("ways")
    result = boot(kernel, f"{STATIC} -- {GATEWAY} shapes", initrd=str(ways),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    answers, theirs = linux_says(str(ways))
    assert len(answers) > 100
    assert table(result.serial) == answers
    payloads = datagrams_of(ip_sent(pcap))
    ours = [[str(len(p)), hashlib.md5(p).hexdigest()] for p in payloads]
    assert ours == theirs
    rows = tshark(pcap, "udp.length", "udp.checksum.status", "udp.checksum")
    assert [int(length) - 8 for length, *_ in rows] == [len(p) for p in payloads]
    # 1: good; 3: not there, for those that asked for none
    assert {status for _, status, value in rows if value != "0x0000"} == {"1"}
    assert len([row for row in rows if row[2] == "0x0000"]) <= 1


def test_no_checksum_is_zero(kernel, program, pcap):
    """All payloads of two bytes: each checksum occurs, but for the one that means there is none."""
    result = boot(kernel, f"{STATIC} -- {GATEWAY} sums", initrd=str(program("ways")),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    frames = ip_sent(pcap)
    assert [raw[42:44] for raw in frames] == [n.to_bytes(2, "little") for n in range(65536)]
    sums = [raw[40:42] for raw in frames]
    assert b"\0\0" not in sums
    assert len(set(sums)) == 65535      # of 65,536 sums 0 and 0xffff are sent alike
    for raw in frames[::97] + frames[-1:]:
        check_udp_checksum(raw)
    rows = tshark(pcap, "udp.checksum.status", "udp.length")
    assert rows == [["1", "10"]] * 65536
