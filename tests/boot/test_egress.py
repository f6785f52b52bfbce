# SPDX-License-Identifier: MIT
"""test_egress.py - egress=: for all that the program tries, the wire shows only what the operator named."""
import re

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from support import (CMDLINE, GATEWAY, GUEST, STATIC, Nic, assert_success, boot, frames_sent,
                     null_net, said, table)

FAR = "192.0.2.1"


def sent(pcap):
    """(address, payload) of all that is on the wire but ARP."""
    packets = [Ether(raw) for _, raw in frames_sent(pcap)]
    return [(p[IP].dst, bytes(p[UDP].payload)[:p[UDP].len - 8]) for p in packets if ARP not in p]


def run(kernel, program, pcap, words, forbidden):
    """The program egress.c under these words."""
    result = boot(kernel, f"{STATIC} {words} -- {GATEWAY} {forbidden}",
                  initrd=str(program("egress")), nics=[Nic(null_net(), pcap=pcap)])
    lines = table(result.serial)
    assert [line for line in lines if not line.startswith("ok ")] == [] and len(lines) == 26
    assert_success(result)
    return said(result)


@pytest.mark.parametrize("forbidden", [FAR, "10.0.2.3", GUEST, "127.0.0.1", "10.0.2.255"])
def test_only_what_was_named(kernel, program, pcap, forbidden):
    """Five datagrams leave, of all that was tried; the console says so without being flooded."""
    text = run(kernel, program, pcap, f"egress={GATEWAY}:4000-5000", forbidden)
    assert sent(pcap) == [(GATEWAY, b"yes")] * 5
    assert f"egress: to {GATEWAY}/32, ports 4000 to 5000" in text
    assert text.count(f"egress: refused {forbidden}:4747") == 1
    assert text.count("egress: refused") == 2
    assert int(re.search(r"^egress: refused (\d+)$", text, re.M).group(1)) >= 17


def test_without_it(kernel, program, pcap):
    """The measure itself: without egress= nothing is refused, and the far one is reached."""
    result = boot(kernel, f"{STATIC} -- {GATEWAY} {FAR}", initrd=str(program("egress")),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert (FAR, b"no") in sent(pcap)
    assert "egress:" not in said(result)


@pytest.mark.parametrize("word,message", [
    ("egress=", "prefix '' in 'egress='"),
    ("egress=10.0.2.0/24:53-", "port '53-'"),
    (f"egress={GATEWAY},b:53", "prefix 'b'"),
])
def test_refused_words(kernel, word, message):
    """A wrong list does not boot: nothing would be worse than half of it."""
    result = boot(kernel, f"{STATIC} {word}")
    assert result.status == CMDLINE
    assert message in said(result)
