# SPDX-License-Identifier: MIT
"""test_netlink.py - AF_NETLINK from ring 3: its calls answer as Linux's do; packets that netfilter
queues go to a program that speaks nfnetlink_queue, and back.
"""
import pytest
from scapy.layers.inet import IP, UDP, defragment
from scapy.layers.l2 import Ether

from images import PROGRAMS
from support import (DROPPED, GATEWAY, GATEWAY_MAC, STATIC, Nic, assert_success, boot,
                     check_by_tshark, check_ip_checksum, check_udp_checksum, frames_sent, null_net,
                     run_on_host, said, table)

UNSHARE = ("unshare", "-rn")    # a network namespace in which the host's program may be root


def test_answers_are_linux_s(kernel, program):
    """Both tables, line by line."""
    result = boot(kernel, initrd=str(program("netlink_errno")))
    here, there = table(result.serial), table(run_on_host(*UNSHARE, program("netlink_errno")))
    if not there:
        pytest.skip("this host does not let its user have a network namespace")
    assert "end of table" in result.serial and len(there) > 140
    assert here == there
    assert_success(result)


RULES = ("filter=out,proto=udp,dport=4747,queue filter=in,proto=udp,dport=5000,queue:1 "
         "filter=post,proto=udp,dport=4748,queue:2")
ON_THE_WIRE = [(4747, b"accepted"), (4747, b"another text"), (4747, b"0123456789" * 300),
               (4747, b"large" * 800), (4747, b"cut short"), (4748, b"post"), (4747, b"passes"),
               (4747, b"waits")]


def ip_frames(pcap):
    """The guest's frames but for ARP's."""
    return [raw for _, raw in frames_sent(pcap) if IP in Ether(raw)]


def run_nfqueue(kernel, program, pcap, rest=""):
    """The program among its rules: what it printed on Linux 6.18 among the same ones (iptables' target
    NFQUEUE in OUTPUT, INPUT and mangle's POSTROUTING) it prints here; and nothing else is sent."""
    result = boot(kernel, f"{STATIC} {RULES} -- {GATEWAY} {rest}", initrd=str(program("nfqueue")),
                  nics=[Nic(null_net(), pcap=pcap)])
    linux = table((PROGRAMS / "nfqueue.linux.txt").read_text(encoding="utf-8"))
    assert table(result.serial) == (linux if rest else linux[:-2])
    frames = ip_frames(pcap)
    for raw in frames:
        assert Ether(raw).dst == GATEWAY_MAC
        check_ip_checksum(raw)
    whole = [bytes(p) for p in defragment([Ether(raw) for raw in frames])]
    datagrams = {(p[UDP].dport, bytes(p[UDP].payload)[:p[UDP].len - 8]) for p in map(Ether, whole)}
    assert datagrams == set(ON_THE_WIRE) and len(whole) == len(ON_THE_WIRE)
    assert len(frames) == len(ON_THE_WIRE) + 2 + 2
    for raw in whole:
        check_udp_checksum(raw)
    check_by_tshark(pcap, len(ON_THE_WIRE))
    return result


def test_verdicts(kernel, program, pcap):
    """Packets on their way out and in, small, large and changed, wait and go on as they are told."""
    result = run_nfqueue(kernel, program, pcap)
    assert_success(result)


def test_left_behind(kernel, program, pcap):
    """Packets that get no verdict are dropped, and that is no success."""
    result = run_nfqueue(kernel, program, pcap, "leave")
    assert result.status == DROPPED
    assert "dropped 2 on the way out: in a netfilter queue when it was closed" in said(result)


def test_nobody_listens(kernel, program, pcap):
    """QUEUE is DROP then, and sendto says so."""
    result = boot(kernel, f"{STATIC} filter=out,queue -- {GATEWAY}:4747",
                  initrd=str(program("filter")), nics=[Nic(null_net(), pcap=pcap)])
    assert ip_frames(pcap) == []
    assert table(result.serial) == [f"{GATEWAY}:4747: -1 Operation not permitted"]
    assert "dropped 1 on the way out: queued by netfilter without a listener" in said(result)
