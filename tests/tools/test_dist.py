# SPDX-License-Identifier: MIT
"""test_dist.py - what `make dist` makes: complete, and the same bytes wherever the tree lies."""
import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE_S = 1200
EPOCH = "1700000000"
EXPECTED = {"muffin.elf", "muffin.iso", "muffin.sym", "LICENSE", "NOTICES", "README.md", "CHANGELOG.md",
            "SHA256SUMS", "man/muffin.7", "man/muffin-blast.1", "man/muffin-recv.1", "man/muffin-send.1",
            "licences/musl-dev", "licences/grub-common"} | {f"docs/{page.name}" for page in (ROOT / "docs").iterdir() if page.is_file()}


def run(*command, cwd=ROOT):
    """A command that succeeds, with the date fixed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=MAKE_S,
                          check=False, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "MAKEFLAGS": ""})
    assert done.returncode == 0, done.stdout + done.stderr


def sums(folder):
    """File name -> SHA-256, of the one release in a folder."""
    release = next(path for path in folder.iterdir() if path.is_dir())
    return {str(path.relative_to(release)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in release.rglob("*") if path.is_file()}


@pytest.fixture(name="elsewhere", scope="module")
def fixture_elsewhere(tmp_path_factory):
    """The tree, copied to a folder of another name and depth, and released there."""
    folder = tmp_path_factory.mktemp("a") / "folder" / "of another length"
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True,
                            timeout=MAKE_S, check=True).stdout.splitlines()
    for name in filter(lambda name: (ROOT / name).is_file(), listed):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    run("make", "-s", "-j2", "dist", cwd=folder)
    return folder / "build" / "dist"


def test_same_bytes_everywhere(elsewhere, tmp_path):
    """Two places, one commit: every file is the same."""
    run("make", "-s", "all")
    run("sh", "tools/dist.sh", str(tmp_path / "dist"))
    assert sums(tmp_path / "dist") == sums(elsewhere)


def test_complete(elsewhere):
    """All that is promised is there, its checksums are right, and the archive holds the same."""
    found = sums(elsewhere)
    assert set(found) == EXPECTED
    release = next(path for path in elsewhere.iterdir() if path.is_dir())
    listed = dict(reversed(line.split("  ./")) for line in
                  (release / "SHA256SUMS").read_text().splitlines())
    assert listed == {name: digest for name, digest in found.items() if name != "SHA256SUMS"}
    with tarfile.open(next(elsewhere.glob("*.tar.gz"))) as archive:
        assert {m.name.split("/", 1)[1] for m in archive.getmembers() if m.isfile()} == EXPECTED
