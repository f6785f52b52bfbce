# SPDX-License-Identifier: MIT
"""conftest.py - fixtures of the boot tests: a kernel that stays the same through a run, programs.

Not here: helpers that are no fixtures (support.py, peer.py, images.py).
pytest reads it.
"""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import images
from running import Running
from support import ROOT, check_balance, check_time

KERNEL = Path(os.environ.get("KERNEL", ROOT / "build" / "muffin.elf"))
ISO_S = 300


@pytest.fixture(autouse=True)
def fixture_account(monkeypatch):
    """Every machine's account of packets and its clock are looked at when it has come to its end."""
    wait = Running.wait

    def wait_and_check(running, seconds):
        result = wait(running, seconds)
        check_balance(result)
        check_time(result)
        return result
    monkeypatch.setattr(Running, "wait", wait_and_check)


@pytest.fixture(name="kernel", scope="session")
def fixture_kernel(tmp_path_factory):
    """A copy of the kernel (build/muffin.elf, or $KERNEL): a build meanwhile changes nothing."""
    assert KERNEL.is_file(), f"{KERNEL} does not exist: run `make`"
    return shutil.copy(KERNEL, tmp_path_factory.mktemp("kernel") / "muffin.elf")


@pytest.fixture(name="program", scope="session")
def fixture_program(tmp_path_factory):
    """program("name") compiles programs/name.c, once; further arguments are the linker's."""
    folder, built = tmp_path_factory.mktemp("programs"), {}

    def get(name, *flags):
        if (name, flags) not in built:
            target = folder / (name + "".join(flags))
            built[name, flags] = images.compile_program(name, target, flags or ("-static",))
        return built[name, flags]
    return get


@pytest.fixture(name="iso", scope="session")
def fixture_iso(kernel, tmp_path_factory):
    """The bootable image, made of the copied kernel."""
    image = tmp_path_factory.mktemp("iso") / "muffin.iso"
    subprocess.run([ROOT / "tools" / "mkiso.sh", "-k", kernel, "-o", image], cwd=ROOT, check=True,
                   timeout=ISO_S)
    return image


@pytest.fixture(name="pcap")
def fixture_pcap(tmp_path):
    """Where this test's capture goes."""
    return tmp_path / "wire.pcap"
