# SPDX-License-Identifier: MIT
"""test_outlive.py - datagrams outlive the sockets that sent them, and wait in those they came to."""
import pytest

from support import STATIC, assert_success, boot, check_table, run_on_host


def test_senders_closed(kernel, program):
    """Their datagrams are accepted, received, and dropped with the queue. On its way in a datagram is
    its receiver's matter: what is dropped there is no sender's loss, so the status is 0."""
    result = boot(kernel, f"{STATIC} filter=in,proto=udp,dport=4747,queue:0",
                  initrd=str(program("outlive")))
    check_table(result.serial, 30)
    assert_success(result)


# Datagrams of 1 and of 1,472 bytes that one unread socket holds, at least and at most each.
HELD = {4: (30, 50, 14, 16), 64: (256, 400, 92, 110)}


@pytest.mark.parametrize("mib", sorted(HELD))
def test_unread_socket(kernel, program, mib):
    """However much is sent to a socket that nobody reads, others receive."""
    words = " ".join(map(str, HELD[mib]))
    result = boot(kernel, f"{STATIC} -- {words}", initrd=str(program("unread")), mem=f"{mib}M")
    check_table(result.serial, 16)
    assert_success(result)


def test_unread_socket_on_linux(program):
    """The measure itself: the build host's Linux passes it."""
    check_table(run_on_host(program("unread"), "1", "1000", "1", "1000"), 16)
