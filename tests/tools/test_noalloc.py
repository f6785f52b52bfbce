# SPDX-License-Identifier: MIT
"""test_noalloc.py - check_noalloc.py passes the kernel as it was linked, and fails the same kernel with
one instruction of its disassembly replaced, or one row of its table.
"""
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
ELF = TOP / "build" / "muffin.elf"
TABLE = TOP / "tools" / "noalloc.toml"
RUN_S = 180


@pytest.fixture(name="listing", scope="module")
def fixture_listing():
    """The kernel's disassembly."""
    return subprocess.run(["objdump", "-d", "--no-show-raw-insn", ELF], capture_output=True,
                          text=True, timeout=RUN_S, check=True).stdout


def check(tmp_path, listing, table=None):
    """Run the check; returns (whether it passed, what it said)."""
    (tmp_path / "listing").write_text(listing, encoding="utf-8")
    (tmp_path / "table").write_text(table or TABLE.read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run([sys.executable, TOP / "tools" / "check_noalloc.py", "--root", TOP,
                           "--elf", ELF, "--listing", tmp_path / "listing",
                           "--table", tmp_path / "table"],
                          capture_output=True, text=True, timeout=RUN_S, check=False)
    assert not done.stderr
    return done.returncode == 0, done.stdout


def first_becomes(listing, function, instruction):
    """The listing with a function's first instruction replaced; {name} in it is an address."""
    def address(match):
        return re.search(rf"^(\w+) <{match.group(1)}>:$", listing, re.M).group(1) + " "
    text = re.sub(r"\{(\w+)\}", address, instruction)
    new, n = re.subn(rf"(^\w+ <{function}>:\n\w+:\t)[^\n]*", lambda m: m.group(1) + text, listing,
                     count=1, flags=re.M)
    assert n == 1
    return new


def test_the_kernel_passes(tmp_path, listing):
    """As it is, nothing that sends reaches an allocator."""
    passed, said = check(tmp_path, listing)
    assert passed, said
    assert " 0 violations" in said and int(said.split()[1]) > 100


INJECTED = [
    ("sys_sendto", "call   {slab_alloc}", "slab_alloc: an allocator, by way of sys_sendto"),
    ("ip_finish_output", "jmp    {mem_alloc}", "> ip_finish_output"),   # a tail call
    ("e1000_xmit_frame", "je     {dma_alloc}", "> e1000_xmit_frame"),   # through net_device_ops
    ("packet_sendmsg", "call   {mem_commit}", "> packet_sendmsg"),      # through proto_ops
    ("rules_hook", "call   {page_alloc_zeroed}", "> rules_hook"),              # through nf_hook_ops
    ("show_taps", "call   {mem_reserve}", "> show_taps"),               # behind a static branch
    ("udp_port_get", "call   {slab_alloc}", "> udp_port_get"),          # an unbound socket's port
    ("dev_xmit_paced", "call   {slab_alloc}", "> dev_xmit_paced"),
]


@pytest.mark.parametrize("function,instruction,words", INJECTED)
def test_allocating_fails(tmp_path, listing, function, instruction, words):
    """One instruction that leads to an allocator, in each kind of place that a packet comes by."""
    passed, said = check(tmp_path, first_becomes(listing, function, instruction))
    assert not passed and words in said and said.count("\n") == 2


def test_unknown_pointer_fails(tmp_path, listing):
    """A call through a pointer that no row explains is not passed over."""
    passed, said = check(tmp_path, first_becomes(listing, "ip_output", "call   *0x18(%rdi)"))
    assert not passed
    assert re.search(r"^ip_output: \w+: call \*0x18\(%rdi\): no row", said, re.M)


def test_slot_that_holds_no_function_fails(tmp_path, listing):
    """A row for a struct covers only what is a function in each object of that struct."""
    for slot, fits in ((0x48, True), (0x0, False)):
        passed, said = check(tmp_path, first_becomes(listing, "sock_sendmsg",
                                                     f"call   *{slot:#x}(%rax)"))
        assert passed is fits, said


def test_where_the_walk_stops(tmp_path, listing):
    """Receiving may allocate; with the row gone that says so, it is seen."""
    changed = first_becomes(listing, "run_timers", "call   {mem_alloc}")
    assert check(tmp_path, changed)[0]
    table = re.sub(r'\[\[stop\]\]\nfunction = "net_poll"\nwhy = """.*?"""\n', "",
                   TABLE.read_text(encoding="utf-8"), flags=re.S)
    passed, said = check(tmp_path, changed, table)
    assert not passed and "net_poll > run_timers" in said


STALE = [
    ('"sys_sendmmsg"', '"sys_sendmore"', "sys_sendmore: no such function"),
    ('"slab_alloc"', '"slab_get"', "slab_get: no such function"),
    ('"lookup_small"', '"lookup_tiny"', "lookup_tiny: no such function"),
    ('struct = "nf_queue_handler"', 'struct = "nf_nothing"', "call in nf_queue: fits no call"),
    ('function = "panic"', 'function = "kmain"', "kmain: the walk stops there, but never comes"),
]


@pytest.mark.parametrize("old,new,words", STALE)
def test_stale_table_fails(tmp_path, listing, old, new, words):
    """A table that is not true of the kernel proves nothing."""
    table = TABLE.read_text(encoding="utf-8")
    assert old in table
    passed, said = check(tmp_path, listing, table.replace(old, new, 1))
    assert not passed and words in said
