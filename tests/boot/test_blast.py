# SPDX-License-Identifier: MIT
"""test_blast.py - muffin-blast, the same file under muffin and under this host's Linux: what is on the wire,
how exactly it keeps a rate, how it is steered, and how it ends.

Not here: its parts (tests/unit/test_blast.c), both ends together at full speed (test_demo.py).
"""
import json
import re
import socket
import struct
import subprocess
from collections import Counter

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q, Ether
from scapy.utils import wrpcap

import images
from support import (ADDRESS, CONSOLE, DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST_MAC, GUEST_TIME, ROOT, STATIC,
                     Machine, Nic, assert_success, boot, check_by_tshark, frames_sent, null_net, shown,
                     user_net, wait_until)

BLAST, RECV = (ROOT / "build" / "user" / name for name in ("muffin-blast", "muffin-recv"))
RESOLVE, SOCKET, UNSENT, USAGE, WRONG = 1, 2, 3, 4, 5       # enum status of user/lib/options.h
HEADERS = 14 + 20 + 8


def blast(kernel, pcap, words, **machine):
    """One boot into muffin-blast: the Result and (seconds, frame) of each UDP frame on the wire."""
    machine.setdefault("nics", [Nic(null_net(), pcap=pcap)])
    result = boot(kernel, f"{STATIC} init=muffin-blast -- {words}", **machine)
    return result, [(when, raw) for when, raw in frames_sent(pcap) if raw[12:14] == b"\x08\x00"]


def stamps(frames):
    """(run, flow, number) of each."""
    found = [struct.unpack_from(">2sHHI", raw, HEADERS) for _, raw in frames]
    assert all(magic == b"md" for magic, *_ in found)
    return [rest for _, *rest in found]


def account_of(result):
    """The line of JSON."""
    return json.loads(re.search(r"^\{.*\}", result.serial, re.M).group())


@pytest.mark.parametrize("rate,pps", [("100pps", 100), ("10kpps", 10_000), ("100kpps", 100_000),
                                      ("48mbit", 100_000)])
def test_rate(kernel, pcap, rate, pps):
    """By the wire's clock: the mean is exact to a thousandth, each gap near the plan's but for the one
    behind the first datagram, which goes the long way; none is lost."""
    count = min(pps, 2000)
    result, frames = blast(kernel, pcap, f"-j rate={rate} count={count} {GATEWAY}", icount=GUEST_TIME)
    assert_success(result)
    times = [when for when, _ in frames]
    assert (len(times) - 1) / (times[-1] - times[0]) == pytest.approx(pps, rel=0.001)
    gaps = [later - sooner for sooner, later in zip(times[1:], times[2:])]
    assert 0.8 / pps < min(gaps) and max(gaps) < 1.2 / pps
    assert [number for *_, number in stamps(frames)] == list(range(count))
    account = account_of(result)
    assert (account["sent"], account["bytes"], account["limit"]) == (count, 18 * count, "pacing")
    assert account["per_second"] == pytest.approx(pps, rel=0.001)


def test_as_fast_as_it_goes(kernel, pcap):
    """Into a sink nothing but the CPU limits it; frames are right."""
    result, frames = blast(kernel, pcap, f"count=20k {GATEWAY}", icount=GUEST_TIME)
    assert_success(result)
    assert re.search(r"^20000 datagrams, 360000 bytes, 1 flow in [\d.]+ s: ", result.serial, re.M)
    assert "\nlimited by: CPU (" in result.serial
    assert [number for *_, number in stamps(frames)] == list(range(20_000))
    check_by_tshark(pcap, datagrams=20_000)


def test_sweeps(kernel, pcap):
    """Ports, addresses and our own ports take turns; every flow counts by itself."""
    words = "count=72 port=10-12 source=2000-2001 10.0.2.16-10.0.2.19"
    neighbours = " ".join(f"neigh=10.0.2.{i},{GATEWAY_MAC}" for i in range(16, 20))
    result = boot(kernel, f"{STATIC} {neighbours} init=muffin-blast -- {words}",
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    frames = [(when, raw) for when, raw in frames_sent(pcap) if raw[12:14] == b"\x08\x00"]
    flows = Counter()
    for (_, raw), (_, flow, number) in zip(frames, stamps(frames)):
        packet = Ether(raw)
        key = (packet[UDP].sport, packet[IP].dst, packet[UDP].dport)
        assert number == flows[key] == flows[key, flow]
        flows.update([key, (key, flow)])
    assert len(flows) == 2 * 24
    assert set(flows.values()) == {3}


@pytest.mark.parametrize("size,lengths", [("18-21", [18, 19, 20, 21] * 3), ("1472", [1472] * 12),
                                          ("imix", [18, 548, 18, 18, 548, 18, 1472, 18, 548, 18, 548, 18])])
def test_sizes(kernel, pcap, size, lengths):
    """One length, each in turn, a mix."""
    result, frames = blast(kernel, pcap, f"count=12 size={size} {GATEWAY}")
    assert_success(result)
    assert [Ether(raw)[UDP].len - 8 for _, raw in frames] == lengths


def test_fragments(kernel, pcap):
    """A datagram larger than a frame."""
    result, frames = blast(kernel, pcap, f"count=1 size=2000 {GATEWAY}")
    assert_success(result)
    assert [Ether(raw)[IP].len for _, raw in frames] == [1500, 20 + 2008 - 1480]


def test_time(kernel, pcap):
    """It ends by the clock, and a line is printed each interval."""
    result, frames = blast(kernel, pcap, f"time=50ms interval=10ms rate=1kpps {GATEWAY}",
                           icount=GUEST_TIME)
    assert_success(result)
    assert len(frames) == 50
    assert len(re.findall(r"^0\.0\d\d s: \d+ sent, ", result.serial, re.M)) == 4


FRAMES = [
    Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="192.0.2.1", dst="192.0.2.2") / UDP() / b"four",
    Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / Dot1Q(vlan=7) / IP() / UDP() / b"a vlan",
    Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IPv6(src="fe80::1", dst="fe80::2") / UDP() / (b"six" * 400),
]


def initrd_with_capture(tmp_path):
    """An archive with three frames a millisecond apart."""
    for number, frame in enumerate(FRAMES):
        frame.time = 1000 + number / 1000
    wrpcap(str(tmp_path / "in.pcap"), FRAMES)
    (tmp_path / "initrd").write_bytes(images.cpio({"in.pcap": (tmp_path / "in.pcap").read_bytes()}))
    return str(tmp_path / "initrd")


@pytest.mark.parametrize("words,rounds,gap", [("", 1, None), ("count=7", 7 / 3, None),
                                              ("rate=100pps", 1, 0.01), ("--timed", 1, 0.001)])
def test_replay(kernel, pcap, tmp_path, words, rounds, gap):
    """Frames as they are in the capture: IPv4, a VLAN, IPv6."""
    result = boot(kernel, f"{STATIC} init=muffin-blast -- {words} pcap=/in.pcap", icount=GUEST_TIME,
                  initrd=initrd_with_capture(tmp_path), nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    wanted = [bytes(frame) for frame in FRAMES * 3][:round(3 * rounds)]
    sent = frames_sent(pcap, "02:00:00:00:00:01")
    assert [raw[:len(frame)] for (_, raw), frame in zip(sent, wanted)] == wanted
    assert len(sent) == len(wanted)
    if gap:
        assert [b - a for (a, _), (b, _) in zip(sent, sent[1:])] == pytest.approx([gap] * 2, rel=0.05)


class Operator:
    """A socket here that steers a machine's blast and gets its reports."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(DEADLINE_S)
        self.port = self.socket.getsockname()[1]

    def ask(self, port, text):
        """Send a command, return the answer."""
        self.socket.sendto(text.encode(), ("127.0.0.1", port))
        return self.socket.recv(1000).decode()


def free_port():
    """A UDP port of the loopback that nobody has now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def steer(operator, port):
    """A whole session of commands, up to the end; returns the counters."""
    assert json.loads(operator.ask(port, "counters"))["sent"] == 0
    assert operator.ask(port, "faster") == ("error: there is no command 'faster': expected start, stop, "
                                            "rate <rate>, counters or end\n")
    assert operator.ask(port, "start\n") == "ok\n"
    wait_until(lambda: json.loads(operator.ask(port, "counters"))["sent"] > 10)
    assert operator.ask(port, "rate 1kpps") == "ok\n"
    assert operator.ask(port, "stop") == "ok\n"
    stopped = json.loads(operator.ask(port, "counters"))
    assert json.loads(operator.ask(port, "counters"))["sent"] == stopped["sent"]
    assert operator.ask(port, "start") == "ok\n"
    wait_until(lambda: json.loads(operator.ask(port, "counters"))["sent"] > stopped["sent"] + 20)
    assert operator.ask(port, "end") == "ok\n"


def test_control(kernel):
    """Steered from outside of the machine."""
    operator, port = Operator(), free_port()
    net = user_net(hostfwd=f"udp:127.0.0.1:{port}-10.0.2.15:99")
    machine = Machine(kernel=kernel, nics=[Nic(net)], append=f"{CONSOLE} {ADDRESS} init=muffin-blast -- "
                      f"rate=100pps control=99 allow=10.0.2.2 {GATEWAY}")
    with operator.socket, machine.start() as running:
        running.wait_for("starting 'muffin-blast'", DEADLINE_S)
        steer(operator, port)
        result = shown(running.wait(DEADLINE_S))
    assert_success(result)


def test_control_on_linux():
    """The same there."""
    operator, port = Operator(), free_port()
    with operator.socket, subprocess.Popen(
            [BLAST, "rate=100pps", f"control={port}", "allow=127.0.0.0/8", "127.0.0.1", f"port={free_port()}"],
            stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="utf-8").read())
        steer(operator, port)
        assert process.wait(DEADLINE_S) == 0


def test_control_by_others():
    """Whoever is not named is not obeyed, and gets no answer."""
    operator, port = Operator(), free_port()
    with operator.socket, subprocess.Popen(
            [BLAST, f"control={port}", "allow=127.0.0.2", "127.0.0.1"], stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="utf-8").read())
        operator.socket.sendto(b"start", ("127.0.0.1", port))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as named:
            named.bind(("127.0.0.2", 0))
            named.settimeout(DEADLINE_S)
            named.sendto(b"counters", ("127.0.0.1", port))
            assert json.loads(named.recv(1000))["sent"] == 0
            named.sendto(b"end", ("127.0.0.1", port))
            assert named.recv(1000) == b"ok\n"
        assert process.wait(DEADLINE_S) == 0
        operator.socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            operator.socket.recv(1000)


def test_report(kernel):
    """The account comes by itself: each second, and at the end."""
    operator = Operator()
    with operator.socket:
        result = boot(kernel, f"{STATIC} init=muffin-blast -- -q rate=100pps time=2500ms "
                      f"report={GATEWAY}:{operator.port} {GATEWAY}", nics=[Nic(user_net())])
        assert_success(result)
        reports = [json.loads(operator.socket.recv(1000)) for _ in range(3)]
    assert 90 <= reports[0]["sent"] <= reports[1]["sent"] - 90 <= reports[2]["sent"] - 90
    assert reports[2]["sent"] == 250


@pytest.fixture(name="receiver")
def fixture_receiver():
    """A muffin-recv here that answers: its port."""
    port = free_port()
    with subprocess.Popen([RECV, f"port={port}", "-q", "-k"], stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: f":{port:04X} " in open("/proc/net/udp", encoding="utf-8").read())
        yield port
        process.kill()


def test_window_on_linux(receiver):
    """No more under way than it says: nothing is lost, and round trips are shown."""
    done = subprocess.run([BLAST, "-q", "count=20k", "window=64", f"port={receiver}", "127.0.0.1"],
                          capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 0
    assert "\nthe receiver has 20000 of them\nround trips in us: " in done.stdout


def test_window_from_a_machine(kernel, receiver):
    """The same, out of a machine."""
    result = boot(kernel, f"{STATIC} init=muffin-blast -- -jq count=2k window=32 port={receiver} {GATEWAY}",
                  nics=[Nic(user_net())])
    assert_success(result)
    account = account_of(result)
    assert (account["sent"], account["received"]) == (2000, 2000)


def test_search(receiver):
    """RFC 2544's throughput: what is asked for at most is easy here, so it is the answer."""
    done = subprocess.run([BLAST, "--search", "rate=200pps", "trial=200ms", f"port={receiver}", "127.0.0.1"],
                          capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.stdout == ("200 a second: 41 sent, 41 received\n"
                           "throughput: 200 datagrams a second, 18 bytes each\n")
    assert done.returncode == 0


def test_search_of_a_receiver_that_is_slow():
    """One that takes in at most 500 a second is found out, to a few hundredths."""
    port, most, took = free_port(), 500, Counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as slow, subprocess.Popen(
            [BLAST, "--search", "--json", "rate=2kpps", "trial=500ms", f"port={port}", "127.0.0.1"],
            text=True, stdout=subprocess.PIPE) as process:
        slow.bind(("127.0.0.1", port))
        slow.settimeout(0.02)
        while process.poll() is None:
            try:
                payload, sender = slow.recvfrom(100)
            except socket.timeout:
                continue
            kind, run, sent_ns = payload[1:2], payload[2:4], struct.unpack_from(">Q", payload, 10)[0]
            if kind == b"q":
                slow.sendto(b"ma" + payload[2:18] + struct.pack(">Q", took[run]), sender)
            elif took[run, "start"] == 0:
                took[run, "start"] = sent_ns
                took[run] += 1
            elif took[run] <= (sent_ns - took[run, "start"]) * most * 1.02 / 1e9:
                took[run] += 1
        found = json.loads(process.stdout.read())
    assert found["size"] == 18
    assert found["throughput"] == pytest.approx(most, rel=0.08)


@pytest.mark.parametrize("words,status,text", [
    ("", USAGE, "expected one host, addresses a-b, or a prefix; see --help"),
    ("10.0.2.2 10.0.2.3", USAGE, "expected one host"),
    ("nobody count=1", RESOLVE, "cannot resolve 'nobody'"),
    ("rate=fast 10.0.2.2", USAGE, "rate 'fast': expected a number and k, M, pps, "),
    ("10.0.2.2 size=17", USAGE, "size '17': expected bytes from 18 to 65507"),
    ("control=9 10.0.2.2", USAGE, "control=: expected allow=<addresses>, too: who may steer"),
    ("allow=10.0.2.2 10.0.2.2", USAGE, "allow=: expected control=<port>, too"),
    ("--timed 10.0.2.2", USAGE, "--timed: expected pcap=<file>, and no rate="),
    ("pcap=/none", SOCKET, "pcap '/none': No such file or directory"),
    ("pcap=/etc/hosts", SOCKET, "pcap '/etc/hosts': "),
    ("pcap=/etc/hosts 10.0.2.2", USAGE, "pcap= takes no host: its frames have their addresses"),
    ("source=1-251 10.0.2.2", SOCKET, "source 1-251: expected at most 250 ports"),
    ("count=1 203.0.113.1", 0, "1 datagram, 18 bytes"),
])
def test_ends(kernel, words, status, text):
    """What is wrong is named, with what was expected."""
    result = boot(kernel, f"{STATIC} init=muffin-blast -- {words}")
    assert text in result.serial
    assert result.status == status


def test_without_a_network(kernel):
    """No address and no route: the first send says so."""
    result = boot(kernel, f"{CONSOLE} ip=off init=muffin-blast -- count=1 10.0.2.2")
    assert "muffin-blast: not sent: Network unreachable" in result.serial
    assert result.status == UNSENT


def test_without_a_receiver(kernel):
    """Nobody answers: it gives up, and says what it expected."""
    result = boot(kernel, f"{STATIC} init=muffin-blast -- count=1k window=10 {GATEWAY}", icount=GUEST_TIME)
    assert "no answer for 5 s: expected a muffin-recv --answer at the host" in result.serial
    assert result.status == UNSENT


def test_search_without_a_receiver(kernel):
    """The same before a search, which tries nothing then."""
    result = boot(kernel, f"{STATIC} init=muffin-blast -- --search {GATEWAY}", icount=GUEST_TIME)
    assert "no answer for 5 s: expected a muffin-recv --answer at the host" in result.serial
    assert "a second:" not in result.serial
    assert result.status == UNSENT


def test_cable_out_and_in(kernel, pcap):
    """While the link is down it waits for room; then it goes on, and ends well but for what met no link."""
    machine = Machine(kernel=kernel, append=f"{STATIC} init=muffin-blast -- rate=1kpps count=3k {GATEWAY}",
                      nics=[Nic(null_net(), pcap=pcap)])
    with machine.start() as running:
        wait_until(lambda: pcap.exists() and pcap.stat().st_size > 20_000)
        running.set_link(False)
        running.wait_for("link is down", DEADLINE_S)
        running.set_link(True)
        result = shown(running.wait(DEADLINE_S))
    assert "3000 datagrams, 54000 bytes, 1 flow in " in result.serial
    assert GUEST_MAC and result.status in (0, 70)
