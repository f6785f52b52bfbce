# SPDX-License-Identifier: MIT
"""test_clock.py - the kernel's clocks on whole machines.

Not here: a CPU that is held up at the wrong moment (tests/unit/test_clock.c). That stamps never go
back is asked of every machine (conftest.py).
"""
import re

from cpio import entry, trailer
from support import STATIC, assert_success, boot, said

LATE_BYTES = 24 << 20       # their sum takes longer than the 8254 counts: 55 ms


def test_start_that_is_late(kernel, program, tmp_path):
    """So much is done between both readings of the 8254 that it begins again: measured once more."""
    summed = entry("sum", bytes(LATE_BYTES)).replace(b"070701", b"070702", 1)
    archive = summed + entry("init", program("exit").read_bytes()) + trailer()
    (tmp_path / "initrd").write_bytes(archive)
    result = boot(kernel, f"{STATIC} -- 0", mem="128M", initrd=str(tmp_path / "initrd"))
    assert_success(result)
    before, after = map(float, re.search(r"\[ *(\S+)\] memory: .*\n\[ *(\S+)\] initrd: ",
                                         result.serial).groups())
    assert after - before > 0.04, "not late"
    assert "clock: TSC at" in said(result)
