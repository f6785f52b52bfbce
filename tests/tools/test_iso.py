# SPDX-License-Identifier: MIT
"""test_iso.py - the image and its menu, with a multiboot 2 kernel of a few lines that says what the
menu gave it. The real kernel's boots are tests/boot's.
"""
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from qemu import Machine  # noqa: E402

RUN_S = 300
STATUS = 5      # what the little kernel exits with

# Prints the strings of tags 1 (command line) and 3 (module, its string 16 bytes in), then exits.
KERNEL = """
	.section .multiboot, "a"
	.balign 8
head:	.long 0xe85250d6, 0, end-head, -(0xe85250d6 + end-head)
	.short 0, 0
	.long 8
end:
	.text
	.globl start
start:	mov $0x3f8, %dx
	add $8, %ebx
tag:	lea 8(%ebx), %esi
	cmpl $1, (%ebx)
	je say
	lea 16(%ebx), %esi
	cmpl $3, (%ebx)
	je say
next:	cmpl $0, (%ebx)
	je done
	mov 4(%ebx), %eax
	add $7, %eax
	and $-8, %eax
	add %eax, %ebx
	jmp tag
say:	lodsb
	test %al, %al
	jz line
	outb %al, %dx
	jmp say
line:	mov $10, %al
	outb %al, %dx
	jmp next
done:	mov $0xf4, %dx
	mov $5, %eax
	out %eax, %dx
	hlt
"""


@pytest.fixture(name="kernel", scope="module")
def fixture_kernel(tmp_path_factory):
    """The little kernel, linked."""
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "k.S").write_text(KERNEL, encoding="utf-8")
    subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none",
                    f"-Wl,-T,{ROOT}/bench/floor/floor.ld", "-o", folder / "k.elf", folder / "k.S"],
                   check=True, timeout=RUN_S)
    return folder / "k.elf"


def make_iso(*args):
    """tools/mkiso.sh with these arguments: (exit status, what it said)."""
    done = subprocess.run([ROOT / "tools" / "mkiso.sh", *map(str, args)], cwd=ROOT, text=True,
                          capture_output=True, timeout=RUN_S, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="iso", scope="module")
def fixture_iso(kernel):
    """An image with the little kernel and a module."""
    program = kernel.with_name("prog")
    program.write_text("a module", encoding="utf-8")
    image = kernel.with_name("muffin.iso")
    assert make_iso("-k", kernel, "-p", program, "-o", image) == (0, "")
    return image


@pytest.mark.parametrize("firmware,iso_as", [("bios", "cd"), ("bios", "usb"), ("bios", "disk"),
                                             ("uefi", "cd"), ("uefi", "usb")])
def test_default_entry(iso, firmware, iso_as):
    """Untouched, the menu boots the static address, from every medium under both firmwares."""
    result = Machine(iso=iso, firmware=firmware, iso_as=iso_as).run(RUN_S)
    assert result.status == STATUS, result.words()
    assert "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off hosts=b:10.0.2.2" in result.serial
    assert "console=tty0 console=ttyS0,115200" in result.serial
    assert "debug\n" not in result.serial.split("console=tty0")[-1]
    assert result.serial.rstrip().endswith("program")


@pytest.mark.parametrize("firmware", ["bios", "uefi"])
@pytest.mark.parametrize("keys", ["d", "\x1b[B\r"])
def test_menu_by_serial_port(iso, firmware, keys):
    """A hot key, or cursor down and Enter, typed on the serial port."""
    with Machine(iso=iso, firmware=firmware).start() as running:
        running.wait_for("Send a muffin, verbose", RUN_S)
        running.write(keys)
        result = running.wait(RUN_S)
    assert result.status == STATUS, result.words()
    assert "hosts=b:10.0.2.2 debug\n" in result.serial


def test_two_images_are_the_same_bytes(kernel, tmp_path):
    """The image depends on the commit and the kernel only."""
    images = [tmp_path / "1.iso", tmp_path / "2.iso"]
    for image in images:
        assert make_iso("-k", kernel, "-o", image) == (0, "")
        time.sleep(1.1)     # a clock's second that slipped in would differ
    assert images[0].read_bytes() == images[1].read_bytes()


@pytest.mark.parametrize("args,words", [
    (("-k", "/nowhere/k.elf"), "kernel '/nowhere/k.elf' is not there or empty"),
    (("-k", "LICENSE"), "LICENSE has no multiboot 2 header"),
    (("-k", "LICENSE", "-p", "/nowhere/p"), "program '/nowhere/p' is not there"),
    (("-k", "LICENSE", "-c", "/dev/null"), "boot menu '/dev/null' is not there or empty"),
    (("-z",), "expected [-k KERNEL]"),
])
def test_bad_arguments_are_named(args, words, tmp_path):
    """One line that names the culprit; no image."""
    status, said = make_iso(*args, "-o", tmp_path / "x.iso")
    assert status != 0 and words in said and not (tmp_path / "x.iso").exists()
