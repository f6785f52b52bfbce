# SPDX-License-Identifier: MIT
"""test_initrd.py - archives as Linux reads them: links, several of them, zeros; and what is refused.

Not here: single cases of one header (tests/unit/test_cpio.c), /etc/routes (test_routes.py).
What is expected was compared with Linux 6.1, which was given the same archives.
"""
import gzip

import pytest

import images
from cpio import FILE, FOLDER, SYMLINK, entry, trailer
from support import NO_PROGRAM, STATIC, assert_success, boot, said, table

FOLDERS = b"".join(entry(name, mode=FOLDER) for name in ("bin", "etc", "usr", "usr/lib"))
MANY = 1000

FILES = {
    # hard links: contents with the last name, the first, and of another archive
    "/etc/last1": "LAST", "/etc/last2": "LAST", "/etc/first1": "FIRST", "/etc/first2": "FIRST",
    "/etc/no_link": "", "/etc/written": "SECOND", "/etc/written2": "SECOND",
    # symbolic links, from anywhere to anywhere
    "/etc/relative": "LIB", "/etc/absolute": "LIB", "/etc/twice": "LIB", "/lib/real": "LIB",
    "/lib/through": "THROUGH", "/usr/lib/through": "THROUGH", "/etc/up/etc/last1": "LAST",
    "/etc/up/../etc/../usr/lib/real": "LIB", "/lib/../outside": "OUTSIDE",
    "/etc/loop": "Symbolic link loop", "/etc/nowhere": "No such file or directory",
    "/etc/last1/x": "Not a directory", "/etc/last1/": "Not a directory",
    "/etc//./replaced": "FILE", "/etc/replaced2": "LIB", "/etc/folder": "KEPT",
    # more files than a page of memory names
    f"/many/{MANY - 1}": str(MANY - 1),
    "@/etc/twice": "absolute link of 8, not opened: Symbolic link loop",
    "@/etc/last1": "Invalid argument no link",
}


def symlink(name, target):
    """One symbolic link."""
    return entry(name, target.encode(), SYMLINK)


def linked(program):
    """Three archives: /init is a symbolic link to a hard link."""
    first = FOLDERS + b"".join([
        entry("bin/other", b"", ino=9, nlink=2), entry("bin/show", program, ino=9, nlink=2),
        symlink("init", "bin/other"),
        entry("etc/last1", b"", ino=7, nlink=2), entry("etc/last2", b"LAST", ino=7, nlink=2),
        entry("etc/first1", b"FIRST", ino=8, nlink=2), entry("etc/first2", b"", ino=8, nlink=2),
        entry("etc/written", b"", ino=6, nlink=2), entry("etc/written2", b"FIRST", ino=6, nlink=2),
        symlink("lib", "usr/lib"), entry("usr/lib/real", b"LIB"), entry("usr/outside", b"OUTSIDE"),
        entry("lib/through", b"THROUGH"), symlink("etc", "bin"), symlink("etc/up", "../"),
        symlink("etc/relative", "../lib/real"), symlink("etc/absolute", "/usr/lib/real"),
        symlink("etc/twice", "absolute"), symlink("etc/loop", "loop"),
        symlink("etc/nowhere", "/etc/gone"), entry("etc/folder", b"KEPT")])
    second = (entry("etc/no_link", b"", ino=7, nlink=2) + symlink("etc/replaced", "last1")
              + entry("etc/replaced", b"FILE") + entry("etc/written", b"SECOND")
              + entry("etc/replaced2", b"OLD") + symlink("etc/replaced2", "/lib/real"))
    third = b"".join(entry(f"many/{i}", str(i).encode()) for i in range(MANY))
    return bytes(512) + first + trailer() + bytes(4) + second + trailer() + third + bytes(4096)


def start(kernel, tmp_path, archive, words=""):
    """Boot with these bytes as the initrd."""
    (tmp_path / "initrd").write_bytes(archive)
    return boot(kernel, f"{STATIC} {words}", initrd=str(tmp_path / "initrd"))


def test_links_and_several_archives(kernel, program, tmp_path):
    """One boot: everything a program can see of them."""
    result = start(kernel, tmp_path, linked(program("show").read_bytes()), f"-- {' '.join(FILES)}")
    assert table(result.serial) == ["argv0 /init"] + [f"{path} {what}"
                                                      for path, what in FILES.items()]
    assert_success(result)


def test_paths_as_on_linux(kernel, program, tmp_path):
    """stat, open, access, chdir and their like by 40 paths. Linux's answers were recorded in a chroot on a
    tmpfs that holds the same files, with dev/null, dev/random and dev/urandom, mounted ro."""
    read = FILE & ~0o777 | 0o444
    archive = b"".join([
        entry("bin/paths", program("paths").read_bytes()),
        entry("etc/motd", mode=read, ino=7, nlink=2),
        entry("etc/hard", b"muffins\n", read, ino=7, nlink=2),
        entry("etc/other", b"others\n", read), entry("etc/empty", mode=0o104640),
        entry("etc/empty2", mode=read), entry("etc/dir/file", b"x", read), symlink("etc/link", "motd"), symlink("etc/up", ".."),
        symlink("etc/dangling", "/none")])
    result = start(kernel, tmp_path, archive, "init=/bin/paths")
    linux = table((images.PROGRAMS / "paths.linux.txt").read_text(encoding="utf-8"))
    assert len(linux) > 500
    assert [pair for pair in zip(table(result.serial), linux) if pair[0] != pair[1]] == []
    assert "end of table" in result.serial
    assert_success(result)


def test_initrd_without_a_program(kernel, tmp_path):
    """Files alone are no reason to run something else; the built-in program may be named."""
    archive = images.cpio({"etc/hosts": b"10.0.2.2 b\n"}) + symlink("init", "bin/gone")
    result = start(kernel, tmp_path, archive, "-- argument")
    assert "the initrd has no /init: expected init=" in said(result)
    assert result.status == NO_PROGRAM
    result = start(kernel, tmp_path, archive, "init=muffin-send")
    assert "muffin sent" in result.serial
    assert_success(result)


def test_initrd_before_the_built_in_programs(kernel, program, tmp_path):
    """A file of the initrd that has a built-in program's name is the one that runs."""
    archive = images.cpio({"muffin-recv": program("show").read_bytes(), "etc/x": b"SEEN"})
    result = start(kernel, tmp_path, archive, "init=muffin-recv -- /etc/x")
    assert table(result.serial) == ["argv0 muffin-recv", "/etc/x SEEN"]
    assert_success(result)
    result = start(kernel, tmp_path, images.cpio({"etc/x": b""}), "init=muffin-recv -- time=1ms")
    assert "0 datagrams, 0 bytes" in result.serial
    assert_success(result)


@pytest.mark.parametrize("before", [b"", images.cpio({"early": b"microcode"}) + bytes(12)],
                         ids=["alone", "behind another"])
def test_compressed_archive(kernel, tmp_path, before):
    """Refused, with the program that unpacks it."""
    result = start(kernel, tmp_path, before + gzip.compress(images.cpio({"init": b"program"})))
    assert "compressed; 'gzip -dc' unpacks it" in said(result)
    assert result.status == NO_PROGRAM
