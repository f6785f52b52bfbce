# SPDX-License-Identifier: MIT
"""cpio.py - archives as initrds are: cpio(5), the "new ASCII" format.

Not here: reading them. Used by tests/boot/images.py and the benches. Calls nothing.
"""
FILE, FOLDER, CHARACTER_DEVICE = 0o100755, 0o040755, 0o020600


def archive(files):
    """The archive's bytes. files: name -> bytes, None for a folder, or (major, minor) of a character
    device; Linux wants a folder to come before what is in it."""
    return b"".join(map(_entry, files.keys(), files.values())) + _entry("TRAILER!!!", b"", 0)


def _entry(name, what, mode=None):
    data, device = (what, (0, 0)) if isinstance(what, bytes) else (b"", what or (0, 0))
    if mode is None:
        mode = FILE if isinstance(what, bytes) else CHARACTER_DEVICE if what else FOLDER
    encoded = name.encode() + b"\0"
    fields = [1, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0]
    header = b"070701" + b"".join(b"%08X" % value for value in fields) + encoded
    return _fill(header) + _fill(data)


def _fill(data):
    return data + b"\0" * (-len(data) % 4)
