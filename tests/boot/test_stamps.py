# SPDX-License-Identifier: MIT
"""test_stamps.py - when datagrams came and left: SO_TIMESTAMPING beside this host's Linux.
"""
from support import (GATEWAY, GATEWAY_MAC, STATIC, Nic, assert_success, boot, null_net, run_in_namespace,
                     table)


def test_stamps_as_on_linux(kernel, program):
    """Options, control messages both ways, numbers, and frames in the error queue, line by line."""
    result = boot(kernel, f"{STATIC} neigh={GATEWAY},{GATEWAY_MAC}", initrd=str(program("stamps")),
                  nics=[Nic(null_net())])
    here, there = table(result.serial), table(run_in_namespace(program("stamps")))
    assert "end of table" in result.serial and len(there) > 300
    assert_success(result)
    assert [pair for pair in zip(here, there) if pair[0] != pair[1]] == []
    assert len(here) == len(there)
