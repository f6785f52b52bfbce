# SPDX-License-Identifier: MIT
"""test_outlive.py - datagrams outlive the sockets that sent them, and wait in those they came to."""
import re

import pytest

from support import DROPPED, STATIC, assert_success, boot, check_table, run_on_host, said


def test_senders_closed(kernel, program):
    """Their datagrams are accepted, received, and dropped with the queue, and errors about others come
    when no socket reads it: every packet and sock returns to its pool. The hosts that are not there
    are why the status is 70: what is dropped on its way in is no sender's loss."""
    result = boot(kernel, f"{STATIC} filter=in,proto=udp,dport=4747,queue:0",
                  initrd=str(program("outlive")))
    check_table(result.serial, 30)
    lost = int(re.search(r"dropped (\d+) on the way out: neighbour did not", said(result)).group(1))
    assert result.status == DROPPED
    assert re.search(rf"datagrams it had sent were dropped.*: {lost}$", said(result), re.M)


# Datagrams of 1 and of 1,472 bytes that one unread socket holds, at least and at most each.
HELD = {4: (30, 50, 14, 16), 64: (256, 400, 92, 110)}


@pytest.mark.parametrize("mib", sorted(HELD))
def test_unread_socket(kernel, program, mib):
    """However much is sent to a socket that is not read, others receive."""
    words = " ".join(map(str, HELD[mib]))
    result = boot(kernel, f"{STATIC} -- {words}", initrd=str(program("unread")), mem=f"{mib}M")
    check_table(result.serial, 16)
    assert_success(result)


def test_unread_socket_on_linux(program):
    """The measure itself: the build host's Linux passes it."""
    check_table(run_on_host(program("unread"), "1", "1000", "1", "1000"), 16)
