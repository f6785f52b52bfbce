# SPDX-License-Identifier: MIT
"""test_chaos.py - random system calls of known types: the kernel stays whole, any answer is right, and
loses nothing: every pool is as before, the account adds up, and a datagram still goes out.

Not here: hours of it (tests/soak/chaos.py, `make fuzz`).
"""
import re

import pytest

from support import ADDRESS, CONSOLE, DROPPED, NEIGH, Nic, boot, datagrams_sent, null_net

SECONDS = 2
DEADLINE_S = 120    # the end waits for what ARP and pacing give up


def check_calm(result, pcap, seed):
    """The program found all as it was, and its last words are on the wire."""
    assert "still here" in result.serial
    pools = re.findall(r"^= pool (.*): (\d+), at the start (\d+)$", result.serial, re.M)
    assert {"pages free", "page tables", "areas", "files open", "packets free", "socks",
            "neighbours", "namespaces"} <= {name for name, _, _ in pools}
    assert result.status in (0, DROPPED), result.words()    # what it sent may well be refused
    assert datagrams_sent(pcap)[-1][1][42:] == b"chaos %d is over" % seed


@pytest.mark.parametrize("seed,cpu,mem", [(1000, None, "64M"), (2000, "max", "5M")])
def test_random_calls(kernel, program, pcap, seed, cpu, mem):
    """Each round of calls has a seed of its own, which the program says; `chaos <that> 0 show` is that
    round again, each call shown before it is made."""
    result = boot(kernel, f"{CONSOLE} {ADDRESS} {NEIGH} -- {seed} {SECONDS}", deadline=DEADLINE_S,
                  initrd=str(program("chaos")), nics=[Nic(null_net(), pcap=pcap)], cpu=cpu, mem=mem)
    check_calm(result, pcap, seed)
