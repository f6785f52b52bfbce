# SPDX-License-Identifier: MIT
"""test_unanswered.py - senders and hosts that do not answer ARP, or not yet: which wait, which are
told of a loss, what a dead host costs the others, beside the build host's Linux where it has an answer.

Not here: ARP's packets (test_arp.py). A guest's second host is dead: QEMU's network answers for
its gateway alone.
"""
import re
import struct
import subprocess

import pytest

from support import (BALANCE, DEADLINE_S, DROPPED, GATEWAY, GUEST, GUEST_TIME, HOST_S, PORT, STATIC,
                     Machine, Nic, arps_sent, boot, frames_sent, null_net, quiet_net, said, shown, table)

DEAD, ANOTHER = "10.0.2.77", "10.0.2.78"
TURNS_MS = 3900         # ARP gives up after three seconds; a second later it asks again
LINUX_PER_3_S = 256     # what one socket's send buffer holds
SIGALRM = 14
SLOW_GUEST = GUEST_TIME.replace("shift=0", "shift=4")   # 16 ns an instruction: fewer of them
SMALL_WAITING = 16      # packets that a socket may have waiting on a machine of 4 MiB

# A network without other hosts; the gateway is known, as by STATIC.
NETWORK = f"""set -e
ip link set lo up
ip link add eth0 type veth peer name other
ip addr add {GUEST}/24 dev eth0
ip link set eth0 up
ip link set other up
ip neigh add {GATEWAY} lladdr 02:00:00:00:00:02 dev eth0
exec "$@"
"""


@pytest.fixture(name="linux")
def fixture_linux(program):
    """linux(words...): the program with these arguments under this host's Linux, begun; its table."""
    def begin(*words):
        command = ["unshare", "-rn", "sh", "-c", NETWORK, "sh", program("unanswered"), *words]
        running = subprocess.Popen(command, text=True, stdout=subprocess.PIPE)
        return lambda: table(running.communicate(timeout=HOST_S)[0])
    return begin


def unanswered(kernel, program, words, **machine):
    """The program with these arguments in the guest, in the guest's time: the Result."""
    machine.setdefault("icount", GUEST_TIME)
    return boot(kernel, f"{STATIC} -- {words}", initrd=str(program("unanswered")), **machine)


def test_who_hears_and_who_waits(kernel, program, linux):
    """As on Linux: of datagrams that were accepted and could not leave only those sockets hear that
    asked for it (IP_RECVERR). A sender waits until ARP gives up, SO_SNDTIMEO is over or a signal
    comes; without waiting it is EAGAIN, and POLLOUT tells beforehand."""
    theirs = linux("hears", DEAD)
    result = unanswered(kernel, program, f"waits {DEAD} {ANOTHER} {GATEWAY}")
    lines = table(result.serial)
    checks = [line for line in lines if line.startswith(("ok ", "FAILED "))]
    assert len(checks) == 12 and all(line.startswith("ok ") for line in checks)
    assert [line for line in lines if line not in checks] == theirs()
    assert result.status == DROPPED


def test_a_dead_host_and_a_live_one_in_turn(kernel, program, linux):
    """The live one's rate is kept: the dead one costs three seconds, once. On Linux it fills the
    socket's buffer again and again."""
    words = ("turns", DEAD, GATEWAY, str(TURNS_MS))
    theirs = linux(*words)
    result = unanswered(kernel, program, " ".join(words), icount=SLOW_GUEST)
    rounds, later, errors = map(int, re.findall(r"\d+", table(result.serial)[0]))
    assert errors == 0 and later > 4 * LINUX_PER_3_S
    linux_rounds, _, linux_errors = map(int, re.findall(r"\d+", theirs()[0]))
    assert linux_errors == 0 and rounds > linux_rounds
    assert result.status == DROPPED


def test_killed_while_it_waits(kernel, program, pcap):
    """A scan of hosts that are not there waits for room, and is killed by a signal meanwhile: what
    it had sent is given up by ARP as ever, and the account adds up (conftest.py sees to that)."""
    result = unanswered(kernel, program, "scan 10.0.2.100 100", mem="4M",
                        nics=[Nic(null_net(), pcap=pcap)])
    assert table(result.serial) == ["ok taken"] * SMALL_WAITING
    assert len({packet.pdst for _, packet in arps_sent(pcap)} - {GUEST}) == SMALL_WAITING
    assert f"program killed by signal {SIGALRM} (alarm)" in said(result)
    assert f"dropped {SMALL_WAITING} on the way out: neighbour did not answer ARP" in said(result)
    assert result.status not in (0, None)


def numbers(pcap):
    """What the program's datagrams carry, in the order in which they left."""
    return [struct.unpack_from("<I", raw, 42)[0] for _, raw in frames_sent(pcap)
            if raw[12:14] == b"\x08\x00" and raw[36:38] == PORT.to_bytes(2, "big")]


def test_answer_while_the_link_is_down(kernel, program, pcap):
    """What is queued stays queued until the link is back, and what is sent meanwhile follows it."""
    machine = Machine(kernel=kernel, append=f"{STATIC} -- late {DEAD}",
                      initrd=str(program("unanswered")), nics=[Nic(quiet_net(), pcap=pcap)])
    with machine.start() as running:
        running.wait_for("queued 64", DEADLINE_S)
        running.set_link(False)
        running.wait_for("ok the next one waits for the link", DEADLINE_S)
        assert not numbers(pcap)
        running.set_link(True)
        result = shown(running.wait(DEADLINE_S))
    assert numbers(pcap) == list(range(65))
    assert int(BALANCE.search(said(result))["dropped"]) == 0
