# SPDX-License-Identifier: MIT
"""test_rtnetlink.py - links, addresses, routes and neighbours as busybox's `ip` shows and changes them,
and each request's answer beside Linux's.

Not here: messages bit by bit (tests/unit/test_rtnetlink.c), what a changed route does
(test_multipath.py).
Source: rtnetlink(7), ip-route(8), ip-address(8), ip-link(8), ip-neighbour(8).
"""
import os
import shutil

import pytest

from support import (ADDRESS, CONSOLE, NEIGH, Nic, assert_success, boot, null_net, run_on_host,
                     shown, table)

BUSYBOX = shutil.which("busybox")
WORDS = f"{CONSOLE} {ADDRESS} {NEIGH}"
MACS = ["52:54:00:12:34:56", "52:54:00:12:34:57"]

with_busybox = pytest.mark.skipif(not BUSYBOX, reason="busybox-static is not installed: make setup")


def test_answers_beside_linux(kernel, program):
    """A hundred requests about lo in a fresh namespace: what is answered and listed is Linux's."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace on the host needs root")
    result = boot(kernel, initrd=str(program("rtnl")))
    here, there = table(result.serial), table(run_on_host(program("rtnl")))
    assert "end of table" in there and len(there) > 90
    assert here == there
    assert_success(result)


def ip(kernel, words, command):
    """What busybox's `ip <command>` printed: its lines, and its status."""
    nics = [Nic(null_net(), mac=MACS[0]), Nic("hubport,hubid=1", mac=MACS[1])]
    result = boot(kernel, f"{WORDS} {words} -- {command}", initrd=f"{BUSYBOX} ip", nics=nics)
    text = shown(result).serial.split("in ring 3\n")[1].split("\n[")[0]
    return [line.rstrip() for line in text.splitlines() if not line.startswith("[")], result.status


@with_busybox
def test_shown(kernel):
    """Links, addresses, routes, neighbours: as the command line said."""
    words = ("netns=red:eth1 ip=10.0.2.15::10.0.2.9:255.255.255.0::eth1:off route=192.0.2.0/24,"
             "via=10.0.2.9,metric=7,mtu=1400,src=10.0.2.15 route=198.51.100.0/24,type=blackhole")
    assert ip(kernel, words, "addr") == ([
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue",
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
        "    inet 127.0.0.1/8 scope host lo",
        "       valid_lft forever preferred_lft forever",
        "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue",
        f"    link/ether {MACS[0]} brd ff:ff:ff:ff:ff:ff",
        "    inet 10.0.2.15/24 brd 10.0.2.255 scope global eth0",
        "       valid_lft forever preferred_lft forever"], 0)
    assert ip(kernel, words, "route") == ([
        "default via 10.0.2.2 dev eth0",
        "10.0.2.0/24 dev eth0 scope link  src 10.0.2.15",
        "192.0.2.0/24 via 10.0.2.9 dev eth0  src 10.0.2.15  metric 7",
        "blackhole 198.51.100.0/24"], 0)
    assert ip(kernel, words, "neigh")[0] == [
        "10.0.2.2 dev eth0 lladdr 52:55:0a:00:02:02 probes 0 PERMANENT"]


@with_busybox
@pytest.mark.parametrize("command,expected", [
    ("route get 192.0.2.77", "192.0.2.77 via 10.0.2.2 dev eth0  src 10.0.2.15"),
    ("route get 10.0.2.15", "local 10.0.2.15 dev lo  src 10.0.2.15"),
    ("route get 10.0.2.7 oif eth1", "10.0.2.7 dev eth1  src 10.0.2.15"),
])
def test_route_get(kernel, command, expected):
    """One destination: the way it takes."""
    lines, status = ip(kernel, "", command)
    assert lines[0] == expected and status == 0


@with_busybox
@pytest.mark.parametrize("command,status,says", [
    ("route add 192.0.2.0/24 via 10.0.2.9", 0, ""),
    ("route add 192.0.2.0/24 via 172.16.0.1", 2, "Network is unreachable"),
    ("route add default via 10.0.2.9", 2, "File exists"),
    ("route replace default via 10.0.2.9", 0, ""),
    ("route del default", 0, ""),
    ("route del 192.0.2.0/24", 2, "No such process"),
    ("addr add 10.7.0.1/16 dev eth1", 0, ""),
    ("addr add 10.0.2.15/24 dev eth0", 2, "File exists"),
    ("addr del 10.0.2.15/24 dev eth0", 0, ""),
    ("link set eth1 down", 0, ""),
    ("link set eth0 mtu 1400", 0, ""),
    ("link set eth0 mtu 9000", 2, "Invalid argument"),
    ("link set eth1 name wan", 0, ""),
    ("link set eth9 up", 2, "No such device"),
])
def test_changed(kernel, command, status, says):
    """busybox's own status and words."""
    lines, ended = ip(kernel, "", command)
    assert says in "\n".join(lines)
    assert ended == status, lines
