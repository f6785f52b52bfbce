# SPDX-License-Identifier: MIT
"""test_serial.py - the reader of a serial line rests: for a moment, or for longer than the kernel waits. What was
written to the console, what is typed, and a capture that waits for its line.

Longer rests are made of guest time: with ICOUNT a machine that waits for its line is ten seconds on at once.
Not here: each rule alone (tests/unit/test_console.c, test_pcap.c).
"""
import os
import re
import select
import struct
import time

from scapy.layers.inet import UDP

from peer import Peer
from support import (DEADLINE_S, GATEWAY, LINE, STATIC, Machine, Nic, assert_success, frames_sent,
                     null_net, rests, said, shown, table, wait_until)

ICOUNT = "shift=0,sleep=off"
PIPE = 60_000           # bytes, about what one holds
LINES = 6_000
FEW = 1_000             # lines that fit the pipe, however long its reader is kept from it
LINE_LEN = len("line 000000 of the program's\r\n")
RING = (128 << 10) // (16 + 60)     # frames that a capture holds back on a machine of 4 MiB
BURST = 3_000


def lines_of(result):
    """The program's whole lines: their numbers."""
    return [int(n) for n in re.findall(r"^line (\d{6}) of the program's$", result.serial, re.M)]


def start_lines(kernel, program, peer, **machine):
    """A machine that writes LINES lines, sends a datagram, and does it again for each number typed."""
    return Machine(kernel=kernel, append=f"{STATIC} -- {GATEWAY} {LINES}", nics=[Nic(peer.netdev)],
                   initrd=str(program("lines")), **machine).start()


def wrote(count):
    """Is a frame the datagram that tells of so many lines?"""
    return lambda frame: UDP in frame and bytes(frame[UDP].payload)[:4] == struct.pack("<I", count)


def test_console_rests(kernel, program):
    """For less than ten seconds: writes block, and nothing is missing."""
    with Peer() as peer, start_lines(kernel, program, peer) as running:
        running.wait_for("starting", DEADLINE_S)
        running.rest()
        wait_until(lambda: running.unread > PIPE)
        wait_until(lambda: rests(running))
        assert not peer.seen(wrote(LINES)), "it did not wait"
        running.read_on()
        peer.wait_for(wrote(LINES), DEADLINE_S)
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    assert_success(result)
    assert lines_of(result) == list(range(LINES))
    assert "[console]" not in result.serial


def test_console_is_full(kernel, program):
    """Non-blocking writes do not wait, poll tells the truth, and a signal ends the wait, as on a Linux terminal."""
    with Peer() as peer:
        machine = Machine(kernel=kernel, append=f"{STATIC} -- {GATEWAY}", nics=[Nic(peer.netdev)],
                          initrd=str(program("full_console")))
        with machine.start() as running:
            running.wait_for("starting", DEADLINE_S)
            running.rest()
            peer.wait_for(lambda frame: UDP in frame, DEADLINE_S)
            running.read_on()
            result = shown(running.wait(DEADLINE_S))
    assert_success(result)
    assert [row.split()[0] for row in table(result.serial.replace(".", ""))] == ["ok"] * 5


def test_console_stands_still(kernel, program):
    """For longer: the program and what is typed go on, the console says how much is missing, and goes on with
    the line; the end says it again, and is no success."""
    with Peer() as peer, start_lines(kernel, program, peer, icount=ICOUNT) as running:
        running.wait_for("starting", DEADLINE_S)
        running.rest()
        peer.wait_for(wrote(LINES), DEADLINE_S)
        running.write(f"{LINES}\n")
        peer.wait_for(wrote(2 * LINES), DEADLINE_S)
        running.read_on()
        running.wait_for(f"line {2 * LINES - 1:06} of", DEADLINE_S)
        running.write(f"{FEW}\n")
        running.wait_for(f"line {2 * LINES + FEW - 1:06} of", DEADLINE_S)
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    assert result.status == LINE, result.words()
    lost = int(re.search(r"console: (\d+) characters lost", said(result))[1])
    notes = re.findall(r"^\[console\] (\d+) characters lost while the line stood still$",
                       result.serial, re.M)
    arrived = lines_of(result)
    missing = 2 * LINES + FEW - len(arrived)
    assert lost == sum(map(int, notes)) > LINES * LINE_LEN
    assert (missing - 2 * len(notes) - 1) * LINE_LEN <= lost <= (missing + 1) * LINE_LEN
    assert arrived == sorted(set(arrived))
    assert arrived[-FEW:] == list(range(2 * LINES, 2 * LINES + FEW)), "it did not go on"


def test_console_is_never_read(kernel, program):
    """Until the end: the machine ends all the same, with a status that says so."""
    with Peer() as peer, start_lines(kernel, program, peer, icount=ICOUNT) as running:
        running.wait_for("starting", DEADLINE_S)
        running.rest()
        peer.wait_for(wrote(LINES), DEADLINE_S)
        running.write("\n")
        wait_until(lambda: running.ended)
        running.read_on()
        assert running.wait(DEADLINE_S).status == LINE


# ---- a capture ---------------------------------------------------------------------------------

class Line:
    """The second serial port: a named pipe, read when asked for."""

    def __init__(self, path):
        os.mkfifo(path)
        self.path, self.bytes = path, b""
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read_until(self, done):
        """Read all that comes until done(), and what is there then."""
        deadline = time.monotonic() + DEADLINE_S
        while self._read_some() or not done():
            assert time.monotonic() < deadline, "the machine does not go on"

    def _read_some(self):
        if not select.select([self._fd], [], [], 0.02)[0]:
            return False
        try:
            self.bytes += (chunk := os.read(self._fd, 65536))
        except BlockingIOError:
            return False
        return len(chunk) > 0

    def frames(self):
        """The whole frames of the capture so far."""
        found, at = [], 24
        while at + 16 <= len(self.bytes):
            length, = struct.unpack_from("<I", self.bytes, at + 8)
            if at + 16 + length > len(self.bytes):
                break
            found.append(self.bytes[at + 16:at + 16 + length])
            at += 16 + length
        return found


def start_flood(kernel, program, pcap, line, count, **machine):
    """A machine of 4 MiB that floods, as often as a line is typed; its capture waits for the line."""
    return Machine(kernel=kernel, append=f"{STATIC} pcap=wait -- {GATEWAY} {count} asked", mem="4M",
                   initrd=str(program("flood")), nics=[Nic(null_net(), pcap=pcap)],
                   extra=["-serial", f"file:{line.path}"], **machine).start()


def counted(result):
    """(captured, dropped) as the kernel says them."""
    match = re.search(r"pcap: (\d+) frames captured, (\d+|none) dropped", said(result))
    return int(match[1]), int(match[2].replace("none", "0"))


def test_capture_rests(kernel, program, pcap, tmp_path):
    """pcap=wait, and the reader rests for a moment: sending waits, every frame is there."""
    line = Line(tmp_path / "line")
    with start_flood(kernel, program, pcap, line, BURST) as running:
        running.wait_for("starting", DEADLINE_S)
        running.write("more\n")
        wait_until(lambda: pcap.stat().st_size > RING * (16 + 60))
        wait_until(lambda: rests(running))
        assert "sent" not in running.serial, "it did not wait"
        line.read_until(lambda: f"{BURST} sent" in running.serial)
        running.write("\n")
        line.read_until(lambda: running.ended)
        result = shown(running.wait(DEADLINE_S))
    assert_success(result)
    assert line.frames() == [raw for _, raw in frames_sent(pcap)]
    assert counted(result) == (BURST + 1, 0)


def test_capture_stands_still(kernel, program, pcap, tmp_path):
    """For longer, and once more at the end: what is missing is counted, and it is no success. In between the line
    goes on, and so does the capture."""
    line = Line(tmp_path / "line")
    with start_flood(kernel, program, pcap, line, BURST, icount=ICOUNT) as running:
        running.wait_for("starting", DEADLINE_S)
        running.write("more\n")
        running.wait_for(f"{BURST} sent", DEADLINE_S)
        line.read_until(lambda: True)
        running.write("more\n")
        line.read_until(lambda: f"{2 * BURST} sent" in running.serial)
        running.write("more\n")
        running.wait_for(f"{3 * BURST} sent", DEADLINE_S)
        running.write("\n")
        wait_until(lambda: running.ended)
        line.read_until(lambda: True)
        result = shown(running.wait(DEADLINE_S))
    assert result.status == LINE, result.words()
    ours, wire = line.frames(), [raw for _, raw in frames_sent(pcap)]
    captured, dropped = counted(result)
    assert captured + dropped == len(wire) == 3 * BURST + 1 and dropped > 0
    assert 0 <= len(ours) - captured <= 1, "the port's FIFO may have held the end of one"
    assert set(wire[1 + BURST:1 + 2 * BURST]) & set(ours), "it did not go on"
    assert "cut short" in said(result) and "the line stood still" in said(result)
