# SPDX-License-Identifier: MIT
"""test_filter.py - filter= and /proc/net/filter: what is dropped never reaches the wire, what the
program is told, and what the counters say.
"""
import re

import pytest
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import Ether

from support import (CMDLINE, GATEWAY, GUEST, STATIC, Nic, assert_success, boot, frames_sent,
                     null_net, said, table)

OTHER = "10.0.3.1"      # behind the gateway


def sent(pcap):
    """(address, port, number) of the datagrams on the wire."""
    packets = [Ether(raw) for _, raw in frames_sent(pcap)]
    return [(p[IP].dst, p[UDP].dport, int.from_bytes(bytes(p[UDP].payload)[:4], "little"))
            for p in packets if UDP in p and ICMP not in p]


def run(kernel, program, pcap, words, *steps):
    """Boot the program filter.c with these steps."""
    quoted = " ".join(f'"{step}"' for step in steps)
    result = boot(kernel, f"{STATIC} {words} -- {quoted}", initrd=str(program("filter")),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    return result


def rules(result):
    """What the program read from the file."""
    return re.findall(r"^rule (.*)$", result.serial, re.M)


def test_words(kernel, program, pcap):
    """First match wins, in the order of the words; refused is EPERM, and nothing asks ARP for it."""
    words = (f"filter=out,dst={GATEWAY},proto=udp,dport=4000-4001,accept "
             "filter=out,dst=10.0.2.0/24,dev=eth0,drop filter=post,dport=53,drop")
    steps = [f"{GATEWAY}:{port}" for port in (3999, 4000, 4001, 4002)]
    steps += [f"{OTHER}:4002", f"{OTHER}:53", "10.0.2.99:1", "show"]
    result = run(kernel, program, pcap, words, *steps)
    assert sent(pcap) == [(GATEWAY, 4000, 2), (GATEWAY, 4001, 3), (OTHER, 4002, 5)]
    no = "-1 Operation not permitted"
    assert [line.split(": ")[1] for line in table(result.serial)] == [
        no, "4", "4", no, "4", no, no]
    assert rules(result) == [
        f"2 64 out,dst={GATEWAY}/32,proto=udp,dport=4000-4001,accept",
        "3 96 out,dst=10.0.2.0/24,dev=eth0,drop",
        "2 64 out,policy=accept",
        "1 32 post,dport=53,drop",
        "3 96 post,policy=accept"]
    assert len([raw for _, raw in frames_sent(pcap) if Ether(raw).type == 0x0806]) == 1
    assert "filter: post,dport=53,drop" in said(result)


def test_at_run_time(kernel, program, pcap):
    """Orders act on the next datagram, also of a socket whose flow is cached."""
    to = f"{GATEWAY}:4747"
    result = run(kernel, program, pcap, "", "show", to, to, "append out,dport=4747,drop", to,
                 "show", "delete out,dport=4747,drop", to, "append out,policy=drop\n", to, "flush",
                 to, "append out,dport=4747,reject", "delete out,drop", "append out,dev=x,drop",
                 "show")
    assert [number for _, _, number in sent(pcap)] == [2, 3, 8, 12]
    assert rules(result) == ["1 32 out,dport=4747,drop", "0 0 out,policy=accept"]
    assert table(result.serial)[-3:] == [
        "append out,dport=4747,reject: -1 Invalid argument",
        "delete out,drop: -1 No such file or directory",
        "append out,dev=x,drop: -1 No such device"]
    assert ("filter: character 23 of 'append out,dport=4747,reject': verdict 'reject': expected "
            "accept, drop, queue or queue:<0..65535>") in said(result)


def test_default_drop(kernel, program, pcap):
    """A machine that may only talk to one service."""
    words = f"filter=out,policy=drop filter=out,dst={GATEWAY},proto=udp,dport=53,accept"
    run(kernel, program, pcap, words, f"{GATEWAY}:53", f"{GATEWAY}:54", f"{GUEST}:53")
    assert [number for _, _, number in sent(pcap)] == [1]


@pytest.mark.parametrize("word,message", [
    ("filter=out,dport=70000,drop", "port '70000"),
    ("filter=out,dev=eth9,drop", "filter=out,dev=eth9,drop: there is no such device"),
])
def test_refused_words(kernel, word, message):
    """A wrong rule does not boot: better than a filter that is not there."""
    result = boot(kernel, f"{STATIC} {word}")
    assert result.status == CMDLINE
    assert message in said(result)
