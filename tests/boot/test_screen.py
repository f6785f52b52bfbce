# SPDX-License-Identifier: MIT
"""test_screen.py - the screen: what is said on it, as pixels of a text mode; and that the serial
port can be left out.
"""
from support import (ADDRESS, CONSOLE, HOSTS, NEIGH, Machine, Nic, WithoutDebugExit, null_net, rests,
                     wait_until)

COLUMNS, ROWS = 80, 25
WORDS = f"{ADDRESS} {HOSTS} {NEIGH}"


def read_ppm(path):
    """A P6 file: (width, height, bytes of three a pixel)."""
    magic, size, depth, pixels = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert (magic, depth) == (b"P6", b"255") and len(pixels) == 3 * width * height
    return width, height, pixels


def rows_with_ink(path):
    """Which of the 25 rows of text show something: pixels unlike the corner's. None before text mode."""
    width, height, pixels = read_ppm(path)
    if (width, height) != (9 * COLUMNS, 16 * ROWS):
        return []
    row_len = 3 * width * (height // ROWS)
    ground = pixels[-3:]
    rows = [pixels[i * row_len:(i + 1) * row_len] for i in range(ROWS)]
    return [row.count(ground) < len(row) // 3 for row in rows]


# The palette's 12, 14, 15 and 7, as QEMU makes eight bits of six.
RED, YELLOW, WHITE, GREY = (b"\xff\x57\x57", b"\xff\xff\x57", b"\xff\xff\xff", b"\xa8\xa8\xa8")


def row_colours(path):
    """For each of the 25 rows of text: which of the four colours are in it."""
    width, height, pixels = read_ppm(path)
    row_len = 3 * width * (height // ROWS)
    rows = [pixels[i * row_len:(i + 1) * row_len] for i in range(ROWS)]
    return [{colour for colour in (RED, YELLOW, WHITE, GREY)
             if any(row[at:at + 3] == colour for at in range(0, len(row), 3))} for row in rows]


def boot_until(kernel, program, words, done, tmp_path):
    """Boot a program that waits, and look until done(rows with ink, serial text). Returns these two."""
    machine = Machine(kernel=kernel, append=words, nics=[Nic(null_net())], initrd=str(program("wait")))
    with machine.start() as running:
        def looks_right():
            running.screendump(tmp_path / "screen.ppm")
            rows, serial = rows_with_ink(tmp_path / "screen.ppm"), running.serial
            return (rows, serial) if done(rows, serial) else None

        rows, _ = wait_until(looks_right)
        wait_until(lambda: rests(running))      # all has been said; without a serial console nothing is read
        return rows, running.quit().serial


def test_screen_shows_text(kernel, program, tmp_path):
    """console=tty0: text mode's 720x400, a few lines of text, the rest empty; serial is silent."""
    _, serial = boot_until(kernel, program, f"{WORDS} console=tty0",
                           lambda rows, _: 4 <= sum(rows) < ROWS, tmp_path)
    assert serial == ""


def test_serial_alone_leaves_the_screen(kernel, program, tmp_path):
    """console=ttyS0: no line of ours on the screen; the firmware's few stay."""
    rows, serial = boot_until(kernel, program, f"{WORDS} console=ttyS0",
                              lambda _, serial: "waiting" in serial, tmp_path)
    assert "starting" in serial
    boot_until(kernel, program, f"{WORDS} console=ttyS0 console=tty0",
               lambda both, serial: "waiting" in serial and both != rows, tmp_path)


def halted_screen(running, path):
    """The colours of each row once the last line is there."""
    running.screendump(path)
    rows = row_colours(path) if rows_with_ink(path) else []
    return rows if {WHITE} in rows else None

def test_levels_have_colours(kernel, tmp_path):
    """An error is red, a notice white, what the program says is not; a line that is too long goes on below in its
    colour. Nothing of it is on the serial line."""
    machine = WithoutDebugExit(kernel=kernel, append=f"{CONSOLE} console=tty0 gibberish", nics=[Nic(null_net())])
    with machine.start() as running:
        running.wait_for("halted: reset or turn it off", 20)
        rows = wait_until(lambda: halted_screen(running, tmp_path / "screen.ppm"))
        serial = running.quit().serial
    assert "\x1b" not in serial and "unknown word 'gibberish'" in serial
    assert len(max(serial.splitlines(), key=len)) > COLUMNS
    assert rows[:6] == [{RED}, {RED}, {RED}, {RED}, {RED}, {WHITE}]
    assert rows[6] <= {GREY} and not any(rows[7:])      # the cursor
