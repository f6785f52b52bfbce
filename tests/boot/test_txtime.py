# SPDX-License-Identifier: MIT
"""test_txtime.py - SO_TXTIME: packets leave at their times through qdisc=etf; those that cannot are reported.

Without it the times are ignored, as on Linux without a discipline that heeds them.
"""
import re
import struct

import pytest

from support import (DROPPED, GATEWAY, GATEWAY_MAC, GUEST_TIME, PORT, STATIC, Nic, assert_success, boot,
                     check_table, frames_sent, null_net, run_in_namespace, said, table)

NEIGH = f"neigh={GATEWAY},{GATEWAY_MAC}"
UDP_HEADERS = 14 + 20 + 8
CLOCKS = {"monotonic": 1, "tai": 11}


def run(kernel, program, pcap, words, what, **machine):
    """The Result of one boot."""
    return boot(kernel, f"{STATIC} {NEIGH} {words} -- {what}", initrd=str(program("txtime")),
                nics=[Nic(null_net(), pcap=pcap)], **machine)


def test_option_as_on_linux(kernel, program, pcap):
    """What the option and its control message take and refuse; without etf nobody looks at the time."""
    result = run(kernel, program, pcap, "", "table")
    assert_success(result)
    here, there = table(result.serial), table(run_in_namespace(program("txtime"), "table"))
    assert here == there and len(here) > 140


def test_missed_times(kernel, program, pcap):
    """A time that has passed is invalid, one that passes in the queue is missed; both are dropped and counted."""
    result = run(kernel, program, pcap, "qdisc=etf", "errors")
    check_table(result.serial, 20)
    assert result.status == DROPPED
    assert "dropped 9 on the way out: its time to leave had passed" in said(result)


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("how", ["rest", "poll"])
@pytest.mark.parametrize("gap", [100_000, 10_000])
def test_plan(kernel, program, pcap, gap, how, clock):
    """At 10 and 100 kpps each packet leaves within a microsecond behind its time, in the order of times."""
    count = 300
    result = run(kernel, program, pcap, "qdisc=etf,limit=1000", f"plan {count} {gap} {CLOCKS[clock]} {how}",
                 icount=GUEST_TIME)
    assert_success(result)
    left, least, most = map(int, re.search(r"(\d+) left, from (-?\d+) to (-?\d+) ns late",
                                           result.serial).groups())
    assert left == count and -100 <= least <= most <= 1000
    frames = [(when, raw) for when, raw in frames_sent(pcap)
              if raw[12:14] == b"\x08\x00" and raw[36:38] == PORT.to_bytes(2, "big")]
    assert [struct.unpack_from("<I", raw, UDP_HEADERS)[0] for _, raw in frames] == list(range(count))
    plan = [when - i * gap / 1e9 for i, (when, _) in enumerate(frames)]
    assert max(plan) - min(plan) < 3e-6     # the capture has microseconds
