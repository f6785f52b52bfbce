# SPDX-License-Identifier: MIT
"""cpio.py - archives as initrds are: cpio(5), the "new ASCII" format.

Not here: reading them. Used by tests/boot/images.py and the benches. Calls nothing.
"""
FILE, FOLDER, CHARACTER_DEVICE, SYMLINK = 0o100755, 0o040755, 0o020600, 0o120777


def archive(files):
    """The archive's bytes. files: name -> bytes, None for a folder, or (major, minor) of a character
    device; Linux wants a folder to come before what is in it."""
    return b"".join(map(_entry_of, files.keys(), files.values())) + trailer()


def trailer():
    """What ends an archive."""
    return entry("TRAILER!!!", mode=0)


def entry(name, data=b"", mode=FILE, *, ino=1, nlink=1, device=(0, 0)):
    """One file; of a symbolic link data is what it leads to. Names with the same ino and nlink above
    one are hard links."""
    encoded = name.encode() + b"\0"
    fields = [ino, mode, 0, 0, nlink, 0, len(data), 0, 0, *device, len(encoded), 0]
    header = b"070701" + b"".join(b"%08X" % value for value in fields) + encoded
    return _fill(header) + _fill(data)


def _entry_of(name, what):
    if isinstance(what, bytes):
        return entry(name, what)
    return entry(name, mode=CHARACTER_DEVICE, device=what) if what else entry(name, mode=FOLDER)


def _fill(data):
    return data + b"\0" * (-len(data) % 4)
