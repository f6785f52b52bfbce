# SPDX-License-Identifier: MIT
"""test_clang.py - the kernel built by clang boots and sends, too; `make test-matrix` runs all boot
tests with it."""
import subprocess

from support import (ROOT, STATIC, Nic, assert_success, boot, check_by_tshark, check_datagram,
                     datagrams_sent, null_net)

MAKE_S = 1200


def test_built_by_clang(pcap):
    """Without a warning, and the muffin it sends is right to the last byte."""
    done = subprocess.run(["make", "-s", "-j2", "CC=clang", "BUILD=build/clang", "all"], cwd=ROOT,
                          capture_output=True, text=True, timeout=MAKE_S, check=False)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    result = boot(ROOT / "build" / "clang" / "muffin.elf", STATIC,
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    (_, raw), = datagrams_sent(pcap)
    check_datagram(raw, b"muffin")
    check_by_tshark(pcap)
