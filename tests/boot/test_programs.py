# SPDX-License-Identifier: MIT
"""test_programs.py - ring 3 as programs see it: start, memory, time, files, sockets, errors. Where
Linux's answer is the measure, the same program runs under the build host's Linux and the two tables
are compared line by line.
"""
import re
import socket
import threading

import pytest

import images
from images import STATIC_PIE
from support import (ADDRESS, CONSOLE, DEADLINE_S, GATEWAY, GUEST, GUEST_TIME, NEIGH, STATIC, WORDS,
                     Machine, Nic, assert_success, boot, check_table, null_net, run_on_host, said,
                     shown, table, user_net)


def shown_by_start(result, name):
    """One value that start.c prints."""
    return re.search(rf"^{name} (.*)$", result.serial, re.M).group(1)


@pytest.mark.parametrize("linked", [(), STATIC_PIE], ids=["static", "static-pie"])
@pytest.mark.parametrize("cpu", [None, "max"])
def test_start(kernel, program, linked, cpu):
    """Arguments, environment, aux vector, TLS, alignment, FPU: also for a static PIE."""
    result = boot(kernel, f"{STATIC} -- one two", initrd=str(program("start", *linked)), cpu=cpu)
    check_table(result.serial, 20)
    assert re.search(r"^argv\[1\] one\nargv\[2\] two\nenv HOME=/\n", result.serial, re.M)
    assert shown_by_start(result, "nodename") == "muffin"
    assert_success(result)


def test_start_program_is_right(program):
    """The measure itself: the build host's Linux passes it."""
    check_table(run_on_host(program("start")), 20)


def test_randomness_at_start(kernel, program):
    """AT_RANDOM differs at each boot, the place of a PIE as well."""
    runs = [boot(kernel, initrd=str(program("start", *STATIC_PIE))) for _ in range(3)]
    assert len({shown_by_start(run, "random") for run in runs}) == 3
    assert len({shown_by_start(run, "code") for run in runs}) >= 2


def test_host_name_of_ip_word(kernel, program):
    """ip='s fifth field is the node's name."""
    words = f"{CONSOLE} ip={GUEST}::{GATEWAY}:255.255.255.0:oven:eth0:off"
    result = boot(kernel, words, initrd=str(program("start")))
    assert shown_by_start(result, "nodename") == "oven"


@pytest.mark.parametrize("name,least", [("memory", 40), ("areas", 35), ("clock", 11), ("calls", 12),
                                        ("loopback", 30), ("signals", 15)])
@pytest.mark.parametrize("cpu", [None, "max"])
def test_checks(kernel, program, name, least, cpu):
    """Programs that check the kernel themselves. What takes time takes the guest's."""
    machine = {"icount": GUEST_TIME} if name in ("clock", "signals") else {}
    result = boot(kernel, initrd=str(program(name)), cpu=cpu, **machine)
    check_table(result.serial, least)
    assert_success(result)


@pytest.mark.parametrize("name", ["memory", "areas", "clock", "calls", "loopback", "signals"])
def test_checks_are_right(program, name):
    """The measure itself: the build host's Linux passes each."""
    check_table(run_on_host(program(name), *(("10000",) if name == "clock" else ())), 10)


def test_own_address_is_looped_back(kernel, program, pcap):
    """To our own address: nothing goes out but the announcement."""
    result = boot(kernel, f"{WORDS} -- {GUEST}", initrd=str(program("loopback")),
                  nics=[Nic(null_net(), pcap=pcap)])
    check_table(result.serial, 40)
    assert_success(result)
    assert "eth0: sent 1 " in said(boot(kernel, f"debug {WORDS} -- {GUEST}",
                                        initrd=str(program("loopback")), nics=[Nic(null_net())]))


def compare_with_host(kernel, program, name, least=150, args=(), host_args=(), **machine):
    """Both tables, line by line, must be equal."""
    result = boot(kernel, " ".join([STATIC, "--", *args]), initrd=str(program(name)), **machine)
    here, there = table(result.serial), table(run_on_host(program(name), *host_args))
    assert "end of table" in result.serial and len(there) > least
    assert len(here) == len(there)
    assert [pair for pair in zip(here, there) if pair[0] != pair[1]] == []
    assert_success(result)


@pytest.mark.parametrize("cpu", [None, "max"])
def test_bad_pointers(kernel, program, cpu):
    """EFAULT where Linux says EFAULT; the kernel stays whole. With SMAP and without."""
    compare_with_host(kernel, program, "efault", cpu=cpu)


def test_errno_table(kernel, program):
    """Socket and descriptor calls: the same answers as Linux, the good ones and the bad ones."""
    compare_with_host(kernel, program, "errno_table")


def test_calls_that_cannot_fail(kernel, program):
    """umask, getpgrp, getpriority, sysinfo, sched_getaffinity and their like: no ENOSYS in disguise."""
    compare_with_host(kernel, program, "libc_table")


def test_lengths(kernel, program):
    """Datagrams of up to 65,507 bytes to addresses of ours: sent, refused and received as on Linux."""
    compare_with_host(kernel, program, "lengths", args=("127.0.0.1", GUEST),
                      host_args=("127.0.0.1", "127.9.8.7"))


def test_nothing_to_move(kernel, program):
    """read, readv and writev of no bytes leave everything as it is; write and send send a datagram."""
    compare_with_host(kernel, program, "nothing", least=50)


def test_siginfo(kernel, program):
    """The sender of a signal, which of several comes first, which ones stop no process: as on Linux."""
    compare_with_host(kernel, program, "siginfo", least=24)


def test_local_sockets(kernel, program):
    """AF_UNIX without a peer: musl's if_nametoindex works, sending says that there is no peer."""
    compare_with_host(kernel, program, "local", least=120)


def test_syslog(kernel, program):
    """syslog(3) writes to the console, a line a message, at every level; with quiet, too."""
    result = boot(kernel, f"{STATIC} quiet", initrd=str(program("log")))
    check_table(result.serial, 8)
    assert re.search(r"^<27>... .. ..:..:.. oven\[1\]: it burns$", result.serial, re.M)
    assert re.search(r"^<31>... .. ..:..:.. oven\[1\]: not yet: ", result.serial, re.M)
    for line in ("inside a line", "<11>without an end", "<12>two pieces", "<13>written", "." * 3000):
        assert result.serial.count(f"\n{line}\n") == 1, line
    assert result.status == 0, result.words()


def test_memory_table(kernel, program):
    """Calls about memory: the same answers as Linux to wrong and to strange arguments."""
    compare_with_host(kernel, program, "memory_table")


def test_unknown_call_is_named_once(kernel, program):
    """At debug level, once for each number; without debug not at all."""
    text = said(boot(kernel, f"debug {STATIC}", initrd=str(program("calls"))))
    assert text.count("system call 101 is not here: ENOSYS") == 1
    assert text.count("system call 511 is not here: ENOSYS") == 1
    text = said(boot(kernel, STATIC, initrd=str(program("calls"))))
    assert "is not here" not in text


def test_console(kernel, program):
    """stdout and stderr arrive in order and whole."""
    result = boot(kernel, initrd=str(program("console")))
    expected = ("to stdout\nto stderr\nby write\none two\nwritten 8\n" + "." * 5000 +
                "|\n-1 beef  3.14 c string 1099511627776\nno newline at the end")
    assert expected in result.serial
    assert_success(result)


def test_typed(kernel, program):
    """Standard input is the serial port: a line at once, corrected and shown; or key by key,
    as many and as long as VMIN and VTIME say."""
    machine = Machine(kernel=kernel, append=STATIC, initrd=str(program("typed")),
                      nics=[Nic(null_net())])
    with machine.start() as running:
        for asked, keys in (("type mu", "mu"), ("type the rest", "x\x7fffin\r"),
                            ("type a key", "k"), ("type two keys", "ab"),
                            ("type the third", "c"), ("type a few", "de"), ("type in vain", "f"),
                            ("type control-D", "x\x7f\x04")):
            running.wait_for(asked, DEADLINE_S)
            running.write(keys)
        result = shown(running.wait(DEADLINE_S))
    check_table(result.serial, 24)
    assert "mu\n" in result.serial and "x\b \bffin\n" in result.serial and "k\n" not in result.serial
    assert result.serial.count("\b \b") == 1, "a correction is shown though nothing else is"
    assert_success(result)


@pytest.mark.parametrize("year,seconds", [(2031, 1935817689), (1999, 925974489)])
def test_wall_clock(kernel, program, year, seconds):
    """CLOCK_REALTIME is the hour of the machine's battery-backed clock, in its century."""
    result = boot(kernel, initrd=str(program("clock")),
                  extra=["-rtc", f"base={year}-05-06T07:08:09"])
    wall = int(re.search(r"^wall (\d+)$", result.serial, re.M).group(1))
    assert abs(wall - seconds) < 60


# ---- files -------------------------------------------------------------------------------------


@pytest.fixture(name="initrd")
def fixture_initrd(program, tmp_path):
    """An archive with the program files.c and some files."""
    files = {"bin/files": program("files").read_bytes(), "./etc/motd": b"fresh\nmuffins\n",
             "data/empty": b"", "one": b"x"}
    (tmp_path / "initrd.cpio").write_bytes(images.cpio(files))
    return tmp_path / "initrd.cpio"


@pytest.mark.parametrize("word", ["init", "rdinit"])
def test_program_from_archive(kernel, initrd, word):
    """init= names a program of the initrd; its other files can be opened, not written."""
    words = f"{STATIC} {word}=/bin/files -- /etc/motd data/empty /one /none /etc/hosts"
    result = boot(kernel, words, initrd=str(initrd))
    assert_success(result)
    text = result.serial
    assert "initrd: 4 files" in said(result)
    assert "/etc/motd> fresh\n/etc/motd> muffins\n" in text
    assert "/etc/motd: 14 bytes, regular 1, last 10\n" in text
    assert "data/empty: 0 bytes, regular 1" in text and "/one: 1 bytes" in text
    assert "/none: No such file or directory\n" in text
    assert "/etc/hosts> 127.0.0.1\tlocalhost\n" in text
    assert f"/etc/hosts> {GATEWAY}\tb\n" in text
    assert "create /new: Read-only file system\n" in text
    assert "write to it: Bad file descriptor\n" in text


def test_init_needs_no_naming(kernel, program, tmp_path):
    """An archive's /init is the program, unless a module is one: that one is told."""
    (tmp_path / "initrd").write_bytes(images.cpio({"init": program("start").read_bytes()}))
    result = boot(kernel, initrd=str(tmp_path / "initrd"))
    assert "argv[0] /init\n" in result.serial
    result = boot(kernel, f"{STATIC} init=/init",
                  extra=["-initrd", f"{tmp_path}/initrd,{program('exit')} 0"])
    assert "init=/init: ignored, a module brought the program" in said(result)
    assert "argv[0]" not in result.serial


def test_archive_beside_the_built_in_program(kernel, program, tmp_path):
    """An archive's /etc/hosts takes the place of the kernel's; the built-in program reads it."""
    (tmp_path / "initrd").write_bytes(images.cpio({"etc/hosts": f"{GATEWAY} oven\n".encode()}))
    words = f"{CONSOLE} {ADDRESS} {NEIGH} init=muffin-send -- oven"
    result = boot(kernel, words, initrd=str(tmp_path / "initrd"))
    assert "muffin sent :)" in result.serial
    assert_success(result)


def test_resolv_conf(kernel, initrd):
    """ip='s name servers are in /etc/resolv.conf."""
    words = (f"{CONSOLE} ip={GUEST}::{GATEWAY}:255.255.255.0::eth0:off:192.0.2.53:192.0.2.54 "
             "init=/bin/files -- /etc/resolv.conf")
    text = boot(kernel, words, initrd=str(initrd)).serial
    assert "> nameserver 192.0.2.53\n/etc/resolv.conf> nameserver 192.0.2.54\n" in text


# ---- the outside -------------------------------------------------------------------------------


class Echo:
    """A UDP service on the host's loopback that sends everything back."""

    def __init__(self):
        self.received = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.port = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self._socket.close()

    def _serve(self):
        while not self._stop.is_set():
            try:
                data, sender = self._socket.recvfrom(65536)
            except socket.timeout:
                continue
            self.received.append(data)
            self._socket.sendto(data, sender)


def test_echo_with_the_host(kernel, program):
    """A hundred datagrams of all sizes to the host and back, through QEMU's user network."""
    with Echo() as service:
        result = boot(kernel, f"{WORDS} -- {GATEWAY} {service.port} 100",
                      initrd=str(program("echo")), nics=[Nic(user_net())])
    check_table(result.serial, 2)
    assert_success(result)
    assert len(service.received) == 100


def test_served_from_the_host(kernel, program):
    """The host asks a service in the guest, through a forwarded port; order and bytes are kept."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answers = []
    machine = Machine(kernel=kernel, append=f"{WORDS} -- 7", initrd=str(program("wait")),
                      nics=[Nic(user_net(hostfwd=f"udp:127.0.0.1:{port}-{GUEST}:7"))])
    with machine.start() as running:
        running.wait_for("listening", DEADLINE_S)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(DEADLINE_S)
            for number in range(20):
                client.sendto(b"%d" % number * 10, ("127.0.0.1", port))
                answers.append(client.recv(2048))
        running.write("\n")
        result = shown(running.wait(DEADLINE_S))
    assert answers == [b"%d" % number * 10 for number in range(20)]
    assert_success(result)
