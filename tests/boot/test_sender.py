# SPDX-License-Identifier: MIT
"""test_sender.py - muffin-send's options, the same file under muffin and under this host's Linux: what is on
the wire, when, and how it ends.

Not here: the plain muffin (test_muffin.py), the receiver (test_receiver.py).
"""
import re
import socket
import subprocess

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

import images
from support import (CONSOLE, ADDRESS, DEADLINE_S, GATEWAY, GUEST_TIME, ROOT, STATIC, Machine, Nic,
                     assert_success, boot, check_by_tshark, frames_sent, null_net, shown, user_net)

SEND = ROOT / "build" / "user" / "muffin-send"
SENT, SOCKET, UNSENT, USAGE, WRONG = 0, 2, 3, 4, 5      # enum status of user/lib/options.h
IP_RECVTTL, IP_RECVTOS = 12, 13     # Linux's ip(7)


def send(kernel, pcap, words, **machine):
    """One boot into muffin-send: the Result and (seconds, packet, payload) of each datagram on the wire."""
    result = boot(kernel, f"{STATIC} -- {words}", nics=[Nic(null_net(), pcap=pcap)], **machine)
    packets = [(when, Ether(raw)) for when, raw in frames_sent(pcap)]
    return result, [(when, p, bytes(p[UDP].payload)[:p[UDP].len - 8])
                    for when, p in packets if UDP in p]


def on_linux(*words, text=None):
    """muffin-send here: (status, output)."""
    done = subprocess.run([SEND, *words], capture_output=True, text=True, input=text,
                          timeout=DEADLINE_S, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="listener")
def fixture_listener():
    """A socket of the loopback that is told time to live and type of service."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(DEADLINE_S)
        for name in (IP_RECVTTL, IP_RECVTOS):
            sock.setsockopt(socket.IPPROTO_IP, name, 1)
        yield sock


def test_fields(kernel, pcap):
    """Ports, time to live, type of service, as told."""
    result, ((_, packet, payload),) = send(
        kernel, pcap, f"port=99 source=1234 ttl=7 tos=0x10 {GATEWAY} hello")
    assert_success(result)
    assert "hello sent :)\n" in result.serial
    assert (packet[UDP].sport, packet[UDP].dport, payload) == (1234, 99, b"hello")
    assert (packet[IP].ttl, packet[IP].tos) == (7, 0x10)
    check_by_tshark(pcap)


def test_fields_on_linux(listener):
    """The same there."""
    port = listener.getsockname()[1]
    status, text = on_linux(f"port={port}", "--ttl=7", "-T", "0x10", "127.0.0.1", "hello")
    payload, ancillary, _, _ = listener.recvmsg(100, 100)
    values = {kind: data[0] for _, kind, data in ancillary}
    assert (status, text, payload) == (SENT, "hello sent :)\n", b"hello")
    assert (values[socket.IP_TTL], values[socket.IP_TOS]) == (7, 0x10)


@pytest.mark.parametrize("words,to,mac,ttl", [
    ("--broadcast", "10.0.2.255", "ff:ff:ff:ff:ff:ff", 64),
    ("-b", "255.255.255.255", "ff:ff:ff:ff:ff:ff", 64),
    ("ttl=9", "239.1.2.3", "01:00:5e:01:02:03", 9),
    ("address=10.0.2.15", "239.1.2.3", "01:00:5e:01:02:03", 1),
])
def test_broadcast_and_groups(kernel, pcap, words, to, mac, ttl):
    """To all, to a group."""
    result, ((_, packet, _),) = send(kernel, pcap, f"{words} {to}")
    assert_success(result)
    assert (packet.dst, packet[IP].dst, packet[IP].ttl) == (mac, to, ttl)


def test_broadcast_needs_the_option(kernel, pcap):
    """As on Linux."""
    result, frames = send(kernel, pcap, "10.0.2.255")
    assert "not sent: Permission denied" in result.serial
    assert (result.status, frames) == (UNSENT, [])


def test_interval(kernel, pcap):
    """By the plan: gaps are even, and the plan does not slip."""
    result, frames = send(kernel, pcap, f"count=50 interval=1ms {GATEWAY}", icount=GUEST_TIME)
    assert_success(result)
    assert "50 datagrams sent\n" in result.serial
    times = [when for when, *_ in frames]
    assert times[-1] - times[0] == pytest.approx(0.049, rel=0.001)
    assert all(0.0009 < b - a < 0.0011 for a, b in zip(times, times[1:]))


def test_count(kernel, pcap):
    """Many by few calls; all leave."""
    result, frames = send(kernel, pcap, f"count=1k {GATEWAY} x")
    assert_success(result)
    assert "1000 datagrams sent\n" in result.serial
    assert [payload for *_, payload in frames] == [b"x"] * 1000


LINES = b"one\n\nthree\nwithout an end"


def test_lines_of_a_file(kernel, pcap, tmp_path):
    """Each line is a datagram, an empty one too."""
    (tmp_path / "initrd").write_bytes(images.cpio({"etc/lines": LINES}))
    result = boot(kernel, f"{STATIC} init=muffin-send -- count=2 lines=/etc/lines {GATEWAY}",
                  initrd=str(tmp_path / "initrd"), nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    packets = [Ether(raw) for _, raw in frames_sent(pcap)]
    payloads = [bytes(p[UDP].payload)[:p[UDP].len - 8] for p in packets if UDP in p]
    assert payloads == [line for line in LINES.split(b"\n") for _ in range(2)]
    assert "8 datagrams sent\n" in result.serial


def test_lines_of_standard_input(kernel, pcap):
    """What is typed."""
    machine = Machine(kernel=kernel, append=f"{STATIC} -- lines=- {GATEWAY}",
                      nics=[Nic(null_net(), pcap=pcap)])
    with machine.start() as running:
        running.wait_for("starting 'muffin-send'", DEADLINE_S)
        running.write("hello\rmuffin\r\x04")
        result = shown(running.wait(DEADLINE_S))
    assert_success(result)
    assert "2 datagrams sent\n" in result.serial


def test_lines_on_linux(listener):
    """The same there."""
    status, text = on_linux("-p", str(listener.getsockname()[1]), "-l", "-", "127.0.0.1",
                            text=LINES.decode())
    assert (status, text) == (SENT, "4 datagrams sent\n")
    assert [listener.recv(100) for _ in range(4)] == LINES.split(b"\n")


ECHOED = re.compile(r"6 bytes back from [\d.]+ in [\d.]+ us\n")


def echo_twice_of_three(listener):
    """Send the first and the last of three back."""
    for number in range(3):
        payload, sender = listener.recvfrom(100)
        if number != 1:
            listener.sendto(payload, sender)


@pytest.mark.parametrize("linux", [True, False], ids=["linux", "muffin"])
def test_echo(kernel, listener, linux):
    """Round trips are measured; what does not come back is waited for, and counted."""
    port = listener.getsockname()[1]
    words = f"port={port} count=3 wait=300ms -e"
    if linux:
        process = subprocess.Popen([SEND, *words.split(), "127.0.0.1"], text=True,
                                   stdout=subprocess.PIPE)
        echo_twice_of_three(listener)
        text, _ = process.communicate(timeout=DEADLINE_S)
        status = process.returncode
    else:
        # QEMU's card is deaf for its first second: the first echo needs longer
        words = words.replace("300ms", "2s")
        machine = Machine(kernel=kernel, nics=[Nic(user_net())],
                          append=f"{CONSOLE} {ADDRESS} -- {words} {GATEWAY}")
        with machine.start() as running:
            echo_twice_of_three(listener)
            result = shown(running.wait(DEADLINE_S))
        text, status = result.serial, result.status
    assert len(ECHOED.findall(text)) == 2
    assert "no echo within " in text and "2 echoes, 1 lost\n" in text
    assert re.search(r"round trips in us: least [\d.]+, mean [\d.]+, median ", text)
    assert re.search(r"^ +[\d.]+ us +[12] #+$", text, re.M)
    assert status == WRONG


@pytest.mark.parametrize("words,status,text", [
    ("ttl=256 b", USAGE, "ttl '256': expected a number from 1 to 255"),
    ("port=1-2 b", USAGE, "port '1-2': expected a number from 1 to 65535"),
    ("cuont=3 b", USAGE, "there is no option 'cuont=3': expected port=, count=, "),
    ("b two words", USAGE, "'words': expected nothing behind host and message; quotes "),
    ("lines=/none b", USAGE, "lines '/none': No such file or directory"),
    ("lines=- b message", USAGE, "'message': expected nothing behind the host, because of lines="),
    ("address=192.0.2.1 b", SOCKET, "cannot use address 192.0.2.1, port 0: Address not available"),
    ("address=192.0.2.1 239.1.2.3", SOCKET, "cannot use address 192.0.2.1"),
])
def test_refusals(kernel, words, status, text):
    """What is wrong is named, with what was expected."""
    result = boot(kernel, f"{STATIC} -- {words}")
    assert text in result.serial
    assert result.status == status


def test_messages_that_look_like_options(kernel, pcap):
    """Options end at the host."""
    result, ((*_, payload),) = send(kernel, pcap, f"{GATEWAY} count=5")
    assert_success(result)
    assert payload == b"count=5" and "count=5 sent :)" in result.serial
