# SPDX-License-Identifier: MIT
"""test_receiver.py - muffin-recv, the same file under muffin and under this host's Linux: what it prints,
counts, checks, sends back, and how it ends.

Not here: options (tests/unit/test_options.c), single numbers of a stream (tests/unit/test_checker.c).
"""
import json
import re
import socket
import struct
import subprocess

import pytest

from support import (ADDRESS, CONSOLE, DEADLINE_S, ROOT, Machine, Nic, assert_success, boot, quiet_net,
                     said, shown, user_net, wait_until)

WRONG, USAGE, SOCKET = 5, 4, 2      # enum status of user/lib/options.h
RECV = ROOT / "build" / "user" / "muffin-recv"


def free_port():
    """A UDP port of the loopback that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class OnLinux:
    """muffin-recv as a process here. A context manager; `port` is where it is reached."""

    def __init__(self, _kernel, words):
        self.port = free_port()
        self._process = subprocess.Popen([RECV, f"port={self.port}", *words.split()], text=True,
                                         stdout=subprocess.PIPE)
        self.text, self.status = "", None

    def __enter__(self):
        wait_until(lambda: f":{self.port:04X} " in open("/proc/net/udp", encoding="utf-8").read())
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def end(self):
        """Its end: sets text and status."""
        self.text, _ = self._process.communicate(timeout=DEADLINE_S)
        self.status = self._process.returncode


class InMuffin:
    """muffin-recv as the built-in program of a machine, behind QEMU's user network."""

    def __init__(self, kernel, words):
        self.port = free_port()
        net = user_net(hostfwd=f"udp:127.0.0.1:{self.port}-10.0.2.15:4747")
        self._machine = Machine(kernel=kernel, nics=[Nic(net)], append=f"{CONSOLE} {ADDRESS} "
                                f"init=muffin-recv -- {words}").start()
        self.text, self.status = "", None

    def __enter__(self):
        self._machine.__enter__()
        self._machine.wait_for("starting 'muffin-recv'", DEADLINE_S)
        return self

    def __exit__(self, *args):
        self._machine.__exit__(*args)

    def end(self):
        """Its end: sets text and status."""
        result = shown(self._machine.wait(DEADLINE_S))
        self.text, self.status = result.serial, result.status


@pytest.fixture(name="where", params=[OnLinux, InMuffin])
def fixture_where(request):
    """The two systems."""
    return request.param


@pytest.fixture(name="sender")
def fixture_sender():
    """A socket that sends to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(DEADLINE_S)
        yield sock


def stamped(number, kind=b"d", flow=0, more=b""):
    """A numbered datagram of one run."""
    return struct.pack(">1s1sHHIQ", b"m", kind, 77, flow, number, 0) + more


def send_all(sender, port, payloads):
    """To the receiver, in order."""
    for payload in payloads:
        sender.sendto(payload, ("127.0.0.1", port))


def test_prints(kernel, where, sender):
    """Each datagram, what is not printable in hexadecimal; then the count."""
    with where(kernel, "count=4") as receiver:
        send_all(sender, receiver.port, [b"muffin", b"", b"\\\n\0~\x7f\xff", b"x" * 1400])
        receiver.end()
    lines = re.findall(r"^(\d+ bytes?) from [\d.]+:\d+: (.*)$", receiver.text, re.M)
    assert lines == [("6 bytes", "muffin"), ("0 bytes", ""),
                     ("6 bytes", r"\x5c\x0a\x00~\x7f\xff"), ("1400 bytes", "x" * 1400)]
    assert "\n4 datagrams, 1412 bytes" in receiver.text
    assert receiver.status == 0


WHOLE = "received, 0 lost, 0 twice, 0 out of order"


@pytest.mark.parametrize("numbers,verdict", [
    (range(40), f"1 stream: 40 {WHOLE}"),
    ([0, 1, 3, 2, 5, 5, 6], "1 stream: 6 received, 1 lost, 1 twice, 1 out of order"),
])
def test_checks(kernel, where, sender, numbers, verdict):
    """A stream that is whole, and one that is not; QEMU and the loopback lose nothing so small."""
    with where(kernel, f"-q --check count={len(numbers)}") as receiver:
        send_all(sender, receiver.port, [stamped(n) for n in numbers])
        receiver.end()
    assert f"\n{verdict}, jitter " in receiver.text
    assert " from " not in receiver.text
    assert receiver.status == (0 if WHOLE in verdict else WRONG)


def test_json(kernel, where, sender):
    """The account as one line."""
    with where(kernel, "-qj count=6") as receiver:
        send_all(sender, receiver.port, [stamped(n, flow=n % 2) for n in (0, 1, 2, 5, 2)] + [b"x"])
        receiver.end()
    account = json.loads(re.search(r"^\{.*\}$", receiver.text, re.M).group())
    expected = {"datagrams": 6, "bytes": 5 * 18 + 1, "streams": 2, "received": 4, "lost": 5,
                "twice": 1, "out_of_order": 0, "too_old": 0, "unknown": 0}
    assert expected.items() <= account.items()
    assert receiver.status == 0


@pytest.mark.parametrize("busy", ["", "--busy"])
def test_echo(kernel, where, sender, busy):
    """What was sent comes back, a stamped one marked; an echo is not sent back."""
    with where(kernel, f"-qe {busy} count=4") as receiver:
        for payload, back in ((b"muffin", b"muffin"), (stamped(3), stamped(3, b"e")),
                              (stamped(4, b"e"), None),
                              (stamped(5, more=b"tail"), stamped(5, b"e", more=b"tail"))):
            sender.sendto(payload, ("127.0.0.1", receiver.port))
            if back:
                assert sender.recv(2048) == back
        receiver.end()
    assert receiver.status == 0


@pytest.mark.parametrize("answer", ["-k", ""])
def test_questions(kernel, where, sender, answer):
    """How many have arrived, each counted once, and no question counted; nobody else is told."""
    with where(kernel, f"-q {answer} count=5") as receiver:
        send_all(sender, receiver.port, [stamped(0), stamped(1), stamped(1), stamped(0, flow=3)])
        send_all(sender, receiver.port, [stamped(9, b"q", more=bytes(8))])
        if answer:
            assert sender.recv(2048) == stamped(9, b"a", more=struct.pack(">Q", 3))
        send_all(sender, receiver.port, [b"end"])
        receiver.end()
        if not answer:
            sender.settimeout(0)
            with pytest.raises(BlockingIOError):
                sender.recv(2048)
    assert "\n5 datagrams" in receiver.text and "2 streams: 3 received" in receiver.text
    assert receiver.status == 0


@pytest.mark.parametrize("words,status,text", [
    ("time=10ms", 0, "0 datagrams, 0 bytes\n"),
    ("group=239.1.2.3 time=10ms", 0, "0 datagrams, 0 bytes\n"),
    ("time=10ms count=1", WRONG, "0 datagrams, 0 bytes\n"),
    ("time=10ms --check", WRONG, "no numbered stream arrived\n"),
    ("time=60ms interval=20ms", 0, "0 datagrams, 0 bytes\n0 datagrams, 0 bytes\n"),
    ("count=0", USAGE, "count '0': expected a number from 1 to "),
    ("hello", USAGE, "'hello': expected options alone"),
    ("address=192.0.2.1", SOCKET, "cannot use address 192.0.2.1, port 4747: "),
    ("group=10.0.2.9", SOCKET, "cannot join group 10.0.2.9: "),
    ("port=1-251", USAGE, "port 1-251: expected at most 250 ports"),
])
def test_ends(kernel, words, status, text):
    """By time, by what was wrong; each with its words."""
    result = boot(kernel, f"{CONSOLE} {ADDRESS} init=muffin-recv -- {words}",
                  nics=[Nic(quiet_net())])
    assert text in result.serial
    assert result.status == status


def test_groups_on_linux():
    """It gets what goes to the group that it joined, and muffin-send reaches it."""
    script = (f"ip link set lo up multicast on; ip route add 239.0.0.0/8 dev lo; ip addr add 192.0.2.1/32 dev lo; "
              f"{RECV} group=239.1.2.3-239.1.2.4 address=192.0.2.1 count=2 time={DEADLINE_S} & "
              f"until grep -q 030201EF /proc/net/igmp && grep -q 040201EF /proc/net/igmp; do sleep 0.05; done; "
              f"for to in 239.1.2.3 239.1.2.4; do {RECV.parent}/muffin-send address=192.0.2.1 $to to$to; done; wait $!")
    done = subprocess.run(["unshare", "-rn", "sh", "-c", script], capture_output=True, text=True,
                          timeout=2 * DEADLINE_S, check=False)
    assert re.findall(r" from 192\.0\.2\.1:\d+: (\S+)$", done.stdout, re.M) == ["to239.1.2.3", "to239.1.2.4"]


def test_without_a_network(kernel):
    """No address, no link: it listens, and ends when it is told to."""
    result = boot(kernel, f"{CONSOLE} ip=off init=muffin-recv -- time=10ms")
    assert "listening on port 4747" in result.serial
    assert_success(result)
    assert "status 0" in said(result)


def test_cable_out_and_in(kernel, sender):
    """It goes on when the link does."""
    receiver = InMuffin(kernel, "count=2")
    with receiver:
        machine = receiver._machine     # pylint: disable=protected-access
        machine.wait_for("listening", DEADLINE_S)
        sender.sendto(b"before", ("127.0.0.1", receiver.port))
        machine.wait_for("before", DEADLINE_S)
        machine.set_link(False)
        machine.wait_for("link is down", DEADLINE_S)
        machine.set_link(True)
        machine.wait_for("link is up(.|\n)*link is up", DEADLINE_S)
        sender.sendto(b"behind", ("127.0.0.1", receiver.port))
        receiver.end()
    assert "bytes from 10.0.2.2:" in receiver.text and "behind" in receiver.text
    assert receiver.status == 0
