# SPDX-License-Identifier: MIT
"""test_bench.py - the benches' own judgement, and that their program runs and is understood.

Not here: any number's worth; `make bench` measures.
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))

import budget  # noqa: E402
import guest  # noqa: E402
import native  # noqa: E402
import size  # noqa: E402

BUDGETS = [{"title": "costs", "rows": [
    {"what": "`call`", "value": "calls.{}.call", "most": 10},
    {"what": "nobody's", "value": "calls.{}.other"},
]}, {"title": "rates", "more": True, "rows": [
    {"what": "rate", "value": "rates.{}", "least": 5, "unit": "×"}]}]


@pytest.fixture(name="measured")
def measured_fixture(tmp_path, monkeypatch):
    """Budgets of our own, and a way to say what was measured."""
    monkeypatch.setattr(budget, "KEPT", tmp_path)
    monkeypatch.setattr(budget, "groups", lambda: BUDGETS)
    return lambda name, numbers: (tmp_path / f"{name}.json").write_text(json.dumps(numbers))


@pytest.mark.parametrize("value,good", [(10, True), (10.5, False), (0, True)])
def test_cost_over_budget_is_refused(measured, capsys, value, good):
    """most= is the last value that is kept."""
    measured("calls", {"muffin": {"call": value}})
    assert budget.judge("calls") is good
    assert ("OVER BUDGET" in capsys.readouterr().out) is not good


@pytest.mark.parametrize("value,good", [(5, True), (4.9, False), (50, True)])
def test_rate_below_budget_is_refused(measured, value, good):
    """least= likewise."""
    measured("rates", {"muffin": value})
    assert budget.judge("rates") is good


def test_table_has_what_was_measured(measured):
    """The ratio says how much better ours is, whichever way better is; gaps are left out."""
    measured("calls", {"muffin": {"call": 20}, "linux": {"call": 5000}})
    measured("rates", {"muffin": 8, "linux": 4})
    (costs, [call]), (rates, [rate]) = budget.table()
    assert (costs, rates) == ("costs", "rates")
    assert call == ("`call`", "20", "5,000", "", "250 ×", "at most 10", "OVER")
    assert rate == ("rate", "8 ×", "4 ×", "", "2 ×", "at least 5 ×", "")


def test_nothing_measured_is_no_table(measured):
    """And keeps no budget, unless only a part was to be measured."""
    assert measured and not list(budget.table())
    assert not budget.judge("calls") and budget.judge("calls", part=True)


@pytest.mark.parametrize("peers,good", [("", True), ("linux", False)])
def test_a_number_that_needs_a_peer_may_be_missing_without_it(measured, monkeypatch, peers, good):
    """But not when the peer was asked for."""
    monkeypatch.setenv("PEERS", peers)
    monkeypatch.setitem(BUDGETS[1]["rows"][0], "needs", "linux")
    assert measured and budget.judge("rates") is good


def test_the_table_fits_100_columns(capsys, monkeypatch):
    """With every row there is, and large numbers, units and all."""
    monkeypatch.setattr(budget, "kept", lambda path: 54321)
    with pytest.raises(SystemExit):
        budget.main()
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_costs_are_a_datagram_s():
    """What reading the clock costs is taken off, and a batch is shared out."""
    text = "cost nothing 1 9 9 9 9\ncost sendmmsg 64 6409 6409 12809 6409\n"
    assert guest.costs(text) == {"sendmmsg": {"median": 100, "least": 100, "most": 200, "mean": 100,
                                              "datagrams": 64}}


def test_program_runs_and_is_understood():
    """Both ways of measuring, on a real machine."""
    subprocess.run(["make", "-s", guest.PROGRAM], cwd=ROOT, check=True, timeout=300)
    options = {"kernel": ROOT / guest.KERNEL, "program": str(ROOT / guest.PROGRAM)}
    costs = guest.costs(guest.on_muffin("rounds=9 only=nothing,getppid,sendto,sendmmsg", **options))
    assert 0 < costs["getppid"]["least"] <= costs["getppid"]["median"] < costs["sendto"]["median"]
    floods = guest.floods(guest.on_muffin("flood=100 only=sendto", **options))
    assert floods["sendto"]["ticks"] > 0 and floods["sendto"]["ns"] > 0


def test_lines_are_those_of_what_was_linked(monkeypatch, tmp_path):
    """Of net/ and drivers/, without comments and empty lines; what the map does not load does not count."""
    for name in ("net/a.c", "net/b.c", "drivers/c.c", "kernel/d.c"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("/* two\n * lines */\n\nint x;\nint y; /* more */\n", "utf-8")
    monkeypatch.setattr(size, "ROOT", tmp_path)
    loaded = size.linked("LOAD build/net/a.o\nLOAD build/drivers/c.o\nLOAD build/kernel/d.o\n"
                         "LOAD build/road.ksyms.o\nLOAD build/net/asm.o\n .text 0x1 0x2 build/net/b.o\n")
    assert loaded == ["net/a.c", "drivers/c.c"]
    if not shutil.which("cloc"):
        pytest.skip("cloc is not installed: `make setup bench`")
    assert size.code_lines(loaded) == 4


@pytest.mark.parametrize("script", sorted((ROOT / "bench").glob("**/*.py")), ids=lambda p: p.name)
def test_every_bench_finds_its_parts(script):
    """Not every bench runs every day: their imports are tried here."""
    done = subprocess.run([sys.executable, "-c", f"import {script.stem}"], cwd=script.parent,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_native_bench_still_fits_the_stack():
    """It calls the stack's own functions: compiled here, linked with lwIP and DPDK only to measure."""
    objects = [f"build/bench/native/bench/native/{name}.o" for name in ("native", "muffin", "ring", "frame")]
    done = subprocess.run(["make", "-s", *objects], cwd=ROOT, capture_output=True, text=True, timeout=300,
                          check=False)
    assert done.returncode == 0, done.stderr


def test_native_bench_names_the_missing_peer(tmp_path):
    """DPDK's library is found by pkg-config, or the bench ends with what to do."""
    done = subprocess.run(["make", "-s", "-W", "bench/native/dpdk.c", "build/bench/native/dpdk.o"], cwd=ROOT,
                          capture_output=True, text=True, timeout=300, check=False,
                          env=os.environ | {"PKG_CONFIG_LIBDIR": str(tmp_path)})
    assert done.returncode != 0
    assert "DPDK is not installed: run `make setup bench`" in done.stdout


def test_native_bench_keeps_what_its_rows_ask_for():
    """Each row's number is one that native.py keeps, from ways that native.c has."""
    ways = re.findall(r'^\t\{ "(\w+)", batch_', (ROOT / "bench/native/native.c").read_text("utf-8"), re.M)
    numbers = {way: {"ticks": 1.0} | ({} if way.startswith("dpdk_") else {"instructions": 1.0}) for way in ways}
    kept = {name: native.compare(*((way, numbers[way]) for way in pair))
            for name, pair in native.COMPARISONS.items()}
    for group in budget.groups():
        for row in group["rows"]:
            file, *members = row["value"].split(".")
            for who in ("muffin", group.get("peer", "linux")) if file == "native" else ():
                found = kept
                for member in members:
                    found = found[member.format(who)]
                assert found == 1.0
