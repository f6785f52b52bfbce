# SPDX-License-Identifier: MIT
"""test_outlive.py - datagrams outlive the sockets that sent them."""
from support import STATIC, assert_success, boot, table


def test_senders_closed(kernel, program):
    """Their datagrams are accepted, received, and dropped with the queue. On its way in a datagram is
    its receiver's matter: what is dropped there is no sender's loss, so the status is 0."""
    result = boot(kernel, f"{STATIC} filter=in,proto=udp,dport=4747,queue:0",
                  initrd=str(program("outlive")))
    lines = table(result.serial)
    assert len(lines) > 30 and [line for line in lines if not line.startswith("ok ")] == []
    assert_success(result)
