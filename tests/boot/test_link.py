# SPDX-License-Identifier: MIT
"""test_link.py - a cable that is pulled while a program sends as fast as it can: what may be lost is one lap of
the card's ring a pull, and the account says how much that is.

QEMU's card takes frames off its ring without a link, too, and reports them as sent. Before the link was looked at
each lap, three pulls lost 42,645 of 400,000 datagrams with 64 MiB and 24,363 with 4 MiB, and the status was 0.
"""
import pytest

from support import (BALANCE, DEADLINE_S, GATEWAY, STATIC, Machine, Nic, frames_sent, null_net,
                     said, sent_without_link, shown, wait_for_frames,
                     wait_until)
from test_rates import numbers

BURST = 30_000
LAP = 255
PULLS = 4
BURSTS_MAX = 50         # a burst may be over before the cable is out


def pull_and_plug(running, told, at_once):
    """The cable out and in again; at once: before the kernel has said that it is out. Returns whether the burst
    was still under way."""
    running.set_link(False)
    if not at_once:
        wait_until(lambda: running.serial.count("eth0: link is down") > told)
    in_time = f"{BURST * (told + 1)} sent" not in running.serial
    running.set_link(True)
    wait_until(lambda: running.serial.count("eth0: link is up") > told + 1)
    return in_time


@pytest.mark.parametrize("mem", ["64M", "4M"])
def test_pulled_at_full_speed(kernel, program, pcap, mem):
    """sent - n <= arrived <= sent, n is at most a lap a pull, and no success; in order, none twice. Every
    other time the cable is back at once."""
    machine = Machine(kernel=kernel, append=f"{STATIC} -- {GATEWAY} {BURST} asked", mem=mem,
                      initrd=str(program("flood")),
                      nics=[Nic(null_net(), pcap=pcap, options="autonegotiation=off")])
    hits = pulls = 0
    with machine.start() as running:
        running.wait_for("starting", DEADLINE_S)
        while hits < PULLS and pulls < BURSTS_MAX:
            running.write("more\n")
            wait_for_frames(pcap, 1000)
            hits += pull_and_plug(running, pulls, at_once=pulls % 2 == 1)
            pulls += 1
            running.wait_for(f"{BURST * pulls} sent", DEADLINE_S)
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    at_most = sent_without_link(result)
    sent = int(BALANCE.search(said(result))["sent"])
    assert sent - at_most <= len(frames_sent(pcap)) <= sent
    assert 0 < at_most <= LAP * pulls
    arrived = numbers(pcap)
    assert arrived == sorted(set(arrived))
