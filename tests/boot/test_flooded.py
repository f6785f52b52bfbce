# SPDX-License-Identifier: MIT
"""test_flooded.py - nothing is lost in silence on the way in: a flooded port leaves another one its share, what a
program does not take is dropped at the socket's bound and counted there, and what it takes comes once and in order.

Not here: how the share is worked out (tests/unit/test_sock_share.c), the receive ring (tests/unit/test_e1000_rings.c).
Source: socket(7), SO_RCVBUF; proc(5), /proc/net/udp.
"""
import re

import pytest

from support import CONSOLE, GUEST_TIME, Nic, assert_success, boot, null_net, table

MACS = ["52:54:00:00:00:01", "52:54:00:00:00:02"]
HERE, THERE = "10.1.0.1", "10.1.0.2"
WORDS = (f"{CONSOLE} netns=far:eth1 ip={HERE}:::255.255.255.0::eth0:off ip={THERE}:::255.255.255.0::eth1:off "
         f"neigh={THERE},{MACS[1]},dev=eth0 neigh={HERE},{MACS[0]},dev=eth1")
N = 20000


@pytest.mark.parametrize("mem", ["4M", "64M"])
def test_flood_beside_a_stream(kernel, program, mem):
    """15 times as many datagrams to a port that nobody reads; then 64 senders in turn."""
    nics = [Nic(null_net(), mac=mac) for mac in MACS]
    result = boot(kernel, f"{WORDS} -- far {HERE} {N}", initrd=str(program("flooded")), nics=nics,
                  icount=GUEST_TIME, mem=mem)
    assert [line for line in table(result.serial) if not line.startswith("ok ")] == []
    assert_success(result)
    flood, waited, dropped = map(int, re.search(
        r"flood (\d+) = (\d+) waited \+ (\d+) dropped", result.serial).groups())
    assert flood == N // 2 * 30 == waited + dropped
    assert f"{N // 64 * 64} from 64 senders" in result.serial
