# SPDX-License-Identifier: MIT
"""test_pcap.py - the word pcap: what comes out of the second serial port is what QEMU saw on the wire,
frame by frame, and whole after every kind of end.
"""
import re
import subprocess
import time

from support import (CMDLINE, GATEWAY, KILLED, STATIC, TSHARK_S, WORDS, Nic, assert_success, boot,
                     frames_sent, null_net, said, user_net)
from frame import read_pcap
from test_programs import Echo

RING_FRAMES = (128 << 10) // (16 + 60)      # what a machine of 4 MiB holds at once


def capture(kernel, tmp_path, words, **machine):
    """One boot with a capture: (Result, frames of the capture, frames of QEMU's own)."""
    ours, wire = tmp_path / "muffin.pcap", tmp_path / "wire.pcap"
    machine.setdefault("netdev", null_net())
    nic = Nic(machine.pop("netdev"), pcap=wire)
    result = boot(kernel, words, nics=[nic], extra=["-serial", f"file:{ours}"], **machine)
    check_by_tshark(ours)
    return result, list(read_pcap(ours)), list(read_pcap(wire))


def check_by_tshark(pcap):
    """It reads to the end without a word: a record cut short is an error."""
    done = subprocess.run(["tshark", "-n", "-r", pcap, "-T", "fields", "-e", "frame.number"],
                          capture_output=True, text=True, timeout=TSHARK_S, check=True)
    assert "cut short" not in done.stderr and "damaged" not in done.stderr


def apart(frames):
    """The guest's frames, and the others'."""
    source = bytes.fromhex("525400123456")
    return ([raw for _, raw in frames if raw[6:12] == source],
            [raw for _, raw in frames if raw[6:12] != source])


def counted(result):
    """(captured, dropped) as the kernel says them."""
    match = re.search(r"pcap: (\d+) frames captured, (\d+|none) dropped", said(result))
    return int(match[1]), int(match[2].replace("none", "0"))


def test_both_ways_as_the_wire_has_them(kernel, program, tmp_path):
    """A conversation; QEMU's dump may have more only at the end, which no machine heard."""
    with Echo() as service:
        result, ours, wire = capture(kernel, tmp_path, f"{WORDS} pcap -- {GATEWAY} {service.port} 50",
                                     netdev=user_net(), initrd=str(program("echo")))
    assert_success(result)
    sent, heard = apart(ours)
    wire_sent, wire_heard = apart(wire)
    assert sent == wire_sent and len(sent) >= 52
    assert heard == wire_heard[:len(heard)] and len(heard) >= 51
    assert counted(result) == (len(ours), 0)


def test_times(kernel, program, tmp_path):
    """They never run backwards, and say when it really was (the battery clock counts seconds)."""
    before = time.time()
    _, ours, wire = capture(kernel, tmp_path, f"{STATIC} pcap -- {GATEWAY} 200",
                            initrd=str(program("flood")))
    times = [when for when, _ in ours]
    assert times == sorted(times)
    assert before - 2 < times[0] <= times[-1] < time.time() + 2
    spans = [frames[-1][0] - frames[0][0] for frames in (ours, wire)]
    assert abs(spans[0] - spans[1]) < 0.1


def test_waiting_loses_nothing(kernel, program, tmp_path):
    """pcap=wait: every frame, although they come faster than the line takes them."""
    count = 3 * RING_FRAMES
    result, ours, wire = capture(kernel, tmp_path, f"{STATIC} pcap=wait -- {GATEWAY} {count}",
                                 initrd=str(program("flood")), mem="4M")
    assert_success(result)
    assert [raw for _, raw in ours] == [raw for _, raw in wire]
    assert counted(result) == (len(ours), 0) and len(ours) == count + 1


def test_a_full_ring_drops_whole_frames(kernel, program, tmp_path):
    """Sending does not wait; what is missing is counted, what is there is whole and in order."""
    count = 3 * RING_FRAMES
    result, ours, wire = capture(kernel, tmp_path, f"{STATIC} pcap -- {GATEWAY} {count}",
                                 initrd=str(program("flood")), mem="4M")
    assert_success(result)
    captured, dropped = counted(result)
    assert captured == len(ours) and captured + dropped == len(wire) == count + 1
    left = iter(raw for _, raw in wire)
    assert all(raw in left for _, raw in ours), "not in the wire's order"


def test_whole_after_a_failure(kernel, program, tmp_path):
    """The program was killed: what it had sent is in the capture."""
    result, ours, wire = capture(kernel, tmp_path, f"{STATIC} pcap -- {GATEWAY}",
                                 initrd=str(program("send_and_fault")))
    assert result.status == KILLED
    assert [raw for _, raw in ours] == [raw for _, raw in wire]
    assert len(frames_sent(tmp_path / "muffin.pcap")) >= 2


def test_without_the_port(kernel):
    """No second serial port: said, and how to get one."""
    result = boot(kernel, f"{STATIC} pcap")
    assert result.status == CMDLINE
    assert "no second serial port at 0x2f8 (QEMU: -serial stdio -serial file:" in said(result)
