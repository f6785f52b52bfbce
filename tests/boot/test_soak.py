# SPDX-License-Identifier: MIT
"""test_soak.py - a short soak (`make soak` is the long one): by each call that sends, all numbers are
on the wire, in order, none twice.
"""
import subprocess
import sys

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from support import HOST_S, ROOT, assert_success, shown

sys.path.insert(0, str(ROOT / "tests" / "soak"))

from soak import MODES, build_checker, soak  # noqa: E402

COUNT = 100_000 // 64 * 64      # whole bursts


@pytest.mark.parametrize("mode", MODES)
def test_all_in_order(kernel, program, tmp_path, mode):
    """100,000 datagrams."""
    checker = build_checker(tmp_path / "check")
    result, said = soak(kernel, program("soak"), checker, mode, COUNT, tmp_path)
    assert said == f"{COUNT} in order"
    assert_success(shown(result))


def numbered(number, **udp):
    """A datagram as the program sends it."""
    return (Ether(src="52:54:00:12:34:56", dst="52:55:0a:00:02:02") / IP(src="10.0.2.15", dst="10.0.2.2")
            / UDP(sport=40000, dport=4747, **udp) / Raw(number.to_bytes(8, "little") + bytes(11)))


@pytest.mark.parametrize("numbers,verdict", [
    ([0, 1, 2, 3], "4 in order"),
    ([0, 1, 3], "expected 2, found 3"),
    ([0, 1, 1, 2], "expected 2, found 1"),
    ([0, 2, 1], "expected 1, found 2"),
    ([1], "expected 0, found 1"),
])
def test_checker_sees_numbers(tmp_path, numbers, verdict):
    """What is missing, twice or too early."""
    assert check(tmp_path, [numbered(n) for n in numbers]) == verdict


def test_checker_sees_bytes(tmp_path):
    """A checksum, the padding, a record cut short."""
    assert check(tmp_path, [numbered(0), numbered(1, chksum=7)]) == "at number 1: a checksum is wrong"
    padded = bytes(numbered(0)) + b"\0\1"
    assert check(tmp_path, [Ether(padded)]) == "at number 0: padding is not zero"
    assert check(tmp_path, [numbered(0), numbered(1)], cut=1) == "at number 1: the capture is cut short"


def check(folder, packets, cut=0):
    """What the checker says of a capture whose end is cut off."""
    pcap = folder / "x.pcap"
    wrpcap(str(pcap), packets)
    pcap.write_bytes(pcap.read_bytes()[:-cut or None])
    return subprocess.run([build_checker(folder / "checker"), pcap], stdout=subprocess.PIPE, text=True,
                          timeout=HOST_S, check=False).stdout.strip()
