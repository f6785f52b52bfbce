# SPDX-License-Identifier: MIT
"""linux_peer.py - Debian's kernel as a machine that runs the bench program: fetched, unpacked, given
an initramfs of one init and its drivers.

Not here: what is measured (instructions.py, throughput.py, boot_time.py). PEERS=linux asks for it.
The package comes through apt-get once and then stays in build/bench/linux. init is bench/linux/init.c.
Run by itself it only sees to it that who is asked for is there.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import cpio  # noqa: E402
from budget import run  # noqa: E402
from outcome import MachineError  # noqa: E402
from qemu import Machine  # noqa: E402

KEPT = ROOT / "build" / "bench" / "linux"
META = "linux-image-amd64"
E1000, PKTGEN = "drivers/net/ethernet/intel/e1000/e1000.ko", "net/core/pktgen.ko"
USER_CC = os.environ.get("USER_CC", "musl-gcc")
TOOL_S, FETCH_S = 120, 600
MEM = "256M"


def wanted():
    """Whether PEERS= names it. Then it is there: a bench asks before it measures anything."""
    peers = os.environ.get("PEERS", "").replace(",", " ").split()
    if unknown := set(peers) - {"linux"}:
        raise MachineError(f"PEERS={' '.join(peers)}: '{unknown.pop()}' is not known, expected linux")
    return bool(peers and unpacked() and built_init())


def machine(argv, nics, **options):
    """A Machine that brings up e1000 and then does what argv says, see init.c: [pktgen=..] <program>
    <argument> .., the program's path relative to here."""
    options.setdefault("mem", MEM)
    options["append"] = f"console=ttyS0 quiet panic=-1 -- {argv}"
    program = next(word for word in argv.split() if "=" not in word)
    kernel = next(unpacked().glob("boot/vmlinuz-*"))
    modules = [E1000, PKTGEN] if "pktgen=" in argv else [E1000]
    return Machine(kernel=kernel, initrd=str(initramfs(program, modules)), nics=nics, **options)


def version():
    """The kernel's release, as Debian names it."""
    return next(unpacked().glob("boot/vmlinuz-*")).name.removeprefix("vmlinuz-")


def initramfs(program, modules):
    """The archive with init, modules and, under its own path, the program."""
    folder = unpacked()
    files = {name: None for name in ("dev", "proc", "modules")}
    files["dev/console"] = (5, 1)
    files["init"] = built_init().read_bytes()
    for number, module in enumerate(modules):
        files[f"modules/{number:02}.ko"] = read_module(folder, module)
    for part in list(Path(program).parents)[-2::-1]:
        files[str(part)] = None
    files[program] = (ROOT / program).read_bytes()
    path = KEPT / "initramfs.cpio"
    path.write_bytes(cpio.archive(files))
    return path


def read_module(folder, name):
    """A module's bytes; some releases compress them."""
    path = next(folder.glob(f"lib/modules/*/kernel/{name}*"), None)
    if not path:
        raise MachineError(f"{folder} has no {name}")
    return tool(["xz", "-dc", path]) if path.suffix == ".xz" else path.read_bytes()


def built_init():
    """bench/linux/init.c, compiled when it is newer."""
    source, target = ROOT / "bench" / "linux" / "init.c", KEPT / "init"
    if not target.is_file() or target.stat().st_mtime < source.stat().st_mtime:
        tool([USER_CC, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-o",
              target, source])
    return target


def unpacked():
    """The folder with the package's files, fetched and unpacked when it is not there yet."""
    folder = KEPT / "package"
    if next(folder.glob("boot/vmlinuz-*"), None):
        return folder
    package = next(KEPT.glob("linux-image-*.deb"), None) or fetch()
    print(f"linux: unpacking {package.name}", flush=True)
    tool(["dpkg-deb", "-x", package, empty("unpacking")])
    return (KEPT / "unpacking").rename(folder)


def empty(name):
    """A new folder in KEPT, for what has no value unless it is complete."""
    folder = KEPT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def fetch():
    """The package that Debian's newest kernel of this release is, through apt-get."""
    depends = tool(["apt-cache", "depends", META], offline=True).decode()
    name = re.search(r"Depends: (linux-image-\S+)", depends)
    if not name:
        raise MachineError(f"PEERS=linux: apt knows no {META}: is this Debian, and has apt-get update "
                           "been run?")
    print(f"linux: fetching {name[1]}", flush=True)
    folder = empty("fetching")
    tool(["apt-get", "-q", "download", name[1]], offline=True, cwd=folder, timeout=FETCH_S)
    package = next(folder.glob("linux-image-*.deb"))
    return package.rename(KEPT / package.name)


def tool(command, offline=False, cwd=ROOT, timeout=TOOL_S):
    """A command's output; a failure says what it said, and what was wanted of it."""
    hint = f"; or put linux-image-*.deb into {KEPT.relative_to(ROOT)} by hand" if offline else ""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, cwd=cwd, timeout=timeout,
                              check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MachineError(f"PEERS=linux: {error}{hint}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise MachineError(f"PEERS=linux: {command[0]} failed: {said}{hint}")
    return done.stdout


def main():
    """See to it that who is asked for is there."""
    wanted()


if __name__ == "__main__":
    run("bench", main)
