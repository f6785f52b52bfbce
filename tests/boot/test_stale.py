# SPDX-License-Identifier: MIT
"""test_stale.py - laps of a steady flow, then something changes: the very next frames on a real card's
wire are as they must be from then on, and nothing of what lay in their slots before is in them.

Not here: more things that may change, and all their orders (tests/unit/test_flow_stale.c,
tests/unit/test_flow_oracle.c).
Source: RFC 768, RFC 791; ip(7), udp(7).
"""
from collections import Counter

import pytest

from support import (CONSOLE, ETH_MIN, Nic, assert_success, boot, check_ip_checksum,
                     check_udp_checksum, frames_sent, table)

MACS = ["52:54:00:00:00:01", "52:54:00:00:00:02"]
PEER, OTHER, GATEWAY, BY_ETH1 = (f"0200000000{last}" for last in ("02", "77", "fe", "e1"))
WORDS = (f"{CONSOLE} ip=10.1.0.1:::255.255.255.0::eth0:off ip=10.2.0.1:::255.255.255.0::eth1:off "
         "neigh=10.1.0.2,02:00:00:00:00:02,dev=eth0 neigh=10.1.0.254,02:00:00:00:00:fe,dev=eth0 "
         "neigh=10.1.0.2,02:00:00:00:00:e1,dev=eth1")
USUAL = (PEER, 64, 0, "DF", True)       # to whom, time to live, TOS, DF or not, checksum or none
LENGTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 18, 19, 1471, 1472]
LAP, WILD, EACH = 300, 9, 260           # of stale.c

# What stale.c says five times, by send, sendmmsg and UDP_SEGMENT, and how each must look.
SAID = {
    b"ttl 3": (PEER, 3, 0, "DF", True),
    b"tos 0x28": (PEER, 64, 0x28, "DF", True),
    b"no df": (PEER, 64, 0, "", True),
    b"to 77": (OTHER, 64, 0, "DF", True),
    b"by 254": (GATEWAY, 64, 0, "DF", True),
    **dict.fromkeys([b"mtu 68", b"address is back", b"up", b"no filter", b"heard", b"not heard"],
                    USUAL),
}


def check(raw):
    """Lengths, both checksums and the padding of a frame. Returns its payload and how it looks."""
    end = 14 + int.from_bytes(raw[16:18], "big")
    assert len(raw) == max(ETH_MIN, end)
    assert raw[end:] == bytes(len(raw) - end), "padding is not zero"
    check_ip_checksum(raw)
    fragment = int.from_bytes(raw[20:22], "big")
    if fragment & 0x3fff:
        return ("fragment", raw[34 if fragment & 0x1fff else 42:end]), None
    summed = raw[40:42] != bytes(2)
    if summed:
        check_udp_checksum(raw)
    looks = (raw[:6].hex(), raw[22], raw[15], "DF" if fragment else "", summed)
    return raw[42:end], looks


def datagrams(pcap, mac):
    """How often each payload was sent, looking how: zeros at its end are left out."""
    found = Counter()
    for _, raw in frames_sent(pcap, mac):
        if raw[12:14] == b"\x08\x00":
            payload, looks = check(raw)
            found[payload.rstrip(b"\0") if looks else payload, looks] += 1
    return found


@pytest.mark.parametrize("mem", ["64M", "4M"])
def test_changes_are_seen_at_once(kernel, program, tmp_path, mem):
    """Each payload as often as it was sent, each time with the headers of its moment, and no other."""
    pcaps = [tmp_path / "0.pcap", tmp_path / "1.pcap"]
    nics = [Nic(f"hubport,hubid={i}", mac=MACS[i], pcap=pcaps[i]) for i in (0, 1)]
    result = boot(kernel, WORDS, mem=mem, initrd=str(program("stale")), nics=nics)
    assert [line for line in table(result.serial) if not line.startswith("ok ")] == []
    assert_success(result)
    long = b"in fragments: longer than the forty bytes that fit"
    expected = Counter({(b"as it always was", USUAL): 19 * LAP + 7 * WILD,
                        (b"as it ", USUAL): 2 * LAP + 7 * WILD, (b"before the fault", USUAL): 1,
                        (b"no checksum", (PEER, 64, 0, "DF", False)): 3,
                        (("fragment", long[:40]), None): 1, (("fragment", long[40:]), None): 1,
                        (("fragment", b"#" * 1472), None): EACH, (("fragment", b"#"), None): EACH})
    expected.update({(text, looks): 5 for text, looks in SAID.items()})
    expected.update({(b"#" * length, USUAL): EACH for length in LENGTHS})
    assert datagrams(pcaps[0], MACS[0]) == expected
    assert datagrams(pcaps[1], MACS[1]) == {(b"by eth1", (BY_ETH1, 64, 0, "DF", True)): 5}
