# SPDX-License-Identifier: MIT
"""test_chaos.py - hundreds of thousands of senseless system calls: the kernel stays whole, whatever
they answer, and the account at the end still adds up.
"""
import pytest

from support import ADDRESS, CONSOLE, NEIGH, Nic, assert_success, boot, null_net

CALLS = 100_000


@pytest.mark.parametrize("seed,cpu", [(1, None), (2, "max")])
def test_senseless_calls(kernel, program, seed, cpu):
    """The program ends as it should, so nothing of it or of the kernel was trampled on."""
    result = boot(kernel, f"{CONSOLE} {ADDRESS} {NEIGH} -- {seed} {CALLS}",
                  initrd=str(program("chaos")), nics=[Nic(null_net())], cpu=cpu)
    assert "still here" in result.serial
    assert_success(result)
