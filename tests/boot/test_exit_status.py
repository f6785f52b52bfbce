# SPDX-License-Identifier: MIT
"""test_exit_status.py - how the machine ends: the program's status, and the machine's own for a bad
command line, no card, a program that cannot be loaded, too little memory.
"""
import struct
from pathlib import Path

import pytest

import images
from support import (ADDRESS, CMDLINE, CONSOLE, DEADLINE_S, GATEWAY, HOSTS, NO_MEMORY, NO_NIC,
                     NO_PROGRAM, STATIC, WORDS, Machine, Nic, WithoutDebugExit, assert_success, boot,
                     datagrams_sent, frames_sent, null_net, quiet_net, said, shown)

# ---- the program's own -------------------------------------------------------------------------


@pytest.mark.parametrize("how,status", [("0", 0), ("1", 1), ("42", 42), ("63", 63), ("64", 63),
                                        ("255", 63), ("main", 9), ("_exit", 10)])
def test_program_status(kernel, program, how, status):
    """Up to 63 it is the machine's; above, the machine's is 63 and the words tell the true one."""
    result = boot(kernel, f"{STATIC} -- {how}", initrd=str(program("exit")))
    assert result.status == status, result.words()
    if how.isdigit():
        assert f"exit: {how}" in result.serial
        assert f"program ended with status {how}" in said(result)


def test_help(kernel):
    """The built-in program says how it is told what to do, sends nothing, and ends with 0."""
    result = boot(kernel, f"{STATIC} -- --help")
    assert "usage: muffin-send [option ...] [host [message]]" in result.serial
    assert "net: accepted 1 packet (0 datagrams, 1 ARP) = sent 1 " in said(result)      # the announcement
    assert_success(result)


def test_abort(kernel, program):
    """abort(3) without a handler: told by signal, status not zero."""
    result = boot(kernel, f"{STATIC} -- abort", initrd=str(program("exit")))
    assert result.status not in (0, None)
    assert "signal 6" in said(result)


def test_stop(kernel, program):
    """SIGSTOP: no process could continue the program, so it ends, and the words say by what."""
    result = boot(kernel, f"{STATIC} -- stop", initrd=str(program("exit")))
    assert "program killed by signal 19 (stop: no process could continue it)" in said(result)
    assert result.status == 63, result.words()


def test_no_route(kernel, pcap):
    """sendto sees ENETUNREACH; nothing but the announcement is sent."""
    words = f"{CONSOLE} ip=10.0.2.15:::255.255.255.0::eth0:off -- 192.0.2.1"
    result = boot(kernel, words, nics=[Nic(quiet_net(), pcap=pcap)])
    assert "not sent: Network unreachable" in result.serial
    assert result.status == 3 and len(frames_sent(pcap)) == 1


@pytest.mark.parametrize("kind,words", [
    ("blackhole", "Invalid argument"), ("unreachable", "Host is unreachable"),
    ("prohibit", "Permission denied"),
])
def test_routes_that_refuse(kernel, kind, words):
    """As ip-route(8) says of these types: EINVAL, EHOSTUNREACH, EACCES for the sender."""
    result = boot(kernel, f"{STATIC} route=192.0.2.0/24,type={kind} -- 192.0.2.1")
    assert f"route: {kind} 192.0.2.0/24" in result.serial
    assert f"not sent: {words}" in result.serial and result.status == 3


def test_longest_prefix_wins(kernel, pcap):
    """A host route through another gateway, beside the default route."""
    words = (f"{STATIC} route=192.0.2.1/32,via=10.0.2.9 route=192.0.2.0/24,type=blackhole "
             "neigh=10.0.2.9,02:00:00:00:00:09 -- 192.0.2.1")
    assert_success(boot(kernel, words, nics=[Nic(null_net(), pcap=pcap)]))
    assert datagrams_sent(pcap)[0][1][:6] == bytes.fromhex("020000000009")


def test_name_that_nobody_knows(kernel):
    """No server and no such line in /etc/hosts: a clean message, the program's status."""
    result = boot(kernel, f"{STATIC} -- nowhere.example")
    assert "cannot resolve 'nowhere.example'" in result.serial
    assert result.status == 1

# ---- the command line --------------------------------------------------------------------------


GOOD = CONSOLE
BAD_WORDS = [
    # word, what is wrong, the character at which it stands, part of what was expected
    ("gibberish", "unknown word 'gibberish'", 1, "ip= route= neigh="),
    ("ip", "unknown word 'ip'", 1, "ip="),
    ("quiet=1", "unknown word 'quiet=1'", 1, "quiet"),
    ("IP=off", "unknown word 'IP=off'", 1, "ip="),
    ("ip=", "", 4, "<client>"),
    ("ip=300.0.2.15", "value '300.0.2.15'", 4, "<client>"),
    ("ip=10.0.2.15:nobody:::::off", "server address 'nobody'", 14, "192.0.2.1"),
    ("ip=10.0.2:::255.255.255.0::eth0:off", "client address '10.0.2'", 4, "IPv4 address"),
    ("ip=10.0.2.15::10.0.2:255.255.255.0::eth0:off", "gateway '10.0.2'", 15, "192.0.2.1"),
    ("ip=10.0.2.15::10.0.2.2:255.0.255.0::eth0:off", "netmask '255.0.255.0'", 24, "ones"),
    ("ip=10.0.2.15::10.0.2.2:24::eth0:off", "netmask '24'", 24, ""),
    ("ip=10.0.2.15::::" + "h" * 64 + "::off", "host name 'hhhh", 17, "at most 63"),
    ("ip=10.0.2.15:::::sixteen-letters!:off", "device 'sixteen-letters!'", 18, "at most 15"),
    ("ip=10.0.2.15::::::on", "autoconf 'on'", 19, "'off'"),
    ("ip=10.0.2.15::::::off:1.2.3", "first DNS server '1.2.3'", 23, "192.0.2.1"),
    ("ip=10.0.2.15::::::off::x", "second DNS server 'x'", 24, "192.0.2.1"),
    ("ip=10.0.2.15::::::off::::x", "option 'x'", 26, "ten fields"),
    ("ip=10.00.2.15", "value '10.00.2.15'", 4, ""),
    ("ip=10.0.2.15.", "value '10.0.2.15.'", 4, ""),
    ("route=", "prefix ''", 7, "'default'"),
    ("route=10.0.0.0/33,dev=eth0", "prefix '10.0.0.0/33'", 7, "<0..32>"),
    ("route=10.0.0.1/24,dev=eth0", "prefix '10.0.0.1/24'", 7, "no bits below"),
    ("route=10.0.0.0/8", "route '10.0.0.0/8'", 7, "via= or a dev="),
    ("route=10.0.0.0/8,via=nobody", "via 'nobody'", 22, "192.0.2.1"),
    ("route=10.0.0.0/8,dev=eth0,mtu=67", "mtu '67'", 31, "68 to 65535"),
    ("route=10.0.0.0/8,dev=eth0,metric=x", "metric 'x'", 34, "a number"),
    ("route=10.0.0.0/8,type=nat", "type 'nat'", 23, "blackhole"),
    ("route=10.0.0.0/8,colour=red", "option 'colour=red'", 18, "via="),
    ("route=10.0.0.0/8,dev=eth0,", "option ''", 27, "via="),
    ("neigh=10.0.2.2,52:54:00:12:34:56,", "option ''", 34, "dev=<name>"),
    ("neigh=", "address ''", 7, "192.0.2.1"),
    ("neigh=10.0.2.2", "Ethernet address ''", 15, "52:54:00:12:34:56"),
    ("neigh=10.0.2.2,52:54:00:12:34", "Ethernet address '52:54:00:12:34'", 16, "six bytes"),
    ("neigh=10.0.2.2,52:54:00:12:34:5g", "Ethernet address '52:54:00:12:34:5g'", 16, "six bytes"),
    ("neigh=10.0.2.2,52:54:00:12:34:56,via=x", "option 'via=x'", 34, "dev=<name>"),
    ("hosts=", "name ''", 7, "<name>:<address>"),
    ("hosts=b", "address ''", 8, "192.0.2.1"),
    ("hosts=:10.0.2.2", "name ''", 7, "<name>:<address>"),
    ("hosts=b:10.0.2.256", "address '10.0.2.256'", 9, "192.0.2.1"),
    ("hosts=b:10.0.2.2,", "name ''", 18, "<name>:<address>"),
    ("console=ttyS1", "console 'ttyS1'", 9, "ttyS0"),
    ("console=ttyS0,fast", "speed 'fast'", 15, "115200"),
    ("console=ttyS0,115201", "speed '115201'", 15, "115200"),
    ("console=ttyS0,0", "speed '0'", 15, "115200"),
    ("panic=soon", "seconds 'soon'", 7, "a number"),
    ("panic=", "seconds ''", 7, "a number"),
    ("loglevel=9", "level '9'", 10, "0 to 8"),
    ("init=", "path ''", 6, "initrd"),
]


@pytest.mark.parametrize("word,what,at,expected", BAD_WORDS, ids=[row[0] for row in BAD_WORDS])
def test_malformed_word(kernel, word, what, at, expected):
    """The word, its number, the character, what was expected; status 64."""
    result = boot(kernel, f"{GOOD} {word}")
    lines = said(result).split("\n")
    complaint = [line for line in lines if line.startswith("command line, word")]
    assert len(complaint) == 1
    assert complaint[0].startswith(f"command line, word 2, character {at}: {what}")
    assert complaint[0].endswith(f"'{word}'")
    after = lines[lines.index(complaint[0]) + 1]
    assert after.startswith("  expected ") and expected in after
    assert result.status == CMDLINE


BAD_SETTINGS = [
    ("ip=10.0.2.15::::::off ip=10.0.2.16::::::off", "given an address twice"),
    ("ip=10.0.2.15:::::eth7:off", "there is no device 'eth7'"),
    ("ip=10.0.2.15::192.0.2.1:255.255.255.0::eth0:off", "gateway 192.0.2.1 is not inside"),
    (f"{ADDRESS} route=10.9.0.0/16,via=192.0.2.1,dev=eth7", "there is no device 'eth7'"),
    (f"{ADDRESS} route=10.9.0.0/16,dev=eth0 route=10.9.0.0/16,dev=eth0", "there already"),
    ("ip=10.0.2.15:::255.255.255.0::eth0:off route=10.9.0.0/16,via=192.0.2.1", "192.0.2.1"),
    (f"{ADDRESS} neigh=10.0.2.2,52:54:00:12:34:56,dev=eth7", "there is no device 'eth7'"),
]


@pytest.mark.parametrize("words,what", BAD_SETTINGS, ids=[row[1] for row in BAD_SETTINGS])
def test_settings_that_cannot_be_applied(kernel, words, what):
    """Well-formed, but not for this machine: said in one line; status 64."""
    result = boot(kernel, f"{CONSOLE} {words}")
    assert [line for line in said(result).split("\n") if what in line]
    assert result.status == CMDLINE


def test_too_many_words(kernel):
    """The seventeenth route= is refused, so is a command line that does not fit."""
    many = " ".join(f"route=10.{i}.0.0/16,dev=eth0" for i in range(17))
    result = boot(kernel, f"{CONSOLE} {many}")
    assert "command line, word 18" in said(result) and result.status == CMDLINE
    result = boot(kernel, f"{CONSOLE} -- " + "x" * 3000)
    assert "command line: longer than" in said(result) and result.status == CMDLINE


def test_long_module_line(kernel, program):
    """As long as the kernel's own line may be it is read; a longer one is refused, and named."""
    words = " ".join(["argument"] * 60)
    result = boot(kernel, initrd=f"{program('start')} {words} {'x' * 700}")
    assert "x" * 700 in result.serial and words.split(" ")[0] in result.serial
    result = boot(kernel, initrd=f"{program('start')} {'x' * 2048}")
    assert "module 1: its line: longer than 2047 characters" in said(result)
    assert result.status == CMDLINE


def test_words_of_other_kernels_are_taken(kernel):
    """What launchers add to every command line does no harm."""
    assert_success(boot(kernel, f"BOOT_IMAGE=/boot/muffin root=/dev/sda1 ro rw {STATIC}"))


def test_quiet_says_only_what_matters(kernel):
    """quiet leaves the program's words and warnings."""
    result = Machine(kernel=kernel, append=f"{STATIC} quiet", nics=[Nic(null_net())]).run(DEADLINE_S)
    assert result.serial.replace("\r", "") == "muffin sent :)\n" and result.status == 0


def test_panic_restarts(kernel):
    """panic=-1: no debug-exit device, so the machine resets at once (QEMU then ends)."""
    result = WithoutDebugExit(kernel=kernel, append=f"{CONSOLE} panic=-1 gibberish").run(DEADLINE_S)
    shown(result)
    assert result.reason == "guest-reset"


def test_failure_without_debug_exit(kernel, program):
    """Without that device a failure follows panic=, and is never a power-off like a success."""
    result = WithoutDebugExit(kernel=kernel, append=f"{STATIC} panic=-1 -- 5",
                              initrd=str(program("exit")), nics=[Nic(null_net())]).run(DEADLINE_S)
    shown(result)
    assert result.reason == "guest-reset"
    assert "program ended with status 5" in said(result)


def test_failure_stays_on_the_screen(kernel, program):
    """Without panic= the machine halts, and what went wrong can be read."""
    machine = WithoutDebugExit(kernel=kernel, append=f"{STATIC} -- 5",
                               initrd=str(program("exit")), nics=[Nic(null_net())])
    with machine.start() as running:
        running.wait_for("halted: reset or turn it off", 20)
        assert not running.ended


def test_raise(kernel, program):
    """A signal that is ignored, or whose default is nothing, does not end the program."""
    result = boot(kernel, f"{STATIC} -- ignored", initrd=str(program("exit")))
    assert_success(result)


# ---- no card -----------------------------------------------------------------------------------


def test_no_card(kernel):
    """What is on the PCI bus is listed; status 65."""
    result = boot(kernel, nics=[])
    assert "no supported network card: an Intel 8254x is needed" in said(result)
    assert "8086:1237" in said(result)      # the host bridge of QEMU's pc
    assert result.status == NO_NIC


@pytest.mark.parametrize("model,ids", [("rtl8139", "10ec:8139"), ("virtio-net-pci", "1af4:1000")])
def test_other_card(kernel, model, ids):
    """A card that is none of ours is in the list."""
    result = boot(kernel, nics=[Nic(null_net(), model=model)])
    assert ids in said(result) and result.status == NO_NIC

# ---- the program -------------------------------------------------------------------------------


@pytest.fixture(name="good", scope="module")
def fixture_good(program):
    """A program's bytes, to spoil."""
    return Path(program("exit")).read_bytes()


HALF, HEADER_LEN = 2, 64
PF_RWX = 7

SPOILED = {
    "empty": (lambda good: b"", "empty"),
    "one byte": (lambda good: b"\x7f", "neither"),
    "random bytes": (lambda good: bytes(range(256)) * 64, "neither"),
    "a script": (lambda good: b"#!/bin/sh\n", "neither"),
    "header only": (lambda good: good[:HEADER_LEN], "truncated: its program headers"),
    "half a header": (lambda good: good[:HEADER_LEN // 2], "truncated: its ELF header"),
    "half": (lambda good: good[:len(good) // HALF], "truncated: a segment"),
    "32 bit": (lambda good: images.poke(good, 4, "<B", 1), "not a 64-bit"),
    "big endian": (lambda good: images.poke(good, 5, "<B", 2), "little-endian"),
    "aarch64": (lambda good: images.poke(good, 18, "<H", 183), "another machine"),
    "object file": (lambda good: images.poke(good, 16, "<H", 1), "not an executable"),
    "version 2": (lambda good: images.poke(good, 6, "<B", 2), "unknown version"),
    "no segments": (lambda good: images.poke(good, 56, "<H", 0), "no program headers"),
    "entry in data": (lambda good: images.poke(good, 24, "<Q", 0x20), "entry point"),
    "writable code": (lambda good: images.poke(good, images.phdr(good) + 4, "<I", PF_RWX),
                      "both writable and executable"),
    "linked at null": (lambda good: images.poke(good, images.phdr(good) + 16, "<Q", 0),
                       "below 64 KiB"),
    "kernel address": (lambda good: images.poke(good, images.phdr(good) + 16, "<Q",
                                                0xFFFFFFFF80000000), "does not fit the address"),
    "wrapping size": (lambda good: images.poke(good, images.phdr(good) + 40, "<Q", 2**64 - 1),
                      "does not fit the address"),
    "PIE moved over the kernel": (lambda good: images.pie_beyond(0x2AAAAAAAC000),
                                  "does not fit the address"),
    "file longer than memory": (lambda good: images.poke(good, images.phdr(good) + 40, "<Q", 1),
                                "longer in the file"),
    "offset beyond": (lambda good: images.poke(good, images.phdr(good) + 8, "<Q", 2**63),
                      "truncated: a segment"),
    "crooked": (lambda good: images.poke(good, images.phdr(good) + 8, "<Q", 1), "differ within"),
    "phdr offset wraps": (lambda good: images.poke(good, 32, "<Q", 2**64 - 56), "truncated"),
    "cpio cut short": (lambda good: images.cpio({"init": good})[:-200], "the archive ends within this file"),
    "cpio bad digits": (lambda good: b"070701" + b"G" * 200, "other than hexadecimal digits"),
}


@pytest.mark.parametrize("name", list(SPOILED))
def test_program_not_loadable(kernel, good, tmp_path, name):
    """One clear line, naming the program; status 67."""
    spoil, words = SPOILED[name]
    (tmp_path / "prog").write_bytes(spoil(good))
    result = boot(kernel, initrd=str(tmp_path / "prog"))
    assert result.status == NO_PROGRAM, result.words()
    lines = [line for line in said(result).split("\n") if words in line]
    assert len(lines) == 1 and "prog" in lines[0], lines


def test_dynamic_program(kernel, program):
    """Not linked with -static: the line says what to do."""
    result = boot(kernel, initrd=str(program("exit", "-no-pie")))
    assert "dynamically linked; link it with -static" in said(result)
    assert result.status == NO_PROGRAM


def test_segments_that_overlap(kernel, good, tmp_path):
    """The second segment moved onto the first."""
    first, second = images.phdr(good), images.phdr(good, which=1)
    va, = struct.unpack_from("<Q", good, first + 16)
    offset, = struct.unpack_from("<Q", good, second + 8)
    (tmp_path / "prog").write_bytes(images.poke(good, second + 16, "<Q", va + offset % 4096))
    result = boot(kernel, initrd=str(tmp_path / "prog"))
    assert "overlap" in said(result) and result.status == NO_PROGRAM


def test_init_that_is_not_there(kernel, good, tmp_path):
    """init= names no file of the initrd."""
    (tmp_path / "initrd").write_bytes(images.cpio({"other": good}))
    result = boot(kernel, f"{STATIC} init=/nowhere", initrd=str(tmp_path / "initrd"))
    assert "init=/nowhere: no such file in the initrd" in said(result)
    assert result.status == NO_PROGRAM


def test_name_that_is_not_built_in(kernel):
    """init= without a slash, and neither the initrd nor the kernel has it: those there are, are listed."""
    result = boot(kernel, f"{STATIC} init=muffin-eat")
    assert ("init=muffin-eat: no such file in the initrd\n"
            "  built in: muffin-send\n  built in: muffin-recv\n"
            "  built in: muffin-blast") in said(result)
    assert result.status == NO_PROGRAM

# ---- memory ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mem", ["2M", "3M"])
def test_tiny_machine(kernel, mem):
    """Too little memory: it sends, or it says so; it never panics, hangs or resets."""
    result = boot(kernel, mem=mem)
    assert result.status in (0, NO_MEMORY), result.words()
    assert result.status == 0 or "memory" in said(result)


def test_program_that_wants_too_much(kernel, program):
    """More zeros than the machine has pages: told when they are touched; status 68."""
    result = boot(kernel, initrd=str(program("hog")))
    assert "in main" in result.serial
    assert "out of memory: the program touched address" in said(result)
    assert result.status == NO_MEMORY


def test_program_larger_than_memory(kernel, program):
    """A file that fits as a module, but not a second time as a program."""
    result = boot(kernel, mem="12M", initrd=str(program("large")))
    assert "too large for this machine's memory" in said(result)
    assert result.status in (NO_PROGRAM, NO_MEMORY)


def test_arguments_of_both_kinds(kernel, program):
    """-initrd "prog args" first, then what stands behind --; both may be quoted."""
    result = boot(kernel, f"{WORDS} -- last", initrd=f"{program('start')} 1 \"2 b\" 3 4  5")
    lines = [line for line in result.serial.split("\n") if line.startswith("argv[")]
    assert [line.split(" ", 1)[1] for line in lines[1:]] == ["1", "2 b", "3", "4", "5", "last"]


def test_too_many_arguments(kernel, program):
    """Refused, and never cut."""
    result = boot(kernel, initrd=f"{program('start')}{' a' * 60} b c d e")
    assert "more than 63 arguments" in said(result)
    assert result.status == NO_PROGRAM


def test_quoted_arguments(kernel, program):
    """Quotes keep the spaces of one argument together."""
    result = boot(kernel, f'{STATIC} -- "two words" {GATEWAY} ""', initrd=str(program("start")))
    lines = [line for line in result.serial.split("\n") if line.startswith("argv[")]
    assert [line.split(" ", 1)[1] for line in lines[1:]] == ["two words", GATEWAY, ""]


def test_name_by_hosts_word(kernel, pcap):
    """hosts= may stand several times and name several."""
    words = f"{STATIC} hosts=c:10.0.2.3,d:{GATEWAY} -- d"
    assert HOSTS in words
    assert_success(boot(kernel, words, nics=[Nic(quiet_net(), pcap=pcap)]))
    assert len(datagrams_sent(pcap)) == 1
