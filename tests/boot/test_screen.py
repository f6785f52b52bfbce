# SPDX-License-Identifier: MIT
"""test_screen.py - the screen: what is said on it, as pixels of a text mode; and that the serial
port can be left out.
"""
import time

from support import ADDRESS, DEADLINE_S, HOSTS, NEIGH, Machine, Nic, null_net

COLUMNS, ROWS = 80, 25
WORDS = f"{ADDRESS} {HOSTS} {NEIGH}"


def read_ppm(path):
    """A P6 file: (width, height, bytes of three a pixel)."""
    magic, size, depth, pixels = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (magic, depth) == (b"P6", b"255") and len(pixels) == 3 * width * height
    return width, height, pixels


def rows_with_ink(path):
    """Which of the 25 rows of text show something: pixels unlike the corner's."""
    width, height, pixels = read_ppm(path)
    row_len = 3 * width * (height // ROWS)
    ground = pixels[-3:]
    rows = [pixels[i * row_len:(i + 1) * row_len] for i in range(ROWS)]
    return [row.count(ground) < len(row) // 3 for row in rows]


def screen_of(kernel, program, words, tmp_path):
    """Boot, wait until the program waits, and look: (rows with ink, serial text)."""
    machine = Machine(kernel=kernel, append=words, nics=[Nic(null_net())],
                      initrd=f"{program('wait')} 1500")
    with machine.start() as running:
        time.sleep(1.0)
        running.screendump(tmp_path / "screen.ppm")
        result = running.wait(DEADLINE_S)
    assert result.status == 0, result.words()
    return rows_with_ink(tmp_path / "screen.ppm"), result.serial


def test_screen_shows_text(kernel, program, tmp_path):
    """console=tty0: text mode's 720x400, a few lines of text, the rest empty; serial is silent."""
    rows, serial = screen_of(kernel, program, f"{WORDS} console=tty0", tmp_path)
    width, height, _ = read_ppm(tmp_path / "screen.ppm")
    assert (width, height) == (9 * COLUMNS, 16 * ROWS)
    assert 4 <= sum(rows) < ROWS, rows
    assert serial == ""


def test_serial_alone_leaves_the_screen(kernel, program, tmp_path):
    """console=ttyS0: no line of ours on the screen; the firmware's few stay."""
    rows, serial = screen_of(kernel, program, f"{WORDS} console=ttyS0", tmp_path)
    both, _ = screen_of(kernel, program, f"{WORDS} console=ttyS0 console=tty0", tmp_path)
    assert "starting" in serial
    assert rows != both
