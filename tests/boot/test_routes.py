# SPDX-License-Identifier: MIT
"""test_routes.py - routes as the operator gives them: route= words, the initrd's /etc/routes, and
where datagrams go because of them. And the trie's own test, on request at boot.
"""
import pytest
from scapy.layers.l2 import Ether

import images
from support import (ADDRESS, CONSOLE, NEIGH, Nic, assert_success, boot, frames_sent, null_net,
                     quiet_net, shown)

ROUTER = "10.0.2.9"
ROUTER_MAC = "52:54:00:aa:bb:cc"
FAR = "192.0.2.77"
FAR_WORDS = (f"{CONSOLE} {ADDRESS} {NEIGH} hosts=b:{FAR} neigh={ROUTER},{ROUTER_MAC}")


def archive(tmp_path, routes):
    """A cpio archive with the routes file; returns its path."""
    file = tmp_path / "initrd.cpio"
    file.write_bytes(images.cpio({"etc/routes": routes.encode()}))
    return str(file)


def destinations(pcap):
    """Ethernet destinations of the IPv4 frames the guest sent."""
    return [Ether(raw).dst for _, raw in frames_sent(pcap) if Ether(raw).type == 0x0800]


def test_route_word_chooses_the_gateway(kernel, pcap):
    """A route= more specific than the default one wins."""
    result = boot(kernel, f"{FAR_WORDS} route=192.0.2.0/24,via={ROUTER}",
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    assert destinations(pcap) == [ROUTER_MAC]


def test_routes_file(kernel, pcap, tmp_path):
    """Lines of /etc/routes are routes; the longest prefix wins over file and default."""
    routes = f"# the far net\n192.0.2.0/24 {ROUTER} eth0\n192.0.2.128/25 blackhole\n"
    result = boot(kernel, f"{FAR_WORDS} init=muffin-send", initrd=archive(tmp_path, routes),
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    assert "routes: 2 from the initrd" in result.serial, shown(result)
    assert destinations(pcap) == [ROUTER_MAC]


@pytest.mark.parametrize("kind,words", [("blackhole", "Invalid argument"),
                                        ("unreachable", "Host is unreachable"),
                                        ("prohibit", "Permission denied")])
def test_refusing_routes(kernel, kind, words):
    """Each type answers with its own errno, as the program shows it."""
    result = boot(kernel, f"{FAR_WORDS} route=192.0.2.0/24,type={kind}", nics=[Nic(quiet_net())])
    assert f"not sent: {words}" in result.serial, shown(result)
    assert result.status == 3


@pytest.mark.parametrize("line,culprit,expected", [
    ("192.0.2.0/24 10.0.2.9 eth7", "eth7", "device"),
    ("192.0.2.1/24 10.0.2.9 eth0", "192.0.2.1/24", "prefix"),
    ("192.0.2.0/24 10.0.2.9 eth0 1 2", "2", "end of the line"),
])
def test_malformed_routes_file(kernel, tmp_path, line, culprit, expected):
    """The message names the line, the word and what was expected."""
    result = boot(kernel, FAR_WORDS, initrd=archive(tmp_path, f"# one\n{line}\n"))
    assert result.status == 64, shown(result)
    assert f"/etc/routes, line 2: '{culprit}': expected" in result.serial, shown(result)
    assert expected in result.serial.split("/etc/routes, line 2")[1].splitlines()[0]


def test_selftest(kernel):
    """The trie proves itself on the machine; it is not run without being asked for."""
    result = boot(kernel, f"{FAR_WORDS} selftest")
    assert "selftest: the route trie answers as a linear search does" in result.serial
    assert_success(result)


def test_hundred_thousand_routes(kernel, pcap, tmp_path):
    """A large table loads quickly and still answers right."""
    routes = "".join(f"11.{n >> 8 & 255}.{n & 255}.{(n >> 16) * 64}/26 10.0.2.9 eth0\n"
                     for n in range(100_000)) + f"192.0.2.0/24 {ROUTER} eth0\n"
    result = boot(kernel, f"{FAR_WORDS} init=muffin-send", initrd=archive(tmp_path, routes), mem="128M",
                  nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    assert "routes: 100001 from the initrd" in result.serial, shown(result)
    assert destinations(pcap) == [ROUTER_MAC]
