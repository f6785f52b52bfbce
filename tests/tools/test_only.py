# SPDX-License-Identifier: MIT
"""test_only.py - what tools/check_only.py refuses: a third function that sends with a cached header,
a second one that moves a ring's next slot, a rule that names a function which is not there.
"""
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK_S = 60


def check(root):
    """Exit status and output of the tool about the project at root."""
    done = subprocess.run([sys.executable, ROOT / "tools" / "check_only.py", "--root", root],
                          capture_output=True, text=True, timeout=CHECK_S, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(name="copy")
def fixture_copy(tmp_path):
    """A copy of what the tool reads."""
    for folder in ("net", "drivers"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "road.toml", tmp_path / "tools")
    return tmp_path


def test_as_it_is():
    """The project keeps its rules, and there are functions to look at."""
    status, said = check(ROOT)
    assert status == 0 and int(said.split()[1]) > 500


@pytest.mark.parametrize("file, code, words", [
    ("net/udp/udp_send.c", "dev->netdev_ops->ndo_xmit_again(dev, 1, 60);", "only flow_xmit may"),
    ("net/ipv4/ip_output.c", "dev->netdev_ops->ndo_start_xmit(skb, dev);",
     "only dev_hard_start_xmit may"),
    ("drivers/e1000/rx.c", "dev->tx_next += 1;", "only advance, e1000_setup_tx"),
    ("drivers/e1000/rx.c", "++dev->tx_next;", "only advance, e1000_setup_tx"),
    ("net/udp/udp_send.c", "skb->tag = 1;", "only flow_begin"),
])
def test_one_more(copy, file, code, words):
    """A function that does it, too, is named, with its line."""
    with open(copy / file, "a", encoding="utf-8") as source:
        source.write(f"\nstatic void one_more(struct net_device *dev, struct sk_buff *skb)\n{{\n\t{code}\n}}\n")
    status, said = check(copy)
    assert status == 1 and f"{file}:" in said and "one_more" in said and words in said


def test_in_a_comment(copy):
    """What only a comment says is done by nobody."""
    with open(copy / "net/udp/udp_prot.c", "a", encoding="utf-8") as source:
        source.write("\nstatic void none(void)\n{\n\t/* skb->tag = 1 */\n}\n")
    assert check(copy)[0] == 0


def test_a_rule_about_nobody(copy):
    """A function that a rule names and that does not do it any more is a leftover."""
    toml = copy / "tools" / "road.toml"
    toml.write_text(toml.read_text().replace('"flow_xmit"]', '"flow_xmit", "flow_gone"]'))
    status, said = check(copy)
    assert status == 1 and "flow_gone" in said
