# SPDX-License-Identifier: MIT
"""test_run.py - the machine module and `make run`'s script tell every end of a machine apart. The
floor kernel plays the guest; scapy, which knows nothing of our decoder, checks the decoder.
"""
import fcntl
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import frame  # noqa: E402
from outcome import DeadlineError, MachineError  # noqa: E402
from qemu import Machine, Nic, null_net, user_net  # noqa: E402

FLOOR = ROOT / "build" / "floor.elf"
RUN_S = 180

TRIPLE_FAULT = """
	.section .multiboot, "a"
	.long 0x1badb002, 0, -0x1badb002
	.text
	.globl start
start:	lidt	none
	int3
none:	.skip	6
"""


@pytest.fixture(name="floor", scope="session")
def fixture_floor():
    """The floor kernel, built if it is not there."""
    subprocess.run(["make", "-s", "-f", "bench/floor/floor.mk", "build/floor.elf"], cwd=ROOT,
                   check=True, timeout=RUN_S)
    return FLOOR


@pytest.fixture(name="port_4747")
def fixture_port_4747():
    """The listener's port for one test at a time, also when several processes run tests."""
    lock = ROOT / "build" / "port_4747.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield 4747


def run_script(*args):
    """tools/run.py with these arguments: (exit status, all it said)."""
    done = subprocess.run([ROOT / "tools" / "run.py", *args], cwd=ROOT, capture_output=True,
                          text=True, timeout=RUN_S, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_power_off_is_success(floor, tmp_path):
    """ACPI power-off, one frame captured."""
    pcap = tmp_path / "x.pcap"
    result = Machine(kernel=floor, nics=[Nic(null_net(), pcap=pcap)]).run(RUN_S)
    assert result.status == 0 and "success" in result.words()
    (_, raw), = frame.read_pcap(pcap)
    assert frame.as_udp(raw).payload == b"muffin" and len(raw) == 60


@pytest.mark.parametrize("append,nics,status,words", [
    ("bogus", [Nic(null_net())], 64, "the command line is malformed"),
    ("", [], 65, "no supported network card"),
])
def test_debug_exit_carries_the_status(floor, append, nics, status, words):
    """isa-debug-exit's odd numbers become the machine's own status."""
    result = Machine(kernel=floor, append=append, nics=nics).run(RUN_S)
    assert result.status == status and words in result.words()


def test_triple_fault_is_no_success(tmp_path):
    """With -no-reboot a reset ends QEMU with 0 too; the monitor tells the two apart."""
    source, kernel = tmp_path / "k.S", tmp_path / "k.elf"
    source.write_text(TRIPLE_FAULT, encoding="utf-8")
    subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none",
                    f"-Wl,-T,{ROOT}/bench/floor/floor.ld", "-o", kernel, source],
                   check=True, timeout=RUN_S)
    result = Machine(kernel=kernel).run(RUN_S)
    assert result.exit_code == 0 and result.status is None and "reset" in result.words()


def test_deadline_stops_the_machine(floor):
    """A machine that does not end is ended."""
    machine = Machine(kernel=floor, append="count=4000000000 batch=1", nics=[Nic(null_net())])
    result = machine.run(1)
    assert result.exit_code is None and result.status is None and "did not end" in result.words()


def test_qemu_refusing_is_told_apart(floor):
    """QEMU's own exit 1 is no status of the machine."""
    result = Machine(kernel=floor, extra=["-bogus"]).run(RUN_S)
    assert result.status is None and "-bogus" in result.words()


def test_interactive_control(floor, tmp_path):
    """Link, screen, waiting for words, switching off."""
    machine = Machine(kernel=floor, append="count=4000000000", nics=[Nic(null_net())])
    with machine.start() as running:
        running.set_link(False)
        running.screendump(tmp_path / "screen.ppm")
        with pytest.raises(DeadlineError, match="zork"):
            running.wait_for("zork", 0.3)
        assert running.quit().reason == "host-qmp-quit"
    assert (tmp_path / "screen.ppm").read_bytes().startswith(b"P6")


@pytest.mark.parametrize("arguments,words", [
    ({}, "exactly one"),
    ({"kernel": "/nowhere/k.elf"}, "/nowhere/k.elf does not exist"),
    ({"kernel": __file__, "initrd": "/nowhere/prog arg"}, "/nowhere/prog does not exist"),
    ({"kernel": __file__, "firmware": "coreboot"}, "expected bios or uefi"),
])
def test_impossible_machine_is_refused(arguments, words):
    """What cannot start says why."""
    with pytest.raises(MachineError, match=words):
        Machine(**arguments).start()


def test_decoder_agrees_with_scapy(tmp_path):
    """Field by field, over odd lengths, options and padding."""
    packets = [Ether() / IP(src="192.0.2.1", dst="198.51.100.7", ttl=3, flags="DF", id=n) /
               UDP(sport=1000 + n, dport=4747) / Raw(bytes(range(n))) for n in range(0, 60, 7)]
    packets.append(Ether() / IP(options=[b"\x01\x01\x01\x00"]) / UDP(dport=9) / Raw(b"odd"))
    wrpcap(str(tmp_path / "x.pcap"), packets)
    for packet, (_, raw) in zip(packets, frame.read_pcap(tmp_path / "x.pcap"), strict=True):
        udp = frame.as_udp(raw)
        assert udp.payload == bytes(packet[UDP].payload)
        assert udp.ports == (packet[UDP].sport, packet[UDP].dport)
        fields = {field.name: field.meaning for field in frame.decode(udp)}
        assert fields["IP header checksum"] == fields["UDP checksum"] == "right"
        assert b"".join(field.raw for field in frame.decode(udp)) == raw


@pytest.mark.parametrize("at,name", [(22, "IP header checksum"), (44, "UDP checksum")])
def test_decoder_sees_a_wrong_checksum(at, name):
    """One bit turned over."""
    raw = bytearray(bytes(Ether() / IP() / UDP() / Raw(b"muffin")))
    raw[at] ^= 1
    fields = {field.name: field.meaning for field in frame.decode(frame.as_udp(bytes(raw)))}
    assert fields[name] == "WRONG"


def test_decoder_leaves_other_frames_alone():
    """ARP and a frame cut short are no UDP."""
    assert frame.as_udp(bytes(Ether() / ARP())) is None
    assert frame.as_udp(bytes(Ether() / IP() / UDP() / Raw(b"muffin"))[:40]) is None


def test_run_names_a_taken_port(port_4747):
    """Another program has the port: which one to look for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port_4747))
        status, said = run_script("--kernel", "LICENSE")
    assert status == 1 and "FAILED at listener" in said and "4747" in said and "ss -lunp" in said


@pytest.mark.parametrize("args,words", [
    (("--timeout", "soon"), "'soon' is no number of seconds"),
    (("--timeout", "-1"), "'-1' is no number of seconds"),
    (("--uefi",), "--uefi needs --iso"),
    (("--iso", "x.iso", "--append", "debug"), "need the direct kernel"),
    (("--frob",), "unrecognized arguments"),
])
def test_run_refuses_what_it_does_not_know(args, words):
    """argparse's own exit status, and the word."""
    status, said = run_script(*args)
    assert status == 2 and words in said


@pytest.mark.usefixtures("port_4747")
def test_run_fails_when_nothing_arrives(floor):
    """The floor refuses the real command line: run says which status, and does not succeed."""
    status, said = run_script("--kernel", str(floor), "--pcap", "build/test_run.pcap")
    assert status == 1 and "FAILED at machine: status 64" in said
