# SPDX-License-Identifier: MIT
"""test_fib_linux.py - the same changes and questions to our routing table and to this Linux's.

Not here: speed; devices that go down (Linux takes their routes away, ours marks them).
pytest calls in; it runs ip(8) in a network namespace of its own and tests/host/fib_ask.c.
Needs root. The expected answers are those of the kernel it runs on.
"""
import errno
import ipaddress
import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NETNS = f"fib-test-{os.getpid()}"
DEVS = 3
FLAGS = {"add": 0x600, "replace": 0x500, "append": 0xc00, "prepend": 0x400, "change": 0x100}
TYPES = {"unicast": 1, "local": 2, "blackhole": 6, "unreachable": 7, "prohibit": 8, "throw": 9}
TABLES = {"main": 254, "local": 255}
WORDS = {"File exists": errno.EEXIST, "No such process": errno.ESRCH,
         "No such file or directory": errno.ENOENT, "Invalid argument": errno.EINVAL,
         "Network is unreachable": errno.ENETUNREACH, "No route to host": errno.EHOSTUNREACH,
         "Permission denied": errno.EACCES}
SCOPE_LINK, SCOPE_HOST, SCOPE_NOWHERE = 253, 254, 255


def run(*args, **kwargs):
    """A command that must work."""
    return subprocess.run(args, check=True, text=True, capture_output=True, **kwargs).stdout


@pytest.fixture(scope="module", name="ask")
def build_ask(tmp_path_factory):
    """fib_ask, built."""
    out = tmp_path_factory.mktemp("fib") / "fib_ask"
    names = ["tests/host/fib_ask.c",
             "tests/unit/host_machine.c", "kernel/lib/parse.c", "kernel/lib/format.c"]
    sources = sorted({*ROOT.glob("net/fib/*.c"), *(ROOT / name for name in names)})
    run("gcc", "-std=gnu11", "-ffreestanding", "-DMUFFIN_HOST", "-O1", "-g", "-I", str(ROOT),
        "-fsanitize=address,undefined", *map(str, sources), "-o", str(out))
    return out


@pytest.fixture(name="linux")
def make_netns():
    """A namespace with devices d1..d3 and their networks 10.255.<n>.0/24; gone afterwards."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    run("ip", "netns", "add", NETNS)
    try:
        for i in range(1, DEVS + 1):
            inside = ("ip", "-n", NETNS)
            run(*inside, "link", "add", f"d{i}", "type", "veth", "peer", "name", f"p{i}")
            run(*inside, "addr", "add", f"10.255.{i}.1/24", "dev", f"d{i}")
            run(*inside, "link", "set", f"p{i}", "up")
            run(*inside, "link", "set", f"d{i}", "up")
        yield Linux()
    finally:
        run("ip", "netns", "del", NETNS)


class Linux:
    """The host's table, asked by ip's batch mode: one process for hundreds of commands."""

    @staticmethod
    def index(dev):
        """The number of a device inside the namespace."""
        return json.loads(run("ip", "-n", NETNS, "-j", "link", "show", dev))[0]["ifindex"]

    @staticmethod
    def batch(commands, *options):
        """(errno by command, standard output)."""
        done = subprocess.run(["ip", "-n", NETNS, *options, "-force", "-batch", "-"],
                              input="\n".join(commands) + "\n", text=True, capture_output=True,
                              check=False)
        answers = [0] * len(commands)
        pattern = r"(?:RTNETLINK answers|Error): ([^\n]+)\n(?:.*\n)*?Command failed -:(\d+)"
        for what, line in re.findall(pattern, done.stderr):
            assert what in WORDS, done.stderr
            answers[int(line) - 1] = WORDS[what]
        return answers, done.stdout


class Hop:
    """A device, perhaps a gateway on its network."""

    def __init__(self, rng):
        self.dev = rng.randint(1, DEVS)
        self.gateway = rng.choice([None, 2, 3])
        self.weight = rng.randint(1, 3)

    def linux(self):
        """As ip writes it."""
        return (f"via 10.255.{self.dev}.{self.gateway} " if self.gateway else "") + f"dev d{self.dev}"

    def ours(self, index):
        """As fib_ask reads it."""
        gateway = 0x0aff0000 + (self.dev << 8) + self.gateway if self.gateway else 0
        return f"{index[self.dev]} {gateway} {self.weight}"


class Route:
    """One change, in both languages."""

    def __init__(self, rng):
        self.verb = rng.choice(["add", "add", "add", "replace", "append", "prepend", "change",
                                "del", "del"])
        self.type = rng.choice(["unicast"] * 6 + list(TYPES)[1:])
        self.len = rng.choice([0, 1, 7, 8, 9, 12, 16, 17, 18, 19, 23, 24, 25, 30, 31, 32])
        address = 0x14000000 + (rng.getrandbits(24) & 0x01818187)
        self.prefix = address >> (32 - self.len) << (32 - self.len)
        self.tos = rng.choice([0, 0, 0, 0x08, 0x10])
        self.metric = rng.choice([0, 0, 1, 2])
        self.table = "local" if self.type == "local" else "main"
        self.hops = []
        if self.type == "unicast":
            self.hops = [Hop(rng) for _ in range(rng.choice([1, 1, 1, 2]))]
        elif self.type == "local":
            self.hops = [Hop(rng)]
            self.hops[0].gateway = None
        if len(self.hops) > 1:      # several without a gateway are another scope
            for hop in self.hops:
                hop.gateway = hop.gateway or 2
        else:
            for hop in self.hops:
                hop.weight = 1
        if self.verb == "del":      # say less than there is to say
            self.type = self.type if rng.random() < .7 else "unspec"
            if rng.random() < .5 or self.type == "unspec":
                self.hops = []

    def linux(self):
        """As ip writes it."""
        words = ["route", self.verb] + ([self.type] if self.type != "unspec" else [])
        words.append(f"{ipaddress.ip_address(self.prefix)}/{self.len}")
        words += ["table", self.table]
        words += ["tos", hex(self.tos)] if self.tos else []
        words += ["metric", str(self.metric)] if self.metric else []
        if len(self.hops) == 1:
            words.append(self.hops[0].linux())
        else:
            words += [f"nexthop {hop.linux()} weight {hop.weight}" for hop in self.hops]
        return " ".join(words)

    def scope(self):
        """What ip chooses."""
        if self.verb == "del":
            return SCOPE_NOWHERE
        if self.type == "local":
            return SCOPE_HOST
        return SCOPE_LINK if self.hops and not self.hops[0].gateway else 0

    def ours(self, index):
        """As fib_ask reads it."""
        word = "d" if self.verb == "del" else "a"
        fields = [FLAGS.get(self.verb, 0), TYPES.get(self.type, 0), TABLES[self.table],
                  self.scope(), self.prefix, self.len, self.tos, self.metric, len(self.hops)]
        return " ".join([word, *map(str, fields), *(hop.ours(index) for hop in self.hops)])


def questions(rng, routes):
    """Addresses at the edges of every prefix, with a tos and a device now and then."""
    for route in routes:
        size = 1 << (32 - route.len)
        for address in (route.prefix, route.prefix + size - 1, route.prefix + size,
                        route.prefix - 1, route.prefix + rng.randrange(size)):
            if 0x14000000 <= address <= 0x15ffffff:
                yield address, rng.choice([0, 0, 8, 16]), rng.choice([0, 0, 0, 1, 2, 3])


def linux_question(address, tos, dev):
    """ip's words for it: fibmatch shows the route, not what became of it."""
    words = f"route get fibmatch {ipaddress.ip_address(address)}"
    return words + (f" tos {hex(tos)}" if tos else "") + (f" oif d{dev}" if dev else "")


def same(theirs, ours, index):
    """Does the route that ip printed equal fib_ask's answer?"""
    prefix, length, rtype, table, metric, hops, oif, gateway = ours
    dst = ipaddress.ip_network("0.0.0.0/0" if theirs["dst"] == "default" else theirs["dst"])
    first = theirs["nexthops"][0] if "nexthops" in theirs else theirs
    names = {number: name for name, number in TYPES.items()}
    return (int(dst.network_address) == prefix and dst.prefixlen == length and
            theirs.get("type", "unicast") == names[rtype] and
            table == (255 if rtype == TYPES["local"] else 254) and  # fibmatch does not say it
            theirs.get("metric", 0) == metric and len(theirs.get("nexthops", [0])) == hops and
            index[int(first["dev"][1:])] == oif and
            int(ipaddress.ip_address(first.get("gateway", "0.0.0.0"))) == gateway)


@pytest.mark.parametrize("seed", range(6))
def test_same_as_linux(ask, linux, seed):
    """A few hundred changes, each with its errno; then a thousand questions."""
    rng = random.Random(seed)
    index = {i: linux.index(f"d{i}") for i in range(1, DEVS + 1)}
    routes = [Route(rng) for _ in range(400)]
    asked = list(questions(rng, routes))
    theirs, _ = linux.batch([route.linux() for route in routes])
    lines = [route.ours(index) for route in routes]
    lines += [f"g {address} {tos} {index.get(dev, 0)}" for address, tos, dev in asked]
    ours = run(str(ask), input="\n".join(lines) + "\n").splitlines()
    for route, err, mine in zip(routes, theirs, ours):
        assert -int(mine) == err, route.linux()
    assert 0 in theirs and errno.EEXIST in theirs and errno.ESRCH in theirs
    assert errno.ENOENT in theirs
    compared = 0
    errs, out = linux.batch([linux_question(*question) for question in asked], "-j")
    printed = iter(json.loads(line)[0] for line in out.splitlines() if line.strip() not in ("", "[ ]"))
    for question, err, mine in zip(asked, errs, ours[len(routes):]):
        answer = [int(word) for word in mine.split()]
        found = next(printed) if err == 0 else None
        if question[2] and answer[0] != 0:
            continue            # Linux takes a named device at its word: all is on its link
        expected = errno.EAGAIN if err == errno.ENETUNREACH else err
        assert -answer[0] == expected, (linux_question(*question), found)
        if err == 0:
            assert same(found, answer[1:], index), (linux_question(*question), found, mine)
        compared += 1
    assert compared > 700
