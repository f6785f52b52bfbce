# SPDX-License-Identifier: MIT
"""test_omit.py - kernels without some of their parts: each links, boots and sends; what it does not
have it names.

Not here: what the parts do. `make OMIT=` links what is built already.
"""
import errno
import os
import random
import subprocess
import sys

import pytest

import images
from support import (CMDLINE, ROOT, STATIC, Nic, assert_success, boot, check_by_tshark,
                     check_datagram, datagrams_sent, null_net, said, table)

MAKE_S = 600
SUBSETS, SEED = 20, 1
MUSL = {errno.ENOTTY: "Not a tty"}     # musl's words where they are not glibc's
PARTS = ("egress", "errqueue", "groups", "ioctl", "multipath", "namespaces", "netfilter", "netlink", "pacing",
         "packet", "pcap", "pmtu", "proc", "programs", "route", "routesfile", "rxflows", "selftest", "symbols",
         "trie", "unix")
# Words of the command line, or files of the initrd, by the part that takes them.
WORDS = {"route=default,via=10.0.2.2": "route", "egress=10.0.2.2": "egress", "netns=a:eth0": "namespaces", "filter=out,drop": "netfilter",
         "qdisc=pfifo": "pacing", "pcap": "pcap", "pcap=wait": "pcap", "selftest": "selftest"}


def make(*words):
    """The run of make, ended."""
    return subprocess.run(["make", "-s", *words], cwd=ROOT, capture_output=True, text=True,
                          timeout=MAKE_S, check=False)


@pytest.fixture(name="link", scope="session")
def fixture_link(tmp_path_factory):
    """link("netlink", "pmtu") is the kernel without these; each is linked once."""
    folder, linked = tmp_path_factory.mktemp("omit"), {}

    def link(*parts):
        if parts not in linked:
            kernel = folder / ("-".join(parts) + ".elf")
            done = make(f"OMIT={' '.join(parts)}", f"KERNEL={kernel}", str(kernel))
            assert done.returncode == 0, done.stdout + done.stderr
            linked[parts] = kernel
        return linked[parts]
    return link


def code_bytes(kernel):
    """Bytes of functions and of what they only read or begin with; sections are rounded to pages."""
    done = subprocess.run(["readelf", "-sW", str(kernel)], capture_output=True, text=True,
                          timeout=MAKE_S, check=True)
    symbols = [line.split() for line in done.stdout.splitlines()]
    return sum(int(s[2], 0) for s in symbols if len(s) == 8 and s[3] in ("FUNC", "OBJECT"))


@pytest.mark.parametrize("part", [*PARTS, "road"])
def test_without(link, pcap, part):
    """One part is left out, or all: the muffin leaves as ever."""
    result = boot(link(part), STATIC, nics=[Nic(null_net(), pcap=pcap)])
    assert_success(result)
    (_, raw), = datagrams_sent(pcap)
    check_datagram(raw, b"muffin")
    check_by_tshark(pcap)


def test_any_of_them(link):
    """No part needs another: twenty sets of them, drawn at random, link."""
    draw = random.Random(SEED)
    for _ in range(SUBSETS):
        link(*sorted(draw.sample(PARTS, draw.randint(2, len(PARTS) - 1))))


def test_what_is_left_out_is_gone(link, kernel):
    """Each part makes the kernel smaller, but for names and programs, which are no functions."""
    whole = code_bytes(kernel)
    for part in set(PARTS) - {"symbols", "programs"}:
        assert code_bytes(link(part)) < whole - 200, part
    assert b"neigh_output" not in link("symbols").with_suffix(".ksyms.S").read_bytes()
    assert b"listening on port" in kernel.read_bytes()
    assert b"listening on port" not in link("programs").read_bytes()
    assert code_bytes(link("road")) < whole - (32 << 10)


@pytest.mark.parametrize("word", WORDS)
def test_word_of_a_part(link, word):
    """A word of a part that is left out is refused with the part's name, not as unknown."""
    result = boot(link("road"), f"{STATIC} {word}")
    assert result.status == CMDLINE
    assert f"'{word}'" in said(result) and f"a kernel with '{WORDS[word]}'" in said(result)


def test_file_of_a_part(link, tmp_path):
    """The same for a file in the initrd."""
    archive = tmp_path / "initrd.cpio"
    archive.write_bytes(images.cpio({"etc/routes": b"192.0.2.0/24 10.0.2.2\n"}))
    result = boot(link("road"), STATIC, initrd=str(archive))
    assert result.status == CMDLINE
    assert "/etc/routes: this kernel was built without 'routesfile'" in said(result)


def test_calls_of_parts(link, program):
    """A program that needs a part gets Linux's answer for a kernel without it."""
    result = boot(link("road"), STATIC, initrd=str(program("left_out")))
    assert_success(result)
    assert table(result.serial) == [
        f"{call}: -1 {MUSL.get(answer) or os.strerror(answer)}" for call, answer in (
            ("AF_NETLINK", errno.EAFNOSUPPORT), ("AF_PACKET", errno.EAFNOSUPPORT),
            ("AF_UNIX", errno.EAFNOSUPPORT), ("IP_ADD_MEMBERSHIP", errno.ENOPROTOOPT),
            ("IP_RECVERR", errno.ENOPROTOOPT), ("SO_TIMESTAMPING", errno.ENOPROTOOPT),
            ("SO_MAX_PACING_RATE", errno.ENOPROTOOPT),
            ("MSG_ERRQUEUE", errno.EAGAIN), ("SIOCGIFMTU", errno.ENOTTY),
            ("unshare", errno.EINVAL), ("/proc/net/dev", errno.ENOENT))]


def test_road_sends(link):
    """By every way there is, as the whole kernel does."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/boot/test_ways_to_send.py"],
                          cwd=ROOT, env={**os.environ, "KERNEL": str(link("road"))},
                          capture_output=True, text=True, timeout=MAKE_S, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


def test_unknown_part():
    """What is no part is named, and so are all that are."""
    done = make("OMIT=netlink frobnicate")
    assert done.returncode != 0
    assert "there is no part 'frobnicate'" in done.stderr
    assert all(part in done.stderr for part in PARTS)
