# SPDX-License-Identifier: MIT
"""test_netlink.py - AF_NETLINK from ring 3: its calls answer as Linux's do; packets that netfilter
queues go to a program that speaks nfnetlink_queue, and back.
"""
import pytest

from support import boot, assert_success, run_on_host, table

UNSHARE = ("unshare", "-rn")    # a network namespace in which the host's program may be root

# Where the answers differ, and why.
KNOWN = {
    "listen: -1 Function not implemented": "there are no stream sockets",
    "accept: -1 Function not implemented": "there are no stream sockets",
}


def test_answers_are_linux_s(kernel, program):
    """Both tables, line by line, must be equal but for the known lines."""
    result = boot(kernel, initrd=str(program("netlink_errno")))
    here, there = table(result.serial), table(run_on_host(*UNSHARE, program("netlink_errno")))
    if not there:
        pytest.skip("this host does not let its user have a network namespace")
    assert "end of table" in result.serial and len(there) > 140
    assert len(here) == len(there)
    differing = {ours: theirs for ours, theirs in zip(here, there) if ours != theirs}
    assert set(differing) == set(KNOWN), differing
    assert_success(result)
