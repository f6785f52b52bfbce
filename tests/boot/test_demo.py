# SPDX-License-Identifier: MIT
"""test_demo.py - `make demo`: a sender, a switch, a receiver; it succeeds only if the muffin came out."""
import json
import subprocess

import pytest

from support import DEADLINE_S, ROOT

import demo as demo_script      # support.py has made tools/ known
from outcome import Result
from run import StepError

NO_BRIDGE = subprocess.run(
    ["unshare", "--net", "--map-root-user", "sh", "-c",
     "ip tuntap add tap0 mode tap && ip link add br0 type bridge"],
    capture_output=True, check=False, timeout=DEADLINE_S).returncode != 0
WIRES = [pytest.param("bridge", marks=pytest.mark.skipif(NO_BRIDGE, reason="no namespace, tap or bridge")),
         "sockets"]


def demo(kernel, tmp_path, *args):
    """tools/demo.py, ended."""
    done = subprocess.run([ROOT / "tools" / "demo.py", "--kernel", kernel, "--pcap",
                           tmp_path / "demo.pcap", "--timeout", str(DEADLINE_S), *args], cwd=ROOT,
                          capture_output=True, text=True, timeout=3 * DEADLINE_S, check=False)
    print(done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("wire", WIRES)
def test_demo(kernel, tmp_path, wire):
    """The whole series: out of one machine, across the wire, into the other."""
    done = demo(kernel, tmp_path, "--wire", wire)
    assert done.returncode == 0
    assert "sender   | muffin sent :)\n" in done.stdout
    assert "receiver | 6 bytes from 10.0.2.15:" in done.stdout and ": muffin\n" in done.stdout
    assert "IP source              10.0.2.15" in done.stdout
    assert "one muffin went from 10.0.2.15 across " in done.stdout


def test_demo_with_something_else(kernel, tmp_path):
    """What is no muffin is no success."""
    done = demo(kernel, tmp_path, "--wire", "sockets", "--message", "muffins")
    assert done.returncode == 1
    assert "FAILED at delivery: 'muffins' came out, expected exactly 'muffin'" in done.stderr


@pytest.mark.parametrize("wire", WIRES)
def test_demo_of_many(kernel, tmp_path, wire):
    """As fast as it goes to 64 ports: none lost, none twice, in order."""
    done = demo(kernel, tmp_path, "--wire", wire, "--rate", "max", "--count", "10000")
    assert done.returncode == 0
    assert "10,000 datagrams in " in done.stdout and "none lost, none twice, in order" in done.stdout


def ended(serial, exit_code=0):
    """A machine that said this."""
    return Result(serial, exit_code, "guest-shutdown", 1.0, "", "")


WHOLE = {"received": 9, "lost": 0, "twice": 0, "out_of_order": 0, "unknown": 0}


@pytest.mark.parametrize("wrong", [{"received": 8}, {"lost": 1}, {"twice": 1}, {"out_of_order": 1},
                                   {"unknown": 1}, None])
def test_judge_of_many(wrong):
    """One that is lost, twice or late, or no account at all, is no success."""
    assert demo_script.judge_many(ended(""), ended(f"{json.dumps(WHOLE)}\r\n"), 9) == WHOLE
    said = json.dumps(WHOLE | wrong) if wrong else ""
    with pytest.raises(StepError, match="delivery: received .*; expected 9 received and 0 of all others"):
        demo_script.judge_many(ended(""), ended(said), 9)


MUFFIN = "6 bytes from 10.0.2.15:4711: muffin\r\n"


@pytest.mark.parametrize("serial", [
    "", MUFFIN * 2, MUFFIN.replace("muffin", "muffins"), MUFFIN.replace("10.0.2.15", "10.0.2.99")])
def test_judge(serial):
    """Exactly one muffin, from the sender; and both machines end well."""
    demo_script.judge(ended(""), ended(MUFFIN))
    with pytest.raises(StepError, match="delivery: "):
        demo_script.judge(ended(""), ended(serial))
    for machines in ((ended("", 7), ended(MUFFIN)), (ended(""), ended(MUFFIN, 7))):
        with pytest.raises(StepError, match="(sender|receiver): status 3"):
            demo_script.judge(*machines)
