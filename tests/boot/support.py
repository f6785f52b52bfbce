# SPDX-License-Identifier: MIT
"""support.py - what the boot tests share: one boot, its capture, and the promises every end keeps.

Not here: the other end of the wire (peer.py), files to boot with (images.py), the machine itself
(tools/qemu.py).
Used by every test_*.py here. Calls tools/, scapy.
"""
import re
import subprocess
import sys
import time
from pathlib import Path

from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from frame import read_pcap  # noqa: E402
from qemu import Machine, Nic, null_net, user_net  # noqa: E402,F401

# Nothing that works takes as long, on a host as busy as it may be.
DEADLINE_S = 180
TSHARK_S = HOST_S = DEADLINE_S
# One instruction is a nanosecond of the guest's time, and a wait is over at once: how busy the host is
# does not matter. No host outside can answer in time, though.
GUEST_TIME = "shift=0,sleep=off"

GUEST, GATEWAY = "10.0.2.15", "10.0.2.2"
GUEST_MAC, GATEWAY_MAC = "52:54:00:12:34:56", "52:55:0a:00:02:02"
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
PORT = 4747
EPHEMERAL = range(32768, 61000)     # Linux's ip_local_port_range
ETH_MIN = 60                        # IEEE 802.3: 64 bytes less the frame check sequence

CONSOLE = "console=ttyS0,115200"
ADDRESS = f"ip={GUEST}::{GATEWAY}:255.255.255.0::eth0:off"
HOSTS = f"hosts=b:{GATEWAY}"
NEIGH = f"neigh={GATEWAY},{GATEWAY_MAC}"
WORDS = f"{CONSOLE} {ADDRESS} {HOSTS}"
STATIC = f"{WORDS} {NEIGH}"         # nothing to wait for: boots in a fifth of a second

# Statuses of kernel/power/power.h.
CMDLINE, NO_NIC, NIC_FAILED, NO_PROGRAM = 64, 65, 66, 67
NO_MEMORY, KILLED, DROPPED, LINE = 68, 69, 70, 73

BALANCE = re.compile(r"net: accepted (?P<accepted>\d+) packets? \((?P<datagrams>\d+) datagrams?, "
                     r"(?P<arp>\d+) ARP(?:, (?P<frames>\d+) by packet sockets)?\)"
                     r" = sent (?P<sent>\d+)(?: \(of these [^)]*\))? \+ waiting for ARP"
                     r" (?P<waiting>\d+) \+ queued (?P<queued>\d+) \+ dropped (?P<dropped>\d+)")
WITHOUT_LINK = re.compile(r"sent \d+ \(of these without a link, at most: (\d+)\) \+")


def quiet_net():
    """The user network, shut off from the host: it answers ARP and swallows the rest."""
    return user_net(restrict="on")


class WithoutDebugExit(Machine):
    """A machine without the device that carries a status."""

    def command(self, vars_copy=None):
        args = super().command(vars_copy)
        at = next(i for i, arg in enumerate(args) if arg.startswith("isa-debug-exit"))
        return args[:at - 1] + args[at + 1:]


def boot(kernel, words=STATIC, *, deadline=DEADLINE_S, **machine):
    """One boot to its end: the Result. What it said is printed, for the report of a failure.

    machine  further members of qemu.Machine; without nics there is one on quiet_net()."""
    machine.setdefault("nics", [Nic(quiet_net())])
    result = Machine(kernel=kernel, append=words, **machine).run(deadline)
    return shown(result)


def wait_until(true, seconds=DEADLINE_S):
    """Until true() is, at most so long; returns what it said."""
    deadline = time.monotonic() + seconds
    while not (said_so := true()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.005)
    return said_so


def monitor(running, line):
    """What QEMU's monitor for people says to a line."""
    return running.monitor.command("human-monitor-command", **{"command-line": line})


def rests(running):
    """Whether the guest's CPU has nothing to do now."""
    return "HLT=1" in monitor(running, "info registers")


def shown(result):
    """Print a Result, for the report of a failure."""
    result.serial = result.serial.replace("\r", "")     # one may stand alone where two reads met
    print(result.command, result.serial, result.stderr, result.words(), sep="\n")
    return result


def check_balance(result):
    """Packets are never lost in silence: a program that ended left an account, and it adds up:
    accepted = sent + waiting + queued + dropped, with nothing left behind. conftest.py sees to it
    that this is asked after every machine, in every test."""
    accounts = list(BALANCE.finditer(result.serial))
    assert accounts or "program ended with" not in result.serial, "no account of packets"
    for match in accounts:
        a = {name: int(number) for name, number in match.groupdict("0").items()}
        assert a["accepted"] == a["datagrams"] + a["arp"] + a["frames"], match.group()
        assert a["accepted"] == a["sent"] + a["waiting"] + a["queued"] + a["dropped"], match.group()
        assert a["waiting"] == a["queued"] == 0, f"left behind at the end: {match.group()}"


def check_time(result):
    """The kernel's clock never goes back: each of its lines is stamped no earlier than the last."""
    stamps = [float(stamp) for stamp in re.findall(r"^\[ *(\d+\.\d{6})\] ", result.serial, re.M)]
    for before, after in zip(stamps, stamps[1:]):
        assert before <= after, f"time went back from {before} to {after}"


def assert_success(result):
    """Status 0, by ACPI, with the account of packets."""
    assert result.status == 0, result.words()
    assert BALANCE.search(result.serial), "no account of packets"


def sent_without_link(result):
    """How many frames may have met no link, at most; not one, and the machine's status is success."""
    match = WITHOUT_LINK.search(result.serial)
    assert result.status == (DROPPED if match else 0), result.words()
    return int(match[1]) if match else 0


def said(result):
    """The lines the kernel wrote, without their times, joined."""
    return "\n".join(re.findall(r"\[ *\d+\.\d+\] (.*)$", result.serial, re.M))


def table(text):
    """The lines of a program's table of results: those that start with '= '."""
    return re.findall(r"^= (.*)$", text, re.M)


def check_table(text, least):
    """Every line of a program's table says ok, and there are some."""
    lines = table(text)
    assert len(lines) >= least
    assert [line for line in lines if not line.startswith("ok ")] == []


def run_on_host(program, *args):
    """The same program under this host's Linux: what it wrote."""
    done = subprocess.run([program, *args], capture_output=True, text=True, timeout=HOST_S,
                          check=False)
    print(done.stdout, done.stderr)
    return done.stdout


# What STATIC gives the guest, for this host's Linux in a network namespace of its own; "other" is the other end
# of the wire.
HOST_NETWORK = f"""set -e
ip link set lo up
ip link add eth0 type veth peer name other
ip link set eth0 address {GUEST_MAC}
ip link set other arp off
ip addr add {GUEST}/24 dev eth0
ip link set eth0 up
ip link set other up
ip route add default via {GATEWAY}
ip neigh add {GATEWAY} lladdr {GATEWAY_MAC} dev eth0
"""


def run_in_namespace(*command, also="", text_in=None):
    """A command under this host's Linux, with HOST_NETWORK and more lines of shell: what it wrote."""
    script = f'{HOST_NETWORK}{also}\nexec "$@"'
    done = subprocess.run(["unshare", "-rn", "sh", "-c", script, "sh", *command], input=text_in,
                          capture_output=True, text=True, timeout=HOST_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


RECORD = 16 + ETH_MIN   # of a capture, with its header


def wait_for_frames(pcap, count):
    """Until QEMU's capture has grown by so many short frames."""
    def size():
        return pcap.stat().st_size if pcap.exists() else 0

    enough = size() + count * RECORD
    wait_until(lambda: size() >= enough)


# ---- captures ----------------------------------------------------------------------------------

def frames_sent(pcap, mac=GUEST_MAC):
    """The guest's frames of a capture: (seconds, bytes) each, in order."""
    source = bytes.fromhex(mac.replace(":", ""))
    return [(when, raw) for when, raw in read_pcap(pcap) if raw[6:12] == source]


def arps_sent(pcap):
    """The guest's ARP packets: (seconds, scapy Ether) each."""
    return [(when, packet) for when, raw in frames_sent(pcap)
            if ARP in (packet := Ether(raw))]


def datagrams_sent(pcap, port=PORT):
    """The guest's UDP frames to a port: (seconds, bytes) each."""
    return [(when, raw) for when, raw in frames_sent(pcap)
            if UDP in (packet := Ether(raw)) and packet[UDP].dport == port]


def ones_complement(data):
    """RFC 1071: the checksum of data, whose checksum field is zero."""
    data += b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(data[i:i + 2], "big") for i in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def check_ip_checksum(raw):
    """The header checksum, computed here."""
    header = bytearray(raw[14:14 + 20])
    found = int.from_bytes(header[10:12], "big")
    header[10:12] = b"\0\0"
    assert found == ones_complement(bytes(header))


def check_udp_checksum(raw):
    """The UDP checksum over RFC 768's pseudo header, computed here; zero is never sent."""
    length = int.from_bytes(raw[38:40], "big")
    udp = bytearray(raw[34:34 + length])
    found = int.from_bytes(udp[6:8], "big")
    udp[6:8] = b"\0\0"
    pseudo = raw[26:34] + bytes([0, 17]) + length.to_bytes(2, "big")
    assert found == (ones_complement(pseudo + bytes(udp)) or 0xFFFF)


def check_datagram(raw, payload, source=GUEST_MAC, to=GATEWAY_MAC):
    """Every field of a datagram's frame, from the Ethernet destination to the padding."""
    packet = Ether(raw)
    ip, udp = packet[IP], packet[UDP]
    length = 14 + 20 + 8 + len(payload)
    assert (packet.dst, packet.src, packet.type) == (to, source, 0x0800)
    assert len(raw) == max(length, ETH_MIN)
    assert raw[length:] == bytes(len(raw) - length), "padding is not zero"
    assert (ip.version, ip.ihl, ip.tos, ip.len) == (4, 5, 0, length - 14)
    assert (str(ip.flags), ip.frag, ip.ttl, ip.proto) == ("DF", 0, 64, 17)
    assert (ip.src, ip.dst, ip.options) == (GUEST, GATEWAY, [])
    assert udp.sport in EPHEMERAL
    assert (udp.dport, udp.len) == (PORT, 8 + len(payload))
    assert raw[42:length] == payload
    check_ip_checksum(raw)
    check_udp_checksum(raw)


WARNING = 0x600000      # Wireshark's PI_WARN; notes and chats are below
GOOD = "1"              # its status of a checksum that is right


def check_by_tshark(pcap, datagrams=1, mac=GUEST_MAC):
    """A second opinion: no warning about any frame of the guest, all checksums good.

    datagrams  how many UDP frames there must be; those that ICMP quotes do not count"""
    fields = ["_ws.expert.severity", "_ws.expert.message", "ip.checksum.status",
              "udp.checksum.status", "icmp.type"]
    command = ["tshark", "-n", "-r", str(pcap), "-Y", f"eth.src == {mac}", "-T", "fields"]
    command += [arg for field in fields for arg in ("-e", field)]
    command += ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=TSHARK_S,
                           check=True).stdout.splitlines()
    rows = [(line + "\t" * len(fields)).split("\t") for line in lines]
    for severities, message, *_ in rows:
        assert all(int(s) < WARNING for s in severities.split(",") if s), message
    statuses = [(ip, udp) for _, _, ip, udp, icmp, *_ in rows if udp and not icmp]
    assert statuses == [(GOOD, GOOD)] * datagrams
