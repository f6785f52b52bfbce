# SPDX-License-Identifier: MIT
"""test_faults.py - programs that do what none may: each is killed and told about, with registers
and mappings, and the kernel stays whole (it still drains the network and ends in order).
"""
import re
import struct
import subprocess
from pathlib import Path

import pytest

import images
from support import BALANCE, KILLED, STATIC, boot, said

PAGE_FAULT, PROTECTION = "page fault: ", "general protection fault"
HANDLER, FRAME = "no such handler of a signal", "what a signal's handler returned to"
ABSENT, FORBIDDEN = "no page there", "its page forbids that"
PANIC = 71      # of kernel/power/power.h
UD2 = 0x0B0F

# kind: (words, signal as Linux numbers them)
FAULTS = {
    "null_read": (PAGE_FAULT + "read of address 0: " + ABSENT, 11),
    "null_write": (PAGE_FAULT + "write of address 8: " + ABSENT, 11),
    "null_call": (PAGE_FAULT + "execution of address 0: " + ABSENT, 11),
    "low_read": (PAGE_FAULT + "read of address fff8: " + ABSENT, 11),
    "kernel_read": (PAGE_FAULT + "read of address ffffffff80100000: ", 11),
    "kernel_write": (PAGE_FAULT + "write of address ffffffff80100000: ", 11),
    "kernel_jump": (PAGE_FAULT + "execution of address ffffffff80100000: ", 11),
    "direct_map_read": (PAGE_FAULT + "read of address ffff800000100000: ", 11),
    "direct_map_write": (PAGE_FAULT + "write of address ffff800000100000: ", 11),
    "non_canonical_read": (PROTECTION, 11),
    "non_canonical_jump": (PROTECTION, 11),
    "text_write": (PAGE_FAULT + "write of address ", 11),
    "rodata_write": (PAGE_FAULT + "write of address ", 11),
    "data_execute": (PAGE_FAULT + "execution of address ", 11),
    "rodata_execute": (PAGE_FAULT + "execution of address ", 11),
    "stack_execute": (PAGE_FAULT + "execution of address 7ff", 11),
    "heap_execute": (PAGE_FAULT + "execution of address ", 11),
    "mmap_execute": (PAGE_FAULT + "execution of address ", 11),
    "read_after_munmap": (PAGE_FAULT + "read of address ", 11),
    "write_after_mprotect": (PAGE_FAULT + "write of address ", 11),
    "prot_none_read": (PAGE_FAULT + "read of address ", 11),
    "divide_by_zero": ("divide error", 8),
    "stack_overflow": (PAGE_FAULT + "write of address 7ff", 11),
    "frame_over_the_guard": (PAGE_FAULT + "write of address 7fffff7ea000: " + ABSENT, 11),
    "many_areas": (PAGE_FAULT + "write of address 0: " + ABSENT, 11),
    "halt": (PROTECTION, 11),
    "interrupts_off": (PROTECTION, 11),
    "port_write": (PROTECTION, 11),
    "port_read": (PROTECTION, 11),
    "read_msr": (PROTECTION, 11),
    "write_cr3": (PROTECTION, 11),
    "swap_gs": (PROTECTION, 11),
    "load_idt": (PROTECTION, 11),
    "undefined": ("invalid opcode", 4),
    "breakpoint": ("breakpoint", 5),
    "int_0x80": (PROTECTION, 11),
    "int_timer": (PROTECTION, 11),
    "int_double_fault": (PROTECTION, 11),
    "kernel_segment": (PROTECTION, 11),
    "kernel_stack": (PAGE_FAULT + "write of address ffffffff800ffff8", 11),
    "non_canonical_stack": ("", None),  # the push is at 7ffffffffff8: a page fault, or #SS
    "far_return": (PROTECTION, 11),
    "single_step": ("debug exception", 5),
    "single_step_syscall": ("debug exception", 5),
    "syscall_at_the_edge": (PAGE_FAULT + "execution of address 7fffffff0000: " + ABSENT, 11),
    "handler_in_the_kernel": (HANDLER, 11),
    "handler_non_canonical": (HANDLER, 11),
    "handler_at_page_zero": (PAGE_FAULT + "execution of address 40: " + ABSENT, 11),
    "no_stack_for_a_handler": (HANDLER, 11),
    "sigreturn_zeros": (PAGE_FAULT + "execution of address 0: " + ABSENT, 11),
    "sigreturn_ones": (FRAME, 11),
    "sigreturn_kernel": (FRAME, 11),
    "sigreturn_nowhere": (FRAME, 11),
    "sigreturn_privileged": (PROTECTION, 11),
    "gs_read": (PAGE_FAULT + "read of address 0: " + ABSENT, 11),
}
REGISTERS = ("rip rsp rax rbx rcx rdx rsi rdi rbp r8 r9 r10 r11 r12 r13 r14 r15 cr2").split()


def check_killed(result, words, signal):
    """The reason, the signal, all registers, the mappings, the account; status 69."""
    text = said(result)
    assert "survived" not in result.serial
    killed = re.search(r"^program killed: (.*) \(signal (\d+)\)$", text, re.M)
    assert killed and killed.group(1).startswith(words), text
    assert signal is None or int(killed.group(2)) == signal
    for register in REGISTERS:
        assert re.search(rf"\b{register} +[0-9a-f]{{16}}\b", text), register
    assert "its mappings:" in text
    assert re.search(r"^  [0-9a-f]{12}-[0-9a-f]{12} r-x$", text, re.M)
    assert re.search(r"^  [0-9a-f]{12}-[0-9a-f]{12} rw-$", text, re.M)
    assert not re.search(r" .wx$", text, re.M)
    assert BALANCE.search(text), "the network was not drained"
    assert result.status == KILLED, result.words()


@pytest.mark.parametrize("kind", list(FAULTS))
def test_fault(kernel, program, kind):
    """On the plain CPU."""
    result = boot(kernel, f"{STATIC} -- {kind}", initrd=str(program("fault")))
    check_killed(result, *FAULTS[kind])
    mappings = re.findall(r"^  [0-9a-f]{12}-[0-9a-f]{12} ", said(result), re.M)
    assert len(mappings) <= 64 and (len(mappings) == 64) == (" more ..\n" in said(result))


@pytest.mark.parametrize("kind", ["null_read", "kernel_read", "kernel_jump", "stack_execute",
                                  "text_write", "prot_none_read", "single_step_syscall",
                                  "syscall_at_the_edge", "port_write"])
def test_fault_on_full_cpu(kernel, program, kind):
    """With SMEP, SMAP and UMIP turned on."""
    result = boot(kernel, f"{STATIC} -- {kind}", initrd=str(program("fault")), cpu="max")
    check_killed(result, *FAULTS[kind])


def test_killed_after_sending(kernel, program, pcap):
    """What was accepted before the fault still leaves."""
    result = boot(kernel, STATIC, initrd=f"{program('send_and_fault')} 10.0.2.2")
    check_killed(result, PAGE_FAULT + "write of address 0", 11)
    assert "dropped 0" in said(result)


def test_rip_is_the_programs(kernel, program):
    """The address shown is that of the instruction: ud2 stands at the function's start."""
    result = boot(kernel, f"{STATIC} -- undefined", initrd=str(program("fault")))
    function = int(re.search(r"fault: undefined at (0x[0-9a-f]+)", result.serial).group(1), 16)
    rip = int(re.search(r"rip ([0-9a-f]{16})", result.serial).group(1), 16)
    assert 0 <= rip - function < 16


def offset_in_file(image, va):
    """Where the byte of this address lies in an ELF file."""
    for which in range(5):
        at = images.phdr(image, which=which)
        offset, start = struct.unpack_from("<QQ", image, at + 8)
        length, = struct.unpack_from("<Q", image, at + 32)
        if start <= va < start + length:
            return offset + va - start
    raise ValueError(f"{va:#x} is in no segment")


def test_panic_names_the_function(kernel, program, tmp_path):
    """A kernel that has ud2 at the start of a system call says which one it is, and that is right."""
    symbols = subprocess.run(["nm", kernel], check=True, capture_output=True, text=True).stdout
    va = int(re.search(r"^([0-9a-f]+) T sys_uname$", symbols, re.M).group(1), 16)
    image = Path(kernel).read_bytes()
    (tmp_path / "kernel").write_bytes(images.poke(image, offset_in_file(image, va), "<H", UD2))
    result = boot(tmp_path / "kernel", initrd=str(program("start")))
    assert "kernel panic: invalid opcode (vector 6, error code 0), in sys_uname+0x0\n" in said(result)
    assert re.search(r"^  perhaps from (do_syscall_64|entry_SYSCALL_64)\+", said(result), re.M)
    assert result.status == PANIC, result.words()
