# SPDX-License-Identifier: MIT
"""test_rx_stale.py - received flows: what a program changes decides about the very next datagram.

Not here: random changes, each with and without the table of flows (tests/unit/test_rx_oracle.c).
Source: net/ipv4/rx_flow.h: what makes a flow stale.
"""
import pytest

from support import GUEST_TIME, Nic, assert_success, boot, null_net, table
from test_flooded import HERE, MACS, WORDS


@pytest.mark.parametrize("mem", ["4M", "64M"])
def test_changes_are_seen_at_once(kernel, program, mem):
    """Ports, connections, devices, options, packet sockets, addresses."""
    nics = [Nic(null_net(), mac=mac) for mac in MACS]
    result = boot(kernel, f"{WORDS} -- far {HERE}", initrd=str(program("rx_stale")), nics=nics,
                  icount=GUEST_TIME, mem=mem)
    assert [line for line in table(result.serial) if not line.startswith("ok ")] == []
    assert_success(result)
