# SPDX-License-Identifier: MIT
"""test_rates.py - queueing disciplines and paced sockets by the wire's clock: rates within a hundredth,
gaps even, order kept, nothing lost.

Times in the capture are the guest's own.
"""
import re
import struct

import pytest

from support import (BALANCE, DEADLINE_S, DROPPED, GATEWAY, GUEST_TIME, PORT, STATIC, Machine, Nic,
                     assert_success, boot, frames_sent, null_net, rests, said, sent_without_link,
                     shown, wait_for_frames, wait_until)

WITHIN = 0.01
UDP_HEADERS = 14 + 20 + 8


BEGIN = 50  # frames until the sender has waited for the first time, which takes some microseconds more


def send(kernel, program, pcap, words, how="block", count=1000, payload=18, pace=0, **machine):
    """One boot that sends numbered datagrams, each once and in order: (seconds, frame length) of
    each, and the Result."""
    result = boot(kernel, f"{STATIC} {words} -- {GATEWAY} {count} {payload} {pace} {how}",
                  initrd=str(program("pace")), icount=GUEST_TIME,
                  nics=[Nic(null_net(), pcap=pcap)], **machine)
    assert_success(result)
    assert int(BALANCE.search(said(result))["dropped"]) == 0, "some were dropped"
    assert numbers(pcap) == list(range(count))
    return [(when, len(raw)) for when, raw in numbered(pcap)], result


def numbered(pcap):
    """The program's frames; scapy would take long for them."""
    return [(when, raw) for when, raw in frames_sent(pcap)
            if raw[12:14] == b"\x08\x00" and raw[36:38] == PORT.to_bytes(2, "big")]


def numbers(pcap):
    """What they carry, in the order in which they left."""
    return [struct.unpack_from("<I", raw, UDP_HEADERS)[0] for _, raw in numbered(pcap)]


def packets_per_second(frames):
    """From the first to the last."""
    return (len(frames) - 1) / (frames[-1][0] - frames[0][0])


def bits_per_second(frames):
    """From the first to the last: what left after the first, which left at once."""
    return 8 * sum(length for _, length in frames[:-1]) / (frames[-1][0] - frames[0][0])


def gaps(frames):
    """Between neighbours, in seconds."""
    return [later[0] - sooner[0] for sooner, later in zip(frames, frames[1:])]


@pytest.mark.parametrize("how", ["block", "poll"])
@pytest.mark.parametrize("rate,pps", [("1kpps", 1e3), ("10kpps", 1e4), ("100kpps", 1e5)])
def test_packet_rate(kernel, program, pcap, rate, pps, how):
    """For every way in which the program waits, the rate is right, and no gap is far from the others."""
    frames, result = send(kernel, program, pcap, f"qdisc=tbf,rate={rate}", how)
    assert packets_per_second(frames) == pytest.approx(pps, rel=WITHIN)
    rest = gaps(frames[BEGIN:])
    assert max(rest) < 1.6 / pps
    assert min(rest) > 0.4 / pps
    told = int(re.search(r"(\d+) times told", result.serial).group(1))
    assert (told > 100) == (how == "poll")


@pytest.mark.parametrize("payload", [18, 1472])
@pytest.mark.parametrize("rate,bits", [("1mbit", 1e6), ("100mbit", 1e8)])
def test_bit_rate(kernel, program, pcap, rate, bits, payload):
    """Bits of frames as the capture has them, short ones padded."""
    frames, _ = send(kernel, program, pcap, f"qdisc=tbf,rate={rate}", payload=payload, count=500)
    assert frames[0][1] == payload + UDP_HEADERS
    assert bits_per_second(frames) == pytest.approx(bits, rel=WITHIN)


def test_burst(kernel, program, pcap):
    """Twenty at once, then the rate."""
    frames, _ = send(kernel, program, pcap, "qdisc=tbf,rate=10kpps,burst=20", count=200)
    assert frames[19][0] - frames[0][0] < 0.0005
    assert packets_per_second(frames[20:]) == pytest.approx(1e4, rel=WITHIN)


def test_program_that_computes(kernel, program, pcap):
    """Half of each packet's time the program is in ring 3, where the queue is not served."""
    frames, _ = send(kernel, program, pcap, "qdisc=tbf,rate=10kpps,limit=10", "busy")
    assert packets_per_second(frames) == pytest.approx(1e4, rel=WITHIN)


def test_smallest_machine(kernel, program, pcap):
    """Four megabytes: a queue of 32 packets, the same rate."""
    frames, result = send(kernel, program, pcap, "qdisc=tbf,rate=10kpps", mem="4M")
    assert "at most 32 packets wait" in said(result)
    assert packets_per_second(frames) == pytest.approx(1e4, rel=WITHIN)


@pytest.mark.parametrize("how", ["block", "poll", "close"])
def test_paced_socket(kernel, program, pcap, how):
    """SO_MAX_PACING_RATE: bytes of frames a second; what is accepted leaves, also after close."""
    frames, _ = send(kernel, program, pcap, "", how, count=400, pace=600_000)
    assert packets_per_second(frames) == pytest.approx(1e4, rel=WITHIN)
    assert max(gaps(frames)) < 1.3e-4


def test_power_off_waits_for_the_queue(kernel, program, pcap):
    """The program ends long before the last of its packets has left."""
    frames, result = send(kernel, program, pcap, "qdisc=tbf,rate=20pps", count=200)
    assert "everything it sent has left" in said(result)
    assert packets_per_second(frames) == pytest.approx(20, rel=WITHIN)
    assert frames[-1][0] - frames[0][0] > 9


@pytest.mark.parametrize("words,pace", [("", 1), ("qdisc=tbf,rate=1pps", 0)])
def test_power_off_waits_no_longer(kernel, program, pcap, words, pace):
    """One a second leaves: after fifteen the rest is dropped, counted, and no success."""
    result = boot(kernel, f"{STATIC} {words} -- {GATEWAY} 50 18 {pace} close", icount=GUEST_TIME,
                  initrd=str(program("pace")), nics=[Nic(null_net(), pcap=pcap)])
    sent = numbers(pcap)
    assert result.status == DROPPED
    assert 15 <= len(sent) <= 17 and sent == list(range(len(sent)))
    assert (f"dropped {50 - len(sent)} on the way out: still waiting when the machine ended"
            in said(result))


UNNOTICED = 0.05     # seconds: the card's link bit is read every ten milliseconds


@pytest.mark.parametrize("words,pace", [("", 600_000), ("qdisc=tbf,rate=10kpps,limit=50", 0)])
def test_cable_out_and_in(kernel, program, pcap, words, pace):
    """While the link is down senders wait and packets stay; then all leave, in order. Only what was
    sent before the loss of the link was seen is gone, as on any wire."""
    count, pps = 10_000, 10_000
    machine = Machine(kernel=kernel, append=f"{STATIC} {words} -- {GATEWAY} {count} 18 {pace} block",
                      initrd=str(program("pace")), nics=[Nic(null_net(), pcap=pcap)])
    with machine.start() as running:
        wait_for_frames(pcap, 500)
        running.set_link(False)
        running.wait_for("link is down", DEADLINE_S)
        wait_until(lambda: rests(running))
        assert not running.ended
        running.set_link(True)
        result = shown(running.wait(DEADLINE_S))
    arrived = numbers(pcap)
    gone = count - len(arrived)
    assert gone <= sent_without_link(result) < UNNOTICED * pps
    last = next((i for i, number in enumerate(arrived) if number != i), count)
    assert arrived == [*range(last), *range(last + gone, count)]
    assert int(BALANCE.search(said(result))["dropped"]) == 0
