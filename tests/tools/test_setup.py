# SPDX-License-Identifier: MIT
"""test_setup.py - tools/setup.sh on systems it will meet, played by stand-ins for dpkg-query,
apt-get, id, sudo and clang. Nothing is installed.
"""
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "tools" / "setup.sh"
REAL = ("sh", "env", "grep", "ls", "cut", "awk")
RUN_S = 180

# Answers "installed" for every package asked about but the words of $MISSING.
DPKG_QUERY = """#!/bin/sh
shift 3
for p in "$@"; do
	case " $MISSING " in *" $p "*) echo "no package $p" >&2 ;; *) echo "installed $p" ;; esac
done
"""
APT_GET = '#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>"$LOG"\nexit "${APT_STATUS:-0}"\n'
CLANG = '#!/bin/sh\ncase $1 in -dumpversion) echo 99.1.0 ;; *) echo "$RUNTIME" ;; esac\n'
ID = '#!/bin/sh\necho "${USER_ID:-0}"\n'
SUDO = '#!/bin/sh\necho "sudo" >>"$LOG"\nexec "$@"\n'


@pytest.fixture(name="system")
def fixture_system(tmp_path):
    """A system with everything installed: its commands, its environment."""
    for name in REAL:
        (tmp_path / name).symlink_to(shutil.which(name))
    for name, text in (("dpkg-query", DPKG_QUERY), ("apt-get", APT_GET), ("id", ID),
                       ("clang", CLANG), ("sudo", SUDO)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "libclang_rt.fuzzer-x86_64.a").touch()
    return tmp_path


def run(system, *args, **environment):
    """Run setup.sh there: (exit status, what it said, what apt-get was asked)."""
    log = system / "log"
    log.write_text("", encoding="utf-8")
    env = {"PATH": str(system), "LOG": str(log), "RUNTIME": str(system)} | environment
    done = subprocess.run(["/bin/sh", SETUP, *args], env=env, capture_output=True, text=True,
                          timeout=RUN_S, check=False)
    return done.returncode, done.stdout + done.stderr, log.read_text(encoding="utf-8")


def test_nothing_missing_is_silent(system):
    """No word, no package manager, no network."""
    assert run(system) == (0, "", "")


def test_missing_packages_are_named_then_installed(system):
    """Only those, without questions."""
    status, said, asked = run(system, MISSING="tshark xorriso")
    assert status == 0 and said == "setup: installing tshark xorriso\n"
    update, install = asked.splitlines()
    assert update.startswith("noninteractive") and update.endswith(" update")
    assert install.endswith(" install -y --no-install-recommends tshark xorriso")
    assert "sudo" not in asked


def test_not_root_goes_through_sudo(system):
    """And without sudo, says what root would have to run."""
    assert run(system, MISSING="git", USER_ID="1000")[2].startswith("sudo\n")
    os.unlink(system / "sudo")
    status, said, asked = run(system, MISSING="git", USER_ID="1000")
    assert status != 0 and "not root and no sudo" in said and asked == ""


def test_clang_runtime_carries_clangs_version(system):
    """The sanitizer runtime is looked for as a file, and installed by clang's own version."""
    (system / "libclang_rt.fuzzer-x86_64.a").unlink()
    status, said, asked = run(system)
    assert status == 0 and "libclang-rt-99-dev" in said and "libclang-rt-99-dev" in asked


def test_failing_package_manager_stops(system):
    """No half success."""
    status, said, _ = run(system, MISSING="git", APT_STATUS="100")
    assert status != 0 and "apt-get update failed" in said


EVERYTHING = "gcc musl-tools qemu-system-x86 tshark xorriso grub-pc-bin clang-format mandoc python3-pyelftools " \
    "python3-scapy libcmocka-dev clang gdb busybox-static cloc dpdk-dev liblwip-dev"


@pytest.mark.parametrize("goals,wanted", [
    ("all", "gcc musl-tools"),
    ("run", "gcc musl-tools qemu-system-x86 tshark"),
    ("iso", "gcc musl-tools xorriso grub-pc-bin"),
    ("gdb", "gcc musl-tools qemu-system-x86 gdb"),
    ("check", "gcc musl-tools clang-format mandoc python3-pyelftools"),
    ("run iso", "gcc musl-tools qemu-system-x86 tshark xorriso grub-pc-bin"),
    ("bench", "gcc musl-tools qemu-system-x86 python3-pyelftools cloc dpdk-dev liblwip-dev"),
    ("bench-fib", "gcc musl-tools qemu-system-x86 python3-pyelftools cloc dpdk-dev liblwip-dev"),
    ("test", EVERYTHING.removesuffix(" cloc dpdk-dev liblwip-dev")),
    ("unit", EVERYTHING.removesuffix(" cloc dpdk-dev liblwip-dev")),
    ("", EVERYTHING.removesuffix(" cloc dpdk-dev liblwip-dev")),
    ("test bench", EVERYTHING),
])
def test_goals_get_what_they_need(system, goals, wanted):
    """And nothing else, each once."""
    status, said, asked = run(system, *goals.split(), MISSING=EVERYTHING)
    assert status == 0 and said.startswith("setup: installing ")
    assert sorted(said.split()[2:]) == sorted(wanted.split())
    assert sorted(asked.splitlines()[-1].split(" --no-install-recommends ")[1].split()) == \
        sorted(wanted.split())


def test_clang_runtime_is_for_tests(system):
    """A goal that runs no fuzzer needs no fuzzer's library."""
    (system / "libclang_rt.fuzzer-x86_64.a").unlink()
    assert run(system, "run") == (0, "", "")
    assert "libclang-rt-99-dev" in run(system, "fuzz")[1]


def test_make_tells_the_goals(tmp_path):
    """`make setup run` asks for what `run` needs, before it."""
    shell = tmp_path / "sh"
    shell.write_text(f'#!/bin/sh\ncase $1 in tools/setup.sh) echo "$@" ;; *) exec {shutil.which("sh")} "$@" ;; esac\n',
                     encoding="utf-8")
    shell.chmod(0o755)
    for goals, asked in (("setup", ""), ("setup help", " help"), ("help setup", " help")):
        done = subprocess.run(["make", "-s", *goals.split()], cwd=SETUP.parents[1], text=True, timeout=RUN_S,
                              env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
                              capture_output=True, check=True)
        assert f"tools/setup.sh{asked}\n" in done.stdout


def test_other_systems_are_told_what_is_needed(system):
    """No dpkg here: names, and a stop."""
    os.unlink(system / "dpkg-query")
    status, said, asked = run(system)
    assert status != 0 and "no Debian" in said and "qemu-system-x86" in said and asked == ""
